"""What live SAs say: wider than configured, into another's site, started by the peer, weak, and open now."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.facts.document import ConnectionFacts
from s2sguard.facts.observed import uncovered
from s2sguard.model.address import AddressSet, parse_range
from s2sguard.model.inventory import Resource
from s2sguard.model.selector import Selector
from tests.unit.facts.inventories import LAB, UNKNOWN, connection, connection_facts, resource, site

TEN = ["10.0.0.0-10.255.255.255"]


def child(local: object = ("172.16.1.0/24",), remote: object = ("10.1.0.0/16",), **changes: Any) -> dict[str, Any]:
    """Return a child SA as the service prints it."""
    sides = {"localTrafficSelectors": local, "remoteTrafficSelectors": remote}
    sides = {key: list(side) if isinstance(side, tuple) else side for key, side in sides.items()}
    return {"Encryption": "GCMAES256", "Integrity": "GCMAES256", "PfsGroupId": "ECP384", "isSaInitiator": True} | sides | changes


def sa(*children: object, **changes: Any) -> dict[str, Any]:
    """Return an IKE SA as the service prints it."""
    return {
        "Encryption": "AES256",
        "Integrity": "SHA384",
        "DhGroup": "ECP384",
        "IsSaInitiator": True,
        "QuickModeSAs": list(children),
    } | changes


def seen(*sas: object, of: str = "red", **changes: Any) -> Resource:
    """Return what was seen of a connection."""
    return resource("connections/ikeSas", f"{of}/1", {"ikeSas": list(sas)} | changes)


def red(*observations: Resource) -> ConnectionFacts:
    """Return the facts of red in the hardened lab."""
    return connection_facts(*LAB, *observations)


def test_without_an_observation_there_are_no_facts_about_one() -> None:
    """Nobody looked: neither a fact nor a doubt."""
    facts = red()
    assert "observed" not in facts
    assert facts["unknown"] == {}


def test_what_is_configured_is_in_force() -> None:
    """The good case: nothing wider, nobody else's, started by Azure, and every algorithm named."""
    observed = red(seen(sa(child())))["observed"]
    assert observed == {
        "ike_sas": 1,
        "child_sas": 1,
        "selectors": [{"local": ["172.16.1.0/24"], "remote": ["10.1.0.0/16"]}],
        "wider": [],
        "of_others": [],
        "peer_initiated": 0,
        "algorithms": {
            "dh_group": ["ECP384"],
            "ike_encryption": ["AES256"],
            "ike_integrity": ["SHA384"],
            "ipsec_encryption": ["GCMAES256"],
            "ipsec_integrity": ["GCMAES256"],
            "pfs_group": ["ECP384"],
        },
        "two_way": {"count": 0, "possible": 0, "witnesses": []},
        "one_way": {"count": 0, "possible": 0, "witnesses": []},
    }


@pytest.mark.parametrize(
    "written",
    [
        ["172.16.1.0/24"],
        ["172.16.1.0-172.16.1.255"],
        ["172.16.1.0 - 172.16.1.255"],
        ["172.16.1.0..172.16.1.255"],
        ["172.16.1.0/255.255.255.0"],
        ["[172.16.1.0-172.16.1.255]"],
        ["StartAddress 172.16.1.0 EndAddress 172.16.1.255 PortStart 0 PortEnd 65535 Protocol 0"],
        [{"startAddress": "172.16.1.0", "endAddress": "172.16.1.255"}],
        [{"Start": "172.16.1.0", "End": "172.16.1.255"}],
        ["172.16.1.0/25", "172.16.1.128/25"],
    ],
)
def test_every_spelling_of_a_range_is_the_same_range(written: list[object]) -> None:
    """Microsoft documents none of them (azure.md 4.9)."""
    assert red(seen(sa(child(local=written))))["observed"]["selectors"] == [{"local": ["172.16.1.0/24"], "remote": ["10.1.0.0/16"]}]


@pytest.mark.parametrize(
    "written", [["group:partners"], [], None, "172.16.1.0/24", [7], [{}], ["172.16.1.0/24", "?"], ["172.16.1.0/999.0.0.0"]]
)
def test_a_range_of_an_unknown_form_is_a_doubt(written: object) -> None:
    """It may be the one that is too wide, so it is never left out."""
    facts = red(seen(sa(child(), child(local=written))))
    assert facts["unknown"]["observed.selectors"]
    assert facts["observed"]["child_sas"] == 2


@pytest.mark.parametrize(
    "observation",
    [
        resource("connections/ikeSas", "red/1", {}),
        resource("connections/ikeSas", "red/1", {"ikeSas": UNKNOWN}),
        resource("connections/ikeSas", "red/1", {"ikeSas": "down"}),
        seen("down"),
        seen(UNKNOWN),
        seen(sa("child")),
        seen(sa(QuickModeSAs=UNKNOWN)),
        seen(sa(QuickModeSAs="none")),
    ],
)
def test_an_answer_of_an_unknown_form_is_a_doubt(observation: Resource) -> None:
    """A defective answer is not a tunnel that is down."""
    facts = red(observation)
    assert "observed" not in facts
    assert facts["unknown"]["observed"]


def test_a_tunnel_that_is_down() -> None:
    """Somebody looked, and there is nothing in force."""
    facts = red(seen())
    assert (facts["observed"]["ike_sas"], facts["observed"]["selectors"], facts["unknown"]) == (0, [], {})


def test_several_answers_are_one_observation() -> None:
    """Two instances of a gateway, or two looks."""
    assert red(seen(sa(child())), resource("connections/ikeSas", "red/2", {"ikeSas": [sa(child(), child())]}))["observed"]["child_sas"] == 3


def test_the_parts_beyond_the_fixed_selectors() -> None:
    """What the article's administrators added, and only the part that nobody agreed to."""
    assert red(seen(sa(child(TEN, TEN))))["observed"]["wider"] == ["10.0.0.0/8 <-> 10.0.0.0/8"]
    assert red(seen(sa(child(remote=["10.1.0.0/16", "10.9.0.0/16"]))))["observed"]["wider"] == ["172.16.1.0/24 <-> 10.9.0.0/16"]


def test_without_fixed_selectors_nothing_can_be_wider() -> None:
    """S2S-SEL-002 speaks then."""
    facts = connection_facts(*LAB, connection("red", trafficSelectorPolicies=[]), seen(sa(child(TEN, TEN))))
    assert "wider" not in facts["observed"]
    unknown = connection_facts(*LAB, connection("red", trafficSelectorPolicies=UNKNOWN), seen(sa(child())))
    assert unknown["unknown"]["observed.wider"] == UNKNOWN.reason


def test_the_sites_of_others_in_the_local_side() -> None:
    """Blue's addresses behind red's tunnel; red's own do not count."""
    assert red(seen(sa(child(TEN, TEN))))["observed"]["of_others"] == ["10.2.0.0/16 of blue"]
    facts = connection_facts(*LAB, site("blue", prefixes=["somewhere"]), seen(sa(child())))
    assert facts["observed"]["of_others"] == []
    assert facts["unknown"]["observed.of_others"]
    mine = connection_facts(*LAB, connection("red", tags=UNKNOWN), seen(sa(child())))
    assert "of_others" not in mine["observed"]
    theirs = connection_facts(*LAB, connection("blue", tags=UNKNOWN), seen(sa(child())))
    assert theirs["unknown"]["observed.of_others"] == UNKNOWN.reason


def test_internal_sites_and_networks_without_a_site_are_no_partners() -> None:
    """Our own data centre behind the local side is what local sides are for."""
    facts = connection_facts(*LAB, connection("blue", tags={"trust": "internal"}), seen(sa(child(TEN, TEN))))
    assert facts["observed"]["of_others"] == []


def test_who_started() -> None:
    """IKE and child SAs count alike; one that does not say makes it unknown."""
    facts = red(seen(sa(child(isSaInitiator=False), child(), IsSaInitiator="false")))
    assert facts["observed"]["peer_initiated"] == 2
    silent = child()
    del silent["isSaInitiator"]
    assert red(seen(sa(silent)))["unknown"] == {"observed.peer_initiated": "the answer about its IKE SAs does not say it"}


def test_log_lines_show_neither_algorithms_nor_ike_sas() -> None:
    """What a source does not speak of is no doubt."""
    facts = red(seen({"quickModeSAs": [child(isSaInitiator=False)]}, withoutAlgorithms=True))
    assert "algorithms" not in facts["observed"]
    assert (facts["observed"]["peer_initiated"], facts["unknown"]) == (1, {})


@pytest.mark.parametrize(("written", "expected"), [(14, "DHGroup14"), ("19", "ECP256"), ("ecp384", "ECP384"), (99, "99")])
def test_groups_by_number_and_by_name(written: object, expected: str) -> None:
    """A number that nobody assigned stays one, and no allow-list holds it."""
    assert red(seen(sa(child(), DhGroup=written)))["observed"]["algorithms"]["dh_group"] == [expected]


@pytest.mark.parametrize(("written", "expected"), [(14, "PFS14"), (20, "ECP384"), ("PFS2048", "PFS2048")])
def test_the_group_of_a_child_has_its_own_name(written: object, expected: str) -> None:
    """DHGroup14 and PFS14 are one group under two names."""
    assert red(seen(sa(child(PfsGroupId=written))))["observed"]["algorithms"]["pfs_group"] == [expected]


def test_the_first_child_has_no_group_of_its_own() -> None:
    """IKE_AUTH makes it (RFC 7296 section 1.2); only a policy that asks for no group is to blame for none."""
    assert "pfs_group" not in red(seen(sa(child(PfsGroupId="None"))))["observed"]["algorithms"]
    policy = {**LAB[2].properties["ipsecPolicies"][0], "pfsGroup": "None"}  # type: ignore[index]
    facts = connection_facts(*LAB, connection("red", ipsecPolicies=[policy]), seen(sa(child(PfsGroupId="None"))))
    assert facts["observed"]["algorithms"]["pfs_group"] == ["None"]


def test_an_algorithm_that_is_not_shown() -> None:
    """A field left out is a doubt about that field alone."""
    assert red(seen(sa(child(), Integrity="")))["unknown"] == {"observed.ike_integrity": "the answer about its IKE SAs does not say it"}


def test_two_live_selectors_make_a_pair() -> None:
    """Both tunnels are hardened, and both hold the wide selector: the pair is open now, with a packet that proves it."""
    one = red(seen(sa(child(TEN, TEN))))
    assert one["observed"]["two_way"]["count"] == 0
    both = red(seen(sa(child(TEN, TEN))), seen(sa(child(TEN, TEN)), of="blue"))
    assert (both["two_way"]["count"], both["observed"]["two_way"]["count"]) == (0, 1)
    (witness,) = both["observed"]["two_way"]["witnesses"]
    assert witness["because"] == ["red: a selector in force allows the packet", "blue: a selector in force allows the packet"]
    assert "groups" not in both["observed"]["two_way"]


NUMBERS = st.integers(0, 7)
RANGES = st.tuples(NUMBERS, NUMBERS).map(sorted)


def addresses(bounds: list[int]) -> AddressSet:
    """Return the addresses 10.0.0.first to 10.0.0.last."""
    found = parse_range(f"10.0.0.{bounds[0]}-10.0.0.{bounds[1]}")
    assert isinstance(found, AddressSet)
    return found


SELECTORS = st.builds(lambda local, remote: Selector(addresses(local), addresses(remote)), RANGES, RANGES)


def packets(selector: Selector) -> set[tuple[int, int]]:
    """Return every (local, remote) of a small selector."""
    return {
        (local, remote)
        for first, last in selector.local.v4
        for local in range(first, last + 1)
        for start, end in selector.remote.v4
        for remote in range(start, end + 1)
    }


@given(SELECTORS, st.lists(SELECTORS, max_size=4))
def test_uncovered_is_what_counting_says(live: Selector, fixed: list[Selector]) -> None:
    """The rest of a live selector, worked out with ranges, is the rest worked out packet by packet; no packet is listed twice."""
    parts = uncovered(live, fixed)
    expected = packets(live) - set().union(*map(packets, fixed)) if fixed else packets(live)
    assert set().union(*map(packets, parts)) == expected if parts else not expected
    assert sum(len(packets(part)) for part in parts) == len(expected)


def test_uncovered_keeps_families_apart() -> None:
    """IPv4 and IPv6 never meet: any is not covered by all of IPv4."""
    whole = Selector(AddressSet(((0, 2**32 - 1),), ((0, 2**128 - 1),)), AddressSet(((0, 2**32 - 1),), ((0, 2**128 - 1),)))
    four = Selector(AddressSet(((0, 2**32 - 1),)), AddressSet(((0, 2**32 - 1),)))
    assert [str(part) for part in uncovered(whole, [four])] == ["::/0 <-> ::/0"]
