"""The evaluator agrees with the naive one on random rules and resources, and keeps the laws the language has.

The naive evaluator is written from Microsoft's pages alone; where they are silent it says so, and only "no other error" is tested.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.language import asking, compare, conditions, counts, paths
from s2sguard.model.value import Unknown

from . import naive_operators
from .generated import ALIAS, CATALOGUE, CONTEXT, HIDDEN, NUMBERS, OTHER, PARAMETERS, TYPE, WORDS, Json, Maker
from .naive import Naive
from .naive_expressions import FUNCTIONS, FailedError, UnspecifiedError
from .naive_operators import kleene_any

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

EXAMPLES = 6000
SILENT = "unspecified"
"""What the naive evaluator says where the documentation says nothing."""


def expected(rule: Json, resource: Json, kind: type[Naive] = Naive, missing_array: str = "true") -> str | None:
    """Return the effect the naive evaluator finds."""
    try:
        return kind(rule, resource, parameters=PARAMETERS, context=CONTEXT, missing_array=missing_array).effect()
    except UnspecifiedError:
        return SILENT


def actual(rule: Json, resource: Json, **options: Any) -> str | None:
    """Return the effect the evaluator finds."""
    return compile_policy(rule, **options).evaluate(resource, parameters=PARAMETERS, context=CONTEXT).effect


def examples(count: int = EXAMPLES, **options: Any) -> Iterator[tuple[int, Json, Json]]:
    """Yield the same random rules and resources for every test."""
    for seed in range(count):
        maker = Maker(Random(seed), **options)
        yield seed, maker.rule(), maker.resource()


@cache
def answered(*, unknowns: bool) -> tuple[tuple[Json, Json, str | None, str | None], ...]:
    """Return the examples with both answers."""
    return tuple((rule, resource, expected(rule, resource), actual(rule, resource)) for _, rule, resource in examples(unknowns=unknowns))


def makers(**options: Any) -> st.SearchStrategy[Maker]:
    """Return makers whose choices Hypothesis makes, and shrinks."""
    return st.randoms(use_true_random=False).map(lambda random: Maker(random, **options))


@given(makers())
@settings(max_examples=500)
def test_agrees_with_naive(maker: Maker) -> None:
    """Whatever the rule and the resource, the effect is what the naive evaluator finds."""
    rule, resource = maker.rule(), maker.resource()
    note(f"{rule}\n{resource}")
    answer, found = expected(rule, resource), actual(rule, resource)
    if answer != SILENT:
        assert answer == found


@given(makers(unknowns=True))
@settings(max_examples=500)
def test_agrees_with_naive_on_unknown_values(maker: Maker) -> None:
    """With values that are not known the effect is, or is not, `unknown` where the naive evaluator says so."""
    rule, resource = maker.rule(), maker.resource()
    note(f"{rule}\n{resource}")
    answer, found = expected(rule, resource), actual(rule, resource)
    if answer != SILENT:
        assert answer == found


def test_agrees_with_naive_many_times() -> None:
    """Thousands of examples agree, none of the outcomes is rare, and the documentation is silent in few of them."""
    seen: Counter[str | None] = Counter()
    for unknowns in (False, True):
        for rule, resource, answer, found in answered(unknowns=unknowns):
            seen[answer] += 1
            if answer != SILENT:
                assert answer == found, (rule, resource)
    total = 2 * EXAMPLES
    assert {None, "deny", "audit", "disabled", "error", "unknown"} <= set(seen)
    assert min(seen[outcome] for outcome in ("error", "unknown")) > total / 50
    assert seen[SILENT] < total / 10


def test_agrees_with_naive_under_the_other_reading() -> None:
    """Under `missing_array="false"` a missing array satisfies no condition, and an empty one all (facts 5.4)."""
    differ = 0
    for rule, resource, documented, _ in answered(unknowns=False):
        answer = expected(rule, resource, missing_array="false")
        if answer != SILENT:
            assert answer == actual(rule, resource, missing_array="false"), (rule, resource)
            differ += answer != documented
    assert differ > 20


@pytest.mark.parametrize("unknowns", [False, True])
def test_agrees_with_naive_on_related_resources(unknowns: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """`auditIfNotExists` finds a related resource where the naive evaluator finds one."""
    seen: Counter[str | None] = Counter()
    for seed in range(EXAMPLES // 2):
        maker = Maker(Random(seed), unknowns=unknowns)
        rule, (resource, *related) = maker.rule_about_related(), maker.estate()
        try:
            answer = Naive(rule, resource, parameters=PARAMETERS, context=CONTEXT, related=related).effect()
        except UnspecifiedError:
            continue
        evaluation = compile_policy(rule).evaluate(resource, parameters=PARAMETERS, context=CONTEXT, related=related)
        assert answer == (evaluation.effect and evaluation.effect.lower()), (rule, resource, related)
        seen[answer] += 1
    assert {None, "auditifnotexists", "error"} | ({"unknown"} if unknowns else set()) == set(seen)


def computed(maker: Maker) -> tuple[str, Json, Json]:
    """Return an expression, a resource, and the value the naive evaluator finds: one of two exceptions where there is none."""
    text, resource = maker.inner(maker.pick(("word", "number")), 3), maker.resource()
    try:
        return text, resource, Naive({}, resource, parameters=PARAMETERS, context=CONTEXT).value(f"[{text}]")
    except (FailedError, UnspecifiedError) as error:
        return text, resource, type(error)


def computed_alike(text: str, resource: Json, value: Json) -> bool:
    """Say whether the evaluator finds this value, to its kind and casing, or fails where there is none."""
    rule = deny({"value": f"[equals({text}, parameters('wanted'))]", "equals": True})
    found = compile_policy(rule).evaluate(
        resource, parameters={**PARAMETERS, "wanted": value if not isinstance(value, type) else 0}, context=CONTEXT
    )
    return found.effect == ("error" if value is FailedError else "deny")


def test_expressions_agree_with_naive() -> None:
    """Thousands of expressions have the value, to its kind and casing, that the naive evaluator finds, or fail with it."""
    outcomes: Counter[str] = Counter()
    for seed in range(EXAMPLES):
        text, resource, value = computed(Maker(Random(seed)))
        outcomes[value.__name__ if isinstance(value, type) else type(value).__name__] += 1
        assert value is UnspecifiedError or computed_alike(text, resource, value), (text, resource, value)
    assert min(outcomes[kind] for kind in ("str", "int", "FailedError")) > EXAMPLES / 20
    assert outcomes["UnspecifiedError"] < EXAMPLES / 5


# -- mistakes planted in the naive evaluator: the same examples tell it from the evaluator --


class AnyMember(Naive):
    """`[*]` is satisfied by one member."""

    def every(self, found: Any) -> bool | None:  # noqa: ANN401
        """Combine with or."""
        return kleene_any(found)


class WideCount(Naive):
    """`count` does not narrow the array to the current member."""

    def alone(self, resource: Any, place: Any) -> Any:  # noqa: ANN401, ARG002
        """Return the resource as it is."""
        return resource


class SilentError(Naive):
    """An error is the same as no match."""

    def on_failure(self) -> str | None:
        """Call it compliant."""
        return None


class AnyType(Naive):
    """An alias of another type is read too."""

    def same_type(self, alias: str) -> bool:  # noqa: ARG002
        """Accept it."""
        return True


class TagsWithCase(Naive):
    """Tag names are compared with their casing."""

    def field(self, name: str) -> Json:
        """Look the exact tag up."""
        if name.startswith("tags["):
            return (self.resource.get("tags") or {}).get(name[5:-1].strip("'"))
        return super().field(name)


class NullMember(Naive):
    """`[*]` leaves out members that lack the property."""

    def select(self, alias: str) -> Any:  # noqa: ANN401
        """Drop nulls."""
        found = super().select(alias)
        return [one for one in found if one is not None] if "[*]" in alias and isinstance(found, list) else found


class UnknownIsFalse(Naive):
    """An unknown value satisfies nothing."""

    def compare(self, operator: str, value: Json, operand: Json, *, location: bool = False) -> bool | None:
        """Say no."""
        return super().compare(operator, value, operand, location=location) if not isinstance(value, Unknown) else False


class MissingParameterIsNull(Naive):
    """`field()` of a missing value is null, not an empty string."""

    def field_function(self, name: str) -> Json:
        """Return null for it."""
        found = super().field_function(name)
        return None if found == "" and self.field(name) is None else found


@pytest.mark.parametrize(
    "mutant", [AnyMember, WideCount, SilentError, AnyType, TagsWithCase, NullMember, UnknownIsFalse, MissingParameterIsNull]
)
def test_examples_kill_mutant(mutant: type[Naive]) -> None:
    """A mistake in what a rule means shows in the examples."""
    assert killed(mutant)


def with_case(value: Json, operand: Json) -> bool:
    """Strings are compared with their casing."""
    return bool(value == operand) if isinstance(value, str) and isinstance(operand, str) else naive_operators.equals(value, operand)


def without_coercion(value: Json, operand: Json) -> bool:
    """A number never equals a string."""
    return isinstance(value, str) == isinstance(operand, str) and naive_operators.equals(value, operand)


def null_in_null(value: Json, operand: Json) -> bool:
    """Null is in a list that holds null, or nothing."""
    return value is None or naive_operators.is_in(value, operand)


def null_differs_not(value: Json, operand: Json) -> bool:
    """A missing value does not differ from anything."""
    return value is not None and not naive_operators.equals(value, operand)


def exactly_like(value: Json, operand: Json) -> bool:
    """A wildcard stands for one character at least."""
    return naive_operators.like(value, operand) and (not isinstance(value, str) or len(value) >= len(operand))


def lenient_order(value: Json, operand: Json) -> bool:
    """Values of different kinds are just not less."""
    try:
        return naive_operators.order(value, operand) == -1
    except FailedError:
        return False


def inclusive_less(value: Json, operand: Json) -> bool:
    """Less is less or equal."""
    return naive_operators.order(value, operand) in {-1, 0}


def dates_as_text(value: Json, operand: Json) -> bool:
    """Date-times are compared as text."""
    if isinstance(value, str) and isinstance(operand, str):
        return value.lower() > operand.lower()
    return naive_operators.order(value, operand) == 1


OPERATOR_MUTANTS = (
    ("equals", with_case),
    ("equals", without_coercion),
    ("in", null_in_null),
    ("notequals", null_differs_not),
    ("like", exactly_like),
    ("less", lenient_order),
    ("less", inclusive_less),
    ("greater", dates_as_text),
    ("match", naive_operators.OPERATORS["matchinsensitively"]),
    ("containskey", lambda value, operand: isinstance(value, dict) and operand in value),
)


@pytest.mark.parametrize(("operator", "mutant"), OPERATOR_MUTANTS)
def test_examples_kill_operator_mutant(operator: str, mutant: Callable[[Json, Json], bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in one operator shows in the examples."""
    monkeypatch.setitem(naive_operators.OPERATORS, operator, mutant)
    assert killed(Naive)


FUNCTION_MUTANTS: tuple[tuple[str, Callable[..., Json]], ...] = (
    ("startswith", lambda value, other: str(value).startswith(other)),
    ("take", lambda value, size: str(value)[: size + 1] if isinstance(size, int) else ""),
    ("div", lambda a, b: a // b if b else 0),
    ("substring", lambda value, start, size: str(value)[start : start + size]),
    ("iprangecontains", lambda outer, inner: outer == inner),
)


@pytest.mark.parametrize(("function", "mutant"), FUNCTION_MUTANTS)
def test_examples_kill_function_mutant(function: str, mutant: Callable[..., Json], monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in one function shows in the examples."""
    monkeypatch.setitem(FUNCTIONS, function, mutant)
    makers = (Maker(Random(seed)) for seed in range(EXAMPLES))
    found = (one for one in (computed(maker) for maker in makers) if one[2] is not UnspecifiedError)
    assert any(not computed_alike(*one) for one in found)


def killed(mutant: type[Naive]) -> bool:
    """Say whether some example tells a mutant from the evaluator."""
    for unknowns in (False, True):
        for rule, resource, right, found in answered(unknowns=unknowns):
            answer = expected(rule, resource, mutant)
            if SILENT not in {answer, right} and answer != found:
                return True
    return False


# -- mistakes planted in the evaluator --


def forgets_case(patch: pytest.MonkeyPatch) -> None:
    """Compare strings as they are written."""
    patch.setattr(compare, "fold", lambda text: text)


def knows_no_numeric_strings(patch: pytest.MonkeyPatch) -> None:
    """Take only numbers for numbers."""
    patch.setattr(compare, "number", lambda value: value if isinstance(value, int | float) else None)


def knows_no_dates(patch: pytest.MonkeyPatch) -> None:
    """Compare date-times as text."""
    patch.setattr(compare, "moment", lambda _: None)


def takes_any_for_all(patch: pytest.MonkeyPatch) -> None:
    """Be content with one condition of `allOf`."""
    patch.setitem(conditions._TESTS, "allOf", conditions.any_of)


def stops_at_unknown(patch: pytest.MonkeyPatch) -> None:
    """Leave `anyOf` at the first condition that is unknown."""

    def hasty(*tests: Callable[[Any], bool | None]) -> Callable[[Any], bool | None]:
        return lambda env: next((met for met in (test(env) for test in tests) if met is not False), False)

    patch.setitem(conditions._TESTS, "anyOf", hasty)


def denies_unknown(patch: pytest.MonkeyPatch) -> None:
    """Make the opposite of an unknown condition true."""
    patch.setitem(conditions._TESTS, "not", lambda inner: lambda env: not inner(env))


def is_content_with_one_member(patch: pytest.MonkeyPatch) -> None:
    """Let one member decide for all that `[*]` selects."""
    original = asking.each
    patch.setattr(asking, "each", lambda env, values, ask: original(env, values[:1], ask))


def looks_beside_properties(patch: pytest.MonkeyPatch) -> None:
    """Find nothing in nested resources."""
    patch.setattr(paths, "_nested", paths.child)


def counts_members_that_are_in_doubt(patch: pytest.MonkeyPatch) -> None:
    """Take the highest possible count for the count."""
    original = counts._counting

    def certain(*arguments: Any) -> Any:  # noqa: ANN401
        run = original(*arguments)
        return lambda env: (run(env)[1] or 0,) * 2

    patch.setattr(counts, "_counting", certain)


@pytest.mark.parametrize(
    "mutant",
    [
        forgets_case,
        knows_no_numeric_strings,
        knows_no_dates,
        takes_any_for_all,
        stops_at_unknown,
        denies_unknown,
        is_content_with_one_member,
        looks_beside_properties,
        counts_members_that_are_in_doubt,
    ],
)
def test_naive_kills_mutant_of_the_evaluator(mutant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the evaluator itself shows in the examples."""
    known = [*answered(unknowns=False), *answered(unknowns=True)]
    mutant(monkeypatch)
    assert any(actual(rule, resource) != right for rule, resource, right, _ in known if right != SILENT)


# -- laws, without any other evaluator --


def condition_and_resource(maker: Maker) -> tuple[Json, Json]:
    """Return a condition and a resource."""
    return maker.condition(3), maker.resource()


def deny(condition: Json) -> Json:
    """Return a rule that denies what the condition describes."""
    return {"if": condition, "then": {"effect": "deny"}}


@given(makers(unknowns=True))
@settings(max_examples=200)
def test_not_not_changes_nothing(maker: Maker) -> None:
    """A condition and its double negation have the same outcome."""
    condition, resource = condition_and_resource(maker)
    assert actual(deny(condition), resource) == actual(deny({"not": {"not": condition}}), resource)


@given(makers(unknowns=True), st.sampled_from([("allOf", "anyOf"), ("anyOf", "allOf")]))
@settings(max_examples=200)
def test_de_morgan(maker: Maker, operators: tuple[str, str]) -> None:
    """The negation of "all" is "any" of the negations, and the other way round."""
    one, other = operators
    conditions, resource = [maker.condition(1) for _ in range(3)], maker.resource()
    negated = {"not": {one: conditions}}
    assert actual(deny(negated), resource) == actual(deny({other: [{"not": condition} for condition in conditions]}), resource)


@given(makers(), st.sampled_from([*WORDS, *NUMBERS, True, False]), st.sampled_from([("equals", "in"), ("notEquals", "notIn")]))
@settings(max_examples=300)
def test_equals_is_in_a_list_of_one(maker: Maker, value: Json, operators: tuple[str, str]) -> None:
    """`equals` and `notEquals` are `in` and `notIn` with a list of one, for every value but null."""
    field, resource = maker.alias(maker.pick(("word", "number", "flag", "words", "numbers", "array"))), maker.resource()
    one, other = operators
    assert actual(deny({"field": field, one: value}), resource) == actual(deny({"field": field, other: [value]}), resource)


@given(makers(), st.sampled_from(["ranges", "ports", "routes"]))
@settings(max_examples=200)
def test_count_without_where_is_length(maker: Maker, array: str) -> None:
    """A count without `where` is the length of what `field()` selects."""
    count = {"field": f"{ALIAS}{array}[*]"}
    rule = deny({"count": count, "notEquals": f"[length(field('{ALIAS}{array}[*]'))]"})
    assert actual(rule, maker.resource()) is None


@given(makers(errors=False), st.sampled_from(["ranges[*]", "ports[*]", "routes[*].hop"]))
@settings(max_examples=300)
def test_field_over_members_is_a_full_count(maker: Maker, path: str) -> None:
    """A condition on `[*]` says the same as a count that has to reach the length of the array."""
    array = path.partition("[*]")[0] + "[*]"
    condition = {"field": ALIAS + path, **maker.operation("number" if path == "ports[*]" else "word")}
    count = {"count": {"field": ALIAS + array, "where": condition}, "equals": f"[length(field('{ALIAS}{array}'))]"}
    resource = maker.resource()
    whole, counted = actual(deny(condition), resource), actual(deny(count), resource)
    # A condition stops at the first member that does not satisfy it, a count sees the error in a later one;
    # an operand that fails is an error even where there are no members.
    assert whole == "error" or counted in {whole, "error"}


@given(makers(expressions=False))
@settings(max_examples=300)
def test_casing_changes_nothing(maker: Maker) -> None:
    """Keys, operators, field names, property names and, but for `match`, compared strings ignore their casing."""
    rule, resource = maker.rule(), maker.resource()
    assert actual(rule, resource) == actual(recased(rule), recased_keys(resource))


def recased(rule: Json) -> Json:
    """Return a rule with every key, and every string that casing means nothing to, in other casing."""
    if isinstance(rule, dict):
        keep = {"match", "notMatch"}
        return {key.swapcase(): one if key in keep else recased(one) for key, one in rule.items()}
    if isinstance(rule, list):
        return [recased(one) for one in rule]
    return rule.swapcase() if isinstance(rule, str) and not rule[:1].isdigit() else rule


def recased_keys(value: Json) -> Json:
    """Return a value with the keys of its objects in other casing."""
    if isinstance(value, dict):
        return {key.swapcase(): recased_keys(one) for key, one in value.items()}
    return [recased_keys(one) for one in value] if isinstance(value, list) else value


@given(makers(unknowns=True))
@settings(max_examples=200)
def test_order_of_keys_changes_nothing(maker: Maker) -> None:
    """Neither the order of a resource's members nor that of a condition's keys matters."""
    rule, resource = maker.rule(), maker.resource()
    assert actual(rule, resource) == actual(backwards(rule), backwards(resource))


def backwards(value: Json) -> Json:
    """Return a value with the keys of its objects in the other order."""
    if isinstance(value, dict):
        return {key: backwards(one) for key, one in reversed(value.items())}
    return [backwards(one) for one in value] if isinstance(value, list) else value


@given(makers(unknowns=True))
@settings(max_examples=200)
def test_catalogue_agrees_with_the_uniform_rule(maker: Maker) -> None:
    """Aliases out of a catalogue whose paths follow the uniform rule give the same effects."""
    rule, resource = maker.rule(), flat(maker.resource())
    catalogue = {name: "properties." + name.removeprefix(ALIAS) for name in CATALOGUE}
    catalogue |= {name.replace(TYPE, OTHER): path for name, path in catalogue.items()}
    assert actual(rule, resource) == actual(rule, resource, aliases=catalogue)


def flat(resource: Json) -> Json:
    """Return a resource without nested `properties` and without envelope members that an alias could mean."""
    if isinstance(resource, list):
        return [flat(one) for one in resource]
    if not isinstance(resource, dict):
        return resource
    inner = {key: flat(one) for key, one in resource.items() if key != "sku" or "type" not in resource}
    if "properties" in inner and "type" not in inner:
        inner |= inner.pop("properties")
    return inner


@given(makers(unknowns=True))
@settings(max_examples=200)
def test_nothing_is_changed(maker: Maker) -> None:
    """Evaluation changes neither the rule nor the resource, and a second one gives the same."""
    rule, resource = maker.rule(), maker.resource()
    before = copy.deepcopy((rule, resource))
    policy = compile_policy(rule)
    effects = [policy.evaluate(resource, parameters=PARAMETERS, context=CONTEXT).effect for _ in range(2)]
    assert effects[0] == effects[1]
    assert before == (rule, resource)


@given(makers(unknowns=True, errors=False))
@settings(max_examples=400)
def test_unknown_is_sound(maker: Maker) -> None:
    """A match, or none, in spite of unknown values is one whatever they turn out to be, unless they make the rule fail."""
    rule, blurred = deny(maker.condition(3)), maker.resource()
    note(f"{rule}\n{blurred}")
    found = actual(rule, blurred)
    if found not in {"unknown", "error"}:
        for _ in range(4):
            complete = completed(blurred, maker)
            assert actual(rule, complete) in {found, "error"}, complete


def completed(value: Json, maker: Maker, name: str = "") -> Json:
    """Return a value with something that can be there for each unknown."""
    if value is HIDDEN:
        return complete_one(maker, name)
    if isinstance(value, dict):
        return {key: completed(one, maker, key) for key, one in value.items()}
    members = {"ports": "weight", "ranges": "hop", "marks": "hop"}.get(name, name)
    return [completed(one, maker, members) for one in value] if isinstance(value, list) else value


def complete_one(maker: Maker, name: str) -> Json:
    """Return a value for one property."""
    known = Maker(maker.random)
    while True:
        properties = known.resource()["properties"]
        if properties.get(name) is not None:
            return properties[name]
        if name not in {"mode", "size", "open", "since", "any", "sku", "peer", "owner", "ranges", "ports", "routes"}:
            return known.pick(NUMBERS if name == "weight" else WORDS)


@given(makers(unknowns=True))
@settings(max_examples=200)
def test_trace_can_always_be_read(maker: Maker) -> None:
    """The trace of any evaluation is a list of lines; a match names at least one condition unless there is none."""
    rule, resource = maker.rule(), maker.resource()
    evaluation = compile_policy(rule).evaluate(resource, parameters=PARAMETERS, context=CONTEXT)
    assert [str(line) for line in evaluation.trace] == [str(line) for line in evaluation.trace]
    assert all(line.pointer.startswith("/if") for line in evaluation.trace)


def test_wrong_parameter_is_an_error_of_its_own() -> None:
    """A bare rule that uses a parameter without a value ends in `error`, not in an exception."""
    rule = deny({"field": ALIAS + "mode", "equals": "[parameters('nothing')]"})
    assert compile_policy(rule).evaluate({"type": TYPE, "properties": {}}).effect == "error"
    with pytest.raises(PolicyError):
        compile_policy({"policyRule": rule, "parameters": {}, "mode": "All"})
