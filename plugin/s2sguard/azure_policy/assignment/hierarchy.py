"""Scopes: which resources are in a management group, a subscription, a resource group or a resource (concepts/scope)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from s2sguard.azure_policy.language.text import fold
from s2sguard.expression.interface import Json

_MANAGEMENT_GROUP: Final = "/providers/microsoft.management/managementgroups/"
_NESTED: Final = "/providers/microsoft.authorization/"


def is_within(resource_id: Json, scope: str, management_groups: Collection[str] | None = None) -> bool | None:
    """Say whether a resource is in a scope, which includes the scope's own resource; ids ignore case.

    None where that cannot be told: the resource has no known id, or the scope is a management group and
    `management_groups`, the groups (ids or names) above the resource's subscription, is not given.
    """
    wanted = fold(scope.strip().rstrip("/"))
    if not wanted:
        return True
    if isinstance(resource_id, str):
        own = fold(resource_id.strip().rstrip("/"))
        if own == wanted or own.startswith(wanted + "/"):
            return True
    if wanted.startswith(_MANAGEMENT_GROUP):
        if management_groups is None:
            return None
        return wanted.rpartition("/")[2] in {fold(group).rstrip("/").rpartition("/")[2] for group in management_groups}
    return False if isinstance(resource_id, str) and resource_id.startswith("/") else None


def scope_of(policy_object_id: Json, kind: str) -> str | None:
    """Return the scope that an assignment or exemption is an object of, from its id; None where the id does not say.

    `kind` is `policyAssignments` or `policyExemptions`: `{scope}/providers/Microsoft.Authorization/{kind}/{name}`.
    """
    if not isinstance(policy_object_id, str):
        return None
    end = fold(policy_object_id).rfind(f"{_NESTED}{kind.lower()}/")
    return None if end < 0 else policy_object_id[:end]
