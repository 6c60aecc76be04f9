"""Gaps that show once references are followed."""

from __future__ import annotations

from s2sguard.facts import gaps_of
from s2sguard.model.inventory import Inventory, Resource

from .inventories import LAB, UNKNOWN, arm_id, connection, gateway, peering, resource


def reasons(*resources: Resource) -> list[tuple[str, str]]:
    """(kind, reason) of the gaps of an inventory."""
    unique = {one.key: one for one in resources}
    return [(gap.kind, gap.reason) for gap in gaps_of(Inventory(unique.values()))]


def test_whole_lab_has_no_gap() -> None:
    """Everything that is referred to is there."""
    assert [] == reasons(*LAB)


def test_each_absent_reference_is_named() -> None:
    """A connection's gateway and site, a gateway's network and default site, a peering's other end."""
    default = gateway(gatewayDefaultSite={"id": arm_id("localNetworkGateways", "gone")})
    assert [
        ("missing-reference", f"the {what} it refers to is not in the input: `{arm_id(kind, name)}`")
        for what, kind, name in (
            ("site", "localNetworkGateways", "red"),
            ("peered network", "virtualNetworks", "spoke"),
            ("default site", "localNetworkGateways", "gone"),
            ("network", "virtualNetworks", "hub"),
        )
    ] == reasons(default, connection("red"), peering("hub", "spoke"))


def test_unknown_references_are_not_missing() -> None:
    """What is known only after apply is unknown, not absent."""
    assert [] == reasons(*LAB, connection("red", localNetworkGateway2=UNKNOWN))


def test_what_virtual_wan_refers_to_may_be_missing() -> None:
    """A site, a hub or a WAN that is referred to and absent is a gap."""
    site = {"remoteVpnSite": {"id": arm_id("vpnSites", "red")}}
    found = reasons(
        resource("vpnGateways/vpnConnections", "hub-gw/red", site),
        resource("vpnGateways", "hub-gw", {"virtualHub": {"id": arm_id("virtualHubs", "hub")}}),
        resource("virtualHubs", "other", {"virtualWan": {"id": arm_id("virtualWans", "wan")}}),
    )
    missing = (("site", "vpnSites", "red"), ("virtual hub", "virtualHubs", "hub"), ("virtual WAN", "virtualWans", "wan"))
    assert [
        ("missing-reference", f"the {what} it refers to is not in the input: `{arm_id(kind, name)}`") for what, kind, name in missing
    ] == found
