"""Whole pages of the HTML report, without its style and its script: a reviewer reads what changed in the page.

After a wanted change, `UPDATE_GOLDEN=1 python -m pytest tests/golden` writes them anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.report.html.renderer import HtmlRenderer
from s2sguard.report.interface import Report
from tests.unit.report.html.cases import clean, leaking, nothing_read

FOLDER = Path(__file__).parent / "html"
CASES: tuple[Callable[[], Report], ...] = (leaking, clean, nothing_read)


def reviewed(text: str) -> str:
    """Return a page without what every change of style or script changes: their content and every digest of it."""
    text = re.sub(r"(?<=<style>).*?(?=</style>)|(?<=<script>).*?(?=</script>)", "...", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[A-Za-z0-9+/=]{44}", "sha256-...", text)
    return re.sub(r"(SHA-256 of the )\d+( bytes before this line: )[0-9a-f]{64}", r"\1...\2...", text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_whole_page_is_as_it_was_read(case: Callable[[], Report]) -> None:
    """Every byte of the page besides style and script is the one that was reviewed."""
    text = reviewed(HtmlRenderer().render(case()))
    path = FOLDER / f"{case.__name__}.html"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_reviewed_file_is_still_produced() -> None:
    """No file is left over from a case that is gone."""
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{case.__name__}.html" for case in CASES)
