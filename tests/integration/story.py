"""The marked commands of a Markdown page, each with what the page shows of its output.

`<!-- run -->`, with ` with conftest` and ` exit=N` if so, stands before a fenced block: a `console` block is one command and its
output, in which `...` stands for anything; an `sh` block is a script that runs through.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARKED = re.compile(
    r"^<!-- run(?P<tools> with conftest)?(?: exit=(?P<exit>\d))? -->\n(?P<fence>`{3,})(?P<kind>console|sh)\n(?P<body>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One marked block: its script, what it must print and end with, and whether it needs conftest."""

    script: str
    output: str
    exit: int
    tools: bool


def steps(text: str) -> list[Step]:
    """Return the marked blocks of a page, in their order."""
    return [_step(found) for found in MARKED.finditer(text)]


def _step(found: re.Match[str]) -> Step:
    script, output = found["body"], "..."
    if found["kind"] == "console":
        script, _, output = found["body"].removeprefix("$ ").partition("\n")
    return Step(script=script, output=output, exit=int(found["exit"] or 0), tools=found["tools"] is not None)


def environment(home: Path, tools: Sequence[Path] = ()) -> dict[str, str]:
    """Return the variables of a shell that knows our command and the folders of `tools`, and nothing of this machine's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("S2SGUARD_", "CONFTEST_", "XDG_", "GITHUB_"))}
    path = os.pathsep.join(map(str, (Path(sys.executable).parent, *tools, os.environ["PATH"])))
    folders = {"HOME": str(home), "XDG_DATA_HOME": str(home), "TMPDIR": str(home)}
    return {**kept, **folders, "PATH": path, "NO_COLOR": "1", "COLUMNS": "100"}


def run(script: str, variables: dict[str, str], *, folder: Path = ROOT, program: str = "/bin/sh") -> subprocess.CompletedProcess[str]:
    """Run a script in a shell."""
    return subprocess.run([program, "-c", script], cwd=folder, env=variables, capture_output=True, text=True, check=False)


def shows(expected: str, printed: str) -> bool:
    """Say whether the printed text is what a page shows; a leading `...` stands for nothing too, as conftest has no fixed order."""
    before = "\n" if expected.startswith("...\n") else ""
    return doctest.OutputChecker().check_output(expected, before + printed, doctest.ELLIPSIS)
