"""What the expression engine takes and gives: dialects, functions, compiled expressions, and its two errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from s2sguard.errors import S2SGuardError
from s2sguard.model.value import Unknown

Json: TypeAlias = Any
"""A JSON value: None, bool, int, float, str, list or dict. Never mutated, so parts of inputs may be shared."""


class ExpressionSyntaxError(S2SGuardError):
    """An expression that cannot be compiled: a parse error, an unknown or forbidden function, a wrong number of arguments.

    `message` counts characters from 1, brackets included; `pointer` is the JSON pointer of the string that holds the expression.
    """

    def __init__(self, message: str, *, hint: str = "", pointer: str = "") -> None:
        super().__init__(message, hint=hint)
        self.pointer = pointer


class ExpressionFailure(S2SGuardError):  # noqa: N818  # a failure of one evaluation, not of the program
    """An expression that fails for the values it met, such as `substring` beyond the end. Azure denies the request."""


class UnknownValue(Exception):  # noqa: N818  # nothing is wrong: the input does not hold the value
    """A function, or a step into a value, met a value that is not knowable. It is no failure: the result is unknown too."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        # What a function makes of a partly known value is not that value.
        self.unknown = unknown if type(unknown) is Unknown else Unknown(unknown.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function of a dialect.

    `eager` is called with the values of its arguments, `lazy` with one function without arguments for each argument
    (`if`, `and`, `or`, `coalesce`), `host` with the environment of the run and then the values (`field`, `parameters`).
    `lambda` and `variable` mark the two words of lambda expressions, `lambda('x', ...)` and `lambdaVariables('x')`.
    An `eager` or `host` function never gets a value that is `Unknown` itself; a `lazy` one must not use such a value.
    """

    name: str
    """In the casing of its documentation; calls ignore case."""
    call: Callable[..., Json]
    minimum: int = 0
    maximum: int | None = None
    """None: as many as the dialect's `max_arguments`."""
    kind: Literal["eager", "lazy", "host", "lambda", "variable"] = "eager"
    pure: bool = True
    """False: the result is not a function of the arguments alone (`utcNow`), so it is never worked out while compiling."""
    lambdas: tuple[int, int, int] | None = None
    """Index of the first argument that is a lambda expression, and the least and most variables it has."""
    cost: int = 1
    """Steps that each node, and each `CHARACTERS` of a string, of its arguments takes from a budget."""
    open: bool = False
    """For `eager` and `host`: arguments that are unknown are handed over as such, and do not make the result unknown."""


class BudgetSpent(ExpressionFailure):
    """All that one run may work out has been worked out; whatever is asked for after that ends the same way."""


class Budget:
    """How much work is left for all expressions of one run together: nodes looked at, and calls of lambda expressions."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take `steps` away. Raises `BudgetSpent`."""
        self.left -= steps
        if self.left < 0:
            raise BudgetSpent("it takes more work than is reasonable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A set of functions and limits. Keys of `functions` and `forbidden` are lowercase."""

    functions: Mapping[str, Function]
    forbidden: Mapping[str, str] = field(default_factory=dict)
    """Functions that the language has and this dialect refuses, with the reason. A key that ends in `*` is a prefix."""
    max_arguments: int = 128
    max_depth: int = 64
    max_length: int = 81_920
    """Characters of one expression, brackets included."""
    max_string: int = 131_072
    """Characters of a string that a function returns."""
    max_object_depth: int = 128
    max_nodes: int = 32_768
    """Nodes of an array or object that a function takes or returns."""
    budget: Budget | None = None
    """Shared by all expressions compiled with it; None: each one has its own limits only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One function call found in an expression, for checks before anything runs."""

    name: str
    """Lowercase."""
    literals: tuple[Json, ...]
    """The arguments that are literals, in place; `...` (Ellipsis) stands for one that is computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A JSON value with expressions in it, ready to run.

    `constant` is true where nothing in it is an expression; then `value` is the value, with `[[` unescaped.
    `run(env)` returns the value, which may be `Unknown` where the expression only passes it on;
    `env` is whatever the dialect's host functions take. It raises `ExpressionFailure` and `UnknownValue` only.
    """

    run: Callable[[Any], Json]
    constant: bool
    value: Json = None
    folded: bool = False
    """There are expressions, but they depend on nothing: `value` is what `run` returns."""
    calls: tuple[Call, ...] = ()
    text: str | None = None
    """The expression as written, where the whole value is one expression."""
