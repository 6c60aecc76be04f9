"""Parameters: declarations that are checked, and values that are (definition-structure-parameters)."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import Policy, PolicyError, compile_policy
from s2sguard.model.value import Unknown

RULE = {"if": {"value": "[string(parameters('p'))]", "notEquals": "-"}, "then": {"effect": "audit"}}


def compiled(**declaration: Any) -> Policy:
    """Return a definition with one parameter `p`."""
    return compile_policy({"policyRule": RULE, "parameters": {"p": declaration}})


def problems(**declaration: Any) -> list[str]:
    """Return the pointers of the problems of a declaration."""
    with pytest.raises(PolicyError) as caught:
        compiled(**declaration)
    return [problem.pointer for problem in caught.value.problems]


FITTING: dict[str, list[Any]] = {
    "String": ["", "a"],
    "array": [[], [1]],
    "OBJECT": [{}, {"a": 1}],
    "Boolean": [True, False],
    "Integer": [0, -5, 3.0],
    "float": [0, 1.5],
    "dateTime": ["2026-01-01T00:00:00.0000000Z", "2026-01-01"],
}
MISFITS: dict[str, list[Any]] = {
    "String": [5, None, [], True],
    "array": ["a", {}, None],
    "OBJECT": [[], "a"],
    "Boolean": ["true", 1, 0, None],
    "Integer": ["5", 1.5, True],
    "float": ["1.5", True],
    "dateTime": ["today", 5, ""],
}


@pytest.mark.parametrize("kind", FITTING)
def test_types(kind: str) -> None:
    """Defaults and given values have to be of the declared type, whose name ignores case."""
    for fitting in FITTING[kind]:
        assert compiled(type=kind, defaultValue=fitting).evaluate({}).effect == "audit"
        assert compiled(type=kind).evaluate({}, parameters={"P": {"Value": fitting}}).effect == "audit"
    for misfit in MISFITS[kind]:
        assert problems(type=kind, defaultValue=misfit) == ["/parameters/p/defaultValue"]
        with pytest.raises(PolicyError) as caught:
            compiled(type=kind).evaluate({}, parameters={"p": misfit})
        assert [problem.pointer for problem in caught.value.problems] == ["/parameters/p"]


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ({}, ["/parameters/p/type"]),
        ({"type": "Number"}, ["/parameters/p/type"]),
        ({"type": 5}, ["/parameters/p/type"]),
        ({"type": "String", "allowedValues": "a"}, ["/parameters/p/allowedValues"]),
        ({"type": "String", "allowedValues": ["a"], "defaultValue": "A"}, ["/parameters/p/defaultValue"]),
        ({"type": "Array", "allowedValues": ["a", "b"], "defaultValue": ["a", "c"]}, ["/parameters/p/defaultValue"]),
        ({"type": "String", "schema": {}}, ["/parameters/p/schema"]),
        ({"type": "Object", "schema": []}, ["/parameters/p/schema"]),
        ({"type": "Object", "schema": {"required": ["a"]}, "defaultValue": {}}, ["/parameters/p/defaultValue"]),
    ],
)
def test_declarations_that_cannot_be(declaration: dict[str, Any], expected: list[str]) -> None:
    """What is wrong with a declaration is found while compiling."""
    assert expected == problems(**declaration)


@pytest.mark.parametrize(
    ("declaration", "value", "allowed"),
    [
        ({"type": "String", "allowedValues": ["Audit", "Deny"]}, "Deny", True),
        ({"type": "String", "allowedValues": ["Audit", "Deny"]}, "deny", False),
        ({"type": "Array", "allowedValues": ["a", "b"]}, ["b", "a"], True),
        ({"type": "Array", "allowedValues": ["a", "b"]}, [], True),
        ({"type": "Array", "allowedValues": ["a", "b"]}, ["a", "B"], False),
        ({"type": "Array", "allowedValues": [["a", "b"], []]}, ["a", "b"], True),
        ({"type": "Array", "allowedValues": [["a", "b"], []]}, ["a"], False),
        ({"type": "Integer", "allowedValues": [1, 2]}, 2, True),
        ({"type": "Boolean", "allowedValues": [True]}, True, True),
        ({"type": "Integer", "allowedValues": [1]}, 3, False),
        ({"type": "Object", "schema": {"properties": {"a": {"type": "string"}}}}, {"a": 5}, False),
        ({"type": "Object", "schema": {"properties": {"a": {"type": "string"}}}}, {"a": "x"}, True),
        ({"type": "Object", "schema": {"type": 5}}, {"a": "x"}, False),
        ({"type": "String", "allowedValues": ["a"]}, Unknown("u"), True),
    ],
)
def test_allowed_values(declaration: dict[str, Any], value: object, allowed: bool) -> None:  # noqa: FBT001 - a table
    """A value has to be allowed to the letter, each member of an array for itself."""
    policy = compiled(**declaration)
    if allowed:
        assert policy.evaluate({}, parameters={"p": value}).effect in {"audit", "unknown"}
    else:
        with pytest.raises(PolicyError):
            policy.evaluate({}, parameters={"p": value})


def test_values_that_are_missing_or_not_declared() -> None:
    """A bad call names every value that is missing or not declared, with the name that was probably meant."""
    policy = compile_policy(
        {
            "policyRule": RULE,
            "parameters": {"p": {"type": "String"}, "other": {"type": "String"}, "free": {"type": "String", "defaultValue": ""}},
        }
    )
    with pytest.raises(PolicyError) as caught:
        policy.evaluate({}, parameters={"othre": 5})
    assert [("/parameters/othre", "did you mean `other`?"), ("/parameters/p", ""), ("/parameters/other", "")] == [
        (problem.pointer, problem.hint) for problem in caught.value.problems
    ]


@pytest.mark.parametrize("parameters", [[], "a", 5])
def test_parameters_have_to_be_an_object(parameters: Any) -> None:  # noqa: ANN401
    """Parameters of another kind are a bad call, and a bad definition."""
    with pytest.raises(PolicyError):
        compile_policy(RULE).evaluate({}, parameters=parameters)
    with pytest.raises(PolicyError):
        compile_policy({"policyRule": RULE, "parameters": parameters})


def test_an_object_with_a_member_value() -> None:
    """`{"value": ...}` is unwrapped, but for an object parameter whose only member is named so."""
    policy = compile_policy(
        {
            "policyRule": {"if": {"value": "[parameters('p').value]", "equals": 5}, "then": {"effect": "audit"}},
            "parameters": {"p": {"type": "Object"}},
        }
    )
    given = ({"value": 5}, {"value": {"value": 5}})
    assert ["audit", "audit"] == [policy.evaluate({}, parameters={"p": one}).effect for one in given]


def test_undeclared_and_wrongly_used_parameters() -> None:
    """A definition uses declared parameters only, an array with `in` and `notIn` only."""
    rule = {
        "if": {
            "allOf": [
                {"field": "name", "equals": "[parameters('lst')]"},
                {"field": "name", "equals": "[parameters('list')]"},
                {"field": "name", "in": "[ parameters( 'Text' ) ]"},
                {"field": "name", "in": "[parameters('list')]"},
                {"count": {"value": "[parameters('text')]"}, "equals": 1},
            ]
        },
        "then": {"effect": "audit"},
    }
    with pytest.raises(PolicyError) as caught:
        compile_policy({"policyRule": rule, "parameters": {"list": {"type": "Array"}, "text": {"type": "String"}}})
    pointers = [problem.pointer for problem in caught.value.problems]
    assert [f"/policyRule/if/allOf/{place}" for place in ("0/equals", "1/equals", "2/in", "4/count/value")] == pointers


def test_values_of_one_call_do_not_reach_the_next() -> None:
    """Values are remembered by what they are: a list changed in place, or 1 instead of true, counts anew."""
    policy = compile_policy({"if": {"field": "name", "in": "[parameters('p')]"}, "then": {"effect": "deny"}})
    names = ["a"]
    assert policy.evaluate({"name": "b"}, parameters={"p": names}).effect is None
    names.append("b")
    assert policy.evaluate({"name": "b"}, parameters={"p": names}).effect == "deny"
    typed = compiled(type="Boolean")
    assert typed.evaluate({}, parameters={"p": True}).effect == "audit"
    with pytest.raises(PolicyError):
        typed.evaluate({}, parameters={"p": 1})


def test_absurdly_deep_values() -> None:
    """A value nested too deep for Python is a bad call."""
    deep: Any = 1
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(PolicyError):
        compile_policy(RULE).evaluate({}, parameters={"p": deep})
