"""Isolation the obvious way: nested loops over pairs of connections and their selectors, with the product's own interval functions.

It is the design's definition of a flow, written down: it enumerates every pair and makes no classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

from s2sguard.facts.transit import VERSIONS, Member
from s2sguard.model.address import Intervals, intersect, meet


@dataclass(slots=True)
class Flows:
    """By member: the parties it can reach, that can reach it, and that it is an end of a two-way flow with."""

    sends: list[set[int]] = field(default_factory=list)
    takes: list[set[int]] = field(default_factory=list)
    two_way: list[set[int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Flow:
    """Packets of one version from one connection to another: sources x destinations."""

    source: Intervals
    destination: Intervals
    ends: tuple[int, int]


def flows(members: Sequence[Member]) -> Flows:
    """Return the flow relation between all parties, pair by pair."""
    found = Flows(*([set[int]() for _ in members] for _ in range(3)))
    by_party: dict[int, list[int]] = {}
    for index, member in enumerate(members):
        by_party.setdefault(member.party, []).append(index)
    parties = list(by_party)
    for number, one in enumerate(parties):
        for other in parties[number + 1 :]:
            _pair(members, by_party[one], by_party[other], found)
    return found


def _pair(members: Sequence[Member], ours: Sequence[int], theirs: Sequence[int], found: Flows) -> None:
    for version in VERSIONS:
        there = [flow for a, b in product(ours, theirs) for flow in _between(members, a, b, version)]
        back = [flow for a, b in product(theirs, ours) for flow in _between(members, a, b, version)]
        for flow in there + back:
            sender, taker = flow.ends
            found.sends[sender].add(members[taker].party)
            found.takes[taker].add(members[sender].party)
        for out, answer in product(there, back):
            if meet(out.source, answer.destination) and meet(out.destination, answer.source):
                for end in (*out.ends, *answer.ends):
                    party = members[theirs[0] if end in ours else ours[0]].party
                    found.two_way[end].add(party)


def _between(members: Sequence[Member], a: int, b: int, version: int) -> list[_Flow]:
    found = []
    routed = members[b].routed.family(version)
    for i, j in product(members[a].selectors, members[b].selectors):
        source = intersect(i.remote.family(version), j.local.family(version))
        if source:
            destination = intersect(intersect(i.local.family(version), j.remote.family(version)), routed)
            if destination:
                found.append(_Flow(source, destination, (a, b)))
    return found


def overlaps(claims: Sequence[tuple[int, Intervals]]) -> list[set[int]]:
    """Return, for each (party, ranges), the other parties whose ranges intersect."""
    found = [set[int]() for _ in claims]
    for one, (party, ranges) in enumerate(claims):
        for other in range(one + 1, len(claims)):
            other_party, other_ranges = claims[other]
            if party != other_party and meet(ranges, other_ranges):
                found[one].add(other_party)
                found[other].add(party)
    return found
