"""Assigned parameters against fresh facts: what each partner gained, lost or never had. Covered sets count, not spellings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from s2sguard.azure_policy.derived.assigned import AssignedScope
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


def compare(assigned: Sequence[AssignedScope], view: View) -> tuple[Difference, ...]:
    """Return every difference, scope by scope; empty when the assignments say what fresh ones would."""
    found: list[Difference] = []
    for one in assigned:
        fresh = fresh_registry(view, one.scope)
        found.extend(_registries(one.scope, one.registry, fresh))
        found.extend(Difference(scope=one.scope, what="unreadable", subject=text, stale=(text,)) for text in one.unreadable)
    found.extend(_unassigned(assigned, view))
    return tuple(found)


def fresh_registry(view: View, scope: str) -> Registry:
    """Return what assignments at this scope would know today; a scope that is no subscription or group holds everything."""
    where = scope if kind_of(scope) else ""
    registry = registry_of(view, where, relevant(view, where))
    # What does not fit is not assigned either: that is no drift, `policy parameters` names it.
    left_out = {one.subject for one in split(registry, where).not_expressed}
    allowed = {partner: addresses for partner, addresses in registry.allowed.items() if partner not in left_out}
    return replace(registry, allowed=allowed, network_gateways=registry.network_gateways - left_out)


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


def _registries(scope: str, old: Registry, new: Registry) -> Iterator[Difference]:
    for partner in sorted(old.partners ^ new.partners):
        gone = partner in old.partners
        yield _name(scope, "partners", party_label(partner), partner, gone=gone)
    for gateway in sorted(old.gateways ^ new.gateways):
        yield _name(scope, "gateways", gateway, gateway, gone=gateway in old.gateways)
    # A gateway that is new as a whole needs no second line.
    for gateway in sorted((old.network_gateways ^ new.network_gateways) - (old.gateways ^ new.gateways)):
        yield _name(scope, "networks", gateway, gateway, gone=gateway in old.network_gateways)
    for key in sorted({*old.claims, *new.claims}, key=lambda one: (one[1], one[0])):
        yield from _sets(scope, "claims", party_label(key[1]), old.claims.get(key), new.claims.get(key), gateway=key[0])
    for partner in sorted({*old.allowed, *new.allowed}):
        yield from _sets(scope, "allowed", party_label(partner), old.allowed.get(partner), new.allowed.get(partner))
    for gateway in sorted({*old.networks, *new.networks}):
        yield from _sets(scope, "networks", gateway, old.networks.get(gateway), new.networks.get(gateway))
    yield from _identities(scope, old, new)


def _name(scope: str, what: What, subject: str, value: str, *, gone: bool) -> Difference:
    return Difference(scope=scope, what=what, subject=subject, missing=() if gone else (value,), stale=(value,) if gone else ())


def _sets(
    scope: str, what: What, subject: str, old: AddressSet | None, new: AddressSet | None, *, gateway: str = ""
) -> Iterator[Difference]:
    before, after = old or AddressSet(), new or AddressSet()
    missing, stale = after - before, before - after
    if missing or stale:
        yield Difference(scope=scope, what=what, subject=subject, missing=tuple(cidrs(missing)), stale=tuple(cidrs(stale)), gateway=gateway)


def _identities(scope: str, old: Registry, new: Registry) -> Iterator[Difference]:
    for before, after in zip(_tables(old), _tables(new), strict=True):
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                missing, stale = _texts(after.get(key)), _texts(before.get(key))
                yield Difference(scope=scope, what="identity", subject=key, missing=missing, stale=stale)


def _tables(registry: Registry) -> tuple[Mapping[str, object], ...]:
    return (
        registry.partner_of,
        registry.trust_of,
        registry.site_partner,
        registry.site_trust,
        {site: tuple(sorted(gateways)) for site, gateways in registry.site_gateways.items()},
        {"partner tag": registry.partner_tag, "trust tag": registry.trust_tag},
    )


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)
