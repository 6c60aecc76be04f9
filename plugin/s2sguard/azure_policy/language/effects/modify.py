"""The effect modify: tags and properties added, replaced or removed in the request (effect-modify)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.compare import kind_of
from s2sguard.azure_policy.language.effects.append import check_field
from s2sguard.azure_policy.language.effects.changes import Change, conflicts, is_tag
from s2sguard.azure_policy.language.effects.part import Part, run, run_text
from s2sguard.azure_policy.language.effects.roles import role_definition_ids
from s2sguard.azure_policy.language.effects.simple import Details, Outcome
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.text import member
from s2sguard.expression.interface import Compiled, ExpressionFailure, Json

_OPERATIONS: Final = {"add": "add", "addorreplace": "addOrReplace", "remove": "remove"}
_NOT_IN_CONDITIONS: Final = ("field", "resourcegroup", "subscription")
_WITH_IDENTITY: Final = frozenset({"microsoft.compute/virtualmachines", "microsoft.compute/virtualmachinescalesets"})
_IDENTITY_TYPE: Final = "identity.type"
_TOKENS: Final[dict[str, tuple[str, Callable[[Json], bool]]]] = {
    "string": ("String", lambda value: isinstance(value, str)),
    "boolean": ("Boolean", lambda value: isinstance(value, bool)),
    "integer": ("Integer", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "number": ("Number", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    "array": ("Array", lambda value: isinstance(value, list)),
    "object": ("Object", lambda value: isinstance(value, Mapping)),
}
"""Lowercase token type (providers API, AliasPathTokenType) -> its name, and whether a value has it."""


@dataclass(frozen=True, slots=True)
class _Operation:
    """One compiled member of `operations`."""

    operation: str
    field: Compiled | None
    value: Compiled | None
    condition: Compiled | None


def modify(details: Part) -> Outcome:
    """Compile `details` of modify: `roleDefinitionIds`, `operations`, `conflictEffect`.

    The outcome has `operations` whose condition holds, with their values, `conflictEffect` (deny where it is left out),
    `roleDefinitionIds`, `skipped` for operations whose condition is false, and `conflicts` for fields that cannot be changed:
    an alias that is not modifiable in the API version of the request, a value of another type than the catalogue has for the alias,
    or `add` where there is another value already.
    What a conflict does is what `conflictEffect` says; with audit and disabled the request goes through unchanged.
    """
    details.only("roleDefinitionIds", "conflictEffect", "operations")
    details.require("operations", why="effect-modify: what is to be changed")
    roles = role_definition_ids(details, "effect-modify")
    effect = details.text("conflictEffect", ("audit", "deny", "disabled"))
    parts = details.parts("operations", "`operations`") if "operations" in details else ()
    if details.get("operations") == []:
        details.scope.problem(details.at("operations"), "`operations` is empty")
    attributes = _says_what_is_modifiable(details.scope.aliases, details)
    operations = [found for part in parts if (found := _operation(part, attributes)) is not None]

    def outcome(name: str, env: Env) -> tuple[str | None, Details]:
        evaluated = [_evaluated(operation, env) for operation in operations]
        changes = [change for change, holds in evaluated if holds]
        if not _applies(changes, env):
            return None, {"notApplicable": "only virtual machines and scale sets have an identity that modify can change"}
        found: Details = {
            "operations": [change.document() for change in changes],
            "conflictEffect": (run_text(effect, env, "`conflictEffect`") or "deny").lower(),
            "roleDefinitionIds": run(roles, env) or [],
        }
        if skipped := [change.document() for change, holds in evaluated if not holds]:
            found["skipped"] = skipped
        aliases = details.scope.aliases
        clashing = _fixed(changes, attributes, env) + _of_wrong_type(changes, aliases, env)
        clashing += conflicts(env.origin.resource, changes, aliases, env.api_version)
        if clashing:
            found["conflicts"] = clashing
        return name, found

    return outcome


def _applies(changes: list[Change], env: Env) -> bool:
    """Return false for a change of `identity.type` on a type that modify leaves alone ("Non VM or VMSS identity operation")."""
    kind = member(env.origin.resource, "type")
    if not isinstance(kind, str) or kind.lower() in _WITH_IDENTITY:
        return True
    return not any(change.field.lower() == _IDENTITY_TYPE for change in changes)


def _fixed(changes: list[Change], attributes: AliasCatalogue | None, env: Env) -> list[Details]:
    """Return the aliases that may not be modified in the API version of the request ("Property not modifiable")."""
    if attributes is None:
        return []
    reason = "it is not modifiable in this API version"
    aliases = {change.field: attributes.get(change.field) for change in changes}
    return [{"field": name, "reason": reason} for name, alias in aliases.items() if alias and alias.may_modify(env.api_version) is False]


def _of_wrong_type(changes: list[Change], aliases: AliasCatalogue | None, env: Env) -> list[Details]:
    """Return the aliases whose token type in the API version of the request is not the one of the value ("Modify evaluation")."""
    if aliases is None:
        return []
    found: list[Details] = []
    for change in changes:
        alias = aliases.get(change.field)
        token = _TOKENS.get(alias.token_type(env.api_version)) if alias is not None else None
        if token is not None and change.operation != "remove" and change.value is not None and not token[1](change.value):
            found.append({"field": change.field, "reason": f"its type is {token[0]}, and the value is {kind_of(change.value)}"})
    return found


def _operation(part: Part, attributes: AliasCatalogue | None) -> _Operation | None:
    part.only("operation", "field", "value", "condition")
    if not part.require("operation", "field", why="effect-modify: every operation names both"):
        return None
    given = part.get("operation")
    operation = _OPERATIONS.get(given.lower()) if isinstance(given, str) else None
    if operation is None:
        part.scope.problem(part.at("operation"), "an operation is `add`, `addOrReplace` or `remove`")
        return None
    field = part.text("field")
    literal = check_field(field, part)
    if operation == "remove":
        if literal is not None and not is_tag(literal):
            part.scope.problem(part.at("field"), "`remove` is only supported for tags", "effect-modify, `operations`")
    else:
        part.require("value", why=f"effect-modify: `{operation}` needs it")
    if literal is not None and attributes is not None:
        _check_modifiable(literal, part, attributes)
    return _Operation(operation, field, part.compiled("value"), _condition(part))


def _check_modifiable(name: str, part: Part, known: AliasCatalogue) -> None:
    """Note a problem for an alias that may be modified in no API version; one that may in some is for `conflictEffect`."""
    alias = known.get(name)
    if alias is None:
        return
    said = [alias.modifiable, *(path.modifiable for path in alias.paths)]
    if True not in said and False in said:
        part.scope.problem(part.at("field"), f"`{name}` is not modifiable", "effect-modify: only aliases with the attribute Modifiable are")
    elif True not in said:
        part.scope.warn(part.at("field"), f"the catalogue does not say whether `{name}` is modifiable", "ask the provider for its aliases")


def _says_what_is_modifiable(known: AliasCatalogue | None, details: Part) -> AliasCatalogue | None:
    """Return the catalogue if it marks aliases as modifiable; a dump without attributes says nothing, which is a warning."""
    if known is None or any(alias.modifiable is not None or any(path.modifiable is not None for path in alias.paths) for alias in known):
        return known
    message = "the catalogue does not say which aliases are modifiable"
    hint = "`s2sguard policy aliases` asks the provider; or read them with `az provider show --expand resourceTypes/aliases`"
    details.scope.warn(details.at("operations"), message, hint)
    return None


def _condition(part: Part) -> Compiled | None:
    condition = part.compiled("condition")
    if condition is None:
        return None
    used = sorted({call.name for call in condition.calls} & set(_NOT_IN_CONDITIONS))
    if used:
        listed = ", ".join(f"`{name}()`" for name in used)
        part.scope.problem(part.at("condition"), f"the condition of an operation cannot use {listed}", "effect-modify, `condition`")
    elif condition.constant and _truth(condition.value) is None:
        part.scope.problem(part.at("condition"), "the condition of an operation is an expression that gives true or false")
    return condition


def _evaluated(operation: _Operation, env: Env) -> tuple[Change, bool]:
    holds = True if operation.condition is None else _truth(run(operation.condition, env))
    if holds is None:
        raise ExpressionFailure("the condition of an operation gives neither true nor false")
    field = run_text(operation.field, env, "`field`") or ""
    # The value of an operation that is skipped is not looked at: it may only make sense where the condition holds.
    value = run(operation.value, env) if holds and operation.operation != "remove" else None
    return Change(operation=operation.operation, field=field, value=value), holds


def _truth(value: Json) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None
