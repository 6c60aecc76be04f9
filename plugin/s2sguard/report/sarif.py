"""SARIF 2.1.0: findings for code scanning, with the place, the other partner's place, and the packet's way as a code flow.

What is chosen where the standard leaves a choice:
a finding is of kind `fail`, an unknown verdict of kind `open` (the standard's word for what cannot be decided) and level `none`;
an accepted finding is suppressed and still there; passes are not listed; what could not be judged or read is a notification.
A place without a known position is line 1 of its file, because GitHub takes no result without a region.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from s2sguard.evaluate.pack import page_of
from s2sguard.evaluate.verdict import Control, Verdict
from s2sguard.report.interface import Report
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.names import report_names
from s2sguard.report.sarif_places import SOURCE_ROOT, Node, Places
from s2sguard.report.sarif_results import Results
from s2sguard.report.sarif_rules import Pages, rules
from s2sguard.report.sarif_run import invocation, notifications, properties
from s2sguard.report.summary import worst_first

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS: Final = 25_000
"""Results of one run; GitHub refuses a file with more."""


class SarifRenderer:
    """Renders a report as one SARIF log with one run.

    `root` is the absolute folder of the run: absolute paths below it become relative. `pages` gives the page of a control.
    """

    def __init__(self, *, root: str = "", pages: Pages = page_of) -> None:
        self._root = root
        self._pages = pages

    def render(self, report: Report) -> str:
        """Return the whole report as JSON, a line for each rule, notification and result; equal reports give equal bytes."""
        names = report_names(report)
        places = Places(report, names, self._root)
        controls = report.controls or _judged(report.verdicts)
        listed = [verdict for verdict in report.verdicts if verdict.status in {"fail", "unknown"}]
        kept = _worst(listed)
        results = Results(report, names, places, {control.id: index for index, control in enumerate(controls)})
        driver = lines_of_json([*_driver(report).items(), ("rules", rules(controls, self._pages))])
        noted = list(notifications(report, places, len(listed) - len(kept)))
        ended = lines_of_json([*invocation(report).items(), ("toolExecutionNotifications", noted)])
        run = lines_of_json(
            [
                ("columnKind", "unicodeCodePoints"),
                ("originalUriBaseIds", {SOURCE_ROOT: {"description": {"text": "the folder s2sguard was started in"}}}),
                ("properties", properties(report)),
                ("results", (results.node(verdict) for verdict in kept)),
            ]
        )
        head = f'{{\n"$schema": {json.dumps(SCHEMA)},\n"version": "2.1.0",\n"runs": [{{\n'
        return f'{head}"tool": {{"driver": {driver.rstrip()}}},\n"invocations": [{ended.rstrip()}],\n{run[2:-2]}}}]\n}}\n'


def _worst(verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """Return as many verdicts as one run may hold, in the order of the report; what is left out is the least important."""
    if len(verdicts) <= MAX_RESULTS:
        return verdicts
    ranked = sorted(range(len(verdicts)), key=lambda at: (_weight(verdicts[at]), worst_first(verdicts[at])))
    return [verdicts[at] for at in sorted(ranked[:MAX_RESULTS])]


def _weight(verdict: Verdict) -> int:
    return 0 if verdict.counts else 1 if verdict.status == "unknown" else 2


def _judged(verdicts: Sequence[Verdict]) -> tuple[Control, ...]:
    """Return the controls as far as verdicts tell them, for a report that does not carry its controls."""
    found: dict[str, Verdict] = {}
    for verdict in verdicts:
        found.setdefault(verdict.control_id, verdict)
    return tuple(_told(found[control_id]) for control_id in sorted(found))


def _told(verdict: Verdict) -> Control:
    return Control(
        id=verdict.control_id,
        name=verdict.control,
        family="",
        title=verdict.title,
        description=verdict.title,
        severity=verdict.severity,
        fix=verdict.fix,
        needs=(),
        page="",
    )


def _driver(report: Report) -> Node:
    version = report.run.tool_version
    return {
        "name": "s2sguard",
        "version": version,
        "semanticVersion": version,
        "shortDescription": {"text": "Proves which VPN partners can reach each other through an Azure VPN gateway."},
    }
