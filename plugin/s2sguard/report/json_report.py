"""The report for machines: one JSON object, described by `report.schema.json`.

Every member of a list stands on a line of its own: two reports can be compared line by line, and 100 000 verdicts are written quickly.
The text is ASCII, so no name can act on a terminal, and holds no `##`, which agents of pipelines take for a command wherever it stands.
A key without a value is absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from s2sguard.evaluate.verdict import Acceptance, Verdict
from s2sguard.facts.document import GatewayFacts
from s2sguard.model.inventory import Gap, Position, Source
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
        return "".join(self.parts(report))

    def parts(self, report: Report) -> Iterator[str]:
        """Yield the same text piece by piece: that of 10 000 connections has 200 MB."""
        members: list[tuple[str, object]] = [
            ("schema_version", SCHEMA_VERSION),
            ("run", run_node(report)),
            ("summary", _summary(report)),
            # One at a time: the nodes of 240 000 verdicts would take half a gigabyte.
            ("verdicts", (verdict_node(verdict, report.positions) for verdict in report.verdicts)),
            ("gateways", (_gateway(gateway) for gateway in report.facts["gateways"])),
            ("gaps", (gap_node(gap) for gap in report.gaps)),
            ("notes", list(report.notes)),
            ("residual_risk", RESIDUAL_RISK),
        ]
        if self._with_facts:
            members.append(("facts", report.facts))
        return parts_of_json(members)


def lines_of_json(members: Iterable[tuple[str, object]]) -> str:
    """Return one JSON object with each member on a line, and each element of a list, or of an iterator, on a line."""
    return "".join(parts_of_json(members))


def parts_of_json(members: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Yield the same text piece by piece; `##` never lies across two pieces, as each ends with a quote, a bracket or a blank."""
    separator = "{\n"
    for key, value in members:
        yield harmless(f"{separator}{json.dumps(key)}: ")
        yield from map(harmless, _elements_of(value))
        separator = ",\n"
    yield "\n}\n"


def harmless(text: str) -> str:
    """Return JSON of the same value without `##`, which starts a command (`##vso[`, `##[`) on the agents of Azure DevOps and GitHub."""
    return text.replace("##", "#\\u0023")


def _elements_of(value: object) -> Iterator[str]:
    if not isinstance(value, list | Iterator):
        yield json.dumps(value, default=_elements)
        return
    separator = "[\n"
    for element in value:
        yield separator + json.dumps(element)
        separator = ",\n"
    yield "[]" if separator == "[\n" else "\n]"


def _elements(value: object) -> list[object]:
    """Return a list that is read from disk, which the encoder of JSON does not know, as one in memory."""
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(type(value).__name__)


def _present(node: Node) -> Node:
    return {key: value for key, value in node.items() if value is not None}


def run_node(report: Report) -> Node:
    """Return how the verdicts came to be, as JSON."""
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
        "accepted_by_severity": dict(summary.accepted),
        "unknown_by_severity": dict(summary.unknowns),
        "failing_resources": summary.failing_resources,
        "gaps": summary.gaps,
        "resources": dict(sorted(report.resources.items())),
        "nothing_read": summary.nothing_read,
    }


def verdict_node(verdict: Verdict, positions: Mapping[Source, Position]) -> Node:
    """Return a verdict as the JSON report has it (`report.schema.json`); a line only where `positions` has its source."""
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
            "source": _source(verdict.source, None if verdict.source is None else positions.get(verdict.source)),
            "fingerprint": verdict.fingerprint,
            "advice": list(verdict.advice) or None,
            "witness": verdict.witness,
            "witnesses": list(verdict.witnesses) if len(verdict.witnesses) > 1 else None,
            "pairs": verdict.pairs,
            "acceptance": _acceptance(verdict.acceptance),
        }
    )


def _acceptance(acceptance: Acceptance | None) -> Node | None:
    if acceptance is None:
        return None
    return _present(
        {
            "kind": acceptance.kind,
            "reason": acceptance.reason,
            "owner": acceptance.owner or None,
            "ticket": acceptance.ticket or None,
            "expires": acceptance.expires.isoformat() if acceptance.expires else None,
        }
    )


def _source(source: Source | None, position: Position | None = None) -> Node | None:
    if source is None:
        return None
    place = {} if position is None else {"line": position.line, "column": position.column}
    return {"file": source.file, "pointer": source.pointer, **place}


def _gateway(gateway: GatewayFacts) -> Node:
    keys = ("id", "name", "present", "complete", "incomplete_reason", "partner_facing", "connections", "pairs", "feasibility")
    facts: Node = {**gateway}
    return {key: facts[key] for key in keys if key in facts}


def gap_node(gap: Gap) -> Node:
    """Return a gap as the JSON report has it."""
    return _present({"kind": gap.kind, "reason": gap.reason, "source": _source(gap.source), "resource": gap.resource})
