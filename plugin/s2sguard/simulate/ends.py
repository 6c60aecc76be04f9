"""The selectors of one child SA, and what each end makes of a proposal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from s2sguard.model.address import AddressSet, interval_text, normalise
from s2sguard.model.selector import ALL_PORTS, ANY_PROTOCOL, Selector, TrafficSelector, narrow
from s2sguard.model.tunnel import SelectorLine, TunnelEnd

Side: TypeAlias = tuple[TrafficSelector, ...]
_NAMES = {1: "icmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 58: "ipv6-icmp"}


@dataclass(frozen=True, slots=True)
class Pair:
    """What one child SA carries, or a proposal for it. *Local* is the Azure side."""

    local: Side
    remote: Side

    def __str__(self) -> str:
        """Return `local <-> remote` for people."""
        return f"{side_text(self.local)} <-> {side_text(self.remote)}"

    @property
    def selector(self) -> Selector:
        """The addresses alone, which is what transit looks at."""
        return Selector(_addresses(self.local), _addresses(self.remote))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device answers, and the line it took; `pair` is None for TS_UNACCEPTABLE."""

    pair: Pair | None
    line: SelectorLine | None = None


def pair_of(selector: Selector) -> Pair:
    """Return a selector of addresses as a pair for any protocol and port."""
    return Pair(_side(selector.local), _side(selector.remote))


def asked_by(line: SelectorLine) -> Pair:
    """Return what a device proposes for one of its lines: all of it (article: the router's access list is its proposal)."""
    return Pair(local=line.far, remote=line.own)


def answer_of(end: TunnelEnd, lines: Iterable[SelectorLine], proposal: Pair) -> Answer:
    """Return what a device answers to a proposal under its habit.

    `intersect` narrows to what one line and the proposal both allow (RFC 7296 section 2.9). Of several lines it takes the one that has
    most sides in common with the proposal exactly, then the first: what strongSwan did in the recorded cases, and no rule of the RFC.
    `own-line` answers with its first line that lies inside the proposal. `exact-only` takes nothing but one of its lines.
    """
    if end.habit == "intersect":
        found = [(line, pair) for line in lines if (pair := _met(line, proposal)) is not None]
        best = max(found, key=lambda one: _equal_sides(one[0], proposal), default=None)
        return Answer(None) if best is None else Answer(best[1], best[0])
    for line in lines:
        asked = asked_by(line)
        if _same(asked, proposal) if end.habit == "exact-only" else _inside(asked, proposal):
            return Answer(asked, line)
    return Answer(None)


def kept(proposal: Pair, answer: Pair, *, clipped: bool) -> Pair | None:
    """Return what an initiator installs of an answer: what lies inside its proposal, or all of it where it does not look.

    Recorded (ts-initiator-check.json): a wider answer is cut to the proposal, one with nothing in common is refused.
    """
    if not clipped:
        return answer
    local, remote = narrow(answer.local, proposal.local), narrow(answer.remote, proposal.remote)
    return Pair(_ordered(local), _ordered(remote)) if local and remote else None


def side_text(side: Side) -> str:
    """Return one side for people: `any`, or ranges with protocol and ports where they are limited."""
    return ", ".join(dict.fromkeys(_text(one) for one in side)) if not _is_any(side) else "any"


def _met(line: SelectorLine, proposal: Pair) -> Pair | None:
    local, remote = narrow(proposal.local, line.far), narrow(proposal.remote, line.own)
    return Pair(_ordered(local), _ordered(remote)) if local and remote else None


def _equal_sides(line: SelectorLine, proposal: Pair) -> int:
    return (set(line.far) == set(proposal.local)) + (set(line.own) == set(proposal.remote))


def _same(one: Pair, other: Pair) -> bool:
    return set(one.local) == set(other.local) and set(one.remote) == set(other.remote)


def _inside(inner: Pair, outer: Pair) -> bool:
    sides = ((inner.local, outer.local), (inner.remote, outer.remote))
    return all(any(wide.covers(one) for wide in theirs) for mine, theirs in sides for one in mine)


def _ordered(side: Iterable[TrafficSelector]) -> Side:
    return tuple(sorted(side, key=lambda one: (one.version, one.first, one.last, one.protocol, one.ports)))


def _side(addresses: AddressSet) -> Side:
    return tuple(TrafficSelector(version, first, last) for version in (4, 6) for first, last in addresses.family(version))


def _addresses(side: Side) -> AddressSet:
    # An inverted range allows nothing.
    ranges = [(one.version, (one.first, one.last)) for one in side if one.first <= one.last]
    v4, v6 = (normalise(found for family, found in ranges if family == version) for version in (4, 6))
    return AddressSet(v4, v6)


def _is_any(side: Side) -> bool:
    return _addresses(side).is_any and all(one.protocol == ANY_PROTOCOL and one.ports == ALL_PORTS for one in side)


def _text(one: TrafficSelector) -> str:
    text = interval_text(one.version, (one.first, one.last))
    if one.protocol == ANY_PROTOCOL and one.ports == ALL_PORTS:
        return text
    protocol = _NAMES.get(one.protocol, str(one.protocol)) if one.protocol else "any"
    low, high = one.ports
    ports = "" if one.ports == ALL_PORTS else f"/{low}" if low == high else f"/{low}-{high}"
    return f"{text}[{protocol}{ports}]"
