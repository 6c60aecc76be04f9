# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""A stage as Azure returns it: full resources in a list, without shared keys."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

from samples.lab import stages as lab

Json = dict[str, object]

_SCOPE = f"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{lab.GROUP}/providers/Microsoft.Network"


def inventory(stage: lab.Stage, partners: Sequence[lab.Partner] = lab.PARTNERS) -> Json:
    """Return everything a read-only listing of the lab's resource group gives."""
    sites = [_site(partner) for partner in partners]
    connections = [_connection(stage, partner) for partner in partners]
    return {"value": [_gateway(stage), *connections, *sites, _hub(), _spoke()]}


def _id(kind: str, name: str) -> str:
    return f"{_SCOPE}/{kind}/{name}"


def _link(kind: str, name: str) -> Json:
    return {"id": _id(kind, name)}


def _resource(kind: str, name: str, properties: Json, tags: dict[str, str] | None = None) -> Json:
    state = {"provisioningState": "Succeeded", "resourceGuid": str(uuid5(NAMESPACE_URL, _id(kind, name)))}
    envelope: Json = {"name": name, "id": _id(kind, name), "type": f"Microsoft.Network/{kind}", "location": lab.LOCATION}
    return {**envelope, "tags": tags or {}, "properties": {**state, **properties}}


def _child(parent: str, kind: str, name: str, properties: Json) -> Json:
    envelope: Json = {"name": name, "id": f"{parent}/{kind}/{name}", "type": f"Microsoft.Network/virtualNetworks/{kind}"}
    return {**envelope, "properties": {"provisioningState": "Succeeded", **properties}}


def _gateway(stage: lab.Stage) -> Json:
    gateway = _id("virtualNetworkGateways", lab.GATEWAY)
    configuration: Json = {
        "privateIPAllocationMethod": "Dynamic",
        "publicIPAddress": _link("publicIPAddresses", lab.PUBLIC_IP),
        "subnet": {"id": f"{_id('virtualNetworks', lab.HUB)}/subnets/GatewaySubnet"},
    }
    return _resource(
        "virtualNetworkGateways",
        lab.GATEWAY,
        {
            "gatewayType": "Vpn",
            "vpnType": "RouteBased",
            "vpnGatewayGeneration": stage.generation,
            "sku": {"name": stage.sku, "tier": stage.sku, "capacity": 2},
            "activeActive": False,
            "enableBgp": False,
            "enablePrivateIpAddress": False,
            "disableIPSecReplayProtection": False,
            "enableBgpRouteTranslationForNat": False,
            "natRules": [],
            "ipConfigurations": [
                {"name": "default", "id": f"{gateway}/ipConfigurations/default", "properties": configuration},
            ],
        },
    )


def _site(partner: lab.Partner) -> Json:
    properties: Json = {
        "localNetworkAddressSpace": {"addressPrefixes": [partner.prefix]},
        "gatewayIpAddress": partner.address,
    }
    return _resource("localNetworkGateways", partner.site, properties, {"partner": partner.name})


def _connection(stage: lab.Stage, partner: lab.Partner) -> Json:
    selectors = [{"localAddressRanges": [lab.HUB_PREFIX], "remoteAddressRanges": [partner.prefix]}]
    properties: Json = {
        "virtualNetworkGateway1": _link("virtualNetworkGateways", lab.GATEWAY),
        "localNetworkGateway2": _link("localNetworkGateways", partner.site),
        "connectionType": "IPsec",
        "connectionProtocol": "IKEv2",
        "connectionMode": stage.mode,
        "routingWeight": 0,
        "enableBgp": False,
        "useLocalAzureIpAddress": False,
        "usePolicyBasedTrafficSelectors": stage.policy_based,
        "ipsecPolicies": [stage.policy] if stage.policy is not None else [],
        "trafficSelectorPolicies": selectors if stage.fixed else [],
        "ingressNatRules": [],
        "egressNatRules": [],
        "dpdTimeoutSeconds": 45,
        "connectionStatus": "Connected",
        "ingressBytesTransferred": 0,
        "egressBytesTransferred": 0,
    }
    return _resource("connections", f"{partner.site}-{stage.suffix}", properties, {"partner": partner.name})


def _hub() -> Json:
    return _network(lab.HUB, lab.HUB_PREFIX, {"GatewaySubnet": lab.GATEWAY_SUBNET, "workload": lab.WORKLOAD_SUBNET}, lab.SPOKE, offers=True)


def _spoke() -> Json:
    return _network(lab.SPOKE, lab.SPOKE_PREFIX, {"workload": lab.SPOKE_SUBNET}, lab.HUB, offers=False)


def _network(name: str, prefix: str, subnets: dict[str, str], peer: str, *, offers: bool) -> Json:
    vnet = _id("virtualNetworks", name)
    remote = lab.SPOKE_PREFIX if offers else lab.HUB_PREFIX
    peering: Json = {
        "peeringState": "Connected",
        "peeringSyncLevel": "FullyInSync",
        "remoteVirtualNetwork": _link("virtualNetworks", peer),
        "allowVirtualNetworkAccess": True,
        "allowForwardedTraffic": True,
        "allowGatewayTransit": offers,
        "useRemoteGateways": not offers,
        "remoteAddressSpace": {"addressPrefixes": [remote]},
        "remoteVirtualNetworkAddressSpace": {"addressPrefixes": [remote]},
    }
    return _resource(
        "virtualNetworks",
        name,
        {
            "addressSpace": {"addressPrefixes": [prefix]},
            "subnets": [_child(vnet, "subnets", subnet, {"addressPrefix": range_}) for subnet, range_ in subnets.items()],
            "virtualNetworkPeerings": [_child(vnet, "virtualNetworkPeerings", f"{name}-to-{peer}", peering)],
            "enableDdosProtection": False,
        },
    )
