"""What a pipeline's service gets besides the report: GitHub's step summary, the summary tab of Azure DevOps."""

from __future__ import annotations

from pathlib import Path

import cmarkgfm
import pytest

from s2sguard.cli import pipeline
from s2sguard.cli.pipeline import CUT, MAX_SUMMARY, cut_markdown
from tests.unit.cli_estate import write_lab
from tests.unit.conftest import Run
from tests.unit.report.services import azure_commands, github_commands


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Return a file with the lab in stage 3, which leaks."""
    return write_lab(tmp_path, 3)


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that GitHub would show as the step's summary."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path / "summary.md"


def test_the_step_summary_is_the_markdown_report(run: Run, estate: Path, summary: Path) -> None:
    """With format `github` the report is appended to what earlier commands of the step wrote; standard output has annotations only."""
    summary.write_text("before\n", encoding="utf-8")
    ran = run("scan", estate, "--format", "github")
    assert (ran.code, ran.err, len(github_commands(ran.out))) == (1, "", len(ran.out.splitlines()))
    text = summary.read_text(encoding="utf-8")
    assert (text.startswith("before\n## s2sguard: "), text.count("## s2sguard: ")) == (True, 1)


@pytest.mark.parametrize("arguments", [(), ("--format", "markdown"), ("--format", "azuredevops")])
def test_without_the_format_there_is_no_summary(run: Run, estate: Path, summary: Path, arguments: tuple[str, ...]) -> None:
    """Nobody asked for annotations, so nothing is written besides the report."""
    run("scan", estate, *arguments)
    assert not summary.exists()


def test_annotations_in_a_file_count_too(run: Run, estate: Path, summary: Path) -> None:
    """The format in a file is the format."""
    run("scan", estate, "--format", "github=annotations.txt")
    assert summary.exists()


def test_a_report_that_goes_to_the_summary_is_not_repeated(run: Run, estate: Path, summary: Path) -> None:
    """`--format markdown=$GITHUB_STEP_SUMMARY` is the summary, so there is no second one."""
    run("scan", estate, "--format", "github", "--format", f"markdown={summary}")
    assert summary.read_text(encoding="utf-8").count("## s2sguard: ") == 1


def test_without_a_summary_file_nothing_happens(run: Run, estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of GitHub the annotations are all there is."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    assert run("scan", estate, "--format", "github").err == ""


def test_a_summary_that_cannot_be_written_is_a_warning(run: Run, estate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It was not asked for by name: one line says so, and the exit code stays."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "gone" / "summary.md"))
    ran = run("scan", estate, "--format", "github")
    assert (ran.code, len(ran.err.splitlines()), ran.err.startswith("warning: the step summary `")) == (1, 1, True)


def test_a_summary_holds_what_github_shows(run: Run, estate: Path, summary: Path) -> None:
    """With what is there already it never passes 1 MiB, ends with a note, and a full file gets nothing more."""
    summary.write_text("x" * (MAX_SUMMARY - 1500) + "\n", encoding="utf-8")
    run("scan", estate, "--format", "github")
    assert (summary.stat().st_size <= MAX_SUMMARY, summary.read_text(encoding="utf-8").endswith(CUT)) == (True, True)
    summary.write_text("x" * (MAX_SUMMARY - 10), encoding="utf-8")
    run("scan", estate, "--format", "github")
    assert summary.stat().st_size == MAX_SUMMARY - 10


def test_a_report_that_fits_is_not_cut() -> None:
    """Up to the last byte the text stays as it is; bytes count, not characters."""
    text = "\u00e9" * 100 + "\n"
    assert cut_markdown(text, 201) == text
    assert cut_markdown(text, 200) == CUT
    assert cut_markdown(text, len(CUT.encode()) - 1) == ""


@pytest.mark.parametrize("fence", ["```", "~~~~", "   ````", "```text"])
def test_a_cut_never_hides_the_note(fence: str) -> None:
    """Whole lines are kept as far as they fit, and a code block that is cut is closed, so that the note is shown as text."""
    lines = [f"{fence}\n", *("line\n" for _ in range(100)), f"{fence.removesuffix('text')}\n", "after\n" * 20]
    whole = "".join(lines)
    for limit in range(len(CUT) + 1, len(whole), 7):
        text = cut_markdown(whole, limit)
        assert (len(text.encode()) <= limit, text.endswith(CUT)) == (True, True)
        assert cmarkgfm.github_flavored_markdown_to_html(text).rstrip().endswith("</code>.</strong></p>")


@pytest.mark.parametrize(
    ("line", "opened"),
    [
        ("```", "```"),
        ("    ```", ""),
        ("``", ""),
        ("``` a`b", ""),
        ("~~~ a`b", "~~~"),
        ("text ```", ""),
    ],
)
def test_what_opens_a_fence(line: str, opened: str) -> None:
    """A fence is three marks or more, indented by at most three blanks, without a backtick behind backticks (CommonMark 4.5)."""
    assert pipeline._fence_after("", line) == opened


@pytest.mark.parametrize(("line", "closed"), [("````", True), ("`````", True), ("```", False), ("~~~~", False), ("```` x", False)])
def test_what_closes_a_fence(line: str, closed: bool) -> None:  # noqa: FBT001 - a column
    """At least as many of the same mark, and nothing behind them."""
    assert (pipeline._fence_after("````", line) == "") is closed


def test_azure_devops_shows_a_written_markdown_report(run: Run, estate: Path, tmp_path: Path) -> None:
    """The file is attached by its absolute path, escaped; other files are not, and nothing is attached without the format."""
    ran = run("scan", estate, "--format", "azuredevops", "--format", "markdown=50%.md", "--format", "csv=a.csv")
    attached = [command for command in azure_commands(ran.out) if command.name == "task.uploadsummary"]
    assert ([command.data for command in attached], ran.code) == ([str((tmp_path / "50%.md").resolve())], 1)
    assert "uploadsummary" not in run("scan", estate, "--format", "azuredevops").out
    assert "uploadsummary" not in run("scan", estate, "--format", "markdown=a.md").out
    assert "uploadsummary" not in run("scan", estate, "--format", "azuredevops=log.txt", "--format", "markdown=a.md").out
