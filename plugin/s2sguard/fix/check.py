"""The proof of a fix: patches applied to a copy of the inventory, facts and verdicts worked out again, compared with before.

A verdict rests on the facts of its subject alone (`evaluate.chunks`), so only subjects whose facts changed are judged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from s2sguard.evaluate import ControlResult, Engine, Pack, evaluate_all, judge
from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts import FactsOptions, build_document
from s2sguard.facts.build import document_of
from s2sguard.facts.document import ConnectionFacts, FactsDocument, GatewayFacts, PairCounts
from s2sguard.facts.estate import build_estate
from s2sguard.facts.read_connection import read_connection
from s2sguard.fix.model import Patch
from s2sguard.model.estate import Estate, Gateway, Site
from s2sguard.model.inventory import Inventory, Resource, fold_id

Failing = Mapping[str, Mapping[str, Verdict]]
"""Folded resource id -> control id -> verdict, for every verdict that is not a pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The estate after some patches, as far as it differs from before."""

    verdicts: Mapping[str, Mapping[str, Verdict]]
    """Folded id of every subject whose facts changed -> control id -> its verdict now, passes left out."""
    connections: Mapping[str, ConnectionFacts]
    """Facts now, of connections that changed."""
    pairs: Mapping[str, PairCounts]
    """Pairs of every gateway looked at, by folded id."""


NOTHING = Seen(verdicts={}, connections={}, pairs={})
"""What is seen when nothing is applied."""


class Checker:
    """Applies patches and judges again, against one baseline."""

    def __init__(self, inventory: Inventory, facts: FactsDocument, options: FactsOptions, engine: Engine, pack: Pack) -> None:
        self._inventory = inventory
        self._options = options
        self._engine = engine
        self._pack = pack
        self.estate: Estate = build_estate(inventory, options)
        self._sites: dict[str, Site] = {site.key: site for site in self.estate.sites}
        self._gateways = {connection.key: gateway for gateway in self.estate.gateways for connection in gateway.connections}
        self.connections: dict[str, ConnectionFacts] = {fold_id(one["id"]): one for one in facts["connections"]}
        self._gateway_facts: dict[str, GatewayFacts] = {fold_id(one["id"]): one for one in facts["gateways"]}

    def gateway_of(self, key: str) -> Gateway:
        """Return the gateway of a connection, by the connection's folded id."""
        return self._gateways[key]

    def alone(self, patch: Patch) -> Seen:
        """Return what changes when one patch is applied and nothing else: only its own gateway can."""
        gateway = self._gateways[patch.resource.key]
        patched = read_connection(patched_resource(patch), self._sites, self._options.identity)
        connections = tuple(patched if one.key == patch.resource.key else one for one in gateway.connections)
        estate = Estate(gateways=(replace(gateway, connections=connections),), sites=())
        return self._compared(document_of(estate, self._options))

    def together(self, patches: Iterable[Patch]) -> Seen:
        """Return what changes when all patches are applied to the inventory and it is read anew."""
        changed = {patch.resource.key: patched_resource(patch) for patch in patches}
        old = self._inventory
        inventory = Inventory(
            (changed.get(resource.key, resource) for resource in old.resources),
            old.gaps,
            old.ignored,
            answered=old.answered,
            shared_keys=old.shared_keys,
        )
        return self._compared(build_document(inventory, self._options))

    def _compared(self, document: FactsDocument) -> Seen:
        connections = [one for one in document["connections"] if one != self.connections.get(fold_id(one["id"]))]
        gateways = [one for one in document["gateways"] if one != self._gateway_facts.get(fold_id(one["id"]))]
        changed: FactsDocument = {**document, "connections": connections, "gateways": gateways, "sites": [], "shared_keys": []}
        results: Sequence[ControlResult] = evaluate_all(self._engine, changed, self._pack.controls)
        verdicts: dict[str, dict[str, Verdict]] = {fold_id(one["id"]): {} for one in (*connections, *gateways)}
        for verdict in judge(results, self._pack.controls, changed, self._inventory):
            if verdict.status != "pass":
                verdicts[fold_id(verdict.resource)][verdict.control_id] = verdict
        return Seen(
            verdicts=verdicts,
            connections={fold_id(one["id"]): one for one in connections},
            pairs={fold_id(one["id"]): one["pairs"] for one in document["gateways"] if "pairs" in one},
        )


def patched_resource(patch: Patch) -> Resource:
    """Return a connection with the patch applied: named members replaced, in whatever casing they are written, all others kept."""
    new = patch.properties
    names = {name.lower() for name in new}
    kept = {name: value for name, value in patch.resource.properties.items() if name.lower() not in names}
    return replace(patch.resource, properties=kept | new)
