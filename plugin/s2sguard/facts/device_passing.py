"""What a device lets through one of its tunnels: the selectors of the tunnel, cut by the access lists on it.

A list is read line by line, the first one that fits decides. A line that also asks for ports, protocols or a state fits a part of its
packets only: as a permit it lets something through that is not known, as a deny it may stop nothing. So there are two answers,
what passes at least and what passes at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from s2sguard.facts.ceiling import OPEN
from s2sguard.model.address import ANY, AddressSet
from s2sguard.model.selector import Selector
from s2sguard.model.tunnel import FilterRule
from s2sguard.model.value import Maybe, Unknown

MOST_PARTS = 2000
"""Rectangles one list may come to; one with more is not worked out."""

_TOO_MANY = Unknown("its access list is too long to be worked out")
_ALL_V4 = AddressSet(v4=ANY.v4)


def permitted(rules: Sequence[FilterRule], *, at_least: bool) -> Maybe[tuple[Selector, ...]]:
    """Return what a list lets through, as sources (`local`) times destinations (`remote`); everything where there is no list."""
    if not rules:
        return OPEN
    found: list[Selector] = []
    denied: list[Selector] = []
    for rule in rules:
        sides = Selector(rule.source, rule.destination)
        if not rule.permit:
            denied += [sides] if rule.exact or at_least else []
            continue
        parts = [] if at_least and not rule.exact else [sides]
        for cut in denied:
            parts = [rest for part in parts for rest in _without(part, cut)]
            if len(parts) + len(found) > MOST_PARTS:
                return _TOO_MANY
        found += parts
    return tuple(found)


def _without(whole: Selector, cut: Selector) -> Iterator[Selector]:
    """Yield what is left of a rectangle when another one is cut out: two rectangles at most."""
    beside = whole.local - cut.local
    if beside:
        yield Selector(beside, whole.remote)
    both, below = whole.local & cut.local, whole.remote - cut.remote
    if both and below:
        yield Selector(both, below)


def carried(lines: Iterable[Selector], allowed: Iterable[Selector]) -> Maybe[tuple[Selector, ...]]:
    """Return what fits a line and is allowed; `OPEN` where that is everything, of IPv4 at least."""
    found: list[Selector] = []
    permits = tuple(allowed)
    for line in lines:
        for permit in permits:
            local, remote = line.local & permit.local, line.remote & permit.remote
            if local and remote:
                found.append(Selector(local, remote))
            if len(found) > MOST_PARTS:
                return _TOO_MANY
    return OPEN if any(_is_whole(one) for one in found) else tuple(found)


def _is_whole(selector: Selector) -> bool:
    return selector.local.v4 == selector.remote.v4 == _ALL_V4.v4


def turned(selectors: Iterable[Selector]) -> tuple[Selector, ...]:
    """Return selectors with their sides changed: sources and destinations of arriving packets are remote and local."""
    return tuple(Selector(one.remote, one.local) for one in selectors)
