"""What every report format gets: one finished run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from s2sguard.evaluate.interface import EngineInfo
from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import Assumptions, FactsDocument
from s2sguard.model.inventory import Gap

RESIDUAL_RISK = (
    "Residual risk: these verdicts describe configuration, not the wire. "
    "Microsoft documents that connection mode governs only who starts IKE, and that a gateway accepts any selector a peer proposes; "
    "the pattern checked here was measured to refuse wider selectors, but nothing Microsoft publishes promises it. "
    "Treat it as hardening against mistakes, keep a firewall between partners and workloads, and watch live security associations."
)
"""Fixed paragraph in every report (design section 4; facts/azure.md F0.1 to F0.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How these verdicts came to be."""

    tool_version: str
    engine: EngineInfo
    bundle_digest: str
    assumptions: Assumptions
    inputs: tuple[str, ...]
    started: str
    """ISO 8601 time, as passed in: reports contain no clock of their own."""
    ended: str
    config: str | None = None
    """The configuration file that was read, if any."""
    settings_changed: tuple[str, ...] = ()
    """Names of settings that differ from the hardened defaults: a verdict says nothing without them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Verdicts in their stable order, what was read, what could not be read."""

    run: Run
    verdicts: tuple[Verdict, ...]
    gaps: tuple[Gap, ...]
    resources: Mapping[str, int]
    """Resources read, by type."""
    facts: FactsDocument
    notes: tuple[str, ...] = field(default=())
    """Advice about the whole run, such as internal connections that rest on a tag alone."""
    answered: bool = False
    """The inputs were whole plans or states, so that they hold no resource of ours is an answer and not a failure to read."""


class Renderer(Protocol):
    """One report format, one file."""

    def render(self, report: Report) -> str:
        """Return the whole report as text."""
