"""From resources to an estate: which connections end on which gateway, with which sites and networks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from s2sguard.facts.options import FactsOptions
from s2sguard.facts.read_connection import read_connection, read_site
from s2sguard.facts.read_device import read_devices
from s2sguard.facts.read_extensions import ExtensionFinder, RoadDoubts
from s2sguard.facts.read_gateway import GatewayReader
from s2sguard.facts.read_observed import observation_of
from s2sguard.facts.wan_estate import WanContext, wan_estate
from s2sguard.model.arm_types import CONNECTION, DIAGNOSTIC_SETTING, GATEWAY, IKE_SAS, SITE
from s2sguard.model.estate import Connection, Estate, Site
from s2sguard.model.inventory import NOT_READ, GapKind, Inventory, Resource, fold_id
from s2sguard.model.stand_ins import has_stand_in, may_be_same, with_names
from s2sguard.model.value import Unknown

_UNREAD: frozenset[GapKind] = frozenset({"unreadable-file", "not-json", "too-large", "too-deep", "truncated-listing", "unknown-shape"})
_LEFT_OUT: frozenset[GapKind] = frozenset({"unreadable-value", "conflicting-duplicates"})
"""Gaps about a resource; where there is none to name, the whole of it was left out."""
_GATEWAY_ID = re.compile(
    r"(/subscriptions/[\w.()-]+)?(/resourcegroups/[\w.()-]+)?/providers/microsoft\.network/virtualnetworkgateways/[\w.()-]+|terraform:.+"
)
"""A folded id. Any other spelling may mean any gateway: ARM takes more of them than this could ever know."""

_MOST_COMPARED = 500
"""Gateways of which one connection's may be any, that are compared; of more it is taken for granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Why any gateway of an input may be more than is seen of it. Of a shard, these are the doubts of the whole input."""

    connections: str = ""
    """Why there may be connections that were not read; empty if there is no reason."""
    roads: RoadDoubts = field(default_factory=RoadDoubts)
    settings: bool = False
    """There are diagnostic settings of something, so a gateway without any is one nobody was asked about."""


def build_estate(inventory: Inventory, options: FactsOptions, doubts: Doubts | None = None) -> Estate:
    """Resolve references between connections, gateways, sites and networks. Order follows the inventory.

    `doubts` are those of the whole input where the inventory is a shard of it; None works them out of the inventory.
    """
    sites = {resource.key: read_site(resource, options.identity) for resource in inventory.of_type(SITE)}
    connections = [_connection(inventory, resource, sites, options) for resource in inventory.of_type(CONNECTION)]
    extensions = ExtensionFinder(inventory, connections, None if doubts is None else doubts.roads)
    by_gateway, adrift = _by_gateway(inventory, connections)
    doubt = _doubt(inventory, by_gateway, adrift, options) if doubts is None else doubts.connections
    settings = doubts is not None and doubts.settings
    reader = GatewayReader(inventory, options, sites, extensions, doubt, _touched(inventory), settings=settings)
    gateways = [reader.read(resource, by_gateway.pop(resource.key, [])) for resource in inventory.of_type(GATEWAY)]
    gateways.extend(reader.absent(key, members) for key, members in by_gateway.items())
    gateways.extend(reader.nowhere(connection) for connection in adrift)
    hub_gateways, wan_sites = wan_estate(WanContext(inventory, options, reader.incomplete, reader.absent, reader.nowhere, settings))
    gateways.extend(read_devices(inventory, options))
    return Estate(gateways=(*gateways, *hub_gateways), sites=(*sites.values(), *wan_sites))


def doubts_of(inventory: Inventory, options: FactsOptions, types: Container[str]) -> Doubts:
    """Return the doubts of an input, from all its gaps and those of its resources that `links.clues_of` suspects.

    What these refer to has to be in the inventory as well; everything else may be. `types` are those of all resources of the input.
    """
    connections = [read_connection(resource, {}, options.identity) for resource in inventory.of_type(CONNECTION)]
    by_gateway, adrift = _by_gateway(inventory, connections)
    roads = ExtensionFinder(inventory, connections).doubts
    return Doubts(connections=_doubt(inventory, by_gateway, adrift, options), roads=roads, settings=DIAGNOSTIC_SETTING in types)


def names_a_gateway(key: str) -> bool:
    """Say whether a folded id is one of a virtual network gateway, in the spelling that ARM returns."""
    return _GATEWAY_ID.fullmatch(with_names(key)) is not None


def _by_gateway(inventory: Inventory, connections: Iterable[Connection]) -> tuple[dict[str, list[Connection]], list[Connection]]:
    """Return connections by the folded id of their gateway, and those whose gateway is not known for certain."""
    found: dict[str, list[Connection]] = defaultdict(list)
    adrift: list[Connection] = []
    here = {resource.key for resource in inventory.of_type(GATEWAY)}
    for connection in connections:
        key = connection.gateway_key
        if isinstance(key, Unknown) or not (key in here or names_a_gateway(key)):
            adrift.append(connection)
        else:
            found[key].append(connection)
    return found, adrift


def _connection(inventory: Inventory, resource: Resource, sites: Mapping[str, Site], options: FactsOptions) -> Connection:
    """Read a connection with what was seen of it."""
    seen = observation_of(inventory.children(resource.id, IKE_SAS))
    return read_connection(resource, sites, options.identity, seen)


def _either_way(here: set[str], by_gateway: Mapping[str, Sequence[Connection]]) -> list[Connection]:
    """Return connections whose gateway is not in the input by its id, and may be one that is: an id is only known in parts."""
    partly = [key for key in here if has_stand_in(key)]
    for key, connections in by_gateway.items():
        others = () if key in here else here if has_stand_in(key) else partly
        if len(others) > _MOST_COMPARED or any(may_be_same(key, other) for other in others):
            return list(connections)
    return []


def _doubt(
    inventory: Inventory, by_gateway: Mapping[str, Sequence[Connection]], adrift: Sequence[Connection], options: FactsOptions
) -> str:
    """Return why any gateway of this input may have connections that were not read; empty if there is no reason."""
    if options.complete:
        return ""
    for gap in inventory.gaps:
        if gap.kind in NOT_READ and gap.resource is not None:
            continue
        if gap.kind in _UNREAD or (gap.kind in _LEFT_OUT and gap.resource is None):
            return f"other connections may exist: {gap.reason}"
    unsure = [*adrift, *_either_way({resource.key for resource in inventory.of_type(GATEWAY)}, by_gateway)]
    if unsure:
        return f"other connections may exist: the gateway of connection {unsure[0].name} is not known for certain"
    return ""


def _touched(inventory: Inventory) -> dict[str, str]:
    """Return, per folded id, why a live run could not read all of it. Of a gateway that may be its list of connections."""
    return {
        fold_id(gap.resource): f"other connections may exist: {gap.reason}"
        for gap in reversed(inventory.gaps)
        if gap.kind in NOT_READ and gap.resource is not None
    }
