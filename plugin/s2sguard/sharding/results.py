"""What was found, on disk, in the order of a report; read when it is asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar, cast, overload

from s2sguard.collect.spool.database import tune
from s2sguard.evaluate.verdict import Control, Verdict
from s2sguard.facts.document import SCHEMA_VERSION, FactsDocument
from s2sguard.facts.options import FactsOptions
from s2sguard.model.inventory import Source
from s2sguard.sharding.judging import Outcome
from s2sguard.sharding.packing import Unpacker, value_of

T = TypeVar("T")

_TABLES = """
CREATE TABLE subject (number INTEGER PRIMARY KEY, resource TEXT, name TEXT, gateway TEXT, partner TEXT,
    file TEXT, pointer TEXT, line INTEGER, "column" INTEGER);
CREATE TABLE verdict (number INTEGER PRIMARY KEY, control INTEGER, subject INTEGER, special BLOB, witnesses BLOB);
CREATE TABLE source (file TEXT, pointer TEXT, line INTEGER, "column" INTEGER, UNIQUE (file, pointer, line, "column"));
CREATE TABLE fact (kind TEXT, rank INTEGER, place INTEGER, number INTEGER, key TEXT, text BLOB);
"""
_ORDERED = """
CREATE TABLE ranked (subject INTEGER PRIMARY KEY, rank INTEGER);
INSERT INTO ranked SELECT number, row_number() OVER (ORDER BY resource) FROM subject;
CREATE TABLE ordered (position INTEGER PRIMARY KEY, verdict INTEGER);
INSERT INTO ordered (verdict)
    SELECT verdict.number FROM verdict JOIN ranked USING (subject) ORDER BY verdict.control, ranked.rank;
DROP TABLE ranked;
CREATE INDEX fact_order ON fact (kind, rank, place, number);
"""
_VERDICTS = """
SELECT verdict.control, verdict.special, verdict.witnesses, resource, name, gateway, partner, file, pointer, line, "column"
FROM ordered JOIN verdict ON verdict.number = ordered.verdict JOIN subject ON subject.number = verdict.subject
WHERE position > ? ORDER BY position
"""
_HEADS = """
SELECT verdict.control, verdict.special, resource, name, gateway, partner, file, pointer, line, "column"
FROM verdict JOIN subject ON subject.number = verdict.subject WHERE special IS NOT NULL
"""
_SOURCES = 'SELECT pointer, line, "column" FROM source WHERE file = ? AND (? OR line IS NOT NULL) ORDER BY pointer'
_FACTS = "SELECT text FROM fact WHERE kind = ? ORDER BY rank, place, number LIMIT -1 OFFSET ?"
Rows = Callable[[int], Iterator[T]]
"""Yields all elements from a place on."""


class Stored(Sequence[T], Generic[T]):
    """A sequence on disk: as long as its results are open, it can be read as often as needed, and no element stays in memory."""

    def __init__(self, length: int, rows: Rows[T]) -> None:
        self._length = length
        self._rows = rows

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return self._rows(0)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(self._length))]
        place = at + self._length if at < 0 else at
        if not 0 <= place < self._length:
            raise IndexError(at)
        return next(self._rows(place))


class StoredVerdicts(Stored[Verdict]):
    """Verdicts on disk. To count them, nobody has to read what proves them (`report.interface.Countable`)."""

    def __init__(self, length: int, rows: Rows[Verdict], heads: Callable[[], Iterator[Verdict]]) -> None:
        super().__init__(length, rows)
        self._heads = heads

    def heads(self) -> Iterator[Verdict]:
        """Yield the verdicts that are no plain pass, in any order and without their witnesses."""
        return self._heads()


class Results:
    """Gathers outcomes of shards, in any order; `close` them before their folder goes."""

    def __init__(self, path: Path, controls: Sequence[Control]) -> None:
        self._unpack = Unpacker(controls).verdict
        self._database = sqlite3.connect(path, isolation_level=None)
        path.chmod(0o600)
        tune(self._database)
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")
        self._subjects = 0

    def add(self, outcome: Outcome) -> None:
        """Add verdicts and facts of one shard."""
        start = self._subjects
        subjects = ((start + number, *row) for number, row in enumerate(outcome.packed.subjects))
        self._database.executemany("INSERT INTO subject VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", subjects)
        verdicts = ((control, start + subject, *rest) for control, subject, *rest in outcome.packed.verdicts)
        self._database.executemany("INSERT INTO verdict (control, subject, special, witnesses) VALUES (?, ?, ?, ?)", verdicts)
        facts = ((row.kind, *row.order, row.key, row.text) for row in outcome.facts)
        self._database.executemany("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?)", facts)
        sources = ((source.file, source.pointer, source.line, source.column) for source in outcome.sources)
        self._database.executemany("INSERT OR IGNORE INTO source VALUES (?, ?, ?, ?)", sources)
        self._subjects += len(outcome.packed.subjects)

    def finish(self) -> None:
        """Put everything into the order of a report; nothing is added after it."""
        self._database.execute("COMMIT")
        self._database.executescript(_ORDERED)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def verdicts(self) -> StoredVerdicts:
        """Return one verdict per control and resource it applies to, ordered by control id and resource id."""
        (count,) = self._database.execute("SELECT count(*) FROM verdict").fetchone()
        return StoredVerdicts(count, self._verdicts, self._heads)

    def sources(self) -> Iterator[list[Source]]:
        """Yield the places that a report may point at, file by file; of a file that is not there those whose line is known already."""
        for (file,) in self._database.execute("SELECT DISTINCT file FROM source ORDER BY file").fetchall():
            # A snapshot names one file for a whole tenant, which is most often not here.
            found = self._database.execute(_SOURCES, (file, Path(file).is_file()))
            yield [Source(file=file, pointer=pointer, line=line, column=column) for pointer, line, column in found]

    def facts(self, options: FactsOptions) -> FactsDocument:
        """Return the facts document of the whole inventory; its four lists are `Stored`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "today": options.today.isoformat(),
            "settings": options.settings,
            "assumptions": options.assumptions,
            "gateways": self._facts("gateways"),
            "connections": self._facts("connections"),
            "sites": self._facts("sites"),
            "shared_keys": self._facts("shared_keys"),
        }

    def _verdicts(self, start: int) -> Iterator[Verdict]:
        for control, special, witnesses, *subject in self._database.execute(_VERDICTS, (start,)):
            yield self._unpack(control, cast("Any", subject), special, witnesses)

    def _heads(self) -> Iterator[Verdict]:
        for control, special, *subject in self._database.execute(_HEADS):
            yield self._unpack(control, cast("Any", subject), special, None)

    def _facts(self, kind: str) -> list[Any]:
        (count,) = self._database.execute("SELECT count(*) FROM fact WHERE kind = ?", (kind,)).fetchone()

        def rows(start: int) -> Iterator[object]:
            return (value_of(text) for (text,) in self._database.execute(_FACTS, (kind, start)))

        # Whoever gets a facts document only reads it, which a sequence on disk can do like a list.
        return cast("list[Any]", Stored(count, rows))
