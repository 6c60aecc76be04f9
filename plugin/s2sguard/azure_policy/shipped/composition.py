"""Initiatives, composed from the definitions of the control folders (initiative-definition-structure; facts 5.9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from s2sguard.azure_policy.shipped.definitions import ControlDefinition, InitiativeKind, initiative_name
from s2sguard.errors import PackError

VERSION: Final = "1.0.0"
"""Of both initiatives; raise it with any change of a definition that they hold."""

_FAMILIES: Final = {
    "adr": "Addressing of sites",
    "gwy": "Gateways",
    "ike": "IKE and IPsec",
    "iso": "Isolation of partners",
    "rte": "Routing",
    "sel": "Traffic selectors",
}
"""What the group of a family is called; one that is not here goes by its letters."""
_TITLES: Final = {
    "static": "Hardened partner VPN connections",
    "derived": "Partner VPN connections keep to their own ranges",
}
_PURPOSES: Final = {
    "static": "What one resource can decide about a tunnel to a partner, and controls that are attested because it cannot.",
    "derived": "What needs to know the other partners: parameters hold their ranges and come from `s2sguard policy parameters`.",
}
_HOW_TO: Final = (
    "Audit by default: set effect to Deny once the compliance page shows what you expect. "
    "An override of the assignment gives a single definition another effect."
)


def compose_initiative(definitions: Sequence[ControlDefinition], kind: InitiativeKind = "static") -> dict[str, Any]:
    """Return the initiative of all static or all derived definitions, in the order given.

    One effect for all of them: a single one differs by an override of the assignment, which Azure has for exactly that
    (assignment-structure, overrides), and not by forty parameters. Definitions that share a parameter share its value.
    Raise `PackError` where two of them declare one parameter differently.
    """
    chosen = [one for one in definitions if (one.kind == "derived") == (kind == "derived")]
    families = sorted({one.control.family for one in chosen})
    return {
        "name": initiative_name(kind),
        "type": "Microsoft.Authorization/policySetDefinitions",
        "properties": {
            "displayName": _TITLES[kind],
            "policyType": "Custom",
            "description": f"{_PURPOSES[kind]} {_HOW_TO}",
            "metadata": {"version": VERSION, "category": "Network", "s2sguard": {"initiative": kind}},
            "parameters": _parameters(chosen),
            "policyDefinitionGroups": [{"name": family, "displayName": _FAMILIES.get(family, family.upper())} for family in families],
            "policyDefinitions": [_reference(one) for one in chosen],
        },
    }


def _reference(definition: ControlDefinition) -> dict[str, Any]:
    declared = definition.document["properties"].get("parameters", {})
    return {
        "policyDefinitionReferenceId": definition.reference_id,
        "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{definition.name}",
        "parameters": {name: {"value": f"[parameters('{name}')]"} for name in declared},
        "groupNames": [definition.control.family],
    }


def _parameters(definitions: Sequence[ControlDefinition]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    owners: dict[str, str] = {}
    for definition in definitions:
        for name, declaration in definition.document["properties"].get("parameters", {}).items():
            if found.setdefault(name, declaration) != declaration:
                message = f"`{owners[name]}` and `{definition.path}` declare the parameter {name} differently"
                raise PackError(message, hint="one name is one value in the initiative: make the two declarations equal")
            owners.setdefault(name, definition.path)
    return found
