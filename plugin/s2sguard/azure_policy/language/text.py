"""Names in any casing: folding as Azure compares strings, looking up members, and naming what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from s2sguard.expression.interface import Json

MISSING = object()
"""What `lookup` gives where an object has no such member; JSON null is a member."""


def fold(text: str) -> str:
    """Return `text` as it counts in comparisons without case (policy-rule: conditions ignore case).

    One character stays one character, as in .NET's invariant comparisons: `ß` is never `ss`.
    """
    if text.isascii():
        return text.lower()
    return "".join(_fold_character(character) for character in text)


def _fold_character(character: str) -> str:
    upper = character.upper()
    lower = (upper if len(upper) == 1 else character).lower()
    return lower if len(lower) == 1 else character


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
