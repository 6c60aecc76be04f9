"""What is configured, held against what was signed: which agreement counts, and what is missing, too much, or not knowable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from s2sguard.facts.agreed_ranges import MOST_PAIRS, MOST_SHOWN
from s2sguard.facts.agreement_facts import AgreementFacts
from s2sguard.facts.document import ConnectionFacts
from s2sguard.model.address import AddressSet, parse_range, union
from s2sguard.model.agreement import AgreedAlgorithms, AgreedRanges, AgreedSelector, Agreement
from s2sguard.model.inventory import Resource
from tests.unit.facts.inventories import LAB, OPTIONS, POLICY, UNKNOWN, arm_id, connection, connection_facts, document, site

RED = {"partner": "red"}
EQUAL: dict[str, list[str]] = {"missing": [], "extra": [], "notes": []}
ALGORITHMS = AgreedAlgorithms(
    ike_encryption="AES256",
    ike_integrity="SHA384",
    dh_group="ECP384",
    ipsec_encryption="GCMAES256",
    ipsec_integrity="GCMAES256",
    pfs_group="ECP384",
)


def ranges(*texts: str) -> AgreedRanges:
    """Return ranges as an agreement has them."""
    return AgreedRanges(texts=texts, addresses=union(one for text in texts if isinstance(one := parse_range(text), AddressSet)))


def selector(local: tuple[str, ...] = ("172.16.1.0/24",), remote: tuple[str, ...] = ("10.1.0.0/16",)) -> AgreedSelector:
    """Return an agreed selector."""
    return AgreedSelector(local=ranges(*local), remote=ranges(*remote))


def agreement(**changes: Any) -> Agreement:
    """Return what was signed with red; pass what differs."""
    values: dict[str, Any] = {
        "partner": "red",
        "connections": (),
        "peers": ("52.1.2.3",),
        "prefixes": ranges("10.1.0.0/16"),
        "selectors": (selector(),),
        "algorithms": ALGORITHMS,
        "nat": (),
        "owner": "net",
        "ticket": "T-1",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
        "place": "red.yaml:2",
    }
    return Agreement(**{**values, **changes})


def held(*given: Agreement, resources: tuple[Resource, ...] = (), name: str = "red") -> ConnectionFacts:
    """Return the facts of a connection of the hardened lab, red tagged, held against agreements."""
    options = replace(OPTIONS, agreements=given)
    return connection_facts(*LAB, connection("red", tags=RED), *resources, name=name, options=options)


def agreed(*given: Agreement, resources: tuple[Resource, ...] = (), name: str = "red") -> AgreementFacts:
    """Return its fact about the agreement."""
    return held(*given, resources=resources, name=name)["agreement"]


def test_without_agreements_nothing_is_said_of_any() -> None:
    """Neither a fact nor a doubt, on no connection."""
    for facts in document(*LAB)["connections"]:
        assert "agreement" not in facts
        assert facts["unknown"] == {}


def test_what_is_as_agreed() -> None:
    """Every part is known and without a difference."""
    assert agreed(agreement()) == {
        "found": True,
        "label": "red (T-1)",
        "place": "red.yaml:2",
        "state": "in force",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "ends_at": [],
        "peers": ["52.1.2.3"],
        "selectors": EQUAL,
        "prefixes": EQUAL,
        "algorithms": [],
        "conflicts": [],
    }


def test_internal_connections_need_no_agreement() -> None:
    """They are not a partner's."""
    facts = held(agreement(), resources=(connection("red", tags={"partner": "red", "trust": "internal"}),))
    assert "agreement" not in facts


def test_an_empty_list_of_agreements_is_not_the_same_as_none() -> None:
    """Somebody asked, and nothing was signed."""
    assert agreed() == {"found": False, "label": "red"}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([{"partner": "RED"}], "RED (T-1)"),
        ([{"partner": "green"}], None),
        ([{"connections": ("blue",)}], None),
        ([{"connections": ("RED",)}], "red (T-1)"),
        ([{"connections": (arm_id("connections", "red").upper(),)}], "red (T-1)"),
        # What names the connection is nearer than what names its peer, and that is nearer than the rest.
        ([{}, {"ticket": "T-2", "connections": ("red",)}], "red (T-2)"),
        ([{"peers": ("203.0.113.9",), "valid_from": date(2026, 2, 1)}, {"ticket": "T-2"}], "red (T-2)"),
        # One in force counts, and the newest of them.
        ([{"valid_to": date(2026, 2, 1)}, {"ticket": "T-2", "valid_from": date(2025, 1, 1)}], "red (T-2)"),
        ([{}, {"ticket": "T-2", "valid_from": date(2026, 2, 1)}], "red (T-2)"),
    ],
)
def test_which_agreement_counts(given: list[dict[str, Any]], found: str | None) -> None:
    """By partner, then by connection, then by peer, then by day."""
    facts = agreed(*(agreement(**changes) for changes in given))
    assert (facts["label"] if facts["found"] else None) == found


def test_where_nobody_says_who_the_partner_is_the_agreement_does() -> None:
    """Without a tag every site is a partner of its own: its name, or an agreement that names the connection."""
    untagged = (connection("red"),)
    assert agreed(agreement(partner="Red Ltd", connections=("red",)), resources=untagged)["label"] == "Red Ltd (T-1)"
    assert agreed(agreement(), resources=untagged)["label"] == "red (T-1)"
    assert not agreed(agreement(partner="Red Ltd"), resources=untagged)["found"]


@pytest.mark.parametrize(
    "tag", ["/mallory", "/mallory/red", "/", "terraform:red", "terraform:red/x", arm_id("localNetworkGateways", "blue")]
)
def test_a_tag_that_looks_like_an_id_is_a_name(tag: str) -> None:
    """Whoever tags a connection with a slash gets neither the agreement that names it nor the one of the tag's last part."""
    tagged = (connection("red", tags={"partner": tag}),)
    by_name, by_partner = agreement(connections=("red",)), agreement(partner="red")
    assert agreed(by_name, resources=tagged) == {"found": False, "label": tag.lower(), "others": ["red (T-1)"]}
    assert not agreed(by_partner, resources=tagged)["found"]
    assert agreed(agreement(partner=tag.upper()), resources=tagged)["found"]


def test_an_agreement_with_somebody_else_is_named_and_does_not_count() -> None:
    """The tag says whose connection it is."""
    assert agreed(agreement(partner="redd")) == {"found": False, "label": "red", "others": ["redd (T-1)"]}
    assert agreed(agreement(partner="green", peers=("203.0.113.9",))) == {"found": False, "label": "red"}
    assert agreed(agreement(partner="green", connections=("red",), peers=("203.0.113.9",))) == {
        "found": False,
        "label": "red",
        "others": ["green (T-1)"],
    }


def test_an_agreement_about_another_connection_is_called_the_partners_own() -> None:
    """Also where it names the same peer: it is nobody else's."""
    own, other = agreement(connections=("blue",)), agreement(partner="green", ticket="T-2")
    assert agreed(own) == {"found": False, "label": "red", "own": ["red (T-1)"]}
    assert agreed(own, own, other) == {"found": False, "label": "red", "own": ["red (T-1)"], "others": ["green (T-2)"]}


def test_an_unknown_partner_is_unknown() -> None:
    """Nobody knows which agreement counts."""
    facts = held(agreement(), resources=(connection("red", tags={"partner": UNKNOWN}),))
    assert "agreement" not in facts
    assert facts["unknown"]["agreement"] == "known only after apply"


@pytest.mark.parametrize(
    ("peers", "changes", "ends_at"),
    [
        (("203.0.113.9",), {}, ["52.1.2.3"]),
        (("203.0.113.9", " 52.1.2.3 "), {}, []),
        (("VPN.Example.",), {"gatewayIpAddress": None, "fqdn": "vpn.example"}, []),
        (("52.1.2.3",), {"gatewayIpAddress": "", "fqdn": ""}, ["no address"]),
    ],
)
def test_where_it_ends(peers: tuple[str, ...], changes: dict[str, Any], ends_at: list[str]) -> None:
    """Addresses are compared as addresses, names without case and without the root's dot."""
    assert agreed(agreement(peers=peers), resources=(site("red", **changes),))["ends_at"] == ends_at


def test_what_cannot_be_read_is_unknown_part_by_part() -> None:
    """Each part has its own reason; the rest is compared."""
    red = connection("red", tags=RED, trafficSelectorPolicies=UNKNOWN, ipsecPolicies=[POLICY | {"pfsGroup": UNKNOWN}], enableBgp=UNKNOWN)
    facts = held(agreement(), resources=(red, site("red", gatewayIpAddress=UNKNOWN)))
    reason = "known only after apply"
    found = {name: text for name, text in facts["unknown"].items() if name.startswith("agreement.")}
    assert found == {
        "agreement.ends_at": reason,
        "agreement.selectors": reason,
        "agreement.prefixes": reason,
        "agreement.algorithms": f"pfs_group: {reason}",
    }
    assert facts["agreement"]["state"] == "in force"


def test_without_a_site_parts_are_unknown() -> None:
    """A site that is not in the input, and none at all: neither passes, and neither is a difference."""
    absent = held(
        agreement(), resources=(connection("red", tags=RED, localNetworkGateway2={"id": arm_id("localNetworkGateways", "gone")}),)
    )
    none = held(agreement(), resources=(connection("red", tags=RED, localNetworkGateway2=None),))
    for facts in (absent, none):
        assert {"agreement.ends_at", "agreement.prefixes"} <= set(facts["unknown"])
        assert not {"ends_at", "prefixes"} & set(facts["agreement"])
    assert none["unknown"]["agreement.prefixes"] == "it has no site"


def test_an_unknown_lifetime_matters_only_where_one_was_agreed() -> None:
    """What is not compared cannot be in doubt."""
    red = (connection("red", tags=RED, ipsecPolicies=[POLICY | {"saLifeTimeSeconds": UNKNOWN}]),)
    assert agreed(agreement(), resources=red)["algorithms"] == []
    facts = held(agreement(algorithms=replace(ALGORITHMS, sa_lifetime_seconds=3600)), resources=red)
    assert facts["unknown"]["agreement.algorithms"] == "sa_lifetime_seconds: known only after apply"
    whole = held(agreement(), resources=(connection("red", tags=RED, ipsecPolicies=UNKNOWN),))
    assert whole["unknown"]["agreement.algorithms"] == "known only after apply"


def test_an_expired_agreement_has_no_rival() -> None:
    """Two that both ended say nothing about today; the newer one is named."""
    last = date(2026, 2, 1)
    newer = agreement(ticket="T-2", valid_from=date(2026, 1, 2), valid_to=last, selectors=(selector(("172.16.2.0/24",)),))
    found = agreed(agreement(valid_to=last), newer)
    assert (found["label"], found["state"], found["conflicts"]) == ("red (T-2)", "expired", [])


def test_a_difference_is_certain_whatever_else_is_unknown() -> None:
    """One wrong field, one wrong prefix: what is unknown cannot make them right."""
    red = connection("red", tags=RED, ipsecPolicies=[POLICY | {"pfsGroup": UNKNOWN, "dhGroup": "ECP256"}], enableBgp=UNKNOWN)
    found = agreed(agreement(), resources=(red, site("red", prefixes=["10.9.0.0/16"])))
    assert found["algorithms"] == ["dh_group is ECP256, agreed ECP384"]
    assert found["prefixes"]["extra"] == ["10.9.0.0/16"]


def configured(*pairs: tuple[list[str], list[str]], **changes: Any) -> tuple[Resource, ...]:
    """Return red with these fixed selectors."""
    elements = [{"localAddressRanges": local, "remoteAddressRanges": remote} for local, remote in pairs]
    return (connection("red", tags=RED, trafficSelectorPolicies=elements, **changes),)


@pytest.mark.parametrize(
    ("signed", "pairs", "missing", "extra"),
    [
        ([("172.16.1.0/24",)], [(["172.16.1.0-172.16.1.255"], ["10.1.0.0/16"])], [], []),
        ([("172.16.1.0/24", "172.16.2.0/24")], [(["172.16.2.0/24"], ["10.1.0.0/16"]), (["172.16.1.0/24"], ["10.1.0.0/16"])], [], []),
        (
            [("172.16.1.0/24",)],
            [(["172.16.11.0/24"], ["10.1.0.0/16"])],
            ["172.16.1.0/24 <-> 10.1.0.0/16"],
            ["172.16.11.0/24 <-> 10.1.0.0/16"],
        ),
        ([("172.16.0.0/16",)], [(["172.16.0.0/17"], ["10.1.0.0/16"])], ["172.16.128.0/17 <-> 10.1.0.0/16"], []),
        ([("172.16.1.0/24",)], [(["172.16.1.0/24"], ["10.0.0.0/15"])], [], ["172.16.1.0/24 <-> 10.0.0.0/16"]),
        ([("172.16.1.0/24",)], [(["172.16.1.0/24", "fd00::/64"], ["10.1.0.0/16", "fd01::/64"])], [], ["fd00::/64 <-> fd01::/64"]),
    ],
)
def test_selectors_pair_by_pair(
    signed: list[tuple[str, ...]], pairs: list[tuple[list[str], list[str]]], missing: list[str], extra: list[str]
) -> None:
    """Spelling, order and grouping change nothing; what differs is named as the part that differs."""
    found = agreed(agreement(selectors=tuple(selector(local) for local in signed)), resources=configured(*pairs))
    assert found["selectors"] == {"missing": missing, "extra": extra, "notes": []}


@pytest.mark.parametrize(
    ("signed", "local"), [(("172.16.0.0/23",), ["172.16.0.0/24", "172.16.1.0/24"]), (("172.16.0.0/24", "172.16.1.0/24"), ["172.16.0.0/23"])]
)
def test_the_same_addresses_in_other_ranges_differ(signed: tuple[str, ...], local: list[str]) -> None:
    """A partner's device matches whole ranges."""
    found = agreed(agreement(selectors=(selector(signed),)), resources=configured((local, ["10.1.0.0/16"])))["selectors"]
    assert found == {
        "missing": [],
        "extra": [],
        "notes": ["the addresses are the agreed ones, cut into other ranges: no SA would match exactly"],
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"usePolicyBasedTrafficSelectors": False}, "policy-based selectors are off"),
        ({"ipsecPolicies": []}, "there is no custom IPsec policy"),
        ({"trafficSelectorPolicies": []}, "there are no fixed selectors"),
        ({"usePolicyBasedTrafficSelectors": False, "trafficSelectorPolicies": UNKNOWN}, "policy-based selectors are off"),
    ],
)
def test_selectors_without_effect_are_none(changes: dict[str, Any], reason: str) -> None:
    """What was agreed is missing then, also where something else is unknown."""
    found = agreed(agreement(), resources=(connection("red", tags=RED, **changes),))["selectors"]
    assert found["missing"] == ["172.16.1.0/24 <-> 10.1.0.0/16"]
    assert found["notes"] == [f"nothing is fixed, as {reason}: any <-> any may be negotiated"]


def test_more_than_can_be_compared_is_unknown() -> None:
    """Nothing passes unseen, and nothing takes hours."""
    many = tuple(f"10.{number // 256}.{number % 256}.0/24" for number in range(MOST_PAIRS + 1))
    facts = held(agreement(selectors=(selector(many),)))
    assert facts["unknown"]["agreement.selectors"] == f"more than {MOST_PAIRS} pairs of ranges are not compared"


def test_a_long_difference_is_counted() -> None:
    """Ten are shown, and how many more there are."""
    prefixes = [f"10.{number}.0.0/24" for number in range(0, 30, 2)]
    found = agreed(agreement(), resources=(site("red", prefixes=["10.1.0.0/16", *prefixes]),))["prefixes"]
    assert found["extra"] == [*prefixes[:MOST_SHOWN], "5 more"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"dhGroup": "DHGroup2048"}, []),
        ({"saLifeTimeSeconds": None}, []),
        ({"saLifeTimeSeconds": 3600}, ["sa_lifetime_seconds is 3600, agreed 27000"]),
        ({"pfsGroup": None}, ["pfs_group is missing, agreed ECP384"]),
        ({"ikeEncryption": "AES128", "pfsGroup": "None"}, ["ike_encryption is AES128, agreed AES256", "pfs_group is None, agreed ECP384"]),
    ],
)
def test_algorithms_field_by_field(changes: dict[str, Any], found: list[str]) -> None:
    """Two names of one group are equal; a lifetime that is left out is Azure's."""
    policy = {key: value for key, value in (POLICY | {"dhGroup": "DHGroup14"} | changes).items() if value is not None}
    signed = agreement(algorithms=replace(ALGORITHMS, dh_group="DHGroup14", sa_lifetime_seconds=27000))
    assert agreed(signed, resources=(connection("red", tags=RED, ipsecPolicies=[policy]),))["algorithms"] == found


def test_two_agreements_in_force_that_differ_conflict() -> None:
    """The newer one counts, and that there are two is said; one that says the same again is none of anybody's business."""
    newer = agreement(ticket="T-2", valid_from=date(2026, 2, 1), selectors=(selector(("172.16.2.0/24",)),), place="b.yaml:9")
    assert agreed(agreement(), newer)["conflicts"] == [
        "with red (T-1): both are in force for this connection and differ (b.yaml:9, red.yaml:2)"
    ]
    assert agreed(agreement(), agreement(ticket="T-2"))["conflicts"] == []


def test_another_partner_with_the_same_range_or_peer_conflicts() -> None:
    """Both connections are told, each of the other."""
    blue = agreement(partner="blue", ticket="T-2", prefixes=ranges("10.1.2.0/24"))
    expected = "both have 10.1.2.0/24", "both have the peer 52.1.2.3"
    assert agreed(agreement(), blue)["conflicts"] == [f"with blue (T-2): {text}" for text in expected]
    tagged = (connection("blue", tags={"partner": "blue"}),)
    assert agreed(agreement(), blue, resources=tagged, name="blue")["conflicts"] == [f"with red (T-1): {text}" for text in expected]
