"""The values behind a count: what people are shown beside the number that Azure shows."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import compile_policy
from s2sguard.azure_policy.forecast.counted import counted_values
from s2sguard.model.value import Unknown

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


def test_members_that_are_not_known_are_shown_as_such() -> None:
    """An unknown member may be what counts: it is not shown as a missing one."""
    why = Unknown("after apply")
    resource = {"type": TYPE, "properties": {"ipsecPolicies": [{"dhGroup": why}, {"dhGroup": "ECP384"}]}}
    assert ((f"{POLICIES}.dhGroup", [why, "ECP384"]),) == values({"field": POLICIES, "where": WEAK}, resource)
    count = {"value": "[parameters('names')]", "name": "one", "where": {"value": "[current('one')]", "equals": "a"}}
    assert (("[parameters('names')]", why),) == values(count, names=["b", why])


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


RANGES = f"{TYPE}/trafficSelectorPolicies[*].remoteAddressRanges[*]"
TWO = {
    "type": TYPE,
    "properties": {"trafficSelectorPolicies": [{"remoteAddressRanges": ["10.1.0.0/16"]}, {"remoteAddressRanges": ["b", "10.2.0.0/16"]}]},
}
OF_MEMBER = {"value": f"[startsWith(current('{RANGES}'), current('claim'))]", "equals": True}


def test_of_a_nested_count_only_the_members_that_count_are_shown() -> None:
    """Of a site's prefixes people want the one that overlaps, not all."""
    nested = {"count": {"field": RANGES, "where": OF_MEMBER}, "greater": 0}
    count = {"value": "[parameters('names')]", "name": "claim", "where": nested}
    assert (("[parameters('names')]", "10.2"), (RANGES, "10.2.0.0/16")) == values(count, TWO, names=["10.2", "x"])


@pytest.mark.parametrize("where", [{"value": f"[length(current('{RANGES}'))]", "less": 5}, {"field": RANGES, "equals": "b"}])
def test_of_a_counted_array_only_the_members_that_count_are_shown(where: object) -> None:
    """The same holds where the array itself is counted, whether its member is read by an expression or by a condition."""
    assert ((RANGES, "b"),) == values({"field": RANGES, "where": where}, TWO)


def test_members_that_do_not_count_alone_are_all_shown() -> None:
    """Where it takes two of them, none explains it by itself."""
    nested = {"count": {"field": RANGES, "where": OF_MEMBER}, "greater": 1}
    count = {"value": "[parameters('names')]", "name": "claim", "where": nested}
    assert (RANGES, ["10.1.0.0/16", "b", "10.2.0.0/16"]) == values(count, TWO, names=["10."])[-1]


def test_a_field_that_an_expression_only_trims_is_shown() -> None:
    """Written as a value it is still what the condition asks for; an expression of several fields asks for none of them."""
    for written, expected in (
        (f"[trim(string(coalesce(field('{TYPE}/mode'), '')))]", ((f"{TYPE}/mode", "Old"),)),
        (f"[concat(field('{TYPE}/mode'), field('{TYPE}/name'))]", ()),
    ):
        count = {"value": "[parameters('names')]", "name": "one", "where": {"value": written, "like": "Old*"}}
        resource = {"type": TYPE, "properties": {"mode": "Old", "name": "x"}}
        assert expected == values(count, resource, names=["a"])[1:]


@pytest.mark.parametrize(
    ("where", "parameters", "expected"),
    [
        ({"field": f"{TYPE}/sharedKey", "equals": "[current('k')]"}, ["abc-123", "z"], ()),
        ({"field": f"{TYPE}/sharedKey", "contains": "[current('k')]"}, ["bc-1", "z"], ("***",)),
        ({"field": f"{TYPE}/other", "contains": "[current('k')]"}, ["bc-1", "z"], ("bc-1",)),
    ],
)
def test_members_that_a_secret_picks_are_not_shown(where: dict[str, str], parameters: list[str], expected: tuple[str, ...]) -> None:
    """Which of several guesses was right would tell what the key is."""
    count = {"value": "[parameters('k')]", "name": "k", "where": where}
    rule = {"if": {"count": count, "greater": 0}, "then": {"effect": "audit"}}
    policy = compile_policy({"properties": {"mode": "All", "parameters": {"k": {"type": "Array"}}, "policyRule": rule}})
    resource = {"type": TYPE, "properties": {"sharedKey": "abc-123", "other": "xbc-1"}}
    (one,) = policy.evaluate(resource, {"k": parameters}).trace
    found = counted_values(policy, one.pointer, resource, {"k": parameters}, None)
    assert (1, expected) == (one.expression_value, tuple(value for name, value in found if name == "[parameters('k')]"))
