"""JSON values with expressions in them -> `Compiled`: strings are parsed once, the rest is closures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sguard.expression.generate import Code, Generator, constant
from s2sguard.expression.interface import Call, Compiled, Dialect, ExpressionFailure, ExpressionSyntaxError, Json
from s2sguard.expression.parse import parse


def is_expression(text: str) -> bool:
    """Return whether a string is an expression: `[...]`, but not the escaped `[[...]` (Microsoft: template-expressions).

    Brackets mean something only where the string starts and ends with them, so `[[x` stays as it is (also Azure/bicep#2006).
    """
    return text[:1] == "[" and text[-1:] == "]" and text[:2] != "[["


def compile_value(value: Json, dialect: Dialect, pointer: str = "") -> Compiled:
    """Compile `value`, whose strings may be expressions at any depth; names of properties are never expressions.

    Raises `ExpressionSyntaxError` with the pointer of the string at fault, `pointer` being that of `value` itself.
    """
    builder = _Builder(dialect)
    whole_text = isinstance(value, str) and is_expression(value)
    code = builder.value(value, pointer, 1)
    return Compiled(
        run=code.run,
        constant=not builder.found,
        value=code.value if code.constant else None,
        folded=builder.found and code.constant,
        calls=tuple(builder.calls),
        text=value if whole_text else None,
    )


class _Builder:
    """One walk over a value."""

    __slots__ = ("calls", "dialect", "found")

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.calls: list[Call] = []
        self.found = False

    def value(self, value: Json, pointer: str, depth: int) -> Code:
        """Return the code of one value of any kind."""
        if isinstance(value, str):
            return self._text(value, pointer)
        if isinstance(value, list | dict):
            if depth > self.dialect.max_object_depth:
                raise ExpressionSyntaxError(f"the value is nested more than {self.dialect.max_object_depth} levels deep", pointer=pointer)
            return self._list(value, pointer, depth) if isinstance(value, list) else self._object(value, pointer, depth)
        return constant(value)

    def _text(self, text: str, pointer: str) -> Code:
        if text[:1] != "[" or text[-1:] != "]":
            return constant(text)
        if text[:2] == "[[":
            return constant(text[1:])
        self.found = True
        try:
            return _guarded(self._expression(text))
        except ExpressionSyntaxError as error:
            raise ExpressionSyntaxError(error.message, hint=error.hint, pointer=pointer) from None

    def _expression(self, text: str) -> Code:
        if len(text) > self.dialect.max_length:
            raise ExpressionSyntaxError(f"the expression has {len(text)} characters; {self.dialect.max_length} are allowed")
        tree = parse(text, max_depth=self.dialect.max_depth, max_arguments=self.dialect.max_arguments)
        return Generator(self.dialect, self.calls).code(tree)

    def _list(self, members: list[Json], pointer: str, depth: int) -> Code:
        codes = [self.value(member, f"{pointer}/{index}", depth + 1) for index, member in enumerate(members)]
        if all(code.constant for code in codes):
            return constant([code.value for code in codes])
        runs = [code.run for code in codes]
        return Code(run=lambda env: [run(env) for run in runs])

    def _object(self, members: dict[str, Json], pointer: str, depth: int) -> Code:
        codes = {name: self.value(member, f"{pointer}/{_escaped(name)}", depth + 1) for name, member in members.items()}
        if all(code.constant for code in codes.values()):
            return constant({name: code.value for name, code in codes.items()})
        runs = [(name, code.run) for name, code in codes.items()]
        return Code(run=lambda env: {name: run(env) for name, run in runs})


def _escaped(name: object) -> str:
    """Return a property name as one step of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def _guarded(code: Code) -> Code:
    """Turn the end of Python's stack, which only absurdly deep values reach, into an ordinary failure."""
    if code.constant:
        return code
    return Code(run=_guard(code.run))


def _guard(run: Callable[[Any], Json]) -> Callable[[Any], Json]:
    def guarded(env: object) -> Json:
        try:
            return run(env)
        except RecursionError:
            raise ExpressionFailure("a value is nested too deep") from None

    return guarded
