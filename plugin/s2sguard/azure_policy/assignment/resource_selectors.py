"""Resource selectors: which resources in scope an assignment, an override or an exemption is for (assignment-structure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from s2sguard.azure_policy.language.effects.part import Part
from s2sguard.azure_policy.language.effects.related import place_of
from s2sguard.azure_policy.language.fields import normal_location
from s2sguard.azure_policy.language.text import fold, member
from s2sguard.expression.interface import Json
from s2sguard.model.value import Unknown

LOCATION: Final = "resourceLocation"
TYPE: Final = "resourceType"
WITHOUT_LOCATION: Final = "resourceWithoutLocation"
REFERENCE: Final = "policyDefinitionReferenceId"
KINDS: Final = (LOCATION, TYPE, WITHOUT_LOCATION, REFERENCE, "resourceRolloutPercentage", "userPrincipalId", "groupPrincipalId")
"""The documentation has the first four; the others are in the API (facts 5.10), and what they select cannot be told offline."""

_SUBSCRIPTION_LEVEL: Final = "subscriptionlevelresources"
_MOST: Final = 10
_MOST_VALUES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """One condition of a selector: values that are wanted (`in`) or not wanted (`notIn`)."""

    kind: str
    values: frozenset[str]
    """As they are compared: lowercase, locations without spaces."""
    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSelector:
    """Conditions that all have to hold."""

    name: str
    selectors: tuple[Selector, ...]


def compile_selectors(part: Part, name: str = "resourceSelectors") -> tuple[ResourceSelector, ...]:
    """Read `resourceSelectors` of an assignment or exemption; what is wrong becomes problems.

    At most 10, each `{name, selectors: [{kind, in | notIn}]}` with at most 50 values; a kind once for each selector.
    """
    if part.get(name) is None:
        return ()
    entries = part.parts(name, f"`{name}`")
    if len(entries) > _MOST:
        part.scope.problem(part.at(name), f"there are {len(entries)} of at most {_MOST}")
    return tuple(_entry(entry) for entry in entries)


def compile_conditions(part: Part) -> tuple[Selector, ...]:
    """Read `selectors`: the conditions of one resource selector or of one override."""
    if part.get("selectors") is None:
        return ()
    found = [selector for one in part.parts("selectors", "`selectors`") if (selector := _selector(one)) is not None]
    kinds = [selector.kind for selector in found]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        part.scope.problem(part.at("selectors"), f"`{kind}` can be used once in one resource selector")
    if LOCATION in kinds and WITHOUT_LOCATION in kinds:
        part.scope.problem(part.at("selectors"), f"`{LOCATION}` and `{WITHOUT_LOCATION}` exclude each other")
    return tuple(found)


def selects(selectors: Collection[ResourceSelector], resource: Mapping[str, Json], reference_id: str) -> bool | None:
    """Say whether any of the resource selectors is for this resource and definition; none at all are for everything.

    None where that depends on what is not known.
    """
    return True if not selectors else _any(holds(one.selectors, resource, reference_id) for one in selectors)


def holds(selectors: Iterable[Selector], resource: Mapping[str, Json], reference_id: str) -> bool | None:
    """Say whether all conditions hold for a resource and the definition with this reference id; None where that is not known."""
    answers = [_answer(selector, resource, reference_id) for selector in selectors]
    return False if False in answers else None if None in answers else True


def _any(answers: Iterable[bool | None]) -> bool | None:
    seen = list(answers)
    return True if True in seen else None if None in seen else False


def _answer(selector: Selector, resource: Mapping[str, Json], reference_id: str) -> bool | None:
    if selector.kind == REFERENCE:
        return (fold(reference_id) in selector.values) is selector.wanted
    if selector.kind == TYPE:
        return _compared(member(resource, "type"), selector)
    if selector.kind == LOCATION:
        return _compared(normal_location(member(resource, "location")), selector)
    if selector.kind == WITHOUT_LOCATION:
        return _without_location(resource, selector)
    return None


def _compared(value: Json, selector: Selector) -> bool | None:
    if isinstance(value, Unknown):
        return None
    return (isinstance(value, str) and fold(value) in selector.values) is selector.wanted


def _without_location(resource: Mapping[str, Json], selector: Selector) -> bool | None:
    location, path = member(resource, "location"), member(resource, "id")
    if isinstance(location, Unknown) or isinstance(path, Unknown):
        return None
    at_subscription = not location and isinstance(path, str) and not place_of(path).group
    return (at_subscription and _SUBSCRIPTION_LEVEL in selector.values) is selector.wanted


def _entry(part: Part) -> ResourceSelector:
    part.only("name", "selectors")
    name = part.get("name")
    if name is not None and not isinstance(name, str):
        part.scope.problem(part.at("name"), "a name is a string")
    return ResourceSelector(name=name if isinstance(name, str) else "", selectors=compile_conditions(part))


def _selector(part: Part) -> Selector | None:
    part.only("kind", "in", "notIn")
    known = {kind.lower(): kind for kind in KINDS}
    given = part.get("kind")
    kind = known.get(given.lower()) if isinstance(given, str) else None
    if kind is None:
        listed = ", ".join(f"`{one}`" for one in KINDS)
        part.scope.problem(part.at("kind"), "there is no such kind of selector" if given else "`kind` is missing", f"use one of {listed}")
        return None
    lists = [name for name in ("in", "notIn") if part.get(name) is not None]
    if len(lists) != 1:
        part.scope.problem(part.pointer, "a selector has either `in` or `notIn`")
        return None
    values = part.get(lists[0])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        part.scope.problem(part.at(lists[0]), "the values are an array of strings")
        return None
    if len(values) > _MOST_VALUES:
        part.scope.problem(part.at(lists[0]), f"there are {len(values)} values of at most {_MOST_VALUES}")
    folded = (str(normal_location(value)) if kind == LOCATION else fold(value) for value in values)
    return Selector(kind=kind, values=frozenset(folded), wanted=lists[0] == "in")
