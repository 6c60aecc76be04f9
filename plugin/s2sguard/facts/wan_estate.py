"""From virtual WAN resources to gateways: hub gateways with one connection per link, and the roads between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from s2sguard.facts.hub_routes import HubRoutes
from s2sguard.facts.learned import Route, learned_by
from s2sguard.facts.options import FactsOptions
from s2sguard.facts.read_diagnostics import ike_log_of
from s2sguard.facts.read_firewall import hub_firewall
from s2sguard.facts.read_gateway import nat_rules_of
from s2sguard.facts.read_hub import Hub, read_hub, read_routing
from s2sguard.facts.read_wan import read_wan_connections, read_wan_site
from s2sguard.facts.reading import of_resource, prefixes, space
from s2sguard.model.address import ANY, AddressSet
from s2sguard.model.arm_types import HUB, HUB_CONNECTION, HUB_GATEWAY, HUB_NAT_RULE, HUB_NETWORK, WAN_SITE
from s2sguard.model.estate import Connection, Extension, Gateway, Network, Passage, Prefixes, Site, VirtualHub
from s2sguard.model.inventory import Inventory, Resource, fold_id
from s2sguard.model.value import Maybe, Unknown

_NO_SKU = Unknown("a gateway of a virtual WAN has scale units instead of a SKU")
_NO_HUB = Unknown("the gateway's virtual hub is not in the input")
_NO_NETWORKS = Unknown("no network connection of the virtual hub is in the input")
_HUB_UNREAD = Passage(certain=False, possible=ANY, doubt=_NO_HUB.reason, by="")
_NEIGHBOURS = (("p2svpngateway", "P2S"), ("expressroutegateway", "ExpressRoute"))


@dataclass(frozen=True, slots=True)
class WanContext:
    """What the estate knows of its input before it reads virtual WAN."""

    inventory: Inventory
    options: FactsOptions
    incomplete: Callable[[Resource], str]
    """Why connections of a gateway may be missing."""
    absent: Callable[[str, Sequence[Connection]], Gateway]
    """A gateway known from its connections alone."""
    nowhere: Callable[[Connection], Gateway]
    settings: bool
    """There are diagnostic settings of something."""


def wan_estate(context: WanContext) -> tuple[list[Gateway], list[Site]]:
    """Return the gateways of virtual hubs, and the sites of virtual WANs."""
    inventory, identity = context.inventory, context.options.identity
    sites = {one.key: read_wan_site(inventory, one, identity) for one in inventory.of_type(WAN_SITE)}
    found = [site.site for site in sites.values()]
    connections: dict[str, list[tuple[Resource, list[Connection]]]] = defaultdict(list)
    adrift: list[Connection] = []
    for resource in inventory.of_type(HUB_CONNECTION):
        links = list(read_wan_connections(inventory, resource, sites, identity))
        if resource.parent is None:
            adrift.extend(links)
        else:
            connections[fold_id(resource.parent)].append((resource, links))
    gateways = _gateways(context, connections)
    for key, members in connections.items():
        unread = [replace(link, passage=_HUB_UNREAD) for _, links in members for link in links]
        gateways.append(replace(context.absent(key, unread), vpn_type="RouteBased", gateway_type="Vpn", default_site_id=""))
    gateways.extend(
        replace(context.nowhere(replace(one, passage=_HUB_UNREAD)), vpn_type="RouteBased", default_site_id="") for one in adrift
    )
    return gateways, found


def _gateways(context: WanContext, connections: dict[str, list[tuple[Resource, list[Connection]]]]) -> list[Gateway]:
    """Take out of `connections` what belongs to gateways in the input, and return these."""
    inventory = context.inventory
    resources = inventory.of_type(HUB_GATEWAY)
    places = {one.key: _hub_of(inventory, one) for one in resources}
    hubs = {hub.key: hub for hub in places.values()}
    roads = HubRoutes(inventory, hubs)
    networks = _Networks(context, tuple(hubs.values()))
    routes: list[Route] = []
    drafts: list[tuple[Resource, Hub, list[Route]]] = []
    for resource in resources:
        hub = places[resource.key]
        own = [Route(link, read_routing(written, hub.key), hub) for written, links in connections.pop(resource.key, ()) for link in links]
        routes.extend(own)
        drafts.append((resource, hub, own))
    learned = learned_by(routes, roads, _unseen(inventory, hubs, {one.key for one in resources}, complete=context.options.complete))
    found: list[Gateway] = []
    for resource, hub, own in drafts:
        tables = tuple(dict.fromkeys((one.routing.associated, hub.key) for one in own))
        joined = [replace(one.connection, passage=roads.passage(one.routing, tables), learned=learned[one.connection.key]) for one in own]
        found.append(_gateway(context, resource, _place(inventory, hub, roads, own), joined, networks.of(hub)))
    return found


def _hub_of(inventory: Inventory, gateway: Resource) -> Hub:
    hub = read_hub(inventory, of_resource(gateway).reference("virtualhub"))
    # One without an id is nobody else's.
    return hub if hub.key else replace(hub, key=f"unknown:{gateway.key}")


def _gateway(
    context: WanContext, resource: Resource, place: VirtualHub, connections: Sequence[Connection], networks: tuple[Network, ...]
) -> Gateway:
    inventory = context.inventory
    hub = inventory.get(place.id)
    return Gateway(
        id=resource.id,
        key=resource.key,
        name=resource.name,
        present=True,
        incomplete=context.incomplete(resource),
        gateway_type="Vpn",
        vpn_type="RouteBased",
        sku=_NO_SKU,
        replay_protection=True,
        bgp=False,
        default_site_id="",
        default_site_name="",
        default_site_trust="partner",
        nat_rules=nat_rules_of(inventory, resource, HUB_NAT_RULE),
        extensions=() if hub is None else tuple(_extensions(hub)),
        extensions_doubt=_NO_HUB.reason if hub is None else "",
        networks=networks,
        connections=tuple(connections),
        ike_log=ike_log_of(inventory, resource, elsewhere=context.settings),
        hub=place,
    )


def _place(inventory: Inventory, hub: Hub, roads: HubRoutes, routes: Sequence[Route]) -> VirtualHub:
    resource = inventory.get(hub.key)
    partners = [one.routing for one in routes if one.connection.trust != "internal"]
    return VirtualHub(
        id=hub.key if resource is None else resource.id,
        name=hub.name,
        wan_id=hub.wan if isinstance(hub.wan, str) else "",
        road=roads.road(partners, hub.key),
        firewall=hub_firewall(inventory, hub.key, hub.inspector) if isinstance(hub.inspector, str) and hub.inspector else None,
    )


def _extensions(hub: Resource) -> Iterator[Extension]:
    properties = of_resource(hub)
    for name, kind in _NEIGHBOURS:
        written = properties.reference(name)
        if written:
            shown = "a gateway that cannot be read" if isinstance(written, Unknown) else written.rstrip("/").rsplit("/", 1)[-1]
            yield Extension(kind="P2S" if kind == "P2S" else "ExpressRoute", name=shown)


def _unseen(inventory: Inventory, hubs: Mapping[str, Hub], gateways: set[str], *, complete: bool) -> dict[str, str]:
    """Return, per folded id of a virtual WAN, why connections of it may be on a hub that is not in the input."""
    found: dict[str, str] = {}
    if complete:
        return found
    for resource in inventory.of_type(HUB):
        gateway = of_resource(resource).reference("vpngateway")
        hub = hubs.get(resource.key) or read_hub(inventory, resource.id)
        if isinstance(hub.wan, str) and isinstance(gateway, str) and gateway and fold_id(gateway) not in gateways:
            found.setdefault(hub.wan, f"the gateway of virtual hub {hub.name} is not in the input")
    for wan in {hub.wan for hub in hubs.values() if isinstance(hub.wan, str) and hub.wan}:
        resource_of_wan = inventory.get(wan)
        listed = of_resource(resource_of_wan).items("virtualhubs") if resource_of_wan is not None else ()
        for one in () if isinstance(listed, Unknown) else listed:
            hub_id = one.get("id") if isinstance(one, Mapping) else None
            if isinstance(hub_id, str) and inventory.get(hub_id) is None:
                found.setdefault(wan, f"virtual hub {hub_id.rsplit('/', 1)[-1]} is not in the input")
    return found


class _Networks:
    """Networks by virtual WAN: a branch reaches those of every hub."""

    def __init__(self, context: WanContext, hubs: Sequence[Hub]) -> None:
        self._context = context
        self._by_wan: dict[object, tuple[Network, ...]] = {}
        self._hubs: dict[object, list[Hub]] = defaultdict(list)
        for hub in hubs:
            self._hubs[self._wan(hub)].append(hub)

    @staticmethod
    def _wan(hub: Hub) -> str:
        return hub.wan if isinstance(hub.wan, str) and hub.wan else hub.key

    def of(self, hub: Hub) -> tuple[Network, ...]:
        """Return the networks of all hubs of a hub's WAN."""
        wan = self._wan(hub)
        if wan not in self._by_wan:
            self._by_wan[wan] = tuple(network for one in self._hubs[wan] for network in self._read(one))
        return self._by_wan[wan]

    def _read(self, hub: Hub) -> Iterator[Network]:
        inventory = self._context.inventory
        resource = inventory.get(hub.key)
        if resource is None:
            yield Network(id="", name="virtual hub", addresses=_NO_HUB, uses_gateway=True)
            return
        prefix = of_resource(resource).text("addressprefix")
        written = prefix if isinstance(prefix, Unknown) else prefixes((prefix,) if prefix else ())
        yield Network(id=resource.id, name=hub.name, addresses=_addresses(written), uses_gateway=True)
        joined = list(inventory.children(resource.id, HUB_NETWORK))
        if not joined and not self._context.options.complete:
            yield Network(id="", name="networks of the hub", addresses=_NO_NETWORKS, uses_gateway=_NO_NETWORKS)
        for one in joined:
            remote = of_resource(one).reference("remotevirtualnetwork")
            vnet = inventory.get(remote) if isinstance(remote, str) and remote else None
            absent = remote if isinstance(remote, Unknown) else Unknown("a network connected to the hub is not in the input")
            space_of = absent if vnet is None else space(of_resource(vnet).child("addressspace"))
            name = one.name if vnet is None else vnet.name
            yield Network(id="" if vnet is None else vnet.id, name=name, addresses=_addresses(space_of), uses_gateway=True)


def _addresses(written: Maybe[Prefixes]) -> Maybe[AddressSet]:
    return written if isinstance(written, Unknown) else written.addresses
