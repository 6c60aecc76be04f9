"""The document for decision points: the worst of each resource, and which pairs of partners are open, isolated or neither."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from s2sguard.evaluate.verdict import Acceptance, Status
from s2sguard.facts.document import ConnectionFacts, GatewayFacts
from s2sguard.report.estate import MOST_PARTIES, estate_document
from s2sguard.report.interface import Report
from tests.unit.report.builders import RUN, connection, connection_id, exposure, facts, gateway, gateway_id, verdict, witness

NONE = exposure(0)
CLOSED: dict[str, Any] = {"two_way": NONE, "one_way": NONE}


def report_of(*verdicts: Any, connections: list[ConnectionFacts], gateways: list[GatewayFacts] | None = None) -> Report:
    """Return a report on a gateway with these connections."""
    return Report(run=RUN, verdicts=verdicts, gaps=(), resources={}, facts=facts(gateways or [gateway()], connections))


def partners(*connections: ConnectionFacts, gateways: list[GatewayFacts] | None = None) -> dict[str, Any]:
    """Return what the document says of the partners."""
    found: dict[str, Any] = estate_document(report_of(connections=list(connections), gateways=gateways))["partners"]
    return found


def test_each_resource_has_its_worst_state() -> None:
    """A finding beats unknown beats accepted beats pass; what no control applies to is none of them. Keys are folded."""
    accepted = replace(verdict("to-blue"), acceptance=Acceptance(kind="waiver", reason="agreed"))
    mixed: tuple[tuple[Status, ...], tuple[Status, ...]] = (("pass", "fail", "unknown"), ("unknown", "pass"))
    verdicts = [
        *(verdict("to-red", status, control=f"S2S-IKE-00{number}") for number, status in enumerate(mixed[0], 1)),
        *(verdict("to-green", status, control=f"S2S-IKE-00{number}") for number, status in enumerate(mixed[1], 1)),
        accepted,
        verdict("to-blue", "pass", control="S2S-IKE-002"),
        verdict("to-pink", "pass"),
        verdict("to-grey", "error"),
    ]
    names = ("red", "green", "blue", "pink", "grey", "gold")
    document = estate_document(report_of(*verdicts, connections=[connection(f"to-{name}", name, **CLOSED) for name in names]))
    found = [document["status"][connection_id(f"to-{name}").lower()] for name in names]
    assert found == ["fail", "unknown", "accepted", "pass", "unknown", "not-applicable"]
    assert document["status"][gateway_id("gw").lower()] == "not-applicable"


def test_findings_are_those_that_failed_and_unknowns_the_rest() -> None:
    """An accepted finding stays visible and is marked; a pass is not listed."""
    accepted = replace(verdict("to-blue"), acceptance=Acceptance(kind="baseline", reason="old"))
    document = estate_document(
        report_of(verdict(), accepted, verdict("to-green", "unknown"), verdict("to-pink", "error"), verdict("to-x", "pass"), connections=[])
    )
    assert [(one["name"], one["accepted"], one["severity"]) for one in document["findings"]] == [
        ("to-red", False, "high"),
        ("to-blue", True, "high"),
    ]
    assert [one["name"] for one in document["unknowns"]] == ["to-green", "to-pink"]


def test_a_pair_is_open_for_both_ends() -> None:
    """One witness opens the pair in both lists, also where the other side says nothing of it."""
    red = connection("to-red", "red", two_way=exposure(1, witness()), one_way=NONE)
    blue = connection("to-blue", "blue", two_way=NONE, one_way=exposure(1, witness("to-red", "to-blue")))
    green = connection("to-green", "green", **CLOSED)
    assert partners(red, blue, green) == {
        "blue": {"open": ["red"], "sure": True, "listed": True},
        "green": {"open": [], "sure": True, "listed": True},
        "red": {"open": ["blue"], "sure": True, "listed": True},
    }


@pytest.mark.parametrize(
    "doubt",
    [
        {"two_way": {**NONE, "possible": 1}, "one_way": NONE},
        {"two_way": NONE, "one_way": {**NONE, "possible": 1}},
        {"two_way": NONE, "one_way": NONE, "unknown": {"two_way": "redacted"}},
        {"one_way": NONE},
        {"two_way": NONE},
    ],
    ids=["two-way possible", "one-way possible", "unknown", "no two-way", "no one-way"],
)
def test_whatever_is_in_doubt_makes_a_partner_unsure(doubt: dict[str, Any]) -> None:
    """A fact that is absent, unknown or only possible never isolates anybody."""
    found = partners(connection("to-red", "red", **doubt), connection("to-blue", "blue", **CLOSED))
    assert (found["red"]["sure"], found["blue"]["sure"]) == (False, True)


def test_more_pairs_than_witnesses_are_not_all_listed() -> None:
    """Three others and one witness: the list is not complete, and what is in it holds."""
    found = partners(connection("to-red", "red", two_way=exposure(3, witness()), one_way=NONE), connection("to-blue", "blue", **CLOSED))
    assert found["red"] == {"open": ["blue"], "sure": True, "listed": False}


def test_groups_of_the_facts_list_every_pair() -> None:
    """Where the facts name all parties, witnesses are not needed; an owner without a name leaves a doubt."""
    on = gateway(parties=["red", "blue", "green", "pink"], party_groups=[[[1, 2]], [[3, 3]]])
    red = connection("to-red", "red", two_way={**exposure(3), "groups": [0, 1]}, one_way=NONE)
    found = partners(red, gateways=[on])
    assert found["red"] == {"open": ["blue", "green", "pink"], "sure": True, "listed": True}
    assert found["pink"]["open"] == ["red"]
    nameless = partners(red, gateways=[gateway(parties=["red", "blue", "", "pink"], party_groups=[[[1, 2]], [[3, 3]]])])
    assert nameless["red"] == {"open": ["blue", "pink"], "sure": False, "listed": True}


def test_groups_of_a_huge_gateway_are_not_written_out() -> None:
    """The list of all pairs of a thousand parties would be a million names."""
    names = [f"p{number}" for number in range(MOST_PARTIES + 1)]
    on = gateway(parties=names, party_groups=[[[0, MOST_PARTIES]]])
    found = partners(connection("to-p0", "p0", two_way={**exposure(MOST_PARTIES), "groups": [0]}, one_way=NONE), gateways=[on])
    assert found == {"p0": {"open": [], "sure": True, "listed": False}}


def test_only_partners_with_tunnels_are_asked_about() -> None:
    """Internal connections, links without a site and connections without an owner are no partners."""
    others = [
        connection("to-hq", "hq", trust="internal", **CLOSED),
        connection("to-vnet", "vnet", connection_type="Vnet2Vnet"),
        connection("to-nobody", "x", **CLOSED),
    ]
    del others[2]["partner"]
    assert partners(*others) == {}


def test_the_revision_names_the_content() -> None:
    """Equal runs have one revision whenever they were made; another verdict, or the date, is another; a name given is kept."""
    report = report_of(verdict(), connections=[connection("to-red", "red", **CLOSED)])
    later = replace(report, run=replace(RUN, started="2027-01-01T00:00:00+00:00", ended="2027-01-01T00:00:00+00:00"))
    first = estate_document(report)
    assert estate_document(later) == first
    assert len({first["revision"], estate_document(replace(report, verdicts=()))["revision"]}) == 2
    assert len({first["revision"], estate_document(replace(report, facts={**report.facts, "today": "2027-01-01"}))["revision"]}) == 2
    assert estate_document(report, revision="r1") == first | {"revision": "r1"}
