"""Lay a plan over what is deployed: `--with SNAPSHOT` judges what will be, with everything the plan does not mention.

The plan wins by id, what it deletes vanishes with everything below, and the rest of the deployed inventory stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from s2sguard.collect.adoption import adopted
from s2sguard.collect.merge import merge_key
from s2sguard.collect.plan_ids import renamed
from s2sguard.model.inventory import Gap, Inventory, Resource, fold_id


def overlay(base: Inventory, plan: Inventory, deleted: Iterable[str] = ()) -> Inventory:
    """Return the inventory after the plan is carried out.

    `deleted` are ids the plan deletes. A planned resource without a real id takes the id of the deployed resource with the same
    type, resource group and name (for a child: the same parent and name), and what refers to it follows.
    What the plan only refers to (`existing`) never replaces what is deployed.
    """
    gone = {fold_id(resource_id) for resource_id in deleted}
    kept = [resource for resource in base.resources if not _is_gone(resource, gone)]
    gaps: list[Gap] = []
    ids = adopted(kept, plan.resources, gaps)
    planned = [renamed(resource, ids) for resource in plan.resources] if ids else list(plan.resources)
    deployed = {merge_key(resource.id): resource.whole and not resource.existing for resource in kept}
    planned = [resource for resource in planned if not (resource.existing and merge_key(resource.id) in deployed)]
    planned = [replace(resource, whole=True) if deployed.get(merge_key(resource.id)) else resource for resource in planned]
    replaced = {merge_key(resource.id) for resource in planned}
    stays = [resource for resource in kept if merge_key(resource.id) not in replaced]
    left = {resource.key for resource in stays}
    base_gaps = [gap for gap in base.gaps if gap.resource is None or fold_id(gap.resource) in left or base.get(gap.resource) is None]
    answered = plan.answered or bool(base.resources)
    return Inventory(
        [*stays, *planned],
        [*base_gaps, *plan.gaps, *gaps],
        [*base.ignored, *plan.ignored],
        answered=answered,
        shared_keys=plan.shared_keys,
        files=[*plan.files, *base.files],
    )


def _is_gone(resource: Resource, gone: set[str]) -> bool:
    """Say whether a resource or anything above it (parent, resource group, subscription) is deleted."""
    if not gone:
        return False
    above = resource.key
    while above:
        if above in gone:
            return True
        above = above.rpartition("/")[0]
    return resource.parent is not None and fold_id(resource.parent) in gone
