"""The spool itself: filled by whoever reads an inventory, then cut into shards."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from s2sguard.collect.interface import Collected
from s2sguard.collect.spool import components, database
from s2sguard.collect.spool.components import Batch
from s2sguard.collect.spool.merging import is_bare, merge_in_place, other_key
from s2sguard.collect.spool.rows import gap_of, gap_text, resource_of, resource_text
from s2sguard.model.inventory import NOT_READ, Gap, InputFile, Inventory, Resource, SharedKey, fold_id
from s2sguard.model.links import Clues

_ALL_ROWS = 1 << 32
"""Rows of one document: a resource's row is its document's number times this, plus its place there."""
_RESOURCE = "INSERT INTO resource VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LOAD = "SELECT row, text, type, parent FROM resource WHERE "
_WITHIN = "row IN (SELECT row FROM member WHERE component BETWEEN ? AND ?)"
_BEYOND = f"SELECT DISTINCT target FROM link WHERE kind IN ('peers', 'uses') AND {_WITHIN}"  # noqa: S608 - a constant
_TOUCHED = f"SELECT text FROM touched WHERE key IN (SELECT key FROM resource WHERE {_WITHIN}) ORDER BY rowid"  # noqa: S608 - a constant
_LYING_IN_CHILDREN = """
SELECT lying.row FROM link AS child JOIN resource ON resource.row = child.row
JOIN link AS lying ON lying.target = resource.key AND lying.kind = 'lies' WHERE child.target = ? AND child.kind = 'child'
"""
"""A subnet's id may not tell its network, as in a plan: what stands in the subnet stands in the network."""
_SUSPECT = """
suspect OR (SELECT max(indivisible) FROM resource)
OR key IN (SELECT target FROM link WHERE row IN (SELECT row FROM resource WHERE suspect)) ORDER BY row
"""
TOGETHER = 400
"""Resources that are judged together where components are small: about as many as the fastest engine likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One or several components as an inventory of their own, with what they refer to outside them as its context."""

    inventory: Inventory
    """Of the gaps it has those about its own resources that a live run could not read whole; all others concern the whole input."""
    places: dict[str, int]
    """Folded id of each of its resources -> a number; these have the order of the whole inventory."""


class Spool:
    """Resources on disk, each written once; gaps and shared keys, which are few, in memory. A context manager: the files go at its end.

    First `add`, then `finish`, then everything else; `open` opens a finished one in another process.
    """

    def __init__(self, clues: Callable[[Resource], Clues], folder: Path | None = None) -> None:
        """Make an empty spool in a new folder below `folder` (default: the system's for temporary files) that only its owner can enter.

        `clues` says what a resource refers to (`facts.links.clues_of`).
        """
        self._clues = clues
        self._folder = tempfile.TemporaryDirectory(prefix="s2sguard-", dir=folder)
        self.path = Path(self._folder.name, "spool.db")
        self._database = database.create(self.path)
        self._documents = 0
        self.gaps: list[Gap] = []
        """In the order of an inventory's; complete after `finish`."""
        self.shared_keys: list[SharedKey] = []
        self.ignored: list[str] = []
        self.files: list[InputFile] = []
        """Every file whose bytes were read, in the order of reading; one may be there twice."""
        self.answered = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        """The private folder, which goes with the spool: whoever judges may keep results here."""
        return Path(self._folder.name)

    def close(self) -> None:
        """Remove everything from the disk."""
        self._database.close()
        self._folder.cleanup()

    def reserve(self) -> int:
        """Return the number of the next document. Resources come into the order of these numbers, whenever they are added."""
        self._documents += 1
        return self._documents - 1

    def add(self, batch: Collected, document: int | None = None) -> None:
        """Add what was read, with its gaps and shared keys; ids that a plan deletes are not kept."""
        self.add_resources(batch.resources, self.reserve() if document is None else document)
        self.gaps += batch.gaps
        self.shared_keys += batch.shared_keys

    def add_resources(self, resources: Iterable[Resource], document: int) -> int:
        """Add the resources of one document, in their order, and return how many there were."""
        row = start = document * _ALL_ROWS
        for row, resource in enumerate(resources, start + 1):
            self._put(row, resource)
        return row - start

    def fill(self, inventory: Inventory) -> None:
        """Take over what is in memory already, and finish."""
        self.add_resources(inventory.resources, self.reserve())
        self.gaps += inventory.gaps
        self.shared_keys += inventory.shared_keys
        self.ignored += inventory.ignored
        self.files += inventory.files
        self.answered = inventory.answered
        self.finish(merged=True)

    def drop(self, document: int) -> None:
        """Take out again the resources of a document that turned out not to be what it looked like."""
        span = (document * _ALL_ROWS, (document + 1) * _ALL_ROWS)
        for table in ("resource", "link"):
            self._database.execute(f"DELETE FROM {table} WHERE row BETWEEN ? AND ?", span)  # noqa: S608 - the names above

    def finish(self, late_gaps: Iterable[Gap] = (), *, merged: bool = False) -> None:
        """Merge duplicates, find what is connected, and allow reading. `late_gaps` come before those about duplicates.

        `merged` says that what was added is an inventory already: each id once, and every gap known.
        """
        self.gaps += late_gaps
        if not merged:
            self.gaps += merge_in_place(self._database, self._put)
        database.index(self._database)
        touched = ((fold_id(gap.resource), gap_text(gap)) for gap in self.gaps if gap.kind in NOT_READ and gap.resource is not None)
        self._database.executemany("INSERT INTO touched VALUES (?, ?)", touched)
        (indivisible,) = self._database.execute("SELECT max(indivisible) FROM resource").fetchone()
        components.connect(self._database, divisible=not indivisible)

    def count_by_type(self) -> dict[str, int]:
        """Return how many resources of each type there are, sorted by type."""
        return dict(self._database.execute("SELECT type, count(*) FROM resource GROUP BY type ORDER BY type"))

    def resources(self) -> Iterator[Resource]:
        """Yield every resource in the order of the inventory, one in memory at a time: for `snapshot.resource_line`."""
        return (resource for _, resource in _load(self._database, "true ORDER BY row"))

    def suspects(self) -> Inventory:
        """Return the resources that may put every gateway in doubt and what they refer to, with all gaps."""
        return Inventory((resource for _, resource in _load(self._database, _SUSPECT)), self.gaps)

    def batches(self, together: int = TOGETHER) -> Iterator[Batch]:
        """Yield the components in the order of the inventory, small neighbours together; with 1, each by itself."""
        return components.batches(self._database, together)

    def shards(self, together: int = 1) -> Iterator[Shard]:
        """Yield the inventory shard by shard; by default each component is one."""
        return map(SpoolReader(self._database).shard, self.batches(together))

    def _put(self, row: int, resource: Resource) -> None:
        clues = self._clues(resource)
        values = (row, resource.key, other_key(resource), resource.type, resource.parent)
        flags = (is_bare(resource), clues.suspect, clues.indivisible)
        self._database.execute(_RESOURCE, (*values, *flags, resource_text(resource)))
        self._database.executemany("INSERT INTO link VALUES (?, ?, ?)", ((row, link.kind, link.target) for link in clues.links))


class SpoolReader:
    """Reads shards of a finished spool, in any process."""

    def __init__(self, opened: sqlite3.Connection) -> None:
        self._database = opened

    @classmethod
    def open(cls, path: Path) -> SpoolReader:
        """Open a finished spool by its path; raises `InputError`."""
        return cls(database.open_read_only(path))

    def close(self) -> None:
        """Close the file; it stays where it is."""
        self._database.close()

    def shard(self, batch: Batch) -> Shard:
        """Return one batch as an inventory, its resources in the order of the whole one."""
        found = list(_load(self._database, f"{_WITHIN} ORDER BY row", (batch.first, batch.last)))
        own = {row for row, _ in found}
        context = _load_rows(self._database, sorted(self._beyond(batch) - own))
        gaps = [gap_of(text) for (text,) in self._database.execute(_TOUCHED, (batch.first, batch.last))]
        inventory = Inventory((resource for _, resource in found), gaps, context=context)
        return Shard(inventory=inventory, places={resource.key: row for row, resource in found})

    def _beyond(self, batch: Batch) -> set[int]:
        """Return the rows of what a batch looks at: networks that it peers with, what belongs to them, and route tables."""
        rows: set[int] = set()
        for (target,) in self._database.execute(_BEYOND, (batch.first, batch.last)).fetchall():
            rows |= self._with_parts(target)
        return rows

    def _with_parts(self, key: str) -> set[int]:
        """Return the rows of a resource, its children, what lies in it or in one of them, and what its children use."""
        parts = self._rows("SELECT row FROM link WHERE target = ? AND kind IN ('child', 'lies')", key)
        parts |= self._rows(_LYING_IN_CHILDREN, key)
        rows = parts | self._rows("SELECT row FROM resource WHERE key = ?", key)
        for part in parts:
            for (used,) in self._database.execute("SELECT target FROM link WHERE row = ? AND kind = 'uses'", (part,)).fetchall():
                rows |= self._rows("SELECT row FROM resource WHERE key = ?", used)
                rows |= self._rows("SELECT row FROM link WHERE target = ? AND kind = 'child'", used)
        return rows

    def _rows(self, query: str, key: str) -> set[int]:
        return {row for (row,) in self._database.execute(query, (key,))}


def _load(opened: sqlite3.Connection, condition: str, values: tuple[int, ...] = ()) -> Iterator[tuple[int, Resource]]:
    for row, text, kind, parent in opened.execute(_LOAD + condition, values):
        yield row, resource_of(text, kind, parent)


def _load_rows(opened: sqlite3.Connection, rows: Iterable[int]) -> Iterator[Resource]:
    for row in rows:
        yield from (resource for _, resource in _load(opened, "row = ?", (row,)))
