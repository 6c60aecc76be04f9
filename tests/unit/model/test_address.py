"""Address sets behave as sets of single addresses do."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.model.address import ANY, AddressSet, Interval, interval_text, normalise, parse_address, parse_range, union, written_width
from s2sguard.model.value import Unknown

SMALL = st.integers(0, 15)
RANGES = st.lists(st.tuples(SMALL, SMALL).map(sorted).map(tuple), max_size=4)
SETS = st.builds(lambda v4, v6: AddressSet(normalise(v4), normalise(v6)), RANGES, RANGES)


def members(addresses: AddressSet) -> set[tuple[int, int]]:
    """The set as single addresses."""
    return {(version, n) for version in (4, 6) for first, last in addresses.family(version) for n in range(first, last + 1)}


def tidy(ranges: tuple[Interval, ...]) -> bool:
    """Sorted, disjoint, not adjacent."""
    return all(left[1] + 1 < right[0] for left, right in pairwise(ranges)) and all(a <= b for a, b in ranges)


@given(SETS, SETS)
def test_algebra_is_that_of_sets(left: AddressSet, right: AddressSet) -> None:
    """Intersection, union and difference agree with Python's sets and stay normalised."""
    for mine, theirs in (
        (left & right, members(left) & members(right)),
        (left | right, members(left) | members(right)),
        (left - right, members(left) - members(right)),
        (union((left, right, left)), members(left) | members(right)),
    ):
        assert theirs == members(mine)
        assert bool(theirs) == bool(mine)
        assert tidy(mine.v4)
        assert tidy(mine.v6)


@given(st.ip_addresses().flatmap(lambda ip: st.tuples(st.just(ip), st.integers(0, ip.max_prefixlen))))
def test_prefixes_parse_as_the_standard_library_reads_them(drawn: tuple[object, int]) -> None:
    """A prefix, host bits or not, covers what `ipaddress` says its network covers, and prints as that; IPv4-mapped ones are unknown."""
    text = f"{drawn[0]}/{drawn[1]}"
    network = ip_network(text, strict=False)
    parsed = parse_range(text)
    if isinstance(network, IPv6Network) and network.subnet_of(IPv6Network("::/64")) and network.overlaps(IPv6Network("::ffff:0:0/96")):
        assert Unknown("IPv4-mapped IPv6, which may mean IPv4") == parsed
        return
    assert isinstance(parsed, AddressSet)
    interval = (int(network[0]), int(network[-1]))
    assert (interval,) == parsed.family(network.version)
    assert (network.version, drawn[1]) == written_width(text)
    assert network == ip_network(interval_text(network.version, interval))


GARBAGE = (
    *("", "any", "10.1", "10.0.0.0/33", "10.0.0.0/" + "9" * 5000, "10.0.0.0/-1", "10.0.0.0/\u0663", "10.0.0.9-10.0.0.1", "::/129"),
    *("10.0.0.1-fd00::1", "0x0a.0.0.1", "010.0.0.1", "10.0.0.0/8/8", "1.2.3.4\x00", "fe80::1%eth0"),
)


@pytest.mark.parametrize("text", GARBAGE)
def test_anything_else_is_unknown(text: str) -> None:
    """What is no prefix, address or range is Unknown, never an exception and never a guess."""
    assert isinstance(parse_range(text), Unknown)
    assert written_width(text) is None


def test_ranges_and_any() -> None:
    """`first-last` is read and printed; both families together are any."""
    parsed = parse_range("10.0.0.1 - 10.0.0.6")
    assert isinstance(parsed, AddressSet)
    assert ["10.0.0.1-10.0.0.6"] == parsed.texts()
    assert (4, 29) == written_width("10.0.0.1-10.0.0.6")
    whole = [parse_range("0.0.0.0/1"), parse_range("128.0.0.0/1"), parse_range("::/0")]
    assert union(one for one in whole if isinstance(one, AddressSet)) == ANY
    assert ANY.is_any
    assert (6, 1) == parse_address("::1")
