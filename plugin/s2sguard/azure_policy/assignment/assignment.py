"""Assignments: which resources a definition or initiative is for, with which values, and what then happens (assignment-structure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from s2sguard.azure_policy.assignment.applicability import Applicability
from s2sguard.azure_policy.assignment.compliance import State, roll_up, state_of
from s2sguard.azure_policy.assignment.exemptions import Enrollment, Exemption
from s2sguard.azure_policy.assignment.hierarchy import is_within
from s2sguard.azure_policy.assignment.initiative import TOO_DEEP, Initiative
from s2sguard.azure_policy.assignment.layering import MemberEvaluation, Step, judge_all
from s2sguard.azure_policy.assignment.members import with_policy
from s2sguard.azure_policy.assignment.reading import EnforcementMode, Override, Reading, read_assignment
from s2sguard.azure_policy.assignment.resource_selectors import holds, selects
from s2sguard.azure_policy.language.outcome import Evaluation, PolicyError, Problem
from s2sguard.azure_policy.language.policy import Policy, listed
from s2sguard.azure_policy.language.text import fold, keys, member, plain
from s2sguard.expression.interface import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentResult:
    """What one definition of an assignment does to one resource."""

    reference_id: str
    """Empty for an assignment of a single definition."""
    control: str
    """The control of the pack it belongs to; empty for other definitions."""
    applicable: bool
    reason: str
    """Why it is not applicable, or why the outcome is an error or unknown; empty otherwise."""
    evaluation: Evaluation | None
    """None where it was not evaluated: outside the scope, excluded, not selected."""
    denied: bool
    """Whether a request to create or update the resource as it is would be refused now because of it."""
    state: State | None
    """The compliance state once the resource exists; None where it does not count: not applicable."""
    message: str = ""
    """The assignment's non-compliance message, where the resource is not compliant or the request is refused."""
    exemption: str = ""
    """Name of the exemption that covers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEvaluation:
    """What an assignment does to one resource."""

    results: tuple[AssignmentResult, ...]
    """One for each definition, in the order of the initiative."""
    resource: Mapping[str, Json]
    """The resource as enforced append and modify effects leave it."""

    @property
    def denied_by(self) -> tuple[str, ...]:
        """Reference ids of the definitions that refuse the request."""
        return tuple(result.reference_id for result in self.results if result.denied)

    @property
    def denied(self) -> bool:
        """Whether a request to create or update the resource would be refused now."""
        return any(result.denied for result in self.results)

    @property
    def state(self) -> State | None:
        """The state of the resource for the whole assignment; None where no definition applies to it."""
        return roll_up(result.state for result in self.results)


@dataclass(frozen=True, slots=True)
class _Call:
    """The arguments of one evaluation but the resource."""

    context: Mapping[str, Json]
    api_version: str | None
    related: Iterable[Mapping[str, Json]] | None
    at: datetime
    management_groups: Collection[str] | None


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """A definition or an initiative, assigned."""

    target: Policy | Initiative
    read: Reading
    """What the document says."""
    exemptions: tuple[Exemption, ...]
    enrollments: tuple[Enrollment, ...]
    applicability: Mapping[str, Applicability]
    """Lowercase reference id -> which resources the definition is for."""
    warnings: tuple[Problem, ...] = ()

    @classmethod
    def from_document(
        cls,
        document: Json,
        policy_or_initiative: Policy | Initiative,
        *,
        exemptions: Iterable[Json] = (),
        enrollments: Iterable[Json] = (),
    ) -> Assignment:
        """Read an assignment as Resource Manager takes or returns it: `{"id", "properties": {...}}` or the properties alone.

        `exemptions` and `enrollments` are documents, or already read; those of other assignments are left out.
        Raises `PolicyError` with everything that is wrong, also with parameter values that the definition does not take.
        """
        read = read_assignment(plain(document), policy_or_initiative)
        known = [one if isinstance(one, Exemption) else Exemption.from_document(one) for one in exemptions]
        enrolled = [one if isinstance(one, Enrollment) else Enrollment.from_document(one) for one in enrollments]
        return cls(
            target=policy_or_initiative,
            read=read,
            exemptions=tuple(one for one in known if one.is_of(read.id)),
            enrollments=tuple(one for one in enrolled if one.is_of(read.id)),
            applicability={fold(name): Applicability(policy) for name, policy in _policies(policy_or_initiative)},
            warnings=read.warnings,
        )

    @property
    def enforcement_mode(self) -> EnforcementMode:
        """`Default`, `DoNotEnforce` (nothing is denied or changed) or `Enroll` (enforced for enrolled resources only)."""
        return self.read.enforcement_mode

    def evaluate(
        self,
        resource: Mapping[str, Json],
        context: Mapping[str, Json] | None = None,
        api_version: str | None = None,
        related: Iterable[Mapping[str, Json]] | None = None,
        *,
        at: datetime | None = None,
        management_groups: Collection[str] | None = None,
    ) -> AssignmentEvaluation:
        """Return what the assignment does to one resource; arguments as for `Policy.evaluate`.

        `at`: the time, which ends exemptions and is what `utcNow()` gives where the context has none (default: now).
        `management_groups`: ids or names of the groups above the resource's subscription.
        Where it cannot be told whether a resource is in scope (no id, no management groups), it is taken to be: unknown is judged.
        Raises `PolicyError` for a bad call.
        """
        at = at or datetime.now(UTC)
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        if not isinstance(resource, Mapping):
            raise PolicyError((Problem(pointer="", message="the resource is not an object"),))
        try:
            return self._evaluate(plain(resource), _Call(_at(plain(context), at), api_version, listed(related), at, management_groups))
        except RecursionError:
            raise PolicyError((TOO_DEEP,)) from None

    def _evaluate(self, resource: Mapping[str, Json], call: _Call) -> AssignmentEvaluation:
        steps = self._steps(call.context)
        left_out = {step.reference_id: self._left_out(step, resource, call) for step in steps}
        exempt = {step.reference_id: self._exemption(step, resource, call) for step in steps}
        judged = [
            self._adjusted(step, resource, call, exempt=exempt[step.reference_id] is not None)
            for step in steps
            if not left_out[step.reference_id]
        ]
        outcomes, changed = judge_all(judged, resource, call.api_version, call.related)
        found = {one.reference_id: (one, step) for one, step in zip(outcomes, judged, strict=True)}
        results = [
            self._result(*found[step.reference_id], exempt[step.reference_id], resource, call)
            if step.reference_id in found
            else _not_judged(step, left_out[step.reference_id])
            for step in steps
        ]
        return AssignmentEvaluation(results=tuple(results), resource=changed)

    def _steps(self, context: Mapping[str, Json]) -> tuple[Step, ...]:
        target, values = self.target, self.read.parameters
        if isinstance(target, Initiative):
            return target.steps(values, context)
        surroundings = with_policy(context, self.read.definition_id, "", "")
        return (Step(reference_id="", policy=target, parameters=values, context=surroundings),)

    def _left_out(self, step: Step, resource: Mapping[str, Json], call: _Call) -> str:
        path = member(resource, "id")
        if self.read.scope is not None and is_within(path, self.read.scope, call.management_groups) is False:
            return "outside the scope of the assignment"
        if any(is_within(path, scope, call.management_groups) for scope in self.read.not_scopes):
            return "excluded by notScopes"
        if selects(self.read.selectors, resource, step.reference_id) is False:
            return "not selected by resourceSelectors"
        return ""

    def _exemption(self, step: Step, resource: Mapping[str, Json], call: _Call) -> Exemption | None:
        groups = call.management_groups
        covering = (one for one in self.exemptions if one.covers(resource, step.reference_id, at=call.at, management_groups=groups))
        return next(covering, None)

    def _adjusted(self, step: Step, resource: Mapping[str, Json], call: _Call, *, exempt: bool) -> Step:
        """Return the step with the effect that overrides give it, and with whether it is enforced."""
        mode = self.read.enforcement_mode
        enrolled = any(one.includes(resource, step.reference_id, call.management_groups) for one in self.enrollments)
        enforced = not exempt and (mode == "Default" or (mode == "Enroll" and enrolled))
        override = _override(self.read.overrides, resource, step.reference_id)
        if override is None:
            return replace(step, enforced=enforced)
        policy = replace(step.policy, effect=step.policy.effect.overridden(override.value))
        return replace(step, policy=policy, enforced=enforced)

    def _result(
        self, outcome: MemberEvaluation, step: Step, exemption: Exemption | None, resource: Mapping[str, Json], call: _Call
    ) -> AssignmentResult:
        evaluation = outcome.evaluation
        why_not = ""
        if step.failed is None:
            env = step.policy.environment(resource, step.parameters, step.context, call.api_version)
            why_not = self.applicability[fold(step.reference_id)].why_not(env, evaluation)
        state: State | None = state_of(evaluation, conflicting=bool(outcome.conflicts_with))
        if exemption is not None:
            state = "Exempt"
        state = None if why_not else state
        denied = outcome.denies and not why_not
        shown = denied or state == "NonCompliant"
        return AssignmentResult(
            reference_id=step.reference_id,
            control=outcome.control,
            applicable=not why_not,
            reason=why_not or evaluation.reason,
            evaluation=evaluation,
            denied=denied,
            state=state,
            message=self.read.message(step.reference_id) if shown else "",
            exemption=exemption.name if exemption is not None and not why_not else "",
        )


def _policies(target: Policy | Initiative) -> list[tuple[str, Policy]]:
    return [(one.reference_id, one.policy) for one in target.members] if isinstance(target, Initiative) else [("", target)]


def _not_judged(step: Step, reason: str) -> AssignmentResult:
    return AssignmentResult(
        reference_id=step.reference_id,
        control=step.control,
        applicable=False,
        reason=reason,
        evaluation=None,
        denied=False,
        state=None,
    )


def _override(overrides: Iterable[Override], resource: Mapping[str, Json], reference_id: str) -> Override | None:
    """Return the first override of the effect whose selectors hold ("evaluated in the order in which they're specified")."""
    chosen = (one for one in overrides if one.changes_effect and holds(one.selectors, resource, reference_id) is True)
    return next(chosen, None)


def _at(context: Json, at: datetime) -> Mapping[str, Json]:
    if context is not None and (not isinstance(context, Mapping) or "utcnow" in keys(context)):
        return context  # type: ignore[no-any-return]
    return {**(context or {}), "utcNow": at.astimezone(UTC).isoformat().replace("+00:00", "Z")}
