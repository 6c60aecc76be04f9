"""Is a listing complete? A page that points to a next one, or counts fewer rows than there are, is not.

Without this, a connection on the second page would be judged by its absence.
"""

from __future__ import annotations

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
    rows: int
    total: int | None
    more: bool
    reason: str


def pages(document: Document) -> Iterator[Page]:
    """Yield the pages in a document, at the top or in an array of pages."""
    values = document.value if isinstance(document.value, list) else [document.value]
    for index, value in enumerate(values):
        if isinstance(value, dict):
            pointer = f"/{index}" if isinstance(document.value, list) else ""
            page = _page(value, Source(file=document.file, pointer=pointer))
            if page is not None:
                yield page


def missing_pages(found: Iterable[Page]) -> list[Gap]:
    """Return a gap for every page of a listing whose pages do not add up; pages of one listing have one total."""
    found = list(found)
    rows: dict[int, int] = {}
    for page in found:
        if page.total is not None:
            rows[page.total] = rows.get(page.total, 0) + page.rows
    return [
        Gap(kind="truncated-listing", reason=page.reason, source=page.source)
        for page in found
        if (page.more if page.total is None else rows[page.total] < page.total)
    ]


def _page(value: Mapping[str, object], source: Source) -> Page | None:
    names = {key.lower().replace("_", "").lstrip("$"): member for key, member in value.items()}
    rows = names.get("data")
    if isinstance(rows, dict):
        rows = rows.get("rows")
    if isinstance(rows, list):
        total = names.get("totalrecords")
        more = bool(names.get("skiptoken")) or str(names.get("resulttruncated")).lower() == "true"
        known = total if isinstance(total, int) and not isinstance(total, bool) else None
        return Page(source=source, rows=len(rows), total=known, more=more, reason=_MORE)
    if isinstance(names.get("value"), list) and names.get("nextlink"):
        return Page(source=source, rows=0, total=None, more=True, reason=_NEXT)
    return None
