"""Lambda expressions at run time: a function of values, closed over the environment and the variables around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sguard.expression.interface import ExpressionFailure, Json

MAX_CALLS = 1_000_000
"""Evaluations of lambda expressions within one outermost one: nested ones multiply."""


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

    __slots__ = ("body", "frame", "names")

    def __init__(self, names: tuple[str, ...], body: Callable[[Any], Json], frame: Frame) -> None:
        self.names = names
        self.body = body
        self.frame = frame

    def __call__(self, *values: Json) -> Json:
        """Return the value of the body; values beyond the number of variables are left out."""
        frame = self.frame
        frame.calls[0] += 1
        if frame.calls[0] > MAX_CALLS:
            raise ExpressionFailure(f"lambda expressions are evaluated more than {MAX_CALLS} times")
        return self.body(Frame(frame.outer, {**frame.variables, **dict(zip(self.names, values, strict=False))}, frame.calls))

    @classmethod
    def maker(cls, names: tuple[str, ...], body: Callable[[Any], Json], *, inside: bool) -> Callable[[Any], Lambda]:
        """Return a function of the environment; `inside` says that it is already a `Frame`."""

        def make(env: object) -> Lambda:
            return cls(names, body, env if inside and isinstance(env, Frame) else Frame(env, {}))

        return make
