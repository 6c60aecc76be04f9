"""Counts of fields and of values, nested ones, and current() (policy-rule "Count"; author-policies-for-arrays)."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.model.value import Unknown

TYPE = "Contoso.Lab/nets"
PARTS = f"{TYPE}/parts[*]"
MARKS = f"{PARTS}.marks[*]"
RANGES = f"{TYPE}/ranges[*]"
RESOURCE: dict[str, Any] = {
    "type": TYPE,
    "name": "n",
    "properties": {
        "ranges": ["a", "b", "c"],
        "parts": [
            {"name": "one", "port": 1, "marks": ["x", "y"]},
            {"name": "two", "port": 2, "marks": ["y"]},
            {"name": "three", "port": 3},
            {"name": "four", "port": 4, "marks": []},
        ],
    },
}


def number(count: dict[str, Any], resource: dict[str, Any] = RESOURCE, **options: Any) -> int | str | None:
    """Return what a count gives, found by asking for each number, or the effect where it is none."""
    for wanted in range(12):
        policy = compile_policy({"if": {"count": count, "equals": wanted}, "then": {"effect": "deny"}})
        effect = policy.evaluate(resource, **options).effect
        if effect is not None:
            return wanted if effect == "deny" else effect
    return None


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ({"field": PARTS}, 4),
        ({"field": MARKS}, 3),
        ({"field": f"{TYPE}/none[*]"}, 0),
        ({"field": f"{PARTS}.port[*]"}, 0),
        ({"field": PARTS, "where": {"field": f"{PARTS}.name", "like": "t*"}}, 2),
        ({"field": PARTS, "where": {"field": f"{PARTS}.port", "greater": 1}}, 3),
        ({"field": PARTS, "where": {"field": f"{PARTS}.marks[*]", "equals": "y"}}, 3),
        ({"field": PARTS, "where": {"field": f"{PARTS}.marks", "exists": False}}, 1),
        ({"field": PARTS, "where": {"field": "name", "equals": "N"}}, 4),
        ({"field": RANGES, "where": {"field": RANGES, "in": ["A", "c"]}}, 2),
        ({"field": RANGES, "where": {"field": f"{PARTS}.port", "greater": 0}}, 3),
        ({"field": MARKS, "where": {"field": MARKS, "equals": "y"}}, 2),
        ({"field": MARKS, "where": {"field": f"{PARTS}.name", "equals": "one"}}, 2),
        ({"FIELD": PARTS, "Where": {"NOT": {"Field": f"{PARTS}.PORT", "EQUALS": 1}}}, 3),
        ({"field": PARTS, "where": {"count": {"field": MARKS}, "greater": 0}}, 2),
        ({"field": PARTS, "where": {"count": {"field": MARKS, "where": {"field": MARKS, "equals": "x"}}, "equals": 1}}, 1),
        ({"field": PARTS, "where": {"count": {"field": PARTS}, "equals": 1}}, 4),
        ({"field": RANGES, "where": {"value": f"[length(field('{RANGES}'))]", "equals": 1}}, 3),
        ({"field": RANGES, "where": {"value": f"[length(field('{TYPE}/ranges'))]", "equals": 1}}, 3),
        ({"field": RANGES, "where": {"value": f"[first(field('{RANGES}'))]", "equals": "b"}}, 1),
        ({"field": RANGES, "where": {"field": RANGES, "equals": f"[first(field('{RANGES}'))]"}}, 3),
        ({"field": RANGES, "where": {"field": RANGES, "equals": f"[field('{RANGES}')]"}}, 0),
    ],
)
def test_field_counts(count: dict[str, Any], expected: int) -> None:
    """An iteration sees the resource as if the member were the only one of its array."""
    assert expected == number(count)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ({"value": ["a", "z"], "name": "x", "where": {"field": "name", "notEquals": "[current('x')]"}}, 2),
        ({"value": ["n", "z"], "where": {"field": "name", "equals": "[current()]"}}, 1),
        ({"value": ["n", "z"], "where": {"field": "name", "equals": "[current('default')]"}}, 1),
        ({"value": ["n", "z"], "name": "Own", "where": {"field": "name", "equals": "[current('OWN')]"}}, 1),
        ({"value": [{"a": {"B": "n"}}], "name": "x", "where": {"field": "name", "equals": "[current('x').a.b]"}}, 1),
        ({"value": [1, None, "a"]}, 3),
        ({"value": []}, 0),
        ({"value": ["[field('name')]", "z"], "where": {"value": "[current()]", "equals": "n"}}, 1),
        ({"value": "[parameters('list')]", "name": "x", "where": {"value": "[current('x')]", "greater": 1}}, 2),
        ({"value": f"[field('{RANGES}')]", "name": "x"}, 3),
        (
            {
                "value": ["a", "b", "q"],
                "name": "x",
                "where": {"count": {"field": RANGES, "where": {"field": RANGES, "equals": "[current('x')]"}}, "equals": 1},
            },
            2,
        ),
        (
            {
                "field": RANGES,
                "where": {
                    "count": {
                        "value": ["a", "c"],
                        "name": "x",
                        "where": {"value": f"[equals(current('x'), current('{RANGES}'))]", "equals": True},
                    },
                    "equals": 1,
                },
            },
            2,
        ),
        (
            {
                "value": [1, 2],
                "name": "x",
                "where": {
                    "count": {"value": [1, 2], "name": "y", "where": {"value": "[current('x')]", "less": "[current('y')]"}},
                    "equals": 1,
                },
            },
            1,
        ),
    ],
)
def test_value_counts(count: dict[str, Any], expected: int) -> None:
    """Values are counted under a name, inside and outside of other counts."""
    assert expected == number(count, parameters={"list": [1, 2, 3]})


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"value": "[current()]", "containsKey": "port"}, 4),
        ({"value": f"[current('{PARTS}')]", "containsKey": "marks"}, 3),
        ({"value": "[current().port]", "greater": 2}, 2),
        ({"value": f"[current('{PARTS}').port]", "greater": 2}, 2),
        ({"value": f"[current('{PARTS}.port')]", "greater": 2}, 2),
        ({"value": f"[current('{PARTS.upper()}.NAME')]", "equals": "two"}, 1),
        ({"value": f"[current('{PARTS}.none')]", "equals": None}, 4),
        ({"value": f"[length(current('{MARKS}'))]", "equals": 0}, 2),
        ({"value": f"[current(concat('{PARTS}', '.port'))]", "equals": 1}, 1),
    ],
)
def test_current_of_a_field_count(where: dict[str, Any], expected: int) -> None:
    """current() gives the member itself, or a property of it."""
    assert expected == number({"field": PARTS, "where": where})


@pytest.mark.parametrize(
    ("condition", "pointer"),
    [
        ({"count": [], "equals": 0}, "/if/count"),
        ({"count": {}, "equals": 0}, "/if/count"),
        ({"count": {"field": PARTS, "value": []}, "equals": 0}, "/if/count"),
        ({"count": {"field": f"{TYPE}/parts"}, "equals": 0}, "/if/count/field"),
        ({"count": {"field": 5}, "equals": 0}, "/if/count/field"),
        ({"count": {"field": PARTS, "name": "x"}, "equals": 0}, "/if/count/name"),
        ({"count": {"field": PARTS, "were": {}}, "equals": 0}, "/if/count/were"),
        ({"count": {"field": PARTS, "where": []}, "equals": 0}, "/if/count/where"),
        ({"count": {"field": PARTS}}, "/if"),
        ({"count": {"value": "abc"}, "equals": 0}, "/if/count/value"),
        ({"count": {"value": {}}, "equals": 0}, "/if/count/value"),
        ({"count": {"value": "[[parameters('x')]"}, "equals": 0}, "/if/count/value"),
        ({"count": {"value": [], "name": 5}, "equals": 0}, "/if/count/name"),
        ({"count": {"value": [], "name": "[concat('a')]"}, "equals": 0}, "/if/count/name"),
        ({"count": {"value": [1], "where": {"count": {"value": [1]}, "equals": 1}}, "equals": 0}, "/if/count/where/count"),
        (
            {"count": {"value": [1], "name": "a", "where": {"count": {"value": [1], "name": "A"}, "equals": 1}}, "equals": 0},
            "/if/count/where/count/name",
        ),
        ({"value": "[current()]", "equals": 0}, "/if/value"),
        ({"value": "[current('x')]", "equals": 0}, "/if/value"),
        ({"count": {"value": [1], "name": "a", "where": {"value": "[current('b')]", "equals": 1}}, "equals": 0}, "/if/count/where/value"),
        ({"count": {"field": PARTS, "where": {"value": f"[current('{RANGES}')]", "equals": 1}}, "equals": 0}, "/if/count/where/value"),
        (
            {
                "count": {
                    "value": [1],
                    "name": "a",
                    "where": {"count": {"field": PARTS, "where": {"value": "[current()]", "equals": 1}}, "equals": 1},
                },
                "equals": 0,
            },
            "/if/count/where/count/where/value",
        ),
    ],
)
def test_counts_that_cannot_be(condition: dict[str, Any], pointer: str) -> None:
    """What is wrong in a count is found while compiling, with its place."""
    with pytest.raises(PolicyError) as caught:
        compile_policy({"if": condition, "then": {"effect": "deny"}})
    assert [pointer] == [problem.pointer for problem in caught.value.problems]


PORTS = f"{PARTS}.port"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (None, 4),
        ({"value": "[current()]", "greater": 2}, 2),
        ({"value": f"[current('{PORTS.upper()}')]", "greater": 2}, 2),
        ({"field": PORTS, "greater": 2}, 2),
        ({"field": f"{PARTS}.name", "equals": "two"}, 1),
        ({"value": f"[current('{PARTS}').name]", "equals": "two"}, 1),
        ({"count": {"field": PARTS, "where": {"field": PORTS, "less": 3}}, "equals": 1}, 2),
        ({"count": {"field": PORTS, "where": {"value": f"[current('{PORTS}')]", "less": 3}}, "equals": 1}, 2),
    ],
)
def test_a_count_over_a_property_of_members(where: dict[str, Any] | None, expected: int) -> None:
    """Every member of the last array is counted; current() is its property."""
    count = {"field": PORTS} | ({} if where is None else {"where": where})
    assert expected == number(count)
    policy = compile_policy({"if": {"count": count, "equals": 1}, "then": {"effect": "deny"}})
    assert "/if/count/field" in [warning.pointer for warning in policy.warnings]


def test_a_member_without_the_property_is_counted_too() -> None:
    """One value for each member, which is null where there is none; none where there is no array."""
    assert number({"field": f"{PARTS}.none"}) == 4
    assert number({"field": f"{PARTS}.none", "where": {"value": "[current()]", "exists": False}}) == 4
    assert number({"field": f"{MARKS}.none"}) == 3
    assert number({"field": f"{TYPE}/none[*].x"}) == 0


def test_tags_are_no_array() -> None:
    """A count over them is always 0, which is likely not meant."""
    policy = compile_policy({"if": {"count": {"field": "Tags[*]"}, "equals": 0}, "then": {"effect": "deny"}})
    assert policy.evaluate({**RESOURCE, "tags": {"a": "b"}}).effect == "deny"
    assert ["/if/count/field"] == [warning.pointer for warning in policy.warnings]


def test_the_property_is_found_where_the_catalogue_says() -> None:
    """In each API version on its own path."""
    paths = [{"path": f"properties.parts[*].{name}", "apiVersions": [name]} for name in ("port", "name")]
    aliases = [{"name": f"{PARTS}.it", "defaultPath": "properties.parts[*].port", "paths": paths}]
    rule = {"if": {"count": {"field": f"{PARTS}.it", "where": {"value": "[current()]", "equals": "two"}}, "equals": 1}}
    policy = compile_policy({**rule, "then": {"effect": "deny"}}, aliases)
    assert [None, "deny", None] == [policy.evaluate(RESOURCE, api_version=one).effect for one in ("port", "name", None)]


@pytest.mark.parametrize("value", ["abc", 5, {"a": 1}, True])
def test_a_count_over_no_array_fails(value: object) -> None:
    """A computed value that is no array is an error of the evaluation."""
    assert number({"value": "[parameters('list')]"}, parameters={"list": value}) == "error"


FLAT = {"count": {"value": "[parameters('list')]", "name": "a"}, "greater": 0}
TWICE = {"count": {"value": [1, 2], "name": "b", "where": FLAT}, "equals": 2}
SQUARE = {"count": {"value": "[Parameters( 'LIST' )]", "name": "b", "where": FLAT}, "greater": 0}
THROUGH_FIELDS = {"count": {"value": [1, 2], "name": "b", "where": {"count": {"field": PARTS, "where": FLAT}, "equals": 0}}, "equals": 2}
ROUNDS: list[tuple[Any, int]] = [(FLAT, 100), (TWICE, 50), (SQUARE, 10), (THROUGH_FIELDS, 50)]


def definition_of(condition: object, default: object = None, kind: str = "Custom") -> dict[str, Any]:
    """Return a definition with a parameter `list`."""
    declared = {"type": "Array"} if default is None else {"type": "Array", "defaultValue": default}
    rule = {"if": condition, "then": {"effect": "deny"}}
    return {"properties": {"policyType": kind, "policyRule": rule, "parameters": {"list": declared}}}


@pytest.mark.parametrize(("condition", "most"), ROUNDS)
def test_iterations_of_given_values_are_limited(condition: object, most: int) -> None:
    """Azure refuses an assignment whose array makes more than 100 iterations, those of the counts around included."""
    for document in (definition_of(condition)["properties"]["policyRule"], definition_of(condition)):
        policy = compile_policy(document)
        assert policy.evaluate({}, {"list": list(range(most))}).effect == "deny"
        with pytest.raises(PolicyError, match="100 are allowed") as caught:
            policy.evaluate({}, {"List": {"value": list(range(most + 1))}})
        assert ["/parameters/List"] == [problem.pointer for problem in caught.value.problems]


@pytest.mark.parametrize(("condition", "most"), ROUNDS)
def test_iterations_of_default_values_are_limited(condition: object, most: int) -> None:
    """A default value that is too long is a problem of the definition."""
    assert compile_policy(definition_of(condition, list(range(most)))).evaluate({}).effect == "deny"
    with pytest.raises(PolicyError, match="100 are allowed"):
        compile_policy(definition_of(condition, list(range(most + 1))))


@pytest.mark.parametrize("kind", ["BuiltIn", "Static"])
@pytest.mark.parametrize("condition", [one for one, _ in ROUNDS])
def test_built_in_definitions_have_no_limit_of_iterations(condition: object, kind: str) -> None:
    """Some ship default values of more than 100 members."""
    policy = compile_policy(definition_of(condition, list(range(150)), kind))
    found = [policy.evaluate({}, parameters).effect for parameters in (None, {"list": list(range(200))})]
    assert found == ["deny", "deny"]


def test_a_computed_array_has_no_limit_of_iterations() -> None:
    """No page limits the members of an array that the resource has; one that is known while compiling is limited."""
    resource = {"type": "Contoso.Lab/nets", "properties": {"marks": list(range(150))}}
    condition = {"count": {"value": "[field('Contoso.Lab/nets/marks[*]')]", "where": {"value": "[current()]", "less": 140}}, "equals": 140}
    assert compile_policy({"if": condition, "then": {"effect": "deny"}}).evaluate(resource).effect == "deny"
    with pytest.raises(PolicyError, match="100 are allowed"):
        compile_policy({"if": {"count": {"value": "[range(0, 101)]"}, "equals": 1}, "then": {"effect": "deny"}})


def test_a_count_over_another_array_inside_of_a_field_count_is_warned_about() -> None:
    """Azure allows nested arrays only there (author-policies-for-arrays, note on nested field counts)."""
    for inner, warned in ((MARKS, []), (RANGES, ["/if/count/where/count/field"]), (PARTS, ["/if/count/where/count/field"])):
        condition = {"count": {"field": PARTS, "where": {"count": {"field": inner}, "greater": 0}}, "equals": 1}
        policy = compile_policy({"if": condition, "then": {"effect": "deny"}})
        assert warned == [warning.pointer for warning in policy.warnings]


@pytest.mark.parametrize(
    ("properties", "operator", "target", "expected"),
    [
        ({"ranges": ["a", Unknown("u")]}, "greaterOrEquals", 1, "deny"),
        ({"ranges": ["a", Unknown("u")]}, "greaterOrEquals", 2, "unknown"),
        ({"ranges": ["a", Unknown("u")]}, "greater", 2, None),
        ({"ranges": ["a", Unknown("u")]}, "equals", 3, None),
        ({"ranges": ["a", Unknown("u")]}, "equals", 2, "unknown"),
        ({"ranges": ["a", Unknown("u")]}, "in", [1, 2], "deny"),
        ({"ranges": Unknown("u")}, "greaterOrEquals", 0, "deny"),
        ({"ranges": Unknown("u")}, "greaterOrEquals", 1, "unknown"),
        ({"ranges": Unknown("u")}, "equals", 0, "unknown"),
        ({"ranges": Unknown("u")}, "less", 0, None),
    ],
)
def test_unknown_members(properties: dict[str, Any], operator: str, target: object, expected: str | None) -> None:
    """A count in doubt has an answer only where every possible number gives the same."""
    condition = {"count": {"field": RANGES, "where": {"field": RANGES, "equals": "a"}}, operator: target}
    policy = compile_policy({"if": condition, "then": {"effect": "deny"}})
    found = policy.evaluate({"type": TYPE, "properties": properties})
    assert (expected, "u" if expected == "unknown" else "") == (found.effect, found.reason)


def test_an_unknown_array_may_have_any_length() -> None:
    """Members that are not known are members; an array that is not known may be empty."""
    count = {"field": RANGES}
    assert [2, "unknown"] == [
        number(count, {"type": TYPE, "properties": {"ranges": ranges}}) for ranges in (["a", Unknown("u")], Unknown("u"))
    ]


def test_paths_of_a_count_follow_the_api_version() -> None:
    """Array, member and property are found by the paths of the API version."""
    aliases = [
        {"name": name, "defaultPath": f"properties.{new}", "paths": [{"path": f"properties.{old}", "apiVersions": ["2020-01-01"]}]}
        for name, new, old in ((PARTS, "parts[*]", "old[*]"), (f"{PARTS}.port", "parts[*].properties.port", "old[*].port"))
    ]
    condition = {"count": {"field": PARTS, "where": {"field": f"{PARTS}.port", "equals": f"[current('{PARTS}.port')]"}}, "equals": 1}
    policy = compile_policy({"if": {"allOf": [condition, {"field": f"{PARTS}.port", "equals": 7}]}, "then": {"effect": "deny"}}, aliases)
    resource: dict[str, Any] = {"type": TYPE, "properties": {"parts": [{"properties": {"port": 7}}], "old": [{"port": 7}, {"port": 8}]}}
    assert ["deny", None] == [policy.evaluate(resource, api_version=version).effect for version in ("2024-01-01", "2020-01-01")]
    resource["properties"]["old"].pop()
    assert policy.evaluate(resource, api_version="2020-01-01").effect == "deny"


@pytest.mark.parametrize(
    ("comparison", "wrong"),
    [
        ({"greater": "x"}, "/if/greater"),
        ({"equals": True}, "/if/equals"),
        ({"notEquals": None}, "/if/notEquals"),
        ({"In": [0, "many"]}, "/if/In"),
        ({"lessOrEquals": "[concat('a', 'b')]"}, "/if/lessOrEquals"),
        ({"greater": "0"}, None),
        ({"in": [0, 1]}, None),
        ({"less": "[length(field('tags'))]"}, None),
        ({"less": "[parameters('most')]"}, None),
        ({"exists": True}, None),
    ],
)
@pytest.mark.parametrize("count", [{"field": RANGES}, {"value": ["a"]}])
def test_a_count_is_compared_with_a_number(count: dict[str, Any], comparison: dict[str, Any], wrong: str | None) -> None:
    """A literal that is no number is a problem of the definition and not of every resource; numeric text is a number."""
    rule = {"if": {"count": count, **comparison}, "then": {"effect": "deny"}}
    if wrong is None:
        compile_policy(rule)
        return
    with pytest.raises(PolicyError) as caught:
        compile_policy(rule)
    assert [wrong] == [problem.pointer for problem in caught.value.problems]
