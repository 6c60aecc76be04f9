"""Which subscriptions a request means."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from s2sguard.collect.azure.batch import Batch
from s2sguard.collect.azure.listing import every, raw
from s2sguard.collect.azure.request import GUID, LiveRequest
from s2sguard.collect.azure.session import Session
from s2sguard.errors import InputError

_SUBSCRIPTION: Final = re.compile(rf"(?:.*/)?subscriptions/({GUID})", re.IGNORECASE)
_DESCENDANTS: Final = "/providers/Microsoft.Management/managementGroups/{}/descendants?api-version=2020-05-01"


async def subscriptions_of(session: Session, request: LiveRequest) -> tuple[list[str], Batch]:
    """Return the ids in lowercase, sorted, and the gaps of finding them; raises InputError where none can be found."""
    batch = Batch()
    if request.subscriptions:
        return sorted(set(request.subscriptions)), batch
    if request.management_group is not None:
        found = await _below(session, request.management_group, batch)
        where = f"management group `{request.management_group}`"
    else:
        found = await _visible(session, batch)
        where = "this sign-in"
    if not found:
        why = f": {batch.gaps[0].reason}" if batch.gaps else ""
        raise InputError(f"no subscription was found for {where}{why}", hint="check the sign-in, its tenant, and --cloud")
    return sorted(found), batch


async def _visible(session: Session, batch: Batch) -> set[str]:
    listing = await every(partial(session.subscriptions().subscriptions.list))
    if listing.failure is not None:
        batch.gaps.append(listing.failure.gap("/subscriptions", "the list of subscriptions"))
    return {name for item in listing.items if (name := _subscription(item.get("id")))}


async def _below(session: Session, group: str, batch: Batch) -> set[str]:
    """Return every subscription below a management group, also those whose resources may not be read."""
    listing = await raw(session.get, _DESCENDANTS.format(group))
    if listing.failure is not None:
        where = f"/providers/Microsoft.Management/managementGroups/{group}"
        batch.gaps.append(listing.failure.gap(where, "the subscriptions of a management group"))
    return {name for item in listing.items if (name := _subscription(item.get("id")))}


def _subscription(written: object) -> str:
    found = _SUBSCRIPTION.fullmatch(written) if isinstance(written, str) else None
    return found[1].lower() if found else ""
