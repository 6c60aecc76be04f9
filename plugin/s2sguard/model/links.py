"""What one resource says of others: enough to tell which resources have to be judged together, without keeping them all in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

LinkKind: TypeAlias = Literal["child", "joins", "lies", "peers", "uses"]
"""`child` names the parent; `joins` is a reference that facts follow between subjects; `lies` is the network something stands in;
`peers` is the network at the other end of a peering; `uses` is what shapes a network, such as a route table.

The first three make one shard of both ends. What the last two lead to is only looked at, by as many shards as need it.
"""


@dataclass(frozen=True, slots=True)
class Link:
    """One reference of a resource."""

    kind: LinkKind
    target: str
    """The folded id it refers to, whether or not the input holds it."""


@dataclass(frozen=True, slots=True)
class Clues:
    """Everything about one resource that decides how an inventory is cut."""

    links: tuple[Link, ...] = ()
    suspect: bool = False
    """It may put every gateway of the input in doubt, so it is looked at before any shard is judged."""
    indivisible: bool = False
    """It may be part of any gateway, because an id is only known in parts: the input cannot be cut at all."""
