"""What a declared resource is called: from `type`, `name` and `scope` to one id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from s2sguard.collect.arm_template.identifiers import identifier
from s2sguard.collect.arm_template.place import Text
from s2sguard.expression.partial import between_slashes, joined

_RESOURCE_GROUPS: Final = "microsoft.resources/resourcegroups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A resource's name in all its forms."""

    id: Text
    type: str
    name: Text
    """With the names of its parents: `gateway/rule`."""


def named(resource_type: str, name: Text, *, base: Text, parent: Named | None) -> Named:
    """Return what a resource is called that stands in a template, or among the `resources` of another one.

    `base` is the id of what it is deployed to, or of what it extends.
    """
    kind = resource_type.strip().strip("/")
    if parent is None:
        return _extension(kind, name, base) if _providers(kind) else _top(kind, name, base)
    lower, above = kind.lower(), parent.type.lower() + "/"
    if lower.startswith("providers/"):
        provider, *rest = segments(name, 2)
        return _top(f"{_plain(provider)}/{kind.partition('/')[2]}", _slashed(rest), parent.id)
    if lower.startswith(above) or "." not in lower.partition("/")[0]:
        whole = kind if lower.startswith(above) else f"{parent.type}/{kind}"
        levels = whole.count("/")
        own = segments(name, 0)
        full = name if len(own) == levels else joined([parent.name, "/", name])
        return Named(id=_child(parent, whole, own), type=whole, name=full)
    return _top(kind, name, parent.id)


def _child(parent: Named, whole: str, own: list[Text]) -> Text:
    """Return the id of a child below its parent's, whatever scope that has."""
    below = whole.split("/")[parent.type.count("/") + 1 :]
    names = own[-len(below) :] if len(own) >= len(below) else [*own, *["{name}"] * (len(below) - len(own))]
    parts: list[Text] = [parent.id]
    for kind, one in zip(below, names, strict=True):
        parts += ["/", kind, "/", one]
    return joined(parts, segments=True)


def _top(kind: str, name: Text, base: Text) -> Named:
    levels = kind.count("/")
    if kind.lower() == _RESOURCE_GROUPS:
        return Named(id=joined([base, "/resourceGroups/", name], segments=True), type=kind, name=name)
    return Named(id=identifier(base, kind, segments(name, levels)), type=kind, name=name)


def _extension(kind: str, name: Text, base: Text) -> Named:
    """Return the older form of an extension: `A/b/providers/c` with the name `b1/C/c1`."""
    parts_of_kind = kind.split("/")
    at = _providers(kind)
    outer, inner = "/".join(parts_of_kind[:at]), "/".join(parts_of_kind[at + 1 :])
    levels = outer.count("/")
    parts = segments(name, levels + 1 + inner.count("/") + 1)
    scope = identifier(base, outer, parts[:levels])
    return _top(f"{_plain(parts[levels])}/{inner}", _slashed(parts[levels + 1 :]), scope)


def _providers(kind: str) -> int:
    """Return where the type of an extension starts within that of what it extends: the place of `providers`; 0 for no extension."""
    return max((at for at, part in enumerate(kind.split("/")[:-1]) if part.lower() == "providers"), default=0)


def segments(name: Text, wanted: int) -> list[Text]:
    """Return the parts of a name between slashes: `wanted` of them where that can be made so.

    A name with too few parts and something unknown in it may hold the slashes there; its last part then stands for the rest.
    """
    parts = [joined(one) for one in between_slashes((name,) if isinstance(name, str) else name.parts)]
    while len(parts) < wanted:
        parts.append("{name}")
    if len(parts) > wanted > 0:
        parts = [*parts[: wanted - 1], _slashed(parts[wanted - 1 :])]
    return parts


def _slashed(parts: list[Text]) -> Text:
    return joined([piece for part in parts for piece in ("/", part)][1:])


def _plain(value: Text) -> str:
    return value if isinstance(value, str) else value.text
