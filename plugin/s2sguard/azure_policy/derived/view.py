"""From an inventory to who claims what: gateways with their tunnels, sites, and everything that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from s2sguard.azure_policy.derived.model import Doubt, Ground, Place, Use, View
from s2sguard.azure_policy.derived.places import place_of
from s2sguard.azure_policy.derived.scopes import scope_of
from s2sguard.azure_policy.derived.wan import wan_grounds, wan_places
from s2sguard.facts.addressing import reach_of
from s2sguard.facts.estate import build_estate
from s2sguard.facts.identity import tag
from s2sguard.facts.options import FactsOptions, Identity
from s2sguard.facts.reading import of_resource, space
from s2sguard.facts.shard import carries_ipsec
from s2sguard.model.address import AddressSet, union
from s2sguard.model.arm_types import SITE
from s2sguard.model.estate import Connection, Gateway, Site
from s2sguard.model.folding import fold
from s2sguard.model.inventory import GapKind, Inventory, fold_id
from s2sguard.model.value import Maybe, Unknown

_WHOLE_FILE: frozenset[GapKind] = frozenset({"unreadable-file", "not-json", "too-large", "too-deep"})
_NO_ID = "it has no resource id before it is deployed: derive again after that"


def look(inventory: Inventory, options: FactsOptions) -> View:
    """Read everything that parameters depend on. Order follows the inventory."""
    identity = options.identity
    sites = [
        place_of(resource, space(of_resource(resource).child("localnetworkaddressspace")), identity) for resource in inventory.of_type(SITE)
    ]
    places = (*sites, *wan_places(inventory, identity))
    gateways = build_estate(inventory, options).gateways
    grounds = (
        *(_ground(gateway, inventory, identity) for gateway in gateways if not gateway.in_wan and _is_vpn(gateway)),
        *wan_grounds(inventory, places),
    )
    return View(
        grounds=grounds,
        places=places,
        partner_of={name: fold(party.partner.strip()) for name, party in identity.parties.items() if party.partner},
        trust_of={name: party.trust for name, party in identity.parties.items() if party.trust},
        partner_tag=identity.partner_tag,
        trust_tag=identity.trust_tag,
        doubts=tuple(dict.fromkeys(_doubts(inventory, grounds, places))),
    )


def _is_vpn(gateway: Gateway) -> bool:
    """Say whether tunnels can end there: an ExpressRoute gateway has no partners of this kind."""
    return gateway.gateway_type not in {"ExpressRoute", "LocalGateway"} or any(carries_ipsec(one) for one in gateway.connections)


def _ground(gateway: Gateway, inventory: Inventory, identity: Identity) -> Ground:
    reach = reach_of(gateway.networks)
    return Ground(
        id=gateway.id,
        key=gateway.key,
        networks=reach.covered,
        doubts=tuple(text for text in (gateway.incomplete, reach.doubt) if text),
        uses=tuple(_use(one, inventory, identity) for one in gateway.connections if carries_ipsec(one)),
    )


def _use(connection: Connection, inventory: Inventory, identity: Identity) -> Use:
    fixed, site = connection.fixed_selectors, connection.site
    named = [identity.parties[name] for name in (connection.key, connection.name.lower()) if name in identity.parties]
    site_partner, site_trust = (site.partner_tag, site.trust_tag) if isinstance(site, Site) else ("", "")
    resource = inventory.get(connection.id)
    own_partner = tag(resource, identity.partner_tag) if resource else ""
    own_trust = tag(resource, identity.trust_tag) if resource else ""
    return Use(
        connection=connection.id,
        site="" if isinstance(connection.site_id, Unknown) else fold_id(connection.site_id),
        partner=connection.partner,
        trust=connection.trust,
        # The configuration's word about a connection counts only where no tag speaks (facts.identity).
        own_partner=own_partner != "" or (site_partner == "" and any(party.partner for party in named)),
        own_trust=own_trust != "" or (site_trust == "" and any(party.trust for party in named)),
        remote=fixed if isinstance(fixed, Unknown) else union(element.selector.remote for element in fixed),
        prefixes=_prefixes(site),
    )


def _prefixes(site: Maybe[Site | None]) -> Maybe[AddressSet]:
    if site is None:
        return AddressSet()
    if isinstance(site, Unknown):
        return site
    return site.prefixes if isinstance(site.prefixes, Unknown) else site.prefixes.addresses


def _doubts(inventory: Inventory, grounds: Sequence[Ground], places: Iterable[Place]) -> Iterator[Doubt]:
    for gap in inventory.gaps:
        if gap.kind in _WHOLE_FILE:
            yield Doubt(subject=gap.source.file if gap.source else "", reason=gap.reason)
    if not grounds and not inventory.answered:
        yield Doubt(subject="", reason="the input holds no gateway and no connection to derive anything from")
    for ground in grounds:
        yield from _ground_doubts(ground)
    for place in places:
        if place.trust != "internal":
            if not scope_of(place.id, "resource-group"):
                yield Doubt(subject=place.id, reason=_NO_ID)
            yield from _unknowns(place.id, place.partner, place.trust, place.prefixes)


def _ground_doubts(ground: Ground) -> Iterator[Doubt]:
    if not scope_of(ground.id, "resource-group"):
        yield Doubt(subject=ground.id, reason=_NO_ID)
    yield from (Doubt(subject=ground.id, reason=reason) for reason in ground.doubts)
    for use in ground.uses:
        if use.trust != "internal":
            yield from _unknowns(use.connection, use.partner, use.trust, use.remote, use.prefixes)


def _unknowns(subject: str, *values: object) -> Iterator[Doubt]:
    return (Doubt(subject=subject, reason=value.reason) for value in values if isinstance(value, Unknown))
