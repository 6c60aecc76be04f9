"""Which next hop takes which part of a range: the routes of one subnet, as Azure chooses among them.

Source: Microsoft Learn, virtual-network/virtual-networks-udr-overview, "How Azure selects a route" and "Default".
The longest prefix wins; at equal length a user-defined route before one of the gateway (learned by BGP, or a site's prefix) before
one of the system. Routes of the network itself and of its peerings are preferred even to longer ones of the gateway.
Ranges are split exactly: the parts are disjoint, and together they are what was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from s2sguard.model.address import ANY, BITS, AddressSet, parse_range, union, written_width
from s2sguard.model.routing import RouteTable, UserRoute
from s2sguard.model.value import Maybe, Unknown

HopKind: TypeAlias = Literal["appliance", "gateway", "network", "internet", "none", "unknown"]
Origin: TypeAlias = Literal["user", "gateway", "network", "default"]

_RANK: Final[dict[Origin, int]] = {"user": 0, "gateway": 1, "network": 2, "default": 3}
_HOP_TYPES: Final[dict[str, HopKind]] = {
    "virtualappliance": "appliance",
    "virtualnetworkgateway": "gateway",
    "vnetlocal": "network",
    "internet": "internet",
    "none": "none",
}
_DEFAULTS: Final[tuple[tuple[str, HopKind], ...]] = (
    ("0.0.0.0/0", "internet"),
    ("::/0", "internet"),
    ("10.0.0.0/8", "none"),
    ("172.16.0.0/12", "none"),
    ("192.168.0.0/16", "none"),
    ("100.64.0.0/10", "none"),
)
"""Routes that every subnet has (Microsoft Learn, the same page, "Default"; for IPv6 it names none but the way out)."""
_ALL_IPV4: Final = AddressSet(ANY.v4)
_BEFORE_ALL: Final = BITS[6] + 1
"""A length that no prefix has: a route that may be longer than any other."""


@dataclass(frozen=True, slots=True)
class Hop:
    """Where a route leads."""

    kind: HopKind
    address: str = ""
    """Of an appliance."""
    reason: str = ""
    """Why it is unknown."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route of a subnet."""

    addresses: AddressSet
    """All addresses of its prefix, of one family."""
    length: int
    origin: Origin
    hop: Hop
    label: str
    """What it is called, for people."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a range, and the route that takes it; None where no route does."""

    addresses: AddressSet
    route: Route | None

    @property
    def hop(self) -> Hop:
        """Where it goes: what no route takes is dropped."""
        return Hop("none") if self.route is None else self.route.hop


def split(routes: Sequence[Route], wanted: AddressSet, learned: str = "") -> tuple[Part, ...]:
    """Split a range by the route that takes each address, the most specific routes first.

    `learned` says why the gateway may have further routes, of any length. Then all that such a route could take from another is
    unknown; it takes nothing from one of its own kind, from the networks, and from a user-defined route to one address.
    """
    networks = union(route.addresses for route in routes if route.origin == "network" and route.addresses.meets(wanted))
    left = wanted
    found: list[Part] = []
    near = (route for route in routes if route.addresses.meets(wanted))
    for route in sorted(near, key=lambda route: (-route.length, _RANK[route.origin])):
        taken = left & (route.addresses - networks if route.origin == "gateway" else route.addresses)
        if taken:
            found.append(Part(taken, route))
            left = left - taken
    if left:
        found.append(Part(left, None))
    return tuple(found) if not learned else tuple(_doubted(found, networks, learned))


def _doubted(parts: Iterable[Part], networks: AddressSet, learned: str) -> Iterator[Part]:
    doubt = Hop("unknown", reason=learned)
    for part in parts:
        if part.hop.kind == "gateway" or (part.route is not None and _last_word(part.route)):
            yield part
            continue
        sure, exposed = part.addresses & networks, part.addresses - networks
        if sure:
            yield Part(sure, part.route)
        if exposed:
            yield Part(exposed, Route(exposed, _BEFORE_ALL, "gateway", doubt, learned))


def _last_word(route: Route) -> bool:
    """Say whether no route of a gateway can come before it."""
    return route.origin == "user" and route.length >= BITS[6 if route.addresses.v6 else 4]


def routes_of_table(table: RouteTable | None) -> tuple[Route, ...]:
    """Return the user-defined routes of a table. One that cannot be read takes all that it may take, and leads nowhere known."""
    if table is None:
        return ()
    if isinstance(table.routes, Unknown):
        return _everywhere(ANY, Hop("unknown", reason=table.routes.reason), f"route table {table.name}")
    found: dict[tuple[AddressSet, int], Route] = {}
    for one in table.routes:
        for route in _user(one, table.name):
            key = (route.addresses, route.length)
            if key in found and found[key].hop != route.hop:
                hop = Hop("unknown", reason=f"{table.name} has two routes for {', '.join(route.addresses.texts())}")
                found[key] = replace(route, hop=hop)
            else:
                found[key] = route
    return tuple(found.values())


def within(user: Iterable[Route], own: Iterable[str]) -> Iterator[Route]:
    """Yield user-defined routes, those to the network (`VnetLocal`) only as far as it goes.

    Microsoft Learn, the same page, "User-defined": to override the routing within a network. Of others, peered ones too, it says nothing.
    """
    inside = union(found for prefix in own if isinstance(found := parse_range(prefix), AddressSet))
    for route in user:
        outside = route.addresses - inside
        if route.hop.kind != "network" or not outside:
            yield route
            continue
        reason = f"{route.label} has next hop VnetLocal for addresses outside its network, and what that does is not documented"
        yield replace(route, addresses=outside, hop=Hop("unknown", reason=reason))
        yield replace(route, addresses=route.addresses & inside)


def _user(one: UserRoute, table: str) -> Iterator[Route]:
    label = f"route {one.name} of {table}"
    if isinstance(one.prefix, Unknown):
        yield from _everywhere(ANY, Hop("unknown", reason=f"the prefix of {label} is unknown: {one.prefix.reason}"), label)
        return
    hop = _hop(one, label)
    route = route_of(one.prefix, "user", hop, label)
    if route is not None:
        yield route
    else:
        # A service tag: public addresses of Azure's services (the same page, "Service Tags for user-defined routes").
        public = ANY - _PRIVATE
        yield from _everywhere(public, Hop("unknown", reason=f"{label} is for a service tag"), label)


def _hop(one: UserRoute, label: str) -> Hop:
    if isinstance(one.hop_type, Unknown):
        return Hop("unknown", reason=f"where {label} leads is unknown: {one.hop_type.reason}")
    kind = _HOP_TYPES.get(one.hop_type.lower())
    if kind is None:
        several = one.hop_type.lower() == "virtualapplianceecmp"
        reason = "leads to several appliances, and which takes a packet is not known" if several else "has no next hop type Azure documents"
        return Hop("unknown", reason=f"{label} {reason}")
    if kind != "appliance":
        return Hop(kind)
    if isinstance(one.hop_address, Unknown):
        return Hop("unknown", reason=f"the appliance {label} leads to is unknown: {one.hop_address.reason}")
    address = parse_range(one.hop_address)
    if isinstance(address, Unknown) or "/" in one.hop_address:
        return Hop("unknown", reason=f"{label} names no address of an appliance")
    return Hop("appliance", address=address.texts()[0].partition("/")[0])


def _everywhere(addresses: AddressSet, hop: Hop, label: str) -> tuple[Route, ...]:
    families = (AddressSet(addresses.v4), AddressSet((), addresses.v6))
    return tuple(Route(family, _BEFORE_ALL, "user", hop, label) for family in families if family)


def network_routes(prefixes: Iterable[str], label: str, hop: Hop | None = None) -> tuple[Route, ...]:
    """Return the system's routes to a network: one for each prefix of its address space."""
    found = (route_of(prefix, "network", hop or Hop("network"), label) for prefix in prefixes)
    return tuple(route for route in found if route is not None)


def gateway_routes(prefixes: Iterable[str], propagates: Maybe[bool]) -> tuple[Route, ...]:
    """Return the routes of a gateway, as far as a subnet gets them."""
    if propagates is False:
        return ()
    hop = Hop("unknown", reason=propagates.reason) if isinstance(propagates, Unknown) else Hop("gateway")
    found = (route_of(prefix, "gateway", hop, "the gateway's own route") for prefix in prefixes)
    return tuple(route for route in found if route is not None)


def default_routes(own: Iterable[str], user: Iterable[Route] = ()) -> tuple[Route, ...]:
    """Return the routes every subnet has; its own network replaces those of private ranges that it covers.

    A user-defined route for 0.0.0.0/0 removes all of them (the same page, "Routing example", Subnet2), so that it takes these ranges.
    """
    made = (route_of(prefix, "default", Hop(kind), "no route") for prefix, kind in _DEFAULTS)
    routes = [route for route in made if route is not None]
    if any(route.addresses == _ALL_IPV4 and not route.length for route in user):
        return tuple(route for route in routes if route.hop.kind != "none")
    covered = [found for prefix in own if isinstance(found := parse_range(prefix), AddressSet)]
    return tuple(route for route in routes if route.hop.kind != "none" or not any(not route.addresses - one for one in covered))


def route_of(prefix: str, origin: Origin, hop: Hop, label: str) -> Route | None:
    """Return a route, or None for a text that is no prefix."""
    addresses, width = parse_range(prefix), written_width(prefix)
    if isinstance(addresses, Unknown) or width is None or "-" in prefix:
        return None
    return Route(addresses, width[1], origin, hop, label)


_PRIVATE: Final = union(
    found
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
    if isinstance(found := parse_range(text), AddressSet)
)
"""RFC 1918, RFC 6598, RFC 4193."""
