"""What comes out: problems found while compiling, and the outcome of evaluating one resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Literal, TypeAlias

from s2sguard.errors import S2SGuardError
from s2sguard.expression import Json

ERROR = "error"
"""The evaluation failed. Azure denies the request, whatever the effect, and shows the compliance state Error (facts 5.5)."""
UNKNOWN = "unknown"
"""The rule reads a value that this input does not hold (`model.value.Unknown`). Never compliant."""

EFFECTS: tuple[str, ...] = (
    "addToNetworkGroup",
    "append",
    "audit",
    "auditIfNotExists",
    "deny",
    "denyAction",
    "deployIfNotExists",
    "disabled",
    "manual",
    "modify",
    "mutate",
)
"""Every effect in the casing of Microsoft's documentation (effect-basics); names are compared without case."""
LEGACY_EFFECTS: tuple[str, ...] = (
    "auditAction",
    "enforceOPAConstraint",
    "enforceRegoPolicy",
    "enforceSetting",
)
"""Effects of built-in definitions that the documentation does not have, or no longer has (Azure/azure-policy, built-in-policies).

They compile and are returned by name; what Azure does with them is not documented.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a definition."""

    pointer: str
    """JSON pointer (RFC 6901) into what was given to `compile_policy`, such as `/policyRule/if/allOf/0/field`."""
    message: str
    hint: str = ""


class PolicyError(S2SGuardError):
    """A definition that cannot be compiled; `problems` holds everything that was found, in document order."""

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        rest = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{first.pointer or '/'}: {first.message}{rest}", hint=first.hint)
        self.problems = problems


ExpressionKind: TypeAlias = Literal["Field", "Value", "Count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """One condition that decided, with the names Azure uses in `policyEvaluationDetails.evaluatedExpressions`.

    It is made for people: `***` stands for everything that comes from a secret (`masking`).
    """

    pointer: str
    """JSON pointer of the condition."""
    kind: ExpressionKind
    expression: str
    """The field, the value expression or the counted array, as written."""
    expression_value: Json
    """What it was on this resource; None for a missing field, and for what is not known (`unknown`)."""
    operator: str
    target_value: Json
    """What it was compared with; None for what is not known (`target_unknown`)."""
    result: bool | None
    """None where the value is unknown."""
    field_name: str | None = None
    """The field's name on this resource, where the definition computes it; None for any other condition."""
    unknown: str = ""
    """Why the value, or the first part of it that is not known, is not; empty where it is."""
    target_unknown: str = ""

    def __str__(self) -> str:
        """Return one line for people."""
        from s2sguard.azure_policy.language.trace import line

        return line(self)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The outcome for one resource.

    `effect` is None where the rule does not match; `error` and `unknown` are outcomes of their own and never compliant;
    otherwise the name of the effect in Microsoft's casing (`EFFECTS`, `LEGACY_EFFECTS`).
    An append or modify that cannot make its change keeps its name: `details["conflicts"]` says why, `details["conflictEffect"]` what
    becomes of the request, and `assignment.layering.denies_request` whether Azure refuses it.

    `details` hold real values, secrets among them, because a caller may apply them (`effects.changes.apply_changes`).
    Whoever prints or logs an evaluation takes `masked` and `trace`, which hold none.
    """

    effect: str | None
    details: Mapping[str, Json] = field(default_factory=dict, repr=False)
    """What the effect would do, its expressions evaluated: operations of modify, fields of append, the deployment of deployIfNotExists.

    Not for people, and not in the `repr`: a value that the rule reads from a key is that key.
    """
    reason: str = ""
    """One line: why it failed or what is unknown; empty otherwise. Never a value of the resource."""
    _trace: Callable[[], tuple[Evaluated, ...]] = field(default=tuple, repr=False)
    _seen: Callable[[Mapping[str, Json]], Mapping[str, Json]] | None = field(default=None, repr=False, compare=False)

    @property
    def compliant(self) -> bool:
        """True only where the rule was evaluated to its end and found nothing wrong."""
        return self.effect in {None, "disabled"}

    @cached_property
    def trace(self) -> tuple[Evaluated, ...]:
        """The conditions that decided, worked out when first asked for."""
        return self._trace()

    @cached_property
    def masked(self) -> Evaluation:
        """The same outcome for people: `***` in `details` in place of everything that comes from a secret."""
        from s2sguard.azure_policy.language.masking import Mask

        seen = self._seen or Mask().value
        return replace(self, details=seen(self.details)) if self.details else self
