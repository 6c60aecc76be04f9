"""Which parties of one gateway can send packets to which others: the flow relation of design section 4.

A packet (s, d) flows from connection a to connection b if, for a selector i of a's ceiling and j of b's,
``s in i.remote and s in j.local`` and ``d in i.local and d in j.remote and d in S_b``.

Two views make that fast without changing it:

* **Rectangles.** Packets a can send are i.remote x i.local; packets b can take are j.local x (j.remote & S_b).
  A flow exists where two such rectangles meet. Packets a party can send *and* have answered are
  (i.remote & j.remote & S) x (i.local & j.local) for a sending i and a receiving j of its own;
  two-way transit exists where such a rectangle meets another party's, transposed.
* **Bit masks.** A set of parties is one integer. Open ceilings (any x any) form one class:
  each of its members gets the mask of the class, so their pairs are counted and never enumerated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from s2sguard.facts.ceiling import OPEN
from s2sguard.facts.masks import mask_of
from s2sguard.facts.sweep import intersecting
from s2sguard.model.address import WHOLE, AddressSet, Intervals, intersect, meet, normalise
from s2sguard.model.selector import Selector

VERSIONS = (4, 6)


@dataclass(frozen=True, slots=True)
class Member:
    """One connection as the flow relation sees it."""

    party: int
    """Index of the party that owns its far end."""
    selectors: tuple[Selector, ...]
    """Its ceiling."""
    routed: AddressSet
    """The site `S`: what the gateway routes into it."""
    sends: tuple[Selector, ...] | None = None
    """The ceiling of packets that come out of it, where a device filters them; None where it is the same in both directions."""

    @property
    def is_open(self) -> bool:
        """Say whether the ceiling is any x any, in both directions."""
        return self.selectors is OPEN and (self.sends is None or self.sends is OPEN)

    @property
    def sending(self) -> tuple[Selector, ...]:
        """Return the ceiling of packets that come out of it."""
        return self.selectors if self.sends is None else self.sends


@dataclass(frozen=True, slots=True)
class Transit:
    """Bit masks of parties; a member's own party is never in its masks."""

    two_way: list[int]
    """By member: parties with which it is an end of a two-way flow."""
    sends: list[int]
    """By member: parties that its packets can reach."""
    takes: list[int]
    """By member: parties whose packets can reach it."""

    def of_party(self, masks: Sequence[int], members: Sequence[Member], parties: int) -> list[int]:
        """Join member masks into one mask per party."""
        joined = [0] * parties
        for member, mask in zip(members, masks, strict=True):
            joined[member.party] |= mask
        return joined


@dataclass(frozen=True, slots=True)
class _Rectangle:
    """Packets of one IP version: `across` x `along`, and the members it stands for."""

    across: Intervals
    along: Intervals
    party: int
    members: tuple[int, ...]


def transit(members: Sequence[Member]) -> Transit:
    """Compute the flow relation between the parties of one gateway."""
    found = Transit([0] * len(members), [0] * len(members), [0] * len(members))
    for version in VERSIONS:
        if not any(member.routed.family(version) for member in members):
            continue  # nothing is routed anywhere in this family, so nothing can be delivered
        _two_way(members, version, found)
        _one_way(members, version, found)
    for index, member in enumerate(members):
        others = ~(1 << member.party)
        found.two_way[index] &= others
        found.sends[index] &= others
        found.takes[index] &= others
    return found


def _two_way(members: Sequence[Member], version: int, found: Transit) -> None:
    by_party: dict[int, list[int]] = defaultdict(list)
    for index, member in enumerate(members):
        by_party[member.party].append(index)
    wide: list[_Rectangle] = []
    narrow: list[_Rectangle] = []
    for party, indexes in by_party.items():
        openers = tuple(index for index in indexes if members[index].is_open)
        answered = normalise(interval for index in openers for interval in members[index].routed.family(version))
        if answered:
            # Any open connection can send for its party, so all of them are ends (a packet out by one, the answer in by another).
            wide.append(_Rectangle(answered, (WHOLE[version],), party, openers))
        closed = [index for index in indexes if not members[index].is_open]
        if closed:
            narrow.extend(_answered_rectangles(members, party, closed, answered, openers, version))
    class_mask = mask_of(rectangle.party for rectangle in wide)
    for rectangle in wide:
        for index in rectangle.members:
            found.two_way[index] |= class_mask
    if narrow:
        _meet_transposed(wide + narrow, narrow, found)


def _answered_rectangles(
    members: Sequence[Member], party: int, closed: Sequence[int], open_routed: Intervals, openers: tuple[int, ...], version: int
) -> list[_Rectangle]:
    """Return what a party can send and have answered, where a closed ceiling takes part."""
    sides = [(index, one.local.family(version), one.remote.family(version)) for index in closed for one in members[index].sending]
    answers = [(index, one.local.family(version), one.remote.family(version)) for index in closed for one in members[index].selectors]
    found: list[_Rectangle] = []

    def add(across: Intervals, along: Intervals, ends: tuple[int, ...]) -> None:
        if across and along:
            found.append(_Rectangle(across, along, party, ends))

    for sender, local, remote in sides:
        add(intersect(remote, open_routed), local, (sender,))
        for receiver, other_local, other_remote in answers:
            both = intersect(intersect(remote, other_remote), members[receiver].routed.family(version))
            # An open connection of the same party can send whatever a closed one can, so it is an end as well.
            ends = (sender, *openers) if sender == receiver else (sender, receiver)
            add(both, intersect(local, other_local), ends)
    for receiver, local, remote in answers if openers else ():
        if members[receiver].sends is not None:  # otherwise it is its own sender above
            add(intersect(remote, members[receiver].routed.family(version)), local, (receiver, *openers))
    return found


def _meet_transposed(left: Sequence[_Rectangle], right: Sequence[_Rectangle], found: Transit) -> None:
    """Mark two-way ends: s in left.across & right.along, d in left.along & right.across."""
    for ours, theirs in _meeting(_by_ranges(left, "across"), _by_ranges(right, "along")):
        if ours.party != theirs.party and meet(theirs.across, ours.along):
            _mark(found.two_way, ours, theirs)
            _mark(found.two_way, theirs, ours)


def _one_way(members: Sequence[Member], version: int, found: Transit) -> None:
    takers: list[_Rectangle] = []
    senders: list[_Rectangle] = []
    open_senders = [index for index, member in enumerate(members) if member.is_open]
    for index, member in enumerate(members):
        routed = member.routed.family(version)
        for selector in member.selectors:
            local, remote = selector.local.family(version), selector.remote.family(version)
            reachable = intersect(remote, routed)
            if local and reachable:
                takers.append(_Rectangle(reachable, local, member.party, (index,)))
        for selector in () if member.is_open else member.sending:
            local, remote = selector.local.family(version), selector.remote.family(version)
            if local and remote:
                senders.append(_Rectangle(remote, local, member.party, (index,)))
    taking = mask_of(rectangle.party for rectangle in takers)
    sending = mask_of(members[index].party for index in open_senders)
    for index in open_senders:
        found.sends[index] |= taking
    for rectangle in takers:
        found.takes[rectangle.members[0]] |= sending
    for ours, theirs in _meeting(_by_ranges(senders, "along"), _by_ranges(takers, "across")):
        if ours.party != theirs.party and meet(ours.across, theirs.along):
            _mark(found.sends, ours, theirs)
            _mark(found.takes, theirs, ours)


def _by_ranges(rectangles: Iterable[_Rectangle], side: str) -> dict[Intervals, list[_Rectangle]]:
    """Group rectangles with equal ranges on one side, so that a range many partners share is swept once."""
    groups: dict[Intervals, list[_Rectangle]] = defaultdict(list)
    for rectangle in rectangles:
        groups[getattr(rectangle, side)].append(rectangle)
    return groups


def _meeting(left: dict[Intervals, list[_Rectangle]], right: dict[Intervals, list[_Rectangle]]) -> Iterator[tuple[_Rectangle, _Rectangle]]:
    """Yield the rectangles of groups whose ranges intersect."""
    groups, others = list(left.values()), list(right.values())
    for one, other in intersecting(list(left), list(right)):
        yield from product(groups[one], others[other])


def _mark(masks: list[int], ends: _Rectangle, other: _Rectangle) -> None:
    for index in ends.members:
        masks[index] |= 1 << other.party
