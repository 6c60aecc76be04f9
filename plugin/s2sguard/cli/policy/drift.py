"""`s2sguard policy drift`: do the assigned parameters still say what the facts say?"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from s2sguard import __version__
from s2sguard.azure_policy.derived.drift import Difference
from s2sguard.azure_policy.derived.model import Doubt
from s2sguard.cli.options import configuration, request_of
from s2sguard.cli.output import check_output, write
from s2sguard.cli.policy.parameters import gap_lines, read, say
from s2sguard.errors import UsageError
from s2sguard.report.printable import printable
from s2sguard.report.style import count, some

CLEAN = 0
DRIFT = 1
INCOMPLETE = 3
SCHEMA_VERSION = "1"
MOST_RANGES = 8

_WORDS = {
    "claims": "ranges in use by partner",
    "allowed": "ranges allowed for partner",
    "networks": "networks behind gateway",
    "partners": "partner",
    "gateways": "gateway",
    "identity": "what is known of",
    "scope": "assignments at",
    "unreadable": "assigned range that is none",
}


def run(arguments: Namespace) -> int:
    """Print the differences and return the exit code."""
    from s2sguard.azure_policy.derived.assigned import by_scope, read_assigned
    from s2sguard.azure_policy.derived.drift import compare
    from s2sguard.azure_policy.derived.view import look

    check_output(arguments.output)
    if "-" in {arguments.assigned} & set(arguments.paths):
        raise UsageError("standard input can be the assignments or the inventory, not both", hint="give one of them as a file")
    request = request_of(arguments, configuration(arguments))
    assigned = by_scope(read_assigned(arguments.assigned))
    view = look(read(request), request.config.facts_options(request.today))
    differences = compare(assigned, view)
    if arguments.format == "json":
        write(json.dumps(_document(differences, view.doubts), indent=2) + "\n", arguments.output)
    else:
        write(_table(differences), arguments.output)
        say(gap_lines(view.doubts))
    if differences:
        return DRIFT
    return INCOMPLETE if view.doubts else CLEAN


def _document(differences: Sequence[Difference], doubts: Sequence[Doubt]) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "tool_version": __version__,
        "kind": "s2sguard-derived-drift",
        "differences": [
            {
                "scope": one.scope,
                "what": one.what,
                "subject": one.subject,
                **({"gateway": one.gateway} if one.gateway else {}),
                "missing": list(one.missing),
                "stale": list(one.stale),
            }
            for one in differences
        ],
        "gaps": [{"subject": one.subject, "reason": one.reason} for one in doubts],
    }


def _table(differences: Sequence[Difference]) -> str:
    if not differences:
        return "no drift: the assignments say what the facts say\n"
    lines = [f"{count(len(differences), 'difference')}: run `s2sguard policy parameters` and assign the result"]
    for scope, members in groupby(differences, key=lambda one: one.scope):
        lines += ["", printable(scope or "(no scope given)"), *(f"  {line}" for one in members for line in _lines(one))]
    return "\n".join(lines) + "\n"


def _lines(one: Difference) -> Iterator[str]:
    subject = printable(one.subject.rsplit("/", 1)[-1] if one.subject.startswith("/") else one.subject, limit=200)
    where = f" on {printable(one.gateway.rsplit('/', 1)[-1])}" if one.gateway else ""
    head = f"{_WORDS[one.what]} {subject}{where}:"
    if one.what in {"partners", "gateways", "scope"}:
        yield f"{head} {'not assigned yet' if one.missing else 'assigned and gone'}"
        return
    if one.missing:
        yield f"{head} not assigned: {_ranges(one.missing)}"
    if one.stale:
        yield f"{head} assigned and gone: {_ranges(one.stale)}"


def _ranges(texts: Sequence[str]) -> str:
    return some([printable(text.rsplit("/", 1)[-1] if text.startswith("/") else text, limit=200) for text in texts], MOST_RANGES)
