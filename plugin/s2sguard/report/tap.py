"""Test Anything Protocol, version 13: one test point for each verdict and gap, with a YAML block for all but passes.

Version 13, because the `prove` of many systems refuses 14, and readers of 14 take 13. `ok` is a pass and nothing else.
What decides the exit code is `not ok`. What is visible and does not fail is `not ok # TODO` with the reason: accepted,
below `--fail-on`, unknown, not read. No harness fails on TODO; on `not ok # SKIP` the one of Perl does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from s2sguard.report.about import about
from s2sguard.report.entries import Entry, entries
from s2sguard.report.interface import Report
from s2sguard.report.printable import printable

TEXT_LIMIT = 1500
"""Characters of one line's text; a longer one loses its middle."""
HASH = r"\x23"
"""Written for `#`, which could start a directive: version 13 knows no escapes."""


class TapRenderer:
    """Renders a report as TAP 13."""

    def render(self, report: Report) -> str:
        """Return the version, the plan, the test points, and comments about the run."""
        found = list(entries(report))
        plan = f"1..{len(found)}" if found else "1..0 # SKIP nothing to judge"
        lines = ["TAP version 13", plan]
        for number, entry in enumerate(found, 1):
            lines += _point(number, entry)
        lines += (f"# note: {printable(note, limit=TEXT_LIMIT)}" for note in report.notes)
        lines += (f"# {name}: {value}" for name, value in about(report))
        return "\n".join(lines) + "\n"


def _point(number: int, entry: Entry) -> Iterator[str]:
    status = "ok" if entry.mark == "passes" else "not ok"
    yield f"{status} {number} - {_literal(entry.head)}{_directive(entry)}"
    if entry.mark != "passes":
        yield "  ---"
        for key, value in _diagnostics(entry):
            yield f"  {key}: {value if isinstance(value, int) else json.dumps(value, ensure_ascii=False)}"
        yield "  ..."


def _directive(entry: Entry) -> str:
    if entry.mark != "shown":
        return ""
    return f" # TODO {_literal(entry.aside)}"


def _diagnostics(entry: Entry) -> Iterator[tuple[str, str | int]]:
    verdict = entry.verdict
    yield "message", printable("; ".join(entry.messages), limit=TEXT_LIMIT)
    yield "status", entry.kind
    if verdict is not None:
        yield "severity", verdict.severity
        yield "certainty", verdict.certainty
    if entry.resource:
        yield "resource", printable(entry.resource, limit=TEXT_LIMIT)
    if entry.packet:
        yield "packet", entry.packet
    if verdict is not None and verdict.status == "fail" and verdict.fix:
        yield "fix", printable(verdict.fix, limit=TEXT_LIMIT)
    if entry.source is not None:
        yield "file", printable(entry.file or "standard input")
        if entry.source.pointer:
            yield "pointer", printable(entry.source.pointer)
    if entry.position is not None:
        yield "line", entry.position.line
        yield "column", entry.position.column
    if verdict is not None:
        yield "fingerprint", printable(verdict.fingerprint)


def _literal(text: str) -> str:
    return printable(text, limit=TEXT_LIMIT).replace("#", HASH)
