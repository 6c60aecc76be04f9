"""What can be said at a glance of an object in a plan: which attributes count, and which values need no second look.

Most attributes of most resources are not set, and most that are hold a plain value of the documented type.
Both are told apart here without making a `Node` for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from s2sguard.collect.secrets import hidden_text
from s2sguard.collect.terraform.map import Attribute, Kind, Value
from s2sguard.collect.terraform.value import Node

_TYPES: Final[Mapping[Kind, frozenset[type]]] = {
    "text": frozenset({str}),
    "flag": frozenset({bool}),
    "number": frozenset({int, float}),
    "texts": frozenset({list}),
}
_NOTHING: Final[Mapping[str, object]] = {}


def counting(node: Node, fields: Mapping[str, Attribute]) -> Iterator[tuple[str, Attribute, object | None]]:
    """Yield the attributes that are set or left for later, in the order of their map, each with its `settled` value.

    A write-only one (`_wo`) has no value in a plan even where it is set.
    """
    if node.unknown is True:
        yield from ((name, attribute, None) for name, attribute in fields.items())
        return
    known = node.value if isinstance(node.value, dict) else _NOTHING
    unknown = node.unknown if isinstance(node.unknown, dict) else _NOTHING
    for name, attribute in fields.items():
        value, later = known.get(name), unknown.get(name)
        if value is not None or later is True or name.endswith("_wo"):
            yield name, attribute, settled(value, later, attribute.kind) if type(attribute) is Value else None


def settled(value: object, later: object, kind: Kind) -> object | None:
    """Return a value without secrets, if all of it is known and of the documented type; else None."""
    if type(value) not in _TYPES[kind]:
        return None
    if type(value) is list:
        # A list of texts comes with a list that has `false` for each.
        known = not later or (type(later) is list and len(later) <= len(value) and not any(later))
        return [hidden_text(text) for text in value] if known and all(type(text) is str for text in value) else None
    if later:
        return None
    return hidden_text(value) if type(value) is str else value


def beyond(node: Node, allowed: frozenset[str]) -> list[str]:
    """Return the names of an object that are not among the allowed ones, in order."""
    known = node.value if isinstance(node.value, dict) else _NOTHING
    later = node.unknown if isinstance(node.unknown, dict) else _NOTHING
    if known.keys() <= allowed and later.keys() <= allowed:
        return []
    return [name for name in node.names() if name not in allowed]
