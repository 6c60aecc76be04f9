"""Whole reports as a user sees them: a reviewer reads these files as the output of the tool.

After a wanted change, `UPDATE_GOLDEN=1 python -m pytest tests/golden` writes them anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.evaluate.verdict import Control
from s2sguard.report.formats import FORMATS, renderer
from s2sguard.report.interface import Renderer, Report
from s2sguard.report.style import Style
from tests.golden.cases import CASES

FOLDER = Path(__file__).parent / "reports"
ENDINGS = {
    "sarif": "sarif",
    "junit": "junit.xml",
    "tap": "tap",
    "github": "github.txt",
    "azuredevops": "azuredevops.txt",
    "csv": "csv",
    "markdown": "md",
}
"""Format -> how its file ends."""


def page(control: Control) -> str:
    """Return a page as a pack holds one, so that an edit of the real pages moves no golden."""
    return f"# {control.title}\n\n## Why\n\nBecause.\n" if control.page else ""


RENDERERS: dict[str, Renderer] = {
    "table.txt": renderer("table"),
    "narrow.txt": renderer("table", style=Style(width=60)),
    "json": renderer("json"),
    **{ending: renderer(name, **({"pages": page} if name == "sarif" else {})) for name, ending in ENDINGS.items()},
}


def test_every_format_is_reviewed() -> None:
    """A new format gets its files here."""
    assert {*ENDINGS, "table", "json", "html"} == set(FORMATS)


@pytest.mark.parametrize("ending", RENDERERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_whole_report_is_as_it_was_read(case: Callable[[], Report], ending: str) -> None:
    """Every byte of every format is the one that was reviewed."""
    text = RENDERERS[ending].render(case())
    path = FOLDER / f"{case.__name__}.{ending}"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


def test_every_reviewed_file_is_still_produced() -> None:
    """No file is left over from a case that is gone."""
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{case.__name__}.{ending}" for case in CASES for ending in RENDERERS)
