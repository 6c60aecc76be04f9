"""The definitions of an initiative: what the initiative says about each of them, and the parameters it passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from s2sguard.azure_policy.assignment.layering import Step
from s2sguard.azure_policy.assignment.library import Library
from s2sguard.azure_policy.language.effects.part import Part
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.outcome import ERROR, Evaluation
from s2sguard.azure_policy.language.parameters import Declaration
from s2sguard.azure_policy.language.policy import Policy
from s2sguard.azure_policy.language.text import did_you_mean, fold, join, keys, member
from s2sguard.expression.interface import Compiled, ExpressionFailure, Json, UnknownValue

Values: TypeAlias = Mapping[str, Json]

MOST_DEFINITIONS: Final = 1000
"""Definitions of an initiative (facts 5.8)."""
_VERSION: Final = re.compile(r"\d+\.(?:\d+|\*)(?:\.(?:\d+|\*))?(?:-(?:preview|deprecated))?", re.IGNORECASE)
_NOT_HERE: Final = ("field", "current")
_MEMBER: Final = ("policyDefinitionId", "policyDefinitionReferenceId", "parameters", "groupNames", "definitionVersion")
_GROUP: Final = ("name", "category", "displayName", "description", "additionalMetadataId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One of `policyDefinitionGroups`."""

    name: str
    display_name: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One definition of an initiative."""

    reference_id: str
    """`policyDefinitionReferenceId`; the last part of the definition's id where it is left out."""
    definition_id: str
    policy: Policy
    parameters: Mapping[str, Compiled]
    """Name of a parameter of the definition -> what the initiative passes for it."""
    groups: tuple[str, ...] = ()
    definition_version: str = ""

    @property
    def control(self) -> str:
        """The control of the pack that the definition belongs to (`metadata.s2sguard.control`); empty for other definitions."""
        ours = member(self.policy.definition.metadata or {}, "s2sguard")
        control = member(ours, "control") if isinstance(ours, Mapping) else None
        return control if isinstance(control, str) else ""

    @property
    def tells_time(self) -> bool:
        """Whether what is passed may differ from one moment to the next."""
        return any(call.name == "utcnow" for compiled in self.parameters.values() for call in compiled.calls)

    def step(self, values: Values, context: Values | None, initiative_id: str) -> Step:
        """Return what there is to evaluate for values of the initiative's parameters."""
        surroundings = with_policy(context, self.definition_id, initiative_id, self.reference_id)
        env = Env({}, parameters=values, context=surroundings)
        given: dict[str, Json] = {}
        failed = None
        for name, compiled in self.parameters.items():
            try:
                given[name] = compiled.run(env)
            except UnknownValue as doubt:
                given[name] = doubt.unknown
            except ExpressionFailure as failure:
                failed = failed or Evaluation(effect=ERROR, reason=f"parameter `{name}`: {failure.message}")
        # A literal object with the one member `value` would be taken for a wrapped value.
        wrapped = {name: {"value": value} for name, value in given.items()}
        return Step(
            reference_id=self.reference_id,
            control=self.control,
            groups=self.groups,
            policy=self.policy,
            parameters=wrapped,
            context=surroundings,
            failed=failed,
        )


def with_policy(context: Json, definition_id: str, initiative_id: str, reference_id: str) -> Values | None:
    """Return the context with what `policy()` gives for one definition; what the caller says about it wins.

    Anything but an object is returned as it is, to be refused by the evaluation.
    """
    if context is not None and not isinstance(context, Mapping):
        return context  # type: ignore[no-any-return]
    ours = {"definitionId": definition_id, "setDefinitionId": initiative_id, "definitionReferenceId": reference_id}
    written = keys(context or {}).get("policy", "policy")
    given = (context or {}).get(written)
    if given is None:
        return {**(context or {}), written: ours}
    if not isinstance(given, Mapping):
        return context
    known = {str(name).lower() for name in given}
    return {**(context or {}), written: {**{name: value for name, value in ours.items() if name.lower() not in known}, **given}}


def compile_groups(properties: Part) -> tuple[Group, ...]:
    """Read `policyDefinitionGroups`; what is wrong becomes problems."""
    if properties.get("policyDefinitionGroups") is None:
        return ()
    found: dict[str, Group] = {}
    for part in properties.parts("policyDefinitionGroups", "`policyDefinitionGroups`"):
        part.only(*_GROUP)
        name = part.get("name")
        if not isinstance(name, str) or not name:
            part.scope.problem(part.at("name"), "a group has a name")
        elif fold(name) in found:
            part.scope.problem(part.at("name"), f"the group `{name}` is declared twice")
        else:
            found[fold(name)] = Group(name=name, display_name=_text(part, "displayName"), category=_text(part, "category"))
    return tuple(found.values())


def compile_members(properties: Part, library: Library, groups: tuple[Group, ...]) -> tuple[Member, ...]:
    """Read `policyDefinitions`; what is wrong becomes problems."""
    if not properties.require("policyDefinitions", why="the definitions of the initiative"):
        return ()
    parts = properties.parts("policyDefinitions", "`policyDefinitions`")
    pointer = properties.at("policyDefinitions")
    if len(parts) > MOST_DEFINITIONS:
        properties.scope.problem(pointer, f"there are {len(parts)} definitions; {MOST_DEFINITIONS} are allowed")
    if properties.get("policyDefinitions") == []:
        properties.scope.problem(pointer, "an initiative has at least one definition")
    taken: set[str] = set()
    members = [found for part in parts if (found := _member(part, library, groups, taken)) is not None]
    return tuple(members)


def _member(part: Part, library: Library, groups: tuple[Group, ...], taken: set[str]) -> Member | None:
    part.only(*_MEMBER)
    if not part.require("policyDefinitionId", why="the id of the definition"):
        return None
    definition_id = part.get("policyDefinitionId")
    if not isinstance(definition_id, str):
        part.scope.problem(part.at("policyDefinitionId"), "`policyDefinitionId` is a string")
        return None
    reference_id = _reference_id(part, definition_id, taken)
    names = _group_names(part, groups)
    policy = library.find(definition_id)
    if policy is None:
        message = "there is no definition with this id among those given"
        part.scope.problem(part.at("policyDefinitionId"), message, library.near(definition_id))
        return None
    if not isinstance(policy, Policy):
        for problem in policy:
            message = f"the definition does not compile: {problem.pointer or '/'}: {problem.message}"
            part.scope.problem(part.at("policyDefinitionId"), message, problem.hint)
        return None
    return Member(
        reference_id=reference_id,
        definition_id=definition_id,
        policy=policy,
        parameters=_parameters(part, policy),
        groups=names,
        definition_version=_version(part),
    )


def _reference_id(part: Part, definition_id: str, taken: set[str]) -> str:
    given = _text(part, "policyDefinitionReferenceId")
    if not given:
        given = definition_id.rstrip("/").rpartition("/")[2]
        message = "there is no policyDefinitionReferenceId; Azure makes one up, which overrides and exemptions then have to name"
        part.scope.warn(part.pointer, message, "write one")
        while fold(given) in taken:
            given += "_"
    elif fold(given) in taken:
        part.scope.problem(part.at("policyDefinitionReferenceId"), f"the reference id `{given}` is used twice")
    taken.add(fold(given))
    return given


def _group_names(part: Part, groups: tuple[Group, ...]) -> tuple[str, ...]:
    value = part.get("groupNames")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        part.scope.problem(part.at("groupNames"), "`groupNames` is an array of strings")
        return ()
    known = {fold(group.name): group.name for group in groups}
    for index, name in enumerate(value):
        if fold(name) not in known:
            part.scope.problem(join(part.at("groupNames"), index), f"there is no group `{name}`", did_you_mean(name, known.values()))
    return tuple(known[fold(name)] for name in value if fold(name) in known)


def _version(part: Part) -> str:
    version = _text(part, "definitionVersion")
    if version and not _VERSION.fullmatch(version):
        part.scope.problem(part.at("definitionVersion"), "the version is not one", "such as `1.*.*` or `1.2.*`")
    return version


def _parameters(part: Part, policy: Policy) -> dict[str, Compiled]:
    written = part.part("parameters", "`parameters`") if part.get("parameters") is not None else None
    given = written or Part(part.scope, {}, part.at("parameters"))
    declared = policy.parameters
    found: dict[str, Compiled] = {}
    for name in given.value:
        if name.lower() not in declared:
            hint = did_you_mean(name, [one.name for one in declared.values()])
            part.scope.problem(join(part.at("parameters"), name), f"the definition has no parameter `{name}`", hint)
        elif (compiled := _passed(given, name, declared[name.lower()])) is not None:
            found[name] = compiled
    for one in declared.values():
        if one.required and one.name not in given:
            part.scope.problem(part.at("parameters"), f"the definition needs a value for its parameter `{one.name}`")
    return found


def _passed(given: Part, name: str, declared: Declaration) -> Compiled | None:
    """Compile what is passed for one parameter, and hold it against both declarations."""
    value = given.part(name, "a value that is passed")
    if value is None or not value.require("value", why='`{"value": ...}`'):
        return None
    compiled = value.compiled("value")
    if compiled is None:
        return None
    scope, pointer = given.scope, value.at("value")
    for used in sorted({call.name for call in compiled.calls} & set(_NOT_HERE)):
        scope.problem(pointer, f"`{used}()` has nothing to look at here", "pass a parameter of the initiative")
    if compiled.constant and (refusal := declared.refusal(compiled.value)):
        scope.problem(pointer, f"parameter `{declared.name}`: {refusal}")
    source = (scope.parameters or {}).get(scope.parameter(value.get("value")) or "")
    if source is not None and source.type and declared.type and not _fits(source.type, declared.type):
        scope.problem(pointer, f"`{source.name}` is declared as {source.type}, `{declared.name}` of the definition as {declared.type}")
    elif source is not None and not source.required and (refusal := declared.refusal(source.default)):
        scope.problem(pointer, f"the default of `{source.name}` cannot be passed as `{declared.name}`: {refusal}")
    return compiled


def _fits(source: str, target: str) -> bool:
    return source == target or (source, target) in {("integer", "float"), ("string", "datetime"), ("datetime", "string")}


def _text(part: Part, name: str) -> str:
    value = part.get(name)
    if value is not None and not isinstance(value, str):
        part.scope.problem(part.at(name), f"`{name}` is a string")
    return value if isinstance(value, str) else ""
