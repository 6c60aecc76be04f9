"""Virtual WAN: VPN connections of hub gateways, their sites, and the networks of the hub (facts 1.7).

A `vpnConnections` resource has no tags, so its partner is its site's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s2sguard.azure_policy.derived.model import Ground, Place, Use
from s2sguard.azure_policy.derived.places import place_of
from s2sguard.facts.options import Identity
from s2sguard.facts.reading import Properties, of_resource, prefixes, space
from s2sguard.model.address import AddressSet, union
from s2sguard.model.arm_types import HUB, HUB_CONNECTION, HUB_GATEWAY, WAN_SITE
from s2sguard.model.inventory import Inventory, Resource, fold_id
from s2sguard.model.value import Maybe, Unknown

HUB_NETWORK = f"{HUB}/hubVirtualNetworkConnections"
_SITE_MISSING = Unknown("the site it refers to is not in the input")
_HUB_MISSING = Unknown("the gateway's hub is not in the input")
_VNET_MISSING = Unknown("a network connected to the hub is not in the input")
_STRANGE = Unknown("not a traffic selector as Azure documents it")


def wan_places(inventory: Inventory, identity: Identity) -> tuple[Place, ...]:
    """Return the VPN sites of the input, used or not."""
    return tuple(
        place_of(resource, space(of_resource(resource).child("addressspace")), identity) for resource in inventory.of_type(WAN_SITE)
    )


def wan_grounds(inventory: Inventory, places: Sequence[Place]) -> tuple[Ground, ...]:
    """Return the VPN gateways of virtual hubs with their connections."""
    sites = {place.key: place for place in places}
    return tuple(_ground(inventory, resource, sites) for resource in inventory.of_type(HUB_GATEWAY))


def _ground(inventory: Inventory, gateway: Resource, sites: dict[str, Place]) -> Ground:
    networks = list(_networks(inventory, of_resource(gateway).reference("virtualhub")))
    doubts = tuple(dict.fromkeys(part.reason for part in networks if isinstance(part, Unknown)))
    return Ground(
        id=gateway.id,
        key=gateway.key,
        networks=union(part for part in networks if not isinstance(part, Unknown)),
        doubts=doubts,
        uses=tuple(_use(connection, sites) for connection in inventory.children(gateway.id, HUB_CONNECTION)),
    )


def _use(connection: Resource, sites: dict[str, Place]) -> Use:
    properties = of_resource(connection)
    site_id = properties.reference("remotevpnsite")
    key = "" if isinstance(site_id, Unknown) else fold_id(site_id)
    site = site_id if isinstance(site_id, Unknown) else sites.get(key, _SITE_MISSING)
    trust = site if isinstance(site, Unknown) else site.trust
    return Use(
        connection=connection.id,
        site=key,
        partner=key or connection.key if isinstance(site, Unknown) else site.partner,
        trust=trust if isinstance(trust, Unknown) else "internal" if trust == "internal" else "partner",
        own_partner=False,
        own_trust=False,
        remote=_remote(properties),
        prefixes=site if isinstance(site, Unknown) else site.prefixes,
    )


def _remote(properties: Properties) -> Maybe[AddressSet]:
    elements = properties.items("trafficselectorpolicies")
    if isinstance(elements, Unknown):
        return elements
    found: list[AddressSet] = []
    for element in elements:
        if not isinstance(element, dict):
            return element if isinstance(element, Unknown) else _STRANGE
        written = prefixes(Properties(element).items("remoteaddressranges"))
        if isinstance(written, Unknown):
            return written
        found.append(written.addresses)
    return union(found)


def _networks(inventory: Inventory, hub_id: Maybe[str]) -> Iterator[Maybe[AddressSet]]:
    hub = inventory.get(hub_id) if isinstance(hub_id, str) and hub_id else None
    if hub is None:
        yield hub_id if isinstance(hub_id, Unknown) else _HUB_MISSING
        return
    prefix = of_resource(hub).text("addressprefix")
    written = prefix if isinstance(prefix, Unknown) else prefixes((prefix,) if prefix else ())
    yield written if isinstance(written, Unknown) else written.addresses
    for connection in inventory.children(hub.id, HUB_NETWORK):
        remote = of_resource(connection).reference("remotevirtualnetwork")
        vnet = inventory.get(remote) if isinstance(remote, str) and remote else None
        if vnet is None:
            yield remote if isinstance(remote, Unknown) else _VNET_MISSING
            continue
        addresses = space(of_resource(vnet).child("addressspace"))
        yield addresses if isinstance(addresses, Unknown) else addresses.addresses
