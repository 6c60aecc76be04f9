"""Problems of definitions, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from s2sguard.report.printable import printable
from s2sguard.report.style import Style

if TYPE_CHECKING:
    from s2sguard.azure_policy import Problem


def problem_lines(file: str, problems: Iterable[Problem], style: Style) -> Iterator[str]:
    """Yield a line `file#/pointer: message` for each problem, and its hint below."""
    for problem in problems:
        # Not wrapped: an editor jumps to `file#pointer`, and a search finds the message.
        place = f"{file}#{problem.pointer}" if problem.pointer else file
        yield f"  {style.paint(printable(place), 'bold')}: {printable(problem.message)}"
        if problem.hint:
            yield from style.wrap(printable(problem.hint), first="      hint: ")


def doubtful_aliases(fields: Iterable[str]) -> tuple[Problem, ...]:
    """Return a problem for every field that is none of the confirmed aliases of its type, where that type has any.

    Without a catalogue the evaluator takes every path, and Azure makes a rule with an alias that does not exist apply to nothing.
    """
    from s2sguard.azure_policy.language.outcome import Problem
    from s2sguard.azure_policy.shipped.definitions import load_aliases

    known = load_aliases()
    types = {alias.name.lower().rpartition("/")[0] for alias in known}
    doubtful = [name for name in fields if name.lower().rpartition("/")[0] in types and name not in known]
    message = "`{}` is not among the confirmed aliases; one that does not exist makes Azure skip the whole rule"
    return tuple(Problem(pointer="", message=message.format(name), hint=known.hint(name)) for name in doubtful)


def problem_nodes(file: str, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return the problems as JSON."""
    return [{"file": file, "pointer": each.pointer, "message": each.message, "hint": each.hint} for each in problems]
