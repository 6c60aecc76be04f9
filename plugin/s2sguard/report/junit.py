"""JUnit XML as CI servers read it: a suite for each control, a test case for each resource, a suite `inputs` for gaps and the run.

A failure or an error is what decides the exit code; what is accepted, below `--fail-on`, unknown or unread without failing is skipped,
with a message that says so. Elements and attributes are those of junit-10.xsd of Jenkins' xUnit plug-in, and `file` and `line`
of a test case, which GitLab and CircleCI read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from s2sguard.report.about import about
from s2sguard.report.entries import Entry, entries
from s2sguard.report.interface import Report
from s2sguard.report.printable import printable

INPUTS: Final = "inputs"
TEXT_LIMIT: Final = 1500
"""Characters of one text; a longer one loses its middle."""
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
"""`printable` has written out every character that XML 1.0 forbids."""


class JunitRenderer:
    """Renders a report as JUnit XML."""

    def render(self, report: Report) -> str:
        """Return the whole document, in UTF-8 when it is written."""
        suites: dict[str, list[Entry]] = {INPUTS: []}
        for entry in entries(report):
            suites.setdefault(INPUTS if entry.verdict is None else entry.control, []).append(entry)
        found = [entry for suite in suites.values() for entry in suite]
        extra = 0 if suites[INPUTS] else 1
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_attributes(name='s2sguard', **_counts(found, extra))}>"]
        for name, suite in suites.items():
            lines += _inputs(report, suite) if name == INPUTS else _suite(report, suite)
        lines.append("</testsuites>")
        return "\n".join(lines) + "\n"


def _inputs(report: Report, suite: Sequence[Entry]) -> Iterator[str]:
    timestamp = printable(report.run.started)
    yield f"  <testsuite{_attributes(name=INPUTS, **_counts(suite, 0 if suite else 1), skipped=_skipped(suite), timestamp=timestamp)}>"
    yield "    <properties>"
    for name, value in about(report):
        yield f"      <property{_attributes(name=name, value=value)}/>"
    yield "    </properties>"
    if not suite:
        yield f"    <testcase{_attributes(name='everything was read', classname=INPUTS)}/>"
    for entry in suite:
        name = ": ".join(filter(None, (entry.title, entry.name, entry.place)))
        yield from _case(entry, name, f"{INPUTS}.{entry.control}")
    if report.notes:
        yield f"    <system-out>{_text(report.notes)}</system-out>"
    yield "  </testsuite>"


def _suite(report: Report, suite: Sequence[Entry]) -> Iterator[str]:
    first = suite[0]
    name, timestamp = f"{first.control} {first.title}", printable(report.run.started)
    yield f"  <testsuite{_attributes(name=name, **_counts(suite, 0), skipped=_skipped(suite), timestamp=timestamp)}>"
    for entry in suite:
        yield from _case(entry, entry.name, f"s2sguard.{entry.control}")
    yield "  </testsuite>"


def _case(entry: Entry, name: str, classname: str) -> Iterator[str]:
    line = "" if entry.position is None else str(entry.position.line)
    start = f"    <testcase{_attributes(name=name, classname=classname, file=entry.file, line=line)}"
    if entry.mark == "passes":
        yield f"{start}/>"
        return
    yield f"{start}>"
    kind = entry.kind if entry.verdict is None else entry.verdict.severity
    if entry.mark == "shown":
        yield f"      <skipped{_attributes(message=f'{entry.kind}: {entry.messages[0]} ({entry.aside})', type=kind)}/>"
        yield f"      <system-out>{_text(_details(entry))}</system-out>"
    else:
        element = "failure" if entry.mark == "fails" else "error"
        yield f"      <{element}{_attributes(message=entry.messages[0], type=kind)}>{_text(_details(entry))}</{element}>"
    yield "    </testcase>"


def _details(entry: Entry) -> Iterator[str]:
    yield from entry.messages
    verdict = entry.verdict
    if entry.packet and verdict is not None and verdict.witness is not None:
        yield f"packet: {entry.packet}"
        yield from (f"because {reason}" for reason in verdict.witness["because"])
    if verdict is not None and verdict.status == "fail" and verdict.fix:
        yield f"fix: {verdict.fix}"
    if entry.aside:
        yield entry.aside
    if entry.place:
        yield f"at {entry.place}"
    if entry.resource:
        yield f"resource: {entry.resource}"
    if verdict is not None:
        yield f"fingerprint: {verdict.fingerprint}"


def _counts(suite: Sequence[Entry], extra: int) -> dict[str, str]:
    marks = [entry.mark for entry in suite]
    return {
        "tests": str(len(suite) + extra),
        "failures": str(marks.count("fails")),
        "errors": str(marks.count("incomplete")),
    }


def _skipped(suite: Sequence[Entry]) -> str:
    return str(sum(entry.mark == "shown" for entry in suite))


def _attributes(**values: str) -> str:
    return "".join(f' {key}="{_escaped(value)}"' for key, value in values.items() if value)


def _text(lines: Iterable[str]) -> str:
    return "\n".join(map(_escaped, lines))


def _escaped(text: str) -> str:
    return printable(text, limit=TEXT_LIMIT).translate(ESCAPES)
