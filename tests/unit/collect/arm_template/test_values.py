"""Parameters, variables, loops and functions of a template."""

from __future__ import annotations

import pytest

from s2sguard.collect.arm_template import Deployment, evaluate
from s2sguard.expression import Json
from s2sguard.model.value import Unknown
from tests.unit.collect.arm_template.templates import a_connection, a_template, deployed, only, strings, unknown, value


def test_a_parameter_has_the_value_given() -> None:
    """A given value wins over the default; names ignore case."""
    sections = {"parameters": strings(mode="Default")}
    assert value("[parameters('MODE')]", {"Mode": "InitiatorOnly"}, **sections) == "InitiatorOnly"


REMOTE = "[format('{0}.{1}', parameters('r')[copyIndex('trafficSelectorPolicies')], copyIndex('remoteAddressRanges'))]"


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("Default", "Default"),
        ("[concat(parameters('first'), '-b')]", "a-b"),
        ([{"n": "[parameters('first')]"}], [{"n": "a"}]),
        (None, None),
        ("[[literal]", "[literal]"),
    ],
)
def test_a_default_may_be_an_expression(default: object, expected: Json) -> None:
    """A default is worked out with other parameters; an escaped bracket is text. A text in brackets means nothing later on."""
    declared = {"first": {"type": "string", "defaultValue": "a"}, "x": {"type": "object", "defaultValue": default}}
    found = value("[parameters('x')]", parameters=declared)
    assert found == (Unknown("template expression without a value") if expected == "[literal]" else expected)


def test_a_value_that_is_given_is_no_expression() -> None:
    """Nothing in a parameter file is an expression."""
    assert value("[concat('x', parameters('p'))]", {"p": "[parameters('p')]"}, parameters=strings("p")) == "x[parameters('p')]"


def test_a_parameter_without_a_value_is_unknown() -> None:
    """Neither a default of the type nor null takes its place."""
    for kind in ("string", "int", "bool", "array", "object"):
        assert unknown("[parameters('p')]", parameters={"p": {"type": kind}}) == "parameter `p` without a value"


def test_a_nullable_parameter_without_a_value_is_null() -> None:
    """So is one whose nullable type is a definition; null is an omitted property."""
    definitions = {"maybe": {"type": "object", "nullable": True}}
    for declared in ({"type": "string", "nullable": True}, {"$ref": "#/definitions/maybe"}):
        assert value("[coalesce(parameters('p'), 'none')]", parameters={"p": declared}, definitions=definitions) == "none"


def test_null_given_takes_the_default() -> None:
    """A module that is handed null uses its default."""
    assert value("[parameters('p')]", {"p": None}, parameters=strings(p="d")) == "d"


def test_an_unknown_value_keeps_its_reason() -> None:
    """The reason why a parameter file has no value is the reason of the property."""
    assert unknown("[parameters('p')]", {"p": Unknown("kept in a key vault")}, parameters=strings("p")) == "kept in a key vault"


def test_variables_are_worked_out_when_used() -> None:
    """Variables use each other in any order, members of objects too, and an unused one that fails does no harm."""
    variables = {
        "a": {"name": "[concat('gw-', variables('b').n)]"},
        "B": {"n": "[length(variables('list'))]"},
        "copy": [{"name": "list", "count": 3, "input": {"i": "[copyIndex('list', 1)]"}}],
        "broken": "[substring('a', 5, 1)]",
    }
    assert value("[concat(variables('a').name, variables('LIST')[2].i)]", variables=variables) == "gw-33"


def test_a_loop_in_an_object() -> None:
    """A loop of properties makes an array beside the other members; loops may stand in each other."""
    found = only(
        a_template(
            a_connection(
                mode="Default",
                copy=[
                    {
                        "name": "trafficSelectorPolicies",
                        "count": "[length(parameters('r'))]",
                        "input": {
                            "localAddressRanges": ["10.0.0.0/24"],
                            "copy": [
                                {
                                    "name": "remoteAddressRanges",
                                    "count": 2,
                                    "input": REMOTE,
                                }
                            ],
                        },
                    },
                ],
            ),
            parameters={"r": {"type": "array", "defaultValue": ["a", "b"]}},
        )
    )
    assert found.properties["mode"] == "Default"
    assert "copy" not in found.properties
    assert found.properties["trafficSelectorPolicies"] == [
        {"localAddressRanges": ["10.0.0.0/24"], "remoteAddressRanges": ["a.0", "a.1"]},
        {"localAddressRanges": ["10.0.0.0/24"], "remoteAddressRanges": ["b.0", "b.1"]},
    ]


def test_a_property_called_copy_is_a_property() -> None:
    """Only an array of names and counts is a loop."""
    assert only(a_template(a_connection(copy={"a": 1}))).properties == {"copy": {"a": 1}}


@pytest.mark.parametrize("count", ["[parameters('n')]", -1, "three", True, 801, 10**9])
def test_a_loop_that_nobody_can_run_makes_its_property_unknown(count: object) -> None:
    """Its neighbours keep their values."""
    template = a_template(a_connection(a=1, copy=[{"name": "b", "count": count, "input": 1}]), parameters={"n": {"type": "int"}})
    found = deployed(template).resources[0].properties
    assert found["a"] == 1
    assert type(found["b"]) is Unknown


def test_names_of_properties_may_be_expressions() -> None:
    """The Bicep compiler writes computed names so."""
    found = only(a_template(a_connection(**{"[format('{0}Mode', parameters('p'))]": "Default"}), parameters=strings(p="connection")))
    assert found.properties == {"connectionMode": "Default"}


def test_an_unknown_name_of_a_property_makes_the_object_unknown() -> None:
    """It may be any property, so none is certain to be missing."""
    found = deployed(a_template(a_connection(o={"[parameters('p')]": 1, "b": 2}), parameters=strings("p"))).resources[0]
    assert type(found.properties["o"]) is Unknown


def test_unknown_members_are_unknown_alone() -> None:
    """An array or object with an unknown member has all its other members."""
    found = value(["a", "[parameters('p')]", {"b": "[parameters('p')]", "c": 1}], parameters=strings("p"))
    why = Unknown("parameter `p` without a value")
    assert found == ["a", why, {"b": why, "c": 1}]


def test_functions_of_the_template() -> None:
    """A function sees its arguments as parameters, and a function of its own namespace."""
    members = {
        "pair": {
            "parameters": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}],
            "output": {"type": "object", "value": {"joined": "[contoso.join(parameters('a'), parameters('B'))]"}},
        },
        "join": {
            "parameters": [{"name": "x", "type": "string"}, {"name": "y", "type": "string"}],
            "output": {"type": "string", "value": "[concat(parameters('x'), '+', parameters('y'))]"},
        },
    }
    functions = [{"namespace": "contoso", "members": members}]
    assert value("[Contoso.Pair('1', '2').joined]", functions=functions) == "1+2"
    assert unknown("[contoso.join('1', parameters('p'))]", functions=functions, parameters=strings("p")) == "parameter `p` without a value"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("[listKeys('x', '2024-01-01').key]", "only Azure knows it: a list function asks the resource"),
        ("[listAnythingAtAll(resourceId('a.b/c', 'd'))]", "only Azure knows it: a list function asks the resource"),
        (
            "[reference(resourceId('Microsoft.Network/virtualNetworks', 'x')).y]",
            "only known after deployment: it refers to something that is not in the template",
        ),
        ("[pickZones('Microsoft.Network', 'publicIPAddresses', 'westeurope')]", "only known to Azure"),
        ("[providers('Microsoft.Network', 'connections').apiVersions[0]]", "only known to Azure"),
        ("[utcNow()]", "it differs from one deployment to the next"),
        ("[newGuid()]", "it differs from one deployment to the next"),
        ("[environment().suffixes.storage]", "the cloud that is deployed to is not known"),
        ("[deployer().objectId]", "who deploys the template is not known"),
        ("[resourceGroup().location]", "where the template is deployed to is not known"),
        ("[resourceGroup().tags.owner]", "where the template is deployed to is not known"),
        ("[subscription().subscriptionId]", "where the template is deployed to is not known"),
        ("[tenant().tenantId]", "where the template is deployed to is not known"),
        ("[deployment().name]", "where the template is deployed to is not known"),
    ],
)
def test_what_only_azure_knows_is_unknown(expression: str, reason: str) -> None:
    """Each with its reason; none of it is a failure."""
    assert unknown(expression) == reason


def test_a_known_scope_is_known() -> None:
    """With a real scope the ids, names and subscription in expressions are values."""
    scope = "/subscriptions/abc/resourceGroups/rg-hub"
    expression = "[format('{0}|{1}|{2}', subscription().subscriptionId, resourceGroup().name, resourceGroup().id)]"
    assert only(a_template(a_connection(x=expression)), scope=scope).properties["x"] == f"abc|rg-hub|{scope}"


BROKEN = {
    "[concat(]": "cannot be read",
    "[substring('a', 5, 1)]": "fails",
    "[nothing()]": "cannot be read",
    "[parameters('nobody')]": "fails",
    "[variables('nobody')]": "fails",
    "[copyIndex()]": "fails",
    "[copyIndex('nobody')]": "fails",
    "[resourceId('Microsoft.Network/virtualNetworks')]": "cannot be read",
    "[resourceId('Microsoft.Network/virtualNetworks', 'a', 'b', 'c', 'd')]": "fails",
    "[managementGroup().id]": "fails",
}


@pytest.mark.parametrize("expression", list(BROKEN))
def test_a_broken_expression_is_a_gap_and_the_rest_goes_on(expression: str) -> None:
    """The gap names the place and the resource, and quotes nothing; the other properties keep their values."""
    found = deployed(a_template(a_connection(a=["s3cret-value", expression], b=1)))
    [gap] = found.gaps
    assert gap.kind == "unreadable-value"
    assert f"an expression {BROKEN[expression]}" in gap.reason
    assert str(gap.source) == "azuredeploy.json#/resources/0/properties/a/1"
    assert gap.resource == found.resources[0].id
    assert found.resources[0].properties["a"] == ["s3cret-value", Unknown("an expression that cannot be evaluated")]
    assert found.resources[0].properties["b"] == 1


def test_a_broken_variable_is_named_once() -> None:
    """However often it is used, it is one gap, at the place of the variable."""
    template = a_template(a_connection("a", x="[variables('v')]"), a_connection("b", x="[variables('v')]"), variables={"v": "[int('x')]"})
    [gap] = deployed(template).gaps
    assert str(gap.source) == "azuredeploy.json#/variables/v"


def test_an_empty_deployment_has_nothing() -> None:
    """A template of odd shape is no traceback."""
    assert evaluate(Deployment(template={}, file="f")).resources == []
    for resources in (Unknown("twice"), "x", 5, [None], {"a": 1}, [["x"]], [{"name": "x"}], [{"type": "nothing", "name": "x"}]):
        found = evaluate(Deployment(template={"resources": resources}, file="f"))
        assert found.resources == []
        assert {gap.kind for gap in found.gaps} == {"unknown-shape"}
