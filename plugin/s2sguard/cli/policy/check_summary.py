"""The answer of `policy check` in one line: the first of the table, and the totals that end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s2sguard.azure_policy.forecast.forecast import STATES
from s2sguard.report.style import count, joined

if TYPE_CHECKING:
    from s2sguard.cli.policy.check_report import CheckReport


def summary(report: CheckReport) -> str:
    """Return how many resources are in which state, with which effect, and what another effect would do."""
    judged = report.forecast.judged
    if not judged:
        return totals(report)
    if report.disabled:
        return f"No answer: effect {report.rules.effect} switches every rule off, and {count(len(judged), 'resource')} went unjudged."
    effect = "" if report.rules.effect is None else f", effect {report.rules.effect}"
    bad = joined(f"{len(found)} {state}" for state in STATES if state != "clean" and (found := report.forecast.of(state)))
    if not bad:
        return f"Nothing denied or flagged on {count(len(judged), 'resource')}{effect}."
    return f"{bad} of {count(len(judged), 'resource')}{effect}{_refused(report)}."


def _refused(report: CheckReport) -> str:
    more = (
        f"with --effect Deny {report.deniable} {'would be' if report.refuses_nothing else 'more would be refused'}"
        if report.deniable
        else ""
    )
    found = ["nothing would be refused"] if report.refuses_nothing else []
    found += [more] if more else []
    return f": {'; '.join(found)}" if found else ""


def totals(report: CheckReport) -> str:
    """Return the numbers of all states, and of gaps."""
    judged = len(report.forecast.judged)
    gaps = count(len(report.gaps), "gap")
    if not judged:
        what = "nothing was read, so nothing was judged" if report.nothing_read else "nothing to judge: no resource of these types"
        return f"{what}, {gaps}"
    if report.disabled:
        return f"{count(judged, 'resource')} not judged, {gaps}"
    bad = joined(f"{len(found)} {state}" for state in STATES if state != "clean" and (found := report.forecast.of(state)))
    clean = f"{len(report.forecast.of('clean'))} clean"
    return f"{count(judged, 'resource')} judged: {joined((bad or 'nothing denied or flagged', clean))}, {gaps}"
