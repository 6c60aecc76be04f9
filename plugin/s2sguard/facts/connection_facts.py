"""The facts of one connection that need nothing of its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from s2sguard.facts.addressing import peer_of, selector_widths
from s2sguard.facts.ceiling import Ceiling
from s2sguard.facts.crypto import policy_facts
from s2sguard.facts.document import ConnectionFacts, GatewayFacts, SiteFacts
from s2sguard.facts.identity import party_label
from s2sguard.model.address import AddressSet
from s2sguard.model.estate import Connection, Prefixes, Site
from s2sguard.model.value import Maybe, Unknown


def put_known(facts: ConnectionFacts | GatewayFacts | SiteFacts, values: Mapping[str, object]) -> None:
    """Write the known values as facts, and the reasons of the others into `unknown`."""
    for name, value in values.items():
        if isinstance(value, Unknown):
            facts["unknown"][name] = value.reason
        else:
            facts[name] = value  # type: ignore[literal-required]


def who_it_is(connection: Connection, gateway_id: str, *, shared: Maybe[bool]) -> ConnectionFacts:
    """Return identity and kind: the facts every connection has. `shared` says whether the gateway carries another party."""
    unknown: dict[str, str] = {}
    facts: ConnectionFacts = {"id": connection.id, "name": connection.name, "gateway": gateway_id, "unknown": unknown}
    site = connection.site
    if isinstance(connection.site_id, str) and connection.site_id:
        facts["site"] = connection.site_id
        facts["site_name"] = site.name if isinstance(site, Site) else connection.site_id.rsplit("/", 1)[-1]
    partner = connection.partner if isinstance(connection.partner, Unknown) else party_label(connection.partner)
    values: dict[str, object] = {
        "partner": partner,
        "trust": connection.trust,
        "connection_type": connection.connection_type,
        "bgp": connection.bgp,
        "shared_gateway": shared,
    }
    put_known(facts, values)
    if isinstance(site, Unknown):
        unknown["site"] = site.reason
    return facts


def add_settings(facts: ConnectionFacts, connection: Connection) -> None:
    """Add what is configured on a tunnel."""
    nat_rules, policy, selectors = connection.nat_rules, connection.policy, connection.fixed_selectors
    values: dict[str, object] = {
        "connection_mode": connection.mode,
        "connection_protocol": connection.protocol,
        "policy_based_selectors": connection.policy_based_selectors,
        "nat_rules": nat_rules if isinstance(nat_rules, Unknown) else len(nat_rules),
        "custom_policy": policy if isinstance(policy, Unknown) else policy is not None,
    }
    if isinstance(selectors, Unknown):
        values["fixed_selectors"] = values["selector_widths"] = selectors
    else:
        values["fixed_selectors"] = [{"local": list(one.local_texts), "remote": list(one.remote_texts)} for one in selectors]
        values["selector_widths"] = selector_widths(selectors)
    if isinstance(policy, Unknown):
        values["ipsec_policy"] = policy
    elif policy is not None:
        values["ipsec_policy"] = policy_facts(policy, facts["unknown"])
    values["peer"] = connection.site if isinstance(connection.site, Unknown) else _peer(connection.site)
    put_known(facts, values)


def add_device_settings(facts: ConnectionFacts, connection: Connection) -> None:
    """Add what is configured on a tunnel of a device."""
    selectors = connection.fixed_selectors
    facts["device"] = True
    values: dict[str, object] = {"connection_protocol": connection.protocol}
    if isinstance(selectors, Unknown):
        values["fixed_selectors"] = selectors
    else:
        values["fixed_selectors"] = [{"local": list(one.local_texts), "remote": list(one.remote_texts)} for one in selectors]
    put_known(facts, values)


def _peer(site: Site | None) -> object:
    return peer_of(site) if site is not None else {"kind": "none", "value": ""}


def add_ceiling(facts: ConnectionFacts, ceiling: Maybe[Ceiling]) -> None:
    """Add what the far end can bring about."""
    if isinstance(ceiling, Unknown):
        facts["unknown"]["ceiling"] = ceiling.reason
    else:
        facts["ceiling"] = {"open": ceiling.is_open, "reasons": list(ceiling.reasons)}


def outside(sets: Sequence[AddressSet], covered: AddressSet) -> list[str]:
    """Return the ranges of all sets that are not covered."""
    rest = AddressSet()
    for addresses in sets:
        rest = rest | (addresses - covered)
    return rest.texts()


def add_outside_site(facts: ConnectionFacts, connection: Connection, remote: Sequence[AddressSet]) -> None:
    """Add which parts of the fixed remote ranges lie outside the site's prefixes; with BGP the site is *any*."""
    site = connection.site
    prefixes: Maybe[Prefixes] = Unknown("it has no site") if site is None else site if isinstance(site, Unknown) else site.prefixes
    if connection.bgp is True:
        facts["remote_outside_site"] = []
    elif isinstance(prefixes, Unknown):
        facts["unknown"]["remote_outside_site"] = prefixes.reason
    else:
        rest = outside(remote, prefixes.addresses)
        if rest and isinstance(connection.bgp, Unknown):
            facts["unknown"]["remote_outside_site"] = connection.bgp.reason
        else:
            facts["remote_outside_site"] = rest
