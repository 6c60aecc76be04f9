"""ARM templates that deploy definitions, initiatives and the assignment, one for each scope.

The scopes have different schemas and different ways to write a definition's id
(azure-docs: deploy-to-subscription, deploy-to-management-group), so there are two templates with the same resources.
A policy's expressions must reach Azure Policy as they are, and a template evaluates every string in brackets:
they are escaped with a second bracket (azure-docs: template-expressions, "Escape characters").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from s2sguard.azure_policy.export.interface import ASSIGNMENT_NAME, Body, Bundle, definition_name, entries, sent

Level: TypeAlias = Literal["subscription", "managementGroup"]

API_VERSION: Final = "2023-04-01"
"""Of the three resource types; has everything that is written here, in every cloud."""
_SCHEMAS: Final = "https://schema.management.azure.com/schemas"
_PROVIDER: Final = "Microsoft.Authorization"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """What differs between a template for a subscription and one for a management group."""

    schema: str
    function: str
    """Start of the expression that gives the id of a resource deployed by the same template."""

    def id_of(self, kind: str, name: str) -> str:
        """Return the expression for the id of a definition or initiative."""
        return f"[{self.function}'{_PROVIDER}/{kind}', '{name}')]"


SCOPES: Final[Mapping[Level, _Scope]] = {
    "subscription": _Scope(schema=f"{_SCHEMAS}/2018-05-01/subscriptionDeploymentTemplate.json#", function="subscriptionResourceId("),
    "managementGroup": _Scope(
        schema=f"{_SCHEMAS}/2019-08-01/managementGroupDeploymentTemplate.json#", function="extensionResourceId(managementGroup().id, "
    ),
}


class ArmExporter:
    """Writes one template for each scope, or only the one that is asked for."""

    def __init__(self, level: Level | None = None) -> None:
        self._levels: tuple[Level, ...] = (level,) if level is not None else tuple(SCOPES)

    def files(self, bundle: Bundle) -> dict[str, Body]:
        """Return the templates by file name."""
        return {f"s2sguard.{level}.json": template(bundle, level) for level in self._levels}


def template(bundle: Bundle, level: Level) -> Body:
    """Return the template for one kind of scope; it holds nothing that depends on where it will be deployed."""
    return {
        "$schema": SCOPES[level].schema,
        "contentVersion": "1.0.0.0",
        "parameters": _parameters(bundle),
        "resources": [*_resources(bundle, SCOPES[level])],
        "outputs": {
            "initiativeId": {
                "type": "string",
                "value": SCOPES[level].id_of("policySetDefinitions", bundle.initiatives[0]["name"]),
            }
        },
    }


def escaped(value: Any) -> Any:  # noqa: ANN401  # JSON in, JSON out
    """Return a JSON value that a template turns back into `value`.

    Only a string that starts with `[` and ends with `]` is an expression, and only there the template drops a bracket.
    """
    if isinstance(value, str):
        return f"[{value}" if value.startswith("[") and value.endswith("]") else value
    if isinstance(value, Mapping):
        return {key: escaped(member) for key, member in value.items()}
    return [escaped(member) for member in value] if isinstance(value, list | tuple) else value


def _parameters(bundle: Bundle) -> Body:
    return {
        "assign": {
            "type": "bool",
            "defaultValue": True,
            "metadata": {"description": "Assign the initiative at the scope of the deployment."},
        },
        "assignmentName": {
            "type": "string",
            "defaultValue": ASSIGNMENT_NAME,
            "maxLength": 24,
            "metadata": {"description": "Name of the assignment."},
        },
        "enforcementMode": {
            "type": "string",
            "defaultValue": bundle.assignment.enforcement_mode,
            "allowedValues": ["DoNotEnforce", "Default"],
            "metadata": {"description": "DoNotEnforce only reports; Default lets the effect Deny refuse requests."},
        },
        "assignmentParameters": {
            "type": "object",
            "defaultValue": escaped({name: {"value": value} for name, value in sorted(bundle.assignment.parameters.items())}),
            "metadata": {"description": 'Parameters of the initiative, such as {"effect": {"value": "Deny"}}.'},
        },
    }


def _resources(bundle: Bundle, scope: _Scope) -> Iterator[Body]:
    for definition in bundle.definitions:
        yield _resource("policyDefinitions", definition.name, escaped(sent(definition.document["properties"])))
    for initiative in bundle.initiatives:
        yield _initiative(initiative, scope)
    yield _assignment(bundle, scope)


def _resource(kind: str, name: str, properties: Body, **others: Any) -> Body:
    # `policyType` tells a template's validation that these are ours; Azure would set it by itself.
    own = {} if kind == "policyAssignments" else {"policyType": "Custom"}
    return {"type": f"{_PROVIDER}/{kind}", "apiVersion": API_VERSION, "name": name, **others, "properties": {**own, **properties}}


def _initiative(initiative: Mapping[str, Any], scope: _Scope) -> Body:
    properties = escaped(sent(initiative["properties"], "policyDefinitions"))
    ids = [scope.id_of("policyDefinitions", definition_name(entry)) for entry in entries(initiative)]
    properties["policyDefinitions"] = [
        {**escaped(entry), "policyDefinitionId": id_} for entry, id_ in zip(entries(initiative), ids, strict=True)
    ]
    return _resource("policySetDefinitions", initiative["name"], properties, dependsOn=ids)


def _assignment(bundle: Bundle, scope: _Scope) -> Body:
    initiative = bundle.initiatives[0]
    id_ = scope.id_of("policySetDefinitions", initiative["name"])
    properties = {
        **escaped({key: initiative["properties"].get(key, "") for key in ("displayName", "description")}),
        "policyDefinitionId": id_,
        "enforcementMode": "[parameters('enforcementMode')]",
        "parameters": "[parameters('assignmentParameters')]",
        "nonComplianceMessages": escaped(bundle.messages()),
    }
    name = "[parameters('assignmentName')]"
    return _resource("policyAssignments", name, properties, condition="[parameters('assign')]", dependsOn=[id_])
