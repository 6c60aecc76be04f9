"""Which parties of a gateway reach each other: states of pairs as groups x groups, never as a list of pairs.

A thousand open partners are half a million pairs and one group: everybody x everybody.
A group pair (one, other) says that every pair of a party of `one` and a party of `other` with *another owner* is in its state.
Sets of parties are integers used as bit masks (`facts/party_groups.py`); they are kept as runs of places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from s2sguard.evaluate.acceptance.parties import mask_of_runs
from s2sguard.facts.document import ConnectionFacts, Exposure, FactsDocument, GatewayFacts
from s2sguard.facts.masks import mask_of
from s2sguard.facts.party_groups import runs
from s2sguard.model.inventory import fold_id

PairState: TypeAlias = Literal["two-way", "one-way", "inward", "unknown"]
"""Open in both directions, open in one, open from a partner into an internal site, or not known. What is in no state is closed."""
Trust: TypeAlias = Literal["partner", "internal"]
Party: TypeAlias = tuple[str, Trust]
"""(owner, trust); an owner that is not known is empty, and such parties of one gateway are one here."""

STATES: Final[tuple[PairState, ...]] = ("two-way", "one-way", "inward", "unknown")
"""Worst first: a pair is in the first state that holds."""
OPEN: Final = frozenset({"two-way", "one-way", "inward"})
EXPOSED: Final[Mapping[str, PairState]] = {"two_way": "two-way", "one_way": "one-way", "to_internal": "inward"}
"""Exposure of a connection (`facts/document.py`) -> the state of its certain pairs."""

Rows: TypeAlias = dict[int, int]
"""Place of a party -> mask of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairGroup:
    """Every pair of a party of `one` and a party of `other` with another owner is in this state."""

    state: PairState
    one: int
    other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPairs:
    """One gateway with the pairs of its parties."""

    key: str
    """Folded id, storable."""
    name: str
    complete: bool
    """All its connections were in the input: only then is a pair in no state closed, else it is not known."""
    partner_facing: bool
    judged: bool
    """Its pairs were computed."""
    parties: tuple[Party, ...] = ()
    groups: tuple[PairGroup, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """`partners` (pairs of partners in all), `two_way`, `one_way`, `possible`, as the facts count them."""


def gateway_pairs(facts: FactsDocument) -> tuple[GatewayPairs, ...]:
    """Return every gateway of a facts document, in its order, with its pairs."""
    connections: dict[str, list[ConnectionFacts]] = {}
    for connection in facts["connections"]:
        connections.setdefault(fold_id(connection["gateway"]), []).append(connection)
    return tuple(_gateway(gateway, connections.get(fold_id(gateway["id"]), [])) for gateway in facts["gateways"])


def storable(text: str) -> str:
    r"""Return text as any database takes it: NUL and halves of surrogate pairs written out as `\x00`, `\ud800`."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def _gateway(gateway: GatewayFacts, connections: Sequence[ConnectionFacts]) -> GatewayPairs:
    places, parties = _parties(gateway, connections)
    found: dict[PairState, Rows] = {state: {} for state in STATES}
    groups = [_moved(mask_of_runs(group), places) for group in gateway.get("party_groups", ())]
    for connection in connections:
        if "party" in connection:
            _add(connection, found, groups, places[connection["party"]])
    owners = owners_of(parties)
    _settle(found)
    pairs = gateway.get("pairs")
    return GatewayPairs(
        key=storable(fold_id(gateway["id"])),
        name=storable(gateway["name"]),
        complete=gateway["complete"],
        partner_facing=gateway["partner_facing"],
        judged=pairs is not None,
        parties=parties,
        groups=tuple(group for state in STATES for group in grouped(state, found[state], owners)),
        counts={} if pairs is None else dict(sorted((name, number) for name, number in pairs.items() if isinstance(number, int))),
    )


def _parties(gateway: GatewayFacts, connections: Sequence[ConnectionFacts]) -> tuple[list[int], tuple[Party, ...]]:
    """Return the place of each party of the facts in our own list, and that list: by owner and trust, in order of appearance."""
    trusts: dict[int, Trust] = {
        connection["party"]: "internal" for connection in connections if "party" in connection and connection.get("trust") == "internal"
    }
    numbers: dict[Party, int] = {}
    places = [
        numbers.setdefault((storable(owner), trusts.get(place, "partner")), len(numbers))
        for place, owner in enumerate(gateway.get("parties", ()))
    ]
    return places, tuple(numbers)


def _add(connection: ConnectionFacts, found: dict[PairState, Rows], groups: Sequence[int], own: int) -> None:
    facts: Mapping[str, Any] = {**connection}
    for name, state in EXPOSED.items():
        exposure: Exposure | None = facts.get(name)
        if exposure is None:
            continue
        for target, members in ((state, exposure.get("groups", ())), ("unknown", exposure.get("possible_groups", ()))):
            mask = 0
            for group in members:
                mask |= groups[group]
            rows = found[target]
            rows[own] = rows.get(own, 0) | mask


def _moved(mask: int, places: Sequence[int]) -> int:
    """Return a mask of the facts' parties as one of ours; where all places are the same, that is itself."""
    if all(place == number for number, place in enumerate(places)):
        return mask
    found = 0
    while mask:
        lowest = mask & -mask
        found |= 1 << places[lowest.bit_length() - 1]
        mask ^= lowest
    return found


def _settle(found: dict[PairState, Rows]) -> None:
    """Make every relation symmetric, and leave a pair in its worst state only."""
    for state in STATES:
        mirror(found[state])
    taken: Rows = {}
    for state in STATES:
        rows = found[state]
        for place in rows:
            rows[place] &= ~taken.get(place, 0)
            taken[place] = taken.get(place, 0) | rows[place]


def mirror(rows: Rows) -> None:
    """Make a relation symmetric, in place: rows with one mask are turned around together."""
    by_mask: dict[int, int] = {}
    for place, mask in rows.items():
        by_mask[mask] = by_mask.get(mask, 0) | 1 << place
    for mask, members in by_mask.items():
        for place in places_of(mask):
            rows[place] = rows.get(place, 0) | members


def owners_of(parties: Sequence[Party]) -> list[int]:
    """Return for each party the mask of the parties with its owner, itself included."""
    by_owner: dict[str, int] = {}
    for place, (owner, _) in enumerate(parties):
        by_owner[owner] = by_owner.get(owner, 0) | 1 << place
    return [by_owner[owner] for owner, _ in parties]


def grouped(state: PairState, rows: Mapping[int, int], owners: Sequence[int]) -> Iterator[PairGroup]:
    """Yield a symmetric relation as groups: at most one for each party, and one for any number of parties with the same others."""
    left = {place: rest for place, mask in rows.items() if (rest := mask & ~owners[place])}
    while left:
        first, touched = min(left), mask_of(left)
        # With its own owner among them, the others of each member of a clique are the same set.
        other = left[first] | (owners[first] & touched)
        one = mask_of(place for place, mask in left.items() if mask == other & ~owners[place])
        yield PairGroup(state=state, one=one, other=other)
        left = _without(left, one, other)


def _without(left: Mapping[int, int], one: int, other: int) -> dict[int, int]:
    kept: dict[int, int] = {}
    for place, mask in left.items():
        rest = mask & ~((other if one >> place & 1 else 0) | (one if other >> place & 1 else 0))
        if rest:
            kept[place] = rest
    return kept


def places_of(mask: int) -> list[int]:
    """Return the places in a set, lowest first."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found


def rows_of(groups: Iterable[PairGroup], owners: Sequence[int], move: Callable[[int], int] | None = None) -> dict[PairState, Rows]:
    """Return the relation that groups stand for, by state; `move` turns a set of the groups' places into one of other places."""
    found: dict[PairState, Rows] = {state: {} for state in STATES}
    for group in groups:
        one, other = (group.one, group.other) if move is None else (move(group.one), move(group.other))
        rows = found[group.state]
        for members, others in ((one, other), (other, one)):
            for place in places_of(members):
                rows[place] = (rows.get(place, 0) | others) & ~owners[place]
    return found


def runs_of(mask: int) -> list[list[int]]:
    """Return a set as runs `[first, last]`."""
    return list(runs(mask))
