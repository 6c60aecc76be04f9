"""Cisco IOS: crypto maps and tunnel interfaces with all they refer to."""

from __future__ import annotations

import pytest

from s2sguard.collect.device import read_device
from s2sguard.model.tunnel import Device
from s2sguard.model.value import Unknown
from tests.unit.collect.device.written import lines_of, reasons

HEAD = """\
hostname red
crypto ikev2 proposal p
 encryption aes-cbc-256 aes-gcm-256
 integrity sha256
 group 14 19
crypto ipsec transform-set AZURE esp-gcm 256
crypto map AZURE 10 ipsec-isakmp
 set peer 203.0.113.10
 set transform-set AZURE
 set pfs group14
 set ikev2-profile prof
 match address VPN
interface GigabitEthernet1
 ip address 10.1.0.4 255.255.255.0
 crypto map AZURE
"""


def with_list(*lines: str) -> Device:
    """Return a router whose crypto map has an access list of these lines."""
    return read_device(HEAD + "ip access-list extended VPN\n" + "".join(f" {line}\n" for line in lines), "red.cfg")


def test_the_right_router_of_the_article() -> None:
    """The article's red router asks for one selector, with its peer, algorithms and line."""
    device = with_list("permit ip 10.1.0.0 0.0.255.255 172.16.1.0 0.0.0.255")
    (end,) = device.ends
    assert (device.name, device.vendor, device.gaps) == ("red", "cisco-ios", ())
    assert lines_of(end) == [(["10.1.0.0/16"], ["172.16.1.0/24"])]
    assert (end.name, end.peers, end.ike, end.habit, end.starts, end.answers) == (
        "AZURE 10",
        ("203.0.113.10",),
        "IKEv2",
        "own-line",
        True,
        True,
    )
    assert not isinstance(end.phase_1, Unknown)
    assert not isinstance(end.phase_2, Unknown)
    assert end.phase_1[0].encryption == ("AES256", "GCMAES256")
    assert (end.phase_1[0].integrity, end.phase_1[0].groups) == (("SHA256",), ("DHGroup14", "ECP256"))
    assert (end.phase_2[0].encryption, end.phase_2[0].integrity, end.phase_2[0].groups) == (("GCMAES256",), ("GCMAES256",), ("PFS14",))


def test_the_mistake_of_the_article_is_a_second_line() -> None:
    """The mistyped line of the article is one more selector, at its own line."""
    device = with_list("permit ip 10.1.0.0 0.0.255.255 172.16.0.0 0.0.255.255", "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255")
    assert lines_of(device.ends[0])[1] == (["10.0.0.0/8"], ["10.0.0.0/8"])
    assert not isinstance(device.ends[0].lines, Unknown)
    assert [line.line for line in device.ends[0].lines] == [17, 18]


def test_indentation_does_not_matter_for_access_lists() -> None:
    """The article prints its access list without blanks, and IOS takes it so."""
    device = read_device(HEAD + "ip access-list extended VPN\npermit ip host 10.1.0.9 any\n", "red.cfg")
    assert lines_of(device.ends[0]) == [(["10.1.0.9/32"], ["0.0.0.0/0"])]


@pytest.mark.parametrize(
    ("line", "own", "far"),
    [
        ("10 permit tcp host 10.1.0.1 eq 443 any", ["10.1.0.1/32 proto 6 ports 443-443"], ["0.0.0.0/0 proto 6"]),
        ("permit udp any range 10 20 any gt 1023", ["0.0.0.0/0 proto 17 ports 10-20"], ["0.0.0.0/0 proto 17 ports 1024-65535"]),
        ("permit ip 10.0.0.0 0.0.255.0 any", ["10.0.0.0/32", "10.0.1.0/32"], ["0.0.0.0/0"]),
        ("permit ip object-group NETS any log", ["10.9.0.0/24", "10.9.2.7/32"], ["0.0.0.0/0"]),
        (
            "permit tcp any eq www domain any neq 22",
            ["0.0.0.0/0 proto 6 ports 53-53", "0.0.0.0/0 proto 6 ports 80-80"],
            ["0.0.0.0/0 proto 6 ports 0-21", "0.0.0.0/0 proto 6 ports 23-65535"],
        ),
    ],
)
def test_lines_of_access_lists(line: str, own: list[str], far: list[str]) -> None:
    """Hosts, wildcard masks with holes, object groups, protocols and ports become the selectors they stand for."""
    groups = "object-group network NETS\n 10.9.0.0 255.255.255.0\n group-object MORE\nobject-group network MORE\n host 10.9.2.7\n"
    device = read_device(groups + HEAD + f"ip access-list extended VPN\n {line}\n", "red.cfg")
    ((found_own, found_far),) = lines_of(device.ends[0])
    assert (found_own[: len(own)], found_far) == (own, far)
    assert device.gaps == ()


def test_sequence_numbers_order_the_lines() -> None:
    """IOS looks at lines by number, whatever order they were entered in."""
    device = with_list("20 permit ip host 10.1.0.2 any", "10 permit ip host 10.1.0.1 any")
    assert [own for own, _ in lines_of(device.ends[0])] == [["10.1.0.1/32"], ["10.1.0.2/32"]]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["permit ip 10.0.0.0 0.255.255"], "red.cfg:17: a line of an access list that is not read"),
        (["permit nonsense any any"], "red.cfg:17: a line of an access list that is not read"),
        (["permit ip object-group GONE any"], "red.cfg:17: an object group that is not in the text"),
        (["permit ip 0.0.0.0 85.85.85.85 any"], "red.cfg:17: a wildcard mask that stands for more than 4096 ranges"),
    ],
)
def test_a_line_that_cannot_be_read_makes_the_selectors_unknown(lines: list[str], reason: str) -> None:
    """One bad line could be anything, so the selectors of the tunnel are unknown, and the gap names the line."""
    device = with_list("permit ip host 10.1.0.1 any", *lines)
    found = [one.replace("red.cfg:18", "red.cfg:17") for one in reasons(device)]
    assert isinstance(device.ends[0].lines, Unknown)
    assert reason in found


def test_object_groups_that_hold_each_other_end_in_a_gap() -> None:
    """Two groups that hold each other are unknown with one clear reason, not a loop."""
    groups = "object-group network A\n group-object B\nobject-group network B\n group-object A\n"
    device = read_device(groups + HEAD + "ip access-list extended VPN\n permit ip object-group A any\n", "red.cfg")
    assert isinstance(device.ends[0].lines, Unknown)
    assert "red.cfg:4: object group: an object group that holds itself" in reasons(device)


def test_tunnel_interfaces_carry_any_address_and_know_their_routes() -> None:
    """A tunnel interface proposes any x any; static routes into it, its routing table and its access lists are read."""
    device = read_device(
        """\
hostname edge
vrf definition RED
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
crypto ipsec profile P
 set transform-set T
 set ikev2-profile I
interface Tunnel1
 vrf forwarding RED
 ip address 169.254.1.1 255.255.255.252
 ip access-group FROM-RED in
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination 198.51.100.1
 tunnel vrf INTERNET
 tunnel protection ipsec profile P
ip route vrf RED 10.1.0.0 255.255.0.0 Tunnel1
ip route vrf RED 10.2.0.0 255.255.0.0 169.254.1.2
ip route 10.3.0.0 255.255.0.0 Tunnel1
ip access-list extended FROM-RED
 permit ip 10.1.0.0 0.0.255.255 172.16.0.0 0.0.255.255
""",
        "edge.cfg",
    )
    (end,) = device.ends
    assert end.passage is not None
    assert end.passage.routed is not None
    assert not isinstance(end.passage.inbound, Unknown)
    assert lines_of(end) == [(["0.0.0.0/0"], ["0.0.0.0/0"])]
    assert (end.vrf, end.peers, end.ike) == ("RED", ("198.51.100.1",), "IKEv2")
    assert end.passage.routed.texts() == ["10.1.0.0-10.2.255.255", "169.254.1.0/30"]
    assert [rule.permit for rule in end.passage.inbound] == [True, False]
    assert (device.gaps, end.passage.outbound) == ((), ())


def test_a_dynamic_map_waits_for_whoever_asks() -> None:
    """A dynamic crypto map has no peers and never starts."""
    text = HEAD.replace("crypto map AZURE 10 ipsec-isakmp\n", "crypto map AZURE 10 ipsec-isakmp dynamic D\ncrypto dynamic-map D 5\n")
    device = read_device(text.replace(" set peer 203.0.113.10\n", "") + "access-list 100 permit ip any any\n", "red.cfg")
    assert [(end.peers, end.starts) for end in device.ends] == [((), False)]


def test_keys_never_enter_the_model() -> None:
    """No pre-shared key of a configuration is in what was read of it."""
    keys = "crypto isakmp key FAKE-KEY-1 address 203.0.113.10\ncrypto keyring K\n pre-shared-key address 0.0.0.0 0.0.0.0 key FAKE-KEY-2\n"
    device = read_device(keys + HEAD + "ip access-list extended VPN\n permit FAKE-KEY-3\n", "red.cfg")
    assert "FAKE-KEY" not in repr(device)
