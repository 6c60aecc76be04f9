"""Which operations of azure-mgmt-network read a type, and what the types are that a run looks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from s2sguard.model.arm_types import (
    CONNECTION,
    FIREWALL,
    GATEWAY,
    HUB,
    HUB_GATEWAY,
    ROUTE_TABLE,
    SITE,
    VNET,
    WAN,
    WAN_SITE,
)

Json: TypeAlias = dict[str, Any]
"""One object of an answer, as it arrived."""
ROUTE_SERVER: Final = "a Route Server"
"""Stands for a virtual hub outside a virtual WAN, which is what a Route Server is to Azure Resource Manager."""
APPLIANCE: Final = "Microsoft.Network/networkVirtualAppliances"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The operations of one type: `client.<group>.<listing>(resource_group)` and `client.<group>.get(resource_group, name)`."""

    group: str
    word: str
    """What it is called in messages."""
    listing: str = "list"
    in_subscription: str = ""
    """The operation that lists a whole subscription; empty where there is none."""


KINDS: Final[dict[str, Kind]] = {
    GATEWAY: Kind(group="virtual_network_gateways", word="gateway"),
    CONNECTION: Kind(group="virtual_network_gateway_connections", word="connection"),
    SITE: Kind(group="local_network_gateways", word="site"),
    VNET: Kind(group="virtual_networks", word="network", in_subscription="list_all"),
    ROUTE_TABLE: Kind(group="route_tables", word="route table", in_subscription="list_all"),
    FIREWALL: Kind(group="azure_firewalls", word="firewall", in_subscription="list_all"),
    WAN: Kind(group="virtual_wans", word="virtual WAN", listing="list_by_resource_group", in_subscription="list"),
    HUB: Kind(group="virtual_hubs", word="virtual hub", listing="list_by_resource_group", in_subscription="list"),
    HUB_GATEWAY: Kind(group="vpn_gateways", word="virtual WAN gateway", listing="list_by_resource_group", in_subscription="list"),
    WAN_SITE: Kind(group="vpn_sites", word="virtual WAN site", listing="list_by_resource_group", in_subscription="list"),
    APPLIANCE: Kind(
        group="network_virtual_appliances",
        word="virtual appliance",
        listing="list_by_resource_group",
        in_subscription="list",
    ),
}
"""Type -> its operations, azure-mgmt-network 33 (facts 6.3)."""

SOUGHT: Final = (GATEWAY, CONNECTION, SITE, HUB_GATEWAY, HUB)
"""What a run is about. Resource Graph only says where they are: each is read from Azure Resource Manager."""

BULK: Final = (FIREWALL, WAN, WAN_SITE, APPLIANCE)
"""What stands around them. Resource Graph gives it with its properties; what a gateway refers to is read again."""

IN_GROUPS: Final = (GATEWAY, CONNECTION, SITE)
"""Types that can be listed by resource group only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A listing below one resource: `client.<group>.<listing>(resource_group, parent's name)`."""

    group: str
    listing: str
    words: str


MEMBERS: Final = Child(group="virtual_network_gateways", listing="list_connections", words="connections")
"""Every connection of a gateway, wherever it lies: what makes a gateway whole. In a reduced model, so each is read as well."""

CHILDREN: Final[dict[str, tuple[Child, ...]]] = {
    GATEWAY: (Child(group="virtual_network_gateway_nat_rules", listing="list_by_virtual_network_gateway", words="NAT rules"),),
    HUB_GATEWAY: (
        Child(group="vpn_connections", listing="list_by_vpn_gateway", words="connections"),
        Child(group="nat_rules", listing="list_by_vpn_gateway", words="NAT rules"),
    ),
    HUB: (
        Child(group="routing_intent", listing="list", words="routing intent"),
        Child(group="hub_route_tables", listing="list", words="route tables"),
        Child(group="hub_virtual_network_connections", listing="list", words="network connections"),
    ),
    ROUTE_SERVER: (Child(group="virtual_hub_ip_configuration", listing="list", words="IP configurations"),),
}
"""Type -> the listings below each of its resources."""
