"""Reading virtual hubs: what their WAN allows, where routing intent sends private traffic, their route tables (azure.md 1.7, 4.10).

A connection is associated with one table, whose routes it gets, and propagates its own to others, by id or by label
(Microsoft Learn, virtual-wan/about-virtual-hub-routing). `virtualHubs.allowBranchToBranchTraffic` is for Route Server
(REST reference: transit for a virtual router hub); in a virtual WAN the flag of the WAN decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sguard.facts.reading import Properties, body, of_resource, prefixes
from s2sguard.model.address import ANY, AddressSet
from s2sguard.model.arm_types import HUB_ROUTE, ROUTING_INTENT
from s2sguard.model.inventory import NOT_READ, Inventory, Resource, fold_id
from s2sguard.model.value import Maybe, Unknown

DEFAULT_TABLE = "defaultroutetable"
NONE_TABLE = "noneroutetable"
DEFAULT_LABEL = "default"
_NO_HUB = Unknown("the gateway's virtual hub is not in the input")
_NO_WAN = Unknown("the virtual WAN is not in the input")
_ONLY_REFERRED = Unknown("the virtual hub is only referred to, and may have a routing intent")
_NOT_NAMED = Unknown("the connection propagates to no table by name, where Azure would name one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """`routingConfiguration` of a connection: folded ids of tables, and labels in lowercase."""

    hub: str
    associated: Maybe[str]
    tables: Maybe[frozenset[str]]
    labels: Maybe[frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """One virtual hub, as far as roads between its connections depend on it."""

    key: str
    name: str
    wan: Maybe[str]
    """Folded id; empty for none."""
    wan_name: str
    allows: Maybe[bool]
    """Branch-to-branch, of the WAN."""
    inspector: Maybe[str]
    """Name of the next hop of private traffic by routing intent; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One hub route table."""

    key: str
    name: str
    labels: Maybe[frozenset[str]]
    statics: Maybe[tuple[tuple[AddressSet, str], ...]]
    """(destinations, name of the next hop)."""


def read_hub(inventory: Inventory, hub_id: Maybe[str]) -> Hub:
    """Return the hub of a gateway; of one that is not in the input everything is unknown but its id."""
    key = "" if isinstance(hub_id, Unknown) else fold_id(hub_id)
    resource = inventory.get(key) if key else None
    if resource is None:
        why = hub_id if isinstance(hub_id, Unknown) else _NO_HUB
        return Hub(key=key, name=key.rsplit("/", 1)[-1], wan=why, wan_name="", allows=why, inspector=why)
    wan_id = of_resource(resource).reference("virtualwan")
    wan = inventory.get(wan_id) if isinstance(wan_id, str) and wan_id else None
    # Branch-to-branch is on unless somebody switches it off (Virtual WAN FAQ).
    allows: Maybe[bool] = of_resource(wan).flag("allowbranchtobranchtraffic", default=True) if wan is not None else _NO_WAN
    return Hub(
        key=resource.key,
        name=resource.name,
        wan=wan_id if isinstance(wan_id, Unknown) else fold_id(wan_id),
        wan_name="" if wan is None else wan.name,
        allows=wan_id if isinstance(wan_id, Unknown) else allows,
        inspector=_inspector(inventory, resource),
    )


def _inspector(inventory: Inventory, hub: Resource) -> Maybe[str]:
    """Return the next hop of `PrivateTraffic`, which takes all traffic from branch to branch and between hubs (azure.md 4.10)."""
    doubt: Unknown | None = _unread(inventory, hub)
    for intent in inventory.children(hub.id, ROUTING_INTENT):
        policies = of_resource(intent).items("routingpolicies")
        for policy in (policies,) if isinstance(policies, Unknown) else policies:
            found = _private_hop(policy)
            if isinstance(found, Unknown):
                doubt = doubt or found
            elif found:
                return found
    return doubt or ""


def _private_hop(policy: object) -> Maybe[str]:
    inner = body(policy)
    destinations = inner if isinstance(inner, Unknown) else inner.items("destinations")
    if isinstance(inner, Unknown) or isinstance(destinations, Unknown):
        return inner if isinstance(inner, Unknown) else Unknown("the destinations of a routing policy cannot be read")
    unread = next((one for one in destinations if isinstance(one, Unknown)), None)
    if not any(isinstance(one, str) and one.strip().lower() == "privatetraffic" for one in destinations):
        return unread or ""
    hop = inner.reference("nexthop")
    return "a next hop that cannot be read" if isinstance(hop, Unknown) or not hop else hop.rstrip("/").rsplit("/", 1)[-1]


def _unread(inventory: Inventory, hub: Resource) -> Unknown | None:
    if hub.existing:
        return _ONLY_REFERRED
    found = (gap for gap in inventory.gaps if gap.kind in NOT_READ and gap.resource is not None and fold_id(gap.resource) == hub.key)
    return next((Unknown(gap.reason) for gap in found), None)


def read_table(inventory: Inventory, key: str) -> Table:
    """Return a route table by its folded id. `defaultRouteTable` always has the label `default`."""
    name = key.rsplit("/", 1)[-1]
    resource = inventory.get(key)
    if resource is None:
        absent = Unknown(f"route table {name} is not in the input")
        return Table(key=key, name=name, labels=absent, statics=absent)
    properties = of_resource(resource)
    labels = _labels(properties)
    if name == DEFAULT_TABLE and not isinstance(labels, Unknown):
        labels |= {DEFAULT_LABEL}
    routes = properties.items("routes")
    if not isinstance(routes, Unknown):
        routes = (*routes, *(child.properties for child in inventory.children(key, HUB_ROUTE)))
    return Table(key=key, name=resource.name, labels=labels, statics=_statics(routes))


def _labels(properties: Properties) -> Maybe[frozenset[str]]:
    written = properties.items("labels")
    if isinstance(written, Unknown):
        return written
    unread = next((one if isinstance(one, Unknown) else Unknown("a label is no text") for one in written if not isinstance(one, str)), None)
    return unread or frozenset(one.strip().lower() for one in written if isinstance(one, str))


def _statics(routes: Maybe[tuple[object, ...]]) -> Maybe[tuple[tuple[AddressSet, str], ...]]:
    if isinstance(routes, Unknown):
        return routes
    found: list[tuple[AddressSet, str]] = []
    for route in routes:
        inner = body(route)
        if isinstance(inner, Unknown):
            return inner
        written = prefixes(inner.items("destinations"))
        # A destination that is a resource or a service, or cannot be read, may be anything.
        named = str(inner.get("destinationtype") or "CIDR").lower() != "cidr"
        hop = inner.reference("nexthop")
        name = "a next hop that cannot be read" if isinstance(hop, Unknown) else hop.rstrip("/").rsplit("/", 1)[-1]
        found.append((ANY if named or isinstance(written, Unknown) else written.addresses, name))
    return tuple(found)


def default_routing(hub: str) -> Routing:
    """Return what a connection has that says nothing: associated with the hub's default table and propagated to all of them."""
    table = f"{hub}/hubroutetables/{DEFAULT_TABLE}"
    return Routing(hub=hub, associated=table, tables=frozenset({table}), labels=frozenset({DEFAULT_LABEL}))


def read_routing(resource: Resource, hub: str) -> Routing:
    """Return the routing of a `vpnConnections` resource on a hub, given by its folded id."""
    usual = default_routing(hub)
    written = of_resource(resource).child("routingconfiguration")
    if written is None:
        return usual
    if isinstance(written, Unknown):
        return Routing(hub=hub, associated=written, tables=written, labels=written)
    associated = written.reference("associatedroutetable")
    propagated = written.child("propagatedroutetables")
    tables, labels = usual.tables, usual.labels
    if isinstance(propagated, Unknown):
        tables = labels = propagated
    elif propagated is not None:
        tables, labels = _ids(propagated), _labels(propagated)
        if not tables and not labels:
            tables = labels = _NOT_NAMED
    return Routing(
        hub=hub,
        associated=associated if isinstance(associated, Unknown) else fold_id(associated) or usual.associated,
        tables=tables,
        labels=labels,
    )


def _ids(propagated: Properties) -> Maybe[frozenset[str]]:
    tables = propagated.references("ids")
    return tables if isinstance(tables, Unknown) else frozenset(map(fold_id, tables))
