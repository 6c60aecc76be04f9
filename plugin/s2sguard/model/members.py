"""Members of JSON objects by name in any casing, as Azure Resource Manager reads them."""

from __future__ import annotations

from collections.abc import Mapping

from s2sguard.model.folding import fold


def member(value: object, name: str) -> object:
    """Return the member of an object; None for no member, null and no object."""
    found = find(value, name)
    return found[1] if found is not None else None


def find(value: object, name: str) -> tuple[str, object] | None:
    """Return a member of an object with its name as written; the one in the casing asked for comes first."""
    if not isinstance(value, Mapping):
        return None
    if name in value:
        return name, value[name]
    # Folding keeps the length, and most names are already out by theirs.
    folded, length = fold(name), len(name)
    for key in value:
        if len(key) == length and fold(key) == folded:
            return key, value[key]
    return None


def written(value: object, name: str) -> str:
    """Return the name of a member in the casing it is written in, `name` itself where there is none."""
    found = find(value, name)
    return name if found is None else found[0]
