"""A diff for a person who is tired: the first line says whether anything got worse, then what, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from s2sguard.report.names import Names
from s2sguard.report.printable import printable
from s2sguard.report.style import Colour, Style, count, joined, some
from s2sguard.report.summary import SEVERITIES
from s2sguard.store.compare import Before, Changed, Diff, Single
from s2sguard.store.diff_notes import day, notes
from s2sguard.store.pair_changes import Kind
from s2sguard.store.pair_text import MOST_NAMES, PAIR_HEADS, pair_line
from s2sguard.store.view import Entry

MOST_LINES = 20
"""Groups of findings shown of one section; its head has the true count."""

COLOURS: Mapping[str, Colour] = {"critical": "red", "high": "red", "medium": "yellow", "low": "dim"}
BEFORE: Mapping[Before, str] = {
    "passed": "",
    "absent": "",
    "unknown": "was unknown before",
    "unseen": "not seen before, as something was not read",
}
NOW: Mapping[Before, str] = {
    "passed": "",
    "absent": "its resource is no longer in the input",
    "unknown": "unknown now",
    "unseen": "not seen, and something was not read",
}


def diff_text(diff: Diff, style: Style) -> str:
    """Return the whole diff as text; every name in it is printable."""
    shown = _Shown(diff, style)
    return "\n".join((*shown.head(), *shown.body(), *shown.foot())) + "\n"


class _Shown:
    """One diff with the names that tell its resources apart."""

    def __init__(self, diff: Diff, style: Style) -> None:
        self._diff = diff
        self._style = style
        entries = list(_entries(diff))
        # What is on another gateway has another line, so names are told apart within each.
        self._names = Names(resource=((entry.resource, str(entry.node["resource_name"])) for entry in entries))
        gateways = {str(entry.node["gateway"]) for entry in entries if entry.node.get("gateway")}
        known = {(change.gateway, change.name) for change in diff.pairs or ()}
        self._gateways = Names(gateway=(*known, *((gateway, gateway.rstrip("/").rsplit("/", 1)[-1]) for gateway in sorted(gateways))))

    def head(self) -> Iterator[str]:
        """Yield the answer, the two runs, and what makes them hard to compare."""
        diff, style = self._diff, self._style
        word, text, colour = answer(diff)
        yield from style.headed(f"{word}: ", text, f"{style.paint(word, colour)}: ")
        yield from style.wrap(f"{_run(diff.before.label, diff.before.started)} -> {_run(diff.after.label, diff.after.started)}", first="  ")
        if diff.before.scope == diff.after.scope:
            yield from style.wrap(f"scope: {printable(diff.after.scope, limit=200)}", first="  ")
        for note in notes(diff):
            yield from style.headed("  note: ", note, f"  {style.paint('note', 'yellow')}: ")

    def body(self) -> Iterator[str]:
        """Yield every section that has something in it, what got worse first."""
        diff = self._diff
        worse = [change for change in diff.changed if change.worse]
        other = [change for change in diff.changed if not change.worse]
        yield from self._pairs(("opened", "wider"))
        yield from self._singles("new findings", diff.new, BEFORE)
        yield from self._changes("worse findings", worse)
        yield from self._singles("findings nobody can tell about any more", diff.lost, NOW)
        yield from self._singles("unknown, and not before", diff.unknown, {})
        yield from self._pairs(("unknown",))
        yield from self._changes("changed findings", other)
        yield from self._titles("resolved findings", diff.resolved, NOW)
        yield from self._pairs(("narrower", "closed", "known"))
        yield from self._titles("unknown before, and no more", diff.known, NOW)

    def foot(self) -> Iterator[str]:
        """Yield what did not change, in numbers."""
        counted = Counter(entry.severity for entry in self._diff.unchanged)
        kinds = joined(f"{counted[severity]} {severity}" for severity in SEVERITIES if counted[severity])
        accepted = sum(entry.accepted for entry in self._diff.unchanged)
        aside = f"; {accepted} of them accepted" if accepted else ""
        yield ""
        unknown = f", {count(self._diff.still_unknown, 'unknown verdict')}" if self._diff.still_unknown else ""
        yield f"unchanged: {count(len(self._diff.unchanged), 'finding')}{f' ({kinds}{aside})' if kinds else ''}{unknown}"

    def _head(self, text: str, number: str) -> Iterator[str]:
        yield ""
        yield self._style.paint(f"{text} ({number})", "bold")

    def _singles(self, head: str, singles: Sequence[Single], asides: Mapping[Before, str]) -> Iterator[str]:
        rows = [(single.entry, _with_aside(single.entry, asides.get(single.other, ""))) for single in singles]
        yield from self._rows(head, rows)

    def _titles(self, head: str, singles: Sequence[Single], asides: Mapping[Before, str]) -> Iterator[str]:
        """What is over needs its name, and no advice."""
        rows = [(single.entry, "; ".join(filter(None, (_title(single.entry), asides[single.other])))) for single in singles]
        yield from self._rows(head, rows)

    def _changes(self, head: str, changes: Sequence[Changed]) -> Iterator[str]:
        yield from self._rows(head, [(change.after, "; ".join(_what_changed(change))) for change in changes])

    def _rows(self, head: str, rows: Sequence[tuple[Entry, str]]) -> Iterator[str]:
        if not rows:
            return
        accepted = sum(entry.accepted for entry, _ in rows)
        yield from self._head(head, f"{len(rows)}, {accepted} of them accepted" if accepted else str(len(rows)))
        groups: dict[tuple[str, str, str], list[Entry]] = {}
        for entry, text in rows:
            groups.setdefault((entry.severity, entry.control, text), []).append(entry)
        width = max(len(severity) for severity, *_ in groups)
        for (severity, control, text), entries in list(groups.items())[:MOST_LINES]:
            start = f"  {severity.ljust(width)}  {printable(control)}  "
            painted = f"  {self._style.paint(severity, COLOURS[severity])}{' ' * (width - len(severity))}  {printable(control)}  "
            yield from self._style.headed(start, self._where(entries), painted)
            yield from self._style.wrap(printable(text), first=" " * (width + 4))
        if len(groups) > MOST_LINES:
            yield f"  and {len(groups) - MOST_LINES} more groups (all: --format json)"

    def _where(self, entries: Sequence[Entry]) -> str:
        """Return the resources of some findings: after their gateway where it is one, else each with its own."""
        gateways = {str(entry.node.get("gateway") or "") for entry in entries}
        names = [self._names[entry.resource] for entry in entries]
        if len(gateways) == 1:
            gateway = gateways.pop()
            return f"{self._gateways[gateway]}: {some(sorted(names), MOST_NAMES)}" if gateway else some(sorted(names), MOST_NAMES)
        places = [str(entry.node.get("gateway") or "") for entry in entries]
        named = [f"{name} on {self._gateways[place]}" if place else name for name, place in zip(names, places, strict=True)]
        return some(sorted(named), MOST_NAMES)

    def _pairs(self, kinds: Sequence[Kind]) -> Iterator[str]:
        for kind in kinds:
            changes = [change for change in self._diff.pairs or () if change.kind == kind]
            if changes:
                yield from self._head(f"pairs {PAIR_HEADS[kind]}", str(sum(change.number for change in changes)))
                for change in changes[:MOST_LINES]:
                    yield from self._style.wrap(pair_line(change, self._gateways), first="  ", rest="    ")
            if len(changes) > MOST_LINES:
                yield f"  and {len(changes) - MOST_LINES} more groups (all: --format json)"


def answer(diff: Diff) -> tuple[str, str, Colour]:
    """Return the first line of a diff: one word, the reason for it, and its colour."""
    pairs = _counted_pairs(diff)
    new = [single.entry for single in diff.new if single.entry.counts]
    worse = [change.after for change in diff.changed if change.worse]
    opened, wider = pairs["opened"], pairs["wider"]
    bad = joined((_findings(new, "new"), _findings(worse, "worse"), _some_pairs(opened, "opened"), _some_pairs(wider, "open wider")))
    lost, unknown = len(diff.lost), len(diff.unknown)
    doubt = joined(
        (
            f"{count(lost, 'finding')} nobody can tell about any more" if lost else "",
            f"{count(unknown, 'verdict')} unknown and not before" if unknown else "",
            _some_pairs(pairs["unknown"], "not known any more"),
        )
    )
    good = joined((f"{count(len(diff.resolved), 'finding')} resolved" if diff.resolved else "", _some_pairs(pairs["closed"], "closed")))
    if bad:
        return "WORSE", "; ".join(filter(None, (bad, doubt, good))), "red"
    if doubt:
        return "LESS KNOWN", "; ".join(filter(None, (doubt, good))), "yellow"
    if good:
        return "BETTER", good, "green"
    if not diff.empty:
        return "CHANGED", _quiet(diff), "cyan"
    still = f" and {count(diff.still_unknown, 'unknown verdict')}" if diff.still_unknown else ""
    return "NO CHANGE", f"{count(len(diff.unchanged), 'finding')}{still} as before", "cyan" if diff.unchanged or still else "green"


def _quiet(diff: Diff) -> str:
    accepted = sum(single.entry.accepted for single in diff.new)
    return joined(
        (
            f"{count(accepted, 'accepted finding')} new" if accepted else "",
            f"{count(len(diff.changed), 'finding')} changed" if diff.changed else "",
            f"{count(len(diff.known), 'verdict')} no longer unknown" if diff.known else "",
            f"{count(sum(change.number for change in diff.pairs), 'pair')} changed" if diff.pairs else "",
        )
    )


def _findings(entries: Sequence[Entry], word: str) -> str:
    if not entries:
        return ""
    counted = Counter(entry.severity for entry in entries)
    kinds = joined(f"{counted[severity]} {severity}" for severity in SEVERITIES if counted[severity])
    return f"{count(len(entries), f'{word} finding')} ({kinds})"


def _counted_pairs(diff: Diff) -> Counter[Kind]:
    found: Counter[Kind] = Counter()
    for change in diff.pairs or ():
        found[change.kind] += change.number
    return found


def _some_pairs(number: int, word: str) -> str:
    return f"{count(number, 'pair')} {word}" if number else ""


def _run(label: str, started: str) -> str:
    return f"{printable(label)} ({day(started)})"


def _with_aside(entry: Entry, aside: str) -> str:
    accepted = f"accepted: {_reason(entry)}" if entry.accepted else ""
    marks = "; ".join(filter(None, (accepted, aside)))
    return f"{entry.message} ({marks})" if marks else entry.message


def _title(entry: Entry) -> str:
    return str(entry.node.get("title") or entry.message)


def _reason(entry: Entry) -> str:
    acceptance = entry.node.get("acceptance") or {}
    until = f", until {acceptance['expires']}" if acceptance.get("expires") else ""
    return f"{acceptance.get('reason', '')}{until}"


def _what_changed(change: Changed) -> Iterator[str]:
    before, after = change.before, change.after
    if "severity" in change.aspects:
        yield f"severity {before.severity} -> {after.severity}"
    if "pairs" in change.aspects:
        yield f"pairs {_number(before)} -> {_number(after)}"
    if "acceptance" in change.aspects:
        if before.accepted and after.accepted:
            yield f"accepted otherwise: {_reason(after)} (was: {_reason(before)})"
        else:
            yield f"accepted: {_reason(after)}" if after.accepted else f"no longer accepted (was: {_reason(before)})"
    if "message" in change.aspects and "pairs" not in change.aspects:
        yield f"{after.message} (was: {before.message})"
    else:
        yield after.message
    if "details" in change.aspects and "message" not in change.aspects:
        yield "other messages behind it changed"


def _number(entry: Entry) -> str:
    pairs = entry.node.get("pairs")
    return "none" if pairs is None else str(pairs)


def _entries(diff: Diff) -> Iterable[Entry]:
    for singles in (diff.new, diff.ended, diff.unknown, diff.known):
        yield from (single.entry for single in singles)
    yield from (change.after for change in diff.changed)
