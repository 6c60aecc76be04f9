"""Pairs of parties that changed, for people: one line for each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from s2sguard.facts.identity import party_label
from s2sguard.report.names import Names
from s2sguard.report.printable import printable
from s2sguard.report.style import some
from s2sguard.store.pair_changes import Kind, PairChange
from s2sguard.store.pairs import Party

MOST_NAMES = 5
NAME_LIMIT = 90

PAIR_HEADS: Mapping[Kind, str] = {
    "opened": "opened",
    "wider": "open wider than before",
    "unknown": "not known any more",
    "narrower": "open less wide than before",
    "closed": "closed",
    "known": "known to be closed again",
}


def pair_line(change: PairChange, gateways: Names) -> str:
    """Return one group of pairs as a line: where, who with whom, and from which state to which. Every name in it is printable."""
    if change.number == 1:
        who = " and ".join(_party(party) for party in sorted({*change.one, *change.other}))
    elif change.one == change.other:
        who = f"{_parties(change.one)} with each other"
    else:
        who = f"{_parties(change.one)} with {_parties(change.other)}"
    size = f" ({change.number} pairs)" if change.number > 1 else ""
    return f"{gateways[change.gateway]}: {who}{size}: {change.before} -> {change.after}"


def _parties(parties: Sequence[Party]) -> str:
    return some([_party(party) for party in parties], MOST_NAMES)


def _party(party: Party) -> str:
    owner, trust = party
    name = printable(party_label(owner), limit=NAME_LIMIT) if owner else "(owner unknown)"
    return f"{name} (internal)" if trust == "internal" else name
