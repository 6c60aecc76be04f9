"""State of the fake service: objects by folded id, as Azure returns them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
WHEN = "2026-11-24T10:00:00.0000000Z"


@dataclass(slots=True)
class Store:
    """Everything that exists."""

    objects: dict[str, Body] = field(default_factory=dict)
    """Definitions, initiatives, assignments, exemptions and attestations by lower-case id."""
    states: list[Body] = field(default_factory=list)
    """Policy states, as in a query result."""
    provider: Body = field(default_factory=dict)
    """The provider Microsoft.Network with its aliases."""
    creating: int = 0
    """How many times an attestation is still on its way when it is asked for."""

    def put(self, identifier: str, body: Body) -> Body:
        """Store an object with what Azure adds, and return it."""
        before = self.objects.get(identifier.lower())
        parts = identifier.split("/")
        made = deepcopy(body)
        made |= {"id": identifier, "name": parts[-1], "type": "/".join(parts[-3:-1]), "systemData": {"createdBy": "somebody"}}
        self.objects[identifier.lower()] = _as_azure_returns_it(made, before)
        return deepcopy(self.objects[identifier.lower()])

    def get(self, identifier: str) -> Body | None:
        """Return an object, or None."""
        found = self.objects.get(identifier.lower())
        return deepcopy(found) if found else None

    def under(self, collection: str) -> list[Body]:
        """Return the objects directly in a collection, such as `/subscriptions/.../policyDefinitions`."""
        start = collection.lower() + "/"
        return [deepcopy(body) for key, body in self.objects.items() if key.startswith(start) and "/" not in key[len(start) :]]

    def of_type(self, kind: str, scope: str) -> list[Body]:
        """Return the objects of a type at a scope and below it."""
        start = scope.lower() + "/"
        return [deepcopy(body) for key, body in self.objects.items() if key.startswith(start) and f"/{kind.lower()}/" in key]


def _as_azure_returns_it(body: Body, before: Body | None) -> Body:
    properties = body["properties"]
    kind = body["type"].rpartition("/")[2].lower()
    if kind in {"policydefinitions", "policysetdefinitions"}:
        properties |= {"policyType": "Custom", "version": "1.0.0", "versions": ["1.0.0"]}
    if kind == "policysetdefinitions":
        properties["policyDefinitions"] = [_entry(entry) for entry in properties["policyDefinitions"]]
        properties.setdefault("policyDefinitionGroups", [])
    if kind == "policyassignments":
        scope = body["id"].rpartition("/providers/")[0]
        defaults = {"scope": scope, "notScopes": [], "instanceId": "1", "definitionVersion": "1.*.*", "resourceSelectors": []}
        properties |= {key: value for key, value in defaults.items() if key not in properties}
        # Observed of Azure: ids come back in a casing of their own.
        properties["policyDefinitionId"] = properties["policyDefinitionId"].replace("Microsoft.Authorization", "microsoft.authorization")
    if kind == "attestations":
        properties |= {"provisioningState": "Succeeded", "lastComplianceStateChangeAt": WHEN}
    if kind.startswith("policy") and kind != "policyexemptions":
        made = before["properties"]["metadata"]["createdOn"] if before else WHEN
        given = properties.get("metadata") or {}
        properties["metadata"] = {"createdBy": "somebody", "createdOn": made, "updatedBy": None, "updatedOn": None} | given
    return {"properties": properties} | {key: value for key, value in body.items() if key != "properties"}


def _entry(entry: Body) -> Body:
    changed = {"groupNames": [], "parameters": {}, "definitionVersion": "1.*.*", "effectiveDefinitionVersion": "1.0.0"} | entry
    changed["policyDefinitionId"] = entry["policyDefinitionId"].replace("/policyDefinitions/", "/policydefinitions/")
    return changed
