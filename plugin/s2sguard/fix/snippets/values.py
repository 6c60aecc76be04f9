"""The values of a patch in a form that every language can write."""

from __future__ import annotations

from collections.abc import Mapping

from s2sguard.fix.model import Patch, Ranges
from s2sguard.fix.policy import Policy
from s2sguard.model.inventory import Resource


def policy_of(patch: Patch) -> Policy | None:
    """Return the one IPsec policy of a patch, None where it changes none."""
    policies = patch.properties.get("ipsecPolicies")
    return policies[0] if isinstance(policies, list) else None


def selectors_of(patch: Patch) -> tuple[Ranges, ...]:
    """Return the fixed selectors of a patch, empty where it changes none."""
    elements = patch.properties.get("trafficSelectorPolicies")
    if not isinstance(elements, list):
        return ()
    return tuple((tuple(one["localAddressRanges"]), tuple(one["remoteAddressRanges"])) for one in elements)


def properties_with_lower(resource: Resource) -> Mapping[str, object]:
    """Return a resource's properties by lowercase name."""
    return {name.lower(): value for name, value in resource.properties.items()}


def reference_of(value: object) -> str:
    """Return the id that a reference holds, empty where it is none that Azure would know."""
    found = {name.lower(): member for name, member in value.items()}.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) and found.startswith("/") and "{" not in found else ""
