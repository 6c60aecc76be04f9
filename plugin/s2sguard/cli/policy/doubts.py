"""Rules with aliases that may not exist: Azure ignores such a rule, so what it says here is no answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from s2sguard.report.printable import printable
from s2sguard.report.style import Style

if TYPE_CHECKING:
    from s2sguard.azure_policy import Evaluation, Problem
    from s2sguard.azure_policy.forecast.forecast import Forecast, Judged
    from s2sguard.azure_policy.shipped.confirmed import Doubt

DECIDED = frozenset({None, "disabled", "error", "manual", "unknown"})
"""Outcomes that a doubt changes nothing about: no effect either way, or no answer anyhow."""
LONGEST_ALIAS = 160


def doubted(evaluation: Evaluation, doubts: Sequence[Doubt]) -> Evaluation:
    """Return an outcome as it is, or as unknown where it hangs on aliases that may not exist."""
    if not doubts or evaluation.effect in DECIDED:
        return evaluation
    exists = f"`{_name(doubts[0].alias)}` exists" if len(names(doubts)) == 1 else "its aliases exist"
    return replace(evaluation, effect="unknown", reason=f"{evaluation.effect}, if {exists}; if not, Azure ignores the whole rule")


def forecast_in_doubt(forecast: Forecast, doubts: Mapping[str, tuple[Doubt, ...]]) -> Forecast:
    """Return a forecast in which rules with doubtful aliases (reference id -> doubts) decide nothing."""
    if not doubts:
        return forecast
    return replace(forecast, judged=tuple(_judged(each, doubts) for each in forecast.judged))


def _judged(judged: Judged, doubts: Mapping[str, tuple[Doubt, ...]]) -> Judged:
    from s2sguard.azure_policy.forecast.forecast import STATES

    changed = []
    for outcome in judged.outcomes:
        evaluation = doubted(outcome.evaluation, doubts.get(outcome.reference_id, ()))
        new = evaluation is not outcome.evaluation
        changed.append(replace(outcome, state="unknown", evaluation=evaluation) if new else outcome)
    return replace(judged, outcomes=tuple(sorted(changed, key=lambda each: STATES.index(each.state))))


def names(doubts: Iterable[Doubt]) -> tuple[str, ...]:
    """Return the doubtful aliases, each once."""
    return tuple({doubt.alias.lower(): doubt.alias for doubt in doubts}.values())


def banner(doubts: Sequence[Doubt], style: Style) -> Iterator[str]:
    """Yield what stands above an answer that hangs on doubtful aliases."""
    if not doubts:
        return
    several = len(names(doubts)) > 1
    head = "NOT CERTAIN: Azure ignores the whole rule if "
    yield from style.headed(
        head, "one of these aliases does not exist:" if several else "this alias does not exist:", style.paint(head, "red")
    )
    hints = {doubt.alias.lower(): doubt.problem.hint for doubt in doubts}
    for name in names(doubts):
        yield from style.wrap(f"{_name(name)} ({printable(hints[name.lower()])})", first="  ", rest="    ")
    yield from style.wrap("Not confirmed, which is not the same as wrong: --aliases takes those that exist.", first="  ", rest="  ")
    yield ""


def note_lines(problems: Iterable[Problem], style: Style) -> Iterator[str]:
    """Yield a note for each problem that decides nothing."""
    for problem in problems:
        hint = f" ({problem.hint})" if problem.hint else ""
        yield from style.wrap(printable(f"{problem.message}{hint}"), first="note: ", rest="  ")


def _name(alias: str) -> str:
    return printable(alias, limit=LONGEST_ALIAS)
