"""Findings by control: every verdict that is no pass, as far as there is room, and true counts of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from s2sguard.evaluate.verdict import Control, Severity, Verdict
from s2sguard.report.entries import Entry, Kind, worst_entry_first
from s2sguard.report.html.limits import MOST_MEMBERS, MOST_OPTIONS, Budget, shown
from s2sguard.report.interface import Report
from s2sguard.report.names import NAME_LIMIT, Names
from s2sguard.report.printable import printable
from s2sguard.report.summary import RANK

STATES: dict[Kind, str] = {"fail": "finding", "error": "not judged", "unknown": "unknown", "accepted": "accepted"}
"""What a reader filters by, in the order of the filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One verdict that is no pass."""

    id: str
    """Its fingerprint: the same in every report about the same control and resource."""
    state: Kind
    words: str
    name: str
    gateway: str
    partner: str
    messages: tuple[str, ...]
    aside: str
    packet: str
    place: str
    resource: str
    observed: bool
    gateway_key: str
    partner_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlGroup:
    """One control with its findings."""

    id: str
    title: str
    severity: Severity
    description: str
    fix: str
    findings: tuple[Finding, ...]
    more: int
    """Findings that are not listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value of a filter."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything the section shows."""

    groups: tuple[ControlGroup, ...]
    total: int
    listed: int
    gateways: tuple[Option, ...]
    partners: tuple[Option, ...]
    states: tuple[Option, ...]
    severities: tuple[Severity, ...]

    @property
    def ids(self) -> frozenset[str]:
        """Return the findings that can be linked to."""
        return frozenset(finding.id for group in self.groups for finding in group.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLine:
    """One control and what it said, passes too."""

    id: str
    title: str
    severity: Severity
    counts: Mapping[str, int]
    passed: tuple[str, ...]
    more: int
    """Passed resources that are not listed."""
    judged: int
    mappings: tuple[str, ...]


class _Keys:
    """Short keys for the values of one filter, in the order of their first use."""

    def __init__(self, letter: str) -> None:
        self._letter = letter
        self._keys: dict[str, str] = {}

    def of(self, text: str) -> str:
        """Return the key of a value; empty for no value."""
        return self._keys.setdefault(text, f"{self._letter}{len(self._keys)}") if text else ""

    def options(self) -> tuple[Option, ...]:
        """Return the values, sorted for people."""
        ordered = sorted(self._keys.items(), key=lambda item: item[0].casefold())
        return tuple(Option(key=key, text=text) for text, key in ordered[:MOST_OPTIONS])


def findings_of(report: Report, found: Iterable[Entry], names: Names, budget: Budget) -> Findings:
    """Return the findings of a report, the worst first."""
    wanted = sorted((entry for entry in found if entry.verdict is not None and entry.kind != "pass"), key=worst_entry_first)
    room = budget.take("findings", len(wanted))
    gateways, partners = _Keys("g"), _Keys("p")
    controls = {control.id: control for control in report.controls}
    listed: dict[str, list[Finding]] = {}
    totals = Counter(entry.control for entry in wanted)
    samples: dict[str, Verdict] = {}
    for number, entry in enumerate(wanted):
        if entry.verdict is None:
            continue
        samples.setdefault(entry.control, entry.verdict)
        if number < room:
            listed.setdefault(entry.control, []).append(_finding(entry, entry.verdict, names, gateways, partners))
    order = sorted(samples, key=lambda control: (RANK[samples[control].severity], control))
    groups = tuple(_group(samples[control], controls.get(control), listed.get(control, []), totals[control]) for control in order)
    used = {entry.kind for entry in wanted}
    return Findings(
        groups=groups,
        total=len(wanted),
        listed=room,
        gateways=gateways.options(),
        partners=partners.options(),
        states=tuple(Option(key=kind, text=text) for kind, text in STATES.items() if kind in used),
        severities=tuple(severity for severity in RANK if any(group.severity == severity for group in groups)),
    )


def _finding(entry: Entry, verdict: Verdict, names: Names, gateways: _Keys, partners: _Keys) -> Finding:
    gateway = names[verdict.gateway] if verdict.gateway is not None else ""
    partner = printable(verdict.partner or "", limit=NAME_LIMIT)
    return Finding(
        id=shown(verdict.fingerprint),
        state=entry.kind,
        words=STATES[entry.kind],
        name=entry.name,
        gateway=gateway,
        partner=partner,
        # One message that joins all the details says them already.
        messages=tuple(shown(text) for at, text in enumerate(entry.messages) if at == 0 or text not in entry.messages[0]),
        aside=shown(entry.aside),
        packet=entry.packet,
        place=shown(entry.place),
        resource=shown(verdict.resource),
        observed=verdict.certainty == "observed",
        gateway_key=gateways.of(gateway),
        partner_key=partners.of(partner),
    )


def _group(sample: Verdict, control: Control | None, found: Sequence[Finding], total: int) -> ControlGroup:
    return ControlGroup(
        id=sample.control_id,
        title=shown(sample.title),
        severity=sample.severity,
        description=shown(" ".join(control.description.split())) if control is not None else "",
        fix=shown(sample.fix),
        findings=tuple(found),
        more=total - len(found),
    )


def control_lines(report: Report, found: Iterable[Entry]) -> Iterator[ControlLine]:
    """Yield every control of the pack and every other one that said something, by id."""
    counts: dict[str, Counter[str]] = {}
    passed: dict[str, list[str]] = {}
    about: dict[str, tuple[str, Severity]] = {control.id: (control.title, control.severity) for control in report.controls}
    mappings = {control.id: control.mappings for control in report.controls}
    for entry in found:
        if entry.verdict is None:
            continue
        about.setdefault(entry.control, (entry.verdict.title, entry.verdict.severity))
        counts.setdefault(entry.control, Counter())[entry.kind] += 1
        if entry.kind == "pass":
            passed.setdefault(entry.control, []).append(entry.name)
    for control, (title, severity) in sorted(about.items()):
        number = counts.get(control, Counter[str]())
        names = passed.get(control, [])
        yield ControlLine(
            id=control,
            title=shown(title),
            severity=severity,
            counts=number,
            passed=tuple(names[:MOST_MEMBERS]),
            more=max(0, len(names) - MOST_MEMBERS),
            judged=number.total(),
            mappings=tuple(f"{name}: {', '.join(values)}" for name, values in sorted(mappings.get(control, {}).items())),
        )
