"""`policy plan` and `policy apply` with the real SDK clients against a service on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from s2sguard.azure_policy.deploy.apply import carry_out
from s2sguard.azure_policy.deploy.derived_document import read_derived
from s2sguard.azure_policy.deploy.desired import OWNER, Ours, Wish, object_id
from s2sguard.azure_policy.deploy.errors import DeployError
from s2sguard.azure_policy.deploy.plan import Plan, make_plan
from s2sguard.azure_policy.deploy.scope import Scope, parse_scope
from s2sguard.azure_policy.deploy.session import Session
from s2sguard.errors import UsageError
from tests.integration.fake_arm.server import TOKEN, FakeArm, Fault
from tests.integration.fake_arm.sessions import session_with
from tests.integration.fake_arm.shipped import GROUP, SUBSCRIPTION, definition, derived_family, family

SUB = parse_scope(SUBSCRIPTION)
MG = parse_scope("corp")
SCOPES = (SUB, MG, parse_scope(GROUP))
ASSIGNMENT = object_id("assignment", SUB, "s2sguard")
PENDING = 5
"""Objects of `family()`: three definitions, the initiative, the assignment."""


@pytest.fixture
def service() -> Iterator[FakeArm]:
    """Return a running fake service."""
    with FakeArm().running() as running:
        yield running


@pytest.fixture
def session(service: FakeArm) -> Iterator[Session]:
    """Return a session with it."""
    with session_with(service) as opened:
        yield opened


def wish(scope: Scope = SUB, **more: object) -> Wish:
    """Return what a command line with this scope asks for."""
    return replace(Wish(scope=scope, home=scope.home()), **more)  # type: ignore[arg-type]  # fields of Wish


def apply(session: Session, families: tuple[Ours, ...] = (), asked: Wish | None = None) -> Plan:
    """Plan, carry the plan out, and return it."""
    plan = make_plan(session, families or (family(),), asked or wish())
    carry_out(session, plan, lambda _: None)
    return plan


def actions(plan: Plan) -> list[str]:
    """Return `action kind name` of every step that is not `unchanged`."""
    return [f"{step.action} {step.kind} {step.name}" for step in plan.steps if step.action != "unchanged"]


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.kind)
def test_a_second_run_has_nothing_to_do(service: FakeArm, session: Session, scope: Scope) -> None:
    """After one apply, whatever the service added to our objects, a plan holds no change and an apply writes nothing."""
    first = apply(session, asked=wish(scope))
    written = len(service.writes())
    second = apply(session, asked=wish(scope))
    assert (["create"] * PENDING, [], written) == ([step.action for step in first.steps], actions(second), len(service.writes()))
    assert PENDING == written


def test_definitions_come_before_what_refers_to_them(service: FakeArm, session: Session) -> None:
    """Definitions are written first, then the initiative, then the assignment, at the scopes where they live."""
    apply(session, asked=wish(parse_scope(GROUP)))
    kinds = [path.split("/")[-2] for path in service.writes()]
    assert kinds == ["policyDefinitions"] * 3 + ["policySetDefinitions", "policyAssignments"]
    assert service.writes()[-1] == f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/s2sguard"
    assert service.writes()[0].startswith(f"/subscriptions/{SUBSCRIPTION}/providers/")


def test_definitions_may_live_at_a_management_group(service: FakeArm, session: Session) -> None:
    """With another home, a subscription's assignment refers to the initiative of the management group."""
    apply(session, asked=wish(SUB, home=MG))
    stored = service.store.get(ASSIGNMENT)
    assert stored is not None
    assert stored["properties"]["policyDefinitionId"].startswith("/providers/Microsoft.Management/managementGroups/corp/")


def test_nothing_is_enforced_unless_asked(service: FakeArm, session: Session) -> None:
    """The assignment starts as DoNotEnforce, `enforce` turns it to Default, and the next run without it back."""
    plans, modes = [], []
    for enforce in (False, True, False):
        plans.append(apply(session, asked=wish(enforce=enforce)))
        stored = service.store.get(ASSIGNMENT)
        assert stored is not None
        modes.append(stored["properties"]["enforcementMode"])
    assert ["DoNotEnforce", "Default", "DoNotEnforce"] == modes
    (step,) = plans[-1].pending
    assert [("/enforcementMode", "Default", "DoNotEnforce")] == [(each.pointer, each.before, each.after) for each in step.changes]


def test_messages_say_what_to_set(service: FakeArm, session: Session) -> None:
    """Every definition's message is shown for its own reference id, and one for the rest."""
    apply(session)
    stored = service.store.get(ASSIGNMENT)
    assert stored is not None
    messages = {each.get("policyDefinitionReferenceId"): each["message"] for each in stored["properties"]["nonComplianceMessages"]}
    assert "S2S-IKE-001: set it." == messages["S2S-IKE-001"]
    assert {None, "S2S-IKE-001", "S2S-IKE-002", "S2S-ISO-001"} == set(messages)


@pytest.mark.parametrize("cut", [False, True], ids=["500", "cut"])
@pytest.mark.parametrize("done", range(PENDING))
def test_an_interrupted_apply_goes_on_where_it_stopped(service: FakeArm, session: Session, done: int, *, cut: bool) -> None:
    """Whichever step fails, the error names what is done and what is not, and the next run does only the rest."""
    service.faults.append(Fault("PUT", "/policy", times=99, skip=done, cut=cut, status=200 if cut else 500))
    with pytest.raises(DeployError) as caught:
        apply(session)
    lines = caught.value.message.splitlines()
    assert (done, PENDING - done) == tuple(sum(line.startswith(start) for line in lines) for start in ("done: ", "not done: "))
    service.faults.clear()
    second = apply(session)
    assert PENDING - done == len(second.pending)
    assert [] == actions(make_plan(session, (family(),), wish()))


def test_a_step_that_was_done_although_its_answer_was_lost(service: FakeArm, session: Session) -> None:
    """Where only the answer was lost, the retry of the SDK writes the same again and the run ends well."""
    service.faults.append(Fault("PUT", "/policySetDefinitions/", after=True, cut=True, status=200))
    apply(session)
    assert [] == actions(make_plan(session, (family(),), wish()))
    assert 2 == service.count("PUT", "/policySetDefinitions/")


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}], ids=["without Retry-After", "with Retry-After"])
def test_throttling_is_waited_out(service: FakeArm, session: Session, headers: dict[str, str]) -> None:
    """A throttled read and a throttled write are tried again."""
    for method, part in (("GET", "/policySetDefinitions"), ("PUT", "/policyAssignments")):
        service.faults.append(Fault(method, part, times=2, status=429, code="TooManyRequests", headers=headers))
    apply(session)
    assert 5 == sum(seen.method == "GET" for seen in service.seen)
    assert 3 == service.count("PUT", "/policyAssignments")


def test_throttling_without_end_is_said(service: FakeArm, session: Session) -> None:
    """After all retries the error names the id, the status and what to do."""
    service.faults.append(Fault("GET", "/policyDefinitions", times=99, status=429, code="TooManyRequests"))
    with pytest.raises(DeployError, match=r"reading policy definitions at `/subscriptions/.*throttles.*429 TooManyRequests") as caught:
        make_plan(session, (family(),), wish())
    assert "wait some minutes" in caught.value.hint


def test_every_page_is_read(service: FakeArm, session: Session) -> None:
    """Objects beyond the first page are seen: an apply of many definitions is idempotent."""
    many = family(*(definition(number, f"S2S-IKE-{number:03}") for number in range(1, 8)))
    service.page_size = 3
    apply(session, (many,))
    assert [] == actions(make_plan(session, (many,), wish()))
    assert service.count("GET", "/policyDefinitions") > 2


def test_what_others_made_is_not_overwritten(service: FakeArm, session: Session) -> None:
    """A definition of the same name without our mark is refused, and nothing at all is written."""
    apply(session)
    first = object_id("definition", SUB, definition(1, "S2S-IKE-001").name)
    service.store.objects[first.lower()]["properties"]["metadata"].pop("s2sguard")
    written = len(service.writes())
    plan = make_plan(session, (family(),), wish(enforce=True))
    with pytest.raises(DeployError, match="nothing was written: 1 of the steps"):
        carry_out(session, plan, lambda _: None)
    assert [f"refused definition {first.rpartition('/')[2]}", "update assignment s2sguard"] == actions(plan)
    assert "not made by `policy apply`" in plan.refused[0].reason
    assert written == len(service.writes())


def test_what_is_no_longer_asked_for_is_left_alone(service: FakeArm, session: Session) -> None:
    """A definition of ours that left the initiative is called stale and stays."""
    apply(session)
    fewer = family(*family().definitions[:2])  # type: ignore[arg-type]  # they are ours
    plan = make_plan(session, (fewer,), wish())
    carry_out(session, plan, lambda _: None)
    stale = object_id("definition", SUB, family().definitions[2].name)
    assert [f"stale definition {stale.rpartition('/')[2]}"] == [action for action in actions(plan) if action.startswith("stale")]
    assert service.store.get(stale) is not None


def test_what_another_made_is_not_called_stale(service: FakeArm, session: Session) -> None:
    """A definition with our family in its metadata and another maker is none of our business."""
    apply(session)
    stale = object_id("definition", SUB, family().definitions[2].name)
    body = dict(service.store.get(stale) or {})
    mark = {**body["properties"]["metadata"]["s2sguard"], "managedBy": "another"}
    body["properties"] = {**body["properties"], "metadata": {**body["properties"]["metadata"], "s2sguard": mark}}
    service.store.put(stale, body)
    plan = make_plan(session, (family(*family().definitions[:2]),), wish())  # type: ignore[arg-type]  # they are ours
    assert [] == [action for action in actions(plan) if action.startswith("stale")]


def test_settings_of_an_administrator_stay(service: FakeArm, session: Session) -> None:
    """Exclusions, selectors, overrides, an identity and foreign metadata on our assignment are no difference, and survive an update."""
    apply(session)
    stored = service.store.objects[ASSIGNMENT.lower()]
    added = {"notScopes": [GROUP], "overrides": [{"kind": "policyEffect", "value": "disabled"}], "resourceSelectors": [{"name": "a"}]}
    stored["properties"] |= added
    stored["properties"]["metadata"]["ticket"] = "INC-1"
    stored |= {"location": "westeurope", "identity": {"type": "SystemAssigned", "principalId": "p", "tenantId": "t"}}
    assert [] == actions(make_plan(session, (family(),), wish()))
    apply(session, asked=wish(enforce=True))
    after = service.store.get(ASSIGNMENT)
    assert after is not None
    assert added == {key: after["properties"][key] for key in added}
    assert ("INC-1", "westeurope", {"type": "SystemAssigned"}) == (
        after["properties"]["metadata"]["ticket"],
        after["location"],
        after["identity"],
    )


def test_drift_is_seen_property_by_property(service: FakeArm, session: Session) -> None:
    """What somebody changed, added or removed inside a definition is named by its pointer, with both values."""
    apply(session)
    first = object_id("definition", SUB, definition(1, "S2S-IKE-001").name)
    properties = service.store.objects[first.lower()]["properties"]
    properties["policyRule"]["if"]["allOf"][1]["notEquals"] = "Default"
    properties["parameters"]["effect"]["defaultValue"] = "Disabled"
    properties["policyRule"]["then"]["details"] = {"x": 1}
    (step,) = make_plan(session, (family(),), wish()).pending
    assert {
        ("/parameters/effect/defaultValue", "Disabled", "Audit"),
        ("/policyRule/if/allOf/1/notEquals", "Default", "InitiatorOnly"),
        ("/policyRule/then/details", "{'x': 1}", "None"),
    } == {(each.pointer, str(each.before), str(each.after)) for each in step.changes}


def test_parameters_that_azure_would_refuse_are_found_in_the_plan(service: FakeArm, session: Session) -> None:
    """A removed parameter, a changed type and a new one without default are refused before anything is sent."""
    ranges = {"a": {"type": "Array", "defaultValue": []}, "b": {"type": "String", "defaultValue": ""}}
    apply(session, (family(definition(1, "S2S-IKE-001", parameters=ranges | {"effect": {"type": "String", "defaultValue": "Audit"}})),))
    changed = {"b": {"type": "Array", "defaultValue": []}, "c": {"type": "String"}, "effect": {"type": "String", "defaultValue": "Audit"}}
    plan = make_plan(session, (family(definition(1, "S2S-IKE-001", parameters=changed)),), wish())
    (step,) = plan.refused
    assert "parameter `a` would be removed" in step.reason
    assert "parameter `b` would change its type from String to Array" in step.reason
    assert "new parameter `c` has no default" in step.reason
    assert 3 == len(service.writes())


def test_a_definition_that_is_not_visible_yet_is_waited_for(service: FakeArm) -> None:
    """Azure may not find a definition it made a moment ago: the initiative is tried again after a pause."""
    pauses: list[float] = []
    message = "could not be found"
    service.faults.append(Fault("PUT", "/policySetDefinitions/", times=2, status=404, code="PolicyDefinitionNotFound", message=message))
    service.faults.append(Fault("PUT", "/policyAssignments/", times=1, status=400, code="PolicySetDefinitionNotFound", message=message))
    with session_with(service, pauses) as session:
        apply(session)
    assert [2, 4, 2] == pauses


def test_derived_assignments_go_to_their_resource_groups(service: FakeArm, session: Session) -> None:
    """Each entry of the parameters document is an assignment of the derived initiative; a run without the document lets it be."""
    entry = {"name": "s2sguard-hub", "scope": GROUP, "parameters": {"partnerRanges": {"value": [{"range": "10.0.0.0/8"}]}}}
    document = read_derived({"assignments": [entry], "not_expressed": [{"partner": "red", "reason": "needs 140 entries"}]})
    both = (family(), derived_family())
    plan = apply(session, both, wish(derived=document))
    stored = service.store.get(f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/s2sguard-hub")
    assert stored is not None
    assert {"partnerRanges": {"value": [{"range": "10.0.0.0/8"}]}} == stored["properties"]["parameters"]
    assert "the derived parameters are incomplete: red: needs 140 entries" in plan.notes
    assert [] == actions(make_plan(session, both, wish(derived=document)))
    assert [] == actions(make_plan(session, (family(),), wish()))


def test_an_assignment_of_another_run_is_not_stale(session: Session) -> None:
    """Where derived assignments bring a scope in, the static assignment that another run made there is none of this plan's business."""
    apply(session, asked=wish(parse_scope(GROUP)))
    entry = {"name": "s2sguard-hub", "scope": GROUP, "parameters": {"partnerRanges": []}}
    both = (family(), derived_family())
    plan = make_plan(session, both, wish(SUB, derived=read_derived({"assignments": [entry]})))
    assert [] == [action for action in actions(plan) if action.startswith("stale")]
    fewer = make_plan(session, both, wish(parse_scope(GROUP), derived=read_derived({"assignments": []})))
    assert [] == [action for action in actions(fewer) if action.startswith("stale")]


def test_an_assignment_keeps_its_definition(service: FakeArm, session: Session) -> None:
    """An assignment that points at another initiative is refused: Azure does not turn it round."""
    apply(session)
    stored = service.store.objects[ASSIGNMENT.lower()]["properties"]
    stored["policyDefinitionId"] = stored["policyDefinitionId"].replace("000000000001", "000000000009")
    (step,) = make_plan(session, (family(),), wish()).refused
    assert "an assignment cannot be turned to another definition" in step.reason


@pytest.mark.parametrize(
    ("scope", "name", "message"),
    [(GROUP, "x" * 65, "at most 64"), ("corp", "x" * 25, "at most 24"), (GROUP, "a/b", "letters, digits")],
)
def test_a_name_that_azure_would_not_take_is_a_usage_error(session: Session, scope: str, name: str, message: str) -> None:
    """Names of assignments are shorter at a management group."""
    entry = {"name": name, "scope": scope, "parameters": {"partnerRanges": []}}
    with pytest.raises(UsageError, match="is no name for an assignment") as caught:
        make_plan(session, (family(), derived_family()), wish(derived=read_derived({"assignments": [entry]})))
    assert message in caught.value.hint


def test_a_derived_assignment_needs_its_parameters(session: Session) -> None:
    """A parameter without default and without value is said before anything is sent."""
    entry = {"name": "hub", "scope": GROUP, "parameters": {}}
    with pytest.raises(UsageError, match="assignment `hub` needs a value for partnerRanges"):
        make_plan(session, (family(), derived_family()), wish(derived=read_derived({"assignments": [entry]})))


def test_the_effect_is_one_parameter_of_the_assignment(service: FakeArm, session: Session) -> None:
    """`effect` becomes the initiative's parameter of that name."""
    apply(session, asked=wish(effect="Deny"))
    stored = service.store.get(ASSIGNMENT)
    assert stored is not None
    assert {"effect": {"value": "Deny"}} == stored["properties"]["parameters"]


@pytest.mark.parametrize(
    ("status", "code", "words", "hint"),
    [
        (401, "InvalidAuthenticationToken", "the sign-in is not valid there", "az login"),
        (403, "AuthorizationFailed", "no permission", "`Resource Policy Contributor`"),
        (404, "SubscriptionNotFound", "does not exist", "check the id"),
        (409, "AnotherOperationInProgress", "in conflict", "run the same command again"),
        (409, "MissingSubscriptionRegistration", "not registered", "az provider register"),
        (503, "ServerTimeout", "Azure failed", "what is done stays done"),
        (302, "Found", "an unexpected answer", "status"),
    ],
)
def test_a_failure_says_what_where_and_what_to_do(
    service: FakeArm, session: Session, status: int, code: str, words: str, hint: str
) -> None:
    """Every status becomes a line with the id and the code, and a hint; a token in the service's message is not repeated."""
    message = "The client (Bearer eyJhbGciOi.eyJzdWIi.c2ln) failed"
    service.faults.append(Fault("PUT", "/policySetDefinitions/", times=99, status=status, code=code, message=message))
    with pytest.raises(DeployError) as caught:
        apply(session)
    first = caught.value.message.splitlines()[0]
    assert first.startswith("writing the initiative at `/subscriptions/")
    assert words in first
    assert f"({status} {code})" in first
    assert hint in caught.value.hint
    assert "eyJ" not in caught.value.message


def test_nothing_is_registered_behind_the_callers_back(service: FakeArm, session: Session) -> None:
    """A 409 about a missing registration ends the run; the SDK's own registration request is never sent."""
    message = "The subscription is not registered to use namespace 'Microsoft.PolicyInsights'"
    service.faults.append(Fault("GET", "/policyDefinitions", times=99, status=409, code="MissingSubscriptionRegistration", message=message))
    with pytest.raises(DeployError, match="not registered"):
        make_plan(session, (family(),), wish())
    assert [] == service.writes()


def test_an_answer_that_is_no_json_is_said(service: FakeArm, session: Session) -> None:
    """A proxy's page in place of an answer is an error with a hint, not a traceback."""
    service.faults.append(Fault("GET", "/policyDefinitions", times=99, status=200, text="<html>Sign in to the proxy</html>"))
    with pytest.raises(DeployError, match="reading policy definitions"):
        make_plan(session, (family(),), wish())


@pytest.mark.parametrize("text", ["<html>Bad gateway</html>", "[]", '{"error": "text"}', "{}", ""])
def test_an_error_without_azures_body_is_said(service: FakeArm, session: Session, text: str) -> None:
    """Where a failure comes without a code and a message, its status has to do."""
    service.faults.append(Fault("GET", "/policyDefinitions", times=99, status=502, text=text))
    with pytest.raises(DeployError, match=r"Azure failed \(502\)"):
        make_plan(session, (family(),), wish())


def test_a_change_answered_with_200_is_a_change(service: FakeArm, session: Session) -> None:
    """The SDK knows 201 alone for assignments; an answer of 200 is no failure."""
    service.faults.append(Fault("PUT", "/policyAssignments/", status=200, after=True))
    assert PENDING == len(apply(session).pending)
    assert [] == actions(make_plan(session, (family(),), wish()))


def test_a_wrong_token_is_a_sign_in_error(service: FakeArm) -> None:
    """The service's 401 becomes a line about signing in, without the token."""
    from s2sguard.azure_policy.deploy.session import Connection
    from tests.integration.fake_arm.sessions import connection_to_fake

    way = connection_to_fake(service)
    anonymous = Connection(
        **{name: getattr(way, name) for name in ("endpoint", "token_scope", "credential", "retries", "transport", "pause")},
        authentication=_nothing,
    )
    with Session(anonymous) as session, pytest.raises(DeployError, match="401 AuthenticationFailed") as caught:
        make_plan(session, (family(),), wish())
    assert TOKEN not in caught.value.diagnostics()


def _nothing() -> object:
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    return SansIOHTTPPolicy()


def test_our_mark_is_on_everything(service: FakeArm, session: Session) -> None:
    """Every object that was written carries the mark that later runs look for."""
    apply(session)
    marks = {body["properties"]["metadata"]["s2sguard"]["managedBy"] for body in service.store.objects.values()}
    assert ({OWNER}, PENDING) == (marks, len(service.store.objects))
