"""ARM resource JSON in every form it is handed around."""

from __future__ import annotations

import json
from typing import Any

import pytest

from s2sguard.collect.arm_json import ArmReader
from s2sguard.collect.arm_values import CUT_OFF, EXPRESSION, REDACTED
from s2sguard.collect.secrets import CASE_TWICE
from s2sguard.model.inventory import Source
from s2sguard.model.value import Unknown
from tests.unit.collect.arm import GROUP, NETWORK, a_connection, a_network, an_id, read, read_one

CONNECTION = a_connection()
FLAT = {
    "connectionMode": "InitiatorOnly",
    "connectionType": "IPsec",
    "etag": 'W/"1"',
    "id": CONNECTION["id"],
    "location": "westeurope",
    "name": "partner-a",
    "resourceGroup": "rg-hub",
    "tags": {"partner": "contoso"},
    "type": "Microsoft.Network/connections",
}
ROW = {**CONNECTION, "type": "microsoft.network/connections", "resourceGroup": "rg-hub", "subscriptionId": "s", "kind": "", "sku": None}
FORMS: dict[str, tuple[Any, str]] = {
    "single": (CONNECTION, ""),
    "list": ({"value": [CONNECTION]}, "/value/0"),
    "array": ([CONNECTION], "/0"),
    "pages": ([{"value": [CONNECTION]}], "/0/value/0"),
    "az": (FLAT, ""),
    "az list": ([FLAT], "/0"),
    "resource graph": ({"count": 1, "data": [ROW], "skip_token": None, "total_records": 1}, "/data/0"),
    "resource graph table": (
        {"data": {"columns": [{"name": name, "type": "string"} for name in ROW], "rows": [list(ROW.values())]}},
        "/data/rows/0",
    ),
    "example": ({"parameters": {"p": CONNECTION}, "responses": {"200": {"body": CONNECTION}}}, "/responses/200/body"),
    "example list": ({"responses": {"200": {"body": {"value": [CONNECTION]}}, "202": {}}}, "/responses/200/body/value/0"),
    "what-if": ({"changes": [{"changeType": "Modify", "before": {}, "after": CONNECTION}]}, "/changes/0/after"),
    "what-if rest": ({"properties": {"changes": [{"changeType": "Ignore", "before": CONNECTION}]}}, "/properties/changes/0/before"),
    "without type": ({key: value for key, value in CONNECTION.items() if key != "type"}, ""),
    "only id": ({key: value for key, value in CONNECTION.items() if key not in {"type", "name"}}, ""),
    "other casing": ({key.upper(): value for key, value in CONNECTION.items()}, ""),
    "azapi": (
        {
            "type": "Microsoft.Network/connections@2023-09-01",
            "name": "partner-a",
            "parent_id": GROUP,
            "body": {key: CONNECTION[key] for key in ("properties", "tags", "location")},
        },
        "",
    ),
    "azapi text": (
        {
            "type": "Microsoft.Network/connections@2023-09-01",
            "name": "partner-a",
            "parent_id": GROUP,
            "tags": CONNECTION["tags"],
            "body": json.dumps({"properties": CONNECTION["properties"]}),
        },
        "",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_resource(form: str) -> None:
    """Whatever a resource is wrapped in, the model holds the same."""
    value, pointer = FORMS[form]
    assert ArmReader().recognises(value)
    found = read_one(value)
    assert (found.id, found.type, found.name) == (CONNECTION["id"], "Microsoft.Network/connections", "partner-a")
    assert found.properties == {"connectionType": "IPsec", "connectionMode": "InitiatorOnly"}
    assert found.tags == {"partner": "contoso"}
    assert found.source == Source(file="in.json", pointer=pointer)
    assert (found.parent, found.existing) == (None, False)


def test_the_request_of_an_example_is_no_resource() -> None:
    """What somebody asks for does not exist: only the answers of an example are read."""
    found = read({"parameters": {"gateway": a_connection()}, "responses": {"204": {}}})
    assert (found.resources, found.gaps) == ([], [])


@pytest.mark.parametrize("value", [[], {"value": []}, {"data": []}, {"data": {"columns": [], "rows": []}}])
def test_an_empty_answer_is_an_answer(value: object) -> None:
    """Nothing listed is not the same as nothing understood."""
    assert ArmReader().recognises(value)
    assert (read(value).resources, read(value).gaps) == ([], [])


@pytest.mark.parametrize(
    ("value", "pointer", "word"),
    [
        ({"a": 1}, "", "not ARM resource JSON"),
        ({"value": [{"name": "x", "properties": {}}]}, "/value/0", "not ARM resource JSON"),
        ([CONNECTION, None], "/1", "no object"),
        ({"value": [[5]]}, "/value/0/0", "no object"),
        ("text", "", "no object"),
        ({"error": {"code": "NotFound", "message": "x"}}, "", "error answer"),
        ({"responses": {"404": {"body": {"error": {}}}}}, "/responses/404/body", "error answer"),
        ({"data": {"columns": [{"name": "id"}], "rows": [[1, 2]]}}, "/data/rows/0", "does not fit"),
        ({"type": "Microsoft.Network/connections", "properties": {}}, "", "neither id nor name"),
        ({"id": "[parameters('id')]", "type": "Microsoft.Network/connections", "name": "[parameters('x')]"}, "", "neither id nor name"),
        (
            {"$schema": "https://schema/2019-04-01/deploymentTemplate.json#", "resources": [CONNECTION]},
            "",
            "an ARM template inside another document",
        ),
        ({"contentVersion": "1.0.0.0", "resources": {"a": CONNECTION}}, "", "an ARM template inside another document"),
        ({"$schema": "https://schema/2019-04-01/deploymentParameters.json#", "parameters": {}}, "", "a parameter file"),
        ({"$schema": "https://json-schema.org", "type": "object", "properties": {}}, "", "not ARM resource JSON"),
        ({"apiVersion": "v1", "kind": "Pod", "id": 5}, "", "not ARM resource JSON"),
    ],
)
def test_what_is_no_resource_is_a_gap(value: object, pointer: str, word: str) -> None:
    """An object that is no ARM resource is named with its place, never dropped in silence."""
    gaps = read(value).gaps
    # What holds no resources at all is told apart from what may hold a connection that was not read.
    kind = "not-inventory" if word == "a parameter file" or pointer.startswith("/responses") else "unknown-shape"
    assert [(gap.kind, gap.source) for gap in gaps] == [(kind, Source(file="in.json", pointer=pointer))]
    assert word in gaps[0].reason


def test_what_cannot_be_read_does_not_hide_what_can() -> None:
    """Resources beside something unreadable are still collected."""
    found = read({"value": [{"a": 1}, CONNECTION]})
    assert ([resource.name for resource in found.resources], len(found.gaps)) == (["partner-a"], 1)


def test_a_what_if_result_names_what_it_deletes() -> None:
    """A deletion is noted, and a change without the resource it leads to is a gap."""
    found = read({"changes": [{"changeType": "Delete", "resourceId": an_id("connections/x")}, {"changeType": "Deploy", "resourceId": "y"}]})
    assert found.deleted == [an_id("connections/x")]
    assert [(gap.kind, gap.source and gap.source.pointer) for gap in found.gaps] == [("unreadable-value", "/changes/1")]


def test_resources_of_any_type_are_collected() -> None:
    """The reader does not decide what matters."""
    found = read_one({"id": f"{GROUP}/providers/microsoft.compute/virtualMachines/vm", "properties": {"vmId": "1"}})
    assert (found.type, found.properties) == ("Microsoft.Compute/virtualMachines", {"vmId": "1"})


NETWORK_ARM = a_network(
    addressSpace={"addressPrefixes": ["10.0.0.0/16"]},
    Subnets=[
        {"id": an_id("virtualNetworks/hub/subnets/GatewaySubnet"), "properties": {"addressPrefix": "10.0.0.0/27"}},
        {"name": "workload", "properties": {"addressPrefix": "10.0.1.0/24"}},
    ],
    virtualNetworkPeerings=[{"name": "spoke", "type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "properties": {"a": 1}}],
)


def test_inline_children_become_resources() -> None:
    """Subnets and peerings inside a network are resources of their own, with the network as parent."""
    found = read(NETWORK_ARM)
    assert found.gaps == []
    hub = an_id("virtualNetworks/hub")
    assert [(child.type.rsplit("/", 1)[1], child.id, child.name, child.parent, child.source.pointer) for child in found.resources] == [
        ("virtualNetworks", hub, "hub", None, ""),
        ("subnets", f"{hub}/subnets/GatewaySubnet", "GatewaySubnet", hub, "/properties/Subnets/0"),
        ("subnets", f"{hub}/subnets/workload", "workload", hub, "/properties/Subnets/1"),
        ("virtualNetworkPeerings", f"{hub}/virtualNetworkPeerings/spoke", "spoke", hub, "/properties/virtualNetworkPeerings/0"),
    ]
    assert found.resources[1].properties == {"addressPrefix": "10.0.0.0/27"}
    assert found.resources[0].properties == NETWORK_ARM["properties"]


def test_inline_children_of_the_flat_shape_are_flat_too() -> None:
    """`az` flattens nested resources, and renames a property called `type`."""
    gateway = {
        "id": an_id("virtualNetworkGateways/gw"),
        "name": "gw",
        "type": "Microsoft.Network/virtualNetworkGateways",
        "resourceGroup": "rg-hub",
        "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ"},
        "vpnType": "RouteBased",
        "natRules": [
            {
                "id": an_id("virtualNetworkGateways/gw/natRules/n"),
                "name": "n",
                "resourceGroup": "rg-hub",
                "mode": "EgressSnat",
                "typePropertiesType": "Static",
                "type": "Microsoft.Network/virtualNetworkGateways/natRules",
            },
            {"name": "m", "type": "Dynamic", "mode": "IngressSnat"},
        ],
    }
    parent, first, second = read(gateway).resources
    assert set(parent.properties) == {"sku", "vpnType", "natRules"}
    assert (first.properties, first.parent) == ({"mode": "EgressSnat", "type": "Static"}, parent.id)
    assert (second.properties, second.id) == ({"mode": "IngressSnat", "type": "Dynamic"}, f"{parent.id}/natRules/m")


def test_children_of_children_are_found() -> None:
    """A virtual WAN gateway holds connections, which hold link connections."""
    link = {"name": "l", "properties": {"vpnLinkConnectionMode": "InitiatorOnly"}}
    gateway = {
        "id": an_id("vpnGateways/g"),
        "properties": {"connections": [{"name": "c", "properties": {"vpnLinkConnections": [link]}}]},
    }
    found = read(gateway).resources
    assert [(item.type.rsplit("/", 1)[1], item.parent) for item in found] == [
        ("vpnGateways", None),
        ("vpnConnections", an_id("vpnGateways/g")),
        ("vpnLinkConnections", an_id("vpnGateways/g/vpnConnections/c")),
    ]
    assert found[2].source.pointer == "/properties/connections/0/properties/vpnLinkConnections/0"


def test_a_child_read_alone_knows_its_parent() -> None:
    """The parent of a standalone child is in its id, as written."""
    found = read_one({"id": an_id("virtualNetworks/Hub/subnets/s"), "properties": {"addressPrefix": "10.0.0.0/24"}})
    assert (found.type, found.parent) == ("Microsoft.Network/virtualNetworks/subnets", an_id("virtualNetworks/Hub"))


def test_whole_resources_in_references_stay_where_they_are() -> None:
    """Only children are taken out: a gateway written inside a connection is no inventory of gateways."""
    inside = {"id": an_id("virtualNetworkGateways/gw"), "properties": {"vpnType": "RouteBased"}}
    found = read_one(a_connection(virtualNetworkGateway1=inside))
    assert found.properties["virtualNetworkGateway1"] == inside


@pytest.mark.parametrize(
    ("subnets", "pointer"),
    [
        ({"a": 1}, "/properties/subnets"),
        ("none", "/properties/subnets"),
        ([5], "/properties/subnets/0"),
        ([{"properties": {}}], "/properties/subnets/0"),
    ],
)
def test_unreadable_children_are_gaps_of_their_parent(subnets: object, pointer: str) -> None:
    """What stands in the place of a child and is none is named."""
    found = read(a_network(subnets=subnets))
    assert [(gap.kind, gap.resource, gap.source and gap.source.pointer) for gap in found.gaps] == [
        ("unreadable-value", an_id("virtualNetworks/hub"), pointer),
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"id": CONNECTION["id"], "name": "partner-a", "type": "Microsoft.Network/connections", "location": "x", "tags": None},
        {"id": CONNECTION["id"], "properties": None, "provisioningState": "Succeeded", "createdTime": "x", "sku": {"name": "a"}},
        {"id": CONNECTION["id"], "properties": {}},
    ],
)
def test_a_resource_listed_without_properties_has_none(value: object) -> None:
    """`az resource list` names resources without their settings: that is not the same as settings left at their default."""
    assert read_one(value).properties == {}


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        ({"properties": "x"}, "no object"),
        ({"properties": [1]}, "no object"),
        ({"properties_connectionMode": "Default"}, "project the whole"),
    ],
)
def test_properties_that_are_no_object_are_a_gap(extra: dict[str, object], word: str) -> None:
    """Properties of the wrong kind, or single columns of them, count as not read."""
    found = read({"id": CONNECTION["id"], **extra})
    assert found.resources[0].properties == {}
    assert [(gap.kind, word in gap.reason) for gap in found.gaps] == [("unreadable-value", True)]


@pytest.mark.parametrize(("tags", "expected", "gaps"), [(None, {}, 0), ("", {}, 0), ({}, {}, 0), ("[x]", EXPRESSION, 0), ([1], None, 1)])
def test_tags_are_an_object_or_unknown(tags: object, expected: object, gaps: int) -> None:
    """Tags decide who a partner is, so unreadable ones are unknown and not none."""
    found = read({**CONNECTION, "tags": tags})
    assert len(found.gaps) == gaps
    assert found.resources[0].tags == expected if gaps == 0 else isinstance(found.resources[0].tags, Unknown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[parameters('mode')]", EXPRESSION),
        ("[[literal]", "[[literal]"),
        ("[a] and [b", "[a] and [b"),
        ("a [parameters('x')]", "a [parameters('x')]"),
        ("***", REDACTED),
        ("*****", REDACTED),
        ("**", "**"),
        ("<redacted>", REDACTED),
        ("REDACTED", REDACTED),
        ("[redacted]", REDACTED),
        ("(sensitive value)", REDACTED),
        ("System.Object[]", CUT_OFF),
        ("Microsoft.Azure.Commands.Network.Models.PSIpsecPolicy", CUT_OFF),
        ("Microsoft.Network/connections", "Microsoft.Network/connections"),
        ("fe80::/10", "fe80::/10"),
        ("", ""),
    ],
)
def test_texts_that_only_stand_for_a_value_are_unknown(text: str, expected: object) -> None:
    """Expressions and redactions are unknown as a whole text, at any depth, and nothing else is."""
    found = read_one(a_connection(connectionMode=text, deep=[{"a": [text]}]))
    assert (found.properties["connectionMode"], found.properties["deep"]) == (expected, [{"a": [expected]}])


def test_one_name_in_two_casings_with_two_values_is_unknown() -> None:
    """ARM ignores the casing of names, so two of them contradict each other."""
    found = read_one(a_connection(ConnectionMode="Default"))
    assert found.properties == {"connectionType": "IPsec", "connectionMode": CASE_TWICE}


def test_a_resource_without_an_id_gets_one_from_its_scope() -> None:
    """Type and name identify a resource as far as they go."""
    body = {"type": "Microsoft.Network/virtualNetworks/subnets", "name": "hub/s", "properties": {"a": 1}}
    assert read_one(body).id == "/providers/Microsoft.Network/virtualNetworks/hub/subnets/s"
    scope = NETWORK.split("/")
    assert read_one({**CONNECTION, "id": None, "subscriptionId": scope[2], "resourceGroup": scope[4]}).id == CONNECTION["id"]
    child = {"type": "Microsoft.Network/virtualNetworks/subnets@2023-09-01", "name": "s", "parent_id": an_id("virtualNetworks/hub")}
    assert read_one({**child, "body": {"properties": {"a": 1}}}).id == an_id("virtualNetworks/hub/subnets/s")


def test_pointers_follow_rfc_6901() -> None:
    """`~` and `/` in a name are escaped."""
    found = read({"responses": {"2~0/0": {"body": [None]}}})
    assert [gap.source and gap.source.pointer for gap in found.gaps] == ["/responses/2~00~10/body/0"]


def test_an_id_of_a_known_type_beats_a_type_nobody_knows() -> None:
    """A mislabelled connection is still a connection."""
    found = read({"id": CONNECTION["id"], "type": "Microsoft.Network/tunnels", "name": "x", "properties": {"connectionType": "IPsec"}})
    assert [resource.type for resource in found.resources] == ["Microsoft.Network/connections"]
