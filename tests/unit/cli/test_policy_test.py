"""`s2sguard policy test`: one definition on one resource, its exit codes and what it prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s2sguard.azure_policy.language.outcome import EFFECTS, LEGACY_EFFECTS
from s2sguard.cli.policy.test import CONSEQUENCES, UNCHANGED
from tests.unit.conftest import Ran, Run

TYPE = "Microsoft.Network/connections"
MODE = f"{TYPE}/connectionMode"
CONNECTION: dict[str, Any] = {"type": TYPE, "name": "to-red", "properties": {"connectionType": "IPsec", "connectionMode": "Default"}}
NOT_INITIATOR = {"allOf": [{"field": "type", "equals": TYPE}, {"field": MODE, "notEquals": "InitiatorOnly"}]}
SECRET = "planted-" + "key"
Put = Callable[[str, object], Path]


def rule(condition: object = NOT_INITIATOR, effect: object = "deny", **then: object) -> dict[str, Any]:
    """Return a bare rule."""
    return {"if": condition, "then": {"effect": effect, **then}}


def parameterised(**more: object) -> dict[str, Any]:
    """Return a definition with an effect parameter."""
    effect = {"type": "String", "allowedValues": ["Audit", "Deny", "Disabled"], "defaultValue": "Audit"}
    metadata = {"version": "1.0.0", "category": "Network", "nonComplianceMessage": "set the mode to InitiatorOnly"}
    properties = {"displayName": "Only Azure dials", "mode": "All", "metadata": metadata, "parameters": {"effect": effect, **more}}
    return {"name": "one", "properties": {**properties, "policyRule": rule(effect="[parameters('effect')]")}}


@pytest.fixture
def judge(run: Run, put: Put) -> Callable[..., Ran]:
    """Return a function that tests a definition on a resource, both as JSON, with more arguments."""

    def judged(definition: object, resource: object = CONNECTION, *more: str | Path) -> Ran:
        return run("policy", "test", "--definition", put("d.json", definition), "--resource", put("r.json", resource), *more)

    return judged


@pytest.mark.parametrize(
    ("definition", "code", "head"),
    [
        (rule(), 1, "DENY  to-red  Microsoft.Network/connections"),
        (rule(effect="audit"), 1, "AUDIT  to-red"),
        (rule(effect="disabled"), 0, "DISABLED  to-red"),
        (rule({"field": "type", "equals": "Contoso/other"}), 0, "NO EFFECT  to-red"),
        (rule(effect="manual", details={"defaultState": "Unknown"}), 0, "MANUAL  to-red"),
        (rule({"field": "tags.owner", "exists": False}, "append", details=[{"field": "tags.owner", "value": "net"}]), 1, "APPEND  to-red"),
        (rule(effect="auditIfNotExists", details={"type": "Contoso/other"}), 1, "AUDITIFNOTEXISTS  to-red"),
        (rule(effect="denyAction", details={"actionNames": ["delete"]}), 1, "DENYACTION  to-red"),
        (rule({"value": "[substring('a', 9)]", "equals": "a"}), 3, "ERROR  to-red"),
        (parameterised(), 1, "AUDIT  to-red"),
    ],
    ids=lambda value: value.split()[0].lower() if isinstance(value, str) else "",
)
def test_each_effect_has_its_head_and_exit_code(judge: Callable[..., Ran], definition: object, code: int, head: str) -> None:
    """0 lets through, 1 has an effect, 3 has no answer; the first line says which."""
    ran = judge(definition)
    assert (code, True, "") == (ran.code, ran.out.startswith(head), ran.err)


@pytest.mark.parametrize(
    ("effect", "conflict", "so"),
    [("append", None, "deny"), ("modify", None, "deny"), ("modify", "deny", "deny"), ("modify", "audit", "-"), ("modify", "disabled", "-")],
)
def test_a_change_that_cannot_be_made(judge: Callable[..., Ran], effect: str, conflict: str | None, so: str) -> None:
    """It is a refusal, or with `conflictEffect` audit or disabled no change at all; never a change."""
    change: dict[str, object] = {"field": f"{TYPE}/connectionMode", "value": "Other"}
    details: object = [change]
    if effect == "modify":
        roles = ["/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7"]
        details = {"roleDefinitionIds": roles, "operations": [{"operation": "add", **change}]}
        details |= {} if conflict is None else {"conflictEffect": conflict}
    out = " ".join(judge(rule(effect=effect, details=details)).out.split())
    assert f" so {CONSEQUENCES['deny'] if so == 'deny' else UNCHANGED}" in out
    assert CONSEQUENCES[effect] not in out


def test_every_effect_has_its_consequence() -> None:
    """None is left to the line for what lets a resource through."""
    assert {*EFFECTS, *LEGACY_EFFECTS, "error", "unknown"} == set(CONSEQUENCES)


def test_the_deciding_condition_is_shown_with_its_value(judge: Callable[..., Ran]) -> None:
    """The field, what it is, what the rule asks, and whether that holds."""
    out = judge(rule()).out
    assert 'yes  connectionMode: "Default"  (asks: is not "InitiatorOnly")' in out
    assert "Azure refuses the request (403, RequestDisallowedByPolicy)" in out


def test_what_to_do_is_the_definitions_own_message(judge: Callable[..., Ran]) -> None:
    """A definition that says what to set is quoted; where nothing is wrong, nothing is to be done."""
    assert "  to do       set the mode to InitiatorOnly\n" in judge(parameterised()).out
    assert "to do" not in judge(parameterised(), CONNECTION | {"properties": {"connectionMode": "InitiatorOnly"}}).out


def test_the_effect_can_be_chosen(judge: Callable[..., Ran]) -> None:
    """`--effect` sets the parameter, in any casing, and is passed on in the one that the definition declares."""
    assert judge(parameterised(), CONNECTION, "--effect", "Deny").out.startswith("DENY")
    assert judge(parameterised(), CONNECTION, "--effect", "deny").out.startswith("DENY")
    lower = {"effect": {"type": "String", "allowedValues": ["audit", "deny"], "defaultValue": "audit"}}
    assert judge(parameterised(**lower), CONNECTION, "--effect", "Deny").out.startswith("DENY")


def test_an_effect_that_is_not_allowed_is_told_with_those_that_are(judge: Callable[..., Ran], put: Put) -> None:
    """The problem goes by what was typed, and names the values; in a file the casing counts, as it does in Azure."""
    wrong = judge(parameterised(), CONNECTION, "--effect", "dney")
    assert (2, True) == (
        wrong.code,
        "--effect dney: `effect`: " in wrong.err and "case: Audit, Deny, Disabled" in " ".join(wrong.err.split()),
    )
    assert "hint: did you mean `Deny`?" in wrong.err
    path = put("p.json", {"effect": "deny"})
    filed = judge(parameterised(), CONNECTION, "--parameters", path)
    assert (2, True) == (filed.code, f"{path}: `effect`: " in filed.err and "did you mean `Deny`?" in filed.err)


def test_an_effect_that_is_no_parameter_cannot_be_chosen(judge: Callable[..., Ran]) -> None:
    """`--effect` on a definition without that parameter would change nothing, so it is refused."""
    ran = judge(rule(), CONNECTION, "--effect", "Audit")
    assert (2, "has no parameter `effect`" in ran.err) == (ran.code, True)


@pytest.mark.parametrize(
    "shape", [{"mode": "Default"}, {"mode": {"value": "Default"}}, {"$schema": "x", "parameters": {"mode": {"value": "Default"}}}]
)
def test_parameters_come_in_any_usual_shape(judge: Callable[..., Ran], put: Put, shape: object) -> None:
    """Plain values, wrapped ones, and a parameter file."""
    definition = parameterised(mode={"type": "String"})
    definition["properties"]["policyRule"]["if"] = {"field": MODE, "equals": "[parameters('mode')]"}
    assert judge(definition, CONNECTION, "--parameters", put("p.json", shape)).code == 1


def test_every_missing_parameter_is_named(judge: Callable[..., Ran]) -> None:
    """What a definition needs and did not get is said at once, all of it."""
    ran = judge(parameterised(one={"type": "String"}, two={"type": "Array"}))
    assert (2, ["`one`", "`two`"]) == (ran.code, [name for name in ("`one`", "`two`") if name in ran.err])


def test_every_problem_of_a_definition_is_told_with_its_place(judge: Callable[..., Ran]) -> None:
    """`file#/pointer: message`, and a hint where there is one."""
    ran = judge(
        {"if": {"allOf": [{"field": "type", "equal": "x"}, {"value": "[reference('x')]", "equals": 1}]}, "then": {"effect": "deny"}}
    )
    assert (2, "") == (ran.code, ran.out)
    assert "d.json#/if/allOf/0/equal: " in ran.err
    assert "hint: did you mean `equals`" in ran.err
    assert "d.json#/if/allOf/1/value: " in ran.err


def test_problems_are_json_when_asked(judge: Callable[..., Ran]) -> None:
    """A machine gets the problems where it would get the results."""
    ran = judge({"if": {"field": "type", "equal": "x"}, "then": {"effect": "deny"}}, CONNECTION, "--format", "json")
    assert (2, "/if") == (ran.code, ran.json["problems"][0]["pointer"][:3])


def test_the_answer_is_json_when_asked(judge: Callable[..., Ran]) -> None:
    """Effect, details and the trace with the names that Azure's compliance reasons have."""
    found = judge(rule(), CONNECTION, "--format", "json").json["results"][0]
    assert ("deny", False, {"type": TYPE, "name": "to-red"}) == (found["effect"], found["compliant"], found["resource"])
    expected = {
        "pointer": "/if/allOf/1",
        "expressionKind": "Field",
        "expression": MODE,
        "expressionValue": "Default",
        "operator": "notEquals",
        "targetValue": "InitiatorOnly",
        "result": True,
    }
    assert expected == found["trace"][1]


def test_a_list_of_resources_is_tested_one_by_one(judge: Callable[..., Ran]) -> None:
    """The worst outcome decides the exit code; what has no effect is only named."""
    good = {**CONNECTION, "name": "fine", "properties": {"connectionMode": "InitiatorOnly"}}
    ran = judge(rule(), {"value": [good, CONNECTION]})
    assert (1, True, True) == (ran.code, ran.out.startswith("DENY  to-red"), "NO EFFECT  on 1 resource: fine" in ran.out)


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ("{", "not JSON"),
        ([], "holds no resource"),
        ([1], "holds no resource"),
        ({"planned_values": {}}, "is a Terraform plan"),
        ({}, "holds no resource: it has no `type`"),
        ({"name": "x", "properties": {}}, "holds no resource: it has no `type`"),
        ({"type": "", "name": "x"}, "holds no resource: it has no `type`"),
        ({"type": "[parameters('t')]", "name": "x"}, "holds no resource: it has no `type`"),
        ([CONNECTION, {"name": "x"}], "number 2 in"),
        ({"contentVersion": "1.0.0.0", "resources": [CONNECTION]}, "is an ARM template"),
        ({"$schema": "https://x/2019-04-01/deploymentTemplate.json#", "resources": {"a": CONNECTION}}, "is an ARM template"),
        ({"changes": [{"changeType": "Create", "after": CONNECTION}]}, "is a what-if result"),
    ],
)
def test_an_input_without_resources_is_no_answer(judge: Callable[..., Ran], resource: object, message: str) -> None:
    """What cannot be judged ends with 3 and never with 0."""
    ran = judge(rule(), resource)
    assert (3, "", True) == (ran.code, ran.out, message in ran.err)


@pytest.mark.parametrize("definition", ["{", [], "1"])
def test_a_definition_that_is_none_is_a_usage_error(judge: Callable[..., Ran], definition: object) -> None:
    """A definition that cannot be read is part of the question, not of the input."""
    assert judge(definition).code == 2


@pytest.mark.parametrize("name", ["S2S-IKE-001", "s2s-ike-001", "initiator_only"])
def test_ours_are_found_by_control(run: Run, put: Put, name: str) -> None:
    """A control's id in any casing, or its folder, names its definition."""
    ran = run("policy", "test", "--definition", name, "--resource", put("r.json", CONNECTION))
    assert (1, "S2S-IKE-001" in ran.out) == (ran.code, True)


def test_a_control_that_is_none_is_refused_with_the_nearest(run: Run, put: Put) -> None:
    """A typing error is answered with what was probably meant."""
    ran = run("policy", "test", "--definition", "S2S-IKE-01", "--resource", put("r.json", CONNECTION))
    assert (2, "did you mean `S2S-IKE-001" in ran.err) == (ran.code, True)


def test_an_alias_that_is_not_confirmed_is_noted(judge: Callable[..., Ran]) -> None:
    """An alias that does not exist makes Azure ignore the rule: that is the first line, and there is no answer."""
    ran = judge(rule({"field": f"{TYPE}/conectionMode", "exists": False}))
    first, second = ran.out.splitlines()[:2]
    assert (3, "NOT CERTAIN: Azure ignores the whole rule if this alias does not exist:") == (ran.code, first)
    assert second.startswith(f"  {TYPE}/conectionMode (did you mean")
    assert "\n\nUNKNOWN  to-red  " in ran.out
    assert f"deny, if `{TYPE}/conectionMode` exists; if not, Azure ignores the whole rule" in " ".join(ran.out.split())


def test_a_rule_that_may_be_ignored_has_not_been_tested(judge: Callable[..., Ran]) -> None:
    """No effect is no effect either way, and still the pipeline is not green; `--aliases` settles it."""
    ran = judge(rule({"value": f"[field('{TYPE}/conectionMode')]", "equals": "x"}))
    assert (3, True, True) == (ran.code, "NOT CERTAIN" in ran.out, "NO EFFECT  to-red" in ran.out)
    ran = judge(rule({"field": f"{TYPE}/conectionMode", "exists": False}), CONNECTION, "--format", "json")
    assert (3, "unknown", False) == (ran.code, ran.json["results"][0]["effect"], ran.json["results"][0]["compliant"])
    assert f"`{TYPE}/conectionMode` is not among the confirmed aliases" in ran.json["warnings"][0]["message"]


def test_every_alias_that_is_not_confirmed_is_named_once(judge: Callable[..., Ran]) -> None:
    """Two aliases, one of them twice."""
    asked = [{"field": f"{TYPE}/{name}", "exists": False} for name in ("aMode", "bMode", "AMODE")]
    out = judge(rule({"allOf": asked})).out
    assert "if one of these aliases does not exist:" in out
    assert (1, 1) == (out.count(f"  {TYPE}/AMODE ("), out.count(f"  {TYPE}/bMode ("))
    assert "deny, if its aliases exist;" in out


def test_aliases_of_other_types_are_only_noted(judge: Callable[..., Ran]) -> None:
    """Of a storage account nothing is confirmed, so nothing is doubted."""
    storage = "Microsoft.Storage/storageAccounts"
    resource = {"type": storage, "name": "sa", "properties": {"supportsHttpsTrafficOnly": False}}
    ran = judge(rule({"field": f"{storage}/supportsHttpsTrafficOnly", "equals": False}), resource)
    said = f"note: aliases of `{storage}` are not checked (give the aliases that exist with --aliases)"
    assert (1, True, said) == (ran.code, ran.out.startswith("DENY  sa"), " ".join(ran.err.split()))


def test_an_alias_outside_of_the_if_block_is_noted(judge: Callable[..., Ran]) -> None:
    """What is documented is about `if`: elsewhere the answer stays and the alias is named."""
    details = {"type": TYPE, "existenceCondition": {"field": f"{TYPE}/conectionMode", "exists": True}}
    ran = judge(rule(effect="auditIfNotExists", details=details))
    assert (1, True, True) == (ran.code, ran.out.startswith("AUDITIFNOTEXISTS"), "is not among the confirmed aliases" in ran.err)


def test_notes_fit_the_width(judge: Callable[..., Ran]) -> None:
    """Notes and the lines above the answer are wrapped."""
    details = {"type": TYPE, "existenceCondition": {"field": f"{TYPE}/conectionMode", "exists": True}}
    condition = {"field": f"{TYPE}/conectionMode", "exists": False}
    ran = judge(rule(condition, effect="auditIfNotExists", details=details))
    assert [] == [line for line in (ran.out + ran.err).splitlines() if len(line) > 100]


def test_a_manual_rule_waits_and_stops_nothing(judge: Callable[..., Ran]) -> None:
    """Manual refuses nothing, so a pipeline goes on; what Azure waits for is said."""
    ran = judge(rule(effect="manual", details={"defaultState": "Unknown"}))
    assert (0, True) == (ran.code, "nothing is refused: Azure waits for an attestation" in ran.out)


def test_with_a_catalogue_a_wrong_alias_is_a_problem(judge: Callable[..., Ran], put: Put) -> None:
    """With `--aliases` what is not in the file does not exist."""
    catalogue = put("a.json", {MODE: "properties.connectionMode"})
    assert judge(rule(), CONNECTION, "--aliases", catalogue).code == 1
    assert judge(rule({"field": f"{TYPE}/other", "exists": False}), CONNECTION, "--aliases", catalogue).code == 2


@pytest.mark.parametrize("catalogue", ["{", {}, None])
def test_a_broken_catalogue_is_a_usage_error(judge: Callable[..., Ran], put: Put, tmp_path: Path, catalogue: object) -> None:
    """A catalogue that cannot be read, or is not there, is never taken for none."""
    path = tmp_path / "absent.json" if catalogue is None else put("a.json", catalogue)
    assert judge(rule(), CONNECTION, "--aliases", path).code == 2


def test_related_resources_and_context_come_from_files(judge: Callable[..., Ran], put: Put) -> None:
    """What an ...IfNotExists effect looks for, and what the request says, can be given."""
    definition = rule(effect="auditIfNotExists", details={"type": "Contoso/other"})
    assert judge(definition, CONNECTION, "--related", put("x.json", [{"type": "Contoso/other", "name": "it"}])).code == 0
    timed = rule({"value": "[utcNow()]", "less": "2020-01-01T00:00:00Z"})
    assert judge(timed, CONNECTION, "--context", put("c.json", {"utcNow": "2019-01-01T00:00:00Z"})).code == 1
    assert judge(timed, CONNECTION, "--context", put("c.json", {"utcNow": "2021-01-01T00:00:00Z"})).code == 0


def test_a_key_written_twice_is_unknown_in_a_resource_and_wrong_in_a_definition(judge: Callable[..., Ran]) -> None:
    """Readers disagree which of two values counts: no answer for a resource, a refusal for a definition."""
    twice = f'{{"type": "{TYPE}", "properties": {{"connectionMode": "Default", "connectionMode": "InitiatorOnly"}}}}'
    assert judge(rule(), twice).code == 3
    assert judge('{"if": {"field": "type", "field": "name", "equals": 1}, "then": {"effect": "deny"}}').code == 2


@pytest.mark.parametrize("form", ["table", "json"])
def test_no_secret_is_printed(judge: Callable[..., Ran], put: Put, form: str) -> None:
    """A rule may ask for a key; the answer does not repeat it."""
    resource = {**CONNECTION, "properties": {"sharedKey": SECRET, "nested": {"sharedKey": SECRET}}}
    asked = [
        {"field": f"{TYPE}/sharedKey", "exists": True},
        {"field": f"{TYPE}/nested", "exists": True},
        {"value": "[field('name')]", "exists": True},
    ]
    definition = rule(
        {"allOf": asked}, "append", details=[{"field": f"{TYPE}/x", "value": "[field('Microsoft.Network/connections/nested')]"}]
    )
    catalogue = put("a.json", [f"{TYPE}/{name}" for name in ("sharedKey", "nested", "x")])
    ran = judge(definition, resource, "--format", form, "--aliases", catalogue)
    assert (1, False) == (ran.code, SECRET in ran.out + ran.err)


def test_hostile_names_cannot_act_on_the_terminal(judge: Callable[..., Ran]) -> None:
    """What a partner named a resource, or somebody a definition, is printed and does nothing."""
    evil = "x\x1b[2J\u202e\ny"
    definition = parameterised()
    definition["properties"] |= {"displayName": evil, "metadata": {"nonComplianceMessage": evil}}
    ran = judge(definition, {**CONNECTION, "name": evil, "properties": {"connectionMode": evil}})
    assert [] == [character for character in ("\x1b", "\u202e") if character in ran.out]
    assert ran.out.startswith("AUDIT  x\\x1b[2J\\u202e\\ny  ")


def test_an_effect_given_twice_is_refused(judge: Callable[..., Ran], put: Put) -> None:
    """Which of the two counts would be a guess."""
    ran = judge(parameterised(), CONNECTION, "--effect", "Deny", "--parameters", put("p.json", {"effect": "Audit"}))
    assert (2, "given twice" in ran.err) == (ran.code, True)


@pytest.mark.parametrize("flag", ["--definition", "--resource"])
def test_a_folder_is_refused(run: Run, put: Put, tmp_path: Path, flag: str) -> None:
    """One definition is tested on the resources of one file."""
    given = {"--definition": put("d.json", rule()), "--resource": put("r.json", CONNECTION)} | {flag: tmp_path}
    assert run("policy", "test", *(part for pair in given.items() for part in pair)).code in {2, 3}


def test_derived_parameters_of_several_assignments_are_refused(run: Run, put: Put) -> None:
    """Whose parameters they are to be has to be said."""
    one = {"name": "a", "scope": "/subscriptions/11111111-2222-3333-4444-555555555555", "parameters": {"partnerRanges": []}}
    path = put("p.json", {"assignments": [one, {**one, "name": "b"}]})
    ran = run("policy", "test", "--definition", "S2S-ISO-003/derived", "--resource", put("r.json", CONNECTION), "--parameters", path)
    assert (2, "holds 2 assignments" in ran.err) == (ran.code, True)


def test_a_template_expression_is_unknown(judge: Callable[..., Ran]) -> None:
    """The text of an expression is not the value it will have; one that is escaped is a text."""
    mode = "[parameters('mode')]"
    ran = judge(rule(), {**CONNECTION, "properties": {"connectionMode": mode}})
    assert (3, True, False) == (ran.code, ran.out.startswith("UNKNOWN  to-red"), mode in ran.out)
    assert "template expression without a value" in ran.out
    shown = judge(rule(), {**CONNECTION, "properties": {"connectionMode": mode}}, "--format", "json").json["results"][0]["trace"][-1]
    assert {"unknown"} == set(shown["expressionValue"])
    assert 1 == judge(rule(), {**CONNECTION, "properties": {"connectionMode": f"[{mode}"}}).code


@pytest.mark.parametrize(
    "other",
    [
        {"type": "microsoft.network/virtualNetworkGatewayConnections"},
        {"type": f"{TYPE}@2023-09-01"},
        {"id": f"/subscriptions/s/resourceGroups/g/providers/{TYPE}/to-red", "type": None},
        {"id": f"/subscriptions/s/resourceGroups/g/providers/{TYPE}/to-red", "type": "Microsoft.Network/vpnConnectionsV2"},
    ],
)
def test_a_type_goes_by_the_name_that_azure_knows(judge: Callable[..., Ran], other: dict[str, object]) -> None:
    """Another name of the type, or an id without it, is the same resource; `policy check` reads it so too."""
    ran = judge(rule(), CONNECTION | other)
    assert (1, True) == (ran.code, ran.out.startswith("DENY  to-red  Microsoft.Network/connections\n"))
