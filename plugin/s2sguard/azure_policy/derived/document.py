"""The parameters document: what `policy parameters` writes, `policy apply --derived` deploys and `policy drift` compares."""

from __future__ import annotations

from typing import Final

from s2sguard import __version__
from s2sguard.azure_policy.derived.model import Assignment, Derivation
from s2sguard.azure_policy.shipped.definitions import initiative_name
from s2sguard.expression.interface import Json

SCHEMA_VERSION: Final = "1"


def document_of(derivation: Derivation) -> dict[str, Json]:
    """Return the document. No time and no machine in it: the same input gives the same bytes.

    `assignments[].parameters` is what `az policy assignment create --params` and an assignment's `properties.parameters` take.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "tool_version": __version__,
        "kind": "s2sguard-derived-parameters",
        "initiative": initiative_name("derived"),
        "scope": derivation.kind,
        "assignments": [_assignment(one, derivation) for one in derivation.assignments],
        "not_expressed": [
            {
                "control": one.control,
                one.kind: one.subject,
                "scope": one.scope,
                "needs": one.needs,
                "limit": one.limit,
                "reason": one.reason,
            }
            for one in derivation.not_expressed
        ],
        "gaps": [{"subject": one.subject, "reason": one.reason} for one in derivation.doubts],
    }


def _assignment(one: Assignment, derivation: Derivation) -> dict[str, Json]:
    return {
        "name": one.name,
        "scope": one.scope,
        "gateways": list(one.gateways),
        "partners": list(one.partners),
        "counts": {name: len(one.parameters[name]["value"]) for name in ("partnerRanges", "allowedRanges", "networkRanges")},
        "not_expressed": [lost.subject for lost in derivation.not_expressed if lost.scope == one.scope],
        "parameters": one.parameters,
    }
