"""Raw results joined with what the controls, the facts and the inventory know: the verdicts of a run.

Per control and resource the first of *error*, *fail*, *unknown*, *pass* holds (design section 5).
A pass is derived: the control applies, and neither denies nor misses a fact.
No status is *error* yet: an engine that cannot answer ends the run, because half of the verdicts look like all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from s2sguard.errors import EngineError
from s2sguard.evaluate.interface import ControlResult
from s2sguard.evaluate.metadata import SEVERITIES
from s2sguard.evaluate.verdict import Control, Severity, Status, Verdict
from s2sguard.facts.document import FactsDocument, Witness
from s2sguard.model.inventory import Inventory, fold_id

_Finding: TypeAlias = tuple[str, Mapping[str, object]]
"""A finding with its kind: `deny`, `unknown` or `advice`."""

_SHOWN: Final = 3
"""Messages of one verdict that go into its one-line message."""
_WITNESS_TEXTS: Final = ("src", "dst", "from", "to", "from_selector", "to_selector")
_HINT: Final = "this is a defect of the policy pack: `make check` tests every control"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What a verdict takes over from the facts of its resource."""

    name: str
    gateway: str | None
    partner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Findings:
    """Everything one control says about one resource."""

    deny: tuple[Mapping[str, object], ...]
    unknown: tuple[Mapping[str, object], ...]
    advice: tuple[Mapping[str, object], ...]


def judge(
    results: Sequence[ControlResult],
    controls: Sequence[Control],
    document: FactsDocument,
    inventory: Inventory,
) -> tuple[Verdict, ...]:
    """Return one verdict per control and resource it applies to, ordered by control id and resource id.

    Raise `EngineError` when a result does not fit the controls or the facts, or a finding lacks `msg`, `control` or `resource`.
    """
    known = {control.id: control for control in controls}
    subjects = _subjects(document)
    verdicts = []
    for result in results:
        control = known.get(result["control"])
        if control is None:
            raise EngineError("a result belongs to no control of the policy pack", hint=_HINT)
        findings = _by_resource(control, result)
        for resource in set(result["applies"]):
            if resource not in subjects:
                raise EngineError(f"control {control.id} applies to something that is not in the facts", hint=_HINT)
            verdicts.append(_verdict(control, resource, subjects[resource], findings.get(resource, []), inventory))
    return tuple(sorted(verdicts, key=lambda verdict: (verdict.control_id, verdict.resource)))


def fingerprint(control_id: str, resource: str) -> str:
    """Return the 32 hex digits that name a finding over runs, moved files and changed casing."""
    return hashlib.sha256(f"{control_id}\n{fold_id(resource)}".encode()).hexdigest()[:32]


def _subjects(document: FactsDocument) -> dict[str, _Subject]:
    subjects = {gateway["id"]: _Subject(name=gateway["name"], gateway=gateway["id"], partner=None) for gateway in document["gateways"]}
    for site in document["sites"]:
        subjects[site["id"]] = _Subject(name=site["name"], gateway=_only(site["gateways"]), partner=_only(site["partners"]))
    for connection in document["connections"]:
        subjects[connection["id"]] = _Subject(name=connection["name"], gateway=connection["gateway"], partner=connection.get("partner"))
    return subjects


def _only(values: Sequence[str]) -> str | None:
    return values[0] if len(values) == 1 else None


def _by_resource(control: Control, result: ControlResult) -> dict[str, list[_Finding]]:
    """Return the findings of a result by resource."""
    applies = set(result["applies"])
    found: dict[str, list[_Finding]] = {}
    denied = [("deny", finding) for finding in result["deny"]]
    warned = [(_kind(control, finding), finding) for finding in result["warn"]]
    for kind, finding in denied + warned:
        message, resource = finding.get("msg"), finding.get("resource")
        if finding.get("control") != control.id or not isinstance(message, str) or not message:
            raise _malformed(control, "a finding without its message or its control")
        if not isinstance(resource, str) or resource not in applies:
            raise _malformed(control, "a finding about something it does not apply to")
        found.setdefault(resource, []).append((kind, finding))
    return found


def _kind(control: Control, warning: Mapping[str, object]) -> str:
    kind = warning.get("kind")
    if kind not in ("unknown", "advice"):
        raise _malformed(control, "a warning that is neither unknown nor advice")
    return kind


def _verdict(control: Control, resource: str, subject: _Subject, found: Sequence[_Finding], inventory: Inventory) -> Verdict:
    findings = _Findings(deny=_of(found, "deny"), unknown=_of(found, "unknown"), advice=_of(found, "advice"))
    status, decisive = _status(findings)
    details = _messages(decisive)
    witnesses = _witnesses(control, findings.deny)
    read = inventory.get(resource)
    return Verdict(
        control_id=control.id,
        control=control.name,
        title=control.title,
        resource=resource,
        resource_name=subject.name,
        status=status,
        severity=_severity(control, decisive),
        certainty="unknown" if status == "unknown" else "configured",
        message=_short(details) or control.title,
        fix=control.fix,
        gateway=subject.gateway,
        partner=subject.partner,
        source=read.source if read else None,
        witness=witnesses[0] if witnesses else None,
        witnesses=witnesses,
        pairs=_pairs(control, findings.deny),
        advice=_messages(findings.advice),
        fingerprint=fingerprint(control.id, resource),
        details=details,
    )


def _of(found: Sequence[_Finding], kind: str) -> tuple[Mapping[str, object], ...]:
    return tuple(finding for its_kind, finding in found if its_kind == kind)


def _status(findings: _Findings) -> tuple[Status, tuple[Mapping[str, object], ...]]:
    """Return the status and the findings that decide it."""
    if findings.deny:
        return "fail", findings.deny
    if findings.unknown:
        return "unknown", findings.unknown
    return "pass", ()


def _messages(findings: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    return tuple(sorted({str(finding["msg"]) for finding in findings}))


def _short(messages: Sequence[str]) -> str:
    rest = len(messages) - _SHOWN
    return "; ".join(messages[:_SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


def _severity(control: Control, findings: Sequence[Mapping[str, object]]) -> Severity:
    """Return the worst severity of the findings, each its own or else the control's."""
    found = [finding.get("severity", control.severity) for finding in findings] or [control.severity]
    if not all(severity in SEVERITIES for severity in found):
        raise _malformed(control, "a finding with a severity that does not exist")
    return min((cast("Severity", severity) for severity in found), key=SEVERITIES.index)


def _witnesses(control: Control, findings: Sequence[Mapping[str, object]]) -> tuple[Witness, ...]:
    found: list[Witness] = []
    for finding in findings:
        listed = finding.get("witnesses", [])
        single = [finding["witness"]] if "witness" in finding else []
        if not isinstance(listed, list) or not all(_is_witness(witness) for witness in (*single, *listed)):
            raise _malformed(control, "a witness of another shape")
        found.extend(witness for witness in (*single, *listed) if witness not in found)
    return tuple(found)


def _is_witness(value: object) -> bool:
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in _WITNESS_TEXTS):
        return False
    because = value.get("because")
    return isinstance(because, list) and all(isinstance(setting, str) for setting in because)


def _pairs(control: Control, findings: Sequence[Mapping[str, object]]) -> int | None:
    """Return the largest count of other parties: findings of one control about one resource speak of the same parties."""
    counts = [finding["pairs"] for finding in findings if "pairs" in finding]
    if not all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in counts):
        raise _malformed(control, "a count of parties that is not a number")
    return max(cast("list[int]", counts), default=None)


def _malformed(control: Control, what: str) -> EngineError:
    return EngineError(f"control {control.id} gives {what}", hint=_HINT)
