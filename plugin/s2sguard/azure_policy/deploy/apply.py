"""Carrying out a plan: definitions, then initiatives, then assignments; what is done stays done, so a second run goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from s2sguard.azure_policy.deploy.calls import WRITER, azure_call
from s2sguard.azure_policy.deploy.errors import DeployError
from s2sguard.azure_policy.deploy.plan import Plan, Step

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.desired import Item
    from s2sguard.azure_policy.deploy.session import Session

_NOT_YET: Final = frozenset({"PolicyDefinitionNotFound", "PolicySetDefinitionNotFound"})
"""What Azure says of a definition that was made a moment ago and has not reached all of its servers (with status 400 or 404)."""
_WAITS: Final = (2, 4, 8, 16, 30)
"""Seconds between attempts at what is not yet visible."""


def carry_out(session: Session, plan: Plan, report: Callable[[Step], None]) -> int:
    """Do every step that writes, call `report` after each, and return how many there were.

    Raises DeployError before anything is written if a step is refused, and at the first step that fails;
    its message lists what is done and what is not.
    """
    if plan.refused:
        names = ", ".join(step.name for step in plan.refused)
        raise DeployError(f"nothing was written: {len(plan.refused)} of the steps cannot be done ({names})", hint="see the plan above")
    for index, step in enumerate(plan.pending):
        try:
            _write(session, step)
        except DeployError as error:
            raise _interrupted(error, plan.pending, index) from None
        report(step)
    return len(plan.pending)


def _write(session: Session, step: Step) -> None:
    if step.item is None or step.body is None:
        return
    for wait in (*_WAITS, None):
        try:
            with azure_call(f"writing the {step.kind}", step.id, WRITER), _any_success():
                _put(session, step.item, step.body)
        except DeployError as error:
            if wait is None or error.code not in _NOT_YET or step.kind == "definition":
                raise
            session.pause(wait)
        else:
            return


@contextmanager
def _any_success() -> Iterator[None]:
    """Take any 2xx as success: the SDK knows 201 alone for definitions and assignments, also where one is only changed."""
    from azure.core.exceptions import HttpResponseError

    try:
        yield
    except HttpResponseError as error:
        if error.status_code is None or error.status_code not in {200, 202}:
            raise


def _put(session: Session, item: Item, body: dict[str, Any]) -> None:
    from azure.mgmt.resource.policy import models

    client = session.policy(item.scope.client_subscription)
    group = item.scope.name if item.scope.kind == "managementGroup" else None
    if item.kind == "assignment":
        client.policy_assignments.create(item.scope.id.lstrip("/"), item.name, models.PolicyAssignment(body))
    elif item.kind == "initiative" and group is not None:
        client.policy_set_definitions.create_or_update_at_management_group(group, item.name, models.PolicySetDefinition(body))
    elif item.kind == "initiative":
        client.policy_set_definitions.create_or_update(item.name, models.PolicySetDefinition(body))
    elif group is not None:
        client.policy_definitions.create_or_update_at_management_group(group, item.name, models.PolicyDefinition(body))
    else:
        client.policy_definitions.create_or_update(item.name, models.PolicyDefinition(body))


def _interrupted(error: DeployError, steps: Sequence[Step], index: int) -> DeployError:
    done = [f"done: {step.kind} {step.name}" for step in steps[:index]]
    left = [f"not done: {step.kind} {step.name}" for step in steps[index:]]
    summary = f"{index} of {len(steps)} steps are done; the same command goes on from here"
    message = "\n".join([error.message, summary, *done, *left])
    return DeployError(message, hint=error.hint, status=error.status, code=error.code)
