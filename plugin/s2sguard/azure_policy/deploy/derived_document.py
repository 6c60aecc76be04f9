"""The document of `s2sguard policy parameters`: assignments whose parameters were computed from an inventory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from s2sguard.azure_policy.deploy.scope import Scope, parse_scope
from s2sguard.errors import UsageError

_TOLD = {"conflicts": "conflict", "new_claims": "new claim"}
_HINT = "it is written by `s2sguard policy parameters INPUT -o FILE`"


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedAssignment:
    """One assignment of the derived initiative."""

    name: str
    scope: Scope
    parameters: Mapping[str, Any]
    """Plain values by parameter name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedDocument:
    """All of them, and what the document says it could not express or read."""

    assignments: tuple[DerivedAssignment, ...]
    incomplete: tuple[str, ...]
    """One line for each thing the parameters do not hold."""


def read_derived(value: object) -> DerivedDocument:
    """Return the document from its JSON; raises UsageError where it is something else."""
    if not isinstance(value, Mapping) or not isinstance(value.get("assignments"), list):
        raise UsageError("the file given with --derived has no list `assignments`", hint=_HINT)
    found = tuple(_assignment(entry, index) for index, entry in enumerate(value["assignments"]))
    ids = [(item.scope.key, item.name.lower()) for item in found]
    if len(set(ids)) < len(ids):
        raise UsageError("two assignments of the file given with --derived have the same name and scope", hint=_HINT)
    open_ends = [line for key in ("conflicts", "new_claims", "not_expressed", "gaps") for line in _listed(value, key)]
    return DerivedDocument(assignments=found, incomplete=tuple(dict.fromkeys(open_ends)))


def plain_parameters(value: object, where: str) -> dict[str, Any]:
    """Return parameter values by name from any usual form; raises UsageError.

    Taken are `{"name": value}`, `{"name": {"value": value}}` and a parameter file with either below `parameters`.
    """
    if isinstance(value, Mapping) and isinstance(value.get("parameters"), Mapping):
        value = value["parameters"]
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise UsageError(f"{where} holds no JSON object of parameters", hint='such as {"effect": {"value": "Audit"}}')
    return {name: item["value"] if isinstance(item, Mapping) and set(item) == {"value"} else item for name, item in value.items()}


def _assignment(entry: object, index: int) -> DerivedAssignment:
    where = f"assignment {index + 1} of the file given with --derived"
    name = entry.get("name") if isinstance(entry, Mapping) else None
    scope = entry.get("scope") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(name, str) or not isinstance(scope, str):
        raise UsageError(f"{where} lacks its `name` or its `scope`", hint=_HINT)
    if not isinstance(entry.get("parameters"), Mapping):
        raise UsageError(f"{where} lacks its `parameters`", hint=_HINT)
    return DerivedAssignment(name=name, scope=parse_scope(scope), parameters=plain_parameters(entry["parameters"], where))


def _listed(entry: Mapping[str, Any], key: str) -> list[str]:
    """Return what a list of the document says, each entry as one line."""
    lines = []
    for item in entry.get(key) or []:
        if isinstance(item, Mapping) and key in _TOLD:
            # Its reason names the gateway and the partners.
            lines.append(f"{_TOLD[key]}: {item.get('reason') or 'see the document'}")
        elif isinstance(item, Mapping):
            texts = [str(item[name]) for name in ("control", "partner", "gateway", "assignment", "subject", "reason") if item.get(name)]
            lines.append(": ".join(texts) or key.replace("_", " "))
        else:
            lines.append(str(item))
    return lines
