"""azapi resources: ARM bodies as objects or JSON text, with what is not known yet, and updates laid over other resources."""

from __future__ import annotations

import json
from typing import Any

import pytest

from s2sguard.model.value import Unknown
from tests.unit.collect.terraform.plans import (
    CONNECTION,
    GATEWAY,
    SITE,
    SUBSCRIPTION,
    Json,
    connection,
    kinds,
    only,
    plan,
    planned,
    read,
    refs,
)

LATER = Unknown("known only after apply")
GW = f"{GATEWAY}.gw"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg"


def _azapi(values: Json, name: str = "x", **more: Any) -> Json:
    own = {"type": "Microsoft.Network/connections@2024-05-01", "name": name, "parent_id": GROUP, **values}
    return planned("azapi_resource", name, own, **more)


@pytest.mark.parametrize("as_text", [False, True])
def test_a_body_is_arm_already(*, as_text: bool) -> None:
    """The body is read as an object (azapi 2) and as JSON in a string (azapi 1), without its secrets."""
    body = {"properties": {"connectionMode": "InitiatorOnly", "sharedKey": "PLANTED", "ipsecPolicies": [{"dhGroup": "ECP384"}]}}
    found = read(plan(_azapi({"body": json.dumps(body) if as_text else body, "tags": {"partner": "red"}}, unknown={"id": True})))
    (resource,) = found.resources
    assert (resource.id, resource.type, resource.name) == ("terraform:azapi_resource.x", "Microsoft.Network/connections", "x")
    assert (resource.tags, resource.resource_group, resource.source.pointer) == (
        {"partner": "red"},
        "rg",
        "/planned_values/root_module/resources/0",
    )
    assert resource.properties == {"connectionMode": "InitiatorOnly", "ipsecPolicies": [{"dhGroup": "ECP384"}]}
    assert "PLANTED" not in repr(found)


def test_references_in_a_body_are_followed() -> None:
    """An id inside a body is the only resource of the right type that the body mentions."""
    body: Json = {"properties": {"connectionType": "IPsec", "virtualNetworkGateway1": {}, "localNetworkGateway2": {}}}
    unknown = {
        "id": True,
        "body": {"properties": {"virtualNetworkGateway1": {"id": True}, "localNetworkGateway2": {"id": True}, "routingWeight": True}},
    }
    expressions = {"body": refs(f"{GW}.id", GW, f"{SITE}.s.id", f"{SITE}.s")}
    gateway, site = planned(GATEWAY, "gw", {"name": "gw"}, unknown={"id": True}), planned(SITE, "s", {"name": "s"}, unknown={"id": True})
    found = read(plan(gateway, site, _azapi({"body": body}, unknown=unknown, expressions=expressions)))
    assert only(found, "x").properties == {
        "connectionType": "IPsec",
        "virtualNetworkGateway1": {"id": f"terraform:{GW}"},
        "localNetworkGateway2": {"id": f"terraform:{SITE}.s"},
        "routingWeight": LATER,
    }
    assert found.gaps == []


def test_a_body_that_is_unknown_as_a_whole_is_all_unknown() -> None:
    """`jsonencode` of something unknown hides everything but what is mentioned; nothing becomes a default."""
    gateway = planned(GATEWAY, "gw", {"name": "gw"}, unknown={"id": True})
    found = read(plan(gateway, _azapi({}, unknown={"id": True, "body": True}, expressions={"body": refs(f"{GW}.id", GW)})))
    properties = only(found, "x").properties
    assert properties["virtualNetworkGateway1"] == {"id": f"terraform:{GW}"}
    assert {name for name in ("connectionMode", "ipsecPolicies", "enableBgp", "trafficSelectorPolicies") if properties[name] == LATER} == {
        "connectionMode",
        "ipsecPolicies",
        "enableBgp",
        "trafficSelectorPolicies",
    }


@pytest.mark.parametrize("body", ["not json", "[]", 7, {"properties": 7}, ["a"]])
def test_a_body_that_cannot_be_read_is_all_unknown(body: object) -> None:
    """Garbage is a gap, never an empty body with Azure's defaults."""
    found = read(plan(_azapi({"body": body})))
    assert only(found, "x").properties["connectionMode"] == Unknown("the body is not an object")
    assert kinds(found) == ["unreadable-value"]


def test_sensitive_parts_of_a_body_are_not_read() -> None:
    """A part marked sensitive is unknown; a body marked as a whole is read without its secrets."""
    body = {"properties": {"connectionMode": "InitiatorOnly", "routingWeight": 7}}
    part = plan(_azapi({"body": body}))
    part["planned_values"]["root_module"]["resources"][0]["sensitive_values"] = {"body": {"properties": {"routingWeight": True}}}
    assert only(read(part), "x").properties == {"connectionMode": "InitiatorOnly", "routingWeight": Unknown("marked sensitive")}
    whole = plan(_azapi({"body": body}))
    whole["planned_values"]["root_module"]["resources"][0]["sensitive_values"] = {"body": True}
    assert only(read(whole), "x").properties == body["properties"]


def test_children_inside_a_body_are_resources() -> None:
    """Subnets in the body of a network are children, as everywhere else."""
    body = {
        "properties": {"addressSpace": {"addressPrefixes": ["172.16.1.0/24"]}, "subnets": [{"name": "GatewaySubnet", "properties": {}}]}
    }
    found = read(plan(_azapi({"type": "Microsoft.Network/virtualNetworks@2024-05-01", "body": body}, unknown={"id": True})))
    assert only(found, "GatewaySubnet").parent == "terraform:azapi_resource.x"


def test_a_child_type_refers_to_its_parent() -> None:
    """`parent_id` of a subnet is its network, of whichever provider."""
    hub = planned("azurerm_virtual_network", "hub", {"name": "hub"}, unknown={"id": True})
    values = {
        "type": "Microsoft.Network/virtualNetworks/subnets@2024-05-01",
        "parent_id": None,
        "body": {"properties": {"addressPrefix": "172.16.1.0/27"}},
    }
    expressions = {"parent_id": refs("azurerm_virtual_network.hub.id", "azurerm_virtual_network.hub")}
    subnet = _azapi(values, unknown={"id": True, "parent_id": True}, expressions=expressions)
    assert only(read(plan(hub, subnet)), "x").parent == "terraform:azurerm_virtual_network.hub"


def test_a_connection_may_refer_to_an_azapi_gateway() -> None:
    """Both providers may describe one estate."""
    gateway = _azapi({"type": "Microsoft.Network/virtualNetworkGateways@2024-05-01", "body": {"properties": {}}}, unknown={"id": True})
    expressions = {"virtual_network_gateway_id": refs("azapi_resource.x.id", "azapi_resource.x")}
    red = connection("red", unknown={"id": True, "virtual_network_gateway_id": True}, expressions=expressions)
    assert only(read(plan(gateway, red)), "red").properties["virtualNetworkGateway1"] == {"id": "terraform:azapi_resource.x"}


def test_other_azapi_types_are_passed_over() -> None:
    """Azapi manages everything in Azure; only types of this tool are read."""
    found = read(plan(_azapi({"type": "Microsoft.Storage/storageAccounts@2023-01-01"}), _azapi({"type": 7}, name="y")))
    assert (found.resources, found.gaps) == ([], [])


def _update(values: Json, **more: Any) -> Json:
    own = {"type": "Microsoft.Network/connections@2024-05-01", **values}
    return planned("azapi_update_resource", "u", own, **more)


UPDATE = {"body": {"properties": {"connectionMode": "InitiatorOnly", "trafficSelectorPolicies": []}}}


def test_an_update_is_laid_over_its_resource() -> None:
    """An update by reference, by id, and by name and group changes what the plan says about the resource."""
    red_id = f"{SUBSCRIPTION}/connections/red"
    fresh = connection("red", {"connection_mode": "Default"}, unknown={"id": True})
    by_reference = _update(
        {**UPDATE}, unknown={"resource_id": True}, expressions={"resource_id": refs(f"{CONNECTION}.red.id", f"{CONNECTION}.red")}
    )
    real = connection("red", {"id": red_id, "connection_mode": "Default"})
    for resource, update in (
        (fresh, by_reference),
        (real, _update({**UPDATE, "resource_id": red_id.upper()})),
        (real, _update({**UPDATE, "name": "RED", "parent_id": GROUP})),
    ):
        found = read(plan(resource, update))
        assert only(found, "red").properties == {
            "connectionType": "IPsec",
            "connectionMode": "InitiatorOnly",
            "trafficSelectorPolicies": [],
        }
        assert found.gaps == []


def test_an_update_of_something_else_is_a_gap() -> None:
    """A change to a resource outside the plan cannot be judged."""
    for update in (
        _update({**UPDATE, "resource_id": f"{SUBSCRIPTION}/connections/x"}),
        _update({**UPDATE, "name": "x", "parent_id": GROUP}),
    ):
        assert kinds(read(plan(connection("red"), update))) == ["missing-reference"]
