"""Reading devices: each routing table becomes a gateway, each tunnel behind it a connection, so that isolation has one algorithm.

What the reader of the configuration found arrives as resources (`collect.device.resources`); *local* is the device's side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s2sguard.facts.ceiling import OPEN
from s2sguard.facts.device_passing import carried, permitted, turned
from s2sguard.facts.options import FactsOptions, Identity, Party
from s2sguard.facts.reading import Properties, prefixes
from s2sguard.model.address import ANY, AddressSet
from s2sguard.model.arm_types import DEVICE_TABLE, DEVICE_TUNNEL
from s2sguard.model.estate import Connection, DeviceEnd, FixedSelector, Gateway, Trust
from s2sguard.model.folding import fold
from s2sguard.model.inventory import Inventory, Resource
from s2sguard.model.selector import Selector
from s2sguard.model.tunnel import FilterRule
from s2sguard.model.value import Maybe, Unknown

_NOT_AZURE = Unknown("it is a device, not a virtual network gateway")
_ANYBODY = Unknown("whoever asks may be the far end, and the text names nobody; name the partner of this tunnel in the configuration")
_NOTHING = AddressSet()


def read_devices(inventory: Inventory, options: FactsOptions) -> Iterator[Gateway]:
    """Yield the routing tables of all devices, each with its tunnels."""
    for resource in inventory.of_type(DEVICE_TABLE):
        tunnels = inventory.children(resource.id, DEVICE_TUNNEL)
        connections = tuple(_connection(tunnel, resource, options.identity) for tunnel in tunnels)
        doubt = Properties(resource.properties).text("doubt")
        reason = doubt.reason if isinstance(doubt, Unknown) else doubt
        yield Gateway(
            id=resource.id,
            key=resource.key,
            name=resource.name,
            present=True,
            incomplete="" if options.complete else reason,
            gateway_type=_NOT_AZURE,
            vpn_type=_NOT_AZURE,
            sku=_NOT_AZURE,
            replay_protection=_NOT_AZURE,
            bgp=_NOT_AZURE,
            default_site_id="",
            default_site_name="",
            default_site_trust="partner",
            nat_rules=(),
            extensions=(),
            extensions_doubt=_NOT_AZURE.reason,
            networks=(),
            connections=connections,
            device=True,
        )


def _connection(resource: Resource, table: Resource, identity: Identity) -> Connection:
    properties = Properties(resource.properties)
    partner, trust = _party(resource, properties.items("peers"), identity)
    lines = _lines(properties.items("lines"))
    interface = isinstance(properties.items("routed"), tuple) and properties.has("routed")
    return Connection(
        id=resource.id,
        key=resource.key,
        name=resource.name,
        source=resource.source,
        gateway_key=table.key,
        gateway_id=table.id,
        site=None,
        site_id="",
        connection_type="IPsec",
        mode=_NOT_AZURE,
        protocol=properties.text("ike"),
        policy_based_selectors=_NOT_AZURE,
        policy=_NOT_AZURE,
        fixed_selectors=() if _claim_nothing(lines) else lines,
        nat_rules=_NOT_AZURE,
        bgp=properties.flag("dynamic"),
        partner=partner,
        trust=trust,
        device=_end(properties, lines, interface=interface),
    )


def _claim_nothing(lines: Maybe[tuple[FixedSelector, ...]]) -> bool:
    """Say whether a tunnel's selectors are any x any, as those of a tunnel interface are: that is open, and claims nobody's ranges."""
    return not isinstance(lines, Unknown) and all(one.selector.remote.v4 in {(), ANY.v4} for one in lines)


def _party(resource: Resource, peers: Maybe[tuple[object, ...]], identity: Identity) -> tuple[Maybe[str], Trust]:
    """Return who owns the far end: the configuration by tunnel or peer, else the first peer; and whether it is a partner."""
    names = [resource.key, resource.name.lower(), *([] if isinstance(peers, Unknown) else [str(peer).lower() for peer in peers])]
    found = [identity.parties[name] for name in names if name in identity.parties]
    configured = next((party for party in found if party.partner), Party())
    trust: Trust = next((party.trust for party in found if party.trust), "partner")
    if configured.partner:
        return fold(configured.partner.strip()), trust
    if isinstance(peers, Unknown):
        return peers, trust
    return (fold(str(peers[0])) if peers else _ANYBODY), trust


def _lines(elements: Maybe[tuple[object, ...]]) -> Maybe[tuple[FixedSelector, ...]]:
    if isinstance(elements, Unknown):
        return elements
    found: list[FixedSelector] = []
    for element in elements:
        sides = Properties(element) if isinstance(element, dict) else Properties({})
        local, remote = prefixes(sides.items("own")), prefixes(sides.items("far"))
        if isinstance(local, Unknown) or isinstance(remote, Unknown):
            return local if isinstance(local, Unknown) else remote if isinstance(remote, Unknown) else ()
        selector = Selector(local.addresses, remote.addresses)
        found.append(FixedSelector(local_texts=local.texts, remote_texts=remote.texts, selector=selector))
    return tuple(found)


def _end(properties: Properties, lines: Maybe[tuple[FixedSelector, ...]], *, interface: bool) -> DeviceEnd:
    """Work out what the tunnel carries; what cannot be read is nothing at least, and everything at most."""
    doubts: list[Unknown] = []
    translated = properties.flag("translated")
    whole = properties.flag("encapsulated") is True
    selectors: Maybe[tuple[Selector, ...]] = (
        OPEN if whole else lines if isinstance(lines, Unknown) else tuple(one.selector for one in lines)
    )
    if translated is not False:
        selectors = translated if isinstance(translated, Unknown) else Unknown("the device translates addresses")
    if isinstance(selectors, Unknown):
        doubts.append(selectors)
    sends = _direction(selectors, properties.items("inbound"), doubts, arriving=True)
    takes = _direction(selectors, properties.items("outbound"), doubts, arriving=False)
    routed = _routed(properties, selectors, doubts, interface=interface)
    return DeviceEnd(sends=sends, takes=takes, routed=routed, doubt=doubts[0].reason if doubts else "")


def _direction(
    selectors: Maybe[tuple[Selector, ...]], written: Maybe[tuple[object, ...]], doubts: list[Unknown], *, arriving: bool
) -> tuple[tuple[Selector, ...], tuple[Selector, ...]]:
    rules = _rules(written)
    answers: list[tuple[Selector, ...]] = []
    for at_least in (True, False):
        lines = (() if at_least else OPEN) if isinstance(selectors, Unknown) else selectors
        allowed = rules if isinstance(rules, Unknown) else permitted(rules, at_least=at_least)
        if isinstance(allowed, Unknown):
            doubts.append(allowed)
            allowed = () if at_least else OPEN
        found = carried(lines, turned(allowed) if arriving else allowed)
        if isinstance(found, Unknown):
            doubts.append(found)
            found = () if at_least else lines
        answers.append(found)
    if answers[0] != answers[1] and not doubts:
        doubts.append(Unknown("its access list also asks for ports, protocols or a state, so it stops a part of these packets"))
    return answers[0], answers[1]


def _rules(written: Maybe[tuple[object, ...]]) -> Maybe[tuple[FilterRule, ...]]:
    if isinstance(written, Unknown):
        return written
    found: list[FilterRule] = []
    for element in written:
        rule = Properties(element) if isinstance(element, dict) else Properties({})
        source, destination = prefixes(rule.items("source")), prefixes(rule.items("destination"))
        permit, exact = rule.flag("permit"), rule.flag("exact")
        if isinstance(source, Unknown) or isinstance(destination, Unknown) or isinstance(permit, Unknown) or isinstance(exact, Unknown):
            return Unknown("a line of its access list cannot be read")
        found.append(FilterRule(permit=permit, source=source.addresses, destination=destination.addresses, exact=exact))
    return tuple(found)


def _routed(
    properties: Properties, selectors: Maybe[Sequence[Selector]], doubts: list[Unknown], *, interface: bool
) -> tuple[AddressSet, AddressSet]:
    """Return what is led into the tunnel: by routes, or with a crypto map by the selectors alone."""
    if not interface:
        if isinstance(selectors, Unknown):
            return _NOTHING, ANY
        far = AddressSet()
        for one in selectors:
            far = far | one.remote
        return far, far
    routed, dynamic = prefixes(properties.items("routed")), properties.flag("dynamic")
    least = _NOTHING if isinstance(routed, Unknown) else routed.addresses
    for value in (routed, dynamic):
        if isinstance(value, Unknown):
            doubts.append(value)
            return least, ANY
    return (ANY, ANY) if dynamic is True else (least, least)
