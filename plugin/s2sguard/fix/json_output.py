"""Fixes for machines: one JSON object, described by `fix.schema.json`. The text is ASCII, so no name can act on a terminal.

`properties` of a fix is the patch itself: each member replaces the one of that name below the connection's `properties`.
"""

from __future__ import annotations

from typing import Any

from s2sguard.fix.model import Checked, Elsewhere, Fix, FixPlan, GatewayOutcome, Left, NoFix, Subject
from s2sguard.report.json_report import lines_of_json

SCHEMA_VERSION = "1"
Node = dict[str, Any]


def render(plan: FixPlan) -> str:
    """Return the plan; equal plans give equal bytes."""
    return lines_of_json(
        [
            ("schema_version", SCHEMA_VERSION),
            ("assumptions", plan.assumptions),
            ("fixes", [_fix(fix) for fix in plan.fixes]),
            ("settled", [_subject(one.subject) | {"gone_together": list(one.gone_together)} for one in plan.settled]),
            ("without_fix", [_no_fix(found) for found in plan.without]),
            ("elsewhere", [_elsewhere(one) for one in plan.elsewhere]),
            ("gateways", [_gateway(gateway) for gateway in plan.gateways]),
        ]
    )


def _fix(fix: Fix) -> Node:
    return _subject(fix.subject) | {
        "properties": fix.patch.properties,
        "changes": [{"property": change.name, "before": change.before, "after": change.after} for change in fix.patch.changes],
        "checked": _checked(fix.checked),
        "their_selectors": [{"local": list(remote), "remote": list(local)} for local, remote in fix.selectors],
        "effects": list(fix.effects),
        "steps": list(fix.steps),
        "snippets": dict(fix.snippets),
    }


def _no_fix(found: NoFix) -> Node:
    obstacles = [{"code": one.code, "requirement": one.requirement, "instead": one.instead} for one in found.obstacles]
    return _subject(found.subject) | {"obstacles": obstacles}


def _subject(subject: Subject) -> Node:
    source: Node = {"file": subject.resource.source.file, "pointer": subject.resource.source.pointer}
    if subject.position is not None:
        source |= {"line": subject.position.line, "column": subject.position.column}
    return {
        "connection": subject.resource.id,
        "name": subject.resource.name,
        "gateway": subject.gateway,
        "partner": subject.partner,
        "source": source,
        "findings": [
            {"control": one.control_id, "severity": one.severity, "message": one.message, "fingerprint": one.fingerprint}
            for one in subject.findings
        ],
    }


def _checked(checked: Checked) -> Node:
    found: Node = {
        "gone": list(checked.gone),
        "gone_together": list(checked.gone_together),
        "meanwhile": list(checked.meanwhile),
        "remaining": [_left(left) for left in checked.remaining],
        "unknown": [_left(left) for left in checked.unknown],
    }
    pairs = {"before": checked.pairs_before, "alone": checked.pairs_alone, "together": checked.pairs_together}
    return found | {"pairs": {name: value for name, value in pairs.items() if value is not None}}


def _left(left: Left) -> Node:
    return {"control": left.control, "why": left.why}


def _elsewhere(one: Elsewhere) -> Node:
    verdict = one.verdict
    return {"control": verdict.control_id, "resource": verdict.resource, "message": verdict.message, "fix": verdict.fix, "az": one.command}


def _gateway(gateway: GatewayOutcome) -> Node:
    found: Node = {"id": gateway.id, "fixes": gateway.fixes, "settled": gateway.settled, "failing": gateway.failing}
    pairs = {"before": gateway.before, "after": gateway.after}
    return found | {"pairs": {name: value for name, value in pairs.items() if value is not None}}
