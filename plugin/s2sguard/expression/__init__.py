"""The expression language of ARM templates, compiled once and run many times.

`[concat('a', field('name'))]` is one language with two users: Azure Policy rules and ARM templates.
Each brings a `Dialect`: which functions it has, which it forbids and why.
"""

from s2sguard.expression.compile import compile_value
from s2sguard.expression.functions import LAMBDA, STANDARD
from s2sguard.expression.interface import (
    Call,
    Compiled,
    Dialect,
    ExpressionFailure,
    ExpressionSyntaxError,
    Function,
    Json,
    UnknownValue,
)

__all__ = [
    "LAMBDA",
    "STANDARD",
    "Call",
    "Compiled",
    "Dialect",
    "ExpressionFailure",
    "ExpressionSyntaxError",
    "Function",
    "Json",
    "UnknownValue",
    "compile_value",
]
