"""`s2sguard policy list`: one line for each of our definitions."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from s2sguard.cli.output import write
from s2sguard.cli.policy.inputs import names_of, title_of
from s2sguard.report.style import Style, count, style_for

if TYPE_CHECKING:
    from s2sguard.azure_policy.shipped.definitions import ControlDefinition

KINDS = {
    "deny": "decided from one resource; reports (Audit) until it is assigned with the effect Deny",
    "derived": "like deny, with parameters that `s2sguard policy parameters` compiles",
    "manual": "attested, as one resource cannot decide",
}


def run(arguments: Namespace) -> int:
    """List the definitions."""
    from s2sguard.azure_policy.shipped.definitions import load_definitions

    definitions = load_definitions()
    write(as_json(definitions) if arguments.format == "json" else as_text(definitions, style_for(sys.stdout, os.environ)), None)
    return 0


def as_text(definitions: tuple[ControlDefinition, ...], style: Style) -> str:
    """Return a table, and below it what its words mean."""
    rows = [(names_of(each)[0], each.kind, ", ".join(effects_of(each)), title_of(each)) for each in definitions]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    heads = ["".join(f"{cell.ljust(width)}  " for cell, width in zip(row, widths, strict=False)) for row in rows]
    lines = [line for head, row in zip(heads, rows, strict=True) for line in style.wrap(row[3], first=head)]
    kinds = [each.kind for each in definitions]
    lines += ["", count(len(definitions), "definition")]
    for kind, text in KINDS.items():
        lines += style.wrap(text, first=f"  {kinds.count(kind):3} {kind.ljust(7)}  ") if kind in kinds else []
    return "\n".join(lines) + "\n"


def as_json(definitions: tuple[ControlDefinition, ...]) -> str:
    """Return a JSON array with one definition on a line."""
    return "[\n" + ",\n".join(json.dumps(entry(each)) for each in definitions) + "\n]\n"


def entry(definition: ControlDefinition) -> dict[str, Any]:
    """Return what a machine needs to know of a definition."""
    properties = definition.document["properties"]
    return {
        "control": definition.control.id,
        "kind": definition.kind,
        "title": title_of(definition),
        "severity": definition.control.severity,
        "family": definition.control.family,
        "name": definition.name,
        "version": properties.get("metadata", {}).get("version"),
        "effects": list(effects_of(definition)),
        "parameters": list(properties.get("parameters") or {}),
        "path": definition.path,
    }


def effects_of(definition: ControlDefinition) -> tuple[str, ...]:
    """Return the effects a definition may have, its default first."""
    properties = definition.document["properties"]
    effect = properties["policyRule"]["then"]["effect"]
    declared = (properties.get("parameters") or {}).get("effect")
    if not effect.startswith("[") or not isinstance(declared, dict):
        return (effect,)
    default = declared.get("defaultValue")
    return tuple(sorted(declared.get("allowedValues", ()), key=lambda name: name != default))
