"""Deciding conditions for people: field, value, comparison, one on a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from s2sguard.cli.policy.rule_text import WORDS
from s2sguard.cli.policy.shown import HIDDEN, on_one_line, value_of
from s2sguard.model.value import Unknown
from s2sguard.report.printable import printable
from s2sguard.report.style import Style

if TYPE_CHECKING:
    from s2sguard.azure_policy import Evaluated

Counted: TypeAlias = "Callable[[Evaluated], Iterable[tuple[str, Any]]]"
LONGEST_EXPRESSION = 90
_ONLY_NAMES = re.compile(r"\[\s*(field|parameters)\(\s*'([^']+)'\s*\)\s*\]", re.IGNORECASE)
SCOPE_SEGMENTS = 5
"""Segments of the id of a resource group."""
ANSWERS = {True: "yes", False: "no ", None: "?  "}
"""Whether the condition holds; in a column, so that the eye finds the one that does not."""


def trace_lines(
    trace: Iterable[Evaluated], style: Style, *, first: str, resource_type: str = "", counted: Counted | None = None
) -> Iterator[str]:
    """Yield the conditions, the first one after `first`, the others below it.

    `counted` gives for a condition the values that it counted.
    """
    for condition in trace:
        text = condition_text(condition, resource_type)
        yield from style.wrap(text, first=f"{first}{ANSWERS[condition.result]}  ", rest=" " * (len(first) + 7))
        first = " " * len(first)
        for field, value in counted(condition) if counted is not None and condition.kind == "Count" else ():
            text = f"{_named(field, resource_type)}: {_shown(field, value)}"
            yield from style.wrap(text, first=f"{first}       ", rest=" " * (len(first) + 9))


def condition_text(condition: Evaluated, resource_type: str = "") -> str:
    """Return one condition on one line; aliases of `resource_type` without their namespace and type."""
    counted = "number of " if condition.kind == "Count" else ""
    value = _shown(condition.expression, condition.expression_value)
    return f"{counted}{_named(condition.expression, resource_type)}: {value}  (asks: {_asked(condition)})"


def _named(expression: str, resource_type: str) -> str:
    """Return a field, or an expression that only names a field or a parameter, in the fewest words."""
    if found := _ONLY_NAMES.fullmatch(expression):
        function, expression = found.groups()
        if function.lower() == "parameters":
            return f"parameter {printable(expression)}"
    prefix = f"{resource_type}/"
    short = expression[len(prefix) :] if resource_type and expression.lower().startswith(prefix.lower()) else expression
    return printable(short, limit=LONGEST_EXPRESSION)


def _asked(condition: Evaluated) -> str:
    if condition.operator.lower() == "exists":
        return "exists" if str(condition.target_value).lower() == "true" else "does not exist"
    return f"{WORDS.get(condition.operator, condition.operator)} {on_one_line(condition.target_value)}"


def _shown(expression: str, value: Any) -> str:  # noqa: ANN401  # JSON in
    if isinstance(value, Unknown):
        return f"unknown ({printable(value.reason)})"
    shown = value_of(expression, value)
    if shown is None:
        return "missing"
    if shown == HIDDEN:
        return HIDDEN
    return on_one_line(_short_id(shown) if isinstance(shown, str) else shown)


def _short_id(text: str) -> str:
    """Return the end of a resource id, which is what tells it from its neighbours; any other text as it is."""
    segments = text.split("/")
    return f".../{segments[-2]}/{segments[-1]}" if text.lower().startswith("/subscriptions/") and len(segments) > SCOPE_SEGMENTS else text
