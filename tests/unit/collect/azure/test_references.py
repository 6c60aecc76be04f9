"""What a resource makes worth reading."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.collect.azure.batch import Batch, Rank
from s2sguard.collect.azure.references import place_of, wants_of
from tests.unit.collect.arm import GROUP, an_id

FIREWALL = "azureFirewalls/f"
GATEWAY = an_id("virtualNetworkGateways/vpn")


def wanted(kind: str, properties: dict[str, Any], *, as_hub: bool = False) -> set[str]:
    """Return the paths of what a resource of this path makes worth reading."""
    resource = Batch().take({"id": an_id(kind), "properties": properties}, Rank.OWN)
    assert resource is not None
    return {want.id.partition("/Microsoft.Network/")[2] + (" as hub" if want.as_hub else "") for want in wants_of(resource, as_hub=as_hub)}


def network(**more: Any) -> dict[str, Any]:
    """Return a network with a peer, a route table, two gateways, a firewall and a Route Server."""
    inhabitants = ("virtualNetworkGateways/vpn/ipConfigurations/a", "virtualNetworkGateways/er/ipConfigurations/a")
    subnets = [
        {
            "name": "GatewaySubnet",
            "properties": {"routeTable": {"id": an_id("routeTables/t")}, "ipConfigurations": [*map(at, inhabitants)]},
        },
        {"name": "fw", "properties": {"ipConfigurations": [at("azureFirewalls/fw/azureFirewallIpConfigurations/a")]}},
        {"name": "rs", "properties": {"ipConfigurations": [at("virtualHubs/rs/ipConfigurations/a")]}},
        {"name": "vm", "properties": {"ipConfigurations": [at("networkInterfaces/nic/ipConfigurations/a")]}},
    ]
    peering = {"name": "p", "properties": {"remoteVirtualNetwork": {"id": an_id("virtualNetworks/spoke")}}}
    return {"subnets": subnets, "virtualNetworkPeerings": [peering]} | more


def at(path: str) -> dict[str, str]:
    """Return a reference."""
    return {"id": an_id(path)}


INHABITANTS = {"routeTables/t", "virtualNetworkGateways/vpn", "virtualNetworkGateways/er", "azureFirewalls/fw", "virtualHubs/rs"}
GATEWAY_BODY = {
    "gatewayType": "Vpn",
    "gatewayDefaultSite": at("localNetworkGateways/s"),
    "ipConfigurations": [{"properties": {"subnet": at("virtualNetworks/hub/subnets/GatewaySubnet")}}],
}


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("virtualNetworkGateways/vpn", GATEWAY_BODY, {"virtualNetworks/hub as hub", "localNetworkGateways/s"}),
        ("virtualNetworkGateways/er", GATEWAY_BODY | {"gatewayType": "ExpressRoute"}, set()),
        (
            "connections/c",
            {"virtualNetworkGateway1": at("virtualNetworkGateways/vpn"), "localNetworkGateway2": at("localNetworkGateways/s")},
            {"virtualNetworkGateways/vpn", "localNetworkGateways/s"},
        ),
        ("virtualNetworks/spoke", network(), INHABITANTS),
        ("vpnGateways/g", {"virtualHub": at("virtualHubs/h")}, {"virtualHubs/h"}),
        ("vpnGateways/g/vpnConnections/c", {"remoteVpnSite": at("vpnSites/s")}, {"vpnSites/s"}),
        (
            "virtualHubs/h",
            {"virtualWan": at("virtualWans/w"), "azureFirewall": at("azureFirewalls/f")},
            {"virtualWans/w", "azureFirewalls/f"},
        ),
        ("localNetworkGateways/s", {"anything": at("virtualNetworks/x")}, set()),
    ],
)
def test_what_is_followed(kind: str, properties: dict[str, Any], expected: set[str]) -> None:
    """Gateways lead to their hub and sites, networks to what stands in them, and so on; a spoke does not lead to its peers."""
    assert expected == wanted(kind, properties)


def test_a_hub_leads_to_its_peers() -> None:
    """Only a network with a gateway in it leads to the networks it is peered with."""
    assert INHABITANTS | {"virtualNetworks/spoke"} == wanted("virtualNetworks/hub", network(), as_hub=True)


def test_gateways_in_one_subnet_know_each_other() -> None:
    """A gateway that cannot be read puts the other gateways of its subnet in doubt, so each is wanted together with those."""
    resource = Batch().take({"id": an_id("virtualNetworks/hub"), "properties": network()}, Rank.OWN)
    assert resource is not None
    beside = {want.id: want.hint.get("beside") for want in wants_of(resource) if "/virtualNetworkGateways/" in want.id}
    assert {GATEWAY: [an_id("virtualNetworkGateways/er")], an_id("virtualNetworkGateways/er"): [GATEWAY]} == beside


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "/",
        f"{GROUP}/providers/Microsoft.Network/localNetworkGateways/../../x",
        f"{GROUP}/providers/Microsoft.Network/localNetworkGateways/a?x=y",
        f"{GROUP}/providers/Microsoft.Network/localNetworkGateways/a b",
        f"{GROUP}/providers/Microsoft.Network/localNetworkGateways/" + "a" * 81,
        f"{GROUP}/providers/Microsoft.Compute/virtualMachines/a",
        "/subscriptions/x/resourceGroups/g/providers/Microsoft.Network/localNetworkGateways/a",
        f"https://evil.example{GROUP}/providers/Microsoft.Network/localNetworkGateways/a",
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/a%2fb/providers/Microsoft.Network/localNetworkGateways/a",
        f"{GROUP}/providers/Microsoft.Network/localNetworkGateways/a\nb",
    ],
)
def test_hostile_ids_become_no_request(hostile: str) -> None:
    """An id of another form than Azure's is never asked about."""
    assert (set(), None) == (wanted("connections/c", {"localNetworkGateway2": {"id": hostile}}), place_of(hostile.strip() or "x"))


@pytest.mark.parametrize("odd", [None, 7, "text", [], {"id": 7}, {"id": None}, [{"id": "x"}]])
def test_odd_shapes_are_nothing(odd: object) -> None:
    """Whatever stands where a reference or a list should be, it is followed nowhere and breaks nothing."""
    body = dict.fromkeys(("localNetworkGateway2", "subnets", "virtualNetworkPeerings", "ipConfigurations", "virtualHub"), odd)
    for kind in ("connections/c", "virtualNetworks/n", "virtualNetworkGateways/g", "vpnGateways/g"):
        assert wanted(kind, body, as_hub=True) == set()
