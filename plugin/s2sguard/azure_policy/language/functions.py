"""The functions of policy rules: those only policies have, those they refuse, and the rest of the template functions.

Source: definition-structure-policy-rule, "Policy functions".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, Protocol

from s2sguard.azure_policy.language.circumstances import policy, request_context, resource_group, subscription
from s2sguard.azure_policy.language.compare import kind_of, moment
from s2sguard.azure_policy.language.env import NOWHERE, Env, Position
from s2sguard.azure_policy.language.fields import Field, FieldError, present
from s2sguard.azure_policy.language.ip_ranges import ip_range_contains
from s2sguard.azure_policy.language.paths import UnknownArray
from s2sguard.azure_policy.language.text import fold, member
from s2sguard.expression import STANDARD, Compiled, Dialect, ExpressionFailure, Function, Json
from s2sguard.expression.moment import format_moment as in_format
from s2sguard.expression.moment import parse_moment
from s2sguard.model.value import Unknown

_MOST_KNOWN = 1000
_TICKS_PER_DAY = 864_000_000_000
_LAMBDAS = ("filter", "map", "reduce", "sort", "toObject", "groupBy", "mapValues", "lambda", "lambdaVariables")
_DATES = ("dateTimeAdd", "dateTimeFromEpoch", "dateTimeToEpoch")
_IDS = ("resourceId", "subscriptionResourceId", "tenantResourceId", "managementGroupResourceId", "extensionResourceId")
_REASONS: Final = {
    "copyIndex": "there are no copy loops in a policy; use `count` and current()",
    "deployment": "a policy is not part of a deployment",
    "environment": "the cloud's endpoints are not known to a policy; pass them as a parameter",
    "list*": "a policy cannot call the listing operations of a resource",
    "managementGroup": "use policy().assignmentId, or pass the name as a parameter",
    "newGuid": "a policy must give the same answer twice; use guid()",
    "pickZones": "a policy does not know the zones of a region; pass them as a parameter",
    "providers": "a policy cannot look up resource providers",
    "reference": "a policy sees the one resource of the request; related resources are seen by an existenceCondition",
    "references": "a policy sees the one resource of the request; related resources are seen by an existenceCondition",
    "tenant": "use subscription().tenantId, or pass the tenant as a parameter",
    "variables": "a policy has no variables; use parameters()",
    **dict.fromkeys(_LAMBDAS, "a policy has no lambda expressions; use `count` with `where` and current()"),
    **dict.fromkeys(_DATES, "use addDays(), and compare dates with less and greater"),
    **dict.fromkeys(_IDS, "build the id with concat(), from subscription(), resourceGroup() and field()"),
}
FORBIDDEN: Final = MappingProxyType({name.lower(): reason for name, reason in _REASONS.items()})
"""Lowercase name of a template function that policies refuse -> what to do instead."""


class FindField(Protocol):
    """Finds a field by its name; remembers what it found."""

    def __call__(self, text: str, position: Position, api_version: str | None) -> Field:
        """Return the field; raises `FieldError`."""


def dialect(position: Position, find: FindField) -> Dialect:
    """Return the functions as they work at one place of a rule."""
    here = NOWHERE if position.related else position
    found = {
        "field": Function(name="field", call=_field(here, find), minimum=1, maximum=1, kind="host", pure=False),
        "current": Function(name="current", call=_current(position, find), minimum=0, maximum=1, kind="host", pure=False),
    }
    return Dialect(functions=_REST | found, forbidden=FORBIDDEN)


def _field(position: Position, find: FindField) -> Callable[[Env, Json], Json]:
    known: dict[tuple[Json, str | None], Field] = {}

    def field(env: Env, name: Json) -> Json:
        origin = env.origin
        text = _string(name, "field")
        wanted = known.get((text, origin.api_version))
        if wanted is None:
            wanted = _found(find, text, position, origin.api_version)
            if len(known) < _MOST_KNOWN:
                known[text, origin.api_version] = wanted
        value = _known_members(wanted.read(origin))
        value = present(value) if wanted.sparse else value
        return "" if value is None else value

    return field


def _current(position: Position, find: FindField) -> Callable[..., Json]:
    frames = position.frames

    def current(env: Env, name: Json = None) -> Json:
        if not frames:
            raise ExpressionFailure("current() works inside of a count only")
        if name is None:
            return frames[-1].current(env)
        text = _string(name, "current")
        folded = fold(text)
        for frame in reversed(frames):
            if frame.name == folded:
                return frame.current(env)
        wanted = _found(find, text, position, env.api_version)
        if wanted.current is None:
            raise ExpressionFailure("current() found no count of that name or over that array")
        return _known_members(wanted.current(env))

    return current


def _found(find: FindField, text: str, position: Position, api_version: str | None) -> Field:
    try:
        return find(text, position, api_version)
    except FieldError:
        raise ExpressionFailure("the name is neither a field nor an alias") from None


def _known_members(value: Json) -> Json:
    """Return the value; where the number of its members is not known, all of it is not."""
    if isinstance(value, list):
        unknown = next((one for one in value if one.__class__ is UnknownArray), None)
        return value if unknown is None else Unknown(unknown.reason)
    return value


def _string(value: Json, function: str) -> str:
    if not isinstance(value, str):
        raise ExpressionFailure(f"the argument of {function}() is {kind_of(value)}, not a string")
    return value


def _parameters(env: Env, name: Json) -> Json:
    wanted = _string(name, "parameters").lower()
    if wanted not in env.parameters:
        raise ExpressionFailure(f"the parameter `{name}` has no value")
    return env.parameters[wanted]


def _utc_now(env: Env, pattern: Json = None) -> Json:
    """Return the time of the evaluation, in a .NET format where one is given (template-functions-date)."""
    now = _now(env)
    if pattern is None or isinstance(now, Unknown):
        return now
    when = parse_moment(now)
    written = in_format(when, _string(pattern, "utcNow")) if when is not None else None
    if written is None:
        raise ExpressionFailure("utcNow() takes a date and time format of .NET; the string is none")
    return written


def _now(env: Env) -> Json:
    if env.origin.now is None:
        given = member(env.context, "utcNow")
        if isinstance(given, Unknown):
            return given
        ticks = moment(given) if isinstance(given, str) else None
        if given is not None and ticks is None:
            raise ExpressionFailure("`utcNow` of the context is no ISO 8601 date and time")
        env.origin.now = format_moment(ticks) if ticks is not None else datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    return env.origin.now


def _request_context(env: Env) -> Json:
    """Without a request it is an existing resource, evaluated with the latest version: no version is later than today."""
    if env.origin.api_version is not None:
        return request_context(env, env.origin.api_version)
    now = _utc_now(env)
    return request_context(env, now[: len("2000-01-01")] if isinstance(now, str) else now)


def format_moment(ticks: int) -> str:
    """Return ticks of 100 ns since 1970 as `yyyy-MM-ddTHH:mm:ss.fffffffZ`; raises `ExpressionFailure` outside of the years 1 to 9999."""
    seconds, fraction = divmod(ticks, 10_000_000)
    days, second = divmod(seconds, 86_400)
    try:
        date = datetime.fromordinal(datetime(1970, 1, 1, tzinfo=UTC).toordinal() + days)
    except (ValueError, OverflowError):
        raise ExpressionFailure("the date is outside of the years 1 to 9999") from None
    day = f"{date.year:04}-{date.month:02}-{date.day:02}"
    return f"{day}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{fraction:07}Z"


def _add_days(date: Json, days: Json) -> Json:
    ticks = moment(date) if isinstance(date, str) else None
    if ticks is None:
        raise ExpressionFailure("the first argument of addDays() is no ISO 8601 date and time")
    if not isinstance(days, int) or isinstance(days, bool):
        raise ExpressionFailure(f"the second argument of addDays() is {kind_of(days)}, not an integer")
    return format_moment(ticks + days * _TICKS_PER_DAY)


def _rest() -> dict[str, Function]:
    own = [
        Function(name="addDays", call=_add_days, minimum=2, maximum=2),
        Function(name="ipRangeContains", call=ip_range_contains, minimum=2, maximum=2),
        Function(name="parameters", call=_parameters, minimum=1, maximum=1, kind="host", pure=False),
        Function(name="policy", call=policy, maximum=0, kind="host", pure=False),
        Function(name="requestContext", call=_request_context, maximum=0, kind="host", pure=False),
        Function(name="resourceGroup", call=resource_group, maximum=0, kind="host", pure=False),
        Function(name="subscription", call=subscription, maximum=0, kind="host", pure=False),
        Function(name="utcNow", call=_utc_now, maximum=1, kind="host", pure=False),
    ]
    standard = {name: function for name, function in STANDARD.items() if name not in FORBIDDEN and not name.startswith("list")}
    return standard | {function.name.lower(): function for function in own}


_REST: Final = _rest()
_STEADY: Final = frozenset(
    {"parameters"} | {name for name, function in _REST.items() if function.pure and function.kind in {"eager", "lazy"}}
)


def steady(compiled: Compiled) -> bool:
    """Say whether an expression depends on nothing but the parameters."""
    return not (compiled.constant or compiled.folded) and all(call.name in _STEADY for call in compiled.calls)
