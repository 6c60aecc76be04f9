"""A whole facts document judged by one engine, opened for it and closed after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from s2sguard.evaluate import EngineName, evaluate_all, judge, load_pack, open_engine
from s2sguard.evaluate.interface import EngineInfo
from s2sguard.evaluate.pack import Pack
from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import FactsDocument
from s2sguard.model.inventory import Inventory


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Verdicts, and by what they were reached."""

    verdicts: tuple[Verdict, ...]
    """One per control and resource it applies to, ordered by control id and resource id."""
    engine: EngineInfo
    pack: Pack


def judge_all(
    facts: FactsDocument, inventory: Inventory, *, engine: EngineName, opa_url: str | None, progress: Callable[[str], None]
) -> Judged:
    """Return the verdicts of the shipped pack; raises `EvaluationError` or `UsageError` (`open_engine`)."""
    pack = load_pack()
    progress("opening the engine")
    opened = open_engine(engine, opa_url=opa_url)
    try:
        results = evaluate_all(opened, facts, pack.controls, progress=lambda done, total: progress(f"judging {done} of {total}"))
        info = opened.info
    finally:
        opened.close()
    return Judged(verdicts=judge(results, pack.controls, facts, inventory), engine=info, pack=pack)
