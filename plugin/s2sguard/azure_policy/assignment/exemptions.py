"""Exemptions: resources that an assignment does not judge for a stated reason and time (concepts/exemption-structure).

Enrollments have the same form, and the opposite purpose: resources that an assignment is enforced for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias, TypeVar

from s2sguard.azure_policy.assignment.hierarchy import is_within, scope_of
from s2sguard.azure_policy.assignment.resource_selectors import ResourceSelector, compile_selectors, selects
from s2sguard.azure_policy.language.effects.part import Part
from s2sguard.azure_policy.language.outcome import PolicyError, Problem
from s2sguard.azure_policy.language.scope import CompileScope
from s2sguard.azure_policy.language.text import fold, member
from s2sguard.expression.interface import Json

Category: TypeAlias = Literal["Waiver", "Mitigated"]
C = TypeVar("C", bound="Coverage")

_CATEGORIES: Final[Mapping[str, Category]] = {"waiver": "Waiver", "mitigated": "Mitigated"}
_TEXTS: Final = {"displayName": 128, "description": 512}
"""Characters of a text ("Display name and description")."""
_MEMBERS: Final = (
    "policyAssignmentId",
    "policyDefinitionReferenceIds",
    "exemptionCategory",
    "expiresOn",
    "displayName",
    "description",
    "metadata",
    "resourceSelectors",
    "assignmentScopeValidation",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What an exemption or an enrollment is for: a part of one assignment, on a part of its resources."""

    name: str
    scope: str | None
    """The hierarchy or resource, from the object's id; None where it has no id, and then it covers nothing."""
    assignment_id: str
    reference_ids: frozenset[str]
    """Lowercase `policyDefinitionReferenceIds`; empty for all definitions of the assignment."""
    selectors: tuple[ResourceSelector, ...]
    display_name: str = ""
    warnings: tuple[Problem, ...] = ()

    def is_of(self, assignment_id: str | None) -> bool:
        """Say whether it belongs to this assignment; where the assignment has no id it is taken to."""
        return not assignment_id or fold(self.assignment_id.rstrip("/")) == fold(assignment_id.rstrip("/"))

    def includes(self, resource: Mapping[str, Json], reference_id: str = "", management_groups: Collection[str] | None = None) -> bool:
        """Say whether it is for a resource and the definition with this reference id.

        False where that cannot be told (no id, an unknown location, a management group): what is not known is not covered.
        """
        if self.reference_ids and fold(reference_id) not in self.reference_ids:
            return False
        if self.scope is None or is_within(member(resource, "id"), self.scope, management_groups) is not True:
            return False
        return selects(self.selectors, resource, reference_id) is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption(Coverage):
    """One exemption, as `Microsoft.Authorization/policyExemptions` has it."""

    category: Category
    expires_on: datetime | None
    """With a time zone; None for one without an end."""

    @classmethod
    def from_document(cls, document: Json) -> Exemption:
        """Read an exemption as Resource Manager returns it; raises `PolicyError`."""
        scope = CompileScope()
        whole, properties = _parts(document, scope, "an exemption")
        common = _common(whole, properties, "policyExemptions")
        found = cls(**common, category=_category(properties), expires_on=read_time(properties, "expiresOn"))
        return _checked(found, scope)

    def covers(
        self,
        resource: Mapping[str, Json],
        reference_id: str = "",
        *,
        at: datetime,
        management_groups: Collection[str] | None = None,
    ) -> bool:
        """Say whether a resource is exempt, at a time, from the definition with this reference id; see `includes`.

        An exemption ends at `expiresOn`; the object stays, and is no longer honoured ("Expiration").
        """
        if self.expires_on is not None and at >= self.expires_on:
            return False
        return self.includes(resource, reference_id, management_groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment(Coverage):
    """One enrollment, as `Microsoft.Authorization/policyEnrollments` has it (concepts/enrollment-structure).

    It adds resources to those that an assignment with enforcementMode Enroll is enforced for.
    """

    @classmethod
    def from_document(cls, document: Json) -> Enrollment:
        """Read an enrollment as Resource Manager returns it; raises `PolicyError`."""
        scope = CompileScope()
        whole, properties = _parts(document, scope, "an enrollment")
        return _checked(cls(**_common(whole, properties, "policyEnrollments")), scope)


def _parts(document: Json, scope: CompileScope, what: str) -> tuple[Part, Part]:
    if not isinstance(document, Mapping):
        raise PolicyError((Problem(pointer="", message=f"{what} is a JSON object"),))
    whole = Part(scope, document, "")
    return whole, whole.part("properties", "`properties`") or whole


def _common(whole: Part, properties: Part, kind: str) -> dict[str, Any]:
    return {
        "name": _text(whole, "name"),
        "scope": scope_of(whole.get("id"), kind),
        "assignment_id": _required(properties, "policyAssignmentId"),
        "reference_ids": _reference_ids(properties),
        "selectors": compile_selectors(properties),
        "display_name": _texts(properties),
    }


def _checked(found: C, scope: CompileScope) -> C:
    if scope.problems:
        raise PolicyError(tuple(scope.problems))
    return replace(found, warnings=tuple(scope.warnings))


def read_time(part: Part, name: str) -> datetime | None:
    """Return a date and time in ISO 8601; UTC where it names no time zone, None where it is left out."""
    value = part.get(name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        part.scope.problem(part.at(name), f"`{name}` is not a date and time", "such as 2026-12-31T23:59:00Z")
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _text(part: Part, name: str) -> str:
    value = part.get(name)
    if value is not None and not isinstance(value, str):
        part.scope.problem(part.at(name), f"`{name}` is a string")
    return value if isinstance(value, str) else ""


def _required(part: Part, name: str) -> str:
    if part.require(name, why="exemption-structure: the full id of the assignment"):
        return _text(part, name)
    return ""


def _category(part: Part) -> Category:
    if not part.require("exemptionCategory", why="`Waiver` or `Mitigated`"):
        return "Waiver"
    found = _CATEGORIES.get(_text(part, "exemptionCategory").lower())
    if found is None:
        part.scope.problem(part.at("exemptionCategory"), "an exemption is a `Waiver` or `Mitigated`")
    return found or "Waiver"


def _reference_ids(part: Part) -> frozenset[str]:
    value = part.get("policyDefinitionReferenceIds")
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        part.scope.problem(part.at("policyDefinitionReferenceIds"), "`policyDefinitionReferenceIds` is an array of strings")
        return frozenset()
    return frozenset(fold(one) for one in value)


def _texts(part: Part) -> str:
    if "policyAssignmentId" in part:
        part.only(*_MEMBERS, "id", "name", "type", "apiVersion", "systemData")
    for name, longest in _TEXTS.items():
        if len(_text(part, name)) > longest:
            part.scope.problem(part.at(name), f"`{name}` has more than {longest} characters")
    validation = _text(part, "assignmentScopeValidation")
    if validation.lower() not in {"", "default", "donotvalidate"}:
        part.scope.problem(part.at("assignmentScopeValidation"), "the validation is `Default` or `DoNotValidate`")
    return _text(part, "displayName")
