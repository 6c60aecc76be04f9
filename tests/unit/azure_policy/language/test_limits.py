"""The limits of a rule are found while compiling, once, at the place that is one too many (facts 5.8)."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy

TRUE = {"value": 1, "equals": 1}
PARTS = "A.B/c/parts[*]"
FIELD_COUNT = {"count": {"field": PARTS}, "equals": 0}
VALUE_COUNT = {"count": {"value": [1]}, "equals": 0}
LIMITS: list[tuple[dict[str, Any], int, str]] = [
    (TRUE, 4096, ""),
    ({"value": "[concat(string(1), 'a')]", "equals": "1a"}, 1024, "/value"),
    (FIELD_COUNT, 5, "/count/field"),
    (VALUE_COUNT, 10, "/count"),
]


@pytest.mark.parametrize(("condition", "most", "place"), LIMITS)
def test_limits_of_a_rule(condition: dict[str, Any], most: int, place: str) -> None:
    """As many as allowed compile; one more, or many more, is one problem."""
    compile_policy({"if": {"allOf": [condition] * most}, "then": {"effect": "deny"}})
    for number in (most + 1, most + 5):
        with pytest.raises(PolicyError) as caught:
            compile_policy({"if": {"allOf": [condition] * number}, "then": {"effect": "deny"}})
        assert [f"/if/allOf/{most}{place}"] == [problem.pointer for problem in caught.value.problems]


def test_conditions_of_the_then_block() -> None:
    """An existenceCondition holds 128 conditions, counted apart from the `if` block."""
    for number, fits in ((128, True), (129, False)):
        details = {"type": "A.B/c", "existenceCondition": {"allOf": [TRUE] * number}}
        rule = {"if": {"allOf": [TRUE] * 4096}, "then": {"effect": "auditIfNotExists", "details": details}}
        if fits:
            compile_policy(rule)
            continue
        with pytest.raises(PolicyError) as caught:
            compile_policy(rule)
        assert [problem.pointer for problem in caught.value.problems] == ["/then/details/existenceCondition/allOf/128"]


def test_field_counts_are_counted_for_each_array() -> None:
    """Five over one array and five over another are ten."""
    other = {"count": {"field": "A.B/c/others[*]"}, "equals": 0}
    compile_policy({"if": {"allOf": [FIELD_COUNT, other] * 5}, "then": {"effect": "deny"}})


@pytest.mark.parametrize(("sizes", "fits"), [((100,), True), ((101,), False), ((10, 10), True), ((10, 11), False), ((101, 0), False)])
def test_iterations_of_literal_arrays(sizes: tuple[int, ...], fits: bool) -> None:  # noqa: FBT001 - a table
    """A literal array is held to 100 iterations, those of the counts around it included."""
    condition: dict[str, Any] = TRUE
    for level, size in enumerate(reversed(sizes)):
        condition = {"count": {"value": list(range(size)), "name": f"n{level}", "where": condition}, "equals": size}
    rule = {"if": condition, "then": {"effect": "deny"}}
    if fits:
        assert compile_policy(rule).evaluate({}).effect == "deny"
    else:
        with pytest.raises(PolicyError, match="100 are allowed"):
            compile_policy(rule)
