"""One gateway with its connections: the natural shard of all facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from s2sguard.facts.addressing import reach_of
from s2sguard.facts.agreed import AgreementBook
from s2sguard.facts.ceiling import ceiling_of, device_ceiling, routed_bounds
from s2sguard.facts.connection_facts import add_ceiling, add_device_settings, add_outside_site, add_settings, outside, who_it_is
from s2sguard.facts.document import ConnectionFacts, GatewayFacts
from s2sguard.facts.gateway_facts import gateway_facts
from s2sguard.facts.hub_view import add_learned
from s2sguard.facts.isolation import Exposures, Isolation, Subject, isolate
from s2sguard.facts.observed import add_observed, live_exposures, sites_of
from s2sguard.facts.options import FactsOptions
from s2sguard.facts.overlaps import PartnerOverlaps, remote_claim, site_claim
from s2sguard.facts.site_facts import SiteUse
from s2sguard.model.estate import Connection, DeviceEnd, Gateway, Site
from s2sguard.model.value import Maybe, Unknown


def subject_of(connection: Connection, gateway: Gateway, options: FactsOptions) -> Subject:
    """Return what isolation needs to know about one IPsec connection."""
    if connection.device is not None:
        return _device_subject(connection, connection.device)
    ceiling = ceiling_of(connection, gateway.vpn_type, options.assumptions)
    at_least, at_most, doubt = routed_bounds(connection, gateway)
    reasons = [value.reason for value in (ceiling, connection.partner, connection.trust) if isinstance(value, Unknown)]
    if doubt:
        reasons.append(doubt)
    text = f"{connection.name}: {reasons[0]}" if reasons else ""
    return Subject(connection=connection, ceiling=ceiling, routed=(at_least, at_most), doubt=text)


def _device_subject(connection: Connection, device: DeviceEnd) -> Subject:
    certain = device.takes[0] == device.takes[1] and device.sends[0] == device.sends[1]
    ceiling = device_ceiling(device.takes[1]) if certain else Unknown(device.doubt)
    reasons = [value.reason for value in (connection.partner, connection.trust) if isinstance(value, Unknown)]
    reasons += [device.doubt] if device.doubt else []
    text = f"{connection.name}: {reasons[0]}" if reasons else ""
    return Subject(connection=connection, ceiling=ceiling, routed=device.routed, doubt=text)


def carries_ipsec(connection: Connection) -> bool:
    """Say whether a connection is, or may be, an IPsec tunnel to a site."""
    return isinstance(connection.connection_type, Unknown) or connection.connection_type == "IPsec"


class Shard:
    """The facts of one gateway."""

    def __init__(self, gateway: Gateway, options: FactsOptions) -> None:
        self.gateway = gateway
        self.tunnels = [connection for connection in gateway.connections if carries_ipsec(connection)]
        self.subjects = [subject_of(connection, gateway, options) for connection in self.tunnels]
        self.isolation: Isolation = isolate(self.subjects)
        self.live = live_exposures(self.subjects)
        self._partner_sites = sites_of(self.tunnels)
        self.reach = reach_of(gateway.networks)
        self.shared = _shared(gateway.connections, gateway.incomplete)
        self._remote = PartnerOverlaps((remote_claim(connection) for connection in self.tunnels), gateway.incomplete)
        self._sites = PartnerOverlaps((site_claim(connection) for connection in self.tunnels), gateway.incomplete)

    def gateway_facts(self, options: FactsOptions) -> GatewayFacts:
        """Return the gateway's own facts."""
        return gateway_facts(self.gateway, self.subjects, self.isolation, options, site_overlap=self._sites.any_found)

    def connection_facts(self, book: AgreementBook | None = None) -> Iterable[ConnectionFacts]:
        """Yield the facts of each connection, in order; held against agreements where there is a book of them."""
        tunnel = 0
        for connection in self.gateway.connections:
            facts = who_it_is(connection, self.gateway.id, shared=self.shared)
            if carries_ipsec(connection):
                (add_settings if connection.device is None else add_device_settings)(facts, connection)
                add_ceiling(facts, self.subjects[tunnel].ceiling)
                self._exposures(facts, self.isolation.exposures[tunnel])
                if self.isolation.groups and not isinstance(connection.partner, Unknown):
                    facts["party"] = self.isolation.indexes[tunnel]
                self._ranges(facts, connection, tunnel)
                if connection.learned is not None:
                    add_learned(facts, connection.learned, self.gateway.incomplete)
                add_observed(facts, connection, self._partner_sites, None if self.live is None else self.live[tunnel])
                if book is not None:
                    book.add(facts, connection)
                tunnel += 1
            yield facts

    def _exposures(self, facts: ConnectionFacts, exposures: Exposures) -> None:
        facts["two_way"], facts["one_way"], facts["to_internal"] = exposures.two_way, exposures.one_way, exposures.to_internal
        for name in ("two_way", "one_way", "to_internal"):
            possible = facts[name]["possible"]
            reasons = [f"{possible} more cannot be ruled out: {self.isolation.doubt}"] if possible else []
            if self.gateway.incomplete:
                reasons.append(self.gateway.incomplete)
            if reasons:
                facts["unknown"][name] = "; ".join(reasons)

    def _ranges(self, facts: ConnectionFacts, connection: Connection, tunnel: int) -> None:
        unknown = facts["unknown"]
        self._remote.put(facts, "remote_overlap", tunnel)
        if connection.device is not None:
            return
        if isinstance(connection.fixed_selectors, Unknown):
            unknown["remote_outside_site"] = unknown["local_outside_networks"] = connection.fixed_selectors.reason
            return
        if not connection.fixed_selectors:
            facts["remote_outside_site"] = facts["local_outside_networks"] = []
            return
        selectors = [element.selector for element in connection.fixed_selectors]
        add_outside_site(facts, connection, [selector.remote for selector in selectors])
        rest = outside([selector.local for selector in selectors], self.reach.covered)
        if rest and self.reach.doubt:
            unknown["local_outside_networks"] = f"{', '.join(rest)} may lie in a network that cannot be read: {self.reach.doubt}"
        else:
            facts["local_outside_networks"] = rest

    def site_uses(self) -> Iterable[tuple[str, SiteUse]]:
        """Yield (site key, use) for every connection whose site is in the input."""
        for index, connection in enumerate(self.tunnels):
            if isinstance(connection.site, Site):
                found, possible, doubt = self._sites.of(index)
                yield (
                    connection.site.key,
                    SiteUse(
                        gateway_id=self.gateway.id,
                        party=connection.partner,
                        trust=connection.trust,
                        found=found,
                        possible=possible,
                        doubt=doubt,
                        reach=self.reach,
                    ),
                )


def _shared(connections: Sequence[Connection], incomplete: str) -> Maybe[bool]:
    """Say whether a gateway carries two parties, one of them a partner (S2S-ISO-004); one not read in full may carry more."""
    parties = {connection.partner for connection in connections}
    doubts = [value for connection in connections for value in (connection.partner, connection.trust) if isinstance(value, Unknown)]
    partner = any(connection.trust == "partner" for connection in connections)
    if partner and len(parties - set(doubts)) > 1:
        return True
    if doubts and len(connections) > 1:
        return doubts[0]
    return Unknown(incomplete) if incomplete else False
