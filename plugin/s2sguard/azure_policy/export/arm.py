"""ARM templates that deploy definitions, initiatives and the assignment, one for each scope.

The scopes have different schemas and different ways to write a definition's id
(azure-docs: deploy-to-subscription, deploy-to-management-group), so there are two templates with the same resources.
A policy's expressions must reach Azure Policy as they are, and a template evaluates every string in brackets:
they are escaped with a second bracket (azure-docs: template-expressions, "Escape characters").
Derived assignments act on subscriptions and resource groups of their own, which a template reaches by nested deployments
(azure-docs: deploy-to-management-group, deploy-to-subscription, "Deployment scopes").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from s2sguard.azure_policy.export.interface import ASSIGNMENT_NAME, Assignment, Body, Bundle, definition_name, entries, sent

Level: TypeAlias = Literal["subscription", "managementGroup"]

API_VERSION: Final = "2023-04-01"
"""Of the three resource types; has everything that is written here, in every cloud."""
_SCHEMAS: Final = "https://schema.management.azure.com/schemas"
_PROVIDER: Final = "Microsoft.Authorization"
DEPLOYMENTS_VERSION: Final = "2022-09-01"
"""Of `Microsoft.Resources/deployments`, as in Microsoft's examples of nested templates."""
GROUP_SCHEMA: Final = f"{_SCHEMAS}/2019-04-01/deploymentTemplate.json#"
_PLACE: Final = re.compile(r"/subscriptions/(?P<subscription>[^/]+)(?:/resourceGroups/(?P<group>[^/]+))?", re.IGNORECASE)


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
    for number, assignment in enumerate(bundle.derived, 1):
        yield _elsewhere(bundle, assignment, scope, f"{ASSIGNMENT_NAME}-derived-{number:02}")


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
    id_ = _initiative_id(bundle, bundle.assignment, scope)
    properties = _assigned(bundle, bundle.assignment, id_, "[parameters('assignmentParameters')]")
    name = "[parameters('assignmentName')]"
    return _resource("policyAssignments", name, properties, condition="[parameters('assign')]", dependsOn=[id_])


def _initiative_id(bundle: Bundle, assignment: Assignment, scope: _Scope) -> str:
    return scope.id_of("policySetDefinitions", bundle.initiative(assignment)["name"])


def _assigned(bundle: Bundle, assignment: Assignment, id_: str, parameters: str | Body) -> Body:
    initiative = bundle.initiative(assignment)
    return {
        **escaped({key: initiative["properties"].get(key, "") for key in ("displayName", "description")}),
        "policyDefinitionId": id_,
        "enforcementMode": "[parameters('enforcementMode')]",
        "parameters": parameters,
        "nonComplianceMessages": escaped(bundle.messages(assignment.family)),
    }


def _elsewhere(bundle: Bundle, assignment: Assignment, scope: _Scope, name: str) -> Body:
    """Return a nested deployment of an assignment to a subscription or a resource group, whatever the template is deployed to.

    Its template is evaluated by itself (`inner`), so that what it needs of the outer one is handed over as parameters
    (azure-docs: linked-templates, "Expression evaluation scope in nested templates").
    """
    id_ = _initiative_id(bundle, assignment, scope)
    place = _PLACE.fullmatch(assignment.scope or "")
    if place is None:
        raise ValueError(f"a derived assignment acts on a subscription or a resource group: {assignment.scope}")
    group = place["group"]
    target = {"subscriptionId": place["subscription"], **({"resourceGroup": group} if group else {"location": "[deployment().location]"})}
    values = escaped({key: {"value": value} for key, value in sorted(assignment.parameters.items())})
    inner = _assigned(bundle, assignment, "[parameters('initiativeId')]", values)
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": DEPLOYMENTS_VERSION,
        "name": name,
        "condition": "[parameters('assign')]",
        **target,
        "dependsOn": [id_],
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {"initiativeId": {"value": id_}, "enforcementMode": {"value": "[parameters('enforcementMode')]"}},
            "template": {
                "$schema": GROUP_SCHEMA if group else SCOPES["subscription"].schema,
                "contentVersion": "1.0.0.0",
                "parameters": {"initiativeId": {"type": "string"}, "enforcementMode": {"type": "string"}},
                "resources": [_resource("policyAssignments", escaped(assignment.name), inner)],
            },
        },
    }
