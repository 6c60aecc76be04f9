"""Which pairs of parties get a plane, and what stands beside it.

For a small gateway all of them, the worst first; for a large one a pair for each two groups, since all pairs of two groups look alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from s2sguard.facts.document import ConnectionFacts, SiteFacts, Witness
from s2sguard.model.inventory import fold_id
from s2sguard.report.html.limits import Budget, shown
from s2sguard.report.html.matrix import WORDS, Group
from s2sguard.report.html.plane import End, Plane, plane_of, why_open
from s2sguard.report.html.relations import RANK, Pair, Party, Relations, State
from s2sguard.report.names import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One of the two connections a packet takes."""

    name: str
    party: str
    selector: str
    """What carries the packet; empty without one."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """One pair of parties with its plane."""

    id: str
    title: str
    state: State
    words: str
    arriving: Hop
    leaving: Hop
    source: str
    """The packet's addresses; empty where the facts have none."""
    destination: str
    because: tuple[str, ...]
    plane: Plane
    stands_for: str
    """How the reader may take it for others: empty for a gateway that shows every pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A pair that was chosen to stand for two rows of the matrix."""

    rows: Pair
    a: Party
    b: Party
    state: State
    witness: Witness | None


def chosen_pairs(relations: Relations, groups: Sequence[Group], budget: Budget) -> list[Chosen]:
    """Return pairs to draw, the worst first, as many as there is room for."""
    proofs = relations.proofs()
    row_of = {party.index: row for row, group in enumerate(groups) for party in group.parties}
    proven: dict[Pair, Pair] = {}
    for a, b in proofs:
        rows = row_of.get(a), row_of.get(b)
        if rows[0] is not None and rows[1] is not None:
            proven.setdefault((min(rows[0], rows[1]), max(rows[0], rows[1])), (a, b))
    found = [
        chosen
        for a in range(len(groups))
        for b in range(a, len(groups))
        if (chosen := _chosen(relations, groups, (a, b), proven.get((a, b)), proofs)) is not None
    ]
    found.sort(key=lambda one: (RANK[one.state], one.witness is None, one.rows))
    return found[: budget.take("planes", min(budget.planes_each, len(found)))]


def _chosen(
    relations: Relations, groups: Sequence[Group], rows: Pair, proven: Pair | None, proofs: Mapping[Pair, Witness]
) -> Chosen | None:
    pair = proven or _example(groups[rows[0]], groups[rows[1]])
    if pair is None:
        return None
    a, b = relations.parties[pair[0]], relations.parties[pair[1]]
    state = relations.state(a, b)
    return None if state == "same" else Chosen(rows=rows, a=a, b=b, state=state, witness=proofs.get((min(pair), max(pair))))


def _example(group: Group, other: Group) -> Pair | None:
    """Return the first pair that is open, else the first pair that is judged."""
    fallback: Pair | None = None
    for party in group.parties:
        judged = other.mask & ~party.own & ~(group.internals if party.internal else 0)
        for mask in (judged & party.open, judged):
            if mask:
                first = (mask & -mask).bit_length() - 1
                if mask & party.open:
                    return party.index, first
                fallback = fallback or (party.index, first)
    return fallback


class PairViews:
    """Makes the views of one gateway's pairs."""

    def __init__(self, relations: Relations, names: Names, sites: Mapping[str, SiteFacts], prefix: str) -> None:
        self._relations = relations
        self._names = names
        self._sites = sites
        self._prefix = prefix

    def of(self, chosen: Sequence[Chosen], groups: Sequence[Group]) -> Iterator[PairView]:
        """Yield the views in the order of the pairs."""
        for number, one in enumerate(chosen, 1):
            first, second = (groups[row] for row in one.rows)
            many = len(first.parties) > 1 or len(second.parties) > 1
            yield self._view(f"{self._prefix}-{number}", one, "one of its group" if many else "")

    def _view(self, identifier: str, one: Chosen, stands_for: str) -> PairView:
        arriving, leaving = self._ends(one)
        witness = one.witness
        return PairView(
            id=identifier,
            title=f"{arriving.party} to {leaving.party}",
            state=one.state,
            words=WORDS[one.state],
            arriving=_hop(arriving, shown(witness["from_selector"]) if witness else ""),
            leaving=_hop(leaving, shown(witness["to_selector"]) if witness else ""),
            source=shown(witness["src"]) if witness else "",
            destination=shown(witness["dst"]) if witness else "",
            because=tuple(map(shown, witness["because"])) if witness else (),
            plane=plane_of(arriving, leaving, witness),
            stands_for=stands_for,
        )

    def _ends(self, one: Chosen) -> tuple[End, End]:
        connections = {fold_id(item["id"]): (item, party) for party in (one.a, one.b) for item in party.connections}
        if one.witness is not None:
            found = [connections[fold_id(one.witness[end])] for end in ("from", "to")]
        else:
            # An internal site starts nothing that is judged, so it is the one that is reached.
            ordered = (one.b, one.a) if one.a.internal else (one.a, one.b)
            found = [(party.connections[0], party) for party in ordered]
        return self._end(*found[0]), self._end(*found[1])

    def _end(self, connection: ConnectionFacts, party: Party) -> End:
        return End(
            connection=connection,
            name=self._names[connection["id"]],
            party=party.name,
            site=self._sites.get(fold_id(connection.get("site", ""))),
            gateway=self._relations.gateway,
        )


def _hop(end: End, selector: str) -> Hop:
    return Hop(name=end.name, party=end.party, selector=selector, why=why_open(end))
