"""One gateway on the page: its state, its picture, its matrix, its planes, its connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from s2sguard.facts.document import ConnectionFacts, Exposure, GatewayFacts, SiteFacts
from s2sguard.model.inventory import fold_id
from s2sguard.report.gateways import GatewayLine
from s2sguard.report.html.limits import Budget, shown
from s2sguard.report.html.matrix import Matrix, groups_of, matrix_of
from s2sguard.report.html.pairs import PairView, PairViews, chosen_pairs
from s2sguard.report.html.picture import Picture, Pictures, Tunnel, tunnel_of
from s2sguard.report.html.plane import End, why_open
from s2sguard.report.html.relations import Relations, accepted_connections
from s2sguard.report.interface import Report
from s2sguard.report.names import Names
from s2sguard.report.packet import Packets
from s2sguard.report.printable import printable
from s2sguard.report.style import count, joined, some
from s2sguard.report.ways import summary

MOST_RANGES = 6
"""Ranges of one cell of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRow:
    """One connection of a gateway."""

    name: str
    party: str
    site: str
    prefixes: str
    mode: str
    fits: str
    tunnel: Tunnel
    selectors: tuple[str, ...]
    reaches: str
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayView:
    """Everything the section of one gateway shows."""

    id: str
    line: GatewayLine
    name_short: str
    """What fits into the box of the picture."""
    resource: str
    about: tuple[tuple[str, str], ...]
    picture: Picture
    matrix: Matrix
    pairs: tuple[PairView, ...]
    pairs_in_matrix: int
    """Fields of the matrix that could have a plane."""
    rows: tuple[ConnectionRow, ...]
    more: int
    """Connections that are not listed."""


class GatewayViews:
    """Makes the sections of a report, as far as there is room."""

    def __init__(self, report: Report, names: Names, packets: Packets, budget: Budget) -> None:
        facts = report.facts
        self._names = names
        self._packets = packets
        self._budget = budget
        self._accepted = accepted_connections(report)
        self._sites: dict[str, SiteFacts] = {fold_id(site["id"]): site for site in facts["sites"]}
        self._gateways = {fold_id(gateway["id"]): gateway for gateway in facts["gateways"]}
        self._connections: dict[str, list[ConnectionFacts]] = {}
        for one in facts["connections"]:
            self._connections.setdefault(fold_id(one["gateway"]), []).append(one)
        self._pictures = Pictures(names, packets, self._sites)

    def of(self, lines: Sequence[GatewayLine]) -> Iterator[GatewayView]:
        """Yield the sections of the first gateways there is room for."""
        for number in range(1, self._budget.take("gateways", len(lines)) + 1):
            yield self._view(f"gateway-{number}", lines[number - 1])

    def _view(self, identifier: str, line: GatewayLine) -> GatewayView:
        gateway = self._gateways[fold_id(line.id)]
        connections = self._connections.get(fold_id(line.id), [])
        relations = Relations(gateway, connections, self._packets, self._accepted)
        groups = groups_of(relations, self._budget)
        chosen = chosen_pairs(relations, groups, self._budget)
        pairs = tuple(PairViews(relations, self._names, self._sites, f"{identifier}-pair").of(chosen, groups))
        matrix = matrix_of(relations, groups, {one.rows: view.id for one, view in zip(chosen, pairs, strict=True)})
        room = self._budget.take("connections", len(connections))
        ordered = sorted(connections, key=lambda one: (*_worst_first(one), self._names[one["id"]].casefold()))
        return GatewayView(
            id=identifier,
            line=line,
            name_short=printable(line.name, limit=18),
            resource=shown(line.id),
            about=tuple(_about(gateway, connections)),
            picture=self._pictures.of(gateway, connections, next((one.witness for one in chosen if one.witness is not None), None)),
            matrix=matrix,
            pairs=pairs,
            pairs_in_matrix=sum(cell.total > 0 for row, each in enumerate(matrix.rows) for cell in each.cells[row:]),
            rows=tuple(self._row(one, gateway) for one in ordered[:room]),
            more=len(connections) - room,
        )

    def _row(self, one: ConnectionFacts, gateway: GatewayFacts) -> ConnectionRow:
        site = self._sites.get(fold_id(one.get("site", "")))
        name = self._names[one["id"]]
        tunnel = tunnel_of(one)
        end = End(connection=one, name=name, party="", site=site, gateway=gateway)
        mode = (one.get("connection_mode", "mode not known"), one.get("connection_protocol", ""))
        return ConnectionRow(
            name=name,
            party=self._packets.party(one["id"]),
            site=printable(one.get("site_name", ""), limit=90),
            prefixes=shown(some(site["prefixes"], MOST_RANGES)) if site is not None and "prefixes" in site else "not known",
            mode=shown(joined(mode) if tunnel != "other" else one.get("connection_type", "type not known")),
            fits=why_open(end) if tunnel != "other" else "no selectors",
            tunnel=tunnel,
            selectors=tuple(_selectors(one)),
            reaches=_reaches(one),
            unknown=tuple(f"{fact}: {shown(reason)}" for fact, reason in sorted(one["unknown"].items())),
        )


def _worst_first(one: ConnectionFacts) -> tuple[bool, bool, bool, bool]:
    counts = [_exposed(one.get(name)) for name in ("two_way", "one_way", "to_internal")]
    return not counts[0], not counts[1], not counts[2], not one["unknown"]


def _exposed(exposure: object) -> int:
    found: Exposure | object = exposure
    return found["count"] if isinstance(found, Mapping) else 0


def _reaches(one: ConnectionFacts) -> str:
    """Return whom a connection reaches, in true counts."""
    words = {"two_way": "two-way", "one_way": "one-way", "to_internal": "into internal sites"}
    parts = [f"{number} {text}" for name, text in words.items() if (number := _exposed(one.get(name)))]
    doubt = any(name in one["unknown"] for name in words)
    return joined((*parts, "more cannot be ruled out" if doubt and parts else "not known" if doubt else "")) or "nobody found"


def _selectors(one: ConnectionFacts) -> Iterator[str]:
    found = one.get("fixed_selectors", [])
    for selector in found[:MOST_RANGES]:
        yield shown(f"{some(selector['local'], MOST_RANGES)} <-> {some(selector['remote'], MOST_RANGES)}")
    if len(found) > MOST_RANGES:
        yield f"and {len(found) - MOST_RANGES} more"
    observed = one.get("observed")
    if observed is None:
        return
    if not observed["ike_sas"]:
        yield "live: the tunnel was down"
    for selector in observed["selectors"][:MOST_RANGES]:
        yield shown(f"live: {some(selector['local'], MOST_RANGES)} <-> {some(selector['remote'], MOST_RANGES)}")
    if len(observed["selectors"]) > MOST_RANGES:
        yield f"live: and {len(observed['selectors']) - MOST_RANGES} more"


def _about(gateway: GatewayFacts, connections: Sequence[ConnectionFacts]) -> Iterator[tuple[str, str]]:
    """Yield what is known about a gateway, as (what, value)."""
    yield "Read", _read(gateway)
    device = "device" in gateway
    kind = joined(shown(gateway[name]) for name in ("gateway_type", "vpn_type", "sku") if name in gateway)
    yield "Type", kind or ("a device: an NVA or a router" if device else "not known")
    yield "Connections", f"{len(connections)}, {count(gateway['open_ceilings'], 'of them takes', 'of them take')} any selector"
    if "hub" in gateway:
        yield "Virtual hub", shown(gateway["hub"]["name"])
    if "road" in gateway:
        yield "From branch to branch", shown(f"{gateway['road']['state']}: {gateway['road']['by']}")
    pairs = gateway.get("pairs")
    if pairs is not None:
        counts = f"{pairs['two_way']} two-way, {pairs['one_way']} one-way, {pairs['possible']} cannot be ruled out"
        yield "Pairs of partners", f"{pairs['partners']}: {counts}"
    if "bgp" in gateway:
        yield "BGP", "on" if gateway["bgp"] else "off"
    feasibility = gateway.get("feasibility")
    if feasibility is not None and not device:
        yield "Can native settings isolate?", "yes" if feasibility["native"] else shown("; ".join(feasibility["reasons"]))
    yield "Inspection", shown(summary(gateway))
    yield from _unknown(gateway)


def _unknown(gateway: GatewayFacts) -> Iterator[tuple[str, str]]:
    """Yield the facts that are not known, those of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for fact, reason in sorted(gateway["unknown"].items()):
        by_reason.setdefault(reason, []).append(fact)
    for reason, facts in by_reason.items():
        yield f"Not known: {', '.join(facts)}", shown(reason)


def _read(gateway: GatewayFacts) -> str:
    if gateway["complete"]:
        return "whole: all its connections are in the input"
    return "not whole: " + shown(gateway.get("incomplete_reason", "other connections may exist"))
