"""`s2sguard policy parameters`: facts as the parameters of the derived initiative's assignments."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence

from s2sguard.audit import Request
from s2sguard.azure_policy.derived.model import Derivation, Doubt
from s2sguard.cli.options import configuration, request_of
from s2sguard.cli.output import check_output, write
from s2sguard.model.inventory import Inventory
from s2sguard.report.printable import printable

CLEAN = 0
NOT_EXPRESSED = 1
INCOMPLETE = 3
MOST_LINES = 10
"""Lines on standard error for each kind of remark; the document has all of them."""


def run(arguments: Namespace) -> int:
    """Write the parameters document and return the exit code."""
    from s2sguard.azure_policy.derived import derive, document_of

    check_output(arguments.output)
    request = request_of(arguments, configuration(arguments))
    derivation = derive(read(request), request.config.facts_options(request.today), arguments.scope)
    # ASCII, so no name can act on a terminal.
    write(json.dumps(document_of(derivation), indent=2) + "\n", arguments.output)
    say([f"not expressed: {one.control}: {one.reason}" for one in derivation.not_expressed])
    say(gap_lines(derivation.doubts))
    return _exit_code(derivation)


def read(request: Request) -> Inventory:
    """Return the inventory that was asked for; raise `InputError` when nothing can be read at all."""
    from s2sguard.collect import read_inventory

    overlay = () if request.overlay is None else (request.overlay,)
    return read_inventory(request.paths, input_format=request.input_format, overlay=overlay)


def gap_lines(doubts: Sequence[Doubt]) -> list[str]:
    """Return one line for each thing that could not be read."""
    return [f"gap: {doubt.subject}: {doubt.reason}" if doubt.subject else f"gap: {doubt.reason}" for doubt in doubts]


def say(lines: Sequence[str]) -> None:
    """Print remarks to standard error, the first ones and how many more there are."""
    for line in lines[:MOST_LINES]:
        print(printable(line, limit=1000), file=sys.stderr)
    if len(lines) > MOST_LINES:
        print(f"and {len(lines) - MOST_LINES} more of these, in the document", file=sys.stderr)


def _exit_code(derivation: Derivation) -> int:
    """Return 1 for what does not fit, else 3 for what could not be read: the former is certain, as in `scan`."""
    if derivation.not_expressed:
        return NOT_EXPRESSED
    return INCOMPLETE if derivation.doubts else CLEAN
