"""Where the value of an expression in an ARM template comes from, as far as its secrecy goes.

This follows names and evaluates nothing: whether a key is a secret is decided by what goes into it,
and the answer has to hold for every set of parameter values.
Sources: Microsoft Learn, "Parameters in ARM templates" (secure strings are not kept), "Deployment history", "Template functions".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from s2sguard.collect.shared_keys.handling import DERIVED, Judged, clear, judge_text, mixed, protected, unknown, worst
from s2sguard.expression.interface import ExpressionSyntaxError
from s2sguard.expression.parse import CallNode, Literal, Node, parse
from s2sguard.model.members import member
from s2sguard.model.pointer import pointer_to

Step: TypeAlias = str | int | None
"""One step into an object or an array; None is any element."""
Path: TypeAlias = tuple[Step, ...]

_DEEPEST: Final = 40
_MAX_DEPTH: Final = 100
_MAX_ARGUMENTS: Final = 400
_SECURE: Final = frozenset({"securestring", "secureobject"})
_SAME: Final = frozenset({"string", "trim", "tolower", "toupper", "json", "array", "base64", "base64tostring"})
"""Functions whose result says as much as their argument."""
_CHOICES: Final = frozenset({"coalesce", "first", "last", "min", "max"})
_TOO_DEEP: Final = "its expression refers to too many others to follow"
_NOT_SECURE: Final = "is not secure, so Azure keeps its value in the deployment history"


@dataclass(slots=True)
class Scope:
    """The names an expression can refer to: one template, or a nested one with inner scope."""

    pointer: str
    parameters: Mapping[str, tuple[str, Mapping[str, object]]]
    """Folded name -> pointer and definition."""
    variables: Mapping[str, tuple[str, object]]
    definitions: Mapping[str, object]
    used: set[str] = field(default_factory=set)
    """Parameters that were followed."""
    paths: set[tuple[str, Path]] = field(default_factory=set)
    """The same, each with the way into its value."""
    seen: set[str] = field(default_factory=set)
    """Variables that were followed."""
    known: dict[tuple[str, Path], list[Judged]] = field(default_factory=dict)
    """Answers for variables, so that a web of them is walked once."""


def scope_of(template: Mapping[str, object], pointer: str) -> Scope:
    """Return the scope that a template opens."""
    parameters: dict[str, tuple[str, Mapping[str, object]]] = {}
    for name, definition in _items(member(template, "parameters")):
        parameters[name.lower()] = (pointer_to(pointer, "parameters", name), definition if isinstance(definition, Mapping) else {})
    variables: dict[str, tuple[str, object]] = {}
    for name, value in _items(member(template, "variables")):
        at = pointer_to(pointer, "variables", name)
        if name.lower() == "copy" and isinstance(value, list):
            variables |= dict(_copies(value, at))
        else:
            variables[name.lower()] = (at, value)
    definitions = member(template, "definitions")
    return Scope(
        pointer=pointer,
        parameters=parameters,
        variables=variables,
        definitions=definitions if isinstance(definitions, Mapping) else {},
    )


def judge(value: object, scope: Scope, path: Path = (), *, at: str = "", name: str = "", depth: int = 0) -> list[Judged]:
    """Return how a key given by this value is handled, an empty list where there is none.

    `path` leads into the value first; `at` and `name` are set where the value is not the place of the key itself.
    """
    if depth > _DEEPEST:
        return [unknown(_TOO_DEEP)]
    if isinstance(value, str) and value[:1] == "[" and value[:2] != "[[" and value[-1:] == "]":
        try:
            node = parse(value, max_depth=_MAX_DEPTH, max_arguments=_MAX_ARGUMENTS)
        except ExpressionSyntaxError:
            return [unknown("its expression cannot be read")]
        return _located(_node(node, scope, path, depth), at, name)
    if path:
        return _inside(value, scope, path, at=at, name=name, depth=depth)
    if isinstance(value, str):
        judged = judge_text(value[1:] if value[:2] == "[[" else value)
        return _located([judged], at, name) if judged is not None else []
    if value is None:
        return []
    if isinstance(value, bool | Mapping | list):
        return [unknown("its value is no text")]
    return _located([clear("it is written here")], at, name)


def _located(found: list[Judged], at: str, name: str) -> list[Judged]:
    """Return the answers with the place of what is at fault, unless a deeper one is known."""
    return [one if one.at or not at else Judged(handling=one.handling, how=one.how, at=at, name=name) for one in found]


def _inside(value: object, scope: Scope, path: Path, *, at: str, name: str, depth: int) -> list[Judged]:
    """Go one step into an object or an array that is written out."""
    step, rest = path[0], path[1:]
    chosen: list[tuple[str | int, object]] = []
    if isinstance(value, Mapping):
        chosen = [(key, found) for key, found in _items(value) if step is None or key.lower() == str(step).lower()]
    elif isinstance(value, list):
        chosen = [(index, found) for index, found in enumerate(value) if not isinstance(step, int) or step in {index, index - len(value)}]
    answers = [one for key, found in chosen for one in judge(found, scope, rest, at=at and pointer_to(at, key), name=name, depth=depth + 1)]
    return worst(answers)


def _node(node: Node, scope: Scope, path: Path, depth: int) -> list[Judged]:
    if isinstance(node, Literal):
        return judge(node.value if not isinstance(node.value, str) or node.value[:1] != "[" else "[" + node.value, scope, depth=depth + 1)
    if not isinstance(node, CallNode):
        step = node.key.value if isinstance(node.key, Literal) and isinstance(node.key.value, str | int) else None
        return _node(node.base, scope, (step, *path), depth + 1)
    if depth > _DEEPEST:
        return [unknown(_TOO_DEEP)]
    return _call(node, scope, path, depth + 1)


def _call(node: CallNode, scope: Scope, path: Path, depth: int) -> list[Judged]:
    first = node.arguments[0] if node.arguments else None
    named = first.value if isinstance(first, Literal) and isinstance(first.value, str) else None
    if node.name == "parameters" and named is not None:
        return _parameter(named, scope, path, depth)
    if node.name == "variables" and named is not None:
        return _variable(named, scope, path, depth)
    if node.name == "if":
        return worst([one for argument in node.arguments[1:] for one in _node(argument, scope, path, depth)])
    if node.name == "tryget" and first is not None:
        return _node(first, scope, (*(_step(argument) for argument in node.arguments[1:]), *path), depth)
    if node.name in {"null", "newguid", "reference"} or node.name.startswith("list"):
        return _asked(node.name, path)
    return _worked_out(node, scope, path, depth)


def _asked(function: str, path: Path) -> list[Judged]:
    """Return the answer for a value that is not in the template at all."""
    if function == "null":
        return []
    if function == "newguid":
        return [protected("it is made at random for each deployment")]
    if function == "reference" and path[:1] and str(path[0]).lower() == "outputs":
        return [unknown("it comes from the outputs of another deployment, which keeps them unless they are secure")]
    return [protected("Azure is asked for it when the template is deployed")]


def _worked_out(node: CallNode, scope: Scope, path: Path, depth: int) -> list[Judged]:
    """Return the answer for a function of other values."""
    first = node.arguments[0] if node.arguments else None
    if node.name in _SAME and first is not None:
        return _node(first, scope, path, depth)
    if node.name in _CHOICES:
        inner = (None, *path) if node.name in {"first", "last"} else path
        return worst([one for argument in node.arguments for one in _node(argument, scope, inner, depth)])
    parts = [one for argument in node.arguments for one in _node(argument, scope, (), depth)]
    return mixed(parts) or [clear(DERIVED)]


def _step(node: Node) -> Step:
    return node.value if isinstance(node, Literal) and isinstance(node.value, str | int) else None


def _parameter(name: str, scope: Scope, path: Path, depth: int) -> list[Judged]:
    scope.used.add(name.lower())
    scope.paths.add((name.lower(), path))
    at, definition = scope.parameters.get(name.lower(), ("", None))
    if definition is None:
        return [unknown("it refers to a parameter that the template does not have")]
    label = f"parameter {name}"
    secure = _is_secure(definition, scope.definitions, path)
    if secure is None:
        return [unknown(f"the type of {label} cannot be read")]
    if not secure:
        return [clear(f"{label} {_NOT_SECURE}", at=at, name=label)]
    default = pointer_to(at, "defaultValue")
    given = judge(member(definition, "defaultValue"), scope, path, at=default, name=f"default of {label}", depth=depth)
    if any(one.handling == "clear-text" for one in given):
        how = f"{label} is secure, but its default {{}}"
        return [
            clear(
                how.format("can be worked out by anybody" if one.how == DERIVED else "is written in the template"), at=one.at, name=one.name
            )
            for one in given
            if one.handling == "clear-text"
        ]
    return [protected(f"{label} is secure")]


def _is_secure(definition: Mapping[str, object], definitions: Mapping[str, object], path: Path) -> bool | None:
    """Say whether a type, or the member of it that `path` leads to, is secure; None where that cannot be told."""
    current: object = definition
    for _ in range(_DEEPEST):
        reference = member(current, "$ref")
        if isinstance(reference, str):
            current = member(definitions, reference.rpartition("/")[2]) if reference.startswith("#/definitions/") else None
            continue
        kind = member(current, "type")
        if not isinstance(kind, str):
            return None
        if kind.lower() in _SECURE:
            return True
        if not path:
            return False
        inner = member(member(current, "properties"), str(path[0])) or member(current, "additionalProperties") or member(current, "items")
        if not isinstance(inner, Mapping):
            return False
        current, path = inner, path[1:]
    return None


def _variable(name: str, scope: Scope, path: Path, depth: int) -> list[Judged]:
    scope.seen.add(name.lower())
    if name.lower() not in scope.variables:
        return [unknown("it refers to a variable that the template does not have")]
    if (name.lower(), path) not in scope.known:
        at, value = scope.variables[name.lower()]
        # Until it is known, so that a circle of variables ends.
        scope.known[name.lower(), path] = [unknown("a variable refers to itself")]
        scope.known[name.lower(), path] = judge(value, scope, path, at=at, name=f"variable {name}", depth=depth)
    return scope.known[name.lower(), path]


def _copies(value: list[object], at: str) -> list[tuple[str, tuple[str, object]]]:
    """Return the variables that a `copy` makes; each element is its input."""
    found: list[tuple[str, tuple[str, object]]] = []
    for index, one in enumerate(value):
        name = member(one, "name")
        if isinstance(name, str):
            found.append((name.lower(), (pointer_to(at, index), [member(one, "input")])))
    return found


def _items(value: object) -> list[tuple[str, object]]:
    return [(key, found) for key, found in value.items() if isinstance(key, str)] if isinstance(value, Mapping) else []
