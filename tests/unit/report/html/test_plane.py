"""The selector plane: what is drawn is where packets get through, and the axes keep the order of addresses."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.facts.document import SiteFacts, Witness
from s2sguard.report.html.axis import Axis, spread
from s2sguard.report.html.plane import HEIGHT, LEFT, MOST_BOXES, TOP, WIDTH, End, Plane, plane_of, why_open
from tests.unit.report.builders import connection, gateway, witness

RED, BLUE, HUB = "10.1.0.0/16", "10.2.0.0/16", "172.16.0.0/24"
addresses = st.integers(0, (1 << 32) - 1)
intervals = st.lists(st.tuples(addresses, addresses).map(lambda two: (min(two), max(two))), max_size=8)


def end(name: str, remote: str, *, opened: bool = False, local: str = HUB, **more: Any) -> End:
    """Return one end with a fixed selector and a site of the same range."""
    ceiling = {"open": opened, "reasons": ["responder-allowed"] if opened else []}
    base: dict[str, Any] = {"bgp": False, "nat_rules": 0, "ceiling": ceiling, "fixed_selectors": [{"local": [local], "remote": [remote]}]}
    site: SiteFacts = {"id": f"/{name}", "name": name, "partners": [], "gateways": [], "prefixes": [remote], "unknown": {}}
    return End(connection=connection(name, name, **(base | more)), name=name, party=name, site=site, gateway=gateway())


def kinds(plane: Plane) -> list[str]:
    """Return the kinds of the rectangles, in the order they are drawn."""
    return [box.kind for box in plane.boxes]


@given(intervals, st.lists(addresses, min_size=2, max_size=20))
def test_an_axis_keeps_the_order_of_addresses(ranges: list[tuple[int, int]], found: list[int]) -> None:
    """A higher address is never drawn before a lower one, and none beyond the ends."""
    axis = Axis(4, ranges, 100)
    places = [axis.at(address) for address in sorted(found)]
    assert places == sorted(places)
    assert 0 <= places[0] <= places[-1] <= 100
    assert (axis.at(0), axis.at(1 << 32)) == (0, 100)


def test_a_small_range_gets_as_much_room_as_a_large_one() -> None:
    """A /32 and a /8 are equally wide, and what nobody names is narrow."""
    axis = Axis(4, [(10 << 24, (11 << 24) - 1), (200 << 24, 200 << 24)], 100)
    wide, small = axis.span((10 << 24, (11 << 24) - 1)), axis.span((200 << 24, 200 << 24))
    assert wide[1] == pytest.approx(small[1], abs=0.2)
    assert axis.span((0, (10 << 24) - 1))[1] < wide[1]


@given(st.lists(st.floats(0, 200), max_size=10))
def test_labels_never_lie_on_each_other(wanted: list[float]) -> None:
    """Labels keep their distance and their order."""
    places = spread(wanted, 17, 0, 240)
    ordered = [places[at] for at in sorted(range(len(wanted)), key=lambda at: (wanted[at], at))]
    assert all(after - before >= 16.8 for before, after in pairwise(ordered))


def test_two_open_connections_meet_in_what_is_routed() -> None:
    """Everything comes in, what is routed to the site goes out, and the packet of the proof lies where both meet."""
    plane = plane_of(end("to-red", RED, opened=True), end("to-blue", BLUE, opened=True), witness())
    assert ["in", "out", "flow", "idle", "idle"] == kinds(plane)
    coming, going, flow = plane.boxes[:3]
    assert (coming.x, coming.y, coming.width, coming.height) == (LEFT, TOP, WIDTH, HEIGHT)
    assert (flow.x, flow.y, flow.width, flow.height) == (going.x, going.y, going.width, going.height)
    assert plane.point is not None
    assert flow.x < plane.point[0] < flow.x + flow.width
    assert flow.y < plane.point[1] < flow.y + flow.height


def test_two_fixed_connections_do_not_meet() -> None:
    """The hardened pattern leaves two rectangles apart, and the plane says that this is all."""
    plane = plane_of(end("to-red", RED), end("to-blue", BLUE), None)
    assert ["in", "out"] == kinds(plane)
    assert plane.whole
    assert plane.point is None


def test_what_is_not_known_is_said_and_never_whole() -> None:
    """An unknown ceiling, NAT rules and an unknown site leave something undrawn, so an empty plane proves nothing."""
    known = end("to-red", RED)
    doubtful = end("to-x", BLUE, unknown={"ceiling": "only known after apply"})
    del doubtful.connection["ceiling"]
    translated = end("to-y", BLUE, nat_rules=1)
    assert [
        (False, ("what fits to-x is not known: only known after apply",)),
        (False, ("which destinations are routed to to-y is not drawn: its NAT rules translate the site",)),
    ] == [(plane.whole, plane.notes) for plane in (plane_of(known, doubtful, None), plane_of(known, translated, None))]


def test_bgp_and_the_default_site_route_everything() -> None:
    """With BGP, or as the default site, any destination goes out."""
    with_bgp = end("to-blue", BLUE, bgp=True, opened=True)
    default = end("to-blue", BLUE, opened=True, site="/SITE")
    default.gateway["default_site"] = {"id": "/site", "name": "site", "trust": "partner"}
    for leaving in (with_bgp, default):
        going = plane_of(end("to-red", RED), leaving, None).boxes[1]
        assert (going.width, going.height) == (WIDTH, HEIGHT)


def test_ipv6_is_drawn_where_nothing_else_is_named() -> None:
    """A pair that names IPv6 alone gets an IPv6 plane, and so does a packet of IPv6."""
    red, blue = end("to-red", "fd00:a::/48", local="fd00:1::/48"), end("to-blue", "fd00:b::/48", local="fd00:1::/48")
    packet: Witness = {**witness(), "src": "fd00:a::1", "dst": "fd00:b::1"}
    assert ["fd00:1::/48", "fd00:a::/48"] == sorted(label.text for label in plane_of(red, blue, None).across)
    assert plane_of(red, blue, packet).point is not None


def test_many_ranges_are_counted() -> None:
    """Ranges beyond what an axis holds are counted, the one with the packet is labelled, and rectangles are bounded."""
    many = [f"10.{number}.0.0/24" for number in range(100)]
    red = end("to-red", RED, fixed_selectors=[{"local": [HUB], "remote": many}])
    plane = plane_of(red, end("to-blue", BLUE), {**witness(), "src": "10.77.0.1"})
    assert "10.77.0.0/24" in [label.text for label in plane.across]
    assert "94 more ranges are not labelled" in plane.notes
    assert len(plane.boxes) == MOST_BOXES
    assert not plane.whole


@pytest.mark.parametrize(
    ("ceiling", "expected"),
    [
        ({"open": True, "reasons": ["responder-allowed"]}, "any selector fits: its mode lets the partner start"),
        ({"open": True, "reasons": []}, "any selector fits"),
        ({"open": False, "reasons": []}, "only its fixed selectors fit"),
    ],
)
def test_why_is_said_in_words(ceiling: dict[str, Any], expected: str) -> None:
    """A legend says what a connection lets through, and why."""
    assert expected == why_open(end("to-red", RED, ceiling=ceiling))
