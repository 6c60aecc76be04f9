"""Short names for resource ids that still tell resources apart."""

from __future__ import annotations

from collections.abc import Iterable

from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import FactsDocument
from s2sguard.model.inventory import fold_id
from s2sguard.report.interface import Report
from s2sguard.report.printable import printable

NAME_LIMIT = 90
"""Azure's names have at most 80 characters; what is longer is somebody's trick."""
ANYTHING = "resource"
"""The kind of what is of no kind known here."""


class Names:
    """The name to print for every id of a report: the first of name, name (group), name (subscription/group), id that is its own.

    What a name stands for is said by its place in a report, so a connection and its site may share one:
    names are told apart among things of one kind only.
    """

    def __init__(self, **kinds: Iterable[tuple[str, str]]) -> None:
        """Take (id, name) by kind, in one word: `connection=[...]`. An id belongs to the first kind that has it."""
        self._ids: dict[str, tuple[str, str]] = {}
        self._kinds: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        for kind, named in kinds.items():
            found = {fold_id(resource_id): (resource_id, name) for resource_id, name in named}
            new = [key for key in found if key not in self._ids]
            self._ids |= {key: found[key] for key in new}
            self._kinds |= dict.fromkeys(new, kind)
            self._choose(new, 0)

    def __getitem__(self, resource_id: str) -> str:
        """Return the name to print for an id, also for one that was never registered."""
        return self._shown.get(fold_id(resource_id)) or printable(_last(resource_id), limit=NAME_LIMIT)

    def kind(self, resource_ids: Iterable[str]) -> str:
        """Return the one word for all of these, `resource` where they differ."""
        kinds = {self._kinds.get(fold_id(resource_id), ANYTHING) for resource_id in resource_ids}
        return kinds.pop() if len(kinds) == 1 else ANYTHING

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


def facts_names(facts: FactsDocument, verdicts: Iterable[Verdict] = ()) -> Names:
    """Return the names for everything a facts document and its verdicts mention."""
    return Names(
        gateway=((gateway["id"], gateway["name"]) for gateway in facts["gateways"]),
        connection=((connection["id"], connection["name"]) for connection in facts["connections"]),
        site=((site["id"], site["name"]) for site in facts["sites"]),
        key=((key["id"], key["name"]) for key in facts["shared_keys"]),
        **{ANYTHING: ((verdict.resource, verdict.resource_name) for verdict in verdicts)},
    )


def report_names(report: Report) -> Names:
    """Return the names for everything a report mentions."""
    return facts_names(report.facts, report.verdicts)


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


def _with_group(resource_id: str, name: str) -> str:
    group = segment(resource_id, "resourcegroups")
    return f"{_name('', name)} ({printable(group, limit=NAME_LIMIT)})" if group else _name("", name)


def _with_subscription(resource_id: str, name: str) -> str:
    place = "/".join(filter(None, (segment(resource_id, "subscriptions"), segment(resource_id, "resourcegroups"))))
    return f"{_name('', name)} ({printable(place, limit=2 * NAME_LIMIT)})" if place else _name("", name)


def _whole(resource_id: str, _: str) -> str:
    return printable(resource_id)


CANDIDATES = (_name, _with_group, _with_subscription, _whole)
