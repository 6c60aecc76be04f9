"""What waivers cover, worked out with bit masks, equals a brute force over explicit pairs."""

from __future__ import annotations

import json
import time
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from s2sguard.collect import read_inventory
from s2sguard.evaluate.acceptance import Given, Pair, Waiver, accept
from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts import build_document
from s2sguard.facts.document import FactsDocument
from s2sguard.facts.options import FactsOptions
from tests.unit.cli_estate import GATEWAY, lab

TODAY = date(2026, 11, 29)
ISO = "S2S-ISO-001"
NAMES = tuple(f"p{number}" for number in range(6))
SIDES = st.lists(st.sampled_from([*NAMES, "nobody"]), min_size=1, max_size=4, unique=True).map(lambda names: tuple(sorted(names)))


@cache
def facts_of(names: tuple[str, ...]) -> FactsDocument:
    """Return the facts of a gateway on which every partner is open to every other one."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "estate.json"
        file.write_text(json.dumps({"value": lab(1, names)}), encoding="utf-8")
        return build_document(read_inventory([file]), FactsOptions(today=TODAY))


def failed(facts: FactsDocument) -> list[Verdict]:
    """Return the finding of every connection."""
    return [
        Verdict(
            control_id=ISO,
            control="two_way_transit",
            title="t",
            resource=one["id"],
            resource_name=one["name"],
            status="fail",
            severity="critical",
            certainty="configured",
            message="open",
            fix="f",
            gateway=GATEWAY,
            details=("open",),
        )
        for one in facts["connections"]
    ]


def waiver(sides: tuple[tuple[str, ...], tuple[str, ...]], expires: date) -> Waiver:
    """Return a waiver of pairs."""
    return Waiver(control=ISO, reason="r", owner="o", expires=expires, pair=Pair(gateway=GATEWAY, partners=sides))


@given(st.lists(st.tuples(st.tuples(SIDES, SIDES), st.sampled_from([date(2026, 11, 28), TODAY])), max_size=6))
def test_masks_equal_explicit_pairs(given_: list[tuple[tuple[tuple[str, ...], tuple[str, ...]], date]]) -> None:
    """A connection is accepted exactly when each of its pairs is in a waiver that still holds; else the message counts what is left."""
    facts = facts_of(NAMES)
    waivers = tuple(waiver(sides, expires) for sides, expires in given_)
    judged, _ = accept(failed(facts), facts, Given(waivers=waivers), TODAY)
    covered = {frozenset((a, b)) for (one, other), expires in given_ if expires >= TODAY for a in one for b in other if a != b}
    for verdict in judged:
        own = verdict.resource_name.removeprefix("to-")
        left = [name for name in NAMES if name != own and frozenset((own, name)) not in covered]
        assert (verdict.acceptance is not None) is (not left)
        if 0 < len(left) < len(NAMES) - 1:
            assert f"{len(left)} of {len(NAMES) - 1} pairs" in verdict.message


def test_a_thousand_waivers_on_a_full_gateway() -> None:
    """Thirty thousand open pairs and a thousand waivers are joined in seconds, not pair by pair."""
    names = tuple(f"p{number}" for number in range(250))  # octets end at 255
    facts = facts_of(names)
    waivers = tuple(waiver(((names[index % 250],), names[: index % 249 + 1]), TODAY) for index in range(1000))
    started = time.process_time()
    judged, notes = accept(failed(facts), facts, Given(waivers=waivers), TODAY)
    assert time.process_time() - started < 10
    assert len(judged) == len(names)
    assert notes


def test_a_waiver_does_not_cover_what_is_open_in_force_only() -> None:
    """Red and blue are waived; green is hardened, and live SAs hold red and green open: red's finding is about two pairs now."""
    names = ("red", "blue", "green")
    hardened = {one["name"]: one for one in lab(5, names)}
    estate = [hardened[one["name"]] if one["name"].endswith("green") else one for one in lab(1, names)]
    child = {"localTrafficSelectors": ["10.0.0.0/8"], "remoteTrafficSelectors": ["10.0.0.0/8"], "isSaInitiator": True}
    for name in ("red", "green"):
        connection = hardened[f"to-{name}"]["id"]
        sas = {"ikeSas": [{"isSaInitiator": True, "quickModeSAs": [child]}], "withoutAlgorithms": True}
        estate.append({"id": f"{connection}/ikeSas/1", "name": "1", "type": "Microsoft.Network/connections/ikeSas", "properties": sas})
    with TemporaryDirectory() as folder:
        file = Path(folder) / "estate.json"
        file.write_text(json.dumps({"value": estate}), encoding="utf-8")
        facts = build_document(read_inventory([file]), FactsOptions(today=TODAY))
    seen = {one["name"]: one["observed"]["two_way"]["count"] for one in facts["connections"] if "observed" in one}
    assert seen == {"to-red": 1, "to-green": 1}
    one, both = (waiver((("red",), others), TODAY) for others in (("blue",), ("blue", "green")))
    verdict = next(verdict for verdict in failed(facts) if verdict.resource_name == "to-red")
    (left,), _ = accept([verdict], facts, Given(waivers=(one,)), TODAY)
    (waived,), _ = accept([verdict], facts, Given(waivers=(both,)), TODAY)
    assert left.acceptance is None
    assert left.message.startswith("1 of 2 pairs")
    assert waived.acceptance is not None
