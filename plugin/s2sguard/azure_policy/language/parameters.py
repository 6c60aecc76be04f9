"""Parameters: what a definition declares, and the values one evaluation gets (definition-structure-parameters)."""

from __future__ import annotations

import copy
import json
import marshal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from s2sguard.azure_policy.language.compare import kind_of, moment, same
from s2sguard.azure_policy.language.limits import PARAMETERS, Iterations
from s2sguard.azure_policy.language.outcome import PolicyError, Problem
from s2sguard.azure_policy.language.text import MISSING, did_you_mean, join, keys, lookup, member, plain, twice
from s2sguard.expression.interface import Json
from s2sguard.model.value import Unknown

_MOST_SHOWN: Final = 8
_LONGEST_SHOWN: Final = 60
"""Of the values that are allowed, in a message."""
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
_MEMBERS: Final = ("type", "defaultValue", "allowedValues", "metadata", "schema")
_MEANT: Final = frozenset(name.lower() for name in _MEMBERS)
_FILE: Final = frozenset({"$schema", "contentversion", "parameters"})
"""Members of a parameters file, in lowercase."""


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
            return f"the value is not one of `allowedValues`, which are compared with their case: {_listed(self.allowed)}"
        return _against(self.schema, value) if self.schema is not None else ""

    def hint(self, value: Json) -> str:
        """Return what was probably meant by a value that is refused, or an empty string."""
        return did_you_mean(value, [one for one in self.allowed or () if isinstance(one, str)]) if isinstance(value, str) else ""

    def _is_allowed(self, value: Json) -> bool:
        """An array is allowed as a whole, or where each of its members is."""
        allowed = self.allowed or ()
        if any(same(value, one) for one in allowed):
            return True
        return isinstance(value, list) and all(isinstance(member, Unknown) or any(same(member, one) for one in allowed) for member in value)


def _documented(lower: str) -> str:
    return next(name for name in TYPES if name.lower() == lower)


def _listed(allowed: tuple[Json, ...]) -> str:
    """Return the values that are allowed, for a message: the first of many."""
    shown = [one if isinstance(one, str) else json.dumps(one, default=str) for one in allowed[:_MOST_SHOWN]]
    more = f" and {len(allowed) - _MOST_SHOWN} more" if len(allowed) > _MOST_SHOWN else ""
    return ", ".join(one if len(one) <= _LONGEST_SHOWN else f"{one[:_LONGEST_SHOWN]}..." for one in shown) + more


def _against(schema: Mapping[str, Json], value: Json) -> str:
    import jsonschema

    try:
        errors = list(jsonschema.Draft201909Validator(dict(schema)).iter_errors(value))
    except Exception:  # noqa: BLE001 - a schema of any shape; what the library raises is not documented
        return "the `schema` of the parameter cannot be applied"
    return f"the value does not meet the `schema` at `/{'/'.join(str(part) for part in errors[0].absolute_path)}`" if errors else ""


def declare(parameters: Json, pointer: str, report: Report, *, limited: bool = True, warn: Report | None = None) -> dict[str, Declaration]:
    """Return lowercase name -> declaration; what is wrong is reported. `limited`: hold to the limit of 20 (facts 5.8).

    `warn` takes what is likely not meant.
    """
    if parameters is None:
        return {}
    if not isinstance(parameters, dict):
        report(pointer, f"`parameters` is {kind_of(parameters)}, not an object", "")
        return {}
    for name in twice(parameters):
        report(join(pointer, name), f"the parameter `{name}` is declared twice", "names ignore case")
    if limited and len(parameters) > PARAMETERS:
        report(pointer, f"{len(parameters)} parameters are declared; {PARAMETERS} are allowed", "")
    if warn is not None:
        for name, declared in parameters.items():
            _check_members(name, declared, join(pointer, name), warn)
    return {name.lower(): _declare(name, declared, join(pointer, name), report) for name, declared in parameters.items()}


def _check_members(name: str, declared: Json, pointer: str, warn: Report) -> None:
    """Warn of what a declaration has no meaning for: a `defaultVal` gives no default."""
    for written in declared if isinstance(declared, dict) else ():
        if written.lower() not in _MEANT:
            hint = did_you_mean(written, _MEMBERS) or f"members are {', '.join(_MEMBERS)}"
            warn(join(pointer, written), f"`{written}` of the parameter `{name}` means nothing", hint)
        elif written.lower() == "allowedvalues" and declared[written] == []:
            message = f"`allowedValues` of the parameter `{name}` is empty; every value is taken to be allowed"
            warn(join(pointer, written), message, "leave it out, or list the values")


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
    found = Declaration(
        name=name,
        type=lower,
        default=lookup(declared, "defaultValue", "defaultvalue"),
        allowed=_allowed(declared, names, lower, pointer, report),
        schema=_schema(declared, names, lower, pointer, report),
        metadata=metadata if isinstance(metadata := lookup(declared, "metadata", "metadata"), dict) else None,
    )
    if not found.required and (refusal := found.refusal(found.default)):
        report(join(pointer, names["defaultvalue"]), f"`defaultValue`: {refusal}", found.hint(found.default))
    return found


def _allowed(declared: dict[str, Json], names: dict[str, str], kind: str, pointer: str, report: Report) -> tuple[Json, ...] | None:
    allowed = lookup(declared, "allowedValues", "allowedvalues")
    if allowed in (MISSING, None):
        return None
    place = join(pointer, names["allowedvalues"])
    if not isinstance(allowed, list):
        report(place, f"`allowedValues` is {kind_of(allowed)}, not an array", "")
        return None
    # Of an array they may be whole arrays, or what its members may be.
    for index, one in enumerate(allowed if kind not in {"", "array"} else ()):
        if not _FITS[kind](one):
            report(join(place, index), f"the allowed value is {kind_of(one)}; the parameter is declared as {_documented(kind)}", "")
    return tuple(allowed) or None


def _schema(declared: dict[str, Json], names: dict[str, str], kind: str, pointer: str, report: Report) -> Mapping[str, Json] | None:
    schema = lookup(declared, "schema", "schema")
    if schema in (MISSING, None):
        return None
    if kind != "object" or not isinstance(schema, dict):
        said = "takes an object" if kind == "object" else "stands beside the type Object only"
        report(join(pointer, names["schema"]), f"`schema` {said}", "")
        return None
    return schema


def _unwrapped(value: Json) -> Json:
    return next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 and next(iter(value)).lower() == "value" else value


class Binder:
    """Gives one evaluation its values; those of the last one are remembered, as an assignment judges many resources with them."""

    __slots__ = ("_counted", "_declared", "_defaults", "_last")

    def __init__(self, declared: Mapping[str, Declaration] | None, counted: Iterable[Iterations] = ()) -> None:
        self._declared = declared
        self._counted = tuple(counted)
        self._defaults = {name: one.default for name, one in (declared or {}).items() if not one.required}
        self._last: tuple[bytes, Mapping[str, Json]] | None = None

    def bind(self, given: Mapping[str, Json] | None) -> Mapping[str, Json]:
        """Return lowercase name -> value; raises `PolicyError` for values that are missing, not declared, not allowed or too many.

        `given` is `{"name": value}` or `{"name": {"value": value}}`, or a whole parameters file with either in its `parameters`.
        An object with the one member `value` is taken for a wrapped value. What is returned is never changed, by nobody.
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
        given = self._of_file(given)
        for name, value in given.items():
            values[str(name).lower()] = copy.deepcopy(_unwrapped(plain(value)))
        if self._declared is not None:
            problems += self._refusals(values, {str(name).lower(): str(name) for name in given})
        for iterations in self._counted:
            if refusal := iterations.refusal(values):
                problems.append(Problem(pointer=join("/parameters", self._name(iterations.parameters[-1], given)), message=refusal))
        if problems:
            raise PolicyError(tuple(problems))
        return values

    def _name(self, lower: str, given: Mapping[str, Json]) -> str:
        declared = (self._declared or {}).get(lower)
        return next((str(name) for name in given if str(name).lower() == lower), declared.name if declared else lower)

    def _of_file(self, given: Mapping[str, Json]) -> Mapping[str, Json]:
        """Return the values of a whole parameters file; any other object as it is."""
        inner = member(given, "parameters") if "parameters" not in (self._declared or {}) else None
        return inner if isinstance(inner, Mapping) and {str(name).lower() for name in given} <= _FILE else given

    def _refusals(self, values: Mapping[str, Json], given: Mapping[str, str]) -> list[Problem]:
        declared = self._declared or {}
        problems: list[Problem] = []
        for lower, name in given.items():
            if lower not in declared:
                hint = did_you_mean(name, [one.name for one in declared.values()])
                problems.append(Problem(pointer=join("/parameters", name), message=f"the parameter `{name}` is not declared", hint=hint))
            elif refusal := declared[lower].refusal(values[lower]):
                hint = declared[lower].hint(values[lower])
                problems.append(Problem(pointer=join("/parameters", name), message=f"`{name}`: {refusal}", hint=hint))
        for lower, one in declared.items():
            if one.required and lower not in given:
                problems.append(Problem(pointer=join("/parameters", one.name), message=f"the parameter `{one.name}` needs a value"))
        return problems
