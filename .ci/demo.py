"""Scans every stage of `samples/lab` and shows what a user came for: the packet of stage 3, and stage 5 without a finding."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LAB = Path("samples") / "lab"


def main() -> int:
    """Print the demonstration; return 1 when a stage could not be scanned."""
    stages = sorted(path.name for path in (ROOT / LAB).glob("stage-*"))
    for stage in stages:
        done = s2sguard("scan", inventory(stage), "--format", "json")
        if done.returncode not in {0, 1}:
            print(done.stderr, file=sys.stderr)
            return 1
        print(f"{stage:<26}  {summary(json.loads(done.stdout))}")
    show("explain", inventory(next(name for name in stages if name.startswith("stage-3"))), "--between", "red", "blue")
    return show("scan", inventory(stages[-1]))


def inventory(stage: str) -> str:
    """Return the path of a stage's inventory, as a user would type it."""
    return (LAB / stage / "arm.json").as_posix()


def summary(report: dict[str, Any]) -> str:
    """Return a stage in a few words: can partners reach each other, and how many findings are there."""
    statuses = {verdict["status"] for verdict in report["verdicts"] if verdict["control_id"] == "S2S-ISO-001"}
    findings = sum(verdict["status"] == "fail" for verdict in report["verdicts"])
    transit = "partners reach each other" if "fail" in statuses else "no transit found" if statuses == {"pass"} else "not known"
    return f"{transit:<26}  {findings} findings"


def show(*arguments: str) -> int:
    """Print a command and what it prints; return its exit code."""
    print(f"\n$ s2sguard {' '.join(arguments)}")
    done = s2sguard(*arguments)
    print(done.stdout + done.stderr, end="")
    return done.returncode


def s2sguard(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run our own command, from the repository's folder."""
    return subprocess.run([sys.executable, "-m", "s2sguard", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
