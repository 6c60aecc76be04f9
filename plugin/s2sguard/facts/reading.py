"""Reading ARM properties: names in any casing, Azure's defaults for what is omitted, `Unknown` for what cannot be resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from s2sguard.model.address import AddressSet, parse_range, union
from s2sguard.model.estate import Prefixes
from s2sguard.model.inventory import Resource
from s2sguard.model.value import Maybe, Unknown

T = TypeVar("T")

_WRONG_TYPE = Unknown("not of the type Azure documents")
_TOO_LARGE = Unknown("outside the 32-bit numbers ARM takes")
_ALLOCATED = Unknown("address management allocates it, and the input does not say what")
_INT32 = 1 << 31
_MOST_DIGITS = 20
_LISTED_WITHOUT_PROPERTIES = Unknown("listed without its properties")


class Properties:
    """One JSON object, read without regard to case (ARM's JSON is matched that way; azure.md 1 and 5.2).

    Names are asked for in lowercase. `null` is the same as omitted. Every getter returns the default for an omitted property,
    and `Unknown` for a value that is unknown or of the wrong type.
    """

    __slots__ = ("_missing", "_values")

    def __init__(self, values: Mapping[str, object], *, missing: Unknown | None = None) -> None:
        self._values = {name.lower(): value for name, value in values.items()}
        self._missing = missing
        """What an absent name stands for: normally an omitted property, but not in a listing without properties."""

    def get(self, name: str) -> object:
        """Return the raw value, or None."""
        return self._values.get(name, self._missing)

    def has(self, name: str) -> bool:
        """Say whether the object has this name at all, null included."""
        return name in self._values

    def text(self, name: str, default: str = "") -> Maybe[str]:
        """Return a string, trimmed."""
        value = self._values.get(name, self._missing)
        if value is None:
            return default
        if isinstance(value, str):
            return value.strip()
        return value if isinstance(value, Unknown) else _WRONG_TYPE

    def word(self, name: str, default: str = "") -> Maybe[str]:
        """Return a value of an enumeration as it is written: a blank around it makes it none that Azure takes."""
        value = self._values.get(name, self._missing)
        return value if isinstance(value, str) else self.text(name, default)

    def flag(self, name: str, *, default: bool = False) -> Maybe[bool]:
        """Return a boolean; ARM also takes the words."""
        value = self._values.get(name, self._missing)
        if value is None:
            return default
        if isinstance(value, bool | Unknown):
            return value
        word = value.strip().lower() if isinstance(value, str) else ""
        return word == "true" if word in {"true", "false"} else _WRONG_TYPE

    def integer(self, name: str) -> Maybe[int | None]:
        """Return an integer, or None when omitted; ARM also takes digits in a string."""
        value = self._values.get(name, self._missing)
        if value is None or isinstance(value, Unknown):
            return value
        if isinstance(value, str):
            digits = value.strip()
            # int() refuses thousands of digits with an exception.
            value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < _MOST_DIGITS else None
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return _WRONG_TYPE
        return value if -_INT32 <= value < _INT32 else _TOO_LARGE

    def child(self, name: str) -> Maybe[Properties | None]:
        """Return a nested object, or None when omitted."""
        value = self._values.get(name, self._missing)
        if value is None or isinstance(value, Unknown):
            return value
        return Properties(value) if isinstance(value, Mapping) else _WRONG_TYPE

    def items(self, name: str) -> Maybe[tuple[object, ...]]:
        """Return an array's members, empty when omitted."""
        value = self._values.get(name, self._missing)
        if value is None:
            return ()
        if isinstance(value, Unknown):
            return value
        return tuple(value) if isinstance(value, list | tuple) else _WRONG_TYPE

    def reference(self, name: str) -> Maybe[str]:
        """Return the `id` of a sub-resource (`{"id": ...}`, or a plain string), empty when omitted."""
        value = self._values.get(name, self._missing)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, Mapping):
            found = value.get("id")
            found = Properties(value).get("id") if found is None else found
            return found if isinstance(found, str | Unknown) else ("" if found is None else _WRONG_TYPE)
        return value if isinstance(value, Unknown) else _WRONG_TYPE

    def references(self, name: str) -> Maybe[tuple[str, ...]]:
        """Return the ids of an array of sub-resources in its order, empty when omitted; unknown where one of them is."""
        members = self.items(name)
        if isinstance(members, Unknown):
            return members
        found: list[str] = []
        for member in members:
            one = Properties({"member": member}).reference("member")
            if isinstance(one, Unknown):
                return one
            found.append(one)
        return tuple(found)


def of_resource(resource: Resource) -> Properties:
    """Return a resource's properties; one listed without any has nothing but unknowns."""
    return Properties(resource.properties, missing=None if resource.properties else _LISTED_WITHOUT_PROPERTIES)


def body(value: object) -> Maybe[Properties]:
    """Return the properties of a nested resource, written ARM's way (`properties`) or flat as `az` prints it."""
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, Mapping):
        return _WRONG_TYPE
    outer = Properties(value)
    inner = outer.child("properties")
    return outer if inner is None else inner


def known(value: Maybe[T], fallback: T) -> T:
    """Return the value, or the fallback where it is unknown."""
    return fallback if isinstance(value, Unknown) else value


def prefixes(values: Maybe[tuple[object, ...]]) -> Maybe[Prefixes]:
    """Read an array of ranges. One unreadable member makes the whole array unknown: it could be anything."""
    if isinstance(values, Unknown):
        return values
    texts: list[str] = []
    sets: list[AddressSet] = []
    for value in values:
        if isinstance(value, Unknown):
            return value
        parsed = parse_range(value) if isinstance(value, str) else _WRONG_TYPE
        if isinstance(parsed, Unknown):
            return parsed
        texts.append(str(value).strip())
        sets.append(parsed)
    return Prefixes(texts=tuple(texts), addresses=union(sets))


def space(written: Maybe[Properties | None]) -> Maybe[Prefixes]:
    """Read an address space: what is written, and what address management gave (azure.md 1.2: then the list may be empty).

    A pool's allocation without its prefixes makes the whole space unknown.
    """
    if written is None or isinstance(written, Unknown):
        return prefixes(() if written is None else written)
    listed, allocations = written.items("addressprefixes"), written.items("ipampoolprefixallocations")
    if isinstance(listed, Unknown) or not allocations:
        return prefixes(listed)
    if isinstance(allocations, Unknown):
        return allocations
    return prefixes(tuple(dict.fromkeys([*listed, *(given for allocation in allocations for given in _given(allocation))])))


def _given(allocation: object) -> tuple[object, ...]:
    inner = body(allocation)
    found = inner if isinstance(inner, Unknown) else inner.items("allocatedaddressprefixes")
    return (found,) if isinstance(found, Unknown) else found or (_ALLOCATED,)
