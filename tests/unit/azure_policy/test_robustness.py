"""No input makes compiling or evaluating raise anything but `PolicyError`, and no outcome is outside the contract."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.language.outcome import EFFECTS, LEGACY_EFFECTS, Evaluation

from .generated import ALIAS, CONTEXT, HIDDEN, PARAMETERS, TYPE, Maker

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

Json: TypeAlias = Any

OUTCOMES = {None, "error", "unknown", *EFFECTS, *LEGACY_EFFECTS}
DEEP = 10_000
ODD_NUMBERS = (10**400, -(10**400), 1e308, math.inf, -math.inf, math.nan, 2**63, 0.1 + 0.2, -0.0)
ODD_TEXTS = (
    "\ud800",
    "\udfff[",
    "\x00",
    "[",
    "]",
    "[]",
    "[[",
    "[[]",
    "[']",
    "['",
    "[(]",
    "[a b]",
    "\u0130",
    "ß",
    "[concat(",
    "*",
    "**",
    "'",
    "٣",
    "",
)
WORDS = (
    "if",
    "then",
    "effect",
    "details",
    "properties",
    "policyRule",
    "parameters",
    "mode",
    "allOf",
    "anyOf",
    "not",
    "field",
    "value",
    "count",
    "where",
    "name",
    "type",
    "tags",
    "location",
    "equals",
    "notEquals",
    "in",
    "notIn",
    "like",
    "match",
    "contains",
    "containsKey",
    "less",
    "greater",
    "exists",
    "defaultValue",
    "allowedValues",
    "operations",
    "operation",
    "condition",
    "existenceCondition",
    "roleDefinitionIds",
    "deployment",
    "template",
    "conflictEffect",
    "actionNames",
    "cascadeBehaviors",
    "defaultState",
    "deny",
    "audit",
    "modify",
    "append",
    "auditIfNotExists",
    "deployIfNotExists",
    "denyAction",
    "manual",
    "disabled",
    "String",
    "Array",
    "Object",
    "Boolean",
    "All",
    "Indexed",
    "true",
    "false",
    f"{ALIAS}mode",
    f"{ALIAS}routes[*]",
    f"{ALIAS}routes[*].marks[*]",
    "tags['env']",
    "[field('name')]",
    "[parameters('word')]",
    "[current()]",
    "[current('x')]",
    "[concat('a', field('tags.env'))]",
    "[utcNow()]",
    "[resourceGroup().tags['x']]",
    "[length(field('tags'))]",
    "[addDays('2026-01-01T00:00:00Z', 9999999)]",
    "[substring('a', 5, 1)]",
    "[range(0, 100000000)]",
    "[padLeft('a', 1000000000)]",
    "[int('x')]",
    "[json('{')]",
    "[ipRangeContains('::/0', '10.0.0.0/8')]",
    "[parameters('a')[0].b['c']]",
    "[if(true(), 1, div(1, 0))]",
    "[string(1.5)]",
    "[format('{0:D999999999}', 1)]",
    "[format('{99}', 1)]",
    "[base64ToString('!')]",
    "[uriComponentToString('%zz')]",
    "[mul(9223372036854775807, 2)]",
)


def scalars() -> st.SearchStrategy[Json]:
    """Return any scalar, with a liking for words the language knows and for values that break things."""
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(WORDS),
        st.sampled_from(ODD_NUMBERS),
        st.sampled_from(ODD_TEXTS),
        st.just(HIDDEN),
    )


def keys() -> st.SearchStrategy[str]:
    """Return a key of an object."""
    return st.one_of(st.sampled_from(WORDS), st.sampled_from(ODD_TEXTS), st.text(max_size=4))


def anything() -> st.SearchStrategy[Json]:
    """Return any JSON value."""
    return st.recursive(scalars(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys(), inner, max_size=4), max_leaves=25)


def objects() -> st.SearchStrategy[dict[str, Json]]:
    """Return any JSON object."""
    return st.dictionaries(keys(), anything(), max_size=5)


def tried(definition: Json, resource: Json, **evaluation: Any) -> Evaluation | None:
    """Compile and evaluate, look at everything that comes out, and let nothing but PolicyError pass."""
    try:
        policy = compile_policy(definition)
        found = policy.evaluate(resource, **evaluation)
    except PolicyError as error:
        assert_refused_well(error)
        return None
    assert found.effect in OUTCOMES
    assert (found.effect in {"error", "unknown"}) <= bool(found.reason)
    assert isinstance(found.details, Mapping)
    for line in found.trace:
        assert str(line)
    return found


def assert_refused_well(error: PolicyError) -> None:
    """Check that every problem says where it is and what is wrong."""
    assert error.problems
    assert str(error)
    for problem in error.problems:
        assert problem.pointer == "" or problem.pointer.startswith("/")
        assert problem.message


@given(anything())
@example([])
@example({"properties": None})
@example({"if": {}, "then": {}})
@example({"if": {"allOf": None}, "then": {"effect": "deny"}})
@example({"if": {"field": None, "equals": None}, "then": {"effect": None}})
@settings(max_examples=250)
def test_any_definition(definition: Json) -> None:
    """Whatever is given as a definition is compiled or refused."""
    tried(definition, {"type": TYPE, "name": "red", "properties": {}})


@given(anything(), objects())
@settings(max_examples=250)
def test_any_condition(condition: Json, details: Json) -> None:
    """Whatever stands in `if` and `details` is compiled or refused."""
    for effect in ("deny", "modify", "append", "auditIfNotExists", "deployIfNotExists", "denyAction", "manual", "[parameters('word')]"):
        tried({"if": condition, "then": {"effect": effect, "details": details}}, {"type": TYPE, "name": "red", "properties": {}})


@given(anything(), st.sampled_from(["equals", "in", "like", "match", "contains", "less", "exists", "containsKey"]), anything())
@settings(max_examples=250)
def test_any_value_and_operand(value: Json, operator: str, operand: Json) -> None:
    """Any operator on any value, as `value`, as field and as count."""
    resource = {"type": TYPE, "properties": {"mode": value, "routes": [value]}}
    for left in ({"value": value}, {"field": f"{ALIAS}mode"}, {"field": f"{ALIAS}routes[*]"}, {"count": {"value": value}}):
        tried({"if": {**left, operator: operand}, "then": {"effect": "deny"}}, resource)


RANDOM_RULES = st.randoms(use_true_random=False).map(lambda random: Maker(random, unknowns=True).rule())


@given(RANDOM_RULES, objects(), objects(), objects(), st.lists(objects(), max_size=2))
@settings(max_examples=300)
def test_any_resource_parameters_context_and_related(rule: Json, resource: Json, parameters: Json, context: Json, related: Json) -> None:
    """Whatever a sound rule is given to look at ends in an outcome, or in a refusal of the call."""
    tried(rule, resource, parameters=parameters, context=context, related=related)
    tried(rule, {"type": TYPE, "properties": resource}, parameters=PARAMETERS, context=CONTEXT)


@given(anything(), anything(), anything(), anything())
@settings(max_examples=200)
def test_any_call(parameters: Json, context: Json, related: Json, version: Json) -> None:
    """Arguments of the wrong kind are refused like wrong values."""
    rule = {
        "if": {"value": "[concat(parameters('word'), resourceGroup().name, requestContext().apiVersion, utcNow())]", "notEquals": "x"},
        "then": {"effect": "auditIfNotExists", "details": {"type": TYPE, "name": "[parameters('word')]"}},
    }
    tried(rule, {"type": TYPE}, parameters=parameters, context=context, related=related, api_version=version)


EXPRESSION_PARTS = (
    *"()[].,'",
    " ",
    "field(",
    "concat(",
    "parameters('word')",
    "'a'",
    "''",
    "1",
    "-1",
    "1.5",
    "99999999999999999999",
    "if(",
    "length(",
    "current()",
    "equals(",
    "createObject('a', 1)",
    ".a",
    "[0]",
    "split('a,b', ',')",
    "null()",
    "json('[1]')",
    "substring('abc', 1)",
    "format('{0}', 1)",
    "range(0, 9)",
    "\ud800",
    "é",
)


@given(st.lists(st.sampled_from(EXPRESSION_PARTS), max_size=12).map("".join))
@settings(max_examples=250)
def test_any_expression(text: str) -> None:
    """Any sequence of what expressions are made of is compiled or refused, as value and as field."""
    for condition in ({"value": f"[{text}]", "equals": "a"}, {"field": f"[{text}]", "exists": True}):
        tried({"if": condition, "then": {"effect": "deny"}}, {"type": TYPE, "name": "a"}, parameters=PARAMETERS, context=CONTEXT)


ARGUMENTS = (
    "''",
    "'a'",
    "'10.0.0.0/8'",
    "'2026-01-01T00:00:00Z'",
    "0",
    "-1",
    "99999999999",
    "true()",
    "null()",
    "createArray()",
    "createArray('a', 1)",
    "createObject()",
    "createObject('a', createArray(1))",
    "json('1.5')",
    "'{0}'",
    "'%'",
    "parameters('numbers')",
    "json('{\"a\":null}')",
)
FUNCTIONS = [
    "add",
    "addDays",
    "and",
    "array",
    "base64",
    "base64ToJson",
    "base64ToString",
    "bool",
    "cidrHost",
    "cidrSubnet",
    "coalesce",
    "concat",
    "contains",
    "createArray",
    "createObject",
    "dataUri",
    "dataUriToString",
    "div",
    "empty",
    "endsWith",
    "equals",
    "first",
    "flatten",
    "float",
    "format",
    "greater",
    "greaterOrEquals",
    "guid",
    "if",
    "indexFromEnd",
    "indexOf",
    "int",
    "intersection",
    "ipRangeContains",
    "items",
    "join",
    "json",
    "last",
    "lastIndexOf",
    "length",
    "less",
    "lessOrEquals",
    "max",
    "min",
    "mod",
    "mul",
    "not",
    "null",
    "objectKeys",
    "or",
    "padLeft",
    "parseCidr",
    "range",
    "replace",
    "shallowMerge",
    "skip",
    "split",
    "startsWith",
    "string",
    "sub",
    "substring",
    "take",
    "toLower",
    "toUpper",
    "toObject",
    "trim",
    "true",
    "tryGet",
    "tryIndexFromEnd",
    "union",
    "uniqueString",
    "uri",
    "uriComponent",
    "uriComponentToString",
    "utcNow",
    "false",
    "dataUri",
    "parameters",
    "field",
    "current",
    "policy",
    "requestContext",
    "resourceGroup",
    "subscription",
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_any_arguments(function: str) -> None:
    """Any function with any arguments gives a value, fails, or is refused."""
    random = Random(function)
    for _ in range(150):
        arguments = ", ".join(random.choice(ARGUMENTS) for _ in range(random.randrange(5)))
        rule = {"if": {"value": f"[{function}({arguments})]", "equals": "a"}, "then": {"effect": "deny"}}
        tried(rule, {"type": TYPE, "name": "a"}, parameters=PARAMETERS, context=CONTEXT)


# -- depth and size --


def nested(make: Any, innermost: Json, depth: int = DEEP) -> Json:  # noqa: ANN401 - a function of one value
    """Return a value inside many others."""
    for _ in range(depth):
        innermost = make(innermost)
    return innermost


LEAF = {"field": "name", "equals": "a"}


@pytest.mark.parametrize(
    "condition",
    [
        nested(lambda inner: {"not": inner}, LEAF),
        nested(lambda inner: {"allOf": [inner]}, LEAF),
        nested(lambda inner: {"anyOf": [inner, inner]}, LEAF, 12),
        nested(lambda inner: {"count": {"value": [1], "name": "x", "where": inner}, "equals": 1}, LEAF),
        {"value": nested(lambda inner: [inner], 1), "equals": 1},
        {"value": nested(lambda inner: {"a": inner}, 1), "notIn": [nested(lambda inner: {"a": inner}, 1)]},
        {"field": "name", "in": nested(lambda inner: [inner], "a")},
        {"value": "[" + "concat(" * DEEP + "'a'" + ")" * DEEP + "]", "equals": "a"},
        {"value": "[" + "(" * DEEP + "]", "equals": "a"},
        {"value": "[parameters('a')" + "[0]" * DEEP + "]", "equals": "a"},
        {"value": "[parameters('a')" + ".a" * DEEP + "]", "equals": "a"},
        {"value": "[json('" + "[" * DEEP + "]" * DEEP + "')]", "equals": "a"},
        {"field": ALIAS + "a." * DEEP + "a", "equals": "a"},
        {"field": ALIAS + "a[*]." * DEEP + "a", "equals": "a"},
        {"field": "tags" + "[" * DEEP, "equals": "a"},
        {"value": "a" * 1_000_000, "like": "*" + "a" * 1_000_000},
        {"value": "a" * 100_000, "match": "?" * 100_000},
    ],
    ids=range(17),
)
def test_deep_and_large_conditions(condition: Json) -> None:
    """A condition of any depth or size is compiled or refused."""
    tried({"if": condition, "then": {"effect": "deny"}}, {"type": TYPE, "name": "a"})


DEEP_VALUES = [nested(lambda inner: [inner], 1), nested(lambda inner: {"properties": inner}, 1), nested(lambda inner: {"a": inner}, 1)]


@pytest.mark.parametrize("deep", DEEP_VALUES, ids=["arrays", "properties", "objects"])
@pytest.mark.parametrize(
    "condition",
    [
        {"field": f"{ALIAS}a.a.a", "exists": True},
        {"field": f"{ALIAS}a", "notEquals": "x"},
        {"field": f"{ALIAS}a", "notContains": "x"},
        {"field": f"{ALIAS}a[*]", "notEquals": "x"},
        {"value": f"[field('{ALIAS}a')]", "notEquals": "x"},
        {"value": f"[string(field('{ALIAS}a'))]", "notEquals": "x"},
        {"value": f"[equals(field('{ALIAS}a'), field('{ALIAS}a'))]", "equals": True},
        {"value": f"[union(createArray(field('{ALIAS}a')), createArray(field('{ALIAS}a')))]", "notEquals": "x"},
        {"field": f"{ALIAS}a", "in": "[parameters('list')]"},
        {"count": {"field": f"{ALIAS}a[*]", "where": {"field": f"{ALIAS}a[*]", "notEquals": "x"}}, "greater": 0},
    ],
    ids=str,
)
def test_deep_resources(deep: Json, condition: Json) -> None:
    """A resource, a parameter and a context of any depth end in an outcome, and so does their trace."""
    resource = {"type": TYPE, "properties": {"a": deep}}
    rule = {"if": condition, "then": {"effect": "deny"}}
    tried(rule, resource, parameters={"list": [deep]}, context={"resourceGroup": {"tags": deep}}, related=[{"properties": deep}])


@pytest.mark.parametrize("effect", ["modify", "append", "auditIfNotExists", "deployIfNotExists"])
def test_deep_details(effect: str) -> None:
    """Details of any depth are compiled or refused."""
    deep = nested(lambda inner: {"a": inner}, "[field('name')]")
    operations = [{"operation": "add", "field": "tags.a", "value": deep}]
    details: list[Json] = [
        deep,
        {"operations": operations, "roleDefinitionIds": ["/a"]},
        operations,
        {"type": TYPE, "existenceCondition": nested(lambda inner: {"not": inner}, LEAF)},
        {
            "type": TYPE,
            "roleDefinitionIds": ["/a"],
            "deployment": {"properties": {"mode": "incremental", "template": deep, "parameters": {"a": {"value": deep}}}},
        },
    ]
    for one in details:
        tried({"if": {"field": "type", "equals": TYPE}, "then": {"effect": effect, "details": one}}, {"type": TYPE, "name": "a"})


@pytest.mark.parametrize("number", ODD_NUMBERS, ids=lambda number: str(number)[:12])
@pytest.mark.parametrize("operator", ["equals", "notEquals", "less", "greaterOrEquals", "contains", "like", "match", "exists"])
def test_odd_numbers(number: float, operator: str) -> None:
    """Huge numbers, infinities and NaN have outcomes on both sides of every operator and as counts."""
    resource = {"type": TYPE, "properties": {"size": number}}
    for left in (
        {"field": f"{ALIAS}size"},
        {"value": number},
        {"value": f"[string(field('{ALIAS}size'))]"},
        {"count": {"value": [number]}},
    ):
        for operand in (number, "80", 80):
            tried({"if": {**left, operator: operand}, "then": {"effect": "deny"}}, resource)
    tried({"if": {"value": f"[add(field('{ALIAS}size'), 1)]", operator: number}, "then": {"effect": "deny"}}, resource)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts(text: str) -> None:
    """Lone surrogates, brackets and letters whose case is odd have outcomes everywhere a string can stand."""
    resource = {"id": text, "name": text, "type": TYPE, "location": text, "tags": {text: text}, "properties": {"mode": text, text: text}}
    conditions: tuple[Json, ...] = (
        {"field": "name", "equals": text},
        {"field": f"tags['{text}']", "like": text},
        {"field": f"tags.{text}", "match": text},
        {"field": ALIAS + text, "exists": True},
        {"field": text, "exists": True},
        {"value": text, "in": [text]},
        {"field": "tags", "containsKey": text},
        {"count": {"value": [text], "name": text, "where": {"value": f"[current('{text}')]", "equals": text}}, "equals": 1},
        {text: []},
        {"field": "name", text: text},
    )
    for condition in conditions:
        tried({"if": condition, "then": {"effect": "deny"}}, resource, context={"resourceGroup": {"name": text}})
        tried({"if": condition, "then": {"effect": text}}, resource)


# -- real definitions, changed --

DEFINITIONS = sorted((Path(__file__).resolve().parents[3] / "policies").rglob("azure_policy*.json"))
INSTEAD: tuple[Json, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "[",
    "[field('x')]",
    [],
    {},
    [None],
    {"field": "x"},
    *ODD_TEXTS[:4],
    10**400,
    HIDDEN,
)


def mutated(value: Json, random: Random) -> Json:
    """Return a copy with one or two things changed: a value, a key, a member too many or too few."""
    value = json.loads(json.dumps(value))
    for _ in range(random.randint(1, 2)):
        places = list(containers(value))
        place = random.choice(places)
        if isinstance(place, dict) and place:
            key = random.choice(sorted(place))
            action = random.randrange(4)
            if action == 0:
                place[random.choice((*WORDS, key.upper(), key + "s"))] = place.pop(key)
            elif action == 1:
                place.pop(key)
            elif action == 2:
                place[random.choice(WORDS)] = copy.deepcopy(random.choice(INSTEAD))
            else:
                place[key] = copy.deepcopy(random.choice((*INSTEAD, *WORDS)))
        elif isinstance(place, list):
            place.insert(random.randint(0, len(place)), copy.deepcopy(random.choice((*INSTEAD, *WORDS))))
    return value


def containers(value: Json) -> Any:  # noqa: ANN401 - an iterator of dicts and lists
    """Yield every object and array in a value."""
    if isinstance(value, dict | list):
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from containers(one)


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.parent.name)
def test_mutated_definitions(path: Path) -> None:
    """Our definitions with something wrong in them are compiled or refused."""
    document = json.loads(path.read_text(encoding="utf-8"))
    random = Random(path.parent.name)
    resource = {"type": "Microsoft.Network/connections", "name": "a", "properties": {"connectionType": "IPsec", "ipsecPolicies": [{}]}}
    declared = document["properties"].get("parameters", {})
    values: dict[str, Json] = {name: [] if one["type"] == "Array" else {} for name, one in declared.items() if "defaultValue" not in one}
    found = [tried(mutated(document, random), resource, parameters=values) for _ in range(100)]
    assert 0 < found.count(None) < 100
