"""The file of a spool: SQLite, in a private folder of its own, without anything that makes it outlive a crash."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from s2sguard.errors import InputError

_TABLES = """
CREATE TABLE resource (row INTEGER PRIMARY KEY, key TEXT NOT NULL, merged TEXT, type TEXT NOT NULL, parent TEXT,
    bare INTEGER NOT NULL, suspect INTEGER NOT NULL, indivisible INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE link (row INTEGER NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL);
CREATE TABLE touched (key TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE member (component INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (component, row)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX resource_key ON resource (key);
CREATE INDEX IF NOT EXISTS link_row ON link (row);
CREATE INDEX touched_key ON touched (key);
CREATE INDEX link_target ON link (target, kind);
"""
_CACHE_KB = 2048
"""For each of the three files a run has open; the system caches the rest of them."""


def create(path: Path) -> sqlite3.Connection:
    """Return a new database for one writer; its folder is private already. Nothing in it survives a crash, and nothing needs to."""
    database = sqlite3.connect(path, isolation_level=None)
    path.chmod(0o600)
    tune(database)
    database.executescript(_TABLES)
    database.execute("BEGIN")
    return database


def tune(database: sqlite3.Connection) -> None:
    """Set what makes a temporary database fast: no journal to come back from, no waiting for the disk, and a bounded cache."""
    for name, value in (("journal_mode", "OFF"), ("synchronous", "OFF"), ("cache_size", f"-{_CACHE_KB}"), ("temp_store", "FILE")):
        database.execute(f"PRAGMA {name} = {value}")


def index(database: sqlite3.Connection) -> None:
    """Add the indexes, which cost least when everything is in."""
    database.execute("COMMIT")
    database.executescript(_INDEXES)


def open_read_only(path: Path) -> sqlite3.Connection:
    """Return a database that another process, or this one, has finished; raises `InputError` where it cannot be opened."""
    try:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        database.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    except sqlite3.Error:
        raise InputError("the spool of this run cannot be opened", hint="is the temporary folder still there?") from None
    return database
