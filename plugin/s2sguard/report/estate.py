"""A finished run as one document for decision points: what package `s2sguard.estate` of the pack answers from.

It is worked out here because Rego would read every finding again for each question; there a question is one look-up.
Names are data in it, not text to print: whoever prints them escapes them.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import ConnectionFacts, Exposure, FactsDocument, GatewayFacts
from s2sguard.model.inventory import fold_id
from s2sguard.report.interface import Report

SCHEMA_VERSION: Final = "1"
MOST_PARTIES: Final = 400
"""On gateways with more parties, open pairs are listed as far as there are witnesses: the list of all grows with the square."""

Node: TypeAlias = dict[str, Any]
State: TypeAlias = Literal["not-applicable", "pass", "accepted", "unknown", "fail"]

_RANK: Final[Mapping[State, int]] = {"not-applicable": 0, "pass": 1, "accepted": 2, "unknown": 3, "fail": 4}
_SITELESS: Final = frozenset({"Vnet2Vnet", "ExpressRoute", "VPNClient"})


def estate_document(report: Report, *, revision: str | None = None) -> Node:
    """Return the document; equal runs give equal documents, whenever they were made.

    `revision` names it; by default it is the SHA-256 over everything else, in hex, policies and date included.
    """
    body: Node = {
        "schema_version": SCHEMA_VERSION,
        "pack": report.run.bundle_digest,
        "tool_version": report.run.tool_version,
        "today": report.facts["today"],
        "status": _status(report),
        "findings": [_finding(verdict) for verdict in report.verdicts if verdict.status == "fail"],
        "unknowns": [_finding(verdict) for verdict in report.verdicts if verdict.status in ("unknown", "error")],
        "gaps": len(report.gaps),
        "partners": _partners(report.facts),
        "facts": report.facts,
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return {"revision": revision or hashlib.sha256(text.encode()).hexdigest(), **body}


def _status(report: Report) -> dict[str, State]:
    """Return the worst of each resource, by folded id."""
    facts = report.facts
    subjects = (*facts["gateways"], *facts["connections"], *facts["sites"])
    found: dict[str, State] = {fold_id(subject["id"]): "not-applicable" for subject in subjects}
    for verdict in report.verdicts:
        key, state = fold_id(verdict.resource), _state(verdict)
        if _RANK[state] > _RANK[found.get(key, "not-applicable")]:
            found[key] = state
    return found


def _state(verdict: Verdict) -> State:
    if verdict.status == "fail":
        return "fail" if verdict.counts else "accepted"
    return "pass" if verdict.status == "pass" else "unknown"


def _finding(verdict: Verdict) -> Node:
    return {
        "control": verdict.control_id,
        "resource": verdict.resource,
        "name": verdict.resource_name,
        "gateway": verdict.gateway,
        "partner": verdict.partner,
        "severity": verdict.severity,
        "message": verdict.message,
        "fingerprint": verdict.fingerprint,
        "accepted": verdict.acceptance is not None,
    }


@dataclass(slots=True)
class _Partner:
    open: set[str] = field(default_factory=set)
    sure: bool = True
    """Nothing is unknown that could open another pair."""
    listed: bool = True
    """Every open pair is in `open`, here or with the other partner."""


def _partners(facts: FactsDocument) -> dict[str, Node]:
    """Return for each partner whose pairs with other partners are open, and whether those are all."""
    gateways = {gateway["id"]: gateway for gateway in facts["gateways"]}
    owners = {connection["id"]: connection.get("partner", "") for connection in facts["connections"]}
    found: dict[str, _Partner] = defaultdict(_Partner)
    for connection in facts["connections"]:
        if connection.get("connection_type") in _SITELESS or connection.get("trust") == "internal":
            continue
        name = connection.get("partner")
        if name is None:
            continue
        for other in _note(found[name], connection, gateways.get(connection["gateway"]), owners):
            found[name].open.add(other)
            found[other].open.add(name)
    return {name: {"open": sorted(one.open), "sure": one.sure, "listed": one.listed} for name, one in sorted(found.items())}


def _note(partner: _Partner, connection: ConnectionFacts, gateway: GatewayFacts | None, owners: Mapping[str, str]) -> set[str]:
    """Note what a connection says of its partner and return the other partners it is open to."""
    others: set[str] = set()
    for exposure, fact in ((connection.get("two_way"), "two_way"), (connection.get("one_way"), "one_way")):
        if exposure is None:
            partner.sure = False
            continue
        partner.sure = partner.sure and not exposure["possible"] and fact not in connection["unknown"]
        members = _members(exposure, gateway)
        if members is None:
            members = {owners.get(end, "") for witness in exposure["witnesses"] for end in (witness["from"], witness["to"])}
            partner.listed = partner.listed and exposure["count"] == len(exposure["witnesses"])
        others |= members
    # An open pair with somebody who has no name cannot be listed under one.
    partner.sure = partner.sure and "" not in others
    return others - {"", connection.get("partner", "")}


def _members(exposure: Exposure, gateway: GatewayFacts | None) -> set[str] | None:
    """Return the owners an exposure is shared with, all of them; None where the facts do not name them, or too many."""
    if not exposure["count"]:
        return set()
    if gateway is None or "groups" not in exposure or "party_groups" not in gateway or "parties" not in gateway:
        return None
    groups, parties = gateway["party_groups"], gateway["parties"]
    if len(parties) > MOST_PARTIES:
        return None
    runs = [run for group in exposure["groups"] for run in groups[group]]
    return {parties[place] for first, last in runs for place in range(first, last + 1)}
