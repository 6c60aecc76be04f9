"""Parameters: what a definition declares, and the values one evaluation gets (definition-structure-parameters)."""

from __future__ import annotations

import copy
import marshal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from s2sguard.azure_policy.language.compare import kind_of, moment
from s2sguard.azure_policy.language.limits import PARAMETERS
from s2sguard.azure_policy.language.outcome import PolicyError, Problem
from s2sguard.azure_policy.language.text import MISSING, did_you_mean, join, keys, lookup, twice
from s2sguard.expression.interface import Json
from s2sguard.model.value import Unknown

Report: TypeAlias = Callable[[str, str, str], None]
"""Takes a pointer, a message and a hint."""


def _is_integer(value: Json) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


_FITS: Final[dict[str, Callable[[Json], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "datetime": lambda value: isinstance(value, str) and moment(value) is not None,
}
TYPES: Final = ("String", "Array", "Object", "Boolean", "Integer", "Float", "DateTime")
"""The types of parameters as documented; they are compared without case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One declared parameter."""

    name: str
    type: str
    """Lowercase; one of `TYPES`, or empty where the declaration is wrong."""
    default: Json = MISSING
    """`MISSING` where a value has to be given."""
    allowed: tuple[Json, ...] | None = None
    schema: Mapping[str, Json] | None = None
    """JSON Schema that values of an object parameter have to meet."""
    metadata: Mapping[str, Json] | None = None

    @property
    def required(self) -> bool:
        """True where every assignment has to give a value."""
        return self.default is MISSING

    def refusal(self, value: Json) -> str:
        """Return why `value` cannot be given, or an empty string."""
        if isinstance(value, Unknown):
            return ""
        if self.type and not _FITS[self.type](value):
            what = "no ISO 8601 date and time" if self.type == "datetime" and isinstance(value, str) else kind_of(value)
            return f"the value is {what}; the parameter is declared as {_documented(self.type)}"
        if self.allowed is not None and not self._is_allowed(value):
            return "the value is not one of `allowedValues`, which are compared with their case"
        return _against(self.schema, value) if self.schema is not None else ""

    def _is_allowed(self, value: Json) -> bool:
        """An array is allowed as a whole, or where each of its members is."""
        allowed = self.allowed or ()
        if any(_same(value, one) for one in allowed):
            return True
        return isinstance(value, list) and all(
            isinstance(member, Unknown) or any(_same(member, one) for one in allowed) for member in value
        )


def _documented(lower: str) -> str:
    return next(name for name in TYPES if name.lower() == lower)


def _same(one: Json, other: Json) -> bool:
    return kind_of(one) == kind_of(other) and bool(one == other)


def _against(schema: Mapping[str, Json], value: Json) -> str:
    import jsonschema

    try:
        errors = list(jsonschema.Draft201909Validator(dict(schema)).iter_errors(value))
    except Exception:  # noqa: BLE001 - a schema of any shape; what the library raises is not documented
        return "the `schema` of the parameter cannot be applied"
    return f"the value does not meet the `schema` at `/{'/'.join(str(part) for part in errors[0].absolute_path)}`" if errors else ""


def declare(parameters: Json, pointer: str, report: Report, *, limited: bool = True) -> dict[str, Declaration]:
    """Return lowercase name -> declaration; what is wrong is reported. `limited`: hold to the limit of 20 (facts 5.8)."""
    if parameters is None:
        return {}
    if not isinstance(parameters, dict):
        report(pointer, f"`parameters` is {kind_of(parameters)}, not an object", "")
        return {}
    for name in twice(parameters):
        report(join(pointer, name), f"the parameter `{name}` is declared twice", "names ignore case")
    if limited and len(parameters) > PARAMETERS:
        report(pointer, f"{len(parameters)} parameters are declared; {PARAMETERS} are allowed", "")
    return {name.lower(): _declare(name, declared, join(pointer, name), report) for name, declared in parameters.items()}


def _declare(name: str, declared: Json, pointer: str, report: Report) -> Declaration:
    if not isinstance(declared, dict):
        report(pointer, f"the declaration is {kind_of(declared)}, not an object", "")
        return Declaration(name=name, type="")
    names = keys(declared)
    kind = lookup(declared, "type", "type")
    lower = kind.lower() if isinstance(kind, str) and kind.lower() in _FITS else ""
    if not lower:
        said = "has no `type`" if kind is MISSING else "has a type that does not exist"
        report(join(pointer, names.get("type", "type")), f"the parameter {said}", f"types are {', '.join(TYPES)}")
    allowed = lookup(declared, "allowedValues", "allowedvalues")
    if allowed in (MISSING, None):
        allowed = None
    elif not isinstance(allowed, list):
        report(join(pointer, names["allowedvalues"]), f"`allowedValues` is {kind_of(allowed)}, not an array", "")
        allowed = None
    found = Declaration(
        name=name,
        type=lower,
        default=lookup(declared, "defaultValue", "defaultvalue"),
        allowed=tuple(allowed) if allowed is not None else None,
        schema=_schema(declared, names, lower, pointer, report),
        metadata=metadata if isinstance(metadata := lookup(declared, "metadata", "metadata"), dict) else None,
    )
    if not found.required and (refusal := found.refusal(found.default)):
        report(join(pointer, names["defaultvalue"]), f"`defaultValue`: {refusal}", "")
    return found


def _schema(declared: dict[str, Json], names: dict[str, str], kind: str, pointer: str, report: Report) -> Mapping[str, Json] | None:
    schema = lookup(declared, "schema", "schema")
    if schema in (MISSING, None):
        return None
    if kind != "object" or not isinstance(schema, dict):
        said = "takes an object" if kind == "object" else "stands beside the type Object only"
        report(join(pointer, names["schema"]), f"`schema` {said}", "")
        return None
    return schema


class Binder:
    """Gives one evaluation its values; those of the last one are remembered, as an assignment judges many resources with them."""

    __slots__ = ("_declared", "_defaults", "_last")

    def __init__(self, declared: Mapping[str, Declaration] | None) -> None:
        self._declared = declared
        self._defaults = {name: one.default for name, one in (declared or {}).items() if not one.required}
        self._last: tuple[bytes, Mapping[str, Json]] | None = None

    def bind(self, given: Mapping[str, Json] | None) -> Mapping[str, Json]:
        """Return lowercase name -> value; raises `PolicyError` for values that are missing, not declared or not allowed.

        `given` is `{"name": value}` or `{"name": {"value": value}}`. What is returned is never changed, by nobody.
        """
        if given is not None and not isinstance(given, Mapping):
            raise PolicyError((Problem(pointer="/parameters", message=f"`parameters` is {kind_of(given)}, not an object"),))
        try:
            # Version 2 writes equal values of equal types the same way, so that 1, 1.0 and true stay apart.
            key = marshal.dumps(given if given is None or given.__class__ is dict else dict(given), 2)
        except ValueError:
            return self._bind(given or {})
        if self._last is None or self._last[0] != key:
            self._last = (key, self._bind(given or {}))
        return self._last[1]

    def _bind(self, given: Mapping[str, Json]) -> Mapping[str, Json]:
        problems: list[Problem] = []
        values = dict(self._defaults)
        for name, value in given.items():
            lower = str(name).lower()
            values[lower] = copy.deepcopy(self._unwrapped(lower, value))
        if self._declared is not None:
            problems += self._refusals(values, {str(name).lower(): str(name) for name in given})
        if problems:
            raise PolicyError(tuple(problems))
        return values

    def _unwrapped(self, lower: str, value: Json) -> Json:
        if not isinstance(value, dict) or len(value) != 1 or next(iter(value)).lower() != "value":
            return value
        inner = next(iter(value.values()))
        declared = self._declared.get(lower) if self._declared else None
        return value if declared is not None and declared.type == "object" and not isinstance(inner, dict | Unknown) else inner

    def _refusals(self, values: Mapping[str, Json], given: Mapping[str, str]) -> list[Problem]:
        declared = self._declared or {}
        problems: list[Problem] = []
        for lower, name in given.items():
            if lower not in declared:
                hint = did_you_mean(name, [one.name for one in declared.values()])
                problems.append(Problem(pointer=join("/parameters", name), message=f"the parameter `{name}` is not declared", hint=hint))
            elif refusal := declared[lower].refusal(values[lower]):
                problems.append(Problem(pointer=join("/parameters", name), message=f"`{name}`: {refusal}"))
        for lower, one in declared.items():
            if one.required and lower not in given:
                problems.append(Problem(pointer=join("/parameters", one.name), message=f"the parameter `{one.name}` needs a value"))
        return problems
