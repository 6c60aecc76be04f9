"""Every row of the article, with its routers against the four settings of `samples/lab`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from s2sguard.collect import read_inventory
from s2sguard.collect.device.files import read_device_file
from s2sguard.facts import FactsOptions
from s2sguard.model.inventory import fold_id
from s2sguard.simulate.erring import erring_line, with_line
from s2sguard.simulate.exchange import Simulation
from s2sguard.simulate.plan import GatewayOutcome, simulated

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
STAGES = {1: "stage-1-default", 2: "stage-2-policy-based", 3: "stage-3-fixed-selectors", 4: "stage-4-initiator-only"}
MISTAKE = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"
WIDE = "10.0.0.0/8 <-> 10.0.0.0/8"


def outcome(stage: int, router: str = "{}", *, mistaken: bool = False) -> GatewayOutcome:
    """Return what happens on the gateway of a stage with `red` and `blue` in this form, with or without the article's extra line."""
    inventory = read_inventory([SAMPLES / "lab" / STAGES[stage] / "arm.json"])
    ends = {}
    for connection in inventory.of_type("Microsoft.Network/connections"):
        owner = "red" if "onprem1" in connection.name else "blue"
        (end,) = read_device_file(str(SAMPLES / "simulate" / f"{router.format(owner)}.cfg")).ends
        ends[fold_id(connection.id)] = with_line(end, erring_line(MISTAKE)) if mistaken else end
    (found,) = simulated(inventory, FactsOptions(today=date(2026, 11, 29)), ends)
    return found


def red(found: GatewayOutcome) -> Simulation:
    """Return the simulation of red's connection."""
    (one,) = (one for one in found.simulations if "onprem1" in one.connection.name)
    return one


def installed(found: GatewayOutcome) -> list[str]:
    """Return what comes up between Azure and red."""
    return [str(pair) for pair in red(found).installed]


def offers(found: GatewayOutcome) -> list[str]:
    """Return what Azure offers red, in order."""
    return [str(one.offered) for one in red(found).exchanges if one.by == "Azure"]


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_with_right_routers_the_tunnels_are_narrow(stage: int) -> None:
    """In three stages the agreed lines come up, and red cannot reach blue."""
    found = outcome(stage)
    assert installed(found) == ["172.16.0.0/16 <-> 10.1.0.0/16"]
    assert (found.works, found.opens) == (True, False)


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_one_line_too_many_opens_the_way(stage: int) -> None:
    """Where Azure also answers, it takes the wide line of both routers, and packets pass both ways."""
    found = outcome(stage, mistaken=True)
    assert WIDE in installed(found)
    assert [one.certain.two_way["count"] for one in found.opened] == [1, 1]
    (witness, *_) = found.opened[0].certain.two_way["witnesses"]
    assert (witness["src"].startswith("10.1."), witness["dst"].startswith("10.2.")) == (True, True)


def test_azure_offers_what_the_article_saw() -> None:
    """Anything first by default, networks with the site first with policy-based selectors, and fixed ones alone."""
    matrix = ["172.16.1.0/24 <-> 10.1.0.0/16", "172.16.100.0/24 <-> 10.1.0.0/16"]
    assert offers(outcome(1)) == ["any <-> any"]
    assert offers(outcome(2)) == [*matrix, "any <-> any"]
    assert offers(outcome(3)) == offers(outcome(4)) == matrix[:1]


@pytest.mark.parametrize("mistaken", [False, True])
def test_initiator_only_stays_down_until_the_lines_are_equal(mistaken: bool) -> None:  # noqa: FBT001
    """The article's last step: a line that is not the fixed selector gets no tunnel, whatever else the router allows."""
    found = outcome(4, mistaken=mistaken)
    assert (installed(found), found.works, found.opens) == ([], False, False)


@pytest.mark.parametrize("mistaken", [False, True])
def test_initiator_only_with_equal_lines_is_closed(mistaken: bool) -> None:  # noqa: FBT001
    """With equal lines the tunnels come up, and the extra line brings up nothing: solved, red can no longer talk to blue."""
    found = outcome(4, "{}-exact", mistaken=mistaken)
    assert installed(found) == ["172.16.1.0/24 <-> 10.1.0.0/16"]
    assert (found.works, found.opens) == (True, False)
    assert red(found).far_end_starts == "connection mode InitiatorOnly refuses it"
