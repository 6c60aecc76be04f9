"""Runs built by hand and at random, and reports that become runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from s2sguard.store.pairs import STATES, GatewayPairs, PairGroup, Party, Rows, grouped, mirror, owners_of
from s2sguard.store.view import Entry, RunInfo, RunView, gateway_key, subject
from tests.unit.report.builders import connection_id, gateway_id

CONTROLS = ("S2S-IKE-001", "S2S-ISO-001")
NAMES = ("a", "b", "c", "d")
WAIVER = {"kind": "waiver", "reason": "moving out", "owner": "net"}


def entry(
    name: str = "a",
    status: str = "fail",
    *,
    control: str = "S2S-IKE-001",
    severity: str = "high",
    message: str = "is wrong",
    **more: object,
) -> Entry:
    """Return a verdict of the JSON report on a connection of the gateway `gw`."""
    node: dict[str, Any] = {
        "control_id": control,
        "control": "some_control",
        "title": "Something is right",
        "resource": connection_id(name),
        "resource_name": name,
        "gateway": gateway_id("gw"),
        "status": status,
        "severity": severity,
        "certainty": "configured",
        "message": message,
        "fingerprint": f"{control}-{name}",
    }
    return Entry(node=node | more)


def info(number: int = 1, **more: Any) -> RunInfo:  # any field
    """Return how a run came to be, a day after the one with the number before."""
    given: dict[str, Any] = {
        "id": number,
        "label": f"run {number}",
        "scope": "prod",
        "started": f"2026-01-{number:02}T02:00:00+00:00",
        "ended": f"2026-01-{number:02}T02:01:00+00:00",
        "tool_version": "1.0.0",
        "engine": "wasm",
        "engine_version": "1",
        "pack_digest": "0123456789abcdef" * 4,
        "inputs_digest": None,
        "assumptions": {"peer_child_sa": "refused"},
        "resources": {"Microsoft.Network/connections": 2},
    }
    return RunInfo(**(given | more))


def view(
    *entries: Entry,
    number: int = 1,
    judged: Sequence[str] = NAMES,
    gateways: tuple[GatewayPairs, ...] | None = (),
    gaps: tuple[dict[str, Any], ...] = (),
    **more: Any,  # any field of `RunInfo`
) -> RunView:
    """Return a run that judged these connections, and more than these entries passed."""
    subjects = {subject(connection_id(name)) for name in judged} | {subject(one.resource) for one in entries}
    return RunView(
        info=info(number, **more),
        entries={one.fingerprint: one for one in entries},
        passes={},
        subjects=frozenset(subjects),
        gateways=gateways,
        gaps=gaps,
    )


def gateway_pairs_of(name: str, parties: Sequence[Party], states: dict[str, Rows], *, complete: bool = True) -> GatewayPairs:
    """Return a gateway with relations between its parties, by state."""
    owners = owners_of(parties)
    groups: list[PairGroup] = []
    for state in STATES:
        rows = states.get(state, {})
        mirror(rows)
        groups += grouped(state, rows, owners)
    return GatewayPairs(
        key=gateway_key(gateway_id(name)),
        name=name,
        complete=complete,
        partner_facing=True,
        judged=True,
        parties=tuple(parties),
        groups=tuple(groups),
    )


GAP = {"kind": "unreadable-file", "reason": "cannot be read"}


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Return at most one verdict for each control and connection."""
    places = st.sampled_from([(control, name) for control in CONTROLS for name in NAMES])
    found = []
    for control, name in draw(st.lists(places, unique=True)):
        more: dict[str, object] = draw(st.sampled_from([{}, {"pairs": 1}, {"pairs": 2}, {"acceptance": WAIVER}]))
        status = draw(st.sampled_from(["fail", "fail", "unknown", "error"]))
        severity, message = draw(st.sampled_from(["critical", "high", "low"])), draw(st.sampled_from(["is wrong", "is bad"]))
        found.append(entry(name, status, control=control, severity=severity, message=message, **more))
    return found


@st.composite
def relations(draw: st.DrawFn, parties: Sequence[Party]) -> dict[str, Rows]:
    """Return for each pair of parties at most one state."""
    owners = owners_of(parties)
    found: dict[str, Rows] = {state: {} for state in STATES}
    for one in range(len(parties)):
        for other in range(one):
            trusts = {parties[one][1], parties[other][1]}
            if owners[one] >> other & 1 or trusts == {"internal"}:
                continue
            allowed = ("two-way", "one-way", "unknown", "") if trusts == {"partner"} else ("inward", "unknown", "")
            state = draw(st.sampled_from(allowed))
            if state:
                rows = found[state]
                rows[one] = rows.get(one, 0) | 1 << other
    return found


PARTIES: tuple[Party, ...] = (
    ("red", "partner"),
    ("blue", "partner"),
    ("blue", "internal"),
    ("hq", "internal"),
    ("", "partner"),
    ("tan", "partner"),
)


@st.composite
def some_gateways(draw: st.DrawFn) -> tuple[GatewayPairs, ...]:
    """Return up to two gateways with some parties each."""
    found = []
    for name in draw(st.lists(st.sampled_from(["gw", "gw-b"]), unique=True)):
        parties = draw(st.lists(st.sampled_from(PARTIES), unique=True))
        found.append(gateway_pairs_of(name, parties, draw(relations(parties)), complete=draw(st.booleans())))
    return tuple(found)


@st.composite
def views(draw: st.DrawFn, number: int = 1) -> RunView:
    """Return a run of a small estate."""
    return view(
        *draw(entries()),
        number=number,
        judged=draw(st.lists(st.sampled_from(NAMES), unique=True)),
        gateways=draw(st.none() | some_gateways()),
        gaps=draw(st.sampled_from([(), (GAP,)])),
    )
