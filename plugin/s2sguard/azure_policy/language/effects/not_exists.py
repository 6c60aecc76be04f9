"""The effects auditIfNotExists and deployIfNotExists: does a related resource exist, and is it as it should be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from s2sguard.azure_policy.language.effects.part import Part, run, run_text
from s2sguard.azure_policy.language.effects.related import Wanted, find
from s2sguard.azure_policy.language.effects.roles import role_definition_ids
from s2sguard.azure_policy.language.effects.simple import Details, Outcome
from s2sguard.azure_policy.language.env import Env, Position, Test
from s2sguard.azure_policy.language.text import keys, member
from s2sguard.expression.interface import Compiled, ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

NOT_SUPPLIED: Final = "not supplied"
"""`details["existence"]`: the caller gave no related resources at all, which counts as none (never as compliant)."""

_SCOPES: Final = ("Subscription", "ResourceGroup")
_TEXTS: Final = ("type", "name", "kind", "resourceGroupName", "existenceScope", "evaluationDelay")
_DEPLOYMENT: Final = ("roleDefinitionIds", "deployment", "deploymentScope")
_DELAYS: Final = frozenset({"afterprovisioning", "afterprovisioningsuccess", "afterprovisioningfailure"})
_DURATION: Final = re.compile(r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?", re.IGNORECASE)
_LONGEST_DELAY: Final = 360 * 60
_CANDIDATE: Final = ("id", "type", "name")
_NO_NAME: Final = Unknown("it is not known whether a related resource is the one asked for")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """`details`, ready to be evaluated."""

    texts: Mapping[str, Compiled]
    condition: Test | None
    roles: Compiled | None
    scope: Compiled | None
    deployment: Json
    parameters: Compiled | None


def not_exists(details: Part, *, deploys: bool) -> Outcome:
    """Compile `details` of an IfNotExists effect; `deploys` where deployIfNotExists is possible, which requires more.

    Members: `type` (required), `name`, `kind`, `resourceGroupName`, `existenceScope`, `existenceCondition`, `evaluationDelay`;
    for deployIfNotExists also `roleDefinitionIds` and `deployment` (required) and `deploymentScope`.
    The outcome has them evaluated, `existence` in words, and `candidates`: the related resources that were looked at,
    each with what `existenceCondition` gave. The effect is None where one of them satisfies it.
    In `deployment` only `properties.parameters` is evaluated: the rest belongs to the template.
    """
    details.only(*_TEXTS, "existenceCondition", *_DEPLOYMENT)
    details.require("type", why="the type of the related resource")
    _check_name(details)
    compiled = _Compiled(
        texts=_texts(details),
        condition=_condition(details),
        roles=_roles(details, deploys=deploys),
        scope=details.text("deploymentScope", _SCOPES),
        deployment=details.get("deployment"),
        parameters=_deployment_parameters(details, deploys=deploys),
    )

    def outcome(name: str, env: Env) -> tuple[str | None, Details]:
        texts = {key: run_text(text, env, f"`{key}`") for key, text in compiled.texts.items()}
        found: Details = {key: value for key, value in texts.items() if value is not None}
        found["candidates"], exists = _candidates(_wanted(texts), compiled.condition, env)
        if env.related is None and not found["candidates"]:
            found["existence"] = NOT_SUPPLIED
        else:
            found["existence"] = "found" if exists else "not found"
        if exists:
            return None, found
        return name, found | _deployment(name, compiled, env)

    return outcome


def _texts(details: Part) -> dict[str, Compiled]:
    found = {name: details.text(name, _SCOPES if name == "existenceScope" else ()) for name in _TEXTS}
    delay = found["evaluationDelay"]
    if delay is not None and delay.constant and isinstance(delay.value, str) and not _is_delay(delay.value):
        hint = "AfterProvisioning, AfterProvisioningSuccess, AfterProvisioningFailure, or an ISO 8601 duration of at most 360 minutes"
        details.scope.problem(details.at("evaluationDelay"), "`evaluationDelay` is not a delay", hint)
    return {name: text for name, text in found.items() if text is not None}


def _check_name(details: Part) -> None:
    """Warn where the related resource may be the resource of the `if` block itself, and no name says that it is not another one."""
    kind = details.get("type")
    if isinstance(kind, str) and kind.lower() in details.scope.if_types and "name" not in details:
        message = "`name` is missing: `type` is the type of the `if` block, so any resource of it would do"
        hint = "effect-audit-if-not-exists: add `name` as `[field('name')]` or `[field('fullName')]`"
        details.scope.warn(details.at("type"), message, hint)


def _is_delay(text: str) -> bool:
    if text.lower() in _DELAYS:
        return True
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return False
    days, hours, minutes, seconds = (int(part[:9]) if part else 0 for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds <= _LONGEST_DELAY


def _condition(details: Part) -> Test | None:
    if "existenceCondition" not in details:
        return None
    scope, outer = details.scope, details.scope.position
    scope.position = Position(related=True)
    found = scope.compile_condition(details.get("existenceCondition"), details.at("existenceCondition"))
    scope.position = outer
    return found


def _roles(details: Part, *, deploys: bool) -> Compiled | None:
    return role_definition_ids(details, "effect-deploy-if-not-exists") if deploys else None


def _deployment_parameters(details: Part, *, deploys: bool) -> Compiled | None:
    if not deploys or not details.expect("deployment", why="effect-deploy-if-not-exists: the template deployment"):
        return None
    deployment = details.part("deployment", "`deployment`")
    if deployment is None or not deployment.expect("properties", why="Deployments REST API: `mode`, `template`, `parameters`"):
        return None
    properties = deployment.part("properties", "`properties` of the deployment")
    if properties is None:
        return None
    if "templateLink" in properties:
        properties.scope.problem(properties.at("templateLink"), "linked templates are not supported", "put the template into `template`")
    elif properties.expect("template", why="Deployments REST API: the template itself"):
        properties.part("template", "`template`")
    return properties.compiled("parameters") if properties.part("parameters", "`parameters` of the deployment") else None


def _wanted(texts: Mapping[str, str | None]) -> Wanted:
    scope = (texts.get("existenceScope") or "ResourceGroup").lower()
    if scope not in {one.lower() for one in _SCOPES}:
        raise ExpressionFailure("`existenceScope` is neither Subscription nor ResourceGroup")
    return Wanted(
        type=texts.get("type") or "",
        name=texts.get("name"),
        kind=texts.get("kind"),
        resource_group=texts.get("resourceGroupName"),
        subscription_wide=scope == "subscription",
    )


def _candidates(wanted: Wanted, condition: Test | None, env: Env) -> tuple[list[Details], bool]:
    """Return the related resources that were looked at and whether one satisfies the condition.

    Where none does but one failed, or is not known to, that is raised: it is no evidence that something is missing.
    """
    seen: list[Details] = []
    failure: ExpressionFailure | None = None
    doubt: Unknown | None = None
    for resource, certain in find(env.origin.resource, env.related or (), wanted):
        answer: bool | None = None
        try:
            answer = True if condition is None else condition(env.for_related(resource))
        except ExpressionFailure as error:
            failure = failure or error
        else:
            if answer is None or (answer and not certain):
                doubt = doubt or env.origin.doubt or _NO_NAME
        seen.append({**_identity(resource), "existenceCondition": answer})
        if answer and certain:
            return seen, True
    if failure is not None:
        raise failure
    if doubt is not None:
        raise UnknownValue(doubt)
    return seen, False


def _identity(resource: Mapping[str, Json]) -> Details:
    return {name: value for name in _CANDIDATE if isinstance(value := member(resource, name), str)}


def _deployment(name: str, compiled: _Compiled, env: Env) -> Details:
    """Return what would be deployed; nothing for auditIfNotExists."""
    if name != "deployIfNotExists":
        return {}
    found: Details = {"roleDefinitionIds": run(compiled.roles, env) or []}
    if compiled.scope is not None:
        found["deploymentScope"] = run_text(compiled.scope, env, "`deploymentScope`")
    if isinstance(compiled.deployment, Mapping):
        found["deployment"] = _with_parameters(compiled.deployment, run(compiled.parameters, env))
    return found


def _with_parameters(deployment: Mapping[str, Json], parameters: Json) -> Json:
    written = keys(deployment).get("properties", "properties")
    properties = deployment.get(written)
    if parameters is None or not isinstance(properties, Mapping):
        return deployment
    return {**deployment, written: {**properties, keys(properties).get("parameters", "parameters"): parameters}}
