"""One run as it is compared: from a store, or from a JSON report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from s2sguard.model.inventory import fold_id
from s2sguard.report.entries import PACKET
from s2sguard.store.pairs import GatewayPairs, storable

Node = dict[str, Any]

SUBJECT_BYTES: Final = 8
HARMLESS_GAPS: Final = frozenset({"not-inventory", "not-judged"})
"""Gaps that can hide no finding of an earlier run: what is plainly something else, and what no control judges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """How a run came to be."""

    id: int | None
    """Its number in the store; None for a report."""
    label: str
    """What it is called: `run 42`, or the name of its file."""
    scope: str
    started: str
    """ISO 8601 in UTC."""
    ended: str
    tool_version: str
    engine: str
    engine_version: str
    pack_digest: str
    inputs_digest: str | None
    assumptions: Mapping[str, object] = field(default_factory=dict)
    settings_changed: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    config: str | None = None
    resources: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A verdict that is not a pass."""

    node: Node
    """As in the JSON report (`report/report.schema.json`)."""

    @property
    def fingerprint(self) -> str:
        """The same for one control and one resource, over all runs."""
        return str(self.node["fingerprint"])

    @property
    def status(self) -> str:
        """`fail`, `unknown` or `error`."""
        return str(self.node["status"])

    @property
    def severity(self) -> str:
        """`critical`, `high`, `medium` or `low`."""
        return str(self.node["severity"])

    @property
    def control(self) -> str:
        """The control's id."""
        return str(self.node["control_id"])

    @property
    def resource(self) -> str:
        """The resource's id."""
        return str(self.node["resource"])

    @property
    def gateway(self) -> str:
        """The key of its gateway; empty without one."""
        return gateway_key(self.node.get("gateway"))

    @property
    def accepted(self) -> bool:
        """Somebody accepts it, so it does not count."""
        return self.node.get("acceptance") is not None

    @property
    def counts(self) -> bool:
        """It failed, and nobody accepts it."""
        return self.status == "fail" and not self.accepted

    @property
    def message(self) -> str:
        """The message without the packet that proves it: which packet is shown depends on other connections."""
        return without_packet(str(self.node["message"]))

    def compared(self) -> dict[str, object]:
        """Return what makes two verdicts on one fingerprint different, by the name a person knows it by."""
        acceptance = self.node.get("acceptance") or {}
        return {
            "severity": self.severity,
            "message": self.message,
            "details": tuple(sorted({without_packet(str(text)) for text in self.node.get("details", ())})),
            "pairs": self.node.get("pairs"),
            "acceptance": tuple(sorted((str(key), str(value)) for key, value in acceptance.items())),
        }


@dataclass(frozen=True, kw_only=True)
class RunView:
    """A complete run."""

    info: RunInfo
    entries: Mapping[str, Entry]
    """By fingerprint: everything that is not a pass."""
    passes: Mapping[tuple[str, str], int]
    """(control, key of the gateway) -> how many resources pass."""
    subjects: frozenset[bytes]
    """`subject` of every resource with a verdict."""
    gateways: tuple[GatewayPairs, ...] | None
    """None where it is not known who reaches whom: a JSON report without facts."""
    gaps: tuple[Node, ...]
    """As in the JSON report."""

    @cached_property
    def blind(self) -> bool:
        """Say whether something was not read that may have held what is missing; a run that read no resource saw nothing."""
        return not any(self.info.resources.values()) or any(gap["kind"] not in HARMLESS_GAPS for gap in self.gaps)

    def judged(self, resource: str) -> bool:
        """Say whether any control judged a resource."""
        return subject(resource) in self.subjects


def subject(resource: str) -> bytes:
    """Return 8 bytes that stand for a resource id in any casing."""
    return hashlib.sha256(fold_id(resource).encode("utf-8", "surrogatepass")).digest()[:SUBJECT_BYTES]


def gateway_key(resource: str | None) -> str:
    """Return what a gateway's id is compared by; empty for none."""
    return "" if resource is None else storable(fold_id(resource))


def packed(subjects: Iterable[bytes]) -> bytes:
    """Return subjects in one piece, sorted."""
    return b"".join(sorted(subjects))


def unpacked(data: bytes) -> frozenset[bytes]:
    """Return the subjects that `packed` put together."""
    return frozenset(data[at : at + SUBJECT_BYTES] for at in range(0, len(data), SUBJECT_BYTES))


def without_packet(text: str) -> str:
    """Return a message without the packet that proves it."""
    return text.partition(PACKET)[0]
