"""Which pairs of parties opened, closed or became unknown between two runs, gateway by gateway, as groups x groups.

A pair that a run does not list is closed there only if the run knows all of the gateway: else it is unknown, which is never closed.
A party that is not on a gateway is closed to everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from s2sguard.store.pairs import OPEN, STATES, GatewayPairs, PairGroup, PairState, Party, Rows, grouped, owners_of, places_of, rows_of

State: TypeAlias = Literal["two-way", "one-way", "inward", "unknown", "closed"]
Kind: TypeAlias = Literal["opened", "wider", "unknown", "known", "narrower", "closed"]

KINDS: Final[tuple[Kind, ...]] = ("opened", "wider", "unknown", "narrower", "closed", "known")
"""In the order of a report: worse first."""
ALL: Final[tuple[State, ...]] = (*STATES, "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairChange:
    """Pairs of one gateway that went from one state to another."""

    gateway: str
    """Key of the gateway."""
    name: str
    before: State
    after: State
    one: tuple[Party, ...]
    other: tuple[Party, ...]
    """Every pair of a party of `one` with a party of `other` that has another owner; sorted."""
    number: int
    """How many pairs these are."""

    @property
    def kind(self) -> Kind:
        """Return what happened to them."""
        return kind_of(self.before, self.after)


def kind_of(before: State, after: State) -> Kind:
    """Return what a change of state is: `unknown` and `known` where one side is not known, else by what is open."""
    if after == "unknown":
        return "unknown"
    if before == "unknown":
        return "opened" if after in OPEN else "known"
    if (before in OPEN) != (after in OPEN):
        return "opened" if after in OPEN else "closed"
    return "wider" if ALL.index(after) < ALL.index(before) else "narrower"


def pair_changes(before: Sequence[GatewayPairs], after: Sequence[GatewayPairs], *, blind: tuple[bool, bool]) -> tuple[PairChange, ...]:
    """Return the changes, by gateway, the worst kind first.

    `blind` says for each run whether something was not read, so that a gateway it does not list may be there all the same.
    """
    old, new = ({gateway.key: gateway for gateway in gateways} for gateways in (before, after))
    found: list[PairChange] = []
    for key in sorted(old.keys() | new.keys()):
        found += _Gateway(key, old.get(key), new.get(key), blind).changes()
    return tuple(
        sorted(found, key=lambda change: (KINDS.index(change.kind), change.name.casefold(), change.gateway, change.one, change.other))
    )


@dataclass(slots=True, kw_only=True)
class _Side:
    """One run's knowledge of a gateway, over the parties of both runs."""

    rows: dict[State, Rows] = field(default_factory=dict)
    here: int = 0
    """The parties that this run has on the gateway."""

    def of(self, state: State, place: int) -> int:
        """Return the others that a party is in this state with."""
        return self.rows[state].get(place, 0)


class _Gateway:
    """One gateway in two runs; its parties are numbered in one order, whichever run is first."""

    def __init__(self, key: str, old: GatewayPairs | None, new: GatewayPairs | None, blind: tuple[bool, bool]) -> None:
        self._key = key
        known = new or old
        self._name = known.name if known else key
        self._parties = sorted({party for gateway in (old, new) if gateway for party in gateway.parties})
        self._numbers = {party: number for number, party in enumerate(self._parties)}
        self._owners = owners_of(self._parties)
        self._sides = (self._side(old, hidden=blind[0]), self._side(new, hidden=blind[1]))

    def changes(self) -> Iterator[PairChange]:
        """Yield every group of pairs with another state than before."""
        for before in ALL:
            for after in ALL:
                if before != after:
                    rows = {place: mask for place in range(len(self._parties)) if (mask := self._moved(place, before, after))}
                    # The name of a state is of no account for grouping.
                    yield from (self._change(group, before, after) for group in grouped("unknown", rows, self._owners))

    def _moved(self, place: int, before: State, after: State) -> int:
        old, new = self._sides
        mask = old.of(before, place) & new.of(after, place)
        # Where nobody knew or knows, a party that only one run has is no news: what opens with it is.
        for side, state, other in ((old, before, after), (new, after, before)):
            if state == "closed" and other == "unknown":
                mask &= side.here if side.here >> place & 1 else 0
        return mask

    def _side(self, gateway: GatewayPairs | None, *, hidden: bool) -> _Side:
        side = _Side()
        listed: dict[PairState, Rows] = {state: {} for state in STATES}
        if gateway is not None:
            side.here = self._move_all(gateway, (1 << len(gateway.parties)) - 1)
            listed = rows_of(gateway.groups, self._owners, lambda mask: self._move_all(gateway, mask))
        known = not hidden if gateway is None else gateway.complete and (gateway.judged or not gateway.partner_facing)
        side.rows = {"closed": {}}
        side.rows.update(listed.items())
        for place in range(len(self._parties)):
            rest = self._possible(place)
            for state in STATES:
                rest &= ~side.of(state, place)
            rows = side.rows["closed" if known else "unknown"]
            rows[place] = rows.get(place, 0) | rest
        return side

    def _possible(self, place: int) -> int:
        """Return with whom a party can form a pair: another owner, and not both internal."""
        others = ((1 << len(self._parties)) - 1) & ~self._owners[place]
        if self._parties[place][1] == "partner":
            return others
        return others & sum(1 << number for number, party in enumerate(self._parties) if party[1] == "partner")

    def _move_all(self, gateway: GatewayPairs, mask: int) -> int:
        return sum(1 << self._numbers[gateway.parties[place]] for place in places_of(mask))

    def _change(self, group: PairGroup, before: State, after: State) -> PairChange:
        one, other = places_of(group.one), places_of(group.other)
        ordered = [(place, (group.other & ~self._owners[place]).bit_count()) for place in one]
        twice = sum((group.one & group.other & ~self._owners[place]).bit_count() for place in one)
        return PairChange(
            gateway=self._key,
            name=self._name,
            before=before,
            after=after,
            one=tuple(self._parties[place] for place in one),
            other=tuple(self._parties[place] for place in other),
            number=sum(number for _, number in ordered) - twice // 2,
        )
