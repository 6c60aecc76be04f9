"""Which of many range lists intersect which others, without comparing every pair.

Ranges are sorted once and swept; only lists whose ranges are open at the same time meet.
That makes the usual case (nothing overlaps) linear after sorting, where comparing all pairs is quadratic:
1000 partners took 7 ms against 415 ms for nested loops on integers (engines.md, table c).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s2sguard.model.address import Intervals


def overlapping(lists: Sequence[Intervals]) -> Iterator[tuple[int, int]]:
    """Yield each two different indexes, in both orders, whose range lists have an address in common."""
    seen: set[tuple[int, int]] = set()
    active: list[tuple[int, int]] = []
    for first, last, index in sorted((first, last, index) for index, ranges in enumerate(lists) for first, last in ranges):
        if active:
            active = [(end, other) for end, other in active if end >= first]
            for _, other in active:
                if other != index and (index, other) not in seen:
                    seen.update(((index, other), (other, index)))
                    yield index, other
                    yield other, index
        active.append((last, index))


def intersecting(left: Sequence[Intervals], right: Sequence[Intervals]) -> Iterator[tuple[int, int]]:
    """Yield (index in left, index in right) once for each two range lists with an address in common.

    Callers pass distinct lists: what many subjects share is one list here, so classes meet, not members.
    """
    starts = sorted(
        [(first, last, 0, index) for index, ranges in enumerate(left) for first, last in ranges]
        + [(first, last, 1, index) for index, ranges in enumerate(right) for first, last in ranges]
    )
    seen: set[tuple[int, int]] = set()
    active: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for first, last, side, index in starts:
        others = active[1 - side]
        if others and any(end < first for end, _ in others):
            others[:] = [(end, other) for end, other in others if end >= first]
        for _, other in others:
            pair = (index, other) if side == 0 else (other, index)
            if pair not in seen:
                seen.add(pair)
                yield pair
        active[side].append((last, index))
