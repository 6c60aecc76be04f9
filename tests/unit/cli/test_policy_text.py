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
from s2sguard.cli.policy.trace_text import condition_text, trace_lines
from s2sguard.model.value import Unknown
from s2sguard.report.style import Style

TYPE = "Microsoft.Network/connections"
SECRET = "planted-" + "key"
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/localNetworkGateways/red"
OTHER = ID.replace("/red", "/blue")
TAG = "[concat('tags[', parameters('trustTag'), ']')]"
OWNER = "if(empty(trim(coalesce(field(concat('tags[', parameters('{0}Tag'), ']')), ''))), 'x', 'y')"
PLAIN = "[if(empty(trim(parameters('trustTag'))), '', trim(string(coalesce(field(concat('tags[', parameters('trustTag'), ']')), ''))))]"
SITE = "coalesce(tryGet(parameters('sitePartner'), toLower(field('id'))), {0})"
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
        ({"expression_value": None, "unknown": "after apply"}, 'connectionMode: unknown (after apply)  (asks: is "Default")'),
        ({"target_value": None, "target_unknown": "no request"}, 'connectionMode: "Default"  (asks: is unknown (no request))'),
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
        (
            {"expression": TAG, "field_name": "tags[trust]", "expression_value": None, "operator": "exists", "target_value": True},
            "tag trust: missing  (asks: exists)",
        ),
        ({"expression": "tags['a b']"}, 'tag a b: "Default"  (asks: is "Default")'),
        ({"expression": "tags"}, 'tags: "Default"  (asks: is "Default")'),
        ({"kind": "Value", "expression": f"[{OWNER.format('trust')}]"}, 'trust: "Default"  (asks: is "Default")'),
        ({"kind": "Value", "expression": f"[trim(string(coalesce(field('{TYPE}/mode'), '')))]"}, 'mode: "Default"  (asks: is "Default")'),
        ({"kind": "Value", "expression": "[add(field('a'), 1)]"}, '[add(field(\'a\'), 1)]: "Default"  (asks: is "Default")'),
        ({"kind": "Value", "expression": PLAIN}, 'trust: "Default"  (asks: is "Default")'),
        ({"kind": "Value", "expression": f"[{SITE.format(OWNER.format('partner'))}]"}, 'partner: "Default"  (asks: is "Default")'),
        (
            {"expression": "id", "expression_value": ID, "operator": "notIn", "target_value": [OTHER]},
            'id: ".../localNetworkGateways/red"  (asks: is none of [".../localNetworkGateways/blue"])',
        ),
        (
            {"expression": "id", "expression_value": ID, "operator": "notIn", "target_value": [ID.replace("/g/", "/h/")]},
            f'id: "{ID}"  (asks: is none of ["{ID.replace("/g/", "/h/")}"])',
        ),
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


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"range": "10.2.0.0/16", "partner": "blue", "gateway": "/x/vpn-gw-uks"}, "10.2.0.0/16 of blue on vpn-gw-uks"),
        ({"range": "10.2.0.0/16", "partner": "blue"}, "10.2.0.0/16 of blue"),
        ({"range": "10.0.0.0/24", "gateway": "/x/gw"}, "10.0.0.0/24 on gw"),
        ({"range": "10.0.0.0/24"}, '{"range": "10.0.0.0/24"}'),
        ({"range": "x", "partner": "y\x1b", "other": 1}, '{"range": "x", "partner": "y\\u001b", "other": 1}'),
        ({"range": "x", "partner": "y\x1b"}, "x of y\\x1b"),
    ],
)
def test_a_claim_reads_as_a_sentence(value: object, expected: str) -> None:
    """Range, partner and gateway of a derived parameter, without the rest of an id; anything else stays JSON."""
    count = condition(kind="Count", expression="[parameters('partnerRanges')]")
    lines = list(trace_lines([count], Style(), first="", counted=lambda _: [("[parameters('partnerRanges')]", value)]))
    assert f"parameter partnerRanges: {expected}" == lines[1].strip()
