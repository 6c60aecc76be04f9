"""`reference` and its relatives, and what nested deployments hand down and give back."""

from __future__ import annotations

import pytest

from s2sguard.model.value import Unknown
from tests.unit.collect.arm_template.templates import SCOPE, a_connection, a_gateway, a_module, a_template, by_name, deployed, strings


def symbolic(x: object) -> object:
    """Return what an expression gives in a template with symbolic names: `one`, a loop `many`, and `there`, which exists already."""
    template = a_template(languageVersion="2.0")
    template["resources"] = {
        "one": a_connection("one", connectionMode="Default", nested={"list": [{"a": 1}], "plain": ["b"]}),
        "many": {**a_connection("[concat('many-', copyIndex())]", at="[copyIndex()]"), "copy": {"name": "l", "count": 2}},
        "there": {**a_gateway("gw"), "existing": True},
        "asks": a_connection("asks", x=x),
    }
    return by_name(deployed(template, scope=SCOPE))["connections/asks"].properties["x"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[reference('one').connectionMode]", "Default"),
        ("[reference('ONE').ConnectionMODE]", "Default"),
        ("[reference('one').nested.list[0].a]", 1),
        ("[reference('one').nested.plain]", ["b"]),
        ("[reference('one', '2024-05-01', 'Full').name]", "one"),
        ("[reference('many[1]').at]", 1),
        ("[references('many')[0].at]", 0),
        ("[references('many', 'full')[1].properties.at]", 1),
        ("[resourceInfo('one').name]", "one"),
        ("[resourceInfo('there').id]", f"{SCOPE}/providers/Microsoft.Network/virtualNetworkGateways/gw"),
        ("[reference('there', '2024-05-01', 'full').name]", "gw"),
    ],
)
def test_what_a_template_writes_is_known_by_reference(expression: str, expected: object) -> None:
    """By symbolic name, in any casing, and for all copies of a loop."""
    assert symbolic(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "[reference('there').gatewayType]",
        "[reference('one').provisioningState]",
        "[reference('elsewhere').x]",
        "[reference('many').at]",
        "[references('one')]",
        "[references('elsewhere')]",
        "[resourceInfo('many')]",
        "[resourceInfo('elsewhere')]",
        "[reference(5)]",
        "[reference('one').nested.list[9]]",
    ],
)
def test_what_only_azure_knows_is_unknown(expression: str) -> None:
    """What exists already, what Azure adds, and what is not in the template."""
    assert isinstance(symbolic(expression), Unknown)


def handed(parameters: object, default: object = "default") -> object:
    """Return what a parameter of a module is, for what is handed down."""
    inner = a_template(a_connection(x="[parameters('p')]"), parameters=strings(p=default))
    found = deployed(a_template(a_module("m", inner, parameters=parameters), parameters={"o": {"type": "object"}}))
    return by_name(found)["connections/partner-a"].properties["x"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"p": {"value": "given"}}, "given"),
        ({}, "default"),
        ({"p": {}}, "default"),
        ({"p": {"reference": {"keyVault": {"id": "/v"}}}}, None),
        ("[parameters('o')]", None),
        ("[createObject('p', createObject('value', 'made'))]", "made"),
    ],
)
def test_a_module_gets_what_is_handed_down(parameters: object, expected: object) -> None:
    """A value, the default, or what nobody knows here: a secret of a vault, or an object without a value."""
    found = handed(parameters)
    assert found == expected if expected is not None else isinstance(found, Unknown)


def test_outputs_are_asked_for_by_name() -> None:
    """One that the module has is known; one that it has not, and one without a name, are not."""
    inner = a_template(
        outputs={"a": {"type": "string", "value": "x"}, "l": {"type": "array", "copy": {"count": 2, "input": "[copyIndex()]"}}}
    )
    names = {"a": "['a'].value", "l": ".l.value[1]", "none": ".none.value", "odd": "[5]", "unknown": "[parameters('p')].value"}
    asks = {name: f"[reference('m').outputs{step}]" for name, step in names.items()}
    found = deployed(a_template(a_module("m", inner), a_connection(**asks), parameters=strings("p")))
    values = by_name(found)["connections/partner-a"].properties
    assert (values["a"], values["l"]) == ("x", 1)
    assert all(isinstance(values[name], Unknown) for name in ("none", "odd", "unknown"))


@pytest.mark.parametrize(
    ("where", "start"),
    [
        ({"resourceGroup": "other"}, "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/other/"),
        ({"subscriptionId": "s", "resourceGroup": "other"}, "/subscriptions/s/resourceGroups/other/"),
        ({"subscriptionId": "s"}, "/subscriptions/s/providers/"),
        ({"scope": "Microsoft.Management/managementGroups/mg"}, "/providers/Microsoft.Management/managementGroups/mg/"),
        ({"resourceGroup": "[parameters('p')]"}, "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/{p}/"),
    ],
)
def test_a_module_deploys_where_it_says(where: dict[str, object], start: str) -> None:
    """To another group, subscription or level, known or not."""
    module = {**a_module("m", a_template(a_connection())), **where}
    found = deployed(a_template(module, parameters=strings("p")), scope=SCOPE)
    assert [resource.id.startswith(start) for resource in found.resources] == [True]


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"template": "[variables('t')]"}, "without a template"),
        ({}, "without a template"),
        ({"templateLink": {"id": "/x"}}, "template spec"),
        ({"templateLink": {"uri": "https://example.com/a.json"}}, "not here"),
        ({"templateLink": {}}, "not here"),
        ({"template": {"resources": 5}}, "neither an array nor an object"),
        ({"template": {"resources": [5]}}, "is no object"),
    ],
)
def test_a_deployment_that_cannot_be_followed_is_a_gap(properties: dict[str, object], word: str) -> None:
    """It may deploy anything."""
    module = {"type": "Microsoft.Resources/deployments", "name": "m", "properties": properties}
    (gap,) = deployed(a_template(module)).gaps
    assert word in gap.reason
    assert gap.resource is None
