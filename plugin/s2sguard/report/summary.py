"""Counting a report: how many findings of which severity, and whether anything was read at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from s2sguard.evaluate.verdict import Severity, Status, Verdict
from s2sguard.report.interface import Report, heads

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
"""Worst first."""
STATUSES: tuple[Status, ...] = ("error", "fail", "unknown", "pass")
RANK: dict[Severity, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """True counts over a whole report."""

    statuses: dict[Status, int]
    findings: dict[Severity, int]
    """Every finding, also what is accepted."""
    accepted: dict[Severity, int]
    """Findings that a waiver or the baseline accepts: part of `findings`, and no reason to fail."""
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
    statuses: Counter[Status] = Counter()
    findings: Counter[Severity] = Counter()
    accepted: Counter[Severity] = Counter()
    unknowns: Counter[Severity] = Counter()
    # Hashes of 64 bits: the ids of 100 000 connections would take a quarter of a run's memory, and two hashes of them are equal once in
    # a billion runs.
    failing: set[int] = set()
    for verdict in heads(report):
        statuses[verdict.status] += 1
        if verdict.status == "fail":
            findings[verdict.severity] += 1
            accepted[verdict.severity] += not verdict.counts
            failing.add(hash(verdict.resource))
        elif verdict.status == "unknown":
            unknowns[verdict.severity] += 1
    statuses["pass"] = len(report.verdicts) - sum(statuses[status] for status in STATUSES if status != "pass")
    return Summary(
        statuses={status: statuses[status] for status in STATUSES},
        findings=_by_severity(findings),
        accepted=_by_severity(accepted),
        unknowns=_by_severity(unknowns),
        failing_resources=len(failing),
        resources=sum(report.resources.values()),
        gaps=len(report.gaps),
        answered=report.answered,
    )


def worst_first(verdict: Verdict) -> tuple[int, str, str, str]:
    """Sort key: severity, control, resource."""
    return RANK[verdict.severity], verdict.control_id, verdict.resource_name.casefold(), verdict.resource


def _by_severity(found: Counter[Severity]) -> dict[Severity, int]:
    return {severity: found[severity] for severity in SEVERITIES}
