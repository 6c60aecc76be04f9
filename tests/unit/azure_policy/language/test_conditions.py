"""Trees of conditions: their truth with unknown values and failures, and what is refused."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.language.conditions import all_of, any_of, negation
from s2sguard.azure_policy.language.env import Env
from s2sguard.model.value import Unknown

TRUE = {"value": 1, "equals": 1}
FALSE = {"value": 1, "equals": 2}
FAILS = {"value": "[int('x')]", "equals": 1}
UNKNOWN = {"field": "name", "equals": "a"}
RESOURCE = {"type": "A.B/c", "name": Unknown("known only after apply")}


def effect(condition: dict[str, Any], resource: dict[str, Any] = RESOURCE) -> str | None:
    """Return the effect of a rule that denies."""
    return compile_policy({"if": condition, "then": {"effect": "deny"}}).evaluate(resource).effect


@pytest.mark.parametrize("values", list(product((True, None, False), repeat=3)))
def test_three_valued_logic(values: tuple[bool | None, ...]) -> None:
    """A conjunction is false where one part is, a disjunction true where one is, else unknown where one is."""
    tests = [lambda _env, value=value: value for value in values]
    env = Env({})
    assert (False if False in values else None if None in values else True) is all_of(*tests)(env)
    assert (True if True in values else None if None in values else False) is any_of(*tests)(env)
    assert [None if value is None else not value for value in values] == [negation(one)(env) for one in tests]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"allOf": []}, "deny"),
        ({"anyOf": []}, None),
        ({"not": {"anyOf": []}}, "deny"),
        ({"allOf": [TRUE, FALSE]}, None),
        ({"anyOf": [FALSE, TRUE]}, "deny"),
        ({"ALLOF": [{"Value": 1, "EQUALS": 1}]}, "deny"),
        (FAILS, "error"),
        ({"not": FAILS}, "error"),
        ({"allOf": [FALSE, FAILS]}, None),
        ({"allOf": [FAILS, FALSE]}, "error"),
        ({"anyOf": [TRUE, FAILS]}, "deny"),
        ({"anyOf": [FAILS, TRUE]}, "error"),
        (UNKNOWN, "unknown"),
        ({"not": UNKNOWN}, "unknown"),
        ({"allOf": [UNKNOWN, FALSE]}, None),
        ({"allOf": [UNKNOWN, TRUE]}, "unknown"),
        ({"anyOf": [UNKNOWN, TRUE]}, "deny"),
        ({"anyOf": [UNKNOWN, FALSE]}, "unknown"),
        ({"allOf": [UNKNOWN, FAILS]}, "error"),
        ({"value": "[field('name')]", "equals": "a"}, "unknown"),
        ({"value": "[concat(field('name'), 'b')]", "equals": "a"}, "unknown"),
        ({"value": "[if(true(), 'a', field('name'))]", "equals": "a"}, "deny"),
        ({"value": "a", "in": ["a", "[field('name')]"]}, "deny"),
        ({"value": "b", "in": ["a", "[field('name')]"]}, "unknown"),
        ({"field": "name", "exists": True}, "unknown"),
        ({"field": "[field('name')]", "exists": True}, "unknown"),
    ],
)
def test_evaluation(condition: dict[str, Any], expected: str | None) -> None:
    """Conditions are asked in their order, and only as far as they have to be."""
    assert expected == effect(condition)


@pytest.mark.parametrize(
    ("ranges", "operator", "target", "documented", "other"),
    [
        (["a", "A"], "equals", "a", "deny", "deny"),
        (["a", "b"], "equals", "a", None, None),
        (["b", "c"], "notEquals", "a", "deny", "deny"),
        ([], "equals", "a", "deny", "deny"),
        ([], "exists", False, "deny", "deny"),
        (None, "equals", "a", "deny", None),
        (None, "notEquals", "a", "deny", None),
        ("text", "equals", "text", "deny", None),
        (["a", None], "exists", True, None, None),
        (["a", Unknown("u")], "equals", "a", "unknown", "unknown"),
        (["b", Unknown("u")], "equals", "a", None, None),
        (Unknown("u"), "equals", "a", "unknown", "unknown"),
    ],
)
def test_array_aliases(ranges: object, operator: str, target: object, documented: str | None, other: str | None) -> None:
    """All selected values have to meet the condition; a missing array selects none, or under the other reading is false."""
    rule = {"if": {"field": "A.B/c/ranges[*]", operator: target}, "then": {"effect": "deny"}}
    resource = {"type": "A.B/c", "properties": {"ranges": ranges}}
    assert documented == compile_policy(rule).evaluate(resource).effect
    assert other == compile_policy(rule, missing_array="false").evaluate(resource).effect


def test_the_other_reading_leaves_counts_alone() -> None:
    """The readings differ in conditions on `[*]` outside of counts only."""
    rule = {"if": {"count": {"field": "A.B/c/ranges[*]"}, "equals": 0}, "then": {"effect": "deny"}}
    assert compile_policy(rule, missing_array="false").evaluate({"type": "A.B/c"}).effect == "deny"


@pytest.mark.parametrize(
    ("condition", "pointers"),
    [
        ([], ["/if"]),
        ("x", ["/if"]),
        ({}, ["/if", "/if"]),
        ({"field": "name"}, ["/if"]),
        ({"equals": 1}, ["/if"]),
        ({"field": "name", "value": 1, "equals": 1}, ["/if"]),
        ({"field": "name", "equals": 1, "notEquals": 1}, ["/if"]),
        ({"field": "name", "equal": "a"}, ["/if/equal", "/if"]),
        ({"field": 5, "equals": 1}, ["/if/field"]),
        ({"source": "action", "like": "*"}, ["/if/source", "/if"]),
        ({"allOf": {}}, ["/if/allOf"]),
        ({"not": []}, ["/if/not"]),
        ({"allOf": [], "anyOf": []}, ["/if/anyOf"]),
        ({"allOf": [], "field": "name"}, ["/if/field"]),
        ({"allOf": [{"not": {"x/y": 1, "field": "name", "equals": 1}}]}, ["/if/allOf/0/not/x~1y"]),
        ({"field": "name", "Field": "name", "equals": 1}, ["/if/Field"]),
        ({"value": "[nothing()]", "equals": "[concat(]"}, ["/if/equals", "/if/value"]),
        ({"value": ["[variables('a')]"], "equals": 1}, ["/if/value/0"]),
        ({"value": "[parameters('a')]", "in": ["[current()]"]}, ["/if/in"]),
    ],
)
def test_conditions_that_cannot_be(condition: Any, pointers: list[str]) -> None:  # noqa: ANN401
    """Every problem of a rule is reported, each with its place."""
    with pytest.raises(PolicyError) as caught:
        compile_policy({"if": condition, "then": {"effect": "deny"}})
    assert pointers == [problem.pointer for problem in caught.value.problems]


@pytest.mark.parametrize(("word", "hint"), [("equal", "`equals`"), ("exist", "`exists`"), ("allof ", "`allOf`"), ("feild", "`field`")])
def test_hints(word: str, hint: str) -> None:
    """A misspelt word is answered with the right one."""
    with pytest.raises(PolicyError) as caught:
        compile_policy({"if": {word: 1}, "then": {"effect": "deny"}})
    assert hint in caught.value.problems[0].hint


@pytest.mark.parametrize("word", ["allOf", "anyOf", "not"])
def test_as_deep_as_azure_allows(word: str) -> None:
    """512 levels compile, evaluate and are traced; one more is a problem."""
    condition: dict[str, Any] = dict(TRUE)
    for _ in range(512):
        condition = {word: condition if word == "not" else [condition]}
    policy = compile_policy({"if": condition, "then": {"effect": "deny"}})
    found = policy.evaluate({})
    assert ("deny", 1) == (found.effect, len(found.trace))
    with pytest.raises(PolicyError, match="512 levels"):
        compile_policy({"if": {"not": condition}, "then": {"effect": "deny"}})


@pytest.mark.parametrize("word", ["allOf", "not", "count"])
def test_absurd_depth_is_a_problem(word: str) -> None:
    """10 000 levels end in an error of ours, not of Python's."""
    condition: dict[str, Any] = dict(TRUE)
    for _ in range(10_000):
        if word == "count":
            condition = {"count": {"field": "A.B/c/d[*]", "where": condition}, "equals": 1}
        else:
            condition = {word: condition if word == "not" else [condition]}
    with pytest.raises(PolicyError):
        compile_policy({"if": condition, "then": {"effect": "deny"}})


def test_absurdly_deep_resources_are_evaluated() -> None:
    """A value of 10 000 levels is compared, or the evaluation fails; nothing is raised."""
    deep: Any = "a"
    for _ in range(10_000):
        deep = {"properties": [deep]}
    resource = {"type": "A.B/c", "name": "x", "properties": {"deep": deep}, "tags": deep}
    rules: list[dict[str, Any]] = [
        {"field": "A.B/c/deep", "equals": {"properties": [{}]}},
        {"field": "A.B/c/deep", "in": [{"properties": []}]},
        {"field": "A.B/c/deep", "notEquals": "[field('A.B/c/deep')]"},
        {"value": "[string(field('tags'))]", "equals": "a"},
    ]
    assert {effect(rule, resource) for rule in rules} <= {None, "deny", "error"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"value": "a", "like": "[parameters('u')]"}, "unknown"),
        ({"value": "a", "exists": "[parameters('u')]"}, "unknown"),
        ({"value": "a", "in": "[parameters('u')]"}, "unknown"),
        ({"value": 1, "less": "[parameters('u')]"}, "unknown"),
        ({"value": "a", "contains": "[parameters('nothing')]"}, None),
        ({"value": "a", "notContains": "[parameters('nothing')]"}, "deny"),
        ({"value": 1, "less": "[parameters('nothing')]"}, None),
        ({"value": ["b", "[parameters('u')]"], "contains": "a"}, "unknown"),
        ({"value": ["a", "[parameters('u')]"], "contains": "a"}, "deny"),
        ({"value": ["[parameters('u')]"], "equals": "[createArray(1)]"}, "unknown"),
        ({"count": {"value": "[parameters('u')]"}, "equals": 0}, "unknown"),
        ({"field": "A.B/c/items.mark", "equals": "x"}, "deny"),
        ({"field": "A.B/c/items.mark", "equals": "y"}, None),
        ({"field": "A.B/c/items.deep.mark", "equals": "z"}, "deny"),
        ({"value": "[field('A.B/c/items.mark')]", "contains": "X"}, "deny"),
    ],
)
def test_unknown_targets_and_aliases_without_brackets(condition: dict[str, Any], expected: str | None) -> None:
    """A target that is not known decides nothing; an old alias without `[*]` still means every member."""
    resource = {"type": "A.B/c", "properties": {"items": [{"mark": "x", "deep": [{"mark": "z"}]}, {"mark": "X", "deep": []}]}}
    policy = compile_policy({"if": condition, "then": {"effect": "deny"}})
    assert expected == policy.evaluate(resource, parameters={"u": Unknown("u"), "nothing": None}).effect


def test_an_inner_array_that_is_missing_is_missing() -> None:
    """Under the other reading a condition on `a[*].b[*]` is false where one member of `a` has no `b`."""
    rule = {"if": {"field": "A.B/c/a[*].b[*]", "equals": 1}, "then": {"effect": "deny"}}
    resource = {"type": "A.B/c", "properties": {"a": [{"b": [1]}, {}]}}
    assert compile_policy(rule).evaluate(resource).effect == "deny"
    assert compile_policy(rule, missing_array="false").evaluate(resource).effect is None


def test_an_existence_condition_looks_at_two_resources() -> None:
    """There `field` and current() look at the related resource, field() at the one of the `if` block (policy-rule: field())."""
    items = "A.B/c/d/items[*]"
    where = {
        "allOf": [
            {"field": f"{items}.v", "equals": "[field('A.B/c/want')]"},
            {"value": f"[current('{items}.v')]", "equals": "[field('A.B/c/want')]"},
            {"value": "[length(field('A.B/c/items[*]'))]", "equals": 2},
        ]
    }
    details = {"type": "A.B/c/d", "existenceCondition": {"count": {"field": items, "where": where}, "equals": 1}}
    policy = compile_policy({"if": {"field": "type", "equals": "A.B/c"}, "then": {"effect": "auditIfNotExists", "details": details}})
    path = "/subscriptions/s/resourceGroups/r/providers/A.B/c/x"
    resource = {"type": "A.B/c", "id": path, "name": "x", "properties": {"want": "z", "items": [1, 2]}}
    related = {"type": "A.B/c/d", "id": f"{path}/d/y", "name": "y"}
    found = [policy.evaluate(resource, related=[related | {"properties": {"items": [{"v": v}, {}]}}]).effect for v in ("Z", "q")]
    assert found == [None, "auditIfNotExists"]


def test_an_unknown_array_may_be_missing() -> None:
    """Where a missing array makes a condition false, one that is not known never makes it true."""
    for reading, expected in (("true", "deny"), ("false", "unknown")):
        rule = {"if": {"field": "Contoso.Lab/nets/marks[*]", "notIn": []}, "then": {"effect": "deny"}}
        resource = {"type": "Contoso.Lab/nets", "properties": {"marks": Unknown("u")}}
        assert expected == compile_policy(rule, missing_array=reading).evaluate(resource).effect  # type: ignore[arg-type]


def test_an_unknown_array_may_be_empty() -> None:
    """No member is in an empty list, and yet the condition is true where the array is empty."""
    for properties, expected in (({"marks": []}, "deny"), ({"marks": [1]}, None), ({"marks": Unknown("u")}, "unknown")):
        policy = compile_policy({"if": {"field": "Contoso.Lab/nets/marks[*]", "in": []}, "then": {"effect": "deny"}})
        assert expected == policy.evaluate({"type": "Contoso.Lab/nets", "properties": properties}).effect


@pytest.mark.parametrize(
    ("word", "said"), [("allOf", "`allOf` without conditions is always true"), ("anyOf", "`anyOf` without conditions is never true")]
)
def test_an_empty_list_of_conditions_is_warned_about(word: str, said: str) -> None:
    """It decides without looking at anything, which is likely not meant."""
    policy = compile_policy({"if": {"not": {word: []}}, "then": {"effect": "deny"}})
    assert [(f"/if/not/{word}", said)] == [(warning.pointer, warning.message) for warning in policy.warnings]
