"""How functions are called: arguments first, unknown ones stop the call, and the result is held to the limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from s2sguard.expression.interface import Json, UnknownValue
from s2sguard.expression.limits import SIZED
from s2sguard.model.value import Unknown

Run: TypeAlias = Callable[[Any], Json]
Check: TypeAlias = Callable[[Json], object]


def eager(call: Callable[..., Json], runs: Sequence[Run], check: Check, *, takes_unknown: bool = False) -> Run:
    """Return code that calls a function with the values of its arguments; short calls are written out, as they are most of them."""
    if takes_unknown:
        return _open(call, tuple(runs), check)
    if len(runs) == 1:
        return _one(call, runs[0], check)
    if len(runs) == 2:
        return _two(call, runs[0], runs[1], check)
    return _many(call, tuple(runs), check)


def _one(call: Callable[..., Json], first: Run, check: Check) -> Run:
    def run(env: object) -> Json:
        a = first(env)
        if type(a) is Unknown:
            raise UnknownValue(a)
        result = call(a)
        if type(result) in SIZED:
            check(result)
        return result

    return run


def _two(call: Callable[..., Json], first: Run, second: Run, check: Check) -> Run:
    def run(env: object) -> Json:
        a = first(env)
        if type(a) is Unknown:
            raise UnknownValue(a)
        b = second(env)
        if type(b) is Unknown:
            raise UnknownValue(b)
        result = call(a, b)
        if type(result) in SIZED:
            check(result)
        return result

    return run


def _many(call: Callable[..., Json], runs: tuple[Run, ...], check: Check) -> Run:
    def run(env: object) -> Json:
        result = call(*[_known(one(env)) for one in runs])
        if type(result) in SIZED:
            check(result)
        return result

    return run


def _open(call: Callable[..., Json], runs: tuple[Run, ...], check: Check) -> Run:
    def run(env: object) -> Json:
        result = call(*[value_of(one, env) for one in runs])
        if type(result) in SIZED:
            check(result)
        return result

    return run


def value_of(run: Run, env: object) -> Json:
    """Return what code comes to, unknown or not."""
    try:
        return run(env)
    except UnknownValue as error:
        return error.unknown


def _known(value: Json) -> Json:
    if type(value) is Unknown:
        raise UnknownValue(value)
    return value


def _known_value(run: Run, env: object) -> Json:
    return _known(run(env))


def lazy(call: Callable[..., Json], runs: Sequence[Run], check: Check) -> Run:
    """Return code that calls a function with one function for each argument."""

    def run(env: object) -> Json:
        result = call(*[partial(one, env) for one in runs])
        if type(result) in SIZED:
            check(result)
        return result

    return run


def host(call: Callable[..., Json], runs: Sequence[Run], check: Check, *, inside: bool, takes_unknown: bool = False) -> Run:
    """Return code that calls a function with the environment and then the values; `inside` a lambda expression it is in the frame."""
    last: Json = None
    argument = value_of if takes_unknown else _known_value

    def run(env: Any) -> Json:  # noqa: ANN401  # whatever the dialect's functions take
        nonlocal last
        result = call(env.outer if inside else env, *[argument(one, env) for one in runs])
        # The same object again, such as a parameter, has been checked already.
        if type(result) in SIZED and result is not last:
            check(result)
            last = result
        return result

    return run
