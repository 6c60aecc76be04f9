"""From what should be there and what is there to steps; nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from s2sguard.azure_policy.deploy.breaking import refusals
from s2sguard.azure_policy.deploy.compare import Change, differences
from s2sguard.azure_policy.deploy.current import Found, read_current
from s2sguard.azure_policy.deploy.desired import KINDS, Body, Item, ItemKind, Ours, Wish, desired_items
from s2sguard.model.inventory import fold_id

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.session import Session

Action: TypeAlias = Literal["create", "update", "unchanged", "refused", "stale"]

_SERVER_METADATA: Final = ("createdBy", "createdOn", "updatedBy", "updatedOn")
_KEPT: Final[Mapping[ItemKind, tuple[str, ...]]] = {
    "definition": ("externalEvaluationEnforcementSettings",),
    "initiative": (),
    "assignment": ("notScopes", "resourceSelectors", "overrides", "definitionVersion", "selfServeExemptionSettings"),
}
"""Properties that an administrator may have set beside ours: a PUT replaces the whole object, so they are sent back as they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One object and what has to happen to it."""

    action: Action
    kind: ItemKind
    id: str
    name: str
    title: str
    item: Item | None = None
    """What to make of it; None for a stale one, which is left alone."""
    changes: tuple[Change, ...] = ()
    reason: str = ""
    body: Body | None = None
    """What will be sent."""

    @property
    def writes(self) -> bool:
        """Say whether this step sends anything."""
        return self.action in {"create", "update"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every step, in the order of execution, and what a reader has to know besides."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()

    @property
    def pending(self) -> tuple[Step, ...]:
        """The steps that would write."""
        return tuple(step for step in self.steps if step.writes)

    @property
    def refused(self) -> tuple[Step, ...]:
        """The steps that cannot be done; with one of them nothing is written."""
        return tuple(step for step in self.steps if step.action == "refused")


def make_plan(session: Session, families: Sequence[Ours], wish: Wish) -> Plan:
    """Read Azure and return the plan; raises UsageError for parameters that do not fit and DeployError for what cannot be read."""
    items = desired_items(families, wish)
    scopes = [wish.scope, *(item.scope for item in items if item.kind == "assignment")]
    found = read_current(session, wish.home, scopes)
    steps = [_step(item, found.get(fold_id(item.id))) for item in items]
    steps += _stale(items, found.values(), {ours.family for ours in families}, wish)
    return Plan(steps=tuple(steps), notes=tuple(_notes(steps, wish)))


def _step(item: Item, found: Found | None) -> Step:
    def step(action: Action, **more: Any) -> Step:  # the other fields of a step
        return Step(action=action, kind=item.kind, id=item.id, name=item.name, title=item.title, item=item, **more)

    if found is None:
        return step("create", body=item.body)
    if not found.owned:
        return step("refused", reason="it exists and was not made by `policy apply` (no mark in its metadata): it is not overwritten")
    changes = differences(item.kind, item.properties, found.properties)
    if not changes:
        return step("unchanged")
    reasons = list(refusals(item, found.properties))
    if reasons:
        return step("refused", changes=changes, reason="; ".join(reasons))
    return step("update", changes=changes, body=_merged(item, found))


def _merged(item: Item, found: Found) -> Body:
    """Return the body to send over what exists: ours, with what its administrator set beside it."""
    metadata = found.properties.get("metadata")
    others = {key: value for key, value in metadata.items() if key not in _SERVER_METADATA} if isinstance(metadata, Mapping) else {}
    kept = {key: found.properties[key] for key in _KEPT[item.kind] if found.properties.get(key)}
    properties = {**kept, **item.properties, "metadata": {**others, **item.properties["metadata"]}}
    outer = {key: found.body[key] for key in ("location",) if item.kind == "assignment" and found.body.get(key)}
    identity = found.body.get("identity")
    if item.kind == "assignment" and isinstance(identity, Mapping) and identity.get("type"):
        outer["identity"] = _identity(identity)
    return {**outer, "properties": properties}


def _identity(identity: Mapping[str, Any]) -> Body:
    """Return an identity without what Azure fills in."""
    users = identity.get("userAssignedIdentities")
    kept: Body = {"type": identity["type"]}
    if isinstance(users, Mapping) and users:
        kept["userAssignedIdentities"] = {key: {} for key in users}
    return kept


def _stale(items: Iterable[Item], found: Iterable[Found], families: set[str], wish: Wish) -> list[Step]:
    """Return what we made once and is not asked for any more; families that this run was not given are not looked at."""
    wanted = {fold_id(item.id) for item in items}

    def looked_at(each: Found) -> bool:
        # A static assignment at a scope that only derived ones brought in belongs to another run.
        elsewhere = each.kind == "assignment" and each.mark.get("family") == "static" and each.scope.key != wish.scope.key
        return each.owned and each.mark.get("family") in families and not elsewhere

    stale = [each for each in found if looked_at(each) and fold_id(each.id) not in wanted]
    reason = "made by `policy apply` and not part of this plan: left alone; delete it by hand if nothing needs it"
    return [
        Step(action="stale", kind=each.kind, id=each.id, name=each.name, title=str(each.properties.get("displayName", "")), reason=reason)
        for each in sorted(stale, key=lambda each: (KINDS.index(each.kind), each.id.lower()))
    ]


def _notes(steps: Sequence[Step], wish: Wish) -> Iterable[str]:
    if any(step.kind == "assignment" and step.writes for step in steps):
        if wish.enforce:
            yield "enforcementMode Default: a denied request fails from some minutes after this is applied"
        else:
            yield "enforcementMode DoNotEnforce: nothing is denied, compliance is reported; --enforce switches it on"
    for line in wish.derived.incomplete if wish.derived else ():
        yield f"the derived parameters are incomplete: {line}"
