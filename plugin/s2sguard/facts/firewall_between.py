"""What the firewall of a virtual hub does with packets from one partner to another, where routing intent sends them to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from s2sguard.facts.device_passing import permitted
from s2sguard.facts.hub_facts import FirewallPairFacts
from s2sguard.model.address import ANY, AddressSet, union
from s2sguard.model.estate import Connection, Gateway, Site
from s2sguard.model.firewall import FirewallRules
from s2sguard.model.selector import Selector
from s2sguard.model.tunnel import FilterRule
from s2sguard.model.value import Maybe, Unknown

MOST_PARTNERS = 20
"""Partners of a hub whose pairs are looked at: of more, only people who ask for two of them want to know."""


def between(gateway: Gateway) -> list[FirewallPairFacts]:
    """Return, for each pair of partners on an inspected hub, whether the firewall's network rules let packets pass, either way."""
    firewall = None if gateway.hub is None else gateway.hub.firewall
    if firewall is None:
        return []
    sites: dict[str, list[Connection]] = {}
    for connection in gateway.connections:
        if isinstance(connection.partner, str) and connection.trust != "internal":
            sites.setdefault(connection.partner, []).append(connection)
    ends = {partner: (_prefixes(found), _most(found)) for partner, found in sorted(sites.items())[:MOST_PARTNERS]}
    return [_pair(firewall, (one, ends[one]), (other, ends[other])) for one, other in combinations(ends, 2)]


_End = tuple[str, tuple[AddressSet, AddressSet]]


def _pair(firewall: FirewallRules, one: _End, other: _End) -> FirewallPairFacts:
    names = [one[0], other[0]]
    if isinstance(firewall.rules, Unknown):
        return {"partners": names, "firewall": firewall.name, "state": "unknown", "by": firewall.rules.reason}
    ways = ((one[1], other[1]), (other[1], one[1]))
    for at_least in (True, False):
        for source, target in ways:
            sides = Selector(source[0 if at_least else 1], target[0 if at_least else 1])
            found = _lets(firewall.rules, sides, at_least=at_least)
            if isinstance(found, Unknown):
                return {"partners": names, "firewall": firewall.name, "state": "unknown", "by": found.reason}
            if found is not None:
                by = f"rule {found}" if found else "a rule"
                return {"partners": names, "firewall": firewall.name, "state": "allowed" if at_least else "unknown", "by": by}
    return {"partners": names, "firewall": firewall.name, "state": "denied", "by": "no network rule allows it"}


def _lets(rules: Sequence[tuple[str, FilterRule]], sides: Selector, *, at_least: bool) -> Maybe[str | None]:
    """Return the name of the first rule that lets packets of these sides pass, or None."""
    denying: list[FilterRule] = []
    for name, rule in rules:
        if not (rule.source.meets(sides.local) and rule.destination.meets(sides.remote)):
            continue
        if not rule.permit:
            denying.append(rule)
            continue
        allowed = permitted([*denying, rule], at_least=at_least)
        if isinstance(allowed, Unknown):
            return allowed
        if any(one.local.meets(sides.local) and one.remote.meets(sides.remote) for one in allowed):
            return name
    return None


def _prefixes(connections: Sequence[Connection]) -> AddressSet:
    return union(_known(connections))


def _known(connections: Sequence[Connection]) -> Iterator[AddressSet]:
    for connection in connections:
        if isinstance(connection.site, Site) and not isinstance(connection.site.prefixes, Unknown):
            yield connection.site.prefixes.addresses


def _most(connections: Sequence[Connection]) -> AddressSet:
    """Return what may be behind a partner's connections: anything with BGP, with NAT, and where a site is not known."""
    known = list(_known(connections))
    certain = len(known) == len(connections) and all(one.bgp is False and one.nat_rules == () for one in connections)
    return union(known) if certain else ANY
