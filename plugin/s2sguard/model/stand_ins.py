"""Ids of which parts are not known: `{gatewayName}` stands for the value of a parameter that nobody gave (ARM templates).

No name in Azure holds braces, so an id with a stand-in is never the id of a resource that was read from Azure, though it may become it.
"""

from __future__ import annotations

import re
from typing import Final

STAND_IN_SCOPE: Final = "/subscriptions/{subscription}/resourceGroups/{resource-group}"
"""The resource group of a deployment that nobody named; braces are in no real id, so it never meets one."""

_STAND_IN = re.compile(r"\{[^{}/]*\}")
_BETWEEN = "\0"


def has_stand_in(resource_id: str) -> bool:
    """Say whether a part of an id is not known."""
    return "{" in resource_id and _STAND_IN.search(resource_id) is not None


def with_names(resource_id: str) -> str:
    """Return an id with a plain letter for each stand-in: the shape it will have."""
    return _STAND_IN.sub("x", resource_id)


def may_be_same(one: str, other: str) -> bool:
    """Say whether two folded ids can be of one resource, whatever their unknown parts turn out to be; each is a part of one segment."""
    mine, theirs = one.split("/"), other.split("/")
    return len(mine) == len(theirs) and all(map(_fits, mine, theirs))


def _fits(one: str, other: str) -> bool:
    if one == other:
        return True
    open_one, open_other = has_stand_in(one), has_stand_in(other)
    if open_one and open_other:
        return True
    pattern, text = (one, other) if open_one else (other, one)
    if not (open_one or open_other):
        return False
    first, *middle, last = _STAND_IN.sub(_BETWEEN, pattern).split(_BETWEEN)
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
