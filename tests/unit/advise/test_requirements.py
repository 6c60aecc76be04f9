"""Each requirement, held against what partners need: what rules a headend out, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.advise.demand import Demand
from s2sguard.advise.requirements import HEADENDS, MOST_CHILD_SAS, REQUIREMENTS, Needs
from s2sguard.model.address import AddressSet, parse_range
from s2sguard.model.selector import Selector


def ranges(text: str) -> AddressSet:
    """Return the addresses of one prefix."""
    found = parse_range(text)
    assert isinstance(found, AddressSet)
    return found


HOSTS = ranges("172.16.1.0/24")


def demand(partner: str = "red", **changes: Any) -> Demand:
    """Return a partner with one prefix and one selector, whom Azure can dial, with changes."""
    prefixes = ranges("10.1.0.0/16") if partner == "red" else ranges("10.2.0.0/16")
    usual: dict[str, Any] = {"selectors": (Selector(HOSTS, prefixes),), "prefixes": prefixes, "peer": "dialled", "bgp": False}
    usual |= {"nat": False, "weak": (), "in_azure": (), "party": partner.lower(), "selectors_known": True}
    return Demand(partner=partner, **usual | changes)


def verdicts(requirement: str, *demands: Demand, opened: str = "") -> str:
    """Return the answers of a requirement in the order of headends."""
    answers = REQUIREMENTS[requirement](Needs(demands, opened))
    assert all(answer.reason for answer in answers.values())
    return " ".join(answers[headend].verdict for headend in HEADENDS)


BLUE = demand("blue")
WIDE = ranges("10.0.0.0/8")


@pytest.mark.parametrize(
    ("requirement", "changes", "expected"),
    [
        ("selector lock", {}, "yes yes yes yes"),
        ("selector lock", {"peer": "moving"}, "no no yes yes"),
        ("selector lock", {"peer": "unknown"}, "unknown unknown yes yes"),
        ("selector lock", {"selectors": (Selector(HOSTS, WIDE),) * (MOST_CHILD_SAS + 1)}, "depends depends yes yes"),
        ("firewall", {}, "yes yes yes yes"),
        ("crypto", {}, "yes yes yes yes"),
        ("crypto", {"weak": ("dh_group DHGroup2",)}, "no no no no"),
        ("isolation", {}, "yes depends yes yes"),
        ("isolation", {"selectors": None}, "depends depends yes yes"),
        ("isolation", {"selectors": None, "selectors_known": False}, "unknown depends yes yes"),
        # Blue's own selector has to let the packet in as well.
        ("isolation", {"selectors": (Selector(WIDE, WIDE),)}, "yes depends yes yes"),
        ("overlap", {}, "yes yes yes yes"),
        ("overlap", {"prefixes": WIDE}, "no unknown yes yes"),
        ("overlap", {"in_azure": ("10.1.0.0/16 (hub)",)}, "no unknown yes yes"),
        ("overlap", {"in_azure": None}, "unknown unknown yes yes"),
        # Nobody read our networks, but partners reach addresses behind the headend.
        ("overlap", {"prefixes": HOSTS}, "no unknown yes yes"),
        ("overlap", {"nat": True}, "no unknown yes yes"),
        ("overlap", {"nat": None}, "unknown unknown yes yes"),
        ("overlap", {"prefixes": None}, "unknown unknown yes yes"),
        ("BGP", {}, "yes yes yes yes"),
        ("BGP", {"bgp": True}, "no no yes yes"),
        ("BGP", {"bgp": None}, "unknown unknown yes yes"),
        ("released", {}, "yes yes yes yes"),
    ],
)
def test_what_rules_a_headend_out(requirement: str, changes: dict[str, Any], expected: str) -> None:
    """One partner that needs more than a headend can do is enough, whichever of them it is."""
    odd = demand(**changes)
    assert verdicts(requirement, odd, BLUE) == verdicts(requirement, BLUE, odd) == expected


def test_selectors_that_cross() -> None:
    """Two partners whose agreed ranges hold each other's addresses are not kept apart by them; one partner alone is nobody's neighbour."""
    red, blue = (demand(name, selectors=(Selector(WIDE, WIDE),)) for name in ("red", "blue"))
    assert verdicts("isolation", red, blue).startswith("no ")
    assert "red to blue" in REQUIREMENTS["isolation"](Needs((red, blue)))["VPN Gateway"].reason
    assert verdicts("isolation", red, red).startswith("yes ")


def test_an_assumption_that_does_not_hold_opens_what_azure_runs() -> None:
    """No setting of a gateway is worth anything then; a device is not Azure's."""
    assert verdicts("selector lock", demand(), BLUE, opened="answer_clipped=false") == "no no yes yes"
    assert verdicts("isolation", demand(), BLUE, opened="answer_clipped=false") == "no depends yes yes"
    assert verdicts("isolation", demand(), opened="answer_clipped=false") == "yes depends yes yes"


def test_two_parties_of_one_name_are_two() -> None:
    """Sites in two resource groups may be called the same, and belong to different companies."""
    one, other = (demand("site", party=party, prefixes=WIDE) for party in ("/a/site", "/b/site"))
    assert verdicts("overlap", one, other) == "no unknown yes yes"


def test_a_partner_does_not_overlap_itself() -> None:
    """Two connections of one partner, written in other casing, may share prefixes."""
    assert verdicts("overlap", demand("Red", prefixes=WIDE), demand("red", prefixes=WIDE)) == "yes yes yes yes"


def test_the_reason_names_who_and_what() -> None:
    """At night the common range is what one looks for."""
    reason = REQUIREMENTS["overlap"](Needs((demand(prefixes=ranges("10.2.3.0/24")), BLUE)))["VPN Gateway"].reason
    assert reason.startswith("red and blue both have 10.2.3.0/24; ")
