"""Junos, PAN-OS and FortiOS: selectors, peers and algorithms in every form they are written in."""

from __future__ import annotations

import pytest

from s2sguard.collect.device import read_device
from s2sguard.model.tunnel import Proposal
from s2sguard.model.value import Unknown
from tests.unit.collect.device.written import lines_of, reasons

JUNOS_SET = """\
set system host-name srx
set security ike proposal p1 encryption-algorithm aes-256-cbc
set security ike proposal p1 authentication-algorithm sha-256
set security ike proposal p1 dh-group group14
set security ike policy pol proposals p1
set security ike policy pol pre-shared-key ascii-text "FAKE-KEY"
set security ike gateway gw ike-policy pol
set security ike gateway gw address 203.0.113.10
set security ike gateway gw version v2-only
set security ipsec proposal p2 encryption-algorithm aes-256-gcm
set security ipsec policy pol2 proposals [ p2 ]
set security ipsec policy pol2 perfect-forward-secrecy keys group14
set security ipsec vpn azure bind-interface st0.1
set security ipsec vpn azure ike gateway gw
set security ipsec vpn azure ike ipsec-policy pol2
set security ipsec vpn azure traffic-selector a local-ip 10.1.0.0/16 remote-ip 172.16.1.0/24
set security ipsec vpn azure traffic-selector b local-ip 10.1.0.0/16 remote-ip 172.16.2.0/24
set routing-instances RED interface st0.1
"""
JUNOS_BRACES = """\
system { host-name srx; }
security {
    ike {
        proposal p1 { encryption-algorithm aes-256-cbc; authentication-algorithm sha-256; dh-group group14; }
        policy pol { proposals p1; pre-shared-key ascii-text "FAKE-KEY"; ## SECRET-DATA
        }
        gateway gw { ike-policy pol; address 203.0.113.10; version v2-only; }
    }
    ipsec {
        proposal p2 { encryption-algorithm aes-256-gcm; }
        policy pol2 { perfect-forward-secrecy { keys group14; } proposals [ p2 ]; }
        vpn azure {
            bind-interface st0.1;
            ike { gateway gw; ipsec-policy pol2; }
            traffic-selector a { local-ip 10.1.0.0/16; remote-ip 172.16.1.0/24; }
            traffic-selector b { local-ip 10.1.0.0/16; remote-ip 172.16.2.0/24; }
            inactive: traffic-selector c { local-ip 10.0.0.0/8; remote-ip 10.0.0.0/8; }
        }
    }
}
routing-instances { RED { interface st0.1; } }
"""
PAN_SET = """\
set deviceconfig system hostname pan
set network ike crypto-profiles ike-crypto-profiles p1 encryption aes-256-cbc
set network ike crypto-profiles ike-crypto-profiles p1 hash sha256
set network ike crypto-profiles ike-crypto-profiles p1 dh-group group14
set network ike crypto-profiles ipsec-crypto-profiles p2 esp encryption aes-256-gcm
set network ike crypto-profiles ipsec-crypto-profiles p2 esp authentication none
set network ike crypto-profiles ipsec-crypto-profiles p2 dh-group group14
set network ike gateway gw protocol version ikev2
set network ike gateway gw protocol ikev2 ike-crypto-profile p1
set network ike gateway gw peer-address ip 203.0.113.10
set network ike gateway gw authentication pre-shared-key key FAKE-KEY
set network tunnel ipsec azure auto-key ike-gateway gw
set network tunnel ipsec azure auto-key ipsec-crypto-profile p2
set network tunnel ipsec azure auto-key proxy-id a local 10.1.0.0/16
set network tunnel ipsec azure auto-key proxy-id a remote 172.16.1.0/24
set network tunnel ipsec azure auto-key proxy-id a protocol any
set network tunnel ipsec azure auto-key proxy-id b local 10.1.0.0/16 remote 172.16.2.0/24
set network tunnel ipsec azure tunnel-interface tunnel.1
set network virtual-router RED interface [ tunnel.1 ethernet1/1 ]
"""
PAN_XML = """\
<?xml version="1.0"?>
<config><devices><entry name="localhost.localdomain">
<deviceconfig><system><hostname>pan</hostname></system></deviceconfig>
<network>
 <ike>
  <crypto-profiles>
   <ike-crypto-profiles><entry name="p1"><encryption><member>aes-256-cbc</member></encryption><hash><member>sha256</member></hash>
    <dh-group><member>group14</member></dh-group></entry></ike-crypto-profiles>
   <ipsec-crypto-profiles><entry name="p2"><esp><encryption><member>aes-256-gcm</member></encryption>
    <authentication><member>none</member></authentication></esp><dh-group>group14</dh-group></entry></ipsec-crypto-profiles>
  </crypto-profiles>
  <gateway><entry name="gw"><protocol><version>ikev2</version><ikev2><ike-crypto-profile>p1</ike-crypto-profile></ikev2></protocol>
   <peer-address><ip>203.0.113.10</ip></peer-address>
   <authentication><pre-shared-key><key>FAKE-KEY</key></pre-shared-key></authentication></entry></gateway>
 </ike>
 <tunnel><ipsec><entry name="azure"><auto-key><ike-gateway><entry name="gw"/></ike-gateway>
  <ipsec-crypto-profile>p2</ipsec-crypto-profile>
  <proxy-id>
   <entry name="a"><local>10.1.0.0/16</local><remote>172.16.1.0/24</remote><protocol><any/></protocol></entry>
   <entry name="b"><local>10.1.0.0/16</local><remote>172.16.2.0/24</remote></entry>
  </proxy-id></auto-key><tunnel-interface>tunnel.1</tunnel-interface></entry></ipsec></tunnel>
 <virtual-router><entry name="RED"><interface><member>tunnel.1</member></interface></entry></virtual-router>
</network></entry></devices></config>
"""
FORTI = """\
config system global
    set hostname "forti"
end
config firewall address
    edit "mine"
        set subnet 10.1.0.0 255.255.0.0
    next
    edit "theirs"
        set type iprange
        set start-ip 172.16.2.0
        set end-ip 172.16.2.255
    next
end
config firewall addrgrp
    edit "group"
        set member "theirs"
    next
end
config vpn ipsec phase1-interface
    edit "azure"
        set ike-version 2
        set proposal aes256-sha256
        set dhgrp 14
        set remote-gw 203.0.113.10
        set psksecret ENC FAKE-KEY
    next
end
config vpn ipsec phase2-interface
    edit "a"
        set phase1name "azure"
        set proposal aes256gcm
        set dhgrp 14
        set src-subnet 10.1.0.0 255.255.0.0
        set dst-subnet 172.16.1.0 255.255.255.0
    next
    edit "b"
        set phase1name "azure"
        set proposal aes256gcm
        set dhgrp 14
        set src-addr-type name
        set dst-addr-type name
        set src-name "mine"
        set dst-name "group"
    next
end
config system interface
    edit "azure"
        set vrf 7
    next
end
"""
FORMS = {"srx": (JUNOS_SET, JUNOS_BRACES), "pan": (PAN_SET, PAN_XML), "forti": (FORTI,)}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in FORMS.items() for text in texts])
def test_every_form_reads_to_the_same_tunnel(name: str, text: str) -> None:
    """The same tunnel, written for three vendors and in each of their forms, is the same end."""
    device = read_device(text, "device.conf")
    (end,) = device.ends
    assert (device.name, device.gaps) == (name, ())
    assert lines_of(end) == [(["10.1.0.0/16"], ["172.16.1.0/24"]), (["10.1.0.0/16"], ["172.16.2.0/24"])]
    assert (end.name, end.peers, end.ike, end.starts, end.answers) == ("azure", ("203.0.113.10",), "IKEv2", True, True)
    assert end.phase_1 == (Proposal(encryption=("AES256",), integrity=("SHA256",), groups=("DHGroup14",)),)
    phase_2 = Proposal(encryption=("GCMAES256",), integrity=("GCMAES256",), groups=("PFS14",))
    assert not isinstance(end.phase_2, Unknown)
    assert set(end.phase_2) == {phase_2}
    assert end.vrf == ("vrf 7" if name == "forti" else "RED")
    assert "FAKE-KEY" not in repr(device)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (JUNOS_SET + "deactivate security ike gateway gw\n", "device.conf:13: a VPN without an IKE gateway in the text"),
        (JUNOS_BRACES.replace("group14; }\n", "group14;\n"), "the text ends in the middle of a section: truncated?"),
        (PAN_SET + "set network tunnel ipsec x auto-key ike-gateway gone\n", "device.conf:20: a tunnel without an IKE gateway in the text"),
        (PAN_XML.replace("</config>", ""), "not well-formed XML from here: truncated?"),
        (PAN_XML.replace("<config>", '<!DOCTYPE c [<!ENTITY a "b">]><config>'), "device.conf:2: XML with a type declaration is not read"),
        (FORTI.replace('"theirs"\n    next\nend', '"group"\n    next\nend'), "an address group that holds itself"),
        (FORTI[: FORTI.rindex("end")], "the text ends inside a table: truncated?"),
    ],
)
def test_what_is_broken_is_named(text: str, reason: str) -> None:
    """What is missing, cut off, circular or refused is a gap that says so."""
    assert [one for one in reasons(read_device(text, "device.conf")) if reason in one]


def test_without_selectors_a_tunnel_interface_carries_any() -> None:
    """Without traffic selectors, proxy ids or subnets, all three propose any x any."""
    junos = "\n".join(line for line in JUNOS_SET.splitlines() if "traffic-selector" not in line)
    pan = "\n".join(line for line in PAN_SET.splitlines() if "proxy-id" not in line)
    forti = "\n".join(line for line in FORTI.splitlines() if "-subnet" not in line and "-addr-type" not in line)
    for text in (junos, pan, forti):
        (end,) = read_device(text, "device.conf").ends
        assert set(map(str, lines_of(end))) == {"(['0.0.0.0/0'], ['0.0.0.0/0'])"}
