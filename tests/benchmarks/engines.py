"""What one connection costs on each engine, what opening it costs, and how much memory it takes."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from s2sguard.facts import build_document
from tests.benchmarks.estates import OPTIONS, estate, inventory
from tests.benchmarks.home import environment, have_opa
from tests.benchmarks.measure import MS, Row, Scale, Section

FACTS_ALONE = "facts.json"


def run(scale: Scale) -> Section:
    """Run each engine in turn, each time in a process of its own, on the same document."""
    names = ["wasm", "opa", "regopy"] if have_opa() else ["regopy"]
    found = inventory(estate(scale.engine_connections))
    document = build_document(found, OPTIONS)
    connections = len(document["connections"])
    with tempfile.TemporaryDirectory(prefix="s2sguard-bench-") as folder:
        facts = Path(folder, FACTS_ALONE)
        facts.write_text(json.dumps(document), encoding="utf-8")
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
        for _ in range(scale.repeats + 1):
            for name in names:
                runs[name].append(_once(name, facts))
    # The first run of each is for the caches.
    rows = [row for name in names for row in _rows(name, runs[name][1:] or runs[name], connections)]
    fastest = min(names, key=lambda name: _median(runs[name], "evaluate"))
    rows += [_against(name, fastest, runs) for name in names if name != fastest]
    notes = (
        (
            f"{connections:,} connections on {len(document['gateways'])} gateways with as many sites, cut as each engine likes it; "
            "evaluation includes writing the JSON, checking the answer and joining the chunks."
        ),
        "Peak memory is what the process grew by since before the engine was opened, and for OPA what its server takes.",
    )
    return Section(title="Engines", notes=notes, rows=tuple(rows))


def _once(name: str, facts: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.one_engine", name, str(facts)]
    done = subprocess.run(command, capture_output=True, check=True, env=environment())
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _median(runs: list[dict[str, float]], what: str) -> float:
    return statistics.median(run[what] for run in runs)


def _rows(name: str, runs: list[dict[str, float]], connections: int) -> list[Row]:
    opening, evaluating = _median(runs, "open"), _median(runs, "evaluate")
    rows = [
        _plain(f"{name}, each connection", evaluating / connections * MS, "ms", f"{evaluating:.2f} s in all"),
        _plain(
            f"{name}, each connection, opening included", (opening + evaluating) / connections * MS, "ms", f"opening {opening * MS:.0f} ms"
        ),
    ]
    if runs[0]["peak"] is not None:
        rows.append(_plain(f"{name}, peak memory", max(run["peak"] for run in runs), "MB", ""))
    return rows


def _plain(what: str, value: float, unit: str, seen: str) -> Row:
    return Row(what=what, value=value, unit=unit, seen=seen)


def _against(name: str, fastest: str, runs: dict[str, list[dict[str, float]]]) -> Row:
    slow, fast = _median(runs[name], "evaluate"), _median(runs[fastest], "evaluate")
    return _plain(f"{name} / {fastest}", slow / fast, "x", f"{slow:.2f} s / {fast:.2f} s")
