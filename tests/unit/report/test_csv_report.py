"""CSV: the rows a reader gets back, and no cell that a spreadsheet computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from s2sguard.report.csv_report import COLUMNS, CsvRenderer, cell
from s2sguard.report.entries import entries
from s2sguard.report.interface import Report
from tests.golden.cases import CASES, accepted, doubtful, hostile, template
from tests.unit.report.hostile import HOSTILE

STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")
"""What starts a formula for some spreadsheet (OWASP, CSV injection), and characters that are skipped before it."""


def rows(built: Report) -> list[dict[str, str]]:
    """Return the rows as the standard library reads them, strictly."""
    return list(csv.DictReader(io.StringIO(CsvRenderer().render(built), newline=""), strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_entry_is_a_row(case: Callable[[], Report]) -> None:
    """Each entry is a row in its order with all columns, notes come last, and every line ends with CR LF."""
    text, found = CsvRenderer().render(case()), rows(case())
    assert tuple(found[0]) == COLUMNS
    assert all(None not in row and None not in row.values() for row in found)
    assert [row["status"] for row in found if row["status"] != "note"] == [entry.kind for entry in entries(case())]
    assert [row["title"] for row in found if row["status"] == "note"][-1] == "residual risk"
    assert text.count("\n") == text.count("\r\n") == len(found) + 1


@pytest.mark.parametrize("evil", HOSTILE)
def test_no_cell_is_a_formula(evil: str) -> None:
    """No cell starts a formula, blanks before it or not, nor does a piece of one where a semicolon separates cells."""
    found = rows(hostile(evil))
    assert len(found) == len(rows(hostile("x")))
    cells = [value for row in found for value in row.values()]
    assert [value for value in cells for piece in value.split(";") if piece.strip().startswith(STARTS)] == []
    assert all(value.isprintable() for value in cells)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("  = 1+1", "  '= 1+1"),
        ("-", "'-"),
        ("a;+1;b", "a;'+1;b"),
        ("10.0.0.0/8 -> 10.1.0.0/16", "10.0.0.0/8 -> 10.1.0.0/16"),
        ("a@b", "a@b"),
        ("", ""),
    ],
)
def test_only_formulas_are_changed(text: str, expected: str) -> None:
    """An apostrophe stands before what could be computed, and nowhere else."""
    assert cell(text) == expected


def test_a_row_tells_what_is_known() -> None:
    """Place, packet and whether the run fails on it; who accepted it and until when; the resource of a gap; standard input by name."""
    red = rows(template())[2]
    assert (red["file"], red["line"], red["column"], red["fails_run"], red["pairs"]) == ("infra/main.json", "87", "5", "yes", "1")
    waived, _, older, *_ = rows(accepted())
    known = [(row["accepted_by"], row["owner"], row["ticket"], row["expires"], row["fails_run"]) for row in (waived, older)]
    assert known == [("waiver", "network team", "NET-42", "2026-06-30", "no"), ("baseline", "", "", "", "no")]
    gaps = [row for row in rows(doubtful()) if row["status"] == "gap"]
    assert [row["file"] for row in gaps] == ["standard input", "", "huge.json"]
    assert gaps[1]["resource"].endswith("/connections/to-red")
