"""Resource ids that may become part of a request.

Ids in an inventory are text from outside. One that is an address (`https://...`), climbs (`..`) or brings a query along
would send a token, or a write, somewhere else; so only the plain form is let through, and every segment is quoted.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from s2sguard.azure_policy.deploy.scope import GUID, Scope, parse_scope
from s2sguard.errors import UsageError

_SEGMENT: Final = r"(?!\.{1,2}(?:/|\Z))[\w.()~ -]{1,260}"
_RESOURCE: Final = re.compile(
    rf"/subscriptions/(?P<subscription>{GUID})/resourceGroups/{_SEGMENT}/providers/{_SEGMENT}(?:/{_SEGMENT}/{_SEGMENT})+", re.IGNORECASE
)
_ASSIGNMENT: Final = re.compile(
    r"(?P<scope>/.+)/providers/Microsoft\.Authorization/policyAssignments/(?P<name>(?!\.{1,2}\Z)[\w.() ~-]{1,128})", re.IGNORECASE
)


def is_resource_id(text: str) -> bool:
    """Say whether this is the full id of a resource in a resource group, in a form that is safe in a request."""
    return _RESOURCE.fullmatch(text) is not None


def request_path(text: str) -> str:
    """Return a resource or scope id quoted for a request path; raises ValueError for anything else.

    The id of a resource (`is_resource_id`) or of a scope (`parse_scope`) is taken.
    """
    if not is_resource_id(text):
        try:
            text = parse_scope(text).id
        except UsageError:
            raise ValueError("not the id of a resource or a scope") from None
    return quote(text, safe="/()~")


def subscription_of(resource_id: str) -> str | None:
    """Return the subscription a resource id is in; None where it is no resource id."""
    found = _RESOURCE.fullmatch(resource_id)
    return found["subscription"] if found else None


def parse_assignment(text: str) -> tuple[Scope, str]:
    """Return the scope and the name of an assignment id; raises UsageError."""
    found = _ASSIGNMENT.fullmatch(text.strip().rstrip("/"))
    if found is None:
        raise UsageError(
            f"`{text[:200]}` is no id of a policy assignment",
            hint="it ends with /providers/Microsoft.Authorization/policyAssignments/NAME; `policy plan --format json` shows it",
        )
    return parse_scope(found["scope"]), found["name"]


def assignment_id(scope: Scope, name: str) -> str:
    """Return the id of an assignment."""
    return f"{scope.id}/providers/Microsoft.Authorization/policyAssignments/{name}"
