"""How wide ranges are written, as facts."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class SelectorWidths(TypedDict):
    """Shortest prefix length written, by side and family; a family without a range is absent, 0 is *any*."""

    local_v4: NotRequired[int]
    local_v6: NotRequired[int]
    remote_v4: NotRequired[int]
    remote_v6: NotRequired[int]


class SiteWidths(TypedDict):
    """Shortest prefix length of a site, by family; a family without a prefix is absent, 0 is *any*."""

    v4: NotRequired[int]
    v6: NotRequired[int]
