"""What a SARIF run says of itself: whether it was complete, what could not be read, and what the verdicts rest on (section 3.20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from s2sguard.report.about import about, counted
from s2sguard.report.interface import Report
from s2sguard.report.outcome import WHOLE_FILE, exit_code, incomplete, result
from s2sguard.report.sarif_places import Node, Places, plain

MAX_NOTIFICATIONS: Final = 1000
"""Gaps that are listed; the rest is counted."""


def invocation(report: Report) -> Node:
    """Return how the run ended; it was successful when it reached an answer, which findings are."""
    return {
        "executionSuccessful": not any(incomplete(report)),
        "exitCode": exit_code(report),
        "exitCodeDescription": result(report),
        "startTimeUtc": _utc(report.run.started),
        "endTimeUtc": _utc(report.run.ended),
    }


def notifications(report: Report, places: Places, left_out: int) -> Iterator[Node]:
    """Yield why the run is not complete, each gap, and what is not in the log; `left_out` results did not fit."""
    for reason in incomplete(report):
        yield _notification("incomplete", "error", f"not complete: {reason}")
    for gap in report.gaps[:MAX_NOTIFICATIONS]:
        text = f"not read: {gap.reason}" + (f" ({gap.resource})" if gap.resource else "")
        node = _notification(gap.kind, "error" if gap.kind in WHOLE_FILE else "warning", text)
        if gap.source is not None:
            node["locations"] = [{"physicalLocation": places.of_source(gap.source)}]
        yield node
    more = len(report.gaps) - MAX_NOTIFICATIONS
    if more > 0:
        yield _notification("left-out", "warning", f"{more} more gaps are not listed here")
    if left_out > 0:
        yield _notification("left-out", "warning", f"{left_out} results are left out, for which a run has no room; the worst are in it")
    for note in report.notes:
        yield _notification("note", "note", note)


def properties(report: Report) -> Node:
    """Return what every verdict rests on: engine, policies, assumptions, settings, the residual risk, and all counts."""
    return {**dict(about(report)), "summary": counted(report)}


def _notification(name: str, level: str, text: str) -> Node:
    return {"descriptor": {"id": name}, "level": level, "message": {"text": plain(text)}}


def _utc(time: str) -> str:
    """Return a time as section 3.9 wants it, `Z` for UTC."""
    return time.removesuffix("+00:00") + "Z" if time.endswith("+00:00") else time
