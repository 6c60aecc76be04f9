"""From raw engine results to verdicts: one per control and resource it applies to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from s2sguard.facts.document import Witness
from s2sguard.model.inventory import Source

Severity: TypeAlias = Literal["critical", "high", "medium", "low"]
Status: TypeAlias = Literal["error", "fail", "unknown", "pass"]
Certainty: TypeAlias = Literal["configured", "observed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control's METADATA: what a report needs to know about it without reading Rego."""

    id: str
    """Permanent, `S2S-<FAM>-<nnn>`."""
    name: str
    """Its folder, such as `initiator_only`."""
    family: str
    title: str
    description: str
    severity: Severity
    fix: str
    """One line: what to set."""
    needs: tuple[str, ...]
    """Facts it decides on; each that is unknown makes the verdict unknown."""
    page: str
    """Path of `control.md` inside the pack."""
    mappings: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Framework, such as `nis2` -> the requirements this control is evidence for."""
    certainty: Certainty = "configured"
    """What its verdicts rest on where no finding says otherwise: settings, or live SAs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Why a finding does not count: somebody waived it, or it is older than the baseline. It stays visible."""

    kind: Literal["waiver", "baseline"]
    reason: str
    owner: str = ""
    ticket: str = ""
    expires: date | None = None
    """The last day it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one control says about one resource. Never built for a resource the control does not apply to."""

    control_id: str
    control: str
    title: str
    resource: str
    resource_name: str
    status: Status
    severity: Severity
    certainty: Certainty
    message: str
    fix: str
    gateway: str | None = None
    partner: str | None = None
    source: Source | None = None
    witness: Witness | None = None
    witnesses: tuple[Witness, ...] = ()
    pairs: int | None = None
    """Other parties this finding is about: the true count, however many witnesses are shown."""
    advice: tuple[str, ...] = ()
    fingerprint: str = ""
    """Stable over runs and moved files: a digest of control id and folded resource id."""
    details: tuple[str, ...] = field(default=())
    """All messages behind `message`, sorted."""
    acceptance: Acceptance | None = None
    """An overlay on *fail*: the finding is accepted as a whole. None where any part of it is not."""

    @property
    def counts(self) -> bool:
        """Say whether this is a finding that decides exit codes: failed, and nobody accepted it."""
        return self.status == "fail" and self.acceptance is None
