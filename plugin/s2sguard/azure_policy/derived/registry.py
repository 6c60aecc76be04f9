"""What the assignments at one scope must know: claims, allowed ranges, networks, and who is who."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from s2sguard.azure_policy.derived.elsewhere import network_overlaps, partner_overlaps
from s2sguard.azure_policy.derived.model import Ground, Place, Registry, Use, View
from s2sguard.azure_policy.derived.scopes import lies_in, scope_of
from s2sguard.model.address import AddressSet, union
from s2sguard.model.value import Unknown


def relevant(view: View, scope: str) -> tuple[Ground, ...]:
    """Return the gateways that a request in this scope can concern: they, a connection or a site of theirs lie in it."""
    return tuple(ground for ground in view.grounds if any(lies_in(one, scope) for one in touched(ground)))


def touched(ground: Ground) -> Iterator[str]:
    """Yield the ids of a gateway, its connections and their sites."""
    yield ground.id
    for use in ground.uses:
        yield use.connection
        if use.site:
            yield use.site


def registry_of(view: View, scope: str, grounds: Sequence[Ground]) -> Registry:
    """Return what must be known at a scope about these gateways. Internal tunnels claim nothing and are not judged."""
    here = [ground for ground in grounds if scope_of(ground.id, "resource-group")]
    allowed = _allowed(view, scope, here)
    sites = _uses_by_site(view.grounds, scope_of(scope, "subscription"))
    nearby = tuple(_nearby(view.places, scope))
    claims, owners = claims_of(here), {key: value for key, uses in sites.items() if (value := _said_partner(uses)) is not None}
    return Registry(
        claims=claims,
        allowed=allowed,
        networks={ground.key: ground.networks for ground in here if ground.networks},
        gateways=frozenset(ground.key for ground in here),
        network_gateways=frozenset(ground.key for ground in here),
        partners=frozenset(allowed),
        partner_of=_partner_of(view, nearby),
        trust_of=_trust_of(view, nearby),
        site_partner=owners,
        site_trust=_site_trust(nearby, sites),
        site_gateways=_site_gateways(here),
        site_overlaps=partner_overlaps(nearby, here, claims, owners),
        site_network_overlaps=network_overlaps(nearby, here),
        partner_tag=view.partner_tag,
        trust_tag=view.trust_tag,
    )


def known_claim(use: Use) -> AddressSet:
    """Return what is known of a tunnel's claim: its site's prefixes and its fixed remote ranges."""
    parts = (part for part in (use.remote, use.prefixes) if not isinstance(part, Unknown))
    return union(parts)


def claims_of(grounds: Iterable[Ground]) -> dict[tuple[str, str], AddressSet]:
    """Return what partners claim: (gateway, partner) -> site prefixes and fixed remote ranges."""
    found: dict[tuple[str, str], list[AddressSet]] = defaultdict(list)
    for ground in grounds:
        for use in partner_uses(ground):
            found[ground.key, str(use.partner)].append(known_claim(use))
    return {key: joined for key, parts in found.items() if (joined := union(parts))}


def _allowed(view: View, scope: str, grounds: Sequence[Ground]) -> dict[str, AddressSet]:
    """Return what each partner here may use: all it claims anywhere, and the sites that wait for a connection."""
    here = {str(use.partner) for ground in grounds for use in partner_uses(ground)}
    used = {use.site for ground in view.grounds for use in ground.uses}
    subscription = scope_of(scope, "subscription")
    waiting = [
        place
        for place in view.places
        if place.key not in used and place.trust != "internal" and isinstance(place.partner, str) and lies_in(place.id, subscription)
    ]
    here |= {str(place.partner) for place in waiting}
    found: dict[str, list[AddressSet]] = defaultdict(list)
    for ground in view.grounds:
        for use in partner_uses(ground):
            found[str(use.partner)].append(known_claim(use))
    for place in waiting:
        if not isinstance(place.prefixes, Unknown):
            found[str(place.partner)].append(place.prefixes)
    return {partner: joined for partner, parts in found.items() if partner in here and (joined := union(parts))}


def partner_uses(ground: Ground) -> Iterator[Use]:
    """Yield the tunnels of a gateway that belong to a partner we know the name of."""
    return (use for use in ground.uses if use.trust != "internal" and isinstance(use.partner, str))


def _uses_by_site(grounds: Iterable[Ground], subscription: str) -> Mapping[str, list[Use]]:
    found: dict[str, list[Use]] = defaultdict(list)
    for ground in grounds:
        for use in ground.uses:
            if use.site and lies_in(use.site, subscription):
                found[use.site].append(use)
    return found


def _said_partner(uses: Sequence[Use]) -> str | None:
    """Return the partner of a site whose connections name one; empty where they disagree, None where the site itself decides."""
    ours = [use for use in uses if use.trust != "internal"]
    if not any(use.own_partner for use in ours):
        return None
    partners = {use.partner for use in ours}
    only = next(iter(partners))
    return only if len(partners) == 1 and isinstance(only, str) else ""


def _site_trust(places: Iterable[Place], sites: Mapping[str, Sequence[Use]]) -> dict[str, str]:
    """Return every site that is known to be a partner's, so that no tag makes it ours, and those whose connections call it ours."""
    waiting = {place.key: "partner" for place in places if isinstance(place.trust, str) and place.trust != "internal"}
    used = {key: _said_trust(uses) for key, uses in sites.items()}
    return {key: trust for key, trust in {**waiting, **used}.items() if trust}


def _said_trust(uses: Sequence[Use]) -> str:
    """Return the trust of a site by its connections: internal only if each of them states it, empty where the site itself decides."""
    if any(use.own_trust and use.trust != "internal" for use in uses) or all(use.trust == "partner" for use in uses):
        return "partner"
    return "internal" if all(use.own_trust for use in uses) else ""


def _partner_of(view: View, places: Iterable[Place]) -> dict[str, str]:
    """Return the owners of sites that are not simply themselves, and the configuration's entries."""
    tagged = {place.key: place.partner for place in places if isinstance(place.partner, str) and place.partner != place.key}
    return {**view.partner_of, **tagged}


def _trust_of(view: View, places: Iterable[Place]) -> dict[str, str]:
    stated = {place.key: place.trust for place in places if isinstance(place.trust, str) and place.trust}
    return {**view.trust_of, **stated}


def _nearby(places: Iterable[Place], scope: str) -> Iterator[Place]:
    """Yield the sites that a connection in this scope can refer to: those of its subscription."""
    subscription = scope_of(scope, "subscription")
    return (place for place in places if lies_in(place.id, subscription))


def _site_gateways(grounds: Iterable[Ground]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for ground in grounds:
        for use in ground.uses:
            if use.site and ground.key not in found[use.site]:
                found[use.site].append(ground.key)
    return {site: tuple(gateways) for site, gateways in found.items()}
