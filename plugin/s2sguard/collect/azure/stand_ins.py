"""A resource that exists and could not be read: everything about it is unknown, and what it is attached to stays known.

Without it, the other connections of the gateway would be judged as if this one were not there, and a site's connections as if
nobody had tagged it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from s2sguard.collect.azure.gaps import source_of
from s2sguard.collect.azure.references import Want
from s2sguard.collect.resource_types import name_of_id
from s2sguard.collect.secrets import without_secrets
from s2sguard.model.arm_types import CONNECTION, SITE
from s2sguard.model.inventory import Resource
from s2sguard.model.value import Unknown

_PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = {
    # Every property of facts 1.1 and 1.2 that can be written.
    CONNECTION: (
        "authenticationType",
        "certificateAuthentication",
        "connectionMode",
        "connectionProtocol",
        "connectionType",
        "dpdTimeoutSeconds",
        "egressNatRules",
        "enableBgp",
        "expressRouteGatewayBypass",
        "gatewayCustomBgpIpAddresses",
        "ingressNatRules",
        "ipsecPolicies",
        "localNetworkGateway2",
        "peer",
        "routingConfiguration",
        "routingWeight",
        "trafficSelectorPolicies",
        "tunnelProperties",
        "useLocalAzureIpAddress",
        "usePolicyBasedTrafficSelectors",
        "virtualNetworkGateway2",
    ),
    SITE: ("bgpSettings", "fqdn", "gatewayIpAddress", "localNetworkAddressSpace"),
}
_KNOWN: Final = ("virtualNetworkGateway1", "virtualNetworkGateway2", "localNetworkGateway2", "connectionType")
"""What a listing that names a connection says about it for certain."""
_GATEWAY: Final = "virtualNetworkGateway1"


def stand_in(want: Want, reason: str) -> Resource | None:
    """Return what stands for an unread connection or site; None for other types, and for a connection of no known gateway."""
    names = _PROPERTIES.get(want.type)
    if names is None:
        return None
    why = Unknown(reason)
    properties: dict[str, object] = dict.fromkeys(names, why)
    if want.type == CONNECTION:
        known = without_secrets(want.hint.get("properties", {}))
        given = {name: known[name] for name in _KNOWN if known.get(name)} if isinstance(known, dict) else {}
        if _GATEWAY not in given:
            return None
        properties |= given
    return Resource(
        id=want.id,
        type=want.type,
        name=name_of_id(want.id),
        properties=properties,
        tags=why,
        source=source_of(want.id),
    )
