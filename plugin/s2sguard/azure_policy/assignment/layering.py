"""Several definitions on one request: what each sees, and what they come to together (effect-basics, "Order of evaluation")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from s2sguard.azure_policy.language.compare import same
from s2sguard.azure_policy.language.effects.changes import apply_changes, changes_of, target
from s2sguard.azure_policy.language.effects.simple import DELETE, requested_action
from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.outcome import ERROR, UNKNOWN, Evaluation
from s2sguard.azure_policy.language.paths import STAR
from s2sguard.azure_policy.language.policy import Policy
from s2sguard.expression.interface import ExpressionFailure, Json, UnknownValue

CHANGING: Final = frozenset({"append", "modify"})
"""The effects that change the request, and are therefore evaluated first."""

STRENGTH: Final = (
    ERROR,
    "deny",
    UNKNOWN,
    "denyAction",
    "modify",
    "append",
    "deployIfNotExists",
    "mutate",
    "enforceOPAConstraint",
    "enforceRegoPolicy",
    "enforceSetting",
    "auditIfNotExists",
    "audit",
    "auditAction",
    "manual",
    "addToNetworkGroup",
    "disabled",
)
"""Outcomes from the strongest to the weakest. An error denies whatever the effect; what is unknown may be anything but a known deny."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One definition to be evaluated, with its parameters."""

    reference_id: str
    policy: Policy
    parameters: Mapping[str, Json]
    context: Mapping[str, Json] | None
    control: str = ""
    groups: tuple[str, ...] = ()
    enforced: bool = True
    """False: its changes are not made to the request, and it denies nothing (enforcementMode DoNotEnforce)."""
    failed: Evaluation | None = None
    """The outcome where a parameter could not even be worked out."""


@dataclass(frozen=True, kw_only=True)
class MemberEvaluation:
    """The outcome of one definition among several."""

    reference_id: str
    control: str
    """The control of the pack it belongs to; empty for other definitions."""
    groups: tuple[str, ...]
    evaluation: Evaluation
    denies: bool
    """Whether Azure refuses the request because of this definition."""
    conflicts_with: tuple[str, ...] = ()
    """Reference ids of definitions that change the same property to another value."""

    @property
    def effect(self) -> str | None:
        """The outcome's effect."""
        return self.evaluation.effect


def strongest(evaluations: Iterable[Evaluation]) -> str | None:
    """Return the strongest of some outcomes, None where nothing matches."""
    found = {evaluation.effect for evaluation in evaluations}
    return next((effect for effect in STRENGTH if effect in found), None)


def judge_all(
    steps: Sequence[Step],
    resource: Mapping[str, Json],
    api_version: str | None = None,
    related: Iterable[Mapping[str, Json]] | None = None,
) -> tuple[tuple[MemberEvaluation, ...], Mapping[str, Json]]:
    """Return the outcome of every step, in order, and the resource with all changes made; raises `PolicyError`.

    What it is given is plain JSON (`text.plain`).
    Where two definitions set one property to different values, `conflictEffect` decides (effect-modify): with one deny its
    change is made and the others' are not; with several the request is denied; with none nobody's changes are made.
    """
    if isinstance(related, Iterable) and not isinstance(related, str | Mapping):
        related = tuple(related)
    skipped: set[int] = set()
    while True:
        changing = _Changing(steps, resource, api_version, related, skipped)
        if changing.lost <= skipped:
            break
        # Who loses a conflict must not have changed anything that others saw: begin again without its changes.
        skipped |= changing.lost
    results = []
    for index, step in enumerate(steps):
        evaluation = changing.evaluations.get(index)
        if evaluation is None:
            evaluation = _judge(step, changing.resource, api_version, related)
        conflicts = tuple(steps[other].reference_id for other in sorted(changing.conflicts.get(index, ())))
        results.append(_result(step, evaluation, conflicts))
    return tuple(results), changing.resource


def _result(step: Step, evaluation: Evaluation, conflicts: tuple[str, ...]) -> MemberEvaluation:
    denies = step.enforced and denies_request(evaluation, step.context, conflicting=bool(conflicts))
    return MemberEvaluation(
        reference_id=step.reference_id,
        control=step.control,
        groups=step.groups,
        evaluation=evaluation,
        denies=denies,
        conflicts_with=conflicts,
    )


def denies_request(evaluation: Evaluation, context: Mapping[str, Json] | None = None, *, conflicting: bool = False) -> bool:
    """Say whether Azure refuses a request that has this outcome.

    A deny does, an evaluation error does (policy-rule, "Avoiding template failures"), an append or modify that cannot make its
    change does if `conflictEffect` is deny, and denyAction does for a delete that the context names.
    """
    if evaluation.effect in {ERROR, "deny"}:
        return True
    if evaluation.effect in CHANGING:
        clashes = conflicting or bool(evaluation.details.get("conflicts"))
        return clashes and evaluation.details.get("conflictEffect", "deny") == "deny"
    if evaluation.effect != "denyAction":
        return False
    try:
        action = requested_action(context or {})
    except UnknownValue:
        return False
    return action is not None and action.lower().rpartition("/")[2] == DELETE


def _judge(step: Step, resource: Mapping[str, Json], api_version: str | None, related: Iterable[Mapping[str, Json]] | None) -> Evaluation:
    if step.failed is not None:
        return step.failed
    return step.policy.evaluate_plain(resource, step.parameters, step.context, api_version, related)


@dataclass(slots=True)
class _Owner:
    """Who set a property, and to what."""

    index: int
    value: Json


@dataclass(slots=True)
class _Changing:
    """One pass over the definitions that change the request; those in `skipped` change nothing."""

    steps: Sequence[Step]
    resource: Mapping[str, Json]
    api_version: str | None
    related: Iterable[Mapping[str, Json]] | None
    skipped: set[int]
    evaluations: dict[int, Evaluation] = field(default_factory=dict)
    conflicts: dict[int, set[int]] = field(default_factory=dict)
    """Those that deny in vain: more than one of them sets the same property."""
    lost: set[int] = field(default_factory=set)
    """Those whose changes are not made, as another definition wins or nobody does."""
    _owners: dict[tuple[str, ...], _Owner] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lost = set(self.skipped)
        for index, step in enumerate(self.steps):
            if not CHANGING.isdisjoint(step.policy.effects):
                self._take(index, step)

    def _take(self, index: int, step: Step) -> None:
        if not self._changes_requests(step):
            # Another effect of the same definition is judged later, on the resource that all changes leave.
            return
        evaluation = self.evaluations[index] = _judge(step, self.resource, self.api_version, self.related)
        stays = evaluation.effect not in CHANGING or evaluation.details.get("conflicts")
        if stays or not step.enforced or index in self.skipped:
            return
        changes = self._changes(evaluation, step)
        rivals = {owner.index for steps, value in changes.items() if (owner := self._owners.get(steps)) and not same(owner.value, value)}
        if rivals:
            self._settle(rivals | {index})
        if index in self.lost or index in self.conflicts:
            return
        self._owners |= {steps: _Owner(index, value) for steps, value in changes.items()}
        self.resource = apply_changes(self.resource, evaluation.details, step.policy.effect.aliases, self._version(step))

    def _settle(self, parties: set[int]) -> None:
        denying = {index for index in parties if self.evaluations[index].details.get("conflictEffect", "deny") == "deny"}
        self.lost |= parties - denying
        if len(denying) > 1:
            for index in denying:
                self.conflicts.setdefault(index, set()).update(denying - {index})

    def _changes(self, evaluation: Evaluation, step: Step) -> dict[tuple[str, ...], Json]:
        found: dict[tuple[str, ...], Json] = {}
        version = self._version(step)
        for change in changes_of(evaluation.details):
            path = target(self.resource, change.field, step.policy.effect.aliases, version)
            if path[-1:] != (STAR,):
                found[tuple(part.lower() for part in path)] = change.document().get("value")
        return found

    def _changes_requests(self, step: Step) -> bool:
        """Say whether the effect is append or modify for the parameters of this step."""
        if step.failed is not None:
            return False
        try:
            return step.policy.effect.name(self._env(step)) in CHANGING
        except (ExpressionFailure, UnknownValue):
            return False

    def _version(self, step: Step) -> str | None:
        """Return the API version as the definition's evaluation reads it."""
        return self._env(step).api_version

    def _env(self, step: Step) -> Env:
        return step.policy.environment(self.resource, step.parameters, step.context, self.api_version)
