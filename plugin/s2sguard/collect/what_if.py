"""What-if results of a deployment (Microsoft: template-deploy-what-if, and the REST schema of `WhatIfOperationResult`).

`az deployment group what-if --no-pretty-print` prints the changes at the top, the REST API in `properties`. Besides them a result may
say what it did not work out: changes that only may come, and diagnostics, for instance of nested deployments that were left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from s2sguard.collect.resource_types import type_of_id
from s2sguard.model.pointer import pointer_to

IDS_ONLY = "a change without the resource it leads to; use `--result-format FullResourcePayloads`"
UNSUPPORTED = "a change that what-if cannot predict: nobody knows what the resource will be"
_POTENTIAL = "a change that may or may not come; what it leads to was not read"
_DIAGNOSTIC = "a part of the deployment that what-if did not look into, says its diagnostic"
UNFINISHED = "a result of what-if that did not succeed, so it is not all that would be there"
_NETWORK = "microsoft.network/"


def changes_of(value: Mapping[str, object]) -> tuple[str, list[object]] | None:
    """Return the changes of a what-if result and the pointer to them: at the top (`az`) or in `properties` (REST)."""
    inner = value.get("properties")
    holders: tuple[tuple[str, object], ...] = (("", value), ("/properties", inner))
    for pointer, holder in holders:
        changes = holder.get("changes") if isinstance(holder, dict) else None
        if isinstance(changes, list) and all(isinstance(change, dict) and "changeType" in change for change in changes):
            return f"{pointer}/changes", changes
    return None


def unfinished(value: Mapping[str, object]) -> bool:
    """Say whether a result says of itself that it failed, was cancelled, or is still being worked out."""
    inner = value.get("properties")
    said = [holder.get("status", holder.get("provisioningState")) for holder in (value, inner) if isinstance(holder, Mapping)]
    return any(isinstance(one, str) and one.lower() != "succeeded" for one in said) or value.get("error") is not None


def left_open(result: object, pointer: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield what a result did not work out: the reason, its place, and the id of the resource it concerns if it is only that one."""
    if not isinstance(result, Mapping):
        return
    potential, diagnostics = result.get("potentialChanges"), result.get("diagnostics")
    for index, change in enumerate(potential if isinstance(potential, list) else ()):
        target = change.get("resourceId") if isinstance(change, Mapping) else None
        yield _POTENTIAL, pointer_to(pointer, "potentialChanges", index), concerned(target)
    for index, one in enumerate(diagnostics if isinstance(diagnostics, list) else ()):
        if not isinstance(one, Mapping) or str(one.get("level")).lower() != "info":
            target = one.get("target") if isinstance(one, Mapping) else None
            yield _DIAGNOSTIC, pointer_to(pointer, "diagnostics", index), concerned(target)


def concerned(resource_id: object) -> str | None:
    """Return the id of a resource that nothing else depends on; None for one of the network, and for one that is not known."""
    if not isinstance(resource_id, str) or "[" in resource_id:
        return None
    found = (type_of_id(resource_id) or "").lower()
    return resource_id if found and not found.startswith((_NETWORK, "microsoft.resources/")) else None
