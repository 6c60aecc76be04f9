"""`s2sguard policy check`: what Azure Policy would deny or flag if this input were deployed now."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from s2sguard.cli.options import configuration, deployment_of
from s2sguard.cli.output import Progress, check_output, write
from s2sguard.cli.policy.check_report import CheckReport
from s2sguard.cli.policy.circumstances import NotValidError
from s2sguard.cli.policy.doubts import forecast_in_doubt
from s2sguard.cli.policy.inputs import read_parameters, with_effect
from s2sguard.cli.policy.problems import problem_lines
from s2sguard.cli.policy.rules import rules_of
from s2sguard.report.style import style_for

if TYPE_CHECKING:
    from s2sguard.config import Config
    from s2sguard.model.inventory import Inventory

COUNTED = {"denied": frozenset({"denied"}), "flagged": frozenset({"denied", "flagged", "changed"})}
"""`--fail-on` -> the states that it means."""
CLEAN, FOUND, NOT_VALID, INCOMPLETE = 0, 1, 2, 3


def run(arguments: Namespace) -> int:
    """Read, evaluate, print, and return the exit code that a pipeline relies on."""
    config = configuration(arguments)
    check_output(arguments.output)
    progress = Progress()
    try:
        report = _report(arguments, config, progress)
    except NotValidError as error:
        lines = [line for file, problems in error.files for line in problem_lines(file, problems, style_for(sys.stderr, os.environ))]
        progress("")
        print("\n".join(["error: a definition or a parameter is not valid", *lines]), file=sys.stderr)
        return NOT_VALID
    finally:
        progress("")
    write(_rendered(report, arguments), arguments.output)
    return exit_code(report, config, COUNTED[arguments.fail_on_state])


def exit_code(report: CheckReport, config: Config, counted: frozenset[str]) -> int:
    """Return 1 for resources in a `counted` state, else 3 for what has no complete answer, else 0."""
    states = {outcome.state for judged in report.forecast.judged for outcome in judged.outcomes}
    if states & counted:
        return FOUND
    incomplete = (
        report.nothing_read,
        "error" in states,
        bool(report.rules.doubts),
        report.unread,
        config.fail_on_unknown and "unknown" in states,
        config.fail_on_gap and bool(report.gaps or report.rules.incomplete),
    )
    return INCOMPLETE if any(incomplete) else CLEAN


def _report(arguments: Namespace, config: Config, progress: Progress) -> CheckReport:
    from s2sguard.azure_policy.forecast.forecast import forecast
    from s2sguard.collect import read_inventory
    from s2sguard.collect.text import no_garbage

    given = with_effect(read_parameters(arguments.parameters), arguments.effect)
    rules = rules_of(arguments, given, config)
    with no_garbage():
        progress("reading")
        overlay = () if arguments.overlay is None else (arguments.overlay,)
        inventory = read_inventory(
            arguments.paths, input_format=arguments.input_format, overlay=overlay, deployment=deployment_of(arguments)
        )
        base: Inventory | None = read_inventory(overlay) if overlay else None
        progress(f"evaluating {len(inventory.resources)} resources")
        found = forecast(rules.rules, inventory, base)
    inputs = (*arguments.paths, *overlay)
    found = forecast_in_doubt(found, rules.doubts)
    return CheckReport(forecast=found, rules=rules, inventory=inventory, inputs=inputs)


def _rendered(report: CheckReport, arguments: Namespace) -> str:
    if arguments.format == "json":
        from s2sguard.cli.policy.check_json import render

        return render(report)
    from s2sguard.cli.policy.check_table import CheckTable

    return CheckTable(report, style_for(sys.stdout, os.environ, to_file=arguments.output is not None)).render()
