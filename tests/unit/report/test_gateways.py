"""The answer for each gateway: open, unknown, or nothing found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from s2sguard.evaluate.verdict import Status
from s2sguard.report.gateways import gateway_lines
from s2sguard.report.interface import Report
from s2sguard.report.names import report_names
from tests.unit.report.builders import connection, exposure, gateway, report, transit, verdict, witness


def answers(built: Report) -> list[tuple[str, str, str]]:
    """Return (state, name, text) of every line."""
    return [(line.state, line.name, line.text) for line in gateway_lines(built, report_names(built))]


@pytest.mark.parametrize(
    ("pairs", "state", "text"),
    [
        ((1, 0, 0, 0), "ok", "2 partners, no transit found under peer_child_sa=refused"),
        ((1, 1, 0, 0), "OPEN", "2 partners, 1 of 1 pair open (1 two-way)"),
        ((3, 1, 2, 0), "OPEN", "2 partners, 3 of 3 pairs open (1 two-way, 2 one-way)"),
        ((3, 0, 1, 2), "OPEN", "2 partners, 1 of 3 pairs open (1 one-way), 2 pairs possibly open"),
        ((3, 0, 0, 2), "UNKNOWN", "2 partners, 2 pairs possibly open"),
    ],
)
def test_open_pairs_decide(pairs: tuple[int, int, int, int], state: str, text: str) -> None:
    """Certain pairs make a gateway open, possible ones unknown, none of either ok."""
    assert answers(report(gateways=[gateway(pairs=pairs)])) == [(state, "gw", text)]


def test_transit_into_an_internal_site_is_open() -> None:
    """A partner that reaches an internal site is transit, even where no two partners meet."""
    found = connection("to-red", "red", to_internal=exposure(1))
    built = report(connections=[found, connection("own", "us", trust="internal")])
    assert answers(built) == [("OPEN", "gw", "1 partner, 1 connection into internal sites")]


@pytest.mark.parametrize("status", ["unknown", "error"])
def test_a_gateway_whose_transit_was_not_judged_is_unknown(status: Status) -> None:
    """The answer never says more than the verdicts behind it."""
    built = report(verdict(status=status, control="S2S-ISO-001"))
    assert answers(built) == [("UNKNOWN", "gw", "2 partners, transit cannot be judged")]


def test_a_failed_verdict_is_open_whatever_the_counts_say() -> None:
    """Facts and verdicts cannot disagree in favour of a pass."""
    assert answers(report(transit())) == [("OPEN", "gw", "2 partners, transit found")]


def test_an_incomplete_gateway_is_unknown_and_says_why() -> None:
    """A gateway that is only referred to may have other connections."""
    built = report(gateways=[gateway(complete=False, incomplete_reason="the gateway is not in the input")])
    (line,) = gateway_lines(built, report_names(built))
    assert (line.state, line.remarks) == ("UNKNOWN", ("the gateway is not in the input",))


def test_one_partner_has_nobody_to_reach() -> None:
    """A gateway with one partner passes, and says why."""
    built = report(gateways=[gateway(pairs=(0, 0, 0, 0))], connections=[connection("to-red", "red"), connection("to-red-2", "red")])
    assert answers(built) == [("ok", "gw", "1 partner, nobody to isolate from")]


def test_gateways_without_partners_say_so() -> None:
    """No connection and no partner are two different things."""
    internal = connection("own", "us", on="b", trust="internal")
    built = report(gateways=[gateway("a", connections=0), gateway("b", partner_facing=False)], connections=[internal])
    assert answers(built) == [("ok", "a", "no VPN connection in the input"), ("ok", "b", "1 connection, none of a partner")]


def test_a_gateway_with_only_vnet_connections_has_no_partner() -> None:
    """Zero partners are said in words, whatever the gateway counts as."""
    built = report(connections=[connection("to-vnet", "v", connection_type="Vnet2Vnet")])
    assert answers(built) == [("ok", "gw", "1 connection, none of a partner")]


def test_the_worst_gateway_comes_first() -> None:
    """Open before unknown before ok, then by name."""
    gateways = [gateway("a"), gateway("b", pairs=(1, 0, 0, 1)), gateway("d", pairs=(1, 1, 0, 0)), gateway("c", pairs=(1, 1, 0, 0))]
    connections = [connection(f"{name}-{partner}", partner, on=name) for name in "abcd" for partner in ("red", "blue")]
    assert [name for _, name, _ in answers(report(gateways=gateways, connections=connections))] == ["c", "d", "b", "a"]


def test_the_assumption_is_the_one_of_the_run() -> None:
    """The answer names the assumption it rests on, as it was set."""
    built = report()
    built.facts["assumptions"] = {"peer_child_sa": "accepted", "answer_clipped": True, "no_fallback_with_fixed": True}
    assert answers(replace(built))[0][2] == "2 partners, no transit found under peer_child_sa=accepted"


def test_a_gateway_that_native_settings_cannot_save_says_so() -> None:
    """The requirement that forces another headend stands below the gateway."""
    built = report(gateways=[gateway(feasibility={"native": False, "reasons": ["sites overlap, so NAT is needed"]})])
    (line,) = gateway_lines(built, report_names(built))
    assert line.remarks == ("native settings cannot isolate these partners: sites overlap, so NAT is needed",)


def test_a_connection_of_unknown_owner_is_somebody() -> None:
    """Who cannot be read is not nobody; a VNet-to-VNet connection is no partner."""
    unknown = connection("to-x", "x")
    del unknown["partner"]
    built = report(connections=[connection("to-red", "red"), unknown, connection("to-vnet", "v", connection_type="Vnet2Vnet")])
    assert answers(built) == [("ok", "gw", "2 partners, no transit found under peer_child_sa=refused")]


def test_one_partner_of_a_gateway_that_may_have_more() -> None:
    """Nobody to isolate from is not said about a gateway of which only a part is known."""
    gateways = [gateway(pairs=(0, 0, 0, 0), complete=False)]
    assert answers(report(gateways=gateways, connections=[connection("to-red", "red")])) == [
        ("UNKNOWN", "gw", "1 partner, no other one in the input")
    ]


def test_what_is_in_force_is_told_apart_from_what_is_configured() -> None:
    """A hardened pair that live SAs hold open is open, and the line says by what."""
    seen = {"two_way": exposure(1, witness()), "one_way": exposure(0)}
    red = connection("to-red", "red", two_way=exposure(0), observed=seen)
    found = report(transit("to-red"), connections=[red, connection("to-blue", "blue", two_way=exposure(0))])
    (line,) = gateway_lines(found, report_names(found))
    assert (line.state, line.text) == ("OPEN", "2 partners, live SAs hold 1 connection open now")


def test_two_sites_of_one_name_are_two_partners() -> None:
    """Sites in two resource groups may be called the same; tagged as one partner's they are one."""
    sites = [{"site": f"/{group}/site", "site_name": "Site"} for group in "ab"]
    for partner, parties in (("site", "2 partners"), ("red", "1 partner")):
        connections = [connection(f"c{at}", partner, **site) for at, site in enumerate(sites)]
        ((_, _, text),) = answers(report(gateways=[gateway()], connections=connections))
        assert text.startswith(f"{parties}, ")
