"""Deciding conditions for people: field, value, comparison, one on a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from s2sguard.cli.policy.rule_text import WORDS
from s2sguard.cli.policy.shown import HIDDEN, LONGEST_VALUE, on_one_line, or_unknown, plain, value_of
from s2sguard.model.value import Unknown
from s2sguard.report.printable import printable
from s2sguard.report.style import Style

if TYPE_CHECKING:
    from s2sguard.azure_policy import Evaluated

Counted: TypeAlias = "Callable[[Evaluated], Iterable[tuple[str, Any]]]"
Shorten: TypeAlias = Callable[[str], str]
LONGEST_EXPRESSION = 90
_IDENTITY = re.compile(r"\[.*?parameters\('(trust|partner)Tag'\).*\]")
"""The expressions by which our definitions work out whose a resource is, told by the tag they fall back on."""
_WRAPPED = re.compile(r"\[(?:(?:trim|string|coalesce|tolower|toupper)\()+(?:field|current)\('([^']+)'\)(?:\)|, '')*\]", re.IGNORECASE)
"""An expression that only makes a field comparable."""
_TAG = re.compile(r"tags(?:\.|\[(?P<quote>'?))(?P<name>.+?)(?(quote)(?P=quote)\])", re.IGNORECASE)
CLAIM = ("range", "partner", "gateway")
"""Members of what the derived parameters hold: who claims a range, and on which gateway."""
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
            text = f"{_named(field, resource_type)}: {_shown(field, value, _short_id)}"
            yield from style.wrap(text, first=f"{first}       ", rest=" " * (len(first) + 9))


def condition_text(condition: Evaluated, resource_type: str = "") -> str:
    """Return one condition on one line; aliases of `resource_type` without their namespace and type."""
    counted = "number of " if condition.kind == "Count" else ""
    shorten = _short_ids(condition)
    value = _shown(condition.expression, or_unknown(condition.expression_value, condition.unknown), shorten)
    name = _named(condition.field_name or condition.expression, resource_type)
    return f"{counted}{name}: {value}  (asks: {_asked(condition, shorten)})"


def _named(expression: str, resource_type: str) -> str:
    """Return a field, or an expression that stands for one thing, in the fewest words."""
    if found := _IDENTITY.fullmatch(expression):
        return found[1]
    if found := _ONLY_NAMES.fullmatch(expression):
        function, expression = found.groups()
        if function.lower() == "parameters":
            return f"parameter {printable(expression)}"
    if found := _WRAPPED.fullmatch(expression):
        expression = found[1]
    if found := _TAG.fullmatch(expression):
        return f"tag {printable(found['name'], limit=LONGEST_EXPRESSION)}"
    prefix = f"{resource_type}/"
    short = expression[len(prefix) :] if resource_type and expression.lower().startswith(prefix.lower()) else expression
    return printable(short, limit=LONGEST_EXPRESSION)


def _asked(condition: Evaluated, shorten: Shorten) -> str:
    if condition.operator.lower() == "exists":
        return "exists" if str(condition.target_value).lower() == "true" else "does not exist"
    target = or_unknown(condition.target_value, condition.target_unknown)
    shown = f"unknown ({printable(target.reason)})" if isinstance(target, Unknown) else _with(shorten, plain(target))
    return f"{WORDS.get(condition.operator, condition.operator)} {shown}"


def _shown(expression: str, value: Any, shorten: Shorten) -> str:  # noqa: ANN401  # JSON in
    if isinstance(value, Unknown):
        return f"unknown ({printable(value.reason)})"
    shown = value_of(expression, value)
    if shown is None:
        return "missing"
    if shown == HIDDEN:
        return HIDDEN
    return _claim(shown) or _with(shorten, shown)


def _claim(value: Any) -> str:  # noqa: ANN401  # JSON in
    """Return a member of a derived parameter as `10.2.0.0/16 of blue on vpn-gw-uks`; an empty text for anything else."""
    claims = isinstance(value, Mapping) and {"range"} < set(value) <= set(CLAIM)
    if not claims or not all(isinstance(each, str) for each in value.values()):
        return ""
    owner = f" of {value['partner']}" if "partner" in value else ""
    place = f" on {value['gateway'].rpartition('/')[2]}" if "gateway" in value else ""
    return printable(f"{value['range']}{owner}{place}", limit=LONGEST_VALUE)


def _with(shorten: Shorten, value: Any) -> str:  # noqa: ANN401  # JSON in
    if isinstance(value, str):
        value = shorten(value)
    elif isinstance(value, list):
        value = [shorten(each) if isinstance(each, str) else each for each in value]
    return on_one_line(value)


def _short_ids(condition: Evaluated) -> Shorten:
    """Return what shortens the ids of a condition, as long as two different ones do not look the same then."""
    found = {text.lower() for side in (condition.expression_value, condition.target_value) for text in _texts(side)}
    return _short_id if len({_short_id(text) for text in found}) == len(found) else _whole


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON in
    yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str))


def _whole(text: str) -> str:
    return text


def _short_id(text: str) -> str:
    """Return the end of a resource id, which is what tells it from its neighbours; any other text as it is."""
    segments = text.split("/")
    return f".../{segments[-2]}/{segments[-1]}" if text.lower().startswith("/subscriptions/") and len(segments) > SCOPE_SEGMENTS else text
