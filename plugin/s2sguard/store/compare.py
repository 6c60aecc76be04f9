"""What changed between two runs. Pure: two `RunView` in, one `Diff` out.

A finding is a verdict that failed. Every finding of either run is in exactly one of `new`, `ended`, `changed` and `unchanged`:
`new` failed only in the later run, `ended` only in the earlier one, the others in both.

A finding that is not there any more is resolved only where that is known: its resource was judged again and does not fail, or it is gone
and everything was read. What became unknown, or was not seen by a run that could not read everything, has ended in nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from s2sguard.evaluate.verdict import Severity
from s2sguard.report.summary import RANK
from s2sguard.store.pair_changes import PairChange, pair_changes
from s2sguard.store.view import Entry, RunInfo, RunView

Before: TypeAlias = Literal["passed", "absent", "unknown", "unseen"]
"""What a run without the finding knew of it: its resource was judged and did not fail it; the resource was not there; the verdict was
unknown; the resource was not there, and the run has gaps that may have hidden it."""

KNOWN: Final = frozenset({"passed", "absent"})
ASPECTS: Final = ("severity", "message", "details", "pairs", "acceptance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """A finding that only one of the runs has, and what the other one knows of it."""

    entry: Entry
    other: Before


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A finding that both runs have, and what is different about it."""

    before: Entry
    after: Entry
    aspects: tuple[str, ...]
    """Of `ASPECTS`, in their order."""

    @property
    def worse(self) -> bool:
        """Say whether it asks for more than before: it counts again, it is more severe, or it is about more pairs."""
        if self.before.counts != self.after.counts:
            return self.after.counts
        return rank(self.after) < rank(self.before) or (self.after.node.get("pairs") or 0) > (self.before.node.get("pairs") or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What changed from `before` to `after`; every list in the order of severity, control and resource."""

    before: RunInfo
    after: RunInfo
    new: tuple[Single, ...]
    """`other` says what the earlier run knew."""
    ended: tuple[Single, ...]
    """`other` says what the later run knows."""
    changed: tuple[Changed, ...]
    unchanged: tuple[Entry, ...]
    """As the later run has them."""
    unknown: tuple[Single, ...]
    """Verdicts unknown only in the later run that were no finding in the earlier one."""
    known: tuple[Single, ...]
    """Verdicts unknown only in the earlier run that are no finding in the later one."""
    still_unknown: int
    """Verdicts unknown in both runs."""
    pairs: tuple[PairChange, ...] | None
    """None where a run does not say who reaches whom."""
    gaps: tuple[int, int]
    """Places that could not be read, in each run."""

    @property
    def resolved(self) -> tuple[Single, ...]:
        """Return the findings that are known to be no more."""
        return tuple(single for single in self.ended if single.other in KNOWN)

    @property
    def lost(self) -> tuple[Single, ...]:
        """Return the findings that nobody can tell about any more: unknown now, or not seen."""
        return tuple(single for single in self.ended if single.other not in KNOWN)

    @property
    def empty(self) -> bool:
        """Say whether nothing is different."""
        return not (self.new or self.ended or self.changed or self.unknown or self.known or self.pairs)


def compare(before: RunView, after: RunView) -> Diff:
    """Return what changed between two runs, whichever is older."""
    old, later = before.entries, after.entries
    both = old.keys() & later.keys()
    failed = {key for key in both if old[key].status == "fail" and later[key].status == "fail"}
    changes = [_change(old[key], later[key]) for key in failed]
    return Diff(
        before=before.info,
        after=after.info,
        new=_singles((entry for key, entry in later.items() if entry.status == "fail" and key not in failed), before),
        ended=_singles((entry for key, entry in old.items() if entry.status == "fail" and key not in failed), after),
        changed=tuple(sorted((change for change in changes if change.aspects), key=lambda change: _order(change.after))),
        unchanged=tuple(sorted((change.after for change in changes if not change.aspects), key=_order)),
        unknown=_singles(_only_unknown(after, before), before),
        known=_singles(_only_unknown(before, after), after),
        still_unknown=sum(old[key].status != "fail" and later[key].status != "fail" for key in both),
        pairs=_pairs(before, after),
        gaps=(len(before.gaps), len(after.gaps)),
    )


def failing(diff: Diff, severities: Iterable[Severity]) -> tuple[Entry, ...]:
    """Return the findings of these severities that count now and are new or worse: those that end `s2sguard diff` with 1."""
    wanted = frozenset(severities)
    found = [*(single.entry for single in diff.new), *(change.after for change in diff.changed if change.worse)]
    return tuple(sorted((entry for entry in found if entry.counts and entry.severity in wanted), key=_order))


def rank(entry: Entry) -> int:
    """Return how severe a verdict is: 0 is the worst."""
    return RANK[entry.severity]  # type: ignore[index]  # one of the four, checked where it was read


def _only_unknown(run: RunView, other: RunView) -> Iterator[Entry]:
    for key, entry in run.entries.items():
        if entry.status != "fail" and key not in other.entries:
            yield entry


def _singles(entries: Iterable[Entry], other: RunView) -> tuple[Single, ...]:
    return tuple(Single(entry=entry, other=_known(entry, other)) for entry in sorted(entries, key=_order))


def _known(entry: Entry, other: RunView) -> Before:
    if entry.fingerprint in other.entries:
        return "unknown"
    if other.judged(entry.resource):
        return "passed"
    return "unseen" if other.blind else "absent"


def _change(before: Entry, after: Entry) -> Changed:
    one, two = before.compared(), after.compared()
    return Changed(before=before, after=after, aspects=tuple(aspect for aspect in ASPECTS if one[aspect] != two[aspect]))


def _order(entry: Entry) -> tuple[int, str, str, str]:
    return rank(entry), entry.control, entry.resource.casefold(), entry.fingerprint


def _pairs(before: RunView, after: RunView) -> tuple[PairChange, ...] | None:
    if before.gateways is None or after.gateways is None:
        return None
    return pair_changes(before.gateways, after.gateways, blind=(before.blind, after.blind))
