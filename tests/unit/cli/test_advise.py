"""`s2sguard advise` as a person runs it: from an estate, from agreements, and from both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.test_agreement import entry
from tests.unit.cli_estate import Node, lab
from tests.unit.conftest import Run

Put = Callable[[str, object], Path]
SAMPLES = Path(__file__).resolve().parents[3] / "samples"
BLUE = {"partner": "blue", "peers": ["198.51.100.8"], "prefixes": ["10.2.0.0/16"]}


def table(text: str) -> dict[str, list[str]]:
    """Return the answers of the first table by requirement."""
    lines = text.split("\n\n")[1].splitlines()[1:]
    return {line[2:17].strip(): line[17:].split() for line in lines}


@pytest.fixture
def agreed(put: Put) -> Callable[..., str]:
    """Return a function that writes agreements with red and blue, with changes to red's."""

    def write(**changes: Any) -> str:
        put("agreed.json", {"agreements": [entry(**changes), entry(**BLUE)]}).rename("agreed.yaml")
        return "agreed.yaml"

    return write


def test_the_lab_can_stay_where_it_is(run: Run, put: Put) -> None:
    """Hardened, two partners with static routes and addresses of their own fit a VPN gateway."""
    put("closed.json", {"value": lab(5)})
    ran = run("advise", "closed.json")
    assert (ran.code, ran.err) == (0, "")
    assert table(ran.out)["isolation"] == ["yes", "depends", "yes", "yes"]
    assert "\n  take: VPN Gateway\n\nAssumptions: " in ran.out
    assert run("advise", "closed.json", "--assume", "peer_child_sa=accepted").code == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (0, [], "VPN Gateway")),
        ({"prefixes": ["10.2.3.0/24"]}, (1, ["overlap"], "NVA")),
        ({"nat": [{"side": "ours", "internal": "10.1.0.0/16", "external": "100.64.0.0/16"}]}, (1, ["overlap"], "NVA")),
        ({"nat": [{"side": "theirs", "internal": "10.1.0.0/16", "external": "100.64.0.0/16"}]}, (0, [], "VPN Gateway")),
        ({"peers": ["vpn.red.example"]}, (1, ["selector lock"], "NVA")),
        ({"phase_1": {"encryption": "DES3", "integrity": "SHA1", "group": "DHGroup2"}}, (1, ["crypto"], None)),
    ],
)
def test_what_was_agreed_decides(
    run: Run, put: Put, agreed: Callable[..., str], changes: dict[str, Any], expected: tuple[int, list[str], str | None]
) -> None:
    """The agreement counts, not what is configured; where no headend is strong enough none is named."""
    put("closed.json", {"value": lab(5)})
    ran = run("advise", "closed.json", "--agreements", agreed(**changes), "--today", "2026-06-01", "--format", "json")
    (one,) = ran.json["advice"]
    assert one["headend"] == "VPN Gateway"
    assert (ran.code, one["headends"]["VPN Gateway"]["decides"], one["take"]) == expected


def test_a_renewal_is_not_a_partner_who_waits(run: Run, put: Put) -> None:
    """The agreement in force counts for the connection, in whatever order they are written."""
    put("closed.json", {"value": lab(5)})
    weak = {"encryption": "DES3", "integrity": "SHA1", "group": "DHGroup2"}
    later = entry(valid_from="2027-01-01", valid_to="2027-12-31", ticket="T-2", phase_1=weak)
    for order in ([later, entry(), entry(**BLUE)], [entry(), entry(**BLUE), later]):
        put("agreed.json", {"agreements": order}).rename("agreed.yaml")
        ran = run("advise", "closed.json", "--agreements", "agreed.yaml", "--today", "2026-06-01", "--format", "json")
        assert (ran.code, [one["partners"] for one in ran.json["advice"]]) == (0, [["red", "blue"]])


def test_what_was_agreed_of_our_addresses(run: Run, put: Put, agreed: Callable[..., str]) -> None:
    """A partner who signed the range that partners reach overlaps it, though the configured site does not."""
    put("closed.json", {"value": lab(5)})
    ran = run("advise", "closed.json", "--agreements", agreed(prefixes=["172.16.0.0/16"]), "--today", "2026-06-01")
    assert (ran.code, table(ran.out)["overlap"][0]) == (1, "no")


def test_networks_that_were_not_read_are_a_doubt(run: Run, put: Put) -> None:
    """Whether a partner has addresses of ours is then not known."""
    put("part.json", {"value": [node for node in lab(5) if "virtualNetworks" not in str(node["type"])]})
    ran = run("advise", "part.json")
    assert (ran.code, table(ran.out)["overlap"][0]) == (3, "unknown")


def test_agreements_alone(run: Run, agreed: Callable[..., str]) -> None:
    """Before anything is built the agreements say what to build; one that has ended does not count."""
    ran = run("advise", "--agreements", agreed(prefixes=["10.2.3.0/24"]), "--today", "2026-06-01")
    assert ran.out.startswith("not connected yet: 2 partners, red, blue\n")
    assert (ran.code, table(ran.out)["overlap"]) == (0, ["no", "unknown", "yes", "yes"])
    assert (
        run("advise", "--agreements", "agreed.yaml", "--today", "2027-06-01").out
        == "no partner connection and no agreement: nothing to advise on\n"
    )


def test_a_partner_that_is_not_connected_yet(run: Run, put: Put, agreed: Callable[..., str]) -> None:
    """An agreement without a connection is advised on by itself."""
    only: list[Node] = [node for node in lab(5) if node["name"] not in {"to-blue", "site-blue"}]
    put("red.json", {"value": only})
    ran = run("advise", "red.json", "--agreements", agreed(), "--today", "2026-06-01", "--format", "json")
    assert [(one["headend"], one["partners"]) for one in ran.json["advice"]] == [("VPN Gateway", ["red"]), ("none yet", ["blue"])]


@pytest.mark.parametrize(
    ("words", "code", "headend"),
    [
        ((str(SAMPLES / "wan/inspected"),), 0, "virtual WAN"),
        ((str(SAMPLES / "headend/nva-closed.cfg"),), 0, "an NVA or edge router"),
        (("--with", "x"), 2, ""),
    ],
)
def test_every_headend(run: Run, words: tuple[str, ...], code: int, headend: str) -> None:
    """A hub and a router are advised on like a gateway; without anything to read that is said."""
    ran = run("advise", *words)
    assert (ran.code, f"({headend})" in ran.out) == (code, bool(headend))


def test_what_is_not_whole_is_not_known(run: Run, put: Put) -> None:
    """A gateway that is only referred to may carry a partner nobody sees, so nothing about it is sure."""
    put("part.json", {"value": [node for node in lab(5) if "virtualNetworkGateways" not in str(node["type"])]})
    ran = run("advise", "part.json")
    assert ran.code == 3
    assert "unknown: " in ran.out
