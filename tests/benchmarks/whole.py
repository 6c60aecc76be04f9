"""The command as users run it: how fast it starts, and an estate from end to end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from tests.benchmarks.estates import estate
from tests.benchmarks.home import ROOT, environment, have_opa
from tests.benchmarks.measure import MS, Row, Scale, Section, in_turns, ms, seconds

LAB = ROOT / "samples" / "lab" / "stage-3-fixed-selectors" / "arm.json"
SCRIPT = Path(sys.executable).with_name("s2sguard")
COMMAND = (str(SCRIPT),) if SCRIPT.exists() else (sys.executable, "-m", "s2sguard")
MOST_VERSION_MS = 150.0
MOST_SCAN_MS = 500.0
MOST_WHOLE_S = 15.0
AIMED_AT = 10_000
"""Connections that the aim for a whole run speaks of."""
WHY_START = "most of it is the interpreter and the engine's own library, which `python -c pass` and the other engines' rows show"
WHY_WHOLE = "half of it is Rego evaluation, one chunk at a time; the rest is mostly JSON, in which every finding carries its witnesses"
KB = 1024


def run(scale: Scale) -> Section:
    """Measure starts, then whole runs."""
    rows = [*_starts(scale), *_whole(scale)]
    notes = (
        "Whole processes, interpreter included; the first run of each, which fills caches, is not counted.",
        "`auto` is wasm here, with a pack compiled from today's rules; the end-to-end run reads one file and writes a JSON report.",
        "Peak memory is what the system accounts to the process itself; an OPA server is not in it.",
    )
    return Section(title="Cold start and whole runs", notes=notes, rows=tuple(rows))


def process(arguments: Sequence[str]) -> float:
    """Run the command to its end and return its peak memory in MB; findings are no failure."""
    with subprocess.Popen([*arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in {0, 1}, said.decode()
    return usage.ru_maxrss / KB


def _starts(scale: Scale) -> list[Row]:
    engines = ["auto", "opa", "regopy"] if have_opa() else ["regopy"]
    tasks = {
        "python": [sys.executable, "-c", "pass"],
        "version": [*COMMAND, "--version"],
        **{engine: [*COMMAND, "scan", str(LAB), "--engine", engine] for engine in engines},
    }
    for arguments in tasks.values():
        process(arguments)
    taken = in_turns({name: (lambda command=command: process(command)) for name, command in tasks.items()}, scale.starts)  # type: ignore[misc]
    rows = [_start("`s2sguard --version`", taken["version"], taken["python"], MOST_VERSION_MS)]
    for engine in engines:
        aim = MOST_SCAN_MS if engine == engines[0] else None
        rows.append(_start(f"`s2sguard scan` of one file, engine {engine}", taken[engine], taken["python"], aim))
    return rows


def _start(what: str, taken: float, python: float, aim: float | None) -> Row:
    seen = f"{taken / python:.1f} x `python -c pass` ({python * MS:.0f} ms)"
    return Row(what=what, value=taken * MS, unit="ms", seen=seen, aim=aim, why_short=WHY_START)


def _whole(scale: Scale) -> list[Row]:
    if not have_opa():
        return []
    content = estate(scale.whole_connections)
    with tempfile.TemporaryDirectory(prefix="s2sguard-bench-") as folder:
        source, report = Path(folder, "fleet.json"), Path(folder, "report.json")
        source.write_bytes(content)
        return [_end_to_end(engine, source, report, scale) for engine in ("wasm", "opa")]


def _end_to_end(engine: str, source: Path, report: Path, scale: Scale) -> Row:
    command = [*COMMAND, "scan", str(source), "--format", "json", "--output", str(report), "--engine", engine]
    peaks: list[float] = []
    times: list[float] = []
    for _ in range(min(3, scale.repeats)):
        start = time.perf_counter()
        peaks.append(process(command))
        times.append(time.perf_counter() - start)
    content = source.read_bytes()
    parse = min(seconds(lambda: orjson.loads(content)) for _ in range(3))
    taken = sorted(times)[len(times) // 2]
    return Row(
        what=f"{scale.whole_connections:,} connections from end to end, engine {engine}",
        value=taken,
        unit="s",
        seen=f"{taken / parse:.0f} x `orjson.loads` ({ms(parse)}); peak {max(peaks):.0f} MB; report {report.stat().st_size / 1e6:.0f} MB",
        aim=MOST_WHOLE_S if scale.whole_connections >= AIMED_AT else None,
        why_short=WHY_WHOLE,
    )
