"""Attribute maps of networks and routing: virtual networks, peerings, subnets, route tables, firewalls.

Names: azurerm provider 2.x to 4.x (its provider schema and documentation). ARM names: REST reference `Microsoft.Network`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from s2sguard.collect.terraform.map import (
    Attribute,
    Block,
    Inline,
    Negated,
    ParentByName,
    TypeMap,
    Value,
    assigned,
    flag,
    reference,
    text,
    texts,
)
from s2sguard.model.arm_types import FIREWALL, HUB, PEERING, ROUTE, ROUTE_TABLE, SUBNET, VNET

_IPAM: Mapping[str, Attribute] = {
    # Prefixes that a Network Manager pool hands out: chosen by Azure, so unknown in a first plan.
    "allocated_ip_address_prefixes": Value(("addressSpace", "addressPrefixes"), "texts", assigned=True),
}
_SUBNET_IPAM: Mapping[str, Attribute] = {"allocated_ip_address_prefixes": Value(("addressPrefixes",), "texts", assigned=True)}
_IPAM_IGNORED = frozenset({"id", "number_of_ip_addresses"})

_SUBNET: Mapping[str, Attribute] = {
    "address_prefix": text("addressPrefix"),
    "address_prefixes": texts("addressPrefixes"),
    "ip_address_pool": Block((), _SUBNET_IPAM, many=False, ignored=_IPAM_IGNORED),
    "route_table_id": reference("routeTable", to=ROUTE_TABLE),
    # Write-only: its value is in no plan and no state, only its expression (Terraform, "Write-only arguments").
    "route_table_id_wo": reference("routeTable", to=ROUTE_TABLE),
}

_ROUTE: Mapping[str, Attribute] = {
    "address_prefix": text("addressPrefix"),
    "next_hop_type": text("nextHopType"),
    "next_hop_in_ip_address": text("nextHopIpAddress"),
}

_PEERING: Mapping[str, Attribute] = {
    "remote_virtual_network_id": reference("remoteVirtualNetwork", to=VNET),
    "allow_virtual_network_access": flag("allowVirtualNetworkAccess"),
    "allow_forwarded_traffic": flag("allowForwardedTraffic"),
    "allow_gateway_transit": flag("allowGatewayTransit"),
    "use_remote_gateways": flag("useRemoteGateways"),
    "peer_complete_virtual_networks_enabled": flag("peerCompleteVnets"),
    "local_subnet_names": texts("localSubnetNames"),
    "remote_subnet_names": texts("remoteSubnetNames"),
    "only_ipv6_peering_enabled": flag("enableOnlyIPv6Peering"),
}

_FIREWALL: Mapping[str, Attribute] = {
    "sku_name": text("sku", "name"),
    "sku_tier": text("sku", "tier"),
    "threat_intel_mode": text("threatIntelMode"),
    "firewall_policy_id": reference("firewallPolicy"),
    "ip_configuration": Block(
        ("ipConfigurations",),
        {
            "name": text("name"),
            "subnet_id": reference("properties", "subnet", to=SUBNET),
            "private_ip_address": assigned("properties", "privateIPAddress"),
        },
        ignored=frozenset({"public_ip_address_id"}),
    ),
    "virtual_hub": Block(
        (),
        {"virtual_hub_id": reference("virtualHub", to=HUB), "private_ip_address": assigned("hubIPAddresses", "privateIPAddress")},
        many=False,
        ignored=frozenset({"public_ip_addresses", "public_ip_count"}),
    ),
}

NETWORK: Mapping[str, TypeMap] = MappingProxyType(
    {
        "azurerm_virtual_network": TypeMap(
            type=VNET,
            fields={
                "address_space": texts("addressSpace", "addressPrefixes"),
                "ip_address_pool": Block((), _IPAM, many=False, ignored=_IPAM_IGNORED),
            },
            inline=(Inline(attribute="subnet", type=SUBNET, fields=_SUBNET),),
        ),
        "azurerm_virtual_network_peering": TypeMap(
            type=PEERING, fields=_PEERING, parent=ParentByName(attribute="virtual_network_name", type=VNET)
        ),
        "azurerm_subnet": TypeMap(type=SUBNET, fields=_SUBNET, parent=ParentByName(attribute="virtual_network_name", type=VNET)),
        "azurerm_route_table": TypeMap(
            type=ROUTE_TABLE,
            fields={
                "disable_bgp_route_propagation": flag("disableBgpRoutePropagation"),
                "bgp_route_propagation_enabled": Negated(("disableBgpRoutePropagation",)),
            },
            inline=(Inline(attribute="route", type=ROUTE, fields=_ROUTE),),
        ),
        "azurerm_route": TypeMap(type=ROUTE, fields=_ROUTE, parent=ParentByName(attribute="route_table_name", type=ROUTE_TABLE)),
        "azurerm_firewall": TypeMap(type=FIREWALL, fields=_FIREWALL),
    }
)
"""Terraform type -> map, for networks and routing."""
