"""What lint finds in definitions that Azure might take."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.azure_policy import Problem
from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.shipped.definitions import load_definitions
from s2sguard.azure_policy.shipped.lint import lint_definition
from s2sguard.facts.options import HARDENED_SETTINGS

CONNECTION = "Microsoft.Network/connections"
MODE = f"{CONNECTION}/connectionMode"
POLICIES = f"{CONNECTION}/ipsecPolicies[*]"
RANGES = f"{CONNECTION}/trafficSelectorPolicies[*].remoteAddressRanges[*]"
IPSEC = [{"field": "type", "equals": CONNECTION}, {"field": f"{CONNECTION}/connectionType", "equals": "IPsec"}]
CURRENT = f"current('{RANGES}')"
OURS = {one.control.id: one.document for one in load_definitions() if one.kind != "derived"}
IKE_001 = "S2S-IKE-001"


def rule(*conditions: dict[str, Any]) -> dict[str, Any]:
    """Return a bare rule about partner connections."""
    return {"if": {"allOf": [*IPSEC, *conditions]}, "then": {"effect": "audit"}}


def count(field: str, where: dict[str, Any] | None = None, **operator: int) -> dict[str, Any]:
    """Return a condition on how many members of an array there are."""
    return {"count": {"field": field} | ({"where": where} if where else {}), **operator}


def messages(document: object, **options: Any) -> list[tuple[str, str]]:
    """Return pointer and message of every problem."""
    return [(problem.pointer, problem.message) for problem in lint_definition(document, **options)]


OPEN = "a condition on every member decides nothing about a missing array"
STAR = {"field": f"{POLICIES}.dhGroup", "notIn": ["ECP384"]}


@pytest.mark.parametrize(
    "conditions",
    [
        (count(POLICIES, STAR, greater=0),),
        (STAR, count(POLICIES, greater=0)),
        (STAR, {"field": f"{CONNECTION}/ipsecPolicies", "exists": True}),
        ({"anyOf": [STAR, count(POLICIES, equals=0)]},),
        ({"not": {"anyOf": [STAR, count(POLICIES, equals=0)]}},),
        (count(RANGES, {"field": RANGES, "contains": "-"}, greater=0),),
    ],
)
def test_an_array_that_is_counted_is_decided(conditions: tuple[dict[str, Any], ...]) -> None:
    """A count or `exists` beside a condition on all members says what a missing array means."""
    assert messages(rule(*conditions)) == []


@pytest.mark.parametrize(
    ("conditions", "pointer"),
    [
        ((STAR,), "/if/allOf/2"),
        (({"not": STAR},), "/if/allOf/2/not"),
        ((STAR, count(f"{CONNECTION}/egressNatRules[*]", equals=0)), "/if/allOf/2"),
        ((count(f"{CONNECTION}/trafficSelectorPolicies[*]", {"field": RANGES, "contains": "-"}, greater=0),), "/if/allOf/2/count/where"),
    ],
)
def test_an_array_that_is_not_counted_is_open(conditions: tuple[dict[str, Any], ...], pointer: str) -> None:
    """Alone, or beside a count of another array, a condition on all members hangs on what a missing array means."""
    assert messages(rule(*conditions)) == [(pointer, OPEN)]


def guarded(expression: str) -> dict[str, Any]:
    """Return a rule that counts ranges for which an expression is true."""
    return rule(count(RANGES, {"value": f"[{expression}]", "equals": True}, greater=0))


@pytest.mark.parametrize(
    ("expression", "problems"),
    [
        (f"ipRangeContains('10.0.0.0/8', {CURRENT})", 1),
        (f"if(contains({CURRENT}, ':'), false(), ipRangeContains('10.0.0.0/8', {CURRENT}))", 0),
        (f"not(if(contains({CURRENT}, ':'), false(), not(ipRangeContains('10.0.0.0/8', {CURRENT}))))", 0),
        (f"if(ipRangeContains('10.0.0.0/8', {CURRENT}), contains({CURRENT}, ':'), false())", 1),
        (f"and(if(contains({CURRENT}, ':'), true(), false()), IPRANGECONTAINS('10.0.0.0/8', {CURRENT}))", 1),
        (f"if(contains({CURRENT}, '.'), ipRangeContains('10.0.0.0/8', {CURRENT}), false())", 1),
        (f"equals('ipRangeContains(', {CURRENT})", 0),
    ],
)
def test_ranges_are_compared_within_one_family(expression: str, problems: int) -> None:
    """Only a branch of an `if` that looks for a colon keeps IPv4 and IPv6 apart; text is not a call."""
    found = [message for _, message in messages(guarded(expression)) if "ipRangeContains" in message]
    assert len(found) == problems


@pytest.mark.parametrize("operator", [{"equals": CONNECTION}, {"in": ["Microsoft.Network/vpnGateways", CONNECTION.upper()]}])
def test_a_rule_for_every_kind_of_connection_is_found(operator: dict[str, Any]) -> None:
    """Without the connection type ExpressRoute is judged too."""
    found = messages({"if": {"allOf": [{"field": "type", **operator}]}, "then": {"effect": "audit"}})
    assert found == [("/if/allOf/0", "the rule judges ExpressRoute and VNet-to-VNet connections too")]


def test_a_rule_for_other_types_needs_no_connection_type() -> None:
    """The check is about connections alone."""
    assert messages({"if": {"field": "type", "equals": "Microsoft.Network/vpnSites"}, "then": {"effect": "audit"}}) == []


@pytest.mark.parametrize("counts", [5, 6])
def test_nested_arrays_count_for_one_array(counts: int) -> None:
    """Five field counts for an array and what is nested in it are safe under every reading of Azure's limit."""
    selectors = f"{CONNECTION}/trafficSelectorPolicies[*]"
    found = messages(rule(*[count(RANGES if number % 2 else selectors, greater=number) for number in range(counts)]))
    assert [message for _, message in found if "field counts" in message] == (["6 field counts are about one array"] if counts > 5 else [])


def test_an_alias_that_is_not_confirmed_is_a_problem() -> None:
    """A misspelt alias makes a rule apply to nothing, silently (facts 2)."""
    found = messages(rule({"field": f"{CONNECTION}/ipsecPolicies[*].saLifetimeSecond", "exists": True}))
    assert found[0][0].startswith("/if/allOf/2")


def test_a_catalogue_may_be_given() -> None:
    """Somebody else's definition is held against somebody else's catalogue."""
    own = AliasCatalogue.load([{"name": "Contoso.Net/tunnels/mode", "defaultPath": "properties.mode"}])
    document: dict[str, Any] = {"if": {"field": "Contoso.Net/tunnels/mode", "equals": "open"}, "then": {"effect": "audit"}}
    assert messages(document, aliases=own) == []
    document["if"]["field"] = "Contoso.Net/tunnels/mod"
    assert [pointer for pointer, _ in messages(document, aliases=own)] == ["/if/field"]


def test_aliases_of_types_that_nothing_is_known_of_are_no_problem() -> None:
    """The confirmed aliases are those of VPN resources: of a storage account they say nothing, neither right nor wrong."""
    https = "Microsoft.Storage/storageAccounts/supportsHttpsTrafficOnly"
    document = {"if": {"allOf": [{"field": https, "equals": False}, {"field": "Microsoft.Compute/imageId", "exists": True}]}}
    assert messages({**document, "then": {"effect": "deny"}}) == []


def test_an_alias_that_is_not_confirmed_is_called_so() -> None:
    """What is confirmed is a part of what exists, so nothing is called wrong; beside other problems it is still named."""
    problem = lint_definition(rule({"field": f"{CONNECTION}/conectionMode", "equal": "x"}))[-2:]
    assert {each.pointer for each in problem} == {"/if/allOf/2/field", "/if/allOf/2/equal"}
    found = next(each for each in problem if each.pointer.endswith("field"))
    assert "is not among the confirmed aliases; if it does not exist, Azure ignores the whole rule" in found.message
    assert f"`{MODE}`" in found.hint


def test_our_own_definitions_use_confirmed_types_only() -> None:
    """A definition of ours may not rest on aliases that nobody checked."""
    document = copy.deepcopy(dict(OURS[IKE_001]))
    document["properties"]["policyRule"]["if"] = {"field": "Contoso.Net/tunnels/mode", "equals": "open"}
    assert ("/properties/policyRule/if/field", "aliases of `Contoso.Net/tunnels` are not checked") in messages(document)


def test_long_texts_are_found() -> None:
    """Azure refuses texts beyond its lengths; the pointer is in the casing of the file."""
    document = {"Properties": {"DisplayName": "x" * 129, "description": "x" * 513, "policyRule": rule(), "metadata": {"note": "x" * 1025}}}
    pointers = {pointer for pointer, message in messages(document) if "characters" in message}
    assert {pointer.lower() for pointer in pointers} == {"/properties/displayname", "/properties/description", "/properties/metadata/note"}


HOUSE: list[tuple[list[str], object, str]] = [
    (["name"], "00000000-0000-0000-0000-000000000000", "/name"),
    (["properties", "mode"], "Indexed", "/properties/mode"),
    (["properties", "policyType"], "BuiltIn", "/properties/policyType"),
    (["properties", "displayName"], "", "/properties/displayName"),
    (["properties", "description"], None, "/properties/description"),
    (["properties", "metadata", "version"], "1.0", "/properties/metadata/version"),
    (["properties", "metadata", "version"], 1, "/properties/metadata/version"),
    (["properties", "metadata", "category"], "VPN", "/properties/metadata/category"),
    (["properties", "metadata", "nonComplianceMessage"], " ", "/properties/metadata/nonComplianceMessage"),
    (["properties", "parameters", "effect", "defaultValue"], "Deny", "/properties/parameters/effect"),
    (["properties", "parameters", "effect", "allowedValues"], ["Audit", "Disabled"], "/properties/parameters/effect"),
    (["properties", "parameters", "trustTag", "metadata"], {"displayName": "Trust tag"}, "/properties/parameters/trustTag/metadata"),
    (["properties", "policyRule", "then", "effect"], "deny", "/properties/policyRule/then/effect"),
]


@pytest.mark.parametrize(("path", "value", "pointer"), HOUSE, ids=[f"{'.'.join(path)}={value!r}" for path, value, _ in HOUSE])
def test_our_own_definitions_keep_the_rules_of_the_house(path: list[str], value: object, pointer: str) -> None:
    """Each of the house's rules is noticed when it is broken, at the place where it is."""
    document = copy.deepcopy(dict(OURS[IKE_001]))
    assert messages(document) == []
    owner: Any = document
    for name in path[:-1]:
        owner = owner[name]
    owner[path[-1]] = value
    assert pointer in {found for found, _ in messages(document)}


@pytest.mark.parametrize(
    ("operator", "found"),
    [
        ({"equals": "IPsec"}, 1),
        ({"in": ["IPsec"]}, 1),
        ({"like": "IPsec*"}, 1),
        ({"notEquals": "ExpressRoute"}, 1),
        ({"notIn": ["ExpressRoute", "IPsec"]}, 1),
        ({"notIn": "[parameters('types')]"}, 1),
        ({"notIn": ["expressroute", "VNET2VNET"]}, 0),
    ],
)
def test_our_own_definitions_judge_connections_of_an_unknown_type(operator: dict[str, Any], found: int) -> None:
    """Only types that have no site are left out by name: a missing or odd type is judged, as scans judge it."""
    document = copy.deepcopy(dict(OURS[IKE_001]))
    condition = document["properties"]["policyRule"]["if"]["anyOf"][0]["allOf"][1]
    assert condition == {"field": f"{CONNECTION}/connectionType", "notIn": ["Vnet2Vnet", "ExpressRoute", "VPNClient"]}
    del condition["notIn"]
    condition |= operator
    pointers = [pointer for pointer, message in messages(document) if "without a type" in message]
    assert pointers == ["/properties/policyRule/if/anyOf/0/allOf/1"] * found


def test_a_default_that_scans_do_not_use_is_found() -> None:
    """One source: what a definition allows by default is what a scan allows by default."""
    assert messages(OURS["S2S-IKE-004"]) == []
    found = messages(OURS["S2S-IKE-004"], settings={**HARDENED_SETTINGS, "dh_group": ["ECP384"]})
    assert found == [("/properties/parameters/dhGroup/defaultValue", "the default is not the setting that scans judge by")]


def test_somebody_elses_definition_need_not_keep_them() -> None:
    """Names, versions and effects are matters of our own definitions."""
    document = copy.deepcopy(dict(OURS[IKE_001]))
    del document["properties"]["metadata"]["s2sguard"]
    document["name"] = "vpn-initiator-only"
    document["properties"]["mode"] = "Indexed"
    assert messages(document) == []


def test_problems_come_in_document_order() -> None:
    """Two problems in one rule are listed from top to bottom."""
    found = messages(rule(STAR, count(f"{CONNECTION}/egressNatRules[*]", equals=0), {"field": RANGES, "contains": "-"}))
    assert [pointer for pointer, _ in found] == ["/if/allOf/2", "/if/allOf/4"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["[field('type')]", POLICIES, "type", CONNECTION]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["if", "then", "allOf", "anyOf", "field", "count", "where", "value", "equals"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_gives_problems_and_no_error(document: object) -> None:
    """Whatever is given, lint answers."""
    for each in (document, {"properties": document}, {"if": document, "then": document}, {"policyRule": {"if": document}}):
        assert all(isinstance(problem, Problem) for problem in lint_definition(each))


def test_a_rule_that_is_nested_too_deep_is_a_problem() -> None:
    """No input overflows the stack."""
    condition: dict[str, Any] = {"field": "type", "equals": CONNECTION}
    for _ in range(10_000):
        condition = {"not": condition}
    assert lint_definition({"if": condition, "then": {"effect": "audit"}})
