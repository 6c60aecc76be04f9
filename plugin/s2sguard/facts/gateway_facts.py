"""The facts of a gateway itself."""

from __future__ import annotations

from collections.abc import Sequence

from s2sguard.facts.document import FeasibilityFacts, GatewayFacts
from s2sguard.facts.extension_facts import DefaultSiteFacts, ExtensionFacts
from s2sguard.facts.hub_view import add_hub
from s2sguard.facts.inspection_view import add_inspection
from s2sguard.facts.isolation import Isolation, Subject
from s2sguard.facts.options import ExtensionException, FactsOptions
from s2sguard.model.address import AddressSet
from s2sguard.model.estate import Extension, Gateway
from s2sguard.model.value import Unknown


def gateway_facts(
    gateway: Gateway, subjects: Sequence[Subject], isolation: Isolation, options: FactsOptions, *, site_overlap: bool
) -> GatewayFacts:
    """Return one gateway's facts; `site_overlap` says whether sites of different partners overlap on it."""
    facts: GatewayFacts = {
        "id": gateway.id,
        "name": gateway.name,
        "present": gateway.present,
        "complete": not gateway.incomplete,
        "partner_facing": _faces_partners(gateway),
        "extensions": [_extension(extension, gateway, options.exceptions) for extension in gateway.extensions],
        "connections": len(gateway.connections),
        "open_ceilings": sum(1 for subject in subjects if not isinstance(subject.ceiling, Unknown) and subject.ceiling.is_open),
        "pairs": isolation.pairs,
        "shared_local_ranges": _shared_local_ranges(subjects),
        "feasibility": _feasibility(subjects, site_overlap=site_overlap),
        "unknown": {},
    }
    if gateway.device:
        facts["device"] = True
    if isolation.groups:
        facts["parties"], facts["party_groups"] = isolation.parties, isolation.groups
    _settings(facts, gateway)
    _default_site(facts, gateway)
    add_hub(facts, gateway)
    add_inspection(facts, gateway, subjects)
    return facts


def _settings(facts: GatewayFacts, gateway: Gateway) -> None:
    """Add what is set on the gateway itself, and what is not known of it."""
    unknown = facts["unknown"]
    if gateway.incomplete:
        facts["incomplete_reason"] = gateway.incomplete
    for name, value in (
        ("gateway_type", gateway.gateway_type),
        ("vpn_type", gateway.vpn_type),
        ("sku", gateway.sku),
        ("replay_protection", gateway.replay_protection),
        ("bgp", gateway.bgp),
        ("ike_log", gateway.ike_log),
    ):
        if isinstance(value, Unknown):
            unknown[name] = value.reason
        elif value is not None:
            facts[name] = value  # type: ignore[literal-required]
    if gateway.extensions_doubt:
        unknown["extensions"] = gateway.extensions_doubt


def _faces_partners(gateway: Gateway) -> bool:
    # Who else is on a gateway that was not read in full is not known.
    return bool(gateway.incomplete) or not gateway.connections or any(one.trust != "internal" for one in gateway.connections)


def _default_site(facts: GatewayFacts, gateway: Gateway) -> None:
    if isinstance(gateway.default_site_id, Unknown):
        facts["unknown"]["default_site"] = gateway.default_site_id.reason
    elif gateway.default_site_id:
        if isinstance(gateway.default_site_trust, Unknown):
            facts["unknown"]["default_site"] = gateway.default_site_trust.reason
            return
        site: DefaultSiteFacts = {
            "id": gateway.default_site_id,
            "name": gateway.default_site_name,
            "trust": gateway.default_site_trust,
        }
        facts["default_site"] = site


def _extension(extension: Extension, gateway: Gateway, exceptions: Sequence[ExtensionException]) -> ExtensionFacts:
    facts: ExtensionFacts = {"kind": extension.kind, "name": extension.name}
    for exception in exceptions:
        on_this = exception.gateway.lower() in {gateway.key, gateway.name.lower()}
        if on_this and exception.kind.lower() == extension.kind.lower():
            facts["exception"] = exception.reason
    return facts


def _shared_local_ranges(subjects: Sequence[Subject]) -> list[str]:
    """Return local ranges that two partners' fixed selectors have in common: normal, and worth knowing."""
    seen = AddressSet()
    shared = AddressSet()
    by_party: dict[str, AddressSet] = {}
    for subject in subjects:
        connection = subject.connection
        if connection.trust == "internal" or isinstance(connection.fixed_selectors, Unknown) or isinstance(connection.partner, Unknown):
            continue
        for element in connection.fixed_selectors:
            by_party[connection.partner] = by_party.get(connection.partner, AddressSet()) | element.selector.local
    for local in by_party.values():
        shared = shared | (seen & local)
        seen = seen | local
    return shared.texts()


def _feasibility(subjects: Sequence[Subject], *, site_overlap: bool) -> FeasibilityFacts:
    """Say whether native settings can isolate the partners: NAT excludes the pattern (azure.md 4.7)."""
    reasons = []
    if site_overlap:
        reasons.append("sites of different partners overlap, which needs NAT, and NAT rules exclude policy-based selectors")
    if any(not isinstance(subject.connection.nat_rules, Unknown) and subject.connection.nat_rules for subject in subjects):
        reasons.append("NAT rules are in use, and they exclude policy-based selectors")
    if reasons:
        reasons.append("use an NVA, an edge router, or a virtual WAN with routing intent")
    return {"native": not reasons, "reasons": reasons}
