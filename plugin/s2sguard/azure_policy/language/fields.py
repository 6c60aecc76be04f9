"""From the name of a field to the values it selects (definition-structure-policy-rule, "Fields"; author-policies-for-arrays)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from s2sguard.azure_policy.language import legacy
from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.env import NOWHERE, Env, Position
from s2sguard.azure_policy.language.paths import STAR, Follow, Path, PathError, exact, members_of, parse_path, split_at_stars, uniform
from s2sguard.azure_policy.language.text import did_you_mean, member
from s2sguard.expression.interface import Json

Read: TypeAlias = Callable[[Env], Json]
Select: TypeAlias = Callable[[Env], "list[Json] | None"]

FIXED: Final = ("name", "fullName", "kind", "type", "location", "id", "identity.type", "tags")
"""The fields that every resource has."""

_TAG = re.compile(r"tags(?:\.(?P<dotted>.+)|\['(?P<quoted>(?:[^']|'')+)'\]|\[(?P<bare>.+)\])", re.IGNORECASE | re.DOTALL)


class FieldError(ValueError):
    """A name that is no field; `hint` says what was probably meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field, resolved for one API version and one place in the rule."""

    text: str
    read: Read
    """The value; for an array alias (`many`) all selected values as a list, empty where there is no array."""
    many: bool = False
    strict: Select | None = None
    """As `read` of an array alias, but None where an array on the way is missing."""
    current: Read | None = None
    """What `current('<alias>')` gives: the value of the member that a count is at. None outside of such a count."""
    location: bool = False
    """Whether comparisons take spaces and casing out of both sides ("Location fields are normalized")."""
    sparse: bool = False
    """Whether the function `field()` leaves out members that lack the property: all but an alias that ends with its array."""
    checked: bool = True
    """False where the name is neither a fixed field nor an alias, and nothing but the uniform rule stands behind it."""


def find_field(text: str, catalogue: AliasCatalogue | None, position: Position = NOWHERE, api_version: str | None = None) -> Field:
    """Return the field of a name; raises `FieldError` for a name that is none."""
    lower = text.lower()
    fixed = _fixed(text, lower)
    if fixed is not None:
        return fixed
    if catalogue is None and (old := _legacy(text, lower)):
        return old
    route = route_of(text, catalogue, api_version)
    return _routed(text, route, position, api_version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where an alias leads: through which path, in resources of which type."""

    kind: str
    """Lowercase resource type; empty where the alias does not name one."""
    path: Path
    uniform: bool
    checked: bool = True

    def follow(self, steps: Path, *, root: bool) -> Follow:
        """Return what follows a part of the path, from the resource (`root`) or from a member of an array."""
        return uniform(steps, root=root) if self.uniform else exact(steps)


def route_of(text: str, catalogue: AliasCatalogue | None, api_version: str | None) -> Route:
    """Return where an alias leads; raises `FieldError` for one that is not in the catalogue or not a path."""
    kind, name = split_alias(text)
    alias = catalogue.get(text) if catalogue is not None else None
    if catalogue is not None and alias is None:
        raise _no_such(text, kind, catalogue)
    path = alias.path(api_version) if alias else None
    try:
        steps = parse_path(path or name)
    except PathError as error:
        raise FieldError(f"`{text}` is not a field: {error}") from None
    # `Microsoft.Compute/imageId` names a provider only, so it is not bound to one resource type.
    bound = kind.lower() if "/" in kind else ""
    return Route(kind=bound, path=steps, uniform=path is None, checked=bool(kind))


def split_alias(text: str) -> tuple[str, str]:
    """Return the resource type and the property path of an alias; the type is empty where there is none."""
    outside = re.sub(r"\['(?:[^']|'')*'\]", lambda found: "x" * len(found[0]), text)
    at = outside.rfind("/")
    return text[: max(at, 0)], text[at + 1 :]


def _no_such(text: str, kind: str, catalogue: AliasCatalogue) -> FieldError:
    if not kind:
        return FieldError(
            f"`{text}` is neither a field nor an alias", did_you_mean(text, FIXED) or f"fields are {', '.join(FIXED)}, or aliases"
        )
    return FieldError(f"`{text}` is no alias of the catalogue", catalogue.hint(text))


def _fixed(text: str, lower: str) -> Field | None:
    if lower in _ROOT:
        return Field(text=text, read=_ROOT[lower], location=lower == "location")
    if lower.startswith("tags") and (found := _TAG.fullmatch(text)):
        quoted = found["quoted"]
        name = quoted.replace("''", "'") if quoted else found["dotted"] or found["bare"]
        return Field(text=text, read=_tag(name))
    if lower.startswith("identity."):
        follow = exact(parse_path(text)) if _is_path(text) else None
        if follow is None or STAR in parse_path(text):
            raise FieldError(f"`{text}` is not a field")
        return Field(text=text, read=lambda env: follow(env.resource))
    return None


def _is_path(text: str) -> bool:
    try:
        parse_path(text)
    except PathError:
        return False
    return True


def _tag(name: str) -> Read:
    follow = exact(("tags", name))
    return lambda env: follow(env.resource)


def _member(name: str) -> Read:
    follow = exact((name,))
    return lambda env: follow(env.resource)


def _name(env: Env) -> Json:
    name = member(env.resource, "name")
    return name.rpartition("/")[2] if isinstance(name, str) else name


def _full_name(env: Env) -> Json:
    """Return the whole name; where only the last part was given, the id has the rest (policy-rule: fullName)."""
    name = member(env.resource, "name")
    path = member(env.resource, "id")
    if not isinstance(name, str) or "/" in name or not isinstance(path, str):
        return name
    parts = path.rpartition("/providers/")[2].split("/")
    whole = "/".join(parts[2::2])
    return whole if whole.rpartition("/")[2].lower() == name.lower() else name


def normal_location(value: Json) -> Json:
    """Return a location as Azure compares it: lowercase, without spaces; other values as they are."""
    if isinstance(value, str):
        return value.replace(" ", "").lower()
    return [normal_location(one) for one in value] if isinstance(value, list) else value


_location = _member("location")
_ROOT: Final[dict[str, Read]] = {
    "name": _name,
    "fullname": _full_name,
    "location": lambda env: normal_location(_location(env)),
    **{name: _member(name) for name in ("kind", "type", "id", "tags", "identity")},
}


def _legacy(text: str, lower: str) -> Field | None:
    """Return the field of an alias that the uniform rule does not find."""
    kind, name = split_alias(text)
    resource = resource_of(kind.lower() if "/" in kind else "")
    if lower in legacy.PATHS:
        follows = [exact(parse_path(path)) for path in legacy.PATHS[lower]]
        return Field(text=text, read=lambda env: _first(follow(resource(env)) for follow in follows))
    rest = legacy.without_repeated_type(kind, name) if kind and _is_path(name) else None
    if rest is None:
        return None
    whole, short = uniform(parse_path(name), root=True), uniform(parse_path(rest), root=True)
    repeated = "" if "/" in kind else "/" + name.partition(".")[0].lower()

    def read(env: Env) -> Json:
        found = whole(resource(env))
        return short(resource(env)) if found is None and env.kind.endswith(repeated) else found

    return Field(text=text, read=read)


def _first(values: Iterable[Json]) -> Json:
    return next((value for value in values if value is not None), None)


def _routed(text: str, route: Route, position: Position, api_version: str | None) -> Field:
    path = tuple(step.lower() for step in route.path)
    counted = position.over(route.kind, path, api_version)
    if counted is not None:
        slot = counted.slot
        return Field(text=text, read=lambda env: [env.bindings[slot]], checked=route.checked)
    around = position.around(route.kind, path, api_version)
    start = binding(around[0].slot) if around else resource_of(route.kind)
    runs = split_at_stars(route.path[around[1] :] if around else route.path)
    follows = [route.follow(run, root=not (around or index)) for index, run in enumerate(runs)]
    many = STAR in path
    if len(follows) > 1:
        select = selector(start, follows)
        strict = selector(start, follows, strict=True)
        sparse = path[-1] != STAR
        current = (lambda env: present(select(env)) if sparse else select(env)) if around else None
        return Field(text=text, many=True, read=select, strict=strict, current=current, sparse=sparse, checked=route.checked)
    follow = follows[0]

    def read(env: Env) -> Json:
        return follow(start(env))

    if not many:
        return Field(text=text, read=read, checked=route.checked)
    # One member of a counted array is still a selection (author-policies-for-arrays, "The field() function inside where conditions").
    return Field(
        text=text,
        many=True,
        read=lambda env: [read(env)],
        strict=lambda env: [read(env)],
        current=read,
        sparse=path[-1] != STAR,
        checked=route.checked,
    )


def present(values: Json) -> Json:
    """Return what the functions field() and current() see of selected values: those that are there.

    A condition sees a null for each member that lacks the property. Built-in definitions compare the lengths of both,
    such as 702dd420 (CMK for VM images): `length(field('a[*].b'))` against `length(field('a[*]'))`.
    """
    return [value for value in values if value is not None] if isinstance(values, list) else values


def binding(slot: int) -> Read:
    """Return what reads the member that a count is at."""
    return lambda env: env.bindings[slot]


def resource_of(kind: str) -> Read:
    """Return what reads the resource, or None where it is of another type than the alias."""

    def resource(env: Env) -> Json:
        return env.resource if env.kind == kind or not kind or not env.kind else None

    return resource


def selector(start: Read, follows: list[Follow], *, strict: bool = False) -> Select:
    """Return what selects values through one array or more; `follows` lead to each array and on from the last.

    A missing array selects nothing; with `strict` the whole selection is then None.
    """
    first, *middle, last = follows

    def select(env: Env) -> list[Json] | None:
        values = members_of(first(start(env)))
        if values is None:
            return None if strict else []
        for follow in middle:
            following: list[Json] = []
            for value in values:
                inner = members_of(follow(value))
                if inner is not None:
                    following += inner
                elif strict:
                    return None
            values = following
        return [last(value) for value in values]

    return select
