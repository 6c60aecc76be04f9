"""Write an estate of any size as ARM JSON, with a known share of mistakes.

The same arguments give the same bytes.
Resources carry the read-only members Azure returns as well, so that an estate weighs what a real one does.

    python samples/fleet/generate.py --gateways 4 --partners 20 --mistakes 0.2 > fleet.json
    s2sguard scan fleet.json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID

NETWORK = "Microsoft.Network"
HARDENED_POLICY = {
    "saLifeTimeSeconds": 27000,
    "saDataSizeKilobytes": 102400000,
    "ipsecEncryption": "GCMAES256",
    "ipsecIntegrity": "GCMAES256",
    "ikeEncryption": "GCMAES256",
    "ikeIntegrity": "SHA384",
    "dhGroup": "ECP384",
    "pfsGroup": "ECP384",
}
MISTAKES: tuple[dict[str, Any], ...] = (
    {"connectionMode": "Default"},
    {"connectionMode": "ResponderOnly"},
    {"usePolicyBasedTrafficSelectors": False},
    {"trafficSelectorPolicies": []},
    {"ipsecPolicies": []},
    {"ipsecPolicies": [HARDENED_POLICY | {"dhGroup": "DHGroup2", "ikeIntegrity": "SHA1", "pfsGroup": "None"}]},
    {"connectionProtocol": "IKEv1"},
    {"enableBgp": True},
)
"""What one mistaken connection changes; the first three are the article's stages 1 to 3."""


def resource_id(subscription: int, group: str, kind: str, name: str) -> str:
    """Return an ARM id."""
    return f"/subscriptions/{subscription:08d}-0000-4000-8000-000000000000/resourceGroups/{group}/providers/{NETWORK}/{kind}/{name}"


class Fleet:
    """An estate: gateways in subscriptions of ten, each with a hub, spokes and partner connections."""

    def __init__(self, *, partners: int, spokes: int, mistakes: float, seed: int) -> None:
        self.partners = partners
        self.spokes = spokes
        self.mistakes = mistakes
        self.random = Random(seed)

    def gateway(self, number: int) -> Iterator[dict[str, Any]]:
        """Yield the resources of one gateway."""
        subscription, group = number // 10, f"hub-{number:05d}"

        def identify(kind: str, name: str) -> str:
            return resource_id(subscription, group, kind, name)

        hub, octet = identify("virtualNetworks", "hub"), number % 128
        spokes = [(identify("virtualNetworks", f"spoke-{n}"), f"172.20.{n}.0/24") for n in range(self.spokes)]
        hub_prefix = f"172.16.{octet}.0/24"
        peerings = [_peering(hub, f"to-spoke-{n}", spoke, prefix, hub_side=True) for n, (spoke, prefix) in enumerate(spokes)]
        yield _vnet(hub, hub_prefix, peerings)
        for spoke, prefix in spokes:
            yield _vnet(spoke, prefix, [_peering(spoke, "to-hub", hub, hub_prefix, hub_side=False)])
        gateway = identify("virtualNetworkGateways", "vpn")
        yield _gateway(gateway, hub)
        for partner in range(self.partners):
            name = f"partner-{partner:04d}"
            prefix = f"10.{partner // 250 % 250}.{partner % 250}.0/24"
            site = identify("localNetworkGateways", f"{name}-site")
            address = f"52.{number // 250 % 250}.{partner // 250 % 250}.{partner % 250 + 1}"
            yield _site(site, prefix, address, name)
            connection = _connection(identify("connections", name), gateway, site, hub_prefix, prefix, name)
            if self.random.random() < self.mistakes:
                connection["properties"] |= self.random.choice(MISTAKES)
            yield connection


def _guid(full_id: str) -> str:
    return str(UUID(int=Random(full_id).getrandbits(128), version=4))


def _resource(full_id: str, properties: dict[str, Any], tags: dict[str, str] | None = None) -> dict[str, Any]:
    return _child(full_id, properties | {"resourceGuid": _guid(full_id)}) | {"location": "uksouth", "tags": tags or {}}


def _child(full_id: str, properties: dict[str, Any]) -> dict[str, Any]:
    parts = full_id.split("/providers/")[1].split("/")
    return {
        "name": parts[-1],
        "id": full_id,
        "etag": f'W/"{_guid(full_id + "@etag")}"',
        "type": "/".join([NETWORK, *parts[1::2]]),
        "properties": {"provisioningState": "Succeeded"} | properties,
    }


def _vnet(full_id: str, prefix: str, peerings: list[dict[str, Any]]) -> dict[str, Any]:
    subnet = {
        "addressPrefix": prefix.replace("/24", "/27"),
        "delegations": [],
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
    }
    properties = {
        "addressSpace": {"addressPrefixes": [prefix]},
        "privateEndpointVNetPolicies": "Disabled",
        "dhcpOptions": {"dnsServers": []},
        "subnets": [_child(f"{full_id}/subnets/GatewaySubnet", subnet)],
        "virtualNetworkPeerings": peerings,
        "enableDdosProtection": False,
    }
    return _resource(full_id, properties)


def _peering(vnet: str, name: str, remote: str, prefix: str, *, hub_side: bool) -> dict[str, Any]:
    properties = {
        "peeringState": "Connected",
        "peeringSyncLevel": "FullyInSync",
        "remoteVirtualNetwork": {"id": remote},
        "allowVirtualNetworkAccess": True,
        "allowForwardedTraffic": True,
        "allowGatewayTransit": hub_side,
        "useRemoteGateways": not hub_side,
        "doNotVerifyRemoteGateways": False,
        "peerCompleteVnets": True,
        "remoteAddressSpace": {"addressPrefixes": [prefix]},
        "remoteVirtualNetworkAddressSpace": {"addressPrefixes": [prefix]},
        "resourceGuid": _guid(f"{vnet}@{name}"),
    }
    return _child(f"{vnet}/virtualNetworkPeerings/{name}", properties)


def _gateway(full_id: str, hub: str) -> dict[str, Any]:
    group = full_id.partition("/virtualNetworkGateways/")[0]
    configuration = _child(
        f"{full_id}/ipConfigurations/default",
        {
            "privateIPAllocationMethod": "Dynamic",
            "publicIPAddress": {"id": f"{group}/publicIPAddresses/vpn"},
            "subnet": {"id": f"{hub}/subnets/GatewaySubnet"},
        },
    )
    peering = {"ipconfigurationId": configuration["id"], "defaultBgpIpAddresses": ["172.16.0.30"], "customBgpIpAddresses": []}
    properties = {
        "packetCaptureDiagnosticState": "None",
        "enablePrivateIpAddress": False,
        "isMigrateToCSES": False,
        "ipConfigurations": [configuration],
        "natRules": [],
        "virtualNetworkGatewayPolicyGroups": [],
        "enableBgpRouteTranslationForNat": False,
        "disableIPSecReplayProtection": False,
        "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ", "capacity": 2},
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "enableBgp": False,
        "activeActive": False,
        "bgpSettings": {"asn": 65515, "bgpPeeringAddress": "172.16.0.30", "peerWeight": 0, "bgpPeeringAddresses": [peering]},
        "vpnGatewayGeneration": "Generation2",
        "allowRemoteVnetTraffic": False,
        "allowVirtualWanTraffic": False,
    }
    return _resource(full_id, properties)


def _site(full_id: str, prefix: str, address: str, partner: str) -> dict[str, Any]:
    space = {"addressPrefixes": [prefix]}
    return _resource(full_id, {"localNetworkAddressSpace": space, "gatewayIpAddress": address}, {"partner": partner})


def _connection(full_id: str, gateway: str, site: str, local: str, remote: str, partner: str) -> dict[str, Any]:
    properties = {
        "packetCaptureDiagnosticState": "None",
        "virtualNetworkGateway1": {"id": gateway},
        "localNetworkGateway2": {"id": site},
        "connectionType": "IPsec",
        "connectionProtocol": "IKEv2",
        "routingWeight": 0,
        "enableBgp": False,
        "useLocalAzureIpAddress": False,
        "usePolicyBasedTrafficSelectors": True,
        "ipsecPolicies": [HARDENED_POLICY],
        "trafficSelectorPolicies": [{"localAddressRanges": [local], "remoteAddressRanges": [remote]}],
        "gatewayCustomBgpIpAddresses": [],
        "expressRouteGatewayBypass": False,
        "enablePrivateLinkFastPath": False,
        "dpdTimeoutSeconds": 45,
        "connectionMode": "InitiatorOnly",
        "connectionStatus": "Connected",
        "tunnelConnectionStatus": [],
        "ingressBytesTransferred": 184467440,
        "egressBytesTransferred": 99194853,
    }
    return _resource(full_id, properties, {"partner": partner})


def main() -> None:
    """Write the estate to standard output, one resource a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateways", type=int, default=1)
    parser.add_argument("--partners", type=int, default=30, help="connections of each gateway (default: 30, what VpnGw2AZ carries)")
    parser.add_argument("--spokes", type=int, default=2)
    parser.add_argument("--mistakes", type=float, default=0.2, help="share of connections with one mistake, 0 to 1")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    fleet = Fleet(partners=arguments.partners, spokes=arguments.spokes, mistakes=arguments.mistakes, seed=arguments.seed)
    resources = (resource for number in range(arguments.gateways) for resource in fleet.gateway(number))
    separator = '{"value": [\n'
    for resource in resources:
        sys.stdout.write(separator + json.dumps(resource))
        separator = ",\n"
    sys.stdout.write("\n]}\n")


if __name__ == "__main__":
    main()
