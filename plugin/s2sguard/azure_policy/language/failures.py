"""A failed evaluation and the place in the definition where it failed."""

from __future__ import annotations

from s2sguard.expression.interface import ExpressionFailure


class RuleFailure(ExpressionFailure):
    """An evaluation that failed, with the JSON pointer of the innermost condition."""

    def __init__(self, failure: ExpressionFailure, pointer: str) -> None:
        super().__init__(failure.message, hint=failure.hint)
        self.pointer = pointer


def located(failure: ExpressionFailure, pointer: str) -> RuleFailure:
    """Return the failure with the innermost place that is known."""
    return failure if isinstance(failure, RuleFailure) else RuleFailure(failure, pointer)
