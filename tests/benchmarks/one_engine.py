"""One engine in a process of its own: `python -m tests.benchmarks.one_engine ENGINE FACTS`, where FACTS is a facts document.

Prints one JSON object: seconds to open, seconds to evaluate, and peak memory in MB of the engine alone (null where it cannot be told).
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any, cast

from s2sguard.evaluate import Engine, EngineName, chunks, load_pack, open_engine
from s2sguard.evaluate.chunks import evaluate_all

KB = 1024


def main(name: str, facts: str) -> None:
    """Open the engine, evaluate the document in the engine's own chunks, and print what it took."""
    document = json.loads(Path(facts).read_bytes())
    pack = load_pack()
    before = _memory("self", "VmRSS")
    start = time.perf_counter()
    engine = open_engine(cast("EngineName", name))
    opened = time.perf_counter()
    try:
        # An answer is kept only until the next one, so that the memory is the engine's and not the result's.
        for chunk in chunks(document, engine.chunk_size):
            evaluate_all(engine, chunk, pack.controls)
        done = time.perf_counter()
        peak = _peak(engine, before)
    finally:
        engine.close()
    sys.stdout.write(json.dumps({"open": opened - start, "evaluate": done - opened, "peak": peak}) + "\n")


def _peak(engine: Engine, before: float | None) -> float | None:
    peak = _memory("self", "VmHWM")
    if peak is None or before is None:
        return None
    return peak - before + sum(_memory(pid, "VmHWM") or 0.0 for pid in _children(engine))


def _children(engine: Engine) -> list[str]:
    """Return the process ids below an engine's own server: its guard, and OPA below that."""
    process: Any = getattr(getattr(engine, "_server", None), "_process", None)
    found = [] if process is None else [str(process.pid)]
    for pid in found:
        found += Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    return found


def _memory(pid: str, name: str) -> float | None:
    """Return a memory figure of a process in MB, as Linux tells it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) / KB if found else None


if __name__ == "__main__":
    main(*sys.argv[1:])
