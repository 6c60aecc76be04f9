"""The difference between what should be there and what Azure returns, read as Azure means it.

Azure adds what nobody wrote (`policyType`, `createdBy`, `definitionVersion`, empty lists),
returns ids in other casing and lists in other order.
None of that is a difference; a value that somebody changed, added or removed inside what we manage is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from s2sguard.azure_policy.deploy.desired import ItemKind
from s2sguard.model.pointer import pointer_to

MANAGED: Final[Mapping[ItemKind, tuple[str, ...]]] = {
    "definition": ("displayName", "description", "mode", "metadata", "parameters", "policyRule"),
    "initiative": ("displayName", "description", "metadata", "parameters", "policyDefinitionGroups", "policyDefinitions"),
    "assignment": (
        "displayName",
        "description",
        "metadata",
        "policyDefinitionId",
        "parameters",
        "enforcementMode",
        "nonComplianceMessages",
    ),
}
"""What we write. Everything else of an object, such as an assignment's `notScopes`, is its administrator's and stays as it is."""

_KEYED: Final = {
    "policyDefinitions": "policyDefinitionReferenceId",
    "policyDefinitionGroups": "name",
    "nonComplianceMessages": "policyDefinitionReferenceId",
}
"""Lists whose order says nothing -> what tells their members apart."""
_FOLDED: Final = frozenset({"policyDefinitionId", "policyAssignmentId", "mode", "type", "enforcementMode", "policyType"})
"""Values that Azure returns in a casing of its own."""
_ADDED: Final = frozenset({"definitionVersion", "effectiveDefinitionVersion", "latestDefinitionVersion"})
"""Keys that Azure adds to the members of an initiative."""
_MAY_BE_EMPTY: Final = frozenset(
    {"description", "displayName", "groupNames", "metadata", "nonComplianceMessages", "parameters", "policyDefinitionGroups"}
)
"""Where an empty value says the same as none. Elsewhere it does not: `defaultValue: []` makes a parameter optional."""
_MISSING: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One property that differs: JSON pointer into `properties`, the value there is, the value there should be; None for none."""

    pointer: str
    before: Any
    after: Any


def differences(kind: ItemKind, want: Mapping[str, Any], have: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what differs between two `properties` objects, in document order."""
    found: list[Change] = []
    for name in MANAGED[kind]:
        wanted, there = want.get(name), _get(have, name)
        if name == "metadata":
            there = _only(there, wanted)
        found += _walk(f"/{name}", name, wanted, None if there is _MISSING else there)
    return tuple(found)


def same_text(one: str, other: str) -> bool:
    """Say whether two ids or names are the same to Azure."""
    return one.strip().rstrip("/").lower() == other.strip().rstrip("/").lower()


def _only(there: object, wanted: object) -> object:
    """Return the metadata that we write: others keep theirs in the same object."""
    if not isinstance(there, Mapping) or not isinstance(wanted, Mapping):
        return there
    return {key: value for key, value in ((key, _get(there, key)) for key in wanted) if value is not _MISSING}


def _get(node: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401  # a JSON value
    if key in node:
        return node[key]
    return next((value for other, value in node.items() if other.lower() == key.lower()), _MISSING)


def _empty(name: str, value: object) -> bool:
    return value is None or value is _MISSING or (name in _MAY_BE_EMPTY and isinstance(value, dict | list | str) and not value)


def _walk(pointer: str, name: str, want: Any, have: Any) -> Iterator[Change]:  # noqa: ANN401  # JSON values
    if _empty(name, want) and _empty(name, have):
        return
    if isinstance(want, Mapping) and isinstance(have, Mapping):
        yield from _objects(pointer, want, have)
    elif isinstance(want, list) and isinstance(have, list):
        yield from _lists(pointer, name, want, have)
    elif not _equal(name, want, have):
        yield Change(pointer=pointer, before=have, after=want)


def _objects(pointer: str, want: Mapping[str, Any], have: Mapping[str, Any]) -> Iterator[Change]:
    for key, value in want.items():
        there = _get(have, key)
        yield from _walk(pointer_to(pointer, key), key, value, None if there is _MISSING else there)
    wanted = {key.lower() for key in want}
    for key, value in have.items():
        if key.lower() not in wanted and not _empty(key, value) and key not in _ADDED:
            yield Change(pointer=pointer_to(pointer, key), before=value, after=None)


def _lists(pointer: str, name: str, want: Sequence[Any], have: Sequence[Any]) -> Iterator[Change]:
    key = _KEYED.get(name)
    if key is not None:
        yield from _objects(pointer, _by(key, want), _by(key, have))
    elif len(want) != len(have) or not any(isinstance(member, dict | list) for member in want):
        if len(want) != len(have) or not all(_equal(name, one, other) for one, other in zip(want, have, strict=True)):
            yield Change(pointer=pointer, before=have, after=want)
    else:
        for index, (one, other) in enumerate(zip(want, have, strict=True)):
            yield from _walk(pointer_to(pointer, index), name, one, other)


def _by(key: str, members: Sequence[Any]) -> dict[str, Any]:
    """Return the members of a list by what tells them apart; a repeated one gets a number, so that none is lost."""
    found: dict[str, Any] = {}
    for member in members:
        value = _get(member, key) if isinstance(member, Mapping) else _MISSING
        label = base = str(value) if value is not _MISSING and value is not None else "(all)"
        count = 1
        while label in found:
            count += 1
            label = f"{base} #{count}"
        found[label] = member
    return found


def _equal(name: str, want: object, have: object) -> bool:
    if isinstance(want, str) and isinstance(have, str):
        return same_text(want, have) if name in _FOLDED else want == have
    if isinstance(want, bool) or isinstance(have, bool):
        return want is have
    if (isinstance(want, dict) and isinstance(have, dict)) or (isinstance(want, list) and isinstance(have, list)):
        return not list(_walk("", name, want, have))
    return want == have
