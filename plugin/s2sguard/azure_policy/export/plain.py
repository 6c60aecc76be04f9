"""Definitions, initiatives and the assignment, one file each, in Resource Manager's own shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s2sguard.azure_policy.export.interface import ASSIGNMENT_NAME, Body, Bundle, entries, file_name, initiative_file


class PlainExporter:
    """Writes `policyDefinitions/`, `policySetDefinitions/` and `policyAssignments/`.

    Without a scope the ids that one file has of another start with `/providers/`, and whoever deploys puts the scope before them.
    """

    def files(self, bundle: Bundle) -> dict[str, Body]:
        """Return the documents by path."""
        scope = bundle.assignment.scope or ""
        found: dict[str, Body] = {f"policyDefinitions/{file_name(each)}": dict(each.document) for each in bundle.definitions}
        found |= {f"policySetDefinitions/{initiative_file(each)}": _placed(each, scope) for each in bundle.initiatives}
        found["policyAssignments/s2sguard.json"] = _assignment(bundle, scope)
        return found


def _placed(initiative: Mapping[str, Any], scope: str) -> Body:
    referred = [{**entry, "policyDefinitionId": scope + entry["policyDefinitionId"]} for entry in entries(initiative)]
    return {**initiative, "properties": {**initiative["properties"], "policyDefinitions": referred}}


def _assignment(bundle: Bundle, scope: str) -> Body:
    initiative = bundle.initiatives[0]
    texts = {key: initiative["properties"].get(key, "") for key in ("displayName", "description")}
    return {
        "name": ASSIGNMENT_NAME,
        "type": "Microsoft.Authorization/policyAssignments",
        "properties": {
            **texts,
            "policyDefinitionId": f"{scope}/providers/Microsoft.Authorization/policySetDefinitions/{initiative['name']}",
            "enforcementMode": bundle.assignment.enforcement_mode,
            "parameters": {name: {"value": value} for name, value in sorted(bundle.assignment.parameters.items())},
            "nonComplianceMessages": bundle.messages(),
        },
    }
