"""Every format says what the exit code says: for random reports, as each format's own reader reads them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml
from tap.line import Result
from tap.parser import Parser

from s2sguard.evaluate.verdict import Acceptance, Severity, Status, Verdict
from s2sguard.model.inventory import Gap, Source
from s2sguard.report.formats import FORMATS, renderer
from s2sguard.report.interface import Report
from s2sguard.report.outcome import exit_code, failing, incomplete, result
from tests.unit.report.builders import report, transit, verdict
from tests.unit.report.services import azure_commands, github_commands

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
STATUSES: tuple[Status, ...] = ("fail", "fail", "unknown", "error", "pass")
ACCEPTANCES = (
    None,
    Acceptance(kind="waiver", reason="agreed", owner="ann", expires=date(2026, 6, 30)),
    Acceptance(kind="baseline", reason="in the baseline"),
)
GAPS = (
    Gap(kind="not-json", reason="not JSON", source=Source(file="a.json")),
    Gap(kind="missing-reference", reason="gone", resource="/x/y"),
    Gap(kind="unknown-shape", reason="odd", source=Source(file="-", pointer="/0")),
)


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    """A verdict of any status and severity; only a finding can be accepted."""
    status = draw(st.sampled_from(STATUSES))
    base = draw(st.sampled_from((verdict("to-red"), verdict("to-blue"), transit())))
    accepted = draw(st.sampled_from(ACCEPTANCES)) if status == "fail" else None
    return replace(base, status=status, severity=draw(st.sampled_from(SEVERITIES)), acceptance=accepted)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report of up to 25 verdicts, enough to pass the limit of ten annotations."""
    built = report(
        *draw(st.lists(verdicts(), max_size=25)),
        gaps=tuple(draw(st.lists(st.sampled_from(GAPS), max_size=3))),
        resources=draw(st.sampled_from(({}, {"Microsoft.Network/connections": 2}))),
    )
    return replace(
        built,
        answered=draw(st.booleans()),
        fail_on=draw(st.sampled_from((*SEVERITIES, "never"))),
        fail_on_unknown=draw(st.booleans()),
        fail_on_gap=draw(st.booleans()),
    )


@given(reports())
def test_the_exit_code_follows_its_reasons(built: Report) -> None:
    """1 for findings that count, else 3 for what is not complete, else 0; the line about it names all reasons."""
    expected = 1 if failing(built) else 3 if list(incomplete(built)) else 0
    reasons = bool(failing(built)) + len(list(incomplete(built)))
    assert exit_code(built) == expected
    assert (result(built).startswith(f"exit code {expected}"), result(built).count("; ")) == (True, max(reasons - 1, 0))


@given(reports())
def test_junit_agrees(built: Report) -> None:
    """Failures are the findings that fail the run; errors are there exactly when it is not complete."""
    found = [kind for suite in JUnitXml.fromstring(renderer("junit").render(built).encode()) for case in suite for kind in case.result]
    assert sum(isinstance(kind, Failure) for kind in found) == len(failing(built))
    assert any(isinstance(kind, Error) for kind in found) == any(incomplete(built))


@given(reports())
def test_tap_agrees(built: Report) -> None:
    """A point that is not ok and has no directive is there exactly when the run fails."""
    points = [line for line in Parser().parse_text(renderer("tap").render(built)) if isinstance(line, Result)]
    assert any(not point.ok and not point.todo and not point.skip for point in points) == (exit_code(built) != 0)


@given(reports())
def test_annotations_agree(built: Report) -> None:
    """GitHub gets an error exactly when the run fails, and the same result in words."""
    found = github_commands(renderer("github").render(built))
    assert any(command.name == "error" for command in found) == (exit_code(built) != 0)
    assert found[-1].data.splitlines()[1] == result(built)


@given(reports())
def test_logging_commands_agree(built: Report) -> None:
    """Azure DevOps gets an error and a failed step exactly when the run fails, else issues exactly when there is a warning."""
    found = azure_commands(renderer("azuredevops").render(built))
    types = {command.properties["type"] for command in found if command.name == "task.logissue"}
    ended = [command.properties["result"] for command in found if command.name == "task.complete"]
    assert ("error" in types) == (exit_code(built) != 0)
    assert ended == (["Failed"] if exit_code(built) else ["SucceededWithIssues"] if "warning" in types else [])


@given(reports())
def test_csv_agrees(built: Report) -> None:
    """A row that fails the run is there exactly when it fails."""
    rows = csv.DictReader(io.StringIO(renderer("csv").render(built), newline=""))
    assert any(row["fails_run"] == "yes" for row in rows) == (exit_code(built) != 0)


@given(reports())
def test_sarif_agrees(built: Report) -> None:
    """SARIF has the exit code, is successful exactly when complete, and a live finding wherever one fails the run."""
    (run,) = json.loads(renderer("sarif", pages=lambda _: "").render(built))["runs"]
    (ended,) = run["invocations"]
    live = [found for found in run["results"] if found["kind"] == "fail" and not found["suppressions"]]
    assert (ended["exitCode"], ended["executionSuccessful"]) == (exit_code(built), not any(incomplete(built)))
    assert len(live) >= len(failing(built))
    assert all(found["level"] == "none" for found in run["results"] if found["kind"] == "open")


@given(reports())
def test_every_format_for_pipelines_says_the_exit_code(built: Report) -> None:
    """The words `exit code N` are in every format but the table and the JSON report, which have their own."""
    for name in set(FORMATS) - {"table", "json"}:
        assert f"exit code {exit_code(built)}" in renderer(name, **({"pages": lambda _: ""} if name == "sarif" else {})).render(built)
