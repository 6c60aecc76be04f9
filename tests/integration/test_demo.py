"""`make demo` shows what the README promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_ends_with_a_packet_and_a_clean_stage() -> None:
    """Stages 1 to 3 leak, 4 and 5 do not; the packet of stage 3 is shown, and stage 5 has no findings."""
    done = subprocess.run([sys.executable, str(ROOT / ".ci" / "demo.py")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    stages = [line for line in done.stdout.splitlines() if line.startswith("stage-")]
    assert ["partners reach each other" in line for line in stages] == [True, True, True, False, False]
    assert ["no transit found" in line for line in stages] == [False, False, False, True, True]
    packet, _, hardened = done.stdout.rpartition("$ s2sguard scan")
    assert "src" in packet
    assert "dst" in packet
    assert "no findings" in hardened
