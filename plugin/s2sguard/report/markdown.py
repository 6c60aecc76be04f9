"""Markdown for pull requests and step summaries: the answer, the proof, what fails, what is accepted, what is not known.

Text from outside is escaped until it is plain text: no markup, no link, no mention of a person, no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from s2sguard.report.about import about, counted
from s2sguard.report.entries import Entry, entries, worst_entry_first
from s2sguard.report.gateways import gateway_lines
from s2sguard.report.interface import Report
from s2sguard.report.names import Names, report_names
from s2sguard.report.outcome import result
from s2sguard.report.packet import Packets
from s2sguard.report.printable import printable
from s2sguard.report.style import Style
from s2sguard.report.summary import worst_first

MAX_ROWS: Final = 200
"""Rows of one table; the rest is counted. A page with thousands of rows is not read."""
TEXT_LIMIT: Final = 600
"""Characters of one cell; a longer one loses its middle."""
_ENTITIES: Final = {character: f"&#{ord(character)};" for character in "\\`*_{}[]()<>#+!|~&:@$\"'-"} | {"\0": "&#8203;"}
_HARMLESS: Final = re.compile(r"(?<=[\w ,.;)])[-():'+](?=[\w ,.;(]|$)|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])")
"""Characters inside plain words: what stands there opens no markup (CommonMark 6.2: `_` between letters is no emphasis)."""
_EMOJI: Final = r"(?<![A-Za-z0-9:]):(?=[\w+-]+:)|:(?=[\w+-]*[g-z_+-][\w+-]*:)"
"""What starts an emoji such as `:+1:`, but no time and no IPv6 address, which somebody will copy."""
_LINKING: Final = re.compile(rf"@|\b(?:GH-|www)(?=\d|\.)|[#!](?=\d)|{_EMOJI}|^\d{{1,9}}(?=[.)](?:\s|$))", re.IGNORECASE)
"""What becomes a link, a mention, an emoji or a list: services look for these after entities are read, so only a break inside helps."""
_BREAK: Final = "\0"
"""Marks a break until everything is escaped; `printable` leaves none in a text."""
_FENCE: Final = "```"


class MarkdownRenderer:
    """Renders a report as GitHub-flavoured Markdown, which GitLab and Azure DevOps show as well."""

    def render(self, report: Report) -> str:
        """Return the whole report as Markdown."""
        names = report_names(report)
        found = sorted(entries(report), key=worst_entry_first)
        sections = (
            _answer(report, names),
            _proof(report, names),
            _table("Findings", [entry for entry in found if entry.kind == "fail"], fix=True),
            _table("Not judged", [entry for entry in found if entry.kind == "error"]),
            _table("Accepted", [entry for entry in found if entry.kind == "accepted"]),
            _table("Unknown (not the same as compliant)", [entry for entry in found if entry.kind == "unknown"]),
            _gaps([entry for entry in found if entry.kind == "gap"]),
            _bullets("Notes", [plain(note) for note in report.notes]),
            _bullets("About this report", [f"{name}: {plain(value)}" for name, value in about(report) if name != "result"]),
        )
        return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"


def plain(text: str) -> str:
    """Return text from outside as Markdown that shows exactly this text, on one line."""
    return _escaped(printable(text, limit=TEXT_LIMIT))


def _escaped(text: str) -> str:
    """Write every character that can be markup as its entity, unless it stands inside plain words."""
    broken = _LINKING.sub(lambda found: found[0] + _BREAK, text)
    kept = {found.start() for found in _HARMLESS.finditer(broken)}
    return "".join(character if at in kept else _ENTITIES.get(character, character) for at, character in enumerate(broken))


def _answer(report: Report, names: Names) -> Iterator[str]:
    yield from (f"## s2sguard: {_escaped(counted(report))}", "", _escaped(result(report)))
    lines = gateway_lines(report, names)
    if lines:
        yield from ("", "| gateway | state | |", "|---|---|---|")
        for line in lines[:MAX_ROWS]:
            text = "; ".join((line.text, *line.remarks))
            yield f"| {_escaped(line.name)} | **{line.state}** | {_escaped(text)} |"
        yield from _more(len(lines), 3)


def _proof(report: Report, names: Names) -> Iterator[str]:
    proven = [(verdict, verdict.witness) for verdict in report.verdicts if verdict.status == "fail" and verdict.witness is not None]
    if proven:
        # What fails the run first: the proof of an accepted finding is no news.
        worst, witness = min(proven, key=lambda found: (not found[0].counts, worst_first(found[0])))
        packets = Packets(report.facts, names, Style())
        title = "Proof" if worst.counts else "Proof of an accepted finding"
        yield f"### {title}: {_escaped(packets.headline(witness))} ({worst.control_id})"
        yield from ("", f"{_FENCE}text")
        yield from (line.replace("`", "'") for line in packets.draw(witness, indent=""))
        yield _FENCE


def _table(title: str, found: Sequence[Entry], *, fix: bool = False) -> Iterator[str]:
    if not found:
        return
    yield from (f"### {title}: {len(found)}", "", "| severity | control | where | what |", "|---|---|---|---|")
    for entry in found[:MAX_ROWS]:
        verdict = entry.verdict
        severity = verdict.severity if verdict is not None else ""
        what = [plain("; ".join(entry.messages))]
        what += [f"packet {_escaped(entry.packet)}"] if entry.packet else []
        what += [f"fix: {plain(verdict.fix)}"] if fix and verdict is not None and verdict.fix else []
        what += [plain(entry.aside)] if entry.aside else []
        yield f"| {severity} | {_escaped(entry.control)} {plain(entry.title)} | {_where(entry)} | {'<br>'.join(what)} |"
    yield from _more(len(found), 4)


def _where(entry: Entry) -> str:
    return "<br>".join(filter(None, (_escaped(entry.name), plain(entry.place))))


def _gaps(found: Sequence[Entry]) -> Iterator[str]:
    if found:
        yield from (f"### Not read: {len(found)}", "", "| kind | where | what |", "|---|---|---|")
        for entry in found[:MAX_ROWS]:
            yield f"| {_escaped(entry.control)} | {_where(entry)} | {plain('; '.join(entry.messages))} |"
        yield from _more(len(found), 3)


def _more(total: int, columns: int) -> Iterator[str]:
    if total > MAX_ROWS:
        yield f"| and {total - MAX_ROWS} more (all of them: `--format json`) |" + " |" * (columns - 1)


def _bullets(title: str, found: Iterable[str]) -> Iterator[str]:
    lines = [f"- {text}" for text in found]
    if lines:
        yield from (f"### {title}", "", *lines)
