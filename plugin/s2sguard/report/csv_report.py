"""One row for each verdict, gap and note (RFC 4180), for spreadsheets and scripts.

Passes are rows too: a sheet that is evidence must show what was checked. `status` tells the rows apart.
No cell can be taken for a formula (OWASP, CSV injection): such a cell starts with an apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from s2sguard.report.about import about
from s2sguard.report.entries import Entry, entries
from s2sguard.report.interface import Report
from s2sguard.report.printable import printable

COLUMNS: Final = (
    "status",
    "severity",
    "control",
    "title",
    "name",
    "gateway",
    "partner",
    "message",
    "packet",
    "pairs",
    "fix",
    "certainty",
    "file",
    "line",
    "column",
    "pointer",
    "accepted_by",
    "accepted_because",
    "owner",
    "ticket",
    "expires",
    "fails_run",
    "resource",
    "fingerprint",
)
"""The header. `status` is fail, accepted, unknown, error, pass, gap or note; `fails_run` is `yes` where the exit code rests on the row."""
FORMULA: Final = re.compile(r"(^|;)(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""What starts a formula, also with blanks around it, and after a semicolon: where the decimal sign is a comma, spreadsheets split there."""


class CsvRenderer:
    """Renders a report as comma-separated values in UTF-8."""

    def render(self, report: Report) -> str:
        """Return the header and all rows, each ended by CR LF."""
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
        writer.writeheader()
        for row in _rows(report):
            writer.writerow({key: cell(value) for key, value in row.items() if value})
        return out.getvalue()


def cell(text: str) -> str:
    """Return text as one printable cell that no spreadsheet computes."""
    shown = printable(text)
    return FORMULA.sub(r"\1\2'", shown)


def _rows(report: Report) -> Iterator[dict[str, str]]:
    for entry in entries(report):
        yield _entry(entry) | _verdict(entry)
    for note in report.notes:
        yield {"status": "note", "message": note}
    for name, value in about(report):
        yield {"status": "note", "title": name, "message": value}


def _entry(entry: Entry) -> dict[str, str]:
    source, position = entry.source, entry.position
    return {
        "status": entry.kind,
        "control": entry.control,
        "title": entry.title,
        "name": entry.name,
        "message": "; ".join(entry.messages),
        "resource": entry.resource,
        "packet": entry.packet,
        "file": "" if source is None else entry.file or "standard input",
        "pointer": "" if source is None else source.pointer,
        "line": "" if position is None else str(position.line),
        "column": "" if position is None else str(position.column),
        "fails_run": "yes" if entry.mark in {"fails", "incomplete"} else "no",
    }


def _verdict(entry: Entry) -> dict[str, str]:
    verdict = entry.verdict
    if verdict is None:
        return {}
    accepted = verdict.acceptance if entry.kind == "accepted" else None
    return {
        "severity": verdict.severity,
        "gateway": verdict.gateway or "",
        "partner": verdict.partner or "",
        "pairs": "" if verdict.pairs is None else str(verdict.pairs),
        "fix": verdict.fix if verdict.status == "fail" else "",
        "certainty": verdict.certainty,
        "accepted_by": "" if accepted is None else accepted.kind,
        "accepted_because": "" if accepted is None else accepted.reason,
        "owner": "" if accepted is None else accepted.owner,
        "ticket": "" if accepted is None else accepted.ticket,
        "expires": "" if accepted is None or accepted.expires is None else accepted.expires.isoformat(),
        "fingerprint": verdict.fingerprint,
    }
