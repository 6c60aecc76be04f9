"""What makes two runs hard to compare: another tool, other rules, other settings, something not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from s2sguard.report.printable import printable
from s2sguard.report.style import count, some
from s2sguard.store.compare import Diff
from s2sguard.store.view import RunInfo

DIGITS: Final = 12
MOST_NAMES: Final = 5


def notes(diff: Diff) -> Iterator[str]:
    """Yield one line for each thing besides the estate that a difference may come from; names are printable."""
    before, after = diff.before, diff.after
    if before.scope != after.scope:
        yield f"the scopes differ: {printable(before.scope, limit=200)}, now {printable(after.scope, limit=200)}"
    if before.started > after.started:
        yield f"{printable(after.label)} is the older one"
    if before.tool_version != after.tool_version:
        yield f"s2sguard {printable(before.tool_version)}, now {printable(after.tool_version)}"
    if before.pack_digest != after.pack_digest:
        old, new = before.pack_digest[:DIGITS], after.pack_digest[:DIGITS]
        yield f"the policies differ ({printable(old)}, now {printable(new)}): a finding may be new because its rule is"
    yield from _assumptions(before, after)
    changed = sorted({*before.settings_changed} ^ {*after.settings_changed})
    if changed:
        yield f"other settings differ from the hardened defaults than before: {some([printable(name) for name in changed], MOST_NAMES)}"
    if diff.gaps[1]:
        yield f"{count(diff.gaps[1], 'place')} could not be read in {printable(after.label)} (before: {diff.gaps[0]})"
    elif diff.gaps[0]:
        yield f"everything could be read in {printable(after.label)}; {count(diff.gaps[0], 'place')} could not before"
    if before.inputs_digest and before.inputs_digest == after.inputs_digest and not diff.empty:
        yield "both runs read the same files: what changed is the tool, its settings or the date"
    if diff.pairs is None:
        yield "the reports do not say which pairs are open: write them with --with-facts, or keep runs in a store"


def day(started: str) -> str:
    """Return a time for people, to the minute: `2026-11-29 02:00 UTC`; as it is where it is no time in UTC."""
    if len(started) >= len("2026-11-29T02:00") and started.endswith(("+00:00", "Z")):
        return f"{printable(started[:10])} {printable(started[11:16])} UTC"
    return printable(started, limit=40)


def _assumptions(before: RunInfo, after: RunInfo) -> Iterator[str]:
    for name in sorted(before.assumptions.keys() | after.assumptions.keys()):
        old, new = before.assumptions.get(name), after.assumptions.get(name)
        if old != new:
            yield f"assumption {printable(name)} was {printable(str(old))}, now {printable(str(new))}"
