"""Claims that meet: addresses that several partners claim on one gateway, who had them first, and what follows for the parameters.

A scan says that this is wrong (S2S-ISO-003, S2S-ADR-001); here it decides what may be assigned:

- nobody is allowed what several claim, because facts do not say whose it is;
- with what is assigned already (`earlier`), the one partner that had the addresses on that gateway keeps them,
  and nobody is allowed more than before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from s2sguard.azure_policy.derived.model import Conflict, Ground, NewClaim, Registry, Use, View
from s2sguard.azure_policy.derived.registry import claims_of, partner_uses
from s2sguard.model.address import AddressSet, Interval, union
from s2sguard.model.value import Unknown

_Name = TypeVar("_Name", bound=Hashable)
_NONE = AddressSet()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What conflicts, and what is assigned already, take away from the facts."""

    conflicts: tuple[Conflict, ...]
    earlier: Registry | None = None
    lost: Mapping[tuple[str, str], AddressSet] = field(default_factory=dict)
    """(gateway, partner) -> addresses that another partner had there first."""
    disputed: Mapping[str, AddressSet] = field(default_factory=dict)
    """Partner -> addresses that it claims against others and did not have first."""

    def applied(self, registry: Registry) -> Registry:
        """Return what may be assigned: nothing disputed is allowed, and nothing new where `earlier` says what was."""
        claims = {key: left for key, addresses in registry.claims.items() if (left := addresses - self.lost.get(key, _NONE))}
        allowed = {
            partner: left
            for partner, addresses in registry.allowed.items()
            if (left := self._granted(partner, addresses) - self.disputed.get(partner, _NONE))
        }
        # A partner without any range is refused as one that nobody knows, not let through as one that did not fit.
        return replace(registry, claims=claims, allowed=allowed, partners=frozenset(allowed))

    def new_claims(self, registries: Iterable[Registry]) -> tuple[NewClaim, ...]:
        """Return what partners claim beyond `earlier`, apart from conflicts, by partner."""
        if self.earlier is None:
            return ()
        fresh: dict[str, list[AddressSet]] = defaultdict(list)
        gateways: dict[str, dict[str, AddressSet]] = defaultdict(dict)
        for registry in registries:
            for partner, addresses in registry.allowed.items():
                fresh[partner].append(addresses - granted(self.earlier, partner) - self.disputed.get(partner, _NONE))
            for (gateway, partner), addresses in registry.claims.items():
                gateways[gateway][partner] = addresses - granted(self.earlier, partner) - self.disputed.get(partner, _NONE)
        owners = _earlier_owners(self.earlier, gateways)
        return tuple(
            NewClaim(partner=partner, addresses=addresses, earlier=tuple(sorted(owners[partner])))
            for partner, parts in sorted(fresh.items())
            if (addresses := union(parts))
        )

    def _granted(self, partner: str, addresses: AddressSet) -> AddressSet:
        return addresses if self.earlier is None else granted(self.earlier, partner)


def settle(view: View, earlier: Registry | None = None) -> Settlement:
    """Return the conflicts of every gateway and what follows from them."""
    conflicts = tuple(conflict for ground in view.grounds for conflict in _conflicts(ground, view, earlier or Registry()))
    lost: dict[tuple[str, str], list[AddressSet]] = defaultdict(list)
    disputed: dict[str, list[AddressSet]] = defaultdict(list)
    for conflict in conflicts:
        kept = union(conflict.kept.values())
        for partner in conflict.partners:
            own = conflict.kept.get(partner, _NONE)
            lost[conflict.key, partner].append(kept - own)
            disputed[partner].append(conflict.addresses - own)
    return Settlement(
        conflicts=conflicts,
        earlier=earlier,
        lost={key: union(parts) for key, parts in lost.items()},
        disputed={partner: union(parts) for partner, parts in disputed.items()},
    )


def granted(earlier: Registry, partner: str) -> AddressSet:
    """Return what was allowed to a partner; what it claimed, where its allowed ranges did not fit into an assignment."""
    if partner in earlier.allowed or partner not in earlier.partners:
        return earlier.allowed.get(partner, _NONE)
    return union(addresses for (_, owner), addresses in earlier.claims.items() if owner == partner)


def shared(sets: Mapping[_Name, AddressSet]) -> dict[tuple[_Name, ...], AddressSet]:
    """Return the addresses that two or more sets hold, by who holds them; names in the order given.

    One sweep over the sorted ranges of a family; who is open at an address is a bit mask.
    """
    names = tuple(sets)
    found: dict[int, tuple[list[Interval], list[Interval]]] = {}
    for index, version in enumerate((4, 6)):
        edges = sorted(
            edge
            for number, name in enumerate(names)
            for first, last in sets[name].family(version)
            for edge in ((first, 1 << number), (last + 1, 1 << number))
        )
        mask = start = 0
        for position, bit in edges:
            if position > start and mask & (mask - 1):
                found.setdefault(mask, ([], []))[index].append((start, position - 1))
            mask, start = mask ^ bit, position
    return {
        tuple(names[number] for number in _bits(mask)): union(
            [*(AddressSet((one,)) for one in v4), *(AddressSet((), (one,)) for one in v6)]
        )
        for mask, (v4, v6) in found.items()
    }


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def met(mine: Mapping[str, AddressSet], theirs: Mapping[str, AddressSet]) -> dict[str, set[str]]:
    """Return for each partner of `mine` the other partners of `theirs` whose addresses it meets."""
    sides = {**{(True, name): one for name, one in mine.items()}, **{(False, name): one for name, one in theirs.items()}}
    found: dict[str, set[str]] = defaultdict(set)
    for names in shared(sides):
        others = {name for ours, name in names if not ours}
        for ours, name in names:
            if ours:
                found[name] |= others - {name}
    return found


def _earlier_owners(earlier: Registry, gateways: Mapping[str, Mapping[str, AddressSet]]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    before = by_gateway(earlier.claims)
    for gateway, claims in gateways.items():
        for partner, owners in met(claims, before.get(gateway, {})).items():
            found[partner] |= owners
    return found


def by_gateway(claims: Mapping[tuple[str, str], AddressSet]) -> dict[str, dict[str, AddressSet]]:
    """Return claims as gateway -> partner -> addresses."""
    found: dict[str, dict[str, AddressSet]] = defaultdict(dict)
    for (gateway, partner), addresses in claims.items():
        found[gateway][partner] = addresses
    return found


def _conflicts(ground: Ground, view: View, earlier: Registry) -> list[Conflict]:
    claims = {partner: addresses for (_, partner), addresses in sorted(claims_of((ground,)).items())}
    contested = shared(claims)
    if not contested:
        return []
    written = {place.key: place.id for place in view.places}
    uses: dict[str, list[Use]] = defaultdict(list)
    for use in partner_uses(ground):
        uses[str(use.partner)].append(use)
    found = []
    for partners, addresses in contested.items():
        here = [use for partner in partners for use in uses[partner]]
        found.append(
            Conflict(
                gateway=ground.id,
                key=ground.key,
                partners=partners,
                addresses=addresses,
                sites=_named(written.get(use.site, use.site) for use in here if use.site and _meets(use.prefixes, addresses)),
                connections=_named(use.connection for use in here if _meets(use.remote, addresses)),
                kept=_kept(ground.key, partners, addresses, earlier),
            )
        )
    return sorted(found, key=lambda one: (one.partners, one.addresses.v4, one.addresses.v6))


def _kept(gateway: str, partners: Iterable[str], addresses: AddressSet, earlier: Registry) -> dict[str, AddressSet]:
    """Return what each of the partners had there when none of the others did."""
    had = {partner: addresses & earlier.claims.get((gateway, partner), _NONE) for partner in partners}
    twice = union(shared(had).values())
    return {partner: alone for partner, one in had.items() if (alone := one - twice)}


def _meets(part: AddressSet | Unknown, addresses: AddressSet) -> bool:
    return isinstance(part, AddressSet) and part.meets(addresses)


def _named(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))
