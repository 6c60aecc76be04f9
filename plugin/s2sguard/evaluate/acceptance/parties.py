"""Who the other parties of a finding are: sets of parties as bit masks, read from the facts' groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import ConnectionFacts, FactsDocument, GatewayFacts
from s2sguard.facts.identity import party_label
from s2sguard.model.folding import fold
from s2sguard.model.inventory import fold_id

EXPOSURES: Final[Mapping[str, str]] = {"S2S-ISO-001": "two_way", "S2S-ISO-002": "one_way", "S2S-ISO-006": "to_internal"}
"""The controls whose findings are about pairs of parties, and the exposure that each one judges."""


OVERLAP: Final = "S2S-ISO-003"


class Parties:
    """The parties of one gateway: a mask is a set of places in `names`."""

    def __init__(self, gateway: GatewayFacts) -> None:
        self.gateway = gateway["id"]
        self.names: Sequence[str] = gateway.get("parties", ())
        """Owners, as the facts name them: tags, and folded site ids."""
        self.groups = [mask_of_runs(group) for group in gateway.get("party_groups", ())]
        self._by_owner: dict[str, int] = {}
        self._by_label: dict[str, set[str]] = {}
        for place, name in enumerate(self.names):
            if name:
                self._by_owner[name] = self._by_owner.get(name, 0) | 1 << place
                self._by_label.setdefault(fold(party_label(name)), set()).add(name)

    def owner(self, name: str) -> int:
        """Return the parties of an owner by its exact name; none where it is not on this gateway."""
        return self._by_owner.get(name, 0)

    def owners(self, names: Iterable[str]) -> int:
        """Return the parties of several owners."""
        mask = 0
        for name in names:
            mask |= self.owner(name)
        return mask

    def find(self, written: str) -> tuple[int, bool]:
        """Return the parties that a person means by a name, and whether the name stands for two owners, which is nobody."""
        exact = self.owner(fold(written)) or self.owner(fold_id(written))
        owners = self._by_label.get(fold(written), set())
        if len(owners) > 1 and not (exact and "/" in written):
            return 0, True
        return exact or self.owners(owners), False

    def names_of(self, mask: int) -> Iterator[str]:
        """Yield the names of a set."""
        for place, name in enumerate(self.names):
            if mask >> place & 1:
                yield name


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """The parties that one finding is about."""

    parties: Parties
    owner: str
    """Who owns the connection itself."""
    mask: int
    """The others."""
    groups: tuple[int, ...]
    """The groups of the facts they were read from."""


@dataclass(frozen=True, kw_only=True)
class Estate:
    """What acceptance needs of the facts, by folded id."""

    facts: FactsDocument
    _parties: dict[str, Parties] = field(default_factory=dict)

    @cached_property
    def _gateways(self) -> dict[str, GatewayFacts]:
        return {fold_id(gateway["id"]): gateway for gateway in self.facts["gateways"]}

    @cached_property
    def _connections(self) -> dict[str, ConnectionFacts]:
        return {fold_id(connection["id"]): connection for connection in self.facts["connections"]}

    def parties(self, gateway: str) -> Parties | None:
        """Return the parties of a gateway; None where it is not in the facts."""
        key = fold_id(gateway)
        if key not in self._parties and key in self._gateways:
            self._parties[key] = Parties(self._gateways[key])
        return self._parties.get(key)

    def problems(self, verdict: Verdict) -> int:
        """Return how many problems a finding is: its messages, or the partners whose ranges intersect, which one message counts."""
        if verdict.control_id == OVERLAP:
            connection = self._connections.get(fold_id(verdict.resource))
            overlap = connection.get("remote_overlap") if connection else None
            return overlap["count"] if overlap else 0
        return len(verdict.details)

    def doubt(self, verdict: Verdict) -> str:
        """Return why a finding about pairs may be about more of them than the facts say; empty where it is not."""
        connection = self._connections.get(fold_id(verdict.resource))
        return connection["unknown"].get(EXPOSURES[verdict.control_id], "") if connection else ""

    def others(self, verdict: Verdict) -> Others | None:
        """Return the other parties of a finding; None where it is not about pairs, or the facts do not say which: it is one whole then."""
        name = EXPOSURES.get(verdict.control_id)
        connection = self._connections.get(fold_id(verdict.resource)) if name else None
        parties = self.parties(connection["gateway"]) if connection else None
        if name is None or connection is None or parties is None or "party" not in connection:
            return None
        exposure = connection.get(name)
        if not isinstance(exposure, dict) or not exposure.get("groups"):
            return None
        owner, mask = parties.names[connection["party"]], 0
        for group in exposure["groups"]:
            mask |= parties.groups[group]
        mask &= ~parties.owner(owner)
        held = self._in_force(connection, name, parties.owner(owner))
        if mask.bit_count() != exposure["count"] or held is None:
            return None
        return Others(parties=parties, owner=owner, mask=mask | held, groups=tuple(exposure["groups"]))

    def _in_force(self, connection: ConnectionFacts, name: str, own: int) -> int | None:
        """Return the other parties that live SAs hold open to a connection; None where the facts do not name all of them.

        They may be others than the configured ones, which a waiver for those must not cover.
        """
        seen = connection.get("observed", {}).get(name)
        if not isinstance(seen, dict) or not seen["count"]:
            return 0
        mask = 0
        for witness in seen["witnesses"]:
            for end in (witness["from"], witness["to"]):
                other = self._connections.get(fold_id(end))
                mask |= 1 << other["party"] if other is not None and "party" in other else 0
        mask &= ~own
        return mask if mask.bit_count() == seen["count"] else None


def mask_of_runs(runs: Iterable[Sequence[int]]) -> int:
    """Return the set that a list of runs `[first, last]` stands for."""
    mask = 0
    for first, last in runs:
        mask |= ((1 << (last - first + 1)) - 1) << first
    return mask
