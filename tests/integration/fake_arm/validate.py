"""What the fake service holds every body against: casing and shape of what Azure documents, and what must already exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tests.integration.fake_arm.problems import require
from tests.integration.fake_arm.store import Store

Body = dict[str, Any]
PROPERTIES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    # type -> (required, all) properties, in Azure's casing (facts 5.1, 5.9, 5.10, 5.11; models of azure-mgmt-resource-policy 1.0).
    "policydefinitions": (
        frozenset({"policyRule", "mode"}),
        frozenset({"displayName", "description", "mode", "metadata", "parameters", "policyRule", "policyType"})
        | {"externalEvaluationEnforcementSettings"},
    ),
    "policysetdefinitions": (
        frozenset({"policyDefinitions"}),
        frozenset({"displayName", "description", "metadata", "parameters", "policyDefinitions", "policyDefinitionGroups", "policyType"}),
    ),
    "policyassignments": (
        frozenset({"policyDefinitionId"}),
        frozenset({"displayName", "description", "metadata", "policyDefinitionId", "definitionVersion", "parameters", "notScopes"})
        | {"enforcementMode", "nonComplianceMessages", "resourceSelectors", "overrides", "selfServeExemptionSettings"},
    ),
    "policyexemptions": (
        frozenset({"policyAssignmentId", "exemptionCategory"}),
        frozenset({"policyAssignmentId", "policyDefinitionReferenceIds", "exemptionCategory", "expiresOn", "displayName", "description"})
        | {"metadata", "resourceSelectors", "assignmentScopeValidation"},
    ),
    "attestations": (
        frozenset({"policyAssignmentId"}),
        frozenset({"policyAssignmentId", "policyDefinitionReferenceId", "complianceState", "expiresOn", "owner", "comments", "evidence"})
        | {"assessmentDate", "metadata"},
    ),
}
OUTER = frozenset({"properties", "location", "identity"})


def check(store: Store, kind: str, identifier: str, body: Body | None) -> None:
    """Refuse what Azure would refuse to store at `identifier`."""
    require(isinstance(body, dict) and isinstance(body.get("properties"), dict), "InvalidRequestContent", "no properties")
    assert body is not None
    require(set(body) <= OUTER, "InvalidRequestContent", f"unknown member {sorted(set(body) - OUTER)}")
    properties = body["properties"]
    required, known = PROPERTIES[kind]
    require(required <= set(properties), "InvalidRequestContent", f"missing {sorted(required - set(properties))}")
    require(set(properties) <= known, "InvalidRequestContent", f"unknown property {sorted(set(properties) - known)}")
    require(len(properties.get("displayName", "")) <= 128, "InvalidRequestContent", "displayName is too long")
    require(len(properties.get("description", "")) <= 512, "InvalidRequestContent", "description is too long")
    CHECKS[kind](store, identifier, properties)


def _definition(store: Store, identifier: str, properties: Body) -> None:
    require(properties["mode"] in {"All", "Indexed"}, "InvalidPolicyDefinition", "mode")
    require({"if", "then"} <= set(properties["policyRule"]), "InvalidPolicyRule", "if and then")
    _parameters_stay(store, identifier, properties)


def _initiative(store: Store, identifier: str, properties: Body) -> None:
    references = [entry.get("policyDefinitionReferenceId") for entry in properties["policyDefinitions"]]
    require(all(references) and len(set(references)) == len(references), "InvalidPolicySetDefinition", "reference ids")
    groups = {group["name"] for group in properties.get("policyDefinitionGroups", [])}
    for entry in properties["policyDefinitions"]:
        found = store.get(entry["policyDefinitionId"])
        require(found, "PolicyDefinitionNotFound", f"{entry['policyDefinitionId']} could not be found", 404)
        require(set(entry.get("groupNames", [])) <= groups, "InvalidPolicySetDefinition", "group names")
        assert found is not None
        declared = set(found["properties"].get("parameters") or {})
        require(set(entry.get("parameters", {})) <= declared, "InvalidPolicySetDefinition", "parameters of an entry")
    _parameters_stay(store, identifier, properties)


def _assignment(store: Store, identifier: str, properties: Body) -> None:
    found = store.get(properties["policyDefinitionId"])
    require(found, "PolicySetDefinitionNotFound", f"{properties['policyDefinitionId']} could not be found")
    assert found is not None
    longest = 24 if "/managementgroups/" in identifier.lower() else 64
    require(len(identifier.rpartition("/")[2]) <= longest, "InvalidPolicyAssignmentName", "the name is too long")
    require(properties.get("enforcementMode", "Default") in {"Default", "DoNotEnforce"}, "InvalidRequestContent", "enforcementMode")
    declared = found["properties"].get("parameters") or {}
    given = properties.get("parameters", {})
    require(set(given) <= set(declared), "UndefinedPolicyParameter", f"undefined {sorted(set(given) - set(declared))}")
    require(all(set(value) == {"value"} for value in given.values()), "InvalidRequestContent", "parameters are objects with a value")
    missing = [name for name, node in declared.items() if name not in given and "defaultValue" not in node]
    require(not missing, "MissingPolicyParameter", f"missing {missing}")
    known = {entry["policyDefinitionReferenceId"] for entry in found["properties"].get("policyDefinitions", [])}
    for message in properties.get("nonComplianceMessages", []):
        reference = message.get("policyDefinitionReferenceId")
        require(message.get("message") and (reference is None or reference in known), "InvalidNonComplianceMessage", "its reference id")


def _exemption(store: Store, _: str, properties: Body) -> None:
    require(store.get(properties["policyAssignmentId"]), "PolicyAssignmentNotFound", "no such assignment", 404)
    require(properties["exemptionCategory"] in {"Waiver", "Mitigated"}, "InvalidRequestContent", "exemptionCategory")
    _moment(properties.get("expiresOn"))


def _attestation(store: Store, _: str, properties: Body) -> None:
    require(store.get(properties["policyAssignmentId"]), "PolicyAssignmentNotFound", "no such assignment", 404)
    require(properties.get("complianceState") in {"Compliant", "NonCompliant", "Unknown"}, "InvalidRequestContent", "complianceState")
    for entry in properties.get("evidence", []):
        require(set(entry) <= {"description", "sourceUri"}, "InvalidRequestContent", "evidence")
    _moment(properties.get("expiresOn"))
    _moment(properties.get("assessmentDate"))


def _moment(value: object) -> None:
    if value is not None:
        require(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", str(value)), "InvalidRequestContent", "no UTC time")
        datetime.fromisoformat(str(value))


def _parameters_stay(store: Store, identifier: str, properties: Body) -> None:
    before = store.get(identifier)
    old = (before["properties"].get("parameters") or {}) if before else {}
    new = properties.get("parameters") or {}
    for name, node in old.items():
        require(name in new, "InvalidPolicyParameterUpdate", f"parameter {name} is removed")
        require(str(node["type"]).lower() == str(new[name]["type"]).lower(), "InvalidPolicyParameterUpdate", f"type of {name}")
    if before:
        added = [name for name, node in new.items() if name not in old and "defaultValue" not in node]
        require(not added, "InvalidPolicyParameterUpdate", f"no default for {added}")


CHECKS: Mapping[str, Callable[[Store, str, Body], None]] = {
    "policydefinitions": _definition,
    "policysetdefinitions": _initiative,
    "policyassignments": _assignment,
    "policyexemptions": _exemption,
    "attestations": _attestation,
}
