"""`policy check` for a person at a terminal: resource by resource, what would be denied or flagged, why, and what to set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from s2sguard.cli.policy.check_report import CheckReport
from s2sguard.cli.policy.check_summary import summary, totals
from s2sguard.cli.policy.rules import DERIVED
from s2sguard.cli.policy.trace_text import condition_text, trace_lines
from s2sguard.report.gap_groups import gap_groups
from s2sguard.report.printable import printable
from s2sguard.report.style import Colour, Style, count, some

if TYPE_CHECKING:
    from s2sguard.azure_policy import Evaluated
    from s2sguard.azure_policy.forecast.forecast import Judged, Outcome, State

MAX_RESOURCES = 20
MAX_NAMES = 8
MAX_GAPS = 8
MAX_CONDITIONS = 6
NAME_LIMIT = 80
HEADS: dict[State, tuple[str, Colour]] = {
    "denied": ("DENIED", "red"),
    "error": ("ERROR", "red"),
    "flagged": ("FLAGGED", "yellow"),
    "changed": ("CHANGED", "yellow"),
    "unknown": ("UNKNOWN", "yellow"),
    "clean": ("clean", "green"),
}
SAID: dict[State, str] = {
    "error": "the evaluation fails, so Azure would deny the request",
    "unknown": "no answer (not the same as clean)",
    "changed": "Azure would change the request or deploy something",
}
WIDTH_OF_HEAD = 9


class CheckTable:
    """Renders a check as text of a given style."""

    def __init__(self, report: CheckReport, style: Style) -> None:
        self._report = report
        self._style = style
        self._usual = report.rules.usual

    def render(self) -> str:
        """Return the whole report as text that ends with a line break."""
        sections = (self._head(), self._found(), self._clean(), self._manual(), self._gaps(), self._ending())
        return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"

    def _head(self) -> Iterator[str]:
        if self._report.nothing_read:
            yield self._style.paint("NOTHING WAS READ: no resource in this input, so this is not a clean result", "red")
        else:
            yield from (self._style.paint(line, self._worst()) for line in self._style.wrap(summary(self._report)))
        yield from (self._style.paint(line, "bold") for line in self._style.wrap(printable(self._report.rules.title)))
        for note in self._report.rules.notes:
            yield from self._style.wrap(printable(note), first="note: ", rest="  ")

    def _found(self) -> Iterator[str]:
        blocks: list[str] = []
        for state in HEADS:
            judged = () if state == "clean" else self._report.forecast.of(state)
            blocks += ["\n".join(self._resource(each)) for each in judged[:MAX_RESOURCES]]
            if rest := judged[MAX_RESOURCES:]:
                blocks.append("\n".join(self._rest(state, rest)))
        if blocks:
            yield "\n\n".join(blocks)

    def _resource(self, judged: Judged) -> Iterator[str]:
        head, colour = HEADS[judged.state]
        resource = judged.resource
        standing = "" if judged.standing == "given" else f"  ({_STANDING[judged.standing]})"
        name, kind = printable(resource.name, limit=NAME_LIMIT), printable(resource.type, limit=NAME_LIMIT)
        yield f"{self._style.paint(head.ljust(WIDTH_OF_HEAD), colour)}{self._style.paint(name, 'bold')}  {kind}{standing}"
        yield f"{' ' * WIDTH_OF_HEAD}{printable(str(resource.source))}"
        silent: dict[str, list[Outcome]] = {}
        for outcome in judged.outcomes:
            if outcome.state == "unknown":
                silent.setdefault(outcome.evaluation.reason, []).append(outcome)
            else:
                yield from self._outcome(judged, outcome)
        for outcomes in silent.values():
            yield from self._silent(judged, outcomes)

    def _outcome(self, judged: Judged, outcome: Outcome) -> Iterator[str]:
        rule = self._report.rules.rule(outcome.reference_id)
        margin = " " * WIDTH_OF_HEAD
        state = f" [{HEADS[outcome.state][0].lower()}]" if outcome.state != judged.state else ""
        head = printable(outcome.reference_id, limit=NAME_LIMIT)
        if rule.title == outcome.reference_id:
            yield f"{margin}{self._style.paint(head, 'bold')}{state}"
        else:
            title = f"{printable(rule.title)}{state}"
            yield from self._style.headed(f"{margin}{head}  ", title, f"{margin}{self._style.paint(head, 'bold')}  ")
        inner = margin + "  "
        if outcome.evaluation.reason:
            yield from self._style.wrap(printable(outcome.evaluation.reason), first=f"{inner}reason   ")
        else:
            yield from self._because(judged, outcome, f"{inner}because  ")
        if outcome.state in SAID:
            yield from self._style.wrap(SAID[outcome.state], first=f"{inner}so       ")
        elif rule.message:
            yield from self._style.wrap(printable(rule.message.removeprefix(f"{outcome.reference_id}: ")), first=f"{inner}to do    ")

    def _silent(self, judged: Judged, outcomes: Sequence[Outcome]) -> Iterator[str]:
        """Yield the rules that share a reason for giving no answer, and the conditions of the first that cannot be told."""
        margin = " " * WIDTH_OF_HEAD
        names = ", ".join(printable(outcome.reference_id, limit=NAME_LIMIT) for outcome in outcomes)
        state = " [unknown]" if judged.state != "unknown" else ""
        yield from self._style.wrap(f"{names}{state}", first=margin)
        trace = {condition_text(condition, judged.resource.type): condition for condition in self._open(outcomes)}
        first = f"{margin}  because  "
        if not trace:
            yield from self._style.wrap(printable(outcomes[0].evaluation.reason), first=first)
        yield from trace_lines(list(trace.values())[:MAX_CONDITIONS], self._style, first=first, resource_type=judged.resource.type)
        yield from self._style.wrap(SAID["unknown"], first=f"{margin}  so       ")

    def _open(self, outcomes: Sequence[Outcome]) -> Iterator[Evaluated]:
        for outcome in outcomes:
            yield from (condition for condition in outcome.evaluation.trace if condition.result is None)

    def _because(self, judged: Judged, outcome: Outcome, first: str) -> Iterator[str]:
        whole = outcome.evaluation.trace
        trace = [condition for condition in whole if (condition.expression.lower(), condition.operator.lower()) not in self._usual] or whole
        yield from trace_lines(
            trace[:MAX_CONDITIONS], self._style, first=first, resource_type=judged.resource.type, counted=partial(self._counted, outcome)
        )
        first = " " * len(first)
        if trace[MAX_CONDITIONS:]:
            yield f"{first}and {count(len(trace) - MAX_CONDITIONS, 'more condition')} (all of them: --format json)"

    def _counted(self, outcome: Outcome, condition: Evaluated) -> Iterable[tuple[str, Any]]:
        from s2sguard.azure_policy.forecast.counted import counted_values

        step = outcome.step
        return counted_values(step.policy, condition.pointer, outcome.request, step.parameters, step.context)

    def _rest(self, state: State, rest: Sequence[Judged]) -> Iterator[str]:
        found = Counter(outcome.reference_id for judged in rest for outcome in judged.outcomes)
        controls = ", ".join(f"{printable(name, limit=NAME_LIMIT)} ({number})" for name, number in sorted(found.items()))
        head = HEADS[state][0].ljust(WIDTH_OF_HEAD)
        yield from self._style.wrap(f"and {count(len(rest), 'more resource')} (all of them: --format json): {controls}", first=head)

    def _clean(self) -> Iterator[str]:
        clean = self._report.forecast.of("clean")
        if clean:
            names = [printable(each.resource.name, limit=NAME_LIMIT) for each in clean]
            said = "not judged, as every rule is switched off" if self._report.disabled else "would pass"
            text = f"{count(len(clean), 'resource')} {said}: {some(names, MAX_NAMES)}"
            head = ("off" if self._report.disabled else HEADS["clean"][0]).ljust(WIDTH_OF_HEAD)
            lines = self._style.wrap(text, first=head)
            yield self._style.paint(head, self._worst()) + lines[0].removeprefix(head)
            yield from lines[1:]

    def _manual(self) -> Iterator[str]:
        """Yield the controls that only an attestation answers; those whose derived rule judged the resource are answered."""
        rules = self._report.rules
        left = [[name for name in judged.manual if name not in self._derived(judged)] for judged in self._report.forecast.judged]
        waiting = sorted({name for names in left for name in names})
        if waiting:
            text = f"{count(len(waiting), 'control')} on {count(sum(map(bool, left)), 'resource')}: {', '.join(waiting)}"
            could = len(rules.could_be_derived.intersection(waiting))
            more = f" {could} of them can be judged here with --derived FILE, written by `s2sguard policy parameters`." if could else ""
            yield from self._style.wrap(
                f"{text}. One resource cannot decide them; `s2sguard scan` does, and `s2sguard policy attest` publishes it.{more}",
                first="attest".ljust(WIDTH_OF_HEAD),
            )

    def _derived(self, judged: Judged) -> frozenset[str]:
        steps = self._report.rules.rules.about(judged.resource)
        return frozenset(step.reference_id.removesuffix(DERIVED) for step in steps if step.reference_id.endswith(DERIVED))

    def _gaps(self) -> Iterator[str]:
        if incomplete := self._report.rules.incomplete:
            yield self._style.paint(f"NOT EXPRESSED in the derived parameters: {len(incomplete)}", "bold")
            for line in incomplete[:MAX_GAPS]:
                yield from self._style.wrap(printable(line), first="  ", rest="    ")
        gaps = self._report.gaps
        if not gaps:
            return
        yield self._style.paint(f"NOT READ: {count(len(gaps), 'gap')}", "bold")
        groups = gap_groups(gaps)
        for group in groups[:MAX_GAPS]:
            times = f" ({len(group.gaps)} times)" if len(group.gaps) > 1 else ""
            yield from self._style.wrap(f"{group.kind}{times}: {printable(group.reason())}", first="  ", rest="    ")
        if groups[MAX_GAPS:]:
            yield f"  and {count(len(groups) - MAX_GAPS, 'other reason')} (all of them: --format json)"

    def _ending(self) -> Iterator[str]:
        yield from self._style.wrap(self._report.note)
        yield ""
        text = totals(self._report)
        yield from (self._style.paint(line, self._worst()) for line in self._style.wrap(text))

    def _worst(self) -> Colour:
        if self._report.nothing_read:
            return "red"
        if self._report.disabled:
            return "yellow"
        return next((HEADS[state][1] for state in HEADS if self._report.forecast.of(state)), "yellow")


_STANDING = {"new": "new", "changed": "exists, and this input changes it", "unchanged": "exists, and stays as it is"}
