"""What resources are called: ids, names known in parts, children, extensions, scopes."""

from __future__ import annotations

import pytest

from s2sguard.collect.arm_template import STAND_IN_SCOPE
from s2sguard.model.value import Unknown
from tests.unit.collect.arm_template.templates import (
    SCOPE,
    STAND_IN,
    a_connection,
    a_gateway,
    a_template,
    by_name,
    deployed,
    only,
    strings,
    unknown,
    value,
)

GATEWAY = "Microsoft.Network/virtualNetworkGateways"


def test_an_id_starts_with_the_scope() -> None:
    """A scope that nobody named has stand-ins."""
    assert only(a_template(a_connection())).id == f"{STAND_IN}/connections/partner-a"
    assert only(a_template(a_connection()), scope=SCOPE).id == f"{SCOPE}/providers/Microsoft.Network/connections/partner-a"


def test_a_name_without_a_value_still_joins_a_connection_and_its_gateway() -> None:
    """The id of the gateway and the reference to it are the same text, however each of them is written."""
    template = a_template(
        a_gateway("[parameters('gwName')]"),
        a_connection(
            "[format('{0}-to-a', parameters('GWNAME'))]",
            virtualNetworkGateway1={"id": f"[resourceId('{GATEWAY}', parameters('gwName'))]"},
            localNetworkGateway2={
                "id": "[concat(resourceGroup().id, '/providers/Microsoft.Network/localNetworkGateways/', toLower(parameters('gwName')))]"
            },
        ),
        parameters=strings("gwName"),
    )
    gateway, connection = deployed(template).resources
    assert gateway.id == f"{STAND_IN}/virtualNetworkGateways/{{gwName}}"
    assert gateway.name == "{gwName}"
    assert connection.name == "{gwName}-to-a"
    assert connection.properties["virtualNetworkGateway1"] == {"id": gateway.id}
    assert connection.properties["localNetworkGateway2"] == {"id": f"{STAND_IN}/localNetworkGateways/{{gwName}}"}


def test_only_ids_keep_their_unknown_parts() -> None:
    """Any other property with an unknown part is unknown, and so is what may be an id and is not readable as one."""
    found = only(
        a_template(
            a_connection(
                mode="[concat('Initiator', parameters('p'))]",
                tag={"id": "[parameters('p')]"},
                subnet={"id": "[concat(parameters('p'), '/subnets/GatewaySubnet')]"},
            ),
            parameters=strings("p"),
        )
    )
    why = Unknown("parameter `p` without a value")
    assert found.properties == {"mode": why, "tag": {"id": why}, "subnet": {"id": why}}


def test_tags_with_unknown_parts_are_unknown() -> None:
    """Who the partner is cannot be guessed."""
    resource = {**a_connection(), "tags": {"partner": "[parameters('p')]", "cost": "1"}}
    assert only(a_template(resource, parameters=strings("p"))).tags == {"partner": Unknown("parameter `p` without a value"), "cost": "1"}


def test_different_unknown_names_are_different_resources() -> None:
    """Whatever functions were used on them."""
    names = [
        "[parameters('a')]", "[parameters('b')]", "[concat(parameters('a'), 'x')]", "[uniqueString(parameters('a'))]",
        "[uniqueString(parameters('b'))]", "[uniqueString(resourceGroup().id)]", "[uniqueString(resourceGroup().id, 'x')]",
        "[substring(parameters('a'), 1)]", "[substring(parameters('a'), 2)]", "[replace(parameters('a'), '-', '')]",
        "[guid(parameters('a'))]", "[take(parameters('a'), 3)]", "[parameters('subscription')]",
    ]  # fmt: skip
    found = deployed(a_template(*map(a_connection, names), parameters=strings("a", "b", "subscription")))
    assert found.gaps == []
    ids = [resource.key for resource in found.resources]
    assert len(set(ids)) == len(names)
    assert not any(key.endswith("/{subscription}") for key in ids)


def test_the_same_function_of_the_same_is_the_same() -> None:
    """So a name made by uniqueString resolves wherever it is made again."""
    name = "concat('gw', uniqueString(resourceGroup().id, parameters('p')))"
    template = a_template(a_gateway(f"[{name}]"), a_connection(g={"id": f"[resourceId('{GATEWAY}', {name})]"}), parameters=strings("p"))
    gateway, connection = deployed(template).resources
    assert connection.properties["g"] == {"id": gateway.id}


def test_a_name_that_is_not_known_at_all_is_the_place() -> None:
    """Each resource and each iteration has its own."""
    template = a_template(
        a_connection("[reference('x').name]"),
        {**a_connection("[listKeys('x', copyIndex()).name]"), "copy": {"name": "l", "count": 2}},
    )
    assert [resource.name for resource in deployed(template).resources] == ["{resources.0}", "{resources.1[0]}", "{resources.1[1]}"]


def test_a_hostile_parameter_name_cannot_shape_an_id() -> None:
    """Slashes, braces and control characters of a name stay out of the stand-in."""
    name = "a/../b}\x1b[31m{"
    found = only(a_template(a_connection(f"[parameters('{name}')]"), parameters=strings(name)))
    assert found.id.startswith(f"{STAND_IN}/connections/{{a_.._b__[31m_~")
    assert found.id.count("/") == f"{STAND_IN}/connections/x".count("/")


GROUPS = "/providers/Microsoft.Management/managementGroups"
GROUP_OF_S = "/subscriptions/s/resourceGroups"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            "resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')",
            f"{SCOPE}/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
        ),
        ("resourceId('other', 'A.b/c', 'd')", "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/other/providers/A.b/c/d"),
        ("resourceId('sub', 'other', 'A.b/c', 'd')", "/subscriptions/sub/resourceGroups/other/providers/A.b/c/d"),
        ("subscriptionResourceId('A.b/c', 'd')", "/subscriptions/11111111-1111-1111-1111-111111111111/providers/A.b/c/d"),
        ("subscriptionResourceId('sub', 'A.b/c', 'd')", "/subscriptions/sub/providers/A.b/c/d"),
        ("tenantResourceId('A.b/c', 'd')", "/providers/A.b/c/d"),
        ("extensionResourceId('/subscriptions/s/', 'A.b/c', 'd')", "/subscriptions/s/providers/A.b/c/d"),
        ("managementGroupResourceId('mg', 'A.b/c', 'd')", "/providers/Microsoft.Management/managementGroups/mg/providers/A.b/c/d"),
        ("split(resourceId('A.b/c', 'd'), '/')[4]", "rg-hub"),
    ],
)
def test_functions_of_ids(expression: str, expected: str) -> None:
    """As Microsoft documents them (template-functions-resource)."""
    assert only(a_template(a_connection(x=f"[{expression}]")), scope=SCOPE).properties["x"] == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("last(split(resourceId('A.b/c', 'd'), '/'))", "d"),
        ("split(resourceId('A.b/c', parameters('p')), '/')[5]", "providers"),
        ("length(split(resourceId('A.b/c', parameters('p')), '/'))", 9),
        ("startsWith(resourceId('A.b/c', 'd'), '/subscriptions/')", True),
        ("endsWith(resourceId('A.b/c', 'd'), '/D')", True),
        ("contains(resourceId('A.b/c', 'd'), '/providers/')", True),
        ("empty(concat('x', parameters('p')))", False),
        ("equals(parameters('p'), parameters('P'))", True),
        ("equals(concat('a', parameters('p')), 'b')", False),
        ("equals(parameters('p'), null())", False),
        ("coalesce(parameters('p'), 'x')", Unknown("parameter `p` without a value")),
        ("if(parameters('b'), 1, 1)", 1),
        ("and(parameters('b'), false())", False),
        ("or(parameters('b'), true())", True),
        ("length(createArray(parameters('p'), parameters('q')))", 2),
        ("createObject('a', length(parameters('p')), 'b', 2).b", 2),
        ("map(createArray('x', parameters('p')), lambda('i', concat(lambdaVariables('i'), '1')))[0]", "x1"),
        ("tryGet(createObject('a', parameters('q')), 'b')", None),
        ("union(createObject('a', parameters('q')), createObject('b', 1)).b", 1),
    ],
)
def test_what_is_known_of_partly_known_values(expression: str, expected: object) -> None:
    """Whatever the unknown part turns out to be, this is the result."""
    declared = {**strings("p"), "b": {"type": "bool"}, "q": {"type": "object"}}
    assert value(f"[{expression}]", parameters=declared) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "equals(parameters('p'), 'x')",
        "equals(parameters('p'), parameters('r'))",
        "equals(toLower(parameters('p')), parameters('p'))",
        "equals(subscription().subscriptionId, 'x')",
        "equals(parameters('location'), resourceGroup().location)",
        "empty(parameters('p'))",
        "length(parameters('p'))",
        "contains(parameters('p'), 'x')",
        "contains(createArray(parameters('p')), 'x')",
        "split(parameters('p'), '/')",
        "split(concat('/a/', parameters('p')), '/')",
        "if(parameters('b'), 1, 2)",
        "if(equals(parameters('p'), 'x'), 'InitiatorOnly', 'Default')",
        "if(parameters('b'), substring('', 3, 1), 1)",
        "and(parameters('b'), true())",
        "or(parameters('b'), false())",
        "not(parameters('b'))",
        "coalesce(parameters('q'), 'x')",
        "tryGet(parameters('q'), 'x')",
        "contains(parameters('q'), 'x')",
        "parameters('q').x",
        "union(createArray('a'), createArray(parameters('p')))",
        "length(filter(createArray('a', parameters('p')), lambda('i', equals(lambdaVariables('i'), 'a'))))",
        "union(parameters('q'), createObject('a', 1)).a",
        "bool(parameters('p'))",
        "int(parameters('p'))",
        "json(parameters('p'))",
        "cidrSubnet(parameters('p'), 24, 0)",
        "createArray('a', 'b')[parameters('n')]",
        "concat(parameters('p'), 'x')",
        "string(parameters('q'))",
        "length(resourceGroup())",
    ],
)
def test_what_depends_on_the_unknown_is_unknown(expression: str) -> None:
    """It never becomes a default, a failure or one of two branches."""
    declared = {**strings("p", "r", "location"), "b": {"type": "bool"}, "q": {"type": "object"}, "n": {"type": "int"}}
    assert unknown(f"[{expression}]", parameters=declared)


def test_children_are_found_below_their_parents() -> None:
    """By a name with a slash, nested, or nested with the full type; the parent is the id before the last two segments."""
    template = a_template(
        a_gateway(
            "[parameters('gw')]",
            resources=[
                {"type": "natRules", "name": "in", "properties": {"mode": "IngressSnat"}},
                {"type": f"{GATEWAY}/natRules", "name": "[concat(parameters('gw'), '/out')]", "properties": {"mode": "EgressSnat"}},
            ],
        ),
        {"type": f"{GATEWAY}/natRules", "name": "[concat(parameters('gw'), '/three')]", "properties": {"mode": "EgressSnat"}},
        parameters=strings("gw"),
    )
    gateway, *rules = deployed(template).resources
    assert [rule.id for rule in rules] == [f"{gateway.id}/natRules/{name}" for name in ("in", "out", "three")]
    assert {rule.parent for rule in rules} == {gateway.id}
    assert [rule.name for rule in rules] == ["in", "out", "three"]
    assert [rule.type for rule in rules] == [f"{GATEWAY}/natRules"] * 3


def test_extensions_stand_below_what_they_extend() -> None:
    """By `scope`, in the older form with `providers`, and nested."""
    lock = {"level": "CanNotDelete"}
    template = a_template(
        {"type": "Microsoft.Authorization/locks", "name": "l1", "scope": f"[format('{GATEWAY}/{{0}}', 'gw')]", "properties": lock},
        {"type": "Microsoft.Authorization/locks", "name": "l2", "scope": f"[resourceId('{GATEWAY}', 'gw')]", "properties": lock},
        {"type": f"{GATEWAY}/providers/locks", "name": "gw/Microsoft.Authorization/l3", "properties": lock},
        a_gateway(resources=[{"type": "providers/locks", "name": "Microsoft.Authorization/l4", "properties": lock}]),
        {"type": "Microsoft.Authorization/locks", "name": "l5", "scope": "/", "properties": lock},
    )
    locks = [resource.id for resource in deployed(template).resources if resource.type == "Microsoft.Authorization/locks"]
    below = f"{STAND_IN}/virtualNetworkGateways/gw/providers/Microsoft.Authorization/locks"
    assert locks == [*(f"{below}/l{number}" for number in (1, 2, 3, 4)), "/providers/Microsoft.Authorization/locks/l5"]


@pytest.mark.parametrize(
    ("schema", "scope", "expected"),
    [
        ("subscriptionDeploymentTemplate", STAND_IN_SCOPE, "/subscriptions/{subscription}"),
        ("subscriptionDeploymentTemplate", SCOPE, "/subscriptions/11111111-1111-1111-1111-111111111111"),
        ("deploymentTemplate", "/subscriptions/s", "/subscriptions/s/resourceGroups/{resource-group}"),
        ("managementGroupDeploymentTemplate", STAND_IN_SCOPE, "/providers/Microsoft.Management/managementGroups/{management-group}"),
        ("managementGroupDeploymentTemplate", f"{GROUPS}/mg", f"{GROUPS}/mg"),
        ("tenantDeploymentTemplate", SCOPE, ""),
        ("tenantDeploymentTemplate", "/", ""),
        ("deploymentTemplate", "nonsense", STAND_IN_SCOPE),
        ("deploymentTemplate", f"{GROUP_OF_S}/{{azuredeploy.parameters.us}}", f"{GROUP_OF_S}/{{azuredeploy.parameters.us}}"),
    ],
)  # fmt: skip
def test_the_schema_says_at_which_level_a_template_is_deployed(schema: str, scope: str, expected: str) -> None:
    """What the scope does not say has a stand-in."""
    template = a_template({"type": "Microsoft.Authorization/policyAssignments", "name": "a", "properties": {"x": 1}})
    template["$schema"] = f"https://schema.management.azure.com/schemas/2018-05-01/{schema}.json#"
    assert only(template, scope=scope).id == f"{expected}/providers/Microsoft.Authorization/policyAssignments/a"


def test_virtual_wan_and_inline_children_come_out() -> None:
    """Connections written inside a gateway of a hub are resources of their own, like those of any ARM JSON."""
    template = a_template(
        {
            "type": "Microsoft.Network/vpnGateways",
            "name": "hub-gw",
            "properties": {"connections": [{"name": "c1", "properties": {"vpnLinkConnections": [{"name": "l1", "properties": {"x": 1}}]}}]},
        },
        {
            "type": "Microsoft.Network/virtualNetworks",
            "name": "v",
            "properties": {"copy": [{"name": "subnets", "count": 2, "input": {"name": "[concat('s', copyIndex('subnets'))]"}}]},
        },
    )
    found = by_name(deployed(template))
    assert list(found) == [
        "vpnGateways/hub-gw",
        "vpnGateways/hub-gw/vpnConnections/c1",
        "vpnGateways/hub-gw/vpnConnections/c1/vpnLinkConnections/l1",
        "virtualNetworks/v",
        "virtualNetworks/v/subnets/s0",
        "virtualNetworks/v/subnets/s1",
    ]
    assert found["vpnGateways/hub-gw/vpnConnections/c1"].source.pointer == "/resources/0/properties/connections/0"
    assert found["virtualNetworks/v/subnets/s1"].source.pointer == "/resources/1/properties/copy/0"


def test_a_resource_without_properties_is_not_merely_listed() -> None:
    """All its properties have their defaults."""
    assert only(a_template({"type": GATEWAY, "name": "gw"})).properties == {"provisioningState": None}
