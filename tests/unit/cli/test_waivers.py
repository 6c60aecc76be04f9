"""Waivers, the way a person uses them: a file beside the scan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli_estate import BLUE, GATEWAY, RED, lab
from tests.unit.conftest import Ran, Run

Put = Callable[[str, object], Path]
Node = dict[str, Any]

ISO = "S2S-ISO-001"
TODAY = "2026-11-29"
MANY = tuple(f"p{number:02}" for number in range(41))


def waiver(control: str = ISO, **changes: object) -> Node:
    """Return an entry; None takes a key out."""
    entry: Node = {"control": control, "reason": "the device is replaced", "owner": "net", "expires": "2027-06-30"} | changes
    return {key: value for key, value in entry.items() if value is not None}


def pair(one: object, other: object, *, gateway: str = GATEWAY, control: str = ISO, **changes: object) -> Node:
    """Return an entry about pairs of partners."""
    return waiver(control, pair={"gateway": gateway, "partners": [one, other]}, **changes)


@pytest.fixture
def scan(run: Run, put: Put) -> Callable[..., Ran]:
    """Return a function that scans partners in stage 1 with waivers."""

    def with_waivers(*waivers: Node, partners: tuple[str, ...] = ("red", "blue"), estate: list[Node] | None = None) -> Ran:
        inventory = put("estate.json", {"value": lab(1, partners) if estate is None else estate})
        file = put("waivers.yaml", {"waivers": list(waivers)})
        return run("scan", inventory, "--waivers", file, "--today", TODAY, "--format", "json")

    return with_waivers


def states(ran: Ran, control: str = ISO) -> dict[str, str]:
    """Return resource name -> state of a control, `waived` where somebody accepted it."""
    found = {}
    for verdict in ran.json["verdicts"]:
        if verdict["control_id"] == control:
            found[verdict["resource_name"]] = "waived" if "acceptance" in verdict else verdict["status"]
    return found


def notes(ran: Ran) -> str:
    """Return the notes of a report as one text."""
    return "\n".join(ran.json["notes"])


def test_ten_of_forty_pairs_leave_thirty_and_the_connection_failing(scan: Callable[..., Ran]) -> None:
    """A finding about forty pairs is accepted as a whole or not at all; what is left is counted."""
    ran = scan(pair("p00", list(MANY[1:11])), partners=MANY)
    found = {verdict["resource_name"]: verdict for verdict in ran.json["verdicts"] if verdict["control_id"] == ISO}
    assert (ran.code, set(states(ran).values())) == (1, {"fail"})
    assert found["to-p00"]["message"].startswith("30 of 40 pairs are not waived (with p11, p12, p13 and 27 more)")
    assert found["to-p01"]["message"].startswith("39 of 40 pairs are not waived")
    assert found["to-p11"]["message"].startswith("two-way transit with 40 other partners")


def test_forty_of_forty_pairs_are_the_finding(scan: Callable[..., Ran]) -> None:
    """All pairs of one connection waived: it is waived; the other ends have other pairs and still fail."""
    ran = scan(pair(list(MANY[1:21]), "p00"), pair("p00", list(MANY[15:])), partners=MANY)
    assert [name for name, state in states(ran).items() if state == "waived"] == ["to-p00"]
    assert ran.json["summary"]["accepted_by_severity"]["critical"] == 1
    assert ran.json["summary"]["findings_by_severity"]["critical"] == 41, "accepted ones are counted too"


def test_a_waived_finding_stays_and_is_counted(scan: Callable[..., Ran], run: Run) -> None:
    """It stays a fail with who accepted it until when, in every count and in every format."""
    plain = scan()
    ran = scan(pair("red", "blue", ticket="INC-1"))
    before, after = plain.json["summary"], ran.json["summary"]
    assert (after["verdicts"], after["by_status"]) == (before["verdicts"], before["by_status"])
    assert after["accepted_by_severity"]["critical"] == before["findings_by_severity"]["critical"] == 2
    (accepted, _) = [verdict["acceptance"] for verdict in ran.json["verdicts"] if "acceptance" in verdict]
    wanted = {"kind": "waiver", "reason": "the device is replaced", "owner": "net", "ticket": "INC-1", "expires": "2027-06-30"}
    assert accepted == wanted
    for style in ("table", "markdown", "sarif", "junit", "tap", "csv", "github", "azuredevops"):
        shown = run("scan", "estate.json", "--waivers", "waivers.yaml", "--today", TODAY, "--format", style)
        assert ISO in shown.out, style


@pytest.mark.parametrize(
    ("expires", "state", "said"),
    [
        (TODAY, "waived", "2 waivers in use will end within 30 days"),
        ("2026-12-29", "waived", "2 waivers in use will end within 30 days"),
        ("2026-12-30", "waived", ""),
        ("2026-11-28", "fail", "expired on 2026-11-28"),
        ("soon", "fail", "without a valid `expires`"),
        ("2026-02-30", "fail", "without a valid `expires`"),
        (None, "fail", "without a valid `expires`"),
    ],
)
def test_the_last_day_counts(scan: Callable[..., Ran], expires: str | None, state: str, said: str) -> None:
    """Expiry is inclusive and announced thirty days before; no day that exists is an expired one, and the report says so."""
    ran = scan(waiver(resource=RED, expires=expires), waiver(resource=BLUE, expires=expires))
    assert set(states(ran).values()) == {state}
    whole = notes(ran) + "".join(verdict["message"] for verdict in ran.json["verdicts"])
    assert said in whole
    assert said or "will end" not in whole


@pytest.mark.parametrize("written", [("red", "blue"), ("blue", "red"), ("RED", ["Blue"]), (["red", "x"], ["blue", "y"])])
@pytest.mark.parametrize("gateway", [GATEWAY, GATEWAY.upper(), "vpngw", GATEWAY + "/"])
def test_a_pair_in_any_order_and_casing(scan: Callable[..., Ran], written: tuple[object, object], gateway: str) -> None:
    """Partners and gateways are compared as Azure does, and a pair has no direction."""
    assert set(states(scan(pair(*written, gateway=gateway))).values()) == {"waived"}


@pytest.mark.parametrize("resource", [RED, RED.upper(), "to-red", "TO-RED", f"{RED}/"])
def test_a_resource_by_id_or_name(scan: Callable[..., Ran], resource: str) -> None:
    """An id in any casing, or the name where it stands for one resource."""
    assert states(scan(waiver(resource=resource))) == {"to-blue": "fail", "to-red": "waived"}


def test_a_name_of_two_resources_waives_neither(scan: Callable[..., Ran]) -> None:
    """Nobody can know which one was meant; the waiver is reported as unused."""
    estate = lab(1)
    twin = next(dict(node) for node in estate if node["id"] == RED)
    twin["id"] = RED.replace("/resourceGroups/lab/", "/resourceGroups/other/")
    ran = scan(waiver(resource="to-red"), estate=[*estate, twin])
    assert "waived" not in states(ran).values()
    assert "1 waiver unused" in notes(ran)


def test_what_waives_nothing_is_said(scan: Callable[..., Ran]) -> None:
    """Unused waivers, controls that do not exist, and pairs for controls that judge none are named with file and line."""
    ran = scan(waiver(resource="/gone"), waiver("S2S-ZZZ-999", resource=RED), pair("red", "blue", control="S2S-IKE-001"))
    assert "1 waiver unused, as no finding of this input matches: S2S-ISO-001 for gone (" in notes(ran)
    assert "1 waiver for a control that does not exist: S2S-ZZZ-999 for to-red (" in notes(ran)
    assert "1 waiver of a pair for a control that judges no pairs" in notes(ran)
    assert "waivers.yaml:1" in notes(ran)


def test_unknown_is_never_waived(scan: Callable[..., Ran]) -> None:
    """Nobody can accept what is not known: the verdict stays unknown and the waiver is named."""
    estate = [node for node in lab(4) if node["id"] != GATEWAY]
    ran = scan(waiver(resource=RED), waiver(resource=BLUE), estate=estate)
    assert set(states(ran).values()) == {"unknown"}
    assert "2 waivers about unknown verdicts only" in notes(ran)


def test_a_broken_file_ends_the_run_in_one_line(run: Run, put: Put) -> None:
    """Half of the waivers would bring findings back unexplained: usage error, with file and line, without a traceback."""
    inventory = put("estate.json", {"value": lab(1)})
    for text in ("waivers: [1]", "waivers: {", "", "- a", "waivers:\n- control: x\n"):
        ran = run("scan", inventory, "--waivers", put("waivers.yaml", text))
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("error: ")
        assert "waivers.yaml:1: " in ran.err or "waivers.yaml:2: " in ran.err or not text
        assert "Traceback" not in ran.err
