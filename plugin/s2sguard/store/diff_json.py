"""A diff for machines, described by `diff.schema.json`. Verdicts are as in the JSON report; a key without a value is absent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from s2sguard.report.json_report import lines_of_json
from s2sguard.report.summary import SEVERITIES
from s2sguard.store.compare import Changed, Diff, Single
from s2sguard.store.pair_changes import PairChange
from s2sguard.store.pairs import Party
from s2sguard.store.view import Entry, RunInfo

SCHEMA_VERSION = "1"
Node = dict[str, Any]


def diff_json(diff: Diff) -> str:
    """Return the whole diff; equal diffs give equal bytes.

    `new`, `resolved`, `lost` (findings nobody can tell about any more), `unknown` and `known` hold `verdict`, and `before` or `after`:
    what the other run knew (`passed`, `absent`, `unknown`, `unseen`). `changed` holds `verdict` as it is now and `was` with the earlier
    values of what changed. `pairs` holds groups: every pair of a party of `one` and a party of `other` with another owner; it is
    absent where a run does not say who reaches whom.
    """
    members: list[tuple[str, object]] = [
        ("schema_version", SCHEMA_VERSION),
        ("before", _run(diff.before)),
        ("after", _run(diff.after)),
        ("summary", _summary(diff)),
        ("new", [_single(single, "before") for single in diff.new]),
        ("changed", [_changed(change) for change in diff.changed]),
        ("resolved", [_single(single, "after") for single in diff.resolved]),
        ("lost", [_single(single, "after") for single in diff.lost]),
        ("unknown", [_single(single, "before") for single in diff.unknown]),
        ("known", [_single(single, "after") for single in diff.known]),
    ]
    if diff.pairs is not None:
        members.append(("pairs", [pair_node(change) for change in diff.pairs]))
    return lines_of_json(members)


def _run(run: RunInfo) -> Node:
    node = {
        "run": run.id,
        "label": run.label,
        "scope": run.scope,
        "started": run.started,
        "ended": run.ended,
        "tool_version": run.tool_version,
        "engine": {"name": run.engine, "version": run.engine_version},
        "bundle_digest": run.pack_digest,
        "inputs": list(run.inputs),
        "inputs_digest": run.inputs_digest,
        "assumptions": dict(run.assumptions),
        "settings_changed": list(run.settings_changed),
        "config": run.config,
    }
    return {key: value for key, value in node.items() if value is not None}


def _summary(diff: Diff) -> Node:
    summary: Node = {
        "new_by_severity": _by_severity(single.entry for single in diff.new),
        "resolved_by_severity": _by_severity(single.entry for single in diff.resolved),
        "lost_by_severity": _by_severity(single.entry for single in diff.lost),
        "changed": len(diff.changed),
        "worse": sum(change.worse for change in diff.changed),
        "unchanged": len(diff.unchanged),
        "unknown": len(diff.unknown),
        "still_unknown": diff.still_unknown,
        "known": len(diff.known),
        "gaps_before": diff.gaps[0],
        "gaps_after": diff.gaps[1],
    }
    if diff.pairs is not None:
        counted: Counter[str] = Counter()
        for change in diff.pairs:
            counted[change.kind] += change.number
        summary["pairs"] = dict(sorted(counted.items()))
    return summary


def _by_severity(entries: Iterable[Entry]) -> dict[str, int]:
    found = Counter(entry.severity for entry in entries)
    return {severity: found[severity] for severity in SEVERITIES}


def _single(single: Single, other: str) -> Node:
    return {other: single.other, "verdict": single.entry.node}


def _changed(change: Changed) -> Node:
    was = {aspect: change.before.node.get(aspect) for aspect in change.aspects}
    return {"aspects": list(change.aspects), "worse": change.worse, "was": was, "verdict": change.after.node}


def pair_node(change: PairChange) -> Node:
    """Return a group of pairs: every pair of a party of `one` and a party of `other` with another owner."""
    return {
        "gateway": change.gateway,
        "name": change.name,
        "kind": change.kind,
        "before": change.before,
        "after": change.after,
        "number": change.number,
        "one": [_party(party) for party in change.one],
        "other": [_party(party) for party in change.other],
    }


def _party(party: Party) -> Node:
    owner, trust = party
    return {"trust": trust} if not owner else {"owner": owner, "trust": trust}
