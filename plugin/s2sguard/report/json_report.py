"""The report for machines: one JSON object, described by `report.schema.json`.

Every member of a list stands on a line of its own: two reports can be compared line by line, and 100 000 verdicts are written quickly.
The text is ASCII, so no name can act on a terminal. A key without a value is absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import GatewayFacts
from s2sguard.model.inventory import Gap, Source
from s2sguard.report.interface import RESIDUAL_RISK, Report
from s2sguard.report.summary import summarise

SCHEMA_VERSION = "1"
Node = dict[str, Any]


class JsonRenderer:
    """Renders a report as JSON, with the facts document if asked."""

    def __init__(self, *, with_facts: bool = False) -> None:
        self._with_facts = with_facts

    def render(self, report: Report) -> str:
        """Return the whole report as one JSON object; equal reports give equal bytes."""
        members: list[tuple[str, object]] = [
            ("schema_version", SCHEMA_VERSION),
            ("run", _run(report)),
            ("summary", _summary(report)),
            # One at a time: the nodes of 240 000 verdicts would take half a gigabyte.
            ("verdicts", map(_verdict, report.verdicts)),
            ("gateways", [_gateway(gateway) for gateway in report.facts["gateways"]]),
            ("gaps", [_gap(gap) for gap in report.gaps]),
            ("notes", list(report.notes)),
            ("residual_risk", RESIDUAL_RISK),
        ]
        if self._with_facts:
            members.append(("facts", report.facts))
        return lines_of_json(members)


def lines_of_json(members: Iterable[tuple[str, object]]) -> str:
    """Return one JSON object with each member on a line, and each element of a list, or of an iterator, on a line."""
    lines: list[str] = []
    separator = "{\n"
    for key, value in members:
        lines.append(f"{separator}{json.dumps(key)}: ")
        _add(lines, value)
        separator = ",\n"
    lines.append("\n}\n")
    return "".join(lines)


def _add(lines: list[str], value: object) -> None:
    if not isinstance(value, list | Iterator):
        lines.append(json.dumps(value))
        return
    separator = "[\n"
    for element in value:
        lines.append(separator)
        lines.append(json.dumps(element))
        separator = ",\n"
    lines.append("[]" if separator == "[\n" else "\n]")


def _present(node: Node) -> Node:
    return {key: value for key, value in node.items() if value is not None}


def _run(report: Report) -> Node:
    run = report.run
    return _present(
        {
            "tool_version": run.tool_version,
            "engine": {"name": run.engine.name, "version": run.engine.version},
            "bundle_digest": run.bundle_digest,
            "assumptions": dict(sorted(run.assumptions.items())),
            "inputs": list(run.inputs),
            "config": run.config,
            "settings_changed": list(run.settings_changed),
            "started": run.started,
            "ended": run.ended,
        }
    )


def _summary(report: Report) -> Node:
    summary = summarise(report)
    return {
        "verdicts": len(report.verdicts),
        "by_status": dict(summary.statuses),
        "findings_by_severity": dict(summary.findings),
        "unknown_by_severity": dict(summary.unknowns),
        "failing_resources": summary.failing_resources,
        "gaps": summary.gaps,
        "resources": dict(sorted(report.resources.items())),
        "nothing_read": summary.nothing_read,
    }


def _verdict(verdict: Verdict) -> Node:
    return _present(
        {
            "control_id": verdict.control_id,
            "control": verdict.control,
            "title": verdict.title,
            "resource": verdict.resource,
            "resource_name": verdict.resource_name,
            "gateway": verdict.gateway,
            "partner": verdict.partner,
            "status": verdict.status,
            "severity": verdict.severity,
            "certainty": verdict.certainty,
            "message": verdict.message,
            # Most verdicts are a pass or one message: what would only repeat or not apply is left out.
            "details": list(verdict.details) if len(verdict.details) > 1 else None,
            "fix": verdict.fix or None if verdict.status != "pass" else None,
            "source": _source(verdict.source),
            "fingerprint": verdict.fingerprint,
            "advice": list(verdict.advice) or None,
            "witness": verdict.witness,
            "witnesses": list(verdict.witnesses) if len(verdict.witnesses) > 1 else None,
            "pairs": verdict.pairs,
        }
    )


def _source(source: Source | None) -> Node | None:
    return None if source is None else {"file": source.file, "pointer": source.pointer}


def _gateway(gateway: GatewayFacts) -> Node:
    keys = ("id", "name", "present", "complete", "incomplete_reason", "partner_facing", "connections", "pairs", "feasibility")
    facts: Node = {**gateway}
    return {key: facts[key] for key in keys if key in facts}


def _gap(gap: Gap) -> Node:
    return _present({"kind": gap.kind, "reason": gap.reason, "source": _source(gap.source), "resource": gap.resource})
