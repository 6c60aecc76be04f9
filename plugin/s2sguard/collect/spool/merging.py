"""Resources that were read more than once, merged in place: the rest of the spool is not touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from s2sguard.collect.merge import listed, merge, merge_key
from s2sguard.collect.resource_types import KNOWN_TYPES
from s2sguard.collect.spool.rows import resource_of
from s2sguard.model.inventory import Gap, Resource

_TWICE = """
CREATE TEMP TABLE twice AS
    SELECT coalesce(merged, key) AS one, min(row) AS first FROM resource GROUP BY one HAVING count(*) > 1
"""
_GROUP = "SELECT row, text, type, parent FROM resource WHERE coalesce(merged, key) = ? ORDER BY row"
Put = Callable[[int, Resource], None]


def merge_in_place(database: sqlite3.Connection, put: Put) -> list[Gap]:
    """Merge what has one id, as `collect.merge.merge` does it, at the place of the first; `put` writes a resource there.

    Return the gaps about contradictions, then those about resources listed without properties, both in the order of reading.
    """
    database.execute("CREATE INDEX resource_merged ON resource (coalesce(merged, key))")
    database.execute("CREATE INDEX link_row ON link (row)")
    database.execute(_TWICE)
    gaps: list[Gap] = []
    # Read by place, because the cursor must not see the table `resource` change below it.
    for one, first in database.execute("SELECT one, first FROM twice ORDER BY first"):
        rows = database.execute(_GROUP, (one,)).fetchall()
        merged, found = merge(resource_of(text, kind, parent) for _, text, kind, parent in rows)
        # The gap about a missing listing is found again below, in its place.
        gaps += [gap for gap in found if gap.kind == "conflicting-duplicates"]
        for row, *_ in rows:
            database.execute("DELETE FROM resource WHERE row = ?", (row,))
            database.execute("DELETE FROM link WHERE row = ?", (row,))
        put(first, merged[0])
    return [*gaps, *_bare(database)]


def is_bare(resource: Resource) -> bool:
    """Say whether a resource is listed without its properties, which is a gap."""
    return not resource.properties and not resource.existing and resource.type in KNOWN_TYPES


def other_key(resource: Resource) -> str | None:
    """Return the id to compare duplicates by where it differs from the one to look up by."""
    key = merge_key(resource.id)
    return None if key == resource.key else key


def _bare(database: sqlite3.Connection) -> Iterator[Gap]:
    for text, kind, parent in database.execute("SELECT text, type, parent FROM resource WHERE bare ORDER BY row"):
        yield listed(resource_of(text, kind, parent))
