"""Interfaces and static routes of Cisco IOS: which routing table, which access lists, what is led where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from s2sguard.collect.device.cisco_acl import AccessLists, filter_rules
from s2sguard.collect.device.cisco_sections import Command
from s2sguard.collect.device.interface import Gaps
from s2sguard.collect.device.ranges import netmask, v4
from s2sguard.model.address import AddressSet, parse_range
from s2sguard.model.tunnel import FilterRule, Passage
from s2sguard.model.value import Maybe, Unknown

_ROUTING = frozenset({"bgp", "ospf", "eigrp", "rip", "isis", "ospfv3"})
_FILTERS = (("ip", "access-group"), ("ipv6", "traffic-filter"), ("set", "ip", "access-group"))
_MAY_ROUTE = Unknown("a routing protocol runs on the device and may route more into the tunnel")
_ZONES = Unknown("a zone-based firewall decides between its tunnels, and its policies are not read")
_NAT = Unknown("the device translates addresses, and its rules are not read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One static route."""

    vrf: str
    addresses: AddressSet
    out: str
    """The interface it names, in lower case; empty for none."""
    hop: int | None
    line: int


class Interfaces:
    """The interfaces of one configuration by name in lower case, and its static routes."""

    def __init__(self, commands: Sequence[Command], lists: AccessLists, gaps: Gaps) -> None:
        self._lists, self._gaps = lists, gaps
        self.by_name: dict[str, Command] = {}
        for command in commands:
            rest = command.after("interface")
            if rest:
                self.by_name["".join(rest).lower()] = command
        self._routes: dict[str, list[Route]] = defaultdict(list)
        for route in self._all_routes(commands):
            self._routes[route.vrf].append(route)
        self._routing = any(one.starts("router") and len(one.words) > 1 and one.words[1].lower() in _ROUTING for one in commands)
        self._nat = any(one.starts("ip", "nat") and len(one.words) > 3 for one in commands)

    def vrf(self, interface: Command) -> str:
        """Return the routing table of an interface; empty for the device's own."""
        found = interface.first("vrf", "forwarding") or interface.first("ip", "vrf", "forwarding")
        return found[0] if found else ""

    def passage(self, interface: Command, filtered: Command, *, routed: bool, encapsulated: bool = False) -> Passage:
        """Return what the device does with packets of one interface; `routed` for a tunnel interface, into which routes lead.

        `filtered` names the access lists that packets of the tunnel meet: the tunnel interface or the entry of the crypto map. The list
        on the interface that carries a crypto map sees encrypted packets only (Cisco: Crypto Access Check on Clear-Text Packets).
        """
        translated: Maybe[bool] = False
        if self._nat and any(True for _ in interface.all("ip", "nat")):
            reason = "the device translates addresses (NAT) of packets on this interface; its rules are not read"
            self._gaps.add(interface.line, reason, "not-judged")
            translated = _NAT
        return Passage(
            interface=" ".join(interface.words[1:]),
            routed=self._routed(interface) if routed else None,
            dynamic=_MAY_ROUTE if routed and self._routing else False,
            inbound=self._rules(filtered, "in"),
            outbound=self._rules(filtered, "out"),
            translated=translated,
            encapsulated=encapsulated,
        )

    def _rules(self, interface: Command, direction: str) -> Maybe[tuple[FilterRule, ...]]:
        if any(True for _ in interface.all("zone-member", "security")):
            self._gaps.add(interface.line, "a zone-based firewall: its policies are not read", "not-judged")
            return _ZONES
        named = [(rest, line) for words in _FILTERS for rest, line in interface.all(*words)]
        rules: list[FilterRule] = []
        for rest, line in named:
            if len(rest) > 1 and rest[1].lower() == direction:
                entries = self._lists.get(rest[0], line)
                if isinstance(entries, Unknown):
                    return entries
                rules += filter_rules(entries)
        return tuple(rules)

    def _routed(self, interface: Command) -> AddressSet:
        own = self._subnet(interface)
        name = "".join(interface.words[1:]).lower()
        found = own
        for route in self._routes[self.vrf(interface)]:
            hop = AddressSet(v4=((route.hop, route.hop),)) if route.hop is not None else AddressSet()
            if route.out == name or (not route.out and hop.meets(own)):
                found = found | route.addresses
        return found

    def _subnet(self, interface: Command) -> AddressSet:
        found = interface.first("ip", "address")
        address, mask = (v4(found[0]), v4(found[1])) if found and len(found) > 1 else (None, None)
        return (netmask(address, mask) if address is not None and mask is not None else None) or AddressSet()

    def _all_routes(self, commands: Sequence[Command]) -> Iterator[Route]:
        for command in commands:
            rest = command.after("ip", "route")
            if rest is None:
                continue
            vrf = rest[1] if len(rest) > 1 and rest[0].lower() == "vrf" else ""
            route = _route(rest[2:] if vrf else rest, vrf, command.line, self.by_name)
            if route is None:
                self._gaps.add(command.line, "a static route that is not read")
            else:
                yield route


def _route(words: tuple[str, ...], vrf: str, line: int, names: dict[str, Command]) -> Route | None:
    if words and "/" in words[0]:
        read = parse_range(words[0])
        addresses, rest = (None if isinstance(read, Unknown) else read), words[1:]
    else:
        address, mask = (v4(words[0]), v4(words[1])) if len(words) > 1 else (None, None)
        addresses, rest = (netmask(address, mask) if address is not None and mask is not None else None), words[2:]
    if addresses is None or not rest:
        return None
    hop = v4(rest[0])
    joined = "".join(rest[:2]).lower()
    out = "" if hop is not None else joined if joined in names else rest[0].lower()
    return Route(vrf=vrf, addresses=addresses, out=out, hop=hop, line=line)
