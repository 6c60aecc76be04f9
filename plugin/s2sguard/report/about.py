"""What a report says about itself: by which rules it was judged, and what no verdict can promise."""

from __future__ import annotations

from collections.abc import Mapping

from s2sguard.facts.given import Assumptions
from s2sguard.report.interface import RESIDUAL_RISK, Report
from s2sguard.report.outcome import result
from s2sguard.report.printable import printable
from s2sguard.report.style import count, joined
from s2sguard.report.summary import SEVERITIES, summarise


def about(report: Report) -> tuple[tuple[str, str], ...]:
    """Return (name, value) in one fixed order: result, tool, engine, policies, inputs, settings, assumptions, residual risk; printable."""
    run = report.run
    known = (
        ("result", result(report)),
        ("tool", f"s2sguard {run.tool_version}"),
        ("engine", f"{run.engine.name} {run.engine.version}"),
        ("policies", run.bundle_digest[:12]),
        ("inputs", ", ".join(run.inputs)),
        ("started", run.started),
        ("configuration", run.config or ""),
        ("settings other than the hardened defaults", ", ".join(run.settings_changed)),
        ("assumptions", assumed(run.assumptions)),
        ("residual risk", RESIDUAL_RISK.removeprefix("Residual risk: ")),
    )
    return tuple((name, printable(value)) for name, value in known if value)


def assumed(assumptions: Mapping[str, object] | Assumptions) -> str:
    """Return the assumptions every verdict rests on, in one line."""
    return ", ".join(f"{name}={str(value).lower()}" for name, value in sorted(assumptions.items()))


def counted(report: Report) -> str:
    """Return every count of a report in one line."""
    summary = summarise(report)
    if summary.nothing_read:
        return "nothing was read, so nothing was judged"
    total, accepted = sum(summary.findings.values()), sum(summary.accepted.values())
    severities = joined(f"{summary.findings[severity]} {severity}" for severity in SEVERITIES if summary.findings[severity])
    found = count(total, "finding") if total else "no findings"
    detail = "; ".join(filter(None, (severities, f"{accepted} accepted" if accepted else "")))
    return joined(
        (
            f"{found} ({detail})" if detail else found,
            f"{summary.statuses['error']} not judged" if summary.statuses["error"] else "",
            f"{summary.statuses['unknown']} unknown",
            f"{summary.statuses['pass']} passed",
            count(summary.gaps, "gap"),
        )
    )
