"""The trend over earlier runs: small line charts, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from s2sguard.report.html.answer import open_pairs
from s2sguard.report.html.limits import MOST_PAST, shown
from s2sguard.report.interface import PastRun, Report
from s2sguard.report.summary import SEVERITIES, summarise

WIDTH, HEIGHT, MARGIN = 220, 64, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number over time; points are SVG user units."""

    title: str
    first: int
    last: int
    highest: int
    points: str
    end: tuple[float, float]

    @property
    def change(self) -> str:
        """Return what happened since the first run, in words."""
        if self.first == self.last:
            return f"{self.last}, as in the first run shown"
        return f"{self.last}, {'up' if self.last > self.first else 'down'} from {self.first}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """One run of the table."""

    started: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Everything the section shows."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    rows: tuple[TrendRow, ...]
    more: int
    """Older runs that are not shown."""


def trend_of(report: Report) -> Trend | None:
    """Return the trend with this run at its end; None where there is no earlier run."""
    if not report.past:
        return None
    runs = [*report.past[-MOST_PAST:], this_run(report)]
    heads = ("open pairs", *(f"{severity} findings" for severity in SEVERITIES), "unknown", "gaps")
    numbers = [(run.open_pairs, *(run.findings.get(severity, 0) for severity in SEVERITIES), run.unknown, run.gaps) for run in runs]
    totals = [sum(run.findings.values()) for run in runs]
    charts = (
        ("open pairs of partners", [run.open_pairs for run in runs]),
        ("findings that count", totals),
        ("unknown verdicts", [run.unknown for run in runs]),
        ("gaps", [run.gaps for run in runs]),
    )
    return Trend(
        heads=heads,
        lines=tuple(_line(title, values) for title, values in charts),
        rows=tuple(TrendRow(started=shown(run.started), numbers=each) for run, each in zip(runs, numbers, strict=True)),
        more=max(0, len(report.past) - MOST_PAST),
    )


def this_run(report: Report) -> PastRun:
    """Return a run in the numbers that the next run will show of it."""
    summary = summarise(report)
    return PastRun(
        started=report.run.started,
        findings={severity: summary.findings[severity] - summary.accepted[severity] for severity in SEVERITIES},
        unknown=summary.statuses["unknown"],
        gaps=summary.gaps,
        open_pairs=open_pairs(report),
    )


def _line(title: str, values: Sequence[int]) -> Line:
    highest = max(values)
    step = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1)
    scale = (HEIGHT - 2 * MARGIN) / max(1, highest)
    spots = [(round(MARGIN + step * at, 1), round(HEIGHT - MARGIN - value * scale, 1)) for at, value in enumerate(values)]
    return Line(
        title=title,
        first=values[0],
        last=values[-1],
        highest=highest,
        points=" ".join(f"{x},{y}" for x, y in spots),
        end=spots[-1],
    )
