"""Names of effects: their casing, which of them can stand for one another, and what a definition says about its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from s2sguard.azure_policy.language.outcome import EFFECTS, LEGACY_EFFECTS
from s2sguard.azure_policy.language.scope import CompileScope
from s2sguard.azure_policy.language.text import did_you_mean
from s2sguard.expression.interface import Compiled, Json

_BY_LOWER: Final = {name.lower(): name for name in (*EFFECTS, *LEGACY_EFFECTS)}

IF_NOT_EXISTS: Final = frozenset({"auditIfNotExists", "deployIfNotExists"})
"""The effects that look for a related resource."""

_INTERCHANGEABLE: Final = (
    frozenset({"audit", "deny", "modify", "disabled"}),
    frozenset({"audit", "deny", "append", "disabled"}),
    frozenset({"audit", "deny", "mutate", "disabled"}),
    IF_NOT_EXISTS | {"disabled"},
    frozenset({"manual", "disabled"}),
    frozenset({"denyAction", "auditAction", "disabled"}),
    *(frozenset({name, "disabled"}) for name in LEGACY_EFFECTS),
    frozenset({"addToNetworkGroup", "disabled"}),
)
"""Effects that one definition can offer side by side: their `details` have one form (effect-basics, "Interchanging effects")."""

_KUBERNETES: Final = "use `audit` or `deny` with mode `Microsoft.Kubernetes.Data`"
_LEGACY: Final = {
    "auditAction": ("is not documented", "use `denyAction`, or `audit`"),
    "enforceOPAConstraint": ("is retired", _KUBERNETES),
    "enforceRegoPolicy": ("is retired", _KUBERNETES),
    "enforceSetting": ("is not documented", "only built-in definitions of Azure Machine Learning have it"),
}
"""What to say of an effect that only built-in definitions have, and what to write instead."""


def documented(name: str) -> str | None:
    """Return an effect in the casing of the documentation (`Deny` -> `deny`), None where there is no such effect."""
    return _BY_LOWER.get(name.lower())


def hint_for(name: str) -> str:
    """Return what to write instead of an effect that does not exist, or an empty string."""
    if name.startswith("["):
        return "`[[` is an escaped bracket, so this is text: the definition was written for inside of an ARM template"
    return did_you_mean(name, EFFECTS)


def warn_of_legacy(names: Iterable[str], scope: CompileScope, pointer: str) -> None:
    """Warn of effects that customers' definitions do not have (`LEGACY_EFFECTS`)."""
    for name in names:
        if name in _LEGACY and not scope.built_in:
            said, hint = _LEGACY[name]
            scope.warn(pointer, f"the effect `{name}` {said}, and Azure may refuse the definition", hint)


def check_literal(name: Json, scope: CompileScope, pointer: str) -> str | None:
    """Return a literal effect in the documentation's casing; anything else becomes a problem."""
    if not isinstance(name, str):
        scope.problem(pointer, "an effect is a string", "such as `audit` or `[parameters('effect')]`")
        return None
    found = documented(name)
    if found is None:
        scope.problem(pointer, f"there is no effect `{name}`", hint_for(name))
    return found


def interchangeable(names: Iterable[str]) -> bool:
    """Say whether one definition can have any of these effects (effect-basics, "Interchanging effects")."""
    offered = set(names)
    return any(offered <= group for group in _INTERCHANGEABLE)


def check_interchangeable(names: Iterable[str], scope: CompileScope, pointer: str) -> None:
    """Note a problem where effects of one definition need different details (effect-basics, "Interchanging effects")."""
    offered = set(names)
    if not interchangeable(offered):
        scope.problem(
            pointer,
            "these effects cannot be offered by one definition: " + ", ".join(f"`{name}`" for name in sorted(offered)),
            "their `details` differ; write one definition for each kind of effect",
        )


def offered_by(effect: Compiled, scope: CompileScope, pointer: str) -> tuple[str, ...]:
    """Return the effects that an expression can give as far as its text shows; empty where it does not, so that any may come.

    `[parameters('effect')]` gives the parameter's `allowedValues`, each of which has to be an effect.
    In a longer expression the literals that are effects count, and what the parameters in it allow.
    """
    if len(effect.calls) == 1 and effect.calls[0].name == "parameters":
        return _checked(effect.calls[0].literals[0], scope, pointer)
    words = [literal for call in effect.calls for literal in call.literals]
    words += [value for call in effect.calls if call.name == "parameters" for value in _allowed(call.literals[0], scope)]
    return tuple(dict.fromkeys(name for word in words if isinstance(word, str) and (name := documented(word)) is not None))


def _checked(parameter: Json, scope: CompileScope, pointer: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for value in _allowed(parameter, scope):
        name = documented(value) if isinstance(value, str) else None
        if name is not None:
            names[name] = None
        elif isinstance(value, str):
            scope.problem(pointer, f"parameter `{parameter}` allows `{value}`, and there is no such effect", hint_for(value))
    return tuple(names)


def _allowed(parameter: Json, scope: CompileScope) -> tuple[Json, ...]:
    declaration = (scope.parameters or {}).get(parameter.lower()) if isinstance(parameter, str) else None
    return tuple(declaration.allowed or ()) if declaration is not None else ()
