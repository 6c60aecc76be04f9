"""Objects and arrays of which only what is written is known: a resource, before Azure adds what nobody wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from s2sguard.expression.interface import Json, UnknownValue
from s2sguard.model.folding import fold
from s2sguard.model.value import Unknown


@dataclass(frozen=True, slots=True, eq=False)
class Open(Unknown):
    """An object or array that has the members it shows and may have more: unknown as a whole, known in parts."""

    value: Mapping[str, Json] | Sequence[Json]

    def member(self, key: Json) -> Json:
        """Return a member, in any casing of its name. Raises `UnknownValue` for one that is not shown; null stands for not shown."""
        found: Json = None
        if isinstance(key, Unknown):
            raise UnknownValue(key)
        if isinstance(self.value, Mapping):
            if isinstance(key, str):
                found = self._named(self.value, key)
        elif isinstance(key, int) and 0 <= key < len(self.value):
            found = self.value[key]
        if found is None:
            raise UnknownValue(self)
        return opened(found, self.reason)

    @staticmethod
    def _named(members: Mapping[str, Json], name: str) -> Json:
        if name in members:
            return members[name]
        folded = fold(name)
        return next((members[key] for key in members if fold(key) == folded), None)


def opened(value: Json, reason: str) -> Json:
    """Return a value as part of an open one. Arrays of plain values are whole: nobody adds a prefix to a list of prefixes."""
    if isinstance(value, dict):
        return Open(reason, value)
    if isinstance(value, list) and any(isinstance(member, dict | list) for member in value):
        return Open(reason, value)
    return value
