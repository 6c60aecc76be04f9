"""Run the benchmarks: `python -m tests.benchmarks [--quick] [--largest] [SECTION ...]`; the sections are in `SECTIONS`."""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.benchmarks.home import ROOT
from tests.benchmarks.measure import FULL, QUICK, Section
from tests.benchmarks.tables import document, text

# The largest comes last: a process that has held a large estate starts others more slowly.
SECTIONS = ("whole", "shards", "engines", "isolation", "policy", "pipelines", "facts")
RESULTS = Path(__file__).with_name("RESULTS.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the sections named (default: all), print them, and write RESULTS.md after a full run of all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure, as ratios taken in one run.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"one of {', '.join(SECTIONS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="the smaller sizes only; RESULTS.md is left alone")
    parser.add_argument("--largest", action="store_true", help="also run 100 000 connections from end to end")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.sections) - set(SECTIONS))
    if unknown:
        parser.error(f"there is no section {', '.join(unknown)}")
    chosen = [name for name in SECTIONS if not options.sections or name in options.sections]
    scale = replace(QUICK if options.quick else FULL, largest=options.largest)
    found: list[Section] = []
    for name in chosen:
        section: Section = import_module(f"tests.benchmarks.{name}").run(scale)
        sys.stdout.write(text(section))
        sys.stdout.flush()
        found.append(section)
    if not options.quick and len(chosen) == len(SECTIONS):
        RESULTS.write_text(
            document(found, date=datetime.now(UTC).date().isoformat(), commit=_commit(), machine=_machine()), encoding="utf-8"
        )
        sys.stdout.write(f"written to {RESULTS.relative_to(ROOT)}\n")
    return 0


def _commit() -> str:
    """Return what was measured; a tree with changes says so."""
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.strip() or "unknown"


def _machine() -> str:
    """Return processors, memory, system and Python in one line."""
    try:
        model = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (OSError, ValueError):
        return f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    name = f"{os.cpu_count()} x {model[1] if model else platform.machine()}"
    return f"{name}, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}; other work ran on it"


if __name__ == "__main__":
    sys.exit(main())
