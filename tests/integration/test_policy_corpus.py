"""Every real definition compiles, or is refused for a reason that is pinned; what it says of real resources is judged by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.language.outcome import EFFECTS, LEGACY_EFFECTS
from tests.unit.azure_policy.naive import Naive
from tests.unit.azure_policy.naive_expressions import UnspecifiedError

Json: TypeAlias = Any

SILENT = "unspecified"
PAIRED = {
    "__048f22e0__he-virtual-appliance-in-case-there-is-none_azurepolicy.rules.json": "__0e256900__",
    "__e6551231__.0-0-not-pointing-to-the-virtual-appliance_azurepolicy.rules.json": "__dbd3aae8__",
}
"""Files that hold only a rule, and what is in the name of the file with its parameters."""

LEGACY = "`source`"
ESCAPED = "there is no effect `[parameters('effect')]`"
REFUSED = {
    # The syntax that definition-structure-policy-rule calls no longer supported: `"source": "action"`.
    "audit-changes-to-route-tables-udrs_azurepolicy.json": ("/properties/policyRule/if/anyOf/0/source", LEGACY),
    "audit-changes-to-route-tables-udrs_azurepolicy.rules.json": ("/if/anyOf/0/source", LEGACY),
    # Written for inside of an ARM template, where `[[` is a bracket that the deployment takes away: as they are, the effect is text.
    "Deny-UDR-With-Specific-NextHop.json": ("/properties/policyRule/then/effect", ESCAPED),
    "Deny-VNET-Peer-Cross-Sub.json": ("/properties/policyRule/then/effect", ESCAPED),
    "Deploy-Custom-Route-Table.json": ("/properties/policyRule/then/effect", ESCAPED),
    "Deploy-Default-Udr.AzureChinaCloud.json": ("/properties/policyRule/then/effect", ESCAPED),
    "Deploy-Default-Udr.AzureUSGovernment.json": ("/properties/policyRule/then/effect", ESCAPED),
    "Deploy-Diagnostics-VWanS2SVPNGW.json": ("/properties/policyRule/then/effect", ESCAPED),
    "policyDefinitions_Modify-UDR.json": ("/properties/policyRule/then/effect", ESCAPED),
}
"""What a file's name ends in -> the pointer and a part of the message."""

NO_POLICY = "roleDefinitions_Subscription-Owner.json"


def load(path: Path) -> Json:
    """Parse a file the plain way."""
    return json.loads(path.read_text(encoding="utf-8-sig"))


def ending(folder: Path, end: str) -> Path:
    """Return the one file whose name ends so."""
    (found,) = (path for path in folder.iterdir() if path.name.endswith(end))
    return found


def definition(path: Path) -> Json:
    """Return what a file defines: a rule that lies beside its parameters together with them."""
    document = load(path)
    other = PAIRED.get(next((end for end in PAIRED if path.name.endswith(end)), ""))
    if other is None:
        return document
    (parameters,) = (one for one in path.parent.iterdir() if other in one.name)
    return {"policyRule": document, "parameters": load(parameters)}


def without_template_escapes(value: Json) -> Json:
    """Return a definition as it arrives in Azure out of an ARM template, in which `[[` writes `[`."""
    if isinstance(value, dict):
        return {key: without_template_escapes(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_template_escapes(one) for one in value]
    return value[1:] if isinstance(value, str) and value.startswith("[[") else value


def definitions(corpus: Path) -> list[Path]:
    """Return the files of the corpus that hold a rule."""
    return [path for path in sorted((corpus / "policy").iterdir()) if not path.name.endswith((".parameters.json", NO_POLICY))]


def test_every_definition_compiles_or_is_refused_for_a_pinned_reason(corpus: Path) -> None:
    """Nothing is refused that Azure takes, and what Azure refuses is refused at the place where it is wrong."""
    refused = {}
    for path in definitions(corpus):
        try:
            compile_policy(definition(path))
        except PolicyError as error:
            refused[path.name] = [(problem.pointer, problem.message) for problem in error.problems]
    for name, problems in refused.items():
        pins = [pin for end, pin in REFUSED.items() if name.endswith(end)]
        assert pins, (name, problems)
        pointer, message = pins[0]
        assert any(pointer == at and message in why for at, why in problems), (name, problems)
    assert len(refused) == len(REFUSED)
    assert len(definitions(corpus)) > 35


def test_every_built_in_compiles(corpus: Path) -> None:
    """No built-in definition is refused or warned about."""
    built_in = [path for path in definitions(corpus) if path.name.startswith("Azure_azure-policy__")]
    assert len(built_in) == 15
    for path in built_in:
        assert compile_policy(load(path)).effects, path.name


def test_definitions_in_template_form_compile_once_unescaped(corpus: Path) -> None:
    """The seven landing-zone definitions are written for a template; as Azure gets them they compile."""
    found = [path for path in definitions(corpus) if path.name.startswith("Azure_Enterprise-Scale__")]
    assert len(found) == 7
    for path in found:
        policy = compile_policy(without_template_escapes(load(path)))
        assert set(policy.effects) <= {*EFFECTS, *LEGACY_EFFECTS}, path.name


def test_a_file_of_parameters_is_no_definition(corpus: Path) -> None:
    """Parameters alone, and a role definition, are refused as what they are: without a rule."""
    others = [path for path in sorted((corpus / "policy").iterdir()) if path not in definitions(corpus)]
    assert len(others) == 5
    for path in others:
        with pytest.raises(PolicyError, match="there is no `policyRule`"):
            compile_policy(load(path))


# -- on real resources --


def resources(value: Json) -> Iterator[Json]:
    """Yield every resource in a document, with its type, its name and where it is taken from its id if need be."""
    if isinstance(value, dict):
        if isinstance(value.get("id"), str) and "/providers/" in value["id"] and isinstance(value.get("properties"), dict):
            yield {"type": type_in(value["id"]), "name": name_in(value["id"])} | value
        for one in value.values():
            yield from resources(one)
    elif isinstance(value, list):
        for one in value:
            yield from resources(one)


def type_in(resource_id: str) -> str:
    """Return the type in an id."""
    provider, *rest = resource_id.rpartition("/providers/")[2].split("/")
    return "/".join([provider, *rest[::2]])


def name_in(resource_id: str) -> str:
    """Return the full name in an id."""
    return "/".join(resource_id.rpartition("/providers/")[2].split("/")[2::2])


@cache
def all_resources(corpus: Path) -> tuple[Json, ...]:
    """Return each different resource of the corpus once."""
    found = {}
    for folder in ("api_response", "api_example"):
        for path in sorted((corpus / folder).iterdir()):
            for resource in resources(load(path)):
                found[json.dumps(resource, sort_keys=True)] = resource
    return tuple(found.values())


VALUES: dict[str, Json] = {
    "string": "x",
    "array": ["x"],
    "object": {
        place: {"virtualApplianceIpAddress": "10.0.0.4", "resourceGroupName": "g", "routeTableName": "t"} for place in ("westus", "eastus")
    },
    "boolean": True,
    "integer": 1,
}


def test_every_definition_judges_every_resource(corpus: Path) -> None:
    """Each definition has an outcome for each of the resources: an effect it may have, none, or an error that says why."""
    found = all_resources(corpus)
    assert len(found) > 400
    matched = set()
    for path in definitions(corpus):
        try:
            policy = compile_policy(without_template_escapes(definition(path)))
        except PolicyError:
            continue
        parameters = all_values(path)
        for resource in found:
            evaluation = policy.evaluate(resource, parameters=parameters)
            assert evaluation.effect in {None, "error", *EFFECTS, *LEGACY_EFFECTS}
            assert evaluation.reason or evaluation.effect != "error"
            if evaluation.effect not in {None, "error", "disabled"}:
                matched.add(path.name)
    assert len(matched) > 15


def test_the_naive_evaluator_agrees_on_real_rules_and_resources(corpus: Path) -> None:
    """What decides, the `if` block, has the same outcome in the evaluator that was written for the tests."""
    seen: Counter[str | None] = Counter()
    for path in definitions(corpus):
        document = without_template_escapes(definition(path))
        declared = (document.get("properties") or document).get("parameters") or {}
        defaults = {name: one["defaultValue"] for name, one in declared.items() if "defaultValue" in one}
        try:
            rule = {"if": rule_in(document)["if"], "then": {"effect": "audit"}}
            policy, values = compile_policy(rule), {**defaults, **all_values(path)}
        except PolicyError:
            continue
        for resource in all_resources(corpus):
            context = {"subscription": {"id": "/".join(resource["id"].split("/")[:3])}}
            answer = naively(rule, resource, values, context)
            if answer != SILENT:
                assert answer == policy.evaluate(resource, parameters=values, context=context).effect, (path.name, resource["id"])
            seen[answer] += 1
    assert min(seen["audit"], seen[None]) > 300
    assert seen[SILENT] < seen.total() / 20


def naively(rule: Json, resource: Json, values: Json, context: Json) -> str | None:
    """Return what the naive evaluator says; `SILENT` where the documentation does not say what should happen."""
    try:
        return Naive(rule, resource, parameters=values, context=context).effect()
    except UnspecifiedError:
        return SILENT


def rule_in(document: Json) -> Json:
    """Return the rule of a definition."""
    return document if "if" in document else (document.get("properties") or document)["policyRule"]


def all_values(path: Path) -> dict[str, Json]:
    """Return values for all parameters: those declared in the document, and for a bare rule those it may need."""
    document = without_template_escapes(definition(path))
    declared = (document.get("properties") or document).get("parameters") or {}
    values: dict[str, Json] = {}
    for name, one in declared.items():
        if "defaultValue" not in one:
            values[name] = (one.get("allowedValues") or [VALUES[one["type"].lower()]])[0]
    if "if" in document:
        values = {"effect": "Audit", "listOfAllowedSKUs": ["x"], "gatewayType": "Vpn", "rtId": "x", "resourceGroupName": "x"}
        values |= {"addressPrefix": "x", "nextHopType": "x", "nextHopIpAddress": "x", "routeTableSettings": VALUES["object"]}
    return values


GATEWAY = "Microsoft.Network/virtualNetworkGateways"
STRONG = {
    "IPsecEncryption": ["GCMAES256"],
    "IPsecIntegrity": ["GCMAES256"],
    "IKEEncryption": ["AES256"],
    "IKEIntegrity": ["SHA384"],
    "DHGroup": ["ECP384"],
    "PFSGroup": ["ECP384"],
}
SPOKE = {"addressPrefix": "10.0.3.0/24", "nextHopType": "VirtualNetworkGateway"}
SETTINGS = {"westus": {"virtualApplianceIpAddress": "10.9.0.4"}}
HERE = {"subscription": {"id": "/subscriptions/subid", "subscriptionId": "subid"}}
ELSEWHERE = {"subscription": {"id": "/subscriptions/another", "subscriptionId": "another"}}
VNET2 = "/subscriptions/subid/resourceGroups/peerTest/providers/Microsoft.Network/virtualNetworks/vnet2"

IPSEC, SKU = "VPNGateways_CustomIpSecPolicies_Audit.json", "allowed-virtual-network-gateway-skus_azurepolicy.json"
NO_SPECIFIC_HOP, ROUTE = "Deny-UDR-With-Specific-NextHop.json", "require-specific-route-on-udr_azurepolicy.json"
DEFAULT_ROUTE = "c48272b4__g-to-the-virtual-appliance-in-case-there-is-none_azurepolicy.json"
APPLIANCE = "f537b0ab__-0.0.0.0-0-not-pointing-to-the-virtual-appliance_azurepolicy.json"
INJECT, UDR = (
    "modify-inject-routes-into-exsiting-route-table_azurepolicy.json",
    "policyDefinitions_Modify-UDR.json",
)
TABLE_ON_SUBNET = "enforce-a-route-table-on-every-subnet_azurepolicy.json"
ER_NETWORK, OUTSIDE = "no-network-peering-to-er-network_azurepolicy.json", "vnet-peering-disallowed-outside-subscription_azurepolicy.json"
CROSS, FLOW_LOG, DDOS = "Deny-VNET-Peer-Cross-Sub.json", "VirtualNetwork_FlowLog_Audit.json", "VirtualNetworkDdosStandard_Audit.json"

CONNECTION = ("testVirtualNetworkGatewaySiteToSite__07.json", "/connections/myNewConnection")
NO_POLICY_CONNECTION = ("modify_gateway_connection.nock__01.json", "/connections/xplatTestGatewayConn")
VPNGW1, VPNGW2 = ("NetworkWatcherTroubleshooting__03.json", "/692a2519"), ("testVirtualNetworkGateways__07.json", "/vngw70024c")
STANDARD, BASIC = (
    ("different_resource_groups.nock__01.json", "/test-vpn-gateway-1"),
    ("site_using_name_should_pass.nock__01.json", "/attachSiteUsingIdName"),
)
TABLE, CHILD = (
    ("2020-11-01_examples_RouteTableCreateWithRoute.json", "/testrt"),
    ("2020-11-01_examples_RouteTableCreateWithRoute.json", "/routes/route1"),
)
EMPTY_TABLE = ("2022-09-01_examples_RouteTableListAll.json", "/testrt3")
PEERING = ("2022-09-01_examples_VirtualNetworkPeeringGet.json", "/virtualNetworkPeerings/peer")
BARE_NETWORK, SUBNETS = (
    ("2019-08-01_examples_VirtualNetworkList.json", "/vnet2"),
    ("testVirtualNetworkGatewayPointToSite__01.json", "/nw523560"),
)
SUBNET = ("canCRUDApplicationGatewayWithWAF__01.json", "/subnets/apps")

JUDGED: list[tuple[str, tuple[str, str], Json, Json, str | None]] = [
    # No custom policy: every `[*]` selects nothing, so all six conditions hold (facts 3, weaknesses).
    (IPSEC, CONNECTION, STRONG, {}, "audit"),
    (IPSEC, NO_POLICY_CONNECTION, STRONG, {}, "audit"),
    (IPSEC, CONNECTION, {**STRONG, "effect": "Disabled"}, {}, "disabled"),
    (IPSEC, VPNGW1, STRONG, {}, None),
    # The gateway's SKU is at `properties.sku`.
    (SKU, VPNGW1, {"gatewayType": "Vpn", "listOfAllowedSKUs": ["VpnGw1"]}, {}, None),
    (SKU, VPNGW1, {"gatewayType": "Vpn", "listOfAllowedSKUs": ["vpngw1"]}, {}, None),
    (SKU, VPNGW2, {"gatewayType": "Vpn", "listOfAllowedSKUs": ["VpnGw1"]}, {}, "audit"),
    (SKU, STANDARD, {"gatewayType": "Vpn", "listOfAllowedSKUs": ["VpnGw1", "VpnGw2"], "effect": "Deny"}, {}, "deny"),
    (SKU, BASIC, {"gatewayType": "Vpn", "listOfAllowedSKUs": []}, {}, "audit"),
    (SKU, BASIC, {"gatewayType": "ExpressRoute", "listOfAllowedSKUs": []}, {}, None),
    (SKU, CONNECTION, {"gatewayType": "Vpn", "listOfAllowedSKUs": []}, {}, None),
    # The one route of the table goes to the gateway, without an address of the next hop.
    (NO_SPECIFIC_HOP, TABLE, {}, {}, "deny"),
    (NO_SPECIFIC_HOP, CHILD, {}, {}, "deny"),
    (NO_SPECIFIC_HOP, EMPTY_TABLE, {}, {}, None),
    (NO_SPECIFIC_HOP, TABLE, {"excludedDestinations": ["Internet"]}, {}, None),
    (ROUTE, TABLE, {**SPOKE, "nextHopIpAddress": "10.9.0.4"}, {}, "audit"),
    # A missing address is null, which is not equal to an empty string.
    (ROUTE, TABLE, {**SPOKE, "nextHopIpAddress": ""}, {}, "audit"),
    (ROUTE, EMPTY_TABLE, {**SPOKE, "nextHopIpAddress": ""}, {}, "audit"),
    (ROUTE, CHILD, {**SPOKE, "nextHopIpAddress": ""}, {}, None),
    (DEFAULT_ROUTE, TABLE, {"routeTableSettings": SETTINGS}, {}, "modify"),
    (DEFAULT_ROUTE, EMPTY_TABLE, {"routeTableSettings": SETTINGS, "effect": "Audit"}, {}, "audit"),
    (DEFAULT_ROUTE, PEERING, {"routeTableSettings": SETTINGS}, {}, None),
    # No default route: the location, for which there may be no setting, is never looked up.
    (APPLIANCE, TABLE, {"routeTableSettings": {}}, {}, None),
    (APPLIANCE, CHILD, {"routeTableSettings": {}}, {}, None),
    (INJECT, TABLE, {**SPOKE, "nextHopIpAddress": "10.9.0.4"}, {}, "modify"),
    (UDR, TABLE, {**SPOKE, "nextHopIpAddress": "10.9.0.4"}, {}, None),
    (UDR, EMPTY_TABLE, {**SPOKE, "nextHopIpAddress": "10.9.0.4"}, {}, "modify"),
    (TABLE_ON_SUBNET, SUBNETS, {"rtId": "/tables/one"}, {}, "audit"),
    (TABLE_ON_SUBNET, SUBNET, {"rtId": "/tables/one"}, {}, "audit"),
    # No subnets: the condition on `[*]` holds, so its negation does not.
    (TABLE_ON_SUBNET, BARE_NETWORK, {"rtId": "/tables/one"}, {}, None),
    (ER_NETWORK, PEERING, {"resourceGroupName": "PEERTEST"}, {}, "audit"),
    (ER_NETWORK, PEERING, {"resourceGroupName": "er"}, {}, None),
    (OUTSIDE, PEERING, {}, HERE, None),
    (OUTSIDE, PEERING, {}, ELSEWHERE, "audit"),
    (OUTSIDE, PEERING, {}, {}, None),
    (CROSS, PEERING, {}, HERE, None),
    (CROSS, PEERING, {}, ELSEWHERE, "deny"),
    (CROSS, PEERING, {"allowedVnets": [VNET2.lower()]}, ELSEWHERE, None),
    (FLOW_LOG, SUBNETS, {}, {}, "audit"),
    (FLOW_LOG, TABLE, {}, {}, None),
    (DDOS, SUBNETS, {"ddosPlan": "/plan"}, {}, "modify"),
    (DDOS, SUBNETS, {"ddosPlan": "/plan", "effect": "Audit"}, {}, "audit"),
]


@pytest.mark.parametrize(("rule", "where", "parameters", "context", "expected"), JUDGED)
def test_judged_by_hand(rule: str, where: tuple[str, str], parameters: Json, context: Json, expected: str | None, corpus: Path) -> None:
    """What a real definition says of a real resource is what reading both says."""
    policy = compile_policy(without_template_escapes(load(ending(corpus / "policy", rule))))
    assert expected == policy.evaluate(resource_at(corpus, *where), parameters=parameters, context=context).effect


def resource_at(corpus: Path, file: str, tail: str) -> Json:
    """Return the first resource of a file whose id ends so."""
    folder = corpus / ("api_example" if "examples" in file else "api_response")
    path = next(path for path in sorted(folder.iterdir()) if path.name.endswith(file))
    return next(one for one in resources(load(path)) if one["id"].endswith(tail))


ALL_GOOD = {
    "ipsecEncryption": "GCMAES256",
    "ipsecIntegrity": "GCMAES256",
    "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA384",
    "dhGroup": "ECP384",
}


@pytest.mark.parametrize(
    ("policies", "documented", "other"),
    [
        ([{**ALL_GOOD, "pfsGroup": "ECP384"}], None, None),
        ([{**ALL_GOOD, "pfsGroup": "ecp384"}], None, None),
        ([{**ALL_GOOD, "pfsGroup": "None"}], "audit", "audit"),
        ([ALL_GOOD], "audit", "audit"),
        ([], "audit", "audit"),
        (None, "audit", None),
    ],
)
def test_the_built_in_on_a_changed_connection(policies: Json, documented: str | None, other: str | None, corpus: Path) -> None:
    """50b83b09 on a real connection with policies of ours; only a missing array is read in two ways (facts 5.4)."""
    connection = resource_at(corpus, *CONNECTION)
    changed = {**connection, "properties": {**connection["properties"], "ipsecPolicies": policies}}
    document = load(ending(corpus / "policy", IPSEC))
    assert document["name"].startswith("50b83b09")
    assert documented == compile_policy(document).evaluate(changed, parameters=STRONG).effect
    assert other == compile_policy(document, missing_array="false").evaluate(changed, parameters=STRONG).effect


@pytest.mark.parametrize(
    ("route", "location", "expected"),
    [
        ({"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.9.0.4"}, "westus", None),
        ({"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.9.0.5"}, "westus", "audit"),
        ({"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}, "westus", "audit"),
        ({"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.9.0.4"}, "northeurope", "error"),
        ({"addressPrefix": "10.0.0.0/8", "nextHopType": "Internet"}, "northeurope", None),
    ],
)
def test_a_default_route_that_misses_the_appliance(route: Json, location: str, expected: str | None, corpus: Path) -> None:
    """A real route table with one route of ours: the setting of its location decides, and one without a setting is an error."""
    table = resource_at(corpus, *TABLE)
    changed = {**table, "location": location, "properties": {"routes": [{"name": "r", "properties": route}]}}
    policy = compile_policy(load(ending(corpus / "policy", APPLIANCE)))
    evaluation = policy.evaluate(changed, parameters={"routeTableSettings": SETTINGS})
    assert expected == evaluation.effect
    assert re.search(r"\S", evaluation.reason) or expected != "error"
