"""The report for people, part by part; whole outputs are in tests/golden."""

from __future__ import annotations

import re
from dataclasses import replace

from s2sguard.model.inventory import Gap, Source
from s2sguard.report.interface import RESIDUAL_RISK, Report
from s2sguard.report.style import Style
from s2sguard.report.table import TableRenderer
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
    ]


def test_unknown_is_a_section_of_its_own_with_reasons() -> None:
    """Unknown verdicts are never among the findings and never left out."""
    built = report(verdict(status="unknown", message="connection_mode is unknown: known only after apply"))
    assert section(built, "UNKNOWN (not the same as compliant): 1")[:3] == [
        "  HIGH      S2S-IKE-001  Only Azure may start the tunnel",
        "            to-red",
        "              connection_mode is unknown: known only after apply",
    ]


def test_gaps_are_grouped_by_reason() -> None:
    """The same gap in many places is one entry with the true count."""
    gaps = tuple(
        Gap(kind="missing-reference", reason="site not in the input", source=Source(file="a.json", pointer=f"/{n}")) for n in range(5)
    )
    assert section(report(gaps=gaps), "NOT READ: 5 gaps") == [
        "  missing-reference (5 times): site not in the input",
        "    in a.json#/0, a.json#/1, a.json#/2 and 2 more",
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


def test_the_last_line_counts_everything() -> None:
    """The last line holds the numbers, the engine and the policies."""
    built = report(transit(), verdict(status="unknown"), verdict("to-blue", "pass"), verdict("x", "error"))
    assert lines(built)[-1] == ("1 finding (1 critical) on 1 resource, 1 not judged, 1 unknown, 1 passed, 0 gaps; engine regopy 1.2.3")


def test_an_estate_without_vpn_is_not_called_clean() -> None:
    """Nothing to judge is said in the first line."""
    built = report(gateways=[], connections=[], resources={"Microsoft.Network/virtualNetworks": 3})
    assert lines(built)[0] == "nothing to judge: no VPN connections in 3 resources"


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


def test_many_gateways_are_capped_and_counted() -> None:
    """Open gateways come first; the rest is counted by state."""
    gateways = [gateway(f"gw-{number:02}", pairs=(1, number % 2, 0, 0)) for number in range(30)]
    connections = [connection(f"c{number}{who}", who, on=f"gw-{number:02}") for number in range(30) for who in ("red", "blue")]
    found = section(report(gateways=gateways, connections=connections), "GATEWAYS")
    assert len(found) == 21
    assert found[-1] == "  and 10 more: 10 ok"
