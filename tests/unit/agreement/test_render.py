"""What is rendered says what was agreed: devices read back have exactly the agreed pairs, and ours passes what it is held against."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from s2sguard.agreement import azure, cisco, form, strongswan
from s2sguard.agreement.terms import Terms, terms_of
from s2sguard.cli import main
from s2sguard.collect import read_inventory
from s2sguard.collect.device import read_device
from s2sguard.config.agreements import read_agreements
from s2sguard.errors import UsageError
from s2sguard.facts import build_document
from s2sguard.facts.agreement_facts import AgreementFacts
from s2sguard.facts.options import FactsOptions
from s2sguard.fix.model import Language
from s2sguard.model.agreement import AgreedNat, Agreement
from s2sguard.model.tunnel import Device, Proposal, SelectorLine, TunnelEnd
from tests.unit.agreement.languages import bicep_resources, terraform_resources
from tests.unit.cli.test_agreement import entry
from tests.unit.facts.test_agreed import agreement, ranges, selector

Writer = Callable[[Terms], str]
GATEWAY = "203.0.113.5"
GATEWAY_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworkGateways/gw"
PAIRS = {("10.1.0.0/16", "172.16.1.0/24"), ("10.1.0.0/16", "172.16.100.0/24"), ("10.1.2.3/32", "172.16.200.0/24")}
"""(the partner's range, ours)."""
DOMAIN = (selector(("172.16.1.0/24", "172.16.100.0/24")), selector(("172.16.200.0/24",), ("10.1.2.3",)))


def signed(**changes: Any) -> Agreement:
    """Return an agreement with three pairs, one of them about a single host."""
    return agreement(**{"selectors": DOMAIN, **changes})


def device(text: str) -> Device:
    """Read a configuration back, which leaves no gap."""
    found = read_device(text, "device")
    assert found.gaps == ()
    return found


def pairs(ends: tuple[TunnelEnd, ...]) -> list[tuple[str, str]]:
    """Return (own range, far range) of every line of every tunnel."""
    found = [line for end in ends for line in end.lines if isinstance(end.lines, tuple)]  # type: ignore[union-attr]
    return [pair(line) for line in found]


def pair(line: SelectorLine) -> tuple[str, str]:
    """Return the one own and the one far prefix of a line."""
    (own,), (far,) = line.own, line.far
    assert (own.protocol, own.ports, far.protocol, far.ports) == (0, (0, 65535), 0, (0, 65535))
    texts = [ranges(f"{address(one.first)}-{address(one.last)}").addresses.texts()[0] for one in (own, far)]
    return texts[0], texts[1]


def address(number: int) -> str:
    """Return an IPv4 address."""
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


@pytest.mark.parametrize("writer", [cisco.render, strongswan.render])
def test_a_device_read_back_has_exactly_the_agreed_pairs(writer: Writer) -> None:
    """One line each, none wider, to our gateway, with the agreed algorithms."""
    found = device(writer(terms_of(signed(), GATEWAY)))
    written = pairs(found.ends)
    assert (set(written), len(written)) == (PAIRS, len(PAIRS))
    for end in found.ends:
        assert end.peers == (GATEWAY,)
        assert end.ike == "IKEv2"
        assert end.phase_1 == (Proposal(encryption=("AES256",), integrity=("SHA384",), groups=("ECP384",)),)
        assert end.phase_2 == (Proposal(encryption=("GCMAES256",), integrity=("GCMAES256",), groups=("ECP384",)),)


@pytest.mark.parametrize("writer", [cisco.render, strongswan.render])
@pytest.mark.parametrize(
    ("changes", "phase_1", "phase_2"),
    [
        (
            {
                "ike_encryption": "AES128",
                "ike_integrity": "SHA1",
                "dh_group": "DHGroup2",
                "ipsec_encryption": "AES256",
                "ipsec_integrity": "SHA256",
                "pfs_group": "None",
            },
            (("AES128",), ("SHA1",), ("DHGroup2",)),
            (("AES256",), ("SHA256",), ()),
        ),
        (
            {
                "ike_encryption": "DES3",
                "ike_integrity": "MD5",
                "dh_group": "DHGroup24",
                "ipsec_encryption": "DES3",
                "ipsec_integrity": "SHA1",
                "pfs_group": "PFS2048",
            },
            (("DES3",), ("MD5",), ("DHGroup24",)),
            (("DES3",), ("SHA1",), ("PFS14",)),
        ),
        (
            {
                "ike_encryption": "GCMAES256",
                "dh_group": "DHGroup2048",
                "ipsec_encryption": "None",
                "ipsec_integrity": "MD5",
                "pfs_group": "PFSMM",
            },
            (("GCMAES256",), ("SHA384",), ("DHGroup14",)),
            (("None",), ("MD5",), ("PFS14",)),
        ),
    ],
)
def test_algorithms_read_back_as_they_were_agreed(
    writer: Writer, changes: dict[str, Any], phase_1: tuple[Any, ...], phase_2: tuple[Any, ...]
) -> None:
    """Weak ones too: whether they are good is not for a renderer to decide."""
    one = signed()
    end = device(writer(terms_of(replace(one, algorithms=replace(one.algorithms, **changes)), GATEWAY))).ends[0]
    assert isinstance(end.phase_1, tuple)
    assert isinstance(end.phase_2, tuple)
    assert [(each.encryption, each.integrity, each.groups) for each in end.phase_1] == [phase_1]
    assert [(each.encryption, each.integrity, each.groups) for each in end.phase_2] == [phase_2]


def held(resources: list[dict[str, Any]], folder: Path, one: Agreement) -> AgreementFacts:
    """Return what a scan says of the one connection among resources when it is held against an agreement."""
    file = folder / "estate.json"
    file.write_text(json.dumps(resources), encoding="utf-8")
    facts = build_document(read_inventory([file]), FactsOptions(today=date(2026, 6, 1), agreements=(one,)))
    (connection,) = facts["connections"]
    assert not [name for name in connection["unknown"] if name.startswith("agreement")]
    assert connection["ceiling"] == {"open": False, "reasons": []}
    return connection["agreement"]


def is_as_agreed(found: AgreementFacts) -> None:
    """Assert that S2S-AGR-001 to 006 have nothing to say."""
    same: dict[str, list[str]] = {"missing": [], "extra": [], "notes": []}
    assert (found["found"], found["ends_at"], found["state"]) == (True, [], "in force")
    assert (found["selectors"], found["prefixes"], found["algorithms"], found["conflicts"]) == (same, same, [], [])


def gateway() -> dict[str, Any]:
    """Return the gateway the rendered connection is on."""
    return {
        "id": GATEWAY_ID,
        "type": "Microsoft.Network/virtualNetworkGateways",
        "name": "gw",
        "properties": {"gatewayType": "Vpn", "vpnType": "RouteBased"},
    }


@pytest.mark.parametrize("peers", [("52.1.2.3",), ("vpn.red.example", "52.1.2.4")])
def test_our_side_in_bicep_is_as_agreed(peers: tuple[str, ...], tmp_path: Path) -> None:
    """Its values, read from the text, make a connection that differs in nothing, and is closed."""
    one = signed(peers=peers)
    text = azure.render(terms_of(one), "bicep")
    site_id = f"{GATEWAY_ID.rpartition('/virtual')[0]}/localNetworkGateways/red"
    (site_type, site), (connection_type, connection) = bicep_resources(text)
    assert connection["properties"]["sharedKey"] == "<sharedKey>"
    connection["properties"]["virtualNetworkGateway1"]["id"] = GATEWAY_ID
    assert connection["properties"]["localNetworkGateway2"]["id"] == "<site.id>"
    connection["properties"]["localNetworkGateway2"]["id"] = site_id
    resources = [
        gateway(),
        site | {"id": site_id, "type": site_type, "location": "x"},
        connection | {"id": f"{GATEWAY_ID.rpartition('/virtual')[0]}/connections/to-red", "type": connection_type, "location": "x"},
    ]
    is_as_agreed(held(resources, tmp_path, one))


def test_our_side_in_terraform_is_as_agreed(tmp_path: Path) -> None:
    """The same by a plan with the values of the text."""
    one = signed()
    found = terraform_resources(azure.render(terms_of(one), "terraform"))
    connection = found["azurerm_virtual_network_gateway_connection"]
    assert connection["shared_key"] == "<var.shared_key>"
    site_id = f"{GATEWAY_ID.rpartition('/virtual')[0]}/localNetworkGateways/red"
    common = {"location": "uksouth", "resource_group_name": "g"}
    values = {
        "azurerm_local_network_gateway": found["azurerm_local_network_gateway"] | common | {"id": site_id},
        "azurerm_virtual_network_gateway_connection": connection
        | common
        | {"virtual_network_gateway_id": GATEWAY_ID, "local_network_gateway_id": site_id, "shared_key": "", "id": f"{site_id}x"},
    }
    resources = [
        {
            "address": f"{kind}.x",
            "mode": "managed",
            "type": kind,
            "name": "x",
            "provider_name": "registry.terraform.io/hashicorp/azurerm",
            "values": each,
        }
        for kind, each in values.items()
    ]
    changes = [one | {"change": {"actions": ["create"], "before": None, "after": one["values"], "after_unknown": {}}} for one in resources]
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
        "configuration": {},
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    facts = build_document(read_inventory([tmp_path / "plan.json"]), FactsOptions(today=date(2026, 6, 1), agreements=(one,)))
    (facts_of_it,) = facts["connections"]
    assert not [name for name in facts_of_it["unknown"] if name.startswith("agreement")], facts_of_it["unknown"]
    is_as_agreed(facts_of_it["agreement"])


def test_commands_name_every_value() -> None:
    """What the other two languages set, in the same pairs; the real key comes last with az, and only then is the tunnel possible."""
    terms = terms_of(signed())
    text = azure.render(terms, "az")
    assert (
        json.loads(text.partition("'trafficSelectorPolicies=")[2].partition("'")[0])
        == azure.connection_properties(terms)["trafficSelectorPolicies"]
    )
    assert "connectionMode=InitiatorOnly" in text
    assert text.rstrip().endswith('--value "$SHARED_KEY"')
    assert text.index("openssl rand") < text.index("connectionMode") < text.index('$SHARED_KEY"')
    script = azure.render(terms, "powershell")
    for near, far in terms.pairs:
        assert f"-LocalAddressRange @('{near}') -RemoteAddressRange @('{far}')" in script
    assert "-ConnectionMode InitiatorOnly -UsePolicyBasedTrafficSelectors $true -IpsecPolicies $policy" in script


@pytest.mark.parametrize("peers", [("52.1.2.3",), ("vpn.red.example",)])
@pytest.mark.parametrize(
    "step", ["create", "local-gateway", "vpn-connection create", "ipsec-policy add", "vpn-connection update", "openssl", "GATEWAY", ""]
)
def test_commands_stop_at_the_first_that_fails(step: str, peers: tuple[str, ...], tmp_path: Path) -> None:
    """The real key never goes onto a connection whose settings did not stand; without a failure it comes last."""
    text = azure.render(terms_of(signed(peers=peers)), "az")
    for name in ("az", "openssl"):
        (tmp_path / name).write_text(
            f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/ran\ncase "{name} $*" in *"$FAILS"*) exit 1;; esac\necho random\n',
            encoding="utf-8",
        )
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "RESOURCE_GROUP": "g", "SHARED_KEY": "real", "FAILS": step or "never"}
    environment |= {} if step == "GATEWAY" else {"GATEWAY": "gw"}
    ended = subprocess.run(["/bin/bash", "-c", text], env=environment, check=False, capture_output=True)
    ran = (tmp_path / "ran").read_text(encoding="utf-8")
    assert (ended.returncode == 0) == (step == "")
    assert ("--value real" in ran) == (step == "")
    assert ran.count("--value real") == ran.splitlines()[-1].count("--value real")
    script = azure.render(terms_of(signed(peers=peers)), "powershell")
    assert script.index("\n$ErrorActionPreference = 'Stop'\n") < script.index("Get-Az")


def test_a_device_with_a_name_instead_of_an_address() -> None:
    """Each language has its own way to say so; a name that moves is judged by S2S-IKE-008, not here."""
    terms = terms_of(signed(peers=("vpn.red.example",)), GATEWAY)
    assert "identity local address" not in cisco.render(terms)
    created = azure.render(terms, "az").partition("--properties ")[2].partition("\n")[0]
    assert json.loads(created.strip("'")) == azure.site_properties(terms)
    assert azure.site_properties(terms)["fqdn"] == "vpn.red.example"
    assert "-Fqdn 'vpn.red.example'" in azure.render(terms, "powershell")
    assert 'gateway_fqdn = "vpn.red.example"' in azure.render(terms, "terraform")


def test_lifetimes_are_set_where_they_were_agreed() -> None:
    """On the partner's device only then; Azure wants a value always, and gets its default."""
    one = signed()
    agreed = replace(one, algorithms=replace(one.algorithms, sa_lifetime_seconds=3600, sa_data_size_kilobytes=2048))
    assert " set security-association lifetime seconds 3600\n set security-association lifetime kilobytes 2048\n" in cisco.render(
        terms_of(agreed)
    )
    assert "rekey_time = 3600s" in strongswan.render(terms_of(agreed))
    assert "lifetime seconds" not in cisco.render(terms_of(one))
    for terms, seconds, size in ((terms_of(agreed), 3600, 2048), (terms_of(one), 27000, 102400000)):
        (policy,) = azure.connection_properties(terms)["ipsecPolicies"]  # type: ignore[misc]
        assert (policy["saLifeTimeSeconds"], policy["saDataSizeKilobytes"]) == (seconds, size)  # type: ignore[has-type]


def test_an_address_of_ours_that_nobody_gave_is_no_address() -> None:
    """A device refuses the placeholder instead of dialling something."""
    text = cisco.render(terms_of(signed()))
    assert " set peer <gateway-address>\n" in text
    with pytest.raises(UsageError):
        terms_of(signed(), "gateway")


@pytest.mark.parametrize("given", [GATEWAY, f" {GATEWAY}\n", f"\n{GATEWAY}\r\n"])
def test_our_address_is_the_address_alone(given: str) -> None:
    """What stands around it splits no line."""
    assert everything(terms_of(signed(), given)) == everything(terms_of(signed(), GATEWAY))


def test_our_address_is_of_a_kind_the_device_takes() -> None:
    """A crypto map's mask is one of IPv4; strongSwan takes both."""
    terms = terms_of(signed(), " 2001:DB8:0::5\n")
    with pytest.raises(UsageError, match="carries no IPv6"):
        cisco.render(terms)
    assert "    remote_addrs = 2001:db8::5\n" in strongswan.render(terms)
    assert "Not possible: a crypto map carries no IPv6." in form.render(terms)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"selectors": (selector(("172.16.1.0-172.16.1.9",)),)}, "range 172.16.1.0-172.16.1.9 is not one prefix"),
        ({"selectors": (selector(("fd00::/64",)),)}, "no local range has the IP version of a remote one"),
        ({"peers": ("a b",)}, "a peer is neither an address nor a DNS name"),
        ({"peers": ("x\n exec reload",)}, "a peer is neither an address nor a DNS name"),
    ],
)
def test_what_no_device_takes_is_refused(changes: dict[str, Any], text: str) -> None:
    """In one line, with the place of the agreement; the hint has the prefixes of a range."""
    with pytest.raises(UsageError) as raised:
        terms_of(signed(**changes))
    assert raised.value.message.startswith("red.yaml:2: ")
    assert text in raised.value.message
    if "-" in text:
        assert raised.value.hint == "agree on its prefixes instead: 172.16.1.0/29, 172.16.1.8/31"


def test_what_only_one_kind_of_device_takes() -> None:
    """A crypto map carries no IPv6; the form says so where the commands would stand, and has the other device's."""
    six = signed(prefixes=ranges("fd01::/64"), selectors=(selector(("fd00::/64",), ("fd01::/64",)),))
    with pytest.raises(UsageError):
        cisco.render(terms_of(six, GATEWAY))
    text = form.render(terms_of(six, GATEWAY))
    assert "Not possible: a crypto map carries no IPv6." in text
    assert "remote_ts = fd00::/64" in text


@pytest.mark.parametrize(
    ("changes", "text"),
    [({"dh_group": "None"}, "without a Diffie-Hellman group"), ({"ipsec_encryption": "AES256"}, "GCM in phase 2 is a pair")],
)
@pytest.mark.parametrize("writer", [cisco.render, strongswan.render])
def test_algorithms_that_no_device_has_are_refused(writer: Writer, changes: dict[str, Any], text: str) -> None:
    """Agreed all the same, they cannot be configured."""
    one = signed()
    with pytest.raises(UsageError, match=text):
        writer(terms_of(replace(one, algorithms=replace(one.algorithms, **changes)), GATEWAY))


def everything(terms: Terms) -> str:
    """Return all texts of an agreement."""
    languages: Any = ("bicep", "terraform", "az", "powershell")
    return "".join([form.render(terms), cisco.render(terms), strongswan.render(terms), *(azure.render(terms, one) for one in languages)])


def test_what_is_not_rendered_is_said() -> None:
    """NAT, further devices, and a PRF that nobody documents."""
    nat = (AgreedNat(side="ours", internal="10.0.0.0/24", external="172.16.9.0/24"),)
    one = signed(nat=nat, peers=("52.1.2.3", "52.1.2.4"))
    terms = terms_of(replace(one, algorithms=replace(one.algorithms, ike_encryption="GCMAES256", ike_integrity="GCMAES256")), GATEWAY)
    for text in (cisco.render(terms), strongswan.render(terms)):
        assert "NAT was agreed and is not written here: ours: 10.0.0.0/24 to 172.16.9.0/24" in text
        assert "the agreement also names 52.1.2.4" in text
        assert "Microsoft does not say which PRF" in text
    assert "takes no NAT rule on a connection with fixed selectors" in azure.render(terms, "bicep")
    assert "We translate 10.0.0.0/24 to 172.16.9.0/24." in form.render(terms)


def test_hostile_names_stay_on_their_line() -> None:
    """A partner's name never becomes a command, a comment's end or markup."""
    hostile = "red\n exit\r!\x1b[31m'; rm -rf / #${x}`|<b>"
    terms = terms_of(signed(partner=hostile, ticket=hostile, owner=hostile, place="red.yaml:2"), GATEWAY)
    for text in (cisco.render(terms), strongswan.render(terms)):
        assert len(pairs(device(text).ends)) == len(PAIRS)
    whole = everything(terms)
    assert "\x1b" not in whole
    assert "\r" not in whole
    assert not [line for line in whole.split("\n") if line.strip() in {"exit", "rm -rf /"} or line.startswith(" exit")]
    assert "<b>" not in form.render(terms).partition("```")[0]
    assert re.fullmatch(r"red-exit-31m-rm-r-[0-9a-f]{6}", terms.word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stadtwerke Musterhausen Nord", "Stadtwerke Musterhausen Sued"),
        ("\u65e5\u672c", "\u4e2d\u56fd"),
        ("Red Ltd", "Red-Ltd"),
        ("red", "red."),
        ("a" * 24, "a" * 25),
        ("partner", "\u65e5"),
    ],
)
def test_two_partners_never_have_one_name(one: str, other: str) -> None:
    """The second would overwrite the first in Azure. In another casing it is the same partner, with the same name."""
    names = [(terms.site_name, terms.connection_name) for terms in (terms_of(signed(partner=name)) for name in (one, other, other.upper()))]
    assert len({name.lower() for pair in names[:2] for name in pair}) == 4
    assert [name.lower() for name in names[1]] == [name.lower() for name in names[2]]
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name) and len(name) <= 27 for pair in names for name in pair)


@pytest.mark.parametrize(
    ("connections", "name", "site"),
    [
        ((), "to-red", "red"),
        (("conn-sued",), "conn-sued", "conn-sued"),
        (("To.Red_2",), "To.Red_2", "To.Red_2"),
        (("to-red-2",), "to-red-2", "red-2"),
        (("to--2",), "to--2", "to--2"),
        ((f"{GATEWAY_ID.rpartition('/virtual')[0]}/Connections/Conn",), "Conn", "Conn"),
        (("one", "two"), "to-red", "red"),
        (("terraform:module.x.y",), "to-red", "red"),
        (("hub/link",), "to-red", "red"),
        (("x'; reload #",), "to-red", "red"),
        (("x\n",), "to-red", "red"),
        (("x" * 81,), "to-red", "red"),
    ],
)
def test_our_side_is_called_as_the_agreement_says(connections: tuple[str, ...], name: str, site: str) -> None:
    """Its one connection, where that is a name; else after the partner."""
    terms = terms_of(signed(connections=connections))
    assert (terms.connection_name, terms.site_name) == (name, site)
    languages: tuple[Language, ...] = ("bicep", "terraform", "az", "powershell")
    for language in languages:
        text = azure.render(terms, language)
        assert re.search(f"[ '\"]{re.escape(name)}['\" \n]", text)
        assert re.search(f"[ '\"]{re.escape(site)}['\" \n]", text)


def test_no_key_is_rendered() -> None:
    """There is nothing that looks like one: no command that takes a key has a value."""
    whole = everything(terms_of(signed(), GATEWAY))
    for line in whole.splitlines():
        if "pre-shared-key" in line or "secret = " in line:
            assert line.lstrip().startswith(("!", "#"))
        if "shared_key" in line and "=" in line:
            assert line.split("=")[1].strip() == "var.shared_key"


def written(folder: Path, *entries: Any) -> str:
    """Write a file of agreements."""
    path = folder / "a.json"
    path.write_text(json.dumps({"agreements": entries}), encoding="utf-8")
    return str(path)


def test_the_command_renders_the_one_that_is_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By partner and ticket; several, none, and a language of the other side are refused."""
    file = written(tmp_path, entry(), entry(ticket="T-2"), entry(partner="blue"))
    assert main(["agreement", "render", file, "--for", "partner", "--as", "cisco", "--partner", "RED", "--ticket", "t-2"]) == 0
    assert capsys.readouterr().out.startswith("! red (T-2): the partner's device")
    assert main(["agreement", "render", file, "--for", "partner", "--partner", "blue"]) == 0
    assert "# VPN agreement with blue" in capsys.readouterr().out
    assert main(["agreement", "render", file, "--for", "azure", "--partner", "blue", "-o", str(tmp_path / "blue.bicep")]) == 0
    assert "param gatewayId" in (tmp_path / "blue.bicep").read_text(encoding="utf-8")
    for arguments, text in (
        (["--for", "partner", "--partner", "red"], "2 of them fit"),
        (["--for", "partner", "--partner", "green"], "none of them fits"),
        (["--for", "partner", "--as", "az", "--partner", "blue"], "--for partner has no --as az"),
    ):
        assert main(["agreement", "render", file, *arguments]) == 2
        assert text in capsys.readouterr().err
    assert len(read_agreements((file,))) == 3
