"""How a run ends: which findings fail it, what keeps it from being complete, and the exit code (design section 5).

Formats ask here, so that a JUnit failure, a pipeline annotation and the exit code never disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from s2sguard.evaluate.verdict import Severity, Verdict
from s2sguard.model.inventory import GapKind
from s2sguard.report.interface import Report, heads
from s2sguard.report.style import count
from s2sguard.report.summary import SEVERITIES, summarise

CLEAN: Final = 0
FINDINGS: Final = 1
INCOMPLETE: Final = 3

WHOLE_FILE: Final[frozenset[GapKind]] = frozenset({"unreadable-file", "not-json", "too-large", "too-deep"})
"""Gaps that mean a whole input was not read: design section 5 lists unreadable input beside `--fail-on-gap`, not under it."""

Bearing: TypeAlias = Literal["fails", "incomplete", "none"]
"""What one verdict does to the exit code: 1, 3, or nothing."""


def exit_code(report: Report) -> int:
    """Return 1 for findings, else 3 for what could not be completed, else 0.

    A finding is certain and a gap is not, so 1 wins where both hold; the report shows both.
    """
    if any(bearing(report, verdict) == "fails" for verdict in heads(report)):
        return FINDINGS
    return INCOMPLETE if any(incomplete(report)) else CLEAN


def bearing(report: Report, verdict: Verdict) -> Bearing:
    """Return what this verdict does to the exit code. An accepted finding does nothing."""
    if verdict.status == "error":
        return "incomplete"
    if verdict.severity not in at_or_above(report.fail_on):
        return "none"
    if verdict.counts:
        return "fails"
    return "incomplete" if verdict.status == "unknown" and report.fail_on_unknown else "none"


def failing(report: Report) -> tuple[Verdict, ...]:
    """Return the findings that end the run with 1, in the order of the report."""
    return tuple(verdict for verdict in report.verdicts if bearing(report, verdict) == "fails")


def result(report: Report) -> str:
    """Return the exit code and every reason for it in one line, such as `exit code 1: 2 findings at or above --fail-on high`."""
    found = failing(report)
    reasons = [f"{count(len(found), 'finding')} at or above --fail-on {report.fail_on}"] if found else []
    reasons += incomplete(report)
    return f"exit code {exit_code(report)}" + (f": {'; '.join(reasons)}" if reasons else "")


def incomplete(report: Report) -> Iterator[str]:
    """Yield why the run ends with 3 if no finding ends it with 1: one phrase for each reason, nothing when it is complete."""
    if summarise(report).nothing_read:
        yield "no resource was read"
    errors = sum(verdict.status == "error" for verdict in heads(report))
    if errors:
        yield f"{count(errors, 'verdict')} could not be reached"
    whole = sum(gap.kind in WHOLE_FILE for gap in report.gaps)
    if whole:
        yield f"{count(whole, 'input')} could not be read"
    unknown = sum(verdict.status == "unknown" and bearing(report, verdict) == "incomplete" for verdict in heads(report))
    if unknown:
        yield f"{count(unknown, 'unknown verdict')} with --fail-on-unknown"
    if report.fail_on_gap and report.gaps:
        yield f"{count(len(report.gaps), 'gap')} with --fail-on-gap"


def at_or_above(severity: str) -> tuple[Severity, ...]:
    """Return the severities at or above one, worst first; none for `never`."""
    for rank, known in enumerate(SEVERITIES, 1):
        if known == severity:
            return SEVERITIES[:rank]
    return ()
