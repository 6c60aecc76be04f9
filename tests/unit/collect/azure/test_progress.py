"""What a live run says about itself."""

from __future__ import annotations

import io

import pytest

from s2sguard.cli.live import LiveProgress
from s2sguard.collect.azure.progress import Steps


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_counts_and_an_estimate() -> None:
    """A step says how far it is, and once its speed is known, how long the rest will take."""
    said: list[str] = []
    clock = Clock()
    step = Steps(said.append, clock).step("reading", "resource groups", 10)
    for seconds in (1.0, 10.0, 90.0):
        clock.now = seconds
        step.done(lambda: (5, 1), 7)
    assert [
        "reading 1 of 10 resource groups: 5 resources, 1 gap, 7 requests",
        "reading 2 of 10 resource groups: 5 resources, 1 gap, 7 requests, about 40 s left",
        "reading 3 of 10 resource groups: 5 resources, 1 gap, 7 requests, about 4 min left",
    ] == said


def test_nobody_reads_a_thousand_lines_a_second() -> None:
    """Units that follow each other at once are said together, the last one always."""
    said: list[str] = []
    step = Steps(said.append, Clock()).step("reading", "resource groups", 100)
    for _ in range(100):
        step.done(lambda: (5, 0), 7)
    assert ["reading 1 of", "reading 100 of"] == [line[: line.index(" of") + 3] for line in said]


def test_a_log_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a log there is a whole line now and then, and none to clear another."""
    now = [100.0]
    monkeypatch.setattr("s2sguard.cli.live.time.monotonic", lambda: now[0])
    log = io.StringIO()
    progress = LiveProgress(log)
    for seconds, text in ((100.0, "one"), (110.0, "two"), (131.0, "three"), (170.0, "")):
        now[0] = seconds
        progress(text)
    assert log.getvalue() == "one\nthree\n"
