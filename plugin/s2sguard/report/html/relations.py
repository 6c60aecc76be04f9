"""Who on a gateway reaches whom: its parties, and for every two of them one state.

Sets of parties are bit masks, read from the groups of the facts: the state of two parties is a look-up, and nobody lists all pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.evaluate.acceptance.parties import EXPOSURES, mask_of_runs
from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import ConnectionFacts, Exposure, GatewayFacts, Witness
from s2sguard.model.inventory import fold_id
from s2sguard.report.interface import Report
from s2sguard.report.packet import Packets

State: TypeAlias = Literal["two_way", "one_way", "inward", "unknown", "accepted", "none", "same"]
"""Two-way, one-way, a partner into an internal site, cannot be ruled out, open and accepted, no transit found, not judged."""
SITELESS = frozenset({"Vnet2Vnet", "ExpressRoute", "VPNClient"})
"""Types of connections that lead to no site, so to no party."""
RANK: dict[State, int] = {"two_way": 0, "one_way": 1, "inward": 2, "unknown": 3, "accepted": 4, "none": 5, "same": 6}
"""Worst first."""
Pair: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One party of a gateway: an owner with one trust, and its connections."""

    index: int
    name: str
    """Printable."""
    internal: bool
    connections: tuple[ConnectionFacts, ...]
    own: int
    """The parties of the same owner, itself included."""
    two_way: int
    one_way: int
    inward: int
    """Internal parties that it reaches."""
    possible: int
    """Parties to whom it may be open, and is not surely."""
    vague: bool
    """Something about it is unknown, and the facts do not say to whom that may open it."""
    accepted: bool
    """Every finding about its pairs is waived, or in the baseline."""
    signature: tuple[object, ...]
    """Equal for parties that the facts describe by the same groups."""

    @property
    def open(self) -> int:
        """Return the parties it is open to, as far as its own exposures say."""
        return self.two_way | self.one_way | self.inward


class Relations:
    """All parties of one gateway."""

    def __init__(self, gateway: GatewayFacts, connections: Sequence[ConnectionFacts], packets: Packets, accepted: Collection[str]) -> None:
        self.gateway = gateway
        self._packets = packets
        self._accepted = accepted
        members = _members(gateway, connections)
        owners: dict[object, int] = defaultdict(int)
        for index, (owner, _) in enumerate(members):
            owners[owner] |= 1 << index
        self.at = {fold_id(one["id"]): index for index, (_, found) in enumerate(members) for one in found}
        self._groups = _groups(gateway, members)
        self.parties = tuple(self._party(index, tuple(found), owners[owner]) for index, (owner, found) in enumerate(members))
        whole = gateway["complete"]
        self.vague = mask_of(party for party in self.parties if party.vague or not whole)
        """Parties of which two may be open to each other. All, where the gateway was not read whole."""
        self.ownerless = mask_of(party for party in self.parties if "partner" not in party.connections[0])
        """Parties that may be anybody."""
        self.accepted = mask_of(party for party in self.parties if party.accepted)

    def state(self, a: Party, b: Party) -> State:
        """Return the state of two parties, the same from both sides."""
        if a.own >> b.index & 1 or (a.internal and b.internal):
            return "same"
        found = self._open_state(a, b)
        if found is not None:
            return "accepted" if a.accepted and b.accepted else found
        return "unknown" if (self.doubt_of(a) >> b.index | self.doubt_of(b) >> a.index) & 1 else "none"

    def doubt_of(self, party: Party) -> int:
        """Return the parties to whom it may be open."""
        if self.ownerless >> party.index & 1:
            return -1
        return party.possible | self.ownerless | (self.vague if self.vague >> party.index & 1 else 0)

    def proofs(self) -> dict[Pair, Witness]:
        """Return a packet for every two parties that the facts have one for, two-way transit first."""
        found: dict[Pair, Witness] = {}
        for name in EXPOSURES.values():
            for party in self.parties:
                for witness in _witnesses(party, name):
                    ends = self.at.get(fold_id(witness["from"])), self.at.get(fold_id(witness["to"]))
                    if ends[0] is not None and ends[1] is not None:
                        found.setdefault((min(ends[0], ends[1]), max(ends[0], ends[1])), witness)
        return found

    def _open_state(self, a: Party, b: Party) -> State | None:
        if a.two_way >> b.index & 1 or b.two_way >> a.index & 1:
            return "two_way"
        if a.one_way >> b.index & 1 or b.one_way >> a.index & 1:
            return "one_way"
        return "inward" if a.inward >> b.index & 1 or b.inward >> a.index & 1 else None

    def _party(self, index: int, connections: tuple[ConnectionFacts, ...], own: int) -> Party:
        masks: dict[str, int] = {}
        groups: list[tuple[int, ...]] = []
        possible, vague = 0, False
        for name in EXPOSURES.values():
            found = list(_exposures(connections, name))
            sure = {number for one in found for number in one.get("groups", ())}
            maybe = {number for one in found for number in one.get("possible_groups", ())}
            vague = vague or any(one["possible"] and "possible_groups" not in one for one in found)
            masks[name] = _union(self._groups[number] for number in sure) & ~own
            possible |= _union(self._groups[number] for number in maybe) & ~own
            groups += [tuple(sorted(sure)), tuple(sorted(maybe))]
        first = connections[0]
        internal = first.get("trust") == "internal"
        anybody = "partner" not in first
        accepted = any(masks.values()) and all(fold_id(one["id"]) in self._accepted for one in connections if _is_open(one))
        return Party(
            index=index,
            name=self._packets.owner(first["id"]) or "unknown owner",
            internal=internal,
            connections=connections,
            own=own,
            two_way=masks["two_way"],
            one_way=masks["one_way"],
            inward=masks["to_internal"],
            possible=possible,
            vague=vague,
            accepted=accepted,
            signature=(internal, *groups, vague, anybody, accepted, any(_has_open_ceiling(one) for one in connections)),
        )


def mask_of(parties: Iterable[Party]) -> int:
    """Return a set of parties as a mask."""
    return _union(1 << party.index for party in parties)


def accepted_connections(report: Report) -> frozenset[str]:
    """Return the folded ids of connections of which every finding about pairs is accepted."""
    failing = [verdict for verdict in report.verdicts if verdict.control_id in EXPOSURES and verdict.status == "fail"]
    return frozenset(_ids(failing)) - frozenset(_ids(verdict for verdict in failing if verdict.counts))


def _ids(verdicts: Iterable[Verdict]) -> Iterator[str]:
    return (fold_id(verdict.resource) for verdict in verdicts)


def _members(gateway: GatewayFacts, connections: Sequence[ConnectionFacts]) -> list[tuple[object, list[ConnectionFacts]]]:
    """Return (owner, its connections) for each party, in the order of the facts; one whose owner is unknown is a party of its own."""
    named = gateway.get("parties")
    found: dict[object, list[ConnectionFacts]] = {}
    owners: dict[object, object] = {}
    for one in connections:
        if one.get("connection_type") in SITELESS:
            continue
        trust = one.get("trust", "")
        if "partner" not in one:
            owner: object = ("?", one["id"])
        elif named is not None and "party" in one:
            owner = named[one["party"]]
        else:
            # Without a tag the owner is the site, and two sites in different groups may share a name.
            owner = (one["partner"], fold_id(one.get("site", "")) if one["partner"] == one.get("site_name", "").lower() else "")
        key = (owner, trust)
        owners[key] = owner
        found.setdefault(key, []).append(one)
    ordered = sorted(found, key=lambda key: found[key][0].get("party", len(found)))
    return [(owners[key], found[key]) for key in ordered]


def _groups(gateway: GatewayFacts, members: Sequence[tuple[object, Sequence[ConnectionFacts]]]) -> list[int]:
    """Return the groups of the facts as masks of the parties here.

    Places of the facts without a connection here are owners nobody knows: they are in no group that is certain.
    """
    places = {one["party"]: index for index, (_, found) in enumerate(members) for one in found if "party" in one}
    masks = [mask_of_runs(group) for group in gateway.get("party_groups", ())]
    if all(place == index for place, index in places.items()):
        known = (1 << len(places)) - 1
        return [mask & known for mask in masks]
    return [_union(1 << index for place, index in places.items() if mask >> place & 1) for mask in masks]


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _exposures(connections: Sequence[ConnectionFacts], name: str) -> Iterator[Exposure]:
    for one in connections:
        exposure = one.get(name)
        if isinstance(exposure, dict):
            yield exposure  # type: ignore[misc]  # EXPOSURES names the exposures of the facts


def _witnesses(party: Party, name: str) -> Iterator[Witness]:
    for exposure in _exposures(party.connections, name):
        yield from exposure["witnesses"]


def _is_open(connection: ConnectionFacts) -> bool:
    return any(exposure["count"] for name in EXPOSURES.values() for exposure in _exposures((connection,), name))


def _has_open_ceiling(connection: ConnectionFacts) -> bool:
    return connection.get("ceiling", {"open": False})["open"]
