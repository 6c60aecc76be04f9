"""The limits that Azure enforces when a definition is written (facts 5.8; definition-structure-policy-rule, "Policy rule limits").

Limits of expressions (length, depth, arguments, sizes) are those of `expression.Dialect`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Final

from s2sguard.expression.interface import Json

CONDITIONS_IF: Final = 4096
CONDITIONS_THEN: Final = 128
FUNCTIONS: Final = 2048
FIELD_COUNTS_PER_ARRAY: Final = 5
VALUE_COUNTS: Final = 10
VALUE_COUNT_ITERATIONS: Final = 100
NESTING: Final = 512
PARAMETERS: Final = 20
DISPLAY_NAME: Final = 128
DESCRIPTION: Final = 512
METADATA_VALUE: Final = 1024

Report = Callable[[str, str, str], None]
"""Takes a pointer, a message and a hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Iterations:
    """How often a value count goes round: over arrays that are written out, and over parameters whose values have to be asked."""

    fixed: int = 1
    parameters: tuple[str, ...] = ()
    """Lowercase names; one for each count whose array is that parameter."""

    def inside(self, outer: Iterations) -> Iterations:
        """Return the iterations of a count inside of another one."""
        return Iterations(fixed=self.fixed * outer.fixed, parameters=(*outer.parameters, *self.parameters))

    def number(self, values: Mapping[str, Json]) -> int:
        """Return the number with these values of parameters; one that is no array, or not known, does not count."""
        sizes = [len(value) for name in self.parameters if isinstance(value := values.get(name), list)]
        return self.fixed * prod(sizes)

    def refusal(self, values: Mapping[str, Json]) -> str:
        """Return why it goes round too often with these values, or an empty string."""
        number = self.number(values)
        if number <= VALUE_COUNT_ITERATIONS:
            return ""
        return f"a value count has {number} iterations, those around it included; {VALUE_COUNT_ITERATIONS} are allowed"


ONCE: Final = Iterations()
"""Of a place that no value count is around."""


@dataclass(slots=True)
class Tally:
    """What a rule has used up; says so once, at the place that is one too many. Definitions that come with Azure have no limits."""

    report: Report
    enforced: bool = True
    conditions: Counter[bool] = field(default_factory=Counter)
    functions: int = 0
    field_counts: Counter[str] = field(default_factory=Counter)
    value_counts: int = 0
    counted: list[Iterations] = field(default_factory=list)
    """Value counts over parameters: checked again with the values of each assignment."""

    def condition(self, pointer: str, *, then: bool) -> None:
        """Count one condition of the `if` block, or of the `then` block."""
        self.conditions[then] += 1
        most = CONDITIONS_THEN if then else CONDITIONS_IF
        if self.enforced and self.conditions[then] == most + 1:
            self.report(pointer, f"there are more than {most} conditions in the `{'then' if then else 'if'}` block", "")

    def call(self, pointer: str, calls: int) -> None:
        """Count the function calls of one value."""
        within = self.functions <= FUNCTIONS
        self.functions += calls
        if self.enforced and within and self.functions > FUNCTIONS:
            self.report(pointer, f"there are more than {FUNCTIONS} function calls in the rule", "")

    def field_count(self, pointer: str, alias: str) -> None:
        """Count one field count over an array."""
        self.field_counts[alias.lower()] += 1
        if self.enforced and self.field_counts[alias.lower()] == FIELD_COUNTS_PER_ARRAY + 1:
            self.report(
                pointer,
                f"there are more than {FIELD_COUNTS_PER_ARRAY} field counts over this array",
                "put conditions together in one `where`",
            )

    def value_count(self, pointer: str) -> None:
        """Count one value count."""
        self.value_counts += 1
        if self.enforced and self.value_counts == VALUE_COUNTS + 1:
            self.report(pointer, f"there are more than {VALUE_COUNTS} value counts in the rule", "")

    def iterations(self, pointer: str, iterations: Iterations, defaults: Mapping[str, Json]) -> None:
        """Check the iterations of a value count over arrays that are written out, or defaults of parameters.

        The number for a computed array is not known before the evaluation, and no page limits it there.
        """
        if not self.enforced:
            return
        if refusal := iterations.refusal(defaults):
            self.report(pointer, refusal, "put value counts outside and field counts inside, or split the array")
        elif iterations.parameters:
            self.counted.append(iterations)
