"""The isolation facts agree with the brute-force oracle, and the oracle catches planted mistakes."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from s2sguard.facts import FactsOptions, ceiling
from s2sguard.facts.build import document_of
from s2sguard.model.address import ANY, AddressSet
from s2sguard.model.estate import Connection, Estate, Gateway
from s2sguard.model.selector import Selector

from .estates import random_gateway
from .oracle import Expected, expected

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

OPTIONS = FactsOptions(today=date(2026, 11, 23))
ESTATES = 3000


def model(gateway: Gateway) -> dict[str, tuple[int, int, int]]:
    """Counts of (two-way, one-way, to internal) parties by connection name, as the facts have them."""
    facts = document_of(Estate(gateways=(gateway,), sites=()), OPTIONS)["connections"]
    return {one["name"]: (one["two_way"]["count"], one["one_way"]["count"], one["to_internal"]["count"]) for one in facts}


def truth(found: Expected) -> dict[str, tuple[int, int, int]]:
    """The oracle's answer in the same form."""
    return {name: (len(found.two_way[name]), len(found.one_way[name]), len(found.to_internal[name])) for name in found.two_way}


def without_nat(gateway: Gateway) -> bool:
    """NAT rules that are not in the input make a site unknown, which the oracle does not judge."""
    return not any(connection.nat_rules for connection in gateway.connections)


def estates() -> list[Gateway]:
    """The same random gateways for every test."""
    random = Random(20211028)
    return [gateway for gateway in (random_gateway(random) for _ in range(ESTATES)) if without_nat(gateway)]


def test_model_agrees_with_oracle() -> None:
    """Every count of every connection is what enumerating all packets finds."""
    seen = set()
    for gateway in estates():
        answer = truth(expected(gateway))
        assert answer == model(gateway), gateway
        seen |= {(kind, counts[kind] > 0) for counts in answer.values() for kind in range(3)}
    assert {(kind, found) for kind in range(3) for found in (True, False)} == seen


def union_cross_product(patch: pytest.MonkeyPatch) -> None:
    """Merge fixed selectors into one cross product."""
    original = ceiling.ceiling_of

    def merged(*arguments: object) -> object:
        found = original(*arguments)  # type: ignore[arg-type]
        if isinstance(found, ceiling.Ceiling) and not found.is_open:
            local, remote = AddressSet(), AddressSet()
            for selector in found.selectors:
                local, remote = local | selector.local, remote | selector.remote
            return ceiling.Ceiling((Selector(local, remote),))
        return found

    patch.setattr("s2sguard.facts.shard.ceiling_of", merged)


def dropped_site(patch: pytest.MonkeyPatch) -> None:
    """Forget that the gateway only routes a site's prefixes into its tunnel."""
    patch.setattr("s2sguard.facts.shard.routed_bounds", lambda *_: (ANY, ANY, ""))


def swapped_sides(patch: pytest.MonkeyPatch) -> None:
    """Take local for remote."""
    original = ceiling.ceiling_of

    def swapped(*arguments: object) -> object:
        found = original(*arguments)  # type: ignore[arg-type]
        if isinstance(found, ceiling.Ceiling) and not found.is_open:
            return ceiling.Ceiling(tuple(Selector(one.remote, one.local) for one in found.selectors))
        return found

    patch.setattr("s2sguard.facts.shard.ceiling_of", swapped)


def hardened_without_ikev2(patch: pytest.MonkeyPatch) -> None:
    """Believe connection mode on an IKEv1 connection."""
    original = ceiling._conditions

    def lenient(connection: Connection, *rest: object) -> object:
        return ((reason, reason == "ikev1" or holds) for reason, holds in original(connection, *rest))  # type: ignore[arg-type]

    patch.setattr(ceiling, "_conditions", lenient)


@pytest.mark.parametrize("mutant", [union_cross_product, dropped_site, swapped_sides, hardened_without_ikev2])
def test_oracle_kills_mutant(mutant: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake disagrees with the oracle somewhere; the same estates agree without it."""
    mutant(monkeypatch)  # type: ignore[operator]
    assert any(truth(expected(gateway)) != model(gateway) for gateway in estates())
