"""The history of a scope for people: one line for each run, and what became of each control and gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from s2sguard.report.printable import printable
from s2sguard.report.style import Style, count, joined
from s2sguard.report.summary import SEVERITIES
from s2sguard.store.diff_notes import day
from s2sguard.store.trend import Trend, TrendLine, TrendRun

BARS: Final = "▁▂▃▄▅▆▇█"
PLAIN_BARS: Final = "_.-~=+*@"
"""For terminals without the others. No `#`: two of them are a command to a pipeline's agent."""
COLUMNS: Final = ("run", "started", *SEVERITIES, "accepted", "unknown", "passes", "open pairs", "gaps")
NAME_LIMIT: Final = 60


def history_text(trend: Trend, style: Style, *, others: Mapping[str, int], bars: str = BARS) -> str:
    """Return the whole history as text; `others` are the other scopes of the store and how many runs each has."""
    lines = [*_head(trend, style), "", *_runs(trend["runs"], style)]
    for head, what in (("controls", trend["controls"]), ("gateways", trend["gateways"])):
        if what:
            lines += ["", style.paint(head, "bold"), *_lines(what, bars)]
    if others:
        listed = joined(f"{printable(name, limit=NAME_LIMIT)} ({count(number, 'run')})" for name, number in sorted(others.items()))
        lines += ["", *style.wrap(f"other scopes (--scope NAME): {listed}")]
    return "\n".join(lines) + "\n"


def sparkline(numbers: Sequence[int], bars: str = BARS) -> str:
    """Return one bar for each number: the lowest for 0, the highest for the largest number; a number above 0 is never the lowest."""
    top = max(numbers, default=0)
    return "".join(bars[0] if number == 0 else bars[max(1, round(number / top * (len(bars) - 1)))] for number in numbers)


def _head(trend: Trend, style: Style) -> Iterator[str]:
    runs = trend["runs"]
    now = runs[-1]
    text = f"{_open(now)} in run {now['id']} ({day(now['started'])})"
    if len(runs) > 1:
        text += f"; before: {_open(runs[-2])}"
    yield from style.headed("now: ", text, style.paint("now: ", "bold"))
    yield from style.wrap(f"scope: {printable(trend['scope'], limit=200)}", first="  ")


def _open(run: TrendRun) -> str:
    kinds = joined(f"{run['findings'][severity]} {severity}" for severity in SEVERITIES if run["findings"][severity])
    return f"{count(sum(run['findings'].values()), 'finding')}{f' ({kinds})' if kinds else ''}, {count(run['open_pairs'], 'open pair')}"


def _runs(runs: Sequence[TrendRun], style: Style) -> Iterator[str]:
    rows = [_row(run) for run in runs]
    widths = [max(len(row[column]) for row in (COLUMNS, *rows)) for column in range(len(COLUMNS))]
    yield style.paint(_aligned(COLUMNS, widths), "bold")
    yield from (_aligned(row, widths) for row in rows)


def _row(run: TrendRun) -> tuple[str, ...]:
    severities = (str(run["findings"][severity]) for severity in SEVERITIES)
    rest = (run["accepted"], run["unknown"], run["passes"], run["open_pairs"], run["gaps"])
    return (str(run["id"]), day(run["started"]), *severities, *map(str, rest))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))


def _lines(lines: Sequence[TrendLine], bars: str) -> Iterator[str]:
    names = [printable(line["name"], limit=NAME_LIMIT) for line in lines]
    width = max(map(len, names))
    for name, line in zip(names, lines, strict=True):
        yield f"  {name.ljust(width)}  {sparkline(line['findings'], bars)}  {_change(line)}".rstrip()


def _change(line: TrendLine) -> str:
    parts = [_went("findings", line["findings"])]
    parts += [_went(word, numbers) for word, numbers in (("unknown", line["unknown"]), ("open pairs", line["open_pairs"])) if any(numbers)]
    return joined(parts)


def _went(word: str, numbers: Sequence[int]) -> str:
    first, last = numbers[0], numbers[-1]
    return f"{word} {last}" if first == last else f"{word} {first} -> {last}"
