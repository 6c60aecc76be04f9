"""CIDR functions."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.expression import Json
from tests.unit.expression.running import failure, rows, run

TABLE: dict[str, Json] = {
    "[parseCidr('10.20.0.0/22')]": {
        "network": "10.20.0.0",
        "netmask": "255.255.252.0",
        "broadcast": "10.20.3.255",
        "firstUsable": "10.20.0.1",
        "lastUsable": "10.20.3.254",
        "cidr": 22,
    },
    "[parseCidr('10.20.1.7/22').network]": "10.20.0.0",
    "[parseCidr('10.20.1.7/32')]": {
        "network": "10.20.1.7",
        "netmask": "255.255.255.255",
        "broadcast": "10.20.1.7",
        "firstUsable": "10.20.1.7",
        "lastUsable": "10.20.1.7",
        "cidr": 32,
    },
    "[parseCidr('FD00:1::/32')]": {
        "network": "fd00:1::",
        "netmask": "ffff:ffff::",
        "firstUsable": "fd00:1::",
        "lastUsable": "fd00:1:ffff:ffff:ffff:ffff:ffff:ffff",
        "cidr": 32,
    },
    "[cidrSubnet('10.20.0.0/22', 24, 3)]": "10.20.3.0/24",
    "[cidrSubnet('10.20.0.0/22', 22, 0)]": "10.20.0.0/22",
    "[cidrSubnet('fd00:1::/48', 52, 2)]": "fd00:1:0:2000::/52",
    "[cidrHost('10.20.0.0/24', 0)]": "10.20.0.1",
    "[cidrHost('10.20.0.0/24', 253)]": "10.20.0.254",
    "[cidrHost('fd00:1::/64', 4)]": "fd00:1::5",
}


@rows(TABLE)
def test_a_cidr_function(expression: str, expected: Json) -> None:
    """Ranges of both families are taken apart, divided and counted."""
    assert expected == run(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[parseCidr('10.20.0.0')]", "`parseCidr` takes a range in CIDR notation; the string is none"),
        ("[parseCidr('10.20.0.0/33')]", "`parseCidr` takes a range in CIDR notation; the string is none"),
        ("[parseCidr('10.20.0.0/255.255.0.0')]", "`parseCidr` takes a range in CIDR notation; the string is none"),
        ("[parseCidr('010.20.0.0/16')]", "`parseCidr` takes a range in CIDR notation; the string is none"),
        ("[parseCidr('fe80::1%eth0/64')]", "`parseCidr` takes a range in CIDR notation; the string is none"),
        ("[parseCidr(10)]", "`parseCidr` takes a string, not an integer"),
        ("[cidrSubnet('10.20.0.0/22', 21, 0)]", "`cidrSubnet` takes a new prefix length from that of the range to 32"),
        ("[cidrSubnet('10.20.0.0/22', 33, 0)]", "`cidrSubnet` takes a new prefix length from that of the range to 32"),
        ("[cidrSubnet('10.20.0.0/22', 24, 4)]", "`cidrSubnet` takes an index within the subnets of the range"),
        ("[cidrSubnet('10.20.0.0/22', 24, -1)]", "`cidrSubnet` takes an index within the subnets of the range"),
        ("[cidrHost('10.20.0.0/24', 254)]", "`cidrHost` takes an index within the usable addresses of the range"),
        ("[cidrHost('10.20.0.0/24', -1)]", "`cidrHost` takes an index within the usable addresses of the range"),
        ("[cidrHost('10.20.0.0/32', 0)]", "`cidrHost` takes an index within the usable addresses of the range"),
    ],
)
def test_a_cidr_function_refuses(expression: str, message: str) -> None:
    """What is no range, and numbers outside of it, are failures."""
    assert message == failure(expression)


@given(st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str), st.integers(0, 24), st.integers(0, 8), st.data())
def test_subnets_are_the_parts_of_a_range(address: str, prefix: int, more: int, data: st.DataObject) -> None:
    """A subnet is the one that counting through the range finds."""
    index = data.draw(st.integers(0, 2**more - 1))
    parts = list(ip_network(f"{address}/{prefix}", strict=False).subnets(prefixlen_diff=more))
    assert str(parts[index]) == run(f"[cidrSubnet('{address}/{prefix}', {prefix + more}, {index})]")
