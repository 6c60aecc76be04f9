"""Logging commands for Azure Pipelines on standard output (learn.microsoft.com, logging commands).

What decides the exit code is an error, every other finding and unknown is a warning; what somebody accepted is a plain line.
`task.complete` says the same as the exit code, for steps that go on in spite of it, and marks a step with warnings only.
No `task.uploadsummary` here: this format writes no file. The command line adds it where a Markdown report goes to a file.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.report.about import about, counted
from s2sguard.report.entries import Entry
from s2sguard.report.interface import Report
from s2sguard.report.issues import LIMIT, TEXT_LIMIT, Issues, issues, lines_of
from s2sguard.report.outcome import CLEAN, exit_code, result
from s2sguard.report.printable import printable

DATA = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A"})
PROPERTY = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A", "]": "%5D", ";": "%3B"})
"""What the agent decodes (`Command` in azure-pipelines-agent; `escape` and `escapedata` in azure-pipelines-task-lib)."""


class AzureDevopsRenderer:
    """Renders a report as logging commands, and a few lines for people who read the log."""

    def render(self, report: Report) -> str:
        """Return logging commands and plain lines, one on each line; the result of the step comes last."""
        found = issues(report, limits={"error": LIMIT, "warning": LIMIT, "notice": LIMIT})
        lines = [line for name, entry in found.shown for line in _issue(name, entry)]
        if found.left_out:
            lines.append(f"not shown here: {found.left_out} (all of them: --format csv=FILE)")
        said = dict(about(report))
        lines += [f"assumptions: {said['assumptions']}", f"residual risk: {said['residual risk']}", counted(report), said["result"]]
        return "\n".join((*lines, *_complete(report, found))) + "\n"


def _issue(name: str, entry: Entry) -> Iterator[str]:
    head = printable(entry.head, limit=TEXT_LIMIT)
    if name == "notice":
        yield f"accepted: {head} ({printable(entry.aside, limit=TEXT_LIMIT)})"
    else:
        yield _command("task.logissue", _properties(name, entry), "\n".join((head, *lines_of(entry))))


def _properties(name: str, entry: Entry) -> Iterator[tuple[str, str]]:
    yield "type", name
    if entry.file:
        yield "sourcepath", printable(entry.file)
        if entry.position is not None:
            yield "linenumber", str(entry.position.line)
            yield "columnnumber", str(entry.position.column)
    yield "code", printable(entry.control)


def _complete(report: Report, found: Issues) -> Iterator[str]:
    """Yield the result of the step where it is not plain success, which the agent assumes."""
    if exit_code(report) != CLEAN:
        yield _command("task.complete", iter((("result", "Failed"),)), result(report))
    elif found.doubtful:
        yield _command("task.complete", iter((("result", "SucceededWithIssues"),)), "see the warnings")


def _command(name: str, properties: Iterator[tuple[str, str]], text: str) -> str:
    given = "".join(f"{key}={value.translate(PROPERTY)};" for key, value in properties)
    return f"##vso[{name} {given}]{text.translate(DATA)}"
