"""Resource types in Azure's casing: the ones the facts are computed from, and the ones Terraform attributes lead to."""

from __future__ import annotations

from typing import Final

CONNECTION: Final = "Microsoft.Network/connections"
GATEWAY: Final = "Microsoft.Network/virtualNetworkGateways"
NAT_RULE: Final = f"{GATEWAY}/natRules"
SITE: Final = "Microsoft.Network/localNetworkGateways"

VNET: Final = "Microsoft.Network/virtualNetworks"
SUBNET: Final = f"{VNET}/subnets"
PEERING: Final = f"{VNET}/virtualNetworkPeerings"
ROUTE_TABLE: Final = "Microsoft.Network/routeTables"
ROUTE: Final = f"{ROUTE_TABLE}/routes"
FIREWALL: Final = "Microsoft.Network/azureFirewalls"

WAN: Final = "Microsoft.Network/virtualWans"
HUB: Final = "Microsoft.Network/virtualHubs"
HUB_IP_CONFIGURATION: Final = f"{HUB}/ipConfigurations"
HUB_GATEWAY: Final = "Microsoft.Network/vpnGateways"
HUB_CONNECTION: Final = f"{HUB_GATEWAY}/vpnConnections"
HUB_LINK_CONNECTION: Final = f"{HUB_CONNECTION}/vpnLinkConnections"
HUB_NAT_RULE: Final = f"{HUB_GATEWAY}/natRules"
WAN_SITE: Final = "Microsoft.Network/vpnSites"
SITE_LINK: Final = f"{WAN_SITE}/vpnSiteLinks"
