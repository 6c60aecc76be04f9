"""Attribute maps of virtual WAN: hubs, VPN gateways in hubs, their connections, sites and NAT rules, Route Server.

Names: azurerm provider 2.x to 4.x (its provider schema and documentation). ARM names: REST reference `Microsoft.Network`.
The mode and the IPsec policy of a virtual WAN connection stand on its links, the fixed selectors on the connection itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from s2sguard.collect.terraform.map import (
    COMMON,
    Attribute,
    Block,
    ParentById,
    References,
    TypeMap,
    bare_reference,
    flag,
    number,
    reference,
    text,
    texts,
)
from s2sguard.collect.terraform.map_vpn import NAT_FIELDS
from s2sguard.model.arm_types import FIREWALL, HUB, HUB_CONNECTION, HUB_GATEWAY, HUB_NAT_RULE, SITE_LINK, SUBNET, VNET, WAN, WAN_SITE

_LINK_POLICY: Mapping[str, Attribute] = {
    "dh_group": text("dhGroup"),
    "encryption_algorithm": text("ipsecEncryption"),
    "ike_encryption_algorithm": text("ikeEncryption"),
    "ike_integrity_algorithm": text("ikeIntegrity"),
    "integrity_algorithm": text("ipsecIntegrity"),
    "pfs_group": text("pfsGroup"),
    "sa_data_size_kb": number("saDataSizeKilobytes"),
    "sa_lifetime_sec": number("saLifeTimeSeconds"),
}

_LINK: Mapping[str, Attribute] = {
    "name": text("name"),
    "vpn_site_link_id": reference("properties", "vpnSiteLink", to=SITE_LINK),
    "bandwidth_mbps": number("properties", "connectionBandwidth"),
    "bgp_enabled": flag("properties", "enableBgp"),
    "connection_mode": text("properties", "vpnLinkConnectionMode"),
    "protocol": text("properties", "vpnConnectionProtocolType"),
    "dpd_timeout_seconds": number("properties", "dpdTimeoutSeconds"),
    "ratelimit_enabled": flag("properties", "enableRateLimiting"),
    "route_weight": number("properties", "routingWeight"),
    "local_azure_ip_address_enabled": flag("properties", "useLocalAzureIpAddress"),
    "policy_based_traffic_selector_enabled": flag("properties", "usePolicyBasedTrafficSelectors"),
    "egress_nat_rule_ids": References(("properties", "egressNatRules"), (HUB_NAT_RULE,)),
    "ingress_nat_rule_ids": References(("properties", "ingressNatRules"), (HUB_NAT_RULE,)),
    "ipsec_policy": Block(("properties", "ipsecPolicies"), _LINK_POLICY),
    "custom_bgp_address": Block(
        ("properties", "vpnGatewayCustomBgpAddresses"),
        {"ip_address": text("customBgpIpAddress"), "ip_configuration_id": text("ipConfigurationId")},
    ),
}

_SELECTOR: Mapping[str, Attribute] = {
    "local_address_ranges": texts("localAddressRanges"),
    "remote_address_ranges": texts("remoteAddressRanges"),
    "local_address_cidrs": texts("localAddressRanges"),
    "remote_address_cidrs": texts("remoteAddressRanges"),
}

_SITE_LINK: Mapping[str, Attribute] = {
    "id": text("id"),
    "name": text("name"),
    "ip_address": text("properties", "ipAddress"),
    "fqdn": text("properties", "fqdn"),
    "bgp": Block(("properties", "bgpProperties"), {"asn": number("asn"), "peering_address": text("bgpPeeringAddress")}, many=False),
}

WAN_TYPES: Mapping[str, TypeMap] = MappingProxyType(
    {
        "azurerm_virtual_wan": TypeMap(
            type=WAN,
            fields={
                "allow_branch_to_branch_traffic": flag("allowBranchToBranchTraffic"),
                "allow_vnet_to_vnet_traffic": flag("allowVnetToVnetTraffic"),
                "disable_vpn_encryption": flag("disableVpnEncryption"),
                "type": text("type"),
            },
        ),
        "azurerm_virtual_hub": TypeMap(
            type=HUB,
            fields={
                "address_prefix": text("addressPrefix"),
                "virtual_wan_id": reference("virtualWan", to=WAN),
                "hub_routing_preference": text("hubRoutingPreference"),
                "branch_to_branch_traffic_enabled": flag("allowBranchToBranchTraffic"),
                "sku": text("sku"),
            },
        ),
        "azurerm_route_server": TypeMap(
            type=HUB,
            fields={
                "branch_to_branch_traffic_enabled": flag("allowBranchToBranchTraffic"),
                "hub_routing_preference": text("hubRoutingPreference"),
                "sku": text("sku"),
                # ARM keeps the subnet on the child `virtualHubs/ipConfigurations`; as a block it needs no id of its own.
                "subnet_id": reference("ipConfiguration", "subnet", to=SUBNET),
            },
        ),
        "azurerm_virtual_hub_connection": TypeMap(
            type=f"{HUB}/hubVirtualNetworkConnections",
            fields={
                "remote_virtual_network_id": reference("remoteVirtualNetwork", to=VNET),
                "internet_security_enabled": flag("enableInternetSecurity"),
            },
            parent=ParentById(attribute="virtual_hub_id", type=HUB),
        ),
        "azurerm_virtual_hub_routing_intent": TypeMap(
            type=f"{HUB}/routingIntent",
            fields={
                "routing_policy": Block(
                    ("routingPolicies",),
                    {
                        "name": text("name"),
                        "destinations": texts("destinations"),
                        "next_hop": bare_reference("nextHop", to=(FIREWALL, "Microsoft.Network/networkVirtualAppliances")),
                    },
                )
            },
            parent=ParentById(attribute="virtual_hub_id", type=HUB),
        ),
        "azurerm_vpn_gateway": TypeMap(
            type=HUB_GATEWAY,
            strict=True,
            fields={
                "virtual_hub_id": reference("virtualHub", to=HUB),
                "scale_unit": number("vpnGatewayScaleUnit"),
                "bgp_route_translation_for_nat_enabled": flag("enableBgpRouteTranslationForNat"),
                "bgp_settings": Block(
                    ("bgpSettings",),
                    {"asn": number("asn"), "peer_weight": number("peerWeight")},
                    many=False,
                    ignored=frozenset({"bgp_peering_address", "instance_0_bgp_peering_address", "instance_1_bgp_peering_address"}),
                ),
            },
            ignored=COMMON | {"routing_preference", "ip_configuration"},
        ),
        "azurerm_vpn_gateway_connection": TypeMap(
            type=HUB_CONNECTION,
            strict=True,
            fields={
                "remote_vpn_site_id": reference("remoteVpnSite", to=WAN_SITE),
                "internet_security_enabled": flag("enableInternetSecurity"),
                "vpn_link": Block(("vpnLinkConnections",), _LINK, ignored=frozenset({"shared_key"})),
                "traffic_selector_policy": Block(("trafficSelectorPolicies",), _SELECTOR),
                "routing": Block(
                    ("routingConfiguration",),
                    {"associated_route_table": reference("associatedRouteTable")},
                    many=False,
                    ignored=frozenset(
                        {"propagated_route_table", "propagated_route_tables", "inbound_route_map_id", "outbound_route_map_id"}
                    ),
                ),
            },
            ignored=COMMON | {"vpn_gateway_id"},
            parent=ParentById(attribute="vpn_gateway_id", type=HUB_GATEWAY),
        ),
        "azurerm_vpn_gateway_nat_rule": TypeMap(
            type=HUB_NAT_RULE,
            strict=True,
            fields=NAT_FIELDS,
            ignored=COMMON | {"vpn_gateway_id"},
            parent=ParentById(attribute="vpn_gateway_id", type=HUB_GATEWAY),
        ),
        "azurerm_vpn_site": TypeMap(
            type=WAN_SITE,
            strict=True,
            fields={
                "address_cidrs": texts("addressSpace", "addressPrefixes"),
                "virtual_wan_id": reference("virtualWan", to=WAN),
                "link": Block(("vpnSiteLinks",), _SITE_LINK, ignored=frozenset({"provider_name", "speed_in_mbps"})),
            },
            ignored=COMMON | {"device_model", "device_vendor", "o365_policy"},
        ),
    }
)
"""Terraform type -> map, for virtual WAN."""
