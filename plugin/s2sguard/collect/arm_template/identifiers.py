"""`resourceId` and its relatives (Microsoft: template-functions-resource)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from s2sguard.collect.arm_template.place import NOT_NAMED, Text
from s2sguard.expression import ExpressionFailure, Function, Json, Partial
from s2sguard.expression.functions.common import wrong
from s2sguard.expression.partial import joined, token

if TYPE_CHECKING:
    from s2sguard.collect.arm_template.values import Env

_MANAGEMENT: Final = "/providers/Microsoft.Management/managementGroups/"


def identifier(scope: Text, resource_type: str, names: Sequence[Text]) -> Text:
    """Return the id of a resource: a scope, a type `provider/a/b` and as many names as it has segments."""
    provider, *kinds = resource_type.split("/")
    parts: list[Text] = [scope, "/providers/", provider]
    for kind, name in zip(kinds, names, strict=True):
        parts += ["/", kind, "/", name]
    return joined(parts, segments=True)


def _parts(function: str, arguments: tuple[Json, ...], optional: int) -> tuple[list[Text], str, list[Text]]:
    """Return what comes before the type, the type, and the names."""
    texts = [one if isinstance(one, str | Partial) else wrong(function, "strings", one) for one in arguments]
    for at, one in enumerate(texts[: optional + 1]):
        kinds = one.strip("/").count("/") if isinstance(one, str) else 0
        if isinstance(one, str) and kinds and kinds == len(texts) - at - 1:
            return texts[:at], one.strip("/"), texts[at + 1 :]
    raise ExpressionFailure(f"`{function}` takes a resource type and a name for each of its segments after the provider")


def _resource_id(env: Env, *arguments: Json) -> Json:
    before, kind, names = _parts("resourceId", arguments, 2)
    place = env.scope.place
    if before:
        place = place.in_group(before[-1], before[0] if len(before) > 1 else None)
    return identifier(place.id, kind, names)


def _subscription_resource_id(env: Env, *arguments: Json) -> Json:
    before, kind, names = _parts("subscriptionResourceId", arguments, 1)
    subscription = before[0] if before else env.scope.place.subscription
    home = subscription if subscription is not None else token("subscription", NOT_NAMED)
    return identifier(joined(["/subscriptions/", home]), kind, names)


def _management_group_resource_id(env: Env, *arguments: Json) -> Json:
    before, kind, names = _parts("managementGroupResourceId", arguments, 1)
    group = before[0] if before else env.scope.place.management
    home = group if group is not None else token("management-group", NOT_NAMED)
    return identifier(joined([_MANAGEMENT, home]), kind, names)


def _tenant_resource_id(_env: Env, *arguments: Json) -> Json:
    _, kind, names = _parts("tenantResourceId", arguments, 0)
    return identifier("", kind, names)


def _extension_resource_id(_env: Env, scope: Json, *arguments: Json) -> Json:
    _, kind, names = _parts("extensionResourceId", arguments, 0)
    home = scope if isinstance(scope, str | Partial) else wrong("extensionResourceId", "the id of a resource", scope)
    if isinstance(home, str):
        return identifier(home.rstrip("/"), kind, names)
    found = identifier(home, kind, names)
    return Partial(found.reason, found.parts, home.segments) if isinstance(found, Partial) else found


def _function(name: str, call: Any, minimum: int) -> Function:  # noqa: ANN401  # each its own arguments
    return Function(name=name, call=call, minimum=minimum, maximum=None, kind="host", pure=False)


IDENTIFIERS: Final = (
    _function("resourceId", _resource_id, 2),
    _function("subscriptionResourceId", _subscription_resource_id, 2),
    _function("managementGroupResourceId", _management_group_resource_id, 2),
    _function("tenantResourceId", _tenant_resource_id, 2),
    _function("extensionResourceId", _extension_resource_id, 3),
)
