"""What people see of an evaluation holds no secret, in whatever way a rule reads it; what a caller may apply is left as it is."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from s2sguard.azure_policy import Evaluation, compile_policy
from s2sguard.azure_policy.language.effects.changes import apply_changes
from s2sguard.azure_policy.language.masking import HIDDEN, Mask, disguised
from s2sguard.model.value import Unknown

TYPE = "Microsoft.Network/connections"
SECRET = "Planted-" + "Key-7781"
SHORT = "k" + "7!"
FORMS = [SECRET, SECRET.upper(), SECRET.lower(), SECRET[:8], SECRET[8:], SECRET[::-1], base64.b64encode(SECRET.encode()).decode()]
KEY = f"field('{TYPE}/sharedKey')"
ALIASES = [{"name": f"{TYPE}/weight", "defaultPath": "properties.sharedKey", "paths": []}]
RESOURCE: dict[str, Any] = {
    "type": TYPE,
    "name": "to-red",
    "tags": {"note": f"the key is {SECRET}", "copy": SECRET},
    "properties": {"sharedKey": SECRET, "connectionMode": "Default", "peers": [{"id": 1, "PSK": SECRET}]},
}


def evaluated(condition: object, effect: str = "audit", details: object = None, /, **options: Any) -> Evaluation:
    """Evaluate a rule on the resource with the key."""
    then = {"effect": effect} if details is None else {"effect": effect, "details": details}
    aliases = options.pop("aliases", None)
    declared = {name: {"type": "Array" if isinstance(value, list) else "String"} for name, value in options.get("parameters", {}).items()}
    document = {"mode": "All", "parameters": declared, "policyRule": {"if": condition, "then": then}}
    return compile_policy(document, aliases).evaluate(options.pop("resource", RESOURCE), **options)


def shown(evaluation: Evaluation) -> str:
    """Return everything of an evaluation that is made for people."""
    return "\n".join([*map(str, evaluation.trace), repr(evaluation.trace), json.dumps(evaluation.masked.details), repr(evaluation)])


def leaked(text: str) -> list[str]:
    """Return the forms of the key that a text holds."""
    return [form for form in FORMS if form in text]


@pytest.mark.parametrize(
    ("condition", "options"),
    [
        ({"value": "x", "notEquals": f"[{KEY}]"}, {}),
        ({"value": "x", "notIn": f"[createArray('a', {KEY})]"}, {}),
        ({"field": f"{TYPE}/sharedKey", "equals": SECRET}, {}),
        ({"field": f"{TYPE}/sharedKey", "like": f"{SECRET[:8]}*"}, {}),
        ({"field": "[parameters('p')]", "notEquals": "x"}, {"parameters": {"p": f"{TYPE}/sharedKey"}}),
        ({"value": "[toUpper(field(parameters('p')))]", "notEquals": "x"}, {"parameters": {"p": f"{TYPE}/sharedKey"}}),
        ({"value": "[substring(field(parameters('p')), 0, 8)]", "notEquals": "x"}, {"parameters": {"p": f"{TYPE}/sharedKey"}}),
        ({"value": "[base64(field(concat('Microsoft.Network/connections/shared', 'Key')))]", "notEquals": "x"}, {}),
        ({"field": f"[concat('tags[', {KEY}, ']')]", "exists": False}, {}),
        ({"field": f"{TYPE}/weight", "notEquals": "x"}, {"aliases": ALIASES}),
        ({"value": f"[base64(field('{TYPE}/weight'))]", "notEquals": "x"}, {"aliases": ALIASES}),
        ({"value": "[string(field('properties'))]", "notEquals": "x"}, {}),
        ({"value": "[items(field('properties'))]", "notEquals": "x"}, {}),
        ({"value": "[createObject(field(concat('Microsoft.Network/connections/shared', 'Key')), 1)]", "notEquals": "x"}, {}),
        ({"field": "tags", "exists": True}, {}),
        ({"field": "tags.note", "exists": True}, {}),
        ({"value": "[parameters('secret')]", "notEquals": "x"}, {"parameters": {"secret": SECRET}, "resource": {"type": TYPE}}),
        ({"value": "x", "notEquals": "[concat('a', parameters('secret'))]"}, {"parameters": {"secret": SECRET}}),
        ({"value": f"[contains('{SECRET}', 'x')]", "equals": False}, {}),
    ],
)  # fmt: skip
def test_a_trace_holds_no_secret(condition: dict[str, Any], options: dict[str, Any]) -> None:
    """By its field, through a parameter, an alias or another value; as a whole, in part or in another form; as value or target."""
    found = evaluated(condition, **options)
    assert ("audit", []) == (found.effect, leaked(shown(found)))


def modify(**operation: object) -> tuple[str, object]:
    """Return a modify with one operation."""
    return "modify", {"roleDefinitionIds": ["/r"], "operations": [{"operation": "addOrReplace", "field": "tags.x"} | operation]}


DEPLOYED = {"psk": {"value": f"[{KEY}]"}, "other": {"value": f"[concat('z-', {KEY})]"}}
DEPLOYMENT = {"properties": {"mode": "incremental", "template": {}, "parameters": DEPLOYED}}


@pytest.mark.parametrize(
    ("effect", "details"),
    [
        modify(value=f"[{KEY}]"),
        modify(value=f"[toLower({KEY})]"),
        modify(field=f"[concat('tags[', {KEY}, ']')]", value="x"),
        ("append", [{"field": f"{TYPE}/sharedKey", "value": SECRET}]),
        ("append", [{"field": f"{TYPE}/x", "value": "[field('properties')]"}]),
        ("auditIfNotExists", {"type": "Contoso/x", "name": f"[base64({KEY})]"}),
        ("deployIfNotExists", {"type": "Contoso/x", "roleDefinitionIds": ["/r"], "deployment": DEPLOYMENT}),
    ],
)
def test_masked_details_hold_no_secret(effect: str, details: object) -> None:
    """Operations, appended fields, the name that is looked for, the parameters of a deployment."""
    found = evaluated({"field": "type", "equals": TYPE}, effect, details)
    assert (effect, []) == (found.effect, leaked(shown(found)))


def test_details_are_real_so_that_they_can_be_applied() -> None:
    """What modify does with a key is in `details`; the same with `***` is in `masked`, where all else stays."""
    details = {
        "roleDefinitionIds": ["/r"],
        "operations": [{"operation": "addOrReplace", "field": "tags.x", "value": f"[concat('z', {KEY})]"}],
    }
    found = evaluated({"field": "type", "equals": TYPE}, "modify", details)
    changed = apply_changes(RESOURCE, found.details)
    assert f"z{SECRET}" == changed["tags"]["x"]
    operations = [{"operation": "addOrReplace", "field": "tags.x", "value": HIDDEN}]
    assert {"operations": operations, "conflictEffect": "deny", "roleDefinitionIds": ["/r"]} == found.masked.details
    assert found.masked.details == found.masked.masked.details


def test_a_short_secret_is_not_shown_either() -> None:
    """A key of three characters is hidden where it comes from the key, and does not tear holes into other texts."""
    resource = {"type": TYPE, "name": f"a{SHORT}b", "properties": {"sharedKey": SHORT}}
    condition = {"allOf": [{"value": f"[concat('z', {KEY})]", "exists": True}, {"field": "name", "exists": True}]}
    one, two = evaluated(condition, resource=resource).trace
    assert (HIDDEN, f"a{SHORT}b") == (one.expression_value, two.expression_value)


def test_what_is_no_secret_is_shown() -> None:
    """Of an object with a key all other members stay, and the result of a condition is always told."""
    (one,) = evaluated({"field": "properties", "exists": True}).trace
    expected = {"sharedKey": HIDDEN, "connectionMode": "Default", "peers": [{"id": 1, "PSK": HIDDEN}]}
    assert (expected, True) == (one.expression_value, one.result)


def test_an_unknown_secret_stays_unknown() -> None:
    """A key that was not read is told as such, not as one that is hidden."""
    resource = {"type": TYPE, "properties": {"sharedKey": Unknown("secrets are not read")}}
    found = evaluated({"field": f"{TYPE}/sharedKey", "equals": "x"}, resource=resource)
    assert ("unknown", None, "secrets are not read") == (found.effect, found.trace[0].expression_value, found.trace[0].unknown)


def test_a_resource_without_secrets_is_looked_at_once() -> None:
    """Nothing is copied where nothing has to be hidden."""
    plain = {"type": TYPE, "tags": {"a": "b"}, "properties": {"connectionMode": "Default", "list": [1, None, True]}}
    assert disguised(plain) is plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"sharedKey": "abc-XYZ-129"}, {"sharedKey": "bcd_YZA_230"}),
        ({"token": 7, "tokens": [None, True, "0"]}, {"token": 8, "tokens": [None, True, "1"]}),
        ({"name": "DB_PASSWORD", "value": "a"}, {"name": "DB_PASSWORD", "value": "b"}),
        ({"sharedKey": "==="}, {"sharedKey": "xxx"}),
        ({"a": ["password=abc"]}, {"a": ["qbttxpse=bcd"]}),
    ],
)
def test_other_secrets_have_the_same_form(value: object, expected: object) -> None:
    """Length and kinds of characters stay, so that what works with the one works with the other."""
    assert expected == disguised(value)


@pytest.mark.parametrize(
    "value",
    [
        {"field": f"{TYPE}/sharedKey", "equals": SECRET},
        {"value": f"[{KEY}]", "in": [SECRET]},
        {"field": f"{TYPE}/sharedKey", "value": SECRET},
        {"parameters": {"psk": {"defaultValue": SECRET}}},
        {"a": f"-----BEGIN PRIVATE KEY-----{SECRET}"},
    ],
)
def test_a_mask_hides_what_names_a_secret(value: object) -> None:
    """A literal that is compared with a key, or set as one, is as good as the key."""
    assert SECRET not in json.dumps(Mask().value(value))


def test_values_nested_without_end_are_hidden_whole() -> None:
    """A resource too deep to be looked through gives nothing away."""
    deep: Any = SECRET
    for _ in range(5_000):
        deep = {"a": deep}
    details = [{"field": "tags.x", "value": f"[{KEY}]"}]
    found = evaluated({"field": "type", "equals": TYPE}, "append", details, resource={**RESOURCE, "deep": deep})
    assert ({"fields": HIDDEN}, ()) == (found.masked.details, found.trace)
