"""The view by requirements: states, evidence, and nothing that sounds more certain than it is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.verdict import Acceptance, Verdict
from s2sguard.model.frameworks import FRAMEWORKS
from s2sguard.model.inventory import Gap
from s2sguard.report.evidence import STATES, Framework, State, evidence_for
from s2sguard.report.formats import EVIDENCE_FORMATS, renderer
from s2sguard.report.interface import Report
from tests.unit.report.builders import report, transit, verdict

CONTROLS = load_pack(Path(__file__).resolve().parents[3] / "policies").controls
WAIVED = Acceptance(kind="waiver", reason="the device is replaced in May", owner="net", ticket="T-1", expires=date(2027, 5, 1))


def finished(*verdicts: Verdict, gaps: tuple[Gap, ...] = ()) -> Report:
    """Return a report that carries the controls of the pack."""
    return replace(report(*verdicts, gaps=gaps), controls=CONTROLS)


def state(found: Framework, requirement: str) -> State:
    """Return the state of one requirement."""
    return next(one.state for one in found.requirements if one.id == requirement)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((), "no evidence"),
        ((verdict("a", "pass"),), "passing"),
        ((verdict("a", "pass"), replace(verdict("b"), acceptance=WAIVED)), "accepted"),
        ((verdict("a", "pass"), replace(verdict("b"), acceptance=WAIVED), verdict("c", "unknown")), "unknown"),
        ((verdict("a", "pass"), verdict("b", "error")), "unknown"),
        ((verdict("a", "unknown"), verdict("b")), "failing"),
    ],
)
def test_the_state_of_a_requirement_is_the_worst_of_its_verdicts(verdicts: tuple[Verdict, ...], expected: State) -> None:
    """Unknown never becomes passing, a waiver never does either, and silence is no evidence."""
    assert state(evidence_for(finished(*verdicts), "nist_800_53"), "AC-4") == expected


def test_a_verdict_counts_only_for_requirements_of_its_control() -> None:
    """Who starts the tunnel says nothing about cryptography."""
    found = evidence_for(finished(verdict("a")), "nis2")
    assert state(found, "21(2)(i)") == "failing"
    assert state(found, "21(2)(h)") == "no evidence"


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("name", EVIDENCE_FORMATS)
def test_every_framework_in_every_format(framework: str, name: str) -> None:
    """Every requirement, every control that speaks for it and what limits the view are in each of them."""
    done = finished(
        verdict("to-red"), transit("to-blue", "to-red"), verdict("to-blue", "unknown"), gaps=(Gap(kind="not-json", reason="no"),)
    )
    found = evidence_for(done, framework)
    text = renderer(name, framework=framework).render(done)
    # Markdown writes punctuation as entities, and the table breaks lines.
    if name != "markdown":
        assert [one.id for one in found.requirements if one.id not in text] == []
    assert [one.control.id for requirement in found.requirements for one in requirement.evidence if one.control.id not in text] == []
    assert "compliant" not in text.lower()
    assert "1 gap" in text or '"not-json"' in text


def test_json_lists_every_verdict_that_is_no_pass() -> None:
    """An auditor can go from a requirement to the finding by its fingerprint."""
    done = finished(verdict("to-red"), verdict("to-blue", "pass"), replace(verdict("to-green"), acceptance=WAIVED))
    document = json.loads(renderer("json", framework="dora").render(done))
    requirement = next(one for one in document["requirements"] if one["id"] == "9(4)(c)")
    control = next(one for one in requirement["controls"] if one["id"] == "S2S-IKE-001")
    assert control["counts"] == {"fail": 1, "error": 0, "unknown": 0, "accepted": 1, "pass": 1}
    assert [(one["outcome"], one["fingerprint"]) for one in control["evidence"]] == [
        ("fail", "s2s-ike-001-to-red"),
        ("accepted", "s2s-ike-001-to-green"),
    ]
    assert control["evidence"][1]["accepted"] == "waived: the device is replaced in May (owner net, ticket T-1, until 2027-05-01)"
    assert sum(document["by_state"].values()) == len(document["requirements"])


def test_the_table_starts_with_what_fails() -> None:
    """The first requirement is the one somebody has to act on, and a long list is cut with a true count."""
    done = finished(*(verdict(f"to-{number}") for number in range(12)))
    lines = renderer("table", framework="iso_27001").render(done).splitlines()
    states = [line.split("  ")[1] for line in lines if line.startswith("  ") and line.strip().startswith(STATES)]
    assert states == sorted(states, key=STATES.index)
    assert states[0] == "failing"
    assert any("4 more (all of them: --format json)" in line for line in lines)


def test_hostile_names_stay_on_their_line() -> None:
    """A resource cannot write a line, a table cell or a command of its own."""
    evil = "x\x1b[2J\n| **passing** | ##vso[task.complete]\n::error::"
    done = finished(replace(verdict(), resource=f"/subscriptions/s/{evil}", resource_name=evil, message=evil))
    for name in EVIDENCE_FORMATS:
        text = renderer(name, framework="nis2").render(done)
        assert "\x1b" not in text
        assert "##vso" not in text
        assert "\n::error" not in text
        assert name != "markdown" or "| **passing** | #" not in text
