"""Several processes: one clear error whatever happens to one of them, and none left over."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from s2sguard.collect.interface import Collected
from s2sguard.collect.spool import Batch, Spool
from s2sguard.errors import EngineError, EvaluationError
from s2sguard.facts.estate import doubts_of
from s2sguard.facts.links import clues_of
from s2sguard.sharding.judging import Assignment, Keys
from s2sguard.sharding.workers import outcomes
from tests.unit.facts.inventories import LAB, OPTIONS

PATIENCE = 120.0
"""Seconds."""


@pytest.fixture
def spool() -> Iterator[Spool]:
    """The lab, ready to be judged."""
    with Spool(clues_of) as made:
        made.add(Collected(resources=list(LAB)))
        made.finish()
        yield made


def assignment(spool: Spool, engine: str = "regopy") -> Assignment:
    """What a process is told."""
    doubts = doubts_of(spool.suspects(), OPTIONS, spool.count_by_type())
    return Assignment(spool=spool.path, options=OPTIONS, doubts=doubts, engine=engine, opa_url=None)  # type: ignore[arg-type]


def children_end() -> bool:
    """Wait for all children and say whether they ended."""
    end = time.monotonic() + PATIENCE
    while multiprocessing.active_children():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_processes_find_what_one_finds(spool: Spool) -> None:
    """Two processes give the same outcomes as none, in some order."""
    tasks: list[Batch | Keys] = [(), *spool.batches(1)]
    alone = list(outcomes(assignment(spool), tasks, 1))
    together = list(outcomes(assignment(spool), tasks, 2))
    assert sorted(map(repr, alone)) == sorted(map(repr, together))
    assert children_end()


def test_an_error_of_a_process_is_the_error_of_the_run(spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one process cannot do is raised as it was, with its hint, and all processes end."""
    monkeypatch.setenv("S2SGUARD_OPA", str(tmp_path / "absent"))
    with pytest.raises(EngineError) as alone:
        list(outcomes(assignment(spool, "opa"), [()], 1))
    with pytest.raises(EngineError) as raised:
        list(outcomes(assignment(spool, "opa"), [()], 2))
    assert (alone.value.message, alone.value.hint) == (raised.value.message, raised.value.hint)
    assert children_end()


def test_a_killed_process_ends_the_run(spool: Spool) -> None:
    """A process that is killed, as the system does for want of memory, is an error with exit code 3 and not a hang."""

    def tasks() -> Iterator[Keys]:
        for _ in range(50):
            yield ()
            for child in multiprocessing.active_children():
                os.kill(child.pid or 0, signal.SIGKILL)

    with pytest.raises(EvaluationError, match="was ended from outside") as raised:
        list(outcomes(assignment(spool), tasks(), 2))
    assert raised.value.exit_code == 3
    assert children_end()


def test_nobody_who_stops_listening_leaves_processes_behind(spool: Spool) -> None:
    """When the reader of the outcomes goes, as after an interrupt, the processes go."""
    found = outcomes(assignment(spool), [()] * 20, 2)
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert children_end()
