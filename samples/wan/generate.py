# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""Write `arm.json` of every hub: `python -m samples.wan.generate`. A test checks that they are up to date.

One virtual WAN hub with two partners, whose tunnels are as the portal makes them; only what the hub routes differs.
Values stand where the REST reference (`Microsoft.Network`, virtual WAN) has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samples.writing import text_of, write

HERE = Path(__file__).resolve().parent
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/partners"
BASE = f"{GROUP}/providers/Microsoft.Network"
HUB = f"{BASE}/virtualHubs/hub"
HUBS = ("open", "isolated", "inspected")
PARTNERS = {"red": ("10.1.0.0/16", "52.232.103.208"), "blue": ("10.2.0.0/16", "52.232.103.209")}


def resource(path: str, kind: str, properties: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return a resource below `BASE`."""
    return {
        "id": f"{BASE}/{path}",
        "name": path.rsplit("/", 1)[-1],
        "type": f"Microsoft.Network/{kind}",
        **more,
        "properties": properties,
    }


def table(name: str) -> dict[str, str]:
    """Return a reference to a route table of the hub."""
    return {"id": f"{HUB}/hubRouteTables/{name}"}


def routing(*tables: str, labels: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return `routingConfiguration`: every branch is associated with the default table, as Azure wants it."""
    propagated = {"ids": [table(name) for name in tables], "labels": list(labels)}
    return {"associatedRouteTable": table("defaultRouteTable"), "propagatedRouteTables": propagated}


def connection(partner: str, routes: dict[str, Any]) -> dict[str, Any]:
    """Return a partner's connection with its one link."""
    site = f"{BASE}/vpnSites/{partner}"
    link = {
        "name": "link1",
        "properties": {
            "vpnSiteLink": {"id": f"{site}/vpnSiteLinks/link1"},
            "vpnLinkConnectionMode": "Default",
            "vpnConnectionProtocolType": "IKEv2",
            "usePolicyBasedTrafficSelectors": False,
            "ipsecPolicies": [],
            "enableBgp": False,
        },
    }
    properties = {"remoteVpnSite": {"id": site}, "routingConfiguration": routes, "vpnLinkConnections": [link]}
    return resource(f"vpnGateways/hub-gw/vpnConnections/to-{partner}", "vpnGateways/vpnConnections", properties)


def site(partner: str) -> dict[str, Any]:
    """Return a partner's site."""
    prefix, address = PARTNERS[partner]
    links = [{"id": f"{BASE}/vpnSites/{partner}/vpnSiteLinks/link1", "name": "link1", "properties": {"ipAddress": address}}]
    properties = {"virtualWan": {"id": f"{BASE}/virtualWans/wan"}, "addressSpace": {"addressPrefixes": [prefix]}, "vpnSiteLinks": links}
    return resource(f"vpnSites/{partner}", "vpnSites", properties, tags={"partner": partner})


def hub_table(name: str, labels: list[str]) -> dict[str, Any]:
    """Return a route table of the hub without static routes."""
    return resource(f"virtualHubs/hub/hubRouteTables/{name}", "virtualHubs/hubRouteTables", {"labels": labels, "routes": []})


def inventory(kind: str) -> list[dict[str, Any]]:
    """Return the resources of one of `HUBS`."""
    routes = routing("services") if kind == "isolated" else routing("defaultRouteTable", labels=("default",))
    hub = {
        "virtualWan": {"id": f"{BASE}/virtualWans/wan"},
        "addressPrefix": "172.30.0.0/23",
        "vpnGateway": {"id": f"{BASE}/vpnGateways/hub-gw"},
    }
    vnet = {"remoteVirtualNetwork": {"id": f"{BASE}/virtualNetworks/workload"}}
    found = [
        resource("virtualWans/wan", "virtualWans", {"allowBranchToBranchTraffic": True, "type": "Standard", "virtualHubs": [{"id": HUB}]}),
        resource("virtualHubs/hub", "virtualHubs", hub),
        hub_table("defaultRouteTable", ["default"]),
        resource("virtualHubs/hub/hubVirtualNetworkConnections/workload", "virtualHubs/hubVirtualNetworkConnections", vnet),
        resource("virtualNetworks/workload", "virtualNetworks", {"addressSpace": {"addressPrefixes": ["172.16.0.0/16"]}}),
        resource(
            "vpnGateways/hub-gw", "vpnGateways", {"virtualHub": {"id": HUB}, "connections": [connection(one, routes) for one in PARTNERS]}
        ),
        *(site(one) for one in PARTNERS),
    ]
    if kind == "isolated":
        found.append(hub_table("services", []))
    if kind == "inspected":
        policy = {"name": "private", "destinations": ["PrivateTraffic"], "nextHop": f"{BASE}/azureFirewalls/hub-firewall"}
        found.append(resource("virtualHubs/hub/routingIntent/intent", "virtualHubs/routingIntent", {"routingPolicies": [policy]}))
        found += firewall()
    return found


def firewall() -> list[dict[str, Any]]:
    """Return the hub's firewall, whose one rule lets partners reach the workload and nobody else."""
    rule = {
        "ruleType": "NetworkRule",
        "name": "to-workload",
        "ipProtocols": ["TCP"],
        "sourceAddresses": [prefix for prefix, _ in PARTNERS.values()],
        "destinationAddresses": ["172.16.0.0/16"],
        "destinationPorts": ["443"],
    }
    collection = {
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
        "name": "partners",
        "priority": 100,
        "action": {"type": "Allow"},
        "rules": [rule],
    }
    policy = {"id": f"{BASE}/firewallPolicies/hub-policy"}
    group = {"priority": 200, "ruleCollections": [collection]}
    properties = {"sku": {"name": "AZFW_Hub", "tier": "Standard"}, "virtualHub": {"id": HUB}, "firewallPolicy": policy}
    return [
        resource("azureFirewalls/hub-firewall", "azureFirewalls", properties),
        resource("firewallPolicies/hub-policy", "firewallPolicies", {"sku": {"tier": "Standard"}}),
        resource("firewallPolicies/hub-policy/ruleCollectionGroups/partners", "firewallPolicies/ruleCollectionGroups", group),
    ]


def files() -> Iterator[tuple[Path, str]]:
    """Yield every file with the text it must hold."""
    for kind in HUBS:
        yield HERE / kind / "arm.json", text_of(inventory(kind))


if __name__ == "__main__":
    write(files())
