"""Overlaps, widths, networks, extensions, feasibility."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from s2sguard.facts.options import ExtensionException
from s2sguard.model.inventory import Resource

from .inventories import (
    LAB,
    OPTIONS,
    PREFIX,
    UNKNOWN,
    arm_id,
    connection,
    connection_facts,
    document,
    gateway,
    gateway_facts,
    peering,
    resource,
    site,
    site_facts,
    vnet,
)


def selectors(*, local: tuple[str, ...] = ("172.16.1.0/24",), remote: tuple[str, ...] = ("10.1.0.0/16",)) -> list[dict[str, Any]]:
    """One trafficSelectorPolicies element."""
    return [{"localAddressRanges": list(local), "remoteAddressRanges": list(remote)}]


def test_overlapping_fixed_ranges_name_the_other_partner() -> None:
    """Fixed remote ranges of two partners that intersect are counted and shown with the common part."""
    wide = connection("red", trafficSelectorPolicies=selectors(remote=("10.0.0.0/14",)))
    found = connection_facts(*LAB, wide)["remote_overlap"]
    assert {
        "count": 1,
        "possible": 0,
        "examples": [{"with_id": arm_id("connections", "blue"), "with_party": "blue", "ranges": ["10.2.0.0/16"]}],
    } == found


def test_sites_of_one_partner_may_overlap() -> None:
    """Overlap concerns different partners only."""
    same = {"partner": "acme"}
    found = site_facts(*LAB, site("red", prefixes=["10.2.0.0/16"], tags=same), site("blue", tags=same))
    assert 0 == found["overlap"]["count"]
    assert 1 == site_facts(*LAB, site("red", prefixes=["10.2.0.0/16"]))["overlap"]["count"]


def test_site_used_by_two_partners_overlaps_itself() -> None:
    """One site on two partners' connections is an overlap: both route to it."""
    shared = connection("blue", localNetworkGateway2={"id": arm_id("localNetworkGateways", "red")}, tags={"partner": "blue"})
    found = site_facts(*LAB, shared)
    assert (2, ["blue", "red"]) == (found["overlap"]["count"], found["partners"])


def test_unknown_neighbour_may_overlap() -> None:
    """A site with unknown prefixes leaves its neighbours' overlap unknown, but a certain overlap stays."""
    blue = site("blue", localNetworkAddressSpace=UNKNOWN)
    assert "overlap" in site_facts(*LAB, blue)["unknown"]
    own = (connection("own"), site("own", prefixes=["10.1.5.0/24"]))
    assert 1 == site_facts(*LAB, blue, *own)["overlap"]["count"]


def test_unused_site_has_no_overlap_and_is_judged_by_its_own() -> None:
    """A site without a connection keeps its widths and peer."""
    found = site_facts(*LAB, site("own", prefixes=["10.0.0.0/7", "fd00::/40"]), name="own")
    assert ([], {"v4": 7, "v6": 40}, "public") == (found["gateways"], found["widths"], found["peer"]["kind"])


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ({"gatewayIpAddress": "52.1.2.3"}, "public"),
        ({"gatewayIpAddress": "203.0.113.9"}, "public"),
        ({"gatewayIpAddress": "10.0.0.4"}, "private"),
        ({"gatewayIpAddress": "100.64.0.1"}, "private"),
        ({"gatewayIpAddress": "", "fqdn": "vpn.example.com"}, "fqdn"),
        ({"gatewayIpAddress": None}, "none"),
    ],
)
def test_peer_kinds(properties: dict[str, Any], kind: str) -> None:
    """Where the far end answers."""
    assert kind == site_facts(*LAB, site("red", **properties))["peer"]["kind"]


def test_garbage_peer_address_is_unknown() -> None:
    """A peer address that is no address is not a pass."""
    found = site_facts(*LAB, site("red", gatewayIpAddress="not-an-address"))
    assert "peer" in found["unknown"]


def test_written_ranges_are_judged_one_by_one() -> None:
    """Two adjacent /16 stay two /16: width is what is written (and what Azure Policy can see)."""
    adjacent = selectors(local=("172.16.0.0/16", "172.17.0.0/16", "fd00::/32"))
    found = connection_facts(*LAB, connection("red", trafficSelectorPolicies=adjacent))
    assert {"local_v4": 16, "local_v6": 32, "remote_v4": 16} == found["selector_widths"]


def test_ranges_outside_site_and_networks() -> None:
    """What a selector allows beyond the site, or beyond the hub, is named exactly."""
    wide = connection("red", trafficSelectorPolicies=selectors(local=("172.16.0.0/23",), remote=("10.1.0.0/16", "10.7.0.0/16")))
    found = connection_facts(*LAB, wide)
    assert (["10.7.0.0/16"], ["172.16.0.0/24"]) == (found["remote_outside_site"], found["local_outside_networks"])


SPOKE = (
    vnet("spoke", "172.16.100.0/24"),
    peering("hub", "spoke", allowGatewayTransit=True),
    peering("spoke", "hub", useRemoteGateways=True),
)
TO_SPOKE = connection("red", trafficSelectorPolicies=selectors(local=("172.16.100.0/24",)))


def test_spoke_that_uses_the_gateway_is_inside() -> None:
    """Local ranges may lie in a spoke that uses this gateway's transit."""
    assert [] == connection_facts(*LAB, *SPOKE, TO_SPOKE)["local_outside_networks"]


@pytest.mark.parametrize(
    "change",
    [
        peering("hub", "spoke", allowGatewayTransit=False),
        peering("hub", "spoke", allowGatewayTransit=True, peeringState="Disconnected"),
        peering("spoke", "hub", useRemoteGateways=False),
    ],
    ids=["not offered", "disconnected", "not used"],
)
def test_spoke_that_does_not_use_the_gateway_is_outside(change: Resource) -> None:
    """Peering alone is not transit: both sides have to let the spoke use the gateway."""
    assert ["172.16.100.0/24"] == connection_facts(*LAB, *SPOKE, TO_SPOKE, change)["local_outside_networks"]


@pytest.mark.parametrize(
    "resources",
    [
        (SPOKE[1],),
        SPOKE[:2],
        (replace(SPOKE[0], properties={}), *SPOKE[1:]),
        (vnet("hub", "172.16.1.0/24", existing=True),),
        (peering("hub", "spoke", allowGatewayTransit=UNKNOWN), *SPOKE[::2]),
        (peering("hub", "spoke", allowGatewayTransit=True, remoteVirtualNetwork=UNKNOWN),),
    ],
    ids=["spoke absent", "its peering absent", "its prefixes unknown", "hub only referred to", "offer unknown", "peer unknown"],
)
def test_unreadable_spoke_leaves_the_answer_unknown(resources: tuple[Resource, ...]) -> None:
    """A range outside what is known, with a network that cannot be read: unknown, not a finding and not a pass."""
    found = connection_facts(*LAB, TO_SPOKE, *resources)
    assert "local_outside_networks" in found["unknown"]


def test_unreadable_spoke_does_not_spoil_what_is_certain() -> None:
    """A range inside the hub is inside, whatever else may be peered."""
    assert [] == connection_facts(*LAB, SPOKE[1])["local_outside_networks"]


def test_site_that_overlaps_the_hub() -> None:
    """A site prefix inside Azure's own networks is named with the network."""
    assert ["172.16.1.128/25 (hub)"] == site_facts(*LAB, site("red", prefixes=["172.16.1.128/25"]))["network_overlap"]
    assert "network_overlap" in site_facts(*LAB, SPOKE[1])["unknown"]


def test_extensions_and_written_exceptions() -> None:
    """Roads out of a partner gateway are listed; a written exception is shown with its road only."""
    pool = {"vpnClientAddressPool": {"addressPrefixes": ["172.30.0.0/24"]}}
    other = gateway("far")
    between = connection(
        "own", connectionType="Vnet2Vnet", localNetworkGateway2=None, virtualNetworkGateway2={"id": other.id}, tags={"trust": "internal"}
    )
    express = gateway("er", gatewayType="ExpressRoute")
    server = resource("virtualNetworks/subnets", "hub/RouteServerSubnet", {"addressPrefix": "172.16.1.64/27"})
    options = replace(OPTIONS, exceptions=(ExtensionException(gateway="GW", kind="p2s", reason="admins, ticket 7"),))
    found = document(*LAB, gateway(vpnClientConfiguration=pool), other, between, express, server, options=options)
    by_name = {facts["name"]: facts for facts in found["gateways"]}
    assert [
        {"kind": "Vnet2Vnet", "name": "own"},
        {"kind": "P2S", "name": "point-to-site clients", "exception": "admins, ticket 7"},
        {"kind": "ExpressRoute", "name": "er"},
        {"kind": "RouteServer", "name": "RouteServerSubnet"},
    ] == by_name["gw"]["extensions"]
    assert {"kind": "Vnet2Vnet", "name": "own"} in by_name["far"]["extensions"]


def test_route_server_is_found_by_itself() -> None:
    """A Route Server is a virtual hub with an IP configuration in a subnet of the network, as Azure keeps it or as Terraform writes it."""
    subnet = {"subnet": {"id": f"{PREFIX}/virtualNetworks/hub/subnets/RouteServerSubnet"}}
    as_child = (resource("virtualHubs", "rs", {"sku": "Standard"}), resource("virtualHubs/ipConfigurations", "rs/one", subnet))
    as_block = (resource("virtualHubs", "rs", {"ipConfigurations": [{"properties": subnet}]}),)
    for server in (as_child, as_block):
        assert [{"kind": "RouteServer", "name": "rs"}] == gateway_facts(*LAB, *server)["extensions"]
    assert [] == gateway_facts(*LAB, resource("virtualHubs", "wan-hub", {"sku": "Standard"}))["extensions"]


def test_extensions_nobody_could_see_are_unknown() -> None:
    """Without the gateway's network, or with connections that may be missing, there may be other roads out."""
    without_hub = (LAB[0], *LAB[2:])
    for resources in (without_hub, (vnet("hub", existing=True), *without_hub), (*LAB, gateway(existing=True))):
        assert "extensions" in gateway_facts(*resources)["unknown"]


def test_nat_makes_native_isolation_infeasible() -> None:
    """Overlapping partners need NAT, NAT excludes the pattern: another headend is named."""
    assert gateway_facts(*LAB)["feasibility"]["native"]
    overlapping = gateway_facts(*LAB, site("red", prefixes=["10.2.0.0/16"]))["feasibility"]
    assert not overlapping["native"]
    assert "overlap" in overlapping["reasons"][0]


def test_ingress_nat_translates_the_site() -> None:
    """With an ingress rule the gateway routes the external mapping instead of the internal one."""
    rule = resource(
        "virtualNetworkGateways/natRules",
        "gw/red",
        {
            "mode": "ingressSnat",
            "internalMappings": [{"addressSpace": "10.1.0.0/16"}],
            "externalMappings": [{"addressSpace": "10.200.0.0/16"}],
        },
    )
    red = connection("red", connectionMode="Default", ingressNatRules=[{"id": rule.id}])
    blue = connection("blue", connectionMode="Default")
    packet = connection_facts(*LAB, red, blue, rule)["two_way"]["witnesses"][0]
    assert ("10.200.0.10", "10.2.0.10") == (packet["src"], packet["dst"])


def test_bgp_connection_on_a_shared_gateway() -> None:
    """A gateway with two parties is shared; with one it is not."""
    assert connection_facts(*LAB)["shared_gateway"]
    alone = (*LAB[:3], LAB[4])
    assert not connection_facts(*alone)["shared_gateway"]
    assert "shared_gateway" in connection_facts(*alone[1:])["unknown"]


def test_local_ranges_shared_by_partners_are_a_fact() -> None:
    """Two partners that reach the same local range are normal, and named."""
    assert ["172.16.1.0/24"] == gateway_facts(*LAB)["shared_local_ranges"]
