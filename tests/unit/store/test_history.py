"""Retention and the trend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.errors import UsageError
from s2sguard.evaluate.verdict import Acceptance
from s2sguard.model.inventory import Gap
from s2sguard.store.database import Database, open_database
from s2sguard.store.history_text import BARS, PLAIN_BARS, sparkline
from s2sguard.store.inputs import digest_of_inputs, scope_of
from s2sguard.store.retention import Keep
from s2sguard.store.save import save
from s2sguard.store.trend import scopes, trend, trend_of
from tests.unit.report.builders import RUN, gateway, report, transit, verdict
from tests.unit.store.runs import info

NOW = "2026-01-31T02:00:00+00:00"
OLD = [info(day + 30, scope="old", started=f"2025-01-{day:02}T02:00:00+00:00") for day in (1, 2)]
RUNS = [*(info(day) for day in range(1, 31)), *OLD]


@pytest.mark.parametrize(
    ("keep", "stay"),
    [
        (Keep(), {*range(1, 31), 31, 32}),
        (Keep(runs=3), {28, 29, 30, 31, 32}),
        (Keep(days=5), {26, 27, 28, 29, 30, 32}),
        (Keep(runs=10, days=5), {*range(21, 31), 31, 32}),
        (Keep(runs=1), {30, 32}),
    ],
)
def test_a_run_stays_when_either_says_so(keep: Keep, stay: set[int]) -> None:
    """Of each scope the newest so many stay, those of so many days, and always the newest one."""
    assert {run.id for run in RUNS} - set(keep.gone(RUNS, NOW)) == stay


@given(st.integers(1, 40), st.none() | st.integers(1, 400), st.randoms())
def test_retention_never_takes_the_newest(runs: int, days: int | None, random: object) -> None:
    """Whatever is asked and however runs are ordered, each scope keeps its newest run, and pruning twice takes nothing more."""
    shuffled = list(RUNS)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    keep = Keep(runs=runs, days=days)
    gone = keep.gone(shuffled, NOW)
    assert not {30, 32} & set(gone)
    assert keep.gone([run for run in RUNS if run.id not in gone], NOW) == ()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return a store with two runs of one scope and one of another."""
    found = open_database(str(tmp_path / "runs.db"))
    found.prepare()
    before = report(verdict(), verdict("to-blue", "pass"), gateways=[gateway(pairs=(1, 0, 0, 1))])
    accepted = replace(verdict(), acceptance=Acceptance(kind="baseline", reason="known"))
    unread = Gap(kind="not-json", reason="not JSON")
    after = report(
        transit(),
        accepted,
        replace(verdict("to-blue", "unknown"), gateway="/gateways/other"),
        replace(verdict("to-tan"), gateway=None),
        gateways=[gateway(pairs=(1, 1, 0, 0))],
        gaps=(unread, unread),
    )
    for day, one, scope in (("01", before, "prod"), ("02", after, "prod"), ("03", before, "test")):
        run = replace(RUN, started=f"2026-01-{day}T02:00:00+00:00")
        save(found, replace(one, run=run), scope=scope, inputs_digest=None)
    yield found
    found.close()


def test_the_trend_is_plain_data(database: Database) -> None:
    """Counts of each run, control and gateway, the oldest first; what only ever passed is left out."""
    found = trend(database, scope="prod")
    assert found is not None
    nothing = dict.fromkeys(("critical", "high", "medium", "low"), 0)
    common = {"tool_version": "0.0.0", "pack_digest": RUN.bundle_digest}
    assert found["runs"] == [
        {"id": 1, "started": "2026-01-01T02:00:00+00:00", **common, "findings": nothing | {"high": 1}}
        | {"accepted": 0, "unknown": 0, "passes": 1, "open_pairs": 0, "unknown_pairs": 1, "gaps": 0},
        {"id": 2, "started": "2026-01-02T02:00:00+00:00", **common, "findings": nothing | {"critical": 1, "high": 1}}
        | {"accepted": 1, "unknown": 1, "passes": 0, "open_pairs": 1, "unknown_pairs": 0, "gaps": 2},
    ]
    assert [(line["name"], line["findings"], line["unknown"], line["passes"], line["open_pairs"]) for line in found["controls"]] == [
        ("S2S-IKE-001", [1, 1], [0, 1], [1, 0], [0, 0]),
        ("S2S-ISO-001", [0, 1], [0, 0], [0, 0], [0, 0]),
    ]
    assert [(line["name"], line["findings"], line["unknown"], line["passes"], line["open_pairs"]) for line in found["gateways"]] == [
        ("gw", [1, 1], [0, 0], [1, 0], [0, 1]),
        ("other", [0, 0], [0, 1], [0, 0], [0, 0]),
    ]


def test_the_trend_of_a_url(database: Database, tmp_path: Path) -> None:
    """One function gives a report the trend of the last run's scope, or of a named one; none where there is no run."""
    found = trend_of(str(tmp_path / "runs.db"))
    assert found == trend(database, scope="test")
    assert trend_of(str(tmp_path / "runs.db"), scope="none") is None
    newest = trend_of(str(tmp_path / "runs.db"), scope="prod", most=1)
    assert newest is not None
    assert [run["id"] for run in newest["runs"]] == [2]
    assert scopes(database) == {"prod": 2, "test": 1}


@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_a_sparkline_never_shows_something_as_nothing(numbers: list[int]) -> None:
    """One bar for each number; only 0 has the lowest, and the largest has the highest."""
    for bars in (BARS, PLAIN_BARS):
        drawn = sparkline(numbers, bars)
        assert len(drawn) == len(numbers)
        assert [bar == bars[0] for bar in drawn] == [number == 0 for number in numbers]
        assert all(bar == bars[-1] for bar, number in zip(drawn, numbers, strict=True) if number and number == max(numbers))


def test_a_scope_is_its_name_or_the_inputs() -> None:
    """Runs are found by a name of their own, or by what they read; two long lists of inputs are never one scope."""
    assert scope_of(" prod ", ("a.json",)) == "prod"
    assert scope_of(None, ("a.json", "b/")) == "a.json, b/"
    long, longer = ["folder/" * 40], ["folder/" * 41]
    assert len({scope_of(None, long), scope_of(None, longer)}) == 2
    assert max(len(scope_of(None, long)), len(scope_of(None, longer))) <= 200
    for name in ("", "  ", "x" * 201, "a\nb"):
        with pytest.raises(UsageError):
            scope_of(name, ())


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    """Another byte or another name inside a folder is another digest; hidden files and the store itself are not inputs."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.json").write_text("{}", encoding="utf-8")
    first = digest_of_inputs([str(folder)])
    assert first is not None
    assert first.startswith("sha256:")
    (folder / "runs.db").write_text("x", encoding="utf-8")
    (folder / ".hidden.json").write_text("x", encoding="utf-8")
    assert digest_of_inputs([str(folder)]) == first
    (folder / "a.json").rename(folder / "b.json")
    renamed = digest_of_inputs([str(folder)])
    (folder / "b.json").write_text("[]", encoding="utf-8")
    assert len({first, renamed, digest_of_inputs([str(folder)])}) == 3


@pytest.mark.parametrize("inputs", [["-"], ["/does/not/exist"], ["a\0b"]])
def test_what_cannot_be_read_again_has_no_digest(inputs: list[str]) -> None:
    """Nothing is vouched for where an input is gone, or never was a file."""
    assert digest_of_inputs(inputs) is None
