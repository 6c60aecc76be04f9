"""A brute-force oracle for isolation: enumerates every packet, every proposal and every answer in the tiny address space.

It shares no code with the facts: sets of single addresses, nested loops, negotiation played out one proposal at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from s2sguard.model.address import AddressSet
from s2sguard.model.estate import Connection, Gateway
from s2sguard.model.value import Unknown

from .estates import UNIVERSE

Packet = tuple[int, int, int]
"""IP version, source, destination."""


@dataclass(frozen=True)
class Expected:
    """Other parties by connection name."""

    two_way: dict[str, set[str]]
    one_way: dict[str, set[str]]
    to_internal: dict[str, set[str]]


def expected(gateway: Gateway) -> Expected:
    """Return what is true of every connection of a gateway without unknowns."""
    flows = possible_flows(gateway)
    found = Expected({}, {}, {})
    for a in gateway.connections:
        found.two_way[a.name], found.one_way[a.name], found.to_internal[a.name] = set(), set(), set()
        if a.trust == "internal":
            continue
        for b in gateway.connections:
            if a.partner == b.partner:
                continue
            if b.trust == "internal" and flows[a.name, b.name]:
                found.to_internal[a.name].add(str(b.partner))
            if b.trust == "partner":
                _judge_partners(a, b, gateway, flows, found)
    return found


def _judge_partners(a: Connection, b: Connection, gateway: Gateway, flows: dict[tuple[str, str], set[Packet]], found: Expected) -> None:
    there = _party_flows(gateway, flows, a.partner, b.partner)
    back = _party_flows(gateway, flows, b.partner, a.partner)
    answered = {packet for packet in there if _reverse(packet) in back}
    if any(packet in answered for packet in flows[a.name, b.name]) or any(_reverse(packet) in answered for packet in flows[b.name, a.name]):
        found.two_way[a.name].add(str(b.partner))
    if not answered and (flows[a.name, b.name] or flows[b.name, a.name]):
        found.one_way[a.name].add(str(b.partner))


def _party_flows(gateway: Gateway, flows: dict[tuple[str, str], set[Packet]], sender: object, taker: object) -> set[Packet]:
    """Packets between the partner connections of two owners."""
    return {
        packet
        for a in gateway.connections
        for b in gateway.connections
        if (a.partner, a.trust, b.partner, b.trust) == (sender, "partner", taker, "partner")
        for packet in flows[a.name, b.name]
    }


def _reverse(packet: Packet) -> Packet:
    return packet[0], packet[2], packet[1]


def possible_flows(gateway: Gateway) -> dict[tuple[str, str], set[Packet]]:
    """Return every packet that can flow between two connections, by their names."""
    installed = {one.name: set(_negotiable(one, gateway)) for one in gateway.connections}
    routed = {one.name: _routed(one, gateway) for one in gateway.connections}
    return {
        (a.name, b.name): {
            (version, s, d)
            for version, universe in UNIVERSE.items()
            for s in universe
            for d in universe
            # Arrives: the source is remote, the destination local to the first tunnel. Leaves: the other way round, and routed there.
            if (version, d, s) in installed[a.name] and (version, s, d) in installed[b.name] and (version, d) in routed[b.name]
        }
        for a in gateway.connections
        for b in gateway.connections
    }


def _negotiable(connection: Connection, gateway: Gateway) -> Iterator[tuple[int, int, int]]:
    """Yield every (version, local, remote) that some exchange installs: the partner asks for it, or answers Azure with it."""
    for version, universe in UNIVERSE.items():
        for local in universe:
            for remote in universe:
                if _partner_may_ask(connection, gateway) or _azure_offers(connection, version, local, remote):
                    yield version, local, remote


def _partner_may_ask(connection: Connection, gateway: Gateway) -> bool:
    """Azure accepts any selector as responder, and falls back to any x any unless its fixed selectors are in force."""
    mode_means_something = connection.protocol == "IKEv2" and gateway.vpn_type == "RouteBased"
    responder = not (connection.mode == "InitiatorOnly" and mode_means_something)
    in_force = bool(connection.policy_based_selectors) and connection.policy is not None and not connection.nat_rules
    return responder or not in_force or not connection.fixed_selectors


def _azure_offers(connection: Connection, version: int, local: int, remote: int) -> bool:
    assert not isinstance(connection.fixed_selectors, Unknown)
    return any(
        _holds(one.selector.local, version, local) and _holds(one.selector.remote, version, remote) for one in connection.fixed_selectors
    )


def _routed(connection: Connection, gateway: Gateway) -> set[tuple[int, int]]:
    everything = {(version, address) for version, universe in UNIVERSE.items() for address in universe}
    if connection.bgp or (connection.site_id and connection.site_id == gateway.default_site_id):
        return everything
    if connection.site is None or connection.nat_rules:  # the tiny estates name NAT rules that are not in the input
        return set()
    assert not isinstance(connection.site, Unknown)
    assert not isinstance(connection.site.prefixes, Unknown)
    return {one for one in everything if _holds(connection.site.prefixes.addresses, *one)}


def _holds(addresses: AddressSet, version: int, address: int) -> bool:
    return any(first <= address <= last for first, last in addresses.family(version))
