"""The right-hand side of a condition: checked and bound while compiling where it is literal, else once for each value it takes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.fields import normal_location
from s2sguard.azure_policy.language.functions import steady
from s2sguard.azure_policy.language.operators import Operator, Predicate, TargetError
from s2sguard.azure_policy.language.text import MISSING
from s2sguard.expression.interface import Compiled, ExpressionFailure, Json, UnknownValue

if TYPE_CHECKING:
    from s2sguard.azure_policy.language.scope import CompileScope

ESCAPED = "`[[` is a literal `[`; in a definition that stands inside an ARM template take one bracket away"
"""The hint for a string that looks like an expression escaped for a template."""
Bind: TypeAlias = Callable[[Env], Predicate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An operator with its target."""

    predicate: Predicate | None
    """Where the target is the same in every evaluation."""
    bind: Bind


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a condition compares with."""

    operator: Operator
    compiled: Compiled

    def bound(self, *, location: bool = False) -> Bound:
        """Bind the operator; with `location` the target is compared as a location is."""
        bind = _for_locations(self.operator.bind) if location else self.operator.bind
        if self.compiled.constant or self.compiled.folded:
            return _bound_once(bind, self.compiled.value)
        run = self.compiled.run
        if steady(self.compiled):
            return Bound(predicate=None, bind=_by_value(bind, run))
        return Bound(predicate=None, bind=lambda env: bind(run(env)))

    def value(self, env: Env) -> Json:
        """Return the value of the target; raises `ExpressionFailure` or `UnknownValue`."""
        return self.compiled.run(env)


def compile_target(raw: Json, operator: Operator, pointer: str, scope: CompileScope) -> Target:
    """Compile the target of a condition; what is wrong becomes a problem of `scope`."""
    compiled = scope.compile_value(raw, pointer)
    target = Target(operator=operator, compiled=compiled)
    if isinstance(raw, list) and not operator.takes_array:
        scope.problem(pointer, f"`{operator.name}` takes no array", "use `in` or `notIn`")
    elif compiled.constant:
        try:
            with suppress(UnknownValue):
                operator.bind(compiled.value)
        except TargetError as error:
            scope.problem(pointer, error.message, ESCAPED if isinstance(raw, str) and raw.startswith("[[") else error.hint)
    _check_declared(scope.declared_type(raw), operator, pointer, scope)
    if operator.name in {"contains", "notContains"} and isinstance(raw, str) and "*" in raw and compiled.constant:
        scope.warn(pointer, f"`*` is no wildcard in `{operator.name}`", "use `like` or `notLike` for wildcards")
    return target


def _check_declared(declared: str | None, operator: Operator, pointer: str, scope: CompileScope) -> None:
    if declared == "array" and not operator.takes_array:
        scope.problem(pointer, f"`{operator.name}` takes no array; the parameter is declared as Array", "use `in` or `notIn`")
    elif operator.takes_array and declared not in {None, "array"}:
        scope.problem(pointer, f"`{operator.name}` takes an array; the parameter is declared as {declared}", "use `equals` or `notEquals`")


def _for_locations(bind: Callable[[Json], Predicate]) -> Callable[[Json], Predicate]:
    return lambda target: bind(normal_location(target))


def _bound_once(bind: Callable[[Json], Predicate], value: Json) -> Bound:
    try:
        predicate = bind(value)
    except (ExpressionFailure, UnknownValue) as error:
        failure = error

        def fail(_value: Json) -> bool:
            raise failure

        predicate = fail
    return Bound(predicate=predicate, bind=lambda _env: predicate)


def _by_value(bind: Callable[[Json], Predicate], run: Callable[[Env], Json]) -> Bind:
    """Return what binds again only when the target is another object; values of parameters are never changed in place."""
    last: tuple[Json, Predicate | None] = (MISSING, None)

    def by_value(env: Env) -> Predicate:
        nonlocal last
        value = run(env)
        known, predicate = last
        if predicate is None or known is not value:
            predicate = bind(value)
            last = (value, predicate)
        return predicate

    return by_value
