"""One store that is open: its connections, its transactions, its schema.

A connection lives as long as one transaction, so a scan of hours holds none.
Writers wait for each other: SQLite locks the file from `BEGIN IMMEDIATE` on; PostgreSQL locks only while the tables are made.
"""

from __future__ import annotations

import getpass
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from s2sguard.errors import StoreError
from s2sguard.store.address import Address, Server, SqliteFile, parse_address
from s2sguard.store.failures import store_error

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

EXTRA: Final = "pip install 's2sguard[store]'"
BUSY_SECONDS: Final = 60
"""How long a writer waits for another one."""
CONNECT_SECONDS: Final = 10
ANSWER_SECONDS: Final = 300
"""How long a server may take for one statement."""
LOCK: Final = 0x73327367
"""The advisory lock that one program holds while it makes or changes tables (`s2sg` in ASCII)."""


class Database:
    """A store by its address. Nothing is opened before it is used; every method raises StoreError and shows no password."""

    def __init__(self, address: Address, *, environ: Mapping[str, str] | None = None, busy_seconds: float = BUSY_SECONDS) -> None:
        """Take the address of a store; `environ` may hold PGUSER and PGPASSWORD (default: this process's environment)."""
        self.address = address
        self._environ = os.environ if environ is None else environ
        self._busy = busy_seconds
        self._made: Engine | None = None

    def prepare(self) -> None:
        """Make the store ready for runs: create what is missing, bring an older schema up. Fails before any work is done."""
        from sqlalchemy import text, update

        from s2sguard.store.tables import METADATA, MIGRATIONS, SCHEMA, SCHEMA_VERSION

        if isinstance(self.address, SqliteFile):
            _make_private(self.address)
        with self.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = {int(self._busy * 1000)}"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            version = self._version(connection)
            if version is None:
                METADATA.create_all(connection)
                connection.execute(SCHEMA.insert().values(version=SCHEMA_VERSION))
                return
            for step in range(version, SCHEMA_VERSION):
                MIGRATIONS[step](connection)
            # Writing also where nothing changes finds a store that cannot be written.
            connection.execute(update(SCHEMA).values(version=SCHEMA_VERSION))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that is committed at the end, or leaves nothing."""
        with self._guarded(), self._engine().connect() as connection:
            chosen = connection.execution_options(s2s_begin="BEGIN IMMEDIATE")
            with chosen.begin():
                yield chosen

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the store, whatever is written meanwhile; raises StoreError where there is none."""
        from s2sguard.store.tables import SCHEMA_VERSION

        if isinstance(self.address, SqliteFile) and not Path(self.address.path).is_file():
            raise StoreError(f"there is no store `{self.address.shown}`", hint="`s2sguard scan ... --store URL` makes one")
        with self._guarded(), self._engine().connect() as connection:
            chosen = connection
            if connection.dialect.name == "postgresql":
                chosen = connection.execution_options(isolation_level="REPEATABLE READ")
            with chosen.begin():
                version = self._version(chosen)
                if version is None:
                    raise StoreError(f"the store `{self.address.shown}` holds no runs", hint="`s2sguard scan ... --store URL` writes one")
                if version < SCHEMA_VERSION:
                    raise StoreError(
                        f"the store `{self.address.shown}` has schema {version}, and this s2sguard reads {SCHEMA_VERSION}",
                        hint="the next `s2sguard scan ... --store URL` brings it up",
                    )
                yield chosen

    def close(self) -> None:
        """Release what is open."""
        if self._made is not None:
            self._made.dispose()
            self._made = None

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise store_error(error, self.address) from None

    def _version(self, connection: Connection) -> int | None:
        """Return the version of the schema, None where there is none yet; raises StoreError for a newer one."""
        from sqlalchemy import inspect, select

        from s2sguard.store.tables import RUNS, SCHEMA, SCHEMA_VERSION

        tables = inspect(connection)
        has_version = tables.has_table(SCHEMA.name)
        if not has_version and not tables.has_table(RUNS.name):
            return None
        version = connection.execute(select(SCHEMA.c.version)).scalar() if has_version else None
        if version is None:
            raise StoreError(f"the store `{self.address.shown}` has lost the version of its schema", hint="take it from a backup")
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"the store `{self.address.shown}` was written by a newer s2sguard (schema {version}, this one knows {SCHEMA_VERSION})",
                hint="update s2sguard",
            )
        return int(version)

    def _engine(self) -> Engine:
        if self._made is None:
            self._made = self._make_engine()
        return self._made

    def _make_engine(self) -> Engine:
        from sqlalchemy import URL, NullPool, create_engine, event

        if isinstance(self.address, SqliteFile):
            url = URL.create("sqlite", database=self.address.path)
            engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": self._busy})
            event.listen(engine, "connect", _leave_transactions_to_us)
            event.listen(engine, "begin", _begin)
            return engine
        given = self.address
        return create_engine("postgresql+pg8000://", poolclass=NullPool, creator=lambda: _connect(given, self._environ))


def open_database(url: str) -> Database:
    """Return the store at a URL; raises UsageError for what is none, and StoreError where the extra is not installed."""
    address = parse_address(url)
    try:
        import sqlalchemy  # noqa: F401  # is it there?

        if isinstance(address, Server):
            import pg8000  # noqa: F401  # is it there?
    except ImportError:
        raise StoreError("a store needs SQLAlchemy, and PostgreSQL pg8000, which are not installed", hint=EXTRA) from None
    return Database(address)


def _make_private(file: SqliteFile) -> None:
    """Make the file, for nobody but its owner: it holds what an attacker would like to know."""
    path = Path(file.path)
    if path.is_dir():
        raise StoreError(f"the store `{file.shown}` is a folder", hint="give a file name")
    if not path.parent.is_dir():
        raise StoreError(f"the store `{file.shown}`: its folder does not exist", hint="create the folder first")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise StoreError(
            f"the store `{file.shown}` cannot be made: {reason}", hint="SQLite needs to write the file and its folder"
        ) from None


def _leave_transactions_to_us(connection: Any, _: object) -> None:  # noqa: ANN401  # a driver's own class
    """Stop Python's sqlite3 from beginning transactions by itself (SQLAlchemy: pysqlite, serializable isolation)."""
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("s2s_begin", "BEGIN"))


def _connect(server: Server, environ: Mapping[str, str]) -> Any:  # noqa: ANN401  # a driver's own class
    """Return a connection of the driver, reached within `CONNECT_SECONDS`."""
    from pg8000 import dbapi

    user = server.user or environ.get("PGUSER") or getpass.getuser()
    folder = server.host.startswith("/")
    way: dict[str, Any] = {"unix_sock": f"{server.host}/.s.PGSQL.{server.port}", "timeout": ANSWER_SECONDS}
    made = None if folder else socket.create_connection((server.host, server.port), CONNECT_SECONDS)
    if made is not None:
        made.settimeout(ANSWER_SECONDS)
        way = {"sock": made, "host": server.host, "port": server.port}
    try:
        return dbapi.connect(
            user=user,
            password=server.password or environ.get("PGPASSWORD") or None,
            database=server.database or user,
            ssl_context=_tls(server),
            application_name="s2sguard",
            **way,
        )
    except BaseException:
        if made is not None:
            made.close()
        raise


def _tls(server: Server) -> ssl.SSLContext | bool:
    """Return how the way to a server is protected: certificate and name are checked, unless the URL says less or it is this machine."""
    if server.tls == "disable" or (not server.tls and server.local):
        return False
    if server.tls == "require" and not server.tls_root:
        return True
    return ssl.create_default_context(cafile=server.tls_root or None)
