"""The effect append: fields added to the request (effect-append)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from s2sguard.azure_policy.language.effects.changes import Change, conflicts
from s2sguard.azure_policy.language.effects.part import Part, objects, run, run_text
from s2sguard.azure_policy.language.effects.simple import Details, Outcome
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.scope import CompileScope
from s2sguard.expression.interface import Compiled, Json

_READ_ONLY: Final = frozenset({"name", "fullname", "id", "type", "kind"})
"""Fields that say which resource it is."""


def append(details: Json, scope: CompileScope, pointer: str) -> Outcome:
    """Compile `details` of append: an array of objects with `field` and `value`.

    The outcome has `fields`, with their values, and `conflicts`: fields that hold another value already.
    A conflict makes Azure reject the request ("acts as a deny effect"); the effect stays `append`, and `conflictEffect` says deny.
    """
    if not isinstance(details, list) or not details:
        hint = "effect-append: an array, even for one field" if isinstance(details, Mapping) else ""
        scope.problem(pointer, "`details` of append is an array of objects with `field` and `value`", hint)
        return lambda name, _env: (name, {})
    pairs = [_pair(part) for part in objects(scope, details, pointer, "`details` of append")]

    def outcome(name: str, env: Env) -> tuple[str | None, Details]:
        fields = [{"field": run_text(field, env, "`field`"), "value": run(value, env)} for field, value in pairs]
        found: Details = {"fields": fields}
        changes = [Change(operation="add", field=one["field"], value=one["value"]) for one in fields]
        if clashing := conflicts(env.origin.resource, changes, scope.aliases, env.api_version):
            found |= {"conflictEffect": "deny", "conflicts": clashing}
        return name, found

    return outcome


def _pair(part: Part) -> tuple[Compiled | None, Compiled | None]:
    part.only("field", "value")
    part.require("field", "value", why="effect-append: each member of `details` has both")
    field = part.text("field")
    check_field(field, part)
    return field, part.compiled("value")


def check_field(field: Compiled | None, part: Part) -> str | None:
    """Return a literal `field` that is to be changed; what cannot be one becomes a problem of `part`."""
    if field is None or not field.constant or not isinstance(field.value, str):
        return None
    name = field.value
    if name.lower() in _READ_ONLY:
        part.scope.problem(part.at("field"), f"`{name}` cannot be changed", "use a tag, `identity.type` or an alias")
        return None
    return name if part.scope.field(name, part.at("field")) is not None else None
