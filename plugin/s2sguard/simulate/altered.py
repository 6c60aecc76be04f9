"""A whole estate with connections added, changed or removed: which pairs of parties that opens and closes.

Nothing is computed in a way of its own: the change is laid over the inventory as a plan is (`collect/overlay.py`), both are judged by
the same facts, and the pairs are compared as those of two runs are (`store/pair_changes.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from s2sguard.collect.adoption import adopted
from s2sguard.collect.compare import same
from s2sguard.collect.merge import merge_key
from s2sguard.collect.overlay import overlay
from s2sguard.errors import UsageError
from s2sguard.facts import build_document, gaps_of
from s2sguard.facts.document import ConnectionFacts, Exposure, FactsDocument, Witness
from s2sguard.facts.options import FactsOptions
from s2sguard.model.arm_types import CONNECTION
from s2sguard.model.inventory import Gap, Inventory, Resource, fold_id
from s2sguard.store.pair_changes import PairChange, pair_changes
from s2sguard.store.pairs import OPEN, Party, gateway_pairs, storable
from s2sguard.store.view import HARMLESS_GAPS

NOTHING: Final = Inventory(())
_EXPOSURES: Final = ("two_way", "one_way", "to_internal")
_PLAN_HINT: Final = "; a plan or template that does both is given as --plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to happen to an inventory; ids that a plan among the files deletes are in `removed`."""

    added: Inventory = NOTHING
    changed: Inventory = NOTHING
    planned: Inventory = NOTHING
    """Of a plan or a template, which may add and change in one."""
    removed: tuple[str, ...] = ()
    """Ids of resources; what is below them goes too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """An estate before and after a change."""

    before: FactsDocument
    after: FactsDocument
    inventory: Inventory
    """After it."""
    pairs: tuple[PairChange, ...]
    gaps: tuple[Gap, ...]
    """What only the change leaves unread or missing."""
    doubtful: tuple[str, ...]
    """Ids of gateways with partners, after it, of which not every connection is known, so that a pair without a change may have one."""

    @property
    def opens(self) -> bool:
        """Say whether any pair is open that was not, or wider than it was."""
        return any(change.kind in {"opened", "wider"} for change in self.pairs)

    @property
    def unsure(self) -> bool:
        """Say whether the change may open more than it is known to."""
        return bool(self.gaps or self.doubtful) or any(change.kind == "unknown" for change in self.pairs)


def altered(base: Inventory, change: Change, options: FactsOptions) -> Altered:
    """Return what a change does to an estate; raises `UsageError` where it does not fit the inventory."""
    inventory = alter(base, change)
    before, after = build_document(base, options), build_document(inventory, options)
    old, new = _gaps(base), _gaps(inventory)
    known = set(old)
    return Altered(
        before=before,
        after=after,
        inventory=inventory,
        pairs=pair_changes(gateway_pairs(before), gateway_pairs(after), blind=(bool(old), bool(new))),
        gaps=tuple(gap for gap in new if gap not in known),
        doubtful=tuple(one.key for one in gateway_pairs(after) if one.partner_facing and not (one.complete and one.judged)),
    )


def alter(base: Inventory, change: Change) -> Inventory:
    """Return the inventory after a change; raises `UsageError` where it does not fit.

    What is added must be new (or say the same), what is changed must be there and is replaced as a whole, what is removed must be there.
    A plan may do all of it.
    """
    for resource, present in _placed(base, change.added):
        if present is not None and not _says_the_same(resource, present):
            raise UsageError(f"{resource.name} of {resource.source} is in the input already", hint=f"give the file as --change{_PLAN_HINT}")
    for resource, present in _placed(base, change.changed):
        if present is None:
            raise UsageError(
                f"{resource.name} of {resource.source} is not in the input, so it cannot change", hint=f"give it as --add{_PLAN_HINT}"
            )
        if any(fold_id(removed) == present.key for removed in change.removed):
            raise UsageError(f"{present.name} is both changed and removed", hint="leave one of them out")
    for removed in change.removed:
        if base.get(removed) is None:
            raise UsageError(f"{removed} is not in the input, so it cannot be removed", hint="`s2sguard snapshot` lists what is")
    # First, as a plan may delete what it creates anew.
    later = overlay(base, NOTHING, change.removed)
    for plan in (change.added, change.changed, change.planned):
        later = overlay(later, plan)
    return later


def proof(found: Altered, change: PairChange, options: FactsOptions) -> Witness | None:
    """Return a packet that one pair of an opened group can exchange now; None where the group is not open.

    Witnesses in a facts document stop at ten for each connection, so the pair is looked at alone.
    """
    if change.after not in OPEN:
        return None
    # Any two parties of a group have another owner, but one that stands on both sides.
    one, other = next((a, b) for a in change.one for b in change.other if a[0] != b[0] or not a[0])
    ends = {fold_id(item["id"]) for item in _connections(found.after, change.gateway, (one, other))}
    resources = (resource for resource in found.inventory.resources if resource.type != CONNECTION or resource.key in ends)
    alone = build_document(Inventory(resources, found.inventory.gaps), options)
    return next((witness for item in alone["connections"] for witness in _witnesses(item)), None)


def _connections(facts: FactsDocument, gateway: str, parties: Sequence[Party]) -> Iterator[ConnectionFacts]:
    owners = {storable(fold_id(one["id"])): one.get("parties", []) for one in facts["gateways"]}
    for item in facts["connections"]:
        if storable(fold_id(item["gateway"])) == gateway and "party" in item:
            trust = "internal" if item.get("trust") == "internal" else "partner"
            if (storable(owners[gateway][item["party"]]), trust) in parties:
                yield item


def _witnesses(item: ConnectionFacts) -> Iterator[Witness]:
    facts: dict[str, object] = {**item}
    for name in _EXPOSURES:
        exposure: Exposure | None = facts.get(name)  # type: ignore[assignment]  # one of the three, by its name
        yield from exposure["witnesses"] if exposure else ()


def _placed(base: Inventory, plan: Inventory) -> Iterator[tuple[Resource, Resource | None]]:
    """Yield each resource that stands for itself (children come with their parent) with the one of the input that it is."""
    here = {merge_key(resource.id): resource for resource in base.resources if not resource.existing}
    ids = adopted(base.resources, plan.resources, [])
    for resource in plan.resources:
        below = resource.parent is not None and plan.get(resource.parent) is not None
        if not resource.existing and not below:
            yield resource, here.get(merge_key(ids.get(resource.key, resource.id)))


def _says_the_same(one: Resource, other: Resource) -> bool:
    return same(one.properties, other.properties) and same(one.tags, other.tags)


def _gaps(inventory: Inventory) -> list[Gap]:
    return [gap for gap in (*inventory.gaps, *gaps_of(inventory)) if gap.kind not in HARMLESS_GAPS]
