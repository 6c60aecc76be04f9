"""Known documents an engine must judge correctly before it judges anything real.

A broken engine rarely says so: it answers *undefined*, drops a rule or damages a string, and everything seems compliant.
So each engine is first shown, of every kind of subject, one that must be denied, one that must pass and one of which nothing is known.
The denied ones have names that engines are known to damage (facts: engines.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from s2sguard.errors import EngineError
from s2sguard.evaluate import canary_subjects as subjects
from s2sguard.evaluate.canary_subjects import CONNECTION, DENIED, GATEWAY, KEY, PASSING, SITE, UNKNOWN
from s2sguard.evaluate.interface import ControlResult, Engine
from s2sguard.evaluate.results import canonical
from s2sguard.evaluate.verdict import Control
from s2sguard.facts.document import FactsDocument
from s2sguard.facts.options import DEFAULT_ASSUMPTIONS, HARDENED_SETTINGS

MUST_DENY: Final = {
    CONNECTION: tuple(
        f"S2S-{name}"
        for name in (
            *("IKE-001", "IKE-002", "IKE-004", "IKE-005", "IKE-006", "IKE-007", "IKE-008"),
            *("SEL-001", "SEL-003", "SEL-004", "SEL-005", "RTE-001"),
            *("ISO-001", "ISO-002", "ISO-003", "ISO-004", "ISO-006"),
            *("OBS-001", "OBS-002", "OBS-004"),
            *(f"AGR-00{number}" for number in range(1, 7)),
        )
    ),
    GATEWAY: (
        *("S2S-GWY-001", "S2S-GWY-002", "S2S-GWY-003", "S2S-GWY-004", "S2S-ISO-005", "S2S-RTE-002"),
        *("S2S-INS-001", "S2S-INS-002", "S2S-INS-003", "S2S-INS-004"),
    ),
    SITE: ("S2S-ADR-001", "S2S-ADR-002", "S2S-ADR-003", "S2S-ADR-005"),
    KEY: ("S2S-SEC-001",),
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
        "gateways": [subjects.denied_gateway(), subjects.passing_gateway(), subjects.unknown_gateway(unknown)],
        "connections": [subjects.denied_connection(), subjects.passing_connection(), subjects.unknown_connection(unknown)],
        "sites": [subjects.denied_site(), subjects.passing_site(), subjects.unknown_site(unknown)],
        "shared_keys": [subjects.denied_key(), subjects.passing_key(), subjects.unknown_key(unknown)],
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
