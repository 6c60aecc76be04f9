"""Reports built by hand: the smallest facts and verdicts a test can say something about."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from s2sguard.evaluate.interface import EngineInfo
from s2sguard.evaluate.verdict import Severity, Status, Verdict
from s2sguard.facts.document import ConnectionFacts, Exposure, FactsDocument, GatewayFacts, Witness
from s2sguard.facts.options import DEFAULT_ASSUMPTIONS, HARDENED_SETTINGS
from s2sguard.model.inventory import Gap, Source
from s2sguard.report.interface import Report, Run

GROUP = "/subscriptions/s1/resourceGroups/rg1/providers/Microsoft.Network"
RUN = Run(
    tool_version="0.0.0",
    engine=EngineInfo(name="regopy", version="1.2.3"),
    bundle_digest="0123456789abcdef" * 4,
    assumptions=DEFAULT_ASSUMPTIONS,
    inputs=("estate.json",),
    again=("estate.json",),
    started="2026-01-01T00:00:00+00:00",
    ended="2026-01-01T00:00:01+00:00",
)
TITLES = {
    "S2S-GWY-002": "The gateway's SKU is neither Basic nor retired",
    "S2S-IKE-006": "SA lifetimes are in bounds",
    "S2S-SEL-002": "Fixed traffic selectors are set",
}


def gateway_id(name: str, group: str = GROUP) -> str:
    """Return the id of a gateway."""
    return f"{group}/virtualNetworkGateways/{name}"


def connection_id(name: str, group: str = GROUP) -> str:
    """Return the id of a connection."""
    return f"{group}/connections/{name}"


def gateway(name: str = "gw", *, pairs: tuple[int, int, int, int] = (1, 0, 0, 0), connections: int = 2, **more: object) -> GatewayFacts:
    """Return the facts of a complete partner gateway; `pairs` are partners, two-way, one-way, possible."""
    partners, two_way, one_way, possible = pairs
    base = {
        "id": gateway_id(name),
        "name": name,
        "present": True,
        "complete": True,
        "partner_facing": True,
        "connections": connections,
        "open_ceilings": 0,
        "pairs": {"partners": partners, "two_way": two_way, "one_way": one_way, "possible": possible},
        "unknown": {},
    }
    return cast("GatewayFacts", base | more)


def connection(name: str, partner: str, *, on: str = "gw", **more: object) -> ConnectionFacts:
    """Return the facts of a partner's connection."""
    base = {"id": connection_id(name), "name": name, "gateway": gateway_id(on), "partner": partner, "trust": "partner", "unknown": {}}
    return cast("ConnectionFacts", base | more)


def witness(sender: str = "to-red", receiver: str = "to-blue") -> Witness:
    """Return a packet between two connections."""
    return {
        "src": "10.1.0.10",
        "dst": "10.2.0.10",
        "from": connection_id(sender),
        "to": connection_id(receiver),
        "from_selector": "any <-> any",
        "to_selector": "172.16.0.0/12 <-> 10.2.0.0/16",
        "because": [f"{sender}: any selector fits", f"{receiver}: its fixed selectors allow the packet"],
    }


def exposure(count: int, *witnesses: Witness) -> Exposure:
    """Return an exposure to `count` others."""
    return {"count": count, "possible": 0, "witnesses": list(witnesses)}


def verdict(
    resource: str = "to-red",
    status: Status = "fail",
    *,
    control: str = "S2S-IKE-001",
    severity: Severity = "high",
    message: str = "connection mode is Default",
) -> Verdict:
    """Return a verdict on a connection of the gateway `gw`."""
    return Verdict(
        control_id=control,
        control="initiator_only",
        title=TITLES.get(control, "Only Azure may start the tunnel"),
        resource=connection_id(resource),
        resource_name=resource,
        status=status,
        severity=severity,
        certainty="unknown" if status == "unknown" else "configured",
        message=message,
        fix="set connectionMode to InitiatorOnly",
        gateway=gateway_id("gw"),
        partner="red",
        source=Source(file="estate.json", pointer="/value/0"),
        fingerprint=f"{control}-{resource}".lower(),
        details=(message,),
    )


def transit(resource: str = "to-red", other: str = "to-blue") -> Verdict:
    """Return a failed verdict on two-way transit, with its packet."""
    packet = witness(resource, other)
    return replace(
        verdict(resource, control="S2S-ISO-001", severity="critical", message="two-way transit with 1 other partner"),
        control="two_way_transit",
        title="No two-way transit between partners",
        fix="harden both connections of the pair",
        witness=packet,
        witnesses=(packet,),
        pairs=1,
    )


def facts(gateways: list[GatewayFacts], connections: list[ConnectionFacts]) -> FactsDocument:
    """Return a facts document."""
    return {
        "schema_version": "1",
        "today": "2026-01-01",
        "settings": HARDENED_SETTINGS,
        "assumptions": DEFAULT_ASSUMPTIONS,
        "gateways": gateways,
        "connections": connections,
        "sites": [],
        "shared_keys": [],
    }


def report(
    *verdicts: Verdict,
    gateways: list[GatewayFacts] | None = None,
    connections: list[ConnectionFacts] | None = None,
    gaps: tuple[Gap, ...] = (),
    notes: tuple[str, ...] = (),
    resources: dict[str, int] | None = None,
) -> Report:
    """Return a report about one gateway with the partners red and blue, unless said otherwise."""
    document = facts(
        [gateway()] if gateways is None else gateways,
        [connection("to-red", "red"), connection("to-blue", "blue")] if connections is None else connections,
    )
    counted = {"Microsoft.Network/connections": len(document["connections"])} if resources is None else resources
    return Report(run=RUN, verdicts=verdicts, gaps=gaps, resources=counted, facts=document, notes=notes)
