"""Isolation of the parties on one gateway: exposures with true counts, witnesses, and what is only possible.

Three values come from computing the flow relation twice: once with everything unknown as nothing, once as any.
A flow of the first is certain; one only of the second is possible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from s2sguard.facts.ceiling import OPEN, Ceiling, device_ceiling
from s2sguard.facts.document import Exposure, PairCounts, Witness
from s2sguard.facts.masks import first_parties, mask_of
from s2sguard.facts.party_groups import PartyGroups
from s2sguard.facts.transit import Member, Transit, transit
from s2sguard.facts.witness import End, flow_packet, two_way_packet, witness
from s2sguard.model.address import AddressSet
from s2sguard.model.estate import Connection
from s2sguard.model.value import Maybe, Unknown

MOST_WITNESSES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One IPsec connection of the gateway, with what the flow relation needs."""

    connection: Connection
    ceiling: Maybe[Ceiling]
    routed: tuple[AddressSet, AddressSet]
    """The site `S` with everything unknown as nothing, and as any."""
    doubt: str
    """The first reason why anything about it is unknown; empty when all is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposures:
    """What one connection shares with other parties."""

    two_way: Exposure
    one_way: Exposure
    to_internal: Exposure


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """The answer for one gateway, connections in the order given."""

    exposures: tuple[Exposures, ...]
    indexes: tuple[int, ...]
    """By connection: its place in `parties`."""
    parties: list[str]
    """Owners; an empty one is unknown."""
    groups: list[list[list[int]]]
    """What `groups` of an exposure refers to."""
    pairs: PairCounts
    doubt: str
    """The first reason why something is only possible; empty when everything is known."""


def isolate(subjects: Sequence[Subject]) -> Isolation:
    """Compute the isolation of all parties on one gateway from all its IPsec connections."""
    parties = _Parties(subjects)
    certain = _View(subjects, parties, certain=True)
    doubts = [subject.doubt for subject in subjects if subject.doubt]
    worst = _View(subjects, parties, certain=False) if doubts else certain
    groups = PartyGroups(parties.same_owner, certain.open_parties())
    exposures = tuple(_exposures(index, certain, worst, groups) for index in range(len(subjects)))
    return Isolation(
        exposures=exposures,
        indexes=tuple(parties.indexes),
        parties=parties.labels,
        groups=groups.write(),
        pairs=_pairs(parties, certain, worst),
        doubt=doubts[0] if doubts else "",
    )


class _Parties:
    """Parties by index, in order of first appearance; a mask is a set of them.

    A party is an owner and a trust: one owner with partner and internal connections is two, which never concern each other.
    """

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self.indexes: list[int] = []
        self.partners = self.internals = self.unsure = 0
        numbers: dict[tuple[str, object], int] = {}
        by_owner: dict[str, int] = defaultdict(int)
        owners: list[str] = []
        self.labels: list[str] = []
        for subject in subjects:
            connection = subject.connection
            # One whose owner is unknown may be anybody: a party of its own.
            owner = f"?{connection.key}" if isinstance(connection.partner, Unknown) else connection.partner
            index = numbers.setdefault((owner, connection.trust), len(numbers))
            if index == len(owners):
                owners.append(owner)
                self.labels.append("" if isinstance(connection.partner, Unknown) else owner)
            self.indexes.append(index)
            bit = 1 << index
            by_owner[owner] |= bit
            self.unsure |= bit if isinstance(connection.partner, Unknown) or isinstance(connection.trust, Unknown) else 0
            self.partners |= bit if connection.trust != "internal" else 0
            self.internals |= bit if connection.trust != "partner" else 0
        self.count = len(owners)
        self.same_owner = [by_owner[owner] for owner in owners]
        """By party: the parties with the same owner, itself included."""


class _View:
    """The flow relation with what is unknown taken as nothing (`certain`) or as any."""

    def __init__(self, subjects: Sequence[Subject], parties: _Parties, *, certain: bool) -> None:
        self.subjects = subjects
        self.parties = parties
        self.ends = [_end(subject, certain=certain) for subject in subjects]
        self._hidden = parties.unsure if certain else 0
        self.members = [
            Member(parties.indexes[index], end.ceiling.selectors, end.routed, None if end.outgoing is None else end.outgoing.selectors)
            for index, end in enumerate(self.ends)
        ]
        self.transit: Transit = transit(self.members)
        self.by_party: dict[int, list[int]] = defaultdict(list)
        for index, party in enumerate(parties.indexes):
            self.by_party[party].append(index)
        self.party_two_way = self.transit.of_party(self.transit.two_way, self.members, parties.count)
        self.flows = [sends | takes for sends, takes in zip(self.transit.sends, self.transit.takes, strict=True)]
        self.party_flows = self.transit.of_party(self.flows, self.members, parties.count)

    def open_parties(self) -> int:
        """Return the parties that have an open ceiling."""
        return mask_of({member.party for member in self.members if member.is_open})

    def seen(self, index: int, mask: int, wanted: int) -> int:
        """Return the parties of a member's mask that count: of the wanted trust, and surely somebody else's."""
        return mask & wanted & self.sure_of(self.parties.indexes[index])

    def sure_of(self, party: int) -> int:
        """Return the parties that have another owner: in the certain view, none whose owner is unknown."""
        return 0 if self._hidden >> party & 1 else ~(self._hidden | self.parties.same_owner[party])


def _end(subject: Subject, *, certain: bool) -> End:
    view, device = 0 if certain else 1, subject.connection.device
    if device is not None:
        takes, sends = device_ceiling(device.takes[view]), device_ceiling(device.sends[view])
        return End(subject.connection, takes, subject.routed[view], None if takes == sends else sends)
    ceiling = subject.ceiling
    if isinstance(ceiling, Unknown):
        ceiling = Ceiling(()) if certain else Ceiling(OPEN)
    return End(subject.connection, ceiling, subject.routed[view])


def _exposures(index: int, certain: _View, worst: _View, groups: PartyGroups) -> Exposures:
    parties = certain.parties
    if certain.subjects[index].connection.trust == "internal":
        nothing: Exposure = {"count": 0, "possible": 0, "witnesses": []}
        return Exposures(two_way=nothing, one_way=nothing, to_internal=nothing)
    party = parties.indexes[index]
    two_way = certain.seen(index, certain.transit.two_way[index], parties.partners)
    # A pair that is open both ways is not one-way; what may become two-way is still a flow, so it stays possible here.
    not_two_way = parties.partners & ~certain.seen(index, certain.party_two_way[party], parties.partners)
    one_way = certain.seen(index, certain.flows[index], not_two_way)
    internal = certain.seen(index, certain.transit.sends[index], parties.internals)
    # A connection of unknown owner may be anybody's way back, so with one about, every flow may be two-way.
    may_answer = worst.flows[index] if parties.unsure else worst.transit.two_way[index]
    possible = (
        worst.seen(index, may_answer, parties.partners),
        worst.seen(index, worst.flows[index], not_two_way),
        worst.seen(index, worst.transit.sends[index], parties.internals),
    )
    found = Exposures(
        two_way=_exposure(two_way, possible[0], certain, index, _two_way_witness),
        one_way=_exposure(one_way, possible[1], certain, index, _one_way_witness),
        to_internal=_exposure(internal, possible[2], certain, index, _sent_witness),
    )
    for exposure, mask, maybe in zip(
        (found.two_way, found.one_way, found.to_internal), (two_way, one_way, internal), possible, strict=True
    ):
        groups.note(exposure, party, mask)
        groups.note(exposure, party, maybe & ~mask, certain=False)
    return found


_Prove = Callable[[_View, int, int], Witness | None]


def _exposure(mask: int, possible: int, view: _View, index: int, prove: _Prove) -> Exposure:
    witnesses = []
    for party in first_parties(mask, MOST_WITNESSES):
        found = prove(view, index, party)
        if found is None:  # pragma: no cover - a mask without a packet would be a bug in one of the two
            msg = "a flow without a witness"
            raise AssertionError(msg)
        witnesses.append(found)
    return {"count": mask.bit_count(), "possible": (possible & ~mask).bit_count(), "witnesses": witnesses}


def _two_way_witness(view: _View, index: int, party: int) -> Witness | None:
    a = view.ends[index]
    mine = [view.ends[other] for other in view.by_party[view.parties.indexes[index]]]
    theirs = [view.ends[other] for other in view.by_party[party]]
    for b in theirs:
        packet = two_way_packet(a, b, mine, theirs)
        if packet is not None:
            return witness(packet, a, b)
    for b in theirs:
        packet = two_way_packet(b, a, theirs, mine)
        if packet is not None:
            return witness(packet, b, a)
    return None


def _one_way_witness(view: _View, index: int, party: int) -> Witness | None:
    prove = _sent_witness if view.transit.sends[index] >> party & 1 else _taken_witness
    return prove(view, index, party)


def _sent_witness(view: _View, index: int, party: int) -> Witness | None:
    return _flow_witness((view.ends[index], view.ends[other]) for other in view.by_party[party])


def _taken_witness(view: _View, index: int, party: int) -> Witness | None:
    return _flow_witness((view.ends[other], view.ends[index]) for other in view.by_party[party])


def _flow_witness(pairs: Iterable[tuple[End, End]]) -> Witness | None:
    for a, b in pairs:
        packet = flow_packet(a, b)
        if packet is not None:
            return witness(packet, a, b)
    return None


def _pairs(parties: _Parties, certain: _View, worst: _View) -> PairCounts:
    partners = parties.partners.bit_count()
    two_way = one_way = possible = 0
    for party in first_parties(parties.partners, parties.count):
        sure = certain.sure_of(party) & parties.partners
        both = certain.party_two_way[party] & sure
        flows = certain.party_flows[party] & sure
        two_way += both.bit_count()
        one_way += (flows & ~both).bit_count()
        possible += (worst.party_flows[party] & worst.sure_of(party) & parties.partners & ~flows).bit_count()
    return {"partners": partners * (partners - 1) // 2, "two_way": two_way // 2, "one_way": one_way // 2, "possible": possible // 2}
