"""Sites that must not come to a gateway: their prefixes meet something there, and a connection does not show them.

A request to connect a site names the site and the gateway; the prefixes are on the site (facts 1.2).
So what would meet is worked out beforehand, for each gateway that a site is not used on yet (S2S-ADR-001, S2S-ADR-002).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from s2sguard.azure_policy.derived.model import Ground, Place
from s2sguard.model.address import AddressSet, Intervals, union

Claims = Mapping[tuple[str, str], AddressSet]
"""(gateway, partner) -> what it claims there."""


def partner_overlaps(
    places: Iterable[Place], grounds: Sequence[Ground], claims: Claims, owners: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return site -> gateways it is not used on, where its prefixes meet those of another partner than its owner.

    `owners` says whose a site is where its connections decide that; to a site of nobody everything is another's.
    """
    by_gateway: dict[str, dict[str, AddressSet]] = defaultdict(dict)
    for (gateway, partner), addresses in claims.items():
        by_gateway[gateway][partner] = addresses
    return _found(
        (place.key, ground.key)
        for ground, total in ((ground, union(by_gateway[ground.key].values())) for ground in grounds)
        for place, prefixes in _new_to(ground, places)
        if touches(total, prefixes)
        and any(
            partner != owners.get(place.key, place.partner) and touches(addresses, prefixes)
            for partner, addresses in by_gateway[ground.key].items()
        )
    )


def network_overlaps(places: Iterable[Place], grounds: Sequence[Ground]) -> dict[str, tuple[str, ...]]:
    """Return site -> gateways it is not used on, where its prefixes meet the networks behind the gateway."""
    return _found(
        (place.key, ground.key) for ground in grounds for place, prefixes in _new_to(ground, places) if touches(ground.networks, prefixes)
    )


def touches(many: AddressSet, few: AddressSet) -> bool:
    """Say whether the two have an address in common, in time linear in the ranges of the second only."""
    return _touches(many.v4, few.v4) or _touches(many.v6, few.v6)


def _touches(many: Intervals, few: Intervals) -> bool:
    for first, last in few:
        # The first range that does not end before this one begins.
        place = bisect_left(many, first, key=lambda one: one[1])
        if place < len(many) and many[place][0] <= last:
            return True
    return False


def _new_to(ground: Ground, places: Iterable[Place]) -> Iterator[tuple[Place, AddressSet]]:
    used = {use.site for use in ground.uses}
    for place in places:
        if place.key not in used and place.trust != "internal" and isinstance(place.prefixes, AddressSet):
            yield place, place.prefixes


def _found(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for site, gateway in pairs:
        found[site].append(gateway)
    return {site: tuple(sorted(found[site])) for site in sorted(found)}
