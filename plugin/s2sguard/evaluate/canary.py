"""Known documents an engine must judge correctly before it judges anything real.

A broken engine rarely says so: it answers *undefined*, drops a rule or damages a string, and everything seems compliant.
So each engine is first shown, of every kind of subject, one that must be denied, one that must pass and one of which nothing is known.
The denied ones have names that engines are known to damage (facts: engines.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from s2sguard.errors import EngineError
from s2sguard.evaluate.interface import ControlResult, Engine
from s2sguard.evaluate.results import canonical
from s2sguard.evaluate.verdict import Control
from s2sguard.facts.document import (
    ConnectionFacts,
    Exposure,
    FactsDocument,
    GatewayFacts,
    Overlap,
    PolicyFacts,
    SiteFacts,
    Witness,
)
from s2sguard.facts.options import DEFAULT_ASSUMPTIONS, HARDENED_SETTINGS

CONNECTION: Final = "canary/connection"
GATEWAY: Final = "canary/gateway"
SITE: Final = "canary/site"
DENIED: Final = '/denied "\\" \t\n\x01 ü 😀'
PASSING: Final = "/passing"
UNKNOWN: Final = "/unknown"

MUST_DENY: Final = {
    CONNECTION: tuple(
        f"S2S-{name}"
        for name in (
            *("IKE-001", "IKE-002", "IKE-004", "IKE-005", "IKE-006", "IKE-007", "IKE-008"),
            *("SEL-001", "SEL-003", "SEL-004", "SEL-005", "RTE-001"),
            *("ISO-001", "ISO-002", "ISO-003", "ISO-004", "ISO-006"),
        )
    ),
    GATEWAY: ("S2S-GWY-001", "S2S-GWY-002", "S2S-GWY-003", "S2S-ISO-005", "S2S-RTE-002"),
    SITE: ("S2S-ADR-001", "S2S-ADR-002", "S2S-ADR-003", "S2S-ADR-005"),
}
"""Controls whose answer on all three subjects of a kind is known. The rest cannot fail together with these."""

_HINT: Final = "reinstall the engine's package, or choose another --engine"


def document(controls: Sequence[Control]) -> FactsDocument:
    """Return the known facts document; what is unknown in it is whatever the controls need."""
    unknown = {fact: "canary" for control in controls for fact in control.needs}
    return {
        "schema_version": "1",
        "today": "2030-01-01",
        "settings": HARDENED_SETTINGS,
        "assumptions": DEFAULT_ASSUMPTIONS,
        "gateways": [_denied_gateway(), _passing_gateway(), _unknown_gateway(unknown)],
        "connections": [_denied_connection(), _passing_connection(), _unknown_connection(unknown)],
        "sites": [_denied_site(), _passing_site(), _unknown_site(unknown)],
    }


def check(engine: Engine, controls: Sequence[Control]) -> None:
    """Raise `EngineError` unless the engine judges the known document exactly as it must be judged."""
    results = {result["control"]: result for result in engine.evaluate(canonical(document(controls)).encode())}
    missing = sorted(control.id for control in controls if control.id not in results)
    if missing:
        raise _wrong(engine, f"says nothing about control {missing[0]}")
    pinned = [(kind, name) for kind, names in MUST_DENY.items() for name in names if name in results]
    if not pinned:
        raise EngineError("no control of the policy pack has a known answer", hint="a pack needs at least one of the shipped controls")
    for control in controls:
        _check_known(engine, control, results[control.id])
    for kind, name in pinned:
        _check_pinned(engine, kind, results[name])


def _check_known(engine: Engine, control: Control, result: ControlResult) -> None:
    """No control may deny what is hardened or unknown, or call what is hardened unknown; what it needs must be missed."""
    denied, unknown = _resources(result["deny"]), _resources(_unknowns(result))
    for kind in MUST_DENY:
        if kind + PASSING in denied | unknown:
            raise _wrong(engine, f"finds fault with what is hardened in control {control.id}")
        if kind + UNKNOWN in denied:
            raise _wrong(engine, f"denies what is unknown in control {control.id}")
        if control.needs and kind + UNKNOWN in result["applies"] and kind + UNKNOWN not in unknown:
            raise _wrong(engine, f"passes what is unknown in control {control.id}")


def _check_pinned(engine: Engine, kind: str, result: ControlResult) -> None:
    if result["applies"] != sorted(kind + end for end in (DENIED, PASSING, UNKNOWN)):
        raise _wrong(engine, f"applies control {result['control']} to other subjects")
    if _resources(result["deny"]) != {kind + DENIED}:
        raise _wrong(engine, f"denies too little or too much in control {result['control']}")
    if _resources(_unknowns(result)) != {kind + UNKNOWN}:
        raise _wrong(engine, f"finds too little or too much unknown in control {result['control']}")


def _unknowns(result: ControlResult) -> list[dict[str, object]]:
    return [finding for finding in result["warn"] if finding.get("kind") == "unknown"]


def _resources(findings: list[dict[str, object]]) -> set[object]:
    return {finding.get("resource") for finding in findings}


def _wrong(engine: Engine, what: str) -> EngineError:
    return EngineError(f"engine {engine.info.name} failed its self-test: it {what}", hint=_HINT)


def _denied_connection() -> ConnectionFacts:
    return {
        "id": CONNECTION + DENIED,
        "name": "denied",
        "gateway": GATEWAY + DENIED,
        "trust": "partner",
        "connection_type": "IPsec",
        "connection_mode": "Default",
        "connection_protocol": "IKEv1",
        "policy_based_selectors": False,
        "bgp": True,
        "nat_rules": 1,
        "custom_policy": True,
        "ipsec_policy": _policy("DES3", "GCMAES256", 2**31 - 1),
        "fixed_selectors": [{"local": ["0.0.0.0/0"], "remote": ["::/0"]}],
        "selector_widths": {"local_v4": 0, "remote_v6": 0},
        "remote_outside_site": ["::/0"],
        "local_outside_networks": ["0.0.0.0/0"],
        "peer": {"kind": "fqdn", "value": 'vpn."example"'},
        "shared_gateway": True,
        "two_way": _exposure(1),
        "one_way": _exposure(2),
        "to_internal": _exposure(1),
        "remote_overlap": _overlap(1),
        "unknown": {},
    }


def _passing_connection() -> ConnectionFacts:
    return {
        "id": CONNECTION + PASSING,
        "name": "passing",
        "gateway": GATEWAY + PASSING,
        "trust": "partner",
        "connection_type": "IPsec",
        "connection_mode": "InitiatorOnly",
        "connection_protocol": "IKEv2",
        "policy_based_selectors": True,
        "bgp": False,
        "nat_rules": 0,
        "custom_policy": True,
        "ipsec_policy": _policy("GCMAES256", "GCMAES256", 27000),
        "fixed_selectors": [{"local": ["10.0.0.0/24"], "remote": ["10.1.0.0/24"]}],
        "selector_widths": {"local_v4": 24, "remote_v4": 24},
        "remote_outside_site": [],
        "local_outside_networks": [],
        "peer": {"kind": "public", "value": "203.0.113.1"},
        "shared_gateway": True,
        "two_way": _exposure(0),
        "one_way": _exposure(0),
        "to_internal": _exposure(0),
        "remote_overlap": _overlap(0),
        "unknown": {},
    }


def _unknown_connection(unknown: dict[str, str]) -> ConnectionFacts:
    return {"id": CONNECTION + UNKNOWN, "name": "unknown", "gateway": GATEWAY + UNKNOWN, "unknown": unknown}


def _denied_gateway() -> GatewayFacts:
    return {
        "id": GATEWAY + DENIED,
        "name": "denied",
        "present": True,
        "complete": True,
        "partner_facing": True,
        "gateway_type": "Vpn",
        "vpn_type": "PolicyBased",
        "sku": "Basic",
        "replay_protection": False,
        "default_site": {"id": SITE + DENIED, "name": "denied", "trust": "partner"},
        "extensions": [{"kind": "Vnet2Vnet", "name": "other"}],
        "connections": 1,
        "open_ceilings": 1,
        "unknown": {},
    }


def _passing_gateway() -> GatewayFacts:
    return {
        "id": GATEWAY + PASSING,
        "name": "passing",
        "present": True,
        "complete": True,
        "partner_facing": True,
        "gateway_type": "Vpn",
        "vpn_type": "RouteBased",
        "sku": "VpnGw2AZ",
        "replay_protection": True,
        "extensions": [],
        "connections": 1,
        "open_ceilings": 0,
        "unknown": {},
    }


def _unknown_gateway(unknown: dict[str, str]) -> GatewayFacts:
    return {
        "id": GATEWAY + UNKNOWN,
        "name": "unknown",
        "present": True,
        "complete": False,
        "partner_facing": True,
        "extensions": [],
        "connections": 1,
        "open_ceilings": 1,
        "unknown": unknown,
    }


def _denied_site() -> SiteFacts:
    return {
        "id": SITE + DENIED,
        "name": "denied",
        "partners": ["a", "b"],
        "trust": "partner",
        "gateways": [GATEWAY + DENIED],
        "prefixes": ["0.0.0.0/0"],
        "widths": {"v4": 0},
        "peer": {"kind": "fqdn", "value": 'vpn."example"'},
        "overlap": _overlap(1),
        "network_overlap": ["0.0.0.0/0 (hub)"],
        "unknown": {},
    }


def _passing_site() -> SiteFacts:
    return {
        "id": SITE + PASSING,
        "name": "passing",
        "partners": ["a"],
        "trust": "partner",
        "gateways": [GATEWAY + PASSING],
        "prefixes": ["10.1.0.0/24"],
        "widths": {"v4": 24},
        "peer": {"kind": "public", "value": "203.0.113.1"},
        "overlap": _overlap(0),
        "network_overlap": [],
        "unknown": {},
    }


def _unknown_site(unknown: dict[str, str]) -> SiteFacts:
    return {"id": SITE + UNKNOWN, "name": "unknown", "partners": [], "gateways": [GATEWAY + UNKNOWN], "unknown": unknown}


def _policy(encryption: str, integrity: str, seconds: int) -> PolicyFacts:
    return {
        "ike_encryption": encryption,
        "ike_integrity": integrity,
        "dh_group": "ECP384" if seconds == 27000 else "DHGroup2",
        "ipsec_encryption": encryption,
        "ipsec_integrity": integrity,
        "pfs_group": "ECP384" if seconds == 27000 else "None",
        "sa_lifetime_seconds": seconds,
        "sa_data_size_kilobytes": 102400000,
        "weak": {},
    }


def _exposure(count: int) -> Exposure:
    witness: Witness = {
        "src": "10.1.0.1",
        "dst": "10.2.0.1",
        "from": CONNECTION + DENIED,
        "to": CONNECTION + PASSING,
        "from_selector": "any <-> any",
        "to_selector": "any <-> any",
        "because": ["canary"],
    }
    return {"count": count, "possible": 0, "witnesses": [witness] if count else []}


def _overlap(count: int) -> Overlap:
    return {
        "count": count,
        "possible": 0,
        "examples": [{"with_id": CONNECTION + PASSING, "with_party": "other", "ranges": ["10.1.0.0/24"]}] if count else [],
    }
