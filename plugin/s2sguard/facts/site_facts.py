"""The facts of one site, joined over all gateways that use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from s2sguard.facts.addressing import Claim, Found, Reach, overlap_facts, peer_of, site_widths
from s2sguard.facts.connection_facts import put_known
from s2sguard.facts.document import SiteFacts
from s2sguard.facts.identity import party_label, site_trust
from s2sguard.facts.options import FactsOptions
from s2sguard.model.estate import Site
from s2sguard.model.value import Maybe, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteUse:
    """One site on one connection of one gateway."""

    gateway_id: str
    party: Maybe[str]
    trust: Maybe[str]
    found: Found
    possible: int
    doubt: str
    reach: Reach


@dataclass(slots=True)
class _Joined:
    """Uses of one site over all its gateways, joined."""

    count: int = 0
    possible: int = 0
    examples: list[tuple[Claim, list[str]]] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    doubt: str = ""
    network_doubt: str = ""


def site_facts(site: Site, uses: Sequence[SiteUse], options: FactsOptions) -> SiteFacts:
    """Return the facts of a site, used or not."""
    unknown: dict[str, str] = {}
    joined = _join(site, uses)
    facts: SiteFacts = {
        "id": site.id,
        "name": site.name,
        "partners": sorted({party_label(use.party) for use in uses if isinstance(use.party, str)}),
        "gateways": list(dict.fromkeys(use.gateway_id for use in uses)),
        "unknown": unknown,
        "overlap": overlap_facts((joined.count, joined.examples), joined.possible),
    }
    if joined.doubt:
        unknown["overlap"] = joined.doubt
    if joined.network_doubt and not joined.networks:
        unknown["network_overlap"] = joined.network_doubt
    else:
        facts["network_overlap"] = joined.networks
    prefixes = site.prefixes
    values: dict[str, object] = {"trust": _trust(site, uses, options), "peer": peer_of(site)}
    if isinstance(prefixes, Unknown):
        values["prefixes"] = values["widths"] = prefixes
    else:
        values["prefixes"] = list(prefixes.texts)
        values["widths"] = site_widths(prefixes.texts)
    put_known(facts, values)
    return facts


def _join(site: Site, uses: Sequence[SiteUse]) -> _Joined:
    joined = _Joined()
    for use in uses:
        joined.count += use.found[0]
        joined.possible += use.possible
        joined.examples.extend(use.found[1])
        joined.doubt = joined.doubt or use.doubt
        if isinstance(site.prefixes, Unknown):
            joined.network_doubt = site.prefixes.reason
            continue
        prefixes = site.prefixes.addresses
        if prefixes.meets(use.reach.covered):
            for name, addresses in use.reach.certain:
                joined.networks.extend(f"{text} ({name})" for text in (prefixes & addresses).texts())
        joined.network_doubt = joined.network_doubt or use.reach.doubt
    joined.networks = list(dict.fromkeys(joined.networks))
    return joined


def _trust(site: Site, uses: Sequence[SiteUse], options: FactsOptions) -> Maybe[str]:
    """A site is internal only if every connection that uses it is."""
    if not uses:
        return site_trust(site, options.identity)
    if any(use.trust == "partner" for use in uses):
        return "partner"
    return next((use.trust for use in uses if isinstance(use.trust, Unknown)), "internal")
