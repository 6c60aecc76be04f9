"""Differences as Azure means them: what it adds is none, what somebody changed is one."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.azure_policy.deploy.compare import Change, differences

SET: dict[str, Any] = {
    "displayName": "d",
    "parameters": {"effect": {"type": "String", "defaultValue": "Audit"}},
    "policyDefinitionGroups": [{"name": "ike"}, {"name": "sel"}],
    "policyDefinitions": [
        {
            "policyDefinitionId": "/subscriptions/A/x/One",
            "policyDefinitionReferenceId": "S2S-IKE-001",
            "parameters": {},
            "groupNames": ["ike"],
        },
        {"policyDefinitionId": "/subscriptions/A/x/Two", "policyDefinitionReferenceId": "S2S-SEL-001", "groupNames": ["sel"]},
    ],
}


def test_what_azure_adds_or_spells_otherwise_is_no_difference() -> None:
    """Read-only keys, empty values, other casing of ids and keys, other order of lists that have none."""
    have = deepcopy(SET)
    have |= {"policyType": "Custom", "versions": ["1.0.0"], "description": "", "metadata": None}
    have["parameters"]["effect"]["type"] = "string"
    have["policyDefinitionGroups"].reverse()
    have["policyDefinitions"].reverse()
    for entry in have["policyDefinitions"]:
        entry |= {
            "definitionVersion": "1.*.*",
            "effectiveDefinitionVersion": "1.0.0",
            "policyDefinitionId": entry["policyDefinitionId"].lower(),
        }
        entry.setdefault("parameters", {})
    have["Parameters"] = have.pop("parameters")
    assert () == differences("initiative", SET, have)


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("displayName",), "other", "/displayName"),
        (("parameters", "effect", "defaultValue"), "audit", "/parameters/effect/defaultValue"),
        (("parameters", "more"), {"type": "String"}, "/parameters/more"),
        (("policyDefinitions", 1, "policyDefinitionId"), "/x/other", "/policyDefinitions/S2S-SEL-001/policyDefinitionId"),
        (("policyDefinitions", 0, "groupNames"), ["sel"], "/policyDefinitions/S2S-IKE-001/groupNames"),
        (("policyDefinitionGroups", 0, "displayName"), "changed", "/policyDefinitionGroups/ike/displayName"),
    ],
)
def test_what_somebody_changed_is_one(path: tuple[str | int, ...], value: object, pointer: str) -> None:
    """Each change is found at its own pointer and nowhere else."""
    have: Any = deepcopy(SET)
    node = have
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert [pointer] == [change.pointer for change in differences("initiative", SET, have)]


def test_members_that_came_or_went() -> None:
    """A definition that somebody took out of the initiative, or put in, is a difference."""
    have = deepcopy(SET)
    have["policyDefinitions"][0]["policyDefinitionReferenceId"] = "theirs"
    assert ["/policyDefinitions/S2S-IKE-001", "/policyDefinitions/theirs"] == [
        each.pointer for each in differences("initiative", SET, have)
    ]


def test_a_repeated_message_is_not_lost() -> None:
    """Two messages for all definitions are two, though only one was written."""
    want = {"nonComplianceMessages": [{"message": "a"}]}
    have = {"nonComplianceMessages": [{"message": "a"}, {"message": "b"}]}
    assert [Change(pointer="/nonComplianceMessages/(all) #2", before={"message": "b"}, after=None)] == list(
        differences("assignment", want, have)
    )


@pytest.mark.parametrize(
    ("want", "have", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        ("1", 1, False),
        (True, True, True),
        (["a", "b"], ["b", "a"], False),
        ([{"a": 1}], [{"a": 1, "b": None}], True),
        ([{"a": 1}], [{"a": 1, "b": 2}], False),
        ([], None, False),
        ([], {}, False),
        ("", None, False),
        (False, None, False),
        (0, None, False),
    ],
)
def test_values(want: object, have: object, *, same: bool) -> None:
    """Numbers compare by value, a boolean is no number, and what is empty is not missing."""
    found = differences("assignment", {"parameters": {"p": {"value": want}}}, {"parameters": {"p": {"value": have}}})
    assert same == (found == ())


def test_foreign_metadata_is_not_looked_at() -> None:
    """Only the metadata that we write is compared."""
    want = {"metadata": {"version": "1", "s2sguard": {"managedBy": "x"}}}
    have = {"metadata": {"version": "1", "s2sguard": {"managedBy": "x"}, "createdBy": "me", "ticket": "T"}}
    assert () == differences("definition", want, have)
    assert ["/metadata/version"] == [
        each.pointer for each in differences("definition", want, {"metadata": have["metadata"] | {"version": "2"}})
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_anything_equals_its_copy(value: object) -> None:
    """No JSON value differs from itself."""
    assert () == differences("definition", {"policyRule": {"if": value}}, {"policyRule": {"if": deepcopy(value)}})


@given(JSON, JSON)
def test_a_difference_has_two_sides(one: object, other: object) -> None:
    """What differs one way differs the other way."""
    there = differences("definition", {"policyRule": {"if": one}}, {"policyRule": {"if": other}})
    back = differences("definition", {"policyRule": {"if": other}}, {"policyRule": {"if": one}})
    assert bool(there) == bool(back)
