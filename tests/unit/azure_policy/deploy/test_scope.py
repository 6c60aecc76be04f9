"""Scopes and resource ids: what is taken, and what never becomes part of a request."""

from __future__ import annotations

import pytest

from s2sguard.azure_policy.deploy.resource_ids import is_resource_id, parse_assignment, request_path, subscription_of
from s2sguard.azure_policy.deploy.scope import is_bare_name, parse_scope
from s2sguard.errors import UsageError

SUB = "11111111-2222-3333-4444-555555555555"
GROUP = f"/subscriptions/{SUB}/resourceGroups/hub (1)"
RESOURCE = f"{GROUP}/providers/Microsoft.Network/connections/to red"


@pytest.mark.parametrize(
    ("text", "kind", "identifier"),
    [
        (SUB, "subscription", f"/subscriptions/{SUB}"),
        (f" /SUBSCRIPTIONS/{SUB}/ ", "subscription", f"/subscriptions/{SUB}"),
        (f"/subscriptions/{SUB}/resourcegroups/Hub", "resourceGroup", f"/subscriptions/{SUB}/resourceGroups/Hub"),
        ("corp", "managementGroup", "/providers/Microsoft.Management/managementGroups/corp"),
        (
            f"/providers/microsoft.management/managementgroups/{SUB}",
            "managementGroup",
            f"/providers/Microsoft.Management/managementGroups/{SUB}",
        ),
    ],
)
def test_scopes_are_read_in_any_casing(text: str, kind: str, identifier: str) -> None:
    """Ids are taken in any casing and returned in Azure's."""
    assert (kind, identifier) == (parse_scope(text).kind, parse_scope(text).id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "a/b",
        "..",
        f"/subscriptions/{SUB}/resourceGroups/..",
        f"/subscriptions/{SUB}/resourceGroups/a?b",
        "https://x",
        "a b",
        "/subscriptions/x",
    ],
)
def test_what_is_no_scope_is_a_usage_error(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(UsageError, match="is no scope"):
        parse_scope(text)


@pytest.mark.parametrize(
    "text",
    [SUB[:-1], f"{SUB}0", SUB.replace("-", ""), SUB.replace("1", "o"), SUB.replace("-3333", ""), f"{SUB[:-1]}x", SUB.replace("-", "", 1)],
)
def test_a_subscription_id_with_a_typing_error_is_no_management_group(text: str) -> None:
    """A digit too few would otherwise deploy to, or read, somewhere else; such a group is named by its whole id."""
    with pytest.raises(UsageError, match="looks like a subscription id"):
        parse_scope(text)
    assert "managementGroup" == parse_scope(f"/providers/Microsoft.Management/managementGroups/{text}").kind


@pytest.mark.parametrize(("text", "bare"), [("corp", True), (" face-b00c/", True), (SUB, False), (f"/subscriptions/{SUB}", False)])
def test_a_bare_name_is_told_from_an_id(text: str, bare: bool) -> None:  # noqa: FBT001
    """Only a name without an id's parts is taken as a management group by default."""
    assert bare == is_bare_name(text)


def test_definitions_of_a_resource_group_live_in_its_subscription() -> None:
    """A resource group has assignments only."""
    group = parse_scope(f"/subscriptions/{SUB}/resourceGroups/hub")
    assert f"/subscriptions/{SUB}" == group.home().id
    assert "corp" == parse_scope("corp").home().name


def test_what_a_scope_covers() -> None:
    """A group does not cover one whose name starts the same; of a management group nobody can tell."""
    group = parse_scope(f"/subscriptions/{SUB}/resourceGroups/hub")
    assert [True, True, False, None] == [
        group.covers(f"/subscriptions/{SUB.upper()}/resourcegroups/HUB/providers/x/y/z"),
        group.covers(group.id),
        group.covers(f"/subscriptions/{SUB}/resourceGroups/hub2/providers/x/y/z"),
        parse_scope("corp").covers(group.id),
    ]


def test_ids_are_quoted_for_requests() -> None:
    """A space in a name is quoted; scopes pass too."""
    assert f"/subscriptions/{SUB}/resourceGroups/hub%20(1)/providers/Microsoft.Network/connections/to%20red" == request_path(
        RESOURCE.replace("hub (1)", "hub (1)")
    )
    assert f"/subscriptions/{SUB}" == request_path(f"/subscriptions/{SUB}")


@pytest.mark.parametrize(
    "text",
    [
        "https://example.invalid/subscriptions/x",
        f"{RESOURCE}?api-version=1",
        f"{RESOURCE}#x",
        f"{RESOURCE}/..",
        f"/subscriptions/{SUB}/resourceGroups/./providers/Microsoft.Network/connections/x",
        f"{RESOURCE}%2f..",
        f"{RESOURCE}\n",
        "terraform:x.y",
        f"/subscriptions/{SUB}/providers/Microsoft.Network/connections",
    ],
)
def test_other_ids_never_become_a_request(text: str) -> None:
    """An address, a query, a climb, an escape or half an id is no resource id."""
    assert not is_resource_id(text)
    with pytest.raises(ValueError, match="not the id"):
        request_path(text)


def test_children_are_resources() -> None:
    """A connection of a virtual WAN gateway is a resource, too."""
    child = f"{GROUP}/providers/Microsoft.Network/vpnGateways/g/vpnConnections/c"
    assert (True, SUB) == (is_resource_id(child), subscription_of(child))
    assert subscription_of("terraform:x") is None


def test_assignments_are_read() -> None:
    """The id of an assignment is a scope and a name."""
    scope, name = parse_assignment(
        "/providers/Microsoft.Management/managementGroups/corp/providers/microsoft.authorization/policyassignments/s2sguard"
    )
    assert ("corp", "s2sguard") == (scope.name, name)
    for text in ("s2sguard", f"/subscriptions/{SUB}", "/x/providers/Microsoft.Authorization/policyAssignments/a'b"):
        with pytest.raises(UsageError):
            parse_assignment(text)
