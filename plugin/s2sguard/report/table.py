"""The report for a person at a terminal: the answer first, then the proof, then what to fix, then what is not known.

Every name and message is printed through `printable`: what partners and colleagues named their resources is not ours to trust.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from s2sguard.evaluate.verdict import Severity, Verdict
from s2sguard.report.about import assumed, counted
from s2sguard.report.entries import accepted_because
from s2sguard.report.gap_groups import gap_groups
from s2sguard.report.gateways import GatewayLine, State, gateway_lines
from s2sguard.report.interface import RESIDUAL_RISK, Report
from s2sguard.report.names import Names, report_names
from s2sguard.report.open_connections import open_connections
from s2sguard.report.packet import MAX_COLUMN, Packets
from s2sguard.report.places import written_at
from s2sguard.report.printable import printable
from s2sguard.report.remedies import remedy
from s2sguard.report.style import Colour, Style, count, joined, some
from s2sguard.report.summary import Summary, summarise, worst_first
from s2sguard.report.unknowns import doubts

MAX_NAMES = 8
MAX_MESSAGES = 6
MAX_GATEWAYS = 20
MAX_GAPS = 12
MAX_TARGET = 80
"""Characters of what a gap refers to."""
MAX_WORDS = 8
"""Words of a command to copy that name its input."""
NAMED_BY_PROOF = 2
"""Open connections that need no list, as the proof names both ends."""
PACKET = ": a packet from "
"""What starts the packet in a message (`proof` in policies/s2sguard/lib/transit.rego)."""
INDENT = 11
"""Where the names of gateways start."""
SEVERITY_COLOURS: dict[Severity, Colour] = {"critical": "red", "high": "red", "medium": "yellow", "low": "cyan"}
STATE_COLOURS: dict[State, Colour] = {"OPEN": "red", "UNKNOWN": "yellow", "ok": "green"}


class TableRenderer:
    """Renders a report as text of a given style."""

    def __init__(self, style: Style | None = None) -> None:
        self._style = style or Style()

    def render(self, report: Report) -> str:
        """Return the whole report as text that ends with a line break."""
        names = report_names(report)
        summary = summarise(report)
        lines = gateway_lines(report, names)
        sections = (
            self._answer(report, lines, summary),
            self._proof(report, names),
            self._open(report, names, lines),
            self._verdicts(report, names, "error", "COULD NOT BE JUDGED"),
            self._verdicts(report, names, "fail", "FINDINGS"),
            self._accepted(report, names),
            self._unknown(report, names),
            self._gaps(report),
            self._remarks(report, names),
            self._ending(report, lines, summary),
        )
        return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"

    def _heading(self, text: str) -> str:
        return self._style.paint(text, "bold")

    def _answer(self, report: Report, lines: Sequence[GatewayLine], summary: Summary) -> Iterator[str]:
        if summary.nothing_read:
            yield self._style.paint("NOTHING WAS READ: no resource in this input, so this is not a clean result", "red")
            return
        if not report.facts["connections"]:
            yield self._style.paint(f"nothing to judge: no VPN connections in {count(summary.resources, 'resource')}", "yellow")
            if not report.facts["gateways"]:
                return
        yield self._heading("GATEWAYS")
        shown = lines[:MAX_GATEWAYS]
        width = max((len(line.name) for line in shown if len(line.name) <= MAX_COLUMN), default=0)
        for line in shown:
            yield from self._gateway(line, width)
        rest = [line.state for line in lines[MAX_GATEWAYS:]]
        if rest:
            yield f"  and {len(rest)} more: {joined(f'{rest.count(state)} {state}' for state in STATE_COLOURS if state in rest)}"

    def _gateway(self, line: GatewayLine, width: int) -> Iterator[str]:
        state = self._style.paint(line.state.ljust(7), STATE_COLOURS[line.state])
        margin = " " * (INDENT + width + 2)
        text = self._style.wrap(line.text, first=margin)
        if len(line.name) <= width:
            text[0] = text[0].removeprefix(margin)
            yield f"  {state}  {line.name.ljust(width)}  {text[0]}"
            yield from text[1:]
        else:
            yield f"  {state}  {line.name}"
            yield from text
        for remark in line.remarks:
            yield from self._style.wrap(remark, first=margin)

    def _proof(self, report: Report, names: Names) -> Iterator[str]:
        proven = [verdict for verdict in report.verdicts if verdict.status == "fail" and verdict.witness is not None]
        if not proven:
            return
        # What is accepted is no news while something is not.
        worst = min(proven, key=lambda verdict: (not verdict.counts, worst_first(verdict)))
        if worst.witness is not None:
            packets = Packets(report.facts, names, self._style)
            title = f"PROOF OF THE WORST FINDING: {packets.headline(worst.witness)} ({worst.control_id})"
            yield from map(self._heading, self._style.wrap(title, rest="  "))
            yield from packets.draw(worst.witness)
            ends = [packets.owner(worst.witness[end]) for end in ("from", "to")]
            if all(ends):
                # Not wrapped: it is there to be copied.
                yield f"  more:   s2sguard explain {_input(report)} --between {shlex.join(ends)}"

    def _open(self, report: Report, names: Names, lines: Sequence[GatewayLine]) -> Iterator[str]:
        found = open_connections(report, [line.id for line in lines if line.state == "OPEN"])
        if found.count <= NAMED_BY_PROOF:
            return
        yield self._heading(f"OPEN CONNECTIONS: {found.count} of {found.total} take any selector")
        for reason, ids in found.by_reason[:MAX_MESSAGES]:
            yield from self._style.wrap(reason, first=f"  {len(ids)} because ")
            yield from self._style.wrap(some([names[connection] for connection in ids], MAX_NAMES), first=" " * 12)
        rest = found.by_reason[MAX_MESSAGES:]
        if rest:
            yield f"  and {count(sum(len(ids) for _, ids in rest), 'more connection')} for other reasons"

    def _verdicts(self, report: Report, names: Names, status: str, title: str) -> Iterator[str]:
        found = sorted((verdict for verdict in report.verdicts if verdict.status == status and verdict.acceptance is None), key=worst_first)
        if not found:
            return
        yield self._heading(f"{title}: {len(found)}")
        groups: dict[tuple[Severity, str], list[Verdict]] = {}
        for verdict in found:
            groups.setdefault((verdict.severity, verdict.control_id), []).append(verdict)
        for group in groups.values():
            yield from self._group(report, group, names)

    def _group(self, report: Report, group: Sequence[Verdict], names: Names) -> Iterator[str]:
        first = group[0]
        observed = " [observed]" if any(verdict.certainty == "observed" for verdict in group) else ""
        kind = names.kind(verdict.resource for verdict in group)
        many = f" ({count(len(group), kind)})" if len(group) > 1 else ""
        yield from self._headed(first.severity, first.control_id, f"{printable(first.title)}{many}{observed}")
        messages: dict[str, list[Verdict]] = {}
        for verdict in group:
            messages.setdefault(_message(verdict), []).append(verdict)
        ordered = sorted(messages.items(), key=lambda item: -(item[1][0].pairs or 0))
        packets = Packets(report.facts, names, self._style)
        for message, verdicts in ordered[:MAX_MESSAGES]:
            yield from self._style.wrap(some([names[verdict.resource] for verdict in verdicts], MAX_NAMES), first=" " * 12)
            if places := written_at(report, (verdict.source for verdict in verdicts)):
                yield from self._style.wrap(some([printable(place) for place in places], MAX_NAMES), first=" " * 14 + "at ")
            yield from self._style.wrap(printable(message), first=" " * 14)
            if verdicts[0].witness is not None:
                such = "packet: " if len(verdicts) == 1 else "such as "
                yield from self._style.wrap(packets.route(verdicts[0].witness), first=" " * 14 + such)
        rest = [verdict for _, verdicts in ordered[MAX_MESSAGES:] for verdict in verdicts]
        if rest:
            more = f"and {count(len(rest), f'more {kind}')} with other messages (all of them: --format json)"
            yield from self._style.wrap(more, first=" " * 12)
        if first.status == "fail" and first.fix:
            yield from self._style.wrap(printable(first.fix), first=" " * 12 + "fix: ")

    def _accepted(self, report: Report, names: Names) -> Iterator[str]:
        found = sorted((verdict for verdict in report.verdicts if verdict.acceptance is not None), key=worst_first)
        if not found:
            return
        yield self._heading(f"ACCEPTED (still there, and no reason to fail): {len(found)}")
        groups: dict[tuple[str, str, Severity], list[Verdict]] = {}
        for verdict in found:
            why = accepted_because(verdict.acceptance) if verdict.acceptance is not None else ""
            groups.setdefault((verdict.control_id, why, verdict.severity), []).append(verdict)
        for (control, why, severity), verdicts in groups.items():
            resources = some([names[verdict.resource] for verdict in verdicts], MAX_NAMES)
            yield from self._headed(severity, control, resources)
            yield from self._style.wrap(printable(why), first=" " * 12)

    def _headed(self, severity: Severity, head: str, text: str) -> list[str]:
        """Return a heading below `severity`; `head` may be empty."""
        shown = self._style.paint(severity.upper().ljust(8), SEVERITY_COLOURS[severity])
        bold = f"{self._style.paint(head, 'bold')}  " if head else ""
        return self._style.headed(f"  {severity.upper().ljust(8)}  {head}{'  ' if head else ''}", text, f"  {shown}  {bold}")

    def _unknown(self, report: Report, names: Names) -> Iterator[str]:
        verdicts = [verdict for verdict in report.verdicts if verdict.status == "unknown"]
        if not verdicts:
            return
        yield self._heading(f"UNKNOWN (not the same as compliant): {len(verdicts)}")
        found = doubts(verdicts)
        for doubt in found[:MAX_GAPS]:
            yield from self._headed(doubt.verdicts[0].severity, "", printable(doubt.reason))
            resources = doubt.resources()
            on = some([names[resource] for resource in resources], MAX_NAMES)
            yield from self._style.wrap(f"{count(len(resources), names.kind(resources))}: {on}", first=" " * 12 + "on ")
            facts = ", ".join(f"{printable(fact)} ({number})" for fact, number in doubt.facts.items())
            yield from self._style.wrap(facts, first=" " * 12 + "leaves open: ")
            if what := remedy(doubt.reason):
                yield from self._style.wrap(what, first=" " * 12 + "to do: ")
        if found[MAX_GAPS:]:
            yield f"  and {count(len(found) - MAX_GAPS, 'more reason')} (all of them: --format json)"

    def _gaps(self, report: Report) -> Iterator[str]:
        if not report.gaps:
            return
        yield self._heading(f"NOT READ: {count(len(report.gaps), 'gap')}")
        groups = gap_groups(report.gaps)
        for group in groups[:MAX_GAPS]:
            times = f" ({len(group.gaps)} times)" if len(group.gaps) > 1 else ""
            targets = [printable(text, limit=MAX_TARGET) for text in group.targets()]
            such = f": {some(targets, 3)}" if targets else ""
            yield from self._style.wrap(f"{group.kind}{times}: {printable(group.reason())}{such}", first="  ", rest="    ")
            if places := [printable(place) for place in group.places()]:
                yield from self._style.wrap(f"in {some(places, 3)}", first="    ")
        rest = groups[MAX_GAPS:]
        if rest:
            yield f"  and {count(sum(len(group.gaps) for group in rest), 'more gap')} for {count(len(rest), 'other reason')}"

    def _remarks(self, report: Report, names: Names) -> Iterator[str]:
        advice: dict[str, list[str]] = {}
        for verdict in sorted(report.verdicts, key=worst_first):
            for text in verdict.advice:
                advice.setdefault(f"{verdict.control_id}: {text}", []).append(names[verdict.resource])
        if advice or report.notes:
            yield self._heading("NOTES")
        for note in report.notes:
            yield from self._style.wrap(printable(note), first="  ", rest="    ")
        for text, resources in list(advice.items())[:MAX_GAPS]:
            yield from self._style.wrap(f"{printable(text)} ({some(resources, MAX_NAMES)})", first="  ", rest="    ")
        if len(advice) > MAX_GAPS:
            yield f"  and {len(advice) - MAX_GAPS} more pieces of advice (all of them: --format json)"

    def _ending(self, report: Report, lines: Sequence[GatewayLine], summary: Summary) -> Iterator[str]:
        run = report.run
        engine = f"engine {printable(run.engine.name)} {printable(run.engine.version)}"
        yield from self._style.wrap(f"Assumptions: {assumed(run.assumptions)}.")
        policies = f"policies {run.bundle_digest[:12]}"
        yield from self._style.wrap(f"Judged by s2sguard {printable(run.tool_version)} with {policies} and {engine}.")
        if run.settings_changed:
            yield from self._style.wrap(f"Settings other than the hardened defaults: {', '.join(run.settings_changed)}.")
        if run.config is not None:
            yield from self._style.wrap(f"Configuration: {printable(run.config)}.")
        yield from self._style.wrap(RESIDUAL_RISK)
        yield ""
        colour, text = _last_line(lines, summary, counted(report))
        yield from (self._style.paint(line, colour) for line in self._style.wrap(text))


def _last_line(lines: Sequence[GatewayLine], summary: Summary, counted_text: str) -> tuple[Colour, str]:
    """Return what a person reads who reads one line: the gateways by state, then every count."""
    states = [line.state for line in lines]
    by_state = joined(f"{states.count(state)} {state}" for state in STATE_COLOURS if state in states)
    answer = f"gateways: {by_state}; " if by_state else "nothing to judge; "
    if summary.nothing_read:
        answer = ""
    counting = sum(summary.findings.values()) - sum(summary.accepted.values())
    bad = counting or summary.statuses["error"] or summary.nothing_read or "OPEN" in states
    doubtful = not states or summary.statuses["unknown"] or summary.gaps or "UNKNOWN" in states
    return "red" if bad else "yellow" if doubtful else "green", answer + counted_text


def _message(verdict: Verdict) -> str:
    """Return a verdict's message without its packet, which is drawn with the names of the report and differs for each connection."""
    return verdict.message if verdict.witness is None else verdict.message.partition(PACKET)[0]


def _input(report: Report) -> str:
    """Return the input as an argument for a command to copy."""
    words = report.run.again
    return shlex.join(map(printable, words)) if 0 < len(words) <= MAX_WORDS else "..."
