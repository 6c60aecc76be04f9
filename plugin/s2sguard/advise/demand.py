"""What one partner needs of a headend: as it was agreed, else as it is configured today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.facts.addressing import peer_at
from s2sguard.facts.document import ConnectionFacts, FactsDocument, SiteFacts
from s2sguard.facts.given import Settings
from s2sguard.facts.identity import party_of_facts
from s2sguard.model.address import AddressSet, parse_range, union
from s2sguard.model.agreement import PHASE_1, PHASE_2, AgreedAlgorithms, Agreement
from s2sguard.model.folding import fold
from s2sguard.model.inventory import fold_id
from s2sguard.model.selector import Selector
from s2sguard.model.value import Unknown

Peer: TypeAlias = Literal["dialled", "moving", "unknown"]
"""Whether Azure can start the tunnel: to a fixed address, to a name or from behind NAT, or nobody knows."""
_PEERS: Mapping[str, Peer] = {"public": "dialled", "private": "moving", "fqdn": "moving", "none": "moving"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One partner's needs. What is None is not known."""

    partner: str
    party: str
    """Who that is, folded: two sites of one name are two parties unless somebody says who they belong to."""
    selectors: tuple[Selector, ...] | None
    """Agreed, else the fixed ones; None where nothing fixes them, or it is not known what does."""
    selectors_known: bool
    """False where what fixes them cannot be read."""
    prefixes: AddressSet | None
    """What is routed to the partner."""
    peer: Peer
    bgp: bool | None
    nat: bool | None
    """We translate, or would have to by what was agreed; a partner that translates by itself needs nothing of us."""
    weak: tuple[str, ...]
    """Agreed algorithms that our allow-lists do not hold, as `field value`; what is merely configured can be changed."""
    in_azure: tuple[str, ...] | None
    """Prefixes that our networks have too, as `prefix (network)`; as far as an inventory shows networks."""


def demands_of(facts: FactsDocument, agreements: Sequence[Agreement]) -> dict[str, list[Demand]]:
    """Return what each partner connection needs, in the order of the document, by the folded id of its gateway."""
    sites = {fold_id(site["id"]): site for site in facts["sites"]}
    found: dict[str, list[Demand]] = defaultdict(list)
    for item in facts["connections"]:
        if item.get("trust") != "internal" and item.get("connection_type", "IPsec") == "IPsec":
            site = sites.get(fold_id(item.get("site", "")))
            agreed = agreement_of(item, agreements)
            demand = _configured(item, site) if agreed is None else _agreed(agreed, facts["settings"], item, site)
            found[fold_id(item["gateway"])].append(demand)
    return found


def agreed_only(agreements: Sequence[Agreement], facts: FactsDocument) -> tuple[Demand, ...]:
    """Return what the agreements need with whom no connection of the input belongs: a renewal is no second need."""
    partners = {fold(item.get("partner", "")) for item in facts["connections"]}
    names = {fold(name) for item in facts["connections"] for name in (item["name"], item["id"])}
    return tuple(
        _agreed(one, facts["settings"])
        for one in agreements
        if (names.isdisjoint(map(fold, one.connections)) if one.connections else fold(one.partner) not in partners)
    )


def agreement_of(item: ConnectionFacts, agreements: Sequence[Agreement]) -> Agreement | None:
    """Return the agreement that the facts hold a connection against (S2S-AGR); for a device, that of its partner."""
    if "device" in item:
        return next((one for one in agreements if fold(one.partner) == fold(item.get("partner", ""))), None)
    held = item.get("agreement")
    if held is None or not held["found"]:
        return None
    return next((one for one in agreements if (one.place, one.label) == (held.get("place"), held["label"])), None)


def _configured(item: ConnectionFacts, site: SiteFacts | None) -> Demand:
    fixed = item.get("fixed_selectors", [])
    selectors = tuple(Selector(_addresses(one["local"]), _addresses(one["remote"])) for one in fixed)
    rules = item.get("nat_rules")
    return Demand(
        partner=item.get("partner") or item["name"],
        party=party_of_facts(item),
        selectors=selectors or None,
        selectors_known="fixed_selectors" in item,
        prefixes=_addresses(site["prefixes"]) if site is not None and "prefixes" in site else None,
        peer=_peer(item, site),
        bgp=item.get("bgp"),
        nat=None if rules is None else rules > 0,
        weak=(),
        in_azure=_in_azure(site),
    )


def _agreed(agreed: Agreement, settings: Settings, item: ConnectionFacts | None = None, site: SiteFacts | None = None) -> Demand:
    return Demand(
        partner=agreed.partner,
        party=fold(agreed.partner) if item is None else party_of_facts(item),
        selectors_known=True,
        selectors=tuple(one.selector for one in agreed.selectors),
        prefixes=agreed.prefixes.addresses,
        peer="dialled" if all(_is_public(peer) for peer in agreed.peers) else "moving",
        bgp=False if item is None else item.get("bgp"),
        nat=any(rule.side == "ours" for rule in agreed.nat),
        weak=tuple(_weak(agreed.algorithms, settings)),
        # What is configured is held against our networks; where something else was agreed nobody has looked.
        in_azure=() if item is None else _in_azure(site) if _configured_as(agreed, site) else None,
    )


def _weak(algorithms: AgreedAlgorithms, settings: Settings) -> Iterator[str]:
    for name in (*PHASE_1, *PHASE_2):
        value, allowed = getattr(algorithms, name), settings.get(name)
        if isinstance(allowed, list) and value not in allowed:
            yield f"{name} {value}"


def _peer(item: ConnectionFacts, site: SiteFacts | None) -> Peer:
    found = item.get("peer") or (None if site is None else site.get("peer"))
    return "unknown" if found is None else _PEERS[found["kind"]]


def _is_public(peer: str) -> bool:
    found = peer_at(peer)
    return not isinstance(found, Unknown) and found["kind"] == "public"


def _configured_as(agreed: Agreement, site: SiteFacts | None) -> bool:
    return site is not None and "prefixes" in site and not agreed.prefixes.addresses - _addresses(site["prefixes"])


def _in_azure(site: SiteFacts | None) -> tuple[str, ...] | None:
    return tuple(site["network_overlap"]) if site is not None and "network_overlap" in site else None


def _addresses(texts: Sequence[str]) -> AddressSet:
    return union([found for text in texts if not isinstance(found := parse_range(text), Unknown)])
