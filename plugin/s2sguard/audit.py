"""The pipeline: inventory -> facts -> engine -> verdicts -> report."""

from __future__ import annotations

from collections.abc import Callable

from s2sguard.collect.text import no_garbage
from s2sguard.config.request import Progress, Request, inventory_of
from s2sguard.facts.document import FactsDocument
from s2sguard.model.inventory import Inventory
from s2sguard.report.interface import Report
from s2sguard.report.notes import notes_of

__all__ = ["Progress", "Request", "audit", "gather", "silent"]


def silent(_: str) -> None:
    """Report no progress."""


@no_garbage()
def gather(request: Request, progress: Progress = silent) -> tuple[Inventory, FactsDocument]:
    """Read the inventory and compute its facts; raises InputError when nothing can be read at all."""
    from s2sguard.facts import build_document

    progress("reading")
    inventory = inventory_of(request, progress)
    progress(f"computing the facts of {len(inventory.resources)} resources")
    return inventory, build_document(inventory, request.options)


@no_garbage()
def audit(request: Request, *, now: Callable[[], str], progress: Progress = silent) -> tuple[Inventory, Report]:
    """Run the whole pipeline; raises InputError or EvaluationError. `now` gives ISO 8601 times for the report."""
    from s2sguard.collect.positions import locate
    from s2sguard.config.accepted import given_by
    from s2sguard.config.running import run_of
    from s2sguard.evaluate.acceptance import accept
    from s2sguard.evaluate.judging import judge_all
    from s2sguard.facts import gaps_of
    from s2sguard.report.places import sources_of

    started, config = now(), request.config
    given = given_by(config)
    inventory, facts = gather(request, progress)
    judged = judge_all(facts, inventory, engine=config.engine, opa_url=config.opa_url, progress=progress)
    verdicts, accepted = accept(judged.verdicts, facts, given, request.today, judged.pack.controls)
    found = Report(
        run=run_of(request, judged.engine, judged.pack.digest, inventory.files, (started, now())),
        verdicts=verdicts,
        gaps=(*inventory.gaps, *gaps_of(inventory)),
        resources=inventory.count_by_type(),
        facts=facts,
        notes=(*config.remarks(), *accepted, *notes_of(inventory, facts)),
        controls=judged.pack.controls,
        positions=locate(sources_of(verdicts, inventory)),
        answered=inventory.answered,
        fail_on=config.fail_on,
        fail_on_unknown=config.fail_on_unknown,
        fail_on_gap=config.fail_on_gap,
    )
    return inventory, found
