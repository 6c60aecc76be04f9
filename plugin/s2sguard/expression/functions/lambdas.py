"""Functions that take a lambda expression (Microsoft: template-functions-lambda, bicep-functions-lambda). Azure Policy has none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cmp_to_key

from s2sguard.expression.functions.common import array, boolean, functions, mapping, text
from s2sguard.expression.interface import Function, Json
from s2sguard.expression.lambdas import Lambda


def filter_(value: Json, predicate: Lambda) -> list[Json]:
    """Return the elements for which the lambda expression, of an element and its index, is true."""
    return [member for index, member in enumerate(array("filter", value)) if boolean("filter", predicate(member, index))]


def map_(value: Json, change: Lambda) -> list[Json]:
    """Return what the lambda expression, of an element and its index, makes of each element."""
    return [change(member, index) for index, member in enumerate(array("map", value))]


def reduce_(value: Json, initial: Json, combine: Lambda) -> Json:
    """Return what is left after combining the initial value with one element after the other."""
    result = initial
    for index, member in enumerate(array("reduce", value)):
        result = combine(result, member, index)
    return result


def sort(value: Json, before: Lambda) -> list[Json]:
    """Return the elements in order; the lambda expression says whether one stands before another. Equal ones keep their places."""

    def compare(left: Json, right: Json) -> int:
        if boolean("sort", before(left, right)):
            return -1
        return 1 if boolean("sort", before(right, left)) else 0

    return sorted(array("sort", value), key=cmp_to_key(compare))


def to_object(value: Json, key: Lambda, change: Lambda | None = None) -> dict[str, Json]:
    """Return an object with a property for each element, named and filled by lambda expressions; the last of a name wins."""
    members = array("toObject", value)
    return {text("toObject", key(member)): change(member) if change else member for member in members}


def group_by(value: Json, key: Lambda) -> dict[str, Json]:
    """Return an object of arrays: the elements by the name that the lambda expression gives them."""
    groups: dict[str, Json] = {}
    for member in array("groupBy", value):
        groups.setdefault(text("groupBy", key(member)), []).append(member)
    return groups


def map_values(value: Json, change: Lambda) -> dict[str, Json]:
    """Return an object with the same names and the values that the lambda expression makes of the old ones."""
    return {name: change(member) for name, member in mapping("mapValues", value).items()}


def _word(name: str, kind: str) -> Function:
    """Return one of the two words that the compiler itself understands."""
    return Function(name=name, call=Lambda, minimum=1, maximum=None if kind == "lambda" else 1, kind=kind)  # type: ignore[arg-type]


def _with_lambda(name: str, call: Callable[..., Json], lambdas: tuple[int, int, int], maximum: int = 0) -> Function:
    """Return a function whose last arguments are lambda expressions."""
    least = lambdas[0] + 1
    return Function(name=name, call=call, minimum=least, maximum=max(least, maximum), lambdas=lambdas)


LAMBDAS: Mapping[str, Function] = functions(
    _word("lambda", "lambda"),
    _word("lambdaVariables", "variable"),
    _with_lambda("filter", filter_, (1, 1, 2)),
    _with_lambda("groupBy", group_by, (1, 1, 1)),
    _with_lambda("map", map_, (1, 1, 2)),
    _with_lambda("mapValues", map_values, (1, 1, 1)),
    _with_lambda("reduce", reduce_, (2, 2, 3)),
    _with_lambda("sort", sort, (1, 2, 2)),
    _with_lambda("toObject", to_object, (1, 1, 1), 3),
)
