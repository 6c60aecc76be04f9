"""Virtual WAN: who gets whose routes agrees with enumerating it, and what is not known never passes."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from s2sguard.facts.document import ConnectionFacts, FactsDocument
from s2sguard.model.inventory import Resource
from s2sguard.model.value import Unknown
from samples.wan import generate

from .inventories import POLICY, arm_id, document, resource

HUBS = ("hub-a", "hub-b")
TABLES = ("defaultRouteTable", "custom", "noneRouteTable")
LABELS = ("default", "blue", "none")
WAN = {"id": arm_id("virtualWans", "wan")}


def table_id(hub: str, name: str) -> str:
    """The id of a route table."""
    return f"{arm_id('virtualHubs', hub)}/hubRouteTables/{name}"


def estate(random: Random) -> tuple[list[Resource], list[dict[str, Any]], dict[str, list[str]], bool]:
    """Two hubs with all their tables known; what each connection says; labels by table; and the flag of the WAN."""
    allows = random.random() < 0.9
    resources = [resource("virtualWans", "wan", {"allowBranchToBranchTraffic": allows})]
    labels: dict[str, list[str]] = {}
    rows: list[dict[str, Any]] = []
    for hub in HUBS:
        place = arm_id("virtualHubs", hub)
        resources += [
            resource("virtualHubs", hub, {"virtualWan": WAN}),
            resource("vpnGateways", f"gw-{hub}", {"virtualHub": {"id": place}}),
        ]
        for name in TABLES:
            own = ["none"] if name == "noneRouteTable" else random.sample(["blue"], random.randint(0, 1))
            labels[table_id(hub, name)] = ["default", *own] if name == "defaultRouteTable" else own
            resources.append(resource("virtualHubs/hubRouteTables", f"{hub}/{name}", {"labels": own, "routes": []}))
        for number in range(random.randint(1, 2)):
            ids = random.sample([table_id(hub, name) for name in TABLES], random.randint(1, 2))
            rows.append(
                {
                    "name": f"{hub}-{number}",
                    "hub": hub,
                    "partner": random.choice(["red", "blue", "green"]),
                    "associated": table_id(hub, random.choice(TABLES[:2])),
                    "ids": ids,
                    "labels": random.sample(LABELS, random.randint(0, 2)),
                }
            )
    for row in rows:
        site = resource("vpnSites", row["name"], {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}}, tags={"partner": row["partner"]})
        routing = {
            "associatedRouteTable": {"id": row["associated"]},
            "propagatedRouteTables": {"ids": [{"id": one.upper()} for one in row["ids"]], "labels": row["labels"]},
        }
        properties = {"remoteVpnSite": {"id": site.id}, "routingConfiguration": routing}
        resources += [site, resource("vpnGateways/vpnConnections", f"gw-{row['hub']}/{row['name']}", properties)]
    return resources, rows, labels, allows


def learners(row: dict[str, Any], rows: list[dict[str, Any]], labels: dict[str, list[str]]) -> tuple[set[str], set[str]]:
    """Enumerate who certainly gets the routes of a connection, and who may: by the id of another hub's default table nobody knows."""
    certain, possible = set(), set()
    for other in rows:
        table = other["associated"]
        if other["partner"] == row["partner"]:
            continue
        if table in row["ids"] or any(label in labels[table] for label in row["labels"]):
            certain.add(other["partner"])
        elif table.endswith("defaultRouteTable") and other["hub"] != row["hub"] and table_id(row["hub"], "defaultRouteTable") in row["ids"]:
            possible.add(other["partner"])
    return certain, possible - certain


def test_who_gets_whose_routes_agrees_with_enumerating_it() -> None:
    """On random hubs, tables, labels and connections every count is what trying each pair finds."""
    seen = set()
    for seed in range(400):
        resources, rows, labels, allows = estate(Random(seed))
        facts = {one["name"]: one for one in document(*resources)["connections"]}
        for row in rows:
            certain, possible = learners(row, rows, labels) if allows else (set(), set())
            found = facts[row["name"]]["learned"]
            assert (found["count"], found["possible"]) == (len(certain), len(possible)), (seed, row["name"])
            seen.add((bool(certain), bool(possible), allows))
    assert {(True, False, True), (False, True, True), (False, False, True), (False, False, False)} <= seen


def sample(kind: str, change: str = "", value: object = None) -> FactsDocument:
    """The facts of a sample, with one property of one resource changed, or that resource left out."""
    resources = []
    for one in generate.inventory(kind):
        name, _, member = change.partition(".")
        if one["name"] == name and not member:
            continue
        properties = {**one["properties"], member: value} if one["name"] == name else one["properties"]
        resources += arm(one, properties)
    return document(*resources)


def arm(one: dict[str, Any], properties: dict[str, Any]) -> list[Resource]:
    """A resource of a sample with its inline children, as reading makes them."""
    kind = one["type"].removeprefix("Microsoft.Network/")
    name = one["id"].removeprefix(f"{generate.BASE}/")
    names = "/".join(name.split("/")[1::2])
    found = [resource(kind, names, replaced(properties), tags=one.get("tags"))]
    for member, segment in (
        ("connections", "vpnConnections"),
        ("vpnLinkConnections", "vpnLinkConnections"),
        ("vpnSiteLinks", "vpnSiteLinks"),
    ):
        inner = properties.get(member, ())
        for child in inner if isinstance(inner, list) else ():
            below = {"id": f"{one['id']}/{segment}/{child['name']}", "name": child["name"], "type": f"{one['type']}/{segment}"}
            found += arm(below, child["properties"])
    return found


def replaced(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """The same JSON with the ids of the sample as those of the test inventories."""
    if isinstance(value, dict):
        return {name: replaced(one) for name, one in value.items()}
    if isinstance(value, list):
        return [replaced(one) for one in value]
    return value.replace(generate.BASE, arm_id("", "").rstrip("/")) if isinstance(value, str) else value


def red(facts: FactsDocument) -> ConnectionFacts:
    """The connection of partner red."""
    return next(one for one in facts["connections"] if one.get("partner") == "red")


@pytest.mark.parametrize(
    ("kind", "change", "value", "counts", "state"),
    [
        ("open", "-", None, (1, 0), "open"),
        ("isolated", "-", None, (0, 0), "closed"),
        ("inspected", "-", None, (0, 1), "inspected"),
        ("open", "wan.allowBranchToBranchTraffic", False, (0, 0), "closed"),
        ("open", "wan.allowBranchToBranchTraffic", Unknown("known only after apply"), (0, 1), None),
        ("open", "wan", None, (0, 1), None),
        ("open", "hub", None, (0, 1), None),
        ("isolated", "defaultRouteTable", None, (0, 1), None),
        ("inspected", "intent.routingPolicies", Unknown("known only after apply"), (0, 1), None),
        ("inspected", "intent.routingPolicies", [{"destinations": ["Internet"], "nextHop": "/fw"}], (1, 0), "open"),
    ],
)
def test_isolation_follows_what_the_hub_routes(kind: str, change: str, value: object, counts: tuple[int, int], state: str | None) -> None:
    """Open tables expose, closed ones do not, a firewall or a resource that is not there leaves it unknown."""
    facts = sample(kind, change, value)
    two_way = red(facts)["two_way"]
    assert (two_way["count"], two_way["possible"]) == counts
    assert ("two_way" in red(facts)["unknown"]) == (counts[1] > 0)
    road = facts["gateways"][0].get("road")
    assert (road["state"] if road else None) == state


def link(own: dict[str, Any], *links: dict[str, Any]) -> list[ConnectionFacts]:
    """The connections that a virtual WAN connection with these links becomes."""
    parent = resource("vpnGateways/vpnConnections", "gw/red", own)
    children = [
        resource("vpnGateways/vpnConnections/vpnLinkConnections", f"gw/red/{number}", each or {"enableBgp": False})
        for number, each in enumerate(links)
    ]
    return document(parent, *children)["connections"]


def test_each_link_has_its_own_settings_and_the_selectors_of_its_connection() -> None:
    """Mode, policy and flag are the link's; fixed selectors are those of the connection, for every link."""
    fixed = [{"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": ["10.1.0.0/16"]}]
    strong = {"vpnLinkConnectionMode": "InitiatorOnly", "usePolicyBasedTrafficSelectors": True, "ipsecPolicies": [POLICY]}
    first, second = link({"trafficSelectorPolicies": fixed}, strong, {})
    assert [one["name"] for one in (first, second)] == ["red/0", "red/1"]
    assert [one["connection_mode"] for one in (first, second)] == ["InitiatorOnly", "Default"]
    assert [one["ceiling"]["open"] for one in (first, second)] == [False, True]
    assert first["fixed_selectors"] == second["fixed_selectors"] != []


def test_what_a_link_may_take_from_its_connection_is_unknown() -> None:
    """A link that leaves out what its connection sets is not known to have it, and one that says it has its own."""
    own = {"usePolicyBasedTrafficSelectors": True, "ipsecPolicies": [POLICY], "enableBgp": True, "vpnConnectionProtocolType": "IKEv1"}
    names = {"policy_based_selectors", "custom_policy", "bgp", "connection_protocol"}
    (lone,) = link(own, {"dpdTimeoutSeconds": 45})
    assert names <= set(lone["unknown"])
    (alone,) = link(own)
    assert names.isdisjoint(alone["unknown"])
    assert (alone["bgp"], alone["connection_protocol"], alone["connection_mode"]) == (True, "IKEv1", "Default")


def test_samples_are_up_to_date() -> None:
    """The files are what their generator writes."""
    assert {str(path): path.read_text(encoding="utf-8") for path, _ in generate.files()} == {
        str(path): text for path, text in generate.files()
    }
