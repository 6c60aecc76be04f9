"""Overlaps: sites with sites, sites with Azure's networks, fixed selectors with what they should stay inside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from s2sguard.facts.document import Overlap, PeerFacts
from s2sguard.facts.masks import mask_of
from s2sguard.facts.sweep import overlapping
from s2sguard.facts.width_facts import SelectorWidths, SiteWidths
from s2sguard.model.address import AddressSet, parse_address, parse_range, union, written_width
from s2sguard.model.estate import FixedSelector, Network, Site
from s2sguard.model.value import Maybe, Unknown

MOST_EXAMPLES = 10

_NOT_PUBLIC = union(
    parsed
    for text in (
        # RFC 1918, RFC 6598, RFC 1122, RFC 3927, RFC 5771, RFC 1112; RFC 4193, RFC 4291.
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "0.0.0.0/8", "127.0.0.0/8"),
        *("169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/127", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
    if not isinstance(parsed := parse_range(text), Unknown)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Ranges that a party claims on one gateway: a site's prefixes, or a connection's fixed remote ranges."""

    id: str
    """What an example points at."""
    party: str
    label: str
    """The party, for people."""
    addresses: AddressSet


Found: TypeAlias = tuple[int, list[tuple[Claim, list[str]]]]
"""How many other parties' claims intersect one, and up to ten of them with the common ranges."""


def overlaps(claims: Sequence[Claim]) -> list[Found]:
    """Return, per claim, how many other parties' claims intersect it and up to ten of them with the common ranges.

    Equal claims form one class, so a thousand partners with the same prefix are one comparison.
    """
    parties = {party: index for index, party in enumerate(dict.fromkeys(claim.party for claim in claims))}
    classes: dict[AddressSet, list[int]] = defaultdict(list)
    for index, claim in enumerate(claims):
        classes[claim.addresses].append(index)
    keys = list(classes)
    masks = [mask_of(parties[claims[index].party] for index in classes[key]) for key in keys]
    touching = [{number} if key else set() for number, key in enumerate(keys)]
    for version in (4, 6):
        for one, other in overlapping([key.family(version) for key in keys]):
            touching[one].add(other)
    found: list[Found] = [(0, [])] * len(claims)
    for number, key in enumerate(keys):
        mask = 0
        for other in touching[number]:
            mask |= masks[other]
        if not mask & (mask - 1):
            continue  # one party alone
        for index in classes[key]:
            others = mask & ~(1 << parties[claims[index].party])
            if others:
                candidates = (claims[i] for other in sorted(touching[number]) for i in classes[keys[other]])
                found[index] = (others.bit_count(), _examples(claims[index], candidates))
    return found


def _examples(claim: Claim, candidates: Iterable[Claim]) -> list[tuple[Claim, list[str]]]:
    found: dict[str, tuple[Claim, list[str]]] = {}
    for other in candidates:
        if other.party != claim.party and other.party not in found:
            found[other.party] = (other, (claim.addresses & other.addresses).texts())
            if len(found) == MOST_EXAMPLES:
                break
    return list(found.values())


def overlap_facts(found: Found, possible: int) -> Overlap:
    """Return an overlap as it stands in the facts document."""
    count, examples = found
    return {
        "count": count,
        "possible": possible,
        "examples": [{"with_id": other.id, "with_party": other.label, "ranges": ranges} for other, ranges in examples],
    }


def selector_widths(selectors: Sequence[FixedSelector]) -> SelectorWidths:
    """Return the shortest prefix length written on each side, by family."""
    widths: dict[str, int] = {}
    for selector in selectors:
        _shorten(widths, "local_v", selector.local_texts)
        _shorten(widths, "remote_v", selector.remote_texts)
    return widths  # type: ignore[return-value]


def site_widths(texts: Sequence[str]) -> SiteWidths:
    """Return the shortest prefix length of a site, by family."""
    widths: dict[str, int] = {}
    _shorten(widths, "v", texts)
    return widths  # type: ignore[return-value]


def _shorten(widths: dict[str, int], prefix: str, texts: Sequence[str]) -> None:
    for text in texts:
        written = written_width(text)
        if written is not None:
            name = f"{prefix}{written[0]}"
            widths[name] = min(widths.get(name, 128), written[1])


def peer_of(site: Site) -> Maybe[PeerFacts]:
    """Return where the far end answers (azure.md 1.2: an address or an FQDN; RFC 1918 and the like cannot be dialled)."""
    if isinstance(site.peer_address, Unknown):
        return site.peer_address
    if site.peer_address:
        return peer_at(site.peer_address)
    if isinstance(site.peer_fqdn, Unknown):
        return site.peer_fqdn
    return {"kind": "fqdn", "value": site.peer_fqdn} if site.peer_fqdn else {"kind": "none", "value": ""}


@lru_cache(maxsize=1 << 12)  # asked once for the site and once for its connection
def peer_at(text: str) -> Maybe[PeerFacts]:
    """Return what kind of address a peer has; unknown for what is no address."""
    parsed = parse_address(text)
    if parsed is None:
        return Unknown("the peer address is not an IP address")
    version, address = parsed
    private = any(first <= address <= last for first, last in _NOT_PUBLIC.family(version))
    return {"kind": "private" if private else "public", "value": text}


@dataclass(frozen=True, slots=True)
class Reach:
    """What a gateway's networks cover: for certain, and why more may be."""

    certain: tuple[tuple[str, AddressSet], ...]
    """(network name, addresses) of the hub and the spokes known to use the gateway."""
    covered: AddressSet
    doubt: str
    """Why another network may belong to it; empty if none can."""


def reach_of(networks: Sequence[Network]) -> Reach:
    """Sort a gateway's networks into those that certainly use it and a reason for doubt about the rest."""
    certain: list[tuple[str, AddressSet]] = []
    doubt = ""
    for network in networks:
        if network.uses_gateway is False:
            continue
        if isinstance(network.uses_gateway, Unknown):
            doubt = doubt or f"{network.name}: {network.uses_gateway.reason}"
        elif isinstance(network.addresses, Unknown):
            doubt = doubt or f"{network.name}: {network.addresses.reason}"
        else:
            certain.append((network.name, network.addresses))
    return Reach(tuple(certain), union(addresses for _, addresses in certain), doubt)
