"""The answer first: one line for each gateway, is it open, is it not, or can we not tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.facts.document import ConnectionFacts, GatewayFacts
from s2sguard.facts.identity import party_of_facts
from s2sguard.model.inventory import fold_id
from s2sguard.report.interface import Report
from s2sguard.report.names import Names
from s2sguard.report.printable import printable
from s2sguard.report.style import count, joined
from s2sguard.report.ways import summary

State: TypeAlias = Literal["OPEN", "UNKNOWN", "ok"]
ORDER: dict[State, int] = {"OPEN": 0, "UNKNOWN": 1, "ok": 2}

TRANSIT_CONTROLS = frozenset({"S2S-ISO-001", "S2S-ISO-002", "S2S-ISO-006", "S2S-OBS-001", "S2S-OBS-002"})
"""The controls that decide whether a partner reaches somebody through the gateway, by what is configured or by what is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayLine:
    """What the report says about one gateway."""

    state: State
    id: str
    name: str
    text: str
    remarks: tuple[str, ...] = ()


def gateway_lines(report: Report, names: Names) -> tuple[GatewayLine, ...]:
    """Return one line for each gateway, open ones first, then unknown ones, each by name."""
    connections: dict[str, list[ConnectionFacts]] = {}
    for connection in report.facts["connections"]:
        connections.setdefault(fold_id(connection["gateway"]), []).append(connection)
    judged = _judged(report)
    lines = [
        _line(gateway, connections.get(fold_id(gateway["id"]), []), judged.get(fold_id(gateway["id"]), set()), report, names)
        for gateway in report.facts["gateways"]
    ]
    return tuple(sorted(lines, key=lambda line: (ORDER[line.state], line.name.casefold())))


def _judged(report: Report) -> dict[str, set[str]]:
    """Return gateway -> statuses of the transit controls on its connections."""
    found: dict[str, set[str]] = {}
    for verdict in report.verdicts:
        if verdict.control_id in TRANSIT_CONTROLS and verdict.gateway is not None:
            found.setdefault(fold_id(verdict.gateway), set()).add(verdict.status)
    return found


def _line(gateway: GatewayFacts, connections: list[ConnectionFacts], statuses: set[str], report: Report, names: Names) -> GatewayLine:
    tunnels = [item for item in connections if item.get("connection_type", "IPsec") == "IPsec" and item.get("trust") != "internal"]
    # A connection whose owner cannot be read may be anybody's: it counts as a party of its own.
    parties = {party_of_facts(item) for item in tunnels}
    state, found = _transit(gateway, connections, statuses)
    if not connections:
        text = "no VPN connection in the input"
    elif not gateway["partner_facing"] or not parties:
        text = f"{count(len(connections), 'connection')}, none of a partner"
    else:
        text = joined((count(len(parties), "partner"), found or _nothing_found(report, gateway, len(parties))))
    if not gateway["complete"] and state != "OPEN":
        state = "UNKNOWN"
    return GatewayLine(state=state, id=gateway["id"], name=names[gateway["id"]], text=text, remarks=tuple(_remarks(gateway)))


def _transit(gateway: GatewayFacts, connections: list[ConnectionFacts], statuses: set[str]) -> tuple[State, str]:
    pairs = gateway.get("pairs")
    inward = sum(1 for connection in connections if connection.get("to_internal", {"count": 0})["count"] > 0)
    two, one, possible = (pairs["two_way"], pairs["one_way"], pairs["possible"]) if pairs else (0, 0, 0)
    opened = ""
    if two or one:
        kinds = joined((f"{two} two-way" if two else "", f"{one} one-way" if one else ""))
        opened = f"{two + one} of {count(pairs['partners'] if pairs else 0, 'pair')} open ({kinds})"
    reach = f"{count(inward, 'connection')} into internal sites" if inward else ""
    doubt = f"{count(possible, 'pair')} possibly open" if possible else ""
    if opened or reach or "fail" in statuses:
        return "OPEN", joined((opened, reach, _in_force(connections), doubt)) or "transit found"
    if doubt:
        return "UNKNOWN", doubt
    if statuses & {"unknown", "error"} or (connections and gateway["partner_facing"] and pairs is None):
        return "UNKNOWN", "transit cannot be judged"
    return "ok", ""


def _in_force(connections: list[ConnectionFacts]) -> str:
    """Return how many connections live SAs hold open to another partner now, whatever is configured."""
    nothing = {"count": 0}
    seen = [connection["observed"] for connection in connections if "observed" in connection]
    held = sum(bool(one.get("two_way", nothing)["count"] or one.get("one_way", nothing)["count"]) for one in seen)
    return f"live SAs hold {count(held, 'connection')} open now" if held else ""


def _nothing_found(report: Report, gateway: GatewayFacts, parties: int) -> str:
    if parties <= 1 and not gateway["complete"]:
        return "no other one in the input"
    if parties <= 1:
        return "nobody to isolate from"
    return f"no transit found under peer_child_sa={report.facts['assumptions']['peer_child_sa']}"


def _remarks(gateway: GatewayFacts) -> Iterator[str]:
    if not gateway["complete"]:
        yield printable(gateway.get("incomplete_reason", "other connections may exist"))
    for fact, reason in sorted(gateway["unknown"].items()):
        if fact == "pairs":
            yield printable(reason)
    if "inspection" in gateway:
        yield f"inspection: {printable(summary(gateway))}"
    feasibility = gateway.get("feasibility")
    if feasibility is not None and not feasibility["native"]:
        yield "native settings cannot isolate these partners: " + "; ".join(map(printable, feasibility["reasons"]))
