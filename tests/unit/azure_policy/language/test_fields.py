"""From the name of a field to its value, with and without a catalogue."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.fields import FieldError, find_field, split_alias
from s2sguard.model.value import Unknown

TYPE = "Contoso.Lab/nets"
RESOURCE: dict[str, Any] = {
    "id": "/subscriptions/s/resourceGroups/rg/providers/Contoso.Lab/nets/n1/parts/p1",
    "name": "p1",
    "type": TYPE,
    "kind": "Hub",
    "location": "UK South",
    "sku": {"name": "Gold", "tier": "T1"},
    "zones": ["1", "2"],
    "identity": {"type": "SystemAssigned", "principalId": "x"},
    "tags": {"Env": "prod", "cost.centre": "7", "it's": "yes", "'Q'": "quoted", "a b": "space"},
    "Properties": {
        "Mode": "fast",
        "kind": "inner",
        "count": 0,
        "nothing": None,
        "a.b": {"c": "dotted"},
        "parts": [
            {"name": "one", "properties": {"port": 1, "marks": ["x", "y"]}},
            {"name": "two", "properties": {"port": 2}},
            {"name": "three", "properties": {"marks": []}, "port": 3},
        ],
        "peer": {"id": "/x", "properties": {"asn": 65515}},
        "sealed": Unknown("not read"),
    },
}


def read(name: str, resource: dict[str, Any] | None = None, **options: Any) -> Any:  # noqa: ANN401
    """Return the value of a field."""
    catalogue = options.pop("aliases", None)
    return find_field(name, catalogue, **options).read(Env(RESOURCE if resource is None else resource))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", "p1"),
        ("FULLNAME", "n1/p1"),
        ("kind", "Hub"),
        ("Type", TYPE),
        ("id", RESOURCE["id"]),
        ("location", "uksouth"),
        ("identity.type", "SystemAssigned"),
        ("identity.principalId", "x"),
        ("tags", RESOURCE["tags"]),
        ("tags.env", "prod"),
        ("tags.cost.centre", "7"),
        ("tags[ENV]", "prod"),
        ("tags[cost.centre]", "7"),
        ("tags[a b]", "space"),
        ("tags['cost.centre']", "7"),
        ("tags['it''s']", "yes"),
        ("tags['''Q''']", "quoted"),
        ("tags['none']", None),
    ],
)
def test_fixed_fields(name: str, expected: object) -> None:
    """Every fixed field and every spelling of a tag is read, in any casing."""
    assert expected == read(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mode", "fast"),
        ("MODE", "fast"),
        ("kind", "inner"),
        ("count", 0),
        ("nothing", None),
        ("absent", None),
        ("absent.deeper", None),
        ("mode.deeper", None),
        ("type", None),
        ("['a.b'].c", "dotted"),
        ("sku.name", "Gold"),
        ("zones[*]", ["1", "2"]),
        ("peer.asn", 65515),
        ("peer.id", "/x"),
        ("peer.properties.asn", 65515),
        ("parts[*].name", ["one", "two", "three"]),
        ("parts[*].port", [1, 2, 3]),
        ("parts[*].marks", [["x", "y"], None, []]),
        ("parts[*].marks[*]", ["x", "y"]),
        ("parts.port", [1, 2, 3]),
        ("absent[*]", []),
        ("absent[*].deeper", []),
        ("mode[*]", []),
        ("nothing[*]", []),
        ("sealed", Unknown("not read")),
        ("sealed.deeper", Unknown("not read")),
    ],
)
def test_the_uniform_rule(name: str, expected: object) -> None:
    """Without a catalogue `properties` is looked into first, at every level, then the object itself."""
    assert expected == read(f"{TYPE}/{name}")


def test_an_alias_of_another_type_selects_nothing() -> None:
    """An alias is read from resources of its own type only; a resource without a type is read too."""
    other = RESOURCE | {"type": "Contoso.Lab/other"}
    untyped = {name: value for name, value in RESOURCE.items() if name != "type"}
    assert [None, "fast", "fast"] == [read(f"{TYPE}/mode", one) for one in (other, untyped, RESOURCE | {"type": TYPE.upper()})]


def test_a_payload_without_properties_is_read_as_it_is() -> None:
    """Where there is no `properties` object, members stand beside the type."""
    flat = {"type": TYPE, "mode": "flat"}
    assert ["flat", None] == [read(f"{TYPE}/{name}", flat) for name in ("mode", "type")]


def test_unknown_properties_make_every_property_unknown() -> None:
    """What is below a value that is not known is not known; the envelope beside it is."""
    sealed = RESOURCE | {"Properties": Unknown("sealed")}
    assert [Unknown("sealed"), "Gold"] == [read(f"{TYPE}/{name}", sealed) for name in ("mode", "sku.name")]


@pytest.mark.parametrize(
    ("name", "kind", "properties", "expected"),
    [
        ("Microsoft.Compute/imagePublisher", "virtualMachines", {"storageProfile": {"imageReference": {"publisher": "C"}}}, "C"),
        (
            "Microsoft.Compute/imageSku",
            "virtualMachineScaleSets",
            {"virtualMachineProfile": {"storageProfile": {"imageReference": {"sku": "7"}}}},
            "7",
        ),
        ("Microsoft.Compute/virtualMachines/sku.name", "virtualMachines", {"hardwareProfile": {"vmSize": "B1"}}, "B1"),
        ("Microsoft.Compute/virtualMachines/sku.name", "virtualMachineScaleSets", {"hardwareProfile": {"vmSize": "B1"}}, None),
        ("Microsoft.Compute/disks.state", "disks", {"state": "on"}, "on"),
        ("Microsoft.Compute/disks.state", "snapshots", {"state": "on"}, None),
    ],
)
def test_aliases_older_than_the_rule(name: str, kind: str, properties: dict[str, Any], expected: object) -> None:
    """Aliases that lead somewhere else than they say are read without a catalogue too."""
    assert expected == read(name, {"type": f"Microsoft.Compute/{kind}", "properties": properties})


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("A.B/c/d", ("A.B/c", "d")),
        ("A.B/c/d.e[*].f", ("A.B/c", "d.e[*].f")),
        ("A.B/c/d['x/y'].z", ("A.B/c", "d['x/y'].z")),
        ("A.B/c", ("A.B", "c")),
        ("plain.path", ("", "plain.path")),
    ],
)
def test_split_alias(alias: str, expected: tuple[str, str]) -> None:
    """The path begins after the last slash outside of brackets."""
    assert expected == split_alias(alias)


CATALOGUE = AliasCatalogue.load(
    [
        {
            "name": f"{TYPE}/mode",
            "defaultPath": "properties.mode",
            "paths": [
                {"path": "properties.old.mode", "apiVersions": ["2020-01-01"]},
                {"path": "properties.mode", "apiVersions": ["2024-01-01"]},
            ],
        },
        {"name": f"{TYPE}/parts[*]", "defaultPath": "properties.parts[*]"},
        {"name": f"{TYPE}/parts[*].port", "defaultPath": "properties.parts[*].properties.port"},
        {"name": f"{TYPE}/byName"},
    ]
)


def test_a_catalogue_chooses_the_path_by_api_version() -> None:
    """The path of the API version counts, the default path for versions that are not listed."""
    resource = {"type": TYPE, "properties": {"mode": "new", "old": {"mode": "old"}}}
    versions = (None, "2020-01-01", "2024-01-01", "1999-01-01")
    found = [read(f"{TYPE}/MODE", resource, aliases=CATALOGUE, api_version=version) for version in versions]
    assert found == ["new", "old", "new", "new"]


def test_a_rule_follows_the_api_version_of_the_call() -> None:
    """The argument, the context's request and the resource say the API version, in this order."""
    policy = compile_policy({"if": {"field": f"{TYPE}/mode", "equals": "old"}, "then": {"effect": "deny"}}, CATALOGUE)
    resource = {"type": TYPE, "properties": {"mode": "new", "old": {"mode": "old"}}}
    request = {"requestContext": {"apiVersion": "2020-01-01"}}
    found = [
        policy.evaluate(resource).effect,
        policy.evaluate(resource, api_version="2020-01-01").effect,
        policy.evaluate(resource, context=request).effect,
        policy.evaluate(resource, context=request, api_version="2024-01-01").effect,
        policy.evaluate(resource | {"apiVersion": "2020-01-01"}).effect,
    ]
    assert found == [None, "deny", "deny", None, "deny"]


def test_a_catalogue_follows_paths_to_the_letter() -> None:
    """With a catalogue there is no looking into `properties` on the way; an alias without a path follows the uniform rule."""
    resource = {"type": TYPE, "properties": {"parts": [{"port": 1}, {"properties": {"port": 2}}], "byName": "u"}}
    assert [[None, 2], "u"] == [read(f"{TYPE}/{name}", resource, aliases=CATALOGUE) for name in ("parts[*].port", "byName")]


@pytest.mark.parametrize(
    ("name", "aliases", "hint"),
    [
        (f"{TYPE}/moed", CATALOGUE, f"did you mean `{TYPE}/mode`?"),
        ("properties.mode", CATALOGUE, "fields are name, fullName, kind, type, location, id, identity.type, tags, or aliases"),
        ("locatoin", CATALOGUE, "did you mean `location`?"),
        (f"{TYPE}/parts[0]", None, ""),
        (f"{TYPE}/a..b", None, ""),
        (f"{TYPE}/a[", None, ""),
        (f"{TYPE}/", None, ""),
        ("", None, ""),
        ("identity..type", None, ""),
    ],
)
def test_names_that_are_no_fields(name: str, aliases: AliasCatalogue | None, hint: str) -> None:
    """A name that is no field is refused, with the names that were probably meant."""
    with pytest.raises(FieldError) as caught:
        find_field(name, aliases)
    assert hint == caught.value.hint


def test_a_bare_path_is_read_and_warned_about() -> None:
    """Without a catalogue a path that is no alias works, and a warning says that Azure refuses it."""
    policy = compile_policy({"if": {"field": "properties.mode", "equals": "fast"}, "then": {"effect": "deny"}})
    assert [warning.pointer for warning in policy.warnings] == ["/if/field"]
    assert policy.evaluate(RESOURCE).effect == "deny"


@pytest.mark.parametrize(
    ("name", "warned"),
    [
        ("Contoso.Lab/links", True),
        ("Contoso.Lab/links/mode", False),
        ("Contoso.Lab/links.mode", False),
        ("Microsoft.Compute/imageId", False),
        ("Microsoft.HybridCompute/imageOffer", False),
    ],
)
def test_a_type_is_no_field(name: str, warned: bool) -> None:  # noqa: FBT001 - a table
    """It has no property: nothing is ever found there, in a condition or by field()."""
    for condition in ({"field": name, "equals": 1}, {"value": f"[field('{name}')]", "equals": 1}):
        policy = compile_policy({"if": condition, "then": {"effect": "deny"}})
        said = [f"`{name}` names a resource type and no property of it"] if warned else []
        assert said == [warning.message for warning in policy.warnings]


def test_a_catalogue_refuses_what_it_does_not_have() -> None:
    """An alias that the catalogue lacks is a problem where it stands, in conditions, counts and functions."""
    rule = {
        "if": {
            "allOf": [
                {"field": f"{TYPE}/none", "exists": True},
                {"value": f"[field('{TYPE}/none')]", "equals": ""},
                {"count": {"field": f"{TYPE}/none[*]"}, "equals": 0},
            ]
        },
        "then": {"effect": "deny"},
    }
    with pytest.raises(PolicyError) as caught:
        compile_policy(rule, CATALOGUE)
    assert ["/if/allOf/0/field", "/if/allOf/1/value", "/if/allOf/2/count/field"] == [problem.pointer for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("operator", "target", "expected"),
    [
        ("equals", "uksouth", "deny"),
        ("equals", "UK South", "deny"),
        ("in", ["West Europe", "Uk South"], "deny"),
        ("notIn", ["uksouth"], None),
        ("like", "UK*", "deny"),
        ("equals", "[parameters('where')]", "deny"),
        ("in", "[createArray('UK SOUTH')]", "deny"),
    ],
)
def test_locations_are_compared_without_spaces(operator: str, target: object, expected: str | None) -> None:
    """Both sides of a comparison with the field `location` are normalised (policy-rule, "Fields")."""
    policy = compile_policy({"if": {"field": "location", operator: target}, "then": {"effect": "deny"}})
    assert expected == policy.evaluate(RESOURCE, parameters={"where": "uk South"}).effect


def test_a_field_may_be_named_by_an_expression() -> None:
    """The name of a field is worked out when it is needed, such as a tag that a parameter names."""
    condition = {"field": "[concat('tags[', parameters('tag'), ']')]", "equals": "prod"}
    policy = compile_policy({"if": condition, "then": {"effect": "deny"}})
    found = [policy.evaluate(RESOURCE, parameters={"tag": tag}).effect for tag in ("env", "ENV", "other", "", 7, Unknown("x"))]
    assert found == ["deny", "deny", None, "error", None, "unknown"]


SINGLETONS: list[tuple[str, Any, Any]] = [
    ("Contoso.Lab/nets/stores/default.purge.enabled", {"name": "n1/Default", "properties": {"purge": {"enabled": True}}}, True),
    ("Contoso.Lab/nets/stores/default.sku.name", {"name": "default", "sku": {"name": "Gold"}, "properties": {}}, "Gold"),
    ("Contoso.Lab/nets/stores/default.rows[*].x", {"name": "default", "properties": {"rows": [{"x": 1}, {"x": 2}]}}, [1, 2]),
    ("Contoso.Lab/nets/stores/Managed.state.size", {"name": "a", "properties": {"type": "managed", "state": {"size": 4}}}, 4),
    ("Contoso.Lab/nets/stores/Managed.state.size", {"name": "a", "properties": {"type": "Hosted", "state": {"size": 4}}}, None),
    ("Contoso.Lab/nets/stores/default.purge.enabled", {"name": "other", "properties": {"purge": {"enabled": True}}}, None),
    (
        "Contoso.Lab/nets/stores/default.purge.enabled",
        {"name": "default", "properties": {"default": {"purge": {"enabled": 1}}, "purge": {"enabled": 2}}},
        1,
    ),
    ("Contoso.Lab/nets/stores/default", {"name": "default", "properties": {}}, None),
]


@pytest.mark.parametrize(("alias", "resource", "expected"), SINGLETONS)
def test_a_step_that_repeats_what_the_resource_is(alias: str, resource: dict[str, Any], expected: object) -> None:
    """Without a catalogue a first step that is the resource's own name, or its `properties.type`, is no property."""
    assert expected == read(alias, {"type": "Contoso.Lab/nets/stores", **resource})


def test_a_count_over_the_array_of_a_singleton() -> None:
    """Counts find the array where conditions do."""
    condition = {"count": {"field": "Contoso.Lab/nets/stores/default.rows[*]"}, "equals": 2}
    resource = {"type": "Contoso.Lab/nets/stores", "name": "n1/default", "properties": {"rows": [{}, {}]}}
    assert compile_policy({"if": condition, "then": {"effect": "deny"}}).evaluate(resource).effect == "deny"


def test_the_image_of_an_arc_machine() -> None:
    """`Microsoft.HybridCompute/imageOffer` is the name of the operating system."""
    resource = {"type": "Microsoft.HybridCompute/machines", "properties": {"osName": "linux"}}
    assert read("Microsoft.HybridCompute/imageOffer", resource) == "linux"
