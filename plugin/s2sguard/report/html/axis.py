"""One axis of a plane: addresses in order, where every range that is in use gets room, however small it is.

An address space is too wide to be drawn to scale: a /24 is a 16-millionth of IPv4. So the axis is ordinal: the ends of the ranges
cut it into pieces, pieces inside a range are equally wide, and pieces that nobody names are narrow. Inside a piece it is linear.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from s2sguard.model.address import WHOLE, Interval

UNNAMED = 0.5
"""Width of a piece that no range covers; a piece inside a range has 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A range in use, and what it is."""

    text: str
    interval: Interval
    roles: tuple[str, ...]
    """What it is, such as `site of red`; printable."""


class Axis:
    """Places on an axis of a given length, for one family."""

    def __init__(self, version: int, ranges: Iterable[Interval], length: float) -> None:
        first, last = WHOLE[version]
        named = list(ranges)
        cuts = {first, last + 1} | {start for start, _ in named} | {end + 1 for _, end in named}
        self._cuts = sorted(cuts)
        widths = [_width(start, named) for start in self._cuts[:-1]]
        scale = length / sum(widths)
        self._places = [0.0]
        for width in widths:
            self._places.append(self._places[-1] + width * scale)

    def at(self, address: int) -> float:
        """Return the place of an address; the one after the last is the end of the axis."""
        piece = min(max(bisect_right(self._cuts, address) - 1, 0), len(self._cuts) - 2)
        start, end = self._cuts[piece], self._cuts[piece + 1]
        part = (address - start) / (end - start)
        return round(self._places[piece] + part * (self._places[piece + 1] - self._places[piece]), 1)

    def span(self, interval: Interval) -> tuple[float, float]:
        """Return where a range starts, and how long it is there: at least one unit, so that it can be seen."""
        start = self.at(interval[0])
        return start, max(round(self.at(interval[1] + 1) - start, 1), 1.0)


def _width(start: int, ranges: Sequence[Interval]) -> float:
    return 1.0 if any(first <= start <= last for first, last in ranges) else UNNAMED


def spread(wanted: Sequence[float], distance: float, top: float, bottom: float) -> list[float]:
    """Return places near the wanted ones, in the same order, at least `distance` apart, and between `top` and `bottom` where they fit."""
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    places: list[float] = []
    for index in order:
        places.append(max(wanted[index], top if not places else places[-1] + distance))
    limit = bottom
    for at in range(len(places) - 1, -1, -1):
        places[at] = min(places[at], limit)
        limit = places[at] - distance
    found = [0.0] * len(wanted)
    for index, place in zip(order, places, strict=True):
        found[index] = round(place, 1)
    return found
