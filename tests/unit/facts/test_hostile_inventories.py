"""Inventories written to be misread: what cannot be known must never let a partner pass."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.facts import FactsOptions
from s2sguard.facts.document import FactsDocument
from s2sguard.model.inventory import Gap, GapKind, Resource, Source
from s2sguard.model.value import Unknown

from .inventories import LAB, OPTIONS, POLICY, PREFIX, UNKNOWN, arm_id, connection, document, gateway, resource, site

ALLOCATED = {"ipamPoolPrefixAllocations": [{"pool": {"id": "/pool"}, "numberOfIpAddresses": "65536"}]}


def scanned(*changed: Resource, gaps: tuple[Gap, ...] = (), options: FactsOptions = OPTIONS) -> FactsDocument:
    """The facts of the lab with these resources in place of those with the same id."""
    unique = {one.key: one for one in (*LAB, *changed)}
    return document(*unique.values(), gaps=gaps, options=options)


def of(found: Any, name: str, kind: str = "connections") -> Any:  # noqa: ANN401 - one of three kinds of facts
    """One subject by name."""
    return next(one for one in found[kind] if one["name"] == name)


@pytest.mark.parametrize("policies", [[POLICY, POLICY | {"dhGroup": "DHGroup1"}], [{}], [{"ikeEncryption": None}], [None]])
def test_a_policy_azure_would_not_take_is_unknown(policies: list[object]) -> None:
    """Azure takes one complete element (azure.md 1.1): which of two counts, or what an empty one does, is not known."""
    found = scanned(connection("red", ipsecPolicies=policies))
    assert {"custom_policy", "ipsec_policy", "ceiling"} <= set(of(found, "red")["unknown"])
    assert 1 == of(found, "blue")["one_way"]["possible"]


@pytest.mark.parametrize("kind", ["IPsecX", "IPsec\u200b", "S2S", UNKNOWN, None, 7])
def test_a_connection_of_unknown_type_may_be_a_tunnel(kind: object) -> None:
    """A type Azure does not document hides no tunnel from its neighbours, nor a road out from the gateway."""
    found = scanned(connection("red", connectionType=kind, connectionMode="Default"))
    assert 1 == of(found, "blue")["one_way"]["count"]
    assert "connection_type" in of(found, "red")["unknown"]
    assert "extensions" in of(found, "gw", "gateways")["unknown"]


@pytest.mark.parametrize("kind", ["Vnet2Vnet", "ExpressRoute", "VPNClient"])
def test_a_connection_to_a_site_is_not_another_kind(kind: str) -> None:
    """Only IPsec connections have a site (azure.md 1.1): a tunnel does not get out of judgement by its label."""
    found = scanned(connection("red", connectionType=kind, connectionMode="Default"))
    assert 1 == of(found, "blue")["one_way"]["count"]
    assert "connection_type" in of(found, "red")["unknown"]


@pytest.mark.parametrize(
    "allocations", [ALLOCATED, {"ipamPoolPrefixAllocations": UNKNOWN}, {"addressPrefixes": ["10.1.0.0/24"], **ALLOCATED}]
)
def test_a_site_with_pool_allocations_is_unknown(allocations: dict[str, object]) -> None:
    """A prefix list may be empty because address management allocates (azure.md 1.2): unknown, not empty."""
    found = scanned(site("red", localNetworkAddressSpace=allocations), connection("blue", connectionMode="Default"))
    assert {"prefixes", "widths", "overlap", "network_overlap"} <= set(of(found, "red", "sites")["unknown"])
    assert "remote_outside_site" in of(found, "red")["unknown"]
    assert 1 == of(found, "red")["one_way"]["possible"]


def test_a_pool_allocation_that_names_its_prefixes_is_read() -> None:
    """Azure lists what a pool gave in `allocatedAddressPrefixes`."""
    allocation = {"pool": {"id": "/pool"}, "allocatedAddressPrefixes": ["10.1.0.0/16"]}
    found = scanned(site("red", localNetworkAddressSpace={"ipamPoolPrefixAllocations": [allocation]}))
    assert ["10.1.0.0/16"] == of(found, "red", "sites")["prefixes"]


def test_a_network_with_pool_allocations_is_unknown() -> None:
    """The same for the hub: a local range may lie in what the pool gave."""
    found = scanned(resource("virtualNetworks", "hub", {"addressSpace": ALLOCATED}))
    assert "local_outside_networks" in of(found, "red")["unknown"]
    assert "network_overlap" in of(found, "red", "sites")["unknown"]


GATEWAY_ID = arm_id("virtualNetworkGateways", "gw")


@pytest.mark.parametrize(
    "written",
    [
        GATEWAY_ID.replace("/resourceGroups", "//resourceGroups"),
        GATEWAY_ID.replace("/gw", "/%67w"),
        GATEWAY_ID[1:],
        f"https://management.azure.com{GATEWAY_ID}",
        f"{GATEWAY_ID} /",
        f"{GATEWAY_ID}\u200b",
        f"{GATEWAY_ID}/ipConfigurations/default",
        arm_id("localNetworkGateways", "gw"),
        "gw",
    ],
)
def test_an_id_that_is_no_gateways_may_be_any_gateways(written: str) -> None:
    """A connection whose gateway reference cannot be read keeps every gateway from passing."""
    found = scanned(connection("red", virtualNetworkGateway1={"id": written}, connectionMode="Default"))
    assert "one_way" in of(found, "blue")["unknown"]


def test_a_gateway_elsewhere_keeps_nobody_from_passing() -> None:
    """A proper id of another gateway is just that."""
    found = scanned(connection("red", virtualNetworkGateway1={"id": GATEWAY_ID.replace("/g/", "/other/")}))
    assert {} == of(found, "blue")["unknown"]


@pytest.mark.parametrize("text", ["::ffff:10.2.0.0/112", "::ffff:10.2.0.9"])
def test_an_ipv4_address_in_ipv6_clothes_is_unknown(text: str) -> None:
    """Whether Azure reads an IPv4-mapped range as IPv4 is not documented (RFC 4291 section 2.5.5.2)."""
    selector = {"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": ["10.1.0.0/16", text]}
    assert "fixed_selectors" in of(scanned(connection("red", trafficSelectorPolicies=[selector])), "red")["unknown"]


def test_a_selector_with_two_bodies_is_unknown() -> None:
    """ARM's selectors have no `properties` level: beside one, which ranges count is not known."""
    narrow = {"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": ["10.1.0.0/16"]}
    wide = {"localAddressRanges": ["0.0.0.0/0"], "remoteAddressRanges": ["0.0.0.0/0"]}
    found = scanned(connection("red", trafficSelectorPolicies=[{"properties": narrow, **wide}]))
    assert "fixed_selectors" in of(found, "red")["unknown"]


def test_an_answer_that_cannot_show_nat_rules_leaves_them_unknown() -> None:
    """The listing below a gateway has another model, without NAT rules (azure.md 1.1): absent there is not none."""
    listed = scanned(connection("red", resourceGuid="g"))
    assert {"nat_rules", "ceiling"} <= set(of(listed, "red")["unknown"])
    full = scanned(connection("red", resourceGuid="g", dpdTimeoutSeconds=45))
    assert {} == of(full, "red")["unknown"]


VNET2VNET: dict[str, Any] = {
    "connectionType": "Vnet2Vnet",
    "localNetworkGateway2": None,
    "virtualNetworkGateway1": {"id": arm_id("virtualNetworkGateways", "far")},
}


@pytest.mark.parametrize(
    "change",
    [{"virtualNetworkGateway2": UNKNOWN}, {"connectionType": UNKNOWN, "virtualNetworkGateway2": {"id": GATEWAY_ID}}],
)
def test_a_far_end_that_cannot_be_read_may_be_here(change: dict[str, Any]) -> None:
    """A VNet-to-VNet connection of another gateway may end on this one."""
    far = connection("own", **(VNET2VNET | change))
    assert "extensions" in of(scanned(far), "gw", "gateways")["unknown"]


@pytest.mark.parametrize("change", [{"gatewayType": UNKNOWN}, {"gatewayType": "ExpressRoute", "ipConfigurations": UNKNOWN}])
def test_a_gateway_that_may_be_expressroute_here_is_a_doubt(change: dict[str, Any]) -> None:
    """Another gateway in the input may carry ExpressRoute into the same network."""
    assert "extensions" in of(scanned(gateway("other", **change)), "gw", "gateways")["unknown"]


@pytest.mark.parametrize(
    "clients",
    [
        {"vngClientConnectionConfigurations": [{"properties": {"vpnClientAddressPool": {"addressPrefixes": ["10.99.0.0/24"]}}}]},
        {"vpnClientAddressPool": ALLOCATED},
    ],
)
def test_every_pool_of_point_to_site_clients_counts(clients: dict[str, object]) -> None:
    """Pools may stand in several connection configurations, or come from address management."""
    found = of(scanned(gateway(vpnClientConfiguration=clients)), "gw", "gateways")
    assert ["P2S"] == [one["kind"] for one in found["extensions"]]


def test_subnets_that_cannot_be_read_may_hold_a_route_server() -> None:
    """A Route Server shows by its subnet alone."""
    hub = resource("virtualNetworks", "hub", {"addressSpace": {"addressPrefixes": ["172.16.1.0/24"]}, "subnets": UNKNOWN})
    assert "extensions" in of(scanned(hub), "gw", "gateways")["unknown"]


def test_peerings_that_cannot_be_read_may_be_spokes() -> None:
    """A local range outside the hub may lie in a spoke that was not read."""
    space = {"addressPrefixes": ["172.16.9.0/24"]}
    hub = resource("virtualNetworks", "hub", {"addressSpace": space, "virtualNetworkPeerings": UNKNOWN})
    assert "local_outside_networks" in of(scanned(hub), "red")["unknown"]


@pytest.mark.parametrize("kind", ["ExpressRoute", "LocalGateway"])
def test_a_gateway_with_tunnels_is_a_vpn_gateway(kind: str) -> None:
    """A label does not take a gateway that carries partners out of judgement."""
    assert "gateway_type" in of(scanned(gateway(gatewayType=kind)), "gw", "gateways")["unknown"]


def lost(kind: GapKind, pointer: str, resource_id: str | None = None) -> Gap:
    """A gap about something that was left out."""
    return Gap(kind=kind, reason="left out", source=Source(file="x.json", pointer=pointer), resource=resource_id)


@pytest.mark.parametrize(
    "gap",
    [
        lost("unknown-shape", "/value/3"),
        lost("unreadable-value", "/changes/0"),
        lost("unreadable-value", ""),
        lost("conflicting-duplicates", ""),
    ],
)
def test_something_left_out_may_be_another_connection(gap: Gap) -> None:
    """A member of a listing that was not read, or a file with a key written twice, keeps isolation from passing."""
    assert "two_way" in of(scanned(gaps=(gap,)), "red")["unknown"]
    assert {} == of(scanned(gaps=(gap,), options=FactsOptions(today=OPTIONS.today, complete=True)), "red")["unknown"]


@pytest.mark.parametrize("gap", [lost("not-inventory", ""), lost("unreadable-value", "/value/1", f"{PREFIX}/connections/red")])
def test_a_file_of_another_kind_or_a_detail_leaves_nothing_out(gap: Gap) -> None:
    """A package manifest in the folder holds no connection, and a property that is known to be unreadable is counted where it is."""
    assert {} == of(scanned(gaps=(gap,)), "red")["unknown"]


def test_internal_tunnels_alone_do_not_take_an_incomplete_gateway_out_of_judgement() -> None:
    """Who else is on it is not known."""
    internal = [connection(name, tags={"trust": "internal"}) for name in ("red", "blue")]
    shown = scanned(*internal, gaps=(lost("truncated-listing", ""),))
    assert [True, False] == [of(one, "gw", "gateways")["partner_facing"] for one in (shown, scanned(*internal))]


def test_unknown_is_never_turned_into_a_reason_by_its_text() -> None:
    """Reasons from a snapshot are text, whatever they say."""
    assert "open" in of(scanned(connection("red", connectionMode=Unknown("open"))), "red")["unknown"]["connection_mode"]
