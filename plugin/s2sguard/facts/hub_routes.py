"""Which connections of a virtual WAN get the routes of which others: the road between branches (azure.md 4.10).

A packet goes from connection a to connection b if the table a is associated with has b's prefixes, the WAN allows
branch-to-branch, and no routing intent takes private traffic away to a next hop that decides. What a firewall does is not known
from here: inspected is neither open nor closed. Connections with one routing are one class, so a thousand are one comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from s2sguard.facts.read_hub import (
    DEFAULT_LABEL,
    DEFAULT_TABLE,
    NONE_TABLE,
    Hub,
    Routing,
    Table,
    default_routing,
    read_table,
)
from s2sguard.model.address import ANY, AddressSet, union
from s2sguard.model.estate import Passage, Road
from s2sguard.model.inventory import Inventory
from s2sguard.model.value import Maybe, Unknown

_NOTHING = AddressSet()
_WORST = ("open", "unknown", "inspected", "closed")
_OTHER_DEFAULT = Unknown("no source says whether the default table of another hub gets what is propagated to that of one's own by id")


@dataclass(frozen=True, slots=True)
class Carriage:
    """What one table carries into connections of one routing."""

    state: Literal["open", "closed", "inspected", "unknown"]
    possible: AddressSet
    by: str
    """What makes it so, for people."""


class HubRoutes:
    """Answers for all hubs of an input."""

    def __init__(self, inventory: Inventory, hubs: Mapping[str, Hub]) -> None:
        """Take the hubs by folded id."""
        self._inventory = inventory
        self._hubs = hubs
        self._tables: dict[str, Table] = {}
        self._found: dict[tuple[Routing, str, str], Carriage] = {}

    def carries(self, routing: Routing, table: Maybe[str], hub: str) -> Carriage:
        """Return what a table of a hub carries into a connection with this routing."""
        if isinstance(table, Unknown):
            return Carriage("unknown", ANY, f"the table of a connection is unknown: {table.reason}")
        found = self._found.get((routing, table, hub))
        if found is None:
            found = self._found[routing, table, hub] = self._carriage(routing, self._table(table), self._hubs[routing.hub], self._hubs[hub])
        return found

    def _table(self, key: str) -> Table:
        if key not in self._tables:
            self._tables[key] = read_table(self._inventory, key)
        return self._tables[key]

    def _carriage(self, routing: Routing, table: Table, near: Hub, far: Hub) -> Carriage:
        if near.allows is False:
            return Carriage("closed", _NOTHING, f"virtual WAN {near.wan_name} does not allow branch-to-branch")
        unknown = [value for value in (near.allows, near.inspector, far.inspector) if isinstance(value, Unknown)]
        inspectors = [value for value in (near.inspector, far.inspector) if isinstance(value, str) and value]
        if inspectors:
            return Carriage("inspected", ANY, f"inspected: routing intent sends private traffic to {inspectors[0]}, whose rules decide")
        learns = propagates(routing, table)
        if isinstance(learns, Unknown) or (learns and unknown):
            reason = learns if isinstance(learns, Unknown) else unknown[0]
            return Carriage("unknown", ANY, reason.reason)
        if learns:
            return Carriage("open", ANY, f"branch-to-branch is allowed, and connections propagate to {table.name}")
        return self._static(table, unknown)

    def _static(self, table: Table, unknown: Sequence[Unknown]) -> Carriage:
        """Return what static routes carry where nothing is propagated: they lead to a firewall or an appliance."""
        if isinstance(table.statics, Unknown):
            return Carriage("unknown", ANY, f"{table.statics.reason}, and may have static routes")
        if unknown:
            return Carriage("unknown", ANY, unknown[0].reason)
        possible = union(addresses for addresses, _ in table.statics)
        if not possible:
            return Carriage("closed", _NOTHING, f"connections do not propagate to {table.name}")
        hops = ", ".join(dict.fromkeys(name for _, name in table.statics))
        return Carriage("inspected", possible, f"inspected: static routes of {table.name} lead to {hops}, whose rules decide")

    def passage(self, routing: Routing, tables: Iterable[tuple[Maybe[str], str]]) -> Passage:
        """Return what these tables, as (table, hub), together carry into a connection."""
        found = [self.carries(routing, *one) for one in tables]
        doubts = [one.by for one in found if one.state in {"unknown", "inspected"}]
        certain = all(one.state == "open" for one in found)
        possible = union(one.possible for one in found)
        if possible and not certain and not doubts:
            doubts = ["connections of the gateway are associated with different route tables"]
        by = "; ".join(dict.fromkeys(one.by for one in found if one.state in {"closed", "inspected"}))
        return Passage(certain=certain, possible=possible, doubt="" if certain or not possible else doubts[0], by=by)

    def road(self, routings: Sequence[Routing], hub: str) -> Maybe[Road]:
        """Return whether a hub carries packets between connections with these routings, or, without any, between usual ones."""
        routings = routings or (default_routing(hub),)
        found = [self.carries(one, table, hub) for one in dict.fromkeys(routings) for table in {two.associated for two in routings}]
        worst = min((one.state for one in found), key=_WORST.index)
        by = "; ".join(sorted({one.by for one in found if one.state == worst}))
        return Unknown(by) if worst == "unknown" else Road(state=worst, by=by)


def propagates(routing: Routing, table: Table) -> Maybe[bool]:
    """Say whether a table gets the routes of connections with this routing, by its id or by one of its labels."""
    if table.key.rsplit("/", 1)[-1] == NONE_TABLE:
        return False
    tables, labels = routing.tables, routing.labels
    if not isinstance(tables, Unknown) and table.key in tables:
        return True
    default = table.key.rsplit("/", 1)[-1] == DEFAULT_TABLE
    if not isinstance(labels, Unknown):
        known = frozenset[str]() if isinstance(table.labels, Unknown) else table.labels
        if labels & (known | ({DEFAULT_LABEL} if default else frozenset())):
            return True
        # `none` is the label of the tables that hold nothing.
        if labels - {"none"} and isinstance(table.labels, Unknown):
            return table.labels
    for value in (tables, labels):
        if isinstance(value, Unknown):
            return value
    own = default_routing(routing.hub).associated
    return _OTHER_DEFAULT if default and table.key != own and not isinstance(tables, Unknown) and own in tables else False
