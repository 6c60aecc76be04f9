"""What partners may reach behind a gateway, and who may reach it: the two ends of every way that inspection is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from s2sguard.facts.inspection_legs import Legs
from s2sguard.facts.inspection_routes import Part, routes_of_table
from s2sguard.facts.isolation import Subject
from s2sguard.model.address import ANY, AddressSet, parse_range, union
from s2sguard.model.estate import Gateway
from s2sguard.model.inventory import fold_id
from s2sguard.model.routing import RoutedNetwork, RouteTable, Routing, Subnet
from s2sguard.model.value import Maybe, Unknown

_NOTHING = AddressSet()
_SERVICES = frozenset({"gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet", "azurebastionsubnet", "routeserversubnet"})
"""Subnets that Azure keeps for its own services: no workload stands in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Local and remote ranges that packets of a partner have: for certain, and at most."""

    local: tuple[AddressSet, AddressSet]
    remote: tuple[AddressSet, AddressSet]
    doubt: str
    """Why the two differ; empty when they do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Addresses of one subnet with workloads, or of a network as far as its subnets are not known."""

    network: RoutedNetwork
    subnet: str
    addresses: AddressSet
    table: Maybe[RouteTable | None]
    doubt: str
    """Why it may not be behind the gateway; empty when it is."""


def reaches_of(gateway: Gateway, subjects: Sequence[Subject]) -> list[Reach]:
    """Return what partners may send to and get replies from. Equal local ranges are one reach, so open connections are."""
    found: dict[tuple[AddressSet, AddressSet], Reach] = {}
    for one in (*(reach for subject in subjects for reach in _reaches(subject)), *_unseen(gateway)):
        seen = found.get(one.local)
        found[one.local] = one if seen is None else _joined(seen, one)
    return list(found.values())


def _joined(one: Reach, other: Reach) -> Reach:
    remote = (one.remote[0] | other.remote[0], one.remote[1] | other.remote[1])
    return Reach(local=one.local, remote=remote, doubt=one.doubt or other.doubt)


def _unseen(gateway: Gateway) -> Iterator[Reach]:
    if gateway.incomplete:
        yield Reach(local=(_NOTHING, ANY), remote=(_NOTHING, ANY), doubt=gateway.incomplete)


def _reaches(subject: Subject) -> Iterator[Reach]:
    connection, ceiling = subject.connection, subject.ceiling
    if connection.trust == "internal":
        return
    at_least, at_most = subject.routed
    if isinstance(ceiling, Unknown):
        yield Reach(local=(_NOTHING, ANY), remote=(_NOTHING, at_most), doubt=subject.doubt)
        return
    sure = not isinstance(connection.trust, Unknown)
    for selector in ceiling.selectors:
        certain = (selector.local, selector.remote & at_least) if sure else (_NOTHING, _NOTHING)
        yield Reach(local=(certain[0], selector.local), remote=(certain[1], selector.remote & at_most), doubt=subject.doubt)


def zones_of(routing: Routing) -> tuple[list[Zone], list[str]]:
    """Return where workloads may be, and why there may be more of it than is known."""
    appliances = union(_appliances(routing).values())
    zones: list[Zone] = []
    doubts: list[str] = []
    for network in routing.networks:
        unsure = network.uses_gateway.reason if isinstance(network.uses_gateway, Unknown) else ""
        if isinstance(network.prefixes, Unknown):
            doubts.append(f"{network.name}: {network.prefixes.reason}")
            continue
        taken = _NOTHING
        for subnet in network.subnets:
            if isinstance(subnet.addresses, Unknown):
                doubts.append(subnet.addresses.reason)
                continue
            taken = taken | subnet.addresses
            if not _kept(subnet, routing):
                zones.append(_zone(network, subnet.name, subnet.addresses - appliances, subnet.table, unsure))
        if network.subnets_doubt:
            rest = union(one for prefix in network.prefixes if isinstance(one := parse_range(prefix), AddressSet)) - taken - appliances
            table = Unknown(f"{network.name}: {network.subnets_doubt}")
            zones.append(_zone(network, "", rest, table, unsure or table.reason))
    return [zone for zone in zones if zone.addresses], doubts


def _zone(network: RoutedNetwork, subnet: str, addresses: AddressSet, table: Maybe[RouteTable | None], doubt: str) -> Zone:
    return Zone(network=network, subnet=subnet, addresses=addresses, table=table, doubt=f"{network.name}: {doubt}" if doubt else "")


def not_judged(routing: Routing) -> list[str]:
    """Return what is left out: the names of subnets of Azure's services and of firewalls, and the addresses of appliances."""
    subnets = (subnet for network in routing.networks for subnet in network.subnets)
    return [*sorted({subnet.name for subnet in subnets if _kept(subnet, routing)}), *_appliances(routing)]


def _kept(subnet: Subnet, routing: Routing) -> bool:
    return subnet.name.lower() in _SERVICES or any(fold_id(subnet.id) in one.stands_in for one in routing.firewalls)


def _appliances(routing: Routing) -> dict[str, AddressSet]:
    """Return the appliances that the gateway's own routes lead to, by address: they are no workloads, what stands beside them may be."""
    table = routing.gateway_subnet.table
    legs = Legs(routing)
    ways = (legs.inbound(Part(route.addresses, route)) for route in (() if isinstance(table, Unknown) else routes_of_table(table)))
    found = {leg.key: parse_range(leg.key) for leg in ways if leg.kind == "appliance"}
    return {text: one for text, one in found.items() if isinstance(one, AddressSet)}
