"""What every report format gets: one finished run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from s2sguard.evaluate.interface import EngineInfo
from s2sguard.evaluate.verdict import Control, Verdict
from s2sguard.facts.document import FactsDocument
from s2sguard.facts.given import Assumptions
from s2sguard.model.inventory import Gap, InputFile, Position, Source

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
    again: tuple[str, ...] = ()
    """Words that name the same input on a command line; empty where none should."""
    started: str
    """ISO 8601 time, as passed in: reports contain no clock of their own."""
    ended: str
    config: str | None = None
    """The configuration file that was read, if any."""
    settings_changed: tuple[str, ...] = ()
    """Names of settings that differ from the hardened defaults: a verdict says nothing without them."""
    files: tuple[InputFile, ...] = ()
    """Every file that decided these verdicts, with its digest: the inventory first, then configuration, waivers and baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """An earlier run in numbers, for reports that show a trend."""

    started: str
    """ISO 8601 time."""
    findings: Mapping[str, int]
    """Severity -> findings that count: neither waived nor in the baseline."""
    unknown: int
    gaps: int
    open_pairs: int
    """Pairs of partners with two-way or one-way transit, over all gateways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Verdicts in their stable order, what was read, what could not be read."""

    run: Run
    verdicts: Sequence[Verdict]
    """Ordered by control id and resource id; of a large run they are read from disk each time."""
    gaps: tuple[Gap, ...]
    resources: Mapping[str, int]
    """Resources read, by type."""
    facts: FactsDocument
    notes: tuple[str, ...] = field(default=())
    """Advice about the whole run, such as internal connections that rest on a tag alone."""
    controls: tuple[Control, ...] = ()
    """Every control of the pack, sorted by id, also those that judged nothing here."""
    positions: Mapping[Source, Position] = field(default_factory=dict)
    """Line and column for the source of every verdict that is not a pass, and of every connection its packets take.

    Only where the file could be read again.
    """
    answered: bool = False
    """The inputs were whole plans or states, so that they hold no resource of ours is an answer and not a failure to read."""
    fail_on: str = "high"
    """The severity from which findings end the run with 1: `critical`, `high`, `medium`, `low` or `never` (`report.outcome` decides)."""
    fail_on_unknown: bool = False
    """Unknown verdicts of that severity and above end the run with 3."""
    fail_on_gap: bool = False
    """Any gap ends the run with 3."""
    past: tuple[PastRun, ...] = ()
    """Earlier runs of the same scope, oldest first, without this one; empty where nobody keeps them."""


class Renderer(Protocol):
    """One report format, one file."""

    def render(self, report: Report) -> str:
        """Return the whole report as text."""


@runtime_checkable
class Streaming(Protocol):
    """A renderer that does not need its whole text in memory."""

    def parts(self, report: Report) -> Iterator[str]:
        """Yield what `render` returns, piece by piece."""


@runtime_checkable
class Countable(Protocol):
    """Verdicts that can be counted without reading each of them."""

    def heads(self) -> Iterator[Verdict]:
        """Yield every verdict that is no pass, and perhaps some that are, in any order and without witnesses."""


def heads(report: Report) -> Iterable[Verdict]:
    """Return the verdicts of a report as far as they matter to counts: all that are no pass, in any order and perhaps without witnesses."""
    return report.verdicts.heads() if isinstance(report.verdicts, Countable) else report.verdicts
