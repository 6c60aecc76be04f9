"""No `s2sguard policy` command repeats a key that was planted in what it reads, in any of its formats."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s2sguard.azure_policy.deploy.compare import Change
from s2sguard.cli.policy.casing import one_casing
from s2sguard.cli.policy.masking import shown_changes
from s2sguard.collect.secrets import CASE_TWICE
from tests.unit.cli_estate import lab
from tests.unit.conftest import Ran, Run

TYPE = "Microsoft.Network/connections"
SECRET = "Planted-" + "Key-7781"
FORMS = [SECRET, SECRET.upper(), SECRET.lower(), SECRET[:8], SECRET[8:], base64.b64encode(SECRET.encode()).decode()]
KEY = f"field('{TYPE}/sharedKey')"
Put = Callable[[str, object], Path]


def leaked(ran: Ran) -> list[str]:
    """Return the forms of the key that a command printed."""
    return [form for form in FORMS if form in ran.out + ran.err]


def definition(condition: object, effect: str = "audit", details: object = None) -> dict[str, Any]:
    """Return a definition with parameters for the name of a field and for keys."""
    parameters = {"p": {"type": "String", "defaultValue": f"{TYPE}/sharedKey"}, "keys": {"type": "Array", "defaultValue": ["a"]}}
    then = {"effect": effect} if details is None else {"effect": effect, "details": details}
    return {"name": "one", "properties": {"mode": "All", "parameters": parameters, "policyRule": {"if": condition, "then": then}}}


IS_CONNECTION = {"field": "type", "equals": TYPE}
COUNTED = {"field": f"{TYPE}/sharedKey", "contains": "[current('k')]"}
DEPLOYED = {"psk": {"value": f"[{KEY}]"}, "other": {"value": f"[concat('z-', {KEY})]"}}
RULES = {
    "target": definition({"value": "x", "notEquals": f"[{KEY}]"}),
    "named by a parameter": definition({"field": "[parameters('p')]", "notEquals": "x"}),
    "read by a parameter": definition({"value": "[toUpper(field(parameters('p')))]", "notEquals": "x"}),
    "literal": definition({"field": f"{TYPE}/sharedKey", "in": [SECRET, "other"]}),
    "alias": definition({"field": f"{TYPE}/weight", "notEquals": "x"}),
    "text": definition({"value": "[string(field('tags'))]", "notEquals": "x"}),
    "count of the key": definition({"count": {"value": f"[createArray({KEY})]", "name": "k"}, "greater": 0}),
    "count of parts": definition({"count": {"value": "[parameters('keys')]", "name": "k", "where": COUNTED}, "greater": 0}),
    "copy": definition({"field": "tags.note", "exists": True}),
    "modify": definition(
        IS_CONNECTION,
        "modify",
        {"roleDefinitionIds": ["/r"], "operations": [{"operation": "addOrReplace", "field": "tags[x]", "value": f"[base64({KEY})]"}]},
    ),
    "append": definition(IS_CONNECTION, "append", [{"field": f"{TYPE}/sharedKey", "value": SECRET}]),
    "name": definition(IS_CONNECTION, "auditIfNotExists", {"type": "Contoso/x", "name": f"[{KEY}]"}),
    "deployment": definition(
        IS_CONNECTION,
        "deployIfNotExists",
        {
            "type": "Contoso/x",
            "roleDefinitionIds": ["/r"],
            "deployment": {"properties": {"mode": "incremental", "template": {}, "parameters": DEPLOYED}},
        },
    ),
    "failure": definition({"value": f"[int({KEY})]", "equals": 1}),
}
CONNECTION = {
    "type": TYPE,
    "name": "to-red",
    "tags": {"note": f"key: {SECRET}", "sharedKey": SECRET},
    "properties": {"connectionType": "IPsec", "sharedKey": SECRET},
}


def planted() -> list[dict[str, Any]]:
    """Return the estate of the lab with a key in every connection, and copies of it."""
    nodes = lab(1)
    for node in nodes:
        if node["type"].lower() == TYPE.lower():
            node["properties"] |= {"sharedKey": SECRET, "authorizationKey": SECRET}
            node["tags"] = {**(node.get("tags") or {}), "sharedKey": SECRET}
    return nodes


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize("name", RULES)
def test_policy_test_prints_no_secret(run: Run, put: Put, name: str, form: str) -> None:
    """Whatever way a rule reads the key: trace, counted members, details and reason leave it out."""
    given = ("--definition", put("d.json", RULES[name]), "--resource", put("r.json", CONNECTION), "--format", form)
    aliases = [
        *(f"{TYPE}/{each}" for each in ("sharedKey", "connectionType")),
        {"name": f"{TYPE}/weight", "defaultPath": "properties.sharedKey"},
    ]
    keys = put("p.json", {"keys": [SECRET, SECRET[:8], "z"]})
    ran = run("policy", "test", *given, "--aliases", put("a.json", aliases), "--parameters", keys)
    assert (True, []) == (ran.code in {1, 3} and "to-red" in ran.out, leaked(ran))


@pytest.mark.parametrize("form", ["table", "json"])
def test_policy_test_prints_no_secret_of_a_related_resource(run: Run, put: Put, form: str) -> None:
    """What an IfNotExists effect finds holds keys as well."""
    looks = definition(IS_CONNECTION, "auditIfNotExists", {"type": "Contoso/x", "existenceCondition": {"field": "name", "equals": "none"}})
    related = put("s.json", [{"type": "Contoso/x", "name": SECRET, "properties": {"password": SECRET}}])
    given = ("--definition", put("d.json", looks), "--resource", put("r.json", CONNECTION), "--related", related, "--format", form)
    ran = run("policy", "test", *given)
    assert (1, []) == (ran.code, leaked(ran))


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize("name", RULES)
def test_policy_check_prints_no_secret(run: Run, put: Put, name: str, form: str) -> None:
    """An inventory is read without its keys, and what a parameter holds stays out as well."""
    rule = put("d.json", RULES[name])
    ran = run("policy", "check", put("a.json", {"value": planted()}), "--definition", rule, "--format", form)
    assert (True, []) == (bool(ran.out), leaked(ran) if name not in {"literal", "append"} else [])


@pytest.mark.parametrize("form", ["table", "json"])
def test_our_own_check_prints_no_secret(run: Run, put: Put, form: str) -> None:
    """The initiative on an estate with keys in every connection."""
    ran = run("policy", "check", put("a.json", {"value": planted()}), "--format", form)
    assert (1, []) == (ran.code, leaked(ran))


@pytest.mark.parametrize("form", ["table", "json"])
def test_lint_prints_no_secret(run: Run, put: Put, form: str) -> None:
    """A problem names its place, not the literal that stands there."""
    wrong = definition({"field": f"{TYPE}/sharedKey", "equal": SECRET, "like": f"{SECRET}*{SECRET}*"})
    ran = run("policy", "lint", put("d.json", wrong), "--format", form)
    assert (1, []) == (ran.code, leaked(ran))


def test_parameters_and_drift_print_no_secret(run: Run, put: Put) -> None:
    """What is compiled from facts has no keys, and a key somebody assigned is not repeated."""
    estate = put("a.json", {"value": planted()})
    parameters = run("policy", "parameters", estate)
    assert (True, []) == (bool(parameters.out), leaked(parameters))
    document = parameters.json
    for one in document["assignments"]:
        one["parameters"]["sharedKey"] = SECRET
    for form in ("table", "json"):
        drift = run("policy", "drift", put("p.json", document), estate, "--format", form)
        assert (True, []) == (bool(drift.out + drift.err), leaked(drift))


@pytest.mark.parametrize(
    ("pointer", "before", "after"),
    [
        ("/parameters/sharedKey", {"value": SECRET}, None),
        ("/parameters/sharedKey/value", SECRET, "other"),
        ("/parameters/psk/defaultValue", None, SECRET),
        ("/parameters/all/value", {"a": [{"password": SECRET}]}, {}),
        ("/policyRule/if", {"field": f"{TYPE}/sharedKey", "equals": SECRET}, {"field": "type", "equals": "x"}),
        ("/policyRule/then/details", [{"field": f"{TYPE}/sharedKey", "value": SECRET}], None),
        ("/description", f"AccountKey={SECRET}", "Only Azure dials"),
    ],
)
def test_a_plan_shows_that_a_secret_changes_and_not_the_secret(pointer: str, before: object, after: object) -> None:
    """The pointer stays, a value that is missing stays missing, and what is no secret is shown."""
    (found,) = shown_changes([Change(pointer=pointer, before=before, after=after)])
    assert (pointer, before is None, after is None) == (found.pointer, found.before is None, found.after is None)
    assert SECRET not in str(found)


def test_a_plan_puts_changes_of_one_condition_together() -> None:
    """A literal beside a field that became the key, and a copy of a key elsewhere in the object, are hidden too."""
    changes = [
        Change(pointer="/policyRule/if/field", before=f"{TYPE}/sharedKey", after="type"),
        Change(pointer="/policyRule/if/equals", before=SECRET, after="x"),
        Change(pointer="/parameters/token", before="another-Key", after=None),
        Change(pointer="/description", before="the token is another-Key", after="text"),
    ]
    _, literal, _, description = shown_changes(changes)
    assert ("***", "the token is ***", "text") == (literal.before, description.before, description.after)


def test_names_in_two_casings_are_no_answer(run: Run, put: Put) -> None:
    """Azure reads names in any casing: which of two values counts is not known, and `policy check` says the same."""
    properties = {"connectionType": "IPsec", "connectionMode": "InitiatorOnly", "CONNECTIONMODE": "Default"}
    path = put("r.json", {"type": TYPE, "name": "x", "properties": properties})
    ran = run("policy", "test", "--definition", "S2S-IKE-001", "--resource", path)
    assert (3, True) == (ran.code, "written twice in different casing, with different values" in ran.out)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": 1, "A": 1, "b": {"C": [{"x": 1, "X": 2}]}}, {"a": 1, "b": {"C": [{"x": CASE_TWICE}]}}),
        ({"a": True, "A": 1}, {"a": CASE_TWICE}),
        ({"a": {"b": 1}, "A": {"B": 1}}, {"a": CASE_TWICE}),
        ([{"a": None}], [{"a": None}]),
    ],
)
def test_one_member_for_each_name(value: object, expected: object) -> None:
    """Equal values are one value, different ones are `Unknown`, at any depth."""
    assert expected == one_casing(value)
