"""Addresses and address groups of FortiOS, which may hold each other."""

from __future__ import annotations

from s2sguard.collect.device.fortigate_sections import Entry, Sections
from s2sguard.collect.device.interface import Gaps
from s2sguard.collect.device.ranges import ANY_V4, netmask, v4
from s2sguard.model.address import AddressSet, parse_range, union
from s2sguard.model.value import Maybe, Unknown

_MOST_DEEP = 32
_MISSING = Unknown("an address it names is not in the text")
_STRANGE = Unknown("an address it names is of a kind that is not read")
_CIRCLE = Unknown("an address group that holds itself")


class Addresses:
    """The address objects of one configuration, each worked out once."""

    def __init__(self, sections: Sections, gaps: Gaps) -> None:
        self._gaps = gaps
        self._addresses = {entry.name: entry for entry in sections.entries("firewall address") if entry.name}
        self._groups = {entry.name: entry for entry in sections.entries("firewall addrgrp") if entry.name}
        self._known: dict[str, Maybe[AddressSet]] = {}

    def get(self, name: str, line: int, depth: int = 0) -> Maybe[AddressSet]:
        """Return the addresses of an object or group; unknown, with a gap, where it is missing or not read."""
        if name == "all":
            return ANY_V4
        if name in self._known:
            return self._known[name]
        if name in self._addresses:
            self._known[name] = _plain(self._addresses[name])
        elif name in self._groups and depth <= _MOST_DEEP:
            self._known[name] = _CIRCLE
            group = self._groups[name]
            parts = [self.get(member, group.line, depth + 1) for member in group.values("member")]
            bad = next((part for part in parts if isinstance(part, Unknown)), None)
            self._known[name] = bad if bad is not None else union([part for part in parts if isinstance(part, AddressSet)])
        else:
            self._gaps.add(line, _MISSING.reason, "missing-reference")
            return _MISSING
        found = self._known[name]
        if isinstance(found, Unknown):
            self._gaps.add(line, found.reason)
        return found


def _plain(entry: Entry) -> Maybe[AddressSet]:
    kind = entry.value("type") or "ipmask"
    if kind == "iprange":
        return parse_range(f"{entry.value('start-ip')}-{entry.value('end-ip')}")
    words = entry.values("subnet")
    if kind != "ipmask" or not words:
        return _STRANGE
    return subnet_of(words, _STRANGE)


def subnet_of(words: tuple[str, ...], strange: Unknown) -> Maybe[AddressSet]:
    """Read `10.0.0.0 255.0.0.0` or `10.0.0.0/8`; `strange` for an address or a mask that is none."""
    if len(words) == 1:
        return parse_range(words[0])
    address, mask = v4(words[0]), v4(words[1])
    found = netmask(address, mask) if address is not None and mask is not None else None
    return strange if found is None else found
