"""Small templates for the tests of the evaluator, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s2sguard.collect.arm_template import STAND_IN_SCOPE, Deployment, evaluate
from s2sguard.collect.interface import Collected
from s2sguard.model.inventory import Resource
from s2sguard.model.value import Unknown

SCOPE = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hub"
STAND_IN = f"{STAND_IN_SCOPE}/providers/Microsoft.Network"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def a_template(*resources: object, **sections: object) -> dict[str, Any]:
    """Return a template with these resources."""
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": list(resources), **sections}


def a_connection(name: object = "partner-a", **properties: object) -> dict[str, Any]:
    """Return a connection as a template declares it."""
    return {"type": "Microsoft.Network/connections", "apiVersion": "2024-05-01", "name": name, "properties": properties}


def a_gateway(name: object = "gw", **beside: object) -> dict[str, Any]:
    """Return a gateway as a template declares it."""
    body = {"type": "Microsoft.Network/virtualNetworkGateways", "apiVersion": "2024-05-01", "name": name}
    return {**body, "properties": {"gatewayType": "Vpn"}, **beside}


def a_module(name: object, template: object, *, inner: bool = True, parameters: object = None, **beside: object) -> dict[str, Any]:
    """Return a nested deployment."""
    properties: dict[str, object] = {"mode": "Incremental", "template": template}
    if inner:
        properties["expressionEvaluationOptions"] = {"scope": "inner"}
    if parameters is not None:
        properties["parameters"] = parameters
    return {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": name, "properties": properties, **beside}


def strings(*names: str, **defaults: object) -> dict[str, Any]:
    """Return declarations of string parameters, without and with a default."""
    return {**{name: {"type": "string"} for name in names}, **{name: {"type": "string", "defaultValue": v} for name, v in defaults.items()}}


def deployed(template: Mapping[str, object], **deployment: Any) -> Collected:  # what a deployment takes
    """Evaluate a template."""
    return evaluate(Deployment(template=template, file="azuredeploy.json", **deployment))


def only(template: Mapping[str, object], **deployment: Any) -> Resource:
    """Evaluate a template that has one resource and no gaps."""
    found = deployed(template, **deployment)
    assert found.gaps == []
    assert len(found.resources) == 1
    return found.resources[0]


def value(expression: object, given: Mapping[str, object] | None = None, /, **sections: object) -> Any:  # noqa: ANN401  # JSON
    """Return what an expression in a property comes to."""
    return only(a_template(a_connection(x=expression), **sections), parameters=given or {}).properties["x"]


def unknown(expression: object, given: Mapping[str, object] | None = None, /, **sections: object) -> str:
    """Return why the value of an expression is unknown."""
    found = value(expression, given, **sections)
    assert type(found) is Unknown
    return found.reason


def by_name(found: Collected) -> dict[str, Resource]:
    """Return resources by the end of their ids after the resource group's providers."""
    return {resource.id.partition("/providers/")[2].partition("/")[2]: resource for resource in found.resources}
