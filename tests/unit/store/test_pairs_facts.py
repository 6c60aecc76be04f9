"""Pairs of random gateways, with and without something unknown: what the store keeps is what the facts counted."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import combinations
from random import Random

from s2sguard.evaluate.acceptance.parties import mask_of_runs
from s2sguard.facts import FactsOptions
from s2sguard.facts.build import document_of
from s2sguard.facts.document import FactsDocument
from s2sguard.model.estate import Estate
from s2sguard.store.pairs import gateway_pairs
from tests.unit.facts.estates import random_gateway
from tests.unit.facts.test_isolation import blur
from tests.unit.store.test_pairs import states_of

OPTIONS = FactsOptions(today=date(2026, 11, 23))


def documents(number: int) -> list[FactsDocument]:
    """Return the facts of random gateways, every other one with something hidden."""
    random = Random(20261129)
    gateways = [random_gateway(random) for _ in range(number)]
    chosen = [blur(gateway, random)[0] if place % 2 else gateway for place, gateway in enumerate(gateways)]
    return [document_of(Estate(gateways=(gateway,), sites=()), OPTIONS) for gateway in chosen]


def test_possible_parties_are_named_and_none_is_certain() -> None:
    """`possible_groups` names as many others as `possible` counts, nobody of its own owner, and nobody that `groups` names."""
    seen = 0
    for document in documents(600):
        (gateway,) = document["gateways"]
        groups = [mask_of_runs(group) for group in gateway.get("party_groups", ())]
        parties = gateway.get("parties", [])
        for connection in document["connections"]:
            if "party" not in connection:
                continue
            own = sum(1 << place for place, owner in enumerate(parties) if owner == parties[connection["party"]])
            for exposure in (connection.get("two_way"), connection.get("one_way"), connection.get("to_internal")):
                if exposure is not None:
                    certain = sum_of(groups, exposure.get("groups", [])) & ~own
                    maybe = sum_of(groups, exposure.get("possible_groups", [])) & ~own
                    assert (certain.bit_count(), maybe.bit_count()) == (exposure["count"], exposure["possible"])
                    assert not certain & maybe
                    seen += bool(maybe)
    assert seen > 100


def sum_of(groups: list[int], members: list[int]) -> int:
    """Return the parties of several groups."""
    mask = 0
    for group in members:
        mask |= groups[group]
    return mask


def test_kept_pairs_are_those_that_the_facts_count() -> None:
    """Where every owner is known, two-way, one-way and possible pairs of partners are exactly as many as the facts say."""
    seen: Counter[str] = Counter()
    for document in documents(600):
        (gateway,) = document["gateways"]
        parties = gateway.get("parties", [])
        if (
            "pairs" not in gateway
            or "" in parties
            or len(set(parties)) < len(parties)
            or any("trust" not in c for c in document["connections"])
        ):
            continue
        (pairs,) = gateway_pairs(document)
        states = states_of(pairs)
        partners = [party for party in pairs.parties if party[1] == "partner"]
        found = Counter(states.get(frozenset(pair), "closed") for pair in combinations(partners, 2))
        counted = gateway["pairs"]
        assert (found["two-way"], found["one-way"], found["unknown"]) == (counted["two_way"], counted["one_way"], counted["possible"])
        seen.update(found)
    assert min(seen[state] for state in ("two-way", "one-way", "unknown", "closed")) > 20
