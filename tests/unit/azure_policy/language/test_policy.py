"""Compiling and evaluating as a whole: the outcome, the call, and that nothing is changed or copied."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.model.value import Unknown

TYPE = "Microsoft.Network/connections"
FAILS = {"value": "[int('x')]", "equals": 1}
RESOURCE = {"type": TYPE, "name": "a", "properties": {"connectionType": "IPsec"}}


def effect(condition: dict[str, Any], effect_name: object = "deny", **options: Any) -> str | None:
    """Return the effect of a rule on a connection."""
    return compile_policy({"if": condition, "then": {"effect": effect_name}}).evaluate(RESOURCE, **options).effect


@pytest.mark.parametrize(
    ("condition", "name", "expected"),
    [
        ({"field": "name", "equals": "a"}, "Audit", "audit"),
        ({"field": "name", "equals": "b"}, "Audit", None),
        ({"field": "name", "equals": "a"}, "DISABLED", "disabled"),
        (FAILS, "audit", "error"),
        (FAILS, "disabled", None),
        ({"field": "name", "equals": "a"}, "[parameters('effect')]", "deny"),
        ({"field": "name", "equals": "a"}, "[parameters('missing')]", "error"),
        ({"field": "name", "equals": "b"}, "[parameters('unknown')]", None),
        ({"field": "name", "equals": "a"}, "[parameters('unknown')]", "unknown"),
        ({"field": "name", "equals": "a"}, "[parameters('nonsense')]", "error"),
    ],
)
def test_effects(condition: dict[str, Any], name: str, expected: str | None) -> None:
    """The effect is named as documented; a disabled rule does not fail; an effect that is unknown matters where the rule matches."""
    parameters = {"effect": "Deny", "unknown": Unknown("u"), "nonsense": "explode"}
    assert expected == effect(condition, name, parameters=parameters)


def test_compliant_means_evaluated_and_nothing_found() -> None:
    """Errors and unknown outcomes are not compliant."""
    conditions = [{"field": "name", "equals": name} for name in ("a", "b")] + [FAILS]
    rules = [compile_policy({"if": condition, "then": {"effect": "audit"}}) for condition in conditions]
    assert [False, True, False] == [rule.evaluate(RESOURCE).compliant for rule in rules]


@pytest.mark.parametrize(
    "call",
    [
        {"resource": []},
        {"resource": None},
        {"resource": "x"},
        {"resource": {}, "context": []},
        {"resource": {}, "parameters": []},
        {"resource": {}, "related": 5},
        {"resource": {}, "related": "x"},
        {"resource": {}, "related": {}},
    ],
)
def test_bad_calls(call: dict[str, Any]) -> None:
    """A call that makes no sense is a PolicyError."""
    with pytest.raises(PolicyError):
        compile_policy({"if": {"allOf": []}, "then": {"effect": "deny"}}).evaluate(**call)


class ReadOnly(Mapping[str, Any]):
    """A resource that cannot be changed."""

    def __init__(self, members: dict[str, Any]) -> None:
        self._members = members

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


@pytest.mark.parametrize("wrapped", [dict, MappingProxyType, ReadOnly])
def test_any_mapping_is_a_resource(wrapped: Any) -> None:  # noqa: ANN401
    """A resource is a mapping of any kind."""
    policy = compile_policy({"if": {"field": f"{TYPE}/connectionType", "equals": "ipsec"}, "then": {"effect": "deny"}})
    assert policy.evaluate(wrapped(RESOURCE)).effect == "deny"


def converted(value: Any, mapping: Any, array: Any) -> Any:  # noqa: ANN401
    """Return JSON with objects and arrays of other classes."""
    if isinstance(value, dict):
        return mapping({name: converted(one, mapping, array) for name, one in value.items()})
    return array(converted(one, mapping, array) for one in value) if isinstance(value, list) else value


class Listing(list[Any]):
    """An array as some readers of YAML give it."""


CONTAINERS = [(dict, tuple), (MappingProxyType, list), (ReadOnly, tuple), (OrderedDict, Listing)]
SEEN: list[dict[str, Any]] = [
    {"count": {"field": f"{TYPE}/ranges[*]"}, "equals": 2},
    {"field": f"{TYPE}/inner.ranges[*]", "equals": "c"},
    {"not": {"field": f"{TYPE}/ranges[*]", "equals": "a"}},
    {"value": f"[field('{TYPE}/inner').ranges[0]]", "equals": "c"},
    {"field": "tags.stage", "exists": True},
    {"field": "name", "in": ["a", "z"]},
    {"field": "name", "in": "[parameters('names')]"},
    {"value": "[parameters('deep').deeper[0]]", "equals": 1},
    {"value": "[resourceGroup().tags.owners[0]]", "equals": "o"},
    {"anyOf": [{"field": "name", "equals": "a"}]},
]


@pytest.mark.parametrize(("mapping", "array"), CONTAINERS)
@pytest.mark.parametrize("condition", SEEN)
def test_read_only_mappings_and_tuples_are_objects_and_arrays(condition: dict[str, Any], mapping: Any, array: Any) -> None:  # noqa: ANN401
    """At any depth of the rule, the resource, the parameters and the context; what was given stays as it was."""
    properties = {"ranges": ["a", "b"], "inner": {"ranges": ["c"]}}
    whole = [
        {"if": condition, "then": {"effect": "deny"}},
        {"type": TYPE, "name": "a", "tags": {"stage": "live"}, "properties": properties},
        {"names": ["a"], "deep": {"value": {"deeper": [1]}}},
        {"resourceGroup": {"tags": {"owners": ["o"]}}},
    ]
    rule, resource, parameters, context = (converted(one, mapping, array) for one in whole)
    assert compile_policy(rule).evaluate(resource, parameters, context).effect == "deny"
    assert converted(whole[1], mapping, array) == resource or mapping is ReadOnly


@pytest.mark.parametrize(("mapping", "array"), CONTAINERS)
def test_related_resources_of_other_classes(mapping: Any, array: Any) -> None:  # noqa: ANN401
    """They are looked at as deep as the resource itself."""
    details = {"type": f"{TYPE}/locks", "existenceCondition": {"field": f"{TYPE}/locks/kinds[*]", "equals": "x"}}
    policy = compile_policy({"if": {"field": "type", "equals": TYPE}, "then": {"effect": "auditIfNotExists", "details": details}})
    lock = converted({"type": f"{TYPE}/locks", "name": "a/l", "properties": {"kinds": ["y"]}}, mapping, array)
    assert policy.evaluate(RESOURCE, related=(lock,)).effect == "auditIfNotExists"
    assert policy.evaluate(RESOURCE, related=[converted({**lock, "properties": {"kinds": ["x"]}}, mapping, array)]).effect is None


def test_absurdly_deep_tuples() -> None:
    """They are copied without recursion, and end as nested arrays do."""
    deep: Any = ()
    for _ in range(10_000):
        deep = (deep,)
    policy = compile_policy({"if": {"value": f"[string(field('{TYPE}/a'))]", "equals": "a"}, "then": {"effect": "deny"}})
    assert policy.evaluate({"type": TYPE, "properties": {"a": deep}}).effect == "error"


def test_nothing_is_changed() -> None:
    """Definition, resource, parameters and context are the same after the evaluation, and results can be asked again."""
    rule = {
        "if": {
            "count": {
                "field": f"{TYPE}/ranges[*]",
                "where": {"field": f"{TYPE}/ranges[*]", "in": "[union(parameters('p'), createArray('c'))]"},
            },
            "equals": 2,
        },
        "then": {"effect": "deny"},
    }
    resource = {"type": TYPE, "properties": {"ranges": ["a", "c", "d"]}}
    given: list[dict[str, Any]] = [rule, resource, {"p": ["a"]}, {"resourceGroup": {"tags": {"a": "b"}}}]
    before = copy.deepcopy(given)
    policy = compile_policy(rule)
    found = [policy.evaluate(resource, given[2], given[3]) for _ in range(2)]
    assert ["deny", "deny"] == [one.effect for one in found]
    assert found[0].trace is found[0].trace
    assert found[0].trace == found[1].trace
    assert before == given


def test_one_policy_judges_resources_of_any_shape() -> None:
    """Resources and parameters of different shapes follow each other without traces of the one before."""
    policy = compile_policy({"if": {"field": f"{TYPE}/a[*].b", "equals": "[parameters('p')]"}, "then": {"effect": "deny"}})
    shapes: list[tuple[Any, Any, str | None]] = [
        ({"a": [{"b": 1}]}, 1, "deny"),
        ({"a": [{"b": 1}]}, 2, None),
        ({"a": {"b": 1}}, 2, "deny"),
        ({}, 1, "deny"),
        ({"A": [{"B": "x"}]}, "X", "deny"),
        (5, "X", "deny"),
        ({"a": [5]}, "X", None),
    ]
    for properties, parameter, expected in shapes:
        assert expected == policy.evaluate({"type": TYPE, "properties": properties}, {"p": parameter}).effect


def test_absurdly_deep_contexts_and_resources() -> None:
    """What is nested too deep for Python ends in an outcome or in PolicyError."""
    deep: Any = {}
    for _ in range(10_000):
        deep = {"a": deep}
    policy = compile_policy({"if": {"value": "[string(resourceGroup().tags)]", "equals": "a"}, "then": {"effect": "[field('kind')]"}})
    found = policy.evaluate({"tags": deep, "kind": "deny"}, context={"resourceGroup": {"tags": deep}})
    assert found.effect == "error"
    assert isinstance(found.trace, tuple)
