"""Rules, traces and values as people read them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.azure_policy import Evaluated
from s2sguard.cli.policy.rule_text import RuleText
from s2sguard.cli.policy.shown import HIDDEN, on_one_line, plain, value_of
from s2sguard.cli.policy.trace_text import condition_text
from s2sguard.model.value import Unknown

TYPE = "Microsoft.Network/connections"
SECRET = "planted-" + "key"
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/localNetworkGateways/red"
KEYS = st.sampled_from(["allOf", "anyOf", "not", "field", "value", "count", "where", "name", "equals", "in", "exists", "type"]) | st.text(
    max_size=3
)
RULES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=15,
)


@given(RULES)
def test_any_json_can_be_shown(rule: object) -> None:
    """A rule of any shape gives printable lines, and at least one."""
    text = RuleText(rule)
    lines = [*text.lines(), *text.legend()]
    assert lines or rule in ({"allOf": []}, {"anyOf": []})
    assert all(line.isprintable() for line in lines)


RULE = {
    "allOf": [
        {"field": "type", "equals": TYPE},
        {"not": {"field": f"{TYPE}/connectionMode", "in": ["A", "B"]}},
        {"value": f"[concat(field('{TYPE}/connectionMode'), '{'x' * 60}')]", "notEquals": ""},
        {"count": {"value": ["a"], "name": "each", "where": {"field": f"{TYPE}/x", "exists": "false"}}, "greater": 0},
    ]
}


def test_a_rule_reads_like_a_list() -> None:
    """Groups indent, aliases lose their type, long expressions go below."""
    text = RuleText(RULE)
    expected = [
        "all of",
        f"  type is {TYPE}",
        "  not",
        '    connectionMode is one of ["A", "B"]',
        '  <1> is not ""',
        '  number of ["a"], each called each > 0, counting those where',
        "    x does not exist",
    ]
    assert expected == list(text.lines())
    assert [f"<1> = [concat(field('connectionMode'), '{'x' * 60}')]"] == list(text.legend())


def test_deep_rules_end_somewhere() -> None:
    """A rule nested beyond any screen is shown down to a depth."""
    rule: dict[str, Any] = {"field": "a", "equals": 1}
    for _ in range(200):
        rule = {"not": rule}
    assert 62 == len(list(RuleText(rule).lines()))


def condition(**changes: Any) -> Evaluated:
    """Return a deciding condition, with some of its fields changed."""
    usual: dict[str, Any] = {
        "pointer": "/if",
        "kind": "Field",
        "expression": f"{TYPE}/connectionMode",
        "expression_value": "Default",
        "operator": "equals",
        "target_value": "Default",
        "result": True,
    }
    return Evaluated(**usual | changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 'connectionMode: "Default"  (asks: is "Default")'),
        ({"expression_value": None}, 'connectionMode: missing  (asks: is "Default")'),
        ({"expression_value": Unknown("after apply")}, 'connectionMode: unknown (after apply)  (asks: is "Default")'),
        ({"expression_value": ID, "expression": "id"}, 'id: ".../localNetworkGateways/red"  (asks: is "Default")'),
        ({"expression": f"{TYPE}/sharedKey", "expression_value": SECRET}, f'sharedKey: {HIDDEN}  (asks: is "Default")'),
        ({"operator": "exists", "target_value": "False"}, 'connectionMode: "Default"  (asks: does not exist)'),
        ({"operator": "exists", "target_value": True}, 'connectionMode: "Default"  (asks: exists)'),
        ({"operator": "like", "target_value": "D*"}, 'connectionMode: "Default"  (asks: like "D*")'),
        (
            {"kind": "Count", "expression": f"{TYPE}/x[*]", "expression_value": 2, "operator": "greater", "target_value": 0},
            "number of x[*]: 2  (asks: > 0)",
        ),
        ({"kind": "Value", "expression": "[parameters('p')]", "expression_value": 1, "target_value": 2}, "parameter p: 1  (asks: is 2)"),
        ({"expression": "Microsoft.Compute/x/y"}, 'Microsoft.Compute/x/y: "Default"  (asks: is "Default")'),
    ],
)
def test_a_condition_on_one_line(changes: dict[str, Any], expected: str) -> None:
    """Field, value and question, in the fewest words that are not ambiguous."""
    assert expected == condition_text(condition(**changes), TYPE)


def test_values_leave_without_secrets_and_unknowns() -> None:
    """What is printed can be written as JSON, holds no key, and says where a value is not known."""
    value = {"sharedKey": SECRET, "a": [{"password": SECRET, "b": Unknown("why")}], "c": None}
    assert {"a": [{"b": {"unknown": "why"}}], "c": None} == plain(value)
    assert SECRET not in json.dumps(plain(value))
    assert HIDDEN == value_of("Microsoft.Network/connections/sharedKey", SECRET)
    assert value_of("Microsoft.Network/connections/sharedKey", None) is None


def test_long_values_keep_both_ends() -> None:
    """A value of a megabyte does not hide the rest of a report."""
    shown = on_one_line("a" * 5_000 + "z")
    assert (True, 160) == (shown.endswith('z"'), len(shown))
