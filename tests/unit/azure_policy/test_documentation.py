"""Every example of Microsoft's pages about the language, made again with our own names and values; the outcomes are the pages'.

Pages, under `articles/governance/policy` of MicrosoftDocs/azure-docs: `how-to/author-policies-for-arrays.md` (ARRAYS below),
`concepts/definition-structure-policy-rule.md` (RULE), `-parameters.md`, `-alias.md`, and `concepts/effect-*.md`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy

Json: TypeAlias = Any

TYPE = "Contoso.Lab/links"
ARRAYS_RESOURCE = {
    "type": TYPE,
    "tags": {"stage": "live"},
    "properties": {
        "hops": ["ams", "lon", "par"],
        "routes": [{"via": "first", "marks": [1, 2]}, {"via": "second", "marks": [3, 4]}],
    },
}


def outcome(condition: Json, resource: Json, **evaluation: Any) -> str | None:
    """Return the effect of a deny rule with this condition."""
    return compile_policy({"if": condition, "then": {"effect": "deny"}}).evaluate(resource, **evaluation).effect


def holds(condition: Json, resource: Json, **evaluation: Any) -> bool:
    """Say whether a condition is true of a resource; an error or an unknown is a failure of the test."""
    effect = outcome(condition, resource, **evaluation)
    assert effect in {None, "deny"}
    return effect == "deny"


# -- ARRAYS: what aliases select --

SELECTED: list[tuple[str, list[Json]]] = [
    ("missing[*]", []),
    ("missing[*].via", []),
    ("hops[*]", ["ams", "lon", "par"]),
    ("routes[*].via", ["first", "second"]),
    ("routes[*].marks[*]", [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("path", "values"), SELECTED)
def test_members_selected_by_a_field_condition(path: str, values: list[Json]) -> None:
    """The condition holds for the list of the values the page names, and fails as soon as one of them is left out."""
    assert holds({"field": f"{TYPE}/{path}", "in": values}, ARRAYS_RESOURCE)
    for value in values:
        assert not holds({"field": f"{TYPE}/{path}", "in": [one for one in values if one != value]}, ARRAYS_RESOURCE)


def test_missing_array_without_star_is_null() -> None:
    """A plain alias of a missing array selects null."""
    assert holds({"field": f"{TYPE}/missing", "exists": False}, ARRAYS_RESOURCE)
    assert holds({"field": f"{TYPE}/hops", "exists": True}, ARRAYS_RESOURCE)


def test_array_of_objects_selects_objects() -> None:
    """`[*]` of an array of objects selects each object."""
    assert holds({"field": f"{TYPE}/routes[*]", "containsKey": "via"}, ARRAYS_RESOURCE)
    assert not holds({"field": f"{TYPE}/routes[*]", "containsKey": "hop"}, ARRAYS_RESOURCE)


def test_array_in_members_selects_arrays() -> None:
    """An alias that ends in an inner array without `[*]` selects one array for each member."""
    assert holds({"field": f"{TYPE}/routes[*].marks", "notContains": 9}, ARRAYS_RESOURCE)
    assert not holds({"field": f"{TYPE}/routes[*].marks", "contains": 1}, ARRAYS_RESOURCE)


RETURNED: list[tuple[str, Json]] = [
    ("missing", ""),
    ("missing[*]", []),
    ("missing[*].via", []),
    ("hops", ["ams", "lon", "par"]),
    ("hops[*]", ["ams", "lon", "par"]),
    ("routes[*]", [{"via": "first", "marks": [1, 2]}, {"via": "second", "marks": [3, 4]}]),
    ("routes[*].via", ["first", "second"]),
    ("routes[*].marks", [[1, 2], [3, 4]]),
    ("routes[*].marks[*]", [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("path", "value"), RETURNED)
def test_value_returned_by_the_field_function(path: str, value: Json) -> None:
    """`field()` returns what the page's second table says."""
    assert holds(
        {"value": f"[equals(field('{TYPE}/{path}'), parameters('wanted'))]", "equals": True},
        ARRAYS_RESOURCE,
        parameters={"wanted": {"value": value}},
    )
    assert not holds(
        {"value": f"[equals(field('{TYPE}/{path}'), parameters('wanted'))]", "equals": True},
        ARRAYS_RESOURCE,
        parameters={"wanted": {"value": ["x"]}},
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"value": f"[length(field('{TYPE}/hops'))]", "greater": 0}, True),
        ({"value": f"[length(field('{TYPE}/hops'))]", "greater": 3}, False),
        ({"value": f"[length(field('{TYPE}/routes[*].via'))]", "equals": 2}, True),
        ({"value": f"[take(first(field('{TYPE}/hops[*]')), 2)]", "equals": "am"}, True),
        ({"field": f"{TYPE}/hops[*]", "equals": "ams"}, False),
        ({"field": f"{TYPE}/routes[*].via", "like": "*"}, True),
    ],
)
def test_referring_to_arrays(condition: Json, expected: bool) -> None:  # noqa: FBT001 - a table
    """Whole arrays go into functions, members into conditions that each of them has to meet."""
    assert expected == holds(condition, ARRAYS_RESOURCE)


def counted(count: Json, expected: int, resource: Json = ARRAYS_RESOURCE, **evaluation: Any) -> None:
    """Check what a count is, from both sides."""
    assert holds({"count": count, "equals": expected}, resource, **evaluation)
    assert not holds({"count": count, "notEquals": expected}, resource, **evaluation)


HOPS, ROUTES, MARKS = f"{TYPE}/hops[*]", f"{TYPE}/routes[*]", f"{TYPE}/routes[*].marks[*]"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ({"field": HOPS}, 3),
        ({"field": MARKS}, 4),
        ({"field": HOPS, "where": {"field": HOPS, "equals": "ams"}}, 1),
        ({"field": ROUTES, "where": {"allOf": [{"field": f"{ROUTES}.via", "equals": "second"}, {"field": MARKS, "greater": 2}]}}, 1),
        ({"field": ROUTES, "where": {"allOf": [{"field": f"{ROUTES}.via", "equals": "first"}, {"field": MARKS, "greater": 2}]}}, 0),
        ({"field": ROUTES, "where": {"field": "tags.stage", "equals": "live"}}, 2),
        ({"field": ROUTES, "where": {"field": "tags.stage", "equals": "lab"}}, 0),
        (
            {
                "field": ROUTES,
                "where": {
                    "allOf": [
                        {"field": f"{ROUTES}.via", "equals": "second"},
                        {"count": {"field": MARKS, "where": {"field": MARKS, "equals": 3}}, "greater": 0},
                    ]
                },
            },
            1,
        ),
        ({"field": HOPS, "where": {"field": HOPS, "equals": f"[field('{HOPS}')]"}}, 0),
        ({"field": HOPS, "where": {"field": HOPS, "equals": f"[first(field('{HOPS}'))]"}}, 3),
        ({"field": ROUTES, "where": {"value": f"[length(field('{MARKS}'))]", "equals": 2}}, 2),
        ({"field": HOPS, "where": {"value": f"[length(field('{HOPS}'))]", "equals": 1}}, 3),
    ],
)
def test_count_expressions(count: Json, expected: int) -> None:
    """Each count of the page is the number it says."""
    counted(count, expected)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"notEquals": "192.0.2.1"}, False),
        ({"notEquals": "198.51.100.7"}, True),
        ({"Equals": "192.0.2.1"}, False),
        ({"Equals": "198.51.100.7"}, False),
    ],
)
@pytest.mark.parametrize("negated", [False, True])
def test_all_members_none_and_any(condition: Json, expected: bool, negated: bool) -> None:  # noqa: FBT001 - a table
    """The page's table of eight conditions over an array of two members (its edition of March 2019)."""
    resource = {"type": TYPE, "properties": {"peers": [{"address": "192.0.2.1"}, {"address": "203.0.113.9"}]}}
    one = {"field": f"{TYPE}/peers[*].address", **condition}
    rule = {"allOf": [{"field": f"{TYPE}/peers", "exists": "true"}, {"not": one} if negated else one]}
    assert (expected != negated) == holds(rule, resource)


def test_array_parameter_takes_in_not_equals() -> None:
    """An array parameter as operand of `equals` cannot be compiled; `in` takes it."""
    file = {
        "policyRule": {"if": {"not": {"field": "location", "equals": "[parameters('places')]"}}, "then": {"effect": "audit"}},
        "parameters": {"places": {"type": "Array"}},
    }
    with pytest.raises(PolicyError) as refused:
        compile_policy(file)
    assert ["/policyRule/if/not/equals"] == [problem.pointer for problem in refused.value.problems]
    file["policyRule"]["if"]["not"] = {"field": "location", "in": "[parameters('places')]"}  # type: ignore[index]
    policy = compile_policy(file)
    assert policy.evaluate({"location": "uksouth"}, parameters={"places": ["ukwest"]}).effect == "audit"
    assert policy.evaluate({"location": "UK South"}, parameters={"places": ["ukwest", "uksouth"]}).effect is None


# -- RULE: conditions --


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ({"equals": "Red"}, "rED", True),
        ({"notEquals": "Red"}, "rED", False),
        ({"like": "re*"}, "RED", True),
        ({"like": "*d"}, "red", True),
        ({"like": "r*d"}, "rd", True),
        ({"like": "re"}, "red", False),
        ({"notLike": "re*"}, "blue", True),
        ({"match": "gw-##?"}, "gw-42a", True),
        ({"match": "GW-##?"}, "gw-42a", False),
        ({"matchInsensitively": "GW-##?"}, "gw-42a", True),
        ({"match": "gw-..."}, "gw-4_a", True),
        ({"match": "gw-###"}, "gw-42a", False),
        ({"match": "gw-##?"}, "gw-421", False),
        ({"match": "gw-##"}, "gw-421", False),
        ({"notMatch": "GW-##?"}, "gw-42a", True),
        ({"notMatchInsensitively": "GW-##?"}, "gw-42a", False),
        ({"contains": "EA"}, "great", True),
        ({"notContains": "EA"}, "great", False),
        ({"in": ["RED", "blue"]}, "red", True),
        ({"notIn": ["RED", "blue"]}, "red", False),
        ({"less": "banana"}, "Apple", True),
        ({"less": 3}, 2, True),
        ({"lessOrEquals": 2}, 2, True),
        ({"greater": "2026-01-31T00:00:00Z"}, "2026-02-01T00:00:00Z", True),
        ({"greaterOrEquals": "2026-02-01T01:00:00+01:00"}, "2026-02-01T00:00:00Z", True),
        ({"exists": "false"}, "red", False),
        ({"exists": "TRUE"}, "red", True),
    ],
)
def test_operators(condition: Json, value: Json, expected: bool) -> None:  # noqa: FBT001 - a table
    """Each operator does what the page's list says of it."""
    assert expected == holds({"field": f"{TYPE}/mode", **condition}, {"type": TYPE, "properties": {"mode": value}})


@pytest.mark.parametrize("operator", ["less", "lessOrEquals", "greater", "greaterOrEquals"])
@pytest.mark.parametrize("value", ["red", True, [1], {"a": 1}])
def test_ordering_another_kind_is_an_error(operator: str, value: Json) -> None:
    """A property of another type than the condition's ends in an error."""
    assert outcome({"field": f"{TYPE}/size", operator: 5}, {"type": TYPE, "properties": {"size": value}}) == "error"


def test_wildcard_only_once() -> None:
    """`like` takes no more than one wildcard."""
    with pytest.raises(PolicyError):
        compile_policy({"if": {"field": "name", "like": "*a*"}, "then": {"effect": "deny"}})


def test_nested_not_in_all_of() -> None:
    """The page's first example: a type, and a tag that is not there."""
    rule = {"allOf": [{"not": {"field": "tags", "containsKey": "Owner"}}, {"field": "type", "equals": "contoso.lab/LINKS"}]}
    assert holds(rule, {"type": TYPE, "tags": {"stage": "live"}})
    assert not holds(rule, {"type": TYPE, "tags": {"owner": "a"}})
    assert not holds(rule, {"type": "Contoso.Lab/sites", "tags": {}})


@pytest.mark.parametrize(
    ("written", "meant"), [("[[x]", "[x]"), ("x]", "x]"), ("[x", "[x"), ("['x']", "x"), ("[concat('[', 'x', ']')]", "[x]")]
)
def test_brackets(written: str, meant: str) -> None:
    """A string in brackets is an expression; a literal bracket in front of one is written twice."""
    assert holds({"field": "name", "equals": written}, {"type": TYPE, "name": meant})
    assert not holds({"field": "name", "notIn": [written]}, {"type": TYPE, "name": meant})


# -- RULE: fields --


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("name", "red"),
        ("fullName", "hub/red"),
        ("kind", "v2"),
        ("type", "Contoso.Lab/hubs/links"),
        ("location", "eastus2"),
        ("location", "East US 2"),
        ("id", "/subscriptions/s/resourceGroups/g/providers/Contoso.Lab/hubs/hub/links/red"),
        ("identity.type", "SystemAssigned"),
        ("tags.plain", "1"),
        ("tags[plain]", "1"),
        ("tags['plain']", "1"),
        ("tags['Acct.Centre']", "2"),
        ("tags[Acct.Centre]", "2"),
        ("tags['with space-and.dot']", "3"),
        ("tags['''Own.Apostrophe''']", "4"),
        ("tags['PLAIN']", "1"),
    ],
)
def test_fields(field: str, expected: str) -> None:
    """Each field of the page's list is what it says, and something else is not."""
    resource = {
        "id": "/subscriptions/s/resourceGroups/g/providers/Contoso.Lab/hubs/hub/links/red",
        "name": "hub/red",
        "type": "Contoso.Lab/hubs/links",
        "kind": "v2",
        "location": "East US 2",
        "identity": {"type": "SystemAssigned"},
        "tags": {"plain": "1", "Acct.Centre": "2", "with space-and.dot": "3", "'Own.Apostrophe'": "4"},
    }
    assert holds({"field": field, "equals": expected}, resource)
    assert not holds({"field": field, "equals": expected + "x"}, resource)


def test_tag_name_from_a_parameter() -> None:
    """The page's example: the tag a parameter names is missing, and modify copies it from the resource group."""
    rule = {
        "if": {"field": "[concat('tags[', parameters('label'), ']')]", "exists": "false"},
        "then": {
            "effect": "modify",
            "details": {
                "operations": [
                    {
                        "operation": "add",
                        "field": "[concat('tags[', parameters('label'), ']')]",
                        "value": "[resourcegroup().tags[parameters('label')]]",
                    }
                ],
                "roleDefinitionIds": ["/providers/microsoft.authorization/roleDefinitions/00000000-0000-0000-0000-00000000000a"],
            },
        },
    }
    policy = compile_policy(rule)
    context = {"resourceGroup": {"name": "g", "tags": {"Centre": "42"}}}
    evaluation = policy.evaluate({"type": TYPE, "tags": {}}, parameters={"label": "Centre"}, context=context)
    assert evaluation.effect == "modify"
    (operation,) = evaluation.details["operations"]
    assert ("add", "tags[Centre]", "42") == (operation["operation"], operation["field"], operation["value"])
    assert policy.evaluate({"type": TYPE, "tags": {"centre": "1"}}, parameters={"label": "Centre"}, context=context).effect is None


# -- RULE: value --


@pytest.mark.parametrize(
    ("group", "resource_type", "expected"),
    [("prod-netrg", TYPE, True), ("prod-netrg", "Microsoft.Network/connections", False), ("prod-apprg", TYPE, False)],
)
def test_resource_group_name_like(group: str, resource_type: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """Nothing but network resources in groups whose name ends in `netrg`."""
    rule = {"allOf": [{"value": "[resourceGroup().name]", "like": "*netrg"}, {"field": "type", "notLike": "Microsoft.Network/*"}]}
    assert expected == holds(rule, {"type": resource_type}, context={"resourceGroup": {"name": group}})


@pytest.mark.parametrize(("tags", "expected"), [({}, True), ({"a": "1", "b": "2"}, True), ({"a": "1", "b": "2", "c": "3"}, False)])
def test_fewer_than_three_tags(tags: Json, expected: bool) -> None:  # noqa: FBT001 - a table
    """A string `true` is equal to what a function returns."""
    assert expected == holds({"value": "[less(length(field('tags')), 3)]", "equals": "true"}, {"type": TYPE, "tags": tags})


SHORT = {"value": "[substring(field('name'), 0, 3)]", "equals": "hub"}
GUARDED = {
    "value": "[if(greaterOrEquals(length(field('name')), 3), substring(field('name'), 0, 3), 'too short to start with hub')]",
    "equals": "hub",
}


@pytest.mark.parametrize(
    ("name", "plain", "guarded"), [("hub-1", "deny", "deny"), ("spoke", None, None), ("hu", "error", None), ("", "error", None)]
)
def test_template_failure_denies(name: str, plain: str | None, guarded: str | None) -> None:
    """`substring` of a name that is too short is an error, which Azure denies; `if()` avoids it."""
    assert plain == outcome(SHORT, {"type": TYPE, "name": name})
    assert guarded == outcome(GUARDED, {"type": TYPE, "name": name})


# -- RULE: field count, examples 1 to 7 --

RULES = "Contoso.Lab/filters/rules[*]"


def filters(*rules: Json) -> Json:
    """Return a resource with rules in it, each a nested resource as ARM writes it."""
    return {"type": "Contoso.Lab/filters", "properties": {"rules": [{"name": f"r{n}", "properties": one} for n, one in enumerate(rules)]}}


def test_field_count_example_1() -> None:
    """An array that is empty, or not there."""
    for resource in (filters(), {"type": "Contoso.Lab/filters", "properties": {}}):
        counted({"field": RULES}, 0, resource)
    counted({"field": RULES}, 1, filters({}))


def test_field_count_examples_2_and_3() -> None:
    """Exactly one member, or at least one, meets a condition."""
    where = {"field": f"{RULES}.text", "equals": "keep"}
    for texts, exactly, at_least in ((["keep", "x"], True, True), (["Keep", "KEEP"], False, True), (["x"], False, False)):
        resource = filters(*({"text": text} for text in texts))
        assert exactly == holds({"count": {"field": RULES, "where": where}, "equals": 1}, resource)
        assert at_least == holds({"count": {"field": RULES, "where": where}, "greaterOrEquals": 1}, resource)


def test_field_count_example_4() -> None:
    """All members meet a condition: the count is the length of the array."""
    rule = {"count": {"field": RULES, "where": {"field": f"{RULES}.text", "equals": "keep"}}, "equals": f"[length(field('{RULES}'))]"}
    assert holds(rule, filters({"text": "keep"}, {"text": "keep"}))
    assert not holds(rule, filters({"text": "keep"}, {"text": "x"}))


def test_field_count_example_5() -> None:
    """Several properties of one and the same member."""
    where = {
        "allOf": [
            {"field": f"{RULES}.side", "equals": "In"},
            {"field": f"{RULES}.does", "equals": "Allow"},
            {"field": f"{RULES}.port", "equals": "22"},
        ]
    }
    rule = {"count": {"field": RULES, "where": where}, "greater": 0}
    assert holds(rule, filters({"side": "in", "does": "allow", "port": "22"}))
    assert not holds(rule, filters({"side": "in", "does": "deny", "port": "22"}, {"side": "out", "does": "allow", "port": "22"}))


PREFIXES = "Microsoft.Network/virtualNetworks/addressSpace.addressPrefixes[*]"


@pytest.mark.parametrize(
    "member",
    [f"current('{PREFIXES}')", "current()", f"first(field('{PREFIXES}'))"],
    ids=["example 6", "bare current", "example 7"],
)
def test_field_count_examples_6_and_7(member: str) -> None:
    """A prefix outside of a range is found with `current()` and with `field()`."""
    where = {"value": f"[ipRangeContains('192.0.2.0/24', {member})]", "equals": False}
    rule = {"count": {"field": PREFIXES, "where": where}, "greater": 0}
    assert not holds(rule, network("192.0.2.0/25", "192.0.2.128/26"))
    assert holds(rule, network("192.0.2.0/25", "198.51.100.0/24"))
    assert not holds(rule, network())


def network(*prefixes: str) -> Json:
    """Return a virtual network."""
    return {"type": "Microsoft.Network/virtualNetworks", "properties": {"addressSpace": {"addressPrefixes": list(prefixes)}}}


# -- RULE: value count, examples 1 to 5 --


@pytest.mark.parametrize(
    ("count", "parameters"),
    [
        ({"value": ["gw_*", "link_*"], "name": "pattern", "where": {"field": "name", "like": "[current('pattern')]"}}, {}),
        ({"value": ["gw_*", "link_*"], "where": {"field": "name", "like": "[current()]"}}, {}),
        (
            {"value": "[parameters('patterns')]", "name": "pattern", "where": {"field": "name", "like": "[current('pattern')]"}},
            {"patterns": ["gw_*", "link_*"]},
        ),
    ],
    ids=["example 1", "example 2", "example 3"],
)
def test_value_count_examples_1_to_3(count: Json, parameters: Json) -> None:
    """A name matches one of several patterns."""
    rule = {"count": count, "greater": 0}
    assert holds(rule, {"type": TYPE, "name": "link_7"}, parameters=parameters)
    assert not holds(rule, {"type": TYPE, "name": "site_7"}, parameters=parameters)


def test_value_count_example_4() -> None:
    """A prefix that lies in none of the approved ones."""
    inner = {
        "count": {
            "value": "[parameters('approved')]",
            "name": "one",
            "where": {"value": f"[ipRangeContains(current('one'), current('{PREFIXES}'))]", "equals": True},
        },
        "equals": 0,
    }
    rule = {"count": {"field": PREFIXES, "where": inner}, "greater": 0}
    parameters = {"approved": ["192.0.2.0/24", "198.51.100.0/24"]}
    assert not holds(rule, network("192.0.2.64/26", "198.51.100.0/24"), parameters=parameters)
    assert holds(rule, network("192.0.2.64/26", "203.0.113.0/24"), parameters=parameters)


def test_value_count_example_5() -> None:
    """Every rule that a parameter reserves is defined; its numbers equal the strings Azure writes."""
    names = ("priority", "does", "side", "port")
    same = [{"field": f"{RULES}.{name}", "equals": f"[current('reserved').{name}]"} for name in names]
    rule = {
        "count": {
            "value": "[parameters('reserved')]",
            "name": "reserved",
            "where": {"count": {"field": RULES, "where": {"allOf": same}}, "equals": 1},
        },
        "equals": "[length(parameters('reserved'))]",
    }
    reserved = [{"priority": 201, "does": "deny", "side": "in", "port": 22}, {"priority": 202, "does": "deny", "side": "in", "port": 23}]
    written = [{"priority": 201, "does": "Deny", "side": "In", "port": "22"}, {"priority": 202, "does": "Deny", "side": "In", "port": "23"}]
    assert holds(rule, filters(*written), parameters={"reserved": reserved})
    assert not holds(rule, filters(written[0]), parameters={"reserved": reserved})
    assert not holds(rule, filters(written[0], {**written[1], "port": "24"}), parameters={"reserved": reserved})


# -- RULE: current() --


@pytest.mark.parametrize(
    "where",
    [
        {"value": "[current('other')]", "equals": 1},
        {"count": {"value": [1], "name": "inner", "where": {"value": "[current()]", "equals": 1}}, "equals": 1},
    ],
    ids=["a name that nothing has", "bare inside a nested count"],
)
def test_current_is_checked(where: Json) -> None:
    """`current()` without a name is for a count of its own, and a name has to be one of an enclosing count."""
    with pytest.raises(PolicyError):
        compile_policy({"if": {"count": {"value": [1], "name": "outer", "where": where}, "equals": 1}, "then": {"effect": "deny"}})


def test_current_outside_a_count() -> None:
    """`current()` is only available inside `count.where`."""
    with pytest.raises(PolicyError):
        compile_policy({"if": {"value": "[current()]", "equals": 1}, "then": {"effect": "deny"}})


def test_current_of_a_member_property() -> None:
    """An alias below the counted one is that property of the member."""
    counted({"field": ROUTES, "where": {"value": f"[current('{ROUTES}.via')]", "equals": "second"}}, 1)
    counted({"field": ROUTES, "where": {"value": f"[current('{ROUTES}').VIA]", "equals": "second"}}, 1)


def test_name_of_a_nested_value_count_is_required() -> None:
    """`count.name` is optional only for a count that is no child of another one."""
    inner = {"count": {"value": [1], "where": {"value": "[current('default')]", "equals": 1}}, "equals": 1}
    with pytest.raises(PolicyError):
        compile_policy({"if": {"count": {"value": [1], "name": "outer", "where": inner}, "equals": 1}, "then": {"effect": "deny"}})
    counted({"value": [1, 2], "where": {"value": "[current('default')]", "equals": 1}}, 1)


# -- RULE: functions --


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("192.0.2.0/24", "192.0.2.7", "deny"),
        ("192.0.2.7", "192.0.2.7", "deny"),
        ("192.0.2.7", "192.0.2.8", None),
        ("192.0.2.0/24", "192.0.2.128/25", "deny"),
        ("192.0.2.128/25", "192.0.2.0/24", None),
        ("192.0.2.1-192.0.2.9", "192.0.2.2-192.0.2.9", "deny"),
        ("192.0.2.1-192.0.2.9", "192.0.2.8/31", "deny"),
        ("192.0.2.1-192.0.2.9", "192.0.2.0/28", None),
        ("192.0.2.0/24", "192.0.2.250-192.0.3.1", None),
        ("2001:0DB8::/110", "2001:db8::3:fffe", "deny"),
        ("2001:0DB8::-2001:0DB8::3:FFFF", "2001:db8::/112", "deny"),
        ("2001:0DB8::/110", "2001:db8::4:0", None),
        ("192.0.2.0/24", "2001:db8::1", "error"),
        ("", "192.0.2.1", "error"),
        ("192.0.2.0/24", "", "error"),
        ("192.0.2.9-192.0.2.1", "192.0.2.5", "error"),
        ("somewhere", "192.0.2.1", "error"),
    ],
)
def test_ip_range_contains(outer: str, inner: str, expected: str | None) -> None:
    """The three formats, in both places; empty ranges and mixed families fail."""
    rule = {"value": "[ipRangeContains(parameters('outer'), parameters('inner'))]", "equals": True}
    assert expected == outcome(rule, {"type": TYPE}, parameters={"outer": outer, "inner": inner})


def test_name_starts_with_the_group() -> None:
    """The page's function example: names start with the name of the resource group."""
    rule = {"not": {"field": "name", "like": "[concat(resourceGroup().name, '*')]"}}
    context = {"resourceGroup": {"name": "hub"}}
    assert holds(rule, {"type": TYPE, "name": "spoke-1"}, context=context)
    assert not holds(rule, {"type": TYPE, "name": "HUB-1"}, context=context)


REFUSED = (
    "copyIndex()",
    "dateTimeAdd('a', 'b')",
    "dateTimeFromEpoch(1)",
    "dateTimeToEpoch('a')",
    "deployment()",
    "environment()",
    "extensionResourceId('a', 'b', 'c')",
    "listAccountSas('a', 'b', 'c')",
    "listKeys('a', 'b')",
    "listSecrets('a', 'b')",
    "listAnything('a')",
    "managementGroup()",
    "newGuid()",
    "pickZones('a', 'b', 'c')",
    "providers('a')",
    "reference('a')",
    "resourceId('a', 'b')",
    "subscriptionResourceId('a', 'b')",
    "tenantResourceId('a', 'b')",
    "tenant()",
    "variables('a')",
    "map(createArray(1), lambda('x', lambdaVariables('x')))",
)


@pytest.mark.parametrize("call", REFUSED)
def test_functions_that_policies_do_not_have(call: str) -> None:
    """A template function on the page's list of exceptions is refused before anything runs, and named."""
    with pytest.raises(PolicyError) as refused:
        compile_policy({"if": {"value": f"[{call}]", "equals": 1}, "then": {"effect": "deny"}})
    first = refused.value.problems[0]
    assert first.pointer == "/if/value"
    assert call.partition("(")[0] in first.message or "lambda" in first.message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("utcNow()", "2026-03-01T12:00:00.0000000Z"),
        ("addDays('2026-02-27T10:00:00Z', 2)", "2026-03-01T10:00:00.0000000Z"),
        ("addDays('2026-03-01T10:00:00Z', -1)", "2026-02-28T10:00:00.0000000Z"),
        ("requestContext().apiVersion", "2024-05-01"),
        ("tryGet(requestContext().identity, 'idtyp')", "user"),
        ("first(split(requestContext().identity.acrs, ','))", "p1"),
        ("policy().assignmentId", "/assignment"),
        ("policy().definitionReferenceId", "one"),
        ("subscription().displayName", "lab"),
    ],
)
def test_functions_that_only_policies_have(expression: str, expected: str) -> None:
    """Each returns what the context says."""
    context = {
        "utcNow": "2026-03-01T12:00:00Z",
        "requestContext": {"apiVersion": "2024-05-01", "identity": {"idtyp": "user", "acrs": "p1,c2"}},
        "policy": {"assignmentId": "/assignment", "definitionReferenceId": "one"},
        "subscription": {"displayName": "lab"},
    }
    assert holds({"value": f"[{expression}]", "equals": expected}, {"type": TYPE}, context=context)


def test_caller_without_multi_factor_authentication() -> None:
    """The page's example of `notIn` with a computed list."""
    rule = {"value": "p1", "notIn": "[split(requestContext().identity.acrs, ',')]"}
    assert not holds(rule, {"type": TYPE}, context={"requestContext": {"identity": {"acrs": "c1,p1"}}})
    assert holds(rule, {"type": TYPE}, context={"requestContext": {"identity": {"acrs": "c1"}}})


# -- template functions (articles/azure-resource-manager/templates/template-functions-*.md) --

FIRST, SECOND = {"a": "x", "b": {"c": 1, "d": 2}, "e": [1, 2]}, {"A2": "y", "b": {"d": 3}, "e": [3]}
COMPUTED: list[tuple[str, Json]] = [
    ("array(7)", [7]),
    ("array('rim')", ["rim"]),
    ("array(parameters('first'))", [FIRST]),
    ("concat(createArray('k', 'l'), createArray('m'))", ["k", "l", "m"]),
    ("concat('hub', '-', 'west')", "hub-west"),
    ("contains('HubWest', 'W')", True),
    ("contains('HubWest', 'w')", False),
    ("contains(parameters('first'), 'E')", True),
    ("contains(parameters('first'), 'x')", False),
    ("contains(createArray('k', 'l'), 'l')", True),
    ("contains(createArray('k', 'l'), 'm')", False),
    ("createArray()", []),
    ("createArray(createArray('k'), 2, 'l')", [["k"], 2, "l"]),
    ("createObject('n', 1, 's', 't', 'f', false(), 'l', createArray('k'))", {"n": 1, "s": "t", "f": False, "l": ["k"]}),
    ("empty(createArray())", True),
    ("empty(createObject())", True),
    ("empty('')", True),
    ("empty(null())", True),
    ("empty(json('null'))", True),
    ("empty('k')", False),
    ("first(createArray('k', 'l'))", "k"),
    ("first('West')", "W"),
    ("last(createArray('k', 'l'))", "l"),
    ("last('West')", "t"),
    ("intersection(createArray('k', 'l', 'm'), createArray('m', 'l'))", ["l", "m"]),
    ("intersection(createObject('k', 1, 'l', 2), createObject('k', 1, 'l', 3))", {"k": 1}),
    ("items(createObject('k2', 5, 'k1', 6))", [{"key": "k1", "value": 6}, {"key": "k2", "value": 5}]),
    ("length(parameters('first'))", 3),
    ("length('West Hub')", 8),
    ("length(createArray(1, 2))", 2),
    ("max(4, 9, 2)", 9),
    ("max(createArray(4, 9, 2))", 9),
    ("min(4, 9, 2)", 2),
    ("min(createArray(4, 9, 2))", 2),
    ("range(7, 3)", [7, 8, 9]),
    ("range(7, 0)", []),
    ("skip(createArray('k', 'l', 'm'), 2)", ["m"]),
    ("skip('West Hub', 5)", "Hub"),
    ("skip('West', 9)", ""),
    ("skip('West', -1)", "West"),
    ("take(createArray('k', 'l', 'm'), 2)", ["k", "l"]),
    ("take('West', 2)", "We"),
    ("take('West', 9)", "West"),
    ("take('West', -1)", ""),
    ("union(createArray('k', 'l'), createArray('l', 'm'))", ["k", "l", "m"]),
    ("union(parameters('first'), parameters('second'))", {"a": "x", "b": {"c": 1, "d": 3}, "e": [3], "A2": "y"}),
    ("coalesce(null(), json('null'), 'k')", "k"),
    ("coalesce(null(), '', 'k')", ""),
    ("equals(createObject('k', createArray(1)), createObject('k', createArray(1)))", True),
    ("not(equals(3, 4))", True),
    ("greater('H', 'h')", True),
    ("greaterOrEquals('H', 'h')", True),
    ("less('H', 'h')", False),
    ("lessOrEquals('H', 'h')", False),
    ("less(3, 4)", True),
    ("lessOrEquals(4, 4)", True),
    ("greater(3, 4)", False),
    ("and(true(), not(false()))", True),
    ("or(false(), true())", True),
    ("if(equals('k', 'k'), 'yes', div(1, 0))", "yes"),
    ("bool('true')", True),
    ("bool(0)", False),
    ("add(6, 3)", 9),
    ("sub(6, 9)", -3),
    ("mul(6, 3)", 18),
    ("div(17, 5)", 3),
    ("mod(17, 5)", 2),
    ("int('12')", 12),
    ("float('2.5')", 2.5),
    ("base64('k, l')", "aywgbA=="),
    ("base64ToString('aywgbA==')", "k, l"),
    ('base64ToJson(base64(\'{"k": "l"}\'))', {"k": "l"}),
    ("dataUri('West')", "data:text/plain;charset=utf8;base64,V2VzdA=="),
    ("dataUriToString('data:;base64,V2VzdCwgSHViIQ==')", "West, Hub!"),
    ("startsWith('West', 'wE')", True),
    ("startsWith('West', 'e')", False),
    ("endsWith('West', 'ST')", True),
    ("endsWith('West', 's')", False),
    ("format('{0} has {1:N0}', 'Hub', 7654321)", "Hub has 7,654,321"),
    ("indexOf('terrain', 'R')", 2),
    ("lastIndexOf('terrain', 'R')", 3),
    ("indexOf('terrain', 'z')", -1),
    ("json('{\"k\": [1, true]}')", {"k": [1, True]}),
    ("padLeft('42', 6, '0')", "000042"),
    ("padLeft(42, 4)", "  42"),
    ("padLeft('123456', 4, '0')", "123456"),
    ("replace('1-2-3', '-', '')", "123"),
    ("split('k,l;m', createArray(',', ';'))", ["k", "l", "m"]),
    ("split('k,l', ',')", ["k", "l"]),
    ("string(createObject('n', 5, 's', 'West'))", '{"n":5,"s":"West"}'),
    ("string(createArray('k', 'l'))", '["k","l"]'),
    ("string(6)", "6"),
    ("substring('k west l', 2, 4)", "west"),
    ("substring('west', 2)", "st"),
    ("substring('west', 4, 0)", ""),
    ("toLower('West')", "west"),
    ("toUpper('West')", "WEST"),
    ("trim('  w e ')", "w e"),
    ("length(uniqueString('k', 'l'))", 13),
    ("length(guid('k'))", 36),
    ("uri('http://example.org/k/', 'l/m')", "http://example.org/k/l/m"),
    ("uriComponent('http://example.org/k l')", "http%3A%2F%2Fexample.org%2Fk%20l"),
    ("uriComponentToString('http%3A%2F%2Fexample.org%2Fk%20l')", "http://example.org/k l"),
]


@pytest.mark.parametrize(("expression", "value"), COMPUTED, ids=[expression for expression, _ in COMPUTED])
def test_template_functions(expression: str, value: Json) -> None:
    """Each function of the template pages gives what its page says of such arguments."""
    parameters = {"first": FIRST, "second": SECOND, "wanted": {"value": value}}
    assert holds({"value": f"[equals({expression}, parameters('wanted'))]", "equals": True}, {"type": TYPE}, parameters=parameters)


@pytest.mark.parametrize(
    "expression",
    ["substring('west', 0, 5)", "substring('west', 1, -1)", "div(1, 0)", "mod(1, 0)", "int('k')", "json('{')", "range(0, 10001)"],
)
def test_template_functions_fail(expression: str) -> None:
    """What a page calls a failure ends the evaluation in an error."""
    assert outcome({"value": f"[{expression}]", "equals": 1}, {"type": TYPE}) == "error"


# -- parameters --


def test_parameter_samples() -> None:
    """Sample 1: a default, a list of allowed values that is compared with its casing, and `in`."""
    file = {
        "policyRule": {"if": {"not": {"field": "location", "in": "[parameters('places')]"}}, "then": {"effect": "deny"}},
        "parameters": {"places": {"type": "array", "defaultValue": ["ukwest"], "allowedValues": ["uksouth", "ukwest", "eastus"]}},
    }
    policy = compile_policy(file)
    assert policy.evaluate({"location": "UK West"}).effect is None
    assert policy.evaluate({"location": "uksouth"}).effect == "deny"
    assert policy.evaluate({"location": "uksouth"}, parameters={"places": {"value": ["uksouth", "eastus"]}}).effect is None
    with pytest.raises(PolicyError):
        policy.evaluate({"location": "uksouth"}, parameters={"places": ["UKSouth"]})


def test_allowed_value_and_evaluation_differ_in_casing() -> None:
    """A value has to be chosen as it is written, and is then compared with a tag without casing."""
    file = {
        "policyRule": {"if": {"field": "tags.stage", "equals": "[parameters('stage')]"}, "then": {"effect": "audit"}},
        "parameters": {"stage": {"type": "String", "allowedValues": ["Live", "Lab"]}},
    }
    policy = compile_policy(file)
    assert policy.evaluate({"tags": {"stage": "live"}}, parameters={"stage": "Live"}).effect == "audit"
    with pytest.raises(PolicyError):
        policy.evaluate({"tags": {}}, parameters={"stage": "live"})
    with pytest.raises(PolicyError):
        policy.evaluate({"tags": {}})


# -- effects --


def test_append_replaces_no_array() -> None:
    """Examples 1 and 2: an array goes in whole, or one member is added with `[*]`; over an array that is there the first one denies."""
    member = {"does": "Allow", "range": "192.0.2.0/24"}
    whole = append({"field": "Contoso.Lab/links/rules", "value": [member]})
    one = append({"field": "Contoso.Lab/links/rules[*]", "value": member})
    empty = {"type": TYPE, "properties": {}}
    filled = {"type": TYPE, "properties": {"rules": [{"does": "Deny"}]}}
    assert whole.evaluate(empty).effect == "append"
    assert one.evaluate(empty).effect == "append"
    assert one.evaluate(filled).effect == "append"
    assert whole.evaluate(filled).effect in {"append", "deny"}


def append(*details: Json) -> Any:  # noqa: ANN401 - a Policy
    """Return a policy that appends."""
    return compile_policy({"if": {"field": "type", "equals": TYPE}, "then": {"effect": "append", "details": list(details)}})


ROLE = "/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-0000-0000-00000000000a"


def test_modify_examples() -> None:
    """Tags are set and removed, with values from parameters; an operation has a condition on the API version."""
    operations: list[Json] = [
        {"operation": "Remove", "field": "tags['old']"},
        {"operation": "addOrReplace", "field": "tags['stage']", "value": "[parameters('stage')]"},
        {
            "condition": "[greaterOrEquals(requestContext().apiVersion, '2024-04-01')]",
            "operation": "add",
            "field": "tags['new']",
            "value": "1",
        },
    ]
    rule = {
        "if": {"field": "type", "equals": TYPE},
        "then": {"effect": "modify", "details": {"roleDefinitionIds": [ROLE], "conflictEffect": "audit", "operations": operations}},
    }
    policy = compile_policy(rule)
    for version, wanted in (("2024-04-01", 3), ("2023-01-01", 2)):
        evaluation = policy.evaluate(
            {"type": TYPE, "tags": {"old": "1"}}, parameters={"stage": "live"}, context={"requestContext": {"apiVersion": version}}
        )
        assert evaluation.effect == "modify"
        done = [(one["operation"].lower(), one["field"], one.get("value")) for one in evaluation.details["operations"]]
        assert [("remove", "tags['old']", None), ("addorreplace", "tags['stage']", "live"), ("add", "tags['new']", "1")][:wanted] == done


EXTENSION = "Contoso.Lab/links/extensions"


@pytest.mark.parametrize(
    ("related", "expected"),
    [
        ([], "auditIfNotExists"),
        ([{"publisher": "contoso", "kindOf": "Guard"}], None),
        ([{"publisher": "contoso", "kindOf": "Other"}], "auditIfNotExists"),
        ([{"publisher": "contoso", "kindOf": "Other"}, {"publisher": "Contoso", "kindOf": "guard"}], None),
        ([{"publisher": "contoso", "kindOf": "x"}, {"publisher": "x", "kindOf": "guard"}], "auditIfNotExists"),
    ],
)
def test_audit_if_not_exists_example(related: list[Json], expected: str | None) -> None:
    """A resource is flagged unless one related resource meets the whole existence condition."""
    condition = {"allOf": [{"field": f"{EXTENSION}/publisher", "equals": "Contoso"}, {"field": f"{EXTENSION}/kindOf", "equals": "Guard"}]}
    rule = {
        "if": {"field": "type", "equals": TYPE},
        "then": {"effect": "auditIfNotExists", "details": {"type": EXTENSION, "existenceCondition": condition}},
    }
    base = "/subscriptions/s/resourceGroups/g/providers/Contoso.Lab/links/red"
    resources = [
        {"id": f"{base}/extensions/e{n}", "name": f"red/e{n}", "type": EXTENSION, "properties": one} for n, one in enumerate(related)
    ]
    found = compile_policy(rule).evaluate({"id": base, "name": "red", "type": TYPE}, related=resources)
    assert expected == found.effect


@pytest.mark.parametrize(("status", "expected"), [("Enabled", None), ("Disabled", "deployIfNotExists"), (None, "deployIfNotExists")])
def test_deploy_if_not_exists_example(status: str | None, expected: str | None) -> None:
    """What would be deployed gets its parameters from the resource; the template itself is left as it is."""
    child = "Contoso.Lab/servers/bases/guard"
    template = {
        "parameters": {"full": {"type": "string"}},
        "resources": [{"name": "[concat(parameters('full'), '/current')]", "type": child}],
    }
    rule = {
        "if": {"field": "type", "equals": "Contoso.Lab/servers/bases"},
        "then": {
            "effect": "deployIfNotExists",
            "details": {
                "type": child,
                "name": "current",
                "evaluationDelay": "AfterProvisioning",
                "roleDefinitionIds": [ROLE],
                "existenceCondition": {"field": f"{child}/status", "equals": "Enabled"},
                "deployment": {
                    "properties": {"mode": "incremental", "template": template, "parameters": {"full": {"value": "[field('fullName')]"}}}
                },
            },
        },
    }
    base = "/subscriptions/s/resourceGroups/g/providers/Contoso.Lab/servers/one/bases/two"
    resource = {"id": base, "name": "one/two", "type": "Contoso.Lab/servers/bases"}
    there = {"id": f"{base}/guard/current", "name": "one/two/current", "type": child, "properties": {"status": status}}
    found = compile_policy(rule).evaluate(resource, related=[there] if status else [])
    assert expected == found.effect
    if expected:
        properties = found.details["deployment"]["properties"]
        assert {"full": {"value": "one/two"}} == properties["parameters"]
        assert template == properties["template"]


@pytest.mark.parametrize(("stage", "expected"), [("Live", "denyAction"), ("lab", None)])
def test_deny_action_example(stage: str, expected: str | None) -> None:
    """Deleting a resource with a tag is blocked."""
    rule = {
        "if": {"allOf": [{"field": "type", "equals": TYPE}, {"field": "tags.stage", "equals": "live"}]},
        "then": {"effect": "denyAction", "details": {"actionNames": ["delete"], "cascadeBehaviors": {"resourceGroup": "deny"}}},
    }
    policy = compile_policy({"policyRule": rule, "mode": "Indexed"})
    assert expected == policy.evaluate({"type": TYPE, "tags": {"stage": stage}}).effect


@pytest.mark.parametrize("details", [{"defaultState": "Unknown"}, {"defaultState": "Compliant"}, {"defaultState": "Non-compliant"}])
def test_manual_example(details: Json) -> None:
    """A subscription is attested by hand; its state until then is one of three."""
    rule = {"if": {"field": "type", "equals": "Microsoft.Resources/subscriptions"}, "then": {"effect": "manual", "details": details}}
    found = compile_policy(rule).evaluate({"type": "Microsoft.Resources/subscriptions"})
    assert ("manual", details["defaultState"]) == (found.effect, found.details["defaultState"])
    with pytest.raises(PolicyError):
        compile_policy({**rule, "then": {"effect": "manual", "details": {"defaultState": "Maybe"}}})


def test_disabled_is_compliant() -> None:
    """A disabled rule never makes a resource non-compliant, not even by an error."""
    for condition in ({"field": "name", "exists": True}, SHORT):
        found = compile_policy({"if": condition, "then": {"effect": "Disabled"}}).evaluate({"type": TYPE, "name": "x"})
        assert found.compliant


def test_layers_are_judged_one_by_one() -> None:
    """The page's layering example: each definition says its own, and the strictest one wins in Azure."""
    policies = [
        compile_policy({"if": {"field": "location", "notEquals": place}, "then": {"effect": effect}})
        for place, effect in (("ukwest", "deny"), ("uksouth", "audit"))
    ]
    assert ["deny", None] == [policy.evaluate({"location": "uksouth"}).effect for policy in policies]
    assert [None, "audit"] == [policy.evaluate({"location": "ukwest"}).effect for policy in policies]
    assert ["deny", "audit"] == [policy.evaluate({"location": "eastus"}).effect for policy in policies]


def test_array_alias() -> None:
    """The plain alias compares the whole array, the one with `[*]` its members (definition-structure-alias)."""
    resource = {"type": TYPE, "properties": {"rules": [{"does": "Allow"}, {"does": "allow"}]}}
    assert holds({"value": f"[length(field('{TYPE}/rules'))]", "equals": 2}, resource)
    assert holds({"field": f"{TYPE}/rules[*].does", "equals": "ALLOW"}, resource)


# -- limits --


def nest(call: str, depth: int) -> str:
    """Return nested calls."""
    return f"{call}(" * depth + "'a'" + ")" * depth


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ({"allOf": [{"field": "name", "equals": "a"}] * 4096}, True),
        ({"allOf": [{"field": "name", "equals": "a"}] * 4097}, False),
        ({"allOf": [{"count": {"field": HOPS}, "equals": 0}] * 5}, True),
        ({"allOf": [{"count": {"field": HOPS}, "equals": 0}] * 6}, False),
        ({"allOf": [{"count": {"value": [1], "name": "x"}, "equals": 0}] * 10}, True),
        ({"allOf": [{"count": {"value": [1], "name": "x"}, "equals": 0}] * 11}, False),
        ({"count": {"value": list(range(100))}, "equals": 0}, True),
        ({"count": {"value": list(range(101))}, "equals": 0}, False),
        ({"value": f"[createArray({','.join(['1'] * 128)})]", "notIn": []}, True),
        ({"value": f"[createArray({','.join(['1'] * 129)})]", "notIn": []}, False),
        ({"value": f"[{nest('toLower', 64)}]", "equals": "a"}, True),
        ({"value": f"[{nest('toLower', 65)}]", "equals": "a"}, False),
        ({"value": f"['{'a' * (81920 - 4)}']", "equals": "a"}, True),
        ({"value": f"['{'a' * (81920 - 3)}']", "equals": "a"}, False),
        ({"allOf": [{"value": "[toLower('a')]", "equals": "a"}] * 2048}, True),
        ({"allOf": [{"value": "[toLower('a')]", "equals": "a"}] * 2049}, False),
    ],
    ids=lambda value: value if isinstance(value, bool) else "",
)
def test_authoring_limits(condition: Json, fits: bool) -> None:  # noqa: FBT001 - a table
    """The limits of the page are found while compiling, neither too early nor too late."""
    rule = {"if": condition, "then": {"effect": "deny"}}
    if fits:
        compile_policy(rule)
    else:
        with pytest.raises(PolicyError):
            compile_policy(rule)


def test_nested_value_counts_multiply() -> None:
    """Iterations of a nested value count include those of its parent: 10 x 11 is too many."""
    for inner, fits in ((10, True), (11, False)):
        nested = {"count": {"value": list(range(inner)), "name": "b", "where": {"field": "name", "equals": "a"}}, "equals": 0}
        rule = {"if": {"count": {"value": list(range(10)), "name": "a", "where": nested}, "equals": 0}, "then": {"effect": "deny"}}
        if fits:
            compile_policy(rule)
        else:
            with pytest.raises(PolicyError):
                compile_policy(rule)


def test_evaluation_limits() -> None:
    """A string of more than 131,072 characters that a function returns ends the evaluation in an error, which denies."""
    rule = {"value": "[concat(field('name'), field('name'))]", "equals": "a"}
    assert outcome(rule, {"type": TYPE, "name": "a" * 65_536}) is None
    assert outcome(rule, {"type": TYPE, "name": "a" * 65_537}) == "error"
