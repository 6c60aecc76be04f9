"""The report for a person at a terminal: the answer first, then the proof, then what to fix, then what is not known.

Every name and message is printed through `printable`: what partners and colleagues named their resources is not ours to trust.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s2sguard.evaluate.verdict import Severity, Verdict
from s2sguard.report.gateways import GatewayLine, State, gateway_lines
from s2sguard.report.interface import RESIDUAL_RISK, Report
from s2sguard.report.names import Names, report_names
from s2sguard.report.packet import Packets
from s2sguard.report.printable import printable
from s2sguard.report.style import Colour, Style, count, joined, some
from s2sguard.report.summary import SEVERITIES, Summary, summarise, worst_first

MAX_NAMES = 8
MAX_MESSAGES = 6
MAX_GATEWAYS = 20
MAX_GAPS = 12
MAX_COLUMN = 40
"""Widest column of names; a longer name gets a line of its own."""
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
        sections = (
            self._answer(report, names, summary),
            self._proof(report, names),
            self._verdicts(report, names, "error", "COULD NOT BE JUDGED"),
            self._verdicts(report, names, "fail", "FINDINGS"),
            self._verdicts(report, names, "unknown", "UNKNOWN (not the same as compliant)"),
            self._gaps(report),
            self._remarks(report, names),
            self._ending(report, summary),
        )
        return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"

    def _heading(self, text: str) -> str:
        return self._style.paint(text, "bold")

    def _answer(self, report: Report, names: Names, summary: Summary) -> Iterator[str]:
        if summary.nothing_read:
            yield self._style.paint("NOTHING WAS READ: no resource in this input, so this is not a clean result", "red")
            return
        if not report.facts["connections"]:
            yield self._style.paint(f"nothing to judge: no VPN connections in {count(summary.resources, 'resource')}", "yellow")
            if not report.facts["gateways"]:
                return
        lines = gateway_lines(report, names)
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
        worst = min(proven, key=worst_first)
        if worst.witness is not None:
            packets = Packets(report.facts, names, self._style)
            yield self._heading(f"PROOF OF THE WORST FINDING: {packets.headline(worst.witness)} ({worst.control_id})")
            yield from packets.draw(worst.witness)

    def _verdicts(self, report: Report, names: Names, status: str, title: str) -> Iterator[str]:
        found = sorted((verdict for verdict in report.verdicts if verdict.status == status), key=worst_first)
        if not found:
            return
        yield self._heading(f"{title}: {len(found)}")
        groups: dict[tuple[Severity, str], list[Verdict]] = {}
        for verdict in found:
            groups.setdefault((verdict.severity, verdict.control_id), []).append(verdict)
        for group in groups.values():
            yield from self._group(group, names)

    def _group(self, group: Sequence[Verdict], names: Names) -> Iterator[str]:
        first = group[0]
        severity = self._style.paint(first.severity.upper().ljust(8), SEVERITY_COLOURS[first.severity])
        observed = " [observed]" if any(verdict.certainty == "observed" for verdict in group) else ""
        many = f" ({len(group)} resources)" if len(group) > 1 else ""
        yield f"  {severity}  {self._style.paint(first.control_id, 'bold')}  {printable(first.title)}{many}{observed}"
        messages: dict[str, list[str]] = {}
        for verdict in group:
            messages.setdefault(verdict.message, []).append(names[verdict.resource])
        for message, resources in list(messages.items())[:MAX_MESSAGES]:
            yield from self._style.wrap(some(resources, MAX_NAMES), first=" " * 12)
            yield from self._style.wrap(printable(message), first=" " * 14)
        rest = list(messages.values())[MAX_MESSAGES:]
        if rest:
            yield f"{' ' * 12}and {count(sum(map(len, rest)), 'more resource')} with other messages (all of them: --format json)"
        if first.status != "pass" and first.fix:
            yield from self._style.wrap(printable(first.fix), first=" " * 12 + "fix: ")

    def _gaps(self, report: Report) -> Iterator[str]:
        if not report.gaps:
            return
        yield self._heading(f"NOT READ: {count(len(report.gaps), 'gap')}")
        groups: dict[tuple[str, str], list[str]] = {}
        for gap in report.gaps:
            groups.setdefault((gap.kind, gap.reason), []).append(printable(str(gap.source)) if gap.source else "")
        ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        for (kind, reason), places in ordered[:MAX_GAPS]:
            times = f" ({len(places)} times)" if len(places) > 1 else ""
            yield from self._style.wrap(f"{kind}{times}: {printable(reason)}", first="  ", rest="    ")
            known = sorted(filter(None, set(places)))
            if known:
                yield from self._style.wrap(f"in {some(known, 3)}", first="    ")
        rest = ordered[MAX_GAPS:]
        if rest:
            yield f"  and {count(sum(len(places) for _, places in rest), 'more gap')} for {count(len(rest), 'other reason')}"

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

    def _ending(self, report: Report, summary: Summary) -> Iterator[str]:
        run = report.run
        assumed = ", ".join(f"{name}={str(value).lower()}" for name, value in sorted(run.assumptions.items()))
        yield from self._style.wrap(f"Assumptions: {assumed}.")
        yield from self._style.wrap(f"Judged by s2sguard {printable(run.tool_version)} with policies {run.bundle_digest[:12]}.")
        if run.settings_changed:
            yield from self._style.wrap(f"Settings other than the hardened defaults: {', '.join(run.settings_changed)}.")
        if run.config is not None:
            yield from self._style.wrap(f"Configuration: {printable(run.config)}.")
        yield from self._style.wrap(RESIDUAL_RISK)
        yield ""
        yield self._last_line(report, summary)

    def _last_line(self, report: Report, summary: Summary) -> str:
        findings = joined(f"{summary.findings[severity]} {severity}" for severity in SEVERITIES if summary.findings[severity])
        total = sum(summary.findings.values())
        found = f"{count(total, 'finding')} ({findings}) on {count(summary.failing_resources, 'resource')}" if total else "no findings"
        if summary.nothing_read:
            found = "nothing was read, so nothing was judged"
        errors = f"{summary.statuses['error']} not judged" if summary.statuses["error"] else ""
        counts = f"{summary.statuses['unknown']} unknown, {summary.statuses['pass']} passed"
        engine = f"engine {printable(report.run.engine.name)} {printable(report.run.engine.version)}"
        colour: Colour = "red" if total or errors or summary.nothing_read else "green"
        return f"{self._style.paint(joined((found, errors)), colour)}, {counts}, {count(summary.gaps, 'gap')}; {engine}"
