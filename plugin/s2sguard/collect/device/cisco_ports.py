"""Ports in access lists of Cisco IOS."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

PortSpans: TypeAlias = tuple[tuple[int, int], ...]

_LAST = 65535
_ALL: PortSpans = ((0, _LAST),)
_NAMES = {
    "bgp": 179,
    "bootpc": 68,
    "bootps": 67,
    "cmd": 514,
    "domain": 53,
    "ftp": 21,
    "ftp-data": 20,
    "isakmp": 500,
    "ldap": 389,
    "non500-isakmp": 4500,
    "ntp": 123,
    "pop3": 110,
    "smtp": 25,
    "snmp": 161,
    "snmptrap": 162,
    "ssh": 22,
    "syslog": 514,
    "tacacs": 49,
    "telnet": 23,
    "tftp": 69,
    "www": 80,
}
"""The names IOS prints for well-known ports (Cisco IOS Security Command Reference, `permit (IP)`); others are gaps."""


def take_ports(rest: list[str]) -> PortSpans | None:
    """Take a port condition from the front of the words left; all ports where there is none, None where it cannot be read."""
    operator = rest[0].lower() if rest else ""
    if operator == "range":
        span = [port(word) for word in rest[1:3]]
        del rest[:3]
        first, last = (span[0], span[1]) if len(span) == 2 else (None, None)
        return None if first is None or last is None or first > last else ((first, last),)
    if operator not in {"eq", "neq", "gt", "lt"}:
        return _ALL
    rest.pop(0)
    found: list[int] = []
    while rest and (number := port(rest[0])) is not None and (operator in {"eq", "neq"} or not found):
        found.append(number)
        rest.pop(0)
    return _spans(operator, sorted(set(found))) if found else None


def _spans(operator: str, ports: list[int]) -> PortSpans | None:
    match operator:
        case "eq":
            return tuple((number, number) for number in ports)
        case "gt":
            return ((ports[0] + 1, _LAST),) if ports[0] < _LAST else None
        case "lt":
            return ((0, ports[0] - 1),) if ports[0] else None
        case _:
            edges = [-1, *ports, _LAST + 1]
            return tuple((low + 1, high - 1) for low, high in pairwise(edges) if low + 1 <= high - 1) or None


def port(word: str) -> int | None:
    """Return a port by its number or IOS's name for it, or None."""
    if word.isascii() and word.isdecimal() and len(word) <= 5:
        return int(word) if int(word) <= _LAST else None
    return _NAMES.get(word.lower())
