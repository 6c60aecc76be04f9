"""strongSwan: swanctl.conf and ipsec.conf."""

from __future__ import annotations

from s2sguard.collect.device import read_device
from s2sguard.model.tunnel import Proposal
from s2sguard.model.value import Unknown
from tests.unit.collect.device.written import lines_of, reasons

SWANCTL = """\
# the partner's end
connections {
  azure {
    version = 2
    local_addrs = 198.51.100.1
    remote_addrs = 203.0.113.10
    proposals = aes256-sha256-modp2048, aes256gcm16-prfsha384-ecp384
    local { auth = psk }
    children {
      right {
        local_ts = 10.1.0.0/16, 10.3.0.0-10.3.0.9[tcp/443]
        remote_ts = 172.16.1.0/24
        esp_proposals = aes256gcm16-modp2048
        start_action = trap
      }
      outer { }
    }
  }
}
secrets { ike-1 { secret = "FAKE-KEY" } }
"""


def test_swanctl_children_are_tunnel_ends() -> None:
    """Each child is one end: its selectors with protocol and ports, algorithms in Azure's names, and whether it starts."""
    right, outer = read_device(SWANCTL, "swanctl.conf").ends
    assert lines_of(right) == [(["10.1.0.0/16", "10.3.0.0-10.3.0.9 proto 6 ports 443-443"], ["172.16.1.0/24"])]
    assert (right.name, right.peers, right.ike, right.habit, right.starts) == ("azure right", ("203.0.113.10",), "IKEv2", "intersect", True)
    assert right.phase_1 == (
        Proposal(encryption=("AES256",), integrity=("SHA256",), groups=("DHGroup14",)),
        Proposal(encryption=("GCMAES256",), integrity=("SHA384",), groups=("ECP384",)),
    )
    assert right.phase_2 == (Proposal(encryption=("GCMAES256",), integrity=("GCMAES256",), groups=("PFS14",)),)
    assert lines_of(outer) == [(["198.51.100.1/32"], ["203.0.113.10/32"])]
    assert (outer.starts, outer.answers) == (False, True)


def test_swanctl_keys_never_enter_the_model() -> None:
    """The secrets of swanctl.conf are not in what was read of it."""
    assert "FAKE-KEY" not in repr(read_device(SWANCTL, "swanctl.conf"))


def test_what_swanctl_takes_from_elsewhere_is_unknown() -> None:
    """Includes and sections that take from others are gaps at their lines, and what they may change is unknown."""
    text = "connections {\n a : base {\n  include more.conf\n  children {\n   n {\n    local_ts = 10.0.0.0/8\n   }\n  }\n }\n"
    device = read_device(text, "swanctl.conf")
    assert isinstance(device.ends[0].lines, Unknown)
    assert reasons(device) == [
        "swanctl.conf:1: a section that is not closed: truncated?",
        "swanctl.conf:2: a section that takes settings from other sections, which are not read",
        "swanctl.conf:3: an included file is not read",
    ]


IPSEC = """\
config setup
conn %default
    keyexchange=ikev2
    ike=aes256-sha256-modp2048!
conn base
    right=203.0.113.10
    rightsubnet=172.16.1.0/24,172.16.2.0/24
conn azure
    also=base
    auto=start
    left=198.51.100.1
    leftsubnet=10.1.0.0/16
conn waits
    auto=add
    right=%any
    leftsubnet=10.1.0.0/16
    rightsubnet=0.0.0.0/0
"""


def test_ipsec_conf_lays_sections_over_each_other() -> None:
    """`also` and `%default` give what a section leaves out, and a section only there for others is no tunnel."""
    azure, waits = read_device(IPSEC, "ipsec.conf").ends
    assert lines_of(azure) == [(["10.1.0.0/16"], ["172.16.1.0/24", "172.16.2.0/24"])]
    assert (azure.peers, azure.ike, azure.starts, azure.answers) == (("203.0.113.10",), "IKEv2", True, True)
    assert (waits.peers, waits.starts, waits.answers) == ((), False, True)
    assert azure.phase_1 == (Proposal(encryption=("AES256",), integrity=("SHA256",), groups=("DHGroup14",)),)


def test_ipsec_conf_in_circles_ends() -> None:
    """Sections that take from each other are unknown with one reason, not a loop."""
    device = read_device("conn a\n also=b\n auto=add\nconn b\n also=a\n auto=add\ninclude /etc/more\n", "ipsec.conf")
    assert [isinstance(end.lines, Unknown) for end in device.ends] == [True, True]
    assert "ipsec.conf:4: sections that take settings from each other in a circle, or too many of them" in reasons(device)
    assert "ipsec.conf:7: an included file is not read" in reasons(device)
