"""The URL of a store: what it names, and the one form of it that may be shown.

A password is never part of a message, also where the URL is not valid: what cannot be understood is not quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from urllib.parse import unquote

from s2sguard.errors import UsageError
from s2sguard.report.printable import printable

Tls: TypeAlias = Literal["", "disable", "require", "verify-full"]

POSTGRESQL: Final = frozenset({"postgresql", "postgres", "postgresql+pg8000"})
OPTIONS: Final = frozenset({"host", "sslmode", "sslrootcert"})
"""What may follow `?`, by libpq's names."""
HINT: Final = "a file such as s2sguard.db, sqlite:///FILE, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
DEFAULT_PORT: Final = 5432
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_HOST: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\s:/\[\]]*)(:(?P<port>[0-9]{1,5}))?")
_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFile:
    """A SQLite file."""

    path: str

    @property
    def shown(self) -> str:
        """Return the path, printable."""
        return printable(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A database on a PostgreSQL server."""

    host: str
    """A name or an address; a folder where it begins with `/` (the server's unix socket lies there)."""
    port: int
    database: str
    """Empty: the one that is named as the user."""
    user: str
    """Empty: PGUSER, or who runs this."""
    password: str = field(default="", repr=False)
    """Empty: PGPASSWORD, or none."""
    tls: Tls = ""
    """Empty: `verify-full`, but none to this machine."""
    tls_root: str = ""
    """A file of certificates to trust instead of this machine's."""

    @property
    def shown(self) -> str:
        """Return the URL without its password and options, printable."""
        user = f"{self.user}{':***' if self.password else ''}@" if self.user or self.password else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return printable(f"postgresql://{user}{host}:{self.port}/{self.database}")

    @property
    def local(self) -> bool:
        """Say whether the server is on this machine, so that no packet leaves it."""
        return self.host.startswith(("/", "127.")) or self.host in {"localhost", "::1"}


Address: TypeAlias = SqliteFile | Server


def parse_address(text: str) -> Address:
    """Return what a store's URL names; raises UsageError, which quotes nothing of it."""
    text = text.strip()
    found = None if _WINDOWS.match(text) else _SCHEME.fullmatch(text)
    if found is None:
        return _file(text)
    scheme, rest = found[1].lower(), found[2]
    if scheme == "sqlite":
        if not rest.startswith("///"):
            raise UsageError("the store's URL has no file", hint="sqlite:///FILE, and sqlite:////FILE for a path from the root")
        return _file(rest.removeprefix("///"))
    if scheme in POSTGRESQL and rest.startswith("//"):
        return _server(rest.removeprefix("//"))
    raise UsageError("the store is neither a SQLite file nor a PostgreSQL database", hint=HINT)


def _file(path: str) -> SqliteFile:
    # A forgotten scheme must not make a file that is named after a password.
    if not path or path == ":memory:" or any(mark in path for mark in ("@", "?", "password=", "\0")):
        raise UsageError("the store is not the name of a file and no URL", hint=HINT)
    return SqliteFile(path=path)


def _server(rest: str) -> Server:
    user, _, place = rest.rpartition("@")
    place, _, query = place.partition("?")
    place, _, database = place.partition("/")
    found = _HOST.fullmatch(place)
    if found is None or "/" in database or "#" in database or not 0 < int(found["port"] or DEFAULT_PORT) < 1 << 16:
        raise UsageError("the store's URL is not valid", hint=f"{HINT}; write @ : / ? # in a password as %40 %3A %2F %3F %23")
    options = _options(query)
    name, _, password = user.partition(":")
    return Server(
        host=options.get("host") or found["host"].strip("[]") or "localhost",
        port=int(found["port"] or DEFAULT_PORT),
        database=unquote(database),
        user=unquote(name),
        password=unquote(password),
        tls=_tls(options.get("sslmode", "")),
        tls_root=options.get("sslrootcert", ""),
    )


def _options(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        if name not in OPTIONS or name in found:
            raise UsageError(
                "the store's URL has an option that is not known, or one twice", hint=f"the options are {', '.join(sorted(OPTIONS))}"
            )
        found[name] = unquote(value)
    return found


def _tls(written: str) -> Tls:
    match written:
        case "" | "disable" | "require" | "verify-full":
            return written
        case _:
            raise UsageError("the store's URL has an sslmode that is not supported", hint="sslmode is disable, require or verify-full")
