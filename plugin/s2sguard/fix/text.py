"""Fixes for people: what to change, what was seen after it, what it does to the tunnel, and the snippets in fences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from s2sguard.facts.document import PairCounts
from s2sguard.fix.model import Change, Checked, Elsewhere, Fix, FixPlan, Language, Left, NoFix, Settled, Subject
from s2sguard.model.inventory import Position
from s2sguard.report.names import Names
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, count, some

FENCES: Mapping[Language, str] = {"bicep": "bicep", "terraform": "hcl", "az": "sh", "powershell": "powershell"}
_NAME = 90
_SHOWN_RANGES = 8
_AGAIN = "(again: the connection is made anew)"


class TextFixes:
    """Renders a plan of fixes as text."""

    def __init__(self, style: Style) -> None:
        self._style = style

    def render(self, plan: FixPlan) -> str:
        """Return the whole text."""
        sections: list[list[str]] = [list(self._fix(fix, plan)) for fix in plan.fixes]
        sections += [list(self._settled(one, plan.names)) for one in plan.settled]
        sections += [list(self._no_fix(found, plan.names)) for found in plan.without]
        sections += [lines for lines in (list(self._elsewhere(plan.elsewhere)), list(self._summary(plan))) if lines]
        return "\n\n".join("\n".join(lines) for lines in sections) + "\n"

    def _head(self, subject: Subject, what: str, names: Names) -> Iterator[str]:
        partner = f", partner {printable(subject.partner, limit=_NAME)}" if subject.partner else ""
        yield self._style.paint(f"{what}  {names[subject.resource.id]} on {names[subject.gateway]}{partner}", "bold")
        yield f"  written in  {printable(str(subject.resource.source))}{_at(subject.position)}"
        yield from self._style.wrap(f"{len(subject.findings)}: {', '.join(subject.controls)}", first="  findings    ")

    def _fix(self, fix: Fix, plan: FixPlan) -> Iterator[str]:
        yield from self._head(fix.subject, "FIX", plan.names)
        first = "  change      "
        for change in fix.patch.changes:
            yield from self._style.wrap(change_text(change), first=first)
            first = " " * len(first)
        yield from self._checked(fix, plan)
        first = "  their side  "
        for local, remote in fix.selectors:
            text = f"local {_ranges(remote)}  remote {_ranges(local)}"
            yield from self._style.wrap(text, first=first)
            first = " " * len(first)
        yield "  what it does to the running tunnel"
        for effect in fix.effects:
            yield from self._style.wrap(effect, first="    - ")
        yield "  in this order"
        for number, step in enumerate(fix.steps, 1):
            yield from self._style.wrap(step, first=f"    {number}. ")
        for language, snippet in fix.snippets.items():
            yield from ("", f"```{FENCES[language]}", *snippet.rstrip("\n").split("\n"), "```")

    def _checked(self, fix: Fix, plan: FixPlan) -> Iterator[str]:
        checked = fix.checked
        said = f"after this change alone {len(checked.gone)} of {count(len(fix.subject.findings), 'finding')} are gone{_pairs(checked)}"
        yield from self._style.wrap(said, first="  checked     ")
        rest = "              "
        if checked.gone_together:
            yield from self._style.wrap(f"gone with the other fixes of the gateway: {', '.join(checked.gone_together)}", first=rest)
        if checked.meanwhile:
            yield from self._style.wrap(f"until then, in place of something worse: {', '.join(checked.meanwhile)}", first=rest)
        for left in checked.remaining:
            yield from self._style.wrap(f"remaining: {_left(left)}", first=rest)
        for left in checked.unknown:
            yield from self._style.wrap(f"not known, before or after: {_left(left)}", first=rest)
        yield from self._style.wrap(f"under peer_child_sa={plan.assumptions['peer_child_sa']}, applied to a copy, judged again", first=rest)

    def _settled(self, one: Settled, names: Names) -> Iterator[str]:
        yield from self._head(one.subject, "NOTHING TO CHANGE", names)
        yield from self._style.wrap(
            f"its own settings are right; gone with the other fixes of the gateway: {', '.join(one.gone_together)}", first="  checked     "
        )

    def _no_fix(self, found: NoFix, names: Names) -> Iterator[str]:
        yield from self._head(found.subject, "NO NATIVE FIX", names)
        for obstacle in found.obstacles:
            yield from self._style.wrap(printable(obstacle.requirement), first="  because     ")
            yield from self._style.wrap(printable(obstacle.instead), first="  instead     ")

    def _elsewhere(self, listed: Sequence[Elsewhere]) -> Iterator[str]:
        if not listed:
            return
        yield self._style.paint("NOT ON CONNECTIONS", "bold")
        for one in listed:
            name = printable(one.verdict.resource_name, limit=_NAME)
            yield from self._style.wrap(f"{name}: {printable(one.verdict.fix)}", first=f"  {one.verdict.control_id}  ")
            if one.command:
                yield from ("", "```sh", one.command, "```")

    def _summary(self, plan: FixPlan) -> Iterator[str]:
        for gateway in plan.gateways:
            every = "all of them" if gateway.fixes + gateway.settled == gateway.failing else f"all {gateway.fixes} fixes"
            fixes = f"{plan.names[gateway.id]}: {gateway.fixes} of {count(gateway.failing, 'failing connection')} have a verified fix"
            fixes += f", {gateway.settled} need none of their own" if gateway.settled else ""
            yield from self._style.wrap(fixes + (f"; after {every}: {_outcome(gateway.after, plan)}" if gateway.fixes else ""))
        if not plan.fixes and not plan.settled and not plan.without:
            yield "no failing connection: nothing to fix" if not plan.nothing_read else "nothing was read, so nothing can be fixed"


def change_text(change: Change) -> str:
    """Return one change for people; of an IPsec policy only the fields that change."""
    old = {name.lower(): value for name, value in _policy(change.before).items()}
    new = _policy(change.after)
    if change.name == "ipsecPolicies" and old and new:
        fields = [f"{name} {value_text(old.get(name.lower()))} -> {value_text(value)}" for name, value in new.items()]
        changed = [text for text, (name, value) in zip(fields, new.items(), strict=True) if old.get(name.lower()) != value]
        return f"ipsecPolicies: {', '.join(changed)}" if changed else f"ipsecPolicies: {value_text(change.after)} {_AGAIN}"
    before, after = value_text(change.before), value_text(change.after)
    return f"{change.name}: {after} {_AGAIN}" if before == after else f"{change.name}: {before} -> {after}"


def _policy(value: object) -> dict[str, object]:
    """Return the fields of the one policy in a value; none where there is none."""
    element = value[0] if isinstance(value, list | tuple) and value else None
    return {str(name): member for name, member in element.items()} if isinstance(element, Mapping) else {}


def value_text(value: object) -> str:
    """Return a value of a patch for people, safe to print."""
    if value is None or value in ([], ()):
        return "none" if value is not None else "not set"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "; ".join(map(value_text, value))
    if isinstance(value, Mapping):
        lowered = {name.lower(): member for name, member in value.items()}
        if "localaddressranges" in lowered or "remoteaddressranges" in lowered:
            sides = (lowered.get("localaddressranges") or (), lowered.get("remoteaddressranges") or ())
            return " <-> ".join(_ranges(map(str, side)) for side in sides if isinstance(side, list | tuple))
        return ", ".join(f"{printable(name, limit=40)} {value_text(member)}" for name, member in value.items())
    return printable(str(value), limit=_NAME)


def _outcome(pairs: PairCounts | None, plan: FixPlan) -> str:
    assumption = f"under peer_child_sa={plan.assumptions['peer_child_sa']}"
    if pairs is None:
        return "pairs are not known"
    if not pairs["two_way"] + pairs["one_way"] + pairs["possible"]:
        return f"no transit found {assumption}"
    return f"{_open(pairs)} {assumption}"


def _pairs(checked: Checked) -> str:
    if checked.pairs_before is None or checked.pairs_alone is None:
        return ""
    return f"; pairs open: {_open(checked.pairs_before)} -> {_open(checked.pairs_alone)}"


def _open(pairs: PairCounts) -> str:
    possible = f", {pairs['possible']} possible" if pairs["possible"] else ""
    return f"{pairs['two_way']} two-way, {pairs['one_way']} one-way{possible}"


def _left(left: Left) -> str:
    return f"{left.control}: {printable(left.why)}"


def _ranges(texts: Iterable[str]) -> str:
    return some([printable(text) for text in texts], _SHOWN_RANGES)


def _at(position: Position | None) -> str:
    return f" (line {position.line}, column {position.column})" if position is not None else ""
