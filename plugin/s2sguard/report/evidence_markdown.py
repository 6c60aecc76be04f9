"""The evidence for a framework as Markdown: one table, to paste into an audit file."""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.report.about import about, counted
from s2sguard.report.evidence import OUTCOMES, Evidence, Requirement, evidence_for
from s2sguard.report.interface import Report
from s2sguard.report.markdown import plain
from s2sguard.report.names import Names, report_names
from s2sguard.report.style import some

MAX_RESOURCES = 8


class EvidenceMarkdown:
    """Renders the evidence for one framework as GitHub-flavoured Markdown."""

    def __init__(self, framework: str) -> None:
        self._framework = framework

    def render(self, report: Report) -> str:
        """Return the evidence as Markdown that ends with a line break."""
        found = evidence_for(report, self._framework)
        names = report_names(report)
        lines = [
            f"## {plain(f'{found.name}, {found.edition}')}",
            "",
            plain(f"{found.counted}. {counted(report)}."),
            "",
            plain(found.limit),
            "",
        ]
        lines += ["| requirement | state | control | verdicts | on |", "|---|---|---|---|---|"]
        lines += [row for requirement in found.requirements for row in _rows(requirement, names)]
        lines += ["", *(f"- {name}: {plain(value)}" for name, value in about(report))]
        return "\n".join(lines) + "\n"


def _rows(requirement: Requirement, names: Names) -> Iterator[str]:
    head, state = f"{plain(requirement.id)} {plain(requirement.title)}", f"**{requirement.state}**"
    for evidence in requirement.evidence:
        control = f"{evidence.control.id} {plain(evidence.control.title)}"
        yield f"| {head} | {state} | {control} | {plain(evidence.counted)} | {_resources(evidence, names)} |"
        head, state = "", ""


def _resources(evidence: Evidence, names: Names) -> str:
    found = [
        f"{outcome}: {plain(some([names[verdict.resource] for verdict in evidence.verdicts[outcome]], MAX_RESOURCES))}"
        for outcome in OUTCOMES[:-1]
        if evidence.verdicts[outcome]
    ]
    return "<br>".join(found)
