"""Assigned parameters against fresh facts: what each partner gained, lost or never had. Covered sets count, not spellings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from s2sguard.azure_policy.derived.assigned import AssignedScope
from s2sguard.azure_policy.derived.conflicts import Settlement, by_gateway, met, settle
from s2sguard.azure_policy.derived.derive import scopes_of
from s2sguard.azure_policy.derived.model import Registry, View
from s2sguard.azure_policy.derived.ranges import cidrs
from s2sguard.azure_policy.derived.registry import registry_of, relevant
from s2sguard.azure_policy.derived.scopes import kind_of
from s2sguard.azure_policy.derived.split import split
from s2sguard.facts.identity import party_label
from s2sguard.model.address import AddressSet
from s2sguard.model.inventory import fold_id

What: TypeAlias = Literal["claims", "allowed", "networks", "partners", "gateways", "identity", "scope", "unreadable"]


_NONE = AddressSet()
_PARAMETERS: dict[What, str] = {
    "claims": "partnerRanges",
    "allowed": "allowedRanges",
    "networks": "networkRanges",
    "partners": "partners",
    "gateways": "gateways",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing the assignments at a scope do not know, or know no longer rightly."""

    scope: str
    what: What
    subject: str
    """A partner, a gateway, a resource or a tag."""
    missing: tuple[str, ...] = ()
    """What the facts have and the assignment lacks."""
    stale: tuple[str, ...] = ()
    """What the assignment has and the facts lack."""
    gateway: str = ""
    """For claims: where."""
    parameter: str = ""
    """The parameter that differs; empty for a whole assignment."""
    contested_by: tuple[str, ...] = ()
    """Partners that claim, or claimed when this was assigned, some of what is missing, on the same gateway."""


def compare(assigned: Sequence[AssignedScope], view: View) -> tuple[Difference, ...]:
    """Return every difference, scope by scope; empty when the assignments say what fresh ones would."""
    found: list[Difference] = []
    settlement = settle(view)
    for one in assigned:
        found.extend(_registries(one.scope, one.registry, *_today(view, one.scope, settlement)))
        found.extend(Difference(scope=one.scope, what="unreadable", subject=text, stale=(text,)) for text in one.unreadable)
    found.extend(_unassigned(assigned, view))
    return tuple(found)


def _today(view: View, scope: str, settlement: Settlement) -> tuple[Registry, Registry]:
    """Return the facts for a scope, and what may be assigned of them; a scope that is no subscription or group holds everything."""
    where = scope if kind_of(scope) else ""
    registry = registry_of(view, where, relevant(view, where))
    due = settlement.applied(registry)
    # What does not fit, or is claimed by several, is not assigned either: that is no drift, `policy parameters` names it.
    left_out = {one.subject for one in split(due, where).not_expressed}
    allowed = {partner: addresses for partner, addresses in due.allowed.items() if partner not in left_out}
    facts = replace(registry, network_gateways=registry.network_gateways - left_out)
    return facts, replace(due, allowed=allowed)


def _unassigned(assigned: Sequence[AssignedScope], view: View) -> Iterator[Difference]:
    """Yield the scopes that should have assignments beside those that have."""
    kinds = {kind_of(one.scope) for one in assigned} or {"subscription"}
    kind = next(iter(kinds))
    if len(kinds) > 1 or kind is None:
        return  # one assignment above all the others: nothing has to stand beside it
    here = {fold_id(one.scope) for one in assigned}
    for scope in scopes_of(view, kind):
        if fold_id(scope) not in here:
            yield Difference(scope=scope, what="scope", subject=scope, missing=(scope,))


def _registries(scope: str, old: Registry, new: Registry, due: Registry) -> Iterator[Difference]:
    """Yield how `old` differs from `new`, the facts, and from `due`, what may be assigned of them."""
    for partner in sorted({*(old.partners - new.partners), *(due.partners - old.partners)}):
        yield _name(scope, "partners", party_label(partner), partner, gone=partner in old.partners)
    for gateway in sorted(old.gateways ^ new.gateways):
        yield _name(scope, "gateways", gateway, gateway, gone=gateway in old.gateways)
    # A gateway that is new as a whole needs no second line.
    for gateway in sorted((old.network_gateways ^ new.network_gateways) - (old.gateways ^ new.gateways)):
        one = _name(scope, "networks", gateway, gateway, gone=gateway in old.network_gateways)
        yield replace(one, parameter="networkGateways")
    yield from _claims(scope, old, new)
    yield from _allowed(scope, old, new, due)
    for gateway in sorted({*old.networks, *new.networks}):
        before, after = old.networks.get(gateway, _NONE), new.networks.get(gateway, _NONE)
        yield from _sets(scope, "networks", gateway, after - before, before - after)
    yield from _identities(scope, old, new)


def _claims(scope: str, old: Registry, new: Registry) -> Iterator[Difference]:
    foes = _foes(old, new, {key: fresh for key, one in new.claims.items() if (fresh := one - old.claims.get(key, _NONE))})
    for key in sorted({*old.claims, *new.claims}, key=lambda one: (one[1], one[0])):
        before, after = old.claims.get(key, _NONE), new.claims.get(key, _NONE)
        for one in _sets(scope, "claims", party_label(key[1]), after - before, before - after):
            yield replace(one, gateway=key[0], contested_by=tuple(sorted(map(party_label, foes.get(key, ())))))


def _allowed(scope: str, old: Registry, new: Registry, due: Registry) -> Iterator[Difference]:
    fresh = {partner: addresses - old.allowed.get(partner, _NONE) for partner, addresses in due.allowed.items()}
    foes: dict[str, set[str]] = defaultdict(set)
    for (_, partner), names in _foes(old, new, {key: fresh[key[1]] for key in new.claims if fresh.get(key[1])}).items():
        foes[partner] |= names
    for partner in sorted({*old.allowed, *new.allowed}):
        stale = old.allowed.get(partner, _NONE) - new.allowed.get(partner, _NONE)
        for one in _sets(scope, "allowed", party_label(partner), fresh.get(partner, _NONE), stale):
            yield replace(one, contested_by=tuple(sorted(map(party_label, foes[partner]))))


def _foes(old: Registry, new: Registry, fresh: Mapping[tuple[str, str], AddressSet]) -> dict[tuple[str, str], set[str]]:
    """Return for what is new, by gateway and partner, who else claims or claimed some of it there."""
    found: dict[tuple[str, str], set[str]] = {}
    before, after = by_gateway(old.claims), by_gateway(new.claims)
    for gateway, mine in by_gateway(fresh).items():
        for claims in (before.get(gateway, {}), after.get(gateway, {})):
            for partner, names in met(mine, claims).items():
                found.setdefault((gateway, partner), set()).update(names)
    return found


def _name(scope: str, what: What, subject: str, value: str, *, gone: bool) -> Difference:
    missing, stale = () if gone else (value,), (value,) if gone else ()
    return Difference(scope=scope, what=what, subject=subject, missing=missing, stale=stale, parameter=_PARAMETERS.get(what, ""))


def _sets(scope: str, what: What, subject: str, missing: AddressSet, stale: AddressSet) -> Iterator[Difference]:
    if missing or stale:
        yield Difference(
            scope=scope,
            what=what,
            subject=subject,
            missing=tuple(cidrs(missing)),
            stale=tuple(cidrs(stale)),
            parameter=_PARAMETERS[what],
        )


def _identities(scope: str, old: Registry, new: Registry) -> Iterator[Difference]:
    for (parameter, before), after in zip(_tables(old).items(), _tables(new).values(), strict=True):
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                missing, stale = _texts(after.get(key)), _texts(before.get(key))
                yield Difference(scope=scope, what="identity", subject=key, missing=missing, stale=stale, parameter=parameter)


def _tables(registry: Registry) -> dict[str, Mapping[str, object]]:
    return {
        "partnerOf": registry.partner_of,
        "trustOf": registry.trust_of,
        "sitePartner": registry.site_partner,
        "siteTrust": registry.site_trust,
        "siteGateways": {site: tuple(sorted(gateways)) for site, gateways in registry.site_gateways.items()},
        "siteOverlaps": registry.site_overlaps,
        "siteNetworkOverlaps": registry.site_network_overlaps,
        "partnerTag": {"partner tag": registry.partner_tag},
        "trustTag": {"trust tag": registry.trust_tag},
    }


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)
