"""Is a listing complete? A page that points to a next one, or counts fewer rows than there are, is not.

Without this, a connection on the second page would be judged by its absence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from s2sguard.collect.interface import Document
from s2sguard.model.inventory import Gap, Source

_NEXT = "a page of a longer listing (`nextLink`); `az rest` gives one page, `az network ... list` and `az graph query` join or count them"
_MORE = "part of a longer Resource Graph result; give all pages (`az graph query --first 1000 --skip-token ...`)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing: how many rows it has, how many there are in all, and whether it says that more follow."""

    source: Source
    rows: frozenset[str] | None
    """What tells its rows apart; None when it holds the whole listing by itself, or the number of rows is not known."""
    total: int | None
    more: bool
    reason: str


def pages(document: Document) -> Iterator[Page]:
    """Yield the pages in a document, at the top or in an array of pages, however deep."""
    stack: list[tuple[object, str]] = [(document.value, "")]
    while stack:
        value, pointer = stack.pop()
        if isinstance(value, list):
            stack += [(value[index], f"{pointer}/{index}") for index in range(len(value) - 1, -1, -1)]
        elif isinstance(value, dict):
            page = _page(value, Source(file=document.file, pointer=pointer))
            if page is not None:
                yield page


def missing_pages(found: Iterable[Page]) -> list[Gap]:
    """Return a gap for every page of a listing whose pages do not add up; pages of one listing have one total.

    Two listings may have the same total, and one page may be given twice: so a page that is whole by itself makes up for no other,
    rows are counted once, and every listing ends with one page that no other follows.
    """
    found = list(found)
    parts: dict[int, list[Page]] = {}
    for page in found:
        if page.total is not None and page.rows is not None:
            parts.setdefault(page.total, []).append(page)
    short = {total for total, some in parts.items() if not _adds_up(total, some)}
    return [
        Gap(kind="truncated-listing", reason=page.reason, source=page.source)
        for page in found
        if (page.more if page.total is None else page.rows is not None and page.total in short)
    ]


def _adds_up(total: int, parts: Iterable[Page]) -> bool:
    distinct = {page.rows: page for page in parts if page.rows is not None}
    listings = sum(1 for page in distinct.values() if not page.more)
    return len(frozenset().union(*distinct)) == total * max(1, listings)


def _row_key(row: object) -> str:
    found = next((member for name, member in row.items() if name.lower() == "id"), None) if isinstance(row, dict) else None
    return found.lower() if isinstance(found, str) else json.dumps(row, sort_keys=True, default=str)


def _page(value: Mapping[str, object], source: Source) -> Page | None:
    names = {key.lower().replace("_", "").lstrip("$"): member for key, member in value.items()}
    rows = names.get("data")
    if isinstance(rows, dict):
        rows = rows.get("rows")
    if isinstance(rows, list):
        total = names.get("totalrecords")
        more = bool(names.get("skiptoken")) or str(names.get("resulttruncated")).lower() == "true"
        known = total if isinstance(total, int) and not isinstance(total, bool) else None
        part = frozenset(map(_row_key, rows)) if known is not None and len(rows) < known else None
        return Page(source=source, rows=part, total=known, more=more, reason=_MORE)
    if isinstance(names.get("value"), list) and names.get("nextlink"):
        return Page(source=source, rows=None, total=None, more=True, reason=_NEXT)
    return None
