"""The report for people, part by part; whole outputs are in tests/golden."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from s2sguard.model.inventory import Gap, Source
from s2sguard.report.interface import RESIDUAL_RISK, Report
from s2sguard.report.style import Style
from s2sguard.report.table import PACKET, TableRenderer
from tests.unit.report.builders import connection, connection_id, gateway, report, transit, verdict


def lines(built: Report) -> list[str]:
    """Return the rendered report, line by line."""
    return TableRenderer().render(built).splitlines()


def section(built: Report, heading: str) -> list[str]:
    """Return the lines below a heading up to the next empty line."""
    rendered = lines(built)
    start = next(number for number, line in enumerate(rendered) if line.startswith(heading))
    return rendered[start + 1 : rendered.index("", start)]


def test_findings_are_grouped_by_control_worst_first() -> None:
    """Each control is named once, critical before high before low, however the verdicts are ordered."""
    built = report(
        verdict(control="S2S-IKE-006", severity="low"),
        verdict("to-blue", control="S2S-IKE-001"),
        verdict("to-red", control="S2S-IKE-001"),
        transit(),
    )
    found = [re.split(r"  +", line)[1:3] for line in lines(built) if re.match(r"  [A-Z]{3,8} +S2S-", line)]
    assert found == [["CRITICAL", "S2S-ISO-001"], ["HIGH", "S2S-IKE-001"], ["LOW", "S2S-IKE-006"]]


def test_many_resources_are_capped_and_counted() -> None:
    """A long list of names ends with a count, and the number of resources is the true one."""
    built = report(*(verdict(f"to-{number:02}") for number in range(20)))
    assert section(built, "FINDINGS: 20")[:3] == [
        "  HIGH      S2S-IKE-001  Only Azure may start the tunnel (20 resources)",
        "            to-00, to-01, to-02, to-03, to-04, to-05, to-06, to-07 and 12 more",
        "              connection mode is Default",
    ]


def test_many_messages_are_capped_and_counted() -> None:
    """What is not printed is counted, and the way to see it is named."""
    built = report(*(verdict(f"to-{number:02}", message=f"message {number}") for number in range(20)))
    assert section(built, "FINDINGS: 20")[-2:] == [
        "            and 14 more resources with other messages (all of them: --format json)",
        "            fix: set connectionMode to InitiatorOnly",
    ]


def test_the_packet_of_the_worst_finding_is_drawn() -> None:
    """Source, arriving connection, gateway, leaving connection, destination, reasons: in that order."""
    assert section(report(verdict(), transit()), "PROOF OF THE WORST FINDING: a packet from red to blue (S2S-ISO-001)") == [
        "  src  10.1.0.10  behind red",
        "   |   to-red     lets it in:  any <-> any",
        "  gw   gw         routes it by its destination",
        "   |   to-blue    takes it out: 172.16.0.0/12 <-> 10.2.0.0/16",
        "  dst  10.2.0.10  behind blue",
        "  because to-red: any selector fits",
        "  because to-blue: its fixed selectors allow the packet",
        "  more:   s2sguard explain estate.json --between red blue",
    ]


def test_unknown_is_a_section_of_its_own_with_reasons() -> None:
    """Unknown verdicts are never among the findings and never left out; what fixes a finding does not fix an unknown."""
    built = report(verdict(status="unknown", message="connection_mode is unknown: marked sensitive"))
    assert section(built, "UNKNOWN (not the same as compliant): 1") == [
        "  HIGH      marked sensitive",
        "            on 1 connection: to-red",
        "            leaves open: S2S-IKE-001 connection_mode (1)",
    ]


def test_one_reason_that_leaves_many_controls_open_is_said_once() -> None:
    """The reason, whom it touches, what it leaves open with true counts, and what to do."""
    missing = "the site it refers to is not in the input"
    doubted = ("two_way is unknown: 9 more cannot be ruled out: " + missing, "two_way is unknown: 3 more cannot be ruled out: " + missing)
    built = report(
        verdict("to-red", "unknown", control="S2S-IKE-008", severity="medium", message="peer is unknown: " + missing),
        verdict("to-red", "unknown", control="S2S-ISO-001", severity="critical", message=doubted[0]),
        verdict("to-blue", "unknown", control="S2S-ISO-001", severity="critical", message=doubted[1]),
    )
    assert section(built, "UNKNOWN (not the same as compliant): 3") == [
        "  CRITICAL  the site it refers to is not in the input",
        "            on 2 connections: to-blue, to-red",
        "            leaves open: S2S-ISO-001 two_way (2), S2S-IKE-008 peer (1)",
        "            to do: read the local network gateways too",
    ]


def test_many_reasons_are_capped_and_counted() -> None:
    """The rest of the reasons is counted, and the way to see them is named."""
    built = report(*(verdict(f"to-{number:02}", "unknown", message=f"bgp is unknown: reason {number}") for number in range(20)))
    assert section(built, "UNKNOWN")[-1] == "  and 8 more reasons (all of them: --format json)"


def test_transit_is_told_with_the_names_of_the_report() -> None:
    """A message that a rule wrote with an address of a plan is printed with names, and equal ones become one entry, most pairs first."""
    written = (
        "two-way transit with {} other partners: a packet from 10.1.0.10 to 10.2.0.10 arrives by terraform:x and leaves by terraform:y"
    )
    both = [replace(transit(*ends), message=written.format(2), pairs=2) for ends in (("to-red", "to-blue"), ("to-blue", "to-red"))]
    most = replace(transit("to-pink", "to-red"), message=written.format(3), pairs=3)
    assert section(report(*both, most), "FINDINGS: 3")[:7] == [
        "  CRITICAL  S2S-ISO-001  No two-way transit between partners (3 resources)",
        "            to-pink",
        "              two-way transit with 3 other partners",
        "              packet: 10.1.0.10 -> 10.2.0.10, in by to-pink, out by to-red",
        "            to-blue, to-red",
        "              two-way transit with 2 other partners",
        "              such as 10.1.0.10 -> 10.2.0.10, in by to-blue, out by to-red",
    ]


def test_the_packet_of_a_message_starts_where_the_rules_let_it_start() -> None:
    """What the report cuts a message at is what the rules write."""
    rules = (Path(__file__).parents[3] / "policies/s2sguard/lib/transit.rego").read_text(encoding="utf-8")
    assert f'"{PACKET}"' in rules


def test_open_connections_are_listed_by_why() -> None:
    """Among many partners the few that any selector fits are named, with the reason to mend."""
    opened: dict[str, Any] = {"ceiling": {"open": True, "reasons": ["responder-allowed"]}}
    ikev1: dict[str, Any] = {"ceiling": {"open": True, "reasons": ["ikev1", "no-fixed-selectors"]}}
    closed: dict[str, Any] = {"ceiling": {"open": False, "reasons": []}}
    built = report(
        transit(),
        gateways=[gateway(pairs=(10, 3, 0, 0)), gateway("gw-ok", pairs=(0, 0, 0, 0))],
        connections=[
            *(connection(f"to-{name}", name, **opened) for name in ("red", "blue")),
            connection("to-pink", "pink", **ikev1),
            *(connection(f"to-{name}", name, **closed) for name in ("grey", "teal")),
            connection("alone", "alone", on="gw-ok", **opened),
        ],
    )
    assert section(built, "OPEN CONNECTIONS: 3 of 5 take any selector") == [
        "  2 because its mode lets the partner start",
        "            to-red, to-blue",
        "  1 because the protocol is IKEv1, for which connection mode means nothing; there are no fixed",
        "            selectors",
        "            to-pink",
    ]


def test_two_open_connections_need_no_list() -> None:
    """The proof names both ends and why they are open."""
    opened: dict[str, Any] = {"ceiling": {"open": True, "reasons": ["responder-allowed"]}}
    built = report(transit(), connections=[connection(f"to-{name}", name, **opened) for name in ("red", "blue")])
    assert "OPEN CONNECTIONS" not in TableRenderer().render(built)


def test_gaps_are_grouped_by_reason() -> None:
    """The same gap in many places is one entry with the true count."""
    gaps = tuple(
        Gap(kind="missing-reference", reason="site not in the input", source=Source(file="a.json", pointer=f"/{n}")) for n in range(5)
    )
    assert section(report(gaps=gaps), "NOT READ: 5 gaps") == [
        "  missing-reference (5 times): site not in the input",
        "    in a.json (5 places)",
    ]


def test_advice_and_notes_are_shown() -> None:
    """Advice changes no verdict and is still said, also on a pass."""
    built = report(replace(verdict(status="pass"), advice=("retires in 2026",)), notes=("2 connections called internal",))
    assert section(built, "NOTES") == ["  2 connections called internal", "  S2S-IKE-001: retires in 2026 (to-red)"]


def test_every_report_names_its_assumptions_and_the_residual_risk() -> None:
    """A pass is a pass under assumptions, and configuration is not the wire."""
    rendered = " ".join(TableRenderer().render(report()).split())
    assert "Assumptions: answer_clipped=true, no_fallback_with_fixed=true, peer_child_sa=refused." in rendered
    assert RESIDUAL_RISK in rendered
    assert "impossible" not in rendered


def test_weakened_settings_are_named() -> None:
    """A report that rests on other settings than the hardened ones says so."""
    built = report()
    changed = replace(built, run=replace(built.run, settings_changed=("dh_group",), config="s2sguard.yaml"))
    assert "Settings other than the hardened defaults: dh_group." in lines(changed)
    assert "Configuration: s2sguard.yaml." in lines(changed)


def test_the_last_line_holds_the_answer_and_every_count() -> None:
    """Who reads one line reads whether a gateway is open, how bad it is, and what is not known."""
    built = report(transit(), verdict(status="unknown"), verdict("to-blue", "pass"), verdict("x", "error"))
    assert lines(built)[-1] == "gateways: 1 OPEN; 1 finding (1 critical), 1 not judged, 1 unknown, 1 passed, 0 gaps"


@pytest.mark.parametrize(
    ("built", "colour"),
    [
        (report(verdict(status="pass")), "32"),
        (report(verdict(status="unknown")), "33"),
        (report(verdict(status="pass"), gaps=(Gap(kind="not-json", reason="not JSON"),)), "33"),
        (report(verdict()), "31;1"),
        (report(verdict(status="error")), "31;1"),
    ],
)
def test_the_last_line_is_green_only_when_nothing_is_left_open(built: Report, colour: str) -> None:
    """Unknown is not compliant, in colour too."""
    last = TableRenderer(Style(colour=True)).render(built).splitlines()[-1]
    assert last.startswith(f"\x1b[{colour}m")


def test_an_estate_without_vpn_is_not_called_clean() -> None:
    """Nothing to judge is said in the first line."""
    built = report(gateways=[], connections=[], resources={"Microsoft.Network/virtualNetworks": 3})
    assert lines(built)[0] == "nothing to judge: no VPN connections in 3 resources"
    assert lines(built)[-1] == "nothing to judge; no findings, 0 unknown, 0 passed, 0 gaps"


def test_an_input_without_resources_is_not_called_clean() -> None:
    """Nothing read is said in the first line and in the last."""
    rendered = lines(report(gateways=[], connections=[], resources={}))
    assert rendered[0] == "NOTHING WAS READ: no resource in this input, so this is not a clean result"
    assert rendered[-1].startswith("nothing was read, so nothing was judged")


def test_hostile_names_cannot_act_on_the_terminal() -> None:
    """Escapes, line breaks and direction overrides in names, messages and files are written out."""
    evil = "to-\x1b[2Jred\u202e\n  ok       gw"
    bad = replace(verdict(), resource=connection_id(evil), resource_name=evil, message=f"mode {evil}", title=evil, fix=evil, advice=(evil,))
    gap = Gap(kind="not-json", reason=evil, source=Source(file=evil))
    rendered = TableRenderer().render(report(bad, gaps=(gap,), notes=(evil,)))
    assert all(line.isprintable() for line in rendered.splitlines())
    assert "to-\\x1b[2Jred\\u202e\\n ok gw" in " ".join(rendered.split())
    assert [line for line in rendered.split("\n") if line.startswith("  ok ")] == [
        "  ok       gw  2 partners, no transit found under peer_child_sa=refused"
    ]


def test_colour_changes_nothing_but_colour() -> None:
    """Without its escapes, the coloured report is the plain one."""
    built = report(transit(), verdict())
    coloured = TableRenderer(Style(colour=True)).render(built)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == TableRenderer().render(built)


def test_observed_findings_are_marked() -> None:
    """What live security associations show is more than configuration, and says so."""
    built = report(replace(verdict(), certainty="observed"))
    assert "  HIGH      S2S-IKE-001  Only Azure may start the tunnel [observed]" in lines(built)


def test_a_long_gateway_name_gets_a_line_of_its_own() -> None:
    """One long name does not push every answer off the screen."""
    gateways = [gateway("g" * 60, connections=0), gateway("gw-b", connections=0)]
    assert section(report(gateways=gateways, connections=[connection("c", "red")]), "GATEWAYS") == [
        f"  ok       {'g' * 60}",
        "                 no VPN connection in the input",
        "  ok       gw-b  no VPN connection in the input",
    ]


def test_no_line_is_wider_than_the_screen_unless_it_is_there_to_be_copied() -> None:
    """Hops, headings and counts are broken at spaces; the command of the proof stays whole."""
    built = report(transit("to-" + "a" * 60, "to-blue"), verdict(status="unknown", message="bgp is unknown: " + "word " * 40))
    for width in (60, 80):
        wide = [line for line in TableRenderer(Style(width=width)).render(built).splitlines() if len(line) > width]
        assert [line for line in wide if "a" * 60 not in line and "s2sguard explain" not in line] == []


def test_many_gateways_are_capped_and_counted() -> None:
    """Open gateways come first; the rest is counted by state."""
    gateways = [gateway(f"gw-{number:02}", pairs=(1, number % 2, 0, 0)) for number in range(30)]
    connections = [connection(f"c{number}{who}", who, on=f"gw-{number:02}") for number in range(30) for who in ("red", "blue")]
    found = section(report(gateways=gateways, connections=connections), "GATEWAYS")
    assert len(found) == 21
    assert found[-1] == "  and 10 more: 10 ok"
