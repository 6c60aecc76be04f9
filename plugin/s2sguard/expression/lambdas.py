"""Lambda expressions at run time: a function of values, closed over the environment and the variables around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sguard.expression.interface import Budget, ExpressionFailure, Json

MAX_CALLS = 1_000_000
"""Evaluations of lambda expressions within one outermost one: nested ones multiply."""
_STEPS = 16
"""What one of them takes from the budget of the run."""


class Frame:
    """The environment of a run and the lambda variables in scope, by lowercase name."""

    __slots__ = ("calls", "outer", "variables")

    def __init__(self, outer: object, variables: dict[str, Json], calls: list[int] | None = None) -> None:
        self.outer = outer
        self.variables = variables
        self.calls = [0] if calls is None else calls
        """How many evaluations there were, in a list that inner frames share."""


class Lambda:
    """A lambda expression as a value; it is called with as many values as it has variables."""

    __slots__ = ("body", "budget", "frame", "names")

    def __init__(self, names: tuple[str, ...], body: Callable[[Any], Json], frame: Frame, budget: Budget | None = None) -> None:
        self.budget = budget
        self.names = names
        self.body = body
        self.frame = frame

    def __call__(self, *values: Json) -> Json:
        """Return the value of the body; values beyond the number of variables are left out."""
        frame = self.frame
        if self.budget is not None:
            self.budget.spend(_STEPS)
        frame.calls[0] += 1
        if frame.calls[0] > MAX_CALLS:
            raise ExpressionFailure(f"lambda expressions are evaluated more than {MAX_CALLS} times")
        return self.body(Frame(frame.outer, {**frame.variables, **dict(zip(self.names, values, strict=False))}, frame.calls))

    @classmethod
    def maker(
        cls, names: tuple[str, ...], body: Callable[[Any], Json], *, inside: bool, budget: Budget | None = None
    ) -> Callable[[Any], Lambda]:
        """Return a function of the environment; `inside` says that it is already a `Frame`."""

        def make(env: object) -> Lambda:
            return cls(names, body, env if inside and isinstance(env, Frame) else Frame(env, {}), budget)

        return make
