"""`policy states` and `policy aliases`: what Azure says beside what we say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from s2sguard.azure_policy.deploy.apply import carry_out
from s2sguard.azure_policy.deploy.desired import Wish
from s2sguard.azure_policy.deploy.errors import DeployError
from s2sguard.azure_policy.deploy.plan import make_plan
from s2sguard.azure_policy.deploy.provider_aliases import AliasFinding, read_provider
from s2sguard.azure_policy.deploy.provider_aliases import compare as compare_aliases
from s2sguard.azure_policy.deploy.scope import Scope, parse_scope
from s2sguard.azure_policy.deploy.session import Session
from s2sguard.azure_policy.deploy.states import Assigned, Difference, compare, find_assignments, read_states
from s2sguard.evaluate.verdict import Status, Verdict
from s2sguard.model.inventory import fold_id
from tests.integration.fake_arm.server import FakeArm, Fault
from tests.integration.fake_arm.sessions import session_with
from tests.integration.fake_arm.shipped import GROUP, STATIC_INITIATIVE, SUBSCRIPTION, family
from tests.integration.fake_arm.verdicts import connection, verdict

SUB = parse_scope(SUBSCRIPTION)
CONTROLS = {each.name: each.reference_id for each in family().definitions}
INITIATIVES = {STATIC_INITIATIVE: frozenset(CONTROLS.values())}
RED = connection("to-red")
ASSIGNMENT = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/s2sguard"


@pytest.fixture
def service() -> Iterator[FakeArm]:
    """Return a running fake service in which our initiative is assigned to the subscription."""
    with FakeArm().running() as running, session_with(running) as session:
        carry_out(session, make_plan(session, (family(),), Wish(scope=SUB, home=SUB)), lambda _: None)
        running.seen.clear()
        yield running


@pytest.fixture
def session(service: FakeArm) -> Iterator[Session]:
    """Return a session with it."""
    with session_with(service) as opened:
        yield opened


def state(control: str, resource: str, compliance: str, assignment: str = ASSIGNMENT) -> dict[str, Any]:
    """Return one record of a query result; Azure writes ids in lower case there."""
    name = next(name for name, each in CONTROLS.items() if each == control)
    return {
        "resourceId": resource.lower(),
        "policyAssignmentId": assignment.lower(),
        "policyDefinitionId": f"/subscriptions/{SUBSCRIPTION}/providers/microsoft.authorization/policydefinitions/{name}",
        "policyDefinitionReferenceId": control.lower(),
        "complianceState": compliance,
        "timestamp": "2026-11-24T10:00:00Z",
    }


def differences(session: Session, *verdicts: Verdict, scope: Scope = SUB, known: tuple[str, ...] = (RED,)) -> tuple[Difference, ...]:
    """Read Azure's states and return the differences."""
    assigned = find_assignments(session, scope, (), INITIATIVES)
    states = read_states(session, scope, assigned, CONTROLS)
    return compare(states, verdicts, {fold_id(each) for each in known}, assigned, scope)


@pytest.mark.parametrize(
    ("azure", "ours", "kind"),
    [
        ("Compliant", "pass", None),
        ("NonCompliant", "fail", None),
        ("Compliant", "fail", "disagree"),
        ("NonCompliant", "pass", "disagree"),
        ("NonCompliant", None, "disagree"),
        ("Compliant", None, None),
        ("Compliant", "unknown", "we-not-judged"),
        ("Unknown", "pass", "azure-not-judged"),
        ("Error", "fail", "azure-not-judged"),
        ("NotStarted", "pass", "azure-not-judged"),
        ("NotStarted", None, None),
        ("Exempt", "fail", "exempt"),
        ("Exempt", "pass", None),
        (None, "pass", "azure-not-judged"),
        (None, "unknown", "we-not-judged"),
    ],
)
def test_two_sides_of_one_resource(service: FakeArm, session: Session, azure: str | None, ours: Status | None, kind: str | None) -> None:
    """Only a judged state against a certain verdict is a disagreement; None is no record, or a control that does not apply here."""
    service.store.states = [state("S2S-IKE-001", RED, azure)] if azure else []
    verdicts = [verdict("S2S-IKE-001", RED, ours)] if ours else []
    assert ([kind] if kind else []) == [each.kind for each in differences(session, *verdicts)]


def test_a_resource_we_do_not_know_is_named(service: FakeArm, session: Session) -> None:
    """A state of a resource that the input does not hold is a difference of its own."""
    service.store.states = [state("S2S-IKE-001", connection("forgotten"), "Compliant")]
    (found,) = differences(session)
    assert ("not-in-input", connection("forgotten").lower()) == (found.kind, found.resource)


def test_states_of_other_policies_are_left_out(service: FakeArm, session: Session) -> None:
    """What another assignment says about a resource is not compared."""
    other = state("S2S-IKE-001", RED, "NonCompliant", ASSIGNMENT.replace("s2sguard", "other"))
    foreign = state("S2S-IKE-001", RED, "NonCompliant") | {"policyDefinitionId": "/providers/x/policyDefinitions/built-in"}
    service.store.states = [other, foreign, state("S2S-IKE-001", RED, "Compliant")]
    assert () == differences(session, verdict("S2S-IKE-001", RED, "pass"))


@pytest.mark.parametrize("scope", [SUB, parse_scope(GROUP), parse_scope("corp")], ids=lambda scope: scope.kind)
def test_every_page_is_read_at_every_scope(service: FakeArm, session: Session, scope: Scope) -> None:
    """Records beyond the first page count, for a subscription, a resource group and a management group."""
    if scope.kind == "managementGroup":
        carry_out(session, make_plan(session, (family(),), Wish(scope=scope, home=scope)), lambda _: None)
    (assigned,) = find_assignments(session, scope, (), INITIATIVES)
    names = [f"c{index}" for index in range(7)]
    service.store.states = [state("S2S-IKE-001", connection(name), "Compliant", assigned.id) for name in names]
    assert len(names) == len(read_states(session, scope, [assigned], CONTROLS))
    assert service.count("POST", "/queryResults") == 4


def test_an_assignment_of_a_resource_group_expects_only_its_resources() -> None:
    """Where an assignment does not cover a resource, the missing record is no difference."""
    other = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/spoke"
    narrow = [Assigned(id="a", scope=parse_scope(other), controls=frozenset({"S2S-IKE-001"}))]
    assert () == compare([], [verdict("S2S-IKE-001", RED, "pass")], {fold_id(RED)}, narrow, SUB)


def test_an_assignment_to_one_resource_is_left_out(service: FakeArm, session: Session) -> None:
    """Azure allows assignments to single resources; they end no run."""
    properties = service.store.objects[ASSIGNMENT.lower()]["properties"]
    service.store.put(f"{RED}/providers/Microsoft.Authorization/policyAssignments/one", {"properties": dict(properties)})
    assert [ASSIGNMENT] == [each.id for each in find_assignments(session, SUB, (), INITIATIVES)]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}], ids=["without Retry-After", "with Retry-After"])
def test_a_throttled_query_is_repeated(service: FakeArm, session: Session, headers: dict[str, str]) -> None:
    """The query is a POST that only reads: it is repeated after a 429 even where Azure names no time."""
    service.faults.append(Fault("POST", "/queryResults", times=2, status=429, code="TooManyRequests", headers=headers))
    service.store.states = [state("S2S-IKE-001", RED, "Compliant")]
    assert () == differences(session, verdict("S2S-IKE-001", RED, "pass"))
    assert 3 == service.count("POST")


def test_reading_states_writes_nothing(service: FakeArm, session: Session) -> None:
    """Neither a read nor a missing registration of Microsoft.PolicyInsights leads to a write."""
    message = "not registered to use namespace 'Microsoft.PolicyInsights'"
    service.faults.append(Fault("POST", "/queryResults", times=9, status=409, code="MissingSubscriptionRegistration", message=message))
    with pytest.raises(DeployError, match="a resource provider is not registered"):
        differences(session)
    assert [] == service.writes()


OURS = {
    "resourceTypes": [
        {
            "aliases": [
                {"name": "Microsoft.Network/connections/connectionMode", "defaultPath": "properties.connectionMode"},
                {"name": "Microsoft.Network/connections/enableBgp", "defaultPath": "properties.enableBgp"},
                {"name": "Microsoft.Network/connections/ipsecPolicies", "defaultPath": "properties.ipsecPolicies"},
            ]
        }
    ]
}


def provider(*aliases: dict[str, Any]) -> dict[str, Any]:
    """Return the provider Microsoft.Network with these aliases."""
    return {"namespace": "Microsoft.Network", "resourceTypes": [{"resourceType": "connections", "aliases": list(aliases)}]}


@pytest.mark.parametrize("subscription", [None, SUBSCRIPTION])
def test_aliases_are_held_against_the_provider(service: FakeArm, session: Session, subscription: str | None) -> None:
    """A missing alias, another path and a new `modifiable` are told; other casing is no difference."""
    service.store.provider = provider(
        {"name": "microsoft.network/Connections/connectionMode", "defaultPath": "Properties.connectionMode"},
        {
            "name": "Microsoft.Network/connections/enableBgp",
            "defaultPath": "properties.bgp.enabled",
            "defaultMetadata": {"type": "Boolean", "attributes": "Modifiable"},
        },
    )
    assert (
        AliasFinding(kind="missing", alias="Microsoft.Network/connections/ipsecPolicies", ours="properties.ipsecPolicies"),
        AliasFinding(
            kind="other-path",
            alias="Microsoft.Network/connections/enableBgp",
            ours="properties.enableBgp",
            theirs="properties.bgp.enabled",
        ),
        AliasFinding(kind="modifiable", alias="Microsoft.Network/connections/enableBgp", ours="properties.enableBgp"),
    ) == compare_aliases(OURS, read_provider(session, subscription))
    assert [] == service.writes()


def test_an_alias_with_paths_by_version_alone(service: FakeArm, session: Session) -> None:
    """Without a default path, the paths of the versions are what an alias stands for."""
    versions = [{"path": "properties.connectionMode", "apiVersions": ["2020-07-01"]}]
    service.store.provider = provider({"name": "Microsoft.Network/connections/connectionMode", "paths": versions})
    found = compare_aliases(OURS, read_provider(session, None))
    assert ["missing", "missing"] == [each.kind for each in found]
