"""Which other parties an exposure is about, written as groups that exposures share.

A waiver or a baseline accepts pairs of parties, so the facts say who the others are, not only how many.
A thousand open connections expose each other in half a million pairs: their exposures refer to one group of a thousand parties,
and each leaves its own owner out. Groups are runs of numbers, so the group of everybody is one run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from s2sguard.facts.document import Exposure


class PartyGroups:
    """Collects the masks of one gateway's exposures, then writes each as the numbers of its groups."""

    def __init__(self, same_owner: Sequence[int], opens: int) -> None:
        """Take the mask of each party's owner, and the parties with an open ceiling: they form most groups, so they are kept apart."""
        self._same_owner = same_owner
        self._regions = (opens, ~opens)
        self._noted: list[tuple[Exposure, int, int, bool]] = []

    def note(self, exposure: Exposure, party: int, mask: int, *, certain: bool = True) -> None:
        """Remember that this exposure of this party is about the parties in the mask, or may be."""
        if mask:
            self._noted.append((exposure, party, mask, certain))

    def write(self) -> list[list[list[int]]]:
        """Write `groups` and `possible_groups` into every exposure noted; return the groups in the order of first use, each as runs."""
        uses: Counter[int] = Counter()
        for _, party, mask, _ in self._noted:
            for alone, with_owner in self._parts(party, mask):
                uses.update({alone, with_owner})
        numbers: dict[int, int] = {}
        for exposure, party, mask, certain in self._noted:
            # With or without its own owner the group means the same here, so the one that more exposures use is taken.
            chosen = [with_owner if uses[with_owner] >= uses[alone] else alone for alone, with_owner in self._parts(party, mask)]
            exposure["groups" if certain else "possible_groups"] = [numbers.setdefault(group, len(numbers)) for group in chosen]
        return [list(runs(group)) for group in numbers]

    def _parts(self, party: int, mask: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of a mask, each as it is and with the party's own owner."""
        for region in self._regions:
            part = mask & region
            if part:
                yield part, part | (self._same_owner[party] & region)


def runs(mask: int) -> Iterator[list[int]]:
    """Yield the parties of a set as runs, `[first, last]`, lowest first."""
    start = 0
    while mask:
        skipped = (mask & -mask).bit_length() - 1
        mask >>= skipped
        length = (~mask & (mask + 1)).bit_length() - 1
        yield [start + skipped, start + skipped + length - 1]
        mask >>= length
        start += skipped + length
