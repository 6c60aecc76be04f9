"""The run-time limits of a dialect: length of strings, depth and nodes of arrays and objects (facts 5.8); and what work costs."""

from __future__ import annotations

from collections.abc import Callable

from s2sguard.expression.interface import Budget, Dialect, ExpressionFailure, Function, Json

SIZED = frozenset({str, list, dict})
"""The classes of values that have limits."""
_CONTAINERS = frozenset({list, dict})
CHARACTERS = 64
"""Characters of a string that count as one step of a budget."""
_MOST = 100_000
"""Nodes that are counted at most: no value that a function returns has as many."""


def checker(dialect: Dialect) -> Callable[[Json], object]:
    """Return a function that raises `ExpressionFailure` for a value that is too large; it takes time in its size, up to the limit."""
    measure, budget = _measure(dialect), dialect.budget
    if budget is None:
        return measure

    def check(value: Json) -> None:
        budget.spend(measure(value))

    return check


def _measure(dialect: Dialect) -> Callable[[Json], int]:
    """Return the function without a budget; it returns how many steps the value is worth."""
    longest, deepest, most = dialect.max_string, dialect.max_object_depth, dialect.max_nodes

    def check(value: Json) -> int:
        if type(value) is str:
            if len(value) > longest:
                raise ExpressionFailure(f"a string is longer than {longest} characters")
            return 1 + len(value) // CHARACTERS
        level, depth, nodes = [value], 0, 1
        while level:
            depth += 1
            if depth > deepest:
                raise ExpressionFailure(f"a value is nested more than {deepest} levels deep")
            below: list[Json] = []
            for container in level:
                nodes += len(container)
                if nodes > most:
                    raise ExpressionFailure(f"a value has more than {most} nodes")
                members = container.values() if isinstance(container, dict) else container
                if not _CONTAINERS.isdisjoint(map(type, members)):
                    below.extend(member for member in members if type(member) in _CONTAINERS)
            level = below
        return nodes

    return check


def size_of(value: Json) -> int:
    """Return how many steps it takes to look at all of a value: its nodes, and of a string its length."""
    if type(value) is str:
        return 1 + len(value) // CHARACTERS
    total, level = 1, [value] if type(value) in _CONTAINERS else []
    while level and total < _MOST:
        below: list[Json] = []
        for container in level:
            total += len(container)
            members = container.values() if isinstance(container, dict) else container
            if not _CONTAINERS.isdisjoint(map(type, members)):
                below.extend(member for member in members if type(member) in _CONTAINERS)
        level = below
    return total


def charged(function: Function, budget: Budget | None) -> Callable[..., Json]:
    """Return what calls a function; with a budget, what it is given is paid for first: `contains` may look at all of it to say no."""
    call, cost = function.call, function.cost
    if budget is None:
        return call

    def charging(*values: Json) -> Json:
        budget.spend(1 + cost * sum(size_of(value) for value in values if type(value) in SIZED))
        return call(*values)

    return charging
