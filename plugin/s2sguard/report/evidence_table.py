"""The evidence for a framework, for a person at a terminal: what fails first, with the resources behind it."""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.evaluate.verdict import Verdict
from s2sguard.report.about import about, counted
from s2sguard.report.entries import accepted_because, short_message
from s2sguard.report.evidence import OUTCOMES, STATES, Evidence, Framework, Requirement, State, evidence_for
from s2sguard.report.interface import Report
from s2sguard.report.names import Names, report_names
from s2sguard.report.printable import printable
from s2sguard.report.style import Colour, Style, count

MAX_RESOURCES = 8
"""Resources listed for one control and outcome; the rest is counted (all of them: `--format json`)."""
COLOURS: dict[State, Colour] = {"failing": "red", "unknown": "yellow", "accepted": "cyan", "passing": "green", "no evidence": "dim"}
_WIDTH = max(map(len, STATES))
_INDENT = " " * (_WIDTH + 4)


class EvidenceTable:
    """Renders the evidence for one framework as text of a given style."""

    def __init__(self, framework: str, style: Style | None = None) -> None:
        self._framework = framework
        self._style = style or Style()

    def render(self, report: Report) -> str:
        """Return the evidence as text that ends with a line break."""
        found = evidence_for(report, self._framework)
        names = report_names(report)
        ordered = sorted(found.requirements, key=lambda requirement: STATES.index(requirement.state))
        sections = (
            self._head(report, found),
            *(self._requirement(requirement, names) for requirement in ordered),
            self._end(report),
        )
        return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"

    def _head(self, report: Report, found: Framework) -> Iterator[str]:
        yield self._style.paint(f"{found.name}, {found.edition}: {found.counted}", "bold")
        yield from self._style.wrap(f"{counted(report)}.")
        yield from self._style.wrap(found.limit)
        if report.gaps:
            yield from self._style.wrap(
                f"{count(len(report.gaps), 'gap')}: what was not read is in no state below; `s2sguard scan` lists it."
            )

    def _requirement(self, requirement: Requirement, names: Names) -> Iterator[str]:
        state = requirement.state
        painted = f"  {self._style.paint(state.ljust(_WIDTH), COLOURS[state])}  {self._style.paint(requirement.id, 'bold')}  "
        yield from self._style.headed(f"  {state.ljust(_WIDTH)}  {requirement.id}  ", requirement.title, painted)
        for evidence in sorted(requirement.evidence, key=lambda one: (STATES.index(one.state), one.control.id)):
            yield from self._evidence(evidence, names)

    def _evidence(self, evidence: Evidence, names: Names) -> Iterator[str]:
        control = evidence.control
        yield from self._style.wrap(f"{printable(control.title)}: {evidence.counted}", first=f"{_INDENT}{control.id}  ")
        for outcome in OUTCOMES[:-1]:
            verdicts = evidence.verdicts[outcome]
            for verdict in verdicts[:MAX_RESOURCES]:
                first = f"{_INDENT}  {outcome}: "
                text = f"{names[verdict.resource]} ({verdict.fingerprint[:12]}): {printable(_said(verdict))}"
                yield from self._style.wrap(text, first=first, rest=f"{_INDENT}    ")
            if len(verdicts) > MAX_RESOURCES:
                yield f"{_INDENT}  {outcome}: {len(verdicts) - MAX_RESOURCES} more (all of them: --format json)"

    def _end(self, report: Report) -> Iterator[str]:
        for name, value in about(report):
            yield from self._style.wrap(f"{name}: {value}")


def _said(verdict: Verdict) -> str:
    return short_message(verdict) if verdict.acceptance is None else accepted_because(verdict.acceptance)
