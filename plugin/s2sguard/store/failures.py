"""What went wrong with a database, in one line that names the store and never its password.

The driver's own text is not shown: it may repeat what was sent.
SQLite: result codes (sqlite.org/rescode.html). PostgreSQL: SQLSTATE (manual, appendix A), which pg8000 hands over as field `C`.
"""

from __future__ import annotations

import sqlite3
import ssl
from typing import Final

from s2sguard.errors import StoreError
from s2sguard.report.printable import printable
from s2sguard.store.address import Address, Server

SQLITE: Final[dict[int, tuple[str, str]]] = {
    sqlite3.SQLITE_BUSY: ("is locked by another program", "try again when it has finished; PostgreSQL takes many writers"),
    sqlite3.SQLITE_LOCKED: ("is locked by another program", "try again when it has finished; PostgreSQL takes many writers"),
    sqlite3.SQLITE_READONLY: ("is read-only", "SQLite needs to write the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "SQLite needs to write the file and its folder"),
    sqlite3.SQLITE_PERM: ("cannot be opened", "SQLite needs to write the file and its folder"),
    sqlite3.SQLITE_NOTADB: ("is no SQLite database", "is this the right file?"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "take it from a backup, or move it away and begin anew"),
    sqlite3.SQLITE_FULL: ("cannot grow: the disk is full", "make room; nothing of this run was kept"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written: input/output error", "is the disk full, or the network share gone?"),
}
POSTGRESQL: Final[dict[str, tuple[str, str]]] = {
    "28P01": ("refused the password", "the password comes from the URL, or from PGPASSWORD"),
    "28000": ("refused this user", "check the user, and pg_hba.conf on the server"),
    "3D000": ("has no such database", "create it first; the tables are made by the first scan"),
    "42501": (
        "does not let this user do that",
        "it needs CREATE on the schema once, then SELECT, INSERT, UPDATE and DELETE on s2s_*",
    ),
    "25006": ("is read-only", "is this a replica?"),
    "53100": ("cannot grow: the disk is full", "make room; nothing of this run was kept"),
    "53200": ("is out of memory", "nothing of this run was kept"),
    "53300": ("has too many connections", "try again later"),
    "55P03": ("is locked by another program", "try again when it has finished"),
    "57P01": ("is shutting down", "try again later"),
    "57P02": ("has crashed", "try again later"),
    "57P03": ("is starting up or shutting down", "try again later"),
}
REFUSES_TLS: Final = "Server refuses SSL"
"""What pg8000 says of a server without TLS (`_make_socket` in its `core.py`)."""


def store_error(error: BaseException, address: Address) -> StoreError:
    """Return the failure of a driver, or of the socket below it, as one line and a hint."""
    what, hint = _server(error, address) if isinstance(address, Server) else _file(error)
    return StoreError(f"the store `{address.shown}` {what}", hint=hint)


def _file(error: BaseException) -> tuple[str, str]:
    cause = _cause(error, sqlite3.Error)
    if cause is not None:
        code = getattr(cause, "sqlite_errorcode", None)
        known = None if code is None else SQLITE.get(code & 0xFF)
        return known or _other(getattr(cause, "sqlite_errorname", type(cause).__name__))
    return _of_system(error) or _other(type(error).__name__)


def _server(error: BaseException, address: Server) -> tuple[str, str]:
    for found in _chain(error):
        fields = found.args[0] if found.args else None
        if isinstance(fields, dict) and isinstance(fields.get("C"), str):
            return POSTGRESQL.get(fields["C"]) or _other(f"SQLSTATE {printable(fields['C'], limit=10)}")
    if _cause(error, ssl.SSLCertVerificationError) is not None:
        return "has a certificate that is not trusted", "add ?sslrootcert=FILE with the authority to trust"
    if any(REFUSES_TLS in map(str, found.args) for found in _chain(error)):
        return "does not speak TLS", "add ?sslmode=disable if the way there is safe"
    if _cause(error, ssl.SSLError) is not None:
        return "cannot be reached: TLS failed", "check the port, and sslmode in the URL"
    return _of_system(error) or _unreachable(error, address)


def _unreachable(error: BaseException, address: Server) -> tuple[str, str]:
    if _cause(error, OSError) is not None or any(type(found).__name__ == "InterfaceError" for found in _chain(error)):
        return "cannot be reached", f"is the server running, and host and port {address.port} right?"
    return _other(type(error).__name__)


def _of_system(error: BaseException) -> tuple[str, str] | None:
    cause = _cause(error, OSError)
    if not isinstance(cause, OSError):
        return None
    reason = "no answer in time" if isinstance(cause, TimeoutError) else (cause.strerror or type(cause).__name__).lower()
    return f"cannot be reached: {printable(reason)}", "check the address, and the way there"


def _other(name: str) -> tuple[str, str]:
    return f"failed ({printable(name)})", "nothing of this run was kept"


def _cause(error: BaseException, kind: type[BaseException]) -> BaseException | None:
    return next((found for found in _chain(error) if isinstance(found, kind)), None)


def _chain(error: BaseException) -> list[BaseException]:
    """Return an error and everything it was raised from, the outermost first."""
    found: list[BaseException] = []
    following: list[BaseException | None] = [error]
    while following:
        one = following.pop(0)
        if one is not None and one not in found:
            found.append(one)
            following += [getattr(one, "orig", None), one.__cause__, one.__context__]
    return found
