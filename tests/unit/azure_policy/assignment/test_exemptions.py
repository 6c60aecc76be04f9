"""Exemptions, enrollments, and the scopes and selectors that they share with assignments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest

from s2sguard.azure_policy import PolicyError
from s2sguard.azure_policy.assignment.exemptions import Enrollment, Exemption
from s2sguard.azure_policy.assignment.hierarchy import is_within, scope_of
from s2sguard.model.value import Unknown

Json: TypeAlias = Any

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-00000000000a"
GROUP = f"{SUBSCRIPTION}/resourceGroups/Lab"
LINK = f"{GROUP}/providers/Contoso.Lab/links/one"
MANAGEMENT = "/providers/Microsoft.Management/managementGroups/Root"
ASSIGNMENT = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/hardening"
RESOURCE: dict[str, Any] = {"id": LINK, "type": "Contoso.Lab/links", "location": "UK South"}
BEFORE, AFTER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
UNKNOWN = Unknown("after apply")


def exemption(scope: str = GROUP, **properties: Json) -> dict[str, Json]:
    """Return the document of an exemption on a scope."""
    whole = {"policyAssignmentId": ASSIGNMENT, "exemptionCategory": "Waiver", **properties}
    return {"id": f"{scope}/providers/Microsoft.Authorization/policyExemptions/agreed", "name": "agreed", "properties": whole}


def selector(kind: str, *values: str, negated: bool = False) -> list[Json]:
    """Return `resourceSelectors` with one condition."""
    return [{"name": "s", "selectors": [{"kind": kind, "notIn" if negated else "in": list(values)}]}]


WITHOUT_LOCATION = selector("resourceWithoutLocation", "subscriptionLevelResources")
COVERED: list[tuple[Json, Json, bool]] = [
    # the scope is where the exemption is created
    (exemption(), RESOURCE, True),
    (exemption(SUBSCRIPTION), RESOURCE, True),
    (exemption(LINK), RESOURCE, True),
    (exemption(LINK.upper()), RESOURCE, True),
    (exemption(LINK + "x"), RESOURCE, False),
    (exemption(f"{SUBSCRIPTION}/resourceGroups/La"), RESOURCE, False),
    (exemption(), {**RESOURCE, "id": UNKNOWN}, False),
    (exemption(), {"type": "Contoso.Lab/links"}, False),
    (exemption(MANAGEMENT), RESOURCE, False),
    ({**exemption(), "id": None}, RESOURCE, False),
    # the definitions
    (exemption(policyDefinitionReferenceIds=["S2S-IKE-001"]), RESOURCE, True),
    (exemption(policyDefinitionReferenceIds=["s2s-ike-001", "x"]), RESOURCE, True),
    (exemption(policyDefinitionReferenceIds=["x"]), RESOURCE, False),
    (exemption(policyDefinitionReferenceIds=[]), RESOURCE, True),
    # the selectors
    (exemption(resourceSelectors=selector("resourceLocation", "uksouth")), RESOURCE, True),
    (exemption(resourceSelectors=selector("resourceLocation", "UK South", negated=True)), RESOURCE, False),
    (exemption(resourceSelectors=selector("resourceLocation", "uksouth")), {**RESOURCE, "location": UNKNOWN}, False),
    (exemption(resourceSelectors=selector("resourceType", "contoso.lab/LINKS")), RESOURCE, True),
    (exemption(resourceSelectors=selector("resourceType", "contoso.lab/other")), RESOURCE, False),
    (exemption(resourceSelectors=selector("resourceType", "contoso.lab/other") + selector("resourceLocation", "uksouth")), RESOURCE, True),
    (exemption(resourceSelectors=selector("resourceRolloutPercentage", "50")), RESOURCE, False),
    (exemption(resourceSelectors=[]), RESOURCE, True),
    (exemption(resourceSelectors=selector("resourceType", "Contoso.Lab/links", *map(str, range(49)))), RESOURCE, True),
    (exemption(resourceSelectors=selector("resourceType", "Contoso.Lab/links") * 10), RESOURCE, True),
    (exemption(SUBSCRIPTION, resourceSelectors=WITHOUT_LOCATION), {"id": f"{SUBSCRIPTION}/providers/Contoso.Lab/plans/p"}, True),
    (exemption(SUBSCRIPTION, resourceSelectors=WITHOUT_LOCATION), {**RESOURCE, "location": None}, False),
    (exemption(SUBSCRIPTION, resourceSelectors=WITHOUT_LOCATION), {**RESOURCE, "location": UNKNOWN}, False),
]


@pytest.mark.parametrize(("document", "resource", "covered"), COVERED)
def test_what_an_exemption_covers(document: Json, resource: Json, covered: bool) -> None:  # noqa: FBT001
    """Scope, definitions and selectors; what cannot be told is not exempt."""
    assert covered is Exemption.from_document(document).covers(resource, "S2S-IKE-001", at=BEFORE)


def test_a_condition_of_a_selector_has_to_hold_as_all_others() -> None:
    """Entries are alternatives, the conditions of one are not."""
    both = [
        {
            "name": "s",
            "selectors": [*selector("resourceType", "x")[0]["selectors"], *selector("resourceLocation", "uksouth")[0]["selectors"]],
        }
    ]
    assert not Exemption.from_document(exemption(resourceSelectors=both)).covers(RESOURCE, at=BEFORE)


def test_management_groups_are_told_by_the_caller() -> None:
    """By name or id, in any casing."""
    found = Exemption.from_document(exemption(MANAGEMENT))
    assert [True, True, False] == [
        found.covers(RESOURCE, at=BEFORE, management_groups=groups) for groups in (["root"], [MANAGEMENT], ["other"])
    ]


ENDS: list[tuple[str | None, datetime, bool]] = [
    (None, AFTER, True),
    ("2026-06-30T00:00:00Z", BEFORE, True),
    ("2026-06-30T00:00:00.0000000Z", AFTER, False),
    ("2026-06-30", AFTER, False),
    ("2027-01-01T00:00:00Z", AFTER, False),
    ("2027-01-01T01:00:00+01:00", AFTER, False),
    ("2027-01-01T00:00:00-01:00", AFTER, True),
]


@pytest.mark.parametrize(("expires", "at", "covered"), ENDS)
def test_an_exemption_ends(expires: str | None, at: datetime, covered: bool) -> None:  # noqa: FBT001
    """From `expiresOn` on it is no longer honoured."""
    document = exemption() if expires is None else exemption(expiresOn=expires)
    assert covered is Exemption.from_document(document).covers(RESOURCE, at=at)


@pytest.mark.parametrize("category", ["Waiver", "waiver", "MITIGATED"])
def test_categories_ignore_case(category: str) -> None:
    """The documentation's own example writes `waiver`."""
    assert category.capitalize() == Exemption.from_document(exemption(exemptionCategory=category)).category


def test_an_exemption_is_of_one_assignment() -> None:
    """Ids ignore case; an assignment that has no id yet cannot be told apart."""
    found = Exemption.from_document(exemption())
    assert [True, True, False] == [found.is_of(one) for one in (ASSIGNMENT.upper() + "/", None, ASSIGNMENT + "2")]


TOO_MANY = [{"name": str(number), "selectors": []} for number in range(11)]
REFUSED: list[tuple[Json, str]] = [
    (None, ""),
    ([], ""),
    ({}, ""),
    ({"properties": 7}, "/properties"),
    (exemption(exemptionCategory="forever"), "/properties/exemptionCategory"),
    (exemption(exemptionCategory=None), "/properties/exemptionCategory"),
    (exemption(policyAssignmentId=7), "/properties/policyAssignmentId"),
    (exemption(expiresOn="soon"), "/properties/expiresOn"),
    (exemption(expiresOn=2026), "/properties/expiresOn"),
    (exemption(displayName="x" * 129), "/properties/displayName"),
    (exemption(policyDefinitionReferenceIds="x"), "/properties/policyDefinitionReferenceIds"),
    (exemption(assignmentScopeValidation="Never"), "/properties/assignmentScopeValidation"),
    (exemption(expireOn="2026-06-30"), "/properties/expireOn"),
    (exemption(resourceSelectors="x"), "/properties/resourceSelectors"),
    (exemption(resourceSelectors=TOO_MANY), "/properties/resourceSelectors"),
    (
        exemption(resourceSelectors=[{"selectors": [{"kind": "resourceColour", "in": []}]}]),
        "/properties/resourceSelectors/0/selectors/0/kind",
    ),
    (exemption(resourceSelectors=[{"selectors": [{"in": []}]}]), "/properties/resourceSelectors/0/selectors/0/kind"),
    (exemption(resourceSelectors=[{"selectors": [{"kind": "resourceType"}]}]), "/properties/resourceSelectors/0/selectors/0"),
    (
        exemption(resourceSelectors=[{"selectors": [{"kind": "resourceType", "in": [], "notIn": []}]}]),
        "/properties/resourceSelectors/0/selectors/0",
    ),
    (exemption(resourceSelectors=selector("resourceType", *map(str, range(51)))), "/properties/resourceSelectors/0/selectors/0/in"),
    (
        exemption(resourceSelectors=[{"selectors": selector("resourceType", "x")[0]["selectors"] * 2}]),
        "/properties/resourceSelectors/0/selectors",
    ),
]


@pytest.mark.parametrize(("document", "pointer"), REFUSED)
def test_a_wrong_exemption_is_a_policy_error(document: Json, pointer: str) -> None:
    """With a pointer into the document."""
    with pytest.raises(PolicyError) as caught:
        Exemption.from_document(document)
    assert pointer in {problem.pointer for problem in caught.value.problems}


def test_an_enrollment_covers_as_an_exemption_does() -> None:
    """It has the same form, without category and end."""
    document = {
        "id": f"{GROUP}/providers/Microsoft.Authorization/policyEnrollments/wave-1",
        "properties": {"policyAssignmentId": ASSIGNMENT, "policyDefinitionReferenceIds": ["a"]},
    }
    found = Enrollment.from_document(document)
    assert [True, False] == [found.includes(RESOURCE, reference) for reference in ("A", "b")]
    with pytest.raises(PolicyError):
        Enrollment.from_document({})


WITHIN: list[tuple[Json, str, Json, bool | None]] = [
    (LINK, "", None, True),
    (LINK, "/", None, True),
    (LINK, GROUP + "/", None, True),
    (GROUP, GROUP, None, True),
    (SUBSCRIPTION, GROUP, None, False),
    ("terraform:x", GROUP, None, None),
    (None, GROUP, None, None),
    (UNKNOWN, GROUP, None, None),
    (LINK, MANAGEMENT, None, None),
    (LINK, MANAGEMENT, [], False),
    (MANAGEMENT, MANAGEMENT, None, True),
]


@pytest.mark.parametrize(("path", "scope", "groups", "answer"), WITHIN)
def test_what_is_in_a_scope(path: Json, scope: str, groups: Json, answer: bool | None) -> None:  # noqa: FBT001
    """None where the id or the management groups are not known."""
    assert answer is is_within(path, scope, groups)


SCOPES: list[tuple[Json, str | None]] = [
    (ASSIGNMENT, SUBSCRIPTION),
    (f"{LINK}/providers/microsoft.authorization/POLICYASSIGNMENTS/x", LINK),
    (f"{MANAGEMENT}/providers/Microsoft.Authorization/policyAssignments/x", MANAGEMENT),
    ("/providers/Microsoft.Authorization/policyAssignments/x", ""),
    (LINK, None),
    (None, None),
]


@pytest.mark.parametrize(("path", "scope"), SCOPES)
def test_the_scope_of_an_assignment_is_in_its_id(path: Json, scope: str | None) -> None:
    """What stands before the provider of the assignment itself."""
    assert scope == scope_of(path, "policyAssignments")
