"""Which way packets of partners take between a gateway and its workloads, and which way the replies take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from s2sguard.facts.document import GatewayFacts
from s2sguard.model.inventory import Gap, Resource, Source
from s2sguard.model.value import Unknown
from samples.inspection import generate
from tests.unit.facts.inventories import (
    OPTIONS,
    REMOTE,
    UNKNOWN,
    arm_id,
    connection,
    document,
    gateway,
    peering,
    resource,
    site,
    subnet,
    vnet,
)

FIREWALL = "172.16.0.68"
APPLIANCE = "172.16.0.132"
HUB, SPOKE = "172.16.0.0/16", "172.17.0.0/16"
WORKLOAD = "172.17.1.0/24"
FACTS = ["uninspected_inbound", "uninspected_return", "bypass_routes", "gateway_subnet_problems"]
Route = tuple[str | Unknown, str | Unknown, str | Unknown]
"""Prefix, next hop type, address."""
APPLIANCES = subnet("hub", "appliances", "172.16.0.128/28")


def table(name: str, routes: Iterable[Route], **changes: Any) -> list[Resource]:
    """A route table with its routes, called r0, r1, ..."""
    made = [resource("routeTables", name, {"routes": [], "disableBgpRoutePropagation": False} | changes)]
    for number, (prefix, kind, address) in enumerate(routes):
        properties = {"addressPrefix": prefix, "nextHopType": kind, "nextHopIpAddress": address}
        made.append(resource("routeTables/routes", f"{name}/r{number}", properties))
    return made


def firewall(name: str = "fw", address: str | None = FIREWALL, network: str = "hub") -> Resource:
    """A firewall in a network's AzureFirewallSubnet; without an address it is as a template writes it."""
    place = {"subnet": {"id": f"{arm_id('virtualNetworks', network)}/subnets/AzureFirewallSubnet"}}
    properties = place if address is None else place | {"privateIPAddress": address}
    return resource("azureFirewalls", name, {"ipConfigurations": [{"name": "one", "properties": properties}]})


def to(address: str, *prefixes: str) -> list[Route]:
    """Routes of these prefixes to one appliance."""
    return [(prefix, "VirtualAppliance", address) for prefix in prefixes]


def hub(*, table: str = "rt-gateway") -> list[Resource]:
    """A hub with a gateway, a place for a firewall, and its peering with a spoke."""
    return [
        gateway(),
        vnet("hub", HUB),
        subnet("hub", "GatewaySubnet", "172.16.0.0/27", table=table),
        subnet("hub", "AzureFirewallSubnet", "172.16.0.64/26"),
        peering("hub", "spoke", allowGatewayTransit=True),
    ]


def spoke(*, table: str = "rt-spoke") -> list[Resource]:
    """A spoke with one workload subnet that uses the gateway."""
    return [vnet("spoke", SPOKE), peering("spoke", "hub", useRemoteGateways=True), subnet("spoke", "workload", WORKLOAD, table=table)]


def partners(**changes: Any) -> list[Resource]:
    """Two partners that may reach the workload subnet, hardened unless changed."""
    selectors = {name: [{"localAddressRanges": [WORKLOAD], "remoteAddressRanges": [REMOTE[name]]}] for name in ("red", "blue")}
    made = [connection(name, **({"trafficSelectorPolicies": selectors[name]} | changes)) for name in ("red", "blue")]
    return [*made, site("red"), site("blue")]


def inspected() -> list[Resource]:
    """Everything inspected: the gateway sends the spoke to the firewall, and the spoke sends all back to it."""
    return [
        *hub(),
        *spoke(),
        *partners(),
        firewall(),
        *table("rt-gateway", to(FIREWALL, SPOKE)),
        *table("rt-spoke", to(FIREWALL, "0.0.0.0/0"), disableBgpRoutePropagation=True),
    ]


SHARED = "172.16.9.0/24"
SHARING = [
    subnet("hub", "shared", SHARED, table="rt-spoke"),
    *partners(trafficSelectorPolicies=[{"localAddressRanges": [SHARED], "remoteAddressRanges": list(REMOTE.values())}]),
]
"""A subnet of the hub that partners may reach, and do not reach the spoke."""


def changed(*others: Resource, without: str = "nothing") -> GatewayFacts:
    """The gateway's facts with some resources in the place of those with the same id, and without those whose id holds a text."""
    replaced = {one.id for one in others if one.type.endswith("routeTables")}
    kept = [one for one in inspected() if without not in one.id and one.parent not in replaced]
    return document(*kept, *others)["gateways"][0]


def facts_of(found: GatewayFacts, *names: str) -> list[Any]:
    """Some facts, None for an absent one."""
    return [found.get(name) for name in names]


def test_a_hub_and_spoke_behind_a_firewall_is_inspected_both_ways() -> None:
    """One path, through the firewall and back, and nothing unknown."""
    found = changed()
    assert facts_of(found, *FACTS) == [[], [], [], []]
    assert found["unknown"] == {}
    assert found["inspection"] == {
        "paths": [
            {
                "networks": ["spoke"],
                "subnets": ["workload"],
                "local": [WORKLOAD],
                "remote": ["10.1.0.0-10.2.255.255"],
                "inbound": {"kind": "firewall", "via": "fw", "by": "route r0 of rt-gateway"},
                "back": {"kind": "firewall", "via": "fw", "by": "route r0 of rt-spoke"},
                "asymmetric": False,
                "witness": "10.1.0.4 -> 172.17.1.4",
            }
        ],
        "left_out": ["AzureFirewallSubnet", "GatewaySubnet"],
    }


def test_a_gateway_subnet_without_a_table_delivers_directly() -> None:
    """Without a user-defined route the peering's own route brings packets to the workload."""
    found = changed(subnet("hub", "GatewaySubnet", "172.16.0.0/27"))
    (inbound,) = found["uninspected_inbound"]
    assert inbound == {
        "ranges": [WORKLOAD],
        "networks": ["spoke"],
        "because": "the peering's own route delivers them directly",
        "witness": "10.1.0.4 -> 172.17.1.4",
    }
    (back,) = found["uninspected_return"]
    assert back["because"] == "route r0 of rt-spoke sends replies through firewall fw, and packets come directly"
    assert [path["asymmetric"] for path in found["inspection"]["paths"]] == [True]
    assert found["bypass_routes"] == []


def test_a_wide_route_does_not_take_a_peered_network() -> None:
    """The peering's route is longer than one for all private addresses: packets go past the firewall, and the facts say by which."""
    found = changed(*table("rt-gateway", to(FIREWALL, "172.16.0.0/12")))
    assert [one["ranges"] for one in found["uninspected_inbound"]] == [[WORKLOAD]]
    assert found["bypass_routes"] == [
        {"table": "rt-gateway", "route": "the peering's own route", "past": "route r0 of rt-gateway", "ranges": [WORKLOAD]}
    ]


def test_a_more_specific_route_is_a_bypass_for_its_part_only() -> None:
    """Half of the subnet escapes by a route of its own; the other half stays inspected."""
    found = changed(*SHARING, *table("rt-gateway", [*to(FIREWALL, SPOKE, SHARED), ("172.16.9.128/25", "VnetLocal", "")]))
    assert [one["ranges"] for one in found["uninspected_inbound"]] == [["172.16.9.128/25"]]
    assert [one["witness"] for one in found["uninspected_inbound"]] == ["10.1.0.4 -> 172.16.9.132"]
    assert found["bypass_routes"] == [
        {"table": "rt-gateway", "route": "route r2 of rt-gateway", "past": "route r1 of rt-gateway", "ranges": ["172.16.9.128/25"]}
    ]
    assert sorted(path["local"][0] for path in found["inspection"]["paths"]) == ["172.16.9.0/25", "172.16.9.128/25"]


def test_a_bypass_counts_where_no_partner_reaches_it_yet() -> None:
    """A route past the firewall is named although the selectors keep partners from its range today."""
    lonely = subnet("hub", "lonely", SHARED, table="rt-spoke")
    found = changed(lonely, *table("rt-gateway", [*to(FIREWALL, SPOKE, HUB), (SHARED, "VnetLocal", "")]))
    assert facts_of(found, "uninspected_inbound", "uninspected_return") == [[], []]
    assert [one["ranges"] for one in found["bypass_routes"]] == [[SHARED]]


def test_a_local_route_to_another_network_is_unknown() -> None:
    """What VnetLocal does with addresses of a peered network is documented nowhere."""
    found = changed(*table("rt-gateway", [*to(FIREWALL, SPOKE), (WORKLOAD, "VnetLocal", "")]))
    assert "VnetLocal for addresses outside its network" in found["unknown"]["uninspected_inbound"]
    assert facts_of(found, "uninspected_inbound", "bypass_routes") == [[], []]


def test_a_route_back_to_the_gateway_is_a_bypass() -> None:
    """A user-defined route sends half of the replies to red straight to the gateway, whatever propagates."""
    back = [*to(FIREWALL, "0.0.0.0/0"), ("10.1.128.0/17", "VirtualNetworkGateway", "")]
    found = changed(*table("rt-spoke", back, disableBgpRoutePropagation=True))
    assert [one["witness"] for one in found["uninspected_return"]] == ["10.1.128.4 -> 172.17.1.4"]
    assert [(one["route"], one["ranges"]) for one in found["bypass_routes"]] == [("route r1 of rt-spoke", ["10.1.128.0/17"])]


def test_propagated_routes_take_replies_from_a_default_route() -> None:
    """With propagation on, the gateway's routes to sites are longer than the default route to the firewall."""
    found = changed(*table("rt-spoke", to(FIREWALL, "0.0.0.0/0")))
    assert found["uninspected_inbound"] == []
    (back,) = found["uninspected_return"]
    assert back == {
        "ranges": [WORKLOAD],
        "networks": ["spoke"],
        "because": "the gateway's own route takes replies straight to the gateway, and packets come through firewall fw",
        "witness": "10.1.0.4 -> 172.17.1.4",
    }
    route = {"table": "rt-spoke", "route": "the gateway's own route", "past": "route r0 of rt-spoke", "ranges": ["10.1.0.0-10.2.255.255"]}
    assert found["bypass_routes"] == [route]


def test_replies_of_one_partner_alone_can_escape() -> None:
    """Routes back to red alone leave blue's replies to the gateway."""
    found = changed(*table("rt-spoke", to(FIREWALL, REMOTE["red"])))
    assert [one["witness"] for one in found["uninspected_return"]] == ["10.2.0.4 -> 172.17.1.4"]
    assert found["bypass_routes"] == []


def test_replies_through_another_appliance_are_asymmetric() -> None:
    """A stateful firewall that never saw the packet drops or lets pass what the other one should have judged."""
    found = changed(APPLIANCES, *table("rt-spoke", to(APPLIANCE, "0.0.0.0/0"), disableBgpRoutePropagation=True))
    assert [one["because"] for one in found["uninspected_return"]] == [
        f"route r0 of rt-spoke sends replies through appliance {APPLIANCE}, and packets come through firewall fw"
    ]


def test_an_appliance_inspects_as_well() -> None:
    """An address that is no firewall's counts, by that address, and is left out."""
    tables = (*table("rt-gateway", to(APPLIANCE, SPOKE)), *table("rt-spoke", to(APPLIANCE, "0.0.0.0/0"), disableBgpRoutePropagation=True))
    found = changed(APPLIANCES, *tables, without="azureFirewalls")
    assert facts_of(found, *FACTS) == [[], [], [], []]
    assert found["unknown"] == {}
    (path,) = found["inspection"]["paths"]
    assert path["inbound"] == {"kind": "appliance", "via": APPLIANCE, "by": "route r0 of rt-gateway"}
    assert found["inspection"]["left_out"] == ["AzureFirewallSubnet", "GatewaySubnet", APPLIANCE]


def test_what_stands_beside_an_appliance_is_judged() -> None:
    """An address that a route names is no workload; its subnet is, whatever the route is for."""
    back = table("rt-spoke", to(FIREWALL, "0.0.0.0/0"))
    found = changed(*back, *table("rt-gateway", [*to(FIREWALL, SPOKE), *to("172.17.1.99", "192.0.2.0/24")]))
    ranges = ["172.17.1.0-172.17.1.98", "172.17.1.100-172.17.1.255"]
    assert [one["ranges"] for one in found["uninspected_return"]] == [ranges]
    assert found["inspection"]["left_out"] == ["AzureFirewallSubnet", "GatewaySubnet", "172.17.1.99"]


TRANSIT = [vnet("transit", "172.20.0.0/24"), peering("hub", "transit"), subnet("transit", "nva", "172.20.0.0/26")]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("172.17.1.4", "within its own prefix"),
        ("172.16.0.4", "in GatewaySubnet of hub"),
        ("172.16.200.200", "in no subnet of hub"),
        ("172.20.0.4", ""),
        ("172.20.0.68", "in no subnet of transit"),
    ],
)
def test_an_address_at_which_no_appliance_stands_is_unknown(address: str, place: str) -> None:
    """A workload behind the route, the gateway, and nobody: a route that leads there proves no inspection, nor spares its subnet."""
    back = table("rt-spoke", to(address, "0.0.0.0/0"), disableBgpRoutePropagation=True)
    found = changed(*TRANSIT, *table("rt-gateway", to(address, SPOKE)), *back)
    reason = f" leads to {address}, {place}"
    assert [reason in found["unknown"].get(name, "") for name in FACTS] == [bool(place)] * 3 + [False]
    assert found["unknown"].get("uninspected_inbound", "").startswith("route r0 of rt-gateway" if place else "")
    assert facts_of(found, *FACTS) == [[], [], [], []]
    assert [(path["inbound"]["kind"], path["local"]) for path in found["inspection"]["paths"]] == [
        ("unknown" if place else "appliance", [WORKLOAD])
    ]


@pytest.mark.parametrize(
    "one",
    [
        replace(vnet("hub", HUB), whole=False),
        replace(APPLIANCES, properties={"addressPrefixes": UNKNOWN}),
    ],
)
def test_an_appliance_may_stand_in_a_subnet_that_is_not_known(one: Resource) -> None:
    """Where a network may have other subnets, or one of any range, an address in none of the known ones counts."""
    back = table("rt-spoke", to(APPLIANCE, "0.0.0.0/0"), disableBgpRoutePropagation=True)
    found = changed(one, *table("rt-gateway", to(APPLIANCE, SPOKE)), *back)
    assert [path["inbound"]["kind"] for path in found["inspection"]["paths"] if path["networks"] == ["spoke"]] == ["appliance"]


def test_a_firewall_counts_within_the_prefix_of_its_route() -> None:
    """A route for the whole hub takes packets to its workloads to the firewall in it, as the input shows one there."""
    found = changed(*SHARING, *table("rt-gateway", to(FIREWALL, SPOKE, HUB)))
    assert found["unknown"] == {}
    assert {path["inbound"]["kind"] for path in found["inspection"]["paths"]} == {"firewall"}


@pytest.mark.parametrize("address", [None, UNKNOWN])
def test_a_firewall_without_an_address_is_known_by_its_subnet(address: str | Unknown | None) -> None:
    """A template leaves the address to Azure; nothing else stands in the subnet."""
    one = firewall(address=None)
    if address is not None:
        inner = one.properties["ipConfigurations"][0]["properties"]  # type: ignore[index]  # as made above
        one = replace(one, properties={"ipConfigurations": [{"properties": inner | {"privateIPAddress": address}}]})
    found = changed(one)
    assert [path["inbound"].get("via") for path in found["inspection"]["paths"]] == ["fw"]
    assert found["unknown"] == {}


def test_another_address_in_a_firewalls_subnet_is_unknown() -> None:
    """A route into the subnet of a firewall that is not to the firewall leads to nobody knows what."""
    found = changed(*table("rt-gateway", to("172.16.0.100", SPOKE)))
    reason = "route r0 of rt-gateway leads into the subnet of firewall fw, and not to its address"
    assert {found["unknown"].get(name) for name in FACTS[:3]} == {reason}
    assert found["uninspected_inbound"] == []


def test_an_appliance_that_no_neighbour_holds_is_unknown() -> None:
    """A next hop has to be reached without another gateway (Microsoft Learn, virtual-networks-udr-overview)."""
    found = changed(*table("rt-gateway", to("192.168.7.4", SPOKE)))
    assert found["unknown"]["uninspected_inbound"] == "route r0 of rt-gateway leads to 192.168.7.4, in no network next to the gateway's"


def test_an_appliance_in_a_peered_network_counts() -> None:
    """The firewall may stand in a network of its own that is peered with the hub, whether or not that uses the gateway."""
    others = [vnet("transit", "172.20.0.0/24"), peering("hub", "transit"), firewall("central", "172.20.0.4", "transit")]
    tables = [
        *table("rt-gateway", to("172.20.0.4", SPOKE)),
        *table("rt-spoke", to("172.20.0.4", "0.0.0.0/0"), disableBgpRoutePropagation=True),
    ]
    found = changed(*others, *tables, without="/azureFirewalls/fw")
    assert [path["inbound"].get("via") for path in found["inspection"]["paths"]] == ["central"]
    assert facts_of(found, *FACTS) == [[], [], [], []]


def test_open_connections_reach_every_network() -> None:
    """Without the hardened pattern, the hub's own workloads are within reach too, and are delivered directly."""
    found = changed(subnet("hub", "shared", "172.16.9.0/24"), *partners(connectionMode="Default"))
    assert [(one["ranges"], one["networks"], one["because"]) for one in found["uninspected_inbound"]] == [
        (["172.16.9.0/24"], ["hub"], "the network's own route delivers them directly")
    ]


def test_internal_connections_are_nobody_to_inspect() -> None:
    """Only what partners may reach has to be inspected; their site's prefix stays a route of the gateway."""
    tables = [*table("rt-gateway", []), *table("rt-spoke", [])]
    changes = [connection(name, tags={"trust": "internal"}) for name in ("red", "blue")]
    found = changed(*tables, *changes)
    assert facts_of(found, *FACTS) == [[], [], [], []]
    assert found["inspection"]["paths"] == []


def test_blackholes_and_missing_routes_drop() -> None:
    """What is dropped is not inspected and reaches nobody: no finding."""
    found = changed(*table("rt-gateway", [(SPOKE, "None", "")]), *table("rt-spoke", [], disableBgpRoutePropagation=True))
    assert facts_of(found, *FACTS) == [[], [], [], []]
    assert [(path["inbound"]["kind"], path["back"]["kind"]) for path in found["inspection"]["paths"]] == [("dropped", "dropped")]


def test_without_tables_and_firewalls_there_is_nothing_to_say() -> None:
    """Networks that are read and hold neither have no facts about inspection, and no unknown ones."""
    found = document(*hub(table=""), *spoke(table=""), *partners())["gateways"][0]
    assert facts_of(found, "inspection", *FACTS) == [None] * 5
    assert found["unknown"] == {}


@pytest.mark.parametrize("one", [firewall(), subnet("spoke", "other", "172.17.9.0/24", table="rt")])
def test_one_table_or_firewall_makes_it_a_question(one: Resource) -> None:
    """A firewall in the hub, or a route table in a spoke, and packets that go past it are findings."""
    found = document(*hub(table=""), *spoke(table=""), *partners(), one)["gateways"][0]
    assert [one["ranges"] for one in found["uninspected_inbound"]] == [[WORKLOAD]]


@pytest.mark.parametrize(
    ("without", "reason"),
    [
        ("virtualNetworks/hub", "the gateway's network is not in the input"),
        ("GatewaySubnet", "the gateway's subnet is not in the input"),
    ],
)
def test_a_gateway_whose_place_is_not_read_is_unknown(without: str, reason: str) -> None:
    """Nothing is said of a gateway whose own network, or subnet, the input does not hold."""
    found = changed(without=without)
    assert {found["unknown"].get(name) for name in FACTS} == {reason}
    assert facts_of(found, *FACTS) == [None] * 4


@pytest.mark.parametrize(
    ("without", "facts", "reason"),
    [
        ("routeTables/rt-gateway", FACTS, "route table rt-gateway is not in the input"),
        ("routeTables/rt-spoke", FACTS[1:3], "route table rt-spoke is not in the input"),
        ("virtualNetworks/spoke", FACTS[:3], "a peered network is not in the input"),
        ("spoke/subnets", FACTS[1:3], "spoke: the subnets of spoke are not in the input"),
        ("spoke/virtualNetworkPeerings", FACTS[:3], "spoke: the spoke's side of the peering is not in the input"),
        ("localNetworkGateways/red", [], ""),
    ],
)
def test_what_the_input_lacks_is_unknown(without: str, facts: list[str], reason: str) -> None:
    """Each missing part leaves those facts unknown that rest on it, with the reason, and no other."""
    wide = [*table("rt-gateway", to(FIREWALL, "172.16.0.0/12"))] if without == "spoke/virtualNetworkPeerings" else []
    found = changed(*wide, without=without)
    unknown = {name: found["unknown"][name] for name in FACTS if name in found["unknown"]}
    assert [name for name in FACTS if name in unknown] == facts, unknown
    assert all(reason in text for text in unknown.values()), unknown


@pytest.mark.parametrize(
    ("routes", "reason"),
    [
        (
            [("172.17.1.0/24", "VirtualAppliance", UNKNOWN)],
            "the appliance route r0 of rt-gateway leads to is unknown: known only after apply",
        ),
        ([(UNKNOWN, "VirtualAppliance", FIREWALL)], "the prefix of route r0 of rt-gateway is unknown: known only after apply"),
        ([("172.17.1.0/24", UNKNOWN, FIREWALL)], "where route r0 of rt-gateway leads is unknown: known only after apply"),
        ([("172.17.1.0/24", "VirtualNetworkGateway", "")], "what that does is not documented"),
    ],
)
def test_routes_that_cannot_be_read_are_unknown(routes: list[Route], reason: str) -> None:
    """What a route of GatewaySubnet does with packets is unknown where a part of it is."""
    found = changed(*table("rt-gateway", routes))
    assert reason in found["unknown"]["uninspected_inbound"]
    assert found["uninspected_inbound"] == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"enableBgp": True}, "connection red may learn more specific prefixes by BGP"),
        ({"enableBgp": UNKNOWN}, "connection red may learn more specific prefixes by BGP"),
        ({"ingressNatRules": [{"id": "/nat"}]}, "connection red has NAT rules, whose ranges the gateway may route"),
    ],
)
def test_learned_routes_may_take_replies(changes: dict[str, Any], reason: str) -> None:
    """With propagation on, a longer prefix that the gateway learns takes replies; with it off, nothing it learns matters."""
    back = to(FIREWALL, "10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16")
    found = changed(*partners(**changes), *table("rt-spoke", back))
    assert reason in found["unknown"]["uninspected_return"]
    settled = changed(*partners(**changes), *table("rt-spoke", back, disableBgpRoutePropagation=True))
    assert "uninspected_return" not in settled["unknown"]


def test_whether_routes_propagate_may_be_unknown() -> None:
    """Then replies that the gateway's routes would take go nobody knows where."""
    found = changed(*table("rt-spoke", to(FIREWALL, "0.0.0.0/0"), disableBgpRoutePropagation=UNKNOWN))
    assert "whether rt-spoke takes routes of the gateway" in found["unknown"]["uninspected_return"]


def test_connections_that_were_not_read_may_reach_more() -> None:
    """On a gateway that may have other connections, what they might reach directly is unknown."""
    gap = Gap(kind="truncated-listing", reason="one more page", source=Source(file="test.json"))
    open_range = subnet("spoke", "open", "172.17.2.0/24", table="rt-spoke")
    some = [*table("rt-gateway", to(FIREWALL, WORKLOAD))]
    unique = {one.key: one for one in (*inspected(), open_range, *some)}
    found = document(*unique.values(), gaps=(gap,))["gateways"][0]
    assert found["uninspected_inbound"] == []
    assert "packets may arrive directly: other connections may exist: one more page" in found["unknown"]["uninspected_inbound"]


def test_a_ceiling_that_is_unknown_makes_reach_possible_only() -> None:
    """A partner that perhaps reaches more is no proof that packets pass uninspected."""
    found = changed(*partners(connectionMode=UNKNOWN), *table("rt-gateway", []))
    assert found["uninspected_inbound"] == []
    assert "packets may arrive directly" in found["unknown"]["uninspected_inbound"]
    assert all("possible" in path for path in found["inspection"]["paths"])


@pytest.mark.parametrize(
    ("routes", "changes", "problems"),
    [
        (to(FIREWALL, "0.0.0.0/0"), {}, ["route r0 of rt-gateway is for 0.0.0.0/0"]),
        (to(FIREWALL, "::/0"), {}, ["route r0 of rt-gateway is for ::/0"]),
        ([], {"disableBgpRoutePropagation": True}, ["rt-gateway disables propagation of gateway routes"]),
        ([(SPOKE, "virtualNetworkGateway", "")], {}, ["route r0 of rt-gateway has next hop VirtualNetworkGateway"]),
        (to(FIREWALL, "0.0.0.0/1"), {}, []),
    ],
)
def test_what_a_gateway_subnet_does_not_take(routes: list[Route], changes: dict[str, Any], problems: list[str]) -> None:
    """Azure supports no default route on GatewaySubnet, wants propagation, and routes nothing back to the gateway."""
    assert changed(*table("rt-gateway", routes, **changes))["gateway_subnet_problems"] == problems


def test_what_is_not_known_of_a_gateway_subnets_table() -> None:
    """A flag or a route that cannot be read leaves the problems that are known, and a reason."""
    found = changed(*table("rt-gateway", [("0.0.0.0/0", UNKNOWN, ""), (UNKNOWN, "None", "")], disableBgpRoutePropagation=UNKNOWN))
    assert found["gateway_subnet_problems"] == ["route r0 of rt-gateway is for 0.0.0.0/0"]
    reasons = found["unknown"]["gateway_subnet_problems"].split("; ")
    assert [reason.split(":")[0] for reason in reasons] == [
        "whether rt-gateway takes routes of the gateway or of peerings is unknown",
        "route r0 of rt-gateway",
        "route r1 of rt-gateway",
    ]


def test_a_site_without_prefixes_gets_no_replies() -> None:
    """A partner may send from anywhere although nothing is routed back: inbound counts, the return does not."""
    found = changed(*partners(connectionMode="Default"), site("red", prefixes=[]), site("blue", prefixes=[]), *table("rt-gateway", []))
    assert next(one["witness"] for one in found["uninspected_inbound"]).startswith("any partner's address -> ")
    assert found["uninspected_return"] == []


def test_parts_of_networks_that_are_peered_alone_are_unknown() -> None:
    """A peering of some subnets brings routes that are not those of the address space."""
    part = peering("hub", "spoke", allowGatewayTransit=True, peerCompleteVnets=False)
    found = changed(part, *table("rt-gateway", []))
    assert found["uninspected_inbound"] == []


def test_peering_routes_can_be_disabled() -> None:
    """What a table without routes of peerings does is documented nowhere, so it is unknown."""
    found = changed(*table("rt-gateway", [], disablePeeringRoute="All"))
    assert "disables routes of peerings" in found["unknown"]["uninspected_inbound"]
    assert changed(*table("rt-gateway", to(FIREWALL, SPOKE), disablePeeringRoute="All"))["unknown"] == {}


def test_a_forced_default_site_is_a_route_of_the_gateway() -> None:
    """The default site takes all replies that no longer route takes (S2S-RTE-002 names it)."""
    forced = gateway(gatewayDefaultSite={"id": arm_id("localNetworkGateways", "red")})
    found = changed(forced, *partners(connectionMode="Default"), *table("rt-spoke", []))
    assert any("takes replies straight" in one["because"] for one in found["uninspected_return"])


def test_samples_are_up_to_date() -> None:
    """The files of `samples/inspection` are what their generator writes."""
    assert {str(path): path.read_text(encoding="utf-8") for path, _ in generate.files()} == {
        str(path): text for path, text in generate.files()
    }


def partly(*names: str, existing: bool) -> list[Resource]:
    """Resources of the inspected estate, by the end of their ids, as a plan has what it does not create."""
    found = [one for one in inspected() if one.id.endswith(names)]
    return [replace(one, existing=existing, whole=existing) for one in found]


@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize(
    ("name", "facts"),
    [("/virtualNetworks/spoke", FACTS[2:3]), ("/routeTables/rt-gateway", FACTS), ("/subnets/workload", [])],
)
def test_what_a_plan_does_not_create_may_have_other_parts(name: str, facts: list[str], existing: bool) -> None:  # noqa: FBT001 - a test's parameter
    """Subnets of a network may be managed elsewhere, and a table that is only referred to shows no routes; a table that is read does."""
    found = changed(*partly(name, existing=existing))
    expected = facts if existing or "routeTables" not in name else []
    assert [fact for fact in FACTS if fact in found["unknown"]] == expected


def test_a_subnet_that_a_plan_leaves_may_have_a_table_elsewhere() -> None:
    """Terraform associates a table by a resource of its own, which another configuration may hold; `--complete` vouches for the rest."""
    bare = replace(subnet("spoke", "workload", WORKLOAD), whole=False)
    assert "may be managed elsewhere" in changed(bare)["unknown"]["uninspected_return"]
    unique = {one.key: one for one in (*inspected(), bare, *partly("/virtualNetworks/spoke", existing=False))}
    found = document(*unique.values(), options=replace(OPTIONS, complete=True))["gateways"][0]
    assert found["unknown"] == {}
    assert [one["ranges"] for one in found["uninspected_return"]] == [[WORKLOAD]]


def unread(suffix: str, **changes: object) -> Resource:
    """A resource of the inspected estate with other properties."""
    (found,) = [one for one in inspected() if one.id.endswith(suffix)]
    return replace(found, properties={**found.properties, **changes})


@pytest.mark.parametrize(
    ("one", "facts", "reason"),
    [
        (unread("/subnets/GatewaySubnet", routeTable=UNKNOWN), FACTS, "the route table of subnet GatewaySubnet is unknown"),
        (unread("/subnets/workload", routeTable=UNKNOWN), FACTS[1:3], "the route table of subnet workload is unknown"),
        (unread("/subnets/workload", addressPrefixes=UNKNOWN), FACTS[:3], "known only after apply"),
        (unread("/virtualNetworks/spoke", subnets=UNKNOWN), FACTS[2:3], "the subnets of spoke are unknown"),
        (unread("/virtualNetworks/spoke", addressSpace=UNKNOWN), FACTS[:3], "spoke: known only after apply"),
        (unread("/virtualNetworks/hub", virtualNetworkPeerings=UNKNOWN), FACTS[:3], "other spokes: known only after apply"),
        (unread("/routeTables/rt-gateway", routes=UNKNOWN), FACTS, "the routes of rt-gateway are unknown"),
        (gateway(ipConfigurations=UNKNOWN), FACTS, "known only after apply"),
        (firewall(address="172.16.0.69"), FACTS[:3], "leads into the subnet of firewall fw, and not to its address"),
    ],
)
def test_what_is_known_only_later_is_unknown(one: Resource, facts: list[str], reason: str) -> None:
    """A value that cannot be read leaves what rests on it unknown, with its reason, and is no finding."""
    found = changed(one)
    assert [fact for fact in FACTS if fact in found["unknown"]] == facts
    assert all(reason in found["unknown"][fact] for fact in facts)
    assert [found.get(fact) or [] for fact in FACTS] == [[]] * 4


def test_other_gateways_beside_it_may_bring_routes() -> None:
    """An ExpressRoute gateway in the hub, or a default site that cannot be read, may route what no site says, where propagation is on."""
    back = table("rt-spoke", to(FIREWALL, *(REMOTE[name] for name in ("red", "blue"))))
    beside = resource(
        "virtualNetworkGateways", "er", {"gatewayType": "ExpressRoute"} | {"ipConfigurations": gateway().properties["ipConfigurations"]}
    )
    assert changed(*back)["unknown"] == {}
    assert "ExpressRoute beside the gateway may bring" in changed(*back, beside)["unknown"]["uninspected_return"]
    assert "has a default site is not known" in changed(*back, gateway(gatewayDefaultSite=UNKNOWN))["unknown"]["uninspected_return"]


def test_a_firewall_whose_place_is_not_known_stands_nowhere() -> None:
    """Its address is an appliance's then, which inspects as well."""
    found = changed(resource("azureFirewalls", "fw", {"ipConfigurations": [UNKNOWN]}))
    assert [path["inbound"]["kind"] for path in found["inspection"]["paths"]] == ["appliance"]
