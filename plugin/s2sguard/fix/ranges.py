"""The fixed selectors of a fix: local ranges inside our networks, remote ranges inside the site, each as narrow as the settings ask.

Written prefixes are kept as they are; what is too wide or outside is cut down to written prefixes of the networks and the site.
Nothing narrower than those is invented: which part of a network a partner may reach is for an agreement to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, summarize_address_range
from typing import Literal

from s2sguard.facts.given import Settings
from s2sguard.fix.model import Ranges
from s2sguard.model.address import AddressSet, parse_range, union, written_width
from s2sguard.model.estate import FixedSelector
from s2sguard.model.value import Maybe, Unknown

Side = Literal["local", "remote"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one side of every selector has to stay inside."""

    side: Side
    prefixes: tuple[str, ...]
    """Canonical prefixes of the networks, or of the site."""
    doubt: str
    """Why there may be more of them; empty when there cannot be."""

    @property
    def addresses(self) -> AddressSet:
        """Return what the prefixes cover."""
        return addresses_of(self.prefixes)


@dataclass(frozen=True, slots=True, kw_only=True)
class TooWide:
    """Ranges that no written prefix makes narrow enough."""

    side: Side
    texts: tuple[str, ...]
    shortest: int


class SelectorMaker:
    """Works out the selectors of one connection."""

    def __init__(self, local: Maybe[Bounds], remote: Maybe[Bounds], settings: Settings) -> None:
        self._bounds: dict[Side, Maybe[Bounds]] = {"local": local, "remote": remote}
        self._settings = settings

    def make(self, current: Sequence[FixedSelector]) -> tuple[Ranges, ...] | TooWide | Unknown:
        """Return the selectors to have; equal to the current ones where all of those may stay."""
        kept: list[Ranges] = []
        for element in current:
            local, remote = self._narrowed("local", element.local_texts), self._narrowed("remote", element.remote_texts)
            for side in (local, remote):
                if isinstance(side, TooWide | Unknown):
                    return side
            if local and remote:
                kept.append((local, remote))  # type: ignore[arg-type]  # neither is an error any more
        return tuple(kept) if kept else self._whole()

    def _whole(self) -> tuple[Ranges, ...] | TooWide | Unknown:
        """Return every network prefix with every site prefix, one selector for each IP version."""
        sides: dict[Side, tuple[str, ...]] = {}
        for side, bounds in self._bounds.items():
            if isinstance(bounds, Unknown):
                return bounds
            if bounds.doubt:
                return Unknown(bounds.doubt)
            sides[side] = bounds.prefixes
        found = tuple(pair for version in (4, 6) if all(pair := (_of(sides["local"], version), _of(sides["remote"], version))))
        if not found:
            return Unknown("the networks and the site have no prefixes of one IP version")
        for side in sides:
            wide = self._too_wide(side, [text for pair in found for text in pair[0 if side == "local" else 1]])
            if wide:
                return wide
        return found

    def _narrowed(self, side: Side, texts: Sequence[str]) -> tuple[str, ...] | TooWide | Unknown:
        bounds = self._bounds[side]
        found: list[str] = []
        for text in texts:
            addresses = addresses_of([text])
            inside = not isinstance(bounds, Unknown) and not (addresses - bounds.addresses)
            in_doubt = isinstance(bounds, Unknown) or bool(bounds.doubt)
            if (inside or in_doubt) and not self._too_wide(side, [text]):
                found.append(text)
            elif isinstance(bounds, Unknown):
                return bounds
            elif bounds.doubt:
                return Unknown(bounds.doubt)
            else:
                found.extend(_meeting(addresses, bounds.prefixes))
        found = list(dict.fromkeys(found))
        return self._too_wide(side, found) or tuple(found)

    def _too_wide(self, side: Side, texts: Iterable[str]) -> TooWide | None:
        for text in texts:
            version, width = written_width(text) or (4, 0)
            name = f"selector_shortest_{side}_v4" if version == 4 else "selector_shortest_v6"
            shortest = max(1, self._settings[name])  # type: ignore[literal-required]
            if width < shortest:
                return TooWide(side=side, texts=(text,), shortest=shortest)
        return None


def canonical(texts: Iterable[str]) -> tuple[str, ...]:
    """Return ranges as prefixes, in order, each once, without those inside another one."""
    found = list(dict.fromkeys(prefix for text in texts for prefix in prefixes_of(addresses_of([text]))))
    sets = {text: addresses_of([text]) for text in found}
    return tuple(one for one in found if not any(one != other and not (sets[one] - sets[other]) for other in found))


def prefixes_of(addresses: AddressSet) -> Iterator[str]:
    """Yield the fewest prefixes that cover exactly a set."""
    for first, last in addresses.v4:
        yield from map(str, summarize_address_range(IPv4Address(first), IPv4Address(last)))
    for first, last in addresses.v6:
        yield from map(str, summarize_address_range(IPv6Address(first), IPv6Address(last)))


def addresses_of(texts: Iterable[str]) -> AddressSet:
    """Return what written ranges cover; one that is no range covers nothing."""
    return union(parsed for text in texts if not isinstance(parsed := parse_range(text), Unknown))


def _meeting(addresses: AddressSet, prefixes: Iterable[str]) -> Iterator[str]:
    for prefix in prefixes:
        common = addresses & addresses_of([prefix])
        yield from prefixes_of(common)


def _of(texts: Iterable[str], version: int) -> tuple[str, ...]:
    return tuple(text for text in texts if (":" in text) == (version == 6))
