"""`s2sguard scan`: judge an inventory, print the report, and end with the code that a pipeline relies on."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from typing import Final

from s2sguard.cli.options import configuration, now, request_of
from s2sguard.cli.output import Progress, check_output, write
from s2sguard.config import Config, FailOn
from s2sguard.evaluate.verdict import Severity
from s2sguard.model.inventory import GapKind
from s2sguard.report.interface import Renderer, Report
from s2sguard.report.summary import SEVERITIES, summarise

CLEAN = 0
FINDINGS = 1
INCOMPLETE = 3

WHOLE_FILE: Final[frozenset[GapKind]] = frozenset({"unreadable-file", "not-json", "too-large", "too-deep"})
"""Gaps that mean a whole input was not read: design section 5 lists unreadable input beside `--fail-on-gap`, not under it."""


def run(arguments: Namespace) -> int:
    """Scan and return the exit code."""
    from s2sguard.audit import audit

    config = configuration(arguments)
    check_output(arguments.output)
    progress = Progress()
    request = request_of(arguments, config)
    try:
        _, report = audit(request, now=now, progress=progress)
    finally:
        progress("")
    write(_renderer(arguments, config).render(report), arguments.output)
    return exit_code(report, config)


def exit_code(report: Report, config: Config) -> int:
    """Return 1 for findings, else 3 for what could not be completed, else 0.

    A finding is certain and a gap is not, so 1 wins where both hold; the report shows both.
    """
    summary = summarise(report)
    severities = at_or_above(config.fail_on)
    if any(summary.findings[severity] for severity in severities):
        return FINDINGS
    incomplete = (
        summary.nothing_read,
        summary.statuses["error"] > 0,
        any(gap.kind in WHOLE_FILE for gap in report.gaps),
        config.fail_on_unknown and any(summary.unknowns[severity] for severity in severities),
        config.fail_on_gap and summary.gaps > 0,
    )
    return INCOMPLETE if any(incomplete) else CLEAN


def at_or_above(severity: FailOn) -> tuple[Severity, ...]:
    """Return the severities at or above one; none for `never`."""
    return () if severity == "never" else SEVERITIES[: SEVERITIES.index(severity) + 1]


def _renderer(arguments: Namespace, config: Config) -> Renderer:
    if config.format == "json":
        from s2sguard.report.json_report import JsonRenderer

        return JsonRenderer(with_facts=arguments.with_facts)
    from s2sguard.report.style import style_for
    from s2sguard.report.table import TableRenderer

    return TableRenderer(style_for(sys.stdout, os.environ, to_file=arguments.output is not None))
