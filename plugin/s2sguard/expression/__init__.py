"""The expression language of ARM templates, compiled once and run many times.

`[concat('a', field('name'))]` is one language with two users: Azure Policy rules and ARM templates.
Each brings a `Dialect`: which functions it has, which it forbids and why.
"""

from s2sguard.expression.compile import compile_value
from s2sguard.expression.functions import LAMBDA, PARTLY, STANDARD
from s2sguard.expression.interface import (
    Budget,
    BudgetSpent,
    Call,
    Compiled,
    Dialect,
    ExpressionFailure,
    ExpressionSyntaxError,
    Function,
    Json,
    UnknownValue,
)
from s2sguard.expression.open import Open
from s2sguard.expression.partial import Partial

__all__ = [
    "LAMBDA",
    "PARTLY",
    "STANDARD",
    "Budget",
    "BudgetSpent",
    "Call",
    "Compiled",
    "Dialect",
    "ExpressionFailure",
    "ExpressionSyntaxError",
    "Function",
    "Json",
    "Open",
    "Partial",
    "UnknownValue",
    "compile_value",
]
