"""One subscription as a whole: may it be read, and without Resource Graph, what is in it."""

from __future__ import annotations

import asyncio
from functools import partial

from s2sguard.collect.azure.batch import Batch, Rank
from s2sguard.collect.azure.gaps import odd_id
from s2sguard.collect.azure.kinds import BULK, IN_GROUPS, KINDS, SOUGHT
from s2sguard.collect.azure.listing import every
from s2sguard.collect.azure.references import Want, place_of
from s2sguard.collect.azure.session import Session
from s2sguard.model.arm_types import FIREWALL
from s2sguard.model.inventory import fold_id

PROBE = FIREWALL
"""Resource Graph leaves out in silence what may not be read. One listing of the whole subscription does not."""
_WALKED = tuple(kind for kind in (*BULK, *SOUGHT) if kind not in IN_GROUPS)


async def probe(session: Session, subscription: str) -> Batch:
    """Read the firewalls of a subscription, which shows whether it may be read as a whole."""
    batch = Batch()
    await _whole(session, subscription, PROBE, batch)
    return batch


async def walk(session: Session, subscription: str) -> Batch:
    """List a subscription without Resource Graph: its resource groups, and every type that can be listed at once."""
    batch = Batch()
    await asyncio.gather(_groups(session, subscription, batch), *(_whole(session, subscription, kind, batch) for kind in _WALKED))
    return batch


async def _groups(session: Session, subscription: str, batch: Batch) -> None:
    listing = await every(session.resources(subscription).resource_groups.list)
    for item in listing.items:
        group = item.get("id")
        if isinstance(group, str) and place_of(f"{group}/providers/{PROBE}/any") is not None:
            batch.wants += [Want(id=fold_id(group), type=kind, every=True) for kind in IN_GROUPS]
        else:
            batch.gaps.append(odd_id().gap(f"/subscriptions/{subscription}", "a resource group of a subscription"))
    if listing.failure is not None:
        batch.gaps.append(listing.failure.gap(f"/subscriptions/{subscription}", "the resource groups of a subscription"))


async def _whole(session: Session, subscription: str, kind: str, batch: Batch) -> None:
    operations = getattr(session.network(subscription), KINDS[kind].group)
    listing = await every(partial(getattr(operations, KINDS[kind].in_subscription)))
    for item in listing.items:
        written = item.get("id")
        if kind not in SOUGHT:
            batch.take(item, Rank.OWN)
        elif isinstance(written, str) and place_of(written) is not None:
            batch.wants.append(Want(id=written, type=kind))
        else:
            batch.gaps.append(odd_id().gap(f"/subscriptions/{subscription}", f"a {KINDS[kind].word} of a subscription"))
    if listing.failure is not None:
        batch.gaps.append(listing.failure.gap(f"/subscriptions/{subscription}", f"the {KINDS[kind].word}s of a subscription"))
