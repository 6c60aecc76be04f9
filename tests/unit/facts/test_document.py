"""Facts of inventories: defaults, casing, references, unknowns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from s2sguard.facts.options import FactsOptions, Identity, Party
from s2sguard.model.inventory import Gap, Source

from .inventories import LAB, OPTIONS, POLICY, REMOTE, UNKNOWN, arm_id, connection, connection_facts, document, gateway, resource, site


def test_hardened_lab_has_nothing_unknown() -> None:
    """Everything about the hardened lab is known, and its ceilings are the fixed selectors."""
    found = document(*LAB)
    assert [{}] * 5 == [facts["unknown"] for facts in (*found["connections"], *found["sites"], *found["gateways"])]
    assert [{"open": False, "reasons": []}] * 2 == [facts["ceiling"] for facts in found["connections"]]
    assert {"partners": 1, "two_way": 0, "one_way": 0, "possible": 0} == found["gateways"][0]["pairs"]


def test_omitted_properties_have_azures_defaults() -> None:
    """A connection with nothing set is known in full: mode Default, IKEv2, no policy, no selectors, no BGP."""
    pattern = ("connectionMode", "connectionProtocol", "usePolicyBasedTrafficSelectors", "ipsecPolicies", "trafficSelectorPolicies")
    found = connection_facts(*LAB, connection("red", **dict.fromkeys(pattern)))
    assert {} == found["unknown"]
    assert ("Default", "IKEv2") == (found["connection_mode"], found["connection_protocol"])
    assert not found["policy_based_selectors"]
    assert not found["custom_policy"]
    assert ([], False, 0) == (found["fixed_selectors"], found["bgp"], found["nat_rules"])
    assert "ipsec_policy" not in found


def test_casing_does_not_matter() -> None:
    """Property names, enumerations and ids are read in any casing and come out in Azure's."""
    shouted = replace(LAB[2], properties={name.upper(): value for name, value in LAB[2].properties.items()})
    policy = {name.upper(): value.lower() if isinstance(value, str) else value for name, value in POLICY.items()}
    shouted = replace(shouted, properties=shouted.properties | {"CONNECTIONMODE": "initiatoronly", "IPSECPOLICIES": [policy]})  # type: ignore[operator]
    shouted = replace(shouted, id=shouted.id.upper())
    quiet = connection_facts(*LAB)
    assert quiet | {"id": shouted.id} == connection_facts(*LAB, shouted) | {"id": shouted.id}


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("connectionMode", "connection_mode"),
        ("connectionProtocol", "connection_protocol"),
        ("usePolicyBasedTrafficSelectors", "policy_based_selectors"),
        ("trafficSelectorPolicies", "fixed_selectors"),
        ("ipsecPolicies", "custom_policy"),
        ("enableBgp", "bgp"),
        ("ingressNatRules", "nat_rules"),
        ("connectionType", "connection_type"),
        ("localNetworkGateway2", "peer"),
    ],
)
@pytest.mark.parametrize("value", [UNKNOWN, 12.5, {"not": "this"}], ids=["unknown", "number", "object"])
def test_unresolved_or_wrong_values_are_unknown(name: str, fact: str, value: object) -> None:
    """A value that cannot be resolved, or is not of its type, is an absent fact with a reason."""
    if name == "localNetworkGateway2" and isinstance(value, dict):
        value = {"id": 7}
    if name == "connectionType" and isinstance(value, dict):
        value = ["IPsec"]
    changes: dict[str, Any] = {name: value}
    found = connection_facts(*LAB, connection("red", **changes))
    assert fact in found["unknown"]
    assert fact not in found


def test_one_unknown_range_makes_the_selectors_unknown() -> None:
    """A selector with an unknown member could be anything."""
    element = {"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": ["10.1.0.0/16", UNKNOWN]}
    found = connection_facts(*LAB, connection("red", trafficSelectorPolicies=[element]))
    assert {"fixed_selectors", "selector_widths", "ceiling", "remote_overlap", "remote_outside_site"} <= set(found["unknown"])


def test_element_with_an_empty_side_contributes_nothing() -> None:
    """An element with an empty side is as if it were not there."""
    element = {"localAddressRanges": [], "remoteAddressRanges": ["10.1.0.0/16"]}
    assert [] == connection_facts(*LAB, connection("red", trafficSelectorPolicies=[element]))["fixed_selectors"]


def test_connection_listed_without_properties_is_unknown() -> None:
    """A listing by id alone tells nothing: no default is assumed."""
    found = document(*LAB, resource("connections", "red", {}))
    red = next(facts for facts in found["connections"] if facts["name"] == "red")
    assert {"connection_mode", "policy_based_selectors", "ceiling", "bgp"} <= set(red["unknown"])
    # The others cannot pass while a connection may end anywhere.
    assert all("two_way" in facts["unknown"] for facts in found["connections"])


def test_gateway_that_is_absent_or_only_referred_to_is_incomplete() -> None:
    """Without the gateway itself other connections may exist."""
    for resources in (LAB[1:], (gateway(existing=True), *LAB[1:]), (replace(gateway(), whole=False), *LAB[1:])):
        found = document(*resources)
        assert not found["gateways"][0]["complete"]
        assert "other connections may exist" in found["connections"][0]["unknown"]["two_way"]
    vouched = document(*LAB[1:], options=replace(OPTIONS, complete=True))
    assert vouched["gateways"][0]["complete"]


def test_unread_file_makes_every_gateway_incomplete() -> None:
    """What could not be read may hold more connections."""
    gap = Gap(kind="not-json", reason="b.json: not JSON", source=Source(file="b.json"))
    assert "b.json" in document(*LAB, gaps=(gap,))["connections"][0]["unknown"]["two_way"]


def test_connection_of_unknown_gateway_may_end_on_any() -> None:
    """A connection whose gateway is unknown takes away every isolation pass, and has a stand-in gateway of its own."""
    found = document(*LAB, connection("own", virtualNetworkGateway1=UNKNOWN), site("own"))
    assert "own" in found["connections"][0]["unknown"]["two_way"]
    assert ["gw", "gateway of own"] == [facts["name"] for facts in found["gateways"]]


def test_missing_site_leaves_routing_unknown() -> None:
    """A site that is not in the input could have any prefix."""
    found = connection_facts(*(one for one in LAB if one.id != arm_id("localNetworkGateways", "red")))
    assert {"site", "peer", "remote_outside_site"} <= set(found["unknown"])


def test_partner_comes_from_connection_then_site_then_map_then_site_id() -> None:
    """Identity as design section 4 orders it; tag names ignore case, values are trimmed and folded."""
    party = Identity(parties={"red": Party(partner="Mapped", trust="internal")})
    options = FactsOptions(today=OPTIONS.today, identity=party)
    assert "red" == connection_facts(*LAB)["partner"]
    mapped = connection_facts(*LAB, options=options)
    assert ("mapped", "internal") == (mapped["partner"], mapped["trust"])
    tagged_site = site("red", tags={"PARTNER": " Acme "})
    assert "acme" == connection_facts(*LAB, tagged_site, options=options)["partner"]
    tagged = connection_facts(*LAB, tagged_site, connection("red", tags={"Partner": "Bcme", "TRUST": "Internal"}))
    assert ("bcme", "internal") == (tagged["partner"], tagged["trust"])


def test_unknown_tags_make_the_owner_unknown() -> None:
    """Tags known only after apply could name any partner."""
    found = connection_facts(*LAB, replace(LAB[2], tags=UNKNOWN))
    assert {"partner", "trust"} <= set(found["unknown"])


def test_weak_policy_is_explained() -> None:
    """The article's policy names what is weak and which RFC says so."""
    weak = {"dhGroup": "dhgroup2", "ikeIntegrity": "SHA1", "ipsecIntegrity": "SHA1", "ipsecEncryption": "AES256", "pfsGroup": "None"}
    found = connection_facts(*LAB, connection("red", ipsecPolicies=[POLICY | weak]))["ipsec_policy"]
    assert {"dh_group", "ike_integrity", "ipsec_integrity", "pfs_group"} == set(found["weak"])
    assert "DHGroup2" == found["dh_group"]


def test_unreadable_policy_field_is_named() -> None:
    """One unreadable field of a policy is unknown by its own name, the others are facts."""
    found = connection_facts(*LAB, connection("red", ipsecPolicies=[POLICY | {"dhGroup": UNKNOWN}]))
    assert {"ipsec_policy.dh_group": "known only after apply"} == found["unknown"]
    assert "dh_group" not in found["ipsec_policy"]


def test_default_site_and_bgp_route_anything() -> None:
    """A default site, or BGP, puts every address into the tunnel: nothing is outside such a site."""
    wide = connection("red", connectionMode="Default")
    with_default = gateway(gatewayDefaultSite={"id": arm_id("localNetworkGateways", "red").upper()})
    found = document(*LAB, wide, with_default)
    assert "partner" == found["gateways"][0]["default_site"]["trust"]
    assert "red" == found["gateways"][0]["default_site"]["name"]
    assert REMOTE["red"] in {text for facts in found["sites"] for text in facts["prefixes"]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(27000, 27000), (" 27000 ", 27000), (27000.0, 27000), (True, None), (27000.5, None), ("9" * 30, None), (1 << 31, None)],
)
def test_numbers_are_read_as_arm_reads_them(value: object, expected: int | None) -> None:
    """Whole 32-bit numbers, also as digits in a string; anything else is unknown, however large."""
    found = connection_facts(*LAB, connection("red", ipsecPolicies=[POLICY | {"saLifeTimeSeconds": value}]))
    assert expected == found["ipsec_policy"].get("sa_lifetime_seconds")
    assert (expected is None) == ("ipsec_policy.sa_lifetime_seconds" in found["unknown"])


def test_an_enumeration_with_a_blank_is_none_of_azures() -> None:
    """Azure Policy compares as it is written, and so does this: such a mode never hardens."""
    facts = connection_facts(*LAB, connection("red", connectionMode="InitiatorOnly "))
    assert facts["connection_mode"] == "InitiatorOnly "
    assert facts["ceiling"]["open"]
