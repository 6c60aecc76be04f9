"""Whole runs gateway by gateway: how fast, how much memory, and what a second process brings."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.estates import write_estate
from tests.benchmarks.home import environment, have_opa
from tests.benchmarks.measure import Row, Scale, Section
from tests.benchmarks.whole import COMMAND, KB

MOST_GROWTH = 1.3
WHY_GROWTH = "the compiled pack's memory and the allocator's reach their plateau after some hundred connections; see the peaks themselves"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process and its children, from start to end."""

    connections: int
    wall: float
    """Seconds."""
    processor: float
    """Seconds, of all processes."""
    peak: float
    """MB of the largest process."""
    report: int
    """Bytes."""


def run(scale: Scale) -> Section:
    """Measure each size in a process of its own, then the second size with two processes that judge."""
    sizes = scale.sizes if scale.largest else scale.sizes[:2]
    rows = _rows(sizes) if have_opa() else []
    notes = (
        "`scan SNAPSHOT --jobs N --format json -o FILE`: a snapshot read line by line, shards on disk, the report written piece by piece.",
        "Its resources name a file that is not there: looking lines up takes as much memory as the largest file that can be read again.",
        "Peak memory is that of the largest process. Processor time is of all of them, which other work on the machine disturbs less.",
    )
    return Section(title="Gateway by gateway", notes=notes, rows=tuple(rows))


def _rows(sizes: tuple[int, ...]) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="s2sguard-bench-") as folder:
        source, report = Path(folder, "fleet.json"), Path(folder, "report.json")
        found: list[Run] = []
        pair: list[Run] = []
        for size in sizes:
            write_estate(size, source)
            found.append(_run(size, source, report, jobs=1))
            if size == sizes[min(1, len(sizes) - 1)]:
                pair = [found[-1], _run(size, source, report, jobs=2)]
    return [row for one in found for row in _of_run(one)] + [_growth(found), _second(*pair)]


def _of_run(one: Run) -> list[Row]:
    what = f"{one.connections:,} connections"
    seen = f"{one.wall:.1f} s, {one.processor:.1f} s of processor time; report {one.report / 1e6:.0f} MB"
    return [
        Row(what=f"{what}, evaluated from end to end", value=one.connections / one.wall, unit="/s", seen=seen),
        Row(what=f"{what}, for each second of processor time", value=one.connections / one.processor, unit="/s", seen=""),
        Row(what=f"{what}, peak memory", value=one.peak, unit="MB", seen=""),
    ]


def _growth(found: list[Run]) -> Row:
    first, last = found[0], found[-1]
    return Row(
        what=f"peak memory, {last.connections:,} / {first.connections:,} connections",
        value=last.peak / first.peak,
        unit="x",
        seen=f"{last.peak:.0f} MB / {first.peak:.0f} MB",
        aim=MOST_GROWTH,
        why_short=WHY_GROWTH,
    )


def _second(one: Run, two: Run) -> Row:
    return Row(
        what=f"--jobs 1 / --jobs 2, {one.connections:,} connections",
        value=one.wall / two.wall,
        unit="x",
        seen=f"{one.wall:.1f} s / {two.wall:.1f} s; processor time {one.processor:.1f} s / {two.processor:.1f} s; "
        f"peak {one.peak:.0f} MB / {two.peak:.0f} MB; {os.cpu_count()} processors",
        better="more",
    )


def _run(connections: int, source: Path, report: Path, *, jobs: int) -> Run:
    command = [*COMMAND, "scan", str(source), "--jobs", str(jobs), "--engine", "wasm", "--format", "json", "--output", str(report)]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    assert process.returncode in {0, 1}, said.decode()
    processor, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / KB
    return Run(connections=connections, wall=wall, processor=processor, peak=peak, report=report.stat().st_size)
