"""ARM resource ids and types: one casing for each type, the type and parent that an id spells out, and inline children.

Types come in any casing (Resource Graph lowercases them, REST examples write `virtualWANs`), and recorded answers leave them out.
Names and paths are those of azure.md section 1 and of the REST examples in `Azure/azure-rest-api-specs`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from s2sguard.model.arm_types import (
    CONNECTION,
    GATEWAY,
    HUB_CONNECTION,
    HUB_GATEWAY,
    HUB_LINK_CONNECTION,
    HUB_NAT_RULE,
    NAT_RULE,
    PEERING,
    ROUTE,
    ROUTE_TABLE,
    SITE_LINK,
    SUBNET,
    VNET,
    WAN_SITE,
)

_NETWORK_TYPES = (
    "applicationGateways",
    "applicationSecurityGroups",
    "azureFirewalls",
    "bastionHosts",
    "connections",
    "connections/ikeSas",
    "ddosProtectionPlans",
    "expressRouteCircuits",
    "expressRouteCircuits/authorizations",
    "expressRouteCircuits/peerings",
    "expressRouteGateways",
    "expressRouteGateways/expressRouteConnections",
    "firewallPolicies",
    "firewallPolicies/ruleCollectionGroups",
    "ipGroups",
    "loadBalancers",
    "localNetworkGateways",
    "natGateways",
    "networkInterfaces",
    "networkSecurityGroups",
    "networkSecurityGroups/securityRules",
    "networkVirtualAppliances",
    "networkWatchers",
    "p2sVpnGateways",
    "privateEndpoints",
    "publicIPAddresses",
    "publicIPPrefixes",
    "routeFilters",
    "routeTables",
    "routeTables/routes",
    "virtualHubs",
    "virtualHubs/bgpConnections",
    "virtualHubs/hubRouteTables",
    "virtualHubs/hubVirtualNetworkConnections",
    "virtualHubs/ipConfigurations",
    "virtualHubs/routeMaps",
    "virtualHubs/routingIntent",
    "virtualNetworkGateways",
    "virtualNetworkGateways/natRules",
    "virtualNetworks",
    "virtualNetworks/subnets",
    "virtualNetworks/virtualNetworkPeerings",
    "virtualWans",
    "vpnGateways",
    "vpnGateways/natRules",
    "vpnGateways/vpnConnections",
    "vpnGateways/vpnConnections/vpnLinkConnections",
    "vpnServerConfigurations",
    "vpnSites",
    "vpnSites/vpnSiteLinks",
)
_CANONICAL = {f"microsoft.network/{name.lower()}": f"Microsoft.Network/{name}" for name in _NETWORK_TYPES}
# The REST examples and older API versions name a link connection after its model.
_CANONICAL["microsoft.network/vpngateways/vpnconnections/vpnsitelinkconnections"] = HUB_LINK_CONNECTION
# Named after its model as well; Azure Policy and ARM know `connections` alone (facts 2).
_CANONICAL["microsoft.network/virtualnetworkgatewayconnections"] = CONNECTION
_PROVIDERS = {
    name.lower(): name
    for name in (
        "Microsoft.Authorization",
        "Microsoft.Automation",
        "Microsoft.Cache",
        "Microsoft.Compute",
        "Microsoft.ContainerService",
        "Microsoft.DBforMySQL",
        "Microsoft.DBforPostgreSQL",
        "Microsoft.HybridCompute",
        "Microsoft.Insights",
        "Microsoft.KeyVault",
        "Microsoft.ManagedIdentity",
        "Microsoft.Network",
        "Microsoft.OperationalInsights",
        "Microsoft.OperationsManagement",
        "Microsoft.RecoveryServices",
        "Microsoft.Resources",
        "Microsoft.Sql",
        "Microsoft.Storage",
        "Microsoft.Web",
    )
}
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+(?:/[A-Za-z0-9_.-]+)+", re.ASCII)
_API_VERSION = re.compile(r"@[0-9A-Za-z.-]+\Z", re.ASCII)
_MEMO_LIMIT = 5_000
_PAIR = 2

RESOURCE_GROUP_TYPE = "Microsoft.Resources/subscriptions/resourceGroups"
SUBSCRIPTION_TYPE = "Microsoft.Resources/subscriptions"


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineChild:
    """A property of a parent whose elements are resources of their own."""

    property: str
    """Name of the parent's property, in lowercase."""
    segment: str
    """Segment of the child's id between its parent's id and its name."""
    type: str


def _inline(prop: str, child_type: str) -> InlineChild:
    return InlineChild(property=prop.lower(), segment=child_type.rsplit("/", 1)[1], type=child_type)


INLINE_CHILDREN: dict[str, tuple[InlineChild, ...]] = {
    VNET: (_inline("subnets", SUBNET), _inline("virtualNetworkPeerings", PEERING)),
    GATEWAY: (_inline("natRules", NAT_RULE),),
    ROUTE_TABLE: (_inline("routes", ROUTE),),
    HUB_GATEWAY: (_inline("connections", HUB_CONNECTION), _inline("natRules", HUB_NAT_RULE)),
    HUB_CONNECTION: (_inline("vpnLinkConnections", HUB_LINK_CONNECTION),),
    WAN_SITE: (_inline("vpnSiteLinks", SITE_LINK),),
}
"""Parent type -> its inline children. Not `hubRouteTables.routes` and the like: those have no id and no name of their own."""

KNOWN_TYPES = frozenset(_CANONICAL.values())
"""Types of our table; of any other type we cannot say that it must have properties."""


class _Types(dict[str, str | None]):
    """A type as written -> in Azure's casing, or None if it is no ARM type. Bounded, because types come from outside."""

    def __missing__(self, written: str) -> str | None:
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        self[written] = found = _canonical(written)
        return found


_TYPES = _Types()


def canonical_type(written: object) -> str | None:
    """Return a type in Azure's casing (`Microsoft.Network/connections`), or None if this is no ARM type.

    An API version behind it (`...@2023-09-01`, as azapi and Bicep write) is dropped.
    """
    return _TYPES[written] if isinstance(written, str) else None


def _canonical(written: str) -> str | None:
    bare = _API_VERSION.sub("", written.strip())
    if not _TYPE.fullmatch(bare):
        return None
    known = _CANONICAL.get(bare.lower())
    if known is not None:
        return known
    head, _, tail = bare.rpartition("/")
    parent = _CANONICAL.get(head.lower())
    if parent is not None:
        return f"{parent}/{tail}"
    provider, _, rest = bare.partition("/")
    return f"{_PROVIDERS.get(provider.lower(), provider)}/{rest}"


def is_child_type(resource_type: str) -> bool:
    """Say whether resources of this type stand inside another one: `provider/parents/children`."""
    return resource_type.count("/") >= _PAIR


def type_of_id(resource_id: str) -> str | None:
    """Return the type an id spells out, in Azure's casing, or None if it is no ARM resource id."""
    segments = _segments(resource_id)
    if segments is None:
        return _scope_type(resource_id)
    return canonical_type("/".join([segments[0], *segments[1::_PAIR]]))


def parent_of_id(resource_id: str) -> str | None:
    """Return the id of the parent resource that a child's id spells out, or None for a top-level resource."""
    segments = _segments(resource_id)
    if segments is None or len(segments) < 1 + 2 * _PAIR:
        return None
    return resource_id.rstrip("/").rsplit("/", _PAIR)[0]


def name_of_id(resource_id: str) -> str:
    """Return the last segment of an id."""
    return resource_id.rstrip("/").rpartition("/")[2]


def resource_group_of_id(resource_id: str) -> str | None:
    """Return the resource group an id lies in, as written, or None."""
    segments = resource_id.strip("/").split("/")
    inside = len(segments) >= 2 * _PAIR and segments[_PAIR].lower() == "resourcegroups"
    return segments[_PAIR + 1] if inside else None


def build_id(resource_type: str, name: str, *, subscription: str = "", group: str = "") -> str:
    """Return the id of a resource known by type and name (`gateway/rule` for a child), as far as the scope is known.

    Without a scope the id starts with `/providers/`: enough to tell resources apart, though nothing in Azure has it.
    """
    provider, *types = resource_type.split("/")
    names = name.split("/")
    pairs = zip(types, names, strict=True) if len(types) == len(names) else [("/".join(types), name)]
    scope = (f"/subscriptions/{subscription}" if subscription else "") + (f"/resourceGroups/{group}" if group else "")
    return f"{scope}/providers/{provider}/" + "/".join(f"{kind}/{part}" for kind, part in pairs)


def _segments(resource_id: str) -> list[str] | None:
    """Return provider, type, name, type, name... of an id, or None. An extension resource counts from its own provider."""
    at = resource_id.lower().rfind("/providers/")
    if at < 0:
        return None
    segments = resource_id[at + len("/providers/") :].rstrip("/").split("/")
    complete = len(segments) > _PAIR and len(segments) % _PAIR == 1 and all(segments)
    return segments if complete else None


def _scope_type(resource_id: str) -> str | None:
    segments = resource_id.strip("/").lower().split("/")
    if len(segments) == _PAIR and segments[0] == "subscriptions":
        return SUBSCRIPTION_TYPE
    is_group = len(segments) == 2 * _PAIR and segments[::_PAIR] == ["subscriptions", "resourcegroups"]
    return RESOURCE_GROUP_TYPE if is_group else None
