"""What holds for every document and every change, whatever is in it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.azure_policy import PolicyError, Problem, compile_policy
from s2sguard.azure_policy.assignment.assignment import Assignment
from s2sguard.azure_policy.assignment.exemptions import Enrollment, Exemption
from s2sguard.azure_policy.assignment.initiative import compile_initiative
from s2sguard.azure_policy.language.effects import apply_changes

Json: TypeAlias = Any

LINK = "Contoso.Lab/links"
ROLES = ["/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7"]
WORDS = [
    "properties",
    "policyRule",
    "if",
    "then",
    "effect",
    "details",
    "type",
    "name",
    "kind",
    "field",
    "value",
    "operation",
    "operations",
    "condition",
    "parameters",
    "metadata",
    "policyDefinitions",
    "policyDefinitionId",
    "policyDefinitionReferenceId",
    "groupNames",
    "policyDefinitionGroups",
    "definitionVersion",
    "enforcementMode",
    "notScopes",
    "overrides",
    "resourceSelectors",
    "selectors",
    "in",
    "notIn",
    "nonComplianceMessages",
    "message",
    "scope",
    "id",
    "location",
    "tags",
    "policyAssignmentId",
    "exemptionCategory",
    "expiresOn",
    "policyDefinitionReferenceIds",
    "displayName",
    "existenceCondition",
    "deployment",
    "template",
]
TEXTS = [
    "",
    "x",
    "simple",
    "Deny",
    "modify",
    "policyEffect",
    "resourceLocation",
    "Waiver",
    "[parameters('p')]",
    "[",
    "2026-01-01",
    "/subscriptions/a",
]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(TEXTS) | st.text(max_size=3)
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=2), inner, max_size=4)
)

SIMPLE = compile_policy({"if": {"field": "type", "equals": LINK}, "then": {"effect": "audit"}})
READERS: list[Callable[[Json], object]] = [
    Exemption.from_document,
    Enrollment.from_document,
    lambda document: Assignment.from_document(document, SIMPLE),
    lambda document: compile_initiative(document, {"simple": SIMPLE}),
    lambda document: compile_initiative({"policyDefinitions": document}, {"simple": SIMPLE}),
    lambda document: compile_initiative({"policyDefinitions": [{"policyDefinitionId": "x"}]}, {"x": document}),
    lambda document: compile_initiative(
        {"policyDefinitions": [{"policyDefinitionId": "simple", "parameters": document}]}, {"simple": SIMPLE}
    ),
    lambda document: Assignment.from_document({"properties": {"overrides": document, "resourceSelectors": document}}, SIMPLE),
    lambda document: compile_policy({"if": {"field": "type", "equals": LINK}, "then": document}),
]


@pytest.mark.parametrize("read", READERS)
@given(document=DOCUMENTS)
def test_any_document_is_read_or_refused(read: Callable[[Json], object], document: Json) -> None:
    """Nothing but `PolicyError` is raised, and every problem has a pointer and says something."""
    problems: tuple[Problem, ...] = ()
    try:
        read(document)
    except PolicyError as error:
        problems = error.problems
    assert all((problem.pointer == "" or problem.pointer.startswith("/")) and problem.message for problem in problems)


NAMES = st.sampled_from(["mode", "Ports", "probe", "deep"])
VALUES = st.sampled_from([None, True, 0, 7, "on", "Off", [], ["a"], {"k": 1}])
PROPERTIES = st.recursive(VALUES, lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=6).map(
    lambda found: found if isinstance(found, dict) else {}
)
RESOURCES = st.builds(
    lambda properties, tags: {"type": LINK, "name": "one", "properties": properties, "tags": tags},
    PROPERTIES,
    st.dictionaries(st.sampled_from(["a", "B", "c d"]), st.sampled_from(["x", "y"])),
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: f"{LINK}/{'.'.join(names)}")
FIELDS = PATHS | st.sampled_from(["tags.a", "tags['b']", "tags['C D']", "identity.type", "location"])


def evaluated(effect: str, details: Json, resource: Json) -> Any:  # noqa: ANN401
    """Return the outcome of an effect that is for every link."""
    return compile_policy({"if": {"field": "type", "equals": LINK}, "then": {"effect": effect, "details": details}}).evaluate(resource)


@given(resource=RESOURCES, field=FIELDS, value=st.sampled_from(["x", "y", 1, True]))
def test_an_appended_field_has_its_value_or_is_a_conflict(resource: Json, field: str, value: Json) -> None:
    """A condition on the field holds afterwards, the resource given stays as it was, and a second time changes nothing."""
    before = copy.deepcopy(resource)
    found = evaluated("append", [{"field": field, "value": value}], resource)
    after = apply_changes(resource, found.details)
    assert before == resource
    if "conflicts" in found.details:
        assert after == before
        return
    assert after == apply_changes(after, found.details)
    text = value if isinstance(value, str) else f"[json('{str(value).lower()}')]"
    assert compile_policy({"if": {"field": field, "equals": text}, "then": {"effect": "deny"}}).evaluate(after).effect == "deny"


@given(resource=RESOURCES, field=FIELDS, value=st.sampled_from(["x", 1]), operation=st.sampled_from(["addOrReplace", "add", "remove"]))
def test_modifying_twice_is_modifying_once(resource: Json, field: str, value: Json, operation: str) -> None:
    """And the resource that was given is never touched."""
    if operation == "remove" and not field.startswith("tags"):
        field = "tags.a"
    before = copy.deepcopy(resource)
    operations = [{"operation": operation, "field": field} | ({} if operation == "remove" else {"value": value})]
    found = evaluated("modify", {"roleDefinitionIds": ROLES, "operations": operations}, resource)
    if found.effect is None:
        assert field == "identity.type"
        return
    after = apply_changes(resource, found.details)
    assert (before, after) == (resource, apply_changes(after, found.details))
