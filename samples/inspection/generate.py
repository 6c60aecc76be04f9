# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""Write `arm.json` of every variant: `python -m samples.inspection.generate`. A test checks that they are up to date.

A hub with a gateway and a firewall, two spokes, two hardened partners with one spoke each; only routes differ.
Values stand where the REST reference (`Microsoft.Network`) has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samples.lab.stages import STRONG
from samples.writing import text_of, write

HERE = Path(__file__).resolve().parent
BASE = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/partners/providers/Microsoft.Network"
VARIANTS = ("inspected", "bypass", "asymmetric")
FIREWALL = "172.16.0.68"
HUB = "172.16.0.0/16"
SPOKES = {"orders": "172.17.0.0/16", "billing": "172.18.0.0/16"}
WORKLOADS = {"orders": "172.17.1.0/24", "billing": "172.18.1.0/24"}
PARTNERS = {"red": ("10.1.0.0/16", "52.232.103.208", "orders"), "blue": ("10.2.0.0/16", "52.232.103.209", "billing")}

Json = dict[str, Any]


def resource(kind: str, name: str, properties: Json, **more: object) -> Json:
    """Return a resource below `BASE`."""
    return {"id": f"{BASE}/{kind}/{name}", "name": name, "type": f"Microsoft.Network/{kind}", **more, "properties": properties}


def child(parent: str, kind: str, name: str, properties: Json) -> Json:
    """Return a resource as it stands inside its parent."""
    return {"id": f"{BASE}/{parent}/{kind}/{name}", "name": name, "properties": properties}


def link(kind: str, name: str) -> Json:
    """Return a reference."""
    return {"id": f"{BASE}/{kind}/{name}"}


def network(name: str, prefix: str, subnets: dict[str, tuple[str, str]], peers: list[tuple[str, Json]]) -> Json:
    """Return a network; a subnet has a prefix and a route table, which may be empty."""
    place = f"virtualNetworks/{name}"
    found = []
    for subnet, (range_, table) in subnets.items():
        used = {"routeTable": link("routeTables", table)} if table else {}
        found.append(child(place, "subnets", subnet, {"addressPrefix": range_} | used))
    peerings = []
    for peer, flags in peers:
        common = {"remoteVirtualNetwork": link("virtualNetworks", peer), "peeringState": "Connected", "allowForwardedTraffic": True}
        peerings.append(child(place, "virtualNetworkPeerings", f"to-{peer}", common | flags))
    properties = {"addressSpace": {"addressPrefixes": [prefix]}, "subnets": found, "virtualNetworkPeerings": peerings}
    return resource("virtualNetworks", name, properties)


def table(name: str, routes: dict[str, str], *, propagates: bool) -> Json:
    """Return a route table; its routes, by name, have a prefix and lead to the firewall."""
    hop = {"nextHopType": "VirtualAppliance", "nextHopIpAddress": FIREWALL}
    made = [child(f"routeTables/{name}", "routes", route, {"addressPrefix": prefix} | hop) for route, prefix in routes.items()]
    return resource("routeTables", name, {"disableBgpRoutePropagation": not propagates, "routes": made})


def networks() -> Iterator[Json]:
    """Yield the hub, its firewall and the spokes."""
    offers = [(name, {"allowGatewayTransit": True}) for name in SPOKES]
    hub = {"GatewaySubnet": ("172.16.0.0/27", "rt-gateway"), "AzureFirewallSubnet": ("172.16.0.64/26", "")}
    yield network("hub", HUB, hub, offers)
    for name, prefix in SPOKES.items():
        yield network(name, prefix, {"workload": (WORKLOADS[name], f"rt-{name}")}, [("hub", {"useRemoteGateways": True})])
    place = {"subnet": link("virtualNetworks", "hub/subnets/AzureFirewallSubnet"), "privateIPAddress": FIREWALL}
    sku = {"name": "AZFW_VNet", "tier": "Standard"}
    yield resource("azureFirewalls", "fw", {"sku": sku, "ipConfigurations": [{"name": "one", "properties": place}]})


def tables(variant: str) -> Iterator[Json]:
    """Yield the route tables: what a variant does wrong is here."""
    exact = {f"to-{name}": prefix for name, prefix in SPOKES.items()}
    yield table("rt-gateway", {"to-spokes": "172.16.0.0/12"} if variant == "bypass" else exact, propagates=True)
    for name in SPOKES:
        yield table(f"rt-{name}", {"all": "0.0.0.0/0"}, propagates=variant == "asymmetric" and name == "orders")


def partner(name: str) -> Iterator[Json]:
    """Yield a partner's hardened connection and its site."""
    prefix, address, spoke = PARTNERS[name]
    properties = {
        "connectionType": "IPsec",
        "connectionProtocol": "IKEv2",
        "connectionMode": "InitiatorOnly",
        "usePolicyBasedTrafficSelectors": True,
        "enableBgp": False,
        "ipsecPolicies": [STRONG],
        "trafficSelectorPolicies": [{"localAddressRanges": [WORKLOADS[spoke]], "remoteAddressRanges": [prefix]}],
        "virtualNetworkGateway1": link("virtualNetworkGateways", "gw"),
        "localNetworkGateway2": link("localNetworkGateways", name),
    }
    tags = {"partner": name}
    yield resource("connections", f"to-{name}", properties, tags=tags)
    site = {"gatewayIpAddress": address, "localNetworkAddressSpace": {"addressPrefixes": [prefix]}}
    yield resource("localNetworkGateways", name, site, tags=tags)


def inventory(variant: str) -> list[Json]:
    """Return the resources of one of `VARIANTS`."""
    gateway = {
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ"},
        "enableBgp": False,
        "ipConfigurations": [{"name": "default", "properties": {"subnet": link("virtualNetworks", "hub/subnets/GatewaySubnet")}}],
    }
    found = [resource("virtualNetworkGateways", "gw", gateway), *networks(), *tables(variant)]
    return [*found, *(one for name in PARTNERS for one in partner(name))]


def files() -> Iterator[tuple[Path, str]]:
    """Yield every file with the text it has to have."""
    for variant in VARIANTS:
        yield HERE / variant / "arm.json", text_of(inventory(variant))


if __name__ == "__main__":
    write(files())
