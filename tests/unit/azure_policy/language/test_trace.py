"""The trace names the conditions that decided, the way Azure's compliance reasons do."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import Evaluated, Evaluation, compile_policy
from s2sguard.model.value import Unknown

TYPE = "Microsoft.Network/connections"
MODE = {"field": f"{TYPE}/connectionMode", "notEquals": "InitiatorOnly"}
IPSEC = {"field": f"{TYPE}/connectionType", "equals": "IPsec"}
KEY = {"field": f"{TYPE}/sharedKey", "exists": True}
TRUE = {"value": 1, "equals": 1}
FALSE = {"value": "[add(1, 1)]", "equals": 1}


def evaluated(condition: dict[str, Any], properties: dict[str, Any] | None = None, **options: Any) -> Evaluation:
    """Evaluate a rule on a connection with these properties."""
    policy = compile_policy({"if": condition, "then": {"effect": "deny"}})
    return policy.evaluate({"type": TYPE, "properties": properties or {}}, **options)


@pytest.mark.parametrize(
    ("condition", "pointers"),
    [
        (TRUE, [""]),
        ({"allOf": [TRUE, TRUE]}, ["/allOf/0", "/allOf/1"]),
        ({"allOf": [TRUE, FALSE, FALSE]}, ["/allOf/1"]),
        ({"anyOf": [FALSE, TRUE, TRUE]}, ["/anyOf/1"]),
        ({"anyOf": [FALSE, FALSE]}, ["/anyOf/0", "/anyOf/1"]),
        ({"not": FALSE}, ["/not"]),
        ({"not": {"anyOf": [FALSE, {"not": TRUE}]}}, ["/not/anyOf/0", "/not/anyOf/1/not"]),
        ({"allOf": [{"anyOf": [FALSE, TRUE]}, {"not": FALSE}]}, ["/allOf/0/anyOf/1", "/allOf/1/not"]),
        ({"allOf": []}, []),
        ({"allOf": [TRUE, {"field": f"{TYPE}/a", "equals": 1}, TRUE]}, ["/allOf/1"]),
        ({"anyOf": [FALSE, {"field": f"{TYPE}/a", "equals": 1}]}, ["/anyOf/1"]),
        ({"allOf": [TRUE, {"value": "[int('x')]", "equals": 1}, FALSE]}, ["/allOf/0", "/allOf/1"]),
    ],
)
def test_which_conditions_decided(condition: dict[str, Any], pointers: list[str]) -> None:
    """Of what held all parts decided, of what did not the first that failed, and what is unknown where that decides."""
    found = evaluated(condition, {"a": Unknown("u")})
    assert [f"/if{pointer}" for pointer in pointers] == [one.pointer for one in found.trace]


@pytest.mark.parametrize(
    ("condition", "properties", "expected"),
    [
        (MODE, {}, f'{TYPE}/connectionMode is null (missing), notEquals "InitiatorOnly": true'),
        (IPSEC, {"connectionType": "IPSEC"}, f'{TYPE}/connectionType is "IPSEC", equals "IPsec": true'),
        (FALSE, {}, "[add(1, 1)] is 2, equals 1: false"),
        ({"value": [1, "a"], "contains": "a"}, {}, '[1, "a"] is [1, "a"], contains "a": true'),
        ({"count": {"field": f"{TYPE}/ipsecPolicies[*]"}, "equals": 0}, {}, f"count of {TYPE}/ipsecPolicies[*] is 0, equals 0: true"),
        ({"field": f"{TYPE}/ipsecPolicies[*].dhGroup", "in": ["ECP384"]}, {"ipsecPolicies": [{"dhGroup": "DHGroup2"}, {}]},
         f'{TYPE}/ipsecPolicies[*].dhGroup is ["DHGroup2", null], in ["ECP384"]: false'),
        ({"field": f"{TYPE}/a", "equals": "[concat('x', 'y')]"}, {"a": Unknown("known only after apply")},
         f'{TYPE}/a is "unknown: known only after apply", equals "xy": unknown'),
        (KEY, {"sharedKey": "hunter2"}, f'{TYPE}/sharedKey is "***", exists true: true'),
        ({"value": f"[field('{TYPE}/sharedKey')]", "equals": "x"}, {"sharedKey": "hunter2"},
         f"[field('{TYPE}/sharedKey')] is \"***\", equals \"***\": false"),
        (KEY, {}, f"{TYPE}/sharedKey is null (missing), exists true: false"),
        ({"field": f"{TYPE}/peer", "exists": True}, {"peer": {"psk": "hunter2", "id": 1}},
         f'{TYPE}/peer is {{"psk": "***", "id": 1}}, exists true: true'),
        ({"field": f"{TYPE}/a", "equals": "b"}, {"a": "x\u202e\n\x1b[31m"}, f'{TYPE}/a is "x\\u202e\\n\\u001b[31m", equals "b": false'),
    ],
)  # fmt: skip
def test_lines(condition: dict[str, Any], properties: dict[str, Any], expected: str) -> None:
    """One condition is one line: what it looked at, the value, the operator, the target and the outcome; never a secret."""
    assert [expected] == [str(one) for one in evaluated(condition, properties).trace]


def test_a_trace_is_plain_json() -> None:
    """What is not known is null, on either side and at any depth; the reason stands beside it."""
    rule = {"field": f"{TYPE}/a", "equals": "[requestContext().identity.appid]"}
    (one,) = evaluated(rule, {"a": {"b": [Unknown("after apply"), 1]}}).trace
    assert ({"b": [None, 1]}, None) == (one.expression_value, one.target_value)
    assert ("after apply", "the request is not in the context") == (one.unknown, one.target_unknown)
    (one,) = evaluated({"value": f"[concat(field('{TYPE}/a'), '')]", "equals": "x"}, {"a": Unknown("after apply")}).trace
    assert (None, "after apply", "x", "") == (one.expression_value, one.unknown, one.target_value, one.target_unknown)
    (one,) = evaluated({"count": {"field": f"{TYPE}/a[*]"}, "equals": 1}, {"a": Unknown("after apply")}).trace
    assert (None, "the number is not known") == (one.expression_value, one.unknown)


def test_long_values_are_cut() -> None:
    """A line stays readable whatever the value is."""
    (one,) = evaluated({"field": f"{TYPE}/a", "equals": "b"}, {"a": "x" * 10_000}).trace
    assert len(str(one)) < 500


def test_the_names_of_azure() -> None:
    """The members are those of `policyEvaluationDetails.evaluatedExpressions`."""
    assert evaluated(MODE).trace == (
        Evaluated(
            pointer="/if",
            kind="Field",
            expression=f"{TYPE}/connectionMode",
            expression_value=None,
            operator="notEquals",
            target_value="InitiatorOnly",
            result=True,
        ),
    )


def test_a_failure_says_where_and_why() -> None:
    """The reason of an error has the place of the condition and what went wrong, and no value of the resource."""
    found = evaluated({"allOf": [TRUE, {"value": f"[int(field('{TYPE}/sharedKey'))]", "equals": 1}]}, {"sharedKey": "hunter2"})
    assert found.effect == "error"
    assert found.reason.startswith("/if/allOf/1: ")
    assert "hunter2" not in found.reason


def test_an_unknown_outcome_says_why() -> None:
    """The reason is that of the first unknown value that decided."""
    found = evaluated({"allOf": [TRUE, MODE]}, {"connectionMode": Unknown("known only after apply")})
    assert ("unknown", "known only after apply") == (found.effect, found.reason)


@pytest.mark.parametrize(("tag", "name"), [("trust", "tags[trust]"), (Unknown("after apply"), None)])
def test_a_computed_field_is_named(tag: object, name: str | None) -> None:
    """Where the definition computes the name of a field, the trace says which one it was, as far as it is known."""
    declared = {"tag": {"type": "String"}}
    rule = {"if": {"field": "[concat('tags[', parameters('tag'), ']')]", "exists": False}, "then": {"effect": "audit"}}
    policy = compile_policy({"properties": {"mode": "All", "parameters": declared, "policyRule": rule}})
    (found,) = policy.evaluate({"type": TYPE, "properties": {}}, {"tag": tag}).trace
    assert ("[concat('tags[', parameters('tag'), ']')]", name) == (found.expression, found.field_name)


def test_a_written_field_has_no_computed_name() -> None:
    """Its expression is its name."""
    assert [None] == [each.field_name for each in evaluated(MODE).trace]


def test_a_secret_with_a_computed_name_is_not_shown() -> None:
    """The name that counts is the one on this resource."""
    condition = {"field": f"[concat('{TYPE}/shared', 'Key')]", "exists": True}
    (found,) = evaluated(condition, {"sharedKey": "planted-" + "key"}).trace
    assert "***" == found.expression_value
