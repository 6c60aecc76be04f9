"""A lab whose tests are killed leaves nothing that the next one does not take away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.lab.network import left_behind, missing, network

ROOT = Path(__file__).resolve().parents[3]
KILLED = """\
import subprocess, sys, time
from pathlib import Path
from tests.integration.lab.daemon import Daemon
from tests.integration.lab.network import network

with network() as found:
    Daemon(found, "gwr", "red", Path(sys.argv[1]))
    print(found.run("gwr", "ip", "netns", "pids", found.name("gwr")).stdout.split()[0])
    print(subprocess.Popen(["ip", "netns", "exec", found.name("red"), "sleep", "60"], stdout=subprocess.DEVNULL).pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.may_skip("namespaces and TUN devices are not everywhere, CI included")
def test_nothing_outlives_a_lab_that_was_killed(tmp_path: Path) -> None:
    """The daemon ends with the tests that started it, and the next lab removes their namespaces and whatever else runs in them."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        daemon, other = int(killed.stdout.readline()), int(killed.stdout.readline())
        os.kill(killed.pid, signal.SIGKILL)
    mine = f"s2slab{killed.pid}-"
    assert [name for name in left_behind() if name.startswith(mine)]
    assert _ends(daemon)
    with network():
        assert not [name for name in left_behind() if name.startswith(mine)]
        assert _ends(other)


def _ends(process: int) -> bool:
    """Say whether a process ends within five seconds."""
    until = time.monotonic() + 5
    while _runs(process) and time.monotonic() < until:
        time.sleep(0.05)
    return not _runs(process)


def _runs(process: int) -> bool:
    """Say whether a process runs; one that nobody waited for has ended all the same."""
    try:
        state = Path("/proc", str(process), "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
