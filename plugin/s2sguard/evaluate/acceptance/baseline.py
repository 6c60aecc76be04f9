"""Baselines: the findings of one day, so that only what came later fails.

A finding about pairs of parties is kept with the parties, as groups that findings share: a partner that a failing connection
exposes from tomorrow on is new. Everything else is known again by its fingerprint, its severity and its number of problems:
worse, or more of them, is new. What a waiver accepts is left out, so that it fails again when the waiver ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, cast

from s2sguard.errors import ConfigError
from s2sguard.evaluate.acceptance.parties import Others, Parties
from s2sguard.evaluate.metadata import SEVERITIES
from s2sguard.evaluate.verdict import Severity, Verdict

SCHEMA_VERSION: Final = "1"
_MOST_ON_A_LINE: Final = 8
_HINT: Final = "write it again with `s2sguard baseline create`, or take it from version control"
_ID: Final = re.compile(r"[0-9a-f]{32}")
_TOP: Final = frozenset({"schema_version", "tool_version", "created", "groups", "findings"})
_ENTRY: Final = frozenset({"fingerprint", "control", "resource", "severity", "problems"})
_PAIRS: Final = frozenset({"party", "others"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One finding of the baseline."""

    fingerprint: str
    control: str
    resource: str
    """For people: the fingerprint is what counts."""
    severity: Severity
    problems: int
    """Messages behind it, or what its message counts."""
    party: str | None = None
    """Who owned the connection; None where the finding is not about pairs."""
    others: tuple[int, ...] = ()
    """Groups of `Baseline.groups`: all parties in them but `party`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A baseline that was read."""

    file: str
    created: str
    groups: tuple[tuple[str, ...], ...]
    """Owners, as the facts name them."""
    entries: Mapping[str, Entry]
    """By fingerprint."""
    _masks: dict[tuple[str, int], int] = field(default_factory=dict, compare=False)

    def mask(self, entry: Entry, others: Others) -> int:
        """Return which parties of today's finding were there before: none where the connection has changed hands."""
        if entry.party != others.owner:
            return 0
        mask = 0
        for group in entry.others:
            mask |= self._group(others.parties, group)
        return mask & ~others.parties.owner(others.owner)

    def _group(self, parties: Parties, group: int) -> int:
        key = parties.gateway, group
        if key not in self._masks:
            self._masks[key] = parties.owners(self.groups[group])
        return self._masks[key]


class BaselineWriter:
    """Gathers findings into a baseline; groups are written once, however many findings share them."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, ...], int] = {}
        self._known: dict[tuple[str, int], tuple[str, ...]] = {}
        self._findings: list[_Finding] = []

    def add(self, verdict: Verdict, problems: int, others: Others | None, uncovered: int) -> None:
        """Add a finding; of one about pairs, the parties in `uncovered`."""
        if others is None:
            self._findings.append(_Finding(verdict=verdict, problems=problems))
            return
        # The own owner stays in a group, so that it is the same group for all connections of it.
        kept = uncovered | others.parties.owner(others.owner)
        masks = [others.parties.groups[group] & kept for group in others.groups]
        groups = tuple(self._names(others.parties, mask) for mask in masks if mask)
        self._findings.append(_Finding(verdict=verdict, problems=problems, party=others.owner, groups=groups))

    def _names(self, parties: Parties, mask: int) -> tuple[str, ...]:
        key = parties.gateway, mask
        if key not in self._known:
            self._known[key] = tuple(sorted(set(parties.names_of(mask))))
        return self._known[key]

    def text(self, *, tool_version: str, created: date) -> str:
        """Return the file: equal findings give equal bytes, and each finding stands on a line of its own."""
        groups = sorted({group for finding in self._findings for group in finding.groups})
        numbers = {group: number for number, group in enumerate(groups)}
        lines = ["{"]
        lines += [f'"schema_version": "{SCHEMA_VERSION}",', f'"tool_version": {json.dumps(tool_version)},', f'"created": "{created}",']
        lines += ['"groups": [', ",\n".join(_lines_of(group) for group in groups), "],"] if groups else ['"groups": [],']
        findings = [json.dumps(finding.node(numbers)) for finding in sorted(self._findings, key=_Finding.order)]
        lines += ['"findings": [', ",\n".join(findings), "]"] if findings else ['"findings": []']
        return "\n".join((*lines, "}")) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    verdict: Verdict
    problems: int
    party: str | None = None
    groups: tuple[tuple[str, ...], ...] = ()

    def order(self) -> tuple[str, str, str]:
        """Sort by control and resource; the fingerprint tells ids apart that differ in casing only."""
        return self.verdict.control_id, self.verdict.resource, self.verdict.fingerprint

    def node(self, numbers: Mapping[tuple[str, ...], int]) -> dict[str, Any]:
        """Return what the file says of it."""
        verdict = self.verdict
        node: dict[str, Any] = {
            "control": verdict.control_id,
            "resource": verdict.resource,
            "severity": verdict.severity,
            "problems": self.problems,
        }
        if self.party is not None:
            node |= {"party": self.party, "others": sorted({numbers[group] for group in self.groups})}
        return node | {"fingerprint": verdict.fingerprint}


def _lines_of(group: tuple[str, ...]) -> str:
    """Return a group for review: a long one with each partner on a line of its own, so that a new one is one line of a diff."""
    return json.dumps(group, indent=0 if len(group) > _MOST_ON_A_LINE else None)


def read_baseline(text: str, file: str) -> Baseline:
    """Return a baseline from the text of its file; raises ConfigError for one that is damaged or of another version."""
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise ConfigError(f"baseline `{file}` is not valid JSON: it is damaged", hint=_HINT) from None

    def wrong(pointer: str) -> ConfigError:
        return ConfigError(f"baseline `{file}`: {pointer or '/'}: not what `baseline create` writes: it is damaged", hint=_HINT)

    if not isinstance(value, dict):
        raise wrong("")
    if value.get("schema_version") != SCHEMA_VERSION:
        raise ConfigError(f"baseline `{file}`: /schema_version: not version {SCHEMA_VERSION} of a baseline", hint=_HINT)
    if set(value) != _TOP or not all(isinstance(value[key], str) for key in ("tool_version", "created")):
        raise wrong("")
    if not isinstance(value["groups"], list) or not all(_is_group(group) for group in value["groups"]):
        raise wrong("/groups")
    if not isinstance(value["findings"], list):
        raise wrong("/findings")
    entries = dict(_entries(value["findings"], len(value["groups"]), wrong))
    if len(entries) != len(value["findings"]):
        raise wrong("/findings")
    return Baseline(file=file, created=value["created"], groups=tuple(map(tuple, value["groups"])), entries=entries)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _is_group(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _entries(found: Sequence[object], groups: int, wrong: Callable[[str], ConfigError]) -> Iterator[tuple[str, Entry]]:
    for index, node in enumerate(found):
        if not isinstance(node, dict) or set(node) not in (_ENTRY, _ENTRY | _PAIRS):
            raise wrong(f"/findings/{index}")
        for key, valid in _CHECKS.items():
            if key in node and not valid(node[key]):
                raise wrong(f"/findings/{index}/{key}")
        others = node.get("others", [])
        if not all(_is_count(other) and other < groups for other in others):
            raise wrong(f"/findings/{index}/others")
        yield node["fingerprint"], Entry(**cast("dict[str, Any]", node | {"others": tuple(others)}))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_CHECKS: Final[Mapping[str, Callable[[object], bool]]] = {
    "fingerprint": lambda value: isinstance(value, str) and _ID.fullmatch(value) is not None,
    "control": _is_text,
    "resource": _is_text,
    "severity": lambda value: value in SEVERITIES if isinstance(value, str) else False,
    "problems": _is_count,
    "party": _is_text,
    "others": lambda value: isinstance(value, list),
}
