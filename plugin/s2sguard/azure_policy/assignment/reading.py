"""What the document of an assignment says, held against the definition it assigns (assignment-structure; facts 5.10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from s2sguard.azure_policy.assignment.hierarchy import scope_of
from s2sguard.azure_policy.assignment.initiative import Initiative
from s2sguard.azure_policy.assignment.resource_selectors import (
    REFERENCE,
    ResourceSelector,
    Selector,
    compile_conditions,
    compile_selectors,
    holds,
)
from s2sguard.azure_policy.language.effects.names import documented, hint_for
from s2sguard.azure_policy.language.effects.part import Part
from s2sguard.azure_policy.language.outcome import PolicyError, Problem
from s2sguard.azure_policy.language.policy import Policy
from s2sguard.azure_policy.language.scope import CompileScope
from s2sguard.azure_policy.language.text import did_you_mean, fold, join
from s2sguard.expression.interface import Json

EnforcementMode: TypeAlias = Literal["Default", "DoNotEnforce", "Enroll"]

_MODES: Final[dict[str, EnforcementMode]] = {"default": "Default", "donotenforce": "DoNotEnforce", "enroll": "Enroll"}
_KINDS: Final[dict[str, Literal["policyEffect", "definitionVersion"]]] = {
    "policyeffect": "policyEffect",
    "policyversion": "definitionVersion",
    "definitionversion": "definitionVersion",
}
"""The documentation writes policyVersion, the API definitionVersion (facts 5.10)."""
_TEXTS: Final = {"displayName": 128, "description": 512}
_MOST_METADATA: Final = 1024
_MOST_NOT_SCOPES: Final = 400
_MOST_OVERRIDES: Final = 10
_NEEDS_IDENTITY: Final = frozenset({"modify", "deployIfNotExists"})
_MEMBERS: Final = (
    "displayName",
    "description",
    "metadata",
    "policyDefinitionId",
    "definitionVersion",
    "latestDefinitionVersion",
    "effectiveDefinitionVersion",
    "parameters",
    "notScopes",
    "enforcementMode",
    "nonComplianceMessages",
    "resourceSelectors",
    "overrides",
    "scope",
    "assignmentType",
    "instanceId",
    "selfServeExemptionSettings",
    "identity",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One of `overrides`."""

    kind: Literal["policyEffect", "definitionVersion"]
    value: str
    """The effect in the documentation's casing, or the version."""
    selectors: tuple[Selector, ...]
    """All have to hold; none at all hold for everything."""

    @property
    def changes_effect(self) -> bool:
        """Whether it puts another effect in place; a version offline is that of the definitions given."""
        return self.kind == "policyEffect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An assignment as written."""

    id: str
    name: str
    display_name: str
    scope: str | None
    """None where neither `scope` nor the id says it: then it is for every resource."""
    not_scopes: tuple[str, ...]
    definition_id: str
    enforcement_mode: EnforcementMode
    parameters: Mapping[str, Json]
    """As written: `{"name": {"value": value}}`."""
    messages: Mapping[str, str]
    """Lowercase reference id -> non-compliance message; the empty id for the message of all."""
    selectors: tuple[ResourceSelector, ...]
    overrides: tuple[Override, ...]
    metadata: Mapping[str, Json]
    warnings: tuple[Problem, ...]

    def message(self, reference_id: str) -> str:
        """Return the message for a definition, else the one for all, else an empty string."""
        return self.messages.get(fold(reference_id)) or self.messages.get("", "")


def read_assignment(document: Json, target: Policy | Initiative) -> Reading:
    """Read an assignment of `target`; raises `PolicyError` with everything that is wrong."""
    scope = CompileScope()
    if not isinstance(document, Mapping):
        raise PolicyError((Problem(pointer="", message="an assignment is a JSON object"),))
    whole = Part(scope, document, "")
    properties = whole.part("properties", "`properties`") or whole
    if properties is not whole:
        properties.only(*_MEMBERS)
    _identity(whole, properties, target)
    found = Reading(
        id=_text(whole, "id"),
        name=_text(whole, "name"),
        display_name=_texts(properties),
        scope=_text(properties, "scope") or scope_of(whole.get("id"), "policyAssignments"),
        not_scopes=_strings(properties, "notScopes", _MOST_NOT_SCOPES),
        definition_id=_text(properties, "policyDefinitionId"),
        enforcement_mode=_mode(properties),
        parameters=_parameters(properties, target),
        messages=_messages(properties, target),
        selectors=compile_selectors(properties),
        overrides=_overrides(properties, target),
        metadata=_metadata(properties),
        warnings=(),
    )
    if scope.problems:
        raise PolicyError(tuple(scope.problems))
    return replace(found, warnings=tuple(scope.warnings))


def _parameters(properties: Part, target: Policy | Initiative) -> Mapping[str, Json]:
    given = properties.get("parameters")
    if given is not None and not isinstance(given, Mapping):
        properties.scope.problem(properties.at("parameters"), "`parameters` is an object")
        return {}
    try:
        target.binder.bind(given)
    except PolicyError as error:
        for problem in error.problems:
            pointer = properties.at("parameters") + problem.pointer.removeprefix("/parameters")
            properties.scope.problem(pointer, problem.message, problem.hint)
    except RecursionError:
        properties.scope.problem(properties.at("parameters"), "a value is nested too deep")
    return given or {}


def _mode(properties: Part) -> EnforcementMode:
    given = _text(properties, "enforcementMode")
    mode = _MODES.get(given.lower() or "default")
    if mode is None:
        hint = did_you_mean(given, _MODES.values()) or "use Default, DoNotEnforce or Enroll"
        properties.scope.problem(properties.at("enforcementMode"), f"there is no enforcement mode `{given}`", hint)
    return mode or "Default"


def _messages(properties: Part, target: Policy | Initiative) -> dict[str, str]:
    if properties.get("nonComplianceMessages") is None:
        return {}
    found: dict[str, str] = {}
    for part in properties.parts("nonComplianceMessages", "`nonComplianceMessages`"):
        part.only("message", "policyDefinitionReferenceId")
        if not part.require("message", why="the text"):
            continue
        reference = _text(part, "policyDefinitionReferenceId")
        _check_reference(reference, target, part, "policyDefinitionReferenceId")
        found.setdefault(fold(reference), _text(part, "message"))
    return found


def _check_reference(reference: str, target: Policy | Initiative, part: Part, name: str) -> None:
    known = target.reference_ids if isinstance(target, Initiative) else ()
    if reference and fold(reference) not in {fold(one) for one in known}:
        part.scope.problem(part.at(name), f"the initiative has no definition `{reference}`", did_you_mean(reference, known))


def _overrides(properties: Part, target: Policy | Initiative) -> tuple[Override, ...]:
    if properties.get("overrides") is None:
        return ()
    parts = properties.parts("overrides", "`overrides`")
    if len(parts) > _MOST_OVERRIDES:
        properties.scope.problem(properties.at("overrides"), f"there are {len(parts)} overrides of at most {_MOST_OVERRIDES}")
    return tuple(found for part in parts if (found := _override(part, target)) is not None)


def _override(part: Part, target: Policy | Initiative) -> Override | None:
    part.only("kind", "value", "selectors")
    kind = _KINDS.get(_text(part, "kind").lower())
    if kind is None:
        part.scope.problem(part.at("kind"), "an override has the kind policyEffect or definitionVersion")
        return None
    if not part.require("value", why="what is put in place"):
        return None
    selectors = compile_conditions(part)
    value = _text(part, "value")
    if kind == "definitionVersion":
        part.scope.warn(part.pointer, "the version is not overridden offline", "give the definitions of that version")
        return Override(kind=kind, value=value, selectors=selectors)
    effect = documented(value)
    if effect is None:
        part.scope.problem(part.at("value"), f"there is no effect `{value}`", hint_for(value))
        return None
    _check_effect(effect, selectors, target, part)
    return Override(kind=kind, value=effect, selectors=selectors)


def _check_effect(effect: str, selectors: tuple[Selector, ...], target: Policy | Initiative, part: Part) -> None:
    """Note a definition that the override is for and that cannot have this effect."""
    named = tuple(selector for selector in selectors if selector.kind == REFERENCE)
    members = [(one.reference_id, one.policy) for one in target.members] if isinstance(target, Initiative) else [("", target)]
    for reference_id, policy in members:
        if holds(named, {}, reference_id) and (refusal := policy.effect.refusal(effect)):
            which = f"`{reference_id}`: " if reference_id else ""
            part.scope.problem(part.at("value"), f"{which}{refusal}")


def _identity(whole: Part, properties: Part, target: Policy | Initiative) -> None:
    policies = [one.policy for one in target.members] if isinstance(target, Initiative) else [target]
    needing = sorted({effect for policy in policies for effect in policy.effects} & _NEEDS_IDENTITY)
    if needing and whole.get("identity") is None and properties.get("identity") is None:
        message = f"the assignment has no identity, which {' and '.join(needing)} need to remediate"
        whole.scope.warn(whole.pointer, message, "assignment-structure, `identity`; it needs a `location` too")


def _metadata(properties: Part) -> Mapping[str, Json]:
    metadata = properties.part("metadata", "`metadata`") if properties.get("metadata") is not None else None
    if metadata is None:
        return {}
    for name, value in metadata.value.items():
        if isinstance(value, str) and len(value) > _MOST_METADATA:
            properties.scope.problem(join(metadata.pointer, name), f"the value has more than {_MOST_METADATA} characters")
    return metadata.value


def _strings(part: Part, name: str, most: int) -> tuple[str, ...]:
    value = part.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        part.scope.problem(part.at(name), f"`{name}` is an array of strings")
        return ()
    if len(value) > most:
        part.scope.problem(part.at(name), f"there are {len(value)} of at most {most}")
    return tuple(value)


def _texts(properties: Part) -> str:
    for name, longest in _TEXTS.items():
        if len(_text(properties, name)) > longest:
            properties.scope.problem(properties.at(name), f"`{name}` has more than {longest} characters")
    return _text(properties, "displayName")


def _text(part: Part, name: str) -> str:
    value = part.get(name)
    if value is not None and not isinstance(value, str):
        part.scope.problem(part.at(name), f"`{name}` is a string")
    return value if isinstance(value, str) else ""
