"""Our verdicts as attestations on manual definitions, so that isolation shows on Azure's own compliance page.

The stable SDK has no operation for them (facts 6.1), so these are raw requests; their shape is facts 5.11
and Microsoft Learn, attestation-structure. One attestation holds for each resource and manual definition of an assignment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from s2sguard.azure_policy.deploy.calls import WRITER, azure_call
from s2sguard.azure_policy.deploy.desired import OWNER_KEY
from s2sguard.azure_policy.deploy.errors import DeployError, scrubbed
from s2sguard.azure_policy.deploy.resource_ids import assignment_id, is_resource_id, request_path
from s2sguard.evaluate.verdict import Status, Verdict
from s2sguard.facts.document import Witness
from s2sguard.model.inventory import fold_id

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.scope import Scope
    from s2sguard.azure_policy.deploy.session import Session

API_VERSION: Final = "2024-10-01"
OWNER: Final = "s2sguard policy attest"
MAX_COMMENT: Final = 1000
"""Characters; Azure documents no limit, and a portal page is no place for more."""
STATES: Final[Mapping[Status, str]] = {"pass": "Compliant", "fail": "NonCompliant", "unknown": "Unknown", "error": "Unknown"}
"""What an attestation says for a verdict; what is not known is never compliant."""

Action: TypeAlias = Literal["create", "update", "unchanged", "refused", "skipped"]

_COMPARED: Final = ("complianceState", "comments", "owner", "evidence")
_SETTLED: Final = frozenset({"Succeeded", "Failed", "Canceled"})
_POLLS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """One manual definition inside the assignment."""

    control: str
    reference: str | None
    """Its reference id in the initiative; None where the definition itself is assigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestWish:
    """What the command line asks for."""

    scope: Scope
    """Of the assignment."""
    name: str
    today: date
    expires_in: int
    """Days; the attestation ends with the last second of that day (UTC)."""
    evidence: str | None = None
    owner: str | None = None
    assumptions: str = ""
    """What a pass rests on, such as `peer_child_sa=refused`: a state without it would claim more than was found (design section 4)."""

    @property
    def assignment(self) -> str:
        """The assignment's id."""
        return assignment_id(self.scope, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestStep:
    """One verdict and what has to happen to its attestation."""

    action: Action
    control: str
    resource: str
    state: str
    comment: str
    id: str = ""
    body: Mapping[str, Any] | None = None
    reason: str = ""


def manual_definitions(session: Session, wish: AttestWish, names: Mapping[str, str]) -> tuple[Manual, ...]:
    """Return the manual definitions an assignment holds; raises DeployError where it is missing or holds none of ours.

    `names` maps the lower-case names of our manual definitions to control ids.
    """
    client = session.policy(wish.scope.client_subscription)
    with azure_call("reading the assignment", wish.assignment):
        target = str(client.policy_assignments.get(wish.scope.id.lstrip("/"), wish.name).as_dict()["properties"]["policyDefinitionId"])
    if "/policysetdefinitions/" not in target.lower():
        found = [Manual(control=names[key], reference=None) for key in [target.rpartition("/")[2].lower()] if key in names]
    else:
        found = _of_initiative(session, target, names)
    if not found:
        raise DeployError(
            f"assignment `{wish.assignment}` holds none of our manual definitions",
            hint="assign the initiative with `s2sguard policy apply`",
        )
    return tuple(found)


def _of_initiative(session: Session, target: str, names: Mapping[str, str]) -> list[Manual]:
    from s2sguard.azure_policy.deploy.scope import parse_scope

    home, name = parse_scope(target.rpartition("/providers/")[0]), target.rpartition("/")[2]
    sets = session.policy(home.client_subscription).policy_set_definitions
    with azure_call("reading the initiative", target):
        group = home.kind == "managementGroup"
        body = (sets.get_at_management_group(home.name, name) if group else sets.get(name)).as_dict()
        entries = [
            (entry["policyDefinitionId"].rpartition("/")[2].lower(), entry["policyDefinitionReferenceId"])
            for entry in body["properties"]["policyDefinitions"]
        ]
    return [Manual(control=names[key], reference=reference) for key, reference in entries if key in names]


def plan_attestations(
    session: Session, verdicts: Iterable[Verdict], manual: Collection[Manual], wish: AttestWish
) -> tuple[AttestStep, ...]:
    """Return a step for each verdict of a manual control; reads what is attested already, raises DeployError."""
    by_control = {each.control: each for each in manual}
    existing: dict[str, list[dict[str, Any]]] = {}
    steps = []
    for verdict in verdicts:
        if verdict.control_id not in by_control:
            continue
        skipped = _skip_reason(verdict, wish)
        if skipped:
            steps.append(_step("skipped", verdict, wish, reason=skipped))
            continue
        key = fold_id(verdict.resource)
        if key not in existing:
            path = f"{request_path(verdict.resource)}/providers/Microsoft.PolicyInsights/attestations"
            existing[key] = session.read("reading attestations", path, API_VERSION)
        steps.append(_planned(verdict, by_control[verdict.control_id], wish, existing[key]))
    return tuple(steps)


def carry_out(session: Session, steps: Sequence[AttestStep], report: Callable[[AttestStep], None]) -> int:
    """Write every step that is new or different and return how many there were; raises DeployError at the first that fails."""
    pending = [step for step in steps if step.action in {"create", "update"}]
    for index, step in enumerate(pending):
        try:
            _write(session, step)
        except DeployError as error:
            text = f"{error.message}\n{index} of {len(pending)} attestations are written; the same command goes on from here"
            raise DeployError(text, hint=error.hint, status=error.status, code=error.code) from None
        report(step)
    return len(pending)


def comment_of(verdict: Verdict, assumptions: str = "") -> str:
    """Return what the compliance page shows: what we found, one packet that proves it, and the fingerprint to look it up by."""
    parts = [f"{verdict.control_id} {verdict.status}: {verdict.message}"]
    # Only isolation rests on them: the other manual controls compare what is configured.
    if verdict.status == "pass" and assumptions and verdict.control_id.startswith("S2S-ISO-"):
        parts.append(f"under {assumptions}")
    # Most messages tell the packet themselves.
    if verdict.witness is not None and verdict.status == "fail" and verdict.witness["src"] not in verdict.message:
        parts.append(f"packet {_packet(verdict.witness)}")
    tail = f" [s2sguard fingerprint {verdict.fingerprint}]"
    text = scrubbed("; ".join(parts), MAX_COMMENT - len(tail))
    return "".join(char if char.isprintable() else "?" for char in text) + tail


def _packet(witness: Witness) -> str:
    arriving, leaving = (witness[end].rpartition("/")[2] for end in ("from", "to"))
    return f"{witness['src']} -> {witness['dst']}, in by {arriving}, out by {leaving}"


def _skip_reason(verdict: Verdict, wish: AttestWish) -> str:
    if not is_resource_id(verdict.resource):
        return "it is not in Azure yet, or its id is not one of Azure's"
    return "it is outside the scope of the assignment" if wish.scope.covers(verdict.resource) is False else ""


def _step(action: Action, verdict: Verdict, wish: AttestWish, **more: Any) -> AttestStep:
    return AttestStep(
        action=action,
        control=verdict.control_id,
        resource=verdict.resource,
        state=STATES[verdict.status],
        comment=comment_of(verdict, wish.assumptions),
        **more,
    )


def _planned(verdict: Verdict, manual: Manual, wish: AttestWish, existing: Sequence[Mapping[str, Any]]) -> AttestStep:
    name = str(uuid5(NAMESPACE_URL, f"{fold_id(wish.assignment)}\n{manual.reference or ''}\n{fold_id(verdict.resource)}"))
    identifier = f"{verdict.resource}/providers/Microsoft.PolicyInsights/attestations/{name}"
    there = [found for found in existing if _about(found.get("properties"), manual, wish)]
    others = [found for found in there if str(found.get("name", "")).lower() != name or not _ours(found)]
    if others:
        reason = f"attestation `{others[0].get('name')}` says so already and was not made by `policy attest`: it is not overwritten"
        return _step("refused", verdict, wish, id=identifier, reason=reason)
    properties = _properties(verdict, manual, wish)
    if not there:
        return _step("create", verdict, wish, id=identifier, body={"properties": properties})
    same = _same(properties, there[0]["properties"], wish)
    return _step("unchanged" if same else "update", verdict, wish, id=identifier, body=None if same else {"properties": properties})


def _properties(verdict: Verdict, manual: Manual, wish: AttestWish) -> dict[str, Any]:
    found: dict[str, Any] = {
        "policyAssignmentId": wish.assignment,
        "complianceState": STATES[verdict.status],
        "comments": comment_of(verdict, wish.assumptions),
        "expiresOn": f"{_last_day(wish):%Y-%m-%d}T23:59:59Z",
        "assessmentDate": f"{wish.today:%Y-%m-%d}T00:00:00Z",
        "metadata": {"s2sguard": {OWNER_KEY: OWNER, "control": manual.control, "fingerprint": verdict.fingerprint}},
    }
    if manual.reference is not None:
        found["policyDefinitionReferenceId"] = manual.reference
    if wish.evidence:
        found["evidence"] = [{"description": f"s2sguard report, {manual.control}", "sourceUri": wish.evidence}]
    if wish.owner:
        found["owner"] = wish.owner
    return found


def _last_day(wish: AttestWish) -> date:
    return wish.today + timedelta(days=wish.expires_in)


def _about(properties: object, manual: Manual, wish: AttestWish) -> bool:
    """Say whether an attestation is about this definition of this assignment (one without reference is about all of them)."""
    if not isinstance(properties, Mapping) or fold_id(str(properties.get("policyAssignmentId", ""))) != fold_id(wish.assignment):
        return False
    reference = properties.get("policyDefinitionReferenceId")
    return reference is None or str(reference).lower() == str(manual.reference).lower()


def _ours(found: Mapping[str, Any]) -> bool:
    metadata = found["properties"].get("metadata")
    mark = metadata.get("s2sguard") if isinstance(metadata, Mapping) else None
    return isinstance(mark, Mapping) and mark.get(OWNER_KEY) == OWNER


def _same(want: Mapping[str, Any], have: Mapping[str, Any], wish: AttestWish) -> bool:
    """Say whether what is attested still holds; it is renewed when half of its time is over, not on every run."""
    if any((want.get(name) or None) != (have.get(name) or None) for name in _COMPARED):
        return False
    try:
        end = datetime.fromisoformat(str(have.get("expiresOn"))).date()
    except ValueError:
        return False
    return wish.today + timedelta(days=(wish.expires_in + 1) // 2) <= end <= _last_day(wish)


def _write(session: Session, step: AttestStep) -> None:
    resource, _, name = step.id.rpartition("/providers/Microsoft.PolicyInsights/attestations/")
    path = f"{request_path(resource)}/providers/Microsoft.PolicyInsights/attestations/{name}"
    with azure_call("writing the attestation", step.id, WRITER):
        answer = session.send("PUT", path, API_VERSION, body=step.body)
        for wait in range(1, _POLLS):
            state = (answer.get("properties") or {}).get("provisioningState", "Succeeded")
            if state in _SETTLED:
                break
            session.pause(min(wait, 5))
            answer = session.send("GET", path, API_VERSION)
        else:
            state = "Unfinished"
    if state != "Succeeded":
        raise DeployError(f"writing the attestation at `{step.id}`: Azure ended with {scrubbed(str(state), 40)}", hint="try again later")
