"""A change of an estate opens and closes what two scans of it would show, and what it leaves unknown is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s2sguard.errors import UsageError
from s2sguard.facts import FactsOptions, build_document
from s2sguard.model.inventory import Inventory, Resource, Source
from s2sguard.simulate.altered import NOTHING, Altered, Change, alter, altered, proof
from s2sguard.store.pair_changes import PairChange, pair_changes
from s2sguard.store.pairs import gateway_pairs
from tests.unit.cli_estate import BLUE, RED, Node, lab

OPTIONS: Final = FactsOptions(today=date(2026, 11, 29))


def inventory(nodes: list[Node], *names: str) -> Inventory:
    """Return these resources of an estate as they are read; all of them without names."""
    return Inventory(
        Resource(
            id=node["id"],
            type=node["type"],
            name=node["name"],
            properties=node["properties"],
            tags=node.get("tags", {}),
            source=Source(file="estate.json"),
        )
        for node in nodes
        if not names or node["name"] in names
    )


def joined(*parts: Inventory) -> Inventory:
    """Return several inventories as one."""
    return Inventory(resource for part in parts for resource in part.resources)


def after(base: Inventory, *, added: Inventory = NOTHING, changed: Inventory = NOTHING, removed: tuple[str, ...] = ()) -> Altered:
    """Return what a change does."""
    return altered(base, Change(added=added, changed=changed, removed=removed), OPTIONS)


def said(changes: tuple[PairChange, ...]) -> list[tuple[str, str, str]]:
    """Return each change: the partners, and both states."""
    return [(" ".join(sorted({owner for owner, _ in (*one.one, *one.other)})), one.before, one.after) for one in changes]


def test_one_wide_connection_more_opens_one_pair_each_way() -> None:
    """A second partner with default settings beside the first has two-way transit with it, and a packet that proves it."""
    found = after(inventory(lab(1, ("red",))), added=inventory(lab(1), "to-blue", "site-blue"))
    assert said(found.pairs) == [("blue red", "closed", "two-way")]
    assert (found.opens, found.unsure) == (True, False)
    packet = proof(found, found.pairs[0], OPTIONS)
    assert packet is not None
    assert {packet["from"], packet["to"]} == {RED, BLUE}


def test_what_closes_needs_no_proof() -> None:
    """Removing one end closes the pair, and there is no packet to show."""
    found = after(inventory(lab(1)), removed=(RED,))
    assert said(found.pairs) == [("blue red", "two-way", "closed")]
    assert (found.opens, found.unsure, proof(found, found.pairs[0], OPTIONS)) == (False, False, None)


def test_hardening_one_end_narrows_and_both_close() -> None:
    """One hardened end still takes what the other sends; with both hardened nothing passes."""
    one = after(inventory(lab(1)), changed=inventory(lab(4), "to-red"))
    both = after(inventory(lab(1)), changed=inventory(lab(4), "to-red", "to-blue"))
    assert [change.kind for change in one.pairs] == ["narrower"]
    assert said(both.pairs) == [("blue red", "two-way", "closed")]


STATES: Final = st.fixed_dictionaries({name: st.sampled_from([0, 1, 2, 3, 4]) for name in ("red", "blue", "green")})
"""Stage of each partner; 0 for one that is not there."""


def estate(stages: dict[str, int]) -> Inventory:
    """Return an estate in which each partner is in a stage of its own."""
    names = tuple(stages)
    parts = [inventory(lab(1, names), "hub", "vpngw")]
    parts += [inventory(lab(stage, names), f"to-{name}", f"site-{name}") for name, stage in stages.items() if stage]
    return joined(*parts)


@settings(max_examples=60, deadline=None)
@given(STATES, STATES)
def test_a_change_is_the_difference_of_two_estates(old: dict[str, int], new: dict[str, int]) -> None:
    """Added, changed and removed in one go, the pairs that change are those between the estates read one after the other."""
    before, later = estate(old), estate(new)
    changed = [name for name in old if old[name] and new[name]]
    added = [name for name in old if not old[name] and new[name]]
    removed = [name for name in old if old[name] and not new[name]]
    found = after(
        before,
        added=Inventory(one for one in later.resources if one.name.partition("-")[2] in added),
        changed=Inventory(one for one in later.resources if one.name.partition("-")[2] in changed),
        removed=tuple(one.id for one in before.resources if one.name.partition("-")[2] in removed),
    )
    documents = [gateway_pairs(build_document(one, OPTIONS)) for one in (before, later)]
    assert found.pairs == pair_changes(documents[0], documents[1], blind=(False, False))
    for change in found.pairs:
        assert (proof(found, change, OPTIONS) is not None) == (change.after in {"two-way", "one-way"})


def test_a_gateway_that_is_not_there_is_no_pass() -> None:
    """A new connection whose gateway the input does not hold opens nothing that is known, and that is said."""
    blue = [
        node | {"properties": node["properties"] | {"virtualNetworkGateway1": {"id": "/other"}}} for node in lab(1) if node["id"] == BLUE
    ]
    found = after(inventory(lab(1, ("red",))), added=joined(inventory(blue), inventory(lab(1), "site-blue")))
    assert (found.opens, found.unsure) == (False, True)
    assert found.gaps


def test_a_gateway_that_is_not_whole_is_no_pass() -> None:
    """Where other connections may exist, no change ends in a clean answer."""
    base = Inventory(replace(one, existing=True) if one.name == "vpngw" else one for one in inventory(lab(4)).resources)
    found = after(base, removed=(RED,))
    assert (found.opens, found.unsure, len(found.doubtful)) == (False, True, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (Change(added=inventory(lab(1), "to-red")), "in the input already"),
        (Change(changed=inventory(lab(1, ("red", "blue", "green")), "to-green")), "so it cannot change"),
        (Change(removed=("/nobody",)), "so it cannot be removed"),
        (Change(changed=inventory(lab(1), "to-red"), removed=(RED.upper(),)), "both changed and removed"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(change: Change, reason: str) -> None:
    """A mistyped name is no answer about another estate."""
    with pytest.raises(UsageError, match=reason):
        alter(inventory(lab(4)), change)


def test_what_is_added_again_and_says_the_same_is_no_change() -> None:
    """A file with a new connection may bring its gateway and its site along."""
    assert after(inventory(lab(4)), added=inventory(lab(4), "to-red", "site-red", "vpngw")).pairs == ()


def test_a_plan_may_replace_and_add() -> None:
    """What a plan deletes and creates anew is there afterwards as the plan has it, and what it adds is there too."""
    plan = inventory(lab(1, ("red", "blue", "green")), "to-red", "to-green", "site-green")
    found = alter(inventory(lab(4)), Change(planned=plan, removed=(RED,)))
    assert {one.name for one in found.of_type("Microsoft.Network/connections")} == {"to-red", "to-blue", "to-green"}
    red = found.get(RED)
    assert red is not None
    assert red.properties == plan.resources[0].properties
