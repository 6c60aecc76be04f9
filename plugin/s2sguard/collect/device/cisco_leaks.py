"""Ways between routing tables of one Cisco router: what makes VRFs less than separate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s2sguard.collect.device.cisco_interfaces import Interfaces
from s2sguard.collect.device.cisco_sections import Command

_SETS_TABLE = (("set", "vrf"), ("set", "global"), ("set", "ip", "vrf"), ("set", "ip", "global"))


def leaks_of(commands: Sequence[Command], interfaces: Interfaces) -> str:
    """Return the first reason why packets may pass between routing tables, with its line; empty if the text gives none.

    Known ones: route targets that one table exports and another imports, `import` maps, `route-replicate`, static routes that leave
    their table, and route maps that set a table.
    """
    line, reason = min(_found(commands, interfaces), default=(0, ""))
    return f"packets may pass between routing tables: line {line}: {reason}" if line else ""


def _found(commands: Sequence[Command], interfaces: Interfaces) -> Iterator[tuple[int, str]]:
    yield from _taken_over({rest[0]: one for one in commands if (rest := one.after("vrf", "definition") or one.after("ip", "vrf"))})
    for command in commands:
        rest = command.after("ip", "route", "vrf")
        if rest and (rest[-1].lower() == "global" or _elsewhere(rest, interfaces)):
            yield command.line, "a static route that leaves its table"
        for below in command.below if command.starts("route-map") else ():
            if any(below.starts(*words) for words in _SETS_TABLE):
                yield below.line, "a route map that sets the table"


def _taken_over(tables: dict[str, Command]) -> Iterator[tuple[int, str]]:
    exported = {name: {target for target, _ in _targets(table, "export")} for name, table in tables.items()}
    for name, table in tables.items():
        for target, line in _targets(table, "import"):
            if any(target in targets for other, targets in exported.items() if other != name):
                yield line, "a route target that another table exports"
        for below in table.below:
            if below.starts("import") or below.starts("route-replicate"):
                yield below.line, "routes of another table are taken over"


def _targets(table: Command, direction: str) -> Iterator[tuple[str, int]]:
    for rest, line in table.all("route-target"):
        if len(rest) == 1 or (rest and rest[0].lower() in {direction, "both"}):
            yield rest[-1], line


def _elsewhere(rest: tuple[str, ...], interfaces: Interfaces) -> bool:
    """Say whether a static route of a table names an interface of another one."""
    named = [interfaces.by_name[word.lower()] for word in rest[3:4] if word.lower() in interfaces.by_name]
    return any(interfaces.vrf(interface) != rest[0] for interface in named)
