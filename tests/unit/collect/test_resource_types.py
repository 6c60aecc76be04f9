"""Ids and types: one casing, and what an id spells out."""

from __future__ import annotations

import pytest

from s2sguard.collect.resource_types import build_id, canonical_type, parent_of_id, resource_group_of_id, type_of_id
from tests.unit.collect.arm import GROUP, an_id


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("microsoft.network/connections", "Microsoft.Network/connections"),
        ("MICROSOFT.NETWORK/VIRTUALNETWORKS/SUBNETS", "Microsoft.Network/virtualNetworks/subnets"),
        ("Microsoft.Network/virtualWANs", "Microsoft.Network/virtualWans"),
        ("Microsoft.Network/connections@2023-09-01", "Microsoft.Network/connections"),
        (
            "Microsoft.Network/vpnGateways/vpnConnections/VpnSiteLinkConnections",
            "Microsoft.Network/vpnGateways/vpnConnections/vpnLinkConnections",
        ),
        ("microsoft.network/virtualnetworks/newThings", "Microsoft.Network/virtualNetworks/newThings"),
        ("microsoft.network/newThings", "Microsoft.Network/newThings"),
        ("microsoft.compute/virtualMachines", "Microsoft.Compute/virtualMachines"),
        ("Contoso.Things/boxes", "Contoso.Things/boxes"),
        ("azurerm_virtual_network", None),
        ("object", None),
        ("Static", None),
        ("application/json", None),
        ("AWS::EC2::VPC", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_types_get_one_casing(written: object, expected: str | None) -> None:
    """A type in any casing, with or without an API version, becomes Azure's; what is no ARM type is none."""
    assert canonical_type(written) == expected


@pytest.mark.parametrize(
    ("resource_id", "kind", "parent"),
    [
        (an_id("connections/c"), "Microsoft.Network/connections", None),
        (an_id("connections/c/"), "Microsoft.Network/connections", None),
        (an_id("virtualNetworks/v/subnets/s").upper(), "Microsoft.Network/virtualNetworks/subnets", an_id("virtualNetworks/v").upper()),
        (
            an_id("virtualNetworks/v/providers/Microsoft.Authorization/locks/l"),
            "Microsoft.Authorization/locks",
            None,
        ),
        ("/subscriptions/s", "Microsoft.Resources/subscriptions", None),
        (GROUP, "Microsoft.Resources/subscriptions/resourceGroups", None),
        (an_id("connections"), None, None),
        (an_id("connections//"), None, None),
        ("/providers/", None, None),
        ("terraform:azurerm_virtual_network.hub", None, None),
        ("", None, None),
    ],
)
def test_an_id_spells_out_type_and_parent(resource_id: str, kind: str | None, parent: str | None) -> None:
    """Type and parent of a resource can be read from its id alone."""
    assert (type_of_id(resource_id), parent_of_id(resource_id)) == (kind, parent)


def test_an_id_is_built_from_what_is_known() -> None:
    """Without a scope the id says at least type and name, segment by segment for a child."""
    assert build_id("Microsoft.Network/virtualNetworks/subnets", "hub/a") == "/providers/Microsoft.Network/virtualNetworks/hub/subnets/a"
    assert build_id("A.B/c", "x", subscription="s", group="g") == "/subscriptions/s/resourceGroups/g/providers/A.B/c/x"


def test_the_resource_group_is_in_the_id() -> None:
    """The group is the fourth segment, in any casing of the third."""
    assert resource_group_of_id(an_id("connections/c").replace("resourceGroups", "RESOURCEGROUPS")) == "rg-hub"
    assert resource_group_of_id("/subscriptions/s/providers/A.B/c/d") is None
