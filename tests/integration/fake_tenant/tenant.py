"""A seeded tenant of any size: the sample fleet, with what real estates have around it, and secrets where Azure may show them."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GENERATE = Path(__file__).resolve().parents[3] / "samples" / "fleet" / "generate.py"
SECRET = "planted-" + "key-that-must-not-be-seen"
"""In every place where an answer may hold a key; grepped for in everything a run writes."""
MANAGEMENT_GROUP = "partners"
ABROAD = 4
"""The hub in the first subscription that has a spoke in the second."""
Body = dict[str, Any]


def _generator() -> Any:  # noqa: ANN401  # a script, loaded as a module
    spec = importlib.util.spec_from_file_location("fleet_generate", GENERATE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(slots=True)
class Tenant:
    """Resources by folded id, with the listings a service makes of them."""

    resources: dict[str, Body] = field(default_factory=dict)
    groups: dict[str, dict[str, list[Body]]] = field(default_factory=dict)
    """Folded id of a group -> folded type -> its top-level resources, in the order of ids."""
    children: dict[str, list[Body]] = field(default_factory=dict)
    """Folded id of a collection, such as `.../virtualHubs/x/routingIntent` -> its members."""
    members: dict[str, list[Body]] = field(default_factory=dict)
    """Folded id of a gateway -> its connections, in full."""
    _sorted: list[str] = field(default_factory=list)

    @property
    def subscriptions(self) -> list[str]:
        """Ids of the subscriptions, sorted."""
        return sorted({key.split("/")[2] for key in self.groups})

    def add(self, body: Body) -> None:
        """Add a top-level or child resource."""
        key = body["id"].lower()
        self.resources[key] = body
        group, _, rest = key.partition("/providers/")
        if rest.count("/") > 2:
            self.children.setdefault(key.rpartition("/")[0], []).append(body)
            return
        self.groups.setdefault(group, {}).setdefault(body["type"].lower(), []).append(body)
        if body["type"] == "Microsoft.Network/connections":
            self.members.setdefault(body["properties"]["virtualNetworkGateway1"]["id"].lower(), []).append(body)

    def of_types(self, types: set[str], subscriptions: set[str]) -> Iterator[Body]:
        """Yield resources of folded types in some subscriptions, in the order of folded ids."""
        if len(self._sorted) != len(self.resources):
            self._sorted = sorted(self.resources)
        for key in self._sorted:
            body = self.resources[key]
            if body["type"].lower() in types and key.split("/")[2] in subscriptions:
                yield body


def build(*, gateways: int, partners: int, mistakes: float = 0.2, seed: int = 1) -> Tenant:
    """Return a tenant of `gateways` hubs, ten to a subscription, with `partners` connections each."""
    fleet = _generator().Fleet(partners=partners, spokes=2, mistakes=mistakes, seed=seed)
    tenant = Tenant()
    for number in range(gateways):
        for body in _spread(list(_dressed(list(fleet.gateway(number)), number)), number):
            tenant.add(body)
    if gateways > 1:
        for body in _wan(next(iter(tenant.groups)).split("/")[2]):
            tenant.add(body)
    for listing in (*tenant.children.values(), *(some for group in tenant.groups.values() for some in group.values())):
        listing.sort(key=lambda body: str(body["id"]).lower())
    return tenant


def _spread(resources: list[Body], number: int) -> list[Body]:
    """Return a hub's resources, those of one hub with a spoke in another subscription."""
    if number != ABROAD:
        return resources
    home = resources[0]["id"].partition("/resourceGroups/")[0]
    spoke = f"{resources[0]['id'].rpartition('/')[0]}/spoke-1"
    found: list[Body] = json.loads(json.dumps(resources).replace(spoke, spoke.replace(home, home.replace("00000000-", "00000001-"))))
    return found


def _resource(full_id: str, properties: Body) -> Body:
    parts = full_id.rsplit("/providers/", maxsplit=1)[-1].split("/")
    return {
        "id": full_id,
        "name": parts[-1],
        "type": "/".join([parts[0], *parts[1::2]]),
        "location": "uksouth",
        "tags": {},
        "properties": {"provisioningState": "Succeeded"} | properties,
    }


def _dressed(resources: list[Body], number: int) -> Iterator[Body]:
    """Yield one hub of the fleet with keys, route tables, a firewall, NAT rules and things that lie elsewhere."""
    by_type: dict[str, list[Body]] = {}
    for body in resources:
        by_type.setdefault(body["type"].rpartition("/")[2], []).append(body)
    hub, *spokes = by_type["virtualNetworks"]
    (gateway,) = by_type["virtualNetworkGateways"]
    home = gateway["id"].partition("/providers/")[0]
    table = f"{home}/providers/Microsoft.Network/routeTables/from-gateway"
    firewall = f"{home}/providers/Microsoft.Network/azureFirewalls/fw"
    subnet = hub["properties"]["subnets"][0]["properties"]
    subnet |= {"routeTable": {"id": table}, "ipConfigurations": [{"id": f"{gateway['id']}/ipConfigurations/default"}]}
    for connection in by_type.get("connections", []):
        connection["properties"] |= {"sharedKey": SECRET, "authorizationKey": SECRET}
    _nat(gateway, by_type.get("connections", []), number)
    if number % 3 == 0 and "connections" in by_type:
        # Away from its gateway, as Azure allows within a subscription.
        moved = by_type["connections"][-1]
        moved["id"] = moved["id"].replace(home, f"{home}-more")
    route = {"addressPrefix": "172.20.0.0/16", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "172.16.0.68"}
    yield from resources
    yield _resource(table, {"routes": [{"id": f"{table}/routes/spokes", "name": "spokes", "properties": route}]})
    inner = {"properties": {"privateIPAddress": "172.16.0.68", "subnet": {"id": f"{hub['id']}/subnets/AzureFirewallSubnet"}}}
    yield _resource(firewall, {"sku": {"name": "AZFW_VNet", "tier": "Standard"}, "ipConfigurations": [inner]})
    log = {"category": "IKEDiagnosticLog" if number % 2 else "RouteDiagnosticLog", "enabled": True}
    settings = f"{gateway['id']}/providers/Microsoft.Insights/diagnosticSettings/to-siem"
    yield _resource(settings, {"logs": [log], "workspaceId": f"{home}/providers/Microsoft.OperationalInsights/workspaces/siem"})
    if number % 5 == 0:
        yield from _express_route(hub, home, subnet)
    if number % 5 == 1:
        yield from _route_server(hub, home)
    assert len(spokes) == 2


def _nat(gateway: Body, connections: list[Body], number: int) -> None:
    rule = f"{gateway['id']}/natRules/out"
    mapping = {"internalMappings": [{"addressSpace": "10.0.0.0/24"}], "externalMappings": [{"addressSpace": "100.64.0.0/24"}]}
    if number % 4 == 0 and connections:
        body = _resource(rule, {"type": "Static", "mode": "IngressSnat"} | mapping)
        gateway["properties"]["natRules"] = [body]
        connections[0]["properties"]["ingressNatRules"] = [{"id": rule}]


def _express_route(hub: Body, home: str, subnet: Body) -> Iterator[Body]:
    gateway = f"{home}/providers/Microsoft.Network/virtualNetworkGateways/er"
    subnet["ipConfigurations"].append({"id": f"{gateway}/ipConfigurations/default"})
    configuration = {"name": "default", "properties": {"subnet": {"id": f"{hub['id']}/subnets/GatewaySubnet"}}}
    yield _resource(gateway, {"gatewayType": "ExpressRoute", "ipConfigurations": [configuration], "sku": {"name": "ErGw1AZ"}})


def _route_server(hub: Body, home: str) -> Iterator[Body]:
    server = f"{home}/providers/Microsoft.Network/virtualHubs/rs"
    inner = {"id": f"{hub['id']}/subnets/RouteServerSubnet"}
    subnet = {"addressPrefix": "172.16.0.96/27", "ipConfigurations": [{"id": f"{server}/ipConfigurations/default"}]}
    hub["properties"]["subnets"].append(_resource(inner["id"], subnet) | {"name": "RouteServerSubnet"})
    yield _resource(server, {"sku": "Standard"})
    yield _resource(f"{server}/ipConfigurations/default", {"subnet": inner})


def _wan(subscription: str) -> Iterator[Body]:
    """Yield one virtual WAN: hub, gateway with a connection, site, routing intent."""
    home = f"/subscriptions/{subscription}/resourceGroups/wan/providers/Microsoft.Network"
    wan, hub, gateway, site = (f"{home}/{name}" for name in ("virtualWans/wan", "virtualHubs/hub", "vpnGateways/vpn", "vpnSites/partner-w"))
    link = {"name": "one", "properties": {"vpnSiteLink": {"id": f"{site}/vpnSiteLinks/one"}, "sharedKey": SECRET}}
    connection = _resource(
        f"{gateway}/vpnConnections/partner-w",
        {"remoteVpnSite": {"id": site}, "sharedKey": SECRET, "vpnLinkConnections": [link]},
    )
    yield _resource(wan, {"allowBranchToBranchTraffic": True})
    yield _resource(hub, {"virtualWan": {"id": wan}, "vpnGateway": {"id": gateway}, "addressPrefix": "172.31.0.0/23"})
    yield _resource(gateway, {"virtualHub": {"id": hub}, "connections": [connection]})
    yield connection
    yield _resource(site, {"addressSpace": {"addressPrefixes": ["10.99.0.0/24"]}, "virtualWan": {"id": wan}})
    yield _resource(f"{hub}/routingIntent/intent", {"routingPolicies": []})
