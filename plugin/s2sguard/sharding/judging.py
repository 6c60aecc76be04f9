"""One shard in one process: facts, verdicts and gaps, packed for whoever gathers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from s2sguard.collect.spool import Batch
from s2sguard.collect.spool.spool import Shard, SpoolReader
from s2sguard.collect.text import no_garbage
from s2sguard.evaluate import EngineName, evaluate_all, judge, load_pack, open_engine
from s2sguard.evaluate.interface import EngineInfo
from s2sguard.facts import FactsOptions, build_document
from s2sguard.facts.document import FactsDocument
from s2sguard.facts.estate import Doubts
from s2sguard.facts.gaps import ranked_gaps
from s2sguard.model.inventory import Gap, Inventory, SharedKey, Source, fold_id
from s2sguard.report.places import sources_of
from s2sguard.sharding.packing import Packed, pack, text_of

Keys: TypeAlias = tuple[SharedKey, ...]
Order: TypeAlias = tuple[int, int, int]
"""Rank, place of a resource in the whole inventory, number: what is sorted by this has the order of the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Everything about a run that a process needs to judge any shard of it; it can be sent to another process."""

    spool: Path
    options: FactsOptions
    doubts: Doubts
    engine: EngineName
    opa_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One subject of a facts document."""

    kind: str
    """The list of the document it stands in."""
    order: Order
    key: str
    """Its folded id."""
    text: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one shard came to."""

    packed: Packed
    facts: tuple[FactRow, ...]
    gaps: tuple[tuple[Order, Gap], ...]
    sources: tuple[Source, ...]
    """Where in its files a report may point."""
    engine: EngineInfo
    resources: int


class Judge:
    """Judges shards with one engine, opened once."""

    def __init__(self, assignment: Assignment) -> None:
        """Open spool and engine; raises `InputError`, `EvaluationError` or `UsageError`."""
        self._assignment = assignment
        self._controls = load_pack().controls
        self._spool = SpoolReader.open(assignment.spool)
        try:
            self._engine = open_engine(assignment.engine, opa_url=assignment.opa_url)
        except BaseException:
            self._spool.close()
            raise

    def judge(self, what: Batch | Keys) -> Outcome:
        """Judge one batch of a spool, or shared keys; raises `EvaluationError`."""
        with no_garbage():
            if isinstance(what, Batch):
                return self._judge(self._spool.shard(what), what.resources)
            return self._judge(Shard(inventory=Inventory((), shared_keys=what), places={}), 0)

    def close(self) -> None:
        """Release the engine and the spool."""
        self._engine.close()
        self._spool.close()

    def _judge(self, shard: Shard, resources: int) -> Outcome:
        inventory = shard.inventory
        facts = build_document(inventory, self._assignment.options, self._assignment.doubts)
        verdicts = judge(evaluate_all(self._engine, facts, self._controls), self._controls, facts, inventory)
        ranked = enumerate(ranked_gaps(inventory))
        return Outcome(
            packed=pack(verdicts, self._controls),
            facts=tuple(_fact_rows(facts, shard.places)),
            gaps=tuple(((rank, shard.places[fold_id(gap.resource or "")], number), gap) for number, (rank, gap) in ranked),
            sources=tuple(sources_of(verdicts, inventory)),
            engine=self._engine.info,
            resources=resources,
        )


def _fact_rows(facts: FactsDocument, places: dict[str, int]) -> Iterator[FactRow]:
    """Yield the subjects; a gateway stands where `facts.estate` would put it, and its connections follow it."""
    first: dict[str, int] = {}
    for connection in facts["connections"]:
        first.setdefault(connection["gateway"], places[fold_id(connection["id"])])
    orders: dict[str, tuple[int, int]] = {}
    for gateway in facts["gateways"]:
        key = fold_id(gateway["id"])
        adrift = gateway["id"].startswith("unknown:")
        order = (0, places[key]) if gateway["present"] else (2 if adrift else 1, first[gateway["id"]])
        orders[gateway["id"]] = order
        yield FactRow(kind="gateways", order=(*order, 0), key=key, text=text_of(gateway))
    for number, connection in enumerate(facts["connections"]):
        order = orders[connection["gateway"]]
        yield FactRow(kind="connections", order=(*order, number), key=fold_id(connection["id"]), text=text_of(connection))
    for site in facts["sites"]:
        key = fold_id(site["id"])
        yield FactRow(kind="sites", order=(0, places[key], 0), key=key, text=text_of(site))
    for number, shared in enumerate(facts["shared_keys"]):
        yield FactRow(kind="shared_keys", order=(0, 0, number), key=shared["id"], text=text_of(shared))
