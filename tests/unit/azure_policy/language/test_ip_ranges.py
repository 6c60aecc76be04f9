"""`ipRangeContains` against Python's own networks, and what it refuses."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.azure_policy.language.ip_ranges import ip_range_contains
from s2sguard.expression import ExpressionFailure


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "10.1.0.0/16", True),
        ("10.1.0.0/16", "10.0.0.0/8", False),
        ("10.0.0.0/24", "10.0.0.0/24", True),
        ("10.0.0.5/24", "10.0.0.200", True),
        ("10.0.0.1-10.0.0.9", "10.0.0.9", True),
        ("10.0.0.1-10.0.0.9", "10.0.0.8-10.0.0.10", False),
        ("10.0.0.1 - 10.0.0.9", " 10.0.0.2 ", True),
        ("10.0.0.0/24", "10.0.0.128-10.0.0.255", True),
        ("0.0.0.0/0", "255.255.255.255", True),
        ("10.0.0.1", "10.0.0.1/32", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:0DB8::/110", "2001:db8::3:FFFE", True),
        ("2001:0DB8::-2001:0DB8::3:FFFF", "2001:db8::3:ffff", True),
        ("::/0", "::1", True),
        ("2001:db8::/64", "2001:db8:0:1::/64", False),
    ],
)
def test_contains(outer: str, inner: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """Addresses, blocks and start-end ranges of both families are compared."""
    assert expected is ip_range_contains(outer, inner)


@pytest.mark.parametrize(
    "bad",
    [
        *("", " ", "*", "any", "10.0.0", "010.0.0.1", "fe80::1%eth0", "1" * 5000, "\u0661\u0660.0.0.1"),
        *("10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/a", "10.0.0.0/255.0.0.0", "10.0.0.0/8/8", "10.0.0.0/\u0668", "::1/129"),
        *("10.0.0.9-10.0.0.1", "10.0.0.1-", "-10.0.0.1", "10.0.0.1-::1"),
        *(None, 5, True, [], {}),
    ],
)
def test_what_is_no_range_fails(bad: object) -> None:
    """Empty and nonsensical ranges fail on either side; they are never false."""
    for pair in ((bad, "10.0.0.0/8"), ("10.0.0.0/8", bad)):
        with pytest.raises(ExpressionFailure, match="argument of `ipRangeContains`"):
            ip_range_contains(*pair)


@pytest.mark.parametrize(("outer", "inner"), [("10.0.0.0/8", "::1"), ("::/0", "10.0.0.1")])
def test_families_do_not_mix(outer: str, inner: str) -> None:
    """IPv4 against IPv6 is a failure."""
    with pytest.raises(ExpressionFailure, match="IPv4"):
        ip_range_contains(outer, inner)


NETWORKS = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(lambda pair: ipaddress.ip_network(pair, strict=False))


@given(NETWORKS, NETWORKS)
def test_agrees_with_python(outer: ipaddress.IPv4Network, inner: ipaddress.IPv4Network) -> None:
    """For two blocks the answer is that of Python's `ipaddress`, also where they are written as ranges."""
    expected = inner.subnet_of(outer)
    assert expected is ip_range_contains(str(outer), str(inner))
    assert expected is ip_range_contains(f"{outer[0]}-{outer[-1]}", f"{inner[0]}-{inner[-1]}")
