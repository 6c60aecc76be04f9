"""What live SAs say about a connection: wider than configured, into another partner's site, started by the peer, weak.

The isolation of what is in force is computed with the flow relation of the rest (facts/isolation.py), on live selectors alone:
a pair found here is open now, whatever the configuration says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from s2sguard.facts.ceiling import Ceiling
from s2sguard.facts.document import ConnectionFacts, ObservedFacts
from s2sguard.facts.identity import party_label
from s2sguard.facts.isolation import Exposures, Subject, isolate
from s2sguard.model.address import AddressSet
from s2sguard.model.estate import Connection, IpsecPolicy, Site
from s2sguard.model.observation import ChildSa, Observation
from s2sguard.model.selector import Selector
from s2sguard.model.value import Maybe, Unknown

MOST_SHOWN: Final = 10
_PHASE_1: Final = ("ike_encryption", "ike_integrity", "dh_group")
_PHASE_2: Final = ("ipsec_encryption", "ipsec_integrity", "pfs_group")

OtherSites: TypeAlias = Sequence[tuple[Connection, AddressSet | Unknown]]
"""Every partner connection of a gateway with the prefixes of its site."""


def live_exposures(subjects: Sequence[Subject]) -> tuple[Exposures, ...] | None:
    """Return, for each connection in the order given, what live selectors share with other parties; None where nobody looked."""
    if not any(isinstance(subject.connection.observation, Observation) for subject in subjects):
        return None
    found = isolate([_live(subject) for subject in subjects]).exposures
    for exposures in found:
        for exposure in (exposures.two_way, exposures.one_way):
            # They number the groups of this isolation, and a gateway lists those of the configured one.
            exposure.pop("groups", None)
    return found


def _live(subject: Subject) -> Subject:
    """Return a subject whose ceiling is what is in force; of what is unknown, only what is certain counts."""
    return replace(subject, ceiling=Ceiling(tuple(_selectors(subject.connection)), observed=True))


def sites_of(connections: Iterable[Connection]) -> OtherSites:
    """Return what `add_observed` needs to know of a gateway's partners; a connection without a site has no prefixes."""
    found: list[tuple[Connection, AddressSet | Unknown]] = []
    for connection in connections:
        site = connection.site
        if connection.trust == "internal" or site is None:
            continue
        prefixes = site.prefixes if isinstance(site, Site) else site
        found.append((connection, prefixes if isinstance(prefixes, Unknown) else prefixes.addresses))
    return found


def add_observed(facts: ConnectionFacts, connection: Connection, others: OtherSites, live: Exposures | None) -> None:
    """Add the observed facts of a connection; nothing where nobody looked."""
    seen = connection.observation
    if isinstance(seen, Unknown):
        facts["unknown"]["observed"] = seen.reason
    if seen is None or isinstance(seen, Unknown) or live is None:
        return
    unknown = facts["unknown"]
    children = _children(seen)
    observed: ObservedFacts = {
        "ike_sas": len(seen.sas),
        "child_sas": len(children),
        "selectors": [{"local": one.local.texts(), "remote": one.remote.texts()} for one in _unique(_selectors(connection))],
        "two_way": live.two_way,
        "one_way": live.one_way,
    }
    doubt = next((child.selector.reason for child in children if isinstance(child.selector, Unknown)), "")
    if doubt:
        unknown["observed.selectors"] = doubt
    _add_wider(observed, connection, unknown)
    _add_of_others(observed, connection, others, unknown)
    _add_starters(observed, seen, unknown)
    if seen.with_algorithms:
        _add_algorithms(observed, connection, seen, unknown)
    facts["observed"] = observed


def _children(seen: Observation) -> list[ChildSa]:
    return [child for sa in seen.sas for child in sa.children]


def _selectors(connection: Connection) -> Iterator[Selector]:
    seen = connection.observation
    if isinstance(seen, Observation):
        yield from (child.selector for child in _children(seen) if isinstance(child.selector, Selector))


def _unique(selectors: Iterable[Selector]) -> list[Selector]:
    return list(dict.fromkeys(selectors))


def _add_wider(observed: ObservedFacts, connection: Connection, unknown: dict[str, str]) -> None:
    """Add the parts of live selectors that no fixed selector covers; without fixed selectors there is nothing to compare with."""
    fixed = connection.fixed_selectors
    if isinstance(fixed, Unknown):
        unknown["observed.wider"] = fixed.reason
    elif fixed:
        configured = [element.selector for element in fixed]
        parts = [part for live in _unique(_selectors(connection)) for part in uncovered(live, configured)]
        observed["wider"] = [str(part) for part in _unique(parts)[:MOST_SHOWN]]


def uncovered(selector: Selector, by: Sequence[Selector]) -> list[Selector]:
    """Return the parts of a selector (local x remote, one family at a time) that are in none of the others."""
    left = [part for version in (4, 6) if (part := _family(selector, version)) is not None]
    for one in by:
        left = [part for whole in left for part in _without(whole, one)]
    return left


def _family(selector: Selector, version: int) -> Selector | None:
    """Return the IPv4 or the IPv6 part; None where a packet of that family never fits."""
    local, remote = selector.local.family(version), selector.remote.family(version)
    if not local or not remote:
        return None
    return Selector(AddressSet(local), AddressSet(remote)) if version == 4 else Selector(AddressSet((), local), AddressSet((), remote))


def _without(whole: Selector, cut: Selector) -> Iterator[Selector]:
    outside, inside = whole.local - cut.local, whole.local & cut.local
    if outside:
        yield Selector(outside, whole.remote)
    beyond = whole.remote - cut.remote
    if inside and beyond:
        yield Selector(inside, beyond)


def _add_of_others(observed: ObservedFacts, connection: Connection, others: OtherSites, unknown: dict[str, str]) -> None:
    """Add the ranges of other partners' sites that the local side of a live selector takes in."""
    if isinstance(connection.partner, Unknown):
        unknown["observed.of_others"] = connection.partner.reason
        return
    found: dict[str, None] = {}
    doubt = ""
    for other, prefixes in others:
        if isinstance(other.partner, Unknown):
            doubt = doubt or other.partner.reason
        elif other.partner != connection.partner:
            if isinstance(prefixes, Unknown):
                doubt = doubt or prefixes.reason
                continue
            found |= dict.fromkeys(
                f"{', '.join((live.local & prefixes).texts())} of {party_label(other.partner)}"
                for live in _selectors(connection)
                if live.local.meets(prefixes)
            )
    observed["of_others"] = list(found)[:MOST_SHOWN]
    if doubt and next(_selectors(connection), None) is not None:
        unknown["observed.of_others"] = doubt


def _add_starters(observed: ObservedFacts, seen: Observation, unknown: dict[str, str]) -> None:
    """Add how many SAs the peer started."""
    starters: list[Maybe[bool | None]] = [sa.by_peer for sa in seen.sas]
    starters += [child.by_peer for child in _children(seen)]
    observed["peer_initiated"] = sum(starter is True for starter in starters)
    doubt = next((starter.reason for starter in starters if isinstance(starter, Unknown)), "")
    if doubt:
        unknown["observed.peer_initiated"] = doubt


def _add_algorithms(observed: ObservedFacts, connection: Connection, seen: Observation, unknown: dict[str, str]) -> None:
    """Add the algorithms in force, by field.

    The first child SA is made by IKE_AUTH, without a Diffie-Hellman exchange of its own (RFC 7296 section 1.2): that it has no group
    says nothing against a policy that asks for one.
    """
    values = [(name, getattr(sa, name)) for sa in seen.sas for name in _PHASE_1]
    values += [(name, getattr(child, name)) for child in _children(seen) for name in _PHASE_2]
    found: dict[str, set[str]] = {}
    for name, value in values:
        if isinstance(value, Unknown):
            unknown[f"observed.{name}"] = value.reason
        elif not (name == "pfs_group" and value == "None" and _asks_for_pfs(connection)):
            found.setdefault(name, set()).add(value)
    observed["algorithms"] = {name: sorted(found[name]) for name in sorted(found)}


def _asks_for_pfs(connection: Connection) -> bool:
    policy = connection.policy
    return isinstance(policy, IpsecPolicy) and isinstance(policy.pfs_group, str) and policy.pfs_group != "None"
