"""Assignments: which resources they are for, what is denied now, and which compliance state follows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.assignment.assignment import Assignment, AssignmentResult
from s2sguard.azure_policy.assignment.compliance import RANK, State, roll_up, state_of
from s2sguard.azure_policy.assignment.exemptions import Enrollment, Exemption
from s2sguard.azure_policy.assignment.initiative import Initiative, compile_initiative
from s2sguard.azure_policy.language.outcome import EFFECTS, LEGACY_EFFECTS, Evaluation
from s2sguard.azure_policy.language.policy import Policy
from s2sguard.model.value import Unknown

Json: TypeAlias = Any

KIND = "Contoso.Lab/links"
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-00000000000a"
GROUP = f"{SUBSCRIPTION}/resourceGroups/lab"
RESOURCE: dict[str, Any] = {
    "id": f"{GROUP}/providers/Contoso.Lab/links/one",
    "name": "one",
    "type": KIND,
    "location": "uksouth",
    "tags": {},
    "properties": {"mode": "Default"},
}
ID = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/hardening"
ROLES = ["/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7"]
NOW = datetime(2026, 6, 1, tzinfo=UTC)
IS_LINK = {"field": "type", "equals": KIND}
BAD: dict[str, Any] = {"allOf": [IS_LINK, {"field": f"{KIND}/mode", "notEquals": "Only"}]}
UNKNOWN = Unknown("after apply")


def policy(effect: str = "deny", condition: Json = BAD, details: Json = None, mode: str = "All", **properties: Json) -> Policy:
    """Return a compiled definition."""
    then = {"effect": effect} if details is None else {"effect": effect, "details": details}
    return compile_policy({"properties": {"mode": mode, "policyRule": {"if": condition, "then": then}, **properties}})


CHOICE = policy(
    "[parameters('effect')]",
    parameters={"effect": {"type": "String", "allowedValues": ["Audit", "Deny", "Disabled"], "defaultValue": "Audit"}},
)


def initiative(**policies: Policy) -> Initiative:
    """Return an initiative whose reference ids are the names given."""
    members = [{"policyDefinitionId": name, "policyDefinitionReferenceId": name} for name in policies]
    return compile_initiative({"policyDefinitions": members}, policies)


def assigned(target: Policy | Initiative, exemptions: Json = (), enrollments: Json = (), **properties: Json) -> Assignment:
    """Return an assignment on the subscription."""
    return Assignment.from_document(
        {"id": ID, "name": "hardening", "properties": properties}, target, exemptions=exemptions, enrollments=enrollments
    )


def exemption(scope: str = GROUP, **properties: Json) -> dict[str, Json]:
    """Return an exemption from the assignment."""
    whole = {"policyAssignmentId": ID, "exemptionCategory": "Mitigated", **properties}
    return {"id": f"{scope}/providers/Microsoft.Authorization/policyExemptions/agreed", "name": "agreed", "properties": whole}


def one(assignment: Assignment, resource: Json = RESOURCE, **call: Json) -> AssignmentResult:
    """Return the result of an assignment of one definition."""
    (result,) = assignment.evaluate(resource, **{"at": NOW, **call}).results
    return result


def selector(kind: str, *values: str, negated: bool = False) -> dict[str, Json]:
    """Return one condition of a selector."""
    return {"kind": kind, "notIn" if negated else "in": list(values)}


def selectors(*conditions: Json) -> list[Json]:
    """Return `resourceSelectors` with one entry."""
    return [{"name": "s", "selectors": list(conditions)}]


# -- which resources --

REACHED: list[tuple[Json, Json, str]] = [
    ({}, RESOURCE, ""),
    ({"scope": GROUP}, RESOURCE, ""),
    ({"scope": GROUP.upper()}, RESOURCE, ""),
    ({"scope": f"{SUBSCRIPTION}/resourceGroups/other"}, RESOURCE, "outside the scope"),
    ({}, {**RESOURCE, "id": "/subscriptions/b/resourceGroups/lab/providers/Contoso.Lab/links/one"}, "outside the scope"),
    ({}, {**RESOURCE, "id": UNKNOWN}, ""),
    ({}, {key: value for key, value in RESOURCE.items() if key != "id"}, ""),
    ({"notScopes": [GROUP]}, RESOURCE, "excluded by notScopes"),
    ({"notScopes": [RESOURCE["id"]]}, RESOURCE, "excluded by notScopes"),
    ({"notScopes": [f"{SUBSCRIPTION}/resourceGroups/other"]}, RESOURCE, ""),
    ({"notScopes": [GROUP]}, {**RESOURCE, "id": UNKNOWN}, ""),
    ({"resourceSelectors": selectors(selector("resourceLocation", "UK South"))}, RESOURCE, ""),
    ({"resourceSelectors": selectors(selector("resourceLocation", "ukwest"))}, RESOURCE, "not selected"),
    ({"resourceSelectors": selectors(selector("resourceLocation", "ukwest"))}, {**RESOURCE, "location": UNKNOWN}, ""),
    ({"resourceSelectors": selectors(selector("resourceType", KIND.upper(), negated=True))}, RESOURCE, "not selected"),
    ({"resourceSelectors": selectors(selector("resourceWithoutLocation", "subscriptionLevelResources"))}, RESOURCE, "not selected"),
    ({"resourceSelectors": [*selectors(selector("resourceLocation", "x")), *selectors(selector("resourceType", KIND))]}, RESOURCE, ""),
]


@pytest.mark.parametrize(("properties", "resource", "reason"), REACHED)
def test_which_resources_are_judged(properties: Json, resource: Json, reason: str) -> None:
    """Scope, notScopes and selectors; what cannot be told is judged."""
    found = one(assigned(policy(), **properties), resource)
    assert (reason in found.reason, not reason) == (True, found.denied)
    assert (None if reason else "NonCompliant") == found.state
    assert bool(reason) is (found.evaluation is None)


def test_management_groups_are_told_by_the_caller() -> None:
    """Without them a resource is taken to be in the assignment's, and not in an excluded one."""
    root = "/providers/Microsoft.Management/managementGroups/root"
    assignment = assigned(policy(), scope=root, notScopes=[root.replace("root", "sandbox")])
    states = [one(assignment, management_groups=groups).state for groups in (None, ["Root"], ["other"], ["root", "sandbox"])]
    assert ["NonCompliant", "NonCompliant", None, None] == states


SUBSCRIPTION_RESOURCE = {"id": SUBSCRIPTION, "type": "Microsoft.Resources/subscriptions", "name": "a"}
GROUP_RESOURCE = {"id": GROUP, "type": "Microsoft.Resources/subscriptions/resourceGroups", "name": "lab", "location": "uksouth"}
LOCATION = {"field": "location", "notIn": ["uksouth"]}
CHILD = {"id": RESOURCE["id"] + "/rules/a", "type": f"{KIND}/rules", "name": "one/a"}
APPLICABLE: list[tuple[Policy, Json, str | None]] = [
    # by type, name and kind
    (policy(), RESOURCE, "NonCompliant"),
    (policy(), {**RESOURCE, "properties": {"mode": "Only"}}, "Compliant"),
    (policy(), {**RESOURCE, "type": "Contoso.Lab/other"}, None),
    (
        policy(condition={"not": {"anyOf": [{"not": IS_LINK}, {"field": f"{KIND}/mode", "equals": "Only"}]}}),
        {**RESOURCE, "type": "x/y"},
        None,
    ),
    (policy(condition={"field": "name", "like": "x*"}), RESOURCE, "Compliant"),
    (policy(condition={"field": "kind", "equals": "v2"}), RESOURCE, "Compliant"),
    (policy(condition={"allOf": [IS_LINK, {"field": "kind", "equals": "v2"}]}), RESOURCE, "Compliant"),
    (policy(condition={"allOf": [*BAD["allOf"], {"field": "kind", "equals": "v2"}]}), RESOURCE, None),
    (policy(condition={"allOf": [*BAD["allOf"], {"field": "name", "equals": "two"}]}), RESOURCE, None),
    (policy(condition=LOCATION), RESOURCE, "Compliant"),
    # IfNotExists: by the whole `if` block
    (policy("auditIfNotExists", details={"type": f"{KIND}/rules"}), RESOURCE, "NonCompliant"),
    (policy("auditIfNotExists", details={"type": f"{KIND}/rules"}), {**RESOURCE, "properties": {"mode": "Only"}}, None),
    # by mode
    (policy(mode="Indexed"), RESOURCE, "NonCompliant"),
    (policy(mode="Indexed", condition={"field": "name", "exists": True}), CHILD, None),
    (policy(mode="All", condition={"field": "name", "exists": True}), CHILD, "NonCompliant"),
    (policy(mode="Indexed", condition={"field": "name", "exists": True}), GROUP_RESOURCE, None),
    (policy(condition={"field": "name", "exists": True}), GROUP_RESOURCE, "NonCompliant"),
    (policy(condition={"field": "name", "exists": True}), {**RESOURCE, "type": "Microsoft.Resources/deployments"}, None),
    # a rule on the location is for no subscription
    (policy(condition=LOCATION), SUBSCRIPTION_RESOURCE, None),
    (policy(condition={"field": "name", "exists": True}), SUBSCRIPTION_RESOURCE, "NonCompliant"),
]


@pytest.mark.parametrize(("target", "resource", "state"), APPLICABLE)
def test_which_resources_have_a_state(target: Policy, resource: Json, state: str | None) -> None:
    """Applicability is not compliance: only what a definition is for has a state (policy-applicability)."""
    found = one(assigned(target), resource)
    assert (state, state is not None) == (found.state, found.applicable)
    assert bool(found.reason) is not found.applicable


def test_a_type_that_is_not_known_is_applicable() -> None:
    """What is not known is judged, and is unknown."""
    assert ("Unknown", True) == ((found := one(assigned(policy()), {**RESOURCE, "type": UNKNOWN})).state, found.applicable)


# -- parameters --


def test_parameters_of_the_assignment_are_used() -> None:
    """Wrapped as Resource Manager has them; defaults where they are left out."""
    assert [False, True] == [one(assigned(CHOICE, parameters=given)).denied for given in ({}, {"effect": {"value": "Deny"}})]


def test_parameters_of_an_initiative_are_used() -> None:
    """They are passed on to its definitions."""
    source = {
        "parameters": {"all": {"type": "String"}},
        "policyDefinitions": [
            {"policyDefinitionId": "c", "policyDefinitionReferenceId": "c", "parameters": {"effect": {"value": "[parameters('all')]"}}}
        ],
    }
    target = compile_initiative(source, {"c": CHOICE})
    found = assigned(target, parameters={"all": {"value": "Deny"}}).evaluate(RESOURCE, at=NOW)
    assert (True, ("c",), "NonCompliant") == (found.denied, found.denied_by, found.state)


# -- enforcement --


@pytest.mark.parametrize(
    ("mode", "denied"), [("Default", True), ("default", True), (None, True), ("DoNotEnforce", False), ("Enroll", False)]
)
def test_only_an_enforced_assignment_denies(mode: str | None, denied: bool) -> None:  # noqa: FBT001
    """The resource is judged all the same."""
    found = one(assigned(policy(), **({} if mode is None else {"enforcementMode": mode})))
    assert (denied, "deny", "NonCompliant") == (found.denied, found.evaluation and found.evaluation.effect, found.state)


def test_enrolled_resources_are_enforced() -> None:
    """Mode Enroll, with an enrollment at or above the resource (enrollment-structure)."""
    where = [
        {"id": f"{scope}/providers/Microsoft.Authorization/policyEnrollments/w", "properties": {"policyAssignmentId": ID}}
        for scope in (GROUP, GROUP + "2")
    ]
    assert [True, False] == [one(assigned(policy(), enforcementMode="Enroll", enrollments=[each])).denied for each in where]


def test_exemptions_and_enrollments_can_be_read_before() -> None:
    """Documents or objects."""
    enrolled = Enrollment.from_document(
        {"id": f"{GROUP}/providers/Microsoft.Authorization/policyEnrollments/w", "properties": {"policyAssignmentId": ID}}
    )
    exempt = Exemption.from_document(exemption())
    assert one(assigned(policy(), enforcementMode="Enroll", enrollments=[enrolled])).denied
    assert one(assigned(policy(), [exempt])).state == "Exempt"


def test_a_failed_evaluation_denies_unless_not_enforced() -> None:
    """An implicit deny, which DoNotEnforce prevents (policy-rule, "Avoiding template failures")."""
    failing = policy("audit", {"value": "[substring(field('name'), 0, 9)]", "equals": "x"})
    assert [(True, "Error"), (False, "Error")] == [
        ((found := one(assigned(failing, enforcementMode=mode))).denied, found.state) for mode in ("Default", "DoNotEnforce")
    ]
    assert one(assigned(failing)).reason


def test_changes_are_made_where_they_are_enforced() -> None:
    """With DoNotEnforce the other definitions see the request as it came."""
    operations = [{"operation": "addOrReplace", "field": f"{KIND}/mode", "value": "Only"}]
    both = initiative(change=policy("modify", details={"roleDefinitionIds": ROLES, "operations": operations}), strict=policy())
    found = {mode: assigned(both, enforcementMode=mode).evaluate(RESOURCE, at=NOW) for mode in ("Default", "DoNotEnforce")}
    assert ["NonCompliant", "Compliant"] == [result.state for result in found["Default"].results]
    assert ["NonCompliant", "NonCompliant"] == [result.state for result in found["DoNotEnforce"].results]
    assert ["Only", "Default"] == [found[mode].resource["properties"]["mode"] for mode in found]
    assert not found["DoNotEnforce"].denied


# -- exemptions --


def test_an_exempt_resource_is_evaluated_and_not_denied() -> None:
    """Exempt as long as the exemption lasts, and only where the definition applies at all."""
    assignment = assigned(policy(), [exemption(expiresOn="2026-12-31T00:00:00Z")])
    found = one(assignment)
    assert ("Exempt", False, "agreed", "deny") == (found.state, found.denied, found.exemption, found.evaluation and found.evaluation.effect)
    assert ("NonCompliant", True, "") == ((late := one(assignment, at=datetime(2027, 1, 1, tzinfo=UTC))).state, late.denied, late.exemption)
    assert one(assignment, {**RESOURCE, "type": "Contoso.Lab/other"}).state is None


def test_an_exemption_can_be_from_some_definitions() -> None:
    """And from another assignment it is none."""
    both = initiative(a=policy(), b=policy())
    states = [result.state for result in assigned(both, [exemption(policyDefinitionReferenceIds=["B"])]).evaluate(RESOURCE, at=NOW).results]
    assert ["NonCompliant", "Exempt"] == states
    assert one(assigned(policy(), [exemption(policyAssignmentId=ID + "2")])).state == "NonCompliant"


def test_the_time_is_that_of_the_call() -> None:
    """`utcNow()` of rules has it too, unless the context has another one."""
    late = policy("audit", {"value": "[utcNow()]", "greater": "2026-05-31T00:00:00Z"})
    assert one(assigned(late)).state == "NonCompliant"
    assert one(assigned(late), context={"UtcNow": "2026-01-01T00:00:00Z"}).state == "Compliant"
    assert one(assigned(late), at=datetime(2026, 1, 1)).state == "Compliant"  # noqa: DTZ001 - a naive time is UTC


# -- overrides --


def override(value: str, *conditions: Json, kind: str = "policyEffect") -> dict[str, Json]:
    """Return an override."""
    return {"kind": kind, "value": value, "selectors": list(conditions)}


OVERRIDDEN: list[tuple[list[Json], list[str | None]]] = [
    ([], ["deny", "audit"]),
    ([override("Disabled")], ["disabled", "disabled"]),
    ([override("audit", selector("policyDefinitionReferenceId", "STRICT"))], ["audit", "audit"]),
    ([override("deny", selector("policyDefinitionReferenceId", "strict", negated=True))], ["deny", "deny"]),
    ([override("disabled", selector("resourceLocation", "ukwest"))], ["deny", "audit"]),
    (
        [override("disabled", selector("resourceLocation", "UK South"), selector("policyDefinitionReferenceId", "choice"))],
        ["deny", "disabled"],
    ),
    ([override("audit", selector("policyDefinitionReferenceId", "strict")), override("disabled")], ["audit", "disabled"]),
    ([override("1.*.*", kind="policyVersion"), override("2.*.*", kind="definitionVersion")], ["deny", "audit"]),
]


@pytest.mark.parametrize(("overrides", "effects"), OVERRIDDEN)
def test_overrides_put_another_effect_in_place(overrides: list[Json], effects: list[str | None]) -> None:
    """The first one whose selectors hold."""
    found = assigned(initiative(strict=policy(), choice=CHOICE), overrides=overrides).evaluate(RESOURCE, at=NOW)
    assert effects == [result.evaluation and result.evaluation.effect for result in found.results]


NOT_OVERRIDDEN: list[tuple[Policy, str]] = [
    (CHOICE, "modify"),
    (policy("audit"), "manual"),
    (policy("audit"), "auditIfNotExists"),
    (policy("auditIfNotExists", details={"type": "a/b"}), "deployIfNotExists"),
    (policy("manual"), "audit"),
    (policy("deny"), "modify"),
]


@pytest.mark.parametrize(("target", "effect"), NOT_OVERRIDDEN)
def test_an_effect_that_the_definition_cannot_have_is_refused(target: Policy, effect: str) -> None:
    """It is validated against the rule and the allowed values."""
    with pytest.raises(PolicyError) as caught:
        assigned(target, overrides=[override(effect)])
    assert ["/properties/overrides/0/value"] == [problem.pointer for problem in caught.value.problems]


# -- messages --


def test_messages_go_by_reference_id() -> None:
    """The message for all where a definition has none of its own; none where nothing is wrong."""
    messages = [{"message": "general"}, {"message": "special", "policyDefinitionReferenceId": "B"}]
    target = initiative(a=policy(), b=policy(), c=policy(condition={"field": "name", "equals": "x"}))
    found = assigned(target, nonComplianceMessages=messages).evaluate(RESOURCE, at=NOW)
    assert ["general", "special", ""] == [result.message for result in found.results]


# -- documents --

REFUSED: list[tuple[Json, str]] = [
    (None, ""),
    ([], ""),
    ({"properties": 1}, "/properties"),
    ({"properties": {"enforcementMode": "Never"}}, "/properties/enforcementMode"),
    ({"properties": {"enforcmentMode": "Default"}}, "/properties/enforcmentMode"),
    ({"properties": {"notScopes": "x"}}, "/properties/notScopes"),
    ({"properties": {"notScopes": ["x"] * 401}}, "/properties/notScopes"),
    ({"properties": {"parameters": []}}, "/properties/parameters"),
    ({"properties": {"parameters": {"effect": {"value": "deny"}}}}, "/properties/parameters/effect"),
    ({"properties": {"parameters": {"efect": {"value": "Deny"}}}}, "/properties/parameters/efect"),
    ({"parameters": {"effect": 7}}, "/parameters/effect"),
    ({"properties": {"displayName": "x" * 129}}, "/properties/displayName"),
    ({"properties": {"metadata": {"a": "x" * 1025}}}, "/properties/metadata/a"),
    ({"properties": {"nonComplianceMessages": [{}]}}, "/properties/nonComplianceMessages/0"),
    (
        {"properties": {"nonComplianceMessages": [{"message": "m", "policyDefinitionReferenceId": "x"}]}},
        "/properties/nonComplianceMessages/0/policyDefinitionReferenceId",
    ),
    ({"properties": {"overrides": {}}}, "/properties/overrides"),
    ({"properties": {"overrides": [override("audit")] * 11}}, "/properties/overrides"),
    ({"properties": {"overrides": [override("audit", kind="policyColour")]}}, "/properties/overrides/0/kind"),
    ({"properties": {"overrides": [override("audti")]}}, "/properties/overrides/0/value"),
    ({"properties": {"overrides": [{"kind": "policyEffect"}]}}, "/properties/overrides/0"),
    ({"properties": {"resourceSelectors": [7]}}, "/properties/resourceSelectors/0"),
]


@pytest.mark.parametrize(("document", "pointer"), REFUSED)
def test_a_wrong_assignment_is_a_policy_error(document: Json, pointer: str) -> None:
    """With a pointer into the document."""
    with pytest.raises(PolicyError) as caught:
        Assignment.from_document(document, CHOICE)
    assert pointer in {problem.pointer for problem in caught.value.problems}


def test_effects_that_remediate_need_an_identity() -> None:
    """A warning: without one nothing is remediated (assignment-structure, "Identity")."""
    operations = [{"operation": "addOrReplace", "field": "tags.a", "value": "b"}]
    target = policy("modify", details={"roleDefinitionIds": ROLES, "operations": operations})
    documents = [{"properties": {}}, {"identity": {"type": "SystemAssigned"}, "location": "uksouth", "properties": {}}]
    assert [1, 0] == [len(Assignment.from_document(document, target).warnings) for document in documents]


# -- states --

STATES: list[tuple[str | None, Json, str]] = [
    (None, {}, "Compliant"),
    ("disabled", {}, "Compliant"),
    ("error", {}, "Error"),
    ("unknown", {}, "Unknown"),
    ("denyAction", {}, "Protected"),
    ("manual", {"defaultState": "Unknown"}, "Unknown"),
    ("manual", {"defaultState": "Compliant"}, "Compliant"),
    ("manual", {"defaultState": "Non-compliant"}, "NonCompliant"),
    ("manual", {}, "Unknown"),
    *((effect, {}, "NonCompliant") for effect in ("audit", "deny", "append", "modify", "auditIfNotExists", "deployIfNotExists", "mutate")),
]


@pytest.mark.parametrize(("effect", "details", "state"), STATES)
def test_the_state_of_each_outcome(effect: str | None, details: Json, state: str) -> None:
    """The table of compliance-states, and Error and Unknown for what is neither."""
    assert state == state_of(Evaluation(effect=effect, details=details))


def test_every_effect_has_a_state() -> None:
    """No effect is left out."""
    assert {state_of(Evaluation(effect=effect)) for effect in EFFECTS} <= set(RANK)
    assert {state_of(Evaluation(effect=effect)) for effect in LEGACY_EFFECTS} == {"Unknown"}


def test_conflicting_changes_are_a_state_of_their_own() -> None:
    """More than one definition with conflictEffect deny on the same property."""
    details = [
        {"roleDefinitionIds": ROLES, "operations": [{"operation": "addOrReplace", "field": "tags.a", "value": value}]} for value in "xy"
    ]
    found = assigned(initiative(a=policy("modify", details=details[0]), b=policy("modify", details=details[1]))).evaluate(RESOURCE, at=NOW)
    assert ["Conflicting", "Conflicting"] == [result.state for result in found.results]
    assert found.denied


def test_states_roll_up_by_rank() -> None:
    """Non-compliant wins over compliant, which wins over the rest; no state at all counts for nothing."""
    groups: list[list[State | None]] = [["Compliant", "NonCompliant"], ["Error", "Compliant"], ["Unknown", "Exempt", None], [None]]
    assert ["NonCompliant", "Compliant", "Exempt", None] == [roll_up(states) for states in groups]


def test_a_resource_without_a_state_does_not_count() -> None:
    """An initiative on something it is not for."""
    found = assigned(initiative(a=policy(), b=policy())).evaluate({**RESOURCE, "type": "x/y"}, at=NOW)
    assert (None, False, ()) == (found.state, found.denied, found.denied_by)


@pytest.mark.parametrize("resource", [{}, {"type": 7, "id": [], "location": {}}, {"TYPE": KIND, "Id": "/"}, {"id": {}, "name": None}])
def test_any_resource_gives_a_result(resource: Json) -> None:
    """Whatever it holds."""
    assignment = assigned(
        initiative(a=policy(), b=CHOICE), [exemption()], resourceSelectors=selectors(selector("resourceLocation", "x", negated=True))
    )
    assert len(assignment.evaluate(resource, at=NOW).results) == 2
