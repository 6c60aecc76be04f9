"""Where what a report names is written: sources to look up, and `file:line` for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s2sguard.evaluate.verdict import Verdict
from s2sguard.model.inventory import Inventory, Source, fold_id
from s2sguard.report.interface import Report

RESOURCES = "/resources/"
"""In the pointer of everything that a template, a plan or a state writes, and in none of a listing."""


def sources_of(verdicts: Iterable[Verdict], inventory: Inventory) -> Iterator[Source]:
    """Yield each source once that a report of these verdicts points at.

    That is the source of each verdict that is no pass, and of the connections and the gateway that its packets take.
    """
    seen: set[Source] = set()
    for verdict in verdicts:
        if verdict.status == "pass":
            continue
        ids = [witness[end] for witness in verdict.witnesses for end in ("from", "to")]
        if ids and verdict.gateway is not None:
            ids.append(verdict.gateway)
        read = (inventory.get(resource_id) for resource_id in dict.fromkeys(ids))
        for source in (verdict.source, *(resource.source for resource in read if resource is not None)):
            if source is not None and source not in seen:
                seen.add(source)
                yield source


def sources_by_resource(report: Report) -> dict[str, Source]:
    """Return the source of every resource that was judged, by its folded id."""
    return {fold_id(verdict.resource): verdict.source for verdict in report.verdicts if verdict.source is not None}


def place_of(report: Report, source: Source | None) -> str:
    """Return `file:line` of a source, unescaped; empty when its line is not known."""
    position = None if source is None else report.positions.get(source)
    return "" if source is None or position is None else f"{source.file}:{position.line}"


def written_at(report: Report, sources: Iterable[Source | None]) -> list[str]:
    """Return `file:line`, unescaped and each once, of the sources that somebody wrote: in a template, a plan or a state.

    In a listing of what is deployed there is nothing to mend at that line, so its places are left out.
    """
    written = (source for source in sources if source is not None and (RESOURCES in source.pointer or source.line is not None))
    return list(dict.fromkeys(filter(None, (place_of(report, source) for source in written))))
