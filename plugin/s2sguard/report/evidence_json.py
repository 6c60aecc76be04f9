"""The evidence for a framework, for machines: one JSON object, every verdict that is no pass with its fingerprint."""

from __future__ import annotations

from typing import Any

from s2sguard.evaluate.verdict import Verdict
from s2sguard.report.entries import accepted_because, short_message
from s2sguard.report.evidence import OUTCOMES, Evidence, Requirement, evidence_for, states_of
from s2sguard.report.interface import RESIDUAL_RISK, Report
from s2sguard.report.json_report import gap_node, lines_of_json, run_node

SCHEMA_VERSION = "1"
Node = dict[str, Any]


class EvidenceJson:
    """Renders the evidence for one framework as JSON: equal reports give equal bytes."""

    def __init__(self, framework: str) -> None:
        self._framework = framework

    def render(self, report: Report) -> str:
        """Return one JSON object with a line for each requirement and gap."""
        found = evidence_for(report, self._framework)
        return lines_of_json(
            [
                ("schema_version", SCHEMA_VERSION),
                ("framework", {"key": found.key, "name": found.name, "edition": found.edition, "limit": found.limit}),
                ("run", run_node(report)),
                ("by_state", states_of(found.requirements)),
                ("requirements", [_requirement(requirement) for requirement in found.requirements]),
                ("gaps", [gap_node(gap) for gap in report.gaps]),
                ("residual_risk", RESIDUAL_RISK),
            ]
        )


def _requirement(requirement: Requirement) -> Node:
    return {
        "id": requirement.id,
        "title": requirement.title,
        "state": requirement.state,
        "controls": [_control(evidence) for evidence in requirement.evidence],
    }


def _control(evidence: Evidence) -> Node:
    control = evidence.control
    return {
        "id": control.id,
        "title": control.title,
        "severity": control.severity,
        "state": evidence.state,
        "counts": {outcome: len(evidence.verdicts[outcome]) for outcome in OUTCOMES},
        "evidence": [_verdict(outcome, verdict) for outcome in OUTCOMES[:-1] for verdict in evidence.verdicts[outcome]],
    }


def _verdict(outcome: str, verdict: Verdict) -> Node:
    accepted = {} if verdict.acceptance is None else {"accepted": accepted_because(verdict.acceptance)}
    return {
        "outcome": outcome,
        "resource": verdict.resource,
        "fingerprint": verdict.fingerprint,
        "certainty": verdict.certainty,
        "message": short_message(verdict),
        **accepted,
    }
