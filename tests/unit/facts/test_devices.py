"""Devices as headends: the facts of a configuration agree with trying every packet, and doubt is never a pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from s2sguard.collect.device import read_device
from s2sguard.collect.device.resources import resources_of
from s2sguard.facts import FactsOptions
from s2sguard.facts.build import build_document
from s2sguard.facts.document import FactsDocument
from s2sguard.facts.options import Identity, Party
from s2sguard.model.inventory import Inventory

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

OPTIONS = FactsOptions(today=date(2026, 11, 29))
BASE = 10 << 24
ADDRESSES = (*range(BASE, BASE + 8), (9 << 24) + 9)
"""Eight addresses that ranges are made of, and one for all others."""


def facts_of(*texts: str, options: FactsOptions = OPTIONS) -> FactsDocument:
    """Return the facts of configurations."""
    found = [resources_of(read_device(text, f"{number}.cfg")) for number, text in enumerate(texts)]
    return build_document(
        Inventory([one for read in found for one in read.resources], [gap for read in found for gap in read.gaps]), options
    )


@dataclass(frozen=True)
class Range:
    """An address with a wildcard mask over its last three bits, or any."""

    first: int
    wild: int
    any: bool

    def holds(self, address: int) -> bool:
        """Say whether an address is in it."""
        return self.any or (address >> 3 == BASE >> 3 and not (address ^ self.first) & ~self.wild & 7)

    def __str__(self) -> str:
        return "any" if self.any else f"10.0.0.{self.first} 0.0.0.{self.wild}"


@dataclass(frozen=True)
class Rule:
    """A line of an access list; `partial` for one that asks for TCP."""

    permit: bool
    source: Range
    destination: Range
    partial: bool

    def __str__(self) -> str:
        return f" {'permit' if self.permit else 'deny'} {'tcp' if self.partial else 'ip'} {self.source} {self.destination}"


@dataclass(frozen=True)
class Tunnel:
    """One tunnel: with `lines` a crypto map, without a tunnel interface with routes."""

    lines: tuple[tuple[Range, Range], ...] | None
    routes: tuple[int, ...]
    inbound: tuple[Rule, ...] | None
    outbound: tuple[Rule, ...] | None

    def text(self, number: int) -> str:
        """Return its commands."""
        lists = [(name, rules) for name, rules in (("in", self.inbound), ("out", self.outbound)) if rules is not None]
        written = "".join(f"ip access-list extended L{number}{name}\n" + "".join(f"{rule}\n" for rule in rules) for name, rules in lists)
        if self.lines is None:
            uses = "".join(f" ip access-group L{number}{name} {name}\n" for name, _ in lists)
            head = f"interface Tunnel{number}\n{uses} tunnel mode ipsec ipv4\n tunnel destination 198.51.100.{number}\n"
            routes = "".join(f"ip route 10.0.0.{last} 255.255.255.255 Tunnel{number}\n" for last in self.routes)
            return f"{head} tunnel protection ipsec profile P\n{routes}{written}"
        uses = "".join(f" set ip access-group L{number}{name} {name}\n" for name, _ in lists)
        lines = "".join(f" permit ip {own} {far}\n" for own, far in self.lines)
        head = f"crypto map M {number} ipsec-isakmp\n set peer 198.51.100.{number}\n{uses} match address C{number}\n"
        return f"{head}ip access-list extended C{number}\n{lines}{written}"

    def lets_in(self, source: int, destination: int, *, worst: bool) -> bool:
        """Say whether a packet of the far end gets in."""
        fits = self.lines is None or any(own.holds(destination) and far.holds(source) for own, far in self.lines)
        return fits and passes(self.inbound, source, destination, worst=worst)

    def puts_out(self, source: int, destination: int, *, worst: bool) -> bool:
        """Say whether a packet is routed to the far end and put into the tunnel."""
        if self.lines is None:
            fits = destination >> 3 == BASE >> 3 and destination & 7 in self.routes
        else:
            fits = any(own.holds(source) and far.holds(destination) for own, far in self.lines)
        return fits and passes(self.outbound, source, destination, worst=worst)


def passes(rules: tuple[Rule, ...] | None, source: int, destination: int, *, worst: bool) -> bool:
    """Go through an access list line by line. At worst, a partial permit lets through and a partial deny does not stop."""
    if rules is None:
        return True
    for rule in rules:
        if rule.source.holds(source) and rule.destination.holds(destination) and not (rule.partial and rule.permit != worst):
            return rule.permit
    return False


NOTHING = Rule(permit=False, source=Range(0, 0, any=True), destination=Range(0, 0, any=True), partial=False)
RANGES = st.builds(Range, st.integers(0, 7), st.integers(0, 7), any=st.sampled_from([False, False, False, True]))
RULES = st.one_of(st.none(), st.lists(st.builds(Rule, st.booleans(), RANGES, RANGES, st.booleans()), min_size=1, max_size=4).map(tuple))
LINES = st.one_of(st.none(), st.lists(st.tuples(RANGES, RANGES), min_size=1, max_size=2).map(tuple))
TUNNELS = st.lists(st.builds(Tunnel, LINES, st.sets(st.integers(0, 7), max_size=3).map(tuple), RULES, RULES), min_size=2, max_size=3)
HEAD = "hostname h\ncrypto ipsec profile P\n set ikev2-profile I\ninterface GigabitEthernet1\n crypto map M\n"


def flows(tunnels: list[Tunnel], *, worst: bool) -> dict[tuple[int, int], set[tuple[int, int]]]:
    """Return every packet from one tunnel to another by trying them all."""
    return {
        (a, b): {
            (s, d) for s in ADDRESSES for d in ADDRESSES if tunnels[a].lets_in(s, d, worst=worst) and tunnels[b].puts_out(s, d, worst=worst)
        }
        for a in range(len(tunnels))
        for b in range(len(tunnels))
        if a != b
    }


def parties_met(tunnels: list[Tunnel], owners: list[int], *, worst: bool) -> tuple[list[set[int]], list[set[int]], list[set[int]]]:
    """Return, by tunnel, the other owners it is an end of a two-way flow with, those it has a flow with, and those its owner answers."""
    every = flows(tunnels, worst=worst)
    joined: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for (a, b), packets in every.items():
        joined.setdefault((owners[a], owners[b]), set()).update(packets)
    two_way: list[set[int]] = [set() for _ in tunnels]
    met: list[set[int]] = [set() for _ in tunnels]
    for (a, b), packets in every.items():
        one, other = owners[a], owners[b]
        if one == other or not packets:
            continue
        met[a].add(other)
        met[b].add(one)
        if any((d, s) in joined[other, one] for s, d in packets):
            two_way[a].add(other)
            two_way[b].add(one)
    both = {(a, b) for (a, b), packets in joined.items() if any((d, s) in joined.get((b, a), ()) for s, d in packets)}
    return two_way, met, [{b for a, b in both if a == owner and b != owner} for owner in owners]


@settings(max_examples=300)
@example(
    tunnels=[Tunnel(None, (1,), None, None), Tunnel(None, (2,), (NOTHING,), None), Tunnel(None, (3,), None, (NOTHING,))], owners=[0, 0, 1]
)
@given(tunnels=TUNNELS, owners=st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_facts_agree_with_trying_every_packet(tunnels: list[Tunnel], owners: list[int]) -> None:
    """Two-way and one-way transit between owners, certain and possible, are what trying every packet finds."""
    names = [f"Tunnel{number}" if tunnel.lines is None else f"M {number}" for number, tunnel in enumerate(tunnels, 1)]
    parties = {name.lower(): Party(partner=f"owner {owner}") for name, owner in zip(names, owners, strict=False)}
    text = HEAD + "".join(tunnel.text(number) for number, tunnel in enumerate(tunnels, 1))
    document = facts_of(text, options=FactsOptions(today=OPTIONS.today, identity=Identity(parties=parties)))
    found = {facts["name"]: facts for facts in document["connections"]}
    two_way, met, answered = parties_met(tunnels, owners, worst=False)
    two_way_worst, met_worst, _ = parties_met(tunnels, owners, worst=True)
    for index, name in enumerate(names):
        exposures = found[name]["two_way"], found[name]["one_way"]
        counts = [(one["count"], one["count"] + one["possible"]) for one in exposures]
        assert counts == [
            (len(two_way[index]), len(two_way[index] | two_way_worst[index])),
            (len(met[index] - answered[index]), len((met[index] | met_worst[index]) - answered[index])),
        ]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (" deny tcp any any\n permit ip any any\n", (0, 1)),
        (" permit tcp any any\n", (0, 1)),
        (" deny ip any any\n permit ip any any\n", (0, 0)),
        (" permit ip any any\n deny ip any any\n", (1, 0)),
        (" deny ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n permit ip any any\n", (0, 0)),
    ],
)
def test_the_first_line_that_fits_decides(rules: str, expected: tuple[int, int]) -> None:
    """A list stops what it plainly denies; where it asks for more than addresses, the pair is possible and not certain."""
    lists = f" ip access-group L in\nip access-list extended L\n{rules}"
    assert two_way(facts_of(PROFILE + vti(1, more=lists) + vti(2)))[0] == expected


def vti(number: int, *, more: str = "", table: str = "") -> str:
    """Return a tunnel interface with a route, and commands of your choice."""
    vrf = f" vrf forwarding {table}\n" if table else ""
    head = f"interface Tunnel{number}\n{vrf} tunnel mode ipsec ipv4\n tunnel destination 198.51.100.{number}\n"
    route = f"ip route {f'vrf {table} ' if table else ''}10.{number}.0.0 255.255.0.0 Tunnel{number}\n"
    return f"{head} tunnel protection ipsec profile P\n{more}{route}"


PROFILE = "hostname h\ncrypto ipsec profile P\n set ikev2-profile I\n"


def two_way(document: FactsDocument) -> list[tuple[int, int]]:
    """Return (certain, possible) two-way partners of each connection."""
    return [(facts["two_way"]["count"], facts["two_way"]["possible"]) for facts in document["connections"]]


@pytest.mark.parametrize(
    ("more", "before", "reason"),
    [
        (" zone-member security PARTNERS\n", "", "a zone-based firewall decides between its tunnels, and its policies are not read"),
        (
            " ip nat outside\n",
            "ip nat inside source list 1 interface Tunnel1 overload\n",
            "the device translates addresses, and its rules are not read",
        ),
        (" ip access-group GONE in\n", "", "its access list is not in the text"),
    ],
)
def test_what_is_not_read_is_unknown(more: str, before: str, reason: str) -> None:
    """Zones, NAT and missing lists may close or open a pair, so it is neither a finding nor a pass, and the reason is named."""
    document = facts_of(PROFILE + before + vti(1, more=more) + vti(2, more=more))
    assert two_way(document) == [(0, 1), (0, 1)]
    assert reason in document["connections"][0]["unknown"]["two_way"]


def test_each_routing_table_is_a_gateway() -> None:
    """Tunnels in different tables are on different gateways and never concern each other."""
    document = facts_of(PROFILE + vti(1, table="RED") + vti(2, table="BLUE") + vti(3, table="BLUE"))
    assert [(one["name"], one.get("device")) for one in document["gateways"]] == [("h, table RED", True), ("h, table BLUE", True)]
    assert two_way(document) == [(0, 0), (1, 0), (1, 0)]
    assert all(one["complete"] for one in document["gateways"])


@pytest.mark.parametrize(
    "leak",
    [
        "vrf definition RED\n route-target export 1:1\nvrf definition BLUE\n route-target import 1:1\n",
        "ip route vrf RED 10.9.0.0 255.255.0.0 Tunnel2\n",
        "ip route vrf RED 10.9.0.0 255.255.0.0 192.0.2.1 global\n",
        "route-map X permit 10\n set vrf BLUE\n",
    ],
)
def test_ways_between_tables_make_isolation_unknown(leak: str) -> None:
    """A way from one routing table into another leaves no table with a pass."""
    document = facts_of(PROFILE + leak + vti(1, table="RED") + vti(2, table="BLUE"))
    assert ["packets may pass between routing tables" in one.get("incomplete_reason", "") for one in document["gateways"]] == [True, True]
    assert all("two_way" in facts["unknown"] for facts in document["connections"])


def test_the_configuration_names_partners() -> None:
    """Two peers of one partner never concern each other once the configuration says so, by tunnel or by peer."""
    text = PROFILE + vti(1) + vti(2)
    parties = {"tunnel1": Party(partner="Red"), "198.51.100.2": Party(partner="red")}
    document = facts_of(text, options=FactsOptions(today=OPTIONS.today, identity=Identity(parties=parties)))
    assert two_way(facts_of(text)) == [(1, 0), (1, 0)]
    assert two_way(document) == [(0, 0), (0, 0)]
    assert [facts["partner"] for facts in document["connections"]] == ["red", "red"]


def test_a_routing_protocol_may_route_anything() -> None:
    """With BGP on the device, what is routed into a tunnel is not known, so a pair that no route opens is possible."""
    text = PROFILE + (vti(1) + vti(2)).replace("ip route", "! ip route")
    assert two_way(facts_of(text)) == [(0, 0), (0, 0)]
    assert two_way(facts_of(text + "router bgp 65000\n")) == [(0, 1), (0, 1)]


def test_other_vendors_are_unknown_as_headends() -> None:
    """What a device of another vendor lets through between its tunnels is not read, so isolation on it is unknown."""
    text = "conn a\n right=198.51.100.1\n auto=start\n leftsubnet=10.0.0.0/8\n rightsubnet=10.1.0.0/16\n"
    document = facts_of(text + text.replace("conn a", "conn b").replace("100.1", "100.2"))
    assert two_way(document) == [(0, 1), (0, 1)]
    assert [facts["remote_overlap"]["count"] for facts in document["connections"]] == [1, 1]


def test_gaps_of_a_device_touch_that_device_alone() -> None:
    """A line that is not read makes its own device incomplete, and no other one."""
    document = facts_of(PROFILE + vti(1) + "ip route nonsense\n", PROFILE.replace("hostname h", "hostname other") + vti(2))
    assert [(one["name"], one["complete"]) for one in document["gateways"]] == [("h", False), ("other", True)]
