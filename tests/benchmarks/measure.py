"""How things are timed, and what a result looks like.

The machine may be shared and noisy: what is compared is run in turns (A B A B ...), and medians are compared.
"""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a results table."""

    what: str
    value: float
    unit: str
    """`x` for a ratio, else `s`, `ms`, `MB`, `/s`, or nothing for an exponent."""
    seen: str
    """The absolute numbers behind it, for orientation."""
    aim: float | None = None
    better: Literal["less", "more"] = "less"
    why_short: str = ""
    """Why the aim is missed where it is: known from profiles, so written by hand."""

    @property
    def short(self) -> bool:
        """Say whether the aim is missed."""
        if self.aim is None:
            return False
        return self.value > self.aim if self.better == "less" else self.value < self.aim


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table, with what a reader must know about how it was made."""

    title: str
    notes: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much work a run does."""

    sizes: tuple[int, ...]
    """Estates by their number of connections, smallest first."""
    partners: int
    """Partners on the one headend."""
    rego_partners: int
    """Partners the pairwise Rego rule is given; more are extrapolated."""
    engine_connections: int
    whole_connections: int
    """Connections of the run from end to end."""
    repeats: int
    starts: int
    """How often a process is started to time its start."""
    plan_bytes: int
    """Size of the Terraform plan."""
    largest: bool = False
    """Whether the largest estate is also run from end to end, which takes minutes."""


FULL = Scale(
    sizes=(1_000, 10_000, 100_000),
    partners=1_000,
    rego_partners=300,
    engine_connections=300,
    whole_connections=10_000,
    repeats=5,
    starts=15,
    plan_bytes=60_000_000,
)
QUICK = Scale(
    sizes=(1_000, 10_000),
    partners=1_000,
    rego_partners=100,
    engine_connections=90,
    whole_connections=1_000,
    repeats=3,
    starts=7,
    plan_bytes=6_000_000,
)
SMALLEST = Scale(
    sizes=(30, 60),
    partners=20,
    rego_partners=20,
    engine_connections=30,
    whole_connections=30,
    repeats=1,
    starts=1,
    plan_bytes=100_000,
)
"""What the test of the benchmarks themselves runs."""


def in_turns(tasks: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the median seconds of each task, run one after the other, `repeats` times over."""
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            gc.collect()
            taken[name].append(seconds(task))
    return {name: statistics.median(found) for name, found in taken.items()}


def seconds(task: Callable[[], object]) -> float:
    """Return how long one call takes; freeing its result is not counted."""
    start = time.perf_counter()
    result = task()
    taken = time.perf_counter() - start
    del result
    return taken


@contextmanager
def collector(*, on: bool) -> Iterator[None]:
    """Run with the cycle collector on or off."""
    was = gc.isenabled()
    (gc.enable if on else gc.disable)()
    try:
        yield
    finally:
        (gc.enable if was else gc.disable)()


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """Return the slope between two (size, seconds) on a log-log scale: 1 is linear, 2 is quadratic."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def ms(value: float) -> str:
    """Return seconds as text in a unit that suits them."""
    return f"{value:.2f} s" if value >= 1 else f"{value * MS:.1f} ms" if value >= 0.001 else f"{value * MS * MS:.0f} us"
