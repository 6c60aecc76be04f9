"""The picture of a gateway: every tunnel as it is, the packet on its way, and what nobody judged said as such."""

from __future__ import annotations

from typing import Any

from s2sguard.facts.document import Witness
from s2sguard.report.html.limits import MOST_LINES
from s2sguard.report.html.picture import MOST_ROADS, Picture, Pictures
from s2sguard.report.names import report_names
from s2sguard.report.packet import Packets
from s2sguard.report.style import Style
from tests.unit.report.builders import connection, gateway, report, witness

OPEN: dict[str, Any] = {"ceiling": {"open": True, "reasons": []}}
FIXED: dict[str, Any] = {"ceiling": {"open": False, "reasons": []}}


def drawn(*connections: Any, packet: Witness | None = None, **about: Any) -> Picture:
    """Return the picture of a gateway with these connections."""
    made = report(gateways=[gateway(**about)], connections=list(connections))
    names = report_names(made)
    pictures = Pictures(names, Packets(made.facts, names, Style()), {})
    return pictures.of(made.facts["gateways"][0], made.facts["connections"], packet)


def test_every_tunnel_is_drawn_as_what_it_is() -> None:
    """Open, fixed, unknown and no tunnel at all are four kinds of line, and internal sites are marked."""
    picture = drawn(
        connection("a", "red", **OPEN),
        connection("b", "blue", **FIXED),
        connection("c", "green"),
        connection("d", "", connection_type="Vnet2Vnet"),
        connection("e", "own", **FIXED | {"trust": "internal"}),
    )
    assert ["open", "fixed", "unknown", "other", "fixed"] == [line.tunnel for line in picture.lines]
    assert [False, False, False, False, True] == [line.internal for line in picture.lines]


def test_the_packet_goes_in_and_out() -> None:
    """The packet of the proof comes in by one tunnel and leaves by the other."""
    picture = drawn(connection("to-red", "red", **OPEN), connection("to-blue", "blue", **OPEN), packet=witness())
    assert ["in", "out"] == [line.packet for line in picture.lines]
    assert picture.has_packet
    assert not drawn(connection("to-red", "red")).has_packet


def test_many_sites_are_grouped_with_true_counts() -> None:
    """Beyond what fits, sites that are alike are one box, the open ones first, and their numbers are right."""
    many = [connection(f"c{number}", f"p{number // 2}", **(OPEN if number % 4 == 0 else FIXED)) for number in range(4 * MOST_LINES)]
    picture = drawn(*many)
    assert [("open", "12 partners", "12 connections"), ("fixed", "24 partners", "36 connections")] == [
        (line.tunnel, line.name, line.ranges) for line in picture.lines
    ]


def test_roads_past_the_firewall_are_counted() -> None:
    """Roads out are drawn up to a number, the rest is counted; what stands for a firewall covers the local ranges alone."""
    roads = [{"kind": "Vnet2Vnet", "name": f"road{number}"} for number in range(MOST_ROADS + 2)]
    picture = drawn(connection("a", "red", fixed_selectors=[{"local": ["10.0.0.0/8"], "remote": ["10.1.0.0/16"]}]), extensions=roads)
    assert ["ranges", *["road"] * (MOST_ROADS + 1)] == [block.kind for block in picture.blocks]
    assert ("10.0.0.0/8", "2 more") == (picture.blocks[0].text, picture.blocks[-1].text)
    assert picture.gate[0] + picture.gate[1] < picture.blocks[1].y


def test_the_default_site_is_a_road() -> None:
    """A site that takes all other destinations is shown as a way out."""
    picture = drawn(connection("a", "red"), default_site={"id": "/s", "name": "head office", "trust": "internal"})
    assert ("Default site (takes 0.0.0.0/0)", "head office") == (picture.blocks[-1].title, picture.blocks[-1].text)


def test_the_picture_is_told_in_words() -> None:
    """Who cannot see it reads each tunnel, each road, and that inspection is not judged."""
    told = drawn(connection("a", "red", **OPEN), extensions=[{"kind": "P2S", "name": "clients"}]).description
    inspection = "Inspection: not judged: the input holds no route table and no firewall for its networks."
    assert told == f"Tunnels: red (ranges not known): any selector fits. Other roads out: P2S clients. {inspection}"
