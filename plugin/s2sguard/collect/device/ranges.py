"""Written address ranges of devices -> address sets and traffic selectors."""

from __future__ import annotations

from collections.abc import Iterable

from s2sguard.model.address import ANY, BITS, AddressSet, normalise, parse_address
from s2sguard.model.selector import ALL_PORTS, ANY_PROTOCOL, TrafficSelector

MOST_RANGES = 4096
"""Ranges one wildcard mask may stand for; one with more scattered bits is a gap."""

ANY_V4 = AddressSet(v4=ANY.v4)
ANY_V6 = AddressSet(v6=ANY.v6)
_FULL = (1 << 32) - 1


def v4(text: str) -> int | None:
    """Return an IPv4 address as an integer, or None."""
    found = parse_address(text)
    return found[1] if found is not None and found[0] == 4 else None


def wildcard(address: int, mask: int) -> AddressSet | None:
    """Return the addresses that agree with `address` where the wildcard mask has 0; None if they are more than `MOST_RANGES` ranges.

    Cisco: a 1 in the mask means the bit is not looked at, and the ones need not be contiguous.
    """
    low = (~mask & (mask + 1)).bit_length() - 1  # the ones at the end, which make one range of each
    scattered = [bit for bit in range(low, 32) if mask >> bit & 1]
    if 1 << len(scattered) > MOST_RANGES:
        return None
    starts = [address & ~mask & _FULL]
    for bit in scattered:
        starts += [start | 1 << bit for start in starts]
    return AddressSet(v4=normalise((start, start + (1 << low) - 1) for start in starts))


def netmask(address: int, mask: int) -> AddressSet | None:
    """Return the addresses of an address with a netmask (`255.255.0.0`)."""
    return wildcard(address, ~mask & _FULL)


def selectors(
    addresses: AddressSet, protocol: int = ANY_PROTOCOL, ports: Iterable[tuple[int, int]] = (ALL_PORTS,)
) -> tuple[TrafficSelector, ...]:
    """Return one traffic selector for each range and port range."""
    spans = tuple(ports)
    return tuple(
        TrafficSelector(version, first, last, protocol, span)
        for version in sorted(BITS)
        for first, last in addresses.family(version)
        for span in spans
    )
