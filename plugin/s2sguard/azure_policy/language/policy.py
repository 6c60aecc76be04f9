"""A compiled definition: compile once, evaluate many resources.

>>> policy = compile_policy({"if": {"field": "location", "notEquals": "uksouth"}, "then": {"effect": "deny"}})
>>> policy.evaluate({"type": "Microsoft.Network/connections", "location": "westeurope"}).effect
'deny'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.compare import kind_of
from s2sguard.azure_policy.language.conditions import Node, compile_node
from s2sguard.azure_policy.language.definition import Definition, take_apart
from s2sguard.azure_policy.language.effects import CompiledEffect, compile_effect
from s2sguard.azure_policy.language.env import NOWHERE, Env, Position
from s2sguard.azure_policy.language.failures import RuleFailure, located
from s2sguard.azure_policy.language.masking import HIDDEN, View
from s2sguard.azure_policy.language.outcome import ERROR, UNKNOWN, Evaluation, PolicyError, Problem
from s2sguard.azure_policy.language.parameters import Binder, Declaration
from s2sguard.azure_policy.language.scope import CompileScope, MissingArray
from s2sguard.azure_policy.language.text import member, plain
from s2sguard.azure_policy.language.trace import trace
from s2sguard.expression.interface import ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

_DISABLED: Final = "disabled"
_TOO_DEEP: Final = "a value is nested too deep"


def compile_policy(
    definition_or_rule: Mapping[str, Any],
    aliases: AliasCatalogue | Mapping[str, Any] | list[Any] | Path | None = None,
    *,
    missing_array: MissingArray = "true",
) -> Policy:
    """Compile a definition (a whole file, its `properties`, or a bare rule; names in any casing).

    Without `aliases` every path follows the uniform rule and no alias is refused (facts 2.1); an empty list or object is none.
    `missing_array` says what a `[*]` condition outside of a count gives where the array is missing:
    "true" is the documentation's reading, "false" the other one (facts 5.4).
    Raises `PolicyError` with every problem found, and nothing else.
    """
    scope = CompileScope(aliases=_catalogue(aliases), missing_array=missing_array)
    try:
        definition, node, effect = _compile(definition_or_rule, scope)
    except RecursionError:
        raise PolicyError((Problem(pointer="", message="the definition is nested too deep"),)) from None
    if scope.problems or definition is None or node is None or effect is None:
        raise PolicyError(tuple(scope.problems))
    binder = Binder(definition.parameters, scope.tally.counted)
    return Policy(definition=definition, node=node, effect=effect, binder=binder, warnings=tuple(scope.warnings))


def _catalogue(aliases: AliasCatalogue | Mapping[str, Any] | list[Any] | Path | None) -> AliasCatalogue | None:
    if not aliases:
        return None
    return aliases if isinstance(aliases, AliasCatalogue) else AliasCatalogue.load(aliases)


def _compile(document: Json, scope: CompileScope) -> tuple[Definition | None, Node | None, CompiledEffect | None]:
    definition = take_apart(plain(document), scope.problem, scope.warn)
    if definition is None:
        return None, None, None
    scope.describe(definition)
    node = compile_node(definition.if_block, definition.if_pointer, scope)
    scope.position, scope.depth = Position(related=True), 0
    effect = compile_effect(definition.then_block, scope, definition.then_pointer)
    scope.position = NOWHERE
    return definition, node, effect


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Policy:
    """A definition that compiled."""

    definition: Definition
    node: Node
    """The compiled `if` block."""
    effect: CompiledEffect
    binder: Binder
    warnings: tuple[Problem, ...]
    """What is likely not meant, or what Azure refuses and this evaluator understands."""

    @property
    def mode(self) -> str:
        """`All`, `Indexed` or a resource provider mode."""
        return self.definition.mode

    @property
    def display_name(self) -> str:
        """The display name; empty where there is none."""
        return self.definition.display_name

    @property
    def parameters(self) -> Mapping[str, Declaration]:
        """Lowercase name -> declared parameter."""
        return self.definition.parameters or {}

    @property
    def effects(self) -> tuple[str, ...]:
        """Every effect it can have, as documented (`outcome.EFFECTS`)."""
        return self.effect.possible

    def evaluate(
        self,
        resource: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
        api_version: str | None = None,
        related: Iterable[Mapping[str, Any]] | None = None,
    ) -> Evaluation:
        """Evaluate one resource in ARM's shape; never changes it, and copies only what holds read-only mappings or tuples.

        `parameters`: `{"name": value}` or `{"name": {"value": value}}`, or a whole parameters file.
        `context`: any of `subscription`, `resourceGroup`, `policy`, `requestContext` (objects as the functions return them) and
        `utcNow` (ISO 8601); what is missing is taken from the resource's id, or is unknown.
        `api_version` chooses the paths of aliases; without it the context's request or the resource's `apiVersion` does.
        Without any of these it is an existing resource, which Azure evaluates with the latest version: paths are the default ones,
        and `requestContext().apiVersion` is the date of `utcNow`, which is later than any version (policy-rule, "Policy functions").
        `related`: the resources that auditIfNotExists and deployIfNotExists may find.
        Raises `PolicyError` for a bad call: values that are missing, not declared or not allowed, an array with more members than
        a value count may have iterations, or a resource that is no object.
        """
        return self.evaluate_plain(plain(resource), parameters, plain(context), api_version, listed(related))

    def evaluate_plain(
        self,
        resource: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
        api_version: str | None = None,
        related: Iterable[Mapping[str, Any]] | None = None,
    ) -> Evaluation:
        """Evaluate as `evaluate` does, without looking for read-only mappings and tuples: there are none (`text.plain`)."""
        try:
            env = self.environment(resource, parameters, context, api_version, related)
        except RecursionError:
            raise PolicyError((Problem(pointer="/parameters", message=_TOO_DEEP),)) from None
        try:
            return self.judge(env)
        except RecursionError:
            return Evaluation(effect=ERROR, reason=_TOO_DEEP)

    def environment(
        self,
        resource: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
        api_version: str | None = None,
        related: Iterable[Mapping[str, Any]] | None = None,
    ) -> Env:
        """Return what one evaluation looks at, of plain JSON (`text.plain`); raises `PolicyError` for a bad call."""
        if resource.__class__ is not dict and not isinstance(resource, Mapping):
            raise PolicyError((Problem(pointer="", message=f"the resource is {kind_of(resource)}, not an object"),))
        if context is not None and not isinstance(context, Mapping):
            raise PolicyError((Problem(pointer="/context", message=f"the context is {kind_of(context)}, not an object"),))
        return Env(
            resource,
            parameters=self.binder.bind(parameters),
            context=context,
            api_version=_api_version(api_version, context, resource),
            related=None if related is None else tuple(related),
        )

    def judge(self, env: Env) -> Evaluation:
        """Return the outcome for an environment of this policy."""
        explain = partial(_explain, self.node, env)
        try:
            name = self.effect.name(env)
        except UnknownValue as doubt:
            return self._unknown_effect(env, doubt.unknown, explain)
        except ExpressionFailure as failure:
            return _failed(located(failure, self.definition.then_pointer), explain)
        try:
            met = self.node.test(env)
            if met is False:
                return Evaluation(effect=None, _trace=explain)
            if met is None:
                return Evaluation(effect=None) if name == _DISABLED else _unknown(env.doubt, explain)
            effect, details = self.effect.outcome(name, env)
        except UnknownValue as doubt:
            return _unknown(doubt.unknown, explain)
        except ExpressionFailure as failure:
            if name == _DISABLED:
                return Evaluation(effect=None)
            return _failed(located(failure, self.definition.then_pointer), explain)
        return Evaluation(effect=effect, details=details, _trace=explain, _seen=partial(_seen, env, partial(self.effect.outcome, name)))

    def _unknown_effect(self, env: Env, unknown: Unknown, explain: partial[Any]) -> Evaluation:
        """An effect that is not known does not matter where the rule does not match."""
        try:
            met = self.node.test(env)
        except ExpressionFailure as failure:
            return _failed(located(failure, self.definition.if_pointer), explain)
        return Evaluation(effect=None, _trace=explain) if met is False else _unknown(unknown, explain)


def _explain(node: Node, env: Env) -> tuple[Any, ...]:
    try:
        return trace(node, env)
    except RecursionError:
        return ()


def _seen(env: Env, outcome: Callable[[Env], tuple[str | None, Mapping[str, Json]]], details: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the details without what comes from a secret."""
    try:
        return View(env).details(details, lambda other: outcome(other)[1])
    except RecursionError:
        return dict.fromkeys(details, HIDDEN)


def _failed(failure: RuleFailure, explain: partial[Any]) -> Evaluation:
    hint = f" ({failure.hint})" if failure.hint else ""
    return Evaluation(effect=ERROR, reason=f"{failure.pointer}: {failure.message}{hint}", _trace=explain)


def _unknown(unknown: Unknown | None, explain: partial[Any]) -> Evaluation:
    return Evaluation(effect=UNKNOWN, reason=unknown.reason if unknown else "a value is not known", _trace=explain)


def _api_version(given: str | None, context: Mapping[str, Any] | None, resource: Mapping[str, Any]) -> str | None:
    if given is None and context:
        request = member(context, "requestContext")
        given = member(request, "apiVersion") if isinstance(request, Mapping) else None
    if given is None:
        given = resource.get("apiVersion")
    return given if isinstance(given, str) else None


def listed(related: Any) -> tuple[Mapping[str, Any], ...] | None:  # noqa: ANN401 - whatever the caller gave
    """Return related resources as plain JSON; raises `PolicyError` for what is no list."""
    if related is None:
        return None
    if not isinstance(related, Iterable) or isinstance(related, str | Mapping):
        raise PolicyError((Problem(pointer="/related", message=f"the related resources are {kind_of(related)}, not a list"),))
    return tuple(map(plain, related))
