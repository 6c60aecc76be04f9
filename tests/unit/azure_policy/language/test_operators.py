"""Every operator on every kind of value: the whole table (definition-structure-policy-rule "Conditions"; facts 5.2 and 5.3)."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.language.operators import OPERATORS

TYPE = "Contoso.Lab/links"
MISSING = object()
VALUES = (MISSING, None, "", "Red", "80", 80, 1.5, True, ["Red", 80], {"Key": 1})
OUTCOMES = {"deny": "T", None: "F", "error": "E"}
TABLE: list[tuple[str, Any, str]] = [
    # operator, target: missing, null, "", "Red", "80", 80, 1.5, true, ["Red", 80], {"Key": 1}
    ("equals", "red", "FFFTFFFFFF"),
    ("equals", "80", "FFFFTTFFFF"),
    ("equals", 80, "FFFFTTFFFF"),
    ("equals", 80.0, "FFFFTTFFFF"),
    ("equals", "1.50", "FFFFFFTFFF"),
    ("equals", True, "FFFFFFFTFF"),
    ("equals", "TRUE", "FFFFFFFTFF"),
    ("equals", "", "FFTFFFFFFF"),
    ("equals", None, "TTFFFFFFFF"),
    ("equals", {"KEY": "1"}, "FFFFFFFFFT"),
    ("notEquals", "red", "TTTFTTTTTT"),
    ("notEquals", 80, "TTTTFFTTTT"),
    ("notEquals", True, "TTTTTTTFTT"),
    ("notEquals", None, "FFTTTTTTTT"),
    ("like", "r*", "FFFTFFFFFF"),
    ("like", "*D", "FFFTFFFFFF"),
    ("like", "r*d", "FFFTFFFFFF"),
    ("like", "re*ed", "FFFFFFFFFF"),
    ("like", "*", "FFTTTTTTFF"),
    ("like", "80", "FFFFTTFFFF"),
    ("like", "", "FFTFFFFFFF"),
    ("like", True, "FFFFFFFTFF"),
    ("notLike", "r*", "TTTFTTTTTT"),
    ("match", "Red", "FFFTFFFFFF"),
    ("match", "red", "FFFFFFFFFF"),
    ("match", "?e.", "FFFTFFFFFF"),
    ("match", "##", "FFFFTTFFFF"),
    ("match", "#.#", "FFFFFFTFFF"),
    ("match", "", "FFTFFFFFFF"),
    ("notMatch", "Red", "TTTFTTTTTT"),
    ("matchInsensitively", "rED", "FFFTFFFFFF"),
    ("matchInsensitively", "?E?", "FFFTFFFFFF"),
    ("notMatchInsensitively", "rED", "TTTFTTTTTT"),
    ("contains", "e", "FFFTFFFTFF"),
    ("contains", "RED", "FFFTFFFFTF"),
    ("contains", "80", "FFFFTTFFTF"),
    ("contains", 80, "FFFFTTFFTF"),
    ("contains", 8, "FFFFTTFFFF"),
    ("contains", "", "FFTTTTTTFF"),
    ("notContains", "RED", "TTTFTTTTFT"),
    ("containsKey", "key", "FFFFFFFFFT"),
    ("containsKey", "other", "FFFFFFFFFF"),
    ("notContainsKey", "key", "TTTTTTTTTF"),
    ("in", ["red", 80, None], "FFFTTTFFFF"),
    ("in", ["80", "1.5", "True"], "FFFFTTTTFF"),
    ("in", [], "FFFFFFFFFF"),
    ("in", [["red", "80"], {"key": 1}], "FFFFFFFFTT"),
    ("notIn", ["red", 80, None], "TTTFFFTTTT"),
    ("notIn", [], "TTTTTTTTTT"),
    ("less", 100, "FFEETTTEEE"),
    ("less", 80, "FFEEFFTEEE"),
    ("less", "b", "FFTFTEEEEE"),
    ("lessOrEquals", 80, "FFEETTTEEE"),
    ("lessOrEquals", "80", "FFTFTTTEEE"),
    ("greater", 1, "FFEETTTEEE"),
    ("greater", "b", "FFFTFEEEEE"),
    ("greaterOrEquals", 80, "FFEETTFEEE"),
    ("greaterOrEquals", "80", "FFFTTTFEEE"),
    ("exists", True, "FFTTTTTTTT"),
    ("exists", "TRUE", "FFTTTTTTTT"),
    ("exists", "false", "TTFFFFFFFF"),
]


def outcome(condition: dict[str, Any], properties: dict[str, Any]) -> str:
    """Return T, F or E for a condition on a resource with these properties."""
    policy = compile_policy({"if": condition, "then": {"effect": "deny"}})
    return OUTCOMES[policy.evaluate({"type": TYPE, "properties": properties}).effect]


def properties(value: object) -> dict[str, Any]:
    """Return properties with the value, or without it."""
    return {} if value is MISSING else {"any": value}


@pytest.mark.parametrize(("operator", "target", "expected"), TABLE)
def test_field(operator: str, target: object, expected: str) -> None:
    """Each operator gives, for each kind of value of a field, what the table says."""
    condition = {"field": f"{TYPE}/any", operator: target}
    assert expected == "".join(outcome(condition, properties(value)) for value in VALUES)


@pytest.mark.parametrize(("operator", "target", "expected"), TABLE)
def test_value(operator: str, target: object, expected: str) -> None:
    """A `value` condition gives the same as a `field` condition; an expression for a missing value is left out."""
    found = "".join(outcome({"value": value, operator: target}, {}) for value in VALUES[1:])
    assert expected[1:] == found


@pytest.mark.parametrize(("operator", "target", "expected"), TABLE)
def test_computed_target(operator: str, target: object, expected: str) -> None:
    """A target that a parameter brings gives the same as a literal one."""
    policy = compile_policy({"if": {"field": f"{TYPE}/any", operator: "[parameters('target')]"}, "then": {"effect": "deny"}})
    found = [
        policy.evaluate({"type": TYPE, "properties": properties(value)}, parameters={"target": {"value": target}}).effect
        for value in VALUES
    ]
    assert expected == "".join(OUTCOMES[effect] for effect in found)


def test_every_operator_is_in_the_table() -> None:
    """The table covers all nineteen operators."""
    assert sorted(operator.name for operator in OPERATORS.values()) == sorted({name for name, _, _ in TABLE})
    assert len(OPERATORS) == 19


@pytest.mark.parametrize(
    ("operator", "target"),
    [
        ("equals", ["a"]),
        ("notEquals", []),
        ("like", ["a"]),
        ("like", {"a": 1}),
        ("like", "a*b*"),
        ("notLike", "**"),
        ("contains", ["a"]),
        ("contains", {"a": 1}),
        ("match", ["a"]),
        ("containsKey", ["a"]),
        ("less", ["a"]),
        ("less", True),
        ("greater", {"a": 1}),
        ("in", "a"),
        ("in", {"a": 1}),
        ("in", None),
        ("notIn", 5),
        ("exists", "yes"),
        ("exists", 1),
        ("exists", None),
        ("exists", []),
    ],
)
def test_literal_targets_that_cannot_be(operator: str, target: object) -> None:
    """A literal target that the operator cannot take is a problem at the operator."""
    with pytest.raises(PolicyError) as caught:
        compile_policy({"if": {"field": "name", operator: target}, "then": {"effect": "deny"}})
    assert [problem.pointer for problem in caught.value.problems] == [f"/if/{operator}"]


@pytest.mark.parametrize(
    ("operator", "target"),
    [("like", "a*b*"), ("in", "a"), ("notIn", 5), ("exists", "yes"), ("less", True), ("contains", {"a": 1}), ("match", [1])],
)
def test_computed_targets_that_cannot_be(operator: str, target: object) -> None:
    """A computed target that the operator cannot take is an error of the evaluation."""
    policy = compile_policy({"if": {"field": "name", operator: "[parameters('x')]"}, "then": {"effect": "audit"}})
    found = policy.evaluate({"name": "a"}, parameters={"x": target})
    assert found.effect == "error"
    assert found.reason.startswith("/if: ")


def test_an_array_from_an_expression_equals_no_member_of_it() -> None:
    """At run time an array is not equal to a string in it, but to an equal array."""
    condition = {"value": "[createArray('a')]", "equals": "[createArray('A')]"}
    assert [outcome(condition, {}), outcome({"value": "a", "equals": "[createArray('a')]"}, {})] == ["T", "F"]


@pytest.mark.parametrize(
    ("operator", "value", "target", "expected"),
    [
        ("less", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+02:00", "F"),
        ("greater", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+02:00", "T"),
        ("lessOrEquals", "2026-01-01", "2026-01-01T00:00:00.0000000Z", "T"),
        ("greaterOrEquals", "2026-01-01T00:00:00.0000001Z", "2026-01-01T00:00:00Z", "T"),
        ("less", "2026-13-01", "2026-2-01", "T"),
        ("greater", "B", "a", "T"),
        ("less", "item_1", "item1", "T"),
        ("greater", "item2", "item10", "T"),
        ("equals", "STRASSE", "straße", "F"),
        ("equals", "ÄÖÜ", "äöü", "T"),
        ("equals", "ΣΊΣΥΦΟΣ", "σίσυφος", "T"),
        ("equals", "1e3", 1000, "T"),
        ("equals", "+80", 80, "T"),
        ("equals", " 80", 80, "F"),
        ("equals", "0x50", 80, "F"),
        ("equals", "80", "80.0", "F"),
        ("equals", 12345678901234567890, "12345678901234567890", "T"),
        ("equals", "9" * 5000, 9, "F"),
        ("equals", 1, True, "F"),
        ("equals", "true", True, "T"),
        ("match", "٣", "#", "T"),
        ("match", "_", "?", "F"),
    ],
)
def test_edges(operator: str, value: object, target: object, expected: str) -> None:
    """Dates compare as dates, text without case, and numbers by value."""
    assert expected == outcome({"value": value, operator: target}, {})


def test_a_wildcard_in_contains_is_warned_about() -> None:
    """`*` is no wildcard in `contains`, which Microsoft's page says cannot be given."""
    policy = compile_policy({"if": {"field": "name", "contains": "a*"}, "then": {"effect": "deny"}})
    assert [warning.pointer for warning in policy.warnings] == ["/if/contains"]
