"""Keys in templates, parameter files and plans: how each place handles the key, told without its value."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from s2sguard.collect.interface import Document
from s2sguard.collect.shared_keys.plans import keys_of_plan
from s2sguard.collect.shared_keys.templates import keys_of_deployments

Node = dict[str, Any]
KEY = "Fake0nlyKey"
PSK: Node = {"psk": {"type": "secureString"}}
RESOURCE = "/resources/0/properties/sharedKey"
NETWORK = "Microsoft.Network/"


def connection(key: object, **more: object) -> Node:
    """Return a connection with a key."""
    return {"type": f"{NETWORK}connections", "name": "to-red", "properties": {"sharedKey": key}, **more}


def template(key: object, parameters: Node | None = None, **more: object) -> Node:
    """Return a template of one connection."""
    return {"resources": [connection(key)], "parameters": parameters or {}, **more}


def nested(inner: Node, handed: Node, scope: str = "inner") -> Node:
    """Return a template that deploys another one."""
    properties = {"expressionEvaluationOptions": {"scope": scope}, "template": inner, "parameters": handed}
    return {"parameters": PSK, "resources": [{"type": "Microsoft.Resources/deployments", "name": "n", "properties": properties}]}


def told(value: Node, *parameters: Node) -> dict[str, str]:
    """Return pointer -> handling; a parameter file's pointers begin with `p:`."""
    files = [Document(file="p", value={"$schema": SCHEMA, "contentVersion": "1.0.0.0", "parameters": one}) for one in parameters]
    found = keys_of_deployments([Document(file="t", value=value)], files)
    assert KEY not in repr(found)
    return {key.id.removeprefix("t#").replace("p#/", "p:/"): key.handling for key in found}


SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"


@pytest.mark.parametrize(
    ("key", "parameters", "more", "expected"),
    [
        (KEY, {}, {}, {RESOURCE: "clear-text"}),
        (f"[[{KEY}]", {}, {}, {RESOURCE: "clear-text"}),
        (4711, {}, {}, {RESOURCE: "clear-text"}),
        (f"[concat('{KEY}', 'b')]", {}, {}, {RESOURCE: "clear-text"}),
        (f"[if(true(), '{KEY}', parameters('psk'))]", PSK, {}, {RESOURCE: "clear-text"}),
        (f"[coalesce(parameters('psk'), '{KEY}')]", PSK, {}, {RESOURCE: "clear-text"}),
        ("[uniqueString(resourceGroup().id)]", {}, {}, {RESOURCE: "clear-text"}),
        ("[variables('v')]", {}, {"variables": {"V": KEY}}, {"/variables/V": "clear-text"}),
        ("[variables('v').red[0]]", {}, {"variables": {"v": {"red": [KEY]}}}, {"/variables/v/red/0": "clear-text"}),
        ("[parameters('p')]", {"p": {"type": "string"}}, {}, {"/parameters/p": "clear-text"}),
        ("[parameters('psk')]", {"psk": {"type": "secureString", "defaultValue": KEY}}, {}, {"/parameters/psk/defaultValue": "clear-text"}),
        (
            "[parameters('psk')]",
            {"psk": {"type": "securestring", "defaultValue": "[uniqueString('a')]"}},
            {},
            {"/parameters/psk/defaultValue": "clear-text"},
        ),
        ("[parameters('psk')]", PSK, {}, {RESOURCE: "protected"}),
        ("[parameters('psk')]", {"psk": {"type": "secureString", "defaultValue": ""}}, {}, {RESOURCE: "protected"}),
        ("[parameters('psk')]", {"psk": {"type": "secureString", "defaultValue": "[newGuid()]"}}, {}, {RESOURCE: "protected"}),
        (
            "[parameters('psk')]",
            {"psk": {"$ref": "#/definitions/k"}},
            {"definitions": {"k": {"type": "secureString"}}},
            {RESOURCE: "protected"},
        ),
        ("[concat('a', parameters('psk'))]", PSK, {}, {RESOURCE: "protected"}),
        ("[tryGet(parameters('cfg'), 'psk')]", {"cfg": {"type": "secureObject"}}, {}, {RESOURCE: "protected"}),
        ("[listSecrets('x').value]", {}, {}, {RESOURCE: "protected"}),
        ("#{PSK}#", {}, {}, {RESOURCE: "protected"}),
        ("[reference('d').outputs.k.value]", {}, {}, {RESOURCE: "unknown"}),
        ("[parameters('none')]", {}, {}, {RESOURCE: "unknown"}),
        ("[variables('none')]", {}, {}, {RESOURCE: "unknown"}),
        ("[variables('a')]", {}, {"variables": {"a": "[variables('b')]", "b": "[variables('a')]"}}, {"/variables/a": "unknown"}),
        ("[parameters('p')]", {"p": {"$ref": "#/definitions/none"}}, {}, {RESOURCE: "unknown"}),
        ("[concat('a']", {}, {}, {RESOURCE: "unknown"}),
        ({"a": 1}, {}, {}, {RESOURCE: "unknown"}),
        ("", {}, {}, {}),
        ("<key>", {}, {}, {}),
        (None, {}, {}, {}),
        ("[null()]", {}, {}, {}),
    ],
)
def test_where_a_key_comes_from(key: object, parameters: Node, more: Node, expected: dict[str, str]) -> None:
    """The place at fault is named: the resource, the parameter, its default or the variable; secrets and placeholders pass."""
    found = told(template(key, parameters, **more))
    if found != expected:
        # A circle is reported at whichever of its variables ends it.
        assert list(found.values()) == list(expected.values()) == ["unknown"]


@pytest.mark.parametrize(
    ("resource", "pointer"),
    [
        ({"type": f"{NETWORK}connections/sharedKey", "properties": {"value": KEY}}, "/resources/0/properties/value"),
        (connection("", resources=[{"type": "sharedKey", "properties": {"value": KEY}}]), "/resources/0/resources/0/properties/value"),
        (
            {"type": f"{NETWORK}vpnGateways/vpnConnections", "properties": {"vpnLinkConnections": [{"properties": {"sharedKey": KEY}}]}},
            "/resources/0/properties/vpnLinkConnections/0/properties/sharedKey",
        ),
        (
            {"type": "Microsoft.Resources/deploymentScripts", "properties": {"scriptContent": f"az x --shared-key {KEY}"}},
            "/resources/0/properties/scriptContent#--shared-key",
        ),
        (
            {"type": "Microsoft.Resources/deploymentScripts", "properties": {"environmentVariables": [{"name": "PSK", "value": KEY}]}},
            "/resources/0/properties/environmentVariables/0/value",
        ),
    ],
)
def test_other_resources_that_take_a_key(resource: Node, pointer: str) -> None:
    """Child resources by their full or relative type, virtual WAN links, deployment scripts; by symbolic name as well."""
    assert told({"resources": [resource]}) == {pointer: "clear-text"}
    assert told({"resources": {"c": resource}}) == {pointer.replace("/resources/0", "/resources/c", 1): "clear-text"}


def test_a_key_of_another_service_is_none_of_ours() -> None:
    """Log Analytics has a member of this name."""
    assert told({"resources": [{"type": "Microsoft.OperationalInsights/x", "properties": {"sharedKey": KEY}}]}) == {}


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ({"type": "string", "value": "[parameters('psk')]"}, True),
        ({"type": "object", "value": {"a": "[concat('x', parameters('psk'))]"}}, True),
        ({"type": "string", "value": "[reference('to-red').sharedKey]"}, True),
        ({"type": "secureString", "value": "[parameters('psk')]"}, False),
        ({"type": "string", "value": "[resourceId('x', 'y')]"}, False),
        ({"type": "string", "value": "psk"}, False),
    ],
)
def test_an_output_that_shows_the_key(output: Node, shown: bool) -> None:  # noqa: FBT001
    """Azure keeps an output that is not secure in the deployment history."""
    found = told(template("[parameters('psk')]", PSK, outputs={"o": output}))
    assert found == {RESOURCE: "protected"} | ({"/outputs/o/value": "clear-text"} if shown else {})


def test_keys_handed_to_nested_templates() -> None:
    """A text handed to a secure parameter is written in the outer template; a secure one handed on is protected; outer scope is ours."""
    inner = template("[parameters('k')]", {"k": {"type": "secureString"}})
    at = "/resources/0/properties/"
    below = f"{at}template{RESOURCE}"
    assert told(nested(inner, {"k": {"value": KEY}})) == {below: "protected", f"{at}parameters/k/value": "clear-text"}
    assert told(nested(inner, {"k": {"value": "[parameters('psk')]"}})) == {below: "protected", f"{at}parameters/k/value": "protected"}
    vault = {"k": {"reference": {"keyVault": {"id": "v"}, "secretName": "s"}}}
    assert told(nested(inner, vault)) == {below: "protected", f"{at}parameters/k": "protected"}
    assert told(nested(template(KEY), {}, scope="outer")) == {below: "clear-text"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"vpn": {"value": KEY}}, {"p:/parameters/vpn/value": "clear-text"}),
        ({"vpn": {"reference": {"secretName": "s"}}}, {"p:/parameters/vpn": "protected"}),
        ({"vpn": {"value": ""}}, {}),
        ({"cfg": {"value": {"k": KEY, "region": "uksouth"}}}, {"p:/parameters/cfg/value/k": "clear-text"}),
        ({"other": {"value": [{"psk": KEY}]}}, {"p:/parameters/other/value/0/psk": "clear-text"}),
        ({"sharedKey": {"value": KEY}}, {"p:/parameters/sharedKey/value": "clear-text"}),
        ({"sharedKeySecretName": {"value": "to-red"}, "region": {"value": "uksouth"}}, {}),
    ],
)
def test_parameter_files(given: Node, expected: dict[str, str]) -> None:
    """A text for a parameter that is used as a key, or named like one, is in clear text; a key vault reference is not."""
    both = {"vpn": {"type": "secureString"}, "cfg": {"type": "secureObject"}}
    value = template("[parameters('vpn')]", both)
    value["resources"].append(connection("[parameters('cfg').k]"))
    found = {place: handling for place, handling in told(value, given).items() if place.startswith("p:")}
    assert found == expected


def plan(expression: object, variables: Node | None = None, kind: str = "azurerm_virtual_network_gateway_connection") -> Node:
    """Return a plan whose configuration has one resource."""
    expressions = expression if kind.startswith("azapi") else {"shared_key": expression}
    resource = {"address": f"{kind}.red", "type": kind, "expressions": expressions}
    return {"configuration": {"root_module": {"resources": [resource], "variables": variables or {}}}}


JSON_BODY = f'{{"properties":{{"value":"{KEY}"}}}}'


def of_plan(value: object) -> list[str]:
    """Return how the keys of a plan are handled."""
    found = keys_of_plan(Document(file="plan.json", value=value))
    assert KEY not in repr(found)
    return [key.handling for key in found]


AZAPI = "azapi_resource"
TYPE = {"constant_value": f"{NETWORK}connections@2024-05-01"}
CHILD = {"constant_value": f"{NETWORK}connections/sharedKey@2024-05-01"}
BODY = {"properties": {"sharedKey": KEY, "links": [{"sharedKey": ""}]}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (plan({"constant_value": KEY}), ["clear-text"]),
        (plan({"constant_value": ""}), []),
        (plan({"constant_value": None}), []),
        (plan({}), []),
        (plan({"references": ["var.psk"]}, {"psk": {}}), ["clear-text"]),
        (plan({"references": ["var.psk"]}, {"psk": {"sensitive": True}}), ["protected"]),
        (plan({"references": ["var.psk"]}, {"psk": {"sensitive": True, "default": KEY}}), ["clear-text"]),
        (plan({"references": ["data.azurerm_key_vault_secret.a.value", "data.azurerm_key_vault_secret.a"]}), ["protected"]),
        (plan({"references": ["local.psk"]}), ["unknown"]),
        (plan({"type": TYPE, "body": {"constant_value": BODY}}, kind=AZAPI), ["clear-text"]),
        (
            plan({"type": CHILD, "body": {"constant_value": JSON_BODY}}, kind=AZAPI),
            ["clear-text"],
        ),
        (
            plan({"type": TYPE, "body": {"references": ["var.psk", "var.region"]}}, {"psk": {"sensitive": True}}, kind=AZAPI),
            ["protected"],
        ),
        (plan({"type": {"constant_value": "Microsoft.Storage/x@1"}, "body": {"constant_value": BODY}}, kind=AZAPI), []),
        (plan({"type": TYPE, "body": {"constant_value": "{"}}, kind=AZAPI), []),
        ({"configuration": []}, []),
        (None, []),
    ],
)
def test_plans(value: object, expected: list[str]) -> None:
    """The configuration says where a key comes from: a constant, a variable that is sensitive or not, a data source."""
    assert of_plan(value) == expected


def test_keys_of_modules_and_links() -> None:
    """A module's variable is judged by what the call gives it; a link of a virtual WAN connection is a block."""
    inner = plan({"references": ["var.k"]}, {"k": {"sensitive": True}})["configuration"]["root_module"]
    for handed, expected in (({"k": {"constant_value": KEY}}, ["clear-text"]), ({}, ["protected"]), ({"k": {"constant_value": ""}}, [])):
        call = {"module_calls": {"m": {"module": copy.deepcopy(inner), "expressions": handed}}}
        got = of_plan({"configuration": {"root_module": call}})
        assert got == expected or (not expected and got == ["unknown"])
    link = {"type": "azurerm_vpn_gateway_connection", "expressions": {"vpn_link": [{"shared_key": {"constant_value": KEY}}]}}
    assert of_plan({"configuration": {"root_module": {"resources": [link]}}}) == ["clear-text"]
