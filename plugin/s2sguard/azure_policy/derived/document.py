"""The parameters document: what `policy parameters` writes, `policy apply --derived` deploys and `policy drift` compares."""

from __future__ import annotations

from typing import Final

from s2sguard import __version__
from s2sguard.azure_policy.derived.model import Assignment, Conflict, Derivation
from s2sguard.azure_policy.derived.ranges import cidrs
from s2sguard.azure_policy.derived.text import conflict_text, new_claim_text
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
        "conflicts": [conflict_entry(one) for one in derivation.conflicts],
        "new_claims": [
            {"partner": one.partner, "ranges": cidrs(one.addresses), "earlier": list(one.earlier), "reason": new_claim_text(one)}
            for one in derivation.new_claims
        ],
        "gaps": [{"subject": one.subject, "reason": one.reason} for one in derivation.doubts],
    }


def conflict_entry(one: Conflict) -> dict[str, Json]:
    """Return a conflict as the documents of `policy parameters` and `policy drift` have it."""
    return {
        "gateway": one.gateway,
        "partners": list(one.partners),
        "ranges": cidrs(one.addresses),
        "sites": list(one.sites),
        "connections": list(one.connections),
        "kept": {partner: cidrs(addresses) for partner, addresses in one.kept.items()},
        "reason": conflict_text(one),
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
