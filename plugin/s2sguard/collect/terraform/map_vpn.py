"""Attribute maps of the classic VPN gateway: connections, gateways, sites, NAT rules.

Names: azurerm provider 2.x to 4.x (its provider schema and documentation). ARM names: REST reference `Microsoft.Network`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from s2sguard.collect.terraform.map import (
    COMMON,
    Attribute,
    Block,
    Negated,
    ParentById,
    References,
    TypeMap,
    assigned,
    flag,
    number,
    reference,
    text,
    texts,
)
from s2sguard.model.arm_types import CONNECTION, GATEWAY, NAT_RULE, SITE, SUBNET

_IPSEC_POLICY: Mapping[str, Attribute] = {
    "dh_group": text("dhGroup"),
    "ike_encryption": text("ikeEncryption"),
    "ike_integrity": text("ikeIntegrity"),
    "ipsec_encryption": text("ipsecEncryption"),
    "ipsec_integrity": text("ipsecIntegrity"),
    "pfs_group": text("pfsGroup"),
    "sa_lifetime": number("saLifeTimeSeconds"),
    "sa_datasize": number("saDataSizeKilobytes"),
}

_SELECTOR: Mapping[str, Attribute] = {
    "local_address_cidrs": texts("localAddressRanges"),
    "remote_address_cidrs": texts("remoteAddressRanges"),
    "local_address_ranges": texts("localAddressRanges"),
    "remote_address_ranges": texts("remoteAddressRanges"),
}

_CONNECTION = TypeMap(
    type=CONNECTION,
    strict=True,
    fields={
        "type": text("connectionType"),
        "bgp_enabled": flag("enableBgp"),
        "enable_bgp": flag("enableBgp"),
        "connection_mode": text("connectionMode"),
        "connection_protocol": text("connectionProtocol"),
        "dpd_timeout_seconds": number("dpdTimeoutSeconds"),
        "use_policy_based_traffic_selectors": flag("usePolicyBasedTrafficSelectors"),
        "local_azure_ip_address_enabled": flag("useLocalAzureIpAddress"),
        "routing_weight": number("routingWeight"),
        "express_route_gateway_bypass": flag("expressRouteGatewayBypass"),
        "private_link_fast_path_enabled": flag("enablePrivateLinkFastPath"),
        "virtual_network_gateway_id": reference("virtualNetworkGateway1", to=GATEWAY),
        "peer_virtual_network_gateway_id": reference("virtualNetworkGateway2", to=GATEWAY),
        "local_network_gateway_id": reference("localNetworkGateway2", to=SITE),
        "express_route_circuit_id": reference("peer"),
        "ingress_nat_rule_ids": References(("ingressNatRules",), (NAT_RULE,)),
        "egress_nat_rule_ids": References(("egressNatRules",), (NAT_RULE,)),
        "ipsec_policy": Block(("ipsecPolicies",), _IPSEC_POLICY),
        "traffic_selector_policy": Block(("trafficSelectorPolicies",), _SELECTOR),
        "custom_bgp_addresses": Block(
            ("gatewayCustomBgpIpAddresses",), {"primary": text("customBgpIpAddress")}, ignored=frozenset({"secondary"})
        ),
    },
    ignored=COMMON
    | {
        "shared_key",
        "authorization_key",
        "resource_guid",
        "connection_status",
        "egress_bytes_transferred",
        "ingress_bytes_transferred",
        "peer_virtual_network_gateway",
    },
)

_IP_CONFIGURATION: Mapping[str, Attribute] = {
    "name": text("name"),
    "subnet_id": reference("properties", "subnet", to=SUBNET),
    "public_ip_address_id": reference("properties", "publicIPAddress", to="Microsoft.Network/publicIPAddresses"),
    "private_ip_address": assigned("properties", "privateIPAddress"),
    "private_ip_address_allocation": text("properties", "privateIPAllocationMethod"),
}

_P2S: Mapping[str, Attribute] = {
    "address_space": texts("vpnClientAddressPool", "addressPrefixes"),
    "vpn_auth_types": texts("vpnAuthenticationTypes"),
    "vpn_client_protocols": texts("vpnClientProtocols"),
}
_P2S_IGNORED = frozenset(
    {
        "aad_audience",
        "aad_issuer",
        "aad_tenant",
        "ipsec_policy",
        "radius_server",
        "radius_server_address",
        "radius_server_secret",
        "revoked_certificate",
        "root_certificate",
        "virtual_network_gateway_client_connection",
    }
)

_BGP_IGNORED = frozenset({"peering_addresses", "peer_weight"})

_GATEWAY = TypeMap(
    type=GATEWAY,
    strict=True,
    fields={
        "type": text("gatewayType"),
        "vpn_type": text("vpnType"),
        "sku": text("sku", "name"),
        "generation": text("vpnGatewayGeneration"),
        "active_active": flag("activeActive"),
        "active_active_enabled": flag("activeActive"),
        "bgp_enabled": flag("enableBgp"),
        "enable_bgp": flag("enableBgp"),
        "bgp_route_translation_for_nat_enabled": flag("enableBgpRouteTranslationForNat"),
        "private_ip_address_enabled": flag("enablePrivateIpAddress"),
        "ip_sec_replay_protection_enabled": Negated(("disableIPSecReplayProtection",)),
        "remote_vnet_traffic_enabled": flag("allowRemoteVnetTraffic"),
        "virtual_wan_traffic_enabled": flag("allowVirtualWanTraffic"),
        "dns_forwarding_enabled": flag("enableDnsForwarding"),
        "default_local_network_gateway_id": reference("gatewayDefaultSite", to=SITE),
        "ip_configuration": Block(("ipConfigurations",), _IP_CONFIGURATION),
        "bgp_settings": Block(
            ("bgpSettings",), {"asn": number("asn"), "peering_address": text("bgpPeeringAddress")}, many=False, ignored=_BGP_IGNORED
        ),
        "custom_route": Block(("customRoutes",), {"address_prefixes": texts("addressPrefixes")}, many=False),
        "vpn_client_configuration": Block(("vpnClientConfiguration",), _P2S, many=False, ignored=_P2S_IGNORED),
    },
    ignored=COMMON | {"policy_group", "maximum_scale_unit", "minimum_scale_unit"},
)

_SITE = TypeMap(
    type=SITE,
    strict=True,
    fields={
        "address_space": texts("localNetworkAddressSpace", "addressPrefixes"),
        "gateway_address": text("gatewayIpAddress"),
        "gateway_fqdn": text("fqdn"),
        "bgp_settings": Block(
            ("bgpSettings",),
            {"asn": number("asn"), "bgp_peering_address": text("bgpPeeringAddress"), "peer_weight": number("peerWeight")},
            many=False,
        ),
    },
    ignored=COMMON,
)

NAT_MAPPING: Mapping[str, Attribute] = {"address_space": text("addressSpace"), "port_range": text("portRange")}
"""One internal or external mapping of a NAT rule, the same on both kinds of gateway."""

NAT_FIELDS: Mapping[str, Attribute] = {
    "mode": text("mode"),
    "type": text("type"),
    "ip_configuration_id": text("ipConfigurationId"),
    "internal_mapping": Block(("internalMappings",), NAT_MAPPING),
    "external_mapping": Block(("externalMappings",), NAT_MAPPING),
}
"""A NAT rule, the same on both kinds of gateway."""

_NAT_RULE = TypeMap(
    type=NAT_RULE,
    strict=True,
    fields=NAT_FIELDS,
    ignored=COMMON | {"virtual_network_gateway_id"},
    parent=ParentById(attribute="virtual_network_gateway_id", type=GATEWAY),
)

VPN: Mapping[str, TypeMap] = MappingProxyType(
    {
        "azurerm_virtual_network_gateway_connection": _CONNECTION,
        "azurerm_virtual_network_gateway": _GATEWAY,
        "azurerm_virtual_network_gateway_nat_rule": _NAT_RULE,
        "azurerm_local_network_gateway": _SITE,
    }
)
"""Terraform type -> map, for the classic VPN gateway."""
