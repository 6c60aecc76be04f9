"""`s2sguard fix`: the smallest verified change of each failing connection, or why there is none."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from s2sguard.cli.options import configuration, now, request_of
from s2sguard.cli.output import Progress, check_output, write
from s2sguard.errors import UsageError
from s2sguard.fix import FixPlan, plan_fixes
from s2sguard.model.inventory import fold_id
from s2sguard.report.interface import Report
from s2sguard.report.outcome import WHOLE_FILE
from s2sguard.report.printable import printable

DONE = 0
WITHOUT = 1
INCOMPLETE = 3


def run(arguments: Namespace) -> int:
    """Print the fixes. Return 1 when a connection has none, else 3 for an input that was not read, else 0."""
    config = configuration(arguments)
    check_output(arguments.output)
    request = request_of(arguments, config)
    progress = Progress()
    try:
        plan = plan_fixes(
            request,
            now=now,
            languages=tuple(arguments.languages),
            chosen=lambda report: chosen(report, arguments.connection, arguments.control),
            progress=progress,
        )
    finally:
        progress("")
    write(_render(plan, arguments), arguments.output)
    return exit_code(plan)


def exit_code(plan: FixPlan) -> int:
    """Return how a run ends: that a connection cannot be fixed is certain, so it wins over what could not be read."""
    if plan.without:
        return WITHOUT
    return INCOMPLETE if plan.nothing_read or any(gap.kind in WHOLE_FILE for gap in plan.gaps) else DONE


def chosen(report: Report, connection: str | None, control: str | None) -> set[str] | None:
    """Return the folded ids of the connections to show, None for all; raises UsageError for a name that nothing has."""
    if connection is not None:
        from s2sguard.explain import Explainer
        from s2sguard.report.style import Style

        return {fold_id(Explainer(report.facts, Style()).find(connection)["id"])}
    if control is None:
        return None
    wanted = control.strip().lower()
    found = next((one.id for one in report.controls if wanted in {one.id.lower(), one.name.lower()}), None)
    if found is None:
        raise UsageError(f"no control `{printable(control, limit=60)}`", hint="see `s2sguard controls list`")
    return {fold_id(verdict.resource) for verdict in report.verdicts if verdict.control_id == found and verdict.counts}


def _render(plan: FixPlan, arguments: Namespace) -> str:
    if arguments.output_format == "json":
        from s2sguard.fix.json_output import render

        return render(plan)
    from s2sguard.fix.text import TextFixes
    from s2sguard.report.style import style_for

    return TextFixes(style_for(sys.stdout, os.environ, to_file=arguments.output is not None)).render(plan)
