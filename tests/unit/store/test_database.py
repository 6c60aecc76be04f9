"""A SQLite store under everything that goes wrong, and many writers at once."""

from __future__ import annotations

import os
import sqlite3
import ssl
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from s2sguard.errors import StoreError
from s2sguard.store.address import Server, SqliteFile, parse_address
from s2sguard.store.database import Database, _tls, open_database
from s2sguard.store.failures import store_error
from s2sguard.store.load import load, runs_in
from s2sguard.store.retention import Keep, prune
from s2sguard.store.save import save
from tests.unit.store.test_save_load import leaking

ROOT = Path(__file__).resolve().parents[3]
WRITER = """\
import sys
from tests.unit.store.test_save_load import leaking
from s2sguard.store.database import open_database
from s2sguard.store.save import save

for _ in range(int(sys.argv[2])):
    database = open_database(sys.argv[1])
    database.prepare()
    print(save(database, leaking(), scope="prod", inputs_digest=None))
    database.close()
"""


def write_at_once(url: str, writers: int, runs: int) -> list[int]:
    """Let so many programs write so many runs each, all at the same time and into a store that is not there yet; return the numbers."""
    command = [sys.executable, "-c", WRITER, url, str(runs)]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(writers)
    ]
    outputs = [process.communicate(timeout=120) for process in started]
    assert [errors for _, errors in outputs] == [""] * writers
    return sorted(int(line) for out, _ in outputs for line in out.split())


def four_programs_keep_their_runs(url: str) -> None:
    """Let four programs begin a store together, and hold what it has against what they wrote."""
    numbers = write_at_once(url, writers=4, runs=3)
    database = open_database(url)
    assert len(set(numbers)) == 12
    views = [load(database, number) for number in numbers]
    assert all(view.entries == views[0].entries and view.gateways == views[0].gateways for view in views)
    with database.reading() as connection:
        assert sorted(run.id or 0 for run in runs_in(connection)) == numbers
    database.close()


def test_many_programs_write_at_once(tmp_path: Path) -> None:
    """Four programs that begin a new store together all keep their runs whole, and no number is given twice."""
    four_programs_keep_their_runs(str(tmp_path / "runs.db"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of a store with one run."""
    database = open_database(str(tmp_path / "runs.db"))
    database.prepare()
    save(database, leaking(), scope="prod", inputs_digest=None)
    database.close()
    return tmp_path / "runs.db"


def refusal(act: Callable[[], object], folder: Path) -> str:
    """Return what is said of a store that cannot be used, without the folder's name."""
    with pytest.raises(StoreError) as caught:
        act()
    assert caught.value.exit_code == 3
    return caught.value.diagnostics().replace(f"{folder}/", "")


def test_a_store_is_for_its_owner_alone(path: Path) -> None:
    """Others may not read who reaches whom."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_locked_store_is_waited_for_and_then_said(path: Path) -> None:
    """A writer that holds the file for longer than the wait ends the next one in one line."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    text = refusal(Database(SqliteFile(path=str(path)), busy_seconds=0.1).prepare, path.parent)
    holder.close()
    assert text.splitlines()[0] == "the store `runs.db` is locked by another program"


@contextmanager
def broken_by(statement: str) -> Iterator[None]:
    """Let every new connection of Python's sqlite3 run a statement first."""
    connect = sqlite3.dbapi2.connect

    def connected(*arguments: object, **more: object) -> sqlite3.Connection:
        found = connect(*arguments, **more)  # type: ignore[call-overload]  # as it was called
        found.execute(statement)
        assert isinstance(found, sqlite3.Connection)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", connected)
        patch.setattr(sqlite3.dbapi2, "connect", connected)
        yield


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("PRAGMA query_only = 1", "the store `runs.db` is read-only"),
        ("PRAGMA max_page_count = 1", "the store `runs.db` cannot grow: the disk is full"),
    ],
)
def test_what_sqlite_itself_refuses(path: Path, statement: str, text: str) -> None:
    """A file that cannot be written and a disk without room are one line each, and what was there stays."""
    database = open_database(str(path))

    def write() -> None:
        database.prepare()
        for _ in range(50):
            save(database, leaking(), scope="prod", inputs_digest=None)

    with broken_by(statement):
        found = refusal(write, path.parent)
    assert found.splitlines()[0] == text
    assert load(open_database(str(path)), 1).entries
    database.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Another file is refused and left as it is."""
    (tmp_path / "runs.db").write_text("not a database at all " * 100, encoding="utf-8")
    text = refusal(open_database(str(tmp_path / "runs.db")).prepare, tmp_path)
    assert text == "the store `runs.db` is no SQLite database\n  hint: is this the right file?"
    assert (tmp_path / "runs.db").read_text(encoding="utf-8").startswith("not a database")


def test_places_where_no_file_can_be(tmp_path: Path) -> None:
    """A folder, a folder that is not there, and one that takes no files are told apart."""
    assert refusal(open_database(str(tmp_path)).prepare, tmp_path).splitlines()[0] == f"the store `{tmp_path}` is a folder"
    text = refusal(open_database(str(tmp_path / "none" / "runs.db")).prepare, tmp_path)
    assert text.splitlines()[0] == "the store `none/runs.db`: its folder does not exist"


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="only Linux has a folder that takes no files, whoever asks")
def test_a_folder_that_takes_no_files() -> None:
    """A folder that cannot be written is said before anything is scanned."""
    text = refusal(open_database("/sys/kernel/runs.db").prepare, Path("/sys/kernel"))
    assert text.splitlines()[0] == "the store `runs.db` cannot be made: permission denied"


def test_reading_makes_nothing(tmp_path: Path) -> None:
    """A name with a slip in it is no new store."""
    with pytest.raises(StoreError, match="there is no store"), open_database(str(tmp_path / "runs.db")).reading():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_something_else_holds_no_runs(tmp_path: Path) -> None:
    """Other tables are left alone, and are no runs."""
    with suppress(sqlite3.Error), sqlite3.connect(tmp_path / "other.db") as made:
        made.execute("CREATE TABLE mine (x)")
    made.close()
    with pytest.raises(StoreError, match="holds no runs"), open_database(str(tmp_path / "other.db")).reading():
        pass


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("UPDATE s2s_schema SET version = 99", "the store `runs.db` was written by a newer s2sguard (schema 99, this one knows 1)"),
        ("DELETE FROM s2s_schema", "the store `runs.db` has lost the version of its schema"),
        ("DROP TABLE s2s_schema", "the store `runs.db` has lost the version of its schema"),
        ("UPDATE s2s_schema SET version = 0", "the store `runs.db` has schema 0, and this s2sguard reads 1"),
    ],
)
def test_the_schema_decides_who_may_read(path: Path, statement: str, text: str) -> None:
    """A newer schema is refused for reading and writing; an older one is not read as if it were this one."""
    with sqlite3.connect(path) as made:
        made.execute(statement)
    made.close()
    database = open_database(str(path))

    def read() -> None:
        with database.reading():
            pass

    assert refusal(read, path.parent).splitlines()[0] == text
    if "version = 0" not in statement:
        assert refusal(database.prepare, path.parent).splitlines()[0] == text


def test_an_older_schema_is_brought_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps from the store's version to this one run once, in one transaction with the new version."""
    from sqlalchemy import Connection, text

    from s2sguard.store import tables

    def step(connection: Connection) -> None:
        connection.execute(text("UPDATE s2s_runs SET scope = 'moved'"))

    monkeypatch.setattr(tables, "MIGRATIONS", {0: step})
    with sqlite3.connect(path) as made:
        made.execute("UPDATE s2s_schema SET version = 0")
    made.close()
    database = open_database(str(path))
    database.prepare()
    database.prepare()
    assert load(database, 1).info.scope == "moved"
    database.close()


class InterfaceError(Exception):
    """What a driver says of a connection that it cannot make (PEP 249)."""


SERVER = Server(host="h", port=5432, database="d", user="u", password="planted-" + "secret")


def raised_from(error: Exception, cause: Exception) -> Exception:
    """Return an error that was raised from another one."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Exception({"C": "53100", "M": "no space"}), "cannot grow: the disk is full"),
        (Exception({"C": "28P01"}), "refused the password"),
        (Exception({"C": "XX000"}), "failed (SQLSTATE XX000)"),
        (raised_from(InterfaceError("x"), TimeoutError("timed out")), "cannot be reached: no answer in time"),
        (raised_from(InterfaceError("x"), ConnectionRefusedError(111, "Connection refused")), "cannot be reached: connection refused"),
        (InterfaceError("network error"), "cannot be reached"),
        (InterfaceError("Server refuses SSL"), "does not speak TLS"),
        (ValueError("planted-" + "secret"), "failed (ValueError)"),
    ],
)
def test_what_a_server_answers_is_one_line(error: Exception, text: str) -> None:
    """Each failure of a server has its words, and the driver's own are never shown."""
    found = store_error(error, SERVER)
    assert found.message == f"the store `postgresql://u:***@h:5432/d` {text}"
    assert "planted" not in found.diagnostics()


@pytest.mark.parametrize(
    ("url", "verified"),
    [
        ("postgresql://u@db.example/d", (True, ssl.CERT_REQUIRED)),
        ("postgresql://u@db.example/d?sslmode=verify-full", (True, ssl.CERT_REQUIRED)),
        ("postgresql://u@127.0.0.1/d?sslmode=verify-full", (True, ssl.CERT_REQUIRED)),
        ("postgresql://u@db.example/d?sslmode=require", True),
        ("postgresql://u@db.example/d?sslmode=disable", False),
        ("postgresql://u@localhost/d", False),
        ("postgresql://u@/d?host=/run/postgresql", False),
    ],
)
def test_the_way_to_another_machine_is_protected(url: str, verified: object) -> None:
    """Name and certificate are checked unless the URL says less; `require` encrypts alone, and this machine needs nothing."""
    address = parse_address(url)
    assert isinstance(address, Server)
    found = _tls(address)
    assert verified == (found if isinstance(found, bool) else (found.check_hostname, found.verify_mode))


@pytest.mark.parametrize(("url", "module"), [("runs.db", "sqlalchemy"), ("postgresql://u@h/d", "pg8000")])
def test_a_missing_extra_is_named(url: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, what to install is said."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(StoreError) as caught:
        open_database(url)
    assert caught.value.hint == "pip install 's2sguard[store]'"


def test_pruning_is_whole_or_nothing_beside_a_writer(path: Path) -> None:
    """Old runs go with all their rows, and a run that is there stays readable."""
    database = open_database(str(path))
    numbers = [save(database, leaking(), scope="prod", inputs_digest=None) for _ in range(3)]
    assert prune(database, Keep(runs=1), now="2026-01-02T00:00:00+00:00") == (1, *numbers[:2])
    assert load(database, numbers[2]).entries
    with database.reading() as connection:
        left = {number for (number,) in connection.exec_driver_sql("SELECT DISTINCT run FROM s2s_verdicts")}
    assert left == {numbers[2]}
    database.close()
