"""A small estate as Azure returns it: the article's gateway with the partners red and blue, in any of its stages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/lab/providers/Microsoft.Network"
GATEWAY = f"{GROUP}/virtualNetworkGateways/vpngw"
RED = f"{GROUP}/connections/to-red"
BLUE = f"{GROUP}/connections/to-blue"
WEAK = {
    "saLifeTimeSeconds": 27000,
    "saDataSizeKilobytes": 102400000,
    "ipsecEncryption": "AES256",
    "ipsecIntegrity": "SHA1",
    "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA1",
    "dhGroup": "DHGroup2",
    "pfsGroup": "None",
}
STRONG = WEAK | {"ipsecIntegrity": "SHA256", "ikeIntegrity": "SHA256", "dhGroup": "DHGroup14", "pfsGroup": "PFS2048"}

Node = dict[str, Any]


PARTNERS = ("red", "blue")


def lab(stage: int, partners: tuple[str, ...] = PARTNERS) -> list[Node]:
    """Return the resources of the article's lab in stage 1 to 4, or hardened with strong algorithms in stage 5.

    The first partner has 10.1.0.0/16, the second 10.2.0.0/16, and so on.
    """
    return [_hub(), _gateway(), *(part for octet, name in enumerate(partners, 1) for part in _partner(name, octet, stage))]


def write_lab(folder: Path, stage: int) -> Path:
    """Write the lab into `folder` and return the file."""
    path = folder / f"stage-{stage}.json"
    path.write_text(json.dumps({"value": lab(stage)}), encoding="utf-8")
    return path


def _resource(kind: str, name: str, properties: Node, **more: object) -> Node:
    return {
        "id": f"{GROUP}/{kind}/{name}",
        "name": name,
        "type": f"Microsoft.Network/{kind}",
        "location": "uksouth",
        "properties": properties,
    } | more


def _hub() -> Node:
    subnet = {
        "name": "GatewaySubnet",
        "id": f"{GROUP}/virtualNetworks/hub/subnets/GatewaySubnet",
        "properties": {"addressPrefix": "172.16.1.224/27"},
    }
    return _resource(
        "virtualNetworks",
        "hub",
        {"addressSpace": {"addressPrefixes": ["172.16.1.0/24"]}, "subnets": [subnet], "virtualNetworkPeerings": []},
    )


def _gateway() -> Node:
    address = {"name": "default", "properties": {"subnet": {"id": f"{GROUP}/virtualNetworks/hub/subnets/GatewaySubnet"}}}
    return _resource(
        "virtualNetworkGateways",
        "vpngw",
        {
            "gatewayType": "Vpn",
            "vpnType": "RouteBased",
            "enableBgp": False,
            "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ"},
            "ipConfigurations": [address],
        },
    )


def _partner(name: str, octet: int, stage: int) -> tuple[Node, Node]:
    prefix = f"10.{octet}.0.0/16"
    site = _resource(
        "localNetworkGateways",
        f"site-{name}",
        {"localNetworkAddressSpace": {"addressPrefixes": [prefix]}, "gatewayIpAddress": f"52.232.103.{octet}"},
        tags={"partner": name},
    )
    connection: Node = {
        "connectionType": "IPsec",
        "virtualNetworkGateway1": {"id": GATEWAY},
        "localNetworkGateway2": {"id": site["id"]},
        "sharedKey": "planted-" + "key",
    }
    if stage > 1:
        connection |= {"usePolicyBasedTrafficSelectors": True, "ipsecPolicies": [STRONG if stage > 4 else WEAK]}
    if stage > 2:
        connection |= {"trafficSelectorPolicies": [{"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": [prefix]}]}
    if stage > 3:
        connection |= {"connectionMode": "InitiatorOnly"}
    return site, _resource("connections", f"to-{name}", connection)
