"""Which way packets take, in words."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.facts.document import GatewayFacts
from s2sguard.report.style import Style
from s2sguard.report.ways import summary, ways
from tests.unit.facts.inventories import UNKNOWN, connection, document, gateway_facts
from tests.unit.facts.test_inspection import APPLIANCE, APPLIANCES, changed, hub, partners, spoke, table, to

SUBNET = "172.17.1.0/24"


def lines(found: GatewayFacts) -> list[str]:
    """What is printed."""
    return list(ways(found, Style()))


def test_the_way_through_a_firewall() -> None:
    """Each path says where packets go, where replies go, by which routes, and names a packet."""
    found = changed()
    assert summary(found) == "what partners may reach is behind fw, both ways"
    assert lines(found) == [
        "WHICH WAY PACKETS TAKE BEHIND gw",
        f"  {SUBNET} in spoke (workload)",
        "    in    through firewall fw: route r0 of rt-gateway",
        "    back  through firewall fw: route r0 of rt-spoke",
        "    such as  10.1.0.4 -> 172.17.1.4",
        "  not looked at: AzureFirewallSubnet, GatewaySubnet",
    ]


def test_ways_past_it_are_the_summary() -> None:
    """What arrives or leaves uninspected comes first; replies that pass another appliance are asymmetric."""
    direct = changed(*table("rt-gateway", []))
    arrives = f"packets to {SUBNET} pass no firewall"
    assert summary(direct) == f"{arrives}; replies from {SUBNET} do not pass what packets pass"
    other = changed(APPLIANCES, *table("rt-spoke", to(APPLIANCE, "0.0.0.0/0"), disableBgpRoutePropagation=True))
    assert summary(other) == f"replies from {SUBNET} do not pass what packets pass"
    assert "    asymmetric: replies do not pass what packets passed" in lines(other)
    assert f"    back  through appliance {APPLIANCE}: route r0 of rt-spoke" in lines(other)


def test_what_is_dropped_or_only_possible_says_so() -> None:
    """A way to nowhere, and a way that nobody may be able to take."""
    dropped = changed(*table("rt-gateway", [("172.17.0.0/16", "None", "")]))
    assert "    in    nowhere: route r0 of rt-gateway" in lines(dropped)
    possible = changed(*partners(connectionMode=UNKNOWN), *table("rt-gateway", []))
    assert any(line.startswith("    perhaps: red: known only after apply") for line in lines(possible))
    assert summary(possible).startswith("not known in full: packets may arrive directly")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"hub": {"id": "/hub", "name": "hub"}}, "not judged: in a virtual WAN routing intent decides"),
        ({"device": True}, "not judged: the headend is a device"),
        ({}, "not judged: the input holds no route table and no firewall for its networks"),
    ],
)
def test_why_nothing_is_judged(changes: dict[str, Any], text: str) -> None:
    """A gateway without routes to look at has no paths, and the summary says why."""
    found = document(*hub(table=""), *spoke(table=""), *partners())["gateways"][0]
    found.update(changes)  # type: ignore[typeddict-item]  # facts of another kind of gateway
    assert summary(found) == text
    assert lines(found) == []


def test_an_unread_network_is_not_known() -> None:
    """Without the gateway's network there is a reason and no path."""
    found = gateway_facts(*(one for one in hub() if "virtualNetworks" not in one.id), *partners())
    assert summary(found) == "not known: the gateway's network is not in the input"
    assert lines(found) == ["WHICH WAY PACKETS TAKE BEHIND gw", "  not known: the gateway's network is not in the input"]


def test_partners_that_reach_nothing() -> None:
    """Internal connections alone: nothing a partner may reach."""
    found = changed(*(connection(name, tags={"trust": "internal"}) for name in ("red", "blue")))
    assert summary(found) == "partners reach no workload"


def test_many_ways_are_counted() -> None:
    """Twelve paths are printed, the others counted."""
    found = changed()
    found["inspection"]["paths"] *= 14
    assert lines(found)[-2:] == ["  and 2 more ways", "  not looked at: AzureFirewallSubnet, GatewaySubnet"]
    found["inspection"]["left_out"] = []
    assert lines(found)[-1] == "  and 2 more ways"
