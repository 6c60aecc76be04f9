"""One facts document through an engine: in pieces the engine can take, and back together.

Every subject of a facts document is judged by its own facts alone, so how a document is cut changes no verdict.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from s2sguard.errors import EngineError
from s2sguard.evaluate.interface import ControlResult, Engine
from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.results import DEFECT_HINT, spelled
from s2sguard.evaluate.schema import validate
from s2sguard.evaluate.verdict import Control
from s2sguard.facts.document import ConnectionFacts, FactsDocument, GatewayFacts, SiteFacts
from s2sguard.facts.key_facts import SharedKeyFacts

Progress = Callable[[int, int], None]
"""Called after each chunk with subjects done and subjects in all."""


def chunks(document: FactsDocument, size: int) -> Iterator[FactsDocument]:
    """Yield documents with at most `size` subjects (gateways, connections, sites and shared keys together) that make up `document`.

    Each carries version, date, settings and assumptions. There is at least one, so that an empty estate is evaluated as well.
    """
    gateways, connections, sites = document["gateways"], document["connections"], document["sites"]
    before_keys = len(gateways) + len(connections) + len(sites)
    total = before_keys + len(document["shared_keys"])
    for start in range(0, max(total, 1), size):
        yield {
            **document,
            "gateways": cast("list[GatewayFacts]", _slice(gateways, start, size)),
            "connections": cast("list[ConnectionFacts]", _slice(connections, start - len(gateways), size)),
            "sites": cast("list[SiteFacts]", _slice(sites, start - len(gateways) - len(connections), size)),
            "shared_keys": cast("list[SharedKeyFacts]", _slice(document["shared_keys"], start - before_keys, size)),
        }


def evaluate_all(
    engine: Engine,
    document: FactsDocument,
    controls: Sequence[Control] | None = None,
    *,
    progress: Progress | None = None,
) -> list[ControlResult]:
    """Return what every control says about the whole document, sorted by control id.

    `controls` are those of the engine's pack (default: the shipped one).
    Raise `EngineError` when a control says nothing, is not known, or names a subject that it does not apply to or that does not exist;
    with `S2SGUARD_DEBUG=1` also when the document breaks its schema.
    """
    if os.environ.get("S2SGUARD_DEBUG") == "1":
        validate(document)
    known = {control.id for control in (load_pack().controls if controls is None else controls)}
    merged = {name: ControlResult(control=name, applies=[], deny=[], warn=[]) for name in sorted(known)}
    total, done = _size(document), 0
    for chunk in chunks(document, engine.chunk_size):
        results = engine.evaluate(spelled(chunk))
        _check_controls({result["control"] for result in results}, known)
        ids = {subject["id"] for subject in (*chunk["gateways"], *chunk["connections"], *chunk["sites"], *chunk["shared_keys"])}
        for result in results:
            _check_resources(result, ids)
            _extend(merged[result["control"]], result)
        done += _size(chunk)
        if progress is not None:
            progress(done, total)
    return list(merged.values())


def _slice(subjects: Sequence[object], start: int, size: int) -> list[object]:
    return list(subjects[max(start, 0) : max(start + size, 0)])


def _size(document: FactsDocument) -> int:
    return len(document["gateways"]) + len(document["connections"]) + len(document["sites"]) + len(document["shared_keys"])


def _extend(whole: ControlResult, part: ControlResult) -> None:
    whole["applies"].extend(part["applies"])
    whole["deny"].extend(part["deny"])
    whole["warn"].extend(part["warn"])


def _check_controls(found: set[str], known: set[str]) -> None:
    for name in sorted(known - found):
        raise EngineError(f"control {name} gave no result", hint=DEFECT_HINT)
    if found - known:
        raise EngineError("a result belongs to no control of the policy pack", hint=DEFECT_HINT)


def _check_resources(result: ControlResult, ids: set[str]) -> None:
    applies = set(result["applies"])
    if not applies <= ids:
        raise EngineError(f"control {result['control']} applies to something that is not in the facts", hint=DEFECT_HINT)
    for finding in (*result["deny"], *result["warn"]):
        resource = finding.get("resource")
        if not isinstance(resource, str) or resource not in applies:
            raise EngineError(f"control {result['control']} has a finding about something it does not apply to", hint=DEFECT_HINT)
