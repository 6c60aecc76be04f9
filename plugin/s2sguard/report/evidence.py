"""The report by requirement of a framework: which controls speak for it, what they found, and on which resources.

No state here says that a requirement is met: controls about gateways are evidence for a part of it, which `limit` words.
Requirements and their wording are in `frameworks.json`; which control is evidence for which is in the controls' METADATA.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeAlias, TypedDict

from s2sguard.evaluate.verdict import Control, Verdict
from s2sguard.model.frameworks import FRAMEWORKS
from s2sguard.report.interface import Report
from s2sguard.report.style import count, joined
from s2sguard.report.summary import worst_first

State: TypeAlias = Literal["failing", "unknown", "accepted", "passing", "no evidence"]
"""Some finding counts; something could not be judged; every finding is accepted; every verdict is a pass; no control applied."""
Outcome: TypeAlias = Literal["fail", "error", "unknown", "accepted", "pass"]

STATES: Final[tuple[State, ...]] = ("failing", "unknown", "accepted", "passing", "no evidence")
"""What an auditor asks about first comes first."""
OUTCOMES: Final[tuple[Outcome, ...]] = ("fail", "error", "unknown", "accepted", "pass")
_STATE_OF: Final[Mapping[Outcome, State]] = {
    "fail": "failing",
    "error": "unknown",
    "unknown": "unknown",
    "accepted": "accepted",
    "pass": "passing",
}


class Known(TypedDict):
    """One framework in `frameworks.json`."""

    name: str
    edition: str
    limit: str
    """What no verdict here can show."""
    requirements: dict[str, str]
    """Id -> what it asks for, in our words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one control found for a requirement."""

    control: Control
    verdicts: Mapping[Outcome, tuple[Verdict, ...]]
    """Every verdict of the control, each list worst first."""

    @property
    def state(self) -> State:
        """Return the worst state its verdicts give."""
        return next((_STATE_OF[outcome] for outcome in OUTCOMES if self.verdicts[outcome]), "no evidence")

    @property
    def counted(self) -> str:
        """Return its verdicts in one line: `2 fail, 1 accepted, 3 pass`."""
        return joined(f"{len(self.verdicts[one])} {one}" for one in OUTCOMES if self.verdicts[one]) or "applies to nothing here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement of a framework with all evidence for it."""

    id: str
    title: str
    evidence: tuple[Evidence, ...]

    @property
    def state(self) -> State:
        """Return the worst state of its controls; what applies to nothing says nothing."""
        return min((one.state for one in self.evidence), key=STATES.index, default="no evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A framework as this report can speak about it."""

    key: str
    name: str
    edition: str
    limit: str
    """What no verdict here can show."""
    requirements: tuple[Requirement, ...]

    @property
    def counted(self) -> str:
        """Return its requirements by state in one line."""
        states = [requirement.state for requirement in self.requirements]
        return f"{count(len(states), 'requirement')}: {joined(f'{states.count(state)} {state}' for state in STATES if state in states)}"


def evidence_for(report: Report, key: str) -> Framework:
    """Return the evidence of a report for one framework. Raises `KeyError` for a key that is not in `FRAMEWORKS`."""
    known = frameworks()[key]
    judged = _by_control(report)
    found = {control.id: Evidence(control=control, verdicts=_by_outcome(judged.get(control.id, ()))) for control in report.controls}
    requirements = [
        Requirement(
            id=requirement,
            title=title,
            evidence=tuple(found[control.id] for control in report.controls if requirement in control.mappings.get(key, ())),
        )
        for requirement, title in known["requirements"].items()
    ]
    return Framework(
        key=key,
        name=known["name"],
        edition=known["edition"],
        limit=known["limit"],
        # A requirement that no control of this pack speaks for is not ours to list.
        requirements=tuple(requirement for requirement in requirements if requirement.evidence),
    )


@cache
def frameworks() -> Mapping[str, Known]:
    """Return what is known about each framework."""
    read: dict[str, Known] = json.loads(Path(__file__).with_name("frameworks.json").read_text(encoding="utf-8"))
    return {key: read[key] for key in FRAMEWORKS}


def _by_control(report: Report) -> dict[str, list[Verdict]]:
    """Return control id -> its verdicts, in one pass: they may be on disk."""
    found: dict[str, list[Verdict]] = {}
    for verdict in report.verdicts:
        found.setdefault(verdict.control_id, []).append(verdict)
    return found


def _by_outcome(verdicts: Iterable[Verdict]) -> dict[Outcome, tuple[Verdict, ...]]:
    mine = sorted(verdicts, key=worst_first)
    return {outcome: tuple(verdict for verdict in mine if _outcome(verdict) == outcome) for outcome in OUTCOMES}


def _outcome(verdict: Verdict) -> Outcome:
    return "accepted" if verdict.status == "fail" and not verdict.counts else verdict.status


def states_of(requirements: Sequence[Requirement]) -> dict[State, int]:
    """Return how many requirements are in each state."""
    return {state: sum(requirement.state == state for requirement in requirements) for state in STATES}
