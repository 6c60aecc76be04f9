"""A resource of an inventory as the request that Azure Policy would see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from s2sguard.azure_policy import compile_policy
from s2sguard.azure_policy.forecast.request import AFTER_APPLY, request_of
from s2sguard.collect import read_inventory
from s2sguard.model.inventory import Inventory, Resource, Source
from s2sguard.model.value import Unknown

NETWORK = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network"
CONNECTION = "Microsoft.Network/connections"


def resource(**changes: Any) -> Resource:
    """Return a connection, with some of its fields changed."""
    usual: dict[str, Any] = {
        "id": f"{NETWORK}/connections/to-red",
        "type": CONNECTION,
        "name": "to-red",
        "properties": {"connectionMode": "Default"},
        "tags": {"partner": "red"},
        "source": Source(file="a.json"),
    }
    return Resource(**usual | changes)


def test_what_the_inventory_has_is_in_the_request() -> None:
    """Type, name, id, tags and properties are those of the resource."""
    request = request_of(resource())
    expected = {"type": CONNECTION, "name": "to-red", "id": f"{NETWORK}/connections/to-red", "tags": {"partner": "red"}}
    assert expected == {key: request[key] for key in expected}
    assert request["properties"]["connectionMode"] == "Default"


@pytest.mark.parametrize("field", ["location", "identity.type", "kind", "Microsoft.Network/connections/sharedKey"])
def test_what_was_dropped_is_unknown_and_not_missing(field: str) -> None:
    """A rule that asks for something the reader drops gets no answer, instead of the answer that there is none."""
    policy = compile_policy({"if": {"field": field, "exists": False}, "then": {"effect": "deny"}})
    assert policy.evaluate(request_of(resource())).effect == "unknown"


def test_a_child_has_no_location_and_its_whole_name() -> None:
    """Child resources are named with their parents and have no location of their own."""
    child = resource(id=f"{NETWORK}/vpnGateways/vgw/vpnConnections/red", name="red", parent=f"{NETWORK}/vpnGateways/vgw")
    request = request_of(child)
    assert ("vgw/red", False) == (request["name"], "location" in request)


def test_a_planned_child_gets_the_name_of_its_planned_parent() -> None:
    """The parent's name comes from the inventory where the id does not tell it."""
    parent = resource(id="terraform:azurerm_vpn_gateway.a", name="vgw", type="Microsoft.Network/vpnGateways")
    child = resource(id="terraform:azurerm_vpn_gateway_connection.a", name="red", parent=parent.id)
    assert request_of(child, Inventory([parent, child]))["name"] == "vgw/red"
    assert request_of(child)["name"] == "red"


def test_planned_ids_are_unknown_at_any_depth() -> None:
    """An id that Azure has yet to give is no text to compare with, wherever it stands."""
    properties = {"localNetworkGateway2": {"id": "terraform:site"}, "ingressNatRules": [{"id": "terraform:rule"}, {"id": f"{NETWORK}/x"}]}
    request = request_of(resource(id="terraform:connection", properties=properties))
    assert request["id"] is AFTER_APPLY
    assert request["properties"]["localNetworkGateway2"] == {"id": AFTER_APPLY}
    assert request["properties"]["ingressNatRules"] == [{"id": AFTER_APPLY}, {"id": f"{NETWORK}/x"}]


def test_unknown_tags_stay_unknown() -> None:
    """Tags that could not be read are passed on as such."""
    tags = Unknown("known only after apply")
    assert request_of(resource(tags=tags))["tags"] is tags


def test_nothing_is_copied_without_need() -> None:
    """Ten thousand resources are not copied to be looked at."""
    site = resource(type="Microsoft.Network/localNetworkGateways")
    assert request_of(site)["properties"] is site.properties


def test_inner_resources_get_the_properties_level_that_aliases_go_through() -> None:
    """What `az` prints flat is found by an alias path with `.properties.` in it (facts 2.1)."""
    flat = {"vpnLinkConnections": [{"name": "a", "id": "x", "vpnLinkConnectionMode": "Default"}], "name": 1}
    whole = {"vpnLinkConnections": [{"name": "a", "id": "x", "properties": {"vpnLinkConnectionMode": "Default"}}], "name": 1}
    for written in (flat, whole):
        request = request_of(resource(type="Microsoft.Network/vpnGateways/vpnConnections", properties=written))
        assert request["properties"]["vpnLinkConnections"] == whole["vpnLinkConnections"]


def test_every_resource_of_a_plan_becomes_a_request(root: Path) -> None:
    """A real plan gives a body with a type and a name for each resource."""
    inventory = read_inventory([root / "samples/lab/stage-5-hardened/tfplan.json"])
    requests = [request_of(each, inventory) for each in inventory.resources]
    assert all(request["type"] and request["name"] and isinstance(request["properties"], dict) for request in requests)
    assert [request["name"] for request in requests if request["type"].endswith("/virtualNetworkPeerings")]
