"""`s2sguard policy drift`: do the assigned parameters still say what the facts say?"""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from s2sguard import __version__
from s2sguard.azure_policy.derived.drift import Difference
from s2sguard.azure_policy.derived.model import Conflict, Doubt
from s2sguard.cli.options import configuration, request_of
from s2sguard.cli.output import check_output, write
from s2sguard.cli.policy.drift_table import table
from s2sguard.cli.policy.parameters import conflict_lines, gap_lines, one_standard_input, read, say
from s2sguard.report.style import style_for

CLEAN = 0
DRIFT = 1
INCOMPLETE = 3
SCHEMA_VERSION = "1"


def run(arguments: Namespace) -> int:
    """Print the differences and return the exit code."""
    from s2sguard.azure_policy.derived.assigned import by_scope, read_assigned, together
    from s2sguard.azure_policy.derived.conflicts import settle
    from s2sguard.azure_policy.derived.drift import compare
    from s2sguard.azure_policy.derived.view import look

    check_output(arguments.output)
    one_standard_input(arguments)
    request = request_of(arguments, configuration(arguments))
    assigned = by_scope(read_assigned(arguments.assigned))
    view = look(read(request), request.options)
    differences, conflicts = compare(assigned, view), settle(view, together(assigned)).conflicts
    if arguments.format == "json":
        write(json.dumps(_document(differences, conflicts, view.doubts), indent=2) + "\n", arguments.output)
    else:
        style = style_for(sys.stdout, os.environ, to_file=arguments.output is not None)
        # Before the differences: they mean something else where they may come from what was not read.
        say(gap_lines(view.doubts), "with --format json")
        say(conflict_lines(conflicts), "with --format json")
        write(table(differences, conflicts, view.doubts, style), arguments.output)
    if differences or conflicts:
        return DRIFT
    return INCOMPLETE if view.doubts else CLEAN


def _document(differences: Sequence[Difference], conflicts: Sequence[Conflict], doubts: Sequence[Doubt]) -> dict[str, Any]:
    from s2sguard.azure_policy.derived.document import conflict_entry

    return {
        "schema_version": SCHEMA_VERSION,
        "tool_version": __version__,
        "kind": "s2sguard-derived-drift",
        "differences": [_entry(one) for one in differences],
        "conflicts": [conflict_entry(one) for one in conflicts],
        "gaps": [{"subject": one.subject, "reason": one.reason} for one in doubts],
    }


def _entry(one: Difference) -> dict[str, Any]:
    return {
        "scope": one.scope,
        "what": one.what,
        "subject": one.subject,
        **({"parameter": one.parameter} if one.parameter else {}),
        **({"gateway": one.gateway} if one.gateway else {}),
        "missing": list(one.missing),
        "stale": list(one.stale),
        **({"contested_by": list(one.contested_by)} if one.contested_by else {}),
    }
