"""When do two descriptions of one resource say the same?

Not compared: casing (ARM ignores it in names and ids, and Resource Graph changes it), members that Azure changes by itself,
what only one of the shapes has (`resourceGroup` beside every id in `az` output, ARM's `properties` level), and whether a value is
absent, null or empty.
"""

from __future__ import annotations

from collections.abc import Mapping

from s2sguard.collect.resource_types import canonical_type

VOLATILE = frozenset(
    {
        "etag",
        "resourceguid",
        "provisioningstate",
        "connectionstatus",
        "tunnelconnectionstatus",
        "ingressbytestransferred",
        "egressbytestransferred",
    },
)
"""Read-only members that differ between two readings of an unchanged resource (azure.md 1.1), in lowercase."""

_SHAPE = frozenset({"resourcegroup"})


def same(left: object, right: object) -> bool:
    """Say whether two values mean the same."""
    return comparable(left) == comparable(right)


def comparable(value: object) -> object:
    """Return the value in the form to compare: None for all that is absent, null, empty or volatile only."""
    if isinstance(value, str):
        return value.strip().casefold() or None
    if isinstance(value, bool):
        return "true" if value else "false"  # also ARM's own spelling, and never equal to 0 and 1
    if isinstance(value, Mapping):
        return _object(value) or None
    if isinstance(value, list | tuple):
        return _array(value) or None
    return value


def _object(value: Mapping[str, object]) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, member in value.items():
        folded = key.lower()
        if folded in VOLATILE or folded in _SHAPE or (folded == "type" and canonical_type(member) is not None):
            continue
        if folded == "properties" and isinstance(member, Mapping):
            result.update(_object(member))
            continue
        plain = comparable(member)
        if plain is not None:
            result["type" if folded == "typepropertiestype" else folded] = plain
    return result


def _array(value: list[object] | tuple[object, ...]) -> list[object]:
    """Return the members; an array of named things is a set, and two listings need not agree on its order."""
    members = [comparable(member) for member in value]
    names = [str(member.get("id", member.get("name", ""))) if isinstance(member, dict) else "" for member in members]
    if not all(names):
        return members
    return [member for _, member in sorted(zip(names, members, strict=True), key=lambda pair: pair[0])]
