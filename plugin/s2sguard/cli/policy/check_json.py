"""`policy check` for machines: one JSON object, a resource on each line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s2sguard import __version__
from s2sguard.cli.policy.check_report import CheckReport
from s2sguard.cli.policy.shown import plain
from s2sguard.cli.policy.test import trace_node
from s2sguard.report.json_report import lines_of_json

if TYPE_CHECKING:
    from s2sguard.azure_policy.forecast.forecast import Judged, Outcome
    from s2sguard.model.inventory import Gap

SCHEMA_VERSION = "1"


def render(report: CheckReport) -> str:
    """Return the whole report as one JSON object; equal reports give equal bytes."""
    judged = report.forecast.judged
    return lines_of_json(
        [
            ("schema_version", SCHEMA_VERSION),
            ("tool_version", __version__),
            ("inputs", list(report.inputs)),
            ("rules", {"title": report.rules.title, "parameters": plain(dict(report.rules.parameters)), "notes": list(report.rules.notes)}),
            ("summary", _summary(report)),
            ("resources", (_resource(report, each) for each in judged)),
            ("gaps", [_gap(each) for each in report.gaps]),
            ("not_expressed", list(report.rules.incomplete)),
            ("note", report.note),
        ]
    )


def _summary(report: CheckReport) -> dict[str, Any]:
    from s2sguard.azure_policy.forecast.forecast import STATES

    return {
        **{state: len(report.forecast.of(state)) for state in STATES},
        "effect": report.rules.effect,
        "denied_with_deny": len(report.forecast.of("denied")) + report.deniable,
        "others": report.forecast.others,
        "gaps": len(report.gaps),
        "nothing_read": report.nothing_read,
    }


def _resource(report: CheckReport, judged: Judged) -> dict[str, Any]:
    resource = judged.resource
    return {
        "id": resource.id,
        "type": resource.type,
        "name": resource.name,
        "source": {"file": resource.source.file, "pointer": resource.source.pointer},
        "standing": judged.standing,
        "state": judged.state,
        "outcomes": [_outcome(report, each) for each in judged.outcomes],
        "manual": list(judged.manual),
    }


def _outcome(report: CheckReport, outcome: Outcome) -> dict[str, Any]:
    rule = report.rules.rule(outcome.reference_id)
    evaluation = outcome.evaluation.masked
    return {
        "rule": outcome.reference_id,
        "title": rule.title,
        "state": outcome.state,
        "effect": evaluation.effect,
        "reason": evaluation.reason,
        "details": plain(dict(evaluation.details)),
        "trace": [trace_node(each) for each in evaluation.trace],
        "to_do": rule.message,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    node: dict[str, Any] = {"kind": gap.kind, "reason": gap.reason}
    if gap.source is not None:
        node["source"] = {"file": gap.source.file, "pointer": gap.source.pointer}
    return node if gap.resource is None else {**node, "resource": gap.resource}
