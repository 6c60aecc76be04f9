"""Is a patch a fix? What it must end, what it may leave for a neighbour's fix, and what it must never bring about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import ConnectionFacts
from s2sguard.fix.check import Failing, Seen
from s2sguard.fix.model import Left
from s2sguard.model.inventory import fold_id

SHARED: Final[Mapping[str, str]] = {
    "S2S-ISO-001": "two_way",
    "S2S-ISO-002": "one_way",
    "S2S-ISO-003": "remote_overlap",
    "S2S-ISO-006": "to_internal",
}
"""Findings that two connections have with each other -> the fact that names the other one."""
_PAPER: Final = "what was signed is another thing: look at `s2sguard explain`, and sign it anew or change it by hand"
ELSEWHERE: Final[Mapping[str, str]] = {
    "S2S-IKE-008": "the address stands on the site: set a fixed public one there; a private one, over a private path, deserves a waiver",
    "S2S-AGR-001": "sign an agreement, or remove the connection",
    "S2S-AGR-002": _PAPER,
    "S2S-AGR-003": "the prefixes stand on the site: set the agreed ones there",
    "S2S-AGR-004": _PAPER,
    "S2S-AGR-005": "renew the agreement, or remove the connection",
    "S2S-AGR-006": "agree on other ranges with one of the partners",
}
"""Findings of a connection that may be decided elsewhere, on its site or on paper -> what to do there.

A change of the connection that leaves them, or that brings a paper out of date, is a fix of the others all the same.
"""
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """What one patch is judged by."""

    key: str
    """Folded id of the connection."""
    baseline: Failing
    """Every verdict before that is not a pass."""
    alone: Seen
    together: Seen
    fixed: frozenset[str]
    """Folded ids of all connections that get a fix."""
    closed: frozenset[str]
    """Folded ids of all connections that carry nothing but their fixed selectors after every fix."""
    names: Mapping[str, str]
    """Folded id -> name of a connection."""

    def faults(self) -> Iterator[str]:
        """Yield why the patch is no fix: each a clause for people. Nothing means that it is one."""
        before = self.failing_before(self.key)
        for control in sorted(_failing(self.alone.verdicts.get(self.key, self.baseline.get(self.key, {})))):
            if control not in SHARED and control not in ELSEWHERE and not self._accepted(control):
                yield f"{control} {'would still fail' if control in before else 'would fail anew'}"
        yield from self._left_between_fixed()
        yield from self._made_worse()

    def failing_before(self, key: str) -> set[str]:
        """Return the controls that failed on a subject."""
        return _failing(self.baseline.get(key, {}))

    def remaining(self) -> tuple[Left, ...]:
        """Return what still fails on the connection after every fix, and why."""
        return tuple(Left(control=control, why=self._why(control)) for control in sorted(self._after()) if not self._accepted(control))

    def unknown(self) -> tuple[Left, ...]:
        """Return what is not known about the connection after every fix."""
        found = self.together.verdicts.get(self.key, {})
        return tuple(Left(control=name, why=verdict.message) for name, verdict in sorted(found.items()) if verdict.status == "unknown")

    def gone(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the controls whose finding ends with this patch alone, and those that need the other fixes as well."""
        before = {name for name in self.failing_before(self.key) if not self._accepted(name)}
        alone = _not_passed(self.alone.verdicts.get(self.key, self.baseline.get(self.key, {})))
        after = _not_passed(self._now())
        return tuple(sorted(before - alone)), tuple(sorted((before & alone) - after))

    def meanwhile(self) -> tuple[str, ...]:
        """Return the controls that fail on the connection with this patch alone, and neither before nor after all fixes."""
        alone = _failing(self.alone.verdicts.get(self.key, {}))
        return tuple(sorted(alone - self.failing_before(self.key) - self._after()))

    def _now(self) -> Mapping[str, Verdict]:
        return self.together.verdicts.get(self.key, self.baseline.get(self.key, {}))

    def _after(self) -> set[str]:
        return _failing(self._now())

    def _accepted(self, control: str) -> bool:
        verdict = self.baseline.get(self.key, {}).get(control)
        return verdict is not None and verdict.status == "fail" and not verdict.counts

    def _left_between_fixed(self) -> Iterator[str]:
        for control in sorted(self._after() & set(SHARED)):
            if not self._accepted(control) and not self._to_blame(control):
                yield f"{control} would still fail"

    def _to_blame(self, control: str) -> set[str]:
        """Return the other connections whose settings alone keep a finding alive; none for an internal one, which is open by nature."""
        if control == "S2S-ISO-006":
            return set()
        return self._others(control) - (self.fixed if control == "S2S-ISO-003" else self.closed)

    def _others(self, control: str) -> set[str]:
        facts = self.together.connections.get(self.key)
        return set(_ends(facts, SHARED[control])) - {self.key} if facts else set()

    def _made_worse(self) -> Iterator[str]:
        """Yield what the patch alone brings about on anybody, itself included, unless the other fixes end it.

        A pair that was two-way and is one-way now is weaker, and changes its control: that is no harm.
        """
        for key, verdicts in self.alone.verdicts.items():
            before = self.failing_before(key)
            still = _failing(self.together.verdicts.get(key, verdicts))
            for control in sorted(_failing(verdicts) - before):
                weaker = control == "S2S-ISO-002" and "S2S-ISO-001" in before
                if not weaker and control not in ELSEWHERE and (control in still or control != "S2S-ISO-003"):
                    yield f"{control} would fail anew on `{verdicts[control].resource_name}`"

    def _why(self, control: str) -> str:
        if control in ELSEWHERE:
            return ELSEWHERE[control]
        names = sorted(self.names.get(key, key) for key in self._to_blame(control))
        if not names:
            return "no change of this connection ends it"
        shown = ", ".join(f"`{name}`" for name in names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
        return f"with {shown}, for which no fix is offered: the packet is let in there, and nothing set here stops it"


def _ends(facts: ConnectionFacts, name: str) -> Iterator[str]:
    if name == "remote_overlap":
        yield from (fold_id(example["with_id"]) for example in facts.get("remote_overlap", {"examples": []})["examples"])
        return
    exposure = facts.get(name)
    for witness in exposure["witnesses"] if isinstance(exposure, dict) else ():
        yield fold_id(witness["from"])
        yield fold_id(witness["to"])


def _failing(verdicts: Mapping[str, Verdict]) -> set[str]:
    return {name for name, verdict in verdicts.items() if verdict.status in {"fail", "error"}}


def _not_passed(verdicts: Mapping[str, Verdict]) -> set[str]:
    return set(verdicts)
