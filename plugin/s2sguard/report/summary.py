"""Counting a report: how many findings of which severity, and whether anything was read at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from s2sguard.evaluate.verdict import Severity, Status, Verdict
from s2sguard.report.interface import Report

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
"""Worst first."""
STATUSES: tuple[Status, ...] = ("error", "fail", "unknown", "pass")
RANK: dict[Severity, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """True counts over a whole report."""

    statuses: dict[Status, int]
    findings: dict[Severity, int]
    unknowns: dict[Severity, int]
    failing_resources: int
    resources: int
    gaps: int
    answered: bool = False

    @property
    def nothing_read(self) -> bool:
        """Say whether no resource was read where there may be some: nothing can be called clean then."""
        return self.resources == 0 and not self.answered


def summarise(report: Report) -> Summary:
    """Count a report."""
    statuses = Counter(verdict.status for verdict in report.verdicts)
    failing = [verdict for verdict in report.verdicts if verdict.status == "fail"]
    return Summary(
        statuses={status: statuses[status] for status in STATUSES},
        findings=_by_severity(failing),
        unknowns=_by_severity([verdict for verdict in report.verdicts if verdict.status == "unknown"]),
        failing_resources=len({verdict.resource for verdict in failing}),
        resources=sum(report.resources.values()),
        gaps=len(report.gaps),
        answered=report.answered,
    )


def worst_first(verdict: Verdict) -> tuple[int, str, str, str]:
    """Sort key: severity, control, resource."""
    return RANK[verdict.severity], verdict.control_id, verdict.resource_name.casefold(), verdict.resource


def _by_severity(verdicts: list[Verdict]) -> dict[Severity, int]:
    found = Counter(verdict.severity for verdict in verdicts)
    return {severity: found[severity] for severity in SEVERITIES}
