"""Which other partners get the routes of a connection, on all hubs of a virtual WAN (S2S-VWN-002).

Who is associated with a table is one bit mask of parties, so a connection asks each table once and no pair is enumerated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from s2sguard.facts.hub_routes import HubRoutes
from s2sguard.facts.identity import party_label
from s2sguard.facts.masks import first_parties
from s2sguard.facts.read_hub import Hub, Routing
from s2sguard.model.estate import Connection, Learned
from s2sguard.model.value import Maybe, Unknown

MOST_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Route:
    """A connection with its routing, on its hub."""

    connection: Connection
    routing: Routing
    hub: Hub


@dataclass(frozen=True, slots=True)
class _Reach:
    """Parties that get the routes of one routing: surely, and if what is unknown turns out badly."""

    certain: int
    possible: int
    doubt: str


def learned_by(routes: Sequence[Route], roads: HubRoutes, unseen: Mapping[str, str]) -> dict[str, Learned]:
    """Return, per folded id of a connection, the other partners that get its routes.

    `unseen` says why a virtual WAN may have more connections than the input, by the folded id of the WAN.
    """
    by_wan: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        wan = route.hub.wan
        by_wan[wan if isinstance(wan, str) and wan else route.hub.key].append(route)
    found: dict[str, Learned] = {}
    for wan, members in by_wan.items():
        found.update(_Wan(members, roads, unseen.get(wan, "")).learned())
    return found


class _Wan:
    """The connections of one virtual WAN. A party is an owner; internal connections are none."""

    def __init__(self, routes: Sequence[Route], roads: HubRoutes, unseen: str) -> None:
        self._routes = routes
        self._roads = roads
        self._unseen = unseen
        numbers: dict[str, int] = {}
        self._labels: list[str] = []
        self._party: list[int] = []
        self._unsure = 0
        self._at: dict[tuple[Maybe[str], str], int] = defaultdict(int)
        for route in routes:
            connection = route.connection
            unsure = isinstance(connection.partner, Unknown)
            owner = f"?{connection.key}" if isinstance(connection.partner, Unknown) else connection.partner
            number = numbers.setdefault(owner, len(numbers))
            if number == len(self._labels):
                self._labels.append("a connection of unknown owner" if unsure else party_label(owner))
            self._party.append(number)
            bit = 1 << number
            if connection.trust != "internal":
                self._at[route.routing.associated, route.hub.key] |= bit
            if unsure or isinstance(connection.trust, Unknown):
                self._unsure |= bit
        self._hubs = {route.hub.key: route.hub.name for route in routes}
        self._reach: dict[Routing, _Reach] = {}

    def learned(self) -> dict[str, Learned]:
        """Return what every connection tells the others."""
        return {route.connection.key: self._of(route, number) for route, number in zip(self._routes, self._party, strict=True)}

    def _of(self, route: Route, number: int) -> Learned:
        reach = self._reach.get(route.routing)
        if reach is None:
            reach = self._reach[route.routing] = self._reached(route.routing)
        others = ~(1 << number)
        certain = reach.certain & others & ~self._unsure
        if self._unsure >> number & 1:
            certain = 0
        possible = (reach.certain | reach.possible) & others & ~certain
        doubt = (reach.doubt or "the owner of a connection is unknown") if possible else ""
        return Learned(
            count=certain.bit_count(),
            possible=possible.bit_count(),
            examples=tuple(self._example(route.routing, party) for party in first_parties(certain, MOST_EXAMPLES)),
            doubt="; ".join(part for part in (doubt, self._unseen) if part),
        )

    def _reached(self, routing: Routing) -> _Reach:
        certain = possible = 0
        doubt = ""
        for (table, hub), mask in self._at.items():
            found = self._roads.carries(routing, table, hub)
            if found.state == "open":
                certain |= mask
            elif found.possible:
                possible |= mask
                doubt = doubt or found.by
        return _Reach(certain, possible & ~certain, doubt)

    def _example(self, routing: Routing, party: int) -> str:
        hubs = [
            self._hubs[hub]
            for (table, hub), mask in self._at.items()
            if mask >> party & 1 and self._roads.carries(routing, table, hub).state == "open"
        ]
        return f"{self._labels[party]} on {', '.join(dict.fromkeys(hubs))}"
