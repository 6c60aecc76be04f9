"""The first screen: can partners reach each other, how many findings, and the packet that proves the worst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.evaluate.verdict import Verdict
from s2sguard.report.about import counted
from s2sguard.report.gateways import GatewayLine, State
from s2sguard.report.html.limits import shown
from s2sguard.report.interface import Report
from s2sguard.report.names import Names
from s2sguard.report.outcome import exit_code, incomplete
from s2sguard.report.packet import Packets
from s2sguard.report.style import count, joined
from s2sguard.report.summary import SEVERITIES, Summary, summarise, worst_first

Mood: TypeAlias = Literal["bad", "doubt", "good"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One number that a reader looks for first."""

    number: int
    text: str
    detail: str
    mood: Mood
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One packet, hop by hop."""

    headline: str
    control: str
    finding: str
    """Id of its finding."""
    hops: tuple[tuple[str, str, str], ...]
    """(place, name, what happens there)."""
    because: tuple[str, ...]
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The summary of a report."""

    mood: Mood
    headline: str
    counted: str
    ending: str
    tiles: tuple[Tile, ...]
    proof: Proof | None


def answer_of(report: Report, lines: Sequence[GatewayLine], names: Names, packets: Packets) -> Answer:
    """Return the summary; unknown is never told as good."""
    summary = summarise(report)
    mood, headline = _headline(report, lines, summary)
    return Answer(
        mood=mood,
        headline=headline,
        counted=counted(report),
        ending=ending(report),
        tiles=tuple(_tiles(report, lines, summary)),
        proof=_proof(report, names, packets),
    )


def ending(report: Report) -> str:
    """Return with which code the run ended, and why, in one sentence."""
    reasons = "; ".join(incomplete(report))
    code = exit_code(report)
    if code == 1:
        text = f"findings of severity {report.fail_on} or above"
    else:
        text = f"it could not be completed: {reasons}" if code else "no finding, and nothing missing, that the thresholds of this run count"
    return f"The run ends with exit code {code}: {text}."


def _headline(report: Report, lines: Sequence[GatewayLine], summary: Summary) -> tuple[Mood, str]:
    if summary.nothing_read:
        return "bad", "Nothing was read, so this is not a clean result"
    number = {state: sum(line.state == state for line in lines) for state in ("OPEN", "UNKNOWN", "ok")}
    total = count(len(lines), "gateway")
    if number["OPEN"]:
        return "bad", f"Partners get through {number['OPEN']} of {total}"
    if not report.facts["connections"]:
        return "doubt", f"Nothing to judge: no VPN connection in {count(summary.resources, 'resource')}"
    if number["UNKNOWN"]:
        return "doubt", f"Whether partners get through {number['UNKNOWN']} of {total} is not known"
    assumed = f"No transit between partners found on {total}, under peer_child_sa={report.facts['assumptions']['peer_child_sa']}"
    if summary.statuses["error"] or any(verdict.counts for verdict in report.verdicts):
        return "doubt", f"{assumed}; other findings are open"
    doubtful = summary.statuses["unknown"] or summary.gaps
    return "doubt" if doubtful else "good", f"{assumed}; not everything could be judged" if doubtful else assumed


def open_pairs(report: Report) -> int:
    """Return how many pairs of partners have two-way or one-way transit, over all gateways."""
    return sum(pairs["two_way"] + pairs["one_way"] for gateway in report.facts["gateways"] if (pairs := gateway.get("pairs")) is not None)


def _tiles(report: Report, lines: Sequence[GatewayLine], summary: Summary) -> Iterator[Tile]:
    states: dict[State, int] = {state: sum(line.state == state for line in lines) for state in ("OPEN", "UNKNOWN", "ok")}
    yield Tile(
        number=len(lines),
        text="gateways" if len(lines) != 1 else "gateway",
        detail=joined(f"{number} {state}" for state, number in states.items() if number),
        mood="bad" if states["OPEN"] else "doubt" if states["UNKNOWN"] or not lines else "good",
        link="gateways",
    )
    pairs = [gateway["pairs"] for gateway in report.facts["gateways"] if "pairs" in gateway]
    two, one, possible = (sum(pair[name] for pair in pairs) for name in ("two_way", "one_way", "possible"))
    yield Tile(
        number=two + one,
        text="open pairs of partners" if two + one != 1 else "open pair of partners",
        detail=joined((f"{two} two-way", f"{one} one-way", f"{possible} cannot be ruled out" if possible else "")),
        mood="bad" if two + one else "doubt" if possible else "good",
        link="gateways",
    )
    counting = {severity: summary.findings[severity] - summary.accepted[severity] for severity in SEVERITIES}
    yield Tile(
        number=sum(counting.values()),
        text="findings that count" if sum(counting.values()) != 1 else "finding that counts",
        detail=joined(f"{number} {severity}" for severity, number in counting.items() if number) or "none",
        mood="bad" if any(counting.values()) else "good",
        link="findings",
    )
    accepted = sum(summary.accepted.values())
    if accepted:
        yield Tile(number=accepted, text="accepted", detail="waived, or in the baseline", mood="doubt", link="findings")
    unjudged = summary.statuses["unknown"] + summary.statuses["error"]
    detail = joined((f"{summary.statuses['unknown']} unknown", f"{summary.statuses['error']} not judged"))
    yield Tile(number=unjudged, text="not known", detail=detail, mood="doubt" if unjudged else "good", link="findings")
    gaps = "gaps: not read" if summary.gaps != 1 else "gap: not read"
    yield Tile(number=summary.gaps, text=gaps, detail="", mood="doubt" if summary.gaps else "good", link="gaps")


def _proof(report: Report, names: Names, packets: Packets) -> Proof | None:
    proven = [verdict for verdict in report.verdicts if verdict.status == "fail" and verdict.witness is not None]
    if not proven:
        return None
    # What is accepted is no news while something is not.
    worst: Verdict = min(proven, key=lambda verdict: (not verdict.counts, worst_first(verdict)))
    witness = worst.witness
    if witness is None:
        return None
    gateway = next((one["gateway"] for one in report.facts["connections"] if one["id"] == witness["from"]), worst.gateway)
    return Proof(
        headline=packets.headline(witness),
        control=worst.control_id,
        finding=shown(worst.fingerprint),
        hops=(
            ("source", shown(witness["src"]), f"behind {packets.party(witness['from'])}"),
            ("connection in", names[witness["from"]], f"lets it in: {shown(witness['from_selector'])}"),
            ("gateway", names[gateway] if gateway else "the gateway", "routes it by its destination"),
            ("connection out", names[witness["to"]], f"takes it out: {shown(witness['to_selector'])}"),
            ("destination", shown(witness["dst"]), f"behind {packets.party(witness['to'])}"),
        ),
        because=tuple(map(shown, witness["because"])),
        accepted=not worst.counts,
    )
