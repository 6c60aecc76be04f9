"""What one unit of work gave, before it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import NamedTuple

from s2sguard.collect.arm_resource import read_resource
from s2sguard.collect.azure.gaps import source_of
from s2sguard.collect.azure.kinds import Json
from s2sguard.collect.azure.references import Want
from s2sguard.collect.interface import Collected
from s2sguard.model.inventory import Gap, Resource


class Rank(IntEnum):
    """Which of two descriptions of one resource counts."""

    STAND_IN = 0
    """Not read: only that it exists is known."""
    SECOND_HAND = 1
    """From Resource Graph, which lags behind, or from inside its parent."""
    OWN = 2
    """Azure Resource Manager's answer about this very resource."""


class Ranked(NamedTuple):
    """A resource and where its description comes from."""

    resource: Resource
    rank: Rank


@dataclass(slots=True)
class Batch:
    """The resources and gaps of one unit of work, and what is to be read because of them."""

    resources: list[Ranked] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    wants: list[Want] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    """Keys of the wants of this unit that could not be read."""

    def amend(self, resource: Resource, name: str, value: object) -> None:
        """Add a property to a resource of this batch: what Azure keeps beside it, and the facts look for in it."""
        for index, ranked in enumerate(self.resources):
            if ranked.resource is resource:
                self.resources[index] = Ranked(replace(resource, properties={**resource.properties, name: value}), ranked.rank)

    def take(self, item: Json, rank: Rank) -> Resource | None:
        """Read an ARM resource, and its inline children, into this batch; None where it is no resource, which is a gap."""
        out = Collected()
        written = item.get("id")
        read_resource(item, source_of(written if isinstance(written, str) else ""), out)
        self.gaps += out.gaps
        for index, resource in enumerate(out.resources):
            self.resources.append(Ranked(resource, rank if index == 0 else min(rank, Rank.SECOND_HAND)))
        return out.resources[0] if out.resources else None
