"""Which scope a resource id lies in (Azure Resource Manager ids; facts 1)."""

from __future__ import annotations

import re

from s2sguard.azure_policy.derived.model import ScopeKind
from s2sguard.model.inventory import fold_id

_SUBSCRIPTION = re.compile(r"/subscriptions/[^/]+", re.IGNORECASE)
_GROUP = re.compile(r"/subscriptions/[^/]+/resourcegroups/[^/]+", re.IGNORECASE)


def scope_of(resource_id: str, kind: ScopeKind) -> str:
    """Return the id of the subscription or resource group of a resource, as written; empty for an id without one."""
    found = (_SUBSCRIPTION if kind == "subscription" else _GROUP).match(resource_id.strip())
    return found.group() if found else ""


def kind_of(scope: str) -> ScopeKind | None:
    """Return what a scope is: a subscription, a resource group, or something else (None), such as a management group."""
    folded = fold_id(scope)
    if _GROUP.fullmatch(folded):
        return "resource-group"
    return "subscription" if _SUBSCRIPTION.fullmatch(folded) else None


def lies_in(resource_id: str, scope: str) -> bool:
    """Say whether a resource is below a scope; everything is below the empty one."""
    return not scope or (fold_id(resource_id) + "/").startswith(fold_id(scope) + "/")
