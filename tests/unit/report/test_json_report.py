"""The report for machines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import s2sguard.report.json_report as module
from s2sguard.evaluate.verdict import Acceptance, Verdict
from s2sguard.model.inventory import Gap, Source
from s2sguard.report.interface import Report
from s2sguard.report.json_report import JsonRenderer
from tests.unit.report.builders import gateway, report, transit, verdict

SCHEMA = json.loads(Path(module.__file__).with_name("report.schema.json").read_text(encoding="utf-8"))
ACCEPTED = Acceptance(kind="waiver", reason="old device", owner="network", ticket="INC-1", expires=date(2026, 12, 31))
GAP = Gap(kind="missing-reference", reason="not in the input", source=Source(file="a.json", pointer="/x"), resource="/id")


def rendered(built: Report, *, with_facts: bool = False) -> dict[str, Any]:
    """Return the report as it is parsed again."""
    parsed: dict[str, Any] = json.loads(JsonRenderer(with_facts=with_facts).render(built))
    return parsed


@pytest.mark.parametrize(
    "built",
    [
        report(),
        report(
            transit(), verdict(status="unknown"), verdict("x", "error"), gaps=(GAP, replace(GAP, source=None, resource=None)), notes=("n",)
        ),
        report(gateways=[], connections=[], resources={}),
        report(replace(transit(), acceptance=ACCEPTED)),
        report(gateways=[gateway(complete=False, incomplete_reason="r", feasibility={"native": False, "reasons": ["r"]})]),
    ],
    ids=["clean", "everything", "nothing", "accepted", "incomplete"],
)
def test_every_report_fits_its_schema(built: Report) -> None:
    """Whatever a report holds, it validates against the shipped schema, which allows no other keys."""
    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors(rendered(built, with_facts=True))) == []


def test_a_verdict_has_the_keys_of_the_contract() -> None:
    """Automation relies on these keys; `from` and `to` of the witness are connection ids."""
    (found,) = rendered(report(transit()))["verdicts"]
    assert {"control_id", "control", "resource", "status", "severity", "certainty", "message"} <= found.keys()
    assert (found["witness"]["from"], found["witness"]["to"], found["pairs"]) == (
        found["resource"],
        found["resource"].replace("red", "blue"),
        1,
    )


def test_a_key_without_a_value_is_absent() -> None:
    """A pass has no witness, and no null either."""
    (found,) = rendered(report(replace(verdict(status="pass"), source=None, gateway=None, partner=None, details=(), fix="")))["verdicts"]
    absent = {"acceptance", "witness", "witnesses", "pairs", "source", "gateway", "partner", "details", "fix", "advice"}
    assert absent & found.keys() == set()
    assert None not in found.values()


def test_every_field_of_a_verdict_is_reported() -> None:
    """A field added to the verdict is added to the report, or its absence is decided."""
    made = transit()
    assert made.witness is not None
    full = replace(made, advice=("a",), details=("one", "two"), witnesses=(made.witness, made.witness), acceptance=ACCEPTED)
    (found,) = rendered(report(full))["verdicts"]
    assert found.keys() == set(Verdict.__dataclass_fields__)


def test_nothing_is_said_twice() -> None:
    """One message is no list of messages, one witness no list of witnesses, and a pass needs no fix."""
    (found,) = rendered(report(replace(transit(), details=("one",))))["verdicts"]
    assert {"details", "witnesses"} & found.keys() == set()
    (passed,) = rendered(report(replace(verdict(status="pass"), fix="nothing")))["verdicts"]
    assert "fix" not in passed


def test_an_accepted_finding_stays_and_says_why() -> None:
    """It is still a failed verdict; who accepted it, why and until when stand beside it, and what is not set is absent."""
    (found,) = rendered(report(replace(transit(), acceptance=ACCEPTED)))["verdicts"]
    assert (found["status"], found["acceptance"]) == (
        "fail",
        {"kind": "waiver", "reason": "old device", "owner": "network", "ticket": "INC-1", "expires": "2026-12-31"},
    )
    (found,) = rendered(report(replace(transit(), acceptance=Acceptance(kind="baseline", reason="older"))))["verdicts"]
    assert found["acceptance"] == {"kind": "baseline", "reason": "older"}


def test_passes_are_evidence() -> None:
    """A passed verdict is in the report: an audit needs to see what was judged."""
    assert [found["status"] for found in rendered(report(verdict(status="pass")))["verdicts"]] == ["pass"]


def test_equal_reports_give_equal_bytes() -> None:
    """Nothing in the text depends on anything but the report."""
    one, two = (JsonRenderer(with_facts=True).render(report(transit(), verdict())) for _ in range(2))
    assert one == two


def test_each_verdict_stands_on_its_own_line() -> None:
    """Two reports can be compared line by line."""
    text = JsonRenderer().render(report(transit(), verdict()))
    assert [json.loads(line.rstrip(","))["control_id"] for line in text.splitlines() if line.startswith('{"control_id"')] == [
        "S2S-ISO-001",
        "S2S-IKE-001",
    ]


def test_no_name_can_act_on_a_terminal() -> None:
    """The text is ASCII: escapes and direction overrides are JSON escapes, and come back as they were."""
    evil = "to-\x1b[2Jred\u202e\ud800"
    built = report(replace(verdict(), resource_name=evil))
    text = JsonRenderer().render(built)
    assert all(line.isascii() and line.isprintable() for line in text.splitlines())
    assert json.loads(text)["verdicts"][0]["resource_name"] == evil


def test_the_summary_counts_truly() -> None:
    """Counts are of verdicts, by status and severity."""
    accepted = replace(transit(), acceptance=ACCEPTED)
    found = rendered(report(accepted, verdict(), verdict("x", "unknown", severity="low"), verdict("x", "pass"), gaps=(GAP,)))["summary"]
    assert found == {
        "verdicts": 4,
        "by_status": {"error": 0, "fail": 2, "unknown": 1, "pass": 1},
        "findings_by_severity": {"critical": 1, "high": 1, "medium": 0, "low": 0},
        "accepted_by_severity": {"critical": 1, "high": 0, "medium": 0, "low": 0},
        "unknown_by_severity": {"critical": 0, "high": 0, "medium": 0, "low": 1},
        "failing_resources": 1,
        "gaps": 1,
        "resources": {"Microsoft.Network/connections": 2},
        "nothing_read": False,
    }


def test_facts_are_there_only_when_asked_for() -> None:
    """The facts document is large, so it is left out unless `--with-facts` is given."""
    built = report()
    assert "facts" not in rendered(built)
    assert rendered(built, with_facts=True)["facts"] == built.facts
