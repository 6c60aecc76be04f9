"""The report as one HTML file.

Its last line is a comment with the SHA-256 of every byte before that line, so that a change shows without any other file:
`head -n -1 report.html | sha256sum`. A digest is no signature; whoever needs one signs the file, whose bytes are the same for equal
reports (`openssl dgst -sign`, `gpg --detach-sign`, `cosign sign-blob`).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from s2sguard.report.entries import entries
from s2sguard.report.gateways import gateway_lines
from s2sguard.report.html.answer import answer_of
from s2sguard.report.html.assets import page_assets, template
from s2sguard.report.html.auditor import auditor_of, gap_rows
from s2sguard.report.html.findings import control_lines, findings_of
from s2sguard.report.html.gateway_view import GatewayViews
from s2sguard.report.html.limits import MOST_GATEWAY_ROWS, MOST_NOTES, Budget, shown
from s2sguard.report.html.matrix import MARKS, WORDS
from s2sguard.report.html.picture import WORDS as TUNNELS
from s2sguard.report.html.trend import trend_of
from s2sguard.report.interface import Report
from s2sguard.report.names import report_names
from s2sguard.report.packet import Packets
from s2sguard.report.style import Style

DIGEST_LINE: Final = "<!-- s2sguard: SHA-256 of the {size} bytes before this line: {digest} -->\n"


class HtmlRenderer:
    """Renders a report as one self-contained page: no network, no other file."""

    def render(self, report: Report) -> str:
        """Return the whole page, and the digest of it as its last line; equal reports give equal bytes."""
        page = _page(report)
        # As it will be written: a file name that is no text has no place in a digest either.
        data = page.encode("utf-8", errors="backslashreplace")
        return page + DIGEST_LINE.format(size=len(data), digest=hashlib.sha256(data).hexdigest())


def _page(report: Report) -> str:
    names, budget = report_names(report), Budget()
    packets = Packets(report.facts, names, Style())
    lines = [replace(line, remarks=tuple(map(shown, line.remarks))) for line in gateway_lines(report, names)]
    found = list(entries(report))
    gateways = list(GatewayViews(report, names, packets, budget).of(lines))
    gaps, more_gaps = gap_rows(report)
    text: str = template().render(
        assets=page_assets(),
        answer=answer_of(report, lines, names, packets),
        auditor=auditor_of(report, names),
        controls=list(control_lines(report, found)),
        findings=findings_of(report, found, names, budget),
        gaps=gaps,
        gaps_total=len(report.gaps),
        gateways=gateways,
        lines=lines[:MOST_GATEWAY_ROWS],
        marks=MARKS,
        more_gaps=more_gaps,
        more_lines=max(0, len(lines) - MOST_GATEWAY_ROWS),
        more_notes=max(0, len(report.notes) - MOST_NOTES),
        notes=[shown(note) for note in report.notes[:MOST_NOTES]],
        run=report.run,
        trend=trend_of(report),
        tunnels=TUNNELS,
        words=WORDS,
    )
    return text if text.endswith("\n") else f"{text}\n"
