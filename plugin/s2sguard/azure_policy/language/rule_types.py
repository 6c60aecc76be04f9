"""Which resource types an `if` block asks for by name."""

from __future__ import annotations

from collections.abc import Mapping

from s2sguard.azure_policy.language.text import keys, member
from s2sguard.expression.interface import Json


def named_types(condition: Json) -> frozenset[str]:
    """Return the lowercase types that literal conditions on `type` (`equals`, `in`) name, but for those below a `not`."""
    found: set[str] = set()
    stack = [condition]
    while stack:
        one = stack.pop()
        if not isinstance(one, Mapping):
            continue
        names = keys(one)
        for word in ("allof", "anyof"):
            inner = one[names[word]] if word in names else None
            stack.extend(inner if isinstance(inner, list) else ())
        field = member(one, "field")
        if isinstance(field, str) and field.lower() == "type":
            listed = member(one, "in")
            values = [member(one, "equals"), *(listed if isinstance(listed, list) else ())]
            found.update(value.lower() for value in values if isinstance(value, str) and not value.startswith("["))
    return frozenset(found)
