"""Unknown verdicts by the reason they share: one thing that was not read leaves many controls open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from s2sguard.evaluate.verdict import Verdict
from s2sguard.report.summary import worst_first

UNKNOWN = " is unknown: "
"""What stands between the fact and the reason in a message (`because` in policies/s2sguard/lib/lib.rego)."""
OWN = re.compile(r"^(?:\d+ more cannot be ruled out|.* may lie in a network that cannot be read): ")
"""How many others are in doubt, and which ranges, differs from connection to connection; why does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One reason, and what it leaves open."""

    reason: str
    verdicts: list[Verdict] = field(default_factory=list)
    facts: Counter[str] = field(default_factory=Counter)
    """`control fact` -> number of verdicts, worst control first."""

    def resources(self) -> tuple[str, ...]:
        """Return the ids of the resources, each once."""
        return tuple(dict.fromkeys(verdict.resource for verdict in self.verdicts))


def doubts(verdicts: Iterable[Verdict]) -> tuple[Doubt, ...]:
    """Return the reasons of unknown verdicts, the worst control first; a verdict with several reasons stands under each."""
    found: dict[str, Doubt] = {}
    for verdict in sorted(verdicts, key=worst_first):
        for message in verdict.details or (verdict.message,):
            fact, reason = _split(message)
            doubt = found.setdefault(reason, Doubt(reason=reason))
            doubt.facts[f"{verdict.control_id} {fact}".rstrip()] += 1
            doubt.verdicts.append(verdict)
    return tuple(found.values())


def _split(message: str) -> tuple[str, str]:
    """Return the fact that is not known, and why."""
    fact, _, reason = message.partition(UNKNOWN)
    return (fact, OWN.sub("", reason)) if reason else ("", message)
