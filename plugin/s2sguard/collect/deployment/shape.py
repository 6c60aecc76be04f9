"""Recognising templates and parameter files by their shape.

Schemas: `https://schema.management.azure.com/schemas/<date>/<scope>deploymentTemplate.json#` and `...deploymentParameters.json#`;
`bicep build-params --stdout` prints both inside one object, as texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Shape: TypeAlias = Literal["template", "parameters", "built"]
"""A template; a parameter file; or both, as Bicep builds them from a `.bicepparam` file."""


def shape_of(value: object) -> Shape | None:
    """Return which part of a deployment a parsed document is, or None if it is none."""
    if not isinstance(value, Mapping):
        return None
    names = {key.lower(): key for key in value}
    schema = value.get(names.get("$schema", ""))
    word = schema.lower() if isinstance(schema, str) else ""
    if "deploymentparameters" in word:
        return "parameters"
    if ("resources" in names and "contentversion" in names) or "deploymenttemplate" in word:
        return "template"
    built = all(isinstance(value.get(name), str) for name in ("templateJson", "parametersJson"))
    return "built" if built else None


def is_deployment(value: object) -> bool:
    """Say whether Azure Resource Manager would read this as part of a deployment, and so take comments in it."""
    return shape_of(value) is not None
