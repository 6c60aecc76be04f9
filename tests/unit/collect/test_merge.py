"""Several files are one inventory: duplicates that agree, and duplicates that do not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from s2sguard.collect.merge import merge
from s2sguard.model.inventory import Gap, Resource, Source
from s2sguard.model.value import Unknown
from tests.unit.collect.arm import a_resource, an_id

DISAGREE = Unknown("two inputs disagree: a.json and b.json")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"a": 1}, {"a": 1}),
        ({"a": 1}, {"A": 1}),
        ({"mode": "Default"}, {"mode": "default"}),
        ({"a": 1, "etag": "x", "connectionStatus": "Connected"}, {"a": 1, "etag": "y", "provisioningState": "Updating"}),
        ({"a": 1, "b": None, "c": [], "d": {}, "e": ""}, {"a": 1}),
        ({"a": {"b": {"c": None}}, "z": 1}, {"z": 1}),
        ({"ref": {"id": "/X"}}, {"ref": {"id": "/x", "resourceGroup": "rg"}}),
        ({"subnets": [{"name": "s", "properties": {"p": 1}}]}, {"subnets": [{"name": "s", "p": 1, "etag": "x"}]}),
        (
            {"rules": [{"name": "b", "type": "Microsoft.Network/virtualNetworkGateways/natRules", "properties": {"type": "Static"}}]},
            {"rules": [{"name": "b", "typePropertiesType": "Static"}]},
        ),
        ({"subnets": [{"id": "/a", "p": 1}, {"id": "/b", "p": 2}]}, {"subnets": [{"id": "/b", "p": 2}, {"id": "/a", "p": 1}]}),
        ({"a": Unknown("x")}, {"a": Unknown("x")}),
        ({"a": True}, {"a": "True"}),
    ],
)
def test_duplicates_that_mean_the_same_merge_in_silence(left: dict[str, Any], right: dict[str, Any]) -> None:
    """Casing, volatile members, shape and what is null or empty do not make two descriptions differ."""
    resources, gaps = merge([a_resource(file="a.json", **left), a_resource(file="b.json", **right)])
    assert gaps == []
    assert [resource.source.file for resource in resources] == ["a.json"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 2),
        (False, None),
        (True, 1),
        (["a", "b"], ["b", "a"]),
        ({"x": 1}, {"x": 2}),
        ([{"id": "/a"}], [{"id": "/a"}, {"id": "/b"}]),
        ("Default", Unknown("redacted")),
    ],
)
def test_what_duplicates_disagree_on_is_unknown(left: object, right: object) -> None:
    """One resource stays; the property that differs is unknown, the others are known, and a gap names the place."""
    resources, gaps = merge([a_resource(file="a.json", p=left, q=1), a_resource(file="b.json", p=right, q=1)])
    assert [resource.properties for resource in resources] == [{"p": DISAGREE, "q": 1}]
    assert gaps == [
        Gap(
            kind="conflicting-duplicates",
            reason="a.json and b.json disagree on `p`, so that counts as unknown",
            source=Source(file="a.json"),
            resource=an_id("connections/partner-a"),
        ),
    ]


def test_a_property_only_one_input_has_is_unknown() -> None:
    """Absent means Azure's default, which is a contradiction to a value."""
    resources, gaps = merge([a_resource(file="a.json", q=1), a_resource(file="b.json", q=1, connectionMode="InitiatorOnly")])
    assert resources[0].properties == {"q": 1, "connectionMode": DISAGREE}
    assert len(gaps) == 1


def test_tags_that_differ_are_unknown() -> None:
    """Tags say who a partner is: two answers are no answer."""
    first, second = a_resource(file="a.json", q=1), replace(a_resource(file="b.json", q=1), tags={"partner": "x"})
    resources, gaps = merge([first, second])
    assert (resources[0].tags, resources[0].properties) == (DISAGREE, {"q": 1})
    assert gaps[0].reason == "a.json and b.json disagree on `tags`, so that counts as unknown"


def test_the_order_of_the_files_does_not_matter() -> None:
    """Every order of three descriptions gives the same resource and the same gap."""
    versions = [a_resource(file=f"{name}.json", p=value, q=0) for name, value in (("a", 1), ("b", 2), ("c", 1))]
    results = [merge(order) for order in itertools.permutations(versions)]
    assert all(result == results[0] for result in results)
    assert results[0][1][0].reason == "a.json and b.json and 1 more disagree on `p`, so that counts as unknown"


def test_two_places_of_one_file_are_told_apart() -> None:
    """Within one file the JSON pointers are named."""
    first = replace(a_resource(p=1), source=Source(file="a.json", pointer="/value/0"))
    second = replace(a_resource(p=2), source=Source(file="a.json", pointer="/value/1"))
    resources, _ = merge([first, second])
    assert resources[0].properties["p"] == Unknown("two inputs disagree: a.json#/value/0 and a.json#/value/1")


def test_ids_are_compared_without_case() -> None:
    """Resource Graph lowercases ids."""
    shouted = replace(a_resource(file="b.json", p=1), id=an_id("connections/partner-a").upper())
    resources, gaps = merge([a_resource(p=1), shouted])
    assert ([resource.id for resource in resources], gaps) == ([an_id("connections/partner-a")], [])


def test_a_link_connection_has_two_paths() -> None:
    """REST examples say `vpnSiteLinkConnections` where the service says `vpnLinkConnections`."""
    old = replace(a_resource(p=1), id=an_id("vpnGateways/g/vpnConnections/c/VpnSiteLinkConnections/l"))
    new = replace(a_resource(p=1), id=an_id("vpnGateways/g/vpnConnections/c/vpnLinkConnections/l"))
    assert len(merge([old, new])[0]) == 1


def test_a_listing_without_properties_contradicts_nothing() -> None:
    """A resource that is also listed by name is the full one, in either order."""
    listed, full = a_resource(file="a.json"), a_resource(file="b.json", p=1)
    for order in ([listed, full], [full, listed]):
        assert merge(order) == ([full], [])


def test_a_resource_known_only_by_name_is_a_gap() -> None:
    """Nothing is known of a resource listed without its properties, and somebody must be told."""
    resources, gaps = merge([a_resource()])
    assert (len(resources), [(gap.kind, gap.resource) for gap in gaps]) == (1, [("unreadable-value", an_id("connections/partner-a"))])


def test_what_is_only_referred_to_gives_way() -> None:
    """A Terraform `data` source does not contradict the resource itself, whatever it says."""
    data, full = a_resource(file="a.json", existing=True, p=1), a_resource(file="b.json", p=2, q=3)
    assert merge([data, full]) == ([full], [])


def test_two_references_complete_each_other() -> None:
    """What one reference leaves out the other may know; what both say must agree."""
    first, second = a_resource(file="a.json", existing=True, p=1, r=1), a_resource(file="b.json", existing=True, q=2, r=2)
    resources, gaps = merge([first, second])
    assert resources[0].properties == {"p": 1, "r": DISAGREE, "q": 2}
    assert resources[0].existing
    assert len(gaps) == 1


def test_the_order_of_reading_is_kept() -> None:
    """Resources come in the order in which each was first read."""
    names = ["c", "a", "b", "a", "c"]
    resources: list[Resource] = [a_resource(name, p=1) for name in names]
    assert [resource.name for resource in merge(resources)[0]] == ["c", "a", "b"]
