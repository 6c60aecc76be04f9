"""What swanctl.conf and ipsec.conf have in common: how strongSwan writes traffic selectors (man swanctl.conf, `local_ts`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from s2sguard.collect.device.ranges import selectors
from s2sguard.model.address import parse_range
from s2sguard.model.selector import ALL_PORTS, ANY_PROTOCOL, TrafficSelector
from s2sguard.model.value import Maybe, Unknown

_WRITTEN = re.compile(r"([^\[\]]+)(?:\[([^\[\]/]*)(?:/([^\[\]/]*))?\])?")
_PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "sctp": 132, "ipv6-icmp": 58}
_PORTS = {"http": 80, "https": 443, "domain": 53, "ssh": 22}
_ANYBODY = frozenset({"%any", "%any4", "%any6", "0.0.0.0", "::", "%defaultroute", "0.0.0.0/0", "::/0"})  # noqa: S104 - peers, not a binding
_STRANGE = Unknown("a traffic selector that is not read")
_OUTER = Unknown("its traffic selector is the address of the tunnel itself, which the text does not tell")


def ranges(texts: Sequence[str], outer: Sequence[str]) -> Maybe[tuple[TrafficSelector, ...]]:
    """Read one side of a child. `dynamic` is the side's own outer address; several of those are not known beforehand."""
    found: list[TrafficSelector] = []
    for text in texts:
        matched = _WRITTEN.fullmatch(text.strip())
        protocol, ports = _upper(matched[2], matched[3]) if matched else (None, None)
        if matched is None or protocol is None or ports is None:
            return _STRANGE
        written = matched[1].strip()
        if written.startswith(("dynamic", "%dynamic")):
            if len(outer) != 1:
                return _OUTER
            written = outer[0].strip()
        addresses = parse_range(written)
        if isinstance(addresses, Unknown):
            return _OUTER if written in outer else _STRANGE
        found += selectors(addresses, protocol, (ports,))
    return tuple(found)


def _upper(protocol: str | None, port: str | None) -> tuple[int | None, tuple[int, int] | None]:
    """Read `[tcp/443]`: the protocol, and the ports."""
    word = (protocol or "").lower()
    number = ANY_PROTOCOL if word in {"", "any", "%any"} else _PROTOCOLS.get(word, _number(word, 255))
    low, dash, high = (port or "").lower().partition("-")
    if low in {"", "any", "%any"}:
        return number, ALL_PORTS
    first = _PORTS.get(low, _number(low, 65535))
    last = _number(high, 65535) if dash else first
    return number, None if first is None or last is None or first > last else (first, last)


def _number(word: str, most: int) -> int | None:
    return int(word) if word.isascii() and word.isdecimal() and len(word) <= 5 and int(word) <= most else None


def is_any(peer: str) -> bool:
    """Say whether a peer is whoever asks."""
    return peer.strip().lower() in _ANYBODY
