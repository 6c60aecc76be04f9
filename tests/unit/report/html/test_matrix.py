"""The isolation matrix: what it says of two parties is what the facts say, one by one and in groups."""

from __future__ import annotations

import time
from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from s2sguard.report.html.limits import MOST_SINGLE, Budget
from s2sguard.report.html.matrix import counts_between, groups_of, letters, matrix_of
from s2sguard.report.html.pairs import chosen_pairs
from s2sguard.report.html.relations import Relations, State
from s2sguard.report.html.renderer import HtmlRenderer
from s2sguard.report.interface import Report
from s2sguard.report.names import report_names
from s2sguard.report.packet import Packets
from s2sguard.report.style import Style
from tests.unit.report.builders import connection, exposure, gateway, report, witness
from tests.unit.report.html.cases import fleet, fleet_facts, page

ROOM = Budget(cells=10**6)


def relations(of: Report, accepted: tuple[str, ...] = ()) -> Relations:
    """Return the relations on the one gateway of a report."""
    packets = Packets(of.facts, report_names(of), Style())
    return Relations(of.facts["gateways"][0], of.facts["connections"], packets, {one.lower() for one in accepted})


def states(found: Relations) -> Counter[State]:
    """Return how many pairs have each state, pair by pair."""
    return Counter(state for a, b in combinations(found.parties, 2) if (state := found.state(a, b)) != "same")


def two(*, complete: bool = True, **more: Any) -> Report:
    """Return two partners and an internal site on one gateway, where `more` are facts of the first connection."""
    red = connection("to-red", "red", party=0, **more)
    blue, own = connection("to-blue", "blue", party=1), connection("to-own", "own", party=2, trust="internal")
    groups: dict[str, Any] = {"parties": ["red", "blue", "own"], "party_groups": [[[0, 1]], [[2, 2]]]}
    return report(gateways=[gateway(complete=complete, **groups)], connections=[red, blue, own])


@pytest.mark.parametrize("partners", [2, 12, 40, 60])
def test_pairs_have_the_state_the_facts_count(partners: int) -> None:
    """Over all pairs of a fleet, one by one, the numbers are those of the gateway's own facts."""
    found = states(relations(fleet(partners, 0.4)))
    pairs = fleet_facts(partners, 0.4)["gateways"][0]["pairs"]
    assert (found["two_way"], found["one_way"], found.total()) == (pairs["two_way"], pairs["one_way"], pairs["partners"])


@pytest.mark.parametrize("partners", [41, 100])
def test_groups_count_what_pairs_say(partners: int) -> None:
    """The fields of a grouped matrix add up to the states of all pairs, and each pair is in one field."""
    found = relations(fleet(partners, 0.4))
    groups = groups_of(found, ROOM)
    counted = sum((counts_between(found, a, b) for i, a in enumerate(groups) for b in groups[i:]), Counter[State]())
    assert states(found) == counted
    assert sorted(party.index for group in groups for party in group.parties) == list(range(partners))


def test_parties_of_one_group_are_in_the_same_position() -> None:
    """Every field of a fleet's grouped matrix holds one state: nothing is hidden behind the worst one."""
    found = relations(fleet(100, 0.4))
    matrix = matrix_of(found, groups_of(found, ROOM), {})
    assert matrix.grouped
    assert all(cell.pairs == cell.total for row in matrix.rows for cell in row.cells)


def test_a_matrix_is_the_same_from_both_sides() -> None:
    """The field of A and B is the field of B and A."""
    found = relations(fleet(30, 0.4))
    rows = matrix_of(found, groups_of(found, ROOM), {}).rows
    assert not any(rows[a].cells[b] != rows[b].cells[a] for a in range(30) for b in range(30))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"two_way": exposure(1) | {"groups": [0]}}, "two_way"),
        ({"one_way": exposure(1) | {"groups": [0]}}, "one_way"),
        ({}, "none"),
    ],
)
def test_one_side_is_enough(facts: dict[str, Any], expected: str) -> None:
    """Where one connection says that it is open to another party, the pair is open from both sides."""
    found = relations(two(**facts))
    red, blue, _ = found.parties
    assert (expected, expected) == (found.state(red, blue), found.state(blue, red))


def test_a_partner_that_reaches_an_internal_site_is_shown() -> None:
    """The pair of a partner and an internal party has a state of its own; two internal ones are not judged."""
    found = relations(two(to_internal=exposure(1) | {"groups": [1]}))
    red, blue, own = found.parties
    assert ("inward", "none", "same") == (found.state(red, own), found.state(blue, own), found.state(own, own))


def test_nothing_is_closed_on_a_gateway_that_was_not_read_whole() -> None:
    """What looks closed is unknown where other connections may exist."""
    assert Counter({"unknown": 3}) == states(relations(two(complete=False)))


def test_doubt_on_both_sides_is_unknown() -> None:
    """A pair may be open where something is unknown about both parties; one that is known cannot be open to the other unseen."""
    made = two(two_way=exposure(0) | {"possible": 1})
    assert states(relations(made))["unknown"] == 0
    made.facts["connections"][1]["two_way"] = {"count": 0, "possible": 1, "witnesses": []}
    assert states(relations(made))["unknown"] == 1


def test_an_accepted_pair_is_still_shown_as_open() -> None:
    """Where both ends are accepted the field says so; where one is not, it is open."""
    made = two(two_way=exposure(1) | {"groups": [0]})
    made.facts["connections"][1]["two_way"] = {**exposure(1), "groups": [0]}
    ids = [one["id"] for one in made.facts["connections"][:2]]
    for accepted, expected in ((ids, "accepted"), (ids[:1], "two_way")):
        found = relations(made, tuple(accepted))
        assert expected == found.state(*found.parties[:2])


def test_one_owner_is_never_judged_against_itself() -> None:
    """Connections of one owner with and without trust are two parties, and the pair is not judged."""
    made = two()
    made.facts["connections"][2]["partner"] = "red"
    made.facts["gateways"][0]["parties"] = ["red", "blue", "red"]
    found = relations(made)
    assert found.state(found.parties[0], found.parties[2]) == "same"


def test_a_connection_without_a_known_owner_is_a_party_of_its_own() -> None:
    """Two connections whose owner cannot be read are not taken for one party."""
    made = report(connections=[connection("a", "red"), connection("b", "red")])
    for one in made.facts["connections"]:
        del one["partner"]
    assert ["unknown owner", "unknown owner"] == [party.name for party in relations(made).parties]


def test_two_sites_of_one_name_are_two_parties() -> None:
    """Without a tag the owner is the site, and sites of different groups may share a name."""
    made = report(
        connections=[connection("a", "hub", site="/g1/hub", site_name="Hub"), connection("b", "hub", site="/g2/hub", site_name="Hub")]
    )
    assert len(relations(made).parties) == 2


def test_what_leads_to_no_site_is_no_party() -> None:
    """A connection between networks has no partner behind it."""
    made = report(connections=[connection("a", "red"), connection("b", "", connection_type="Vnet2Vnet")])
    assert len(relations(made).parties) == 1


def test_planes_are_chosen_with_a_packet_where_there_is_one() -> None:
    """The first pair is the one the facts have a packet for, and its plane marks it."""
    made = two(two_way=exposure(1, witness()) | {"groups": [0]})
    found = relations(made)
    first = chosen_pairs(found, groups_of(found, ROOM), Budget())[0]
    assert ("two_way", witness()) == (first.state, first.witness)


def test_groups_are_named_by_letters() -> None:
    """A to Z, then two letters."""
    assert ["A", "Z", "AA", "AB", "BA"] == [letters(place) for place in (0, 25, 26, 27, 52)]


def test_a_thousand_partners_make_no_million_fields() -> None:
    """The page of a thousand partners has few fields, is small, and is made in seconds; its counts are true."""
    made = fleet(1000)
    started = time.monotonic()
    text = HtmlRenderer().render(made)
    taken = time.monotonic() - started
    pairs = made.facts["gateways"][0]["pairs"]
    assert text.count('<td class="s-') < 300
    assert f"{pairs['two_way']} of {pairs['two_way']}" in text
    assert f"{pairs['one_way']} of {pairs['one_way']}" in text
    assert len(text) < 6_000_000
    # Ten times what it takes here, on a machine that does other things as well.
    assert taken < 20


def test_many_gateways_have_a_bounded_page() -> None:
    """Two thousand gateways with open partners: each beyond the first is counted, and the page says what it leaves out."""
    gateways = [gateway(f"gw{number}", pairs=(1, 1, 0, 0)) for number in range(2000)]
    connections = [connection(f"c{number}-{side}", side, on=f"gw{number}") for number in range(2000) for side in ("red", "blue")]
    soup = page(report(gateways=gateways, connections=connections))
    assert len(soup.select("article.gateway")) == Budget().gateways
    assert "and 1000 more gateways" in soup.find(id="gateways").get_text()
    assert len(str(soup)) < 3_000_000


def test_no_room_for_a_matrix_is_said() -> None:
    """Where no fields are left, the page says how to see a pair."""
    found = relations(fleet(12))
    assert groups_of(found, Budget(cells=3)) == []
    assert len(groups_of(relations(fleet(MOST_SINGLE)), ROOM)) == MOST_SINGLE


def test_what_is_only_possible_is_told_for_the_pairs_it_is_about() -> None:
    """Where the facts name the parties to whom a connection may be open, those pairs are unknown and no others."""
    made = two(two_way=exposure(0) | {"possible": 1, "possible_groups": [0]})
    found = relations(made)
    red, blue, own = found.parties
    assert ("unknown", "unknown", "none") == (found.state(red, blue), found.state(blue, red), found.state(red, own))


def test_nobody_is_closed_to_an_unknown_owner() -> None:
    """A connection whose owner cannot be read may be anybody's, so no pair with it is shown as closed."""
    made = two()
    del made.facts["connections"][1]["partner"], made.facts["connections"][1]["party"]
    found = relations(made)
    groups = groups_of(found, Budget())
    assert Counter({"unknown": 2, "none": 1}) == states(found)
    assert states(found) == sum((counts_between(found, a, b) for i, a in enumerate(groups) for b in groups[i:]), Counter[State]())
