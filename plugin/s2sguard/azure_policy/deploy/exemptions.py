"""Policy exemptions in Azure, read and written by raw requests: the stable SDK has no operation for them (facts 6.1).

Their shape is facts 5.11 and Microsoft Learn, exemption-structure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast
from uuid import NAMESPACE_URL, uuid5

from s2sguard.azure_policy.deploy.calls import WRITER, azure_call
from s2sguard.azure_policy.deploy.desired import OWNER_KEY
from s2sguard.azure_policy.deploy.errors import DeployError
from s2sguard.azure_policy.deploy.resource_ids import assignment_id, is_resource_id, request_path
from s2sguard.azure_policy.deploy.waivers_exchange import expires_on, last_day
from s2sguard.evaluate.acceptance import Waiver
from s2sguard.model.inventory import fold_id

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.scope import Scope
    from s2sguard.azure_policy.deploy.session import Session

API_VERSION: Final = "2022-07-01-preview"
OWNER: Final = "s2sguard policy exemptions"
_COLLECTION: Final = "providers/Microsoft.Authorization/policyExemptions"
_MAX_DESCRIPTION: Final = 512
_MAX_TITLE: Final = 128

Action: TypeAlias = Literal["create", "update", "unchanged", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The assignment that waivers are written against, and the controls it holds: control id -> reference id, None without one."""

    scope: Scope
    name: str
    references: Mapping[str, str | None]

    @property
    def id(self) -> str:
        """The assignment's id."""
        return assignment_id(self.scope, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionStep:
    """One waiver and what has to happen to its exemption."""

    action: Action
    waiver: Waiver
    id: str = ""
    body: Mapping[str, Any] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The waivers that exemptions turned into, and one line for each that could not."""

    waivers: tuple[Waiver, ...]
    left_out: tuple[str, ...]


def read_exemptions(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """Return the exemptions at a scope and, for a subscription or resource group, below it; raises DeployError."""
    # A management group is listed with a filter only (REST reference, Policy Exemptions - List For Management Group).
    query = "?$filter=atScope()" if scope.kind == "managementGroup" else ""
    return session.read("reading policy exemptions", f"{request_path(scope.id)}/{_COLLECTION}{query}", API_VERSION)


def to_waivers(exemptions: Sequence[Mapping[str, Any]], assignments: Mapping[str, Mapping[str, str]], today: date) -> Exported:
    """Return exemptions from our assignments as waivers.

    `assignments` maps folded assignment ids to their lower-case reference ids and controls; other exemptions are not ours to read.
    """
    waivers: list[Waiver] = []
    left_out: list[str] = []
    for exemption in sorted(exemptions, key=lambda each: str(each.get("id", "")).lower()):
        properties = exemption.get("properties") or {}
        references = assignments.get(fold_id(str(properties.get("policyAssignmentId", ""))))
        if references is None:
            continue
        reason = _no_waiver(exemption, properties, today)
        if reason:
            left_out.append(f"{exemption.get('name')} at {_place(exemption)}: {reason}")
            continue
        named = [str(each).lower() for each in properties.get("policyDefinitionReferenceIds") or references]
        waivers += [_waiver(exemption, properties, references[each]) for each in named if each in references]
    return Exported(waivers=tuple(waivers), left_out=tuple(left_out))


def plan_import(session: Session, waivers: Sequence[Waiver], target: Target, today: date) -> tuple[ExemptionStep, ...]:
    """Return a step for each waiver; reads what is exempted already, raises DeployError."""
    existing: dict[str, list[dict[str, Any]]] = {}
    steps = []
    for waiver in waivers:
        reason = _no_exemption(waiver, target, today)
        if reason or waiver.resource is None:
            steps.append(ExemptionStep(action="refused", waiver=waiver, reason=reason))
            continue
        key = fold_id(waiver.resource)
        if key not in existing:
            path = f"{request_path(waiver.resource)}/{_COLLECTION}?$filter=atExactScope()"
            existing[key] = session.read("reading policy exemptions", path, API_VERSION)
        steps.append(_step(waiver, waiver.resource, target, existing[key]))
    return tuple(steps)


def carry_out(session: Session, steps: Sequence[ExemptionStep], report: Callable[[ExemptionStep], None]) -> int:
    """Write every step that is new or different and return how many there were; raises DeployError at the first that fails."""
    pending = [step for step in steps if step.action in {"create", "update"}]
    for index, step in enumerate(pending):
        resource, _, name = step.id.rpartition(f"/{_COLLECTION}/")
        try:
            with azure_call("writing the exemption", step.id, WRITER):
                session.send("PUT", f"{request_path(resource)}/{_COLLECTION}/{name}", API_VERSION, body=step.body)
        except DeployError as error:
            text = f"{error.message}\n{index} of {len(pending)} exemptions are written; the same command goes on from here"
            raise DeployError(text, hint=error.hint, status=error.status, code=error.code) from None
        report(step)
    return len(pending)


def _place(exemption: Mapping[str, Any]) -> str:
    return str(exemption.get("id", "")).lower().rpartition(f"/{_COLLECTION.lower()}/")[0] or "/"


def _scope_of(exemption: Mapping[str, Any]) -> str:
    return str(exemption.get("id", ""))[: len(_place(exemption))]


def _no_waiver(exemption: Mapping[str, Any], properties: Mapping[str, Any], today: date) -> str:
    """Return why an exemption is no waiver; empty where it is one."""
    if not is_resource_id(_scope_of(exemption)):
        return "it exempts everything below its scope; a waiver is for one resource"
    if properties.get("resourceSelectors"):
        return "it has resource selectors"
    if not properties.get("expiresOn"):
        return "it never ends; a waiver needs its last day"
    try:
        day = last_day(str(properties["expiresOn"]))
    except ValueError:
        return "its `expiresOn` is no time"
    return "it has expired" if day < today else ""


def _waiver(exemption: Mapping[str, Any], properties: Mapping[str, Any], control: str) -> Waiver:
    metadata: Mapping[str, Any] = properties.get("metadata") or {}
    made_by = (exemption.get("systemData") or {}).get("createdBy")

    def first(*values: object) -> str:
        return next((value.strip() for value in values if isinstance(value, str) and value.strip()), "")

    category = str(properties.get("exemptionCategory", "Waiver"))
    return Waiver(
        control=control,
        resource=_scope_of(exemption),
        reason=first(properties.get("description"), metadata.get("reason"), properties.get("displayName"))
        or f"Azure exemption ({category})",
        owner=first(metadata.get("requestedBy"), metadata.get("approvedBy"), made_by) or "unknown",
        ticket=first(metadata.get("ticketRef")),
        expires=last_day(str(properties["expiresOn"])),
    )


def _no_exemption(waiver: Waiver, target: Target, today: date) -> str:
    """Return why a waiver cannot be an exemption; empty where it can."""
    if waiver.resource is None:
        return "it is for one pair of partners, and an exemption takes the whole connection out of sight"
    if waiver.expires is None:
        return "it has no valid last day, so it has expired"
    if waiver.control not in target.references:
        return "the assignment holds no definition of this control"
    if not is_resource_id(waiver.resource):
        return "its resource is not the full id of a resource in Azure"
    if target.scope.covers(waiver.resource) is False:
        return "its resource is outside the scope of the assignment"
    if len(waiver.reason) > _MAX_DESCRIPTION:
        return f"its reason is longer than {_MAX_DESCRIPTION} characters"
    return "it has expired" if waiver.expires < today else ""


def _step(waiver: Waiver, resource: str, target: Target, existing: Collection[Mapping[str, Any]]) -> ExemptionStep:
    name = str(uuid5(NAMESPACE_URL, f"{fold_id(target.id)}\n{waiver.control}\n{fold_id(resource)}"))
    identifier = f"{resource}/{_COLLECTION}/{name}"
    properties = _properties(waiver, target)
    found = next((each for each in existing if str(each.get("name", "")).lower() == name), None)
    if found is None:
        return ExemptionStep(action="create", waiver=waiver, id=identifier, body={"properties": properties})
    have = found.get("properties") or {}
    if ((have.get("metadata") or {}).get("s2sguard") or {}).get(OWNER_KEY) != OWNER:
        reason = "an exemption of this name exists and was not made by `policy exemptions`: it is not overwritten"
        return ExemptionStep(action="refused", waiver=waiver, id=identifier, reason=reason)
    if all(_same(key, value, have.get(key)) for key, value in properties.items()):
        return ExemptionStep(action="unchanged", waiver=waiver, id=identifier)
    return ExemptionStep(action="update", waiver=waiver, id=identifier, body={"properties": properties})


def _properties(waiver: Waiver, target: Target) -> dict[str, Any]:
    reference = target.references[waiver.control]
    ends = cast("date", waiver.expires)  # `_no_exemption` refuses one without
    metadata: dict[str, Any] = {"requestedBy": waiver.owner, "s2sguard": {OWNER_KEY: OWNER, "control": waiver.control}}
    if waiver.ticket:
        metadata["ticketRef"] = waiver.ticket
    return {
        "policyAssignmentId": target.id,
        "policyDefinitionReferenceIds": [] if reference is None else [reference],
        "exemptionCategory": "Waiver",
        "expiresOn": expires_on(ends),
        "displayName": f"{waiver.control} waived until {ends.isoformat()}"[:_MAX_TITLE],
        "description": waiver.reason,
        "metadata": metadata,
    }


def _same(key: str, want: object, have: object) -> bool:
    if key == "policyAssignmentId":
        return fold_id(str(want)) == fold_id(str(have))
    if key == "metadata" and isinstance(want, Mapping) and isinstance(have, Mapping):
        return all(have.get(name) == value for name, value in want.items())
    if key == "expiresOn":
        # Azure may write the same moment with fractions of a second.
        return str(want).removesuffix("Z") == str(have).removesuffix("Z").partition(".")[0]
    return (want or None) == (have or None)
