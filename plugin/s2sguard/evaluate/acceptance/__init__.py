"""Findings that somebody accepted: waivers, which have a reason, an owner and a last day, and the baseline of an estate.

.. code-block:: text

    accept       verdicts -> verdicts with `Acceptance`; waivers first, then the baseline
    waivers      the shape of a waivers file, its one reader and writer
    baseline     the shape of a baseline, its reader and writer
    parties      who the other parties of a finding are, as bit masks
    notes        what a report says of the waivers and the baseline themselves

Nothing here reads a file or a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from s2sguard.evaluate.acceptance.accept import Acceptor, Given
from s2sguard.evaluate.acceptance.baseline import Baseline, BaselineWriter, read_baseline
from s2sguard.evaluate.acceptance.notes import notes_on
from s2sguard.evaluate.acceptance.waivers import Pair, Waiver, read_waivers, waivers_document
from s2sguard.evaluate.verdict import Control, Verdict
from s2sguard.facts.document import FactsDocument

__all__ = ["Baseline", "Given", "Pair", "Waiver", "accept", "baseline_text", "read_baseline", "read_waivers", "waivers_document"]


def accept(
    verdicts: Sequence[Verdict], facts: FactsDocument, given: Given, today: date, controls: Collection[Control] = ()
) -> tuple[Sequence[Verdict], tuple[str, ...]]:
    """Return the verdicts with what was accepted of them, and the notes on what was given. Pure.

    `controls` are all there are, so that a waiver for another one can be named.
    """
    if not given.files and not given.waivers and given.baseline is None:
        return verdicts, ()
    acceptor = Acceptor(facts, given, today)
    judged = tuple(map(acceptor.apply, verdicts))
    return judged, tuple(notes_on(given, acceptor.ledger, today, frozenset(control.id for control in controls)))


def baseline_text(verdicts: Iterable[Verdict], facts: FactsDocument, given: Given, *, today: date, tool_version: str) -> tuple[str, int]:
    """Return a baseline of everything that fails now and is not waived, and how many findings it holds.

    `verdicts` are as they were judged, before `accept`; the baseline in `given` is left aside.
    """
    acceptor = Acceptor(facts, Given(waivers=given.waivers), today)
    writer = BaselineWriter()
    held = 0
    for verdict in verdicts:
        if verdict.status == "fail":
            found = acceptor.coverage(verdict)
            if found.left:
                held += 1
                writer.add(verdict, acceptor.problems(verdict), found.others, found.left)
    return writer.text(tool_version=tool_version, created=today), held
