"""`policy attest`: verdicts become attestations on manual definitions, over the real client's raw requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from s2sguard.azure_policy.deploy.apply import carry_out as apply_plan
from s2sguard.azure_policy.deploy.attestations import AttestStep, AttestWish, carry_out, manual_definitions, plan_attestations
from s2sguard.azure_policy.deploy.desired import Wish
from s2sguard.azure_policy.deploy.errors import DeployError
from s2sguard.azure_policy.deploy.plan import make_plan
from s2sguard.azure_policy.deploy.scope import Scope, parse_scope
from s2sguard.azure_policy.deploy.session import Session
from s2sguard.evaluate.verdict import Status, Verdict
from tests.integration.fake_arm.server import FakeArm, Fault
from tests.integration.fake_arm.sessions import session_with
from tests.integration.fake_arm.shipped import GROUP, SUBSCRIPTION, definition, family
from tests.integration.fake_arm.verdicts import connection, verdict

SUB = parse_scope(SUBSCRIPTION)
CONTROL = "S2S-ISO-001"
NAMES = {definition(3, CONTROL).name: CONTROL}
RED = connection("to-red")
WISH = AttestWish(scope=SUB, name="s2sguard", today=date(2026, 11, 24), expires_in=30)


@pytest.fixture
def service() -> Iterator[FakeArm]:
    """Return a running fake service."""
    with FakeArm().running() as running:
        yield running


@pytest.fixture
def session(service: FakeArm) -> Iterator[Session]:
    """Return a session with it, in which our initiative is assigned to the subscription."""
    with session_with(service) as opened:
        assign(opened, SUB)
        service.seen.clear()
        yield opened


def assign(session: Session, scope: Scope) -> None:
    """Deploy the test's initiative."""
    apply_plan(session, make_plan(session, (family(),), Wish(scope=scope, home=scope.home())), lambda _: None)


def attest(session: Session, *verdicts: Verdict, wish: AttestWish = WISH) -> tuple[AttestStep, ...]:
    """Plan and write attestations; return the steps."""
    steps = plan_attestations(session, verdicts, manual_definitions(session, wish, NAMES), wish)
    carry_out(session, steps, lambda _: None)
    return steps


def stored(service: FakeArm) -> list[dict[str, Any]]:
    """Return the properties of every attestation."""
    return [body["properties"] for key, body in service.store.objects.items() if "/attestations/" in key]


@pytest.mark.parametrize(
    ("status", "state"), [("pass", "Compliant"), ("fail", "NonCompliant"), ("unknown", "Unknown"), ("error", "Unknown")]
)
def test_a_verdict_becomes_a_state(service: FakeArm, session: Session, status: Status, state: str) -> None:
    """A pass is Compliant, a fail NonCompliant, and what is not known is Unknown, never Compliant."""
    attest(session, verdict(CONTROL, RED, status))
    (properties,) = stored(service)
    assert (state, CONTROL, WISH.assignment) == (
        properties["complianceState"],
        properties["policyDefinitionReferenceId"],
        properties["policyAssignmentId"],
    )
    assert "2026-12-24T23:59:59Z" == properties["expiresOn"]


def test_only_manual_controls_are_attested(service: FakeArm, session: Session) -> None:
    """A verdict of a control that Azure judges itself is not written."""
    attest(session, verdict("S2S-IKE-001", RED, "fail"))
    assert [] == stored(service)


def test_an_attestation_stands_at_the_resource(service: FakeArm, session: Session) -> None:
    """The request goes to the resource that the verdict is about, once for each resource."""
    attest(session, verdict(CONTROL, RED, "pass"), verdict(CONTROL, connection("to-blue"), "fail"))
    assert [RED, connection("to-blue")] == [path.partition("/providers/Microsoft.PolicyInsights/")[0] for path in service.writes()]


def test_a_second_run_has_nothing_to_do(service: FakeArm, session: Session) -> None:
    """The same verdicts on the same day, and on days before half of the time is over, write nothing."""
    verdicts = (verdict(CONTROL, RED, "pass"), verdict(CONTROL, connection("to-blue"), "fail"))
    attest(session, *verdicts)
    written = len(service.writes())
    for today in (WISH.today, date(2026, 12, 9)):
        assert ["unchanged"] * 2 == [step.action for step in attest(session, *verdicts, wish=replace(WISH, today=today))]
    assert written == len(service.writes())
    assert ["update"] * 2 == [step.action for step in attest(session, *verdicts, wish=replace(WISH, today=date(2026, 12, 10)))]


def test_a_changed_verdict_is_written(service: FakeArm, session: Session) -> None:
    """A resource that came to fail is updated in place: there is one attestation for each resource and definition."""
    attest(session, verdict(CONTROL, RED, "pass"))
    attest(session, verdict(CONTROL, RED.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), "fail"))
    assert ["NonCompliant"] == [properties["complianceState"] for properties in stored(service)]


def test_evidence_and_owner_are_passed_on(service: FakeArm, session: Session) -> None:
    """The link and the responsible person stand in the attestation."""
    owner = "99999999-2222-3333-4444-555555555555"
    attest(session, verdict(CONTROL, RED, "pass"), wish=replace(WISH, evidence="https://reports.example.com/1", owner=owner))
    (properties,) = stored(service)
    assert ("https://reports.example.com/1", owner) == (properties["evidence"][0]["sourceUri"], properties["owner"])


def test_the_comment_proves_and_keeps_secrets(service: FakeArm, session: Session) -> None:
    """A comment has the message, one packet and the fingerprint; no control characters, nothing that looks like a credential."""
    witness = {"src": "10.1.0.10", "dst": "10.2.0.10", "from": RED, "to": connection("to-blue"), "from_selector": "", "to_selector": ""}
    found = verdict(CONTROL, RED, "fail", message="open\x1b[31m Bearer abc.def sharedKey: s3cret", witness=witness | {"because": []})
    attest(session, found)
    (comment,) = (properties["comments"] for properties in stored(service))
    assert "packet 10.1.0.10 -> 10.2.0.10, in by to-red, out by to-blue" in comment
    assert comment.endswith(f"[s2sguard fingerprint {found.fingerprint}]")
    assert comment.isprintable()
    assert not any(secret in comment for secret in ("abc.def", "s3cret"))


def test_a_pass_of_isolation_names_what_it_rests_on(service: FakeArm, session: Session) -> None:
    """Compliant on the portal page says under which assumption."""
    attest(session, verdict(CONTROL, RED, "pass"), wish=replace(WISH, assumptions="peer_child_sa=refused"))
    assert "under peer_child_sa=refused" in stored(service)[0]["comments"]


def test_a_long_message_keeps_its_fingerprint(service: FakeArm, session: Session) -> None:
    """A comment has at most 1000 characters and ends with the fingerprint."""
    found = verdict(CONTROL, RED, "fail", message="x" * 5000)
    attest(session, found)
    comment = stored(service)[0]["comments"]
    assert (1000, True) == (len(comment), comment.endswith(f"{found.fingerprint}]"))


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("terraform:azurerm_virtual_network_gateway_connection.red", "not in Azure yet"),
        ("https://example.invalid/subscriptions/x", "not in Azure yet"),
        (f"{GROUP}/providers/Microsoft.Network/connections/../../../elsewhere", "not in Azure yet"),
        (f"{GROUP}/providers/Microsoft.Network/connections/red?api-version=1", "not in Azure yet"),
        (RED.replace(SUBSCRIPTION, "99999999-2222-3333-4444-555555555555"), "outside the scope"),
    ],
)
def test_what_is_not_in_azure_or_elsewhere_is_skipped(service: FakeArm, session: Session, resource: str, reason: str) -> None:
    """No request is made for an id that is not one of Azure's, climbs, brings a query along or lies outside the assignment."""
    manual = manual_definitions(session, WISH, NAMES)
    service.seen.clear()
    (step,) = plan_attestations(session, [verdict(CONTROL, resource, "fail")], manual, WISH)
    assert ("skipped", True, []) == (step.action, reason in step.reason, service.seen)


def test_what_somebody_else_attested_stays(service: FakeArm, session: Session) -> None:
    """An attestation of the same resource and definition that is not ours is refused, not doubled or overwritten."""
    other = f"{RED}/providers/Microsoft.PolicyInsights/attestations/by-hand"
    properties = {"policyAssignmentId": WISH.assignment.upper(), "policyDefinitionReferenceId": CONTROL, "complianceState": "Compliant"}
    service.store.put(other, {"properties": properties})
    (step,) = attest(session, verdict(CONTROL, RED, "fail"))
    assert ("refused", True, []) == (step.action, "by-hand" in step.reason, service.writes())


def test_a_single_definition_has_no_reference(service: FakeArm, session: Session) -> None:
    """Where the manual definition itself is assigned, the attestation names no reference id."""
    name = definition(3, CONTROL).name
    identifier = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/one"
    target = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/{name}"
    service.store.put(identifier, {"properties": {"policyDefinitionId": target}})
    attest(session, verdict(CONTROL, RED, "pass"), wish=replace(WISH, name="one"))
    assert "policyDefinitionReferenceId" not in stored(service)[0]


def test_an_assignment_of_a_management_group_is_attested(service: FakeArm, session: Session) -> None:
    """The initiative of a management group is read there, and its resources are in any subscription."""
    group = parse_scope("corp")
    assign(session, group)
    steps = attest(session, verdict(CONTROL, RED, "pass"), wish=replace(WISH, scope=group))
    assert ["create"] == [step.action for step in steps]
    assert stored(service)[0]["policyAssignmentId"].startswith("/providers/Microsoft.Management/managementGroups/corp/")


def test_an_assignment_without_manual_definitions_is_said(session: Session) -> None:
    """An assignment that holds none of our manual definitions, or does not exist, is an error."""
    with pytest.raises(DeployError, match="holds none of our manual definitions"):
        manual_definitions(session, WISH, {"another": CONTROL})
    with pytest.raises(DeployError, match="404"):
        manual_definitions(session, replace(WISH, name="missing"), NAMES)


def test_what_azure_takes_time_for_is_waited_for(service: FakeArm) -> None:
    """An attestation in the state Creating is asked for again until it is done; one that fails is an error."""
    pauses: list[float] = []
    with session_with(service, pauses) as session:
        assign(session, SUB)
        service.store.creating = 2
        attest(session, verdict(CONTROL, RED, "pass"))
        assert [1, 2] == pauses
        service.store.creating = 1000
        with pytest.raises(DeployError, match=r"Azure ended with Unfinished\n0 of 1 attestations are written"):
            attest(session, verdict(CONTROL, RED, "fail"))


def test_a_failure_half_way_says_how_far_it_came(service: FakeArm, session: Session) -> None:
    """The error counts what is written, and the next run writes only the rest."""
    verdicts = [verdict(CONTROL, connection(name), "pass") for name in ("a", "b", "c")]
    service.faults.append(Fault("PUT", "/attestations/", times=9, skip=2, status=403, code="AuthorizationFailed"))
    with pytest.raises(DeployError, match="2 of 3 attestations are written") as caught:
        attest(session, *verdicts)
    assert "Resource Policy Contributor" in caught.value.hint
    service.faults.clear()
    assert ["unchanged", "unchanged", "create"] == [step.action for step in attest(session, *verdicts)]


def test_every_page_of_attestations_is_read(service: FakeArm, session: Session) -> None:
    """Ours on the second page of a resource's attestations is found."""
    attest(session, verdict(CONTROL, RED, "pass"))
    ours = service.store.objects.copy()
    for index in range(3):
        elsewhere = {"policyAssignmentId": f"/subscriptions/{SUBSCRIPTION}/other{index}", "complianceState": "Compliant"}
        service.store.put(f"{RED}/providers/Microsoft.PolicyInsights/attestations/other{index}", {"properties": elsewhere})
    own = next(key for key in ours if "/attestations/" in key)
    service.store.objects[own] = service.store.objects.pop(own)
    assert ["unchanged"] == [step.action for step in attest(session, verdict(CONTROL, RED, "pass"))]


def test_a_next_page_elsewhere_is_not_followed(service: FakeArm, session: Session) -> None:
    """A link to another host would carry the token there: it ends the run."""
    text = '{"value": [], "nextLink": "http://127.0.0.1:1/subscriptions/x"}'
    service.faults.append(Fault("GET", "/attestations", status=200, text=text))
    with pytest.raises(DeployError, match="leads somewhere else"):
        attest(session, verdict(CONTROL, RED, "pass"))


def test_an_attestation_of_our_name_without_our_mark_stays(service: FakeArm, session: Session) -> None:
    """The name alone proves nothing, as anybody can compute it."""
    attest(session, verdict(CONTROL, RED, "fail"))
    (path,) = service.writes()
    body = dict(service.store.get(path) or {})
    body["properties"] = {**body["properties"], "complianceState": "Compliant", "metadata": {"s2sguard": {"managedBy": "another"}}}
    service.store.put(path, body)
    (step,) = attest(session, verdict(CONTROL, RED, "fail"))
    assert step.action == "refused"
    assert [path] == service.writes()
