"""What EPAC's schemas ask of the three kinds of files, written anew from its documentation and as strictly as it can be read.

Source: Azure/enterprise-azure-policy-as-code (MIT), `Docs/policy-*.md` and what `Schemas/` demands.
Stricter than those in one respect: what they demand of the first member of a list is demanded of every member here.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
EFFECTS = ["Append", "Audit", "AuditIfNotExists", "Deny", "DenyAction", "DeployIfNotExists", "Disabled", "Manual", "Modify"]
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def closed(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """Return the schema of an object that has no other members."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def opened(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """Return the schema of an object that may have other members."""
    return {"type": "object", "properties": properties, "required": list(required)}


def listed(member: Schema) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "items": member}


METADATA = opened(("version", "category"), version=TEXT, category=TEXT)
EFFECT = opened(
    ("allowedValues", "defaultValue", "metadata", "type"),
    allowedValues={"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": EFFECTS}},
    defaultValue={"enum": EFFECTS},
    metadata=opened(("displayName",), displayName={"const": "Effect"}, description=TEXT),
    type={"const": "string"},
)
DEFINITION: Schema = {
    "$schema": DRAFT,
    **opened(
        ("name", "properties"),
        name=TEXT,
        type={"const": "Microsoft.Authorization/policyDefinitions"},
        properties=opened(
            ("displayName", "mode", "metadata", "parameters", "policyRule"),
            displayName=TEXT,
            description=TEXT,
            mode=TEXT,
            metadata=METADATA,
            parameters=opened(effect=EFFECT),
            policyRule=opened(
                ("if", "then"), **{"if": {"type": "object"}, "then": opened(("effect",), effect={"const": "[parameters('effect')]"})}
            ),
        ),
    ),
}
INITIATIVE: Schema = {
    "$schema": DRAFT,
    **opened(
        ("name", "properties"),
        name=TEXT,
        type={"const": "Microsoft.Authorization/policySetDefinitions"},
        properties=closed(
            ("displayName", "metadata", "policyDefinitions"),
            displayName=TEXT,
            description=TEXT,
            metadata=METADATA,
            importPolicyDefinitionGroups=listed(TEXT),
            policyDefinitionGroups=listed(closed(("name",), name=TEXT, additionalMetadataId=TEXT)),
            parameters={"type": "object"},
            policyDefinitions=listed(
                closed(
                    # Custom definitions go by name: EPAC makes the id from it.
                    ("policyDefinitionReferenceId", "policyDefinitionName"),
                    policyDefinitionName=TEXT,
                    policyDefinitionReferenceId=TEXT,
                    parameters={"type": "object"},
                    groupNames=listed(TEXT),
                )
            ),
        ),
    ),
}
ASSIGNMENT: Schema = {
    "$schema": DRAFT,
    **closed(
        # A tree without children must gather all of these in its only node.
        ("nodeName", "definitionEntry", "assignment", "scope"),
        **{"$schema": TEXT},
        nodeName=TEXT,
        metadata={"type": "object"},
        definitionEntry=closed(("policySetName",), policySetName=TEXT, displayName=TEXT),
        assignment=closed(
            ("name", "displayName"),
            name={"type": "string", "maxLength": 24},
            displayName={"type": "string", "maxLength": 128},
            description={"type": "string", "maxLength": 512},
        ),
        parameters={"type": "object"},
        nonComplianceMessages=listed(closed(("message",), message=TEXT, policyDefinitionReferenceId=TEXT)),
        scope={"type": "object", "minProperties": 1, "additionalProperties": listed(TEXT)},
        enforcementMode={"enum": ["Default", "DoNotEnforce"]},
    ),
}
