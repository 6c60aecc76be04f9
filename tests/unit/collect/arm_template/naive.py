"""A second evaluator of template expressions, written from the documentation alone: slow, small, and for known values only.

Expressions are trees, so that nothing here depends on how text is parsed:
`("lit", value)`, `("call", name, *arguments)`, `("get", base, key)`, `("lambda", names, body)`, `("own", name)` for a lambda variable,
`("param", name)`, `("var", name)`, `("index", loop)` and `("output", deployment, name)`.
Sources: template-functions-string, -array, -object, -numeric, -logical, -comparison, -lambda (Microsoft Learn).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Tree: TypeAlias = tuple[Any, ...]
Env: TypeAlias = Mapping[str, Callable[..., Any]]
"""`param`, `var`, `index`, `output`, `own`: what names stand for."""


class FailsError(Exception):
    """Azure refuses the deployment."""


class SilentError(Exception):
    """The documentation does not say what happens."""


def need(kind: type | tuple[type, ...], *values: object) -> None:
    """Refuse values of another type."""
    for value in values:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise FailsError


def run(tree: Tree, env: Env) -> Any:  # noqa: ANN401  # any JSON
    """Return the value of a tree. Raises `FailsError` and `SilentError`."""
    kind, *rest = tree
    if kind == "lit":
        return rest[0]
    if kind == "get":
        return _get(run(rest[0], env), run(rest[1], env))
    if kind == "call":
        name, *arguments = rest
        if name in LAZY:
            return LAZY[name](*[lambda one=one: run(one, env) for one in arguments])
        return EAGER[name](*[_argument(one, env) for one in arguments])
    return env[kind](*rest)


def _argument(tree: Tree, env: Env) -> Any:  # noqa: ANN401
    if tree[0] != "lambda":
        return run(tree, env)
    _, names, body = tree

    def call(*values: object) -> object:
        inner = dict(zip(names, values, strict=False))
        return run(body, {**env, "own": lambda name: inner[name] if name in inner else env["own"](name)})

    return call


def _get(base: Any, key: Any) -> Any:  # noqa: ANN401
    if isinstance(base, list):
        need(int, key)
        if not 0 <= key < len(base):
            raise FailsError
        return base[key]
    need(dict, base)
    need(str, key)
    if key not in base:
        raise FailsError
    return base[key]


def _concat(*values: Any) -> Any:  # noqa: ANN401
    if isinstance(values[0], list):
        need(list, *values)
        return [one for value in values for one in value]
    return "".join(_text(value) for value in values)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SilentError
    return str(value)


def _format(pattern: str, *values: object) -> str:
    need(str, pattern)
    for index, value in enumerate(values):
        pattern = pattern.replace("{" + str(index) + "}", _text(value).replace("{", "\0"))
    return pattern.replace("\0", "{")


def _substring(value: str, start: int, length: int) -> str:
    need(str, value)
    need(int, start, length)
    if start < 0 or length < 0 or start + length > len(value):
        raise FailsError
    return value[start : start + length]


def _take(value: Any, count: int) -> Any:  # noqa: ANN401
    need((str, list), value)
    need(int, count)
    return value[: max(count, 0)]


def _skip(value: Any, count: int) -> Any:  # noqa: ANN401
    need((str, list), value)
    need(int, count)
    return value[max(count, 0) :]


def _end(index: int) -> Callable[[Any], Any]:
    def call(value: Any) -> Any:  # noqa: ANN401
        need((str, list), value)
        if not value:
            raise SilentError
        return value[index]

    return call


def _number(work: Callable[[int, int], int]) -> Callable[[int, int], int]:
    def call(left: int, right: int) -> int:
        need(int, left, right)
        result = work(left, right)
        if abs(result) >= 2**63:
            raise SilentError
        return result

    return call


def _divided(left: int, right: int) -> int:
    if right == 0:
        raise FailsError
    return abs(left) // abs(right) * (1 if left * right >= 0 else -1)


def _contains(container: Any, item: Any) -> bool:  # noqa: ANN401
    if isinstance(container, str | dict) and isinstance(item, int):
        raise SilentError
    if isinstance(container, str):
        need(str, item)
        return item in container
    if isinstance(container, dict):
        need(str, item)
        return item.lower() in {key.lower() for key in container}
    need(list, container)
    return any(_equals(one, item) for one in container)


def _equals(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right


def _distinct(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if not any(_equals(value, one) for one in found):
            found.append(value)
    return found


def _union(first: Any, second: Any) -> Any:  # noqa: ANN401
    if isinstance(first, list):
        need(list, second)
        return _distinct([*first, *second])
    need(dict, first, second)
    if any(isinstance(first.get(key), dict | list) for key in second):
        raise SilentError
    return {**first, **second}


def _intersection(first: list[Any], second: list[Any]) -> list[Any]:
    need(list, first, second)
    return _distinct([one for one in first if any(_equals(one, other) for other in second)])


def _join(values: list[Any], mark: str) -> str:
    need(list, values)
    need(str, mark)
    return mark.join(_text(value) for value in values)


def _split(value: str, mark: str) -> list[str]:
    need(str, value, mark)
    if not mark:
        raise SilentError
    return value.split(mark)


def _range(start: int, count: int) -> list[int]:
    need(int, start, count)
    if count < 0:
        raise FailsError
    return list(range(start, start + count))


def _ordered(work: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def call(left: object, right: object) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            raise SilentError  # "linguistic" order
        need(int, left, right)
        return work(left, right)

    return call


def _strings(work: Callable[..., Any]) -> Callable[..., Any]:
    def call(*values: str) -> Any:  # noqa: ANN401
        need(str, *values)
        return work(*values)

    return call


def _size(value: Any) -> int:  # noqa: ANN401
    need((str, list, dict), value)
    return len(value)


def _object(*values: Any) -> dict[str, Any]:
    need(str, *values[::2])
    return dict(zip(values[::2], values[1::2], strict=True))


def _bools(*, stop: bool) -> Callable[..., bool]:
    def call(*values: Callable[[], Any]) -> bool:
        try:
            found = [value() for value in values]
            need(bool, *found)
        except FailsError:
            # Another argument may decide before this one is looked at.
            raise SilentError from None
        return stop if stop in found else not stop

    return call


def _not(value: object) -> bool:
    need(bool, value)
    return not value


def _if(condition: Callable[[], Any], yes: Callable[[], Any], no: Callable[[], Any]) -> Any:  # noqa: ANN401
    decided = condition()
    need(bool, decided)
    return yes() if decided else no()


def _coalesce(*values: Callable[[], Any]) -> Any:  # noqa: ANN401
    return next((found for found in (value() for value in values) if found is not None), None)


def _applied(values: list[Any], change: Callable[..., Any]) -> list[Any]:
    need(list, values)
    return [change(value) for value in values]


def _filtered(values: list[Any], wanted: Callable[..., Any]) -> list[Any]:
    found = _applied(values, wanted)
    need(bool, *found)
    return [value for value, keep in zip(values, found, strict=True) if keep]


LAZY: Mapping[str, Callable[..., Any]] = {"if": _if, "and": _bools(stop=False), "or": _bools(stop=True), "coalesce": _coalesce}
EAGER: Mapping[str, Callable[..., Any]] = {
    "concat": _concat,
    "format": _format,
    "substring": _substring,
    "take": _take,
    "skip": _skip,
    "first": _end(0),
    "last": _end(-1),
    "toLower": _strings(str.lower),
    "toUpper": _strings(str.upper),
    "replace": _strings(str.replace),
    "startsWith": _strings(lambda value, start: value.lower().startswith(start.lower())),
    "endsWith": _strings(lambda value, end: value.lower().endswith(end.lower())),
    "indexOf": _strings(lambda value, item: value.lower().find(item.lower())),
    "base64": _strings(lambda value: base64.b64encode(value.encode()).decode()),
    "join": _join,
    "split": _split,
    "string": _text,
    "length": _size,
    "empty": lambda value: value is None or _size(value) == 0,
    "contains": _contains,
    "equals": _equals,
    "not": _not,
    "add": _number(lambda left, right: left + right),
    "sub": _number(lambda left, right: left - right),
    "mul": _number(lambda left, right: left * right),
    "div": _number(_divided),
    "min": _number(min),
    "max": _number(max),
    "less": _ordered(lambda left, right: left < right),
    "greaterOrEquals": _ordered(lambda left, right: left >= right),
    "createArray": lambda *values: list(values),
    "createObject": _object,
    "range": _range,
    "union": _union,
    "intersection": _intersection,
    "map": _applied,
    "filter": _filtered,
}
