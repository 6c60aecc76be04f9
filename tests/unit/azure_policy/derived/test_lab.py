"""The derived rules on the hardened lab: what a person who adds a partner or edits a site meets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from s2sguard.azure_policy.derived import Derivation, derive
from s2sguard.collect import read_inventory
from s2sguard.facts import FactsOptions
from s2sguard.model.inventory import Inventory, Resource
from tests.unit.azure_policy.derived_estate import OPTIONS, Node, denied_by

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/GBB-ER-LAB-UKS/providers/Microsoft.Network"
GATEWAY = f"{GROUP}/virtualNetworkGateways/VPN-GW-UKS"
RED, BLUE = f"{GROUP}/localNetworkGateways/to-onprem1", f"{GROUP}/localNetworkGateways/to-onprem2"
LOCAL = "172.16.1.0/25"


@pytest.fixture(scope="module")
def lab(root: Path) -> Inventory:
    """Return the hardened lab: red has 10.1.0.0/16, blue 10.2.0.0/16, the networks are 172.16.1.0/24 and 172.16.100.0/24."""
    return read_inventory([root / "samples" / "lab" / "stage-5-hardened" / "arm.json"])


@pytest.fixture(scope="module")
def derivation(lab: Inventory) -> Derivation:
    """Return what is derived from the lab, read without `--complete`."""
    found = derive(lab, FactsOptions(today=OPTIONS.today))
    assert (found.not_expressed, found.doubts) == ((), ())
    return found


def connection(remote: list[str], *, tags: dict[str, str], site: str = f"{GROUP}/localNetworkGateways/new", **changes: Any) -> Node:
    """Return a new connection of the lab's gateway."""
    properties = {
        "connectionType": "IPsec",
        "virtualNetworkGateway1": {"id": GATEWAY},
        "localNetworkGateway2": {"id": site},
        "trafficSelectorPolicies": [{"localAddressRanges": [LOCAL], "remoteAddressRanges": remote}],
    } | changes
    return {
        "id": f"{GROUP}/connections/new",
        "name": "new",
        "type": "Microsoft.Network/connections",
        "tags": tags,
        "properties": properties,
    }


def site(identity: str, prefixes: list[str], *, tags: dict[str, str]) -> Node:
    """Return a site as a request to write it has it."""
    space = {"localNetworkAddressSpace": {"addressPrefixes": prefixes}}
    name = identity.rsplit("/", 1)[-1]
    return {"id": identity, "name": name, "type": "Microsoft.Network/localNetworkGateways", "tags": tags, "properties": space}


def ipam(identity: str, prefixes: list[str]) -> Node:
    """Return a site of red that address management gives prefixes to, beside those it has."""
    made = site(identity, prefixes, tags={"partner": "red"})
    made["properties"]["localNetworkAddressSpace"]["ipamPoolPrefixAllocations"] = [{"pool": {"id": "p"}, "numberOfIpAddresses": "256"}]
    return made


NEW = f"{GROUP}/localNetworkGateways/new"
BEYOND = [{"localAddressRanges": ["10.9.0.0/16"], "remoteAddressRanges": ["10.2.7.0/24"]}]
ISO, ADR1, ADR2, SEL4, SEL5 = "S2S-ISO-003", "S2S-ADR-001", "S2S-ADR-002", "S2S-SEL-004", "S2S-SEL-005"
CASES: dict[str, tuple[Node, set[str]]] = {
    "red keeps to its range": (connection(["10.1.7.0/24"], tags={"partner": "red"}), set()),
    "red in other letters": (connection(["10.1.7.0/24"], tags={"Partner": " RED "}), set()),
    "blue takes a part of red's": (connection(["10.2.0.0/24", "10.1.7.0/24"], tags={"partner": "blue"}), {ISO, SEL4}),
    "blue takes all around red's": (connection(["10.0.0.0/8"], tags={"partner": "blue"}), {ISO, SEL4}),
    "a range from start to end that runs into red's": (connection(["10.0.255.0-10.1.0.9"], tags={"partner": "blue"}), {ISO, SEL4}),
    "red leaves its range": (connection(["10.1.0.0/16", "10.7.0.0/16"], tags={"partner": "red"}), {SEL4}),
    "no tag, red's site": (connection(["10.1.7.0/24"], tags={}, site=RED.upper()), set()),
    "no tag, red's site, blue's range": (connection(["10.2.7.0/24"], tags={}, site=RED), {ISO, SEL4}),
    "no tag, unknown site": (connection(["10.7.0.0/16"], tags={}), {SEL4}),
    "no tag, unknown site, red's range": (connection(["10.1.0.0/16"], tags={}), {ISO, SEL4}),
    "a partner nobody registered": (connection(["10.7.0.0/16"], tags={"partner": "green"}), {SEL4}),
    "IPv6 of nobody": (connection(["10.1.0.0/16", "fd00:1::/64"], tags={"partner": "red"}), {SEL4}),
    "no fixed selectors": (connection([], tags={"partner": "red"}, trafficSelectorPolicies=[]), set()),
    "local outside our networks": (
        connection([], tags={}, trafficSelectorPolicies=[{"localAddressRanges": ["10.2.0.0/16"], "remoteAddressRanges": ["10.1.0.0/16"]}])
        | {"tags": {"partner": "red"}},
        {SEL5},
    ),
    "a gateway nobody registered": (
        connection(["10.1.0.0/16"], tags={"partner": "red"}, virtualNetworkGateway1={"id": f"{GATEWAY}-2"}),
        {ISO, SEL5},
    ),
    "our own": (connection(["10.1.0.0/16"], tags={"partner": "hq", "trust": "Internal"}), set()),
    "our own, with blanks": (connection(["10.1.0.0/16"], tags={"partner": "hq", "trust": " internal "}), set()),
    "blanks around ranges": (
        connection(
            [],
            tags={"partner": "red"},
            trafficSelectorPolicies=[{"localAddressRanges": [f" {LOCAL}"], "remoteAddressRanges": [" 10.1.0.0/17 "]}],
        ),
        set(),
    ),
    "ExpressRoute": (
        connection(
            [],
            tags={},
            connectionType="ExpressRoute",
            trafficSelectorPolicies=[{"localAddressRanges": ["10.9.0.0/16"], "remoteAddressRanges": ["10.1.0.0/16"]}],
        ),
        set(),
    ),
    "red's site as it is": (site(RED, ["10.1.0.0/16"], tags={"partner": "red"}), set()),
    "red's site with blanks": (site(RED, [" 10.1.0.0/16 "], tags={"partner": "red"}), set()),
    "our own site": (site(NEW, ["10.1.0.0/16", "172.16.100.0/24"], tags={"trust": " internal"}), set()),
    "blue on red's site, blue's range": (connection(["10.2.7.0/24"], tags={"partner": "blue"}, site=RED), {ISO, SEL4}),
    "blue on red's site, red's range": (connection(["10.1.7.0/24"], tags={"partner": "blue"}, site=RED), {ISO, SEL4}),
    "blue on red's site, a free range": (connection(["10.7.0.0/16"], tags={"partner": "blue"}, site=RED), {SEL4}),
    "red on red's site": (connection(["10.1.7.0/24"], tags={"partner": " RED "}, site=RED.upper()), set()),
    "our own on red's site, blue's range": (
        connection(["10.2.7.0/24"], tags={"trust": "internal"}, site=RED, trafficSelectorPolicies=BEYOND),
        {ISO, SEL4, SEL5},
    ),
    "our own on red's site, red's range": (connection(["10.1.7.0/24"], tags={"trust": "internal"}, site=RED), set()),
    "a tag that is no text": (connection(["10.1.7.0/24"], tags={"partner": 5, "trust": 0}), {ISO, SEL4}),  # type: ignore[dict-item]
    "red's site calls itself ours": (site(RED, ["0.0.0.0/0"], tags={"trust": "internal"}), {ADR1, ADR2}),
    "a site with prefixes and more to come": (ipam(NEW, ["10.1.2.0/24"]), {ADR1, ADR2}),
    "red's site with prefixes and more to come": (ipam(RED, ["10.1.0.0/16"]), set()),
    "red's site without its tag": (site(RED, ["10.1.0.0/16", "10.7.0.0/16"], tags={}), set()),
    "blue's site grows into red's range": (site(BLUE, ["10.2.0.0/16", "10.1.4.0/24"], tags={"partner": "blue"}), {ADR1}),
    # Its connection says blue, whatever the site says.
    "blue's site calls itself red": (site(BLUE, ["10.1.4.0/24"], tags={"partner": "red"}), {ADR1}),
    "blue's site grows into a spoke": (site(BLUE, ["10.2.0.0/16", "172.16.100.128/25"], tags={"partner": "blue"}), {ADR2}),
    "a new site beside the others": (site(NEW, ["10.7.0.0/16"], tags={"partner": "green"}), set()),
    "a new site of nobody on red's range": (site(NEW, ["10.1.0.0/24"], tags={}), {ADR1}),
    "a new site over everything": (site(NEW, ["0.0.0.0/0", "::/0"], tags={"partner": "green"}), {ADR1, ADR2}),
    "a second site of red": (site(NEW, ["10.1.0.0/24"], tags={"partner": "red"}), set()),
    "a site whose prefixes come later": (ipam(NEW, []), {ADR1, ADR2}),
    "red's site whose prefixes come later": (ipam(RED, []), {ADR1, ADR2}),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("reading", ["true", "false"])
def test_what_is_denied(name: str, reading: str, derivation: Derivation) -> None:
    """A request is refused by exactly the controls it breaks, under both readings of a missing array."""
    resource, expected = CASES[name]
    assert expected == denied_by(resource, derivation, reading=reading)


@pytest.mark.parametrize("kind", ["missing", None, 0, "", " IPsec", "Foo", "IPSEC"])
def test_what_is_not_certainly_another_kind_is_judged(kind: Any, derivation: Derivation) -> None:  # noqa: ANN401 - any JSON
    """A connection whose type is missing or strange may be a tunnel, so it is judged as one."""
    one = connection(["10.2.7.0/24"], tags={}, site=RED, connectionType=kind)
    if kind == "missing":
        del one["properties"]["connectionType"]
    assert {ISO, SEL4} == denied_by(one, derivation)


def test_a_connection_of_nothing_is_no_overlap(derivation: Derivation) -> None:
    """A connection without gateway, site and ranges has nothing that the derived rules judge."""
    assert set() == denied_by({"id": f"{GROUP}/connections/x", "name": "x", "type": "Microsoft.Network/connections"}, derivation)


@pytest.mark.parametrize("kind", ["Vnet2Vnet", "expressroute", "VPNClient"])
def test_other_kinds_are_not_judged(kind: str, derivation: Derivation) -> None:
    """What certainly ends at no site has no partner."""
    assert set() == denied_by(connection(["10.2.7.0/24"], tags={}, site=RED, connectionType=kind), derivation)


@pytest.mark.parametrize("name", ["", " "])
def test_no_tag_at_all(name: str, lab: Inventory, derivation: Derivation) -> None:
    """An empty tag name means that no tag says who owns a site or whether it is ours; it is no failure."""
    (one,) = derivation.assignments
    named = {**one.parameters, "partnerTag": {"value": name}, "trustTag": {"value": name}}
    changed = replace(derivation, assignments=(replace(one, parameters=named),))
    assert [found.name for found in lab.resources if denied_by(_body(found), changed)] == []
    assert {SEL4} == denied_by(connection(["10.7.0.0/16"], tags={"partner": "red", "trust": "internal"}), changed)


def _body(one: Resource) -> Node:
    return {"id": one.id, "name": one.name, "type": one.type, "tags": dict(one.tags), "properties": dict(one.properties)}  # type: ignore[arg-type]


def test_the_lab_itself_is_clean(lab: Inventory, derivation: Derivation) -> None:
    """Nothing that exists in the hardened lab would be refused."""
    assert [one.name for one in lab.resources if denied_by(_body(one), derivation)] == []


def test_a_partner_is_registered_by_its_site(lab: Inventory) -> None:
    """A new partner's site comes first; once the parameters know it, its connection is taken, and only inside its range."""
    from tests.unit.azure_policy.derived_estate import _resource

    green = site(NEW, ["10.7.0.0/16"], tags={"partner": "green"})
    again = derive(Inventory([*lab.resources, _resource(green)]), OPTIONS)
    inside, beside = connection(["10.7.1.0/24"], tags={}), connection(["10.8.0.0/24"], tags={"partner": "green"})
    assert (set(), {SEL4}) == (denied_by(inside, again), denied_by(beside, again))
