"""Simulations for people: who starts, what is offered and answered, what comes up, and what that opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s2sguard.facts.document import Exposure, FactsDocument
from s2sguard.report.names import facts_names
from s2sguard.report.packet import Packets
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, count
from s2sguard.simulate.algorithms import Suites
from s2sguard.simulate.ends import Pair
from s2sguard.simulate.exchange import Exchange, Simulation
from s2sguard.simulate.plan import GatewayOutcome

MOST_EXCHANGES = 40
"""Printed for one connection; hubs with many spokes offer hundreds."""
_HABITS = {
    "intersect": "answers with what both sides allow",
    "own-line": "answers with its own line",
    "exact-only": "takes nothing but one of its lines",
}
_MARKS = {"meets": "yes", "differs": "NO ", "unknown": "?  "}
_KINDS = (
    ("two_way", "two-way transit", "other partner"),
    ("one_way", "one-way transit", "other partner"),
    ("to_internal", "transit", "internal site"),
)


class SimulationText:
    """Prints the outcomes of one input."""

    def __init__(self, facts: FactsDocument, style: Style) -> None:
        self._style = style
        self._names = facts_names(facts)
        self._packets = Packets(facts, self._names, style)

    def render(self, outcomes: Sequence[GatewayOutcome], erring: Sequence[GatewayOutcome] = ()) -> str:
        """Return all outcomes as text; `erring` are the same with one more line on each far end."""
        sections = [section for outcome in outcomes for section in self._gateway(outcome)]
        for before, after in zip(outcomes, erring, strict=bool(erring)) if erring else ():
            sections.append(list(self._changed(before, after)))
        return "\n\n".join("\n".join(lines) for lines in sections) + "\n"

    def _gateway(self, outcome: GatewayOutcome) -> Iterator[list[str]]:
        for simulation in outcome.simulations:
            yield list(self._simulation(simulation))
        for connection, why in outcome.unknown:
            yield self._style.wrap(printable(why.reason), first=f"{self._names[connection.id]}: cannot be simulated: ")
        yield list(self._opened(outcome))

    def _simulation(self, one: Simulation) -> Iterator[str]:
        end = one.end
        title = f"{self._names[one.connection.id]}  with  {printable(end.name)} of {printable(end.device)}, which {_HABITS[end.habit]}"
        yield self._style.paint(title, "bold")
        yield from self._style.wrap((one.azure_starts and f"no: {one.azure_starts}") or "yes", first="  Azure starts    ")
        yield from self._style.wrap((one.far_end_starts and f"no: {one.far_end_starts}") or "yes", first="  far end starts  ")
        yield from self._suites("phase 1", one.phase_1)
        yield from self._suites("phase 2", one.phase_2)
        for number, exchange in enumerate(one.exchanges[:MOST_EXCHANGES], 1):
            yield from self._exchange(number, exchange)
        if len(one.exchanges) > MOST_EXCHANGES:
            yield f"  and {count(len(one.exchanges) - MOST_EXCHANGES, 'more exchange')}"
        yield self._style.paint("  COMES UP" if one.installed else "  NOTHING COMES UP", "bold" if one.installed else "red")
        for pair in one.installed:
            yield from self._style.wrap(printable(str(pair)), first="    ")

    def _suites(self, phase: str, suites: Suites) -> Iterator[str]:
        yield from self._style.wrap(printable(suites.text), first=f"  {phase}         {_MARKS[suites.state]}: ", rest=" " * 18)

    def _exchange(self, number: int, one: Exchange) -> Iterator[str]:
        line = f" (line {one.line})" if one.line else ""
        if one.by == "Azure":
            yield from self._style.wrap(printable(f"{one.why}: {one.offered}"), first=f"  {number}. Azure offers    ")
            what = f"{one.answered}{line}" if one.answered is not None else one.refusal
            yield from self._style.wrap(printable(what), first="     answer          ")
            if one.answered is not None and one.installed != one.answered:
                yield from self._style.wrap(printable(str(one.installed or one.refusal)), first="     Azure keeps     ")
        else:
            yield from self._style.wrap(printable(f"{one.offered}{line}"), first=f"  {number}. far end asks    ")
            yield from self._style.wrap(
                "Azure takes it as it is" if one.installed else printable(one.refusal), first="     answer          "
            )

    def _opened(self, outcome: GatewayOutcome) -> Iterator[str]:
        yield self._style.paint("WHO REACHES WHOM THEN", "bold")
        quiet = True
        for one in outcome.opened:
            for key, kind, other in _KINDS:
                certain: Exposure = getattr(one.certain, key)
                most: Exposure = getattr(one.at_most, key)
                if certain["count"]:
                    quiet = False
                    yield self._style.paint(f"  {self._names[one.connection.id]}: {kind} with {count(certain['count'], other)}", "red")
                    for witness in certain["witnesses"][:1]:
                        yield from self._packets.draw(witness, indent="    ")
                more = most["count"] + most["possible"] - certain["count"]
                if more > 0:
                    quiet = False
                    text = f"{kind} with {count(more, f'more {other}')} at most, by what their own far ends may ask for"
                    yield from self._style.wrap(text, first=f"  {self._names[one.connection.id]}: ")
        if outcome.unknown:
            told = "what the connections that cannot be simulated bring up, and whom they reach, is not known"
            yield from self._style.wrap(told, first="  unknown: ")
        elif quiet:
            yield "  nobody: no packet passes between partners by what comes up"

    def _changed(self, before: GatewayOutcome, after: GatewayOutcome) -> Iterator[str]:
        yield self._style.paint("WITH ONE MORE LINE ON EACH FAR END", "bold")
        old = {one.connection.key: one for one in before.simulations}
        for one in after.simulations:
            had = set(old[one.connection.key].installed) if one.connection.key in old else set[Pair]()
            more = [pair for pair in one.installed if pair not in had]
            text = "; ".join(printable(str(pair)) for pair in more) or "nothing"
            yield from self._style.wrap(text, first=f"  {self._names[one.connection.id]} brings up in addition  ")
        yield from self._opened(after)
