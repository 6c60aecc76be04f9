"""Azure DevOps logging commands: the agent reads back what was meant, and obeys nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from s2sguard.report.azure_devops import AzureDevopsRenderer
from s2sguard.report.entries import entries
from s2sguard.report.interface import Report
from s2sguard.report.issues import level, lines_of
from s2sguard.report.printable import printable
from tests.golden.cases import CASES, accepted, clean, crowded, doubtful, hostile, leaking, template
from tests.unit.report.builders import report, verdict
from tests.unit.report.hostile import HOSTILE
from tests.unit.report.services import Command, azure_commands


def commands(built: Report) -> list[Command]:
    """Return the commands the agent finds."""
    return azure_commands(AzureDevopsRenderer().render(built))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_only_our_commands_are_there(case: Callable[[], Report]) -> None:
    """Issues first, then at most one result of the step, at the very end; the result is said in words as well."""
    text = AzureDevopsRenderer().render(case())
    found = commands(case())
    assert {command.name for command in found} <= {"task.logissue", "task.complete"}
    assert [command.name for command in found[:-1]].count("task.complete") == 0
    assert any(line.startswith("exit code ") for line in text.splitlines())


@pytest.mark.parametrize("evil", HOSTILE)
def test_names_come_back_and_command_nothing(evil: str) -> None:
    """Every issue is decoded to what was meant, what is accepted is no command, and no name completes the step."""
    built = hostile(evil)
    found = {command.data: command for command in commands(built) if command.name == "task.logissue"}
    expected = [entry for entry in entries(built) if level(entry) != "notice"]
    assert len(found) == len(expected)
    for entry in expected:
        command = found["\n".join((printable(entry.head, limit=1500), *lines_of(entry)))]
        assert (command.properties["type"], command.properties.get("sourcepath", "")) == (level(entry), printable(entry.file))
    assert [command.properties for command in commands(built) if command.name == "task.complete"] == [{"result": "Failed"}]


def test_an_issue_is_at_its_line() -> None:
    """File, line, column and control are properties of the issue."""
    assert commands(template())[1].properties == {
        "type": "error",
        "sourcepath": "infra/main.json",
        "linenumber": "87",
        "columnnumber": "5",
        "code": "S2S-ISO-001",
    }


def test_the_step_ends_as_the_run_does() -> None:
    """Failed with the reason for findings and for what is not complete, with issues for warnings, silent when all is well."""
    endings = [commands(case())[-1:] for case in (leaking, doubtful, clean)]
    warned = commands(report(verdict("to-red", "unknown")))[-1:]
    assert [[(command.properties.get("result"), command.data[:11]) for command in ending] for ending in (*endings, warned)] == [
        [("Failed", "exit code 1")],
        [("Failed", "exit code 3")],
        [],
        [("SucceededWithIssues", "see the war")],
    ]


def test_what_is_accepted_is_a_plain_line() -> None:
    """Accepted findings are said, and are no issue of any type; alone they leave the step green."""
    lines = AzureDevopsRenderer().render(accepted()).splitlines()
    assert sum(line.startswith("accepted: ") for line in lines) == 4
    only = replace(accepted(), verdicts=accepted().verdicts[:2])
    assert commands(only) == []


def test_the_rest_is_counted() -> None:
    """Of 80 errors ten are issues, and a line says how many are not."""
    text = AzureDevopsRenderer().render(crowded())
    assert "\nnot shown here: 70 more errors (all of them: --format csv=FILE)\n" in text
    assert len(commands(crowded())) == 11
