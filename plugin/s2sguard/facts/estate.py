"""From resources to an estate: which connections end on which gateway, with which sites and networks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from s2sguard.facts.options import FactsOptions
from s2sguard.facts.read_connection import read_connection, read_site
from s2sguard.facts.read_extensions import GATEWAY
from s2sguard.facts.read_gateway import GatewayReader
from s2sguard.model.estate import Connection, Estate
from s2sguard.model.inventory import GapKind, Inventory
from s2sguard.model.value import Unknown

CONNECTION = "Microsoft.Network/connections"
SITE = "Microsoft.Network/localNetworkGateways"

_UNREAD_FILES: frozenset[GapKind] = frozenset({"unreadable-file", "not-json", "too-large", "too-deep", "truncated-listing"})


def build_estate(inventory: Inventory, options: FactsOptions) -> Estate:
    """Resolve references between connections, gateways, sites and networks. Order follows the inventory."""
    sites = {resource.key: read_site(resource, options.identity) for resource in inventory.of_type(SITE)}
    connections = [read_connection(resource, sites, options.identity) for resource in inventory.of_type(CONNECTION)]
    by_gateway: dict[str, list[Connection]] = defaultdict(list)
    adrift: list[Connection] = []
    for connection in connections:
        if isinstance(connection.gateway_key, Unknown) or not connection.gateway_key:
            adrift.append(connection)
        else:
            by_gateway[connection.gateway_key].append(connection)
    doubt = _doubt(inventory, adrift, options)
    reader = GatewayReader(inventory, options, sites, connections, doubt)
    gateways = [reader.read(resource, by_gateway.pop(resource.key, [])) for resource in inventory.of_type(GATEWAY)]
    gateways.extend(reader.absent(key, members) for key, members in by_gateway.items())
    gateways.extend(reader.nowhere(connection) for connection in adrift)
    return Estate(gateways=tuple(gateways), sites=tuple(sites.values()))


def _doubt(inventory: Inventory, adrift: Sequence[Connection], options: FactsOptions) -> str:
    """Return why any gateway of this input may have connections that were not read; empty if there is no reason."""
    if options.complete:
        return ""
    for gap in inventory.gaps:
        if gap.kind in _UNREAD_FILES:
            return f"other connections may exist: {gap.reason}"
    if adrift:
        return f"other connections may exist: the gateway of connection {adrift[0].name} is unknown"
    return ""
