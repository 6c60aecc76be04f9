"""Resource types in Azure's casing: the ones the facts are computed from, and the ones Terraform attributes lead to."""

from __future__ import annotations

from typing import Final

CONNECTION: Final = "Microsoft.Network/connections"
IKE_SAS: Final = f"{CONNECTION}/ikeSas"
"""No type of Azure's: what `getIkeSas` answered for a connection, kept below it in an inventory."""
DEVICE_TABLE: Final = "Device/routingTables"
"""No type of Azure: one routing table of a device, as its configuration describes it, in the place of a gateway."""
DEVICE_TUNNEL: Final = f"{DEVICE_TABLE}/tunnels"
GATEWAY: Final = "Microsoft.Network/virtualNetworkGateways"
NAT_RULE: Final = f"{GATEWAY}/natRules"
SITE: Final = "Microsoft.Network/localNetworkGateways"

VNET: Final = "Microsoft.Network/virtualNetworks"
SUBNET: Final = f"{VNET}/subnets"
PEERING: Final = f"{VNET}/virtualNetworkPeerings"
ROUTE_TABLE: Final = "Microsoft.Network/routeTables"
ROUTE: Final = f"{ROUTE_TABLE}/routes"
FIREWALL: Final = "Microsoft.Network/azureFirewalls"
FIREWALL_POLICY: Final = "Microsoft.Network/firewallPolicies"
RULE_GROUP: Final = f"{FIREWALL_POLICY}/ruleCollectionGroups"

WAN: Final = "Microsoft.Network/virtualWans"
HUB: Final = "Microsoft.Network/virtualHubs"
HUB_IP_CONFIGURATION: Final = f"{HUB}/ipConfigurations"
HUB_NETWORK: Final = f"{HUB}/hubVirtualNetworkConnections"
HUB_ROUTE_TABLE: Final = f"{HUB}/hubRouteTables"
HUB_ROUTE: Final = f"{HUB_ROUTE_TABLE}/routes"
"""No type of Azure's: a static route that Terraform manages by itself."""
ROUTING_INTENT: Final = f"{HUB}/routingIntent"
HUB_GATEWAY: Final = "Microsoft.Network/vpnGateways"
HUB_CONNECTION: Final = f"{HUB_GATEWAY}/vpnConnections"
HUB_LINK_CONNECTION: Final = f"{HUB_CONNECTION}/vpnLinkConnections"
HUB_NAT_RULE: Final = f"{HUB_GATEWAY}/natRules"
WAN_SITE: Final = "Microsoft.Network/vpnSites"
SITE_LINK: Final = f"{WAN_SITE}/vpnSiteLinks"

DIAGNOSTIC_SETTING: Final = "Microsoft.Insights/diagnosticSettings"
