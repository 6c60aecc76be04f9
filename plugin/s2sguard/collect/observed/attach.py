"""Files of observations -> resources below the connections they are about.

A file is given as `FILE`, or as `CONNECTION=FILE` where CONNECTION is a name or an id.
Without it the peer's address says which connection is meant, where exactly one connection of the inventory has a site with it.
What belongs to no connection, or may belong to two, is a gap: an observation nobody can place must not look like none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from s2sguard.collect.files import digest_of, read_bytes
from s2sguard.collect.observed.answers import Sa, answer_of
from s2sguard.collect.observed.log import SIGN, negotiations
from s2sguard.collect.text import decoded, parse
from s2sguard.errors import UsageError
from s2sguard.model.arm_types import CONNECTION, IKE_SAS, SITE
from s2sguard.model.folding import fold
from s2sguard.model.inventory import Gap, GapKind, InputFile, Inventory, Resource, Source, fold_id
from s2sguard.model.members import member

_NOT_ONE: Final = "neither an answer of `az network vpn-connection list-ike-sas` nor lines of the IKE diagnostic log about selectors"
_NOBODY: Final = "live SAs of a peer address that no connection of this inventory has: give the file as CONNECTION=FILE"
_SEVERAL: Final = "live SAs of a peer address that several connections of this inventory have: give the file as CONNECTION=FILE"
_EMPTY: Final = "an answer without SAs does not say whose it is: give the file as CONNECTION=FILE"
_NAMES_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class _Seen:
    """SAs of one peer, empty for a tunnel that is down; `endpoint` is empty where the answer does not say it."""

    endpoint: str
    sas: list[Sa]
    with_algorithms: bool


def with_observations(inventory: Inventory, files: Iterable[str]) -> Inventory:
    """Return the inventory with what was seen; `files` are `FILE` or `CONNECTION=FILE`.

    Raises `UsageError` for a named connection that the inventory does not have.
    """
    given = list(files)
    if not given:
        return inventory
    work = _Attaching(inventory)
    for one in given:
        work.take(one)
    return Inventory(
        [*inventory.resources, *work.resources],
        [*inventory.gaps, *work.gaps],
        inventory.ignored,
        answered=inventory.answered,
        shared_keys=inventory.shared_keys,
        files=[*inventory.files, *work.files],
    )


class _Attaching:
    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._by_peer = _connections_by_peer(inventory)
        self.resources: list[Resource] = []
        self.gaps: list[Gap] = []
        self.files: list[InputFile] = []

    def take(self, given: str) -> None:
        """Read one file and place what it holds."""
        named, _, rest = given.partition("=")
        connection, path = (named, rest) if rest and not os.path.exists(given) else ("", given)  # noqa: PTH110 - a name may be too long
        data = read_bytes(path)
        if isinstance(data, Gap):
            self.gaps.append(data)
            return
        self.files.append(digest_of(path, data))
        seen = _read(data, path)
        if seen is None:
            self._gap("unreadable-file", _NOT_ONE, path)
            return
        for one in seen:
            self._place(one, self._named(connection) if connection else self._of_peer(one), path)

    def _place(self, seen: _Seen, found: Resource | str, path: str) -> None:
        if isinstance(found, str):
            self._gap("ambiguous-reference" if found == _SEVERAL else "missing-reference", found, path)
            return
        name = str(1 + sum(resource.parent == found.id for resource in self.resources))
        properties: dict[str, object] = {"ikeSas": list(seen.sas)}
        if not seen.with_algorithms:
            properties["withoutAlgorithms"] = True
        self.resources.append(
            Resource(
                id=f"{found.id}/ikeSas/{name}",
                type=IKE_SAS,
                name=name,
                properties=properties,
                tags={},
                source=Source(file=path),
                parent=found.id,
            )
        )

    def _named(self, written: str) -> Resource:
        """Return the connection somebody named; raises UsageError where that is none, or may be two."""
        by_id = self._inventory.get(written)
        if by_id is not None and by_id.type == CONNECTION:
            return by_id
        found = [resource for resource in self._inventory.of_type(CONNECTION) if fold(resource.name) == fold(written)]
        if len(found) == 1:
            return found[0]
        name = printable_name(written)
        if found:
            raise UsageError(
                f"--observed: `{name}` stands for {len(found)} connections of this inventory", hint="give the id of one of them"
            )
        known = [printable_name(resource.name) for resource in self._inventory.of_type(CONNECTION)[:_NAMES_SHOWN]]
        hint = f"it has {', '.join(known)}" + (" and others" if len(known) == _NAMES_SHOWN else "") if known else "it has none"
        raise UsageError(f"--observed: no connection `{name}` in this inventory", hint=hint)

    def _of_peer(self, seen: _Seen) -> Resource | str:
        if not seen.endpoint:
            return _EMPTY
        found = self._by_peer.get(seen.endpoint, [])
        return found[0] if len(found) == 1 else _SEVERAL if found else _NOBODY

    def _gap(self, kind: GapKind, reason: str, path: str) -> None:
        self.gaps.append(Gap(kind=kind, reason=reason, source=Source(file=path)))


def printable_name(text: str) -> str:
    """Return a name for a message, on one line: it may come from the inventory."""
    return "".join(char if char.isprintable() else "?" for char in text[:90])


def _read(data: bytes, path: str) -> list[_Seen] | None:
    """Return what a file shows; None where it is nothing of the kind."""
    document, _ = parse(data, path)
    answer = None if document is None else answer_of(document.value)
    if answer is not None:
        return _by_endpoint(answer)
    text = decoded(data)
    if text is None or SIGN.lower() not in text.lower():
        return None
    found: dict[str, list[Sa]] = {}
    for one in negotiations(text):
        child: Sa = {"localTrafficSelectors": list(one.local), "remoteTrafficSelectors": list(one.remote), "isSaInitiator": not one.by_peer}
        found.setdefault(one.remote_endpoint, []).append({"quickModeSAs": [child]})
    return [_Seen(endpoint, sas, with_algorithms=False) for endpoint, sas in found.items()]


def _by_endpoint(answer: Sequence[Sa]) -> list[_Seen]:
    found: dict[str, list[Sa]] = {}
    for sa in answer:
        found.setdefault(_endpoint(sa), []).append(sa)
    return [_Seen(endpoint, sas, with_algorithms=True) for endpoint, sas in found.items()] or [_Seen("", [], with_algorithms=True)]


def _endpoint(sa: Mapping[str, object]) -> str:
    text = _text(sa, "remoteEndpoint")
    # `address:port` where a port is given; an IPv6 address has more colons.
    return text.rpartition(":")[0] if text.count(":") == 1 else text


def _connections_by_peer(inventory: Inventory) -> dict[str, list[Resource]]:
    addresses = {site.key: _text(site.properties, "gatewayIpAddress") for site in inventory.of_type(SITE)}
    found: dict[str, list[Resource]] = {}
    for connection in inventory.of_type(CONNECTION):
        address = addresses.get(fold_id(_text(member(connection.properties, "localNetworkGateway2"), "id")))
        if address:
            found.setdefault(address, []).append(connection)
    return found


def _text(values: object, name: str) -> str:
    value = member(values, name)
    return value.strip() if isinstance(value, str) else ""
