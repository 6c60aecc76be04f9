"""Which resources a definition is for at all, whatever the rule then says about them (concepts/policy-applicability).

Azure shows a compliance state only for resources that a definition applies to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from s2sguard.azure_policy.language.conditions import compile_node
from s2sguard.azure_policy.language.effects.names import IF_NOT_EXISTS
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.outcome import Evaluation
from s2sguard.azure_policy.language.scope import CompileScope
from s2sguard.azure_policy.language.text import keys, member
from s2sguard.expression.interface import ExpressionFailure, Json

if TYPE_CHECKING:
    from s2sguard.azure_policy.language.policy import Policy

_GROUP: Final = "microsoft.resources/subscriptions/resourcegroups"
_GROUPS: Final = frozenset({_GROUP, "microsoft.resources/resourcegroups"})
_SUBSCRIPTIONS: Final = frozenset({"microsoft.resources/subscriptions"})
_DECIDING: Final = ("type", "name", "kind")
_LOCATION: Final = re.compile(r"field\(\s*'location'\s*\)", re.IGNORECASE)
_TRUE: Final = {"value": True, "equals": True}
_FALSE: Final = {"value": True, "equals": False}
_IGNORED_ALONE: Final[Mapping[frozenset[str], frozenset[str]]] = {
    frozenset({"kind"}): frozenset({"kind"}),
    frozenset({"name"}): frozenset({"name"}),
    frozenset({"type", "kind"}): frozenset({"kind"}),
    frozenset({"type", "name"}): frozenset({"name"}),
}
"""Where a rule has conditions on these fields only, those on the right do not count ("All other policy effects", special cases)."""


def outside_mode(mode: str | None, resource: Mapping[str, Json]) -> str:
    """Return why a mode leaves a resource out, empty where it does not.

    `Indexed` looks at types that have tags and a location only, so at no resource group, subscription or child resource
    (definition-structure-basics). Which types those are is told by the resource: such a type always has a location.
    Below `Microsoft.Resources` only subscriptions and resource groups are evaluated, in any mode.
    """
    given = member(resource, "type")
    kind = given.lower() if isinstance(given, str) else ""
    if kind.startswith("microsoft.resources/") and kind not in _GROUPS | _SUBSCRIPTIONS:
        return "of Microsoft.Resources, only subscriptions and resource groups are evaluated"
    if (mode or "").lower() != "indexed":
        return ""
    if kind in _GROUPS | _SUBSCRIPTIONS:
        return "mode Indexed leaves out subscriptions and resource groups"
    if "location" not in keys(resource) and "tags" not in keys(resource):
        return "mode Indexed looks at types with tags and a location only, and this resource has neither"
    return ""


class Applicability:
    """Which resources one definition is for; compiled once."""

    __slots__ = ("_definition", "_looks_for_related", "_names_location", "_node")

    def __init__(self, policy: Policy) -> None:
        definition = policy.definition
        self._definition = definition
        self._looks_for_related = bool(IF_NOT_EXISTS & set(policy.effects))
        self._names_location = names_location(definition.if_block, definition.then_block)
        scope = CompileScope(parameters=definition.parameters)
        self._node = compile_node(narrowed(definition.if_block), definition.if_pointer, scope)

    def why_not(self, env: Env, evaluation: Evaluation) -> str:
        """Return why the definition is not for the resource of `env`, empty where it is; `evaluation` is its outcome there.

        An IfNotExists effect is for what its whole `if` block is true for: only then does its outcome have details.
        Any other effect is for what its conditions on type, name and kind leave in; an effect that takes place proves it too.
        """
        if reason := outside_mode(self._definition.mode, env.resource):
            return reason
        if self._names_location and is_subscription(env.resource):
            return "a rule that looks at the location is for no subscription"
        if "notApplicable" in evaluation.details:
            return str(evaluation.details["notApplicable"])
        if evaluation.effect is not None or "candidates" in evaluation.details:
            return ""
        if self._looks_for_related:
            return "the `if` block does not match"
        try:
            left_out = self._node.test(env) is False
        except ExpressionFailure:
            left_out = False
        return "the conditions on type, name and kind leave it out" if left_out else ""


def is_subscription(resource: Mapping[str, Json]) -> bool:
    """Say whether a resource is a subscription."""
    kind = member(resource, "type")
    return isinstance(kind, str) and kind.lower() in _SUBSCRIPTIONS


def names_location(if_block: Json, then_block: Mapping[str, Json]) -> bool:
    """Say whether a rule looks at `location`, in its conditions or in the parameters of its deployment (special cases)."""
    parameters: Json = then_block
    for name in ("details", "deployment", "properties", "parameters"):
        parameters = member(parameters, name) if isinstance(parameters, Mapping) else None
    if any(isinstance(text, str) and _LOCATION.search(text) for text in _leaves(parameters)):
        return True
    return any(field == "location" for field in _fields(if_block))


def narrowed(condition: Json) -> Json:
    """Return an `if` block in which only conditions on type, name and kind decide.

    Any other condition is replaced by one that is true, or false where it is negated, so that it never takes a resource out.
    """
    seen = frozenset(field if field in _DECIDING else "" for field in _fields(condition))
    return _narrowed(condition, frozenset(_DECIDING) - _IGNORED_ALONE.get(seen, frozenset()), negated=False)


def _narrowed(condition: Json, deciding: frozenset[str], *, negated: bool) -> Json:
    if not isinstance(condition, Mapping):
        return condition
    names = keys(condition)
    for word in ("allof", "anyof"):
        if word in names:
            members = []
            for one in condition[names[word]]:
                members.append(_narrowed(one, deciding, negated=negated))  # noqa: PERF401  # a comprehension is a frame more per level
            return {word: members}
    if "not" in names:
        return {"not": _narrowed(condition[names["not"]], deciding, negated=not negated)}
    if _field(condition) in deciding:
        return condition
    return _FALSE if negated else _TRUE


def _fields(condition: Json) -> Iterator[str]:
    """Yield the field of each condition in lowercase, empty for one on anything else."""
    stack = [condition]
    while stack:
        one = stack.pop()
        if not isinstance(one, Mapping):
            continue
        names = keys(one)
        inner = [one[names[word]] for word in ("allof", "anyof", "not") if word in names]
        if not inner:
            yield _field(one)
        for part in inner:
            stack.extend(part if isinstance(part, list) else [part])


def _field(condition: Mapping[str, Json]) -> str:
    field = member(condition, "field")
    return field.lower() if isinstance(field, str) else ""


def _leaves(value: Json) -> Iterator[Json]:
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, Mapping):
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
        else:
            yield one
