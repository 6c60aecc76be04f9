"""A small initiative of three definitions, independent of the ones that are shipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from s2sguard.azure_policy.deploy.desired import Ours

Body = dict[str, Any]
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/hub"
STATIC_INITIATIVE = "5e000000-0000-0000-0000-000000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What deployment needs of a definition."""

    name: str
    reference_id: str
    document: Body
    kind: str = "deny"


def definition(number: int, control: str, *, effect: str = "deny", **properties: Any) -> Definition:
    """Return a definition of a control."""
    parameters: Body = {"effect": {"type": "String", "allowedValues": ["Audit", "Deny", "Disabled"], "defaultValue": "Audit"}}
    then: Body = {"effect": "[parameters('effect')]"}
    if effect == "manual":
        parameters, then = {}, {"effect": "manual", "details": {"defaultState": "Unknown"}}
    document: Body = {
        "name": f"de000000-0000-0000-0000-{number:012}",
        "properties": {
            "displayName": f"{control} on connections",
            "description": "A definition of the tests.",
            "mode": "All",
            "version": "1.0.0",
            "metadata": {
                "version": "1.0.0",
                "category": "Network",
                "nonComplianceMessage": f"{control}: set it.",
                "s2sguard": {"control": control},
            },
            "parameters": parameters,
            "policyRule": {
                "if": {
                    "allOf": [
                        {"field": "type", "equals": "Microsoft.Network/connections"},
                        {"field": "Microsoft.Network/connections/connectionMode", "notEquals": "InitiatorOnly"},
                    ]
                },
                "then": then,
            },
            **properties,
        },
    }
    kind = "manual" if effect == "manual" else "deny"
    return Definition(name=document["name"], reference_id=control, document=document, kind=kind)


def family(*definitions: Definition) -> Ours:
    """Return the static family of these definitions, or of two that deny and one that is manual."""
    found = definitions or (definition(1, "S2S-IKE-001"), definition(2, "S2S-IKE-002"), definition(3, "S2S-ISO-001", effect="manual"))
    parameters = {"effect": {"type": "String", "allowedValues": ["Audit", "Deny", "Disabled"], "defaultValue": "Audit"}}
    entries = [
        {
            "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{each.name}",
            "policyDefinitionReferenceId": each.reference_id,
            "groupNames": [each.reference_id[4:7]],
            "parameters": {} if each.kind == "manual" else {"effect": {"value": "[parameters('effect')]"}},
        }
        for each in found
    ]
    groups = sorted({each.reference_id[4:7] for each in found})
    initiative = {
        "name": STATIC_INITIATIVE,
        "properties": {
            "displayName": "Partner VPN hardening",
            "description": "An initiative of the tests.",
            "metadata": {"version": "1.0.0", "category": "Network"},
            "parameters": parameters,
            "policyDefinitionGroups": [{"name": name, "displayName": name} for name in groups],
            "policyDefinitions": entries,
        },
    }
    return Ours(family="static", definitions=found, initiative=initiative)


def derived_family() -> Ours:
    """Return the derived family: one definition that takes other partners' ranges."""
    ranges: Body = {"partnerRanges": {"type": "Array"}}
    base = definition(9, "S2S-ISO-003")
    properties = base.document["properties"] | {"parameters": base.document["properties"]["parameters"] | ranges}
    one = Definition(name=base.name, reference_id=base.reference_id, document={**base.document, "properties": properties})
    entry = {
        "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{one.name}",
        "policyDefinitionReferenceId": one.reference_id,
        "parameters": {"partnerRanges": {"value": "[parameters('partnerRanges')]"}, "effect": {"value": "[parameters('effect')]"}},
    }
    initiative = {
        "name": "5e000000-0000-0000-0000-000000000002",
        "properties": {
            "displayName": "Partner VPN, other partners",
            "metadata": {"version": "1.0.0"},
            "parameters": ranges | {"effect": {"type": "String", "defaultValue": "Audit"}},
            "policyDefinitions": [entry],
        },
    }
    return Ours(family="derived", definitions=(one,), initiative=initiative)
