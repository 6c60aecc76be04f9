"""Which conditions decided, with the values they saw (how-to/determine-non-compliance: the reasons that Azure shows)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from s2sguard.azure_policy.language.conditions import Node, Tree
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.leaves import Leaf
from s2sguard.azure_policy.language.masking import HIDDEN, View, reads_secret, without_texts
from s2sguard.azure_policy.language.outcome import Evaluated
from s2sguard.expression.interface import ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

_LONGEST = 200


def trace(node: Node, env: Env) -> tuple[Evaluated, ...]:
    """Return the conditions that decided, in the order of the rule; evaluates again what it has to.

    Of a true `allOf` and a false `anyOf` every member decides, of a false `allOf` and a true `anyOf` the first such member,
    of one with an unknown outcome its unknown members.
    A count is one condition; the conditions inside of it are not listed.
    What comes from a secret is `HIDDEN` (`masking`): a trace is made for people.
    """
    return tuple(_deciding(node, env))


def _deciding(node: Node, env: Env) -> Iterator[Evaluated]:
    todo, view = [node], View(env)
    while todo:
        here = todo.pop()
        if isinstance(here, Leaf):
            yield _evaluated(here, env, view)
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


def _evaluated(leaf: Leaf, env: Env, view: View) -> Evaluated:
    try:
        result = leaf.test(env)
    except ExpressionFailure:
        result = None
    name, value = _named(leaf, view), _seen(leaf, env, view)
    target = view.value(leaf.target)
    target = without_texts(target) if value == HIDDEN and leaf.operator != "exists" else target
    doubts: tuple[list[str], list[str]] = ([], [])
    return Evaluated(
        pointer=leaf.pointer,
        kind=leaf.kind,
        expression=view.text(_text(leaf.expression)),
        expression_value=_known(value, doubts[0]),
        operator=leaf.operator,
        target_value=_known(target, doubts[1]),
        result=result,
        field_name=name if isinstance(name, str) else None,
        unknown="".join(doubts[0][:1]),
        target_unknown="".join(doubts[1][:1]),
    )


def seen(leaf: Leaf, env: Env) -> Json:
    """Return what a condition looks at as people may see it, `Unknown` where that is not known; None where it fails."""
    return _seen(leaf, env, View(env))


def _seen(leaf: Leaf, env: Env, view: View) -> Json:
    # What a count comes to is no more than what its condition says.
    value = _number(leaf, env) if leaf.kind == "Count" else view.value(leaf.look)
    if value is None or isinstance(value, Unknown):
        return value
    return HIDDEN if reads_secret(leaf.expression) or reads_secret(_named(leaf, view)) else value


def _named(leaf: Leaf, view: View) -> Json:
    return view.value(leaf.name) if leaf.name is not None else None


def _known(value: Json, doubts: list[str]) -> Json:
    """Return plain JSON, with null for what is not known; the reasons are added to `doubts`."""
    if isinstance(value, Unknown):
        doubts.append(value.reason)
        return None
    if isinstance(value, list):
        return [_known(one, doubts) for one in value]
    return {name: _known(one, doubts) for name, one in value.items()} if isinstance(value, dict) else value


def _number(leaf: Leaf, env: Env) -> Json:
    try:
        return leaf.look(env)
    except UnknownValue as doubt:
        return doubt.unknown
    except ExpressionFailure:
        return None


def _text(expression: Json) -> str:
    return expression if isinstance(expression, str) else _json(expression)


def line(evaluated: Evaluated) -> str:
    """Return one condition on one line of printable ASCII.

    Such as `Microsoft.Network/connections/connectionMode is null (missing), notEquals "InitiatorOnly": true`.
    """
    what = f"count of {evaluated.expression}" if evaluated.kind == "Count" else evaluated.expression
    missing = " (missing)" if evaluated.kind == "Field" and evaluated.expression_value is None and not evaluated.unknown else ""
    result = "unknown" if evaluated.result is None else str(evaluated.result).lower()
    shown = f"{_or_unknown(evaluated.expression_value, evaluated.unknown)}{missing}"
    target = _or_unknown(evaluated.target_value, evaluated.target_unknown)
    return f"{_escaped(what)} is {shown}, {evaluated.operator} {target}: {result}"


def _or_unknown(value: Json, reason: str) -> str:
    return _json(f"unknown: {reason}" if value is None and reason else value)


def _json(value: Json) -> str:
    try:
        text = json.dumps(value)
    except (RecursionError, ValueError, TypeError):
        text = "(not shown)"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _escaped(text: str) -> str:
    text = json.dumps(text)[1:-1].replace('\\"', '"')
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
