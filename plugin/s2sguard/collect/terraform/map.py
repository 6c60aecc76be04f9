"""The vocabulary of the attribute maps: how one Terraform attribute becomes one ARM property.

The maps themselves are data: `map_vpn`, `map_network` and `map_wan`.
Only what they name is ever read, so keys and certificates cannot slip in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

Path: TypeAlias = tuple[str, ...]
"""Names from an object down, in ARM's spelling."""

Kind: TypeAlias = Literal["text", "flag", "number", "texts"]


@dataclass(frozen=True, slots=True)
class Value:
    """A plain value. `assigned` means Azure chooses it: while unknown it is `Unknown`, never the provider's default."""

    path: Path
    kind: Kind
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class Negated:
    """A flag that ARM writes the other way round."""

    path: Path


@dataclass(frozen=True, slots=True)
class Reference:
    """The id of another resource; ARM wraps it as `{"id": ...}` unless it is `bare`."""

    path: Path
    types: tuple[str, ...]
    """ARM types it may lead to. Empty: any id, never followed."""
    bare: bool = False


@dataclass(frozen=True, slots=True)
class References:
    """A set of ids, `[{"id": ...}]` in ARM."""

    path: Path
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Nested blocks. `many` gives an array of objects, otherwise the only block's properties are laid at `path`."""

    path: Path
    fields: Mapping[str, Attribute]
    many: bool = True
    ignored: frozenset[str] = frozenset()
    allowed: frozenset[str] = field(init=False)
    """All attributes that are known here."""

    def __post_init__(self) -> None:
        """Put together once what every block is held against."""
        object.__setattr__(self, "allowed", self.ignored.union(self.fields))


Attribute: TypeAlias = Value | Negated | Reference | References | Block


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentByName:
    """A parent that Terraform names instead of giving its id (`virtual_network_name` with `resource_group_name`)."""

    attribute: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentById:
    """A parent given by its id."""

    attribute: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """Blocks that are child resources in ARM (`subnet` in a virtual network)."""

    attribute: str
    type: str
    fields: Mapping[str, Attribute]
    """What the block holds besides `name` and `id`."""
    ignored: frozenset[str] = frozenset()

    @property
    def allowed(self) -> frozenset[str]:
        """All attributes that are known here."""
        return self.ignored.union(self.fields, ("name", "id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeMap:
    """One Terraform resource type in ARM's terms."""

    type: str
    """ARM type."""
    fields: Mapping[str, Attribute]
    ignored: frozenset[str] = frozenset()
    """Attributes that say nothing about isolation, and secrets."""
    parent: ParentByName | ParentById | None = None
    inline: tuple[Inline, ...] = ()
    strict: bool = False
    """An attribute in neither the map nor `ignored` is a gap: it could change what a connection carries."""
    constants: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Properties that the Terraform type itself implies."""
    allowed: frozenset[str] = field(init=False)
    """All attributes that are known here."""

    def __post_init__(self) -> None:
        """Put together once what every resource is held against."""
        object.__setattr__(self, "allowed", self.ignored.union(self.fields, (inline.attribute for inline in self.inline)))


COMMON = frozenset({"id", "name", "resource_group_name", "location", "tags", "timeouts", "edge_zone", "zones", "etag"})
"""Attributes every type has, read elsewhere or without meaning here."""


def text(*path: str) -> Value:
    """Map a string."""
    return Value(path, "text")


def texts(*path: str) -> Value:
    """Map a list or set of strings."""
    return Value(path, "texts")


def flag(*path: str) -> Value:
    """Map a boolean."""
    return Value(path, "flag")


def number(*path: str) -> Value:
    """Map a number."""
    return Value(path, "number")


def assigned(*path: str) -> Value:
    """Map a string that Azure chooses, such as a private address."""
    return Value(path, "text", assigned=True)


def reference(*path: str, to: str | tuple[str, ...] = ()) -> Reference:
    """Map an id to a `{"id": ...}` object."""
    return Reference(path, (to,) if isinstance(to, str) else to)


def bare_reference(*path: str, to: str | tuple[str, ...] = ()) -> Reference:
    """Map an id to a plain string."""
    return Reference(path, (to,) if isinstance(to, str) else to, bare=True)
