"""Definitions, initiatives and the assignment, one file each, in Resource Manager's own shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from s2sguard.azure_policy.export.interface import Assignment, Body, Bundle, entries, file_name, initiative_file

TYPE: Final = "Microsoft.Authorization/policyAssignments"


class PlainExporter:
    """Writes `policyDefinitions/`, `policySetDefinitions/` and `policyAssignments/`.

    Without a scope the ids that one file has of another start with `/providers/`, and whoever deploys puts the scope before them.
    """

    def files(self, bundle: Bundle) -> dict[str, Body]:
        """Return the documents by path."""
        scope = bundle.assignment.scope or ""
        found: dict[str, Body] = {f"policyDefinitions/{file_name(each)}": dict(each.document) for each in bundle.definitions}
        found |= {f"policySetDefinitions/{initiative_file(each)}": _placed(each, scope) for each in bundle.initiatives}
        return found | {f"policyAssignments/{name}": _assignment(bundle, each, scope) for name, each in bundle.assignment_files().items()}


def _placed(initiative: Mapping[str, Any], scope: str) -> Body:
    referred = [{**entry, "policyDefinitionId": scope + entry["policyDefinitionId"]} for entry in entries(initiative)]
    return {**initiative, "properties": {**initiative["properties"], "policyDefinitions": referred}}


def _assignment(bundle: Bundle, assignment: Assignment, home: str) -> Body:
    initiative = bundle.initiative(assignment)
    texts = {key: initiative["properties"].get(key, "") for key in ("displayName", "description")}
    # An assignment may act elsewhere than its initiative lives, and only its id says where.
    place = {} if assignment.scope is None else {"id": f"{assignment.scope}/providers/{TYPE}/{assignment.name}"}
    return {
        **place,
        "name": assignment.name,
        "type": TYPE,
        "properties": {
            **texts,
            "policyDefinitionId": f"{home}/providers/Microsoft.Authorization/policySetDefinitions/{initiative['name']}",
            "enforcementMode": assignment.enforcement_mode,
            "parameters": {name: {"value": value} for name, value in sorted(assignment.parameters.items())},
            "nonComplianceMessages": bundle.messages(assignment.family),
        },
    }
