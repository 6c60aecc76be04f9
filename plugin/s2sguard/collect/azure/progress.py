"""What a live run says about itself: counts, and an estimate of how long the present step will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

_WORTH_AN_ESTIMATE: Final = 5.0
"""Seconds a step must have run before its speed means anything."""
_READABLE: Final = 0.5
"""Seconds between two lines; counting takes as long as a unit does."""
_MINUTE: Final = 60


class Steps:
    """Makes steps; `say` takes each line, `clock` counts seconds."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.say, self.clock = say, clock

    def step(self, doing: str, what: str, total: int) -> Step:
        """Start a step of `total` units: `doing` is `reading`, `what` is `resource groups`."""
        return Step(self, f"{doing} {{}} of {total} {what}", total)


class Step:
    """One step of a run."""

    def __init__(self, steps: Steps, text: str, total: int) -> None:
        self._steps, self._text, self._total = steps, text, total
        self._started, self._count = steps.clock(), 0
        self._said = self._started - _READABLE

    def done(self, counts_now: Callable[[], tuple[int, int]], requests: int) -> None:
        """Say that one more unit is done, and how many resources and gaps there are by now; not more often than anybody can read."""
        self._count += 1
        now = self._steps.clock()
        if now - self._said < _READABLE and self._count < self._total:
            return
        self._said = now
        resources, gaps = counts_now()
        counts = ", ".join((_many(resources, "resource"), _many(gaps, "gap"), _many(requests, "request")))
        self._steps.say(f"{self._text.format(self._count)}: {counts}{self._left()}")

    def _left(self) -> str:
        elapsed = self._steps.clock() - self._started
        if elapsed < _WORTH_AN_ESTIMATE or self._count == self._total:
            return ""
        seconds = elapsed / self._count * (self._total - self._count)
        return f", about {seconds / _MINUTE:.0f} min left" if seconds >= 1.5 * _MINUTE else f", about {seconds:.0f} s left"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
