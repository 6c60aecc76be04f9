"""URLs of stores: what they name, and that no password is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.config import load_config
from s2sguard.errors import ConfigError, UsageError
from s2sguard.store.address import Server, SqliteFile, parse_address

PLANTED = "planted-" + "secret"


@pytest.mark.parametrize(
    ("url", "path"),
    [("runs.db", "runs.db"), ("sqlite:///runs.db", "runs.db"), ("sqlite:////var/runs.db", "/var/runs.db"), (r"C:\runs.db", r"C:\runs.db")],
)
def test_a_file_is_sqlite(url: str, path: str) -> None:
    """A name without a scheme is a SQLite file, as SQLAlchemy's URL for one is."""
    assert parse_address(url) == SqliteFile(path=path)


def server(host: str, database: str, *, port: int = 5432, key: str = "") -> Server:
    """Return a server and its user `u`."""
    return Server(host=host, port=port, database=database, user="u", password=key)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@h/d", server("h", "d", key="p")),
        ("postgresql+pg8000://u:p%40%2F@h:6432/d", server("h", "d", port=6432, key="p@/")),
        ("postgres://[::1]:6432", Server(host="::1", port=6432, database="", user="")),
        ("postgresql://u@/d?host=/run/postgresql", Server(host="/run/postgresql", port=5432, database="d", user="u")),
        ("postgresql://u:a@b/c@h/d", server("h", "d", key="a@b/c")),
        (
            "postgresql://u@h/d?sslmode=require&sslrootcert=/ca.pem",
            Server(host="h", port=5432, database="d", user="u", tls="require", tls_root="/ca.pem"),
        ),
    ],
)
def test_a_server_is_postgresql(url: str, expected: Server) -> None:
    """Every spelling of PostgreSQL's scheme means the one driver there is."""
    assert parse_address(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite://",
        "sqlite:///:memory:",
        f"u:{PLANTED}@h/d",
        f"host=h password={PLANTED}",
        f"mysql://u:{PLANTED}@h/d",
        f"postgresql+psycopg://u:{PLANTED}@h/d",
        f"postgresql:u:{PLANTED}@h/d",
        f"postgresql://u:{PLANTED}",
        f"postgresql://u:{PLANTED}@h:port/d",
        f"postgresql://u:{PLANTED}@h:99999/d",
        f"postgresql://u@h/d?password={PLANTED}",
        f"postgresql://u:{PLANTED}@h/d?sslmode=prefer",
        f"postgresql://u@h/d?sslmode=require&sslmode={PLANTED}",
    ],
)
def test_what_is_no_store_is_refused_without_quoting_it(url: str) -> None:
    """A URL that cannot be understood ends in one line that repeats nothing of it."""
    with pytest.raises(UsageError) as caught:
        parse_address(url)
    assert PLANTED not in caught.value.diagnostics()
    assert caught.value.hint


PASSWORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda text: f"{PLANTED}{text}")


@given(
    PASSWORDS, st.sampled_from(["postgresql://u:{}@h/d", "postgres://u:{}@h:1/d?sslmode=require", "sqlite:///u:{}@h", "{}@h", "x://{}@h"])
)
def test_no_password_is_shown(password: str, shape: str) -> None:
    """Whatever a password holds, neither the address nor its text nor an error has it."""
    try:
        found = parse_address(shape.format(password))
        said = found.shown + repr(found)
    except UsageError as error:
        said = error.diagnostics()
    assert PLANTED not in said


def test_the_configuration_shows_a_store_without_its_password() -> None:
    """The values that `config show` prints, and the configuration itself as text, hold no password."""
    url = f"postgresql://u:{PLANTED}@h/d"
    config = load_config(environ={"S2SGUARD_STORE": url})
    assert (config.store, config.values["/store"]) == (url, "postgresql://u:***@h:5432/d")
    assert PLANTED not in repr(config)
    with pytest.raises(ConfigError) as caught:
        load_config(environ={"S2SGUARD_STORE": f"mysql://u:{PLANTED}@h/d"})
    assert caught.value.message == "environment S2SGUARD_STORE: the store is neither a SQLite file nor a PostgreSQL database"


def test_a_store_that_the_configuration_file_names_lies_beside_it(tmp_path: Path) -> None:
    """A relative file is found from where the configuration lies, as waivers and baselines are."""
    folder = tmp_path / "conf"
    folder.mkdir()
    (folder / "s2sguard.yaml").write_text("store: runs.db\n", encoding="utf-8")
    config = load_config(environ={}, file=str(folder / "s2sguard.yaml"))
    assert config.store == str(folder / "runs.db")
    assert config.remarks() == (f"this run, with all findings, is kept in the store named here ({folder}/s2sguard.yaml:1)",)


def test_this_machine_needs_no_tls() -> None:
    """A server counts as near only where no packet to it leaves this machine."""
    hosts = {"localhost": True, "127.0.0.1": True, "[::1]": True, "db.example": False, "10.0.0.1": False}
    assert {host: getattr(parse_address(f"postgresql://u@{host}/d"), "local", None) for host in hosts} == hosts
