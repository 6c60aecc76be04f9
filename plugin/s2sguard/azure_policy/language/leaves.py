"""One condition: what it looks at, one operator, and a target (definition-structure-policy-rule, "Conditions")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from s2sguard.azure_policy.language.asking import asking_each, asking_number, asking_one
from s2sguard.azure_policy.language.compare import kind_of, number
from s2sguard.azure_policy.language.counts import compile_count
from s2sguard.azure_policy.language.env import Env, Test, per_version
from s2sguard.azure_policy.language.failures import located
from s2sguard.azure_policy.language.fields import Field, FieldError
from s2sguard.azure_policy.language.operators import OPERATORS, Operator
from s2sguard.azure_policy.language.outcome import ExpressionKind
from s2sguard.azure_policy.language.targets import Target, compile_target
from s2sguard.azure_policy.language.text import did_you_mean, join
from s2sguard.expression.interface import Compiled, ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

if TYPE_CHECKING:
    from s2sguard.azure_policy.language.scope import CompileScope

SUBJECTS: Final = ("field", "value", "count")
"""What a condition can look at."""
_MOST_NAMES = 1000
_NUMERIC: Final = frozenset({"equals", "notEquals", "in", "notIn", "less", "lessOrEquals", "greater", "greaterOrEquals"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One compiled condition, with what its trace needs."""

    pointer: str
    kind: ExpressionKind
    expression: Json
    """The field, the value or the counted array as written."""
    operator: str
    test: Test
    look: Callable[[Env], Json]
    """The value the condition looks at; raises as a test does."""
    target: Callable[[Env], Json]
    name: Callable[[Env], Json] | None = None
    """The name of the field, where an expression computes it; raises as a test does."""


def compile_leaf(condition: dict[str, Json], names: dict[str, str], pointer: str, scope: CompileScope) -> Leaf:
    """Compile one condition; what is wrong becomes a problem of `scope`."""
    scope.tally.condition(pointer, then=scope.position.related)
    subjects = [lower for lower in names if lower in SUBJECTS]
    operators = [lower for lower in names if lower in OPERATORS]
    for lower, name in names.items():
        if lower not in SUBJECTS and lower not in OPERATORS:
            scope.problem(join(pointer, name), f"a condition has no member `{name}`", _meant(name))
    if len(subjects) != 1:
        found = " and ".join(f"`{names[one]}`" for one in subjects)
        scope.problem(pointer, f"a condition has one of `field`, `value` and `count`{f', not {found}' if found else ''}")
    if len(operators) != 1:
        found = " and ".join(f"`{names[one]}`" for one in operators)
        scope.problem(pointer, f"a condition has one operator{f', not {found}' if found else ''}")
    operator = OPERATORS[operators[0]] if operators else OPERATORS["exists"]
    raw = condition[names[operators[0]]] if operators else True
    place = join(pointer, names[operators[0]]) if operators else pointer
    target = compile_target(raw, operator, place, scope)
    if operators and subjects == ["count"]:
        _check_number(target, place, scope)
    if not subjects:
        return Leaf(
            pointer=pointer, kind="Value", expression=None, operator=operator.name, test=lambda _env: False, look=_none, target=_none
        )
    subject = subjects[0]
    return _BUILD[subject](condition[names[subject]], join(pointer, names[subject]), _Rest(pointer, operator, target, scope))


def _check_number(target: Target, pointer: str, scope: CompileScope) -> None:
    """Report a literal that no count is ever compared with: a count gives a number ("Count": a numeric condition should be used)."""
    value = target.compiled.value
    if target.operator.name not in _NUMERIC or not (target.compiled.constant or target.compiled.folded):
        return
    members = value if target.operator.takes_array and isinstance(value, list) else [value]
    wrong = [one for one in members if number(one) is None and not isinstance(one, Unknown | list)]
    if wrong:
        scope.problem(pointer, f"a count is compared with a number, not with {kind_of(wrong[0])}", "write a number, such as 0")


def _none(_env: Env) -> Json:
    return None


def _meant(name: str) -> str:
    if name.lower() == "source":
        return "compare the field `type` instead"
    return did_you_mean(name, [*SUBJECTS, *(operator.name for operator in OPERATORS.values()), "allOf", "anyOf", "not"])


@dataclass(frozen=True, slots=True)
class _Rest:
    """What every kind of condition shares."""

    pointer: str
    operator: Operator
    target: Target
    scope: CompileScope

    def leaf(self, kind: ExpressionKind, expression: Json, test: Test, look: Callable[[Env], Json]) -> Leaf:
        return Leaf(
            pointer=self.pointer,
            kind=kind,
            expression=expression,
            operator=self.operator.name,
            test=test,
            look=look,
            target=self.target.value,
        )


def _value(value: Json, place: str, rest: _Rest) -> Leaf:
    compiled = rest.scope.compile_value(value, place)
    return rest.leaf("Value", value, asking_one(compiled.run, rest.target.bound(), rest.pointer), compiled.run)


def _count(count: Json, place: str, rest: _Rest) -> Leaf:
    counted = compile_count(count, place, rest.scope)

    def look(env: Env) -> Json:
        least, most = counted.run(env)
        return least if least == most else Unknown("the number is not known")

    test = asking_number(counted.run, rest.target.bound(), rest.pointer, monotone=rest.operator.monotone)
    return rest.leaf("Count", counted.text, test, look)


def _field(name: Json, place: str, rest: _Rest) -> Leaf:
    if not isinstance(name, str):
        rest.scope.problem(place, "`field` takes the name of a field, a string")
        return rest.leaf("Field", name, lambda _env: False, _none)
    compiled = rest.scope.compile_value(name, place)
    if compiled.text is not None:
        return _named_at_run_time(name, compiled, rest)
    if isinstance(compiled.value, str):
        return _literal_field(compiled.value, place, rest)
    return rest.leaf("Field", name, lambda _env: False, _none)


def _literal_field(name: str, place: str, rest: _Rest) -> Leaf:
    scope, position = rest.scope, rest.scope.position
    found = scope.field(name, place)
    if found is None:
        return rest.leaf("Field", name, lambda _env: False, _none)
    if not scope.varies(name):
        return rest.leaf("Field", name, _ask(found, rest), found.read)
    test = per_version(lambda version: _ask(scope.find(name, position, version), rest))
    return rest.leaf("Field", name, test, per_version(lambda version: scope.find(name, position, version).read))


def _ask(found: Field, rest: _Rest) -> Test:
    bound = rest.target.bound(location=found.location)
    if not found.many or found.strict is None:
        return asking_one(found.read, bound, rest.pointer)
    if rest.scope.missing_array == "false":
        return asking_each(found.strict, bound, rest.pointer, strict=True)
    return asking_each(found.read, bound, rest.pointer)


def _named_at_run_time(name: str, compiled: Compiled, rest: _Rest) -> Leaf:
    """Compile a condition whose field is an expression, such as a tag named by a parameter."""
    position = rest.scope.position
    known: dict[tuple[str, str | None], tuple[Test, Callable[[Env], Json]]] = {}

    def ask(env: Env) -> tuple[Test, Callable[[Env], Json]]:
        text = compiled.run(env)
        if isinstance(text, Unknown):
            raise UnknownValue(text)
        if not isinstance(text, str):
            raise ExpressionFailure(f"the name of a field is a string, not {kind_of(text)}")
        key = (text, env.api_version)
        if key not in known:
            if len(known) >= _MOST_NAMES:
                known.clear()
            try:
                found = rest.scope.find(text, position, env.api_version)
            except FieldError:
                raise ExpressionFailure("the name is neither a field nor an alias") from None
            known[key] = (_ask(found, rest), found.read)
        return known[key]

    def test(env: Env) -> bool | None:
        try:
            asked = ask(env)[0]
        except UnknownValue as doubt:
            return env.unknown(doubt.unknown)
        except ExpressionFailure as failure:
            raise located(failure, rest.pointer) from None
        return asked(env)

    return replace(rest.leaf("Field", name, test, lambda env: ask(env)[1](env)), name=compiled.run)


_BUILD: Final[dict[str, Callable[[Json, str, _Rest], Leaf]]] = {"field": _field, "value": _value, "count": _count}
