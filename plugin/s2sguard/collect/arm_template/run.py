"""What all parts of one evaluation share: its limits, what it found wrong, and the resource at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from s2sguard.collect.arm_template.interface import Linked
from s2sguard.expression import Budget, ExpressionFailure, Json
from s2sguard.expression.limits import size_of
from s2sguard.model.inventory import Gap, GapKind, Source
from s2sguard.model.value import Unknown

MAX_STEPS: Final = 10_000_000
"""Work for one root template and all it nests: some seconds. Real templates take about one step for each of their bytes."""
MAX_RESOURCES: Final = 10_000
"""Resources of one root template, copies and nested deployments included. Azure takes 800 in one deployment."""
MAX_COPIES: Final = 800
"""Iterations of one copy loop (Microsoft: copy-resources, "Copy limits")."""
MAX_NESTING: Final = 10
"""Deployments within deployments. Azure's own limit is not documented; five levels of modules are rare."""
MAX_CHAIN: Final = 40
"""Parameters, variables, outputs and resources that each need the next one."""
STEPS_OF_A_NODE: Final = 8
"""What building one node of a result takes from the budget: it takes memory as well."""
STEPS_OF_A_CALL: Final = 32
"""What evaluating one expression, iteration or user-defined function takes at least."""
STEPS_OF_A_MEMBER: Final = 24
"""What each member of a declaration takes for each resource made of it: names are looked for in any casing, some of them in vain."""
STEPS_OF_A_CHARACTER: Final = 4
"""What compiling an expression takes for each of its characters."""
STEPS_OF_A_TEMPLATE: Final = 1000
"""What opening one nested deployment takes."""

FAILS: Final = Unknown("an expression that cannot be evaluated")
TOO_LONG_A_LOOP: Final = Unknown("a copy loop that is longer than Azure allows")


class Stopped(Exception):  # noqa: N818  # the end of an evaluation that has been reported
    """There are more resources than one evaluation may have; the gap has been noted."""


class Run:
    """The state of one evaluation."""

    __slots__ = ("_chain", "_seen", "budget", "current", "gaps", "links", "resources")

    def __init__(self) -> None:
        self.budget = Budget(MAX_STEPS)
        self.gaps: list[Gap] = []
        self.resources = 0
        self.current: str | None = None
        """Id of the resource at hand: what fails while it is worked out concerns it."""
        self.links: dict[tuple[str, str], Linked | None] = {}
        """(file, link written in it) -> what it leads to."""
        self._seen: set[tuple[GapKind, str, Source]] = set()
        self._chain = 0

    def gap(self, kind: GapKind, reason: str, source: Source, resource: str | None = None) -> None:
        """Note what could not be read; once for each place, however many copies it has."""
        if (kind, reason, source) not in self._seen:
            self._seen.add((kind, reason, source))
            self.gaps.append(Gap(kind=kind, reason=reason, source=source, resource=resource))

    def count(self, source: Source) -> None:
        """Count one resource. Raises `Stopped`."""
        self.resources += 1
        if self.resources > MAX_RESOURCES:
            self.gap("too-large", f"the template has more than {MAX_RESOURCES} resources; the rest of them was not read", source)
            raise Stopped

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Go one step down a chain of values that need each other. Raises `ExpressionFailure` where it is too long."""
        if self._chain >= MAX_CHAIN:
            raise ExpressionFailure(f"more than {MAX_CHAIN} values need each other in a row")
        self._chain += 1
        try:
            yield
        finally:
            self._chain -= 1

    @contextmanager
    def about(self, resource: str) -> Iterator[None]:
        """Work on one resource."""
        before, self.current = self.current, resource
        try:
            yield
        finally:
            self.current = before


def weight(value: Json) -> int:
    """Return what handing over a value again costs: little, but functions may go through all of it."""
    return 1 + (size_of(value) if isinstance(value, list | dict) else 0) // 8
