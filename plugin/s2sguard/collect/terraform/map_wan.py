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
    Inline,
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
from s2sguard.model.arm_types import (
    FIREWALL,
    HUB,
    HUB_CONNECTION,
    HUB_GATEWAY,
    HUB_LINK_CONNECTION,
    HUB_NAT_RULE,
    HUB_ROUTE,
    HUB_ROUTE_TABLE,
    SITE_LINK,
    SUBNET,
    VNET,
    WAN,
    WAN_SITE,
)

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
    "vpn_site_link_id": reference("vpnSiteLink", to=SITE_LINK),
    "bandwidth_mbps": number("connectionBandwidth"),
    "bgp_enabled": flag("enableBgp"),
    "connection_mode": text("vpnLinkConnectionMode"),
    "protocol": text("vpnConnectionProtocolType"),
    "dpd_timeout_seconds": number("dpdTimeoutSeconds"),
    "ratelimit_enabled": flag("enableRateLimiting"),
    "route_weight": number("routingWeight"),
    "local_azure_ip_address_enabled": flag("useLocalAzureIpAddress"),
    "policy_based_traffic_selector_enabled": flag("usePolicyBasedTrafficSelectors"),
    "egress_nat_rule_ids": References(("egressNatRules",), (HUB_NAT_RULE,)),
    "ingress_nat_rule_ids": References(("ingressNatRules",), (HUB_NAT_RULE,)),
    "ipsec_policy": Block(("ipsecPolicies",), _LINK_POLICY),
    "custom_bgp_address": Block(
        ("vpnGatewayCustomBgpAddresses",),
        {"ip_address": text("customBgpIpAddress"), "ip_configuration_id": text("ipConfigurationId")},
    ),
}

_SELECTOR: Mapping[str, Attribute] = {
    "local_address_ranges": texts("localAddressRanges"),
    "remote_address_ranges": texts("remoteAddressRanges"),
    "local_address_cidrs": texts("localAddressRanges"),
    "remote_address_cidrs": texts("remoteAddressRanges"),
}

_PROPAGATED: Mapping[str, Attribute] = {
    "labels": texts("labels"),
    "route_table_ids": References(("ids",), (HUB_ROUTE_TABLE,)),
}

_HUB_ROUTE: Mapping[str, Attribute] = {
    "name": text("name"),
    "destinations": texts("destinations"),
    "destinations_type": text("destinationType"),
    "next_hop": bare_reference("nextHop"),
    "next_hop_type": text("nextHopType"),
}

_SITE_LINK: Mapping[str, Attribute] = {
    "ip_address": text("ipAddress"),
    "fqdn": text("fqdn"),
    "bgp": Block(("bgpProperties",), {"asn": number("asn"), "peering_address": text("bgpPeeringAddress")}, many=False),
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
        "azurerm_virtual_hub_route_table": TypeMap(
            type=HUB_ROUTE_TABLE,
            fields={"labels": texts("labels"), "route": Block(("routes",), _HUB_ROUTE)},
            parent=ParentById(attribute="virtual_hub_id", type=HUB),
        ),
        # No resource of its own in ARM: a route of the table it names.
        "azurerm_virtual_hub_route_table_route": TypeMap(
            type=HUB_ROUTE,
            fields={name: attribute for name, attribute in _HUB_ROUTE.items() if name != "name"},
            parent=ParentById(attribute="route_table_id", type=HUB_ROUTE_TABLE),
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
                "traffic_selector_policy": Block(("trafficSelectorPolicies",), _SELECTOR),
                "routing": Block(
                    ("routingConfiguration",),
                    {
                        "associated_route_table": reference("associatedRouteTable", to=HUB_ROUTE_TABLE),
                        "propagated_route_table": Block(("propagatedRouteTables",), _PROPAGATED, many=False),
                        "propagated_route_tables": References(("propagatedRouteTables", "ids"), (HUB_ROUTE_TABLE,)),
                    },
                    many=False,
                    ignored=frozenset({"inbound_route_map_id", "outbound_route_map_id"}),
                ),
            },
            ignored=COMMON | {"vpn_gateway_id"},
            parent=ParentById(attribute="vpn_gateway_id", type=HUB_GATEWAY),
            inline=(Inline(attribute="vpn_link", type=HUB_LINK_CONNECTION, fields=_LINK, ignored=frozenset({"shared_key"})),),
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
            },
            inline=(Inline(attribute="link", type=SITE_LINK, fields=_SITE_LINK, ignored=frozenset({"provider_name", "speed_in_mbps"})),),
            ignored=COMMON | {"device_model", "device_vendor", "o365_policy"},
        ),
    }
)
"""Terraform type -> map, for virtual WAN."""
