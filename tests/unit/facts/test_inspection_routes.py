"""Routes are chosen as Azure documents it; a naive oracle asks for one address at a time and must agree on thousands of tables."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.facts.inspection_routes import (
    Hop,
    Origin,
    Route,
    default_routes,
    gateway_routes,
    network_routes,
    route_of,
    routes_of_table,
    split,
)
from s2sguard.model.address import ANY, AddressSet, parse_range
from s2sguard.model.routing import RouteTable, UserRoute
from s2sguard.model.value import Unknown

SPACE = [int(ip_address("10.0.0.0")) + number for number in range(16)]
PREFIXES = [str(one) for length in range(28, 33) for one in ip_network("10.0.0.0/28").subnets(new_prefix=length)]
PREFIXES += ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9"]
RANK = ["user", "gateway", "network", "default"]
KINDS = {"user": ["appliance", "network", "none", "gateway"], "gateway": ["gateway"], "network": ["network"], "default": ["none"]}


def written(prefix: str) -> AddressSet:
    """A range that is one."""
    found = parse_range(prefix)
    assert isinstance(found, AddressSet)
    return found


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[str, Route]]:
    """Routes of a subnet with the prefix each was written with; as in Azure, one for each prefix and origin."""
    keys = draw(st.lists(st.tuples(st.sampled_from(PREFIXES), st.sampled_from(RANK)), max_size=12, unique=True))
    found: list[tuple[str, Route]] = []
    for number, (prefix, origin) in enumerate(keys):
        kind = draw(st.sampled_from(KINDS[origin]))
        route = route_of(prefix, origin, Hop(kind), f"r{number}")  # type: ignore[arg-type]  # words of the two literals
        assert route is not None
        found.append((prefix, route))
    return found


def naive(address: int, table: list[tuple[str, Route]]) -> Route | None:
    """The route of one address, by the words of the documentation and the standard library's prefixes."""
    matching = [(ip_network(prefix), route) for prefix, route in table if ip_address(address) in ip_network(prefix)]
    if any(route.origin == "network" for _, route in matching):
        matching = [(prefix, route) for prefix, route in matching if route.origin != "gateway"]
    best = max((prefix.prefixlen for prefix, _ in matching), default=None)
    longest = [route for prefix, route in matching if prefix.prefixlen == best]
    return min(longest, key=lambda route: RANK.index(route.origin), default=None)


@given(table=tables(), wanted=st.sets(st.sampled_from(SPACE)))
def test_each_address_goes_where_the_naive_choice_sends_it(table: list[tuple[str, Route]], wanted: set[int]) -> None:
    """Every address asked for is in exactly one part, that of the route the naive oracle takes, and no other address is in any."""
    asked = AddressSet(tuple((one, one) for one in sorted(wanted)))
    parts = split([route for _, route in table], asked & ANY)
    for address in SPACE:
        holding = [part.route for part in parts if part.addresses.meets(AddressSet(((address, address),)))]
        assert holding == ([naive(address, table)] if address in wanted else [])
    assert sum(last - first + 1 for part in parts for first, last in part.addresses.v4) == len(wanted)


@given(table=tables())
def test_what_a_further_gateway_route_could_change_is_unknown(table: list[tuple[str, Route]]) -> None:
    """With routes that may be learned, an address keeps its hop exactly where no gateway route of any length would change it."""
    parts = split([route for _, route in table], written("10.0.0.0/28"), learned="BGP")
    for address in SPACE:
        more = [str(ip_network((address, length), strict=False)) for length in range(33)]
        hops = {hop_of(naive(address, table))}
        hops |= {hop_of(naive(address, [*table, (one, route)])) for one in more if (route := gateway_route(one)) is not None}
        found = [part.hop for part in parts if part.addresses.meets(AddressSet(((address, address),)))]
        assert found == ([hops.pop()] if len(hops) == 1 else [Hop("unknown", reason="BGP")])


def hop_of(route: Route | None) -> Hop:
    """Where a route leads, and where a packet without one goes."""
    return Hop("none") if route is None else route.hop


def gateway_route(prefix: str) -> Route | None:
    """A route the gateway learned."""
    return route_of(prefix, "gateway", Hop("gateway"), "learned")


def user(
    prefix: str | Unknown, kind: str | Unknown = "VirtualAppliance", address: str | Unknown = "10.9.0.4", name: str = "r"
) -> UserRoute:
    """One user-defined route."""
    return UserRoute(name=name, prefix=prefix, hop_type=kind, hop_address=address)


def table_of(*routes: UserRoute) -> RouteTable:
    """A table that is read in full."""
    return RouteTable(id="/rt", name="rt", routes=routes, propagates=True, peering_routes=True)


def taken(address: str, *routes: UserRoute, learned: str = "") -> Hop:
    """Where one address goes from a subnet with these user-defined routes in a network of 10.0.0.0/16."""
    own = routes_of_table(table_of(*routes))
    system = (*network_routes(["10.0.0.0/16"], "its own network"), *default_routes(["10.0.0.0/16"], own))
    (part,) = split([*own, *gateway_routes(["10.1.0.0/16"], propagates=True), *system], written(address), learned)
    return part.hop


@pytest.mark.parametrize(
    ("address", "route", "hop"),
    [
        ("10.0.1.4", user("10.0.0.0/16"), Hop("appliance", "10.9.0.4")),
        ("10.0.1.4", user("10.0.0.0/8"), Hop("network")),
        ("10.1.0.1", user("10.1.0.0/16"), Hop("appliance", "10.9.0.4")),
        ("10.1.0.1", user("0.0.0.0/0"), Hop("gateway")),
        ("10.2.0.1", user("0.0.0.0/0"), Hop("appliance", "10.9.0.4")),
        ("10.2.0.1", user("0.0.0.0/1"), Hop("none")),
        ("10.2.0.1", user("10.0.0.0/7"), Hop("none")),
        ("192.0.2.1", user("0.0.0.0/0"), Hop("appliance", "10.9.0.4")),
        ("10.1.0.1", user("10.1.0.0/24", "none"), Hop("none")),
        ("10.1.0.1", user("10.1.0.0/24", "VNETLOCAL"), Hop("network")),
        ("10.1.0.1", user("AzureCloud"), Hop("gateway")),
    ],
)
def test_user_routes_take_their_prefix_from_the_system(address: str, route: UserRoute, hop: Hop) -> None:
    """The longest prefix wins, a user-defined route at equal length, and the system drops private addresses nobody has."""
    assert taken(address, route) == hop


@pytest.mark.parametrize(
    ("address", "route", "reason"),
    [
        ("10.0.0.1", user(Unknown("known only after apply")), "the prefix of route r of rt is unknown: known only after apply"),
        ("10.1.0.1", user("10.1.0.0/16", Unknown("a parameter")), "where route r of rt leads is unknown: a parameter"),
        ("10.1.0.1", user("10.1.0.0/16", address=Unknown("a parameter")), "the appliance route r of rt leads to is unknown: a parameter"),
        ("10.1.0.1", user("10.1.0.0/16", address=""), "route r of rt names no address of an appliance"),
        ("10.1.0.1", user("10.1.0.0/16", address="10.9.0.0/24"), "route r of rt names no address of an appliance"),
        ("10.1.0.1", user("10.1.0.0/16", "HyperNet"), "route r of rt has no next hop type Azure documents"),
        ("10.1.0.1", user("10.1.0.0/16", "VirtualApplianceEcmp"), "leads to several appliances"),
        ("192.0.2.1", user("AzureCloud"), "route r of rt is for a service tag"),
    ],
)
def test_what_cannot_be_read_leads_nowhere_known(address: str, route: UserRoute, reason: str) -> None:
    """A route that cannot be read is unknown with a reason where it may take a packet; a service tag only takes public addresses."""
    hop = taken(address, route)
    assert hop.kind == "unknown"
    assert reason in hop.reason


def test_an_unknown_prefix_comes_before_a_route_to_everything() -> None:
    """That one route goes everywhere does not settle what another, of unknown prefix, takes."""
    for routes in ((user("0.0.0.0/0"), user(Unknown("hidden"))), (user(Unknown("hidden")), user("0.0.0.0/0"))):
        assert taken("10.0.0.1", *routes).kind == "unknown"


def test_two_routes_for_one_prefix_contradict_each_other() -> None:
    """Azure keeps one route for a prefix; which of two an input means is not known, unless they lead to one place."""
    same, other = user("10.1.0.0/16", name="a"), user("10.1.0.0/16", address="10.9.0.5", name="b")
    assert taken("10.1.0.1", same, other) == Hop("unknown", reason="rt has two routes for 10.1.0.0/16")
    assert taken("10.1.0.1", same, user("10.1.0.0/16", name="b")) == Hop("appliance", "10.9.0.4")


def test_routes_of_the_gateway_follow_propagation() -> None:
    """Without propagation a subnet has none of them; where that is unknown, so is what they would take."""
    assert gateway_routes(["10.1.0.0/16"], propagates=False) == ()
    (route,) = gateway_routes(["10.1.0.0/16"], propagates=Unknown("a parameter"))
    assert route.hop == Hop("unknown", reason="a parameter")


def test_learned_routes_are_longer_than_a_default_route() -> None:
    """A default route to an appliance does not settle where replies go while the gateway may learn anything."""
    assert taken("192.0.2.1", user("0.0.0.0/0"), learned="BGP is on") == Hop("unknown", reason="BGP is on")
    assert taken("192.0.2.1", user("192.0.2.1/32"), learned="BGP is on") == Hop("appliance", "10.9.0.4")
    assert taken("10.0.0.1", user("0.0.0.0/0"), learned="BGP is on") == Hop("network")


def test_a_network_replaces_the_systems_reserved_ranges() -> None:
    """A network that holds all of 10.0.0.0/8 takes the place of its default route (the same page, "Default")."""
    origins: list[Origin] = [route.origin for route in default_routes(["10.0.0.0/7"]) if route.addresses == written("10.0.0.0/8")]
    assert origins == []
    assert len(default_routes(["10.0.0.0/9"])) == len(default_routes(["10.0.0.0/7"])) + 1


def test_an_unreadable_table_is_unknown_everywhere() -> None:
    """A subnet whose table is not in the input has no address that is known to go anywhere."""
    table = RouteTable(id="/rt", name="rt", routes=Unknown("not read"), propagates=True, peering_routes=True)
    (part,) = split([*routes_of_table(table), *network_routes(["10.0.0.0/16"], "its own")], written("10.0.0.0/24"))
    assert part.hop == Hop("unknown", reason="not read")
    assert split([], written("10.0.0.0/24"))[0].hop == Hop("none")
    assert routes_of_table(None) == ()
    assert network_routes(["nonsense", "10.0.0.0-10.0.0.9"], "odd") == ()
