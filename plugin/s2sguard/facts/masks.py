"""Sets of parties as bit masks: one integer is a set, bit `n` is party `n`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def mask_of(parties: Iterable[int]) -> int:
    """Return the set of these parties."""
    mask = 0
    for party in parties:
        mask |= 1 << party
    return mask


def first_parties(mask: int, most: int) -> Iterator[int]:
    """Yield the parties of a set, lowest first, at most so many."""
    for _ in range(most):
        if not mask:
            return
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
