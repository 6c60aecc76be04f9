"""Provider attributes, in the names of all its versions, as ARM properties; secrets are never among them."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.model.arm_types import HUB_LINK_CONNECTION
from s2sguard.model.value import Unknown
from tests.unit.collect.terraform.plans import CONNECTION, GATEWAY, SITE, Json, connection, kinds, only, plan, planned, read, refs, state

LATER = Unknown("known only after apply")


def _properties(type_: str, values: Json, **more: Any) -> object:
    return only(read(plan(planned(type_, "x", {"name": "x", **values}, **more))), "x").properties


POLICY = {
    "dh_group": "ECP384",
    "ike_encryption": "AES256",
    "ike_integrity": "SHA384",
    "ipsec_encryption": "GCMAES256",
    "ipsec_integrity": "GCMAES256",
    "pfs_group": "ECP384",
}
ARM_POLICY = {
    "dhGroup": "ECP384",
    "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA384",
    "ipsecEncryption": "GCMAES256",
    "ipsecIntegrity": "GCMAES256",
    "pfsGroup": "ECP384",
}


@pytest.mark.parametrize(
    ("type_", "values", "expected"),
    [
        (CONNECTION, {"bgp_enabled": True}, {"enableBgp": True}),
        (CONNECTION, {"enable_bgp": True}, {"enableBgp": True}),
        (CONNECTION, {"enable_bgp": True, "bgp_enabled": True}, {"enableBgp": True}),
        (
            CONNECTION,
            {"connection_mode": "InitiatorOnly", "connection_protocol": "IKEv1"},
            {"connectionMode": "InitiatorOnly", "connectionProtocol": "IKEv1"},
        ),
        (
            CONNECTION,
            {"use_policy_based_traffic_selectors": True, "local_azure_ip_address_enabled": False},
            {"usePolicyBasedTrafficSelectors": True, "useLocalAzureIpAddress": False},
        ),
        (
            CONNECTION,
            {"ipsec_policy": [{**POLICY, "sa_lifetime": 3600, "sa_datasize": 1024}]},
            {"ipsecPolicies": [{**ARM_POLICY, "saLifeTimeSeconds": 3600, "saDataSizeKilobytes": 1024}]},
        ),
        (CONNECTION, {"ipsec_policy": []}, {}),
        (
            CONNECTION,
            {"traffic_selector_policy": [{"local_address_cidrs": ["172.16.1.0/24"], "remote_address_cidrs": ["10.1.0.0/16"]}]},
            {"trafficSelectorPolicies": [{"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": ["10.1.0.0/16"]}]},
        ),
        (
            CONNECTION,
            {"ingress_nat_rule_ids": ["/a"], "egress_nat_rule_ids": ["/b", "/c"]},
            {"ingressNatRules": [{"id": "/a"}], "egressNatRules": [{"id": "/b"}, {"id": "/c"}]},
        ),
        (
            CONNECTION,
            {"peer_virtual_network_gateway_id": "/gw", "express_route_circuit_id": "/er"},
            {"virtualNetworkGateway2": {"id": "/gw"}, "peer": {"id": "/er"}},
        ),
        (
            CONNECTION,
            {"custom_bgp_addresses": [{"primary": "169.254.21.2", "secondary": None}]},
            {"gatewayCustomBgpIpAddresses": [{"customBgpIpAddress": "169.254.21.2"}]},
        ),
        (CONNECTION, {"connection_mode": None, "bgp_enabled": None}, {}),
        (
            GATEWAY,
            {"sku": "VpnGw2AZ", "vpn_type": "RouteBased", "generation": "Generation2"},
            {"sku": {"name": "VpnGw2AZ"}, "vpnType": "RouteBased", "vpnGatewayGeneration": "Generation2"},
        ),
        (GATEWAY, {"active_active": True}, {"activeActive": True}),
        (GATEWAY, {"active_active_enabled": True}, {"activeActive": True}),
        (GATEWAY, {"ip_sec_replay_protection_enabled": False}, {"disableIPSecReplayProtection": True}),
        (GATEWAY, {"ip_sec_replay_protection_enabled": True}, {"disableIPSecReplayProtection": False}),
        (GATEWAY, {"default_local_network_gateway_id": "/site"}, {"gatewayDefaultSite": {"id": "/site"}}),
        (GATEWAY, {"bgp_settings": [{"asn": 65515, "peer_weight": 0, "peering_addresses": []}]}, {"bgpSettings": {"asn": 65515}}),
        (
            GATEWAY,
            {
                "vpn_client_configuration": [
                    {"address_space": ["192.0.2.0/24"], "vpn_client_protocols": ["OpenVPN"], "radius_server_secret": "PLANTED"}
                ]
            },
            {"vpnClientConfiguration": {"vpnClientAddressPool": {"addressPrefixes": ["192.0.2.0/24"]}, "vpnClientProtocols": ["OpenVPN"]}},
        ),
        (SITE, {"gateway_fqdn": "vpn.example.com", "gateway_address": ""}, {"fqdn": "vpn.example.com"}),
        (
            SITE,
            {"bgp_settings": [{"asn": 65010, "bgp_peering_address": "10.1.0.1", "peer_weight": 0}]},
            {"bgpSettings": {"asn": 65010, "bgpPeeringAddress": "10.1.0.1", "peerWeight": 0}},
        ),
        ("azurerm_route_table", {"disable_bgp_route_propagation": True}, {"disableBgpRoutePropagation": True}),
        ("azurerm_route_table", {"bgp_route_propagation_enabled": False}, {"disableBgpRoutePropagation": True}),
        (
            "azurerm_firewall",
            {"ip_configuration": [{"name": "a", "subnet_id": "/s", "private_ip_address": "172.16.1.4", "public_ip_address_id": "/p"}]},
            {"ipConfigurations": [{"name": "a", "properties": {"subnet": {"id": "/s"}, "privateIPAddress": "172.16.1.4"}}]},
        ),
        (
            "azurerm_firewall",
            {"sku_name": "AZFW_Hub", "virtual_hub": [{"virtual_hub_id": "/hub", "public_ip_count": 1}]},
            {"sku": {"name": "AZFW_Hub"}, "virtualHub": {"id": "/hub"}},
        ),
        ("azurerm_virtual_wan", {"allow_branch_to_branch_traffic": False}, {"allowBranchToBranchTraffic": False}),
        (
            "azurerm_virtual_hub",
            {"virtual_wan_id": "/wan", "address_prefix": "10.0.0.0/23"},
            {"virtualWan": {"id": "/wan"}, "addressPrefix": "10.0.0.0/23"},
        ),
        ("azurerm_vpn_gateway", {"virtual_hub_id": "/hub", "scale_unit": 1}, {"virtualHub": {"id": "/hub"}, "vpnGatewayScaleUnit": 1}),
    ],
)
def test_attributes_become_properties(type_: str, values: Json, expected: Json) -> None:
    """Every attribute that matters has its ARM name, in every provider version; null is omitted."""
    found = _properties(type_, values)
    without_type = {name: value for name, value in found.items() if name != "provisioningState"}  # type: ignore[attr-defined]
    assert without_type == expected


def test_a_nat_rule_belongs_to_its_gateway() -> None:
    """NAT rules are children of the gateway they refer to."""
    values = {
        "name": "n",
        "mode": "IngressSnat",
        "internal_mapping": [{"address_space": "10.1.0.0/24", "port_range": ""}],
        "external_mapping": [{"address_space": "192.168.1.0/24"}],
    }
    expressions = {"virtual_network_gateway_id": refs(f"{GATEWAY}.gw.id", f"{GATEWAY}.gw")}
    rule = planned(
        "azurerm_virtual_network_gateway_nat_rule",
        "n",
        values,
        unknown={"id": True, "virtual_network_gateway_id": True},
        expressions=expressions,
    )
    found = read(plan(planned(GATEWAY, "gw", {"name": "gw"}, unknown={"id": True}), rule))
    nat = only(found, "n")
    assert (nat.type, nat.parent) == ("Microsoft.Network/virtualNetworkGateways/natRules", f"terraform:{GATEWAY}.gw")
    assert nat.properties == {
        "mode": "IngressSnat",
        "internalMappings": [{"addressSpace": "10.1.0.0/24"}],
        "externalMappings": [{"addressSpace": "192.168.1.0/24"}],
    }


def test_virtual_wan_connections() -> None:
    """Mode, protocol and policy stand on the links, fixed selectors on the connection."""
    link = {
        "name": "l",
        "connection_mode": "InitiatorOnly",
        "protocol": "IKEv2",
        "policy_based_traffic_selector_enabled": True,
        "local_azure_ip_address_enabled": False,
        "shared_key": "PLANTED",
        "ipsec_policy": [
            {
                "dh_group": "ECP384",
                "encryption_algorithm": "GCMAES256",
                "ike_encryption_algorithm": "AES256",
                "ike_integrity_algorithm": "SHA384",
                "integrity_algorithm": "GCMAES256",
                "pfs_group": "ECP384",
                "sa_data_size_kb": 102400000,
                "sa_lifetime_sec": 27000,
            }
        ],
    }
    values = {
        "name": "c",
        "internet_security_enabled": True,
        "traffic_selector_policy": [{"local_address_ranges": ["172.16.1.0/24"], "remote_address_ranges": ["10.1.0.0/16"]}],
        "vpn_link": [link],
    }
    site = planned(
        "azurerm_vpn_site",
        "s",
        {"name": "s", "address_cidrs": ["10.1.0.0/16"], "link": [{"name": "l", "ip_address": "192.0.2.1"}]},
        unknown={"id": True, "link": [{"id": True}]},
        expressions={"link": [{"name": {"constant_value": "l"}}]},
    )
    expressions = {
        "remote_vpn_site_id": refs("azurerm_vpn_site.s.id", "azurerm_vpn_site.s"),
        "vpn_gateway_id": refs("azurerm_vpn_gateway.g.id", "azurerm_vpn_gateway.g"),
        "vpn_link": [
            {
                "vpn_site_link_id": refs(
                    "azurerm_vpn_site.s.link[0].id", "azurerm_vpn_site.s.link[0]", "azurerm_vpn_site.s.link", "azurerm_vpn_site.s"
                )
            }
        ],
    }
    unknown = {"id": True, "remote_vpn_site_id": True, "vpn_gateway_id": True, "vpn_link": [{"vpn_site_link_id": True}]}
    gateway = planned("azurerm_vpn_gateway", "g", {"name": "g"}, unknown={"id": True})
    found = read(plan(gateway, site, planned("azurerm_vpn_gateway_connection", "c", values, unknown=unknown, expressions=expressions)))
    assert found.gaps == []
    wan = only(found, "c")
    assert (wan.type, wan.parent) == ("Microsoft.Network/vpnGateways/vpnConnections", "terraform:azurerm_vpn_gateway.g")
    link_id = "terraform:azurerm_vpn_site.s/vpnSiteLinks/l"
    assert wan.properties == {
        "remoteVpnSite": {"id": "terraform:azurerm_vpn_site.s"},
        "enableInternetSecurity": True,
        "trafficSelectorPolicies": [{"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": ["10.1.0.0/16"]}],
    }
    joined = next(one for one in found.resources if one.type == HUB_LINK_CONNECTION)
    assert (joined.id, joined.name, joined.parent) == (f"{wan.id}/vpnLinkConnections/l", "l", wan.id)
    assert joined.properties == {
        "vpnSiteLink": {"id": link_id},
        "vpnLinkConnectionMode": "InitiatorOnly",
        "vpnConnectionProtocolType": "IKEv2",
        "usePolicyBasedTrafficSelectors": True,
        "useLocalAzureIpAddress": False,
        "ipsecPolicies": [{**ARM_POLICY, "saLifeTimeSeconds": 27000, "saDataSizeKilobytes": 102400000}],
    }
    assert only(found, "s").properties == {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}
    assert next(one for one in found.resources if one.id == link_id).properties == {"ipAddress": "192.0.2.1"}


def test_a_link_that_cannot_be_told_leaves_the_links_unknown() -> None:
    """A link without a readable name is reported, and its connection is not taken for one without links; a strange attribute is a gap."""
    values = {"name": "c", "vpn_link": [{"name": None}, {"name": "l", "novelty": True}]}
    wan = planned("azurerm_vpn_gateway_connection", "c", values, unknown={"id": True, "vpn_link": [{"name": True}, {}]})
    found = read(plan(wan))
    reasons = sorted(gap.reason for gap in found.gaps if "vpn_link" in gap.reason)
    assert isinstance(only(found, "c").properties["vpnLinkConnections"], Unknown)
    assert reasons == [
        "`vpn_link.novelty` of azurerm_vpn_gateway_connection is not known to this version; what it changes is not judged",
        "a `vpn_link` block of azurerm_vpn_gateway_connection has no readable name",
    ]


def test_routing_intent_belongs_to_its_hub() -> None:
    """Routing policies name their next hop as a plain id."""
    policy = {"name": "private", "destinations": ["PrivateTraffic"], "next_hop": "/fw"}
    values = {"name": "i", "virtual_hub_id": "/hub", "routing_policy": [policy]}
    found = read(plan(planned("azurerm_virtual_hub_routing_intent", "i", values, unknown={"id": True})))
    intent = only(found, "i")
    assert (intent.type, intent.parent) == ("Microsoft.Network/virtualHubs/routingIntent", "/hub")
    assert intent.properties == {"routingPolicies": [{"name": "private", "destinations": ["PrivateTraffic"], "nextHop": "/fw"}]}


def test_unknown_values_stay_unknown_at_any_depth() -> None:
    """What is known only after apply is unknown there and nowhere else."""
    values = {"traffic_selector_policy": [{"local_address_cidrs": ["172.16.1.0/24", None], "remote_address_cidrs": ["10.1.0.0/16"]}]}
    unknown = {"connection_mode": True, "traffic_selector_policy": [{"local_address_cidrs": [False, True]}]}
    expressions = {"connection_mode": refs("terraform_data.x.output", "terraform_data.x"), "traffic_selector_policy": [{}]}
    assert _properties(CONNECTION, values, unknown=unknown, expressions=expressions) == {
        "connectionMode": LATER,
        "trafficSelectorPolicies": [{"localAddressRanges": ["172.16.1.0/24", LATER], "remoteAddressRanges": ["10.1.0.0/16"]}],
    }


def test_a_block_that_is_unknown_is_unknown() -> None:
    """A dynamic block over something unknown may hold anything."""
    assert _properties(CONNECTION, {}, unknown={"ipsec_policy": True}, expressions={"ipsec_policy": refs("var.x")}) == {
        "ipsecPolicies": LATER
    }
    assert _properties(CONNECTION, {"ipsec_policy": [None]}, unknown={"ipsec_policy": [True]}) == {"ipsecPolicies": [LATER]}


def test_what_nobody_sets_is_omitted_in_a_first_plan() -> None:
    """Optional and computed attributes are unknown in a first plan although the provider leaves Azure its default."""
    unknown = {
        "use_policy_based_traffic_selectors": True,
        "connection_protocol": True,
        "ipsec_policy": [{"sa_lifetime": True, "sa_datasize": True}],
    }
    written = {"ipsec_policy": [{name: {"constant_value": value} for name, value in POLICY.items()}]}
    found = _properties(CONNECTION, {"ipsec_policy": [POLICY]}, unknown=unknown, expressions=written)
    assert found == {"ipsecPolicies": [ARM_POLICY]}


def test_what_nobody_sets_is_unknown_where_the_configuration_does_not_show_it() -> None:
    """Without a configuration, in a dynamic block, and in an update, an unknown value could be anything."""
    unknown = {"use_policy_based_traffic_selectors": True}
    bare = plan(connection("x", unknown=unknown))
    del bare["configuration"]
    assert only(read(bare), "x").properties["usePolicyBasedTrafficSelectors"] == LATER
    update = _properties(CONNECTION, {}, unknown=unknown, change={"actions": ["update"], "before": {}})
    assert update == {"usePolicyBasedTrafficSelectors": LATER}
    dynamic = _properties(
        CONNECTION, {"ipsec_policy": [POLICY]}, unknown={"ipsec_policy": [{"sa_lifetime": True}]}, expressions={"ipsec_policy": []}
    )
    assert dynamic == {"ipsecPolicies": [{**ARM_POLICY, "saLifeTimeSeconds": LATER}]}


@pytest.mark.parametrize(
    ("name", "arm"),
    [
        ("connection_mode", "connectionMode"),
        ("ipsec_policy", "ipsecPolicies"),
        ("traffic_selector_policy", "trafficSelectorPolicies"),
        ("ingress_nat_rule_ids", "ingressNatRules"),
    ],
)
def test_what_the_provider_never_computes_is_unknown_without_an_expression(name: str, arm: str) -> None:
    """A dynamic block over something unknown leaves no expression in the configuration, and is not an omitted block."""
    found = only(read(plan(connection("x", unknown={name: True}))), "x").properties
    assert isinstance(found[arm], Unknown)


def test_dynamic_point_to_site_and_prefixes_are_unknown() -> None:
    """Point-to-site clients and a site's prefixes that only apply will tell are not absent ones."""
    gateway = _properties("azurerm_virtual_network_gateway", {"type": "Vpn"}, unknown={"vpn_client_configuration": True})
    assert gateway == {"gatewayType": "Vpn", "vpnClientConfiguration": LATER}
    site = _properties("azurerm_local_network_gateway", {}, unknown={"address_space": True, "gateway_address": True})
    assert site == {"localNetworkAddressSpace": {"addressPrefixes": LATER}, "gatewayIpAddress": LATER}


def test_what_azure_chooses_is_unknown_not_omitted() -> None:
    """A firewall gets its private address from Azure, and a network its prefixes from an address pool."""
    firewall = _properties(
        "azurerm_firewall",
        {"ip_configuration": [{"name": "a", "subnet_id": "/s"}]},
        unknown={"ip_configuration": [{"private_ip_address": True}]},
        expressions={"ip_configuration": [{"name": {"constant_value": "a"}}]},
    )
    assert firewall == {"ipConfigurations": [{"name": "a", "properties": {"subnet": {"id": "/s"}, "privateIPAddress": LATER}}]}
    pool = {"id": "/pool", "number_of_ip_addresses": "256"}
    network = _properties(
        "azurerm_virtual_network",
        {"ip_address_pool": [pool]},
        unknown={"ip_address_pool": [{"allocated_ip_address_prefixes": True}]},
        expressions={"ip_address_pool": [{"id": {"constant_value": "/pool"}}]},
    )
    assert network == {"addressSpace": {"addressPrefixes": LATER}}


def test_a_write_only_route_table_is_read_from_its_expression() -> None:
    """Write-only arguments are in no plan; their expressions are."""
    subnet = {"address_prefixes": ["10.0.0.0/24"], "route_table_id_wo": None}
    expressions = {"route_table_id_wo": refs("azurerm_route_table.t.id", "azurerm_route_table.t")}
    table = planned("azurerm_route_table", "t", {"name": "t"}, unknown={"id": True})
    own = planned("azurerm_subnet", "s", {"name": "s", **subnet}, unknown={"id": True, "route_table_id": True}, expressions=expressions)
    assert only(read(plan(table, own)), "s").properties["routeTable"] == {"id": "terraform:azurerm_route_table.t"}


def test_contradicting_attributes_are_unknown() -> None:
    """Two names of one property with different values: neither is believed."""
    found = _properties(CONNECTION, {"enable_bgp": True, "bgp_enabled": False})
    assert found == {"enableBgp": Unknown("two attributes for the same property contradict each other")}


def test_an_attribute_nobody_knows_is_a_gap_once() -> None:
    """A new VPN attribute could change what a connection carries; unset ones change nothing."""
    new = {"quantum_tunnel": "wide", "other_new": None, "third": [], "ipsec_policy": [{**POLICY, "new_field": 1}]}
    found = read(plan(connection("a", new), connection("b", new), planned("azurerm_virtual_network", "v", {"name": "v", "new": 1})))
    assert [(gap.kind, gap.reason) for gap in found.gaps] == [
        ("unknown-attribute", f"`ipsec_policy.new_field` of {CONNECTION} is not known to this version; what it changes is not judged"),
        ("unknown-attribute", f"`quantum_tunnel` of {CONNECTION} is not known to this version; what it changes is not judged"),
    ]


def test_a_strange_attribute_name_is_not_printed() -> None:
    """Names are input too."""
    found = read(plan(connection("a", {"PLANTED=1": "x"})))
    assert "PLANTED" not in repr(found.gaps)
    assert kinds(found) == ["unknown-attribute"]


@pytest.mark.parametrize(
    ("type_", "values", "path"),
    [
        (CONNECTION, {"connection_mode": 7}, "connectionMode"),
        (CONNECTION, {"bgp_enabled": "yes"}, "enableBgp"),
        (CONNECTION, {"dpd_timeout_seconds": True}, "dpdTimeoutSeconds"),
        (CONNECTION, {"virtual_network_gateway_id": ["/gw"]}, "virtualNetworkGateway1"),
        (CONNECTION, {"ingress_nat_rule_ids": "/a"}, "ingressNatRules"),
        (CONNECTION, {"ipsec_policy": "strong"}, "ipsecPolicies"),
        (GATEWAY, {"bgp_settings": [{}, {}]}, "bgpSettings"),
        (GATEWAY, {"ip_sec_replay_protection_enabled": "no"}, "disableIPSecReplayProtection"),
    ],
)
def test_wrong_types_are_unknown_and_a_gap(type_: str, values: Json, path: str) -> None:
    """A value of the wrong type is never taken for an omitted one."""
    found = read(plan(planned(type_, "x", {"name": "x", **values})))
    assert isinstance(only(found, "x").properties[path], Unknown)
    assert kinds(found) == ["unreadable-value"]


def test_tags() -> None:
    """Tags are read, also sensitive ones; those named like secrets are not."""

    def tags(values: Json, **more: Any) -> object:
        return only(read(plan(connection("x", values, **more))), "x").tags

    assert tags({"tags": {"partner": "red", "psk": "PLANTED"}}) == {"partner": "red"}
    assert tags({"tags": None}) == {}
    assert tags({}, unknown={"tags": True}, expressions={"tags": refs("local.tags")}) == LATER
    assert tags({"tags": {"a": "b"}}, unknown={"tags": {"partner": True}}, expressions={"tags": refs("x.y.z")}) == {
        "a": "b",
        "partner": LATER,
    }
    assert tags({"tags": ["a"]}) == Unknown("not of the type the provider documents")


def test_values_written_twice_stay_unknown() -> None:
    """The parser marks keys written twice as unknown; that survives."""
    twice = Unknown("the key is written twice with different values")
    red = connection("x", {"connection_mode": twice, "virtual_network_gateway_id": twice, "tags": {"partner": "red"}})
    assert only(read(plan(red)), "x").properties == {"connectionType": "IPsec", "connectionMode": twice, "virtualNetworkGateway1": twice}


def test_planted_secrets_are_nowhere() -> None:
    """Keys, passwords and variables are not in the result, wherever a plan or state has them."""
    key = "PLANTED"
    client = {
        "radius_server_secret": key,
        "radius_server": [{"address": "192.0.2.1", "secret": key}],
        "root_certificate": [{"public_cert_data": key}],
    }
    secrets = {"shared_key": key, "authorization_key": key, "tags": {"sharedKey": key, "note": f"psk={key}"}}
    red = connection(
        "x",
        secrets,
        change={"actions": ["update"], "before": {"shared_key": key}, "after_sensitive": {"shared_key": True}},
        expressions={"shared_key": {"constant_value": key}},
    )
    gateway = planned(GATEWAY, "gw", {"name": "gw", "vpn_client_configuration": [{"address_space": ["192.0.2.0/24"], **client}]})
    wan = planned("azurerm_vpn_gateway_connection", "w", {"name": "w", "vpn_link": [{"name": "l", "shared_key": key}]})
    more: Json = {
        "variables": {"psk": {"value": key}},
        "prior_state": {"values": {"outputs": {"psk": {"value": key}}}},
        "output_changes": {"k": {"after": key}},
    }
    for value in (plan(red, gateway, wan, **more), state(red, gateway, wan)):
        found = read(value)
        assert len(found.resources) == 4
        assert key not in repr(found)
