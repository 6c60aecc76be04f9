"""The connections that any selector fits, by why: with many partners, what to harden is a shorter list than who is within reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from s2sguard.facts.ceiling import OPEN_REASONS
from s2sguard.facts.document import ConnectionFacts
from s2sguard.model.inventory import fold_id
from s2sguard.report.interface import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConnections:
    """Partner connections on the gateways that let somebody through."""

    total: int
    """Partner connections on these gateways, open or not."""
    by_reason: tuple[tuple[str, tuple[str, ...]], ...]
    """(why any selector fits, ids of the connections), the longest list first."""

    @property
    def count(self) -> int:
        """How many are open."""
        return sum(len(ids) for _, ids in self.by_reason)


def open_connections(report: Report, gateways: Iterable[str]) -> OpenConnections:
    """Return the open connections of the gateways with these ids."""
    wanted = set(map(fold_id, gateways))
    partners = [item for item in report.facts["connections"] if fold_id(item["gateway"]) in wanted and item.get("trust") != "internal"]
    found: dict[str, list[str]] = {}
    for connection in partners:
        if reason := _reason(connection):
            found.setdefault(reason, []).append(connection["id"])
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return OpenConnections(total=len(partners), by_reason=tuple((reason, tuple(ids)) for reason, ids in ordered))


def _reason(connection: ConnectionFacts) -> str:
    ceiling = connection.get("ceiling")
    if ceiling is None or not ceiling["open"]:
        return ""
    return "; ".join(OPEN_REASONS.get(reason, reason) for reason in ceiling["reasons"]) or "no reason is known"
