"""What a run has done so far, in SQLite: finished units of work, what they gave, and what is still to be read.

A unit is kept in one transaction with everything it gave, so a run that is killed does it again as a whole or not at all.
Resources stand here as in a snapshot, without secrets; of two descriptions of one resource the one of higher rank stays.
Without a file the same lies in a temporary database that SQLite removes, so that memory does not grow with the tenant.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Final

from s2sguard.collect.azure.batch import Batch
from s2sguard.collect.azure.references import Want, place_of
from s2sguard.collect.interface import Collected
from s2sguard.collect.merge import merge_key
from s2sguard.collect.resource_types import resource_group_of_id
from s2sguard.collect.snapshot import gap_line, gap_of_line, resource_line, resource_of_line
from s2sguard.errors import UsageError
from s2sguard.model.inventory import fold_id

_MARK: Final = "s2sguard-checkpoint-1"
_OLDEST: Final = 24 * 3600
"""Seconds after which a run is not taken up again: half an estate of yesterday is not the estate."""
_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE unit (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE subscription (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE wanted (
    key TEXT PRIMARY KEY, scope TEXT NOT NULL, body TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX wanted_open ON wanted (scope) WHERE done = 0;
CREATE TABLE resource (key TEXT PRIMARY KEY, rank INTEGER NOT NULL, line TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE gap (resource TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY (resource, line)) WITHOUT ROWID;
"""


class Checkpoint:
    """The state of one run. To be closed."""

    def __init__(self, file: str | None, fingerprint: str, now: float) -> None:
        """Open or create; raises UsageError for a file that is of another run, too old, in use, or no checkpoint at all.

        `fingerprint` stands for the request and this program's version; `now` is the time in seconds since 1970.
        """
        self._file = file
        self.resumed = False
        try:
            self._open(fingerprint, now)
        except UsageError:
            self._db.close()
            raise
        except (sqlite3.Error, OSError) as error:
            if hasattr(self, "_db"):
                self._db.close()
            in_use = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
            why = "another run is using it" if in_use else "it is no checkpoint, or cannot be opened or created"
            raise UsageError(f"checkpoint `{file}`: {why}", hint="name another file; a new one is created") from None

    def _open(self, fingerprint: str, now: float) -> None:
        if self._file is not None:
            # Resource names are nobody else's business; SQLite gives its own files the same permissions.
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
        self._db = sqlite3.connect(self._file or "", isolation_level=None, timeout=0)
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        with self._transaction():
            self.resumed = bool(self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
            if not self.resumed:
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
                meta = {"mark": _MARK, "fingerprint": fingerprint, "started": repr(now)}
                self._db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
                return
        self._check(fingerprint, now)

    def _check(self, fingerprint: str, now: float) -> None:
        meta = dict(self._db.execute("SELECT name, value FROM meta"))
        if meta.get("mark") != _MARK:
            raise sqlite3.DatabaseError
        if meta.get("fingerprint") != fingerprint:
            raise UsageError(
                f"checkpoint `{self._file}` is of another request, or of another version of this program",
                hint="repeat the request it was made for, or remove it",
            )
        try:
            age = now - float(meta.get("started", ""))
        except ValueError:
            raise sqlite3.DatabaseError from None
        if age > _OLDEST:
            raise UsageError(f"checkpoint `{self._file}` is older than a day", hint="remove it: what it holds may have changed since")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file; it stays for a later run."""
        self._db.close()

    def is_done(self, unit: str) -> bool:
        """Say whether a unit of discovery is finished."""
        return self._db.execute("SELECT 1 FROM unit WHERE name = ?", (unit,)).fetchone() is not None

    def finish(self, unit: str, batch: Batch, subscriptions: Iterable[str] = ()) -> None:
        """Keep what a unit of discovery gave, and that it is finished."""
        with self._transaction():
            self._keep(batch)
            self._db.executemany("INSERT OR IGNORE INTO subscription VALUES (?)", [(name,) for name in subscriptions])
            self._db.execute("INSERT OR IGNORE INTO unit VALUES (?)", (unit,))

    def keep(self, batch: Batch) -> None:
        """Keep what a part of a unit gave; the unit may be done again."""
        with self._transaction():
            self._keep(batch)

    def finish_group(self, wants: Iterable[tuple[Want, int]], batch: Batch) -> None:
        """Keep what the wants of a group gave. One that has become another since (see `version`) stays open."""
        with self._transaction():
            self._db.executemany(
                "UPDATE wanted SET done = 1, failed = ? WHERE key = ? AND version = ?",
                [(int(want.key in batch.failed), want.key, version) for want, version in wants],
            )
            self._keep(batch)

    def subscriptions(self) -> list[str]:
        """Return the subscriptions of the request, sorted."""
        return [name for (name,) in self._db.execute("SELECT id FROM subscription ORDER BY id")]

    def open_groups(self) -> list[str]:
        """Return the folded ids of the resource groups in which something is still to be read, sorted."""
        return [scope for (scope,) in self._db.execute("SELECT DISTINCT scope FROM wanted WHERE done = 0 ORDER BY scope")]

    def wants(self, scope: str) -> list[tuple[Want, int]]:
        """Return what is still to be read in a group, in the order of ids, each with its version."""
        rows = self._db.execute("SELECT body, version FROM wanted WHERE scope = ? AND done = 0 ORDER BY key", (scope,))
        return [(Want(**json.loads(body)), version) for body, version in rows]

    def counts(self) -> tuple[int, int]:
        """Return how many resources and how many gaps are kept."""
        resources, gaps = self._db.execute("SELECT (SELECT count(*) FROM resource), (SELECT count(*) FROM gap)").fetchone()
        return resources, gaps

    def batches(self) -> Iterator[Collected]:
        """Yield the result by resource group, in the order of ids, and at the end the gaps, in the order of what they touch."""
        rows = self._db.execute("SELECT key, line FROM resource ORDER BY key")
        for _, group in groupby(rows, key=lambda row: _scope(row[0])):
            found = [resource for _, line in group if (resource := resource_of_line(line)) is not None]
            yield Collected(resources=found)
        yield Collected(gaps=[gap for line in self.gap_lines() if (gap := gap_of_line(line)) is not None])

    def resource_lines(self) -> Iterator[str]:
        """Yield every resource in the order of ids, as it stands in a snapshot."""
        return (line for (line,) in self._db.execute("SELECT line FROM resource ORDER BY key"))

    def gap_lines(self) -> Iterator[str]:
        """Yield every gap in the order of what it touches, as it stands in a snapshot."""
        return (line for (line,) in self._db.execute("SELECT line FROM gap ORDER BY resource, line"))

    def _keep(self, batch: Batch) -> None:
        self._db.executemany(
            "INSERT INTO resource VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET rank = excluded.rank, line = excluded.line"
            " WHERE excluded.rank >= resource.rank",
            [(merge_key(found.id), int(rank), resource_line(found)) for found, rank in batch.resources],
        )
        gaps = [(fold_id(gap.resource or ""), gap_line(gap)) for gap in batch.gaps]
        self._db.executemany("INSERT OR IGNORE INTO gap VALUES (?, ?)", gaps)
        for want in batch.wants:
            self._want(want)

    def _want(self, want: Want) -> None:
        place = place_of(want.id) if not want.every else None
        scope = fold_id(want.id) if want.every else place.scope if place is not None else None
        if scope is None:
            return
        row = self._db.execute("SELECT body, done, failed FROM wanted WHERE key = ?", (want.key,)).fetchone()
        if row is None:
            self._db.execute("INSERT INTO wanted (key, scope, body) VALUES (?, ?, ?)", (want.key, scope, _body(want)))
            return
        body, done, failed = row
        before = Want(**json.loads(body))
        hub, hint = before.as_hub or want.as_hub, {**before.hint, **want.hint}
        if hub == before.as_hub and (hint == before.hint or (done and not failed)):
            return
        body = _body(Want(id=before.id, type=before.type, every=before.every, as_hub=hub, hint=hint))
        self._db.execute("UPDATE wanted SET body = ?, version = version + 1, done = 0, failed = 0 WHERE key = ?", (body, want.key))


def _body(want: Want) -> str:
    members = {"id": want.id, "type": want.type, "as_hub": want.as_hub, "every": want.every, "hint": dict(want.hint)}
    return json.dumps(members, sort_keys=True)


def _scope(key: str) -> str:
    group = resource_group_of_id(key)
    return key.partition("/providers/")[0] if group is not None else ""
