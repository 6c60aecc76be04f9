"""The store on a real PostgreSQL server: the same as on SQLite, many writers, and every refusal in one line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from s2sguard.cli import main
from s2sguard.errors import StoreError
from s2sguard.store.compare import compare
from s2sguard.store.database import Database, open_database
from s2sguard.store.load import find_pair, load
from s2sguard.store.retention import Keep, prune
from s2sguard.store.save import save
from s2sguard.store.trend import trend
from tests.integration.postgresql import PASSWORD, USER, Postgresql, start, stop
from tests.unit.cli_estate import lab
from tests.unit.report.builders import RUN
from tests.unit.store.test_database import four_programs_keep_their_runs
from tests.unit.store.test_save_load import KILLED, leaking, rows

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgresql]:
    """Return a server for the tests of this file."""
    # Not below pytest's own folder: only its owner may enter that, and a socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="s2s-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        found = start(folder)
        yield found
        stop(found)


@pytest.fixture
def url(server: Postgresql, request: pytest.FixtureRequest) -> str:
    """Return the URL of a database that holds nothing yet."""
    return server.create(f"t{abs(hash(request.node.name))}")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Return a store that is ready for runs."""
    found = open_database(url)
    found.prepare()
    yield found
    found.close()


def test_a_run_is_the_same_as_on_sqlite(database: Database, tmp_path: Path) -> None:
    """What goes into either database comes out of it the same, hostile names too, and so do trend and diff."""
    other = open_database(str(tmp_path / "runs.db"))
    other.prepare()
    later = replace(leaking(), run=replace(RUN, started="2026-01-02T00:00:00+00:00"), verdicts=leaking().verdicts[1:])
    for store in (database, other):
        for report in (leaking(), later):
            save(store, report, scope="prod", inputs_digest=None)
    assert load(database, 1) == load(other, 1)
    assert trend(database) == trend(other)
    assert find_pair(database) == find_pair(other) == (1, 2)
    diffs = [compare(load(store, 1), load(store, 2)) for store in (database, other)]
    assert diffs[0] == diffs[1]
    assert not diffs[0].empty
    other.close()


def test_many_programs_write_at_once(url: str) -> None:
    """Four programs that begin a new store together make its tables once, and all keep their runs whole."""
    four_programs_keep_their_runs(url)


def test_a_run_that_is_killed_leaves_nothing(database: Database, url: str) -> None:
    """A program that is killed in the middle of writing leaves nothing visible."""
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", KILLED, url], env=environ, cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert set(rows(database).values()) == {0}
    save(database, leaking(), scope="prod", inputs_digest=None)
    assert rows(database)["s2s_runs"] == 1


def test_a_reader_sees_one_state(database: Database) -> None:
    """A run that is removed while it is read is read to its end."""
    number = save(database, leaking(), scope="prod", inputs_digest=None)
    newer = save(database, leaking(), scope="prod", inputs_digest=None)
    from s2sguard.store.tables import VERDICTS

    chosen = VERDICTS.select().where(VERDICTS.c.run == number)
    with database.reading() as connection:
        before = connection.execute(chosen).all()
        assert prune(database, Keep(runs=1), now="2026-01-03T00:00:00+00:00") == (number,)
        assert connection.execute(chosen).all() == before != []
    assert rows(database)["s2s_verdicts"] == len(load(database, newer).entries)


def refusal(url: str) -> str:
    """Return the line that says why a store cannot be used; it never has the password."""
    with pytest.raises(StoreError) as caught:
        open_database(url).prepare()
    assert PASSWORD not in caught.value.diagnostics()
    assert "wrong" not in caught.value.diagnostics()
    return caught.value.message


def test_every_refusal_is_one_line(server: Postgresql) -> None:
    """A wrong password, user, database or port, and a server without TLS, are told apart."""
    shown = f"postgresql://{USER}:***@127.0.0.1:{server.port}"
    assert refusal(server.url(password="wrong")) == f"the store `{shown}/postgres` refused the password"  # noqa: S106
    assert refusal(server.url("none")) == f"the store `{shown}/none` has no such database"
    assert refusal(f"{server.url()}?sslmode=require") == f"the store `{shown}/postgres` does not speak TLS"
    gone = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/postgres"
    assert refusal(gone) == f"the store `postgresql://{USER}:***@127.0.0.1:1/postgres` cannot be reached: connection refused"


def test_a_user_without_rights_is_told(server: Postgresql, url: str) -> None:
    """A user who may not make tables is told which rights are needed."""
    name = url.rsplit("/", 1)[1]
    server.sql(name, f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
    server.sql(name, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    found = refusal(url.replace(f"{USER}:", "reader:", 1).replace("//s2s:", "//reader:"))
    assert found.endswith(f"/{name}` does not let this user do that")


def test_a_table_that_is_locked_is_waited_for_and_then_said(server: Postgresql, url: str) -> None:
    """A program that holds the tables for longer than the wait ends the next one in one line."""
    name = url.rsplit("/", 1)[1]
    first = open_database(url)
    first.prepare()
    with first.writing() as connection:
        connection.exec_driver_sql("LOCK TABLE s2s_schema IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        with pytest.raises(StoreError, match="is locked by another program"):
            Database(first.address, busy_seconds=0.2).prepare()
        assert time.monotonic() - started < 30
    assert server.sql(name, "SELECT version FROM s2s_schema") == "1\n"
    first.close()


def test_the_unix_socket_and_the_environment(server: Postgresql, url: str) -> None:
    """A server is also reached by its folder, with user and password from the environment."""
    name = url.rsplit("/", 1)[1]
    address = open_database(f"postgresql:///{name}?host={server.folder}").address
    with pytest.raises(StoreError, match="cannot be reached"):
        Database(address, environ={"PGUSER": USER, "PGPASSWORD": PASSWORD}).prepare()
    address = open_database(f"postgresql://:{server.port}/{name}?host={server.folder}").address
    database = Database(address, environ={"PGUSER": USER, "PGPASSWORD": PASSWORD})
    database.prepare()
    database.close()
    assert server.sql(name, "SELECT version FROM s2s_schema") == "1\n"


def test_scan_diff_and_history(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands work with a server as with a file; neither output nor database holds the password or a shared key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("S2SGUARD_STORE", url)
    for stage in (5, 1):
        Path("estate.json").write_text(json.dumps({"value": lab(stage)}), encoding="utf-8")
        main(["scan", "estate.json", "--keep-runs", "5"])
    assert main(["diff"]) == 1
    assert main(["history"]) == 0
    assert main(["config", "show"]) == 0
    said = capsys.readouterr()
    assert "WORSE: 14 new findings (2 critical, 12 high), 1 pair opened" in said.out
    assert PASSWORD not in said.out + said.err
    with open_database(url).reading() as connection:
        bodies = [body for (body,) in connection.exec_driver_sql("SELECT body FROM s2s_verdicts")]
    assert bodies
    assert not any("planted" in body for body in bodies)
