"""`policy exemptions`: exemptions in Azure and our waivers, over the real client's raw requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from s2sguard.azure_policy.deploy.apply import carry_out as apply_plan
from s2sguard.azure_policy.deploy.desired import Wish
from s2sguard.azure_policy.deploy.errors import DeployError
from s2sguard.azure_policy.deploy.exemptions import ExemptionStep, Exported, Target, carry_out, plan_import, read_exemptions, to_waivers
from s2sguard.azure_policy.deploy.plan import make_plan
from s2sguard.azure_policy.deploy.scope import parse_scope
from s2sguard.azure_policy.deploy.session import Session
from s2sguard.evaluate.acceptance import Pair, Waiver
from s2sguard.model.inventory import fold_id
from tests.integration.fake_arm.server import FakeArm, Fault
from tests.integration.fake_arm.sessions import session_with
from tests.integration.fake_arm.shipped import GROUP, SUBSCRIPTION, family
from tests.integration.fake_arm.verdicts import connection

SUB = parse_scope(SUBSCRIPTION)
RED = connection("to-red")
TODAY = date(2026, 11, 24)
CONTROLS = ("S2S-IKE-001", "S2S-IKE-002", "S2S-ISO-001")
TARGET = Target(scope=SUB, name="s2sguard", references={control: control for control in CONTROLS})
ASSIGNMENTS = {fold_id(TARGET.id): {control.lower(): control for control in CONTROLS}}
WAIVER = Waiver(control="S2S-IKE-001", resource=RED, reason="old device", owner="network", ticket="INC-1", expires=date(2026, 12, 31))


@pytest.fixture
def service() -> Iterator[FakeArm]:
    """Return a running fake service in which our initiative is assigned to the subscription."""
    with FakeArm().running() as running, session_with(running) as session:
        apply_plan(session, make_plan(session, (family(),), Wish(scope=SUB, home=SUB)), lambda _: None)
        running.seen.clear()
        yield running


@pytest.fixture
def session(service: FakeArm) -> Iterator[Session]:
    """Return a session with it."""
    with session_with(service) as opened:
        yield opened


def write(session: Session, *waivers: Waiver) -> tuple[ExemptionStep, ...]:
    """Plan and write exemptions; return the steps."""
    steps = plan_import(session, waivers, TARGET, TODAY)
    carry_out(session, steps, lambda _: None)
    return steps


def export(session: Session) -> Exported:
    """Return every exemption of the subscription as a waiver."""
    return to_waivers(read_exemptions(session, SUB), ASSIGNMENTS, TODAY)


def exemption(service: FakeArm, name: str, place: str = RED, **properties: Any) -> None:
    """Store an exemption that somebody made in the portal."""
    found = {"policyAssignmentId": TARGET.id, "exemptionCategory": "Mitigated", "expiresOn": "2026-12-31T12:00:00.0000000Z", **properties}
    service.store.put(f"{place}/providers/Microsoft.Authorization/policyExemptions/{name}", {"properties": found})


def test_there_and_back(session: Session) -> None:
    """A waiver written as an exemption comes back as the same waiver."""
    waivers = (WAIVER, replace(WAIVER, control="S2S-ISO-001", resource=connection("to-blue"), ticket=""))
    assert ["create", "create"] == [step.action for step in write(session, *waivers)]
    assert set(waivers) == set(export(session).waivers)


def test_an_exemption_ends_with_the_last_day(service: FakeArm, session: Session) -> None:
    """`expires` is inclusive, so `expiresOn` is the last second of that day; the exemption names one definition."""
    write(session, WAIVER)
    (body,) = (body for key, body in service.store.objects.items() if "/policyexemptions/" in key)
    assert ("2026-12-31T23:59:59Z", ["S2S-IKE-001"], "Waiver", "old device") == tuple(
        body["properties"][key] for key in ("expiresOn", "policyDefinitionReferenceIds", "exemptionCategory", "description")
    )


def test_a_second_import_has_nothing_to_do(service: FakeArm, session: Session) -> None:
    """The same waiver is not written again; a new last day is an update."""
    write(session, WAIVER)
    assert ["unchanged"] == [step.action for step in write(session, WAIVER)]
    assert ["update"] == [step.action for step in write(session, replace(WAIVER, expires=date(2027, 1, 31)))]
    assert 2 == len(service.writes())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"expires": None}, "no valid last day"),
        ({"resource": None, "pair": Pair(gateway=RED, partners=(("blue",), ("red",)))}, "takes the whole connection"),
        ({"control": "S2S-GWY-001"}, "no definition of this control"),
        ({"resource": "terraform:x.y"}, "not the full id"),
        ({"resource": RED.replace(SUBSCRIPTION, "99999999-2222-3333-4444-555555555555")}, "outside the scope"),
        ({"expires": date(2026, 11, 23)}, "has expired"),
        ({"reason": "x" * 513}, "longer than 512"),
    ],
)
def test_a_waiver_that_is_no_exemption_is_refused(service: FakeArm, session: Session, changed: dict[str, Any], reason: str) -> None:
    """What would exempt more than was waived, or cannot be an exemption, is named and not written."""
    (step,) = write(session, replace(WAIVER, **changed))
    assert ("refused", True, []) == (step.action, reason in step.reason, service.writes())


def test_an_exemption_of_somebody_else_stays(service: FakeArm, session: Session) -> None:
    """One of the same name without our mark is refused."""
    (step,) = write(session, WAIVER)
    service.store.objects[step.id.lower()]["properties"]["metadata"] = {}
    assert ["refused"] == [again.action for again in write(session, replace(WAIVER, reason="another"))]


def test_an_exemption_of_the_portal_becomes_waivers(service: FakeArm, session: Session) -> None:
    """Without reference ids it waives every control of the initiative, and never longer than it holds itself."""
    exemption(service, "all", displayName="accepted", metadata={"requestedBy": "alice", "ticketRef": "CHG-2"})
    found = export(session)
    assert [(control, date(2026, 12, 30), "accepted", "alice", "CHG-2") for control in CONTROLS] == [
        (each.control, each.expires, each.reason, each.owner, each.ticket) for each in sorted(found.waivers, key=lambda each: each.control)
    ]


@pytest.mark.parametrize(
    ("place", "properties", "reason"),
    [
        (GROUP, {}, "everything below its scope"),
        (RED, {"expiresOn": None}, "never ends"),
        (RED, {"expiresOn": "2026-11-24T10:00:00Z"}, "has expired"),
        (RED, {"expiresOn": "soon"}, "is no time"),
        (RED, {"resourceSelectors": [{"name": "a"}]}, "resource selectors"),
    ],
)
def test_an_exemption_that_is_no_waiver_is_left_out(
    service: FakeArm, session: Session, place: str, properties: dict[str, Any], reason: str
) -> None:
    """What a waiver cannot say is named, never widened."""
    exemption(service, "odd", place, **properties)
    found = export(session)
    assert ((), True) == (found.waivers, reason in found.left_out[0])


def test_exemptions_of_other_assignments_are_not_read(service: FakeArm, session: Session) -> None:
    """An exemption from somebody else's assignment says nothing about our controls."""
    exemption(service, "other", policyAssignmentId=TARGET.id.replace("s2sguard", "cis"))
    assert Exported(waivers=(), left_out=()) == export(session)


def test_every_page_of_exemptions_is_read(service: FakeArm, session: Session) -> None:
    """All exemptions of a subscription are read, however many pages they take."""
    for index in range(7):
        exemption(service, f"e{index}", connection(f"c{index}"), policyDefinitionReferenceIds=["s2s-ike-001"])
    assert 7 == len(export(session).waivers)


def test_a_management_group_is_listed_with_its_filter(service: FakeArm, session: Session) -> None:
    """Azure lists exemptions of a management group with a filter only."""
    assert [] == read_exemptions(session, parse_scope("corp"))
    assert "atScope()" == service.seen[-1].query["$filter"]


def test_a_failure_half_way_says_how_far_it_came(service: FakeArm, session: Session) -> None:
    """The error counts what is written and names the role."""
    service.faults.append(Fault("PUT", "/policyExemptions/", times=9, skip=1, status=403, code="AuthorizationFailed"))
    with pytest.raises(DeployError, match="1 of 2 exemptions are written") as caught:
        write(session, WAIVER, replace(WAIVER, control="S2S-IKE-002"))
    assert "Resource Policy Contributor" in caught.value.hint
