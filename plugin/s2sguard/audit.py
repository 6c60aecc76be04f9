"""The pipeline: inventory -> facts -> engine -> verdicts -> report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from s2sguard import __version__
from s2sguard.collect.interface import InputFormat
from s2sguard.collect.text import no_garbage
from s2sguard.config import Config
from s2sguard.facts.document import FactsDocument
from s2sguard.model.inventory import Inventory
from s2sguard.report.interface import Report, Run
from s2sguard.report.notes import notes_of

Progress: TypeAlias = Callable[[str], None]
"""Takes one short line about what is going on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to audit, and by which rules."""

    paths: tuple[str, ...]
    """Files and folders; `-` is standard input. All of them are one inventory."""
    input_format: InputFormat
    overlay: str | None
    """An inventory to lay the paths over (`--with`)."""
    config: Config
    today: date

    @property
    def inputs(self) -> tuple[str, ...]:
        """Everything that is read, as it was named."""
        return self.paths if self.overlay is None else (*self.paths, self.overlay)


def silent(_: str) -> None:
    """Report no progress."""


@no_garbage()
def gather(request: Request, progress: Progress = silent) -> tuple[Inventory, FactsDocument]:
    """Read the inventory and compute its facts; raises InputError when nothing can be read at all."""
    from s2sguard.collect import read_inventory
    from s2sguard.facts import build_document

    progress("reading")
    overlay = () if request.overlay is None else (request.overlay,)
    inventory = read_inventory(request.paths, input_format=request.input_format, overlay=overlay)
    progress(f"computing the facts of {len(inventory.resources)} resources")
    return inventory, build_document(inventory, request.config.facts_options(request.today))


@no_garbage()
def audit(request: Request, *, now: Callable[[], str], progress: Progress = silent) -> tuple[Inventory, Report]:
    """Run the whole pipeline; raises InputError or EvaluationError. `now` gives ISO 8601 times for the report."""
    from s2sguard.evaluate import evaluate_all, judge, load_pack, open_engine
    from s2sguard.facts import gaps_of

    started = now()
    inventory, facts = gather(request, progress)
    pack = load_pack()
    progress("opening the engine")
    engine = open_engine(request.config.engine, opa_url=request.config.opa_url)
    try:
        results = evaluate_all(engine, facts, pack.controls, progress=lambda done, total: progress(f"judging {done} of {total}"))
        info = engine.info
    finally:
        engine.close()
    verdicts = judge(results, pack.controls, facts, inventory)
    run = Run(
        tool_version=__version__,
        engine=info,
        bundle_digest=pack.digest,
        assumptions=facts["assumptions"],
        inputs=request.inputs,
        started=started,
        ended=now(),
        config=request.config.file,
        settings_changed=request.config.changed_settings(),
    )
    notes = (*request.config.remarks(), *notes_of(inventory, facts))
    gaps = (*inventory.gaps, *gaps_of(inventory))
    counts = inventory.count_by_type()
    found = Report(run=run, verdicts=verdicts, gaps=gaps, resources=counts, facts=facts, notes=notes, answered=inventory.answered)
    return inventory, found
