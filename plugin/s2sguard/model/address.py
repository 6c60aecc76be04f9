"""Sets of IP addresses as sorted, disjoint integer ranges of one family.

This algebra is the heart of every fact: selectors, sites, overlaps and witnesses are intersections of such sets.
IPv4 and IPv6 never meet; *any* is both families.
Ranges carry both ends, as RFC 7296 section 3.13.1 does, so a set that is no CIDR block is exact too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import TypeAlias

from s2sguard.model.value import Maybe, Unknown

Interval: TypeAlias = tuple[int, int]
"""First and last address of a range, both included."""

Intervals: TypeAlias = tuple[Interval, ...]
"""Sorted, disjoint and not adjacent."""

BITS = {4: 32, 6: 128}
WHOLE: dict[int, Interval] = {version: (0, (1 << bits) - 1) for version, bits in BITS.items()}
_NOT_A_RANGE = Unknown("not an IP prefix, address or range")
_MAPPED = (0xFFFF << 32, (0xFFFF << 32) + (1 << 32) - 1)
"""::ffff:0:0/96, IPv4 addresses written as IPv6 (RFC 4291 section 2.5.5.2)."""
_LOW_V6 = 1 << 64
_MAPPED_RANGE = Unknown("IPv4-mapped IPv6, which may mean IPv4")


@dataclass(frozen=True, slots=True)
class AddressSet:
    """A set of addresses: IPv4 ranges and IPv6 ranges."""

    v4: Intervals = ()
    v6: Intervals = ()

    def __bool__(self) -> bool:
        """Say whether the set holds any address."""
        return bool(self.v4 or self.v6)

    @property
    def is_any(self) -> bool:
        """Say whether the set covers all of both families."""
        return self.v4 == ANY.v4 and self.v6 == ANY.v6

    def family(self, version: int) -> Intervals:
        """Return the ranges of IP version 4 or 6."""
        return self.v4 if version == 4 else self.v6

    def __and__(self, other: AddressSet) -> AddressSet:
        """Return the intersection."""
        return AddressSet(intersect(self.v4, other.v4), intersect(self.v6, other.v6))

    def __or__(self, other: AddressSet) -> AddressSet:
        """Return the union."""
        if not other or self == other:
            return self
        return AddressSet(normalise((*self.v4, *other.v4)), normalise((*self.v6, *other.v6)))

    def __sub__(self, other: AddressSet) -> AddressSet:
        """Return the addresses of this set that are not in the other."""
        return AddressSet(subtract(self.v4, other.v4), subtract(self.v6, other.v6))

    def meets(self, other: AddressSet) -> bool:
        """Say whether the two have an address in common."""
        return meet(self.v4, other.v4) or meet(self.v6, other.v6)

    def texts(self) -> list[str]:
        """Return one string per range: a prefix where the range is one, else `first-last`."""
        return [interval_text(4, interval) for interval in self.v4] + [interval_text(6, interval) for interval in self.v6]


ANY = AddressSet((WHOLE[4],), (WHOLE[6],))


def intersect(left: Intervals, right: Intervals) -> Intervals:
    """Return the addresses in both, in time linear in the number of ranges."""
    if not left or not right:
        return ()
    if left == right:
        return left
    found: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        first = max(left[i][0], right[j][0])
        last = min(left[i][1], right[j][1])
        if first <= last:
            found.append((first, last))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def meet(left: Intervals, right: Intervals) -> bool:
    """Say whether two range lists have an address in common."""
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i][0] <= right[j][1] and right[j][0] <= left[i][1]:
            return True
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return False


def subtract(left: Intervals, right: Intervals) -> Intervals:
    """Return the addresses in `left` that are not in `right`."""
    if not left or not right or left == right:
        return () if left == right else left
    found: list[Interval] = []
    for first, last in left:
        start = first
        for cut_first, cut_last in right:
            if cut_last < start or cut_first > last:
                continue
            if cut_first > start:
                found.append((start, cut_first - 1))
            start = cut_last + 1
        if start <= last:
            found.append((start, last))
    return tuple(found)


def normalise(ranges: Iterable[Interval]) -> Intervals:
    """Return the same addresses sorted, with overlapping and adjacent ranges joined."""
    joined: list[Interval] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def union(sets: Iterable[AddressSet]) -> AddressSet:
    """Return the union of any number of sets."""
    members = tuple(sets)
    if len(members) == 1:
        return members[0]
    return AddressSet(
        normalise(interval for member in members for interval in member.v4),
        normalise(interval for member in members for interval in member.v6),
    )


@lru_cache(maxsize=1 << 16)
def parse_range(text: str) -> Maybe[AddressSet]:
    """Read a prefix (`10.1.0.0/16`), an address, or `first-last`; anything else is `Unknown`.

    Host bits in a prefix are ignored: the network it lies in is read, which can only widen a set.
    """
    parsed = _parse_interval(text.strip())
    if parsed is None:
        return _NOT_A_RANGE
    version, interval = parsed
    if version == 6 and interval[1] < _LOW_V6 and interval[0] <= _MAPPED[1] and interval[1] >= _MAPPED[0]:
        return _MAPPED_RANGE
    return AddressSet((interval,)) if version == 4 else AddressSet((), (interval,))


@lru_cache(maxsize=1 << 16)
def written_width(text: str) -> tuple[int, int] | None:
    """Return (IP version, prefix length) of one written range, or None if it is not one.

    A `first-last` range has the length of the smallest prefix with as many addresses.
    """
    parsed = _parse_interval(text.strip())
    if parsed is None:
        return None
    version, (first, last) = parsed
    return version, BITS[version] - (last - first).bit_length()


def _parse_interval(text: str) -> tuple[int, Interval] | None:
    address, slash, length = text.partition("/")
    if slash:
        start = _parse_address(address)
        # str.isdecimal alone would let other scripts' digits through; int() refuses thousands of digits with an exception.
        if start is None or not (length.isascii() and length.isdecimal() and len(length) <= 3) or int(length) > BITS[start[0]]:
            return None
        host_bits = BITS[start[0]] - int(length)
        first = start[1] >> host_bits << host_bits
        return start[0], (first, first + (1 << host_bits) - 1)
    head, dash, tail = text.partition("-")
    start = _parse_address(head.strip())
    end = _parse_address(tail.strip()) if dash else start
    if start is None or end is None or start[0] != end[0] or start[1] > end[1]:
        return None
    return start[0], (start[1], end[1])


def _parse_address(text: str) -> tuple[int, int] | None:
    version, family = (6, AF_INET6) if ":" in text else (4, AF_INET)
    try:
        return version, int.from_bytes(inet_pton(family, text), "big")
    except (OSError, ValueError):  # ValueError: embedded NUL
        return None


def parse_address(text: str) -> tuple[int, int] | None:
    """Return (IP version, address as an integer), or None if the text is not one address."""
    return _parse_address(text.strip())


def address_text(version: int, address: int) -> str:
    """Return an address as people write it."""
    return inet_ntop(AF_INET if version == 4 else AF_INET6, address.to_bytes(BITS[version] // 8, "big"))


@lru_cache(maxsize=1 << 14)
def interval_text(version: int, interval: Interval) -> str:
    """Return a range as a prefix where it is one, else as `first-last`."""
    first, last = interval
    size = last - first + 1
    if size & (size - 1) == 0 and first % size == 0:
        return f"{address_text(version, first)}/{BITS[version] - size.bit_length() + 1}"
    return f"{address_text(version, first)}-{address_text(version, last)}"
