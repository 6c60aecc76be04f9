"""One connection with one far end: every exchange in order, and the selectors that come up.

Azure first where it may start, with its fallbacks; then each line of the far end, as its traffic would ask for it.
Both can happen on a live tunnel in any order, so what comes up is all of it together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from s2sguard.facts.ceiling import ceiling_of, offers, routed_bounds
from s2sguard.facts.given import Assumptions
from s2sguard.facts.shard import carries_ipsec
from s2sguard.model.estate import Connection, Gateway
from s2sguard.model.selector import ANY_SELECTOR
from s2sguard.model.tunnel import SelectorLine, TunnelEnd
from s2sguard.model.value import Maybe, Unknown
from s2sguard.simulate.algorithms import Suites, phase_1, phase_2
from s2sguard.simulate.ends import Pair, answer_of, asked_by, kept, pair_of

_STARTING: Final = frozenset({"responder-allowed", "ikev1", "policy-based-gateway"})
"""Reasons of an open ceiling by which the far end may start (facts/ceiling.py)."""
_NO_TUNNEL: Final = Unknown("it is no IPsec tunnel to a site")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One proposal and what became of it."""

    by: Literal["Azure", "far end"]
    why: str
    offered: Pair
    answered: Pair | None
    """None for TS_UNACCEPTABLE, or where the far end may not ask."""
    installed: Pair | None
    line: int = 0
    """The far end's line that asked or answered; 0 where it is not read from a file."""
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What happens between one connection and one far end."""

    connection: Connection
    end: TunnelEnd
    azure_starts: str
    """Empty where Azure starts, else why it does not."""
    far_end_starts: str
    """Empty where the far end may, else why not."""
    phase_1: Suites
    phase_2: Suites
    exchanges: tuple[Exchange, ...]

    @property
    def installed(self) -> tuple[Pair, ...]:
        """The selectors that come up, each once, in order."""
        return tuple(dict.fromkeys(one.installed for one in self.exchanges if one.installed is not None))


def simulate(connection: Connection, gateway: Gateway, end: TunnelEnd, assumptions: Assumptions) -> Maybe[Simulation]:
    """Return what the two ends negotiate; unknown where something that decides it cannot be read."""
    if not carries_ipsec(connection):
        return _NO_TUNNEL
    ceiling = ceiling_of(connection, gateway.vpn_type, assumptions)
    decisive = (ceiling, connection.mode, connection.protocol, connection.policy_based_selectors, connection.policy, end.lines)
    for value in (*decisive, connection.fixed_selectors, end.starts, end.answers):
        if isinstance(value, Unknown):
            return value
    if isinstance(ceiling, Unknown) or isinstance(end.lines, Unknown):
        return Unknown("nothing is known")  # pragma: no cover - ruled out above, said once more for the type checker
    first, second = phase_1(connection, end), phase_2(connection, end)
    azure_starts = _azure_starts(connection, gateway, end)
    allowed = bool(_STARTING & set(ceiling.reasons)) or _is_widened(ceiling.reasons)
    far_end_starts = "" if allowed and end.starts else _not_started(end, allowed=allowed)
    exchanges: tuple[Exchange, ...] = ()
    if "differs" not in {first.state, second.state}:
        offered = _offers(connection, gateway, end, end.lines, assumptions) if not azure_starts else ()
        exchanges = (*offered, *_asks(end.lines, far_end_starts))
    return Simulation(
        connection=connection,
        end=end,
        azure_starts=azure_starts,
        far_end_starts=far_end_starts,
        phase_1=first,
        phase_2=second,
        exchanges=exchanges,
    )


def _azure_starts(connection: Connection, gateway: Gateway, end: TunnelEnd) -> str:
    # The mode means nothing for IKEv1 and on a policy-based gateway (facts/ceiling.py).
    if connection.mode == "ResponderOnly" and connection.protocol == "IKEv2" and gateway.vpn_type != "PolicyBased":
        return "connection mode ResponderOnly"
    return "" if end.answers else "the far end does not answer"


def _is_widened(reasons: Sequence[str]) -> bool:
    """Say whether the peer is assumed to ask for child SAs inside an IKE SA that Azure started."""
    return "assume-peer-child-sa-accepted" in reasons


def _not_started(end: TunnelEnd, *, allowed: bool) -> str:
    return "connection mode InitiatorOnly refuses it" if not allowed else "the far end never starts" if not end.starts else ""


def _offers(
    connection: Connection, gateway: Gateway, end: TunnelEnd, lines: Sequence[SelectorLine], assumptions: Assumptions
) -> Iterator[Exchange]:
    """Yield what Azure offers, step after step, until one brings something up (article, footnote to the default behaviour)."""
    routed, _, _ = routed_bounds(connection, gateway)
    steps = [(step.why, [pair_of(selector) for selector in step.selectors]) for step in offers(connection, gateway, routed)]
    if not assumptions["no_fallback_with_fixed"] and [why for why, _ in steps] == ["fixed selectors"]:
        steps.append(("any x any, assumed after fixed selectors fail", [pair_of(ANY_SELECTOR)]))
    for why, pairs in steps:
        tried = [_offered(why, pair, end, lines, clipped=assumptions["answer_clipped"]) for pair in pairs]
        yield from tried
        if any(one.installed is not None for one in tried):
            return


def _offered(why: str, offered: Pair, end: TunnelEnd, lines: Sequence[SelectorLine], *, clipped: bool) -> Exchange:
    answer = answer_of(end, lines, offered)
    installed = kept(offered, answer.pair, clipped=clipped) if answer.pair is not None else None
    refusal = (
        _refusal(end) if answer.pair is None else "" if installed is not None else "the answer has nothing in common with the proposal"
    )
    line = answer.line.line if answer.line is not None else 0
    return Exchange(by="Azure", why=why, offered=offered, answered=answer.pair, installed=installed, line=line, refusal=refusal)


def _refusal(end: TunnelEnd) -> str:
    return {
        "intersect": "TS_UNACCEPTABLE: none of its lines meets the proposal",
        "own-line": "TS_UNACCEPTABLE: none of its lines lies inside the proposal",
        "exact-only": "TS_UNACCEPTABLE: none of its lines equals the proposal",
    }[end.habit]


def _asks(lines: Sequence[SelectorLine], refusal: str) -> Iterator[Exchange]:
    """Yield what the far end asks for, line by line. Azure takes it as it is asked (article: it accepts any selectors as responder)."""
    for line in lines:
        pair = asked_by(line)
        taken = None if refusal else pair
        yield Exchange(by="far end", why="its line", offered=pair, answered=taken, installed=taken, line=line.line, refusal=refusal)
