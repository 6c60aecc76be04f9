"""The page for an auditor: what was in scope, what of it was read, by which rules, and how to check that nobody changed the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from s2sguard.report.about import assumed
from s2sguard.report.gap_groups import gap_groups
from s2sguard.report.html.limits import MOST_FILES, MOST_GAP_GROUPS, shown
from s2sguard.report.interface import RESIDUAL_RISK, Report
from s2sguard.report.names import Names
from s2sguard.report.remedies import remedy
from s2sguard.report.style import count, joined, some

MOST_PLACES = 5
MEANINGS = {
    "peer_child_sa": {
        "refused": "the far end cannot widen its selectors inside an established IKE SA",
        "accepted": "the far end can widen its selectors inside an established IKE SA, so every native ceiling is any x any",
    },
    "answer_clipped": {
        "true": "Azure as initiator takes no answer wider than its proposal",
        "false": "Azure as initiator takes answers wider than its proposal",
    },
    "no_fallback_with_fixed": {
        "true": "Azure proposes nothing else after fixed selectors fail",
        "false": "Azure falls back to any x any after fixed selectors fail",
    },
}
"""Assumption -> value -> what it means (design section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file with its digest."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Gaps that are alike."""

    kind: str
    times: int
    reason: str
    targets: str
    places: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One assumption, its value, and what that means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditor:
    """Everything the section shows."""

    scope: tuple[tuple[str, str], ...]
    resources: tuple[tuple[str, int], ...]
    whole: int
    """Gateways that were read whole."""
    not_whole: tuple[tuple[str, str], ...]
    """(gateway, why), as far as they are listed."""
    not_whole_total: int
    files: tuple[FileRow, ...]
    more_files: int
    unhashed: tuple[str, ...]
    """Inputs as they were named, where no file has a digest."""
    judged_by: tuple[tuple[str, str], ...]
    assumptions: tuple[Assumption, ...]
    assumed: str
    residual_risk: str


def auditor_of(report: Report, names: Names) -> Auditor:
    """Return what the auditor's page says."""
    run, gateways = report.run, report.facts["gateways"]
    doubtful = [one for one in gateways if not one["complete"]]
    return Auditor(
        scope=tuple(_scope(report)),
        resources=tuple((shown(name), number) for name, number in sorted(report.resources.items())),
        whole=len(gateways) - len(doubtful),
        not_whole=tuple(
            (names[one["id"]], shown(one.get("incomplete_reason", "other connections may exist"))) for one in doubtful[:MOST_GAP_GROUPS]
        ),
        not_whole_total=len(doubtful),
        files=tuple(FileRow(name=shown(one.file), sha256=one.sha256, size=one.size) for one in run.files[:MOST_FILES]),
        more_files=max(0, len(run.files) - MOST_FILES),
        unhashed=() if run.files else tuple(map(shown, run.inputs)),
        judged_by=tuple(_judged_by(report)),
        assumptions=tuple(_assumptions(report)),
        assumed=assumed(report.run.assumptions),
        residual_risk=RESIDUAL_RISK,
    )


def _scope(report: Report) -> Iterator[tuple[str, str]]:
    facts, run = report.facts, report.run
    yield "Inputs", shown(some(run.inputs, MOST_PLACES)) or "none"
    yield (
        "Judged",
        joined(
            (
                count(len(facts["gateways"]), "gateway"),
                count(len(facts["connections"]), "connection"),
                count(len(facts["sites"]), "site"),
                count(len(facts["shared_keys"]), "place of a shared key", "places of shared keys") if facts["shared_keys"] else "",
            )
        ),
    )
    yield "Resources read", str(sum(report.resources.values()))
    yield "Judged by the date", shown(facts["today"])
    yield "Started", shown(run.started)
    yield "Ended", shown(run.ended)


def _judged_by(report: Report) -> Iterator[tuple[str, str]]:
    run = report.run
    yield "Tool", f"s2sguard {shown(run.tool_version)}"
    yield "Rego engine", f"{shown(run.engine.name)} {shown(run.engine.version)}"
    yield "Policies (SHA-256 of the bundle)", shown(run.bundle_digest)
    yield "Controls", str(len(report.controls) or len({verdict.control_id for verdict in report.verdicts}))
    yield "Configuration", shown(run.config) if run.config is not None else "none: hardened defaults"
    yield "Settings other than the hardened defaults", shown(", ".join(run.settings_changed)) or "none"
    yield "Assumptions", assumed(report.run.assumptions)
    thresholds = (
        f"--fail-on {report.fail_on}",
        "--fail-on-unknown" if report.fail_on_unknown else "",
        "--fail-on-gap" if report.fail_on_gap else "",
    )
    yield "Thresholds", joined(thresholds)


def _assumptions(report: Report) -> Iterator[Assumption]:
    for name, value in sorted(report.run.assumptions.items()):
        text = str(value).lower()
        yield Assumption(name=name, value=text, meaning=MEANINGS.get(name, {}).get(text, ""))


def gap_rows(report: Report) -> tuple[tuple[GapRow, ...], int]:
    """Return the gaps by what they have in common, and how many groups are left out."""
    groups = gap_groups(report.gaps)
    rows = [
        GapRow(
            kind=group.kind,
            times=len(group.gaps),
            reason=shown(group.reason()),
            targets=shown(some(group.targets(), MOST_PLACES)),
            places=shown(some(group.places(), MOST_PLACES)),
            remedy=remedy(group.reason()),
        )
        for group in groups[:MOST_GAP_GROUPS]
    ]
    return tuple(rows), max(0, len(groups) - MOST_GAP_GROUPS)
