"""Isolation on one headend: the product's classes and sweep against a naive pair loop and against a pure-Rego pairwise rule."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from s2sguard.errors import EngineError
from s2sguard.evaluate.opa_binary import find_opa, opa_environment
from s2sguard.facts.addressing import Claim, overlaps
from s2sguard.facts.ceiling import Ceiling
from s2sguard.facts.estate import build_estate
from s2sguard.facts.isolation import Subject, isolate
from s2sguard.facts.overlaps import remote_claim
from s2sguard.facts.shard import subject_of
from s2sguard.facts.transit import Member, transit
from s2sguard.model.address import Intervals
from tests.benchmarks import naive
from tests.benchmarks.estates import OPTIONS, headend
from tests.benchmarks.measure import Row, Scale, Section, in_turns, ms, seconds

MIXES = {"all hardened": 0, "20 % open": 20, "all open": 100}
LEAST_NAIVE = 50.0
LEAST_REGO = 500.0
RULE = Path(__file__).with_name("pairwise.rego")
CHECKED = 60
"""Partners of the headend on which the answers are compared."""
LONGEST_REGO = 60.0
WHY = (
    "`isolate` does more than what it is compared with: it writes up to ten witness packets, with their reasons, for each connection; "
    "the rows *sweep only* compare like with like"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One headend, ready to be compared: everything before the comparison is done and not timed."""

    subjects: list[Subject]
    claims: list[Claim]
    members: list[Member]
    ranges: list[tuple[int, Intervals]]
    document: dict[str, Any]
    """What the pairwise rule is given."""


def prepare(partners: int, open_percent: int) -> Prepared:
    """Return a headend with this many partners."""
    (gateway,) = build_estate(headend(partners, open_percent), OPTIONS).gateways
    subjects = [subject_of(connection, gateway, OPTIONS) for connection in gateway.connections]
    claims = [claim for connection in gateway.connections if isinstance(claim := remote_claim(connection), Claim)]
    ceilings = [subject.ceiling for subject in subjects if isinstance(subject.ceiling, Ceiling)]
    assert len(claims) == len(ceilings) == len(subjects) == partners
    parties = {party: index for index, party in enumerate(dict.fromkeys(claim.party for claim in claims))}
    members = [Member(parties[c.party], ceiling.selectors, s.routed[0]) for c, ceiling, s in zip(claims, ceilings, subjects, strict=True)]
    return Prepared(
        subjects=subjects,
        claims=claims,
        members=members,
        ranges=[(parties[claim.party], claim.addresses.family(4)) for claim in claims],
        document={"connections": [_for_rego(member, claim) for member, claim in zip(members, claims, strict=True)]},
    )


def _for_rego(member: Member, claim: Claim) -> dict[str, str]:
    (selector,) = member.selectors
    (site,), (remote,) = member.routed.texts(), claim.addresses.texts()
    local, ceiling = ("0.0.0.0/0", "0.0.0.0/0") if member.is_open else (selector.local.texts()[0], selector.remote.texts()[0])
    return {"id": claim.id, "party": claim.party, "local": local, "remote": ceiling, "site": site, "claim": remote}


def check(prepared: Prepared) -> None:
    """Fail unless the product, the naive loop and, where there is OPA, the pairwise rule give the same answers."""
    flows = naive.flows(prepared.members)
    ours = isolate(prepared.subjects)
    counts = [(one.two_way["count"], one.one_way["count"]) for one in ours.exposures]
    expected = [(len(both), len((out | back) - both)) for both, out, back in zip(flows.two_way, flows.sends, flows.takes, strict=True)]
    assert expected == counts
    common = [len(parties) for parties in naive.overlaps(prepared.ranges)]
    assert common == [count for count, _ in overlaps(prepared.claims)]
    if opa() is not None:
        _, result = rego(prepared)
        sent = sum(len(parties) for parties in flows.sends)
        assert {"flow": sent, "two_way": ours.pairs["two_way"], "overlap": sum(common) // 2} == result


def opa() -> Path | None:
    """Return the opa command, or None where there is none."""
    try:
        return find_opa()
    except EngineError:
        return None


def rego(prepared: Prepared) -> tuple[float, dict[str, int]]:
    """Return the seconds OPA evaluates the pairwise rule, without its start and without reading the input, and the answer."""
    with tempfile.TemporaryDirectory(prefix="s2sguard-bench-") as folder:
        document = Path(folder, "input.json")
        document.write_text(json.dumps(prepared.document), encoding="utf-8")
        command = [str(opa()), "eval", "--metrics", "--format", "json", "-d", str(RULE), "-i", str(document)]
        done = subprocess.run([*command, "data.benchmarks.pairwise.result"], capture_output=True, check=True, env=opa_environment())
    answer = json.loads(done.stdout)
    return answer["metrics"]["timer_rego_query_eval_ns"] / 1e9, answer["result"][0]["expressions"][0]["value"]


def run(scale: Scale) -> Section:
    """Measure every mix."""
    rows: list[Row] = []
    for mix, open_percent in MIXES.items():
        check(prepare(min(CHECKED, scale.partners), open_percent))
        rows.extend(_mix(mix, open_percent, scale))
    notes = (
        f"One gateway with {scale.partners:,} partners of one connection each; all three compute flows, two-way transit and common ranges.",
        (
            "*Sweep only* is `transit` and `overlaps`, the classes and sweeps; `isolate` adds the witnesses and what is unknown. "
            "The naive loop uses the same interval functions."
        ),
        "Before anything is timed, all three give the same answers on a smaller headend.",
        (
            f"The pairwise rule runs under `opa eval` with {scale.rego_partners:,} partners, without its start-up and reading, and is "
            f"extrapolated to {scale.partners:,} by the square of the partners where the time would pass {LONGEST_REGO:.0f} s."
        ),
    )
    return Section(title="Isolation of one headend", notes=notes, rows=tuple(rows))


def _mix(mix: str, open_percent: int, scale: Scale) -> list[Row]:
    whole = prepare(scale.partners, open_percent)
    taken = in_turns(
        {
            "sweep": lambda: transit(whole.members),
            "isolate": lambda: isolate(whole.subjects),
            "overlaps": lambda: overlaps(whole.claims),
            "naive flows": lambda: naive.flows(whole.members),
            "naive overlaps": lambda: naive.overlaps(whole.ranges),
        },
        scale.repeats,
    )
    naively = taken["naive flows"] + taken["naive overlaps"]
    sweep, isolation = taken["sweep"] + taken["overlaps"], taken["isolate"] + taken["overlaps"]
    against = {f"naive loop, {mix}": (naively, "", LEAST_NAIVE)}
    if opa() is not None:
        slow, how = _rego(open_percent, scale)
        against[f"pure Rego under OPA, {mix}"] = (slow, f" ({how})", LEAST_REGO)
    rows = []
    for name, (slow, how, aim) in against.items():
        rows.append(_row(f"{name} / sweep only", slow / sweep, f"{ms(slow)}{how} / {ms(sweep)}", aim))
        rows.append(_row(f"{name} / `isolate` and `overlaps`", slow / isolation, f"{ms(slow)}{how} / {ms(isolation)}", aim))
    return rows


def _row(what: str, value: float, seen: str, aim: float) -> Row:
    return Row(what=what, value=value, unit="x", seen=seen, aim=aim, better="more", why_short=WHY)


def _rego(open_percent: int, scale: Scale) -> tuple[float, str]:
    sample = prepare(scale.rego_partners, open_percent)
    times = sorted(rego(sample)[0] for _ in range(min(3, scale.repeats)))
    expected = times[len(times) // 2] * (scale.partners / scale.rego_partners) ** 2
    if expected > LONGEST_REGO or scale.partners == scale.rego_partners:
        return expected, f"extrapolated from {scale.rego_partners}" if scale.partners != scale.rego_partners else "measured"
    whole = prepare(scale.partners, open_percent)
    found = 0.0

    def measure() -> None:
        nonlocal found
        found, _ = rego(whole)

    seconds(measure)
    return found, "measured"
