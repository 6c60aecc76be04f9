"""Shards over processes. Each opens its engine once; what one of them cannot do ends the run, as half of the verdicts look like all.

Processes are spawned, not forked: engines start threads, and a forked thread pool hangs.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice

from s2sguard.collect.spool import Batch
from s2sguard.errors import EvaluationError
from s2sguard.sharding.judging import Assignment, Judge, Keys, Outcome

_WAITING = 2
"""Shards given out to each process: one that it judges, and one that waits for it."""
_HAS_MASK = hasattr(signal, "pthread_sigmask")
"""Not on Windows."""
_judge: Judge | None = None


def outcomes(assignment: Assignment, tasks: Iterable[Batch | Keys], jobs: int) -> Iterator[Outcome]:
    """Yield what each task came to, with one job in order, else in any; raises the first error of any of them.

    A process that is killed, also by the system for want of memory, is an `EvaluationError`. No process outlives the iterator.
    """
    if jobs > 1:
        yield from _in_processes(assignment, iter(tasks), jobs)
        return
    judge = Judge(assignment)
    try:
        yield from map(judge.judge, tasks)
    finally:
        judge.close()


def _in_processes(assignment: Assignment, tasks: Iterator[Batch | Keys], jobs: int) -> Iterator[Outcome]:
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_start)
    running: set[Future[Outcome]] = set()
    try:
        while True:
            more = list(islice(tasks, jobs * _WAITING - len(running)))
            with _interrupts_wait():
                running |= {pool.submit(_work, assignment, task) for task in more}
            if not running:
                break
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BrokenProcessPool:
        hint = "was it killed for want of memory? try again with fewer --jobs"
        raise EvaluationError("a process that judges was ended from outside, so there are no verdicts", hint=hint) from None
    except BaseException:
        _kill(pool)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Hold back an interrupt while processes are started: they take this over, and one that is hit while Python starts prints pages."""
    if not _HAS_MASK:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _kill(pool: ProcessPoolExecutor) -> None:
    """End the processes at once: what they work on is of no use any more, and a large shard may take minutes."""
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - a public way comes with Python 3.14 only
        process.kill()


def _start() -> None:
    """Prepare a process: an interrupt from the keyboard goes to all of them, and the first one decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if _HAS_MASK:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _work(assignment: Assignment, task: Batch | Keys) -> Outcome:
    global _judge  # noqa: PLW0603 - one for each process
    if _judge is None:
        _judge = Judge(assignment)
    return _judge.judge(task)
