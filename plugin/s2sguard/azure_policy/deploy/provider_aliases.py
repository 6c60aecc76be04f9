"""The aliases we rely on beside the ones the provider has today.

An alias that does not exist makes a definition not applicable to every resource, in silence (facts 2):
worth asking for before anything is assigned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from s2sguard.azure_policy.deploy.calls import azure_call
from s2sguard.collect.azure.sdk import NO_SUBSCRIPTION

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.session import Session

NAMESPACE: Final = "Microsoft.Network"
_EXPAND: Final = "resourceTypes/aliases"

Kind: TypeAlias = Literal["missing", "other-path", "modifiable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasFinding:
    """One alias that is not as we have it; `modifiable` is news, not a fault."""

    kind: Kind
    alias: str
    ours: str = ""
    """The path we have."""
    theirs: str = ""
    """The path, or the paths, that Azure has."""


def read_provider(session: Session, subscription: str | None) -> list[dict[str, Any]]:
    """Return every alias object of Microsoft.Network, asked of one subscription or of the tenant; raises DeployError."""
    providers = session.resources(subscription or NO_SUBSCRIPTION).providers
    where = f"/subscriptions/{subscription}/providers/{NAMESPACE}" if subscription else f"/providers/{NAMESPACE}"
    with azure_call("reading aliases", where):
        found = providers.get(NAMESPACE, expand=_EXPAND) if subscription else providers.get_at_tenant_scope(NAMESPACE, expand=_EXPAND)
        return list(_aliases(found.as_dict()))


def compare(ours: Mapping[str, Any], theirs: Iterable[Mapping[str, Any]]) -> tuple[AliasFinding, ...]:
    """Return the differences, sorted by kind and name; `ours` is our list in the shape of a provider."""
    there = {str(alias.get("name", "")).lower(): alias for alias in theirs}
    found = []
    for alias in _aliases(ours):
        name, path = str(alias["name"]), str(alias["defaultPath"])
        match = there.get(name.lower())
        if match is None:
            found.append(AliasFinding(kind="missing", alias=name, ours=path))
            continue
        paths = _paths(match)
        if path.lower() not in {each.lower() for each in paths}:
            found.append(AliasFinding(kind="other-path", alias=name, ours=path, theirs=", ".join(paths) or "none"))
        if _modifiable(match):
            found.append(AliasFinding(kind="modifiable", alias=name, ours=path))
    order = ("missing", "other-path", "modifiable")
    return tuple(sorted(found, key=lambda each: (order.index(each.kind), each.alias.lower())))


def _aliases(provider: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for kind in provider.get("resourceTypes") or []:
        yield from kind.get("aliases") or []


def _paths(alias: Mapping[str, Any]) -> list[str]:
    """Return the path that holds where no version says otherwise; without one, the paths of the versions."""
    default = alias.get("defaultPath")
    return [str(default)] if default else [str(entry.get("path")) for entry in alias.get("paths") or []]


def _modifiable(alias: Mapping[str, Any]) -> bool:
    nodes = [alias.get("defaultMetadata"), *(entry.get("metadata") for entry in alias.get("paths") or [])]
    return any(isinstance(node, Mapping) and str(node.get("attributes", "")).lower() == "modifiable" for node in nodes)
