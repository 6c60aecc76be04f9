"""Finding one concrete packet that proves a flow, and saying why it gets through.

A witness is for people: addresses inside real site prefixes are preferred, and the packet really is a flow (facts/transit.py).
Up to ten are made for each connection, so what depends on one end alone is made once for that end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from s2sguard.facts.ceiling import OPEN_REASONS, Ceiling
from s2sguard.facts.document import Witness
from s2sguard.model.address import AddressSet, Intervals, address_text, intersect
from s2sguard.model.estate import Connection
from s2sguard.model.selector import ANY_SELECTOR, Selector

_HOST = 10
"""Offset of a witness address in its range: past network addresses, easy to read."""


@dataclass(frozen=True)
class End:
    """A connection as a witness needs it."""

    connection: Connection
    ceiling: Ceiling
    routed: AddressSet
    outgoing: Ceiling | None = None
    """The ceiling of packets that come out of it, where a device filters them."""

    @property
    def sending(self) -> Ceiling:
        """The ceiling of packets that come out of it."""
        return self.ceiling if self.outgoing is None else self.outgoing

    @cached_property
    def clause(self) -> str:
        """Why packets of other parties fit this connection."""
        if self.ceiling.observed:
            return f"{self.connection.name}: a selector in force allows the packet"
        if self.connection.device is not None and not (self.ceiling.is_open and self.sending.is_open):
            return f"{self.connection.name}: its selectors, routes and access lists allow the packet"
        if not self.ceiling.is_open:
            return f"{self.connection.name}: its fixed selectors allow the packet"
        reasons = "; ".join(OPEN_REASONS[reason] for reason in self.ceiling.reasons)
        return f"{self.connection.name}: any selector fits, as {reasons}"

    @cached_property
    def home(self) -> dict[int, str]:
        """An address inside its own site, by IP version."""
        return {version: _address(version, ranges) for version in (4, 6) if (ranges := self.routed.family(version))}

    @cached_property
    def injected(self) -> Packet | None:
        """A packet an open neighbour can send into it, with a source address borrowed from the Azure side; None if it takes none."""
        for selector in self.ceiling.selectors:
            for version in (4, 6):
                sources = selector.local.family(version)
                destinations = intersect(selector.remote.family(version), self.routed.family(version))
                if sources and destinations:
                    return Packet(_address(version, sources), _address(version, destinations), ANY_TEXT, str(selector))
        return None


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet with the selectors that carry it, as people read them."""

    source: str
    destination: str
    arriving: str
    leaving: str


ANY_TEXT = str(ANY_SELECTOR)
Flow: TypeAlias = tuple[int, Intervals, Intervals, Selector, Selector]
"""(IP version, sources, destinations, selector it arrives by, selector it leaves by)."""


def flows(a: End, b: End) -> Iterator[Flow]:
    """Yield every flow from a to b."""
    for i in a.sending.selectors:
        for j in b.ceiling.selectors:
            for version in (4, 6):
                sources = intersect(i.remote.family(version), j.local.family(version))
                reachable = intersect(j.remote.family(version), b.routed.family(version))
                destinations = intersect(i.local.family(version), reachable)
                if sources and destinations:
                    yield version, sources, destinations, i, j


def flow_packet(a: End, b: End) -> Packet | None:
    """Return one packet that flows from a to b, its source inside a's own site where that is possible."""
    if a.sending.is_open:
        if not b.ceiling.is_open:
            return b.injected
        version = next(iter(b.home), None)
        if version is not None and version in a.home:
            return Packet(a.home[version], b.home[version], ANY_TEXT, ANY_TEXT)
    for version, sources, destinations, i, j in flows(a, b):
        own = intersect(sources, a.routed.family(version))
        return Packet(_address(version, own or sources), _address(version, destinations), str(i), str(j))
    return None


def two_way_packet(a: End, b: End, mine: Iterable[End], theirs: Iterable[End]) -> Packet | None:
    """Return a packet from a to b whose answer flows from one of their connections to one of mine."""
    if all(ceiling.is_open for end in (a, b) for ceiling in (end.ceiling, end.sending)):
        for version, source in a.home.items():
            if version in b.home:
                return Packet(source, b.home[version], ANY_TEXT, ANY_TEXT)
    back = [found for sender in theirs for receiver in mine for found in flows(sender, receiver)]
    for version, sources, destinations, i, j in flows(a, b):
        for back_version, back_sources, back_destinations, _, _ in back:
            answered = intersect(sources, back_destinations), intersect(destinations, back_sources)
            if version == back_version and all(answered):
                return Packet(_address(version, answered[0]), _address(version, answered[1]), str(i), str(j))
    return None


def _address(version: int, ranges: Intervals) -> str:
    first, last = ranges[0]
    return address_text(version, min(first + _HOST, last))


def witness(packet: Packet, a: End, b: End) -> Witness:
    """Return the witness as it stands in the facts document."""
    return {
        "src": packet.source,
        "dst": packet.destination,
        "from": a.connection.id,
        "to": b.connection.id,
        "from_selector": packet.arriving,
        "to_selector": packet.leaving,
        "because": [a.clause, b.clause],
    }
