"""Pairs of parties as groups: nothing is lost, nothing is added, and a crowd is one group."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.config import load_config
from s2sguard.store.pair_changes import PairChange, State, kind_of, pair_changes
from s2sguard.store.pairs import STATES, GatewayPairs, PairGroup, Party, gateway_pairs, owners_of, places_of, rows_of, runs_of, storable
from tests.unit.report.builders import connection, facts, gateway
from tests.unit.store.runs import PARTIES, gateway_pairs_of, relations, some_gateways

Named = frozenset[Party]


def states_of(pairs: GatewayPairs) -> dict[Named, str]:
    """Return every pair that a gateway lists, one by one."""
    found: dict[Named, str] = {}
    for group in pairs.groups:
        for one in places_of(group.one):
            for other in places_of(group.other):
                pair = frozenset((pairs.parties[one], pairs.parties[other]))
                if pairs.parties[one][0] != pairs.parties[other][0]:
                    assert found.setdefault(pair, group.state) == group.state
    return found


@given(relations(PARTIES))
def test_groups_hold_exactly_the_pairs_of_a_relation(states: dict[str, dict[int, int]]) -> None:
    """What groups stand for is the relation they were made of, with at most one group for each party and state."""
    wanted = {
        frozenset((PARTIES[one], PARTIES[other])): state
        for state, rows in states.items()
        for one, mask in rows.items()
        for other in places_of(mask)
    }
    pairs = gateway_pairs_of("gw", PARTIES, states)
    assert states_of(pairs) == wanted
    assert all(sum(group.state == state for group in pairs.groups) <= len(PARTIES) for state in STATES)


def test_a_thousand_open_partners_are_one_group() -> None:
    """Half a million pairs are one row of a store."""
    number = 1000
    parties = [f"p{place}" for place in range(number)]
    open_ = {"count": number - 1, "possible": 0, "witnesses": [], "groups": [0]}
    connections = [connection(f"to-{place}", owner, party=place, two_way=open_) for place, owner in enumerate(parties)]
    (pairs,) = gateway_pairs(facts([gateway(parties=parties, party_groups=[[[0, number - 1]]])], connections))
    assert pairs.groups == (PairGroup(state="two-way", one=(1 << number) - 1, other=(1 << number) - 1),)
    assert runs_of(pairs.groups[0].one) == [[0, number - 1]]


def test_certain_is_worse_than_possible_and_both_ways_than_one() -> None:
    """A pair stands in its worst state only, whichever connection says so; an owner never forms a pair with itself."""
    document = facts(
        [gateway(parties=["red", "blue", "tan", "red"], party_groups=[[[0, 1]], [[0, 2]], [[0, 0], [3, 3]]])],
        [
            connection(
                "to-red", "red", party=0, two_way={"count": 1, "possible": 1, "witnesses": [], "groups": [0], "possible_groups": [1]}
            ),
            connection("to-blue", "blue", party=1, one_way={"count": 1, "possible": 0, "witnesses": [], "groups": [0]}),
            connection("to-tan", "tan", party=2, to_internal={"count": 1, "possible": 0, "witnesses": [], "groups": [2]}),
            connection("to-own", "red", party=3, trust="internal"),
        ],
    )
    (pairs,) = gateway_pairs(document)
    red, blue, tan, own = ("red", "partner"), ("blue", "partner"), ("tan", "partner"), ("red", "internal")
    assert pairs.parties == (red, blue, tan, own)
    assert states_of(pairs) == {frozenset((red, blue)): "two-way", frozenset((red, tan)): "inward", frozenset((tan, own)): "inward"}


def test_parties_whose_owner_is_unknown_are_one() -> None:
    """Owners that cannot be read have no name to tell them apart by from run to run."""
    open_ = {"count": 0, "possible": 2, "witnesses": [], "possible_groups": [0]}
    document = facts([gateway(parties=["red", "", ""], party_groups=[[[1, 2]]])], [connection("to-red", "red", party=0, two_way=open_)])
    (pairs,) = gateway_pairs(document)
    assert states_of(pairs) == {frozenset((("red", "partner"), ("", "partner"))): "unknown"}


def test_text_that_a_database_refuses_is_written_out() -> None:
    """NUL and halves of surrogate pairs, which PostgreSQL refuses, become visible."""
    assert storable("a\0b\ud800") == "a\\x00b\\ud800"


def naive(
    before: tuple[GatewayPairs, ...], after: tuple[GatewayPairs, ...], blind: tuple[bool, bool]
) -> dict[tuple[str, Named], tuple[State, State]]:
    """Return what changed, pair by pair, in the words of the rules."""
    found: dict[tuple[str, Named], tuple[State, State]] = {}
    sides = [{pairs.key: pairs for pairs in gateways} for gateways in (before, after)]
    for key in sides[0].keys() | sides[1].keys():
        there = [side.get(key) for side in sides]
        parties = {party for pairs in there if pairs for party in pairs.parties}
        for one, other in combinations(sorted(parties), 2):
            if one[0] == other[0] or (one[1], other[1]) == ("internal", "internal"):
                continue
            pair = frozenset((one, other))
            states = [naive_state(pairs, pair, hidden) for pairs, hidden in zip(there, blind, strict=True)]
            news = states[0] != states[1]
            for place in (0, 1):
                pairs = there[place]
                if states[place] == "closed" and states[1 - place] == "unknown" and not (pairs and pair <= set(pairs.parties)):
                    news = False
            if news:
                found[key, pair] = states[0], states[1]
    return found


def naive_state(pairs: GatewayPairs | None, pair: Named, hidden: bool) -> State:  # noqa: FBT001
    """Return the state of one pair in one run."""
    if pairs is None:
        return "unknown" if hidden else "closed"
    listed = states_of(pairs).get(pair)
    if listed:
        return next(state for state in STATES if state == listed)
    return "closed" if pairs.complete else "unknown"


def one_by_one(changes: tuple[PairChange, ...]) -> dict[tuple[str, Named], tuple[State, State]]:
    """Return every pair of some changes, counting them."""
    found: dict[tuple[str, Named], tuple[State, State]] = {}
    for change in changes:
        pairs = {frozenset((one, other)) for one in change.one for other in change.other if one[0] != other[0]}
        assert len(pairs) == change.number
        for pair in pairs:
            assert (change.gateway, pair) not in found
            found[change.gateway, pair] = change.before, change.after
    return found


@given(some_gateways(), some_gateways(), st.booleans(), st.booleans())
def test_changes_are_those_found_pair_by_pair(
    before: tuple[GatewayPairs, ...],
    after: tuple[GatewayPairs, ...],
    blind_before: bool,  # noqa: FBT001
    blind_after: bool,  # noqa: FBT001
) -> None:
    """The changes of groups hold every pair once, and exactly those that a slow comparison finds."""
    blind = blind_before, blind_after
    assert one_by_one(pair_changes(before, after, blind=blind)) == naive(before, after, blind)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("closed", "two-way", "opened"),
        ("unknown", "inward", "opened"),
        ("one-way", "two-way", "wider"),
        ("two-way", "one-way", "narrower"),
        ("one-way", "closed", "closed"),
        ("two-way", "unknown", "unknown"),
        ("closed", "unknown", "unknown"),
        ("unknown", "closed", "known"),
    ],
)
def test_every_change_has_a_kind(before: State, after: State, kind: str) -> None:
    """What was not known and is open now has opened; what is not known now is unknown, whatever it was."""
    assert kind_of(before, after) == kind


def test_rows_of_groups_leave_the_own_owner_out() -> None:
    """A group of everybody with everybody is no pair of an owner with itself."""
    parties: tuple[Party, ...] = (("red", "partner"), ("red", "internal"), ("blue", "partner"))
    rows = rows_of([PairGroup(state="inward", one=0b111, other=0b111)], owners_of(parties))
    assert rows["inward"] == {0: 0b100, 1: 0b100, 2: 0b011}


def test_the_default_configuration_has_no_store() -> None:
    """Nothing is kept unless somebody asks for it."""
    assert load_config(environ={}).store is None
