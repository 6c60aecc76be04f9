"""A `Definitions/` tree for Enterprise Azure Policy as Code (EPAC), with what its schemas ask for.

Source: the repository Azure/enterprise-azure-policy-as-code, `Docs/policy-definitions.md`, `Docs/policy-set-definitions.md`,
`Docs/policy-assignments.md` and what `Schemas/` demands beyond Azure itself:

* a definition's effect is the parameter `effect`, of type `string` in lowercase, with a display name `Effect` and two values or more;
* an initiative names its definitions instead of giving their ids (EPAC puts the scope before them), has no `policyType`,
  and its groups have a name only;
* an assignment's parameters are plain values, and its scope is given by EPAC environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from s2sguard.azure_policy.export.interface import (
    Assignment,
    Body,
    Bundle,
    definition_name,
    entries,
    file_name,
    initiative_file,
    sent,
)
from s2sguard.azure_policy.shipped.definitions import ControlDefinition

SCHEMAS: Final = "https://raw.githubusercontent.com/Azure/enterprise-azure-policy-as-code/main/Schemas"
PLACEHOLDER_SCOPE: Final = "/providers/Microsoft.Management/managementGroups/fill-in-your-management-group"
"""Where the assignment goes when nobody said; EPAC stops at it, as there is no such group."""
DEFAULT_ENVIRONMENT: Final = "epac-dev"
"""The EPAC environment (`pacSelector`) of its documentation's examples."""

_EFFECT: Final = "[parameters('effect')]"


class EpacExporter:
    """Writes the tree below `Definitions/`; `environment` is the `pacSelector` that the assignment's scope is for."""

    def __init__(self, environment: str = DEFAULT_ENVIRONMENT) -> None:
        self._environment = environment

    def files(self, bundle: Bundle) -> dict[str, Body]:
        """Return the documents by path, which starts with `Definitions/`."""
        folder = "Definitions"
        found = {f"{folder}/policyDefinitions/Network/{file_name(each)}": _definition(each) for each in bundle.definitions}
        for initiative in bundle.initiatives:
            found[f"{folder}/policySetDefinitions/Network/{initiative_file(initiative)}"] = _initiative(initiative)
        for name, assignment in bundle.assignment_files().items():
            found[f"{folder}/policyAssignments/{name}"] = self._assignment(bundle, assignment, name.removesuffix(".json"))
        return found

    def _assignment(self, bundle: Bundle, assignment: Assignment, node: str) -> Body:
        initiative = bundle.initiative(assignment)
        title = initiative["properties"]["displayName"]
        return {
            "$schema": f"{SCHEMAS}/policy-assignment-schema.json",
            "nodeName": f"/{node}/",
            "definitionEntry": {"policySetName": initiative["name"], "displayName": title},
            "assignment": {
                "name": assignment.name,
                "displayName": title,
                "description": initiative["properties"].get("description", ""),
            },
            "enforcementMode": assignment.enforcement_mode,
            "parameters": dict(sorted(assignment.parameters.items())),
            "nonComplianceMessages": bundle.messages(assignment.family),
            "scope": {self._environment: [assignment.scope or PLACEHOLDER_SCOPE]},
        }


def _definition(definition: ControlDefinition) -> Body:
    properties = sent(definition.document["properties"])
    rule = properties["policyRule"]
    parameters = dict(properties.get("parameters") or {})
    effect = rule["then"]["effect"]
    if effect == _EFFECT:
        parameters["effect"] = {**parameters["effect"], "type": "string", "metadata": _effect_metadata(parameters["effect"])}
    else:
        parameters["effect"] = _fixed_effect(effect)
        rule = {**rule, "then": {**rule["then"], "effect": _EFFECT}}
    return {
        "$schema": f"{SCHEMAS}/policy-definition-schema.json",
        "name": definition.name,
        "type": "Microsoft.Authorization/policyDefinitions",
        "properties": {**properties, "parameters": parameters, "policyRule": rule},
    }


def _effect_metadata(declaration: Mapping[str, Any]) -> Body:
    return {**(declaration.get("metadata") or {}), "displayName": "Effect"}


def _fixed_effect(effect: str) -> Body:
    """Return a declaration for an effect that the definition does not leave open, with `Disabled` as the way out."""
    name = effect[:1].upper() + effect[1:]
    metadata = {"displayName": "Effect", "description": f"{name} asks for an attestation, Disabled does nothing."}
    return {"type": "string", "metadata": metadata, "allowedValues": [name, "Disabled"], "defaultValue": name}


def _initiative(initiative: Mapping[str, Any]) -> Body:
    properties = sent(initiative["properties"], "policyDefinitions", "policyDefinitionGroups")
    properties["policyDefinitions"] = [_entry(entry) for entry in entries(initiative)]
    properties["policyDefinitionGroups"] = [{"name": group["name"]} for group in initiative["properties"].get("policyDefinitionGroups", ())]
    return {
        "$schema": f"{SCHEMAS}/policy-set-definition-schema.json",
        "name": initiative["name"],
        "type": "Microsoft.Authorization/policySetDefinitions",
        "properties": properties,
    }


def _entry(entry: Mapping[str, Any]) -> Body:
    kept = {key: entry[key] for key in ("policyDefinitionReferenceId", "parameters", "groupNames") if key in entry}
    return {"policyDefinitionName": definition_name(entry), **kept}
