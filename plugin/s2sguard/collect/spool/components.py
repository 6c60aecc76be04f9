"""Which resources have to be judged together: union-find over row numbers, eight bytes for each resource.

Gateways that share a site, a network or a VNet-to-VNet connection are one component, with everything below them.
What names an id that is not in the input is connected with everything else that names it.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

_LINKS = """
SELECT link.target, link.row, resource.row FROM link LEFT JOIN resource ON resource.key = link.target
WHERE link.kind IN ('child', 'joins', 'lies') ORDER BY link.target, link.row
"""
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Whole components that are judged together, by the first and the last of their numbers."""

    first: int
    last: int
    resources: int


def connect(database: sqlite3.Connection, *, divisible: bool) -> None:
    """Fill the table `member`; a component is named by its first row. Without `divisible` all is one component."""
    rows = array("q", (row for (row,) in database.execute("SELECT row FROM resource ORDER BY row")))
    parents = array("q", range(len(rows)))
    if divisible:
        _unite(database, rows, parents)
    database.execute("BEGIN")
    for start in range(0, len(rows), _AT_ONCE):
        places = range(start, min(start + _AT_ONCE, len(rows)))
        found = ((rows[_root(parents, at)] if divisible else rows[0], rows[at]) for at in places)
        database.executemany("INSERT INTO member VALUES (?, ?)", found)
    database.execute("COMMIT")


def batches(database: sqlite3.Connection, together: int) -> Iterator[Batch]:
    """Yield all components, neighbours together while they have at most `together` resources; a larger one stands alone."""
    first = last = held = 0
    for component, size in database.execute("SELECT component, count(*) FROM member GROUP BY component ORDER BY component"):
        if held and held + size > together:
            yield Batch(first=first, last=last, resources=held)
            held = 0
        first = component if not held else first
        last, held = component, held + size
    if held:
        yield Batch(first=first, last=last, resources=held)


def _unite(database: sqlite3.Connection, rows: array[int], parents: array[int]) -> None:
    target, anchor = None, 0
    for name, row, found in database.execute(_LINKS):
        at = bisect_left(rows, row)
        if name != target:
            target, anchor = name, at if found is None else bisect_left(rows, found)
        one, other = _root(parents, at), _root(parents, anchor)
        parents[max(one, other)] = min(one, other)


def _root(parents: array[int], at: int) -> int:
    while parents[at] != at:
        parents[at] = parents[parents[at]]
        at = parents[at]
    return at
