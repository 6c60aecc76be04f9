"""The picture of one gateway: sites on the left, their tunnels, and what lies on the Azure side, as far as the facts say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from s2sguard.facts.document import ConnectionFacts, GatewayFacts, SiteFacts, Witness
from s2sguard.model.inventory import fold_id
from s2sguard.report.html.limits import MOST_LINES, shown
from s2sguard.report.names import Names
from s2sguard.report.packet import Packets
from s2sguard.report.printable import printable
from s2sguard.report.style import count, some
from s2sguard.report.ways import Gate, gate, summary

ROW = 72
"""Height of one box with the room below it."""
BOX = 60
TOP = 30
SHORTEST = 2
"""Rows a picture is high at least."""
MOST_ROADS = 5
NAME, RANGES, WIDE = 27, 29, 34
"""Characters that fit into a box of the left column, in its small lines, and into one of the right column."""

Tunnel: TypeAlias = Literal["open", "fixed", "unknown", "other"]
WORDS: dict[Tunnel, str] = {
    "open": "any selector fits",
    "fixed": "only fixed selectors fit",
    "unknown": "what fits is not known",
    "other": "no IPsec to a site",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One site, or several that are alike, and its tunnel."""

    name: str
    ranges: str
    """What is behind it."""
    tunnel: Tunnel
    label: str
    """What the tunnel lets through."""
    internal: bool
    packet: Literal["", "in", "out"] = ""
    """Which way the packet of the proof passes here."""
    y: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One box of the Azure side."""

    title: str
    text: str
    kind: Literal["ranges", "road"]
    y: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One drawing; all numbers are SVG user units."""

    height: float
    middle: float
    """Where the gateway is."""
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    gate: tuple[float, float]
    """Top and height of what stands for a firewall: between the gateway and the local ranges, and beside the other roads."""
    inspection: Gate
    """Whether packets pass it."""
    description: str

    @property
    def tunnels(self) -> frozenset[Tunnel]:
        """Return the kinds of tunnels that are drawn: the legend."""
        return frozenset(line.tunnel for line in self.lines)

    @property
    def has_packet(self) -> bool:
        """Say whether a packet is drawn."""
        return any(line.packet for line in self.lines)


def tunnel_of(connection: ConnectionFacts) -> Tunnel:
    """Return what a connection is, for its line."""
    if connection.get("connection_type", "IPsec") != "IPsec":
        return "other"
    ceiling = connection.get("ceiling")
    if ceiling is None:
        return "unknown"
    return "open" if ceiling["open"] else "fixed"


class Pictures:
    """Draws the gateways of one report."""

    def __init__(self, names: Names, packets: Packets, sites: Mapping[str, SiteFacts]) -> None:
        self._names = names
        self._packets = packets
        self._sites = sites

    def of(self, gateway: GatewayFacts, connections: Sequence[ConnectionFacts], witness: Witness | None) -> Picture:
        """Return the picture of a gateway; `witness` is the packet to draw into it."""
        ends = (fold_id(witness["from"]), fold_id(witness["to"])) if witness is not None else ("", "")
        lines = list(self._each(connections, ends) if len(connections) <= MOST_LINES else self._grouped(connections))
        blocks = list(_azure(gateway, connections))
        rows = max(len(lines), len(blocks), SHORTEST)
        starts = [TOP + ROW * (rows - len(column)) / 2 for column in (lines, blocks)]
        ranges = sum(block.kind == "ranges" for block in blocks)
        return Picture(
            height=TOP + ROW * rows,
            middle=TOP + ROW * rows / 2 - (ROW - BOX) / 2,
            lines=tuple(replace(line, y=starts[0] + ROW * at) for at, line in enumerate(lines)),
            blocks=tuple(replace(block, y=starts[1] + ROW * at) for at, block in enumerate(blocks)),
            gate=(starts[1] - 4, ROW * ranges - (ROW - BOX) + 8),
            inspection=gate(gateway),
            description=_description(lines, gateway),
        )

    def _each(self, connections: Sequence[ConnectionFacts], ends: tuple[str, str]) -> Iterator[Line]:
        for one in connections:
            key = fold_id(one["id"])
            site = self._sites.get(fold_id(one.get("site", "")))
            tunnel = tunnel_of(one)
            yield Line(
                name=_fit(self._packets.party(one["id"]), NAME),
                ranges=_fit(", ".join(site["prefixes"]) if site and "prefixes" in site else "ranges not known", RANGES),
                tunnel=tunnel,
                label=_fit(f"{one.get('site_name', '') or 'no site'} by {self._names[one['id']]}", RANGES + 4),
                internal=one.get("trust") == "internal",
                packet="in" if key == ends[0] else "out" if key == ends[1] else "",
            )

    def _grouped(self, connections: Sequence[ConnectionFacts]) -> Iterator[Line]:
        found: dict[tuple[bool, Tunnel], list[ConnectionFacts]] = {}
        for one in connections:
            found.setdefault((one.get("trust") == "internal", tunnel_of(one)), []).append(one)
        order = list(WORDS)
        for key in sorted(found, key=lambda key: (key[0], order.index(key[1]))):
            members = found[key]
            parties = len({one.get("partner", one["id"]) for one in members})
            yield Line(
                name=f"{count(parties, 'internal party' if key[0] else 'partner', 'internal parties' if key[0] else None)}",
                ranges=count(len(members), "connection"),
                tunnel=key[1],
                label=_fit(f"by {some([self._names[one['id']] for one in members], 1)}", RANGES + 4),
                internal=key[0],
            )


def _azure(gateway: GatewayFacts, connections: Sequence[ConnectionFacts]) -> Iterator[Block]:
    """Yield what stands on the right: ranges the selectors name, then other roads out of the gateway."""
    local = sorted({text for one in connections for chosen in one.get("fixed_selectors", ()) for text in chosen["local"]})
    shared = gateway.get("shared_local_ranges", [])
    yield Block(title="Local ranges of fixed selectors", text=_fit(", ".join(local) or "none is set", WIDE), kind="ranges")
    if shared:
        yield Block(title="Shared by several partners", text=_fit(", ".join(shared), WIDE), kind="ranges")
    roads = [(f"Road out: {one['kind']}", one["name"]) for one in gateway.get("extensions", [])]
    if "default_site" in gateway:
        roads.insert(0, ("Default site (takes 0.0.0.0/0)", gateway["default_site"]["name"]))
    for title, text in roads[:MOST_ROADS]:
        yield Block(title=title, text=_fit(text, WIDE), kind="road")
    if len(roads) > MOST_ROADS:
        yield Block(title="And more roads out", text=f"{len(roads) - MOST_ROADS} more", kind="road")


def _description(lines: Sequence[Line], gateway: GatewayFacts) -> str:
    """Return the picture in words, for who cannot see it."""
    tunnels = "; ".join(f"{line.name} ({line.ranges}): {WORDS[line.tunnel]}" for line in lines) or "no connection"
    roads = ", ".join(f"{one['kind']} {shown(one['name'])}" for one in gateway.get("extensions", []))
    return f"Tunnels: {tunnels}. {f'Other roads out: {roads}. ' if roads else ''}Inspection: {shown(summary(gateway))}."


def _fit(text: str, limit: int) -> str:
    """Return text that fits into a box; a longer one loses its middle."""
    return printable(text, limit=limit)
