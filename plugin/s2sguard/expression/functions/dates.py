"""Date functions (Microsoft: template-functions-date). `utcNow` asks the clock; a dialect with a time of its own brings its own."""

from __future__ import annotations

import time
from collections.abc import Mapping

from s2sguard.expression.functions.common import fail, functions, integer, simple, text
from s2sguard.expression.interface import Function, Json
from s2sguard.expression.moment import Moment, add, format_moment, from_epoch, from_ticks, parse_duration, parse_moment, shape_of

ISO = "yyyy-MM-ddTHH:mm:ssZ"
"""What `dateTimeFromEpoch` returns."""
NOW = "yyyyMMddTHHmmssZ"
"""What `utcNow` returns without a format."""
_UNIX_TICKS = 621_355_968_000_000_000


def _moment(name: str, value: Json) -> Moment:
    moment = parse_moment(text(name, value))
    return moment if moment is not None else fail(name, "takes an ISO 8601 date and time; the string is none")


def formatted(name: str, moment: Moment, pattern: str) -> str:
    """Return a point in time in a .NET format, for the function `name`. Raises `ExpressionFailure`."""
    written = format_moment(moment, pattern)
    return written if written is not None else fail(name, "takes a .NET date and time format; the string is none")


def date_time_add(base: Json, duration: Json, pattern: Json = None) -> str:
    """Return a date and time plus an ISO 8601 duration, in a .NET format or, without one, as the base is written."""
    moment = _moment("dateTimeAdd", base)
    step = parse_duration(text("dateTimeAdd", duration))
    if step is None:
        return fail("dateTimeAdd", "takes an ISO 8601 duration; the string is none")
    moved = add(moment, step)
    if moved is None:
        return fail("dateTimeAdd", "has a result outside the years 1 to 9999")
    return formatted("dateTimeAdd", moved, shape_of(base) if pattern is None else text("dateTimeAdd", pattern))


def date_time_to_epoch(value: Json) -> int:
    """Return whole seconds since 1970."""
    return _moment("dateTimeToEpoch", value).epoch


def date_time_from_epoch(value: Json) -> str:
    """Return the ISO 8601 form of seconds since 1970."""
    moment = from_epoch(integer("dateTimeFromEpoch", value))
    if moment is None:
        return fail("dateTimeFromEpoch", "takes seconds within the years 1 to 9999")
    return formatted("dateTimeFromEpoch", moment, ISO)


def utc_now(pattern: Json = NOW) -> str:
    """Return the time of the clock in a .NET format."""
    moment = from_ticks(_UNIX_TICKS + time.time_ns() // 100)
    if moment is None:
        return fail("utcNow", "has a result outside the years 1 to 9999")
    return formatted("utcNow", moment, text("utcNow", pattern))


DATES: Mapping[str, Function] = functions(
    simple("dateTimeAdd", date_time_add, 2, 3),
    simple("dateTimeFromEpoch", date_time_from_epoch, 1),
    simple("dateTimeToEpoch", date_time_to_epoch, 1),
    Function(name="utcNow", call=utc_now, maximum=1, pure=False),
)
