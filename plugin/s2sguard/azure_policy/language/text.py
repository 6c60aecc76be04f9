"""Names in any casing: folding as Azure compares strings, looking up members, and naming what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Final

from s2sguard.expression.interface import Json
from s2sguard.model.folding import fold

__all__ = ["MISSING", "did_you_mean", "fold", "join", "keys", "lookup", "member", "plain", "twice"]

MISSING = object()
"""What `lookup` gives where an object has no such member; JSON null is a member."""


def lookup(members: Mapping[str, Json], name: str, lower: str) -> Json:
    """Return the member `name` of an object in any casing, or `MISSING`; `lower` is the name in lowercase."""
    found = members.get(name, MISSING)
    if found is not MISSING:
        return found
    length = len(lower)
    for key, value in members.items():
        if len(key) == length and key.lower() == lower:
            return value
    return MISSING


def plain(value: Json) -> Json:
    """Return `value` with every Mapping a dict and every tuple a list, the very value where that holds already.

    Conditions look at parsed JSON; read-only mappings, tuples, and what other readers of JSON and YAML give mean the same.
    """
    todo = [value]
    for one in todo:
        # Written out: this looks at all of every resource that is evaluated.
        if one.__class__ is dict:
            for inner in one.values():
                if inner.__class__ not in _SCALARS:
                    todo.append(inner)  # noqa: PERF401
        elif one.__class__ is list:
            for inner in one:
                if inner.__class__ not in _SCALARS:
                    todo.append(inner)  # noqa: PERF401
        elif isinstance(one, _CONTAINERS):
            return _copied(value)
    return value


_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_CONTAINERS: Final = (Mapping, list, tuple)


def _copied(value: Json) -> Json:
    """Copy without recursion: what is nested too deep is found where it is evaluated."""
    whole: list[Json] = [value]
    todo: list[Json] = [whole]
    for one in todo:
        for place, inner in list(one.items() if isinstance(one, dict) else enumerate(one)):
            if isinstance(inner, _CONTAINERS):
                one[place] = dict(inner) if isinstance(inner, Mapping) else list(inner)
                todo.append(one[place])
    return whole[0]


def member(members: Mapping[str, Json], name: str) -> Json:
    """Return the member `name` of an object in any casing; None where there is none."""
    found = lookup(members, name, name.lower())
    return None if found is MISSING else found


def keys(members: Mapping[str, Json]) -> dict[str, str]:
    """Return lowercase name -> name as written."""
    return {name.lower(): name for name in members}


def twice(members: Mapping[str, Json]) -> list[str]:
    """Return the names that an object has more than once, in different casings."""
    seen: set[str] = set()
    return [name for name in members if name.lower() in seen or seen.add(name.lower())]  # type: ignore[func-returns-value]


def join(pointer: str, *parts: object) -> str:
    """Return a JSON pointer (RFC 6901) to a member below `pointer`."""
    return pointer + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def did_you_mean(name: str, known: Iterable[str], *, before: str = "") -> str:
    """Return a hint that names up to three known names like `name`, with `before` in front of each, or an empty string."""
    by_fold = {fold(one): before + one for one in known}
    close = difflib.get_close_matches(fold(name), by_fold, n=3, cutoff=0.7)
    return "did you mean " + " or ".join(f"`{by_fold[one]}`" for one in close) + "?" if close else ""
