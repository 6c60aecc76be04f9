"""TAP: readers of Python and of Perl see what the run found, and fail where it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tap.line import Line, Result
from tap.parser import Parser

from s2sguard.report.entries import entries
from s2sguard.report.interface import Report
from s2sguard.report.outcome import exit_code
from s2sguard.report.printable import printable
from s2sguard.report.tap import TapRenderer
from tests.golden.cases import CASES, accepted, clean, doubtful, hostile, nothing_to_judge, template
from tests.unit.report.hostile import HOSTILE


def lines(built: Report) -> list[Line]:
    """Return the lines as the parser reads them."""
    return list(Parser().parse_text(TapRenderer().render(built)))


def points(built: Report) -> list[Result]:
    """Return the test points, with their YAML."""
    return [line for line in lines(built) if isinstance(line, Result)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_entry_is_a_test_point(case: Callable[[], Report]) -> None:
    """One point for each entry, numbered, as planned; `ok` is a pass and nothing else, and TODO what does not fail."""
    found = list(entries(case()))
    assert [(point.number, point.ok, point.todo, point.skip) for point in points(case())] == [
        (number, entry.mark == "passes", entry.mark == "shown", False) for number, entry in enumerate(found, 1)
    ]
    assert [line.category for line in lines(case())][:2] == ["version", "plan"]
    assert "unknown" not in {line.category for line in lines(case())}


@pytest.mark.parametrize("evil", HOSTILE)
def test_no_name_is_a_directive_or_a_line(evil: str) -> None:
    """A hostile name stays in the description and the YAML: same points, same directives, no other line."""
    found, expected = lines(hostile(evil)), lines(hostile("x"))
    assert [line.category for line in found] == [line.category for line in expected]
    for one, other in zip(found, expected, strict=True):
        if isinstance(one, Result):
            assert isinstance(other, Result)
            assert (one.ok, one.todo, one.skip, one.number) == (other.ok, other.todo, other.skip, other.number)
    assert points(hostile(evil))[0].yaml_block["message"] == printable(f"mode {evil}; connection mode is Default")


def test_diagnostics_are_yaml() -> None:
    """The block of a finding reads back as what it says, lines as numbers."""
    block = points(template())[2].yaml_block
    assert (block["file"], block["line"], block["column"], block["severity"]) == ("infra/main.json", 87, 5, "critical")
    assert block["packet"] == "10.1.0.10 -> 10.2.0.10, in by to-red, out by to-blue"
    key = points(template())[3].yaml_block
    assert "pointer" not in key
    assert points(doubtful())[5].yaml_block["resource"].endswith("/connections/to-red")


def test_the_reason_follows_the_directive() -> None:
    """TODO says why a point does not fail."""
    assert "(owner network team, ticket NET-42, until 2026-06-30)" in points(accepted())[0].directive.text


def test_nothing_to_judge_is_a_skipped_plan() -> None:
    """A run without any verdict or gap is a plan of none, skipped with a reason."""
    assert TapRenderer().render(nothing_to_judge()).splitlines()[1] == "1..0 # SKIP nothing to judge"


@pytest.mark.may_skip("Perl is not on every machine")
@pytest.mark.parametrize("case", [*CASES, clean], ids=lambda case: case.__name__)
def test_prove_agrees_with_the_exit_code(case: Callable[[], Report], tmp_path: Path) -> None:
    """Perl's harness takes the text without a parse error and fails exactly where the run does."""
    program = shutil.which("prove")
    if program is None:
        pytest.skip("prove is not here")
    (tmp_path / "report.tap").write_text(TapRenderer().render(case()), encoding="utf-8")
    done = subprocess.run(
        [program, "--exec", "cat", "report.tap"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("Parse errors" in done.stdout, done.returncode != 0) == (False, exit_code(case()) != 0)
