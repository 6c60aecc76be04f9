"""Names of fields as a rule writes them: the ones conditions ask for, and the ones expressions read with `field()` and `current()`.

Nothing is compiled, so that a rule can be listed, or held against a catalogue, whatever else is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from s2sguard.azure_policy.language.text import join
from s2sguard.expression.compile import is_expression
from s2sguard.expression.interface import Dialect, ExpressionSyntaxError, Json
from s2sguard.expression.parse import Access, CallNode, Literal, Node, parse

_LIMITS: Final = Dialect(functions={})
_DEPLOYMENT: Final = "deployment"
"""What `deployIfNotExists` deploys: a template, in which `field` is anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One name at one place."""

    name: str
    """The field; of a computed one what is certain of it, as in `tags[parameters('trustTag')]`."""
    pointer: str
    """JSON pointer of the string that it stands in."""
    asked: bool = False
    """True for the `field` of a condition or count, false inside of an expression."""
    computed: bool = False
    """True where the name depends on parameters or on the resource."""


def written_names(value: Json, pointer: str = "") -> Iterator[Written]:
    """Yield every name in a rule or a part of it, in document order; `pointer` is that of `value`."""
    waiting: list[tuple[str, str, Json]] = [("", pointer, value)]
    while waiting:
        key, place, node = waiting.pop()
        if isinstance(node, Mapping):
            below = [(str(name).lower(), join(place, name), inner) for name, inner in node.items()]
            waiting.extend(reversed([each for each in below if each[0] != _DEPLOYMENT]))
        elif isinstance(node, list):
            waiting.extend(reversed([("", join(place, index), inner) for index, inner in enumerate(node)]))
        elif isinstance(node, str):
            yield from _of_text(node, place, asked=key == "field")


def written_fields(value: Json) -> tuple[str, ...]:
    """Return every name in a rule or a part of it, in document order, each once."""
    return tuple(dict.fromkeys(each.name for each in written_names(value)))


def _of_text(text: str, pointer: str, *, asked: bool) -> Iterator[Written]:
    if not is_expression(text):
        if asked:
            yield Written(name=text, pointer=pointer, asked=True)
        return
    try:
        tree = parse(text, max_depth=_LIMITS.max_depth, max_arguments=_LIMITS.max_arguments)
    except ExpressionSyntaxError:
        return
    if asked and (name := _computed(tree)):
        yield Written(name=name, pointer=pointer, asked=True, computed=True)
    for call in _calls(tree):
        argument = call.arguments[0] if call.arguments else None
        if isinstance(argument, Literal):
            # Inside of a value count `current` takes the name of the count; only an alias has a slash.
            if isinstance(argument.value, str) and (call.name == "field" or "/" in argument.value):
                yield Written(name=argument.value, pointer=pointer)
        elif argument is not None and call.name == "field" and (name := _computed(argument)):
            yield Written(name=name, pointer=pointer, computed=True)


def _calls(tree: Node) -> Iterator[CallNode]:
    """Yield the calls of `field` and `current` from left to right."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, CallNode):
            if node.name in {"field", "current"}:
                yield node
            waiting.extend(reversed(node.arguments))
        elif isinstance(node, Access):
            waiting += [node.key, node.base]


def _computed(node: Node) -> str:
    """Return a name that is put together, with `parameters('x')` where a parameter stands; empty for any other computation."""
    if isinstance(node, Literal):
        return str(node.value)
    if not isinstance(node, CallNode):
        return ""
    if node.name == "parameters" and len(node.arguments) == 1 and isinstance(node.arguments[0], Literal):
        return f"parameters('{node.arguments[0].value}')"
    return "".join(_computed(part) or "..." for part in node.arguments) if node.name == "concat" else ""
