"""From the `then` block to a compiled effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.effects import simple
from s2sguard.azure_policy.language.effects.append import append
from s2sguard.azure_policy.language.effects.modify import modify
from s2sguard.azure_policy.language.effects.names import (
    IF_NOT_EXISTS,
    check_interchangeable,
    check_literal,
    documented,
    hint_for,
    interchangeable,
    offered_by,
    warn_of_legacy,
)
from s2sguard.azure_policy.language.effects.not_exists import not_exists
from s2sguard.azure_policy.language.effects.part import Part, run
from s2sguard.azure_policy.language.effects.simple import Details, Outcome
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.outcome import EFFECTS, LEGACY_EFFECTS
from s2sguard.azure_policy.language.scope import CompileScope
from s2sguard.azure_policy.language.text import keys
from s2sguard.expression.interface import Compiled, ExpressionFailure, Json

_PLAIN: Final = frozenset({"audit", "deny", "disabled"})
_WITH_DETAILS: Final = frozenset((*EFFECTS, *LEGACY_EFFECTS)) - _PLAIN - {"manual"}
_OF_REQUESTS: Final = frozenset({"append", "modify"})
_SHAPES: Final = (
    ("operations", "modify"),
    ("deployment", "deployIfNotExists"),
    ("type", "auditIfNotExists"),
    ("existencecondition", "auditIfNotExists"),
    ("actionnames", "denyAction"),
    ("defaultstate", "manual"),
    ("mutationinfo", "mutate"),
    ("networkgroupid", "addToNetworkGroup"),
)
"""A member of `details` in lowercase, and the effect that has it: tells what an open effect can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledEffect:
    """The effect of one definition, ready for many resources."""

    possible: tuple[str, ...]
    """The effects it can have as far as the definition shows, in the documentation's casing."""
    literal: str | None
    """The effect where it is written out."""
    expression: Compiled | None
    outcomes: Mapping[str, Outcome]
    aliases: AliasCatalogue | None = None
    """What the paths of changed properties are taken from."""

    def name(self, env: Env) -> str:
        """Return the effect for these parameters, in the documentation's casing.

        Raises `ExpressionFailure` for a value that is no effect, or none that the `details` of the definition fit;
        `UnknownValue` where the parameter is not known.
        """
        if self.literal is not None:
            return self.literal
        value = run(self.expression, env)
        found = documented(value) if isinstance(value, str) else None
        if found is None:
            raise ExpressionFailure("the effect is not one of Azure Policy's", hint=hint_for(value) if isinstance(value, str) else "")
        if found not in self.outcomes:
            raise ExpressionFailure(f"the effect is `{found}`, which this definition has no `details` for")
        return found

    def outcome(self, name: str, env: Env) -> tuple[str | None, Details]:
        """Return what the effect `name` does to the resource of `env`, for which the `if` block is true.

        The first part is None where nothing is to be done: a related resource satisfies it, or the request is for another action.
        Raises `ExpressionFailure` and `UnknownValue`.
        """
        return self.outcomes[name](name, env)

    def refusal(self, name: str) -> str:
        """Return why an override cannot put the effect `name` in place of this one, empty where it can.

        "The effect chosen in the override is validated against the policy rule and parameter allowed value list"
        (assignment-structure, "Overrides").
        """
        if self.literal is None:
            return "" if name in self.possible else f"the definition does not allow the effect `{name}`"
        if not interchangeable({name, self.literal}) or (name not in _PLAIN and name not in _served(self.literal)):
            return f"the definition has the effect `{self.literal}`, which `{name}` cannot stand for"
        return ""

    def overridden(self, name: str) -> CompiledEffect:
        """Return the same `then` block with the effect `name`; `refusal` has to be empty."""
        outcome = self.outcomes.get(name) or (simple.plain if name in _PLAIN else self.outcomes[self.literal or name])
        return CompiledEffect(possible=(name,), literal=name, expression=None, outcomes={name: outcome}, aliases=self.aliases)


def _served(literal: str) -> frozenset[str]:
    """Return the effects that read the same details as a literal one, and need no more of them."""
    return frozenset({literal, "auditIfNotExists"}) if literal == "deployIfNotExists" else frozenset({literal})


def compile_effect(then: Json, scope: CompileScope, pointer: str) -> CompiledEffect:
    """Compile a `then` block; `pointer` is where it is, and what is wrong becomes problems of `scope`."""
    if not isinstance(then, Mapping):
        scope.problem(pointer, "`then` is an object with an `effect`")
        return _broken()
    part = Part(scope, then, pointer)
    part.only("effect", "details")
    if not part.require("effect", why="such as `audit` or `[parameters('effect')]`"):
        return _broken()
    effect = part.compiled("effect")
    if effect is None:
        return _broken()
    if effect.constant:
        literal = check_literal(effect.value, scope, part.at("effect"))
        if literal is None:
            return _broken()
        _check_mode((literal,), scope, part.at("effect"))
        return _compiled((literal,), literal, None, part)
    possible = offered_by(effect, scope, part.at("effect"))
    if possible:
        check_interchangeable(possible, scope, part.at("effect"))
        _check_mode(possible, scope, part.at("effect"))
    return _compiled(possible or _by_shape(part), None, effect, part)


def _check_mode(names: tuple[str, ...], scope: CompileScope, pointer: str) -> None:
    """Warn of effects that definitions of customers, or of a resource provider mode, do not have."""
    warn_of_legacy(names, scope, pointer)
    if scope.mode.lower().endswith(".data"):
        for name in names:
            if name in _OF_REQUESTS:
                message = f"`{name}` has no effect in mode {scope.mode}: it changes requests to Resource Manager"
                scope.warn(pointer, message, "definition-structure-basics: use mode All or Indexed")


def _broken() -> CompiledEffect:
    return CompiledEffect(possible=(), literal=None, expression=None, outcomes={})


def _compiled(possible: tuple[str, ...], literal: str | None, effect: Compiled | None, part: Part) -> CompiledEffect:
    outcomes: dict[str, Outcome] = {} if literal is not None else dict.fromkeys(_PLAIN, simple.plain)
    detailed = [name for name in possible if name not in _PLAIN]
    outcomes |= dict.fromkeys((name for name in possible if name in _PLAIN), _plain(part, alone=not detailed))
    if detailed:
        outcomes |= _detailed(detailed, part)
    return CompiledEffect(possible=possible, literal=literal, expression=effect, outcomes=outcomes, aliases=part.scope.aliases)


def _by_shape(part: Part) -> tuple[str, ...]:
    """Return the effects that `details` of this form can serve, where nothing else says which effect is meant."""
    details = part.get("details")
    plain = ("audit", "deny", "disabled")
    if isinstance(details, list):
        return (*plain, "append")
    names = keys(details) if isinstance(details, Mapping) else {}
    shape = next((effect for name, effect in _SHAPES if name in names), None)
    if shape == "deployIfNotExists":
        return ("auditIfNotExists", "deployIfNotExists", "disabled")
    if shape == "denyAction":
        return ("denyAction", "auditAction", "disabled")
    if shape in {None, "manual"}:
        return (*plain, "manual")
    return (*plain, shape) if shape == "modify" else (shape or "disabled", "disabled")


def _plain(part: Part, *, alone: bool) -> Outcome:
    """Return the outcome of audit, deny and disabled; `details` are theirs only where no other effect of the definition has them."""
    details = part.part("details", "`details`") if alone and isinstance(part.get("details"), Mapping) else None
    return simple.plain if details is None else simple.kubernetes(details)


def _detailed(names: list[str], part: Part) -> dict[str, Outcome]:
    """Compile `details` once for the effects that read them; effects that cannot share them were refused before."""
    first = names[0]
    if first == "append":
        if not part.require("details", why="effect-append: an array of `field` and `value`"):
            return {}
        return {"append": append(part.get("details"), part.scope, part.at("details"))}
    if first in _WITH_DETAILS and not part.require("details", why=f"the effect `{first}` does not work without"):
        return {}
    details = part.part("details", f"`details` of {first}")
    if first == "manual":
        return {"manual": simple.manual(details)}
    return {} if details is None else dict.fromkeys(names, _of(first, names, details))


def _of(first: str, names: list[str], details: Part) -> Outcome:
    if first in IF_NOT_EXISTS:
        return not_exists(details, deploys="deployIfNotExists" in names)
    compile_details = {
        "modify": modify,
        "denyAction": simple.deny_action,
        "auditAction": simple.deny_action,
        "mutate": simple.mutate,
        "addToNetworkGroup": simple.network_group,
    }
    return compile_details.get(first, simple.returned)(details)
