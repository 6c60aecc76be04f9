"""Inventories for tests, in ARM's shape."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from s2sguard.facts import FactsOptions, build_document
from s2sguard.facts.document import ConnectionFacts, FactsDocument, GatewayFacts, SiteFacts
from s2sguard.model.inventory import Gap, Inventory, Resource, Source
from s2sguard.model.value import Unknown

NETWORK = "Microsoft.Network"
PREFIX = f"/subscriptions/s/resourceGroups/g/providers/{NETWORK}"
OPTIONS = FactsOptions(today=date(2026, 11, 23))
POLICY = {
    "saLifeTimeSeconds": 27000,
    "saDataSizeKilobytes": 102400000,
    "ipsecEncryption": "GCMAES256",
    "ipsecIntegrity": "GCMAES256",
    "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA384",
    "dhGroup": "ECP384",
    "pfsGroup": "ECP384",
}


def arm_id(kind: str, name: str) -> str:
    """The id of a top-level network resource."""
    return f"{PREFIX}/{kind}/{name}"


def resource(
    kind: str, name: str, properties: Mapping[str, Any], *, tags: Mapping[str, object] | Unknown | None = None, existing: bool = False
) -> Resource:
    """One resource; `kind` like `virtualNetworks/subnets` with `name` like `hub/GatewaySubnet` makes a child."""
    kinds, names = kind.split("/"), name.split("/")
    full = PREFIX + "".join(f"/{one}/{other}" for one, other in zip(kinds, names, strict=True))
    parent = full.rsplit("/", 2)[0] if len(kinds) > 1 else None
    return Resource(
        id=full,
        type=f"{NETWORK}/{kind}",
        name=names[-1],
        properties=properties,
        tags={} if tags is None else tags,
        source=Source(file="test.json"),
        parent=parent,
        existing=existing,
    )


def connection(name: str, *, tags: Mapping[str, object] | Unknown | None = None, **changes: Any) -> Resource:
    """A hardened connection to the site of the same name; a change to None omits the property."""
    properties = {
        "connectionType": "IPsec",
        "connectionMode": "InitiatorOnly",
        "connectionProtocol": "IKEv2",
        "usePolicyBasedTrafficSelectors": True,
        "virtualNetworkGateway1": {"id": arm_id("virtualNetworkGateways", "gw")},
        "localNetworkGateway2": {"id": arm_id("localNetworkGateways", name)},
        "ipsecPolicies": [POLICY],
        "trafficSelectorPolicies": [{"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": [REMOTE[name]]}],
    } | changes
    return resource("connections", name, {key: value for key, value in properties.items() if value is not None}, tags=tags)


REMOTE = {"red": "10.1.0.0/16", "blue": "10.2.0.0/16", "own": "10.9.0.0/16"}


def site(name: str, *, tags: Mapping[str, object] | Unknown | None = None, prefixes: list[str] | None = None, **changes: Any) -> Resource:
    """A site with one prefix and a public peer."""
    space = {"addressPrefixes": [REMOTE[name]] if prefixes is None else prefixes}
    return resource("localNetworkGateways", name, {"gatewayIpAddress": "52.1.2.3", "localNetworkAddressSpace": space} | changes, tags=tags)


def gateway(name: str = "gw", *, existing: bool = False, **changes: Any) -> Resource:
    """A route-based gateway in the hub."""
    subnet = {"id": f"{PREFIX}/virtualNetworks/hub/subnets/GatewaySubnet"}
    properties = {
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ"},
        "ipConfigurations": [{"name": "default", "properties": {"subnet": subnet}}],
    } | changes
    return resource("virtualNetworkGateways", name, properties, existing=existing)


def vnet(name: str, *prefixes: str, existing: bool = False) -> Resource:
    """A network."""
    return resource("virtualNetworks", name, {"addressSpace": {"addressPrefixes": list(prefixes)}}, existing=existing)


def peering(vnet_name: str, remote: str, **changes: Any) -> Resource:
    """One side of a peering, named after the remote network."""
    properties = {"remoteVirtualNetwork": {"id": arm_id("virtualNetworks", remote)}, "peeringState": "Connected"} | changes
    return resource("virtualNetworks/virtualNetworkPeerings", f"{vnet_name}/to-{remote}", properties)


def subnet(network: str, name: str, *prefixes: str, table: str = "") -> Resource:
    """A subnet, with the route table of this name."""
    used = {"routeTable": {"id": arm_id("routeTables", table)}} if table else {}
    return resource("virtualNetworks/subnets", f"{network}/{name}", {"addressPrefixes": list(prefixes)} | used)


GATEWAY_SUBNET = subnet("hub", "GatewaySubnet", "172.16.1.0/27")
LAB = (gateway(), vnet("hub", "172.16.1.0/24"), connection("red"), connection("blue"), site("red"), site("blue"), GATEWAY_SUBNET)
"""The article's hardened lab without its spoke."""


def document(*resources: Resource, gaps: tuple[Gap, ...] = (), options: FactsOptions = OPTIONS) -> FactsDocument:
    """The facts of some resources; of resources with one id the last wins."""
    unique = {one.key: one for one in resources}
    return build_document(Inventory(unique.values(), gaps), options)


def connection_facts(*resources: Resource, name: str = "red", options: FactsOptions = OPTIONS) -> ConnectionFacts:
    """The facts of one connection."""
    return next(facts for facts in document(*resources, options=options)["connections"] if facts["name"] == name)


def site_facts(*resources: Resource, name: str = "red", options: FactsOptions = OPTIONS) -> SiteFacts:
    """The facts of one site."""
    return next(facts for facts in document(*resources, options=options)["sites"] if facts["name"] == name)


def gateway_facts(*resources: Resource, options: FactsOptions = OPTIONS) -> GatewayFacts:
    """The facts of the first gateway."""
    return document(*resources, options=options)["gateways"][0]


UNKNOWN = Unknown("known only after apply")
