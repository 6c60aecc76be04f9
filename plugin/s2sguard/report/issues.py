"""What the two services with a limit of ten show of a report: the worst entries of each level, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from s2sguard.report.entries import Entry, entries, worst_entry_first
from s2sguard.report.interface import Report
from s2sguard.report.printable import printable
from s2sguard.report.style import count, joined

Level: TypeAlias = Literal["error", "warning", "notice"]

LIMIT: Final = 10
"""Issues of one level and step that are kept: GitHub's and Azure DevOps' agents drop the eleventh (`_maxIssueCount`)."""
TEXT_LIMIT: Final = 1500
"""Characters of one message; a longer one loses its middle."""
WORDS: Final[dict[Level, tuple[str, str]]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "notice": ("accepted finding", "accepted findings"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """The worst entries of each level, at most ten, worst first; and what was left out."""

    shown: tuple[tuple[Level, Entry], ...]
    left_out: str
    """Such as `4 more errors, 1 more warning`; empty when everything is shown."""
    doubtful: bool
    """There are warnings, shown or not."""


def level(entry: Entry) -> Level:
    """Return the level of what is no pass: what decides the exit code is an error, what somebody accepted is only said."""
    if entry.mark in {"fails", "incomplete"}:
        return "error"
    return "notice" if entry.kind == "accepted" else "warning"


def issues(report: Report, *, limits: dict[Level, int]) -> Issues:
    """Return at most as many entries of each level as `limits` says."""
    found: dict[Level, list[Entry]] = {name: [] for name in limits}
    for entry in entries(report):
        if entry.mark != "passes":
            found[level(entry)].append(entry)
    shown = [(name, entry) for name in limits for entry in sorted(found[name], key=worst_entry_first)[: limits[name]]]
    more = {name: max(len(found[name]) - limits[name], 0) for name in limits}
    return Issues(
        shown=tuple(shown),
        left_out=joined(count(more[name], f"more {WORDS[name][0]}", f"more {WORDS[name][1]}") for name in limits if more[name]),
        doubtful=bool(found["warning"]),
    )


def lines_of(entry: Entry) -> Iterable[str]:
    """Yield the lines of one entry's message, each printable: what is wrong, the packet, the fix, why it does not fail, and where.

    The place is said where a service cannot show it: in standard input, and in a file whose line is not known.
    """
    for message in entry.messages:
        yield printable(message, limit=TEXT_LIMIT)
    if entry.packet:
        yield f"packet: {entry.packet}"
    if entry.verdict is not None and entry.verdict.status == "fail" and entry.verdict.fix:
        yield printable(f"fix: {entry.verdict.fix}", limit=TEXT_LIMIT)
    if entry.aside:
        yield printable(entry.aside, limit=TEXT_LIMIT)
    if entry.position is None and entry.place != entry.file:
        yield printable(f"at {entry.place}", limit=TEXT_LIMIT)
