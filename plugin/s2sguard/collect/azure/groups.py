"""One unit of work: everything that is wanted of one resource group, by one listing for many and single GETs for few.

Gateways come first, because they name their connections; then connections; then the rest at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from s2sguard.collect.azure.batch import Batch, Rank, Ranked
from s2sguard.collect.azure.children import read_children
from s2sguard.collect.azure.gaps import Unreadable, odd_id
from s2sguard.collect.azure.kinds import KINDS, SOUGHT, Json
from s2sguard.collect.azure.listing import Listing, every, one
from s2sguard.collect.azure.observe import is_tunnel, observe
from s2sguard.collect.azure.references import Place, Want, place_of, wants_of
from s2sguard.collect.azure.session import Session
from s2sguard.collect.azure.stand_ins import stand_in
from s2sguard.model.arm_types import CONNECTION, GATEWAY
from s2sguard.model.inventory import GapKind, fold_id

LIST_FROM: Final = 3
"""So many resources of one type in a group are read by one listing; fewer by a GET each."""
_ASK_SINGLY: Final[frozenset[GapKind]] = frozenset({"unavailable", "wrong-link"})
"""Where a listing failed like this, its members may still be read one by one."""


class GroupReader:
    """Reads what is wanted of one group.

    `in_scope` says whether its subscription is one of those asked for, `observing` whether live SAs are.
    """

    def __init__(self, session: Session, wants: Iterable[Want], *, in_scope: bool, observing: bool = False) -> None:
        self._session = session
        self._observing = observing
        self._in_scope = in_scope
        self._todo: dict[str, dict[str, Want]] = {}
        self._places: dict[str, Place] = {}
        self._batch = Batch()
        for want in wants:
            self._add(want)

    async def read(self) -> Batch:
        """Return what was read, what was not, and what is to be read because of it."""
        await self._type(GATEWAY)
        self._own_members()
        await self._type(CONNECTION)
        rest = [kind for kind in KINDS if kind not in {GATEWAY, CONNECTION}]
        await asyncio.gather(*(self._type(kind) for kind in rest))
        return self._batch

    def _add(self, want: Want) -> None:
        self._todo.setdefault(want.type, {})[want.key] = want

    def _own_members(self) -> None:
        """Read connections of this group's gateways that lie here now, rather than in a second visit."""
        here = {place.scope for key in self._todo.get(GATEWAY, {}) if (place := _group_of(self._todo[GATEWAY][key])) is not None}
        others: list[Want] = []
        for want in self._batch.wants:
            place = place_of(want.id)
            if want.type == CONNECTION and place is not None and place.scope in here:
                self._add(want)
            else:
                others.append(want)
        self._batch.wants = others

    async def _type(self, kind: str) -> None:
        todo = self._todo.get(kind)
        if not todo:
            return
        wanted = {key: want for key, want in todo.items() if not want.every}
        whole = next((want for want in todo.values() if want.every), None)
        listing = Listing()
        if whole is not None or len(wanted) >= LIST_FROM:
            listing = await self._listed(kind, whole or next(iter(wanted.values())))
        found = {fold_id(item["id"]): item for item in listing.items if isinstance(item.get("id"), str)}
        if whole is not None and listing.failure is not None:
            self._batch.failed.add(whole.key)
            self._batch.gaps.append(listing.failure.gap(whole.id, f"the {KINDS[kind].word}s of a resource group"))
        for key, want in wanted.items():
            if key not in found and listing.failure is not None and listing.failure.kind not in _ASK_SINGLY:
                self._missed(want, listing.failure)
        missing = [want for key, want in wanted.items() if key not in found and key not in self._batch.failed]
        await asyncio.gather(*(self._single(want, found) for want in missing))
        kept = found if whole is not None or (self._in_scope and kind in SOUGHT) else {key: found[key] for key in wanted if key in found}
        await asyncio.gather(*(self._take(kept[key], wanted.get(key)) for key in sorted(kept)))

    async def _listed(self, kind: str, want: Want) -> Listing:
        place = _group_of(want)
        if place is None:
            return Listing()
        operations = getattr(self._session.network(place.subscription), KINDS[kind].group)
        return await every(partial(getattr(operations, KINDS[kind].listing), place.group))

    async def _single(self, want: Want, found: dict[str, Json]) -> None:
        place = place_of(want.id)
        if place is None:
            return
        operations = getattr(self._session.network(place.subscription), KINDS[want.type].group)
        try:
            item = await one(partial(operations.get, place.group, place.name))
            if not isinstance(item.get("id"), str) or fold_id(item["id"]) != want.key:
                raise Unreadable("unavailable", "Azure answered with another resource")  # noqa: TRY301  # a failure like any other
        except Unreadable as failure:
            self._missed(want, failure)
        else:
            found[want.key] = item

    async def _take(self, item: Json, want: Want | None) -> None:
        resource = self._batch.take(item, Rank.OWN)
        place = place_of(resource.id) if resource is not None else None
        if resource is None:
            return
        if place is None:
            self._batch.gaps.append(odd_id().gap(resource.id, "what belongs to it"))
            return
        self._batch.wants += wants_of(resource, as_hub=want is not None and want.as_hub)
        await read_children(self._session, resource, place, self._batch)
        if self._observing and resource.type == CONNECTION and is_tunnel(resource):
            await observe(self._session, resource, place, self._batch)

    def _missed(self, want: Want, failure: Unreadable) -> None:
        word = f"{KINDS[want.type].word} `{want.id.rpartition('/')[2]}`"
        self._batch.failed.add(want.key)
        self._batch.gaps.append(failure.gap(want.id, word))
        for neighbour in _neighbours(want.hint):
            self._batch.gaps.append(failure.gap(neighbour, f"another gateway in its subnet, {word},"))
        # What only Resource Graph still names is gone; what its gateway names now is not.
        gone = failure.kind == "vanished" and want.type == CONNECTION and not want.hint.get("member")
        resource = None if gone else stand_in(want, f"not read: {failure.reason}")
        if resource is not None:
            self._batch.resources.append(Ranked(resource, Rank.STAND_IN))


def _neighbours(hint: Mapping[str, object]) -> list[str]:
    found = hint.get("beside")
    return [member for member in found if isinstance(member, str)] if isinstance(found, list) else []


def _group_of(want: Want) -> Place | None:
    """Return the place of a want; of a whole group as that of some resource in it."""
    return place_of(f"{want.id}/providers/Microsoft.Network/connections/any" if want.every else want.id)
