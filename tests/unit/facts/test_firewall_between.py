"""What the firewall of an inspected hub does with packets from partner to partner."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from s2sguard.collect.interface import Collected
from s2sguard.facts import build_document
from s2sguard.facts.document import GatewayFacts
from s2sguard.model.inventory import Inventory, Resource
from s2sguard.report.style import Style
from s2sguard.report.ways import firewall_lines
from tests.unit.facts.inventories import OPTIONS, UNKNOWN, arm_id, resource
from tests.unit.sharding.test_equality import in_shards, lists

HUB = {"id": arm_id("virtualHubs", "hub")}
RED, BLUE = "10.1.0.0/16", "10.2.0.0/16"
EVERY: dict[str, Any] = {"ipProtocols": ["Any"], "destinationPorts": ["*"]}


def rule(source: object, target: object, name: str = "r", **more: Any) -> dict[str, Any]:
    """A network rule between ranges."""
    return {"name": name, "ruleType": "NetworkRule", "sourceAddresses": source, "destinationAddresses": target} | EVERY | more


def collection(action: str, *rules: dict[str, Any], priority: object = 100, **more: Any) -> dict[str, Any]:
    """A collection of rules."""
    found = {"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "priority": priority, "action": {"type": action}}
    return found | {"rules": list(rules)} | more


def group(name: str, *collections: object, priority: object = 200) -> Resource:
    """A rule collection group of the policy."""
    return resource("firewallPolicies/ruleCollectionGroups", f"p/{name}", {"priority": priority, "ruleCollections": list(collections)})


def estate(*others: Resource, policy: dict[str, Any] | None = None, **firewall: Any) -> list[Resource]:
    """A hub with two partners and a routing intent to its firewall, which has a policy unless properties say otherwise."""
    intent = {"routingPolicies": [{"name": "p", "destinations": ["PrivateTraffic"], "nextHop": arm_id("azureFirewalls", "fw")}]}
    found = [
        resource("virtualWans", "wan", {"allowBranchToBranchTraffic": True}),
        resource("virtualHubs", "hub", {"virtualWan": {"id": arm_id("virtualWans", "wan")}, "addressPrefix": "172.30.0.0/23"}),
        resource("virtualHubs/routingIntent", "hub/intent", intent),
        resource("azureFirewalls", "fw", {"virtualHub": HUB} | (firewall or {"firewallPolicy": {"id": arm_id("firewallPolicies", "p")}})),
        resource("firewallPolicies", "p", {"sku": {"tier": "Standard"}} | (policy or {})),
        resource("vpnGateways", "gw", {"virtualHub": HUB}),
    ]
    for name, prefix in (("red", RED), ("blue", BLUE)):
        site = {"id": arm_id("vpnSites", name)}
        link = {"vpnSiteLink": {"id": f"{site['id']}/vpnSiteLinks/one"}}
        found += [
            resource("vpnSites", name, {"addressSpace": {"addressPrefixes": [prefix]}}, tags={"partner": name}),
            resource("vpnSites/vpnSiteLinks", f"{name}/one", {"ipAddress": "52.1.2.3"}),
            resource("vpnGateways/vpnConnections", f"gw/to-{name}", {"remoteVpnSite": site}, tags={"partner": name}),
            resource("vpnGateways/vpnConnections/vpnLinkConnections", f"gw/to-{name}/one", link),
        ]
    unique = {one.key: one for one in (*found, *others)}
    return list(unique.values())


def gateway_of(resources: list[Resource]) -> GatewayFacts:
    """The facts of the hub's gateway."""
    return build_document(Inventory(resources), OPTIONS)["gateways"][0]


def answer(*others: Resource, **changes: Any) -> tuple[str, str]:
    """State and reason of the one pair."""
    (pair,) = gateway_of(estate(*others, **changes))["firewall_between"]
    assert (pair["partners"], pair["firewall"]) == (["blue", "red"], "fw")
    return pair["state"], pair["by"]


DENIED = ("denied", "no network rule allows it")


@pytest.mark.parametrize(
    ("collections", "expected"),
    [
        ([], DENIED),
        ([collection("Allow", rule([RED], ["172.16.0.0/16"]))], DENIED),
        ([collection("Allow", rule([RED], ["10.0.0.0/8"], name="wide"))], ("allowed", "rule wide")),
        ([collection("Allow", rule(["*"], ["*"], destinationPorts=["443"]))], ("allowed", "rule r")),
        ([collection("Allow", rule([BLUE], [RED]))], ("allowed", "rule r")),
        ([collection("Deny", rule([RED, BLUE], ["*"]), priority=100), collection("Allow", rule(["*"], ["*"]), priority=200)], DENIED),
        (
            [collection("Allow", rule(["*"], ["*"]), priority=100), collection("Deny", rule(["*"], ["*"]), priority=200)],
            ("allowed", "rule r"),
        ),
        (
            [collection("Deny", rule(["*"], ["*"], destinationPorts=["22"])), collection("Allow", rule(["*"], ["*"]), priority=200)],
            ("unknown", "rule r"),
        ),
        ([collection("Allow", rule(UNKNOWN, ["*"]))], ("unknown", "rule r")),
        ([collection("Allow", rule(["AzureCloud"], ["*"]))], ("unknown", "rule r")),
        ([collection("Allow", rule([RED], [], destinationFqdns=["example.com"]))], DENIED),
        ([collection("Allow", rule([RED], ["*"], ruleType="ApplicationRule"))], DENIED),
        ([collection("DNAT", rule(["*"], ["*"]), ruleCollectionType="FirewallPolicyNatRuleCollection")], DENIED),
        ([collection("Perhaps", rule(["*"], ["*"]))], ("unknown", "a rule collection cannot be read")),
        ([collection("Allow", rule(["*"], ["*"]), priority=UNKNOWN)], ("unknown", "the priority of rules is not known")),
        ([collection("Allow", rule(["*"], ["*"], ruleType=UNKNOWN))], ("unknown", "the type of a rule is not known")),
        ([{"priority": 1, "action": {"type": "Allow"}, "rules": [UNKNOWN]}], ("unknown", "a rule cannot be read")),
        ([UNKNOWN], ("unknown", "a rule collection cannot be read")),
        ([collection("Allow", rule([RED], ["*"], sourceIpGroups=UNKNOWN))], ("unknown", "rule r")),
    ],
)
def test_the_first_rule_that_matches_decides(collections: list[object], expected: tuple[str, str]) -> None:
    """In the order of priorities; what no network rule allows is denied, and what cannot be read may be allowed."""
    assert answer(group("g", *collections)) == expected


def test_rules_that_leave_too_many_pieces_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left between many denying rules is worked out up to a bound, and not beyond it."""
    stripes = [rule([f"10.1.{number}.0/25"], [f"10.2.{number}.0/25"]) for number in range(20)]
    rules = group("g", collection("Deny", *stripes), collection("Allow", rule([RED], [BLUE]), priority=200))
    assert answer(rules) == ("allowed", "rule r")
    monkeypatch.setattr("s2sguard.facts.device_passing.MOST_PARTS", 10)
    assert answer(rules) == ("unknown", "its access list is too long to be worked out")


def test_groups_go_by_their_priority() -> None:
    """A group of a lower number comes first, whatever its collections are numbered."""
    deny, allow = collection("Deny", rule(["*"], ["*"]), priority=900), collection("Allow", rule(["*"], ["*"]))
    assert answer(group("a", allow, priority=300), group("b", deny, priority=200)) == DENIED
    assert answer(group("a", allow, priority=200), group("b", deny, priority=300)) == ("allowed", "rule r")
    assert answer(group("a", allow, priority=UNKNOWN)) == ("unknown", "the priority of rules is not known")


def test_classic_rules_stand_on_the_firewall() -> None:
    """A firewall without a policy has collections of its own; one without any denies."""
    classic = {"name": "r", "sourceAddresses": [RED], "destinationAddresses": [BLUE], "protocols": ["Any"], "destinationPorts": ["*"]}
    found = {"properties": {"priority": 100, "action": {"type": "Allow"}, "rules": [classic]}}
    assert answer(networkRuleCollections=[found]) == ("allowed", "rule r")
    assert answer(networkRuleCollections=[]) == DENIED


def test_ip_groups_count_where_the_input_holds_them() -> None:
    """A group that is not in the input may be any range."""
    named = collection("Allow", rule([], ["*"], sourceIpGroups=[arm_id("ipGroups", "partners")]))
    assert answer(group("g", named)) == ("unknown", "rule r")
    assert answer(group("g", named), resource("ipGroups", "partners", {"ipAddresses": [RED]})) == ("allowed", "rule r")
    assert answer(group("g", named), resource("ipGroups", "partners", {"ipAddresses": ["192.168.0.0/24"]})) == DENIED


def test_rules_of_others_come_first() -> None:
    """Rules of a parent policy, and of a policy that is not in the input, are not known."""
    assert answer(policy={"basePolicy": {"id": "/parent"}}) == ("unknown", "its policy inherits the rules of another one, which come first")
    assert answer(policy={"basePolicy": UNKNOWN}) == ("unknown", "known only after apply")
    named = {"ruleCollectionGroups": [{"id": arm_id("firewallPolicies", "p/ruleCollectionGroups/g")}]}
    assert answer(policy=named) == ("unknown", "a rule collection group of its policy is not in the input")
    assert answer(group("g"), policy=named) == DENIED
    assert answer(policy={"ruleCollectionGroups": UNKNOWN})[0] == "unknown"
    assert answer(firewallPolicy={"id": "/elsewhere"}) == ("unknown", "its policy is not in the input")
    assert answer(replace(resource("firewallPolicies", "p", {"sku": {}}), whole=False))[1].endswith("may be managed elsewhere")
    assert answer(resource("firewallPolicies/ruleCollectionGroups", "p/g", {"priority": 1, "ruleCollections": UNKNOWN}))[0] == "unknown"
    assert answer(firewallPolicy=UNKNOWN) == ("unknown", "known only after apply")


def test_a_site_that_is_not_known_may_be_anything() -> None:
    """Then any rule that lets something pass may let the partner's packets pass."""
    named = group("g", collection("Allow", rule(["192.168.0.0/24"], [RED])))
    assert answer(named) == DENIED
    assert answer(named, resource("vpnSites", "blue", {"addressSpace": UNKNOWN}, tags={"partner": "blue"})) == ("unknown", "rule r")


def test_only_an_inspected_hub_has_pairs() -> None:
    """Without routing intent, or with a firewall that does not say where it stands, there is nothing to say."""
    assert "firewall_between" not in gateway_of([one for one in estate() if "routingIntent" not in one.id])
    assert "firewall_between" not in gateway_of(estate(resource("azureFirewalls", "fw", {})))


def test_a_shard_holds_the_rules() -> None:
    """Policy, groups of rules and IP groups are found from the shard of the hub."""
    named = collection("Allow", rule([], ["*"], sourceIpGroups=[arm_id("ipGroups", "partners")]))
    found = estate(group("g", named), resource("ipGroups", "partners", {"ipAddresses": [RED]}))
    facts, _, shards = in_shards([Collected(resources=found)], OPTIONS, 1)
    assert shards > 1
    assert facts == lists(build_document(Inventory(found), OPTIONS))
    assert answer(*found) == ("allowed", "rule r")


def test_the_lines_name_firewall_pair_and_rule() -> None:
    """For one partner all its pairs, for two the one they make."""
    found = gateway_of(estate(group("g", collection("Allow", rule([RED], [BLUE], name="mistake")))))
    line = "  firewall fw lets packets pass between blue and red: rule mistake"
    assert list(firewall_lines(found, {"red"}, Style())) == list(firewall_lines(found, {"red", "blue"}, Style())) == [line]
    assert list(firewall_lines(found, {"green"}, Style())) == []
    found["firewall_between"] *= 14
    assert list(firewall_lines(found, {"red"}, Style()))[-1] == "  and 2 more pairs"
