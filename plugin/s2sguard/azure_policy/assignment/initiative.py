"""Initiatives: several definitions assigned as one (concepts/initiative-definition-structure; facts 5.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from s2sguard.azure_policy.assignment.layering import MemberEvaluation, Step, judge_all, strongest
from s2sguard.azure_policy.assignment.library import Definitions, Library
from s2sguard.azure_policy.assignment.members import Group, Member, compile_groups, compile_members
from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.effects.part import Part
from s2sguard.azure_policy.language.outcome import PolicyError, Problem
from s2sguard.azure_policy.language.parameters import Binder, Declaration, declare
from s2sguard.azure_policy.language.policy import listed
from s2sguard.azure_policy.language.scope import CompileScope, MissingArray
from s2sguard.azure_policy.language.text import plain
from s2sguard.expression.interface import Json

MOST_PARAMETERS: Final = 400
"""Parameters of an initiative (facts 5.8)."""
TOO_DEEP: Final = Problem(pointer="", message="a value is nested too deep")


@dataclass(frozen=True, kw_only=True)
class InitiativeEvaluation:
    """The outcome of every definition of an initiative for one resource."""

    results: tuple[MemberEvaluation, ...]
    """In the order of the initiative."""
    resource: Mapping[str, Json]
    """The resource as append and modify leave it: what deny, audit and the rest saw."""

    @cached_property
    def effect(self) -> str | None:
        """The strongest outcome: `error` before deny, `unknown` after it, None where no definition matches."""
        return strongest(result.evaluation for result in self.results)

    @property
    def denied_by(self) -> tuple[str, ...]:
        """Reference ids of the definitions that make Azure refuse the request, in order."""
        return tuple(result.reference_id for result in self.results if result.denies)


@dataclass(slots=True)
class _Steps:
    """The steps of the last parameter values, for the many resources that are judged with the same ones."""

    last: tuple[Mapping[str, Json] | None, tuple[Step, ...]] = (None, ())


@dataclass(frozen=True, kw_only=True)
class Initiative:
    """An initiative that compiled, with the definitions it refers to."""

    members: tuple[Member, ...]
    groups: tuple[Group, ...]
    parameters: Mapping[str, Declaration]
    """Lowercase name -> declared parameter."""
    binder: Binder
    id: str = ""
    """The id of the initiative, or its name where it has none; what `policy().setDefinitionId` gives."""
    display_name: str = ""
    warnings: tuple[Problem, ...] = ()
    _remembered: _Steps = field(default_factory=_Steps)

    @property
    def reference_ids(self) -> tuple[str, ...]:
        """The reference id of each definition, in order."""
        return tuple(member.reference_id for member in self.members)

    @cached_property
    def _tells_time(self) -> bool:
        return any(member.tells_time for member in self.members)

    def evaluate(
        self,
        resource: Mapping[str, Json],
        parameters: Mapping[str, Json] | None = None,
        context: Mapping[str, Json] | None = None,
        api_version: str | None = None,
        related: Iterable[Mapping[str, Json]] | None = None,
    ) -> InitiativeEvaluation:
        """Evaluate one resource as a request to create or update it; arguments as for `Policy.evaluate`.

        append and modify come first, each seeing the changes of those before it; the other effects see the changed resource
        (effect-basics, "Order of evaluation"). Raises `PolicyError` for a bad call.
        """
        try:
            results, changed = judge_all(self.steps(parameters, plain(context)), plain(resource), api_version, listed(related))
        except RecursionError:
            raise PolicyError((TOO_DEEP,)) from None
        return InitiativeEvaluation(results=results, resource=changed)

    def steps(self, parameters: Mapping[str, Json] | None = None, context: Mapping[str, Json] | None = None) -> tuple[Step, ...]:
        """Return what there is to evaluate for these values of the initiative's parameters; raises `PolicyError`."""
        values = self.binder.bind(parameters)
        if context is not None or self._tells_time:
            return tuple(member.step(values, context, self.id) for member in self.members)
        # Values that were bound before are the same object, which nobody changes.
        known, steps = self._remembered.last
        if known is not values:
            steps = tuple(member.step(values, None, self.id) for member in self.members)
            self._remembered.last = values, steps
        return steps


def compile_initiative(
    document: Json,
    definitions: Definitions,
    aliases: AliasCatalogue | Mapping[str, Json] | list[Json] | None = None,
    *,
    missing_array: MissingArray = "true",
) -> Initiative:
    """Compile an initiative: a whole file `{"properties": {...}}` or its properties, names in any casing.

    `definitions` are the definitions it refers to: documents with `id` or `name`, or a mapping from either to a document
    or a compiled `Policy`. Raises `PolicyError` with everything that is wrong: limits (1000 definitions, 400 parameters),
    definitions that are missing or do not compile, groups that are not declared, parameters that are missing or not declared.
    """
    scope = CompileScope()
    document = plain(document)
    if not isinstance(document, Mapping):
        raise PolicyError((Problem(pointer="", message="an initiative is a JSON object"),))
    whole = Part(scope, document, "")
    properties = (whole.part("properties", "`properties`") if "policyDefinitions" not in whole else None) or whole
    scope.parameters = declare(properties.get("parameters"), properties.at("parameters"), scope.problem, limited=False, warn=scope.warn)
    if len(scope.parameters) > MOST_PARAMETERS:
        scope.problem(properties.at("parameters"), f"{len(scope.parameters)} parameters are declared; {MOST_PARAMETERS} are allowed")
    groups = compile_groups(properties)
    try:
        library = Library(definitions, aliases, missing_array)
        members = compile_members(properties, library, groups)
    except RecursionError:
        raise PolicyError((TOO_DEEP,)) from None
    if scope.problems:
        raise PolicyError(tuple(scope.problems))
    return Initiative(
        members=members,
        groups=groups,
        parameters=scope.parameters,
        binder=Binder(scope.parameters),
        id=_text(whole, "id") or _text(whole, "name"),
        display_name=_text(properties, "displayName"),
        warnings=tuple(scope.warnings),
    )


def _text(part: Part, name: str) -> str:
    value = part.get(name)
    return value if isinstance(value, str) else ""
