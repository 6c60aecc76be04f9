"""What a fix is: a patch of one connection, what was seen after it was applied to a copy, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import PairCounts
from s2sguard.facts.given import Assumptions
from s2sguard.model.inventory import Gap, Position, Resource
from s2sguard.report.names import Names

Language: TypeAlias = Literal["bicep", "terraform", "az", "powershell"]
"""What a snippet is written in."""

ObstacleCode: TypeAlias = Literal[
    "assumption",
    "basic-sku",
    "bgp-of-our-own",
    "bgp-prefixes-unknown",
    "bgp-redundancy",
    "device",
    "nat-rules",
    "neighbour",
    "network-overlap",
    "no-fixed-peer",
    "no-prefixes",
    "no-site",
    "not-verified",
    "partner-overlap",
    "policy-based-gateway",
    "settings",
    "too-wide",
    "unknown",
    "virtual-wan",
]
"""Why no fix is offered. The set is closed, so that a pipeline can rely on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One requirement that no native setting of the connection can meet, or one thing that is not known."""

    code: ObstacleCode
    requirement: str
    """What forces it, one clause for people. May hold names from the input: escape before printing."""
    instead: str
    """What to do or to use instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One property of a connection, before and after."""

    name: str
    """ARM's name below `properties`."""
    before: object
    """The JSON value as written, None where it is omitted."""
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What to change on one connection: members of `properties` by ARM's name, each replaced as a whole. Everything else stays."""

    resource: Resource
    changes: tuple[Change, ...]

    @property
    def properties(self) -> dict[str, object]:
        """Return the new values by name."""
        return {change.name: change.after for change in self.changes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A finding that a verified fix does not end, or a verdict that stays unknown, and why."""

    control: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was seen when the patch was applied to a copy of the inventory and judged again."""

    gone: tuple[str, ...]
    """Control ids whose finding on this connection ends with this change alone."""
    gone_together: tuple[str, ...]
    """Control ids whose finding ends only when the other fixes of the gateway are applied too."""
    meanwhile: tuple[str, ...]
    """Control ids that find something weaker on this connection until the other fixes are applied: one-way where it was two-way."""
    remaining: tuple[Left, ...]
    unknown: tuple[Left, ...]
    pairs_before: PairCounts | None
    pairs_alone: PairCounts | None
    pairs_together: PairCounts | None
    """Pairs of parties of the gateway: now, after this change alone, after every fix of this gateway."""


Ranges: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""Local and remote ranges of one selector, from Azure's side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A failing connection, as its report names it."""

    resource: Resource
    gateway: str
    partner: str
    findings: tuple[Verdict, ...]
    """Failing verdicts that nobody accepted, by control id."""
    position: Position | None
    site: Resource | None
    """Its local network gateway; None when it has none or the input does not hold it."""

    @property
    def controls(self) -> tuple[str, ...]:
        """Return the ids of the failing controls."""
        return tuple(verdict.control_id for verdict in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A verified fix of one connection."""

    subject: Subject
    patch: Patch
    checked: Checked
    selectors: tuple[Ranges, ...]
    """The fixed selectors after the change; the partner's device needs exactly these, mirrored."""
    snippets: Mapping[Language, str]
    effects: tuple[str, ...]
    """What the change does to the running tunnel."""
    steps: tuple[str, ...]
    """In which order to do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFix:
    """A failing connection for which no native change is offered."""

    subject: Subject
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A failing connection whose own settings are as they should be: its findings end with the fixes of its neighbours."""

    subject: Subject
    gone_together: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A finding about a gateway or a site: one line, and a command where it is a single setting."""

    verdict: Verdict
    command: str
    """For `az`; empty where the way is longer than one setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOutcome:
    """One gateway before and after all of its verified fixes."""

    id: str
    before: PairCounts | None
    after: PairCounts | None
    fixes: int
    settled: int
    failing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FixPlan:
    """Everything `fix` found out about one inventory."""

    fixes: tuple[Fix, ...]
    settled: tuple[Settled, ...]
    without: tuple[NoFix, ...]
    elsewhere: tuple[Elsewhere, ...]
    gateways: tuple[GatewayOutcome, ...]
    assumptions: Assumptions
    gaps: tuple[Gap, ...]
    names: Names
    """What to print for an id."""
    nothing_read: bool
