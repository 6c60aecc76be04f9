"""The selector plane of two connections: sources across, destinations down, and what each of the two lets through.

A packet from one partner to another passes twice. It comes in where its source is in a *remote* range of the arriving connection and
its destination in a *local* one; it goes out where its source is in a *local* range of the leaving connection and its destination in a
*remote* one that is also routed to that site (design section 4). Both are rectangles in one plane, and where they meet is the transit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.facts.ceiling import OPEN_REASONS
from s2sguard.facts.document import ConnectionFacts, GatewayFacts, SiteFacts, Witness
from s2sguard.model.address import ANY, AddressSet, Interval, parse_address, parse_range, union
from s2sguard.model.inventory import fold_id
from s2sguard.model.value import Unknown
from s2sguard.report.html.axis import Axis, Named, spread
from s2sguard.report.html.limits import MOST_RANGES, shown
from s2sguard.report.printable import printable

LEFT, TOP, WIDTH, HEIGHT = 176, 12, 340, 240
LINE = 17
"""Height of a label."""
SHORT = 22
"""Characters of a label."""
MARGIN = 9
"""How far the witness is drawn from the edges of a rectangle."""
MOST_BOXES = 60

Kind: TypeAlias = Literal["idle", "in", "out", "flow"]
_Rectangle: TypeAlias = tuple[AddressSet, AddressSet]
"""Sources x destinations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle to draw."""

    kind: Kind
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A range beside its axis: a bar as long as the range, and the text at a place of its own."""

    text: str
    roles: str
    start: float
    length: float
    at: float

    @property
    def short(self) -> str:
        """Return what fits beside the axis."""
        return printable(self.text, limit=SHORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """One drawing; all numbers are SVG user units."""

    boxes: tuple[Box, ...]
    across: tuple[Label, ...]
    down: tuple[Label, ...]
    point: tuple[float, float] | None
    """The witness."""
    height: float
    notes: tuple[str, ...]
    """What is not drawn, and why."""

    whole: bool
    """Both ceilings and what is routed to the second connection are known, so where nothing meets, nothing passes."""

    def has(self, kind: Kind) -> bool:
        """Say whether a rectangle of a kind is drawn."""
        return any(box.kind == kind for box in self.boxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One of the two connections, with what is needed to draw it."""

    connection: ConnectionFacts
    name: str
    party: str
    site: SiteFacts | None
    gateway: GatewayFacts

    def fixed(self) -> list[tuple[AddressSet, AddressSet]]:
        """Return local x remote for each fixed selector, in effect or not."""
        return [(_ranges(one["local"]), _ranges(one["remote"])) for one in self.connection.get("fixed_selectors", ())]

    def ceiling(self) -> list[tuple[AddressSet, AddressSet]] | None:
        """Return local x remote of all that the far end can bring about; None where it is not known."""
        found = self.connection.get("ceiling")
        if found is None:
            return None
        return [(ANY, ANY)] if found["open"] else self.fixed()

    def prefixes(self) -> list[str]:
        """Return the prefixes of its site; none where they are not known."""
        return [] if self.site is None else self.site.get("prefixes", [])

    def routed(self) -> AddressSet | None:
        """Return which destinations the gateway sends into this connection; None where the facts do not say."""
        default = self.gateway.get("default_site")
        if self.connection.get("bgp") is True or (
            default is not None and fold_id(default["id"]) == fold_id(self.connection.get("site", ""))
        ):
            return ANY
        if self.connection.get("nat_rules") != 0 or self.site is None or "prefixes" not in self.site or "bgp" not in self.connection:
            return None
        return _ranges(self.site["prefixes"])


def plane_of(arriving: End, leaving: End, witness: Witness | None) -> Plane:
    """Return the plane for packets that arrive by one connection and leave by the other."""
    version = _version(arriving, leaving, witness)
    coming, going, notes = _in(arriving), _out(leaving), [*_notes(arriving, leaving)]
    across, left_out = _chosen(_across(arriving, leaving), version, witness and witness["src"])
    down, left_out_down = _chosen(_down(arriving, leaving), version, witness and witness["dst"])
    if left_out + left_out_down:
        notes.append(f"{left_out + left_out_down} more ranges are not labelled")
    point = witness and (parse_address(witness["src"]), parse_address(witness["dst"]))
    spots = [[(spot[1], spot[1])] if spot is not None and spot[0] == version else [] for spot in (point or (None, None))]
    x_axis = Axis(version, [*(one.interval for one in across), *(spots[0] if not across else [])], WIDTH)
    y_axis = Axis(version, [*(one.interval for one in down), *(spots[1] if not down else [])], HEIGHT)
    meeting = [(a[0] & b[0], a[1] & b[1]) for a in coming for b in going]
    drawn: list[tuple[Kind, list[_Rectangle]]] = [("in", coming), ("out", going), ("flow", meeting), ("idle", _idle(arriving, leaving))]
    boxes = [box for kind, found in drawn for box in _boxes(kind, found, version, x_axis, y_axis)]
    if len(boxes) > MOST_BOXES:
        notes.append(f"{len(boxes) - MOST_BOXES} more rectangles are not drawn")
    return Plane(
        boxes=tuple(boxes[:MOST_BOXES]),
        across=tuple(_across_labels(across, x_axis)),
        down=tuple(_down_labels(down, y_axis)),
        point=_inside(boxes, LEFT + x_axis.at(spots[0][0][0]), TOP + y_axis.at(spots[1][0][0])) if spots[0] and spots[1] else None,
        height=TOP + HEIGHT + LINE * (len(across) + 2),
        notes=tuple(notes),
        whole=None not in (arriving.ceiling(), leaving.ceiling(), leaving.routed()) and len(boxes) <= MOST_BOXES,
    )


def _in(end: End) -> list[_Rectangle]:
    return [(remote, local) for local, remote in end.ceiling() or ()]


def _out(end: End) -> list[_Rectangle]:
    routed = end.routed()
    return [] if routed is None else [(local, remote & routed) for local, remote in end.ceiling() or ()]


def _idle(arriving: End, leaving: End) -> list[_Rectangle]:
    """Return the fixed selectors that are written and bind nobody."""
    found = [(remote, local) for local, remote in arriving.fixed()] if _is_open(arriving) else []
    return found + ([(local, remote) for local, remote in leaving.fixed()] if _is_open(leaving) else [])


def _is_open(end: End) -> bool:
    return end.connection.get("ceiling", {"open": False})["open"]


def _notes(arriving: End, leaving: End) -> Iterator[str]:
    for end in (arriving, leaving):
        if "ceiling" not in end.connection:
            yield f"what fits {end.name} is not known: {shown(end.connection['unknown'].get('ceiling', 'no reason is given'))}"
    if leaving.routed() is None:
        why = "its NAT rules translate the site" if leaving.connection.get("nat_rules") else "its site or its routing is not known"
        yield f"which destinations are routed to {leaving.name} is not drawn: {why}"


def why_open(end: End) -> str:
    """Return in one clause what a connection lets through."""
    ceiling = end.connection.get("ceiling")
    if ceiling is None:
        return "what it lets through is not known"
    if ceiling["open"]:
        reasons = "; ".join(OPEN_REASONS.get(reason, reason) for reason in ceiling["reasons"])
        return f"any selector fits: {reasons}" if reasons else "any selector fits"
    return "only its fixed selectors fit"


def _across(arriving: End, leaving: End) -> Iterator[tuple[str, str]]:
    """Yield (range, what it is) for sources."""
    yield from ((text, f"site of {arriving.party}") for text in arriving.prefixes())
    yield from ((text, f"remote range of {arriving.name}") for text in _side(arriving, "remote"))
    yield from ((text, f"local range of {leaving.name}") for text in _side(leaving, "local"))


def _down(arriving: End, leaving: End) -> Iterator[tuple[str, str]]:
    """Yield (range, what it is) for destinations."""
    yield from ((text, f"local range of {arriving.name}") for text in _side(arriving, "local"))
    yield from ((text, f"remote range of {leaving.name}") for text in _side(leaving, "remote"))
    yield from ((text, f"site of {leaving.party}") for text in leaving.prefixes())


def _side(end: End, side: Literal["local", "remote"]) -> list[str]:
    return [text for one in end.connection.get("fixed_selectors", ()) for text in one[side]]


def _chosen(found: Iterable[tuple[str, str]], version: int, address: str | None) -> tuple[list[Named], int]:
    """Return the ranges to label, in order of their addresses, and how many were left out; those with the witness come first."""
    roles: dict[tuple[str, Interval], list[str]] = {}
    for text, role in found:
        known = parse_range(text)
        for interval in () if isinstance(known, Unknown) else known.family(version):
            roles.setdefault((printable(text, limit=44), interval), []).append(role)
    named = [Named(text=text, interval=interval, roles=tuple(dict.fromkeys(known))) for (text, interval), known in roles.items()]
    spot = parse_address(address) if address else None
    named.sort(key=lambda one: not (spot is not None and one.interval[0] <= spot[1] <= one.interval[1]))
    return sorted(named[:MOST_RANGES], key=lambda one: (one.interval[0], -one.interval[1])), len(named[MOST_RANGES:])


def _version(arriving: End, leaving: End, witness: Witness | None) -> int:
    spot = parse_address(witness["src"]) if witness is not None else None
    if spot is not None:
        return spot[0]
    texts = [text for text, _ in (*_across(arriving, leaving), *_down(arriving, leaving))]
    return 6 if texts and all(":" in text for text in texts) else 4


def _boxes(kind: Kind, found: Sequence[_Rectangle], version: int, x_axis: Axis, y_axis: Axis) -> Iterator[Box]:
    for sources, destinations in found:
        for across in sources.family(version):
            for down in destinations.family(version):
                (x, width), (y, height) = x_axis.span(across), y_axis.span(down)
                yield Box(kind=kind, x=LEFT + x, y=TOP + y, width=width, height=height)


def _across_labels(named: Sequence[Named], axis: Axis) -> Iterator[Label]:
    for lane, one in enumerate(named):
        start, length = axis.span(one.interval)
        yield Label(text=one.text, roles=", ".join(one.roles), start=LEFT + start, length=length, at=TOP + HEIGHT + LINE * (lane + 1))


def _down_labels(named: Sequence[Named], axis: Axis) -> Iterator[Label]:
    spans = [axis.span(one.interval) for one in named]
    places = spread([TOP + start + length / 2 for start, length in spans], LINE, TOP + 6, TOP + HEIGHT - 6)
    for one, (start, length), at in zip(named, spans, places, strict=True):
        yield Label(text=one.text, roles=", ".join(one.roles), start=TOP + start, length=length, at=at)


def _inside(boxes: Sequence[Box], x: float, y: float) -> tuple[float, float]:
    """Return the place of the witness, inside what it proves: the first address of a range lies on the edge of its rectangle."""
    around = [box for box in boxes if box.kind == "flow" and box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height]
    if not around:
        return x, y
    box = min(around, key=lambda one: one.width * one.height)
    return round(_off_edge(x, box.x, box.width), 1), round(_off_edge(y, box.y, box.height), 1)


def _off_edge(place: float, start: float, length: float) -> float:
    margin = min(MARGIN, length / 2)
    return min(max(place, start + margin), start + length - margin)


def _ranges(texts: Iterable[str]) -> AddressSet:
    known = (parse_range(text) for text in texts)
    return union(one for one in known if not isinstance(one, Unknown))
