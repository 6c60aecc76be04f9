"""The run-time limits of a dialect: length of strings, depth and nodes of arrays and objects (facts 5.8)."""

from __future__ import annotations

from collections.abc import Callable

from s2sguard.expression.interface import Dialect, ExpressionFailure, Json

SIZED = frozenset({str, list, dict})
"""The classes of values that have limits."""
_CONTAINERS = frozenset({list, dict})


def checker(dialect: Dialect) -> Callable[[Json], None]:
    """Return a function that raises `ExpressionFailure` for a value that is too large; it takes time in its size, up to the limit."""
    longest, deepest, most = dialect.max_string, dialect.max_object_depth, dialect.max_nodes

    def check(value: Json) -> None:
        if type(value) is str:
            if len(value) > longest:
                raise ExpressionFailure(f"a string is longer than {longest} characters")
            return
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

    return check
