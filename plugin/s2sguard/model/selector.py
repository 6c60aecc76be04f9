"""Traffic selectors: what IKEv2 negotiates, and what a connection may carry.

Two granularities. A `TrafficSelector` is RFC 7296's: one address range with protocol and ports, one side only.
A `Selector` is the product's: one set of local ranges times one set of remote ranges, addresses only;
looking at addresses alone over-approximates, so nothing that can cross is missed.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sguard.model.address import ANY, AddressSet

ANY_PROTOCOL = 0
ALL_PORTS = (0, 65535)
OPAQUE_PORTS = (65535, 0)
"""RFC 7296 section 3.13.1: ports not available to the sender, such as in fragments."""


@dataclass(frozen=True, slots=True)
class Selector:
    """One local range set times one remote range set. *Local* is the Azure side."""

    local: AddressSet
    remote: AddressSet

    def __str__(self) -> str:
        """Return `local <-> remote` for people."""
        return f"{_side(self.local)} <-> {_side(self.remote)}"


ANY_SELECTOR = Selector(ANY, ANY)


def _side(addresses: AddressSet) -> str:
    return "any" if addresses.is_any else ", ".join(addresses.texts())


@dataclass(frozen=True, slots=True)
class TrafficSelector:
    """One traffic selector of one side (RFC 7296 section 3.13.1): family, addresses, protocol, ports."""

    version: int
    """4 or 6."""
    first: int
    last: int
    protocol: int = ANY_PROTOCOL
    """IANA number, 0 for any."""
    ports: tuple[int, int] = ALL_PORTS
    """First and last port; for ICMP type times 256 plus code."""

    def meet(self, other: TrafficSelector) -> TrafficSelector | None:
        """Return what both allow, or None. Inverted ranges allow nothing."""
        if self.version != other.version:
            return None
        first, last = max(self.first, other.first), min(self.last, other.last)
        protocol = _meet_protocols(self.protocol, other.protocol)
        ports = _meet_ports(self.ports, other.ports)
        if first > last or self.first > self.last or other.first > other.last or protocol is None or ports is None:
            return None
        return TrafficSelector(self.version, first, last, protocol, ports)

    def covers(self, other: TrafficSelector) -> bool:
        """Say whether the other allows nothing that this one does not."""
        return self.meet(other) == other


def _meet_protocols(left: int, right: int) -> int | None:
    if right in {left, ANY_PROTOCOL}:
        return left
    return right if left == ANY_PROTOCOL else None


def _meet_ports(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int] | None:
    if OPAQUE_PORTS in (left, right):
        # Opaque is met by itself and by "all ports", and stays opaque (recorded: ts-wire-edge.json).
        return OPAQUE_PORTS if {left, right} <= {OPAQUE_PORTS, ALL_PORTS} else None
    first, last = max(left[0], right[0]), min(left[1], right[1])
    return (first, last) if first <= last else None


def narrow(proposed: tuple[TrafficSelector, ...], configured: tuple[TrafficSelector, ...]) -> frozenset[TrafficSelector]:
    """Return what a responder answers for one side of a proposal; empty means TS_UNACCEPTABLE.

    RFC 7296 section 2.9: every configured selector meets every proposed one; what lies inside another result is dropped;
    neighbours are not merged. Recorded answers of a real daemon agree (tests/data/lab/ts-narrowing*.json).
    """
    met = {result for mine in configured for theirs in proposed if (result := mine.meet(theirs)) is not None}
    return frozenset(result for result in met if not any(other != result and other.covers(result) for other in met))
