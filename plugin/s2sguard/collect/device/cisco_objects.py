"""Object groups of Cisco IOS: names for sets of addresses, which may hold each other."""

from __future__ import annotations

from collections.abc import Iterable

from s2sguard.collect.device.cisco_sections import Command
from s2sguard.collect.device.interface import Gaps
from s2sguard.collect.device.ranges import ANY_V4, netmask, v4
from s2sguard.model.address import AddressSet, parse_range, union
from s2sguard.model.value import Maybe, Unknown

_MOST_DEEP = 32
_NOT_READ = Unknown("an object group it names cannot be read")
_PORTS_WORDS = frozenset({"description", "security-group", "tag"})


class ObjectGroups:
    """The network object groups of one configuration, each worked out once."""

    def __init__(self, commands: Iterable[Command], gaps: Gaps) -> None:
        self._gaps = gaps
        self._groups: dict[str, list[Command]] = {}
        self._known: dict[str, Maybe[AddressSet]] = {}
        for command in commands:
            rest = command.after("object-group", "network")
            if rest:
                self._groups.setdefault(rest[0], []).append(command)

    def get(self, name: str, line: int, depth: int = 0) -> Maybe[AddressSet]:
        """Return the addresses of a group; one that is missing, holds itself or holds what is not read is unknown, with a gap."""
        if name in self._known:
            return self._known[name]
        if name not in self._groups:
            self._gaps.add(line, "an object group that is not in the text", "missing-reference")
            return _NOT_READ
        if depth > _MOST_DEEP:
            self._gaps.add(line, f"object groups inside each other more than {_MOST_DEEP} deep", "too-deep")
            return _NOT_READ
        self._known[name] = Unknown("an object group that holds itself")
        parts = [self._member(command, depth) for group in self._groups[name] for command in group.below]
        bad = next((part for part in parts if isinstance(part, Unknown)), None)
        self._known[name] = bad if bad is not None else union([part for part in parts if isinstance(part, AddressSet)])
        return self._known[name]

    def _member(self, command: Command, depth: int) -> Maybe[AddressSet]:
        words = command.words
        keyword = words[0].lower()
        if keyword in _PORTS_WORDS:
            return AddressSet()
        if keyword == "group-object" and len(words) == 2:
            held = self.get(words[1], command.line, depth + 1)
            if isinstance(held, Unknown):
                self._gaps.add(command.line, f"object group: {held.reason}")
            return held
        found = _plain(words)
        if found is None:
            self._gaps.add(command.line, "a member of an object group that is not read")
            return _NOT_READ
        return found


def _plain(words: tuple[str, ...]) -> AddressSet | None:
    keyword = words[0].lower()
    if keyword == "any" and len(words) == 1:
        return ANY_V4
    if keyword == "host" and len(words) == 2:
        words = (words[1],)
    if keyword == "range" and len(words) == 3:
        words = (f"{words[1]}-{words[2]}",)
    if len(words) == 1:
        read = parse_range(words[0])
        return None if isinstance(read, Unknown) else read
    address, mask = (v4(words[0]), v4(words[1])) if len(words) == 2 else (None, None)
    return None if address is None or mask is None else netmask(address, mask)
