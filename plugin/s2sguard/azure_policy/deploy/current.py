"""What is in Azure: definitions, initiatives and assignments at exactly the scopes we write to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from s2sguard.azure_policy.deploy.calls import azure_call
from s2sguard.azure_policy.deploy.desired import OWNER, OWNER_KEY, ItemKind
from s2sguard.model.inventory import fold_id

if TYPE_CHECKING:
    from azure.mgmt.resource.policy import PolicyClient

    from s2sguard.azure_policy.deploy.scope import Scope
    from s2sguard.azure_policy.deploy.session import Session

EXACT: Final = "atExactScope()"
"""The filter that leaves out what applies here and was made above or below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One object that exists."""

    kind: ItemKind
    id: str
    name: str
    scope: Scope
    body: Mapping[str, Any]

    @property
    def properties(self) -> Mapping[str, Any]:
        """Its `properties`."""
        found = self.body.get("properties")
        return found if isinstance(found, Mapping) else {}

    @property
    def mark(self) -> Mapping[str, Any]:
        """Our entry in its metadata; empty where there is none."""
        metadata = self.properties.get("metadata")
        found = metadata.get("s2sguard") if isinstance(metadata, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    @property
    def owned(self) -> bool:
        """Say whether `policy apply` made it."""
        return self.mark.get(OWNER_KEY) == OWNER


def read_current(session: Session, home: Scope, scopes: Iterable[Scope]) -> dict[str, Found]:
    """Return what exists by folded id: definitions and initiatives at `home`, assignments at each of `scopes`; raises DeployError."""
    found: list[Found] = []
    for kind in ("definition", "initiative"):
        found += _read(session, kind, home)
    for scope in {scope.key: scope for scope in scopes}.values():
        found += _read(session, "assignment", scope)
    return {fold_id(item.id): item for item in found}


def read_assignments(session: Session, scope: Scope) -> list[Found]:
    """Return the assignments made at a scope; raises DeployError."""
    return _read(session, "assignment", scope)


def _read(session: Session, kind: ItemKind, scope: Scope) -> list[Found]:
    client = session.policy(scope.client_subscription)
    with azure_call(f"reading policy {kind}s", scope.id):
        bodies = [member.as_dict() for member in _list(client, kind, scope)]
        return [Found(kind=kind, id=body["id"], name=body["name"], scope=scope, body=body) for body in bodies]


def _list(client: PolicyClient, kind: ItemKind, scope: Scope) -> Iterable[Any]:
    group = scope.kind == "managementGroup"
    if kind == "definition":
        definitions = client.policy_definitions
        return definitions.list_by_management_group(scope.name, filter=EXACT) if group else definitions.list(filter=EXACT)
    if kind == "initiative":
        sets = client.policy_set_definitions
        return sets.list_by_management_group(scope.name, filter=EXACT) if group else sets.list(filter=EXACT)
    assignments = client.policy_assignments
    if group:
        return assignments.list_for_management_group(scope.name, filter=EXACT)
    if scope.kind == "resourceGroup":
        return assignments.list_for_resource_group(scope.name, filter=EXACT)
    return assignments.list(filter=EXACT)
