"""What surrounds the evaluated resource: its resource group and subscription, the assignment, the request.

Taken from the caller's context, else from the id of the resource; what neither holds is `Unknown`.
Shapes: template-functions-resource (resourceGroup), template-functions-deployment, definition-structure-policy-rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.text import member
from s2sguard.expression.interface import ExpressionFailure, Json
from s2sguard.model.value import Unknown

_SCOPE = re.compile(r"(?P<subscription>/subscriptions/(?P<name>[^/]+))(?:/resourceGroups/(?P<group>[^/]+))?(?:/|$)", re.IGNORECASE)
_NOT_GIVEN: Final = {
    "group": Unknown("the resource group is not in the context"),
    "subscription": Unknown("the subscription is not in the context"),
    "policy": Unknown("the assignment is not in the context"),
    "request": Unknown("the request is not in the context"),
}
_SHORT: Final = {"resourceGroup": "name", "subscription": "subscriptionId"}
"""What a string in place of the object stands for."""
_GROUP_TYPE = "microsoft.resources/subscriptions/resourcegroups"
_SUBSCRIPTION_TYPE = "microsoft.resources/subscriptions"


class Tags(dict[str, Json]):
    """Tags of a scope: one that is not there is an empty string, as rules expect that compare it with `""`."""

    def __missing__(self, key: str) -> str:
        return ""


def resource_group(env: Env) -> Json:
    """Return what `resourceGroup()` gives: id, name, type, location, managedBy, tags and properties."""
    given = _given(env, "resourceGroup")
    if isinstance(given, Unknown):
        return given
    unknown = _NOT_GIVEN["group"]
    found = _scope(env)
    group = found["group"] if found else None
    whole: dict[str, Json] = {
        "id": f"{found['subscription']}/resourceGroups/{group}" if found and group else unknown,
        "name": group or unknown,
        "type": "Microsoft.Resources/resourceGroups",
        "location": unknown,
        "managedBy": None,
        "tags": unknown,
        "properties": {"provisioningState": "Succeeded"},
    }
    return _completed(whole, given, env if env.origin.kind == _GROUP_TYPE else None)


def subscription(env: Env) -> Json:
    """Return what `subscription()` gives: id, subscriptionId, displayName, tenantId and tags."""
    given = _given(env, "subscription")
    if isinstance(given, Unknown):
        return given
    unknown = _NOT_GIVEN["subscription"]
    found = _scope(env)
    whole: dict[str, Json] = {
        "id": found["subscription"] if found else unknown,
        "subscriptionId": found["name"] if found else unknown,
        "displayName": unknown,
        "tenantId": unknown,
        "tags": unknown,
    }
    return _completed(whole, given, env if env.origin.kind == _SUBSCRIPTION_TYPE else None)


def policy(env: Env) -> Json:
    """Return what `policy()` gives: assignmentId, definitionId, setDefinitionId and definitionReferenceId."""
    given = _given(env, "policy")
    if isinstance(given, Unknown):
        return given
    names = ("assignmentId", "definitionId", "setDefinitionId", "definitionReferenceId")
    if given is None:
        return dict.fromkeys(names, _NOT_GIVEN["policy"])
    return _overlaid(dict.fromkeys(names, ""), given)


def request_context(env: Env, version: Json) -> Json:
    """Return what `requestContext()` gives: apiVersion, which is `version` where the caller's context has none, and identity."""
    given = _given(env, "requestContext")
    if isinstance(given, Unknown):
        return given
    unknown = _NOT_GIVEN["request"]
    whole: dict[str, Json] = {"apiVersion": version, "identity": unknown if given is None else {}}
    return _overlaid(whole, given or {})


def _given(env: Env, name: str) -> Mapping[str, Json] | Unknown | None:
    value = member(env.context, name)
    if value is None or isinstance(value, Unknown | Mapping):
        return value
    if isinstance(value, str) and name in _SHORT:
        return {_SHORT[name]: value}
    raise ExpressionFailure(f"`{name}` of the context is not an object")


def _scope(env: Env) -> re.Match[str] | None:
    """Return where the resource of the `if` block is, by its id."""
    path = member(env.origin.resource, "id")
    return _SCOPE.match(path) if isinstance(path, str) else None


def _completed(whole: dict[str, Json], given: Mapping[str, Json] | None, itself: Env | None) -> dict[str, Json]:
    """Return the scope with what the caller gave, or what the resource says of itself; a given scope without tags has none."""
    if itself is not None:
        whole |= {"location": member(itself.origin.resource, "location"), "tags": member(itself.origin.resource, "tags") or {}}
    if given is not None:
        whole = _overlaid(whole | {"tags": {}}, given)
    tags = whole["tags"]
    return whole | {"tags": Tags(tags) if isinstance(tags, Mapping) else tags if isinstance(tags, Unknown) else Tags()}


def _overlaid(whole: dict[str, Json], given: Mapping[str, Json]) -> dict[str, Json]:
    names = {name.lower(): name for name in whole}
    return whole | {names.get(str(key).lower(), key): value for key, value in given.items()}
