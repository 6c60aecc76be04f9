"""Which conditions decided, with the values they saw (how-to/determine-non-compliance: the reasons that Azure shows)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from s2sguard.azure_policy.language.conditions import Node, Tree
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.leaves import Leaf
from s2sguard.azure_policy.language.outcome import Evaluated
from s2sguard.collect.secrets import is_secret_key
from s2sguard.expression.interface import ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

HIDDEN = "***"
"""Stands in place of a value that is a secret, as in Azure's own compliance details."""
_LONGEST = 200
_DEEPEST = 20
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_NAMES = re.compile(r"[/.\[\]']+")


def trace(node: Node, env: Env) -> tuple[Evaluated, ...]:
    """Return the conditions that decided, in the order of the rule; evaluates again what it has to.

    Of a true `allOf` and a false `anyOf` every member decides, of a false `allOf` and a true `anyOf` the first such member,
    of one with an unknown outcome its unknown members.
    A count is one condition; the conditions inside of it are not listed.
    """
    return tuple(_deciding(node, env))


def _deciding(node: Node, env: Env) -> Iterator[Evaluated]:
    todo = [node]
    while todo:
        here = todo.pop()
        if isinstance(here, Leaf):
            yield _evaluated(here, env)
        else:
            todo.extend(reversed(_deciding_children(here, env)))


def _deciding_children(tree: Tree, env: Env) -> list[Node]:
    if tree.word == "not":
        return list(tree.children)
    chosen: list[Node] = []
    decisive = tree.word == "anyOf"
    unknown: list[Node] = []
    for child in tree.children:
        try:
            met = child.test(env)
        except ExpressionFailure:
            return [*chosen, child]
        if met is decisive:
            return [child]
        if met is None:
            unknown.append(child)
        chosen.append(child)
    return unknown or chosen


def _evaluated(leaf: Leaf, env: Env) -> Evaluated:
    try:
        result = leaf.test(env)
    except ExpressionFailure:
        result = None
    return Evaluated(
        pointer=leaf.pointer,
        kind=leaf.kind,
        expression=_text(leaf.expression),
        expression_value=HIDDEN if _is_secret(leaf.expression) else _shown(leaf.look, env),
        operator=leaf.operator,
        target_value=_shown(leaf.target, env),
        result=result,
    )


def _text(expression: Json) -> str:
    return expression if isinstance(expression, str) else _json(expression)


def _is_secret(expression: Json) -> bool:
    """Say whether an expression reads a property that holds a secret, by its name or by the names of the fields in it."""
    if not isinstance(expression, str):
        return False
    names = _QUOTED.findall(expression) if expression.startswith("[") else [expression]
    return any(is_secret_key(part) for name in names for part in _NAMES.split(name) if part)


def _shown(look: object, env: Env) -> Json:
    try:
        return _without_secrets(look(env), _DEEPEST)  # type: ignore[operator]
    except UnknownValue as doubt:
        return doubt.unknown
    except ExpressionFailure:
        return None


def _without_secrets(value: Json, levels: int) -> Json:
    if not levels and isinstance(value, list | dict):
        return HIDDEN
    if isinstance(value, list):
        return [_without_secrets(one, levels - 1) for one in value]
    if isinstance(value, dict):
        return {name: HIDDEN if is_secret_key(str(name)) else _without_secrets(one, levels - 1) for name, one in value.items()}
    return value


def line(evaluated: Evaluated) -> str:
    """Return one condition on one line of printable ASCII.

    Such as `Microsoft.Network/connections/connectionMode is null (missing), notEquals "InitiatorOnly": true`.
    """
    what = f"count of {evaluated.expression}" if evaluated.kind == "Count" else evaluated.expression
    missing = " (missing)" if evaluated.kind == "Field" and evaluated.expression_value is None else ""
    result = "unknown" if evaluated.result is None else str(evaluated.result).lower()
    shown = f"{_json(evaluated.expression_value)}{missing}"
    return f"{_escaped(what)} is {shown}, {evaluated.operator} {_json(evaluated.target_value)}: {result}"


def _json(value: Json) -> str:
    try:
        text = json.dumps(value, default=_unknown)
    except (RecursionError, ValueError, TypeError):
        text = "(not shown)"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _unknown(value: object) -> str:
    return f"unknown: {value.reason}" if isinstance(value, Unknown) else "?"


def _escaped(text: str) -> str:
    text = json.dumps(text)[1:-1].replace('\\"', '"')
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
