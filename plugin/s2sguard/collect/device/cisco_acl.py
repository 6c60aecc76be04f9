"""Access lists of Cisco IOS: lines with wildcard masks -> entries with address sets, protocol and ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from s2sguard.collect.device.cisco_objects import ObjectGroups
from s2sguard.collect.device.cisco_ports import PortSpans, take_ports
from s2sguard.collect.device.cisco_sections import Command
from s2sguard.collect.device.interface import Gaps
from s2sguard.collect.device.ranges import ANY_V4, ANY_V6, MOST_RANGES, selectors, v4, wildcard
from s2sguard.model.address import ANY, AddressSet, parse_range
from s2sguard.model.selector import ALL_PORTS, ANY_PROTOCOL
from s2sguard.model.tunnel import FilterRule, SelectorLine
from s2sguard.model.value import Maybe, Unknown

_PROTOCOLS = {
    "ip": ANY_PROTOCOL,
    "ipv6": ANY_PROTOCOL,
    "icmp": 1,
    "igmp": 2,
    "ipinip": 4,
    "tcp": 6,
    "udp": 17,
    "gre": 47,
    "esp": 50,
    "ahp": 51,
    "eigrp": 88,
    "ospf": 89,
    "pim": 103,
    "sctp": 132,
}
_SILENT = frozenset({"log", "log-input"})
_BAD_LINE = Unknown("a line of its access list cannot be read")
_MISSING = Unknown("its access list is not in the text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One permit or deny."""

    permit: bool
    line: int
    source: AddressSet
    destination: AddressSet
    protocol: int = ANY_PROTOCOL
    source_ports: PortSpans = (ALL_PORTS,)
    destination_ports: PortSpans = (ALL_PORTS,)
    conditional: bool = False
    """It asks for more than addresses, protocol and ports."""


class AccessLists:
    """The access lists of one configuration, each read when it is asked for."""

    def __init__(self, commands: Iterable[Command], groups: ObjectGroups, gaps: Gaps) -> None:
        self._groups, self._gaps = groups, gaps
        self._lists: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        self._standard: set[str] = set()
        self._known: dict[str, Maybe[tuple[Entry, ...]]] = {}
        for command in commands:
            self._take(command)

    def _take(self, command: Command) -> None:
        for kind in ("extended", "standard"):
            rest = command.after("ip", "access-list", kind)
            if rest:
                self._add(rest[0], [(below.words, below.line) for below in command.below])
                self._standard |= {rest[0]} if kind == "standard" else set()
        rest = command.after("ipv6", "access-list")
        if rest:
            self._add(rest[0], [(below.words, below.line) for below in command.below])
        rest = command.after("access-list")
        if rest and len(rest) > 1:
            self._add(rest[0], [(rest[1:], command.line)])
            number = int(rest[0]) if rest[0].isascii() and rest[0].isdecimal() and len(rest[0]) < 6 else 0
            if 1 <= number <= 99 or 1300 <= number <= 1999:
                self._standard.add(rest[0])

    def _add(self, name: str, lines: list[tuple[tuple[str, ...], int]]) -> None:
        self._lists.setdefault(name, []).extend(lines)

    def get(self, name: str, line: int) -> Maybe[tuple[Entry, ...]]:
        """Return the entries of a list in the order IOS looks at them; unknown, with a gap, if one cannot be read."""
        if name not in self._lists:
            self._gaps.add(line, "an access list that is not in the text", "missing-reference")
            return _MISSING
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> Maybe[tuple[Entry, ...]]:
        found: list[tuple[int, Entry]] = []
        bad = False
        last = 0
        for words, line in self._lists[name]:
            if words[0].lower() == "remark":
                continue
            numbered = words[0].isascii() and words[0].isdecimal() and len(words[0]) <= 10
            last = int(words[0]) if numbered else last + 10
            rest = words[1:] if numbered else words
            if rest and rest[0].lower() == "remark":
                continue
            entry = self._entry(rest, line, standard=name in self._standard)
            if entry is None:
                bad = True
                self._gaps.add(line, "a line of an access list that is not read")
            else:
                found.append((last, entry))
        return _BAD_LINE if bad else tuple(entry for _, entry in sorted(found, key=lambda pair: pair[0]))

    def _entry(self, words: tuple[str, ...], line: int, *, standard: bool) -> Entry | None:
        if len(words) < 2 or words[0].lower() not in {"permit", "deny"}:
            return None
        permit, rest = words[0].lower() == "permit", list(words[1:])
        if standard:
            source = self._addresses(rest, line, bare=True)
            return (
                None if source is None else Entry(permit=permit, line=line, source=source, destination=ANY, conditional=bool(_rest(rest)))
            )
        protocol, conditional = self._protocol(rest, line)
        if protocol is None:
            return None
        source = self._addresses(rest, line)
        source_ports = take_ports(rest)
        destination = self._addresses(rest, line)
        destination_ports = take_ports(rest)
        if source is None or destination is None or source_ports is None or destination_ports is None:
            return None
        entry = Entry(permit=permit, line=line, source=source, destination=destination, protocol=protocol)
        conditional = conditional or bool(_rest(rest))
        return replace(entry, source_ports=source_ports, destination_ports=destination_ports, conditional=conditional)

    def _protocol(self, rest: list[str], line: int) -> tuple[int | None, bool]:
        word = rest.pop(0).lower()
        if word == "object-group" and rest:
            rest.pop(0)
            self._gaps.add(line, "an object group of services: read as any protocol")
            return ANY_PROTOCOL, True
        if word in _PROTOCOLS:
            return _PROTOCOLS[word], False
        number = int(word) if word.isascii() and word.isdecimal() and len(word) <= 3 else 256
        return (number if number < 256 else None), False

    def _addresses(self, rest: list[str], line: int, *, bare: bool = False) -> AddressSet | None:
        if not rest:
            return None
        word = rest.pop(0)
        match word.lower():
            case "any":
                return ANY
            case "any4":
                return ANY_V4
            case "any6":
                return ANY_V6
            case "host" if rest:
                return _one(rest.pop(0))
            case "object-group" if rest:
                held = self._groups.get(rest.pop(0), line)
                return None if isinstance(held, Unknown) else held
        address = v4(word)
        if address is None or (bare and not (rest and v4(rest[0]) is not None)):
            return _one(word)
        mask = v4(rest.pop(0)) if rest else None
        found = None if mask is None else wildcard(address, mask)
        if mask is not None and found is None:
            self._gaps.add(line, f"a wildcard mask that stands for more than {MOST_RANGES} ranges")
        return found


def _one(word: str) -> AddressSet | None:
    found = parse_range(word)
    return None if isinstance(found, Unknown) or "-" in word else found


def _rest(words: list[str]) -> list[str]:
    return [word for word in words if word.lower() not in _SILENT]


def selector_lines(entries: Iterable[Entry], *, version: int | None = None) -> Iterator[SelectorLine]:
    """Yield the selectors of each permit. A deny sends what it names in the clear and is no selector: what it takes out stays in here."""
    for entry in entries:
        if not entry.permit:
            continue
        own, far = entry.source, entry.destination
        if ANY in (own, far):  # `any` in a list is of the list's family
            family = version or (6 if not (own.v4 if own != ANY else far.v4) else 4)
            own, far = _of(own, family), _of(far, family)
        yield SelectorLine(
            own=selectors(own, entry.protocol, entry.source_ports),
            far=selectors(far, entry.protocol, entry.destination_ports),
            line=entry.line,
        )


def _of(addresses: AddressSet, version: int) -> AddressSet:
    return AddressSet(v4=addresses.v4) if version == 4 else AddressSet(v6=addresses.v6)


def filter_rules(entries: Iterable[Entry]) -> tuple[FilterRule, ...]:
    """Return the rules packets meet, with the deny that stands unwritten at the end."""
    rules = [
        FilterRule(
            permit=entry.permit,
            source=entry.source,
            destination=entry.destination,
            exact=entry.protocol == ANY_PROTOCOL
            and entry.source_ports == entry.destination_ports == (ALL_PORTS,)
            and not entry.conditional,
        )
        for entry in entries
    ]
    return (*rules, FilterRule(permit=False, source=ANY, destination=ANY, exact=True))
