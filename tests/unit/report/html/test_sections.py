"""The sections of the page: the answer, findings and controls, what was not read, the trend, and the auditor's page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from s2sguard.evaluate.verdict import Acceptance, Control
from s2sguard.model.inventory import Gap, InputFile
from s2sguard.report.entries import entries
from s2sguard.report.html.findings import findings_of
from s2sguard.report.html.limits import Budget
from s2sguard.report.interface import RESIDUAL_RISK, PastRun, Report
from s2sguard.report.names import report_names
from tests.unit.report.builders import RUN, connection, exposure, gateway, report, transit, verdict, witness
from tests.unit.report.html.cases import clean, leaking, nothing_read, page, page_of, text_of

SHUT = "No transit between partners found on 1 gateway, under peer_child_sa=refused"
INSPECTED: dict[str, Any] = {"paths": [], "left_out": []}
PAST = {"ranges": ["172.16.0.0/24"], "networks": ["hub"], "because": "no route", "witness": "10.1.0.1 -> 172.16.0.4"}
DOUBT = gateway(complete=False, incomplete_reason="other connections may exist", pairs=(1, 0, 0, 1))


@pytest.mark.parametrize(
    ("made", "mood", "headline"),
    [
        (leaking(), "bad", "Partners get through 1 of 2 gateways"),
        (clean(), "good", SHUT),
        (nothing_read(), "bad", "Nothing was read, so this is not a clean result"),
        (report(gateways=[DOUBT]), "doubt", "Whether partners get through 1 of 1 gateway is not known"),
        (report(gateways=[], connections=[], resources={"x": 12}), "doubt", "Nothing to judge: no VPN connection in 12 resources"),
        (
            report(verdict()),
            "doubt",
            f"{SHUT}; other findings are open",
        ),
        (
            report(verdict(status="unknown")),
            "doubt",
            f"{SHUT}; not everything could be judged",
        ),
    ],
    ids=["leaking", "clean", "nothing_read", "incomplete", "nothing_to_judge", "other_findings", "unknown"],
)
def test_the_answer_comes_first_and_is_never_better_than_it_is(made: Report, mood: str, headline: str) -> None:
    """The first line of the page says how it stands; nothing unknown, unread or failing is shown as good."""
    answer = page(made).select_one(".answer")
    assert (f"mood-{mood}" in answer["class"], headline) == (True, text_of(answer.select_one(".headline")))


def test_the_proof_leads_to_its_finding() -> None:
    """The packet is told hop by hop, with the reasons, and a link to the finding it proves."""
    proof = page_of(leaking).select_one(".proof")
    assert [
        "source 10.1.0.10 behind blue",
        "connection in to-blue lets it in: any <-> any",
        "gateway gw routes it by its destination",
        "connection out to-red takes it out: 172.16.0.0/12 <-> 10.2.0.0/16",
        "destination 10.2.0.10 behind red",
    ] == [text_of(hop) for hop in proof.select(".hops li")]
    assert len(proof.select(".because li")) == 2
    assert page_of(leaking).find(id=proof.a["href"][1:]) is not None


def test_an_accepted_finding_stays_visible() -> None:
    """A waived finding is listed, with who accepted it, until when; the proof of another one comes first."""
    waiver = Acceptance(kind="waiver", reason="known", owner="net", ticket="T-1", expires=date(2026, 3, 1))
    soup = page(report(replace(transit("a-first"), acceptance=waiver), transit("to-red")))
    finding = soup.select_one(".f-accepted")
    assert "waived: known (owner net, ticket T-1, until 2026-03-01)" in text_of(finding)
    assert "(accepted)" not in text_of(soup.select_one(".proof"))
    assert "finding-s2s-iso-001-to-red" in soup.select_one(".proof a")["href"]


def test_findings_are_grouped_by_control_the_worst_first() -> None:
    """Each control is told once, with how many findings it has."""
    heads = [text_of(head) for head in page_of(leaking).select("#findings .control > h3")]
    assert [
        "critical S2S-ISO-001 No two-way transit between partners (2)",
        "high S2S-IKE-001 Only Azure may start the tunnel (1)",
        "high S2S-SEL-002 Fixed traffic selectors are set (1)",
        "low S2S-IKE-006 SA lifetimes are in bounds (1)",
    ] == heads


def test_what_is_not_listed_is_counted_by_control() -> None:
    """Where there is no room for all, what ends the run is listed first, and every control still states its number."""
    unknown = (verdict(f"c{number}", "unknown", control="S2S-SEL-002") for number in range(5))
    made = report(*(verdict(f"c{number}") for number in range(5)), *unknown)
    found = findings_of(made, entries(made), report_names(made), Budget(findings=6))
    assert [("S2S-IKE-001", 5, 0), ("S2S-SEL-002", 1, 4)] == [(one.id, len(one.findings), one.more) for one in found.groups]
    assert (10, 6) == (found.total, found.listed)


def test_controls_show_what_passed() -> None:
    """Every control of the pack has a line, also one that judged nothing; a pass is evidence, with its frameworks."""
    control = Control(
        id="S2S-IKE-001",
        name="x",
        family="ike",
        title="Only Azure may start",
        description="Why\nit is.",
        severity="high",
        fix="f",
        needs=(),
        page="p",
        mappings={"nis2": ("21(2)(a)",)},
    )
    idle = replace(control, id="S2S-ZZZ-001", mappings={})
    rows = [text_of(row) for row in page(replace(clean(), controls=(control, idle))).select("#controls tbody tr")]
    evidence = "evidence for S2S-IKE-001 Passed: to-blue , to-red . Evidence for nis2: 21(2)(a)."
    assert rows == [f"S2S-IKE-001 Only Azure may start {evidence} high 2 2 0 0 0 0", "S2S-ZZZ-001 Only Azure may start high 0 0 0 0 0 0"]


def test_gaps_say_what_to_do() -> None:
    """Gaps of one kind stand in one row, with their number and what to do."""
    reason = "the site it refers to is not in the input"
    gaps = tuple(Gap(kind="missing-reference", reason=reason, resource=f"/r{number}") for number in range(3))
    (row,) = page(report(gaps=gaps)).select("#gaps tbody tr")
    assert text_of(row) == f"missing-reference 3 {reason} To do: read the local network gateways too"


def test_the_auditor_finds_everything_a_verdict_rests_on() -> None:
    """Scope, completeness, rules, settings, thresholds, files with their digests, assumptions and the residual risk are all there."""
    run = replace(RUN, config="s2sguard.yaml", settings_changed=("dh_group",), files=(InputFile(file="a.json", sha256="ab" * 32, size=7),))
    made = replace(report(gateways=[DOUBT, gateway("whole")]), run=run, fail_on_gap=True)
    soup = page(made)
    text = text_of(soup.find(id="auditor"))
    for expected in (
        "2 gateways, 2 connections",
        "1 of 2 gateways were read whole",
        "gw : other connections may exist",
        "s2sguard 0.0.0",
        "regopy 1.2.3",
        RUN.bundle_digest,
        "s2sguard.yaml",
        "dh_group",
        "--fail-on high, --fail-on-gap",
        f"a.json {'ab' * 32} 7",
        "head -n -1 report.html | sha256sum",
    ):
        assert expected in text
    assumptions = text_of(soup.find(id="assumptions"))
    assert "peer_child_sa refused the far end cannot widen" in assumptions
    assert RESIDUAL_RISK in assumptions


def test_every_assumption_has_a_meaning() -> None:
    """Each value an assumption can have is explained, so that no row of the table is empty."""
    for value in ({"peer_child_sa": "accepted", "answer_clipped": False, "no_fallback_with_fixed": False}, dict(RUN.assumptions)):
        rows = page(replace(clean(), run=replace(RUN, assumptions=value))).select("#assumptions tbody td:last-child")  # type: ignore[arg-type]
        assert [text_of(cell) for cell in rows if not text_of(cell)] == []


def test_inputs_without_a_digest_are_named() -> None:
    """Where nothing was hashed the page says so, and names what was read."""
    assert "No file has a digest; read were estate.json ." in text_of(page(clean()).find(id="auditor"))


def test_the_trend_ends_with_this_run() -> None:
    """Earlier runs come first and this one last, in numbers and in words; without earlier runs there is no trend."""
    section = page_of(leaking).find(id="trend")
    assert [
        "2025-12-31T00:00:00+00:00 2 4 2 0 0 3 2",
        "2026-01-01T00:00:00+00:00 1 2 1 0 1 1 2",
    ] == [text_of(row) for row in section.select("tbody tr")]
    assert "open pairs of partners : 1, down from 2; at most 2" in text_of(section)
    assert "gaps : 2, as in the first run shown" in text_of(section)
    assert page_of(clean).find(id="trend") is None


def test_a_long_trend_shows_the_last_runs() -> None:
    """Of many runs the last are drawn, and the others are counted."""
    past = tuple(PastRun(started=f"run {number}", findings={}, unknown=number, gaps=0, open_pairs=0) for number in range(100))
    section = page(replace(clean(), past=past)).find(id="trend")
    assert "40 older runs are not shown" in text_of(section)
    assert len(section.select("tbody tr")) == 61
    assert "unknown verdicts : 0, down from 40; at most 99" in text_of(section)


def test_a_gateway_says_what_is_not_known_of_it() -> None:
    """The section of a gateway names what could not be read, its roads out, and that inspection is not judged."""
    road = [{"kind": "ExpressRoute", "name": "er"}]
    made = report(gateways=[gateway(complete=False, incomplete_reason="not read", unknown={"sku": "listed without it"}, extensions=road)])
    text = text_of(page(made).select_one("article.gateway"))
    known = (
        "not whole: not read",
        "Not known: sku listed without it",
        "Road out: ExpressRoute er",
        "not judged: the input holds no route table",
    )
    assert [expected for expected in known if expected not in text] == []


def test_a_device_is_called_one() -> None:
    """What only Azure's gateways have stands in one line, and native settings are not asked about."""
    reason = "it is a device, not a virtual network gateway"
    facts = gateway(device=True, unknown={"sku": reason, "vpn_type": reason})
    assert not {"gateway_type", "vpn_type", "sku"} & facts.keys()
    text = text_of(page(report(gateways=[facts])).select_one("article.gateway"))
    assert "a device: an NVA or a router" in text
    assert f"Not known: sku, vpn_type {reason}" in text
    assert "native settings" not in text


@pytest.mark.parametrize(
    ("facts", "word", "kind"),
    [
        ({}, "firewall?", "not"),
        ({"unknown": {"uninspected_inbound": "a route table is missing"}}, "firewall?", "unknown"),
        ({"inspection": INSPECTED, "uninspected_inbound": [], "uninspected_return": []}, "firewall", "closed"),
        (
            {"inspection": INSPECTED, "uninspected_inbound": [], "unknown": {"uninspected_return": "a spoke is missing"}},
            "firewall?",
            "unknown",
        ),
        ({"inspection": INSPECTED, "uninspected_inbound": [PAST], "uninspected_return": []}, "bypassed", "open"),
    ],
)
def test_the_picture_says_whether_a_firewall_is_passed(facts: dict[str, Any], word: str, kind: str) -> None:
    """What is not known stays a question."""
    section = page(report(gateways=[gateway(**facts)])).select_one("article.gateway")
    assert section is not None
    (drawn,) = section.select("svg rect.gate")
    assert drawn["class"] == ["gate", f"g-{kind}"]
    assert word in [text.get_text() for text in section.select("svg text.small")]


def test_connections_are_listed_the_most_exposed_first() -> None:
    """The table of a gateway has every connection with what fits and whom it reaches."""
    shut, opened = connection("a-shut", "green"), connection("open", "red", two_way=exposure(3, witness("open")))
    rows = [text_of(row) for row in page(report(connections=[shut, opened])).select("details.rows tbody tr")]
    assert ["open red", "a-shut green"] == [row.partition(" none")[0] for row in rows]
    assert [True, True] == [rows[0].endswith("3 two-way"), rows[1].endswith("nobody found")]


def test_what_is_no_tunnel_has_no_selectors() -> None:
    """A connection between networks is listed as what it is."""
    made = report(connections=[connection("a", "red"), connection("b", "", connection_type="Vnet2Vnet")])
    (row,) = (text_of(row) for row in page(made).select("details.rows tbody tr") if "Vnet2Vnet" in text_of(row))
    assert "no selectors" in row


def test_live_selectors_stand_beside_the_configured_ones() -> None:
    """What was in force when somebody looked is shown with the connection; a tunnel that was down is said."""
    pairs = {"two_way": exposure(0), "one_way": exposure(0)}
    live = {"ike_sas": 1, "child_sas": 1, "selectors": [{"local": ["0.0.0.0/0"], "remote": ["10.1.0.0/16"]}], **pairs}
    down = {"ike_sas": 0, "child_sas": 0, "selectors": [], **pairs}
    soup = page(report(connections=[connection("a", "red", observed=live), connection("b", "blue", observed=down)]))
    rows = [text_of(row) for row in soup.select("details.rows tbody tr")]
    assert "live: 0.0.0.0/0 <-> 10.1.0.0/16" in rows[0]
    assert "live: the tunnel was down" in rows[1]
