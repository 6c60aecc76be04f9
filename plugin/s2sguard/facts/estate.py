"""From resources to an estate: which connections end on which gateway, with which sites and networks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from s2sguard.facts.options import FactsOptions
from s2sguard.facts.read_connection import read_connection, read_site
from s2sguard.facts.read_gateway import GatewayReader
from s2sguard.model.arm_types import CONNECTION, GATEWAY, SITE
from s2sguard.model.estate import Connection, Estate
from s2sguard.model.inventory import GapKind, Inventory
from s2sguard.model.value import Unknown

_UNREAD: frozenset[GapKind] = frozenset({"unreadable-file", "not-json", "too-large", "too-deep", "truncated-listing", "unknown-shape"})
_LEFT_OUT: frozenset[GapKind] = frozenset({"unreadable-value", "conflicting-duplicates"})
"""Gaps about a resource; where there is none to name, the whole of it was left out."""
_GATEWAY_ID = re.compile(
    r"(/subscriptions/[\w.()-]+)?(/resourcegroups/[\w.()-]+)?/providers/microsoft\.network/virtualnetworkgateways/[\w.()-]+|terraform:.+"
)
"""A folded id. Any other spelling may mean any gateway: ARM takes more of them than this could ever know."""


def build_estate(inventory: Inventory, options: FactsOptions) -> Estate:
    """Resolve references between connections, gateways, sites and networks. Order follows the inventory."""
    sites = {resource.key: read_site(resource, options.identity) for resource in inventory.of_type(SITE)}
    connections = [read_connection(resource, sites, options.identity) for resource in inventory.of_type(CONNECTION)]
    by_gateway: dict[str, list[Connection]] = defaultdict(list)
    adrift: list[Connection] = []
    here = {resource.key for resource in inventory.of_type(GATEWAY)}
    for connection in connections:
        if isinstance(connection.gateway_key, Unknown) or not (
            connection.gateway_key in here or _GATEWAY_ID.fullmatch(connection.gateway_key)
        ):
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
        if gap.kind in _UNREAD or (gap.kind in _LEFT_OUT and gap.resource is None):
            return f"other connections may exist: {gap.reason}"
    if adrift:
        return f"other connections may exist: the gateway of connection {adrift[0].name} is unknown"
    return ""
