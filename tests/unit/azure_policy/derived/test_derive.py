"""From facts to assignments: which scopes, which limits, what is left out and named, what is unknown and named."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest

from s2sguard.azure_policy.derived import ScopeKind, derive, document_of
from s2sguard.azure_policy.derived.assigned import Assigned, by_scope
from s2sguard.azure_policy.derived.drift import compare
from s2sguard.azure_policy.derived.limits import MOST_ENTRIES
from s2sguard.azure_policy.derived.split import pack
from s2sguard.azure_policy.derived.view import look
from s2sguard.facts import FactsOptions
from s2sguard.facts.options import Identity, Party
from s2sguard.model.inventory import Gap, Inventory, Source
from s2sguard.model.value import Unknown
from tests.unit.azure_policy.derived_estate import (
    OPTIONS,
    SUBSCRIPTION,
    Node,
    arm_id,
    body,
    connection,
    denied_by,
    gateway,
    inventory,
    site,
)

GW = arm_id("virtualNetworkGateways", "gw")


def partner(name: str, *prefixes: str, near: str = GW, group: str = "g", tagged: bool = True) -> list[Node]:
    """Return a partner's site and connection."""
    owner = name if tagged else None
    return [
        site(f"site-{name}", *prefixes, group=group, partner=owner),
        connection(f"to-{name}", gateway=near, site=arm_id("localNetworkGateways", f"site-{name}", group), group=group),
    ]


def scattered(count: int, octet: int = 1) -> list[str]:
    """Return prefixes of which no two can be one."""
    return [f"10.{octet}.{number * 2 // 256}.{number * 2 % 256}/32" for number in range(count)]


def test_neighbouring_prefixes_of_a_partner_become_one() -> None:
    """Prefixes that touch or contain each other are one entry; those of another partner are not touched."""
    bodies = [
        *gateway("gw", "172.16.0.0/24"),
        *partner("red", "10.1.0.0/24", "10.1.1.0/24", "10.1.1.7/32"),
        *partner("blue", "10.1.2.0/23"),
    ]
    (only,) = derive(inventory(bodies), OPTIONS).assignments
    expected = [("10.1.2.0/23", "blue"), ("10.1.0.0/23", "red")]
    assert expected == [(one["range"], one["partner"]) for one in only.parameters["partnerRanges"]["value"]]


def test_ranges_that_do_not_fit_go_to_more_assignments() -> None:
    """A gateway with 250 ranges of five partners takes three assignments of at most 100, all at one scope, none lost."""
    bodies = [*gateway("gw", "172.16.0.0/24"), *(node for octet in range(1, 6) for node in partner(f"p{octet}", *scattered(50, octet)))]
    found = derive(inventory(bodies), OPTIONS)
    sizes = [len(one.parameters["partnerRanges"]["value"]) for one in found.assignments]
    assert ([100, 100, 50], [SUBSCRIPTION] * 3, ()) == (sizes, [one.scope for one in found.assignments], found.not_expressed)
    assert {text for octet in range(1, 6) for text in scattered(50, octet)} == {
        entry["range"] for one in found.assignments for entry in one.parameters["partnerRanges"]["value"]
    }
    assert len({one.name for one in found.assignments}) == 3
    assert all(len(one.name) <= 24 for one in found.assignments)


def test_a_partner_too_large_for_one_test_is_named_and_still_kept_apart() -> None:
    """A partner with 150 ranges is not held to them (SEL-004, named with what it needs); nobody else may use one of them."""
    red = scattered(150)
    bodies = [*gateway("gw", "172.16.0.0/24"), *partner("red", *red), *partner("blue", "10.2.0.0/16")]
    found = derive(inventory(bodies), OPTIONS)
    (lost,) = found.not_expressed
    assert ("S2S-SEL-004", "red", "partner", SUBSCRIPTION, 150, MOST_ENTRIES) == (
        lost.control,
        lost.subject,
        lost.kind,
        lost.scope,
        lost.needs,
        lost.limit,
    )
    for text in (red[0], red[149]):
        new = connection("new", gateway=GW, site="", remote=[text], partner="blue")
        assert {"S2S-ISO-003", "S2S-SEL-004"} == denied_by(new, found)
    assert set() == denied_by(connection("new", gateway=GW, site="", remote=["10.9.0.0/16"], partner="red"), found)


def test_a_gateway_with_too_many_networks_is_named() -> None:
    """Local ranges of a gateway with 150 separate networks are not judged (SEL-005, named); sites still must not overlap one."""
    networks = scattered(150, 16)
    bodies = [*gateway("gw", *networks), *partner("red", "10.1.0.0/24")]
    found = derive(inventory(bodies), OPTIONS)
    assert [("S2S-SEL-005", GW.lower(), 150)] == [(one.control, one.subject, one.needs) for one in found.not_expressed]
    assert {"S2S-ADR-002"} == denied_by(site("new", networks[149], partner="red"), found)
    wide = connection("new", gateway=GW, site="", remote=["10.1.0.0/25"], local=["10.99.0.0/16"], partner="red")
    assert set() == denied_by(wide, found)


def test_a_scope_takes_only_so_many_assignments() -> None:
    """What needs more assignments than a scope takes is named, partner by partner."""
    bodies = [*gateway("gw", "172.16.0.0/24"), *(node for octet in range(1, 6) for node in partner(f"p{octet}", *scattered(60, octet)))]
    with patch("s2sguard.azure_policy.derived.derive.MOST_ASSIGNMENTS", 3):
        found = derive(inventory(bodies), OPTIONS)
    assert (3, [("p4", 5, 3), ("p5", 5, 3)]) == (
        len(found.assignments),
        [(one.subject, one.needs, one.limit) for one in found.not_expressed],
    )


def test_parameters_that_no_request_takes_are_named() -> None:
    """An assignment larger than a request to Azure is named."""
    bodies = [*gateway("gw", "172.16.0.0/24"), *partner("red", "10.1.0.0/24")]
    with patch("s2sguard.azure_policy.derived.derive.MOST_BYTES", 100):
        found = derive(inventory(bodies), OPTIONS)
    assert [("assignment", found.assignments[0].name)] == [(one.kind, one.subject) for one in found.not_expressed]


@pytest.mark.parametrize("sizes", [[1], [60, 60], [100, 1], [30, 80, 70, 20], [250, 3], []])
def test_packing_keeps_groups_together(sizes: list[int]) -> None:
    """Every entry is in exactly one list, no list is too long, and a group that fits is in one list."""
    groups = [
        (f"p{number}", [{"range": str(index), "partner": f"p{number}"} for index in range(size)]) for number, size in enumerate(sizes)
    ]
    bins = pack(groups)
    assert sorted(map(str, (entry for _, group in groups for entry in group))) == sorted(map(str, (entry for one in bins for entry in one)))
    assert all(len(one) <= MOST_ENTRIES for one in bins)
    for name, entries in groups:
        homes = sum(any(entry["partner"] == name for entry in one) for one in bins)
        assert homes == 1 or len(entries) > MOST_ENTRIES


def test_a_group_knows_the_gateways_that_concern_it() -> None:
    """By resource group, an assignment holds the gateways that stand there or that its connections and sites belong to."""
    other = arm_id("virtualNetworkGateways", "other", "h")
    bodies = [
        *gateway("gw", "172.16.0.0/24"),
        *gateway("other", "172.17.0.0/24", group="h"),
        *partner("red", "10.1.0.0/24"),
        *partner("blue", "10.2.0.0/24", near=other, group="sites"),
    ]
    found = derive(inventory(bodies), OPTIONS, "resource-group")
    expected = {f"{SUBSCRIPTION}/resourceGroups/g": (GW,), f"{SUBSCRIPTION}/resourceGroups/h": (other,)}
    expected[f"{SUBSCRIPTION}/resourceGroups/sites"] = (other,)
    assert expected == {one.scope: one.gateways for one in found.assignments}
    # To a gateway that its group knows nothing of, nothing can be judged.
    astray = connection("new", gateway=other, site="", remote=["10.1.0.0/25"], local=["172.17.0.0/25"], partner="red")
    assert {"S2S-ISO-003", "S2S-SEL-005"} == denied_by(astray, found)
    assert set() == denied_by(astray, derive(inventory(bodies), OPTIONS, "subscription"))


def test_assignments_of_one_gateway_leave_the_other_alone() -> None:
    """By gateway, each assignment judges connections of its own gateway by its own partners only."""
    second = arm_id("virtualNetworkGateways", "gw2")
    bodies = [
        *gateway("gw", "172.16.0.0/24"),
        *gateway("gw2", "172.17.0.0/24"),
        *partner("red", "10.1.0.0/24"),
        *partner("blue", "10.1.0.0/24", near=second),
    ]
    found = derive(inventory(bodies), OPTIONS, "gateway")
    assert [(GW,), (second,)] == [one.gateways for one in found.assignments]
    assert len({one.name for one in found.assignments}) == 2
    assert [] == [one["name"] for one in bodies if denied_by(one, found)]


def test_a_site_is_judged_by_the_gateways_that_use_it() -> None:
    """A site of one gateway may overlap what is behind, or claimed on, another; a site nobody uses may not."""
    second = arm_id("virtualNetworkGateways", "gw2")
    bodies = [*gateway("gw", "172.16.0.0/24"), *gateway("gw2", "172.17.0.0/24"), *partner("red", "10.1.0.0/24")]
    found = derive(inventory([*bodies, *partner("blue", "10.2.0.0/24", near=second)]), OPTIONS)
    ranges = ("10.1.0.0/25", "172.16.0.0/25")
    assert set() == denied_by(site("site-blue", *ranges, partner="blue"), found)
    assert {"S2S-ADR-001", "S2S-ADR-002"} == denied_by(site("new", *ranges, partner="blue"), found)


def second_hub(*red: str) -> list[Node]:
    """Return two gateways: red's site is on the first, blue's on the second."""
    return [
        *gateway("gw", "172.16.0.0/24"),
        *gateway("gw2", "172.17.0.0/24"),
        *partner("red", *red),
        *partner("blue", "10.2.0.0/24", near=SECOND),
    ]


SECOND = arm_id("virtualNetworkGateways", "gw2")
OVERLAPS = {
    "10.1.0.0/24": set(),
    "10.2.0.0/25": {"S2S-ADR-001"},
    "172.17.0.0/25": {"S2S-ADR-002"},
    "0.0.0.0/0": {"S2S-ADR-001", "S2S-ADR-002"},
}


@pytest.mark.parametrize("prefix", OVERLAPS)
@pytest.mark.parametrize("kind", ["subscription", "resource-group", "gateway"])
def test_a_site_is_not_taken_to_a_gateway_where_it_overlaps(prefix: str, kind: ScopeKind) -> None:
    """What a site may have on its own gateway keeps it from another one, even where its connection would have no ranges."""
    found = derive(inventory(second_hub("10.1.0.0/24", prefix)), OPTIONS, kind)
    red = arm_id("localNetworkGateways", "site-red")
    assert set() == denied_by(connection("to-red", gateway=GW, site=red, partner="red"), found)
    assert OVERLAPS[prefix] == denied_by(connection("again", gateway=SECOND.upper(), site=red.upper(), partner="red"), found)
    assert OVERLAPS[prefix] == denied_by(connection("again", gateway=SECOND, site=red, trust="internal"), found)


def test_a_site_of_our_own_may_go_anywhere() -> None:
    """Overlaps of internal sites are not judged, and those of sites that cannot be read are not known."""
    bodies = second_hub("10.2.0.0/24")
    bodies[4]["tags"] = {"trust": "internal"}
    hidden = site("hidden", partner="green")
    hidden["properties"]["localNetworkAddressSpace"] = Unknown("known only after apply")
    parameters = derive(inventory([*bodies, hidden]), OPTIONS).assignments[0].parameters
    assert ({}, {}) == (parameters["siteOverlaps"]["value"], parameters["siteNetworkOverlaps"]["value"])
    assert "internal" not in parameters["siteTrust"]["value"].values()


@pytest.mark.parametrize("name", ["Groß & Söhne", "İstanbul", "\N{KELVIN SIGN}elvin", "ΟΔΟΣ/", "ﬁne", "/red"])
def test_names_in_any_letters(name: str) -> None:
    """A partner is found again whatever letters its name has, as .NET compares them; nothing of its own is refused."""
    bodies = [*gateway("gw", "172.16.0.0/24"), *partner("one", "10.1.0.0/24"), *partner("blue", "10.2.0.0/24")]
    for one in bodies[2:4]:
        one["tags"] = {"partner": name}
    bodies[3]["properties"]["trafficSelectorPolicies"] = [{"localAddressRanges": ["172.16.0.0/25"], "remoteAddressRanges": ["10.1.0.0/25"]}]
    found = derive(inventory(bodies), OPTIONS)
    assert [set()] * len(bodies) == [denied_by(one, found) for one in bodies]
    listed = [
        Assigned(name=one.name, scope=one.scope, values={key: value["value"] for key, value in one.parameters.items()})
        for one in found.assignments
    ]
    assert () == compare(by_scope(listed), look(inventory(bodies), OPTIONS))


def test_the_configuration_folds_as_tags_do() -> None:
    """A name in the configuration and the same name in a tag are one partner."""
    named = FactsOptions(today=OPTIONS.today, complete=True, identity=Identity(parties={"site-blue": Party(partner=" GROß ")}))
    bodies = [*gateway("gw", "172.16.0.0/24"), *partner("Groß", "10.1.0.0/24"), *partner("blue", "10.2.0.0/24", tagged=False)]
    assert ["groß"] == derive(inventory(bodies), named).assignments[0].parameters["partners"]["value"]


def test_the_configuration_names_owners() -> None:
    """What has no tag belongs to whom the configuration says, by id or by name, also before it exists."""
    parties = {
        arm_id("localNetworkGateways", "site-red").lower(): Party(partner="Red"),
        "to-later": Party(partner="red"),
        "site-hq": Party(trust="internal"),
    }
    options = replace(OPTIONS, identity=Identity(partner_tag="owner", parties=parties))
    bodies = [*gateway("gw", "172.16.0.0/24"), *partner("red", "10.1.0.0/24", tagged=False), *partner("blue", "10.2.0.0/24", tagged=False)]
    found = derive(inventory(bodies), options)
    later = connection("to-later", gateway=GW, site="", remote=["10.1.0.0/25"], local=["172.16.0.0/25"])
    assert set() == denied_by(later, found)
    assert {"S2S-ISO-003", "S2S-SEL-004"} == denied_by(later | {"name": "to-nobody"}, found)
    assert set() == denied_by(site("site-hq", "10.1.0.0/24"), found)


def test_a_site_of_two_partners_belongs_to_neither() -> None:
    """A site that connections of two partners name is foreign to both: a change of it that keeps a claim is refused."""
    shared = arm_id("localNetworkGateways", "shared")
    bodies = [
        *gateway("gw", "172.16.0.0/24"),
        site("shared", "10.1.0.0/24", partner="red"),
        connection("c1", gateway=GW, site=shared, partner="red"),
        connection("c2", gateway=GW, site=shared, partner="blue"),
    ]
    found = derive(inventory(bodies), OPTIONS)
    assert {shared.lower(): ""} == found.assignments[0].parameters["sitePartner"]["value"]
    assert {"S2S-ADR-001"} == denied_by(bodies[2], found)


def test_what_cannot_be_read_is_named() -> None:
    """Unknown prefixes, absent sites, unread files and gateways without an id make the derivation incomplete, each by name."""
    hidden = site("site-blue", partner="blue")
    hidden["properties"]["localNetworkAddressSpace"] = Unknown("known only after apply")
    bodies = [*gateway("gw", "172.16.0.0/24"), *partner("red", "10.1.0.0/24"), hidden]
    bodies += [
        connection("to-blue", gateway=GW, site=hidden["id"]),
        connection("to-gone", gateway=GW, site=arm_id("localNetworkGateways", "x")),
    ]
    planned = body("virtualNetworkGateways", "planned", {"gatewayType": "Vpn"}) | {
        "id": "terraform:azurerm_virtual_network_gateway.planned"
    }
    found = inventory([*bodies, planned])
    gap = Gap(kind="not-json", reason="not JSON", source=Source(file="broken.json"))
    derivation = derive(Inventory(found.resources, [gap]), FactsOptions(today=OPTIONS.today))
    reasons = {(doubt.subject.rsplit("/", 1)[-1], doubt.reason) for doubt in derivation.doubts}
    expected = {
        ("broken.json", "not JSON"),
        ("gw", "other connections may exist: not JSON"),
        ("to-blue", "known only after apply"),
        ("to-gone", "the site it refers to is not in the input"),
        (planned["id"], "it has no resource id before it is deployed: derive again after that"),
    }
    assert set() == expected - reasons
    assert ["red"] == derivation.assignments[0].parameters["partners"]["value"]


def test_nothing_to_derive_from_is_a_gap() -> None:
    """An input without gateways says so; an empty Terraform state, which is whole, does not."""
    assert [1, 0] == [len(derive(Inventory([], answered=answered), OPTIONS).doubts) for answered in (False, True)]
    assert () == derive(Inventory([]), OPTIONS).assignments


def test_an_express_route_gateway_is_no_gateway_of_partners() -> None:
    """A gateway without tunnels of another kind takes no part."""
    other = body("virtualNetworkGateways", "er", {"gatewayType": "ExpressRoute"})
    (only,) = derive(inventory([*gateway("gw", "172.16.0.0/24"), other]), OPTIONS).assignments
    assert (GW,) == only.gateways


def test_the_document_is_the_same_for_any_order() -> None:
    """The parameters do not depend on the order in which an inventory lists its resources."""
    bodies = [*gateway("gw", "172.16.0.0/24"), *partner("red", "10.1.0.0/24"), *partner("blue", "10.2.0.0/24")]
    documents = [document_of(derive(inventory(order), OPTIONS)) for order in (bodies, bodies[::-1])]
    assert documents[0] == documents[1]
    assert {"value"} == {key for one in documents[0]["assignments"][0]["parameters"].values() for key in one}
