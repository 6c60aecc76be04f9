"""The isolation matrix of one gateway: party by party, or group by group where there are many parties.

Parties that the facts describe by the same groups are one class. Cells of classes are counted with bit masks, never by listing pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from s2sguard.report.html.limits import MOST_CLASSES, MOST_MEMBERS, MOST_SINGLE, Budget
from s2sguard.report.html.relations import RANK, Pair, Party, Relations, State
from s2sguard.report.style import count

MARKS: dict[State, str] = {"two_way": "2", "one_way": "1", "inward": "i", "unknown": "?", "accepted": "a", "none": "·", "same": "="}
"""One letter for each state: nothing is told by colour alone."""
WORDS: dict[State, str] = {
    "two_way": "two-way transit",
    "one_way": "one-way transit",
    "inward": "a partner reaches an internal site",
    "unknown": "cannot be ruled out",
    "accepted": "open and accepted",
    "none": "no transit found",
    "same": "not judged against each other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One field: the worst state in it, and how many pairs are in it."""

    state: State
    pairs: int
    """Pairs of that state."""
    total: int
    """Pairs in the field that are judged."""
    plane: str = ""
    """Id of the plane that shows a pair of this field."""

    @property
    def mark(self) -> str:
        """Return its letter."""
        return MARKS[self.state]

    @property
    def words(self) -> str:
        """Return its state in words."""
        return WORDS[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One party, or one class of them."""

    key: str
    """A short name for the head of a column."""
    name: str
    about: str
    cells: tuple[Cell, ...]
    members: tuple[str, ...] = ()
    more: int = 0
    """Members that are not listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The whole table, its groups, and the pairs that deserve a plane."""

    rows: tuple[Row, ...]
    grouped: bool
    parties: int
    states: tuple[State, ...]
    """Those that occur, worst first: the legend."""


@dataclass(slots=True, kw_only=True)
class Group:
    """Parties shown as one row."""

    parties: list[Party] = field(default_factory=list)
    mask: int = 0
    internals: int = 0

    def add(self, party: Party) -> None:
        """Take one more party."""
        self.parties.append(party)
        self.mask |= 1 << party.index
        self.internals |= party.internal << party.index

    @property
    def partners(self) -> Iterator[Party]:
        """Yield the members that are partners: only they have exposures."""
        return (party for party in self.parties if not party.internal)


def groups_of(relations: Relations, budget: Budget) -> list[Group]:
    """Return the rows of a matrix: every party by itself where there is room, else classes, worst first; none without any room."""
    parties = relations.parties
    if len(parties) <= MOST_SINGLE and len(parties) ** 2 <= budget.cells:
        budget.take("cells", len(parties) ** 2)
        ordered = sorted(parties, key=lambda party: (party.internal, party.name.casefold(), party.index))
        return [_group(party) for party in ordered]
    found: dict[tuple[object, ...], Group] = {}
    for party in parties:
        found.setdefault(party.signature, Group()).add(party)
    classes = sorted(found.values(), key=lambda group: _worst_first(relations, group))
    if len(classes) > MOST_CLASSES:
        rest = Group()
        for group in classes[MOST_CLASSES - 1 :]:
            for party in group.parties:
                rest.add(party)
        classes = [*classes[: MOST_CLASSES - 1], rest]
    return classes if budget.take("cells", len(classes) ** 2) == len(classes) ** 2 else []


def matrix_of(relations: Relations, groups: Sequence[Group], planes: dict[Pair, str]) -> Matrix:
    """Return the matrix of these groups; `planes` has the id of a plane by the places of two groups."""
    grouped = any(len(group.parties) > 1 for group in groups)
    cells = [[Cell(state="same", pairs=0, total=0)] * len(groups) for _ in groups]
    for a, group in enumerate(groups):
        for b in range(a, len(groups)):
            cells[a][b] = cells[b][a] = _cell(relations, group, groups[b], planes.get((a, b), ""))
    rows = tuple(_row(group, place, tuple(cells[place]), grouped=grouped) for place, group in enumerate(groups))
    states = {cell.state for row in rows for cell in row.cells}
    return Matrix(rows=rows, grouped=grouped, parties=len(relations.parties), states=tuple(sorted(states, key=RANK.__getitem__)))


def counts_between(relations: Relations, a: Group, b: Group) -> Counter[State]:
    """Return how many pairs of a party of `a` and another one of `b` have each state; pairs that are not judged are left out."""
    found: Counter[State] = Counter()
    for party in a.partners:
        found.update(_counts(relations, party, b.mask & ~b.internals))
    if a is b:
        found = Counter({state: number // 2 for state, number in found.items()})
    for party in a.partners:
        found.update(_counts(relations, party, b.internals))
    if a is not b:
        for party in b.partners:
            found.update(_counts(relations, party, a.internals))
    return +found


def _counts(relations: Relations, party: Party, others: int) -> dict[State, int]:
    """Return the states of one partner with a set of others."""
    judged = others & ~party.own
    masks: dict[State, int] = {"two_way": judged & party.two_way}
    masks["one_way"] = judged & party.one_way & ~masks["two_way"]
    masks["inward"] = judged & party.inward & ~(party.two_way | party.one_way)
    shut = judged & ~party.open
    masks["unknown"] = shut & relations.doubt_of(party)
    masks["none"] = shut & ~masks["unknown"]
    if party.accepted:
        masks["accepted"] = judged & party.open & relations.accepted
        for state in ("two_way", "one_way", "inward"):
            masks[state] &= ~masks["accepted"]
    return {state: mask.bit_count() for state, mask in masks.items()}


def _cell(relations: Relations, a: Group, b: Group, plane: str) -> Cell:
    counts = counts_between(relations, a, b)
    if not counts:
        return Cell(state="same", pairs=0, total=0)
    worst = min(counts, key=RANK.__getitem__)
    return Cell(state=worst, pairs=counts[worst], total=counts.total(), plane=plane)


def _group(party: Party) -> Group:
    group = Group()
    group.add(party)
    return group


def _worst_first(relations: Relations, group: Group) -> tuple[int, int, int]:
    first = group.parties[0]
    state = (
        RANK["accepted"]
        if first.accepted and first.open
        else RANK["two_way"]
        if first.two_way
        else RANK["one_way"]
        if first.one_way
        else RANK["inward"]
        if first.inward
        else RANK["unknown"]
        if relations.doubt_of(first)
        else RANK["none"]
    )
    return state, -len(group.parties), first.index


def _row(group: Group, place: int, cells: tuple[Cell, ...], *, grouped: bool) -> Row:
    if not grouped:
        party = group.parties[0]
        return Row(key=str(place + 1), name=party.name, about="internal" if party.internal else "", cells=cells)
    names = sorted((party.name for party in group.parties), key=str.casefold)
    return Row(
        key=letters(place),
        name=f"{letters(place)}: {names[0]}" if len(names) == 1 else f"{letters(place)}: {count(len(names), 'party', 'parties')}",
        about="; ".join(about_group(group)),
        cells=cells,
        members=tuple(names[:MOST_MEMBERS]),
        more=max(0, len(names) - MOST_MEMBERS),
    )


def about_group(group: Group) -> Iterator[str]:
    """Yield what the members of a group have in common, in words: who they are, and what their connections let through."""
    internal = sum(party.internal for party in group.parties)
    if internal:
        yield "internal" if internal == len(group.parties) else f"{internal} internal"
    connections = [one for party in group.parties for one in party.connections]
    opened = sum(one.get("ceiling", {"open": False})["open"] for one in connections)
    unknown = sum("ceiling" not in one for one in connections)
    fixed = len(connections) - opened - unknown
    if fixed:
        yield f"{count(fixed, 'connection')} with fixed selectors that hold"
    if opened:
        yield f"{count(opened, 'connection')} that any selector fits"
    if unknown:
        yield f"{count(unknown, 'connection')} of which this is not known"


def letters(place: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
