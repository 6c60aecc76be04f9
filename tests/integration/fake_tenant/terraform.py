"""The seeded tenant as a Terraform state: the same resources under the provider's names, written by hand from its documentation.

Attribute names: registry.terraform.io, azurerm 4. What the provider keeps apart (subnets, peerings, NAT rules, a route table's
association) is apart here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.integration.fake_tenant.tenant import Body, Tenant

Rows = Iterator[tuple[str, str, Body]]
"""Terraform type, real id, attributes."""
_CONNECTION = {
    "connectionType": "type",
    "connectionMode": "connection_mode",
    "connectionProtocol": "connection_protocol",
    "usePolicyBasedTrafficSelectors": "use_policy_based_traffic_selectors",
    "enableBgp": "bgp_enabled",
    "dpdTimeoutSeconds": "dpd_timeout_seconds",
}
_POLICY = {
    "ikeEncryption": "ike_encryption",
    "ikeIntegrity": "ike_integrity",
    "dhGroup": "dh_group",
    "ipsecEncryption": "ipsec_encryption",
    "ipsecIntegrity": "ipsec_integrity",
    "pfsGroup": "pfs_group",
    "saLifeTimeSeconds": "sa_lifetime",
    "saDataSizeKilobytes": "sa_datasize",
}
_PEERING = {
    "allowVirtualNetworkAccess": "allow_virtual_network_access",
    "allowForwardedTraffic": "allow_forwarded_traffic",
    "allowGatewayTransit": "allow_gateway_transit",
    "useRemoteGateways": "use_remote_gateways",
}


def state(tenant: Tenant) -> Body:
    """Return `terraform show -json` of a state with everything of the tenant that the provider has and this tool reads."""
    resources: list[Body] = []
    for body in list(tenant.resources.values()):
        write = _WRITERS.get(body["type"].rpartition("/")[2])
        for number, (kind, full_id, values) in enumerate(write(body) if write is not None else ()):
            name = f"r{len(resources)}_{number}"
            group = body["id"].split("/")[4]
            own = {"id": full_id, "name": full_id.rpartition("/")[2], "resource_group_name": group, "tags": body.get("tags") or None}
            head = {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name}
            resources.append({**head, "values": {**own, **values}, "sensitive_values": {}})
    return {"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": {"resources": resources}}}


def _renamed(properties: Body, names: dict[str, str]) -> Body:
    return {theirs: properties[ours] for ours, theirs in names.items() if ours in properties}


def _network(body: Body) -> Rows:
    properties = body["properties"]
    yield "azurerm_virtual_network", body["id"], {"address_space": properties["addressSpace"]["addressPrefixes"]}
    for subnet in properties.get("subnets", ()):
        inner = subnet["properties"]
        yield "azurerm_subnet", subnet["id"], {"virtual_network_name": body["name"], "address_prefixes": [inner["addressPrefix"]]}
        if "routeTable" in inner:
            pair = {"subnet_id": subnet["id"], "route_table_id": inner["routeTable"]["id"]}
            yield "azurerm_subnet_route_table_association", subnet["id"], pair
    for peering in properties.get("virtualNetworkPeerings", ()):
        inner = peering["properties"]
        ends = {"virtual_network_name": body["name"], "remote_virtual_network_id": inner["remoteVirtualNetwork"]["id"]}
        yield "azurerm_virtual_network_peering", peering["id"], {**ends, **_renamed(inner, _PEERING)}


def _gateway(body: Body) -> Rows:
    properties = body["properties"]
    sku = properties.get("sku", {})
    configurations = [
        {"name": one["name"], "subnet_id": one["properties"]["subnet"]["id"]} for one in properties.get("ipConfigurations", ())
    ]
    values: dict[str, Any] = {
        "type": properties["gatewayType"],
        "vpn_type": properties.get("vpnType", "RouteBased"),
        "sku": sku.get("name"),
        "generation": properties.get("vpnGatewayGeneration"),
        "active_active": properties.get("activeActive"),
        "bgp_enabled": properties.get("enableBgp"),
        "ip_sec_replay_protection_enabled": not properties.get("disableIPSecReplayProtection", False),
        "ip_configuration": configurations,
    }
    yield "azurerm_virtual_network_gateway", body["id"], values
    for rule in properties.get("natRules", ()):
        inner = rule["properties"]
        values = {"virtual_network_gateway_id": body["id"], "mode": inner["mode"], "type": inner["type"]}
        for side in ("internal", "external"):
            values[f"{side}_mapping"] = [{"address_space": one["addressSpace"]} for one in inner[f"{side}Mappings"]]
        yield "azurerm_virtual_network_gateway_nat_rule", rule["id"], values


def _connection(body: Body) -> Rows:
    properties = body["properties"]
    selectors = [
        {"local_address_cidrs": one["localAddressRanges"], "remote_address_cidrs": one["remoteAddressRanges"]}
        for one in properties.get("trafficSelectorPolicies", ())
    ]
    values = {
        **_renamed(properties, _CONNECTION),
        "virtual_network_gateway_id": properties["virtualNetworkGateway1"]["id"],
        "local_network_gateway_id": properties["localNetworkGateway2"]["id"],
        "ipsec_policy": [_renamed(one, _POLICY) for one in properties.get("ipsecPolicies", ())],
        "traffic_selector_policy": selectors,
        "ingress_nat_rule_ids": [one["id"] for one in properties.get("ingressNatRules", ())],
        "shared_key": properties.get("sharedKey"),
    }
    yield "azurerm_virtual_network_gateway_connection", body["id"], values


def _site(body: Body) -> Rows:
    properties = body["properties"]
    prefixes = properties["localNetworkAddressSpace"]["addressPrefixes"]
    yield "azurerm_local_network_gateway", body["id"], {"gateway_address": properties["gatewayIpAddress"], "address_space": prefixes}


def _table(body: Body) -> Rows:
    routes = [
        {
            "name": one["name"],
            "address_prefix": one["properties"]["addressPrefix"],
            "next_hop_type": one["properties"]["nextHopType"],
            "next_hop_in_ip_address": one["properties"].get("nextHopIpAddress"),
        }
        for one in body["properties"]["routes"]
    ]
    propagates = not body["properties"].get("disableBgpRoutePropagation", False)
    yield "azurerm_route_table", body["id"], {"route": routes, "bgp_route_propagation_enabled": propagates}


def _firewall(body: Body) -> Rows:
    inner = [one["properties"] for one in body["properties"].get("ipConfigurations", ())]
    configurations = [{"name": "one", "subnet_id": one["subnet"]["id"], "private_ip_address": one["privateIPAddress"]} for one in inner]
    yield "azurerm_firewall", body["id"], {"sku_name": body["properties"]["sku"]["name"], "ip_configuration": configurations}


def _wan(body: Body) -> Rows:
    yield "azurerm_virtual_wan", body["id"], {"allow_branch_to_branch_traffic": body["properties"]["allowBranchToBranchTraffic"]}


def _hub(body: Body) -> Rows:
    properties = body["properties"]
    # A Route Server is of the same ARM type and another of the provider's.
    if "virtualWan" in properties:
        yield (
            "azurerm_virtual_hub",
            body["id"],
            {"virtual_wan_id": properties["virtualWan"]["id"], "address_prefix": properties["addressPrefix"]},
        )


def _hub_gateway(body: Body) -> Rows:
    yield "azurerm_vpn_gateway", body["id"], {"virtual_hub_id": body["properties"]["virtualHub"]["id"]}


def _hub_connection(body: Body) -> Rows:
    properties = body["properties"]
    links = [{"name": one["name"], "vpn_site_link_id": one["properties"]["vpnSiteLink"]["id"]} for one in properties["vpnLinkConnections"]]
    gateway = body["id"].partition("/vpnConnections/")[0]
    values = {"vpn_gateway_id": gateway, "remote_vpn_site_id": properties["remoteVpnSite"]["id"], "vpn_link": links}
    yield "azurerm_vpn_gateway_connection", body["id"], values


def _hub_site(body: Body) -> Rows:
    properties = body["properties"]
    values = {"virtual_wan_id": properties["virtualWan"]["id"], "address_cidrs": properties["addressSpace"]["addressPrefixes"]}
    yield "azurerm_vpn_site", body["id"], values


def _diagnostics(body: Body) -> Rows:
    properties = body["properties"]
    target = body["id"].partition("/providers/Microsoft.Insights/")[0]
    logs = [{"category": one["category"], "category_group": None} for one in properties["logs"]]
    values = {"target_resource_id": target, "log_analytics_workspace_id": properties["workspaceId"], "enabled_log": logs}
    yield "azurerm_monitor_diagnostic_setting", f"{target}|{body['name']}", values


_WRITERS: dict[str, Callable[[Body], Rows]] = {
    "virtualNetworks": _network,
    "virtualNetworkGateways": _gateway,
    "connections": _connection,
    "localNetworkGateways": _site,
    "routeTables": _table,
    "diagnosticSettings": _diagnostics,
    "azureFirewalls": _firewall,
    "virtualWans": _wan,
    "virtualHubs": _hub,
    "vpnGateways": _hub_gateway,
    "vpnConnections": _hub_connection,
    "vpnSites": _hub_site,
}
