"""Where definitions live and assignments act: a subscription, a management group or a resource group.

The forms of the ids are Azure Resource Manager's; names are checked strictly, because they become parts of request paths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from s2sguard.collect.azure.sdk import NO_SUBSCRIPTION
from s2sguard.errors import UsageError
from s2sguard.model.inventory import fold_id

ScopeKind: TypeAlias = Literal["subscription", "managementGroup", "resourceGroup"]

GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_LIKE_A_GUID: Final = re.compile(r"\{?(?:[0-9a-z]{6,10}(?:-[0-9a-z]{2,6}){3}-[0-9a-z]{9,15}|[0-9a-f-]{24,40})\}?", re.IGNORECASE)
"""A subscription id with a typing error, which must not pass for the name of a management group."""
_GROUP: Final = r"[\w.()-]{0,89}[\w()-]"
_MANAGEMENT_GROUP: Final = r"[A-Za-z0-9][\w.()~-]{0,89}"
_FORMS: Final[tuple[tuple[ScopeKind, re.Pattern[str]], ...]] = (
    ("subscription", re.compile(rf"/subscriptions/(?P<subscription>{GUID})", re.IGNORECASE)),
    ("resourceGroup", re.compile(rf"/subscriptions/(?P<subscription>{GUID})/resourceGroups/(?P<name>{_GROUP})", re.IGNORECASE)),
    ("managementGroup", re.compile(rf"/providers/Microsoft\.Management/managementGroups/(?P<name>{_MANAGEMENT_GROUP})", re.IGNORECASE)),
)
_NAME: Final = re.compile(r"[\w.() -]{0,127}[\w.()-]")
_LONGEST_NAME: Final[Mapping[ScopeKind, int]] = {"managementGroup": 24, "subscription": 64, "resourceGroup": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One scope. `id` starts with `/` and has Azure's casing of the fixed parts."""

    kind: ScopeKind
    id: str
    name: str
    """The subscription's id, the management group's id, the resource group's name."""
    subscription: str | None = None
    """None for a management group."""

    @property
    def key(self) -> str:
        """The id for comparing."""
        return fold_id(self.id)

    @property
    def client_subscription(self) -> str:
        """The subscription to build a client for."""
        return self.subscription or NO_SUBSCRIPTION

    def home(self) -> Scope:
        """Return where definitions for assignments here live by default: a resource group has none, its subscription does."""
        if self.kind != "resourceGroup" or self.subscription is None:
            return self
        return subscription_scope(self.subscription)

    def covers(self, resource_id: str) -> bool | None:
        """Say whether a resource is in this scope; None for a management group, whose members an id does not show."""
        if self.kind == "managementGroup":
            return None
        return (fold_id(resource_id) + "/").startswith(self.key + "/")


def subscription_scope(subscription: str) -> Scope:
    """Return the scope of a subscription id."""
    return Scope(kind="subscription", id=f"/subscriptions/{subscription}", name=subscription, subscription=subscription)


def is_bare_name(text: str) -> bool:
    """Say whether `parse_scope` takes a text for the name of a management group, which no id says so."""
    text = text.strip().rstrip("/")
    return re.fullmatch(GUID, text) is None and re.fullmatch(_MANAGEMENT_GROUP, text) is not None


def check_assignment_name(name: str, scope: Scope) -> None:
    """Raise UsageError where an assignment cannot have this name at this scope (facts 5.8)."""
    longest = _LONGEST_NAME[scope.kind]
    if not _NAME.fullmatch(name) or len(name) > longest:
        raise UsageError(f"`{name[:80]}` is no name for an assignment there", hint=f"letters, digits, `-`, `_`, `.`; at most {longest}")


def parse_scope(text: str) -> Scope:
    """Return the scope that a person or a document names; raises UsageError.

    A subscription may be its bare id, a management group its bare name; a resource group is given by its whole id.
    """
    text = text.strip().rstrip("/")
    if re.fullmatch(GUID, text):
        return subscription_scope(text)
    if _LIKE_A_GUID.fullmatch(text):
        hint = "a subscription id has 8-4-4-4-12 hexadecimal digits; a management group of this name is given by its whole id"
        raise UsageError(f"`{text}` is no scope: it looks like a subscription id and is none", hint=hint)
    if is_bare_name(text):
        text = f"/providers/Microsoft.Management/managementGroups/{text}"
    for kind, form in _FORMS:
        if found := form.fullmatch(text):
            return _scope(kind, found)
    raise UsageError(
        f"`{text[:120]}` is no scope",
        hint="give a subscription id, /subscriptions/ID/resourceGroups/NAME, or the id of a management group",
    )


def _scope(kind: ScopeKind, found: re.Match[str]) -> Scope:
    parts = found.groupdict()
    subscription = parts.get("subscription")
    if kind == "subscription" and subscription is not None:
        return subscription_scope(subscription)
    name = parts["name"]
    if kind == "managementGroup":
        return Scope(kind=kind, id=f"/providers/Microsoft.Management/managementGroups/{name}", name=name)
    return Scope(kind=kind, id=f"/subscriptions/{subscription}/resourceGroups/{name}", name=name, subscription=subscription)
