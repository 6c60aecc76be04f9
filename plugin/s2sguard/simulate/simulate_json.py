"""Simulations for programs: one JSON object. The text is ASCII, so no name can act on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from s2sguard.report.json_report import lines_of_json
from s2sguard.simulate.exchange import Exchange, Simulation
from s2sguard.simulate.opened import Opened
from s2sguard.simulate.plan import GatewayOutcome

SCHEMA_VERSION = "1"
Node = dict[str, Any]


def render(outcomes: Sequence[GatewayOutcome], erring: Sequence[GatewayOutcome] = ()) -> str:
    """Return all outcomes; `what_if` is there where a line was added to the far ends."""
    members: list[tuple[str, Any]] = [("schema_version", SCHEMA_VERSION), ("gateways", [_gateway(one) for one in outcomes])]
    if erring:
        members.append(("what_if", [_gateway(one) for one in erring]))
    return lines_of_json(members)


def _gateway(one: GatewayOutcome) -> Node:
    return {
        "gateway": one.gateway.id,
        "connections": [_simulation(simulation) for simulation in one.simulations],
        "unknown": [{"connection": connection.id, "reason": why.reason} for connection, why in one.unknown],
        "opened": [_opened(found) for found in one.opened],
    }


def _simulation(one: Simulation) -> Node:
    return {
        "connection": one.connection.id,
        "far_end": {"device": one.end.device, "tunnel": one.end.name, "habit": one.end.habit},
        "azure_starts": not one.azure_starts,
        "far_end_starts": not one.far_end_starts,
        "phase_1": {"state": one.phase_1.state, "text": one.phase_1.text},
        "phase_2": {"state": one.phase_2.state, "text": one.phase_2.text},
        "exchanges": [_exchange(exchange) for exchange in one.exchanges],
        "installed": [str(pair) for pair in one.installed],
    }


def _exchange(one: Exchange) -> Node:
    return {
        "by": one.by,
        "why": one.why,
        "offered": str(one.offered),
        "answered": None if one.answered is None else str(one.answered),
        "installed": None if one.installed is None else str(one.installed),
        "line": one.line,
        "refusal": one.refusal,
    }


def _opened(one: Opened) -> Node:
    kinds = ("two_way", "one_way", "to_internal")
    return {
        "connection": one.connection.id,
        "certain": {kind: _exposure(getattr(one.certain, kind)) for kind in kinds},
        "at_most": {kind: _exposure(getattr(one.at_most, kind)) for kind in kinds},
    }


def _exposure(found: Node) -> Node:
    return {name: found[name] for name in ("count", "possible", "witnesses")}
