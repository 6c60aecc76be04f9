"""The pipeline shard by shard: the same report as `audit.audit`, from memory that grows with the largest gateway."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from s2sguard.audit import silent
from s2sguard.collect.positions import locate
from s2sguard.collect.spool import Batch, Spool, read_into
from s2sguard.collect.spool.spool import TOGETHER
from s2sguard.config.accepted import given_by
from s2sguard.config.request import Progress, Request, inventory_of
from s2sguard.config.running import run_of
from s2sguard.errors import EvaluationError
from s2sguard.evaluate import load_pack
from s2sguard.evaluate.acceptance import Given, accept
from s2sguard.evaluate.interface import EngineInfo
from s2sguard.facts.estate import doubts_of
from s2sguard.facts.links import clues_of
from s2sguard.model.inventory import Gap, Position, Source
from s2sguard.report.interface import Report
from s2sguard.report.notes import remarks_on
from s2sguard.sharding.judging import Assignment, Keys, Order
from s2sguard.sharding.results import Results
from s2sguard.sharding.workers import outcomes

Times: TypeAlias = tuple[str, Callable[[], str]]
"""When a run started, and what tells the time at its end, both ISO 8601."""


@contextmanager
def audit_in_shards(request: Request, *, now: Callable[[], str], progress: Progress = silent, jobs: int = 1) -> Iterator[Report]:
    """Run the whole pipeline over `jobs` processes; raises InputError or EvaluationError.

    The report reads from files that are removed when the context ends.
    """
    started, given = now(), given_by(request.config)
    with _enough_room(), Spool(clues_of) as spool:
        progress("reading")
        if request.in_pieces:
            read_into(spool, request.paths, input_format=request.input_format, deployment=request.deployment)
        else:
            spool.fill(inventory_of(request, progress))
        with judge_spool(spool, request, given, times=(started, now), progress=progress, jobs=jobs) as report:
            yield report


@contextmanager
def judge_spool(
    spool: Spool, request: Request, given: Given, *, times: Times, progress: Progress = silent, jobs: int = 1
) -> Iterator[Report]:
    """Judge a finished spool, whoever filled it; raises EvaluationError. The report is good until the context ends.

    `given` is what somebody accepted (`config.accepted.given_by`).
    """
    results = Results(Path(spool.folder, "results.db"), load_pack().controls)
    try:
        gathered = _gather(spool, results, request, progress, jobs)
        results.finish()
        yield _report(spool, results, gathered, request, given, times)
    finally:
        results.close()


@contextmanager
def _enough_room() -> Iterator[None]:
    """Turn what a database says of a full or a vanished disk into an error for people."""
    try:
        yield
    except sqlite3.Error:
        text = f"the temporary folder `{tempfile.gettempdir()}` cannot hold this run"
        raise EvaluationError(text, hint="free space there, about three times the size of the input, or set TMPDIR") from None


@dataclass(slots=True)
class _Gathered:
    """What of all shards stays in memory: it is in the report, or small."""

    gaps: list[tuple[Order, Gap]] = field(default_factory=list)
    engine: EngineInfo = field(default_factory=lambda: EngineInfo(name="", version=""))


def _gather(spool: Spool, results: Results, request: Request, progress: Progress, jobs: int) -> _Gathered:
    options = request.options
    resources = spool.count_by_type()
    total = sum(resources.values())
    progress(f"computing the facts of {total} resources")
    assignment = Assignment(
        spool=spool.path,
        options=options,
        doubts=doubts_of(spool.suspects(), options, resources),
        engine=request.config.engine,
        opa_url=request.config.opa_url,
    )
    gathered, done = _Gathered(), 0
    for outcome in outcomes(assignment, _tasks(spool), jobs):
        results.add(outcome)
        gathered.gaps += outcome.gaps
        gathered.engine = outcome.engine
        done += outcome.resources
        progress(f"judging {done} of {total}")
    return gathered


def _tasks(spool: Spool) -> Iterator[Batch | Keys]:
    """Yield the shared keys first, also when there are none: an empty estate is evaluated as well."""
    yield tuple(spool.shared_keys)
    yield from spool.batches(TOGETHER)


def _report(spool: Spool, results: Results, gathered: _Gathered, request: Request, given: Given, times: Times) -> Report:
    config, pack = request.config, load_pack()
    facts = results.facts(request.options)
    verdicts, accepted = accept(results.verdicts(), facts, given, request.today, pack.controls)
    resources = spool.count_by_type()
    return Report(
        run=run_of(request, gathered.engine, pack.digest, dict.fromkeys(spool.files), (times[0], times[1]())),
        verdicts=verdicts,
        gaps=(*spool.gaps, *(gap for _, gap in sorted(gathered.gaps, key=lambda found: found[0]))),
        resources=resources,
        facts=facts,
        notes=(*config.remarks(), *accepted, *remarks_on(sum(resources.values()), spool.ignored, facts)),
        controls=pack.controls,
        positions=_positions(results),
        answered=spool.answered,
        fail_on=config.fail_on,
        fail_on_unknown=config.fail_on_unknown,
        fail_on_gap=config.fail_on_gap,
    )


def _positions(results: Results) -> dict[Source, Position]:
    """Return where things stand in those files that are still there; one file is read at a time."""
    found: dict[Source, Position] = {}
    for sources in results.sources():
        found.update(locate(sources))
    return found
