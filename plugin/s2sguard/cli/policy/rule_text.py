"""A policy rule for people: one condition on a line, indented by what it belongs to.

It shows a rule as it is written and decides nothing; anything it does not know is shown as JSON.
Aliases lose the type that the rule asks for, and long expressions are shown once, below the rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s2sguard.cli.policy.shown import on_one_line
from s2sguard.report.printable import printable

STEP = "  "
DEEPEST = 60
"""Levels that are shown; no screen holds more."""
LONG = 60
"""Characters from which an expression is shown below the rule."""
GROUPS = {"allof": "all of", "anyof": "any of"}
SUBJECTS = ("field", "value", "count")
WORDS = {
    "equals": "is",
    "notEquals": "is not",
    "in": "is one of",
    "notIn": "is none of",
    "greater": ">",
    "greaterOrEquals": ">=",
    "less": "<",
    "lessOrEquals": "<=",
}
"""Operators that read better as words; all others keep their name."""
_BY_LOWER = {name.lower(): text for name, text in WORDS.items()}


def _folded(condition: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key).lower(): value for key, value in condition.items()}


class RuleText:
    """Turns one rule into lines."""

    def __init__(self, rule: Any) -> None:  # noqa: ANN401  # JSON in
        self._rule = rule
        self._long: dict[str, str] = {}
        # The longest first: a child's type starts with its parent's.
        self._types = sorted(set(_types(rule)), key=len, reverse=True)

    def lines(self, indent: str = "") -> Iterator[str]:
        """Yield the rule, whatever shape it has."""
        yield from self._condition(self._rule, indent, 0)

    def legend(self) -> Iterator[str]:
        """Yield the expressions that were too long for the lines yielded before, by the names they have there."""
        for text, name in self._long.items():
            yield f"{name} = {printable(text)}"

    def _condition(self, condition: Any, indent: str, depth: int) -> Iterator[str]:  # noqa: ANN401  # JSON in
        if not isinstance(condition, Mapping) or depth > DEEPEST:
            yield indent + on_one_line(condition)
            return
        folded = _folded(condition)
        for key, title in GROUPS.items():
            if isinstance(members := folded.get(key), list):
                yield f"{indent}{title}"
                for member in members:
                    yield from self._condition(member, indent + STEP, depth + 1)
                return
        if "not" in folded:
            yield f"{indent}not"
            yield from self._condition(folded["not"], indent + STEP, depth + 1)
            return
        yield from self._leaf(condition, folded, indent, depth)

    def _leaf(self, condition: Mapping[str, Any], folded: Mapping[str, Any], indent: str, depth: int) -> Iterator[str]:
        subject = next((name for name in SUBJECTS if name in folded), None)
        operators = [(str(key), value) for key, value in condition.items() if str(key).lower() not in SUBJECTS]
        if subject is None or len(operators) != 1:
            yield indent + on_one_line(condition)
            return
        is_type = str(folded.get("field", "")).lower() == "type"
        compared = self._compared(*operators[0], whole=is_type)
        if subject != "count":
            yield f"{indent}{self._text(folded[subject])} {compared}"
            return
        count = _folded(folded["count"]) if isinstance(folded["count"], Mapping) else {}
        name = f", each called {self._text(count['name'])}" if "name" in count else ""
        where = ", counting those where" if "where" in count else ""
        yield f"{indent}number of {self._text(count.get('field', count.get('value')))}{name} {compared}{where}"
        if "where" in count:
            yield from self._condition(count["where"], indent + STEP, depth + 1)

    def _compared(self, operator: str, target: Any, *, whole: bool) -> str:  # noqa: ANN401  # JSON in
        if operator.lower() == "exists" and str(target).lower() in {"true", "false"}:
            return "exists" if str(target).lower() == "true" else "does not exist"
        shown = on_one_line(target) if whole and not isinstance(target, str) else target if whole else self._text(target)
        return f"{_BY_LOWER.get(operator.lower(), printable(operator))} {printable(str(shown))}"

    def _text(self, value: Any) -> str:  # noqa: ANN401  # JSON in
        """Return a field or an expression without quotes, anything that could be misread as JSON."""
        if not isinstance(value, str) or not value.strip():
            return on_one_line(value)
        for kind in self._types:
            value = value.replace(f"{kind}/", "")
        if value.startswith("[") and len(value) > LONG:
            return self._long.setdefault(value, f"<{len(self._long) + 1}>")
        return printable(value)


def _types(rule: Any) -> Iterator[str]:  # noqa: ANN401  # JSON in
    """Yield every resource type that a rule compares the type with."""
    stack = [rule]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            folded = _folded(node)
            if str(folded.get("field", "")).lower() == "type":
                named = [folded.get("equals"), *(folded["in"] if isinstance(folded.get("in"), list) else ())]
                yield from (name for name in named if isinstance(name, str) and "/" in name)
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
