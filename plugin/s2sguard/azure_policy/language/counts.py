"""Count expressions: how many members of an array meet a condition (definition-structure-policy-rule, "Count")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from s2sguard.azure_policy.language.compare import kind_of
from s2sguard.azure_policy.language.env import Env, Frame, Test, per_version
from s2sguard.azure_policy.language.fields import FieldError, binding, resource_of, route_of
from s2sguard.azure_policy.language.limits import Iterations
from s2sguard.azure_policy.language.paths import STAR, Follow, Path, UnknownArray, members_of, split_at_stars
from s2sguard.azure_policy.language.targets import ESCAPED
from s2sguard.azure_policy.language.text import did_you_mean, fold, join, keys, twice
from s2sguard.expression.interface import Compiled, ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

if TYPE_CHECKING:
    from s2sguard.azure_policy.language.scope import CompileScope

Tallied: TypeAlias = tuple[int, int | None]
"""The least and the most members that meet the condition; they differ where some are unknown, None is without end."""
Counted: TypeAlias = Callable[[Env], Tallied]
_Visit: TypeAlias = Callable[[Env], Iterator[Json]]

DEFAULT_NAME: Final = "default"
"""The index name of a value count without one."""
_NAME = re.compile(r"[A-Za-z0-9]+")
_KEYS: Final = ("field", "value", "name", "where")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One compiled count."""

    text: Json
    """The counted alias or array, as written."""
    run: Counted


def compile_count(count: Json, pointer: str, scope: CompileScope) -> Count:
    """Compile the object behind `count`; what is wrong becomes a problem of `scope`."""
    nothing = Count(text=None, run=lambda _env: (0, 0))
    if not isinstance(count, dict):
        scope.problem(pointer, f"`count` takes an object, not {kind_of(count)}")
        return nothing
    names = keys(count)
    for name in twice(count):
        scope.problem(join(pointer, name), f"`{name}` stands here twice")
    for lower, name in names.items():
        if lower not in _KEYS:
            scope.problem(join(pointer, name), f"`count` has no member `{name}`", did_you_mean(name, _KEYS))
    if ("field" in names) == ("value" in names):
        scope.problem(pointer, "`count` takes either `field` or `value`")
        return nothing
    build = _field_count if "field" in names else _value_count
    return build(count, names, pointer, scope) or nothing


def _field_count(count: dict[str, Json], names: dict[str, str], pointer: str, scope: CompileScope) -> Count | None:
    alias, place = count[names["field"]], join(pointer, names["field"])
    if "name" in names:
        scope.problem(join(pointer, names["name"]), "only a count of a `value` has a name", "use current() with the alias")
    if not isinstance(alias, str) or STAR not in alias:
        scope.problem(place, "`count.field` takes an array alias, with `[*]`")
        return None
    if scope.field(alias, place) is None:
        return None
    if alias.lower().startswith("tags["):
        scope.warn(place, f"`{alias}` is no array: tags are an object, so nothing is counted", "compare `tags` with `containsKey`")
    scope.tally.field_count(place, alias)
    try:
        _check_nested(alias, place, scope)
        frames, visit = _over_array(alias, scope)
    except FieldError as error:
        scope.problem(place, str(error), error.hint)
        return None
    if frames[-1].inside is not None:
        message = f"`{alias}` names a property of the members of an array, not the array; the members are counted"
        scope.warn(place, message, "end it with `[*]`: `count.field` takes an array alias")
    where = _where(count, names, pointer, scope, frames)
    return Count(text=alias, run=_counting(visit, frames[-1].slot, where))


def _check_nested(alias: str, pointer: str, scope: CompileScope) -> None:
    """Warn where a field count is in another one and not over an array inside of the counted one (author-policies-for-arrays)."""
    route = route_of(alias, scope.aliases, None)
    around = any(frame.path is not None for frame in scope.position.frames)
    path = _lower(route.path)
    found = scope.position.around(route.kind, path, None)
    if around and (found is None or found[1] == len(_up_to(path, path.count(STAR)))):
        message = f"a count over `{alias}` is inside of a count over another array; Azure allows nested arrays only there"
        scope.warn(pointer, message, "put the conditions beside each other")


def _over_array(alias: str, scope: CompileScope) -> tuple[tuple[Frame, ...], _Visit]:
    """Return the frames of a field count, one for each `[*]` that no count around it has, and what visits the members."""
    position = scope.position
    route = route_of(alias, scope.aliases, None)
    path = _lower(route.path)
    around = position.around(route.kind, path, None)
    before = path[: around[1]].count(STAR) if around else 0
    stars = path.count(STAR)
    if not stars:
        raise FieldError(f"`{alias}` does not lead to the members of an array", "end it with `[*]`")
    first = before + (0 if before == stars else 1)
    frames = tuple(_frame(alias, star, fold(alias) if star == stars else "", scope) for star in range(first, stars + 1))
    if path[-1] != STAR:
        frames = (*frames[:-1], replace(frames[-1], inside=_property(alias, frames[-1].slot, scope)))
    slots = [frame.slot for frame in frames]

    def build(version: str | None) -> _Visit:
        start, follows = _route(alias, scope, around, version)
        return _visit(start, follows, slots)

    visit = per_version(build) if scope.varies(alias) else build(None)
    return frames, visit


def _frame(alias: str, star: int, name: str, scope: CompileScope) -> Frame:
    aliases = scope.aliases

    def path(version: str | None) -> Path:
        return _up_to(_lower(route_of(alias, aliases, version).path), star)

    return Frame(slot=scope.slot(), name=name, kind=route_of(alias, aliases, None).kind, path=path, varies=scope.varies(alias))


def _property(alias: str, slot: int, scope: CompileScope) -> Callable[[Env], Json]:
    """Return what reads the property that an alias names in the members of its last array."""

    def build(version: str | None) -> Callable[[Env], Json]:
        route = route_of(alias, scope.aliases, version)
        follow = route.follow(split_at_stars(route.path)[-1], root=False)
        return lambda env: follow(env.bindings[slot])

    return per_version(build) if scope.varies(alias) else build(None)


def _route(
    alias: str, scope: CompileScope, around: tuple[Frame, int] | None, version: str | None
) -> tuple[Callable[[Env], Json], list[Follow]]:
    route = route_of(alias, scope.aliases, version)
    counted = around[0].path(version) if around and around[0].path else ()
    runs = split_at_stars(route.path[len(counted) :])[:-1]
    follows = [route.follow(run, root=not (around or index)) for index, run in enumerate(runs)]
    return binding(around[0].slot) if around else resource_of(route.kind), follows


def _lower(path: Path) -> Path:
    return tuple(step.lower() for step in path)


def _up_to(path: Path, star: int) -> Path:
    """Return a path up to its `star`-th `[*]`."""
    places = [index for index, step in enumerate(path) if step == STAR]
    return path[: places[star - 1] + 1] if star <= len(places) else path


def _visit(start: Callable[[Env], Json], follows: list[Follow], slots: list[int]) -> _Visit:
    """Return what binds each member in turn and yields it; a count over the array it is already in has one member."""
    if not follows:

        def once(env: Env) -> Iterator[Json]:
            env.bindings[slots[-1]] = value = start(env)
            yield value

        return once

    def visit(env: Env, value: Json, level: int) -> Iterator[Json]:
        slot, last = slots[level], level == len(follows) - 1
        for one in members_of(follows[level](value)) or ():
            env.bindings[slot] = one
            if last or one.__class__ is UnknownArray:
                yield one
            else:
                yield from visit(env, one, level + 1)

    return lambda env: visit(env, start(env), 0)


def _where(count: dict[str, Json], names: dict[str, str], pointer: str, scope: CompileScope, frames: tuple[Frame, ...]) -> Test | None:
    if "where" not in names:
        return None
    from s2sguard.azure_policy.language.conditions import compile_node

    with scope.inside(*frames):
        return compile_node(count[names["where"]], join(pointer, names["where"]), scope).test


def _counting(visit: _Visit, slot: int, where: Test | None) -> Counted:
    """Return what counts. An array that is not known may have any number of members."""

    def run(env: Env) -> Tallied:
        least = doubtful = 0
        endless = False
        for member in visit(env):
            if member.__class__ is UnknownArray:
                env.unknown(member)
                endless = True
                continue
            env.bindings[slot] = member
            met = True if where is None else where(env)
            if met:
                least += 1
            elif met is None:
                doubtful += 1
        return least, None if endless else least + doubtful

    return run


def _value_count(count: dict[str, Json], names: dict[str, str], pointer: str, scope: CompileScope) -> Count | None:
    value, place = count[names["value"]], join(pointer, names["value"])
    scope.tally.value_count(pointer)
    compiled = scope.compile_value(value, place)
    name = _index_name(count, names, pointer, scope)
    declared = scope.declared_type(value)
    if compiled.text is None and not isinstance(value, list):
        escaped = isinstance(value, str) and value.startswith("[[")
        scope.problem(place, f"`count.value` takes an array, not {kind_of(value)}", ESCAPED if escaped else "")
        return None
    if declared not in {None, "array"}:
        scope.problem(place, f"`count.value` takes an array; the parameter is declared as {declared}")
    iterations = _iterations(value, compiled, scope)
    scope.tally.iterations(place, iterations, {name: one.default for name, one in (scope.parameters or {}).items()})
    frame = Frame(slot=scope.slot(), name=fold(name), iterations=iterations)
    where = _where(count, names, pointer, scope, (frame,))
    return Count(text=value, run=_counting(_each(compiled), frame.slot, where))


def _iterations(value: Json, compiled: Compiled, scope: CompileScope) -> Iterations:
    """Return how often a value count goes round, those around it included, as far as the definition and its parameters say."""
    parameter = scope.parameter(value)
    if parameter is not None:
        own = Iterations(parameters=(parameter,))
    elif isinstance(value, list):
        own = Iterations(fixed=len(value))
    else:
        own = Iterations(fixed=len(compiled.value) if compiled.folded and isinstance(compiled.value, list) else 1)
    around = [frame for frame in scope.position.frames if frame.path is None]
    return own.inside(around[-1].iterations) if around else own


def _index_name(count: dict[str, Json], names: dict[str, str], pointer: str, scope: CompileScope) -> str:
    around = scope.position.frames
    if "name" not in names:
        if around:
            scope.problem(pointer, "a value count inside of another count needs a `name`")
        return DEFAULT_NAME
    name, place = count[names["name"]], join(pointer, names["name"])
    if not isinstance(name, str) or not name or name[0] == "[":
        scope.problem(place, "`count.name` takes a literal name of letters and digits")
        return DEFAULT_NAME
    if not _NAME.fullmatch(name):
        scope.warn(place, f"`{name}` is no index name; use English letters and digits")
    if any(frame.name == fold(name) for frame in around):
        scope.problem(place, f"a count around this one is named `{name}` too")
    return name


def _each(compiled: Compiled) -> _Visit:
    """Return what goes through the members of an array value."""

    def visit(env: Env) -> Iterator[Json]:
        array = compiled.run(env)
        if isinstance(array, Unknown):
            raise UnknownValue(array)
        if not isinstance(array, list):
            raise ExpressionFailure(f"`count.value` takes an array, not {kind_of(array)}")
        yield from array

    return visit
