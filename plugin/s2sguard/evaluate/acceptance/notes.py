"""What a report says of the waivers and the baseline themselves: a scanned repository may bring them along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from s2sguard.evaluate.acceptance.accept import Given, Ledger
from s2sguard.evaluate.acceptance.baseline import Baseline
from s2sguard.evaluate.acceptance.parties import EXPOSURES
from s2sguard.evaluate.acceptance.waivers import Waiver

MOST_LISTED: Final = 10


def notes_on(given: Given, ledger: Ledger, today: date, controls: frozenset[str]) -> Iterator[str]:
    """Yield one line for each thing worth knowing, in a fixed order. `controls` are all control ids there are; empty is not known."""
    for file, number in given.files:
        yield f"{_count(number, 'waiver')} read from {file}"
    if ledger.accepted or ledger.partly:
        part = f", {ledger.partly} more in part" if ledger.partly else ""
        yield f"{_count(ledger.accepted, 'finding')} accepted{part}: accepted findings stay in this report and do not fail"
    if given.baseline is not None:
        yield from _on_baseline(given.baseline, ledger)
    yield from _on_waivers(given, ledger, today, controls)


def _on_baseline(baseline: Baseline, ledger: Ledger) -> Iterator[str]:
    entries = baseline.entries.keys()
    text = f"{_count(len(entries), 'finding')} in the baseline {baseline.file} of {baseline.created}"
    yield f"{text}, {len(entries & ledger.found)} of them found again"
    unknown = entries & ledger.unknown - ledger.found
    if unknown:
        yield f"{_count(len(unknown), 'finding')} of the baseline cannot be judged now: unknown is not resolved"
    resolved = len(entries) - len(entries & ledger.found) - len(unknown)
    if resolved:
        yield f"{_count(resolved, 'finding')} of the baseline not found in this input: where that is all of it, write it again"


def _on_waivers(given: Given, ledger: Ledger, today: date, controls: frozenset[str]) -> Iterator[str]:
    waivers = list(enumerate(given.waivers))
    expired = [waiver for place, waiver in waivers if not waiver.holds(today)]
    if undated := [waiver for waiver in expired if waiver.expires is None]:
        yield f"{_count(len(undated), 'waiver')} without a valid `expires` (YYYY-MM-DD), so expired: {_list(undated)}"
    if over := [waiver for waiver in expired if waiver.expires is not None]:
        yield f"{_count(len(over), 'waiver')} expired: {_list(over, day=True)}"
    soon = today + timedelta(days=given.warning_days)
    ending = [waiver for place, waiver in waivers if place in ledger.used and waiver.expires is not None and waiver.expires <= soon]
    if ending:
        yield f"{_count(len(ending), 'waiver')} in use will end within {_count(given.warning_days, 'day')}: {_list(ending, day=True)}"
    for (place, name), gateway in list(ledger.unclear.items())[:MOST_LISTED]:
        where = given.waivers[place].place
        yield f"partner {name} of a waiver ({where}) is two partners on {_short(gateway)}, so neither: write the id of the site in full"
    unused = [(place, waiver) for place, waiver in waivers if place not in ledger.used and waiver.holds(today)]
    if unknown := [waiver for place, waiver in unused if place in ledger.only_unknown]:
        yield f"{_count(len(unknown), 'waiver')} about unknown verdicts only, which no waiver accepts: {_list(unknown)}"
    rest = [waiver for place, waiver in unused if place not in ledger.only_unknown]
    if useless := [waiver for waiver in rest if waiver.pair and waiver.control not in EXPOSURES]:
        names = ", ".join(EXPOSURES)
        yield f"{_count(len(useless), 'waiver')} of a pair for a control that judges no pairs (those are {names}): {_list(useless)}"
    if strange := [waiver for waiver in rest if controls and waiver.control not in controls]:
        yield f"{_count(len(strange), 'waiver')} for a control that does not exist: {_list(strange)}"
    named = {id(waiver) for waiver in (*useless, *strange)}
    if idle := [waiver for waiver in rest if id(waiver) not in named]:
        yield f"{_count(len(idle), 'waiver')} unused, as no finding of this input matches: {_list(idle)}"


def _list(waivers: Iterable[Waiver], *, day: bool = False) -> str:
    texts = []
    for waiver in waivers:
        place = f" ({waiver.place})" if waiver.place else ""
        ends = f" on {waiver.expires}" if day else ""
        texts.append(f"{waiver.control} for {_short(waiver.about)}{place}{ends}")
    more = f", and {len(texts) - MOST_LISTED} more" if len(texts) > MOST_LISTED else ""
    return ", ".join(texts[:MOST_LISTED]) + more


def _short(about: str) -> str:
    return about.rstrip("/").rpartition("/")[2] if about.startswith("/") else about


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
