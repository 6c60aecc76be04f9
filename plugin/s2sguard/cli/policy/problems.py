"""Problems of definitions, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from s2sguard.report.printable import printable
from s2sguard.report.style import Style

if TYPE_CHECKING:
    from s2sguard.azure_policy import Problem


def problem_lines(file: str, problems: Iterable[Problem], style: Style, *, kind: str = "") -> Iterator[str]:
    """Yield a line `file#/pointer: message` for each problem, and its hint below; `kind` stands before the message."""
    for problem in problems:
        # The place is one word, so that an editor can jump to it.
        place = printable(f"{file}#{problem.pointer}" if problem.pointer else file)
        first, *rest = style.wrap(kind + printable(problem.message), first=f"  {place}: ", rest="    ")
        yield first.replace(place, style.paint(place, "bold"), 1)
        yield from rest
        if problem.hint:
            yield from style.wrap(printable(problem.hint), first="      hint: ")


def problem_nodes(file: str, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return the problems as JSON."""
    return [{"file": file, "pointer": each.pointer, "message": each.message, "hint": each.hint} for each in problems]
