"""GitHub annotations: the runner reads back what was meant, and obeys nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from s2sguard.report.entries import entries
from s2sguard.report.github import GithubRenderer
from s2sguard.report.interface import Report
from s2sguard.report.issues import LIMIT, level, lines_of
from s2sguard.report.printable import printable
from tests.golden.cases import CASES, crowded, doubtful, hostile, template
from tests.unit.report.builders import report, verdict
from tests.unit.report.hostile import HOSTILE
from tests.unit.report.services import Command, github_commands


def commands(built: Report) -> list[Command]:
    """Return the commands the runner finds."""
    return github_commands(GithubRenderer().render(built))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_line_is_one_annotation(case: Callable[[], Report]) -> None:
    """Every line is a command, no other than the three levels, at most ten of each, and the last one tells the result."""
    text = GithubRenderer().render(case())
    found = commands(case())
    assert len(found) == len(text.splitlines())
    assert {command.name for command in found} <= {"error", "warning", "notice"}
    assert max(Counter(command.name for command in found).values()) <= LIMIT
    assert (found[-1].name, found[-1].data.splitlines()[1][:10]) == ("notice", "exit code ")


@pytest.mark.parametrize("evil", HOSTILE)
def test_names_come_back_and_command_nothing(evil: str) -> None:
    """Title, file and message of every entry are decoded to what was meant; there is no command more than entries."""
    built = hostile(evil)
    found = commands(built)
    shown = {(command.properties["title"], command.data): command for command in found[:-1]}
    assert len(found) - 1 == len(shown) == sum(entry.mark != "passes" for entry in entries(built))
    for entry in entries(built):
        command = shown[printable(entry.head, limit=1500), "\n".join(lines_of(entry))]
        assert (command.name, command.properties.get("file", "")) == (level(entry), printable(entry.file))


def test_an_annotation_is_at_its_lines() -> None:
    """On one line it has a column, over several lines the last one, and without a known line the place is said in the text."""
    blue, red, *_ = commands(template())
    assert {key: blue.properties.get(key) for key in ("file", "line", "col", "endLine")} == {
        "file": "infra/blue side.json",
        "line": "12",
        "col": "5",
        "endLine": None,
    }
    assert (red.properties["line"], red.properties["endLine"], red.properties.get("col")) == ("87", "121", None)
    assert "at standard input#/value/2" in commands(doubtful())[4].data.splitlines()


def test_the_rest_is_counted() -> None:
    """Of 80 errors ten are annotations, and the last notice says how many are not, and where they are."""
    found = commands(crowded())
    assert [command.name for command in found] == ["error"] * 10 + ["notice"]
    assert "not shown here: 70 more errors (see the step summary; all of them: --format csv=FILE)" in found[-1].data.splitlines()


def test_the_rest_of_each_level_is_counted() -> None:
    """Warnings and accepted findings have limits of their own; one notice is kept for the summary."""
    waived = [one for one in hostile("x").verdicts if one.acceptance is not None]
    many = [replace(one, resource=f"/x/{number}") for number in range(12) for one in (*waived, verdict(severity="low"))]
    found = commands(report(*many))
    assert Counter(command.name for command in found) == {"warning": 10, "notice": 10}
    assert "not shown here: 2 more warnings, 3 more accepted findings" in found[-1].data
