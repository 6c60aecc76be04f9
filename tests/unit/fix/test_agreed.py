"""A fix takes what was signed, where our networks and the settings allow it, and never widens anything to please a paper."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.test_agreement import lab as signed
from tests.unit.conftest import Run

LAB = Path(__file__).resolve().parents[3] / "samples" / "lab"
DAY = ("--today", "2026-06-01")
WEAK: dict[str, Any] = {
    "phase_1": {"encryption": "AES256", "integrity": "SHA1", "group": "DHGroup2"},
    "phase_2": {"encryption": "AES256", "integrity": "SHA1", "pfs": "None"},
}
Fixed = Callable[..., dict[str, Any]]


@pytest.fixture
def fixed(run: Run, tmp_path: Path) -> Fixed:
    """Return a function that fixes a stage of the lab by agreements, as JSON."""

    def command(stage: str, *given: dict[str, Any], day: tuple[str, str] = DAY) -> dict[str, Any]:
        (tmp_path / "given.yaml").write_text(json.dumps({"agreements": given}), encoding="utf-8")
        (folder,) = LAB.glob(f"stage-{stage}-*")
        ran = run("fix", str(folder / "arm.json"), "--agreements", "given.yaml", "--format", "json", "--engine", "regopy", *day)
        found: dict[str, Any] = ran.json
        return found

    return command


def changes(found: dict[str, Any], partner: str) -> dict[str, Any]:
    """Return what is changed on a partner's connection, by name."""
    (one,) = (each for each in found["fixes"] if each["partner"] == partner)
    return {change["property"]: change["after"] for change in one["changes"]}


def local_ranges(found: dict[str, Any], partner: str) -> list[str]:
    """Return the local ranges of the selectors that are set."""
    return [text for one in changes(found, partner)["trafficSelectorPolicies"] for text in one["localAddressRanges"]]


def test_an_open_connection_gets_what_was_signed(fixed: Fixed) -> None:
    """The hub alone, where every network of the gateway would be taken without an agreement; and the signed algorithms."""
    other = {"phase_1": {"encryption": "GCMAES256", "integrity": "SHA384", "group": "ECP256"}}
    found = fixed("1", signed("red", 1, **other), signed("blue", 2))
    assert (local_ranges(found, "red"), local_ranges(found, "blue")) == (["172.16.1.0/24"], ["172.16.1.0/24"])
    (policy,) = changes(found, "red")["ipsecPolicies"]
    assert (policy["ikeEncryption"], policy["dhGroup"]) == ("GCMAES256", "ECP256")
    assert found["without_fix"] == []
    assert all({"S2S-AGR-002", "S2S-AGR-004"} <= set(one["checked"]["gone"]) for one in found["fixes"])


def test_a_slip_on_paper_widens_nothing(fixed: Fixed) -> None:
    """The agreed range is in none of our networks: the connection stays, and what is left says where to look."""
    found = fixed("5", signed("red", 1), signed("blue", 2, local=["172.16.11.0/24"]))
    assert found["fixes"] == []
    (blue,) = found["without_fix"]
    (obstacle,) = blue["obstacles"]
    assert obstacle["requirement"] == "its own settings are as they should be, and S2S-AGR-002 stays"
    assert "sign it anew" in obstacle["instead"]


def test_weak_algorithms_are_not_taken_from_a_paper(fixed: Fixed) -> None:
    """The strong policy stays, and an open connection gets the settings' algorithms with the paper left behind."""
    assert fixed("5", signed("red", 1, **WEAK), signed("blue", 2))["fixes"] == []
    found = fixed("1", signed("red", 1, **WEAK), signed("blue", 2))
    (policy,) = changes(found, "red")["ipsecPolicies"]
    assert policy["ikeIntegrity"] == "SHA384"
    (red,) = (one for one in found["fixes"] if one["partner"] == "red")
    assert [one["control"] for one in red["checked"]["remaining"]] == ["S2S-AGR-004"]


def test_a_strong_policy_over_a_weak_paper_is_a_fix(fixed: Fixed) -> None:
    """What was agreed and configured is weak: the fix brings the paper out of date, and says so."""
    found = fixed("4", signed("red", 1, **WEAK), signed("blue", 2, **WEAK))
    assert {one["partner"] for one in found["fixes"]} == {"red", "blue"}
    assert all([left["control"] for left in one["checked"]["remaining"]] == ["S2S-AGR-004"] for one in found["fixes"])


def test_a_connection_that_nobody_signed_for_is_hardened_all_the_same(fixed: Fixed) -> None:
    """What a change of the connection cannot end does not stop it from ending the rest."""
    found = fixed("1", signed("red", 1))
    (blue,) = (one for one in found["fixes"] if one["partner"] == "blue")
    assert [one["control"] for one in blue["checked"]["remaining"]] == ["S2S-AGR-001"]


def test_an_expired_agreement_is_renewed_and_not_configured(fixed: Fixed) -> None:
    """Nothing is changed, and the reason is the one that helps."""
    found = fixed("5", signed("red", 1), signed("blue", 2), day=("--today", "2027-06-01"))
    assert found["fixes"] == []
    assert {one["obstacles"][0]["instead"] for one in found["without_fix"]} == {"renew the agreement, or remove the connection"}
