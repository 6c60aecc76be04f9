"""Azure's compliance states beside our verdicts: where the two disagree, and where one of them has not judged.

Azure evaluates minutes after an assignment and once a day (facts 5.7), by definitions that see one resource;
we evaluate the inventory given. A difference is worth a look whichever side is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from s2sguard.azure_policy.deploy.calls import azure_call
from s2sguard.azure_policy.deploy.resource_ids import assignment_id, parse_assignment
from s2sguard.errors import UsageError
from s2sguard.evaluate.verdict import Verdict
from s2sguard.model.inventory import fold_id

if TYPE_CHECKING:
    from azure.mgmt.policyinsights import PolicyInsightsClient

    from s2sguard.azure_policy.deploy.scope import Scope
    from s2sguard.azure_policy.deploy.session import Session

Kind: TypeAlias = Literal["disagree", "azure-not-judged", "we-not-judged", "not-in-input", "exempt"]
"""`we-not-judged`: our verdict is unknown. `exempt`: Azure does not count what we find; nothing is wrong with that."""
INCOMPLETE: Final[frozenset[Kind]] = frozenset({"azure-not-judged", "we-not-judged", "not-in-input"})

_JUDGED: Final = frozenset({"compliant", "noncompliant"})
_EXEMPT: Final = "exempt"
_READS_BY_POST: Final = frozenset({"GET", "POST"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """One assignment and the controls of the definitions it holds."""

    id: str
    scope: Scope
    controls: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What Azure says about one resource and one control under one assignment."""

    assignment: str
    control: str
    resource: str
    state: str
    """As Azure writes it, such as `NonCompliant`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One resource and control on which the two sides do not say the same."""

    kind: Kind
    control: str
    resource: str
    assignment: str
    azure: str
    ours: str


def find_assignments(session: Session, scope: Scope, wanted: Collection[str], initiatives: Mapping[str, frozenset[str]]) -> list[Assigned]:
    """Return the assignments that matter at a scope, made there, above or below; raises DeployError.

    `wanted` holds folded assignment ids and, where it is empty, every assignment of our initiatives counts;
    `initiatives` maps lower-case names of our initiatives and definitions to the controls they hold.
    An assignment to one single resource is left out: it says nothing about a scope.
    """
    client = session.policy(scope.client_subscription)
    with azure_call("reading policy assignments", scope.id):
        assignments = client.policy_assignments
        if scope.kind == "managementGroup":
            listed = list(assignments.list_for_management_group(scope.name, filter="atScope()"))
        elif scope.kind == "resourceGroup":
            listed = list(assignments.list_for_resource_group(scope.name))
        else:
            listed = list(assignments.list())
        return _chosen([member.as_dict() for member in listed], wanted, initiatives)


def _chosen(bodies: Iterable[Mapping[str, Any]], wanted: Collection[str], initiatives: Mapping[str, frozenset[str]]) -> list[Assigned]:
    found = []
    for body in bodies:
        controls = initiatives.get(str(body["properties"]["policyDefinitionId"]).rpartition("/")[2].lower(), frozenset())
        if fold_id(body["id"]) in wanted or (not wanted and controls):
            with suppress(UsageError):
                scope, name = parse_assignment(body["id"])
                found.append(Assigned(id=assignment_id(scope, name), scope=scope, controls=controls))
    return found


def read_states(session: Session, scope: Scope, assigned: Sequence[Assigned], controls: Mapping[str, str]) -> list[State]:
    """Return the latest states of some assignments at a scope; raises DeployError.

    `controls` maps lower-case names of our definitions to control ids; states of other definitions are left out.
    """
    client = session.insights(scope.client_subscription)
    found = []
    for assignment in assigned:
        with azure_call(f"reading the compliance states of `{assignment.id}`", scope.id):
            for record in _query(client, scope, assignment.id):
                control = controls.get(str(record.policy_definition_id).rpartition("/")[2].lower())
                if control is not None:
                    state, resource = str(record.compliance_state), str(record.resource_id)
                    found.append(State(assignment=assignment.id, control=control, resource=resource, state=state))
    return found


def _query(client: PolicyInsightsClient, scope: Scope, assignment: str) -> Iterable[Any]:
    from azure.mgmt.policyinsights.models import QueryOptions

    # Names of assignments hold no quotes (`parse_assignment`). The query reads by POST, so a POST may be repeated (facts 6.6).
    options = QueryOptions(filter=f"policyAssignmentId eq '{assignment}'")
    again: dict[str, Any] = {"retry_on_methods": _READS_BY_POST}
    states = client.policy_states
    if scope.kind == "managementGroup":
        return states.list_query_results_for_management_group("latest", scope.name, options, **again)
    if scope.kind == "resourceGroup":
        return states.list_query_results_for_resource_group("latest", scope.client_subscription, scope.name, options, **again)
    return states.list_query_results_for_subscription("latest", scope.client_subscription, options, **again)


def compare(
    states: Sequence[State], verdicts: Iterable[Verdict], known: Collection[str], assigned: Sequence[Assigned], scope: Scope
) -> tuple[Difference, ...]:
    """Return every difference, sorted by control, resource and assignment; `known` holds the folded ids of the inventory."""
    ours = {(verdict.control_id, fold_id(verdict.resource)): verdict for verdict in verdicts}
    found = [_difference(state, ours.get((state.control, fold_id(state.resource))), known) for state in states]
    differences = [each for each in found if each is not None]
    differences += _not_judged(states, ours, assigned, scope)
    return tuple(sorted(differences, key=lambda each: (each.control, fold_id(each.resource), each.assignment)))


def _difference(state: State, verdict: Verdict | None, known: Collection[str]) -> Difference | None:
    azure, ours = state.state.lower(), verdict.status if verdict else "not applicable"

    def difference(kind: Kind) -> Difference:
        return Difference(
            kind=kind, control=state.control, resource=state.resource, assignment=state.assignment, azure=state.state, ours=ours
        )

    if fold_id(state.resource) not in known:
        return difference("not-in-input")
    if azure == _EXEMPT:
        return difference("exempt") if ours == "fail" else None
    if ours in {"unknown", "error"}:
        return difference("we-not-judged")
    if azure not in _JUDGED:
        # Without a verdict there is nothing that Azure would have to judge.
        return difference("azure-not-judged") if verdict else None
    return None if (azure == "noncompliant") == (ours == "fail") else difference("disagree")


def _not_judged(
    states: Sequence[State], ours: Mapping[tuple[str, str], Verdict], assigned: Sequence[Assigned], scope: Scope
) -> Iterator[Difference]:
    """Yield the verdicts for which Azure has no record at all although an assignment covers the resource."""
    seen = {(fold_id(state.assignment), state.control, fold_id(state.resource)) for state in states}
    for assignment in assigned:
        for (control, resource), verdict in ours.items():
            if control not in assignment.controls or (fold_id(assignment.id), control, resource) in seen:
                continue
            if not resource.startswith("/subscriptions/") or False in {scope.covers(resource), assignment.scope.covers(resource)}:
                continue
            kind: Kind = "we-not-judged" if verdict.status in {"unknown", "error"} else "azure-not-judged"
            yield Difference(
                kind=kind, control=control, resource=verdict.resource, assignment=assignment.id, azure="no record", ours=verdict.status
            )
