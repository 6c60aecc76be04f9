"""Which of the resources given by the caller an IfNotExists effect looks at (effect-audit-if-not-exists, "AuditIfNotExists properties").

Three answers for every question: yes, no, and None where a value that decides is unknown.
What a related resource leaves out (no id, no name, no type) is not held against it: the caller gave it as related.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from s2sguard.azure_policy.language.text import fold, member
from s2sguard.expression.interface import Json
from s2sguard.model.value import Unknown

ANY_NAME = "?"
"""Stands for the last segment of a name: every resource below one parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What `details` of auditIfNotExists or deployIfNotExists asks for, evaluated for one resource."""

    type: str
    name: str | None = None
    """The last segments of the name, or all of them; the last one may be `?`."""
    kind: str | None = None
    resource_group: str | None = None
    """None: the group of the evaluated resource."""
    subscription_wide: bool = False
    """`existenceScope` is Subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a resource is, read from its id: lowercase, empty where the id does not say."""

    id: str = ""
    subscription: str = ""
    group: str = ""
    names: tuple[str, ...] = ()
    """All segments of the name."""
    extends: str = ""
    """Id of the resource that an extension resource (`{id}/providers/...`) belongs to."""


def place_of(resource_id: Json) -> Place:
    """Return what an id says; an empty place for anything that is no id."""
    if not isinstance(resource_id, str):
        return Place()
    whole = fold(resource_id.strip().rstrip("/"))
    before, _, last = whole.rpartition("/providers/")
    parts = whole.strip("/").split("/")
    segments = dict(zip(parts[::2], parts[1::2], strict=False))
    return Place(
        id=whole,
        subscription=segments.get("subscriptions", ""),
        group=segments.get("resourcegroups", ""),
        names=tuple(last.split("/")[2::2]) if before or whole.startswith("/providers/") else tuple(parts[-1:]),
        extends=before if "/providers/" in before else "",
    )


def find(origin: Mapping[str, Json], related: Iterable[Mapping[str, Json]], wanted: Wanted) -> list[tuple[Mapping[str, Json], bool]]:
    """Return the related resources that are looked at, each with whether that is certain.

    The evaluated resource is one of them where type and name are its own: `type` equals that of the `if` block and
    `name` is `[field('name')]` or `[field('fullName')]`.
    """
    found: list[tuple[Mapping[str, Json], bool]] = []
    if wanted.name is not None and _same_type(origin, wanted.type) and _same_name(origin, wanted.name) and _same_kind(origin, wanted.kind):
        found.append((origin, True))
    for resource in related:
        answer = matches(origin, resource, wanted)
        if answer is not False:
            found.append((resource, answer is True))
    return found


def matches(origin: Mapping[str, Json], resource: Mapping[str, Json], wanted: Wanted) -> bool | None:
    """Say whether a resource is one that `details` asks for; None where that depends on what is not known."""
    answers = [
        _same_type(resource, wanted.type),
        wanted.name is None or _same_name(resource, wanted.name),
        _same_kind(resource, wanted.kind),
        _in_place(origin, resource, wanted),
    ]
    if False in answers:
        return False
    return None if None in answers else True


def _same_type(resource: Mapping[str, Json], wanted: str) -> bool | None:
    return _equal(member(resource, "type"), wanted)


def _same_kind(resource: Mapping[str, Json], wanted: str | None) -> bool | None:
    if wanted is None:
        return True
    given = member(resource, "kind")
    return False if given is None else _equal(given, wanted)


def _equal(given: Json, wanted: str) -> bool | None:
    if given is None:
        return True
    if isinstance(given, Unknown):
        return None
    return isinstance(given, str) and fold(given) == fold(wanted)


def _same_name(resource: Mapping[str, Json], wanted: str) -> bool | None:
    name, path = member(resource, "name"), member(resource, "id")
    names = place_of(path).names
    if not names:
        if isinstance(name, Unknown) or (name is None and isinstance(path, Unknown)):
            return None
        if name is None:
            return True
        names = tuple(fold(name).split("/")) if isinstance(name, str) else ()
    asked = tuple(fold(wanted).split("/"))
    if asked[-1] == ANY_NAME:
        return len(asked) <= len(names) and names[-len(asked) : -1] == asked[:-1]
    # A name with fewer segments than the resource has is that of a child: "current" below `server/database`.
    return names[-len(asked) :] == asked


def _in_place(origin: Mapping[str, Json], resource: Mapping[str, Json], wanted: Wanted) -> bool | None:
    own_path, path = member(origin, "id"), member(resource, "id")
    if isinstance(path, Unknown):
        return None
    own, there = place_of(own_path), place_of(path)
    if _is_below(member(origin, "type"), wanted.type):
        return _below(origin, own, resource, there)
    if not there.subscription:
        return True
    if isinstance(own_path, Unknown):
        return None
    if own.subscription and own.subscription != there.subscription:
        return False
    if wanted.subscription_wide or (not own.group and wanted.resource_group is None):
        return True
    group = own.group if wanted.resource_group is None else fold(wanted.resource_group)
    if group and there.group != group:
        return False
    # A lock or a diagnostic setting of another resource in the group says nothing about this one.
    return not (own.id and there.extends) or there.extends == own.id or wanted.resource_group is not None


def _is_below(origin_type: Json, wanted: str) -> bool:
    return isinstance(origin_type, str) and fold(wanted).startswith(fold(origin_type) + "/")


def _below(origin: Mapping[str, Json], own: Place, resource: Mapping[str, Json], there: Place) -> bool | None:
    """Say whether a child is a child of the evaluated resource: by ids, or by names where there are none."""
    if own.id and there.id:
        return there.id.startswith(own.id + "/")
    mine = own.names or _names(origin)
    names = there.names or _names(resource)
    if mine is None or names is None:
        return None
    return len(names) <= len(mine) or not mine or names[: len(mine)] == mine


def _names(resource: Mapping[str, Json]) -> tuple[str, ...] | None:
    name = member(resource, "name")
    if isinstance(name, Unknown):
        return None
    return tuple(fold(name).split("/")) if isinstance(name, str) else ()
