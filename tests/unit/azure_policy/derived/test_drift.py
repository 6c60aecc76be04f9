"""What is assigned against fresh facts: sets are compared, in every shape an assignment comes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s2sguard.azure_policy.derived import ScopeKind, derive, document_of
from s2sguard.azure_policy.derived.assigned import by_scope, read_assigned
from s2sguard.azure_policy.derived.drift import Difference, compare
from s2sguard.azure_policy.derived.view import look
from s2sguard.errors import InputError
from tests.unit.azure_policy.derived_estate import OPTIONS, SUBSCRIPTION, Node, arm_id, connection, gateway, inventory, site

GW = arm_id("virtualNetworkGateways", "gw")
Document = dict[str, Any]


def estate(**partners: list[str]) -> list[Node]:
    """Return a gateway with one site and one connection for each partner."""
    bodies = gateway("gw", "172.16.0.0/24")
    for name, prefixes in partners.items():
        bodies.append(site(f"site-{name}", *prefixes, partner=name, group="sites"))
        bodies.append(connection(f"to-{name}", gateway=GW, site=bodies[-1]["id"], group="tunnels"))
    return bodies


BEFORE = {"red": ["10.1.0.0/24", "10.1.1.0/24"], "blue": ["10.2.0.0/16"]}


def document(kind: ScopeKind = "subscription", bodies: list[Node] | None = None) -> Document:
    """Return the parameters document of an estate."""
    return document_of(derive(inventory(bodies if bodies is not None else estate(**BEFORE)), OPTIONS, kind))


def arm(found: Document) -> list[Document]:
    """Return the assignments as Resource Manager returns them; the scope only in the id, as older versions have it."""
    return [
        {
            "id": f"{one['scope']}/providers/Microsoft.Authorization/policyAssignments/{one['name']}",
            "type": "Microsoft.Authorization/policyAssignments",
            "properties": {"parameters": one["parameters"], "enforcementMode": "DoNotEnforce"},
        }
        for one in found["assignments"]
    ]


def az(found: Document) -> list[Document]:
    """Return the assignments as `az` prints them: flat, and among others."""
    ours = [{"name": one["name"], "scope": one["scope"].upper(), "parameters": one["parameters"]} for one in found["assignments"]]
    return [
        {"name": "other", "scope": SUBSCRIPTION, "parameters": {"effect": {"value": "Deny"}}},
        {"name": "bare", "parameters": None},
        *ours,
    ]


SHAPES: dict[str, Callable[[Document], Any]] = {
    "our document": lambda found: found,
    "one assignment": lambda found: arm(found)[0],
    "a list": arm,
    "a page": lambda found: {"value": arm(found)},
    "az": az,
}


def drift(assigned: Any, bodies: list[Node], folder: Path) -> tuple[Difference, ...]:  # noqa: ANN401 - any JSON
    """Return how an estate differs from what is assigned."""
    path = folder / "assigned.json"
    path.write_text(json.dumps(assigned), encoding="utf-8")
    return compare(by_scope(read_assigned(str(path))), look(inventory(bodies), OPTIONS))


@pytest.mark.parametrize("shape", SHAPES)
def test_fresh_parameters_have_no_drift(shape: str, tmp_path: Path) -> None:
    """What was derived from an estate says what the estate says, in every shape."""
    assert () == drift(SHAPES[shape](document()), estate(**BEFORE), tmp_path)


@pytest.mark.parametrize("kind", ["subscription", "resource-group", "gateway"])
def test_every_scope_is_compared_with_itself(kind: ScopeKind, tmp_path: Path) -> None:
    """Assignments by group or by gateway are compared with what is fresh for their group."""
    assert () == drift(document(kind), estate(**BEFORE), tmp_path)


def test_spelling_is_no_drift(tmp_path: Path) -> None:
    """Two halves and their whole cover the same, and so do ids in other letters."""
    found = document()
    ranges = found["assignments"][0]["parameters"]["partnerRanges"]["value"]
    whole = next(one for one in ranges if one["range"] == "10.1.0.0/23")
    ranges.remove(whole)
    ranges += [{**whole, "range": text, "gateway": whole["gateway"].upper()} for text in ("10.1.0.0/24", "10.1.1.0/24", "10.1.1.8/32")]
    assert () == drift(found, estate(**BEFORE), tmp_path)


def test_what_changed_is_named_by_partner(tmp_path: Path) -> None:
    """A range that is new, one that is gone, a new partner and one that left: each is named with its addresses."""
    after = estate(red=["10.1.0.0/24", "10.1.4.0/24"], green=["10.3.0.0/24"])
    found = {(one.what, one.subject): (one.missing, one.stale) for one in drift(document(), after, tmp_path) if one.what != "identity"}
    expected = {
        ("partners", "green"): (("green",), ()),
        ("partners", "blue"): ((), ("blue",)),
        ("claims", "red"): (("10.1.4.0/24",), ("10.1.1.0/24",)),
        ("claims", "green"): (("10.3.0.0/24",), ()),
        ("claims", "blue"): ((), ("10.2.0.0/16",)),
        ("allowed", "red"): (("10.1.4.0/24",), ("10.1.1.0/24",)),
        ("allowed", "green"): (("10.3.0.0/24",), ()),
        ("allowed", "blue"): ((), ("10.2.0.0/16",)),
    }
    assert expected == found


def test_networks_and_gateways_drift_too(tmp_path: Path) -> None:
    """A spoke's range that is new and a second gateway are drift."""
    after = [*estate(**BEFORE), *gateway("gw2", "172.18.0.0/24")]
    after[1]["properties"]["addressSpace"]["addressPrefixes"].append("172.17.0.0/24")
    second = arm_id("virtualNetworkGateways", "gw2").lower()
    found = {(one.what, one.subject): one.missing for one in drift(document(), after, tmp_path)}
    expected = {
        ("gateways", second): (second,),
        ("networks", second): ("172.18.0.0/24",),
        ("networks", GW.lower()): ("172.17.0.0/24",),
    }
    assert expected == found


def test_another_owner_of_a_site_is_drift(tmp_path: Path) -> None:
    """A site that changed hands is named, with the new and the old owner, and so is another tag name."""
    after = estate(**BEFORE)
    after[2]["tags"] = {"partner": "crimson"}
    found = document()
    found["assignments"][0]["parameters"]["partnerTag"]["value"] = "owner"
    seen = {one.subject: (one.missing, one.stale) for one in drift(found, after, tmp_path) if one.what == "identity"}
    assert {after[2]["id"].lower(): (("crimson",), ("red",)), "partner tag": (("partner",), ("owner",))} == seen


def test_a_difference_names_its_parameter_and_who_else_claims_it(tmp_path: Path) -> None:
    """What moves into a range that another partner has, or had when this was assigned, is marked in use and in allowed ranges."""
    moved = estate(red=["10.3.0.0/24"], blue=["10.1.0.0/25"])
    seen = {(one.parameter, one.subject): one.contested_by for one in drift(document(), moved, tmp_path)}
    expected = {(name, partner): foes for name in ("partnerRanges", "allowedRanges") for partner, foes in (("red", ()), ("blue", ("red",)))}
    assert expected == seen
    after = estate(**BEFORE)
    after[2]["tags"] = {"partner": "crimson"}
    assert ["partnerOf"] == [one.parameter for one in drift(document(), after, tmp_path) if one.what == "identity"]


def test_a_site_that_came_to_overlap_elsewhere_is_drift(tmp_path: Path) -> None:
    """Where a site must not be taken to any more is a parameter too, and so is whose it is."""
    after = [*estate(**BEFORE), *gateway("gw2", "10.1.0.0/24")]
    new = site("new", "10.2.0.0/24", partner="green", group="sites")
    seen = {(one.parameter, one.subject): one.missing for one in drift(document(), [*after, new], tmp_path) if one.what == "identity"}
    second, key = arm_id("virtualNetworkGateways", "gw2").lower(), new["id"].lower()
    expected = {
        ("partnerOf", key): ("green",),
        ("siteTrust", key): ("partner",),
        ("siteOverlaps", key): (GW.lower(),),
        ("siteNetworkOverlaps", after[2]["id"].lower()): (second,),
    }
    assert expected == seen


def test_a_lost_assignment_is_drift(tmp_path: Path) -> None:
    """A group without its assignment is named, and where one of several is gone, its ranges are."""
    found = document("resource-group")
    found["assignments"] = found["assignments"][1:]
    assert [("scope", f"{SUBSCRIPTION}/resourceGroups/g")] == [(one.what, one.subject) for one in drift(found, estate(**BEFORE), tmp_path)]
    many = estate(**{f"p{octet}": [f"10.{octet}.{number}.0/25" for number in range(60)] for octet in range(1, 3)})
    found = document(bodies=many)
    del found["assignments"][1]
    assert {("claims", "p2"), ("allowed", "p2")} == {(one.what, one.subject) for one in drift(found, many, tmp_path)}


def test_what_does_not_fit_is_no_drift(tmp_path: Path) -> None:
    """A partner with too many ranges for one test is named by `policy parameters`, not by every drift."""
    many = estate(red=[f"10.1.{number}.0/25" for number in range(120)])
    assert () == drift(document(bodies=many), many, tmp_path)


def test_an_assigned_range_that_is_none_is_drift(tmp_path: Path) -> None:
    """A range that Azure cannot read makes every evaluation fail; it is named."""
    found = document()
    values = found["assignments"][0]["parameters"]["partnerRanges"]["value"]
    values += [{**values[0], "range": "10.2.0.0/99"}, "10.2.0.0/16"]
    seen = [one.subject for one in drift(found, estate(**BEFORE), tmp_path) if one.what == "unreadable"]
    assert {"10.2.0.0/99", "partnerRanges: a member that is no object"} == set(seen)


def test_a_management_group_holds_everything(tmp_path: Path) -> None:
    """An assignment above the subscriptions is compared with everything there is."""
    found = document()
    found["assignments"][0]["scope"] = "/providers/Microsoft.Management/managementGroups/top"
    assert () == drift(found, estate(**BEFORE), tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", "null", '[{"properties": {"parameters": {"a": 1}}}]', "[[[1]]]", "\udcff"])
def test_a_file_without_our_assignments_is_refused(text: str, tmp_path: Path) -> None:
    """What holds none of our assignments cannot be compared; the message says what to give and quotes nothing."""
    path = tmp_path / "assigned.json"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(InputError) as caught:
        read_assigned(str(path))
    assert "az policy assignment list" in caught.value.hint


def test_our_own_empty_document_is_everything_missing(tmp_path: Path) -> None:
    """A document of an empty estate is understood: everything is missing in it."""
    assert ["scope"] == [one.what for one in drift(document(bodies=[]), estate(**BEFORE), tmp_path)]
