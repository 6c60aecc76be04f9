"""The effects that only say something: audit, deny, disabled, manual, denyAction, mutate, addToNetworkGroup, and legacy ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from s2sguard.azure_policy.language.effects.part import Part, run, run_text
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.text import member
from s2sguard.expression.interface import Compiled, ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

Details: TypeAlias = dict[str, Json]
Outcome: TypeAlias = Callable[[str, Env], tuple[str | None, Details]]
"""From the name of an effect to what it does: the effect, or None where it does not take place, and its details."""

DEFAULT_STATES: Final = {"unknown": "Unknown", "compliant": "Compliant", "non-compliant": "Non-compliant", "noncompliant": "Non-compliant"}
"""States of effect-manual by lowercase name; attestations write `NonCompliant` (facts 5.11), so both spellings are read."""

_KUBERNETES: Final = (
    "templateInfo",
    "constraintTemplate",
    "constraint",
    "constraintInfo",
    "namespaces",
    "excludedNamespaces",
    "labelSelector",
    "scope",
    "apiGroups",
    "kinds",
    "values",
    "source",
    "warn",
    "messageId",
    "blockOn",
)
"""Members of `details` in mode `Microsoft.Kubernetes.Data` (effect-audit, effect-deny); Resource Manager modes have none."""

_NEVER_DENIED: Final = frozenset(
    {
        "microsoft.authorization/policyassignments",
        "microsoft.authorization/denyassignments",
        "microsoft.authorization/locks",
        "microsoft.blueprint/blueprintassignments",
        "microsoft.resources/deploymentstacks",
        "microsoft.resources/subscriptions",
    }
)
"""Types whose deletion denyAction never blocks, against lock-outs (effect-deny-action, "DenyAction evaluation")."""

DELETE: Final = "delete"


def plain(name: str, _env: Env) -> tuple[str | None, Details]:
    """Return an effect without details: disabled, and audit and deny in Resource Manager modes (effect-audit, effect-deny)."""
    return name, {}


def kubernetes(details: Part) -> Outcome:
    """Compile the details of audit, deny and mutate in mode `Microsoft.Kubernetes.Data`; they are returned, not evaluated."""
    members = {name: details.compiled(name) for name in details.value if name.lower() in {known.lower() for known in _KUBERNETES}}
    return lambda name, env: (name, {key: run(compiled, env) for key, compiled in members.items()})


def mutate(details: Part) -> Outcome:
    """Compile `details` of mutate (effect-mutate): `mutationInfo` with a `sourceType`; Kubernetes carries it out, not this."""
    info = details.part("mutationInfo", "`mutationInfo`")
    if info is not None and info.require("sourceType", why="effect-mutate: where the mutation template comes from"):
        info.text("sourceType", ("PublicURL", "Base64Encoded"))
    members = {name: details.compiled(name) for name in details.value}
    return lambda name, env: (name, {key: run(compiled, env) for key, compiled in members.items()})


def returned(details: Part) -> Outcome:
    """Compile `details` that no page describes; they are returned with their expressions evaluated."""
    members = {name: details.compiled(name) for name in details.value}
    return lambda name, env: (name, {key: run(compiled, env) for key, compiled in members.items()})


def network_group(details: Part) -> Outcome:
    """Compile `details` of addToNetworkGroup: `networkGroupId`, the group that matching networks join."""
    details.require("networkGroupId", why="virtual-network-manager/concept-azure-policy-integration: the group that networks join")
    group = details.text("networkGroupId")
    return lambda name, env: (name, {"networkGroupId": run_text(group, env, "`networkGroupId`")})


def manual(details: Part | None) -> Outcome:
    """Compile `details` of manual (effect-manual): `defaultState`, Unknown where it is left out."""
    state = None
    if details is not None:
        details.only("defaultState")
        state = details.text("defaultState", ("Unknown", "Compliant", "Non-compliant", "NonCompliant"))

    def outcome(name: str, env: Env) -> tuple[str | None, Details]:
        given = run_text(state, env, "`defaultState`") or "Unknown"
        if given.lower() not in DEFAULT_STATES:
            raise ExpressionFailure("`defaultState` is none of Unknown, Compliant, Non-compliant")
        return name, {"defaultState": DEFAULT_STATES[given.lower()]}

    return outcome


def deny_action(details: Part) -> Outcome:
    """Compile `details` of denyAction (effect-deny-action): `actionNames`, which can only be delete, and `cascadeBehaviors`.

    Built-in definitions offer auditAction beside it, with the same details.

    The action asked for is `context["action"]` or `context["requestContext"]["action"]`; without one it is a delete.
    """
    details.only("actionNames", "cascadeBehaviors")
    actions = _action_names(details)
    cascade = details.part("cascadeBehaviors", "`cascadeBehaviors`")
    behaviour = None
    if cascade is not None:
        cascade.only("resourceGroup")
        if details.scope.mode.lower() == "all":
            hint = "effect-deny-action: only supported in mode Indexed"
            details.scope.warn(details.at("cascadeBehaviors"), "`cascadeBehaviors` has no effect in mode All", hint)
        behaviour = cascade.text("resourceGroup", ("allow", "deny"))

    def outcome(name: str, env: Env) -> tuple[str | None, Details]:
        found: Details = {"actionNames": run(actions, env) or [DELETE], "action": requested_action(env.context) or DELETE}
        if cascade is not None:
            found["cascadeBehaviors"] = {"resourceGroup": run_text(behaviour, env, "`resourceGroup`") or "deny"}
        asked = found["action"].lower()
        if asked not in {DELETE, "*"} and not asked.endswith("/" + DELETE):
            return None, found
        kind = member(env.origin.resource, "type")
        if name == "denyAction" and isinstance(kind, str) and kind.lower() in _NEVER_DENIED:
            return None, found | {"neverDenied": kind}
        return name, found

    return outcome


def _action_names(details: Part) -> Compiled | None:
    if not details.require("actionNames", why='effect-deny-action: `["delete"]`'):
        return None
    names = details.compiled("actionNames")
    if names is None or not names.constant:
        return names
    if not isinstance(names.value, list) or not names.value:
        details.scope.problem(details.at("actionNames"), "`actionNames` is an array of actions", '`["delete"]`')
        return None
    for name in names.value:
        if not isinstance(name, str) or name.lower() != DELETE:
            details.scope.problem(details.at("actionNames"), "the only action that can be denied is `delete`")
            return None
    return names


def requested_action(context: Mapping[str, Json]) -> str | None:
    """Return the action of the request that is evaluated, such as `delete`; None where the context does not say."""
    action = member(context, "action")
    if action is None and isinstance(request := member(context, "requestContext"), Mapping):
        action = member(request, "action")
    if isinstance(action, Unknown):
        raise UnknownValue(action)
    return action if isinstance(action, str) else None
