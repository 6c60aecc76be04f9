"""The way of packets between a gateway and its workloads, both ways: through a firewall, an appliance, or past them.

The first hop decides: what GatewaySubnet's routes do with a packet to a local range, and what the workload subnet's routes do with
the reply. What happens behind a firewall or an appliance is theirs. Evaluated for what is certain and for what is possible, as
isolation is: what only the second shows is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from s2sguard.facts.inspection_legs import Leg, Legs
from s2sguard.facts.inspection_routes import (
    Hop,
    Part,
    Route,
    default_routes,
    gateway_routes,
    network_routes,
    routes_of_table,
    split,
    within,
)
from s2sguard.facts.inspection_zones import Reach, Zone, reaches_of, zones_of
from s2sguard.facts.isolation import Subject
from s2sguard.model.address import AddressSet, address_text, union
from s2sguard.model.estate import Gateway, Site
from s2sguard.model.routing import RoutedNetwork, RouteTable, Routing
from s2sguard.model.value import Maybe, Unknown

_NO_SITE = Leg("dropped", "no prefix of a site is routed back")
_NO_PEERING_ROUTES = "the route table disables routes of peerings, and what that does to others is not documented"
_FIRST_HOST = 4
"""Azure keeps the first four addresses of a subnet (Microsoft Learn, virtual-networks-faq)."""


@dataclass(slots=True, kw_only=True)
class Path:
    """Ranges with one way in and one way back."""

    inbound: Leg
    back: Leg
    doubts: tuple[str, str]
    """Why it is not certain that a partner's packets go in, and that replies go back; empty where it is."""
    local: AddressSet = field(default_factory=AddressSet)
    remote: AddressSet = field(default_factory=AddressSet)
    networks: dict[str, None] = field(default_factory=dict)
    subnets: dict[str, None] = field(default_factory=dict)
    witness: str = ""
    """The first packet of it."""

    @property
    def asymmetric(self) -> bool:
        """Say whether replies pass something else than the packets did."""
        ends = {self.inbound.kind, self.back.kind}
        return not ends & {"dropped", "unknown"} and (self.inbound.key, self.inbound.inspects) != (self.back.key, self.back.inspects)


_Key: TypeAlias = tuple[Leg, Leg, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Bypass:
    """A route that takes packets from a wider one to a firewall or an appliance."""

    table: str
    part: Part
    past: Route
    doubt: str


class Inspection:
    """Paths and bypasses of one gateway with known routing."""

    def __init__(self, gateway: Gateway, routing: Routing, subjects: Sequence[Subject]) -> None:
        self._routing = routing
        self._legs = Legs(routing)
        self._learned = _learned(gateway)
        self._sites = _site_prefixes(gateway)
        self._reaches = reaches_of(gateway, subjects)
        self._zones, self.doubts = zones_of(routing)
        self._remote = (union(one.remote[0] for one in self._reaches), union(one.remote[1] for one in self._reaches))
        self._back: dict[tuple[str, str], tuple[Part, ...]] = {}
        """Split by (route table, network)."""
        inbound = self._routes(routing.gateway_subnet.table, routing.networks[0])
        self._inbound = [split(inbound, zone.addresses) for zone in self._zones]
        """How GatewaySubnet's routes split each zone."""

    def paths(self) -> list[Path]:
        """Return all paths, those with one way in and one way back as one; the certain ones first."""
        found: dict[_Key, Path] = {}
        for zone, inbound in zip(self._zones, self._inbound, strict=True):
            for reach in self._reaches:
                if reach.local[1].meets(zone.addresses):
                    self._walk(zone, reach, inbound, found)
        return sorted(found.values(), key=lambda path: (path.doubts, path.local.texts(), path.inbound.by, path.back.by))

    def _walk(self, zone: Zone, reach: Reach, inbound: Sequence[Part], found: dict[_Key, Path]) -> None:
        certain = AddressSet() if zone.doubt else reach.local[0]
        for part in inbound:
            leg = self._legs.inbound(part)
            sure = part.addresses & certain
            for local, doubt in ((sure, ""), ((part.addresses & reach.local[1]) - sure, zone.doubt or reach.doubt)):
                for back, remote, further in self._replies(zone, reach) if local else ():
                    key = (leg, back, (doubt, doubt or further))
                    path = found.setdefault(key, Path(inbound=leg, back=back, doubts=key[2]))
                    _add(path, zone, local, remote)

    def _replies(self, zone: Zone, reach: Reach) -> Iterator[tuple[Leg, AddressSet, str]]:
        certain, possible = reach.remote
        if not possible:
            yield _NO_SITE, possible, ""
            return
        for part in self._back_parts(zone):
            leg, most = self._legs.back(part), part.addresses & possible
            for remote, doubt in ((most & certain, ""), (most - certain, reach.doubt)):
                if remote:
                    yield leg, remote, doubt

    def _back_parts(self, zone: Zone) -> tuple[Part, ...]:
        """Return how a zone's routes split all addresses of partners."""
        if isinstance(zone.table, Unknown):
            leg = Route(self._remote[1], 0, "user", Hop("unknown", reason=zone.table.reason), zone.table.reason)
            return (Part(self._remote[1], leg),)
        key = ("" if zone.table is None else zone.table.id, zone.network.id)
        if key not in self._back:
            propagates = True if zone.table is None else zone.table.propagates
            learned = "" if propagates is False else self._learned
            routes = (*self._routes(zone.table, zone.network), *gateway_routes(self._sites, propagates))
            self._back[key] = split(routes, self._remote[1], learned)
        return self._back[key]

    def _routes(self, table: Maybe[RouteTable | None], network: RoutedNetwork) -> tuple[Route, ...]:
        """Return the routes of a subnet in a network, but for those of the gateway."""
        if isinstance(table, Unknown):
            table = RouteTable(id="", name="", routes=table, propagates=table, peering_routes=table)
        own = () if isinstance(network.prefixes, Unknown) else network.prefixes
        peered = table is None or table.peering_routes is True
        hop = None if peered else Hop("unknown", reason=_NO_PEERING_ROUTES)
        peers = (
            route
            for peer in network.peers
            if not isinstance(peer.prefixes, Unknown)
            for route in network_routes(peer.prefixes, "the peering's own route", hop)
        )
        user = tuple(within(routes_of_table(table), own))
        return (*user, *network_routes(own, "the network's own route"), *peers, *default_routes(own, user))

    def bypasses(self) -> Iterator[Bypass]:
        """Yield every route that takes packets past a wider one to a firewall or an appliance, whoever may send them today."""
        table = self._routing.gateway_subnet.table
        name = "GatewaySubnet" if isinstance(table, Unknown) or table is None else table.name
        wider = _to_appliances(table)
        for zone, parts in zip(self._zones, self._inbound, strict=True):
            yield from self._past(name, wider, parts, zone.doubt, inbound=True)
        seen: set[tuple[str, str]] = set()
        for zone in self._zones:
            if isinstance(zone.table, Unknown) or zone.table is None or (zone.table.id, zone.network.id) in seen:
                continue
            seen.add((zone.table.id, zone.network.id))
            sure = [Part(part.addresses & self._remote[0], part.route) for part in self._back_parts(zone)]
            rest = [Part(part.addresses - self._remote[0], part.route) for part in self._back_parts(zone)]
            wider = _to_appliances(zone.table)
            yield from self._past(zone.table.name, wider, sure, zone.doubt, inbound=False)
            yield from self._past(zone.table.name, wider, rest, "not all prefixes of partners are known", inbound=False)

    def _past(self, name: str, wider: Sequence[Route], parts: Sequence[Part], doubt: str, *, inbound: bool) -> Iterator[Bypass]:
        for part in parts:
            leg = self._legs.inbound(part) if inbound else self._legs.back(part)
            past = [route for route in wider if route.addresses.meets(part.addresses)] if leg.kind == "direct" else []
            if past:
                yield Bypass(name, part, max(past, key=lambda route: route.length), doubt)

    def unknown_legs(self) -> Iterator[str]:
        """Yield why a way is not known, whoever may take it today."""
        for zone, parts in zip(self._zones, self._inbound, strict=True):
            legs = [self._legs.inbound(part) for part in parts]
            legs += [self._legs.back(part) for part in self._back_parts(zone)]
            yield from (leg.by for leg in legs if leg.kind == "unknown")


def _to_appliances(table: Maybe[RouteTable | None]) -> list[Route]:
    return [one for one in routes_of_table(None if isinstance(table, Unknown) else table) if one.hop.kind == "appliance"]


def _add(path: Path, zone: Zone, local: AddressSet, remote: AddressSet) -> None:
    path.local, path.remote = path.local | local, path.remote | remote
    path.networks[zone.network.name] = None
    if zone.subnet:
        path.subnets[zone.subnet] = None
    path.witness = path.witness or _packet(remote, local)


def _packet(source: AddressSet, target: AddressSet) -> str:
    for version in (4, 6):
        if target.family(version) and (source.family(version) or not source):
            sender = _host(version, source) if source else "any partner's address"
            return f"{sender} -> {_host(version, target)}"
    return f"a partner's address -> {_host(4 if target.v4 else 6, target)}"


def _host(version: int, addresses: AddressSet) -> str:
    first, last = addresses.family(version)[0]
    return address_text(version, min(first + _FIRST_HOST, last))


def _site_prefixes(gateway: Gateway) -> tuple[str, ...]:
    """Return the prefixes the gateway has routes for: those of the sites of all its connections (azure.md 4.1)."""
    sites = (connection.site for connection in gateway.connections if isinstance(connection.site, Site))
    texts = [text for site in sites if not isinstance(site.prefixes, Unknown) for text in site.prefixes.texts]
    forced = isinstance(gateway.default_site_id, str) and gateway.default_site_id
    return tuple(dict.fromkeys([*texts, *(["0.0.0.0/0"] if forced else [])]))


def _learned(gateway: Gateway) -> str:
    """Say why the gateway may have routes to other prefixes than those; empty when it has none."""
    for connection in gateway.connections:
        site = connection.site
        if isinstance(connection.bgp, Unknown) or connection.bgp:
            return f"connection {connection.name} may learn more specific prefixes by BGP"
        if isinstance(site, Unknown) or (site is not None and isinstance(site.prefixes, Unknown)):
            return f"the prefixes of connection {connection.name} are not known"
        if isinstance(connection.nat_rules, Unknown) or connection.nat_rules:
            return f"connection {connection.name} has NAT rules, whose ranges the gateway may route"
    if isinstance(gateway.default_site_id, Unknown):
        return "whether the gateway has a default site is not known"
    kinds = {extension.kind for extension in gateway.extensions} & {"ExpressRoute", "RouteServer", "Vnet2Vnet"}
    if kinds:
        return f"{min(kinds)} beside the gateway may bring more specific prefixes"
    return gateway.incomplete or gateway.extensions_doubt
