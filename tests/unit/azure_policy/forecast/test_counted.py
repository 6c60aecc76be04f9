"""The values behind a count: what people are shown beside the number that Azure shows."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import compile_policy
from s2sguard.azure_policy.forecast.counted import counted_values, written_fields

TYPE = "Microsoft.Network/connections"
POLICIES = f"{TYPE}/ipsecPolicies[*]"
WEAK = {"field": f"{POLICIES}.dhGroup", "notIn": "[parameters('allowed')]"}
OLD = {"field": f"{POLICIES}.ikeIntegrity", "equals": "MD5"}
RESOURCE: dict[str, Any] = {"type": TYPE, "properties": {"ipsecPolicies": [{"dhGroup": "DHGroup2", "ikeIntegrity": "SHA1"}], "mode": None}}
DECLARED = {"allowed": {"type": "Array", "defaultValue": ["ECP384"]}, "names": {"type": "Array", "defaultValue": ["a", "[b]", "c"]}}


def values(count: object, resource: dict[str, Any] = RESOURCE, **parameters: object) -> tuple[tuple[str, Any], ...]:
    """Return the values behind the only condition of a rule."""
    rule = {"if": {"allOf": [{"count": count, "greater": 0}]}, "then": {"effect": "audit"}}
    policy = compile_policy({"properties": {"mode": "All", "parameters": DECLARED, "policyRule": rule}})
    return counted_values(policy, "/properties/policyRule/if/allOf/0", resource, parameters, None)


def test_the_fields_that_were_asked_for_are_shown_with_their_values() -> None:
    """A member was counted for its group: the group is shown."""
    assert ((f"{POLICIES}.dhGroup", "DHGroup2"),) == values({"field": POLICIES, "where": WEAK})


def test_only_alternatives_that_found_something_are_shown() -> None:
    """Of `anyOf` the one that did not match explains nothing."""
    assert ((f"{POLICIES}.dhGroup", "DHGroup2"),) == values({"field": POLICIES, "where": {"anyOf": [WEAK, OLD]}})


def test_parameters_count_as_in_the_evaluation() -> None:
    """A value that the assignment allows found nothing, so nothing is shown."""
    assert () == values({"field": POLICIES, "where": WEAK}, allowed=["DHGroup2"])


def test_several_members_are_shown_together() -> None:
    """More than one value is shown as a list."""
    resource = {"type": TYPE, "properties": {"ipsecPolicies": [{"dhGroup": "DHGroup2"}, {"dhGroup": "DHGroup1"}]}}
    assert ((f"{POLICIES}.dhGroup", ["DHGroup2", "DHGroup1"]),) == values({"field": POLICIES, "where": WEAK}, resource)


def test_a_count_without_a_field_inside_shows_the_array() -> None:
    """Where only the number matters, the array is what there is to see."""
    assert ((POLICIES, RESOURCE["properties"]["ipsecPolicies"][0]),) == values({"field": POLICIES})


def test_members_of_a_counted_value_are_shown_as_data() -> None:
    """A text in brackets that stands in a parameter is no expression."""
    count = {"value": "[parameters('names')]", "name": "one", "where": {"value": "[current('one')]", "notEquals": "a"}}
    assert (("[parameters('names')]", "[b]"), ("[parameters('names')]", "c")) == values(count)


@pytest.mark.parametrize(
    "pointer", ["", "/elsewhere", "/properties/policyRule/if/allOf/9", "/properties/policyRule/if/allOf/x", "/properties/policyRule/if"]
)
def test_a_pointer_to_no_count_shows_nothing(pointer: str) -> None:
    """What is no count has nothing behind it."""
    rule = {"if": {"allOf": [{"count": {"field": POLICIES}, "greater": 0}]}, "then": {"effect": "audit"}}
    policy = compile_policy({"properties": {"mode": "All", "policyRule": rule}})
    assert () == counted_values(policy, pointer, RESOURCE, None, None)


def test_written_fields_are_found_once_and_in_order() -> None:
    """Fields of a rule in the order of reading, in any casing of the key."""
    rule = {
        "allOf": [
            {"Field": "b", "equals": 1},
            {"not": {"field": "a", "exists": True}},
            {"count": {"field": "c[*]", "where": {"field": "b"}}},
        ]
    }
    assert ("b", "a", "c[*]") == written_fields(rule)
