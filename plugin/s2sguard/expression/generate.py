"""The tree of an expression -> closures.

Every closure takes the environment of the run. Inside a lambda expression that is a `Frame`: the environment and the variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from s2sguard.expression.calls import eager, host, lazy
from s2sguard.expression.interface import Call, Dialect, ExpressionFailure, ExpressionSyntaxError, Function, Json
from s2sguard.expression.lambdas import Frame, Lambda
from s2sguard.expression.limits import charged, checker
from s2sguard.expression.member import step
from s2sguard.expression.parse import Access, CallNode, Literal, Node

Run: TypeAlias = Callable[[Any], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Something to run; where `constant`, `value` is what it always returns."""

    run: Run
    constant: bool = False
    value: Json = None


def constant(value: Json) -> Code:
    """Return code that always gives `value`."""
    return Code(run=lambda _env: value, constant=True, value=value)


class Generator:
    """Turns the trees of one dialect into code and notes the calls in them."""

    __slots__ = ("calls", "check", "dialect", "variables")

    def __init__(self, dialect: Dialect, calls: list[Call]) -> None:
        self.dialect = dialect
        self.calls = calls
        self.check = checker(dialect)
        self.variables: frozenset[str] | None = None
        """Names of the variables in scope, lowercase; None outside lambda expressions."""

    def code(self, node: Node) -> Code:
        """Return the code of a tree. Raises `ExpressionSyntaxError` for functions and argument counts that are not allowed."""
        if isinstance(node, Literal):
            return constant(node.value)
        if isinstance(node, CallNode):
            return self._call(node)
        return self._access(node)

    def _access(self, node: Access) -> Code:
        steps: list[Access] = []
        base: Node = node
        while isinstance(base, Access):
            steps.append(base)
            base = base.base
        if len(steps) > self.dialect.max_depth:
            raise ExpressionSyntaxError(f"more than {self.dialect.max_depth} properties or indexes in a row {_place(node)}")
        code = self.code(base)
        for access in reversed(steps):
            key = self.code(access.key)
            literal = key.value if key.constant else ...
            code = _folded(step(code.run, key.run, safe=access.safe, key_value=literal, budget=self.dialect.budget), [code, key])
        return code

    def _call(self, node: CallNode) -> Code:
        function = self._function(node)
        _count(node, function)
        self.calls.append(Call(name=node.name, literals=tuple(_literals(node.arguments))))
        if function.kind == "lambda":
            raise ExpressionSyntaxError(f"a lambda expression is not an argument of a function that takes one {_place(node)}")
        if function.kind == "variable":
            return self._variable(node)
        codes = [self._argument(node, function, index) for index in range(len(node.arguments))]
        runs = [code.run for code in codes]
        if function.kind == "lazy":
            return Code(run=lazy(function.call, runs, self.check))
        if function.kind == "host":
            return Code(run=host(function.call, runs, self.check, inside=self.variables is not None, takes_unknown=function.open))
        call = charged(function, self.dialect.budget)
        if function.lambdas is not None:
            return Code(run=eager(call, runs, self.check))
        return _folded(eager(call, runs, self.check, takes_unknown=function.open), codes, pure=function.pure)

    def _argument(self, node: CallNode, function: Function, index: int) -> Code:
        argument = node.arguments[index]
        if function.lambdas is not None and index >= function.lambdas[0]:
            return self._lambda(argument, function)
        return self.code(argument)

    def _function(self, node: CallNode) -> Function:
        """Return the function, or say what is wrong with its name."""
        reason = self.dialect.forbidden.get(node.name)
        function = self.dialect.functions.get(node.name)
        if reason is None and function is not None:
            return function
        if reason is None:
            prefixes = (key for key in self.dialect.forbidden if key[-1:] == "*" and node.name.startswith(key[:-1]))
            reason = self.dialect.forbidden.get(next(prefixes, ""))
        if reason is not None:
            raise ExpressionSyntaxError(f"the function `{node.written}` is not available {_place(node)}", hint=reason)
        raise ExpressionSyntaxError(f"there is no function `{node.written[:64]}` {_place(node)}", hint=self._close(node.name))

    def _close(self, name: str) -> str:
        from difflib import get_close_matches

        close = get_close_matches(name[:64], list(self.dialect.functions), n=1)
        return f"did you mean `{self.dialect.functions[close[0]].name}`?" if close else ""

    def _lambda(self, node: Node, function: Function) -> Code:
        """Return code that makes a `Lambda` of the environment it runs in."""
        _, least, most = function.lambdas or (0, 0, 0)
        word = self.dialect.functions.get(node.name) if isinstance(node, CallNode) else None
        if not isinstance(node, CallNode) or word is None or word.kind != "lambda":
            raise ExpressionSyntaxError(f"`{function.name}` takes a lambda expression {_place(node)}")
        *names, body = node.arguments or (node,)
        if not least <= len(names) <= most:
            expected = str(least) if least == most else f"{least} to {most}"
            raise ExpressionSyntaxError(f"the lambda expression of `{function.name}` takes {expected} variables {_place(node)}")
        written = tuple(_variable_name(name) for name in names)
        outer, self.variables = self.variables, (self.variables or frozenset()) | frozenset(written)
        code = self.code(body)
        self.variables = outer
        return Code(run=Lambda.maker(written, code.run, inside=outer is not None, budget=self.dialect.budget))

    def _variable(self, node: CallNode) -> Code:
        name = _variable_name(node.arguments[0])
        if self.variables is None or name not in self.variables:
            raise ExpressionSyntaxError(f"there is no lambda variable of this name {_place(node)}")

        def run(frame: Frame) -> Json:
            return frame.variables[name]

        return Code(run=run)


def _place(node: Node) -> str:
    return f"at character {node.at}"


def _variable_name(node: Node) -> str:
    if isinstance(node, Literal) and isinstance(node.value, str):
        return node.value.lower()
    raise ExpressionSyntaxError(f"the name of a lambda variable is a string {_place(node)}")


def _count(node: CallNode, function: Function) -> None:
    """Refuse a number of arguments that the function does not take."""
    given, least, most = len(node.arguments), function.minimum, function.maximum
    if given >= least and (most is None or given <= most):
        return
    bound = f"exactly {least}" if least == most else f"at least {least}" if given < least else f"at most {most}"
    noun = "argument" if bound.endswith(" 1") else "arguments"
    raise ExpressionSyntaxError(f"`{function.name}` takes {bound} {noun}; {given} given {_place(node)}")


def _literals(arguments: Iterable[Node]) -> Iterable[Json]:
    return (argument.value if isinstance(argument, Literal) else ... for argument in arguments)


def _folded(run: Run, codes: list[Code], *, pure: bool = True) -> Code:
    """Work out what depends on nothing. What fails is left to fail at run time, as it may never be reached."""
    if not pure or not all(code.constant for code in codes):
        return Code(run=run)
    try:
        return constant(run(None))
    except (ExpressionFailure, RecursionError):
        return Code(run=run)
