"""Annotations for GitHub Actions: workflow commands on standard output (docs.github.com, workflow commands).

Every line is a command and everything from outside stands inside one, escaped, so no name can start a command of its own.
A runner keeps ten errors, ten warnings and ten notices of a step: the worst are shown, the last notice counts the rest.
What decides the exit code is an error, every other finding and unknown is a warning, what somebody accepted is a notice.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.report.about import about, counted
from s2sguard.report.entries import Entry
from s2sguard.report.interface import Report
from s2sguard.report.issues import LIMIT, TEXT_LIMIT, issues, lines_of
from s2sguard.report.printable import printable

DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
"""What the runner decodes (`ActionCommand` in actions/runner)."""


class GithubRenderer:
    """Renders a report as annotations."""

    def render(self, report: Report) -> str:
        """Return one workflow command on each line."""
        found = issues(report, limits={"error": LIMIT, "warning": LIMIT, "notice": LIMIT - 1})
        lines = [_command(name, _properties(entry), "\n".join(lines_of(entry))) for name, entry in found.shown]
        rest = (f"not shown here: {found.left_out} (see the step summary; all of them: --format csv=FILE)",) if found.left_out else ()
        said = dict(about(report))
        basis = (f"{name}: {said[name]}" for name in ("assumptions", "residual risk"))
        ending = "\n".join((counted(report), said["result"], *rest, *basis))
        return "\n".join((*lines, _command("notice", (("title", "s2sguard"),), ending))) + "\n"


def _command(name: str, properties: Iterator[tuple[str, str]] | tuple[tuple[str, str], ...], text: str) -> str:
    given = ",".join(f"{key}={value.translate(PROPERTY)}" for key, value in properties)
    return f"::{name} {given}::{text.translate(DATA)}"


def _properties(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.file:
        yield "file", printable(entry.file)
        if entry.position is not None:
            yield "line", str(entry.position.line)
            if entry.position.end_line == entry.position.line:
                # The runner drops columns of what ends on another line.
                yield "col", str(entry.position.column)
            else:
                yield "endLine", str(entry.position.end_line)
    yield "title", printable(entry.head, limit=TEXT_LIMIT)
