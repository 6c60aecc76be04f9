"""The listings below one resource: its children, and for a gateway the connections that end on it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from urllib.parse import quote

from s2sguard.collect.azure.batch import Batch, Rank
from s2sguard.collect.azure.gaps import odd_id
from s2sguard.collect.azure.kinds import CHILDREN, MEMBERS, ROUTE_SERVER, Child, Json
from s2sguard.collect.azure.listing import every, raw
from s2sguard.collect.azure.references import Place, Want, place_of, wants_of
from s2sguard.collect.azure.session import Session
from s2sguard.collect.resource_types import type_of_id
from s2sguard.model.arm_types import CONNECTION, DIAGNOSTIC_SETTING, GATEWAY, HUB
from s2sguard.model.inventory import Resource
from s2sguard.model.members import member
from s2sguard.model.value import Unknown

_SETTINGS = "diagnosticSettings"
_HINTS = ("virtualNetworkGateway1", "virtualNetworkGateway2", "localNetworkGateway2", "connectionType")


async def read_children(session: Session, resource: Resource, place: Place, batch: Batch) -> None:
    """Read what lies below a resource into the batch. A listing that fails is a gap about the resource."""
    client = session.network(place.subscription)
    if resource.type == GATEWAY and _is_express_route(resource):
        return
    below = CHILDREN.get(ROUTE_SERVER if resource.type == HUB and not member(resource.properties, "virtualWan") else resource.type, ())
    jobs = [_children(client, child, resource, place, batch) for child in below]
    if resource.type == GATEWAY:
        jobs += [_members(client, resource, place, batch), _diagnostic_settings(session, resource, batch)]
    await asyncio.gather(*jobs)


async def _children(client: Any, child: Child, parent: Resource, place: Place, batch: Batch) -> None:  # noqa: ANN401  # an SDK client
    listing = await every(partial(getattr(getattr(client, child.group), child.listing), place.group, place.name))
    for item in listing.items:
        found = batch.take(item, Rank.OWN)
        if found is not None:
            batch.wants += wants_of(found)
    if listing.failure is not None:
        batch.gaps.append(listing.failure.gap(parent.id, f"{child.words} of `{parent.name}`"))


async def _members(client: Any, gateway: Resource, place: Place, batch: Batch) -> None:  # noqa: ANN401
    listing = await every(partial(getattr(getattr(client, MEMBERS.group), MEMBERS.listing), place.group, place.name))
    for item in listing.items:
        want = _member(item)
        if want is not None:
            batch.wants.append(want)
        else:
            batch.gaps.append(odd_id().gap(gateway.id, f"a connection of `{gateway.name}`"))
    if listing.failure is not None:
        batch.gaps.append(listing.failure.gap(gateway.id, f"{MEMBERS.words} of `{gateway.name}`"))


async def _diagnostic_settings(session: Session, gateway: Resource, batch: Batch) -> None:
    """Read where a gateway's logs go. None at all is an answer, which only the gateway itself can hold."""
    where = f"{gateway.id}/providers/{DIAGNOSTIC_SETTING}"
    listing = await raw(session.get, f"{quote(where)}?api-version=2021-05-01-preview")
    for item in listing.items:
        batch.take({**item, "type": DIAGNOSTIC_SETTING}, Rank.OWN)
    if listing.failure is not None:
        batch.gaps.append(listing.failure.gap(where, f"diagnostic settings of `{gateway.name}`"))
        batch.amend(gateway, _SETTINGS, Unknown(f"not read: {listing.failure.reason}"))
    elif not listing.items:
        batch.amend(gateway, _SETTINGS, [])


def _member(item: Json) -> Want | None:
    """Return the connection an element of a gateway's listing names; its reduced model says for certain where it ends."""
    written, properties = item.get("id"), item.get("properties")
    if not isinstance(written, str) or place_of(written) is None or type_of_id(written) != CONNECTION:
        return None
    known = {name: properties[name] for name in _HINTS if properties.get(name)} if isinstance(properties, dict) else {}
    return Want(id=written, type=CONNECTION, hint={"properties": known, "member": True})


def _is_express_route(gateway: Resource) -> bool:
    found = member(gateway.properties, "gatewayType")
    return isinstance(found, str) and found.lower() == "expressroute"
