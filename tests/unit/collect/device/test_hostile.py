"""Texts made to hurt: each ends within seconds, in a device with a gap that says why."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.collect.device import read_device
from s2sguard.collect.device.ranges import wildcard
from s2sguard.collect.device.read import VENDORS

SECONDS = 8
ACL = "crypto map M 1 ipsec-isakmp\n set peer 203.0.113.1\n match address A\nip access-list extended A\n"
CHAIN = "".join(f"object-group network G{n}\n group-object G{n + 1}\n" for n in range(3000))
DOUBLES = (
    "".join(f"object-group network G{n}\n group-object G{n + 1}\n group-object G{n + 1}\n" for n in range(30))
    + "object-group network G30\n host 10.0.0.1\n"
)
ALSO = "".join(f"conn c{n}\n also=c{n + 1}\n also=c{n + 1}\n auto=add\n" for n in range(40))
XML_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><config><network><ike>&b;</ike></network></config>'
)

HOSTILE = {
    "a line of 50 MB": (ACL + " permit ip " + "1" * 50_000_000, "larger than 20 MB"),
    "a line of 1 MB": (ACL + " permit ip " + "1" * 1_000_000, "a line of more than 100000 characters"),
    "NUL": (ACL + "\0", "no text: it holds NUL"),
    "another encoding": (ACL + " permit ip \ufffd", "characters of another encoding"),
    "scattered wildcards": (ACL + " permit ip 0.0.0.0 85.85.85.85 0.0.0.0 170.170.170.170\n" * 500, "more than 4096 ranges"),
    "a long chain of groups": (CHAIN + ACL + " permit ip object-group G0 any\n", "more than 32 deep"),
    "groups in a circle": ("object-group network G\n group-object G\n" + ACL + " permit ip object-group G any\n", "holds itself"),
    "sections in a circle": ("conn a\n also=a\n auto=add\n", "in a circle"),
    "sections that double": (ALSO, "too many of them"),
    "an XML bomb": (XML_BOMB, "type declaration is not read"),
    "deep XML": ("<config><network><ike>" + "<a>" * 100_000, "more than 64 deep"),
    "deep braces": ("security {\n" + "a {\n" * 200_000, "more than 64 deep"),
    "deep sections": ("connections {\n" + "a {\n" * 200_000, "more than 64 deep"),
    "deep tables": ("config vpn ipsec phase1-interface\n" * 100_000, "more than 64 deep"),
    "a quotation mark that is not closed": ('connections {\n a = "' + "b" * 90_000, "not closed"),
    "huge numbers": (ACL + f" permit ip 10.0.0.0 0.255.255.{'9' * 5000} any\n {'8' * 5000} permit {'7' * 900} any any\n", "is not read"),
    "JSON": ('{"resources": []}', "no device configuration that is read"),
    "nothing": ("", "no device configuration that is read"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_end_in_one_clear_gap(name: str) -> None:
    """A text made to hurt ends within seconds, with the reason, and nothing of it is quoted."""
    text, reason = HOSTILE[name]
    before = time.monotonic()
    device = read_device(text, "hostile.cfg")
    assert time.monotonic() - before < SECONDS
    assert [gap.reason for gap in device.gaps if reason in gap.reason], [gap.reason for gap in device.gaps[:5]]
    assert all(len(gap.reason) < 200 for gap in device.gaps)


def test_groups_that_double_are_worked_out_once() -> None:
    """Thirty groups that each hold the next one twice are one address, not a billion."""
    before = time.monotonic()
    device = read_device(DOUBLES + ACL + " permit ip object-group G0 any\n", "hostile.cfg")
    assert time.monotonic() - before < SECONDS
    assert device.gaps == () or all("defaults" not in gap.reason for gap in device.gaps)
    assert device.ends[0].lines


def test_many_gaps_are_counted() -> None:
    """A file with thousands of bad lines reports the first ones and the number of the others."""
    device = read_device(ACL + " permit nonsense\n" * 5000, "hostile.cfg")
    assert (len(device.gaps), device.gaps[-1].reason) == (201, "4800 more places were not understood")


WORDS = st.sampled_from(
    [
        "crypto",
        "map",
        "M",
        "10",
        "ipsec-isakmp",
        "set",
        "peer",
        "203.0.113.1",
        "match",
        "address",
        "A",
        "ip",
        "access-list",
        "extended",
        "permit",
        "deny",
        "host",
        "any",
        "10.0.0.0",
        "0.0.255.255",
        "object-group",
        "network",
        "group-object",
        "G",
        "interface",
        "Tunnel1",
        "tunnel",
        "protection",
        "ipsec",
        "profile",
        "P",
        "vrf",
        "forwarding",
        "route",
        "255.0.0.0",
        "connections",
        "{",
        "}",
        "children",
        "local_ts",
        "=",
        ",",
        "[tcp/1]",
        "dynamic",
        "conn",
        "%default",
        "also=a",
        "left=1.2.3.4",
        "leftsubnet=10.0.0.0/8",
        "auto=start",
        "security",
        "ike",
        "gateway",
        "vpn",
        "[",
        "]",
        ";",
        '"',
        "inactive:",
        "set",
        "network",
        "proxy-id",
        "local",
        "remote",
        "config",
        "vpn",
        "phase1-interface",
        "edit",
        "next",
        "end",
        "src-subnet",
        "member",
        "firewall",
        "addrgrp",
        "<config>",
        "<network>",
        "<ike>",
        "<entry",
        "</config>",
        "&",
        "eq",
        "range",
        "999999",
        "\t",
    ]
)
STARTS = st.sampled_from(
    [
        ACL,
        "connections {\n",
        "conn a\n",
        "set security ike gateway g address 1.1.1.1\n",
        "security {\n ipsec {\n",
        "set network tunnel ipsec t auto-key ike-gateway g\n",
        "<config><network><ike></ike>",
        "config vpn ipsec phase1-interface\n edit a\n",
    ]
)
LINES = st.lists(
    st.builds(lambda indent, words: indent + " ".join(words), st.sampled_from(["", " ", "  "]), st.lists(WORDS, max_size=9)), max_size=25
)


@given(start=STARTS, lines=LINES)
def test_random_configurations_never_raise(start: str, lines: list[str]) -> None:
    """Whatever words stand in whatever order, reading ends in a device, and without tunnels in a gap."""
    device = read_device(start + "\n".join(lines), "random.cfg")
    assert device.ends or device.gaps
    assert device.vendor in {"", *(vendor.name for vendor in VENDORS)}


@given(text=st.text(max_size=200))
def test_random_text_never_raises(text: str) -> None:
    """Any text at all ends in a device."""
    assert read_device(text, "random.cfg").file == "random.cfg"


@given(address=st.integers(0, 255), mask=st.integers(0, 255), shift=st.sampled_from([0, 8, 24]))
def test_wildcard_masks_are_what_trying_every_address_says(address: int, mask: int, shift: int) -> None:
    """A wildcard mask stands for exactly the addresses that agree where it has zeros, contiguous or not."""
    found = wildcard(address << shift, mask << shift)
    assert found is not None
    expected = {byte << shift for byte in range(256) if (byte ^ address) & ~mask & 255 == 0}
    members = {byte << shift for byte in range(256) if any(first <= byte << shift <= last for first, last in found.v4)}
    assert (members, sum(last - first + 1 for first, last in found.v4)) == (expected, len(expected))
