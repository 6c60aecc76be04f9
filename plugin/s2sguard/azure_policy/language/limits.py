"""The limits that Azure enforces when a definition is written (facts 5.8; definition-structure-policy-rule, "Policy rule limits").

Limits of expressions (length, depth, arguments, sizes) are those of `expression.Dialect`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

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


@dataclass(slots=True)
class Tally:
    """What a rule has used up; says so once, at the place that is one too many."""

    report: Report
    conditions: Counter[bool] = field(default_factory=Counter)
    functions: int = 0
    field_counts: Counter[str] = field(default_factory=Counter)
    value_counts: int = 0

    def condition(self, pointer: str, *, then: bool) -> None:
        """Count one condition of the `if` block, or of the `then` block."""
        self.conditions[then] += 1
        most = CONDITIONS_THEN if then else CONDITIONS_IF
        if self.conditions[then] == most + 1:
            self.report(pointer, f"there are more than {most} conditions in the `{'then' if then else 'if'}` block", "")

    def call(self, pointer: str, calls: int) -> None:
        """Count the function calls of one value."""
        within = self.functions <= FUNCTIONS
        self.functions += calls
        if within and self.functions > FUNCTIONS:
            self.report(pointer, f"there are more than {FUNCTIONS} function calls in the rule", "")

    def field_count(self, pointer: str, alias: str) -> None:
        """Count one field count over an array."""
        self.field_counts[alias.lower()] += 1
        if self.field_counts[alias.lower()] == FIELD_COUNTS_PER_ARRAY + 1:
            self.report(
                pointer,
                f"there are more than {FIELD_COUNTS_PER_ARRAY} field counts over this array",
                "put conditions together in one `where`",
            )

    def value_count(self, pointer: str) -> None:
        """Count one value count."""
        self.value_counts += 1
        if self.value_counts == VALUE_COUNTS + 1:
            self.report(pointer, f"there are more than {VALUE_COUNTS} value counts in the rule", "")

    def iterations(self, pointer: str, number: int) -> None:
        """Check the iterations of a value count over a literal array, those of the counts around it included."""
        if number > VALUE_COUNT_ITERATIONS:
            message = f"a value count has {number} iterations, those around it included; {VALUE_COUNT_ITERATIONS} are allowed"
            self.report(pointer, message, "put value counts outside and field counts inside, or split the array")
