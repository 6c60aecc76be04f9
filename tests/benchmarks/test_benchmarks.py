"""The benchmarks still run: each section on the smallest sizes, with the answers of the compared ways checked against each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks import engines, facts, isolation, pipelines, policy, shards, whole
from tests.benchmarks.measure import SMALLEST, Row, Section, exponent
from tests.benchmarks.tables import document, text


@pytest.mark.parametrize(
    "module", [facts, isolation, engines, policy, pipelines, whole, shards], ids=lambda module: module.__name__.rpartition(".")[2]
)
def test_a_section_runs(module: object, need_tool: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each section measures something and can be printed."""
    monkeypatch.setenv("S2SGUARD_OPA", str(need_tool("opa")))
    section: Section = module.run(SMALLEST)  # type: ignore[attr-defined]
    assert [row.what for row in section.rows if row.value <= 0 and "exponent" not in row.what] == []
    assert section.rows[0].what in text(section)


@pytest.mark.parametrize("open_percent", [0, 20, 50, 100])
def test_all_ways_to_find_transit_agree(open_percent: int) -> None:
    """The product, the naive loop and the pairwise rule count the same flows on the measured headends."""
    isolation.check(isolation.prepare(24, open_percent))


def test_results_name_what_falls_short() -> None:
    """An aim that is missed is listed with its number and the reason, whichever way is better."""
    rows = (
        Row(what="slow", value=7.0, unit="x", seen="", aim=5.0, why_short="it is slow"),
        Row(what="weak", value=7.0, unit="x", seen="", aim=50.0, better="more", why_short="it is weak"),
        Row(what="fine", value=7.0, unit="x", seen="", aim=7.0, why_short="never said"),
    )
    written = document([Section(title="A", notes=("n",), rows=rows)], date="d", commit="c", machine="m")
    assert written.partition("## What falls short\n")[2].splitlines() == [
        "- **slow**: 7.00 x, aim at most 5 x. Why: it is slow.",
        "- **weak**: 7.00 x, aim at least 50 x. Why: it is weak.",
    ]


def test_the_exponent_is_the_slope() -> None:
    """Ten times the size in a hundred times the time is quadratic."""
    assert exponent((10, 1.0), (100, 100.0)) == pytest.approx(2)
