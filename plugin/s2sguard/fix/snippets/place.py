"""Where a connection is, as commands name it: subscription, resource group, name."""

from __future__ import annotations

from dataclasses import dataclass

from s2sguard.model.inventory import PLAN_ID, Resource
from s2sguard.report.names import segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What `az` and PowerShell need to find a resource; empty where the input does not say."""

    subscription: str
    group: str
    name: str


def place_of(resource: Resource) -> Place:
    """Return the place of a resource; a template or plan knows its id only in part."""
    subscription, group = segment(resource.id, "subscriptions"), segment(resource.id, "resourcegroups")
    if not is_real(resource):
        subscription, group = "", resource.resource_group or ""
    return Place(subscription=subscription, group=group, name=resource.name)


def is_real(resource: Resource) -> bool:
    """Say whether the id is one that Azure would know: no plan's address, no stand-in of a template."""
    return resource.id.startswith("/") and "{" not in resource.id and not resource.id.startswith(PLAN_ID)
