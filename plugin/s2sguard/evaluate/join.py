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
from s2sguard.evaluate.verdict import Certainty, Control, Severity, Status, Verdict
from s2sguard.facts.document import FactsDocument, Witness
from s2sguard.model.inventory import Inventory, Source, fold_id

_Finding: TypeAlias = tuple[str, Mapping[str, object]]
"""A finding with its kind: `deny`, `unknown` or `advice`."""
_Mappings: TypeAlias = tuple[Mapping[str, object], ...]

_SHOWN: Final = 3
"""Messages of one verdict that go into its one-line message."""
_WITNESS_TEXTS: Final = ("src", "dst", "from", "to", "from_selector", "to_selector")
_HINT: Final = "this is a defect of the policy pack: `make check` tests every control"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What a verdict takes over from the facts and the source of its resource; one for all controls."""

    id: str
    key: str
    name: str
    gateway: str | None
    partner: str | None
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one control says about one resource; one for all resources it has no finding about."""

    status: Status
    severity: Severity
    certainty: Certainty
    message: str
    details: tuple[str, ...]
    advice: tuple[str, ...]
    witnesses: tuple[Witness, ...]
    pairs: int | None


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
    subjects = _subjects(document, inventory)
    verdicts = []
    for result in results:
        control = known.get(result["control"])
        if control is None:
            raise EngineError("a result belongs to no control of the policy pack", hint=_HINT)
        answers = {resource: _answer(control, found) for resource, found in _by_resource(control, result).items()}
        passed = _answer(control, ())
        for resource in set(result["applies"]):
            if resource not in subjects:
                raise EngineError(f"control {control.id} applies to something that is not in the facts", hint=_HINT)
            verdicts.append(_verdict(control, subjects[resource], answers.get(resource, passed)))
    return tuple(sorted(verdicts, key=lambda verdict: (verdict.control_id, verdict.resource)))


def fingerprint(control_id: str, resource: str) -> str:
    """Return the 32 hex digits that name a finding over runs, moved files and changed casing."""
    return _fingerprint(control_id, fold_id(resource))


def _fingerprint(control_id: str, key: str) -> str:
    return hashlib.sha256(f"{control_id}\n{key}".encode()).hexdigest()[:32]


def _subjects(document: FactsDocument, inventory: Inventory) -> dict[str, _Subject]:
    subjects: dict[str, _Subject] = {}

    keys = {key.id: key.source for key in inventory.shared_keys}

    def add(resource: str, name: str, gateway: str | None, partner: str | None) -> None:
        read = inventory.get(resource)
        source = read.source if read else keys.get(resource)
        subjects[resource] = _Subject(id=resource, key=fold_id(resource), name=name, gateway=gateway, partner=partner, source=source)

    for gateway in document["gateways"]:
        add(gateway["id"], gateway["name"], gateway["id"], None)
    for site in document["sites"]:
        add(site["id"], site["name"], _only(site["gateways"]), _only(site["partners"]))
    for connection in document["connections"]:
        add(connection["id"], connection["name"], connection["gateway"], connection.get("partner"))
    for key in document["shared_keys"]:
        add(key["id"], key["name"], None, None)
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


def _answer(control: Control, found: Sequence[_Finding]) -> _Answer:
    deny, unknown = _of(found, "deny"), _of(found, "unknown")
    status, decisive = _status(deny, unknown)
    details = _messages(decisive)
    return _Answer(
        status=status,
        severity=_severity(control, decisive),
        certainty="unknown" if status == "unknown" else _certainty(control, decisive),
        message=_short(details) or control.title,
        details=details,
        advice=_messages(_of(found, "advice")),
        witnesses=_witnesses(control, deny),
        pairs=_pairs(control, deny),
    )


def _verdict(control: Control, subject: _Subject, answer: _Answer) -> Verdict:
    return Verdict(
        control_id=control.id,
        control=control.name,
        title=control.title,
        resource=subject.id,
        resource_name=subject.name,
        status=answer.status,
        severity=answer.severity,
        certainty=answer.certainty,
        message=answer.message,
        fix=control.fix,
        gateway=subject.gateway,
        partner=subject.partner,
        source=subject.source,
        witness=answer.witnesses[0] if answer.witnesses else None,
        witnesses=answer.witnesses,
        pairs=answer.pairs,
        advice=answer.advice,
        fingerprint=_fingerprint(control.id, subject.key),
        details=answer.details,
    )


def _of(found: Sequence[_Finding], kind: str) -> _Mappings:
    return tuple(finding for its_kind, finding in found if its_kind == kind)


def _status(deny: _Mappings, unknown: _Mappings) -> tuple[Status, _Mappings]:
    """Return the status and the findings that decide it."""
    if deny:
        return "fail", deny
    return ("unknown", unknown) if unknown else ("pass", ())


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


def _certainty(control: Control, findings: Sequence[Mapping[str, object]]) -> Certainty:
    """Return what the findings rest on: something seen makes the whole of it observed."""
    found = {finding.get("certainty", control.certainty) for finding in findings} or {control.certainty}
    if not found <= {"configured", "observed"}:
        raise _malformed(control, "a finding that is neither configured nor observed")
    return "observed" if "observed" in found else "configured"


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
