"""Facts about inspection against a naive walk of every packet between a small site and a small subnet."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from hypothesis import example, given, settings
from hypothesis import strategies as st

from s2sguard.facts.document import GatewayFacts
from s2sguard.facts.inspection_facts import UninspectedFacts
from s2sguard.model.address import AddressSet, parse_range
from tests.unit.facts.inventories import connection, document, peering, site, subnet, vnet
from tests.unit.facts.test_inspection import APPLIANCE, APPLIANCES, FIREWALL, Route, firewall, hub, table

SITE, SUBNET, SPOKE = "10.1.0.0/28", "172.17.1.0/28", "172.17.1.0/27"
REMOTE, LOCAL = list(IPv4Network(SITE)), list(IPv4Network(SUBNET))
WORKLOAD = "172.17.1.5"
STANDING = [IPv4Network("172.16.0.128/28"), IPv4Network(SUBNET)]
"""Where an appliance may stand: not at the gateway, nor in no subnet."""
HOPS = [FIREWALL, APPLIANCE, WORKLOAD, "172.16.0.4", "172.16.200.200", "172.17.1.20"]
NEXT = st.sampled_from([*(("VirtualAppliance", address) for address in HOPS), ("None", ""), ("VirtualNetworkGateway", "")])


def prefixes(inside: str, *wider: str) -> st.SearchStrategy[str]:
    """Prefixes in a range, and some around it."""
    net = IPv4Network(inside)
    parts = [str(one) for length in range(net.prefixlen, 33) for one in net.subnets(new_prefix=length)]
    return st.sampled_from([*parts, *wider])


def tables(inside: str, *wider: str) -> st.SearchStrategy[list[Route]]:
    """A table with one route for each prefix."""
    made = st.dictionaries(prefixes(inside, *wider), NEXT, max_size=5)
    return made.map(lambda found: [(prefix, *hop) for prefix, hop in found.items()])


def passes(prefix: str, hop: str, *, inbound: bool) -> bool:
    """Say whether something passes packets on at a next hop: a firewall, or what stands in a subnet and is not where the route leads."""
    address = IPv4Address(hop)
    inside = inbound and address in IPv4Network(prefix)
    return hop == FIREWALL or (any(address in one for one in STANDING) and not inside)


def chosen(address: IPv4Address, user: Sequence[Route], system: Sequence[tuple[str, str]], *, inbound: bool) -> str:
    """Where a packet to an address goes: an address of an appliance, or a word; the longest prefix, and the user's before the system's."""
    found = [
        (IPv4Network(prefix).prefixlen, 1, (hop if passes(str(prefix), str(hop), inbound=inbound) else "nobody") if hop else kind)
        for prefix, kind, hop in user
        if address in IPv4Network(prefix)
    ]
    found += [(IPv4Network(prefix).prefixlen, 0, word) for prefix, word in system if address in IPv4Network(prefix)]
    return str(max(found, default=(0, 0, "None"))[2])


def covers(found: Sequence[UninspectedFacts], address: IPv4Address) -> bool:
    """Say whether the ranges of some findings hold an address."""
    one = parse_range(str(address))
    ranges = [parse_range(text) for entry in found for text in entry["ranges"]]
    assert isinstance(one, AddressSet)
    return any(isinstance(each, AddressSet) and each.meets(one) for each in ranges)


def facts(inbound: Sequence[Route], back: Sequence[Route], *, propagates: bool) -> GatewayFacts:
    """The facts of a hub with one spoke and one hardened partner."""
    resources = [
        *hub(),
        APPLIANCES,
        vnet("spoke", SPOKE),
        peering("spoke", "hub", useRemoteGateways=True),
        subnet("spoke", "workload", SUBNET, table="rt-spoke"),
        firewall(),
        *table("rt-gateway", inbound),
        *table("rt-spoke", back, disableBgpRoutePropagation=not propagates),
        site("red", prefixes=[SITE]),
        connection("red", trafficSelectorPolicies=[{"localAddressRanges": [SUBNET], "remoteAddressRanges": [SITE]}]),
    ]
    return document(*resources)["gateways"][0]


@settings(max_examples=400)
@example(inbound=[], back=[(SITE, "VirtualAppliance", FIREWALL)], propagates=True)
@example(inbound=[(SUBNET, "VirtualAppliance", WORKLOAD)], back=[(SITE, "VirtualAppliance", WORKLOAD)], propagates=False)
@example(inbound=[("172.17.1.8/29", "VirtualAppliance", WORKLOAD)], back=[(SITE, "VirtualAppliance", WORKLOAD)], propagates=False)
@example(inbound=[(SUBNET, "VirtualAppliance", "172.16.0.4")], back=[(SITE, "VirtualAppliance", "172.16.200.200")], propagates=False)
@given(inbound=tables(SUBNET, SPOKE, "172.16.0.0/12", "0.0.0.0/0"), back=tables(SITE, "10.0.0.0/8", "0.0.0.0/0"), propagates=st.booleans())
def test_every_packet_takes_the_way_the_facts_say(inbound: list[Route], back: list[Route], propagates: bool) -> None:  # noqa: FBT001
    """What is found uninspected is what a walk of each packet and each reply finds, address by address; the rest is not found."""
    found = facts(inbound, back, propagates=propagates)
    gateway = [(SITE, "VirtualNetworkGateway")] if propagates else []
    arriving = {one: chosen(one, inbound, [(SPOKE, "peering"), ("172.16.0.0/16", "network")], inbound=True) for one in LOCAL}
    leaving = {one: chosen(one, back, [(SPOKE, "network"), *gateway], inbound=False) for one in REMOTE}
    if any(hop == WORKLOAD and passes(str(prefix), WORKLOAD, inbound=True) for prefix, _, hop in inbound):
        # It is an appliance then, and the one address of its subnet that nobody has to inspect packets to.
        del arriving[IPv4Address(WORKLOAD)]
        assert not covers([*found["uninspected_inbound"], *found["uninspected_return"]], IPv4Address(WORKLOAD))
    passing = {*HOPS, "peering"}
    for target, way in arriving.items():
        assert covers(found["uninspected_inbound"], target) == (way == "peering")
        # Where a way is unknown, so is whether replies pass what packets passed; straight back is straight back.
        ends = [other for other in leaving.values() if other not in {"None", "nobody"}]
        differs = way in passing and any((way if way in HOPS else "") != (other if other in HOPS else "") for other in ends)
        straight = "VirtualNetworkGateway" in leaving.values()
        assert covers(found["uninspected_return"], target) == (differs or straight)
    unknown = bool({"VirtualNetworkGateway", "nobody"} & set(arriving.values()))
    assert ("uninspected_inbound" in found["unknown"]) == unknown
    assert ("uninspected_return" in found["unknown"]) == (unknown or "nobody" in leaving.values())
