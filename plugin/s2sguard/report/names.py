"""Short names for resource ids that still tell resources apart."""

from __future__ import annotations

from collections.abc import Iterable

from s2sguard.model.inventory import fold_id
from s2sguard.report.interface import Report
from s2sguard.report.printable import printable

NAME_LIMIT = 90
"""Azure's names have at most 80 characters; what is longer is somebody's trick."""


class Names:
    """The name to print for every id of a report: the first of name, kind/name, name (group), id that no other id shares."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._ids: dict[str, tuple[str, str]] = {}
        for resource_id, name in named:
            self._ids.setdefault(fold_id(resource_id), (resource_id, name))
        self._shown: dict[str, str] = {}
        self._choose(list(self._ids), 0)

    def __getitem__(self, resource_id: str) -> str:
        """Return the name to print for an id, also for one that was never registered."""
        return self._shown.get(fold_id(resource_id)) or printable(_last(resource_id), limit=NAME_LIMIT)

    def _choose(self, keys: list[str], level: int) -> None:
        taken: dict[str, list[str]] = {}
        for key in keys:
            taken.setdefault(self._candidate(key, level).casefold(), []).append(key)
        for group in taken.values():
            if len(group) > 1 and level + 1 < len(CANDIDATES):
                self._choose(group, level + 1)
            else:
                self._shown |= {key: self._candidate(key, level) for key in group}

    def _candidate(self, key: str, level: int) -> str:
        resource_id, name = self._ids[key]
        return CANDIDATES[level](resource_id, name or _last(resource_id))


def report_names(report: Report) -> Names:
    """Return the names for everything a report mentions."""
    facts = report.facts
    return Names(
        [
            *((gateway["id"], gateway["name"]) for gateway in facts["gateways"]),
            *((connection["id"], connection["name"]) for connection in facts["connections"]),
            *((site["id"], site["name"]) for site in facts["sites"]),
            *((verdict.resource, verdict.resource_name) for verdict in report.verdicts),
        ]
    )


def segment(resource_id: str, kind: str) -> str:
    """Return the value after `/kind/` in an ARM id, in any casing; empty when there is none."""
    parts = resource_id.split("/")
    folded = [part.lower() for part in parts]
    at = folded.index(kind) if kind in folded else len(parts)
    return parts[at + 1] if at + 1 < len(parts) else ""


def _last(resource_id: str) -> str:
    return resource_id.rstrip("/").rsplit("/", 1)[-1]


def _name(_: str, name: str) -> str:
    return printable(name, limit=NAME_LIMIT)


def _with_kind(resource_id: str, name: str) -> str:
    kind = resource_id.rstrip("/").rsplit("/", 2)[-2:-1]
    return f"{printable(kind[0], limit=NAME_LIMIT)}/{_name('', name)}" if kind else _name("", name)


def _with_group(resource_id: str, name: str) -> str:
    group = segment(resource_id, "resourcegroups")
    return f"{_name('', name)} ({printable(group, limit=NAME_LIMIT)})" if group else _name("", name)


def _with_subscription(resource_id: str, name: str) -> str:
    place = "/".join(filter(None, (segment(resource_id, "subscriptions"), segment(resource_id, "resourcegroups"))))
    return f"{_name('', name)} ({printable(place, limit=2 * NAME_LIMIT)})" if place else _name("", name)


def _whole(resource_id: str, _: str) -> str:
    return printable(resource_id)


CANDIDATES = (_name, _with_kind, _with_group, _with_subscription, _whole)
