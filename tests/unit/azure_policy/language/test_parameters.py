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
        ({"type": "String", "allowedValues": ["a", 5]}, ["/parameters/p/allowedValues/1"]),
        ({"type": "Boolean", "allowedValues": ["true", "false"]}, ["/parameters/p/allowedValues/0", "/parameters/p/allowedValues/1"]),
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


@pytest.mark.parametrize(
    ("declaration", "pointer", "hint"),
    [
        ({"type": "String", "defaultVal": "x"}, "/parameters/p/defaultVal", "did you mean `defaultValue`?"),
        (
            {"type": "String", "required": True},
            "/parameters/p/required",
            "members are type, defaultValue, allowedValues, metadata, schema",
        ),
        ({"type": "String", "allowedValues": []}, "/parameters/p/allowedValues", "leave it out, or list the values"),
    ],
)
def test_declarations_that_are_likely_not_meant(declaration: dict[str, Any], pointer: str, hint: str) -> None:
    """A member that means nothing, and a list that allows nothing, are warnings; a value is taken as if they were not there."""
    policy = compiled(**declaration)
    assert [(pointer, hint)] == [(warning.pointer, warning.hint) for warning in policy.warnings]
    assert policy.evaluate({}, parameters={"p": "x"}).effect == "audit"


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


WRONG: list[Any] = [5, "a", [], None]


def test_an_object_with_a_member_value() -> None:
    """`{"value": ...}` is always unwrapped, so an object with that one member has to be wrapped itself."""
    policy = compile_policy(
        {
            "policyRule": {"if": {"value": "[parameters('p').value]", "equals": 5}, "then": {"effect": "audit"}},
            "parameters": {"p": {"type": "Object"}},
        }
    )
    assert policy.evaluate({}, parameters={"p": {"value": {"value": 5}}}).effect == "audit"
    for wrong in WRONG:
        with pytest.raises(PolicyError) as caught:
            policy.evaluate({}, parameters={"p": {"value": wrong}})
        assert [problem.pointer for problem in caught.value.problems] == ["/parameters/p"]


FILES: list[tuple[dict[str, Any], bool]] = [
    ({"$schema": "https://schema.management.azure.com/x.json#", "contentVersion": "1.0.0.0", "parameters": {"p": {"value": "x"}}}, True),
    ({"Parameters": {"P": "x"}}, True),
    ({"parameters": {"p": "x"}, "q": 1}, False),
    ({"parameters": "x"}, False),
    ({"parameters": {"p": 5}}, False),
]


@pytest.mark.parametrize(("given", "taken"), FILES)
def test_a_whole_parameters_file(given: dict[str, Any], taken: bool) -> None:  # noqa: FBT001 - a table
    """Its values are taken, as long as it is nothing but a parameters file."""
    if taken:
        assert compiled(type="String").evaluate({}, parameters=given).effect == "audit"
    else:
        with pytest.raises(PolicyError):
            compiled(type="String").evaluate({}, parameters=given)


def test_a_parameter_that_is_named_parameters() -> None:
    """It is a parameter like any other."""
    rule = {"if": {"value": "[parameters('Parameters').p]", "equals": "x"}, "then": {"effect": "audit"}}
    policy = compile_policy({"policyRule": rule, "parameters": {"parameters": {"type": "Object"}}})
    assert policy.evaluate({}, parameters={"parameters": {"p": "x"}}).effect == "audit"


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


@pytest.mark.parametrize(
    ("allowed", "value", "shown", "hint"),
    [
        (["Audit", "Deny"], "dney", "Audit, Deny", "did you mean `Deny`?"),
        (["Audit", "Deny"], "x", "Audit, Deny", ""),
        ([{"a": None}, {}], "x", '{"a": null}, {}', ""),
        ([*"abcdefghijk"], "x", "a, b, c, d, e, f, g, h and 3 more", ""),
        (["y" * 100], "x", "y" * 60 + "...", ""),
    ],
)
def test_a_value_that_is_not_allowed_is_answered_with_those_that_are(allowed: list[object], value: str, shown: str, hint: str) -> None:
    """The values, the first of many, and the nearest."""
    kind = {"type": "String" if isinstance(allowed[0], str) else "Object", "allowedValues": allowed}
    policy = compiled(**kind)
    with pytest.raises(PolicyError) as caught:
        policy.evaluate({}, parameters={"p": value if kind["type"] == "String" else {"a": 1}})
    (problem,) = caught.value.problems
    assert (True, hint) == (problem.message.endswith(f"compared with their case: {shown}"), problem.hint)
