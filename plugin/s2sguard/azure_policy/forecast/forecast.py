"""What Azure Policy would say to every resource of an inventory, if each of them were deployed now.

A deny stops a request that creates or changes something; what exists already is never blocked and shows as NonCompliant
(effect-basics; facts 5.6). So the same rule gives `denied` for what is new or changed and `flagged` for what stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from s2sguard.azure_policy.assignment.layering import Step, judge_all
from s2sguard.azure_policy.forecast.request import Request, is_planned, request_of
from s2sguard.azure_policy.language.outcome import ERROR, UNKNOWN, Evaluation
from s2sguard.model.inventory import Inventory, Resource, fold_id

State: TypeAlias = Literal["denied", "error", "flagged", "changed", "unknown", "clean"]
STATES: Final[tuple[State, ...]] = ("denied", "error", "flagged", "changed", "unknown", "clean")
"""Worst first. `error`: the rule fails, and Azure denies the request whatever the effect is (facts 5.5)."""
Standing: TypeAlias = Literal["new", "changed", "unchanged", "given"]
"""`given`: the input does not tell whether it exists; it is judged as a request that creates or changes it."""

_STATES: Final[Mapping[str, State]] = {
    ERROR: "error",
    UNKNOWN: "unknown",
    "deny": "denied",
    "audit": "flagged",
    "auditIfNotExists": "flagged",
    "deployIfNotExists": "changed",
    "append": "changed",
    "modify": "changed",
    "mutate": "changed",
    "addToNetworkGroup": "changed",
    # A data plane enforces these in ways that are not documented.
    "enforceOPAConstraint": "unknown",
    "enforceRegoPolicy": "unknown",
    "enforceSetting": "unknown",
}
"""`denyAction` and `auditAction` are about deletions, `manual` waits for an attestation, `disabled` does nothing:
not a deployment's concern."""
MANUAL: Final = "manual"


_LOOKS_FOR_OTHERS: Final = frozenset({"auditIfNotExists", "deployIfNotExists"})


class Rules:
    """Everything that judges a resource: the definitions of an initiative, or definitions side by side, with their parameters.

    `scoped` are assignments that hold in one scope only: its resource id, and the definitions assigned there.
    """

    def __init__(self, steps: Iterable[Step], scoped: Iterable[tuple[str, Iterable[Step]]] = ()) -> None:
        self._groups = [("", tuple(steps)), *((fold_id(scope), tuple(inside)) for scope, inside in scoped)]
        self.steps = tuple(step for _, group in self._groups for step in group)
        self._types = {id(step): types_of(step.policy.definition.if_block) for step in self.steps}
        self._by_type: dict[tuple[str, tuple[str, ...]], tuple[Step, ...]] = {}

    @property
    def wants_related(self) -> bool:
        """True where an effect looks for other resources."""
        return any(_LOOKS_FOR_OTHERS & set(step.policy.effects) for step in self.steps)

    def about(self, resource: Resource) -> tuple[Step, ...]:
        """Return the definitions that are assigned to a resource and that its type can match at all."""
        wanted = resource.type.lower()
        scopes = tuple(scope for scope, _ in self._groups if _covers(scope, resource))
        if (wanted, scopes) not in self._by_type:
            assigned = (step for scope, group in self._groups if scope in scopes for step in group)
            self._by_type[wanted, scopes] = tuple(step for step in assigned if (types := self._types[id(step)]) is None or wanted in types)
        return self._by_type[wanted, scopes]


def _covers(scope: str, resource: Resource) -> bool:
    """Say whether a resource is in a scope; one that is only planned has a resource group at most."""
    if not scope:
        return True
    if not is_planned(resource.id):
        return f"{resource.key}/".startswith(f"{scope}/")
    group = scope.partition("/resourcegroups/")[2]
    return not group or resource.resource_group is None or resource.resource_group.lower() == group


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rule says about one resource."""

    step: Step
    """The rule, with the parameters it was evaluated with."""
    state: State
    evaluation: Evaluation
    request: Request
    """The body that was evaluated."""

    @property
    def reference_id(self) -> str:
        """Return what the rule goes by."""
        return self.step.reference_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One resource with everything that applies to it."""

    resource: Resource
    standing: Standing
    outcomes: tuple[Outcome, ...]
    """Worst first; without what lets the resource through."""
    manual: tuple[str, ...]
    """Reference ids that wait for an attestation."""

    @property
    def state(self) -> State:
        """Return the worst of its outcomes."""
        return self.outcomes[0].state if self.outcomes else "clean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """All resources that the rules are about, in the order of the inventory."""

    judged: tuple[Judged, ...]
    others: int
    """Resources that no rule is about."""

    def of(self, state: State) -> tuple[Judged, ...]:
        """Return the resources in one state."""
        return tuple(each for each in self.judged if each.state == state)


def forecast(rules: Rules, inventory: Inventory, base: Inventory | None = None) -> Forecast:
    """Return what the rules say to every resource; `base` is what is deployed already, where it is known.

    Raises `PolicyError` for parameters that do not fit.
    """
    standing = _standing(base)
    related = [request_of(each, inventory) for each in inventory.resources] if rules.wants_related else None
    judged = []
    for resource in inventory.resources:
        steps = rules.about(resource)
        # What the input only refers to is not deployed by it.
        if steps and not resource.existing:
            judged.append(_judge(steps, resource, request_of(resource, inventory), standing(resource), related))
    return Forecast(judged=tuple(judged), others=len(inventory.resources) - len(judged))


def _judge(steps: Sequence[Step], resource: Resource, request: Request, standing: Standing, related: Sequence[Request] | None) -> Judged:
    outcomes, manual = list[Outcome](), list[str]()
    results, _ = judge_all(steps, request, None, related)
    for step, member in zip(steps, results, strict=True):
        if member.effect is None:
            continue
        if step.policy.effects == (MANUAL,):
            # Even where it is unknown whether it applies, it cannot stand in the way of anything.
            manual.append(member.reference_id)
        elif state := _STATES.get(member.effect):
            # A change that cannot be made is a refusal.
            state = "denied" if member.denies and state == "changed" else state
            outcomes.append(Outcome(step=step, state=_softened(state, standing), evaluation=member.evaluation, request=request))
    outcomes.sort(key=lambda each: STATES.index(each.state))
    return Judged(resource=resource, standing=standing, outcomes=tuple(outcomes), manual=tuple(manual))


def _softened(state: State, standing: Standing) -> State:
    return "flagged" if standing == "unchanged" and state == "denied" else state


def _standing(base: Inventory | None) -> Callable[[Resource], Standing]:
    def without(resource: Resource) -> Standing:
        return "new" if is_planned(resource.id) else "given"

    def beside(resource: Resource) -> Standing:
        found = base.get(resource.id) if base is not None else None
        if found is None:
            return "new"
        return "unchanged" if _same(found, resource) else "changed"

    return without if base is None else beside


def _same(left: Resource, right: Resource) -> bool:
    from s2sguard.collect.compare import same

    return left is right or (same(left.properties, right.properties) and same(left.tags, right.tags))


def types_of(condition: Any) -> frozenset[str] | None:  # noqa: ANN401  # JSON in
    """Return the resource types, in lowercase, that a rule's `if` can be true for; None where it may be any.

    Only what is certain counts: a type that is computed, negated or one of several ways to match leaves it open.
    """
    if not isinstance(condition, Mapping):
        return None
    folded = {str(key).lower(): value for key, value in condition.items()}
    for key, joined in (("allof", _narrowed), ("anyof", _widened)):
        if isinstance(members := folded.get(key), list):
            return joined([types_of(member) for member in members])
    if str(folded.get("field", "")).lower() != "type":
        return None
    named = folded.get("in", [folded.get("equals")])
    if not isinstance(named, list) or not all(isinstance(value, str) and not value.startswith("[") for value in named):
        return None
    return frozenset(value.lower() for value in named)


def _narrowed(found: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    known = [types for types in found if types is not None]
    return frozenset.intersection(*known) if known else None


def _widened(found: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    known = [types for types in found if types is not None]
    return frozenset().union(*known) if len(known) == len(found) else None
