"""Drafts say what is configured: they are read, they are in force, and a scan with them finds no difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.agreement.drafts import Undrafted, drafts_of
from s2sguard.agreement.written import Draft, scalar, written
from s2sguard.cli import main
from s2sguard.config.agreements import read_agreements
from s2sguard.config.source import read_yaml
from s2sguard.facts.estate import build_estate
from s2sguard.model.inventory import Inventory, Resource
from tests.unit.facts.inventories import LAB as ARTICLE
from tests.unit.facts.inventories import OPTIONS, POLICY, UNKNOWN, connection, document, gateway, resource, site

TODAY = date(2026, 6, 1)
LAB = (*ARTICLE[:-1], site("blue", gatewayIpAddress="52.1.2.4"))
"""The article's hardened lab, with a device for each partner."""
SAMPLES = Path(__file__).resolve().parents[3] / "samples"


def drafts(*resources: Resource) -> list[Draft | Undrafted]:
    """Return what is drafted of some resources; of resources with one id the last wins."""
    unique = {one.key: one for one in resources}
    return list(drafts_of(build_estate(Inventory(unique.values()), OPTIONS), TODAY))


def red(*resources: Resource) -> Draft | Undrafted:
    """Return what is drafted of the connection red of the lab."""
    return drafts(*LAB, *resources)[0]


def differences(folder: Path, *resources: Resource) -> Iterator[tuple[str, list[str]]]:
    """Yield each connection that is drafted with what differs from its own draft, after the draft was written and read."""
    found = [one for one in drafts(*resources) if isinstance(one, Draft)]
    (folder / "drafts.yaml").write_text("\n".join(["agreements:", *written(found)]) + "\n", encoding="utf-8")
    options = replace(OPTIONS, today=TODAY, agreements=read_agreements((str(folder / "drafts.yaml"),)))
    for facts in document(*resources, options=options)["connections"]:
        if "agreement" in facts:
            one = facts["agreement"]
            parts = [one.get("ends_at"), one.get("algorithms"), one.get("conflicts")]
            for difference in (one.get("selectors"), one.get("prefixes")):
                parts += [None] if difference is None else [difference["missing"], difference["extra"], difference["notes"]]
            yield facts["name"], [str(part) for part in parts if part != []] + ([] if one["found"] else ["not found"])


def test_the_hardened_lab_equals_its_drafts(tmp_path: Path) -> None:
    """Both connections, each with an agreement of its own."""
    assert dict(differences(tmp_path, *LAB)) == {"red": [], "blue": []}


def test_two_connections_of_one_partner_and_one_name_twice(tmp_path: Path) -> None:
    """A partner with two connections has a draft for each, and connections of one name are told apart by their ids."""
    tags = {"partner": "Red"}
    twin = connection("red", tags=tags, localNetworkGateway2={"id": site("blue").id})
    other = replace(
        twin,
        id=twin.id.replace("resourceGroups/g/", "resourceGroups/h/"),
        properties={**twin.properties, "ipsecPolicies": [POLICY | {"pfsGroup": "None"}]},
    )
    same = {"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": ["10.2.0.0/16"]}
    other = replace(other, properties={**other.properties, "trafficSelectorPolicies": [same]})
    resources = (*LAB[:2], *LAB[4:], connection("red", tags=tags), other)
    found = drafts(*resources)
    assert [one.connections for one in found if isinstance(one, Draft)] == [(connection("red").id,), (other.id,)]
    assert list(differences(tmp_path, *resources)) == [("red", []), ("red", [])]


def test_a_tag_that_looks_like_an_id_is_drafted_as_it_is(tmp_path: Path) -> None:
    """Its last part would be another partner's name."""
    assert dict(differences(tmp_path, *LAB, connection("red", tags={"partner": "/mallory/blue"}))) == {"red": [], "blue": []}


def test_spokes_stay_apart(tmp_path: Path) -> None:
    """The appendix of the article: selectors one by one, also where their remote sides differ."""
    pairs = [(["172.16.100.0/24"], ["10.1.0.0/16"]), (["172.16.200.0/24", "172.16.201.0-172.16.201.9"], ["10.1.2.0/24", "10.1.4.0/24"])]
    elements = [{"localAddressRanges": local, "remoteAddressRanges": remote} for local, remote in pairs]
    resources = (*LAB, connection("red", trafficSelectorPolicies=elements))
    assert dict(differences(tmp_path, *resources)) == {"red": [], "blue": []}


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"trafficSelectorPolicies": None}, "no selectors are fixed: the local ranges are all networks of the gateway"),
        ({"ipsecPolicies": None}, "no custom policy is configured: the algorithms are a proposal"),
        ({"usePolicyBasedTrafficSelectors": False}, "policy-based selectors are off"),
    ],
)
def test_what_is_not_configured_is_remarked(changes: dict[str, Any], remark: str) -> None:
    """A proposal is called one."""
    found = red(connection("red", **changes))
    assert isinstance(found, Draft)
    assert [text for text in found.remarks if text.startswith(remark)]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (connection("red", tags={"partner": UNKNOWN}), "known only after apply"),
        (connection("red", trafficSelectorPolicies=UNKNOWN), "known only after apply"),
        (
            connection("red", ipsecPolicies=[{key: value for key, value in POLICY.items() if key != "pfsGroup"}]),
            "its custom policy lacks pfs_group",
        ),
        (connection("red", localNetworkGateway2=None), "it has no site"),
        (site("red", gatewayIpAddress=UNKNOWN), "known only after apply"),
        (site("red", gatewayIpAddress=""), "its site has no address"),
        (site("red", gatewayIpAddress=None, fqdn="a b"), "its site has neither an address nor a DNS name"),
        (
            connection("red", ipsecPolicies=[POLICY | {"ipsecIntegrity": "SHA256"}]),
            "its custom policy does not pair GCM in phase 2 (S2S-IKE-007)",
        ),
        (site("red", prefixes=[]), "its site has no prefix"),
        (site("red", prefixes=["10.1.0.0/17"]), "remote ranges lie outside the site (S2S-SEL-004): 10.1.128.0/17"),
        (
            site("red", prefixes=["10.1.0.0/16", *(f"10.9.{number}.0/24" for number in range(256))]),
            "it has more than 256 ranges in one list",
        ),
    ],
)
def test_what_cannot_be_drafted_has_a_reason(changed: Resource, reason: str) -> None:
    """Nothing is made up, and nothing is left out in silence."""
    assert red(changed) == Undrafted(name="red", reason=reason)


def test_without_a_network_there_is_nothing_to_propose() -> None:
    """The gateway is known, its network is not."""
    found = drafts(gateway(), connection("red", trafficSelectorPolicies=None), site("red"))[0]
    assert isinstance(found, Undrafted)
    assert "network" in found.reason


def test_what_is_no_partners_tunnel_has_no_draft() -> None:
    """Neither internal connections nor those to another network."""
    others = (connection("red", tags={"trust": "internal"}), connection("blue", connectionType="Vnet2Vnet", localNetworkGateway2=None))
    assert drafts(*LAB, *others) == []


@given(st.text(min_size=1, max_size=40))
def test_any_name_is_read_back(name: str) -> None:
    """Quotes, escapes, colons and control characters: what is written is what is read."""
    import tempfile

    text = name.encode("utf-8", errors="replace").decode("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_text(f"key: {{ name: {scalar(text)}, list: [{scalar(text)}] }}\n", encoding="utf-8")
        assert read_yaml(path).value == {"key": {"name": text, "list": [text]}}


def test_the_command_writes_drafts_that_check_and_scan_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the sample estate to a scan with its drafts, which is clean once somebody has filled them in."""
    estate, file = str(SAMPLES / "lab" / "stage-5-hardened" / "arm.json"), str(tmp_path / "drafts.yaml")
    day = ["--today", "2026-06-01"]
    assert main(["agreement", "from-inventory", estate, *day, "-o", file]) == 0
    assert main(["agreement", "check", file, *day]) == 1
    assert capsys.readouterr().out.count("a draft, not signed until it names owner and ticket") == 2

    def failing() -> set[str]:
        assert main(["scan", estate, "--agreements", file, *day, "--engine", "regopy", "--format", "json"]) in {0, 1}
        verdicts = json.loads(capsys.readouterr().out)["verdicts"]
        found = {(one["control_id"], one["status"]) for one in verdicts if one["control_id"].startswith("S2S-AGR")}
        assert {status for _, status in found} <= {"pass", "fail"}
        return {control for control, status in found if status == "fail"}

    assert failing() == {"S2S-AGR-001"}
    for key, placeholder, value in (("ticket", "draft", "PAR-1"), ("owner", "to be named", "net")):
        text = Path(file).read_text(encoding="utf-8")
        assert text.count(f'{key}: "{placeholder}"') == 2
        Path(file).write_text(text.replace(f'{key}: "{placeholder}"', f'{key}: "{value}"'), encoding="utf-8")
        assert failing() == (set() if key == "owner" else {"S2S-AGR-001"})
    assert main(["agreement", "check", file, *day]) == 0


def test_the_command_says_what_has_no_draft(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a comment on one line, and with code 3; a file without any draft can be read too."""
    hostile = resource("connections", "re\nd", {"connectionType": "IPsec"})
    estate = tmp_path / "estate.json"
    estate.write_text(
        json.dumps([{"id": hostile.id, "type": hostile.type, "name": hostile.name, "properties": dict(hostile.properties)}]),
        encoding="utf-8",
    )
    assert main(["agreement", "from-inventory", str(estate)]) == 3
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) == 3
    assert shown.splitlines()[1].startswith("# no draft for re")
    (tmp_path / "drafts.yaml").write_text(shown, encoding="utf-8")
    assert read_agreements((str(tmp_path / "drafts.yaml"),)) == ()


@pytest.mark.parametrize(("day", "last"), [("9999-01-01", "9999-12-31"), ("9999-01-02", "9999-12-31"), ("9999-12-31", "9999-12-31")])
def test_a_year_ends_with_the_calendar(day: str, last: str, capsys: pytest.CaptureFixture[str]) -> None:
    """There is no later day."""
    estate = str(SAMPLES / "lab" / "stage-5-hardened" / "arm.json")
    for action in (["new"], ["from-inventory", estate]):
        assert main(["agreement", *action, "--today", day]) == 0
        assert f"valid_to: {last}\n" in capsys.readouterr().out


def test_a_new_file_can_be_read_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is filled in it is valid and a draft, and what is commented out can be uncommented."""
    assert main(["agreement", "new", "--partner", 'r"e: d', "--today", "2026-06-01"]) == 0
    text = capsys.readouterr().out
    file = tmp_path / "new.yaml"
    file.write_text(text, encoding="utf-8")
    assert main(["agreement", "check", str(file), "--today", "2027-05-31"]) == 1
    assert ": a draft, not signed" in capsys.readouterr().out
    filled = text.replace("who answers for it on our side", "net").replace("where it was signed", "T-1")
    file.write_text(filled, encoding="utf-8")
    assert main(["agreement", "check", str(file), "--today", "2027-05-31"]) == 0
    assert read_agreements((str(file),))[0].partner == 'r"e: d'
    more = text.replace("    local:", "    # local:")
    for key in ("connections: [", "selectors:", "  - {", "nat:"):
        more = more.replace(f"    # {key}", f"    {key}")
    file.write_text(more, encoding="utf-8")
    (found,) = read_agreements((str(file),))
    assert (len(found.selectors), len(found.nat), found.connections) == (2, 1, ("to-partner",))
