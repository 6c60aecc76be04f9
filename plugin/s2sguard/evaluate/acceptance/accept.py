"""Accepting findings: waivers first, then the baseline, pair by pair where a finding is about pairs.

A finding is accepted only as a whole. One that is accepted in part fails, and its message begins with what is left.
Only *fail* is ever accepted: nobody can waive what is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from s2sguard.evaluate.acceptance.baseline import Baseline, Entry
from s2sguard.evaluate.acceptance.parties import EXPOSURES, Estate, Others
from s2sguard.evaluate.acceptance.waivers import Waiver
from s2sguard.evaluate.metadata import SEVERITIES
from s2sguard.evaluate.verdict import Acceptance, Verdict
from s2sguard.facts.document import FactsDocument
from s2sguard.facts.identity import party_label
from s2sguard.model.inventory import fold_id

WHOLE: Final = 1
"""The mask of a finding that is not about pairs: there is only all of it."""
MOST_NAMES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody accepted, as it was read."""

    waivers: tuple[Waiver, ...] = ()
    baseline: Baseline | None = None
    files: tuple[tuple[str, int], ...] = ()
    """Files of waivers, and how many each holds."""
    warning_days: int = 30
    """A waiver in use that ends within so many days is announced."""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """What became of everything given, for the notes."""

    used: set[int] = field(default_factory=set)
    """Waivers, by their place in `Given.waivers`."""
    expired: set[int] = field(default_factory=set)
    """Those that would have been used."""
    only_unknown: set[int] = field(default_factory=set)
    unclear: dict[tuple[int, str], str] = field(default_factory=dict)
    """(waiver, partner as written) -> gateway: the name stands for two partners there."""
    accepted: int = 0
    partly: int = 0
    found: set[str] = field(default_factory=set)
    """Fingerprints of the baseline that still fail."""
    unknown: set[str] = field(default_factory=set)
    """Those that cannot be judged now."""
    known: int = 0
    """Findings that the baseline accepts, or accepts together with a waiver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of one finding is accepted, and by whom."""

    others: Others | None
    total: int
    """Its parts as a mask: the other parties, or `WHOLE`."""
    waived: int
    waivers: tuple[Waiver, ...]
    expired: tuple[Waiver, ...]
    known: int = 0
    """Parts of the baseline that no waiver covers."""
    whole: bool = False
    """A waiver accepts the whole resource, not only pairs."""
    worse: str = ""
    """Why the baseline does not cover it although it holds the finding."""

    @property
    def left(self) -> int:
        """The parts that nobody accepted."""
        return self.total & ~self.waived & ~self.known


class Acceptor:
    """Applies what was given to the verdicts of one run."""

    def __init__(self, facts: FactsDocument, given: Given, today: date) -> None:
        self.ledger = Ledger()
        self._given = given
        self._today = today
        self._estate = Estate(facts=facts)
        self._by_target: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._sides: dict[tuple[int, str], tuple[int, int]] = {}
        ids = _ids_by_name(facts)
        for place, waiver in enumerate(given.waivers):
            written = fold_id(waiver.pair.gateway if waiver.pair else waiver.resource or "")
            # A name stands for a resource only where it can stand for no other one.
            named = ids.get(written, ())
            target = ("pair" if waiver.pair else "resource", named[0] if len(named) == 1 else written)
            self._by_target[(waiver.control, *target)].append(place)

    def coverage(self, verdict: Verdict) -> Coverage:
        """Return what of a failed verdict is accepted."""
        others = self._estate.others(verdict)
        total = others.mask if others else WHOLE
        used: list[int] = []
        expired: list[int] = []
        waived = 0
        for place, part in self._parts(verdict, others):
            if not self._given.waivers[place].holds(self._today):
                expired.append(place)
            elif part:
                used.append(place)
                waived |= part
        whole = any(self._given.waivers[place].resource for place in used)
        self.ledger.used.update(used)
        self.ledger.expired.update(expired)
        held = self._given.waivers
        found = Coverage(
            others=others,
            total=total,
            waived=waived,
            waivers=tuple(held[i] for i in used),
            expired=tuple(held[i] for i in expired),
            whole=whole,
        )
        return self._with_baseline(verdict, found)

    def problems(self, verdict: Verdict) -> int:
        """Return how many problems a finding is, for a baseline to count."""
        return self._estate.problems(verdict)

    def apply(self, verdict: Verdict) -> Verdict:
        """Return the verdict with what was accepted of it."""
        if verdict.status != "fail":
            self._not_failed(verdict)
            return verdict
        found = self.coverage(verdict)
        if not found.left:
            self.ledger.accepted += 1
            acceptance = _acceptance(found, self._given.baseline)
            doubt = self._estate.doubt(verdict) if found.others and not found.whole else ""
            return _unknown(verdict, found, acceptance, doubt) if doubt else replace(verdict, acceptance=acceptance)
        self.ledger.partly += bool(found.waived or found.known)
        remarks = tuple(_remarks(found))
        if not remarks:
            return verdict
        return replace(verdict, message=f"{'; '.join(remarks)}: {verdict.message}", details=(*remarks, *verdict.details))

    def _not_failed(self, verdict: Verdict) -> None:
        if verdict.status in {"unknown", "error"}:
            self.ledger.only_unknown.update(self._matching(verdict))
            self.ledger.unknown.add(verdict.fingerprint)

    def _matching(self, verdict: Verdict) -> Iterator[int]:
        yield from self._by_target.get((verdict.control_id, "resource", fold_id(verdict.resource)), ())
        if verdict.gateway and verdict.control_id in EXPOSURES:
            for place in self._by_target.get((verdict.control_id, "pair", fold_id(verdict.gateway)), ()):
                if verdict.partner is None or self._has_side(place, verdict):
                    yield place

    def _has_side(self, place: int, verdict: Verdict) -> bool:
        """Say whether a waiver names the partner of a verdict that could not be reached: there is no more to compare."""
        pair = self._given.waivers[place].pair
        label = verdict.partner or ""
        return pair is not None and any(fold_id(party_label(fold_id(name))) == fold_id(label) for side in pair.partners for name in side)

    def _parts(self, verdict: Verdict, others: Others | None) -> Iterator[tuple[int, int]]:
        """Yield (waiver, what it covers of this finding) for each that is about it."""
        for place in self._by_target.get((verdict.control_id, "resource", fold_id(verdict.resource)), ()):
            yield place, others.mask if others else WHOLE
        if others is None:
            return
        own = others.parties.owner(others.owner)
        for place in self._by_target.get((verdict.control_id, "pair", fold_id(others.parties.gateway)), ()):
            one, other = self._both_sides(place, others)
            part = others.mask & ((other if own & one else 0) | (one if own & other else 0))
            if part:
                yield place, part

    def _both_sides(self, place: int, others: Others) -> tuple[int, int]:
        """Return the parties on each side of a pair waiver; each waiver is looked up once for its gateway."""
        key = place, others.parties.gateway
        if key not in self._sides:
            pair = self._given.waivers[place].pair
            masks = [0, 0]
            for index, side in enumerate(pair.partners if pair else ()):
                for name in side:
                    found, unclear = others.parties.find(name)
                    masks[index] |= found
                    if unclear:
                        self.ledger.unclear[(place, name)] = others.parties.gateway
            self._sides[key] = masks[0], masks[1]
        return self._sides[key]

    def _with_baseline(self, verdict: Verdict, found: Coverage) -> Coverage:
        baseline = self._given.baseline
        entry = baseline.entries.get(verdict.fingerprint) if baseline else None
        if baseline is None or entry is None:
            return found
        self.ledger.found.add(verdict.fingerprint)
        worse = _worse(verdict, self._estate.problems(verdict), entry, found.others)
        if worse:
            return replace(found, worse=worse)
        known = (baseline.mask(entry, found.others) if found.others else WHOLE) & found.total & ~found.waived
        self.ledger.known += bool(known)
        return replace(found, known=known)


def _worse(verdict: Verdict, problems: int, entry: Entry, others: Others | None) -> str:
    """Return why a finding is more than its entry; empty where the entry is about it."""
    if SEVERITIES.index(verdict.severity) < SEVERITIES.index(entry.severity):
        return f"the baseline has it as {entry.severity}"
    if problems > entry.problems:
        return f"{problems} problems where the baseline has {entry.problems}"
    if (others is None) != (entry.party is None):
        return "the baseline does not say with whom" if others else "the facts do not say with whom"
    return ""


def _acceptance(found: Coverage, baseline: Baseline | None) -> Acceptance:
    """Return who accepts a finding: with several waivers the first day that one of them ends."""
    in_baseline = f"in the baseline of {baseline.created}" if baseline and found.known else ""
    if not found.waivers:
        return Acceptance(kind="baseline", reason=in_baseline)
    reasons = _unique(waiver.reason for waiver in found.waivers)
    if in_baseline:
        reasons = (*reasons, f"{found.known.bit_count()} of {found.total.bit_count()} pairs {in_baseline}")
    days = [waiver.expires for waiver in found.waivers if waiver.expires is not None]
    return Acceptance(
        kind="waiver",
        reason="; ".join(reasons),
        owner=", ".join(_unique(waiver.owner for waiver in found.waivers)),
        ticket=", ".join(_unique(waiver.ticket for waiver in found.waivers if waiver.ticket)),
        expires=min(days, default=None),
    )


def _unknown(verdict: Verdict, found: Coverage, acceptance: Acceptance, doubt: str) -> Verdict:
    """Return what remains where every known pair is accepted and others are possible: not known, which nobody can accept."""
    message = f"{found.total.bit_count()} pairs are accepted ({acceptance.reason}), and more are possible: {doubt}"
    return replace(verdict, status="unknown", certainty="unknown", message=message, details=(message,))


def _unique(texts: Collection[str] | Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _remarks(found: Coverage) -> Iterator[str]:
    """Yield what is left of a finding that is not accepted as a whole, and what would have accepted it."""
    if found.others and (found.waived or found.known):
        yield _left(found, found.others)
    if found.worse:
        yield found.worse
    for waiver in found.expired[:MOST_NAMES]:
        place = f" ({waiver.place})" if waiver.place else ""
        when = f"expired on {waiver.expires}" if waiver.expires else "has no valid last day, so it has expired"
        yield f"the waiver of {waiver.owner}{place} {when}"
    if len(found.expired) > MOST_NAMES:
        yield f"and {len(found.expired) - MOST_NAMES} more waivers have expired"


def _left(found: Coverage, others: Others) -> str:
    count, total = found.left.bit_count(), found.total.bit_count()
    names = [party_label(name) for name in _first(others.parties.names_of(found.left), MOST_NAMES)]
    more = f" and {count - len(names)} more" if count > len(names) else ""
    verb = "is" if count == 1 else "are"
    if found.waived and found.known:
        what = f"{verb} neither waived nor in the baseline"
    else:
        what = f"{verb} not waived" if found.waived else f"{verb} new since the baseline"
    return f"{count} of {total} pairs {what} (with {', '.join(names)}{more})"


def _first(names: Iterator[str], most: int) -> Sequence[str]:
    return [name for _, name in zip(range(most), names, strict=False)]


def _ids_by_name(facts: FactsDocument) -> dict[str, list[str]]:
    """Return name -> ids, both folded, of everything that is judged."""
    found: dict[str, list[str]] = defaultdict(list)
    for subject in (*facts["gateways"], *facts["connections"], *facts["sites"]):
        found[fold_id(subject["name"])].append(fold_id(subject["id"]))
    return found
