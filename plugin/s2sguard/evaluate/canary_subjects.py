"""The subjects of the document that engines are tested on: of every kind one to deny, one to pass, one of which nothing is known."""

from __future__ import annotations

from typing import Final

from s2sguard.facts.agreement_facts import AgreementFacts, DifferenceFacts
from s2sguard.facts.document import ConnectionFacts, Exposure, GatewayFacts, ObservedFacts, Overlap, PolicyFacts, SiteFacts, Witness
from s2sguard.facts.inspection_facts import UninspectedFacts
from s2sguard.facts.key_facts import SharedKeyFacts

CONNECTION: Final = "canary/connection"
GATEWAY: Final = "canary/gateway"
SITE: Final = "canary/site"
KEY: Final = "canary/key"
DENIED: Final = '/denied "\\" \t\n\x01 ü 😀'
PASSING: Final = "/passing"
UNKNOWN: Final = "/unknown"


def denied_connection() -> ConnectionFacts:
    """Return a connection that every pinned control must deny."""
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
        "observed": _observed(1, "DES3"),
        "agreement": _agreement(["10.9.0.0/16"]),
        "unknown": {},
    }


def passing_connection() -> ConnectionFacts:
    """Return a connection that every control must pass."""
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
        "observed": _observed(0, "GCMAES256"),
        "agreement": _agreement([]),
        "unknown": {},
    }


def unknown_connection(unknown: dict[str, str]) -> ConnectionFacts:
    """Return a connection of which nothing is known but why."""
    return {"id": CONNECTION + UNKNOWN, "name": "unknown", "gateway": GATEWAY + UNKNOWN, "unknown": unknown}


def denied_gateway() -> GatewayFacts:
    """Return a gateway that every pinned control must deny."""
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
        "ike_log": False,
        "default_site": {"id": SITE + DENIED, "name": "denied", "trust": "partner"},
        "extensions": [{"kind": "Vnet2Vnet", "name": "other"}],
        "uninspected_inbound": [_uninspected()],
        "uninspected_return": [_uninspected()],
        "bypass_routes": [{"table": "rt", "route": "a", "past": "b", "ranges": ["10.0.0.0/24", "::/0"]}],
        "gateway_subnet_problems": ['"0.0.0.0/0"'],
        "connections": 1,
        "open_ceilings": 1,
        "unknown": {},
    }


def passing_gateway() -> GatewayFacts:
    """Return a gateway that every control must pass."""
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
        "ike_log": True,
        "extensions": [],
        "uninspected_inbound": [],
        "uninspected_return": [],
        "bypass_routes": [],
        "gateway_subnet_problems": [],
        "connections": 1,
        "open_ceilings": 0,
        "unknown": {},
    }


def unknown_gateway(unknown: dict[str, str]) -> GatewayFacts:
    """Return a gateway of which nothing is known but why."""
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


def denied_site() -> SiteFacts:
    """Return a site that every pinned control must deny."""
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


def passing_site() -> SiteFacts:
    """Return a site that every control must pass."""
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


def unknown_site(unknown: dict[str, str]) -> SiteFacts:
    """Return a site of which nothing is known but why."""
    return {"id": SITE + UNKNOWN, "name": "unknown", "partners": [], "gateways": [GATEWAY + UNKNOWN], "unknown": unknown}


def denied_key() -> SharedKeyFacts:
    """Return a place that gives a shared key that every pinned control must deny."""
    return {"id": KEY + DENIED, "name": "denied", "file": DENIED, "handling": "clear-text", "how": "written" + DENIED, "unknown": {}}


def passing_key() -> SharedKeyFacts:
    """Return a place that gives a shared key that every control must pass."""
    return {"id": KEY + PASSING, "name": "passing", "file": "main.json", "handling": "protected", "how": "secure", "unknown": {}}


def unknown_key(unknown: dict[str, str]) -> SharedKeyFacts:
    """Return a place that gives a shared key of which nothing is known but why."""
    return {"id": KEY + UNKNOWN, "name": "unknown", "file": "main.json", "how": "canary", "unknown": unknown}


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


def _uninspected() -> UninspectedFacts:
    return {"ranges": ["10.0.0.0/24", "::/0"], "networks": ['"spoke"'], "because": "ü", "witness": "10.1.0.4 -> 10.0.0.4"}


def _observed(number: int, encryption: str) -> ObservedFacts:
    return {
        "ike_sas": 1,
        "child_sas": 1,
        "selectors": [{"local": ["10.0.0.0/24"], "remote": ["10.1.0.0/24"]}],
        "wider": ["::/0 <-> ::/0"] * number,
        "of_others": ['10.2.0.0/16 of "blue"'] * number,
        "peer_initiated": number,
        "algorithms": {"ike_encryption": [encryption]},
        "two_way": _exposure(number),
        "one_way": _exposure(number),
    }


def _agreement(wrong: list[str]) -> AgreementFacts:
    difference: DifferenceFacts = {"missing": wrong, "extra": wrong, "notes": wrong}
    return {
        "found": True,
        "label": 'red "' + DENIED,
        "place": "agreements.yaml:2",
        "state": "expired" if wrong else "in force",
        "valid_from": "2029-01-01",
        "valid_to": "2029-12-31" if wrong else "2030-12-31",
        "ends_at": wrong,
        "peers": ["203.0.113.1"],
        "selectors": difference,
        "prefixes": difference,
        "algorithms": wrong,
        "conflicts": wrong,
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
