"""A report as one flat list: what every format for pipelines shows of a verdict or a gap, and what it does to the exit code.

Nothing here is escaped but names: each format escapes for its own medium.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from s2sguard.evaluate.verdict import Acceptance, Verdict
from s2sguard.model.inventory import Gap, Position, Source
from s2sguard.report.interface import Report
from s2sguard.report.names import Names, report_names
from s2sguard.report.outcome import WHOLE_FILE, bearing
from s2sguard.report.packet import Packets
from s2sguard.report.style import Style
from s2sguard.report.summary import RANK, summarise

PACKET = ": a packet from "
"""What starts the packet in a message (`proof` in policies/s2sguard/lib/transit.rego)."""
STANDARD_INPUT = "-"

Mark: TypeAlias = Literal["fails", "incomplete", "shown", "passes"]
"""Ends the run with 1; keeps it from being complete (3); is visible and changes nothing; is no finding."""
Kind: TypeAlias = Literal["fail", "accepted", "unknown", "error", "pass", "gap"]
ORDER: dict[Mark, int] = {"fails": 0, "incomplete": 1, "shown": 2, "passes": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One verdict or one gap."""

    mark: Mark
    kind: Kind
    control: str
    """Control id; the kind of the gap for a gap."""
    title: str
    name: str
    """The name of the resource that the whole report uses; printable; empty for a gap that touches none."""
    messages: tuple[str, ...]
    """At least one."""
    aside: str = ""
    """Why it is shown and does not fail; empty for everything else."""
    packet: str = ""
    """The witness in one line; printable."""
    source: Source | None = None
    position: Position | None = None
    resource: str = ""
    """Its id, unescaped; empty for a gap that touches none."""
    verdict: Verdict | None = None
    """None for a gap."""

    @property
    def file(self) -> str:
        """Return the file it is written in, with `/`, as it was named; empty for standard input and where none is known."""
        return "" if self.source is None else file_of(self.source)

    @property
    def place(self) -> str:
        """Return where it is written, for people: `file:line`, `file#/pointer`, `standard input`, or empty."""
        if self.source is None:
            return ""
        file = self.file or "standard input"
        if self.position is not None:
            return f"{file}:{self.position.line}"
        return f"{file}#{self.source.pointer}" if self.source.pointer else file

    @property
    def head(self) -> str:
        """Return one line that says what it is about: control or kind of gap, title, and resource where there is one."""
        about = f"{self.title} ({self.control})" if self.verdict is None else f"{self.control} {self.title}"
        return f"{about}: {self.name}" if self.name else about


def file_of(source: Source) -> str:
    """Return the file of a source with `/`, without `./` in front; empty for standard input."""
    return "" if source.file == STANDARD_INPUT else Path(source.file).as_posix()


def entries(report: Report) -> Iterator[Entry]:
    """Yield every verdict in the order of the report, then every gap; first of all an entry of its own where nothing was read."""
    if summarise(report).nothing_read:
        text = "no resource in this input, so this is not a clean result"
        yield Entry(mark="incomplete", kind="gap", control="nothing-read", title="Nothing was read", name="", messages=(text,))
    names = report_names(report)
    packets = Packets(report.facts, names, Style())
    for verdict in report.verdicts:
        yield _of_verdict(report, verdict, names, packets)
    for gap in report.gaps:
        yield _of_gap(report, gap, names)


def worst_entry_first(entry: Entry) -> tuple[int, int, str, str]:
    """Sort key: what it does to the exit code, severity, control, resource."""
    severity = len(RANK) if entry.verdict is None else RANK[entry.verdict.severity]
    return ORDER[entry.mark], severity, entry.control, entry.name.casefold()


def accepted_because(acceptance: Acceptance) -> str:
    """Return in one line who accepted a finding, why, and until when; unescaped."""
    if acceptance.kind == "baseline":
        return acceptance.reason
    facts = (
        f"owner {acceptance.owner}" if acceptance.owner else "",
        f"ticket {acceptance.ticket}" if acceptance.ticket else "",
        f"until {acceptance.expires.isoformat()}" if acceptance.expires else "",
    )
    known = ", ".join(filter(None, facts))
    return f"waived: {acceptance.reason}" + (f" ({known})" if known else "")


def short_message(verdict: Verdict) -> str:
    """Return a verdict's message without its packet, which is told with the names of the report and differs for each connection."""
    return verdict.message if verdict.witness is None else verdict.message.partition(PACKET)[0]


def _of_verdict(report: Report, verdict: Verdict, names: Names, packets: Packets) -> Entry:
    mark = _mark(report, verdict)
    return Entry(
        mark=mark,
        kind="accepted" if verdict.status == "fail" and not verdict.counts else verdict.status,
        control=verdict.control_id,
        title=verdict.title,
        name=names[verdict.resource],
        messages=_messages(verdict),
        aside=_aside(report, verdict) if mark == "shown" else "",
        packet="" if verdict.witness is None or verdict.status == "pass" else packets.route(verdict.witness),
        source=verdict.source,
        position=None if verdict.source is None else report.positions.get(verdict.source),
        resource=verdict.resource,
        verdict=verdict,
    )


def _messages(verdict: Verdict) -> tuple[str, ...]:
    """Return what is wrong, the chosen message first."""
    others = (text for text in verdict.details if text != verdict.message) if verdict.status != "pass" else ()
    return (short_message(verdict), *others)


def _mark(report: Report, verdict: Verdict) -> Mark:
    if verdict.status == "pass":
        return "passes"
    does = bearing(report, verdict)
    return "shown" if does == "none" else does


def _aside(report: Report, verdict: Verdict) -> str:
    if verdict.acceptance is not None:
        return accepted_because(verdict.acceptance)
    if verdict.status == "unknown" and not report.fail_on_unknown:
        return "unknown, which is not compliant; --fail-on-unknown makes it fail"
    kind = "unknown, " if verdict.status == "unknown" else ""
    if report.fail_on == "never":
        return f"{kind}--fail-on never"
    return f"{kind}severity {verdict.severity}, below --fail-on {report.fail_on}"


def _of_gap(report: Report, gap: Gap, names: Names) -> Entry:
    fails = report.fail_on_gap or gap.kind in WHOLE_FILE
    return Entry(
        mark="incomplete" if fails else "shown",
        kind="gap",
        control=gap.kind,
        title="Not read",
        name="" if gap.resource is None else names[gap.resource],
        messages=(gap.reason,),
        aside="" if fails else "--fail-on-gap makes it fail",
        source=gap.source,
        position=None if gap.source is None else report.positions.get(gap.source),
        resource=gap.resource or "",
    )
