"""What a pipeline's service takes besides a report: the step summary of GitHub, the summary tab of Azure DevOps."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2sguard.cli.formats import Destination
from s2sguard.cli.output import write
from s2sguard.report.formats import renderer
from s2sguard.report.interface import Report
from s2sguard.report.printable import printable

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
MAX_SUMMARY = 1024 * 1024
"""Bytes of one step's summary; GitHub shows none of a larger one (docs.github.com, workflow commands, adding a job summary)."""
CUT = "\n**The rest of this report is left out: a step summary holds at most 1 MiB. Write it to a file: `--format markdown=FILE`.**\n"
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


def tell_pipeline(report: Report, found: Sequence[Destination], environ: Mapping[str, str]) -> None:
    """Append to GitHub's step summary with format `github`; attach a written Markdown report with format `azuredevops`.

    Neither was asked for by name, so what fails here is a warning and changes no exit code.
    """
    formats = {one.format for one in found}
    file = environ.get(STEP_SUMMARY)
    if file and "github" in formats and not any(_same(one.file, file) for one in found):
        _append(renderer("markdown").render(report), Path(file))
    written = [one.file for one in found if one.format == "markdown" and one.file is not None]
    if written and Destination(format="azuredevops") in found:
        write(f"##vso[task.uploadsummary]{_vso_data(os.path.realpath(written[0]))}\n", None)


def cut_markdown(text: str, limit: int) -> str:
    """Return as many whole lines as fit into `limit` bytes together with a note that says so; all of them where they fit."""
    if len(text.encode()) <= limit:
        return text
    kept: list[str] = []
    fence, size = "", len(CUT.encode())
    for line in text.splitlines(keepends=True):
        opened = _fence_after(fence, line)
        size += len(line.encode())
        # An open fence would swallow the note.
        if size + len(opened) + 1 > limit:
            break
        kept.append(line)
        fence = opened
    closing = f"{fence}\n" if fence else ""
    return "".join(kept) + closing + CUT if len(CUT.encode()) <= limit else ""


def _fence_after(fence: str, line: str) -> str:
    """Return the fence that is open after a line (CommonMark 4.5); empty when none is."""
    found = _FENCE.fullmatch(line.rstrip("\r\n"))
    if found is None:
        return fence
    mark, info = found.groups()
    if not fence:
        return "" if mark[0] == "`" and "`" in info else mark
    return "" if mark[0] == fence[0] and len(mark) >= len(fence) and not info.strip() else fence


def _append(text: str, path: Path) -> None:
    try:
        present = path.stat().st_size if path.exists() else 0
        with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.write(cut_markdown(text, MAX_SUMMARY - present))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        print(f"warning: the step summary `{printable(str(path))}` cannot be written: {reason}", file=sys.stderr)


def _same(file: str | None, other: str) -> bool:
    return file is not None and os.path.realpath(file) == os.path.realpath(other)


def _vso_data(text: str) -> str:
    """Return text as the data of a logging command (azure-pipelines-task-lib, `escapedata`)."""
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")
