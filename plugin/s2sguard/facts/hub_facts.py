"""Facts about virtual hubs, as they stand in the facts document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class LearnedFacts(TypedDict):
    """Other partners of a virtual WAN, on any of its hubs, that get the routes of a connection. Absent for one outside virtual WAN."""

    count: int
    possible: int
    """Further ones, if what is unknown turns out badly."""
    examples: list[str]
    """Up to ten, as `partner on hub`."""


class HubFacts(TypedDict):
    """The virtual hub a gateway stands in."""

    id: str
    name: str
    wan: NotRequired[str]


class RoadFacts(TypedDict):
    """Whether a virtual hub carries packets from branch to branch; inspected means that the rules of a firewall decide."""

    state: Literal["open", "closed", "inspected"]
    by: str
    """What makes it so: the virtual WAN, route tables, or routing intent."""


class FirewallPairFacts(TypedDict):
    """What the firewall of a hub does with packets between two partners, either way, by its network rules."""

    partners: list[str]
    firewall: str
    state: Literal["denied", "allowed", "unknown"]
    by: str
    """The rule that lets them pass, or may; or why nothing does."""
