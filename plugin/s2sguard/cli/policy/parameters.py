"""`s2sguard policy parameters`: facts as the parameters of the derived initiative's assignments."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence

from s2sguard.audit import Request
from s2sguard.azure_policy.derived.model import Conflict, Derivation, Doubt
from s2sguard.cli.options import configuration, request_of
from s2sguard.cli.output import check_output, write
from s2sguard.errors import UsageError
from s2sguard.model.inventory import Inventory
from s2sguard.report.printable import printable

CLEAN = 0
LOOK = 1
INCOMPLETE = 3
MOST_LINES = 10
"""Lines on standard error for each kind of remark; the document has all of them."""


def run(arguments: Namespace) -> int:
    """Write the parameters document and return the exit code."""
    from s2sguard.azure_policy.derived import derive, document_of
    from s2sguard.azure_policy.derived.assigned import by_scope, read_assigned, together
    from s2sguard.azure_policy.derived.text import new_claim_text

    check_output(arguments.output)
    one_standard_input(arguments)
    request = request_of(arguments, configuration(arguments))
    earlier = together(by_scope(read_assigned(arguments.assigned))) if arguments.assigned is not None else None
    derivation = derive(read(request), request.options, arguments.scope, earlier)
    # ASCII, so no name can act on a terminal.
    write(json.dumps(document_of(derivation), indent=2) + "\n", arguments.output)
    say(conflict_lines(derivation.conflicts))
    say([f"new claim: {new_claim_text(one)}" for one in derivation.new_claims])
    say([f"not expressed: {one.control}: {one.reason}" for one in derivation.not_expressed])
    say(gap_lines(derivation.doubts))
    say(_advice(derivation, given=earlier is not None))
    return _exit_code(derivation)


def one_standard_input(arguments: Namespace) -> None:
    """Raise `UsageError` where `-` would have to be two things."""
    if "-" in {arguments.assigned} & set(arguments.paths):
        raise UsageError("standard input can be the assignments or the inventory, not both", hint="give one of them as a file")


def read(request: Request) -> Inventory:
    """Return the inventory that was asked for; raise `InputError` when nothing can be read at all."""
    from s2sguard.collect import read_inventory

    overlay = () if request.overlay is None else (request.overlay,)
    return read_inventory(request.paths, input_format=request.input_format, overlay=overlay, deployment=request.deployment)


def gap_lines(doubts: Sequence[Doubt]) -> list[str]:
    """Return one line for each thing that could not be read."""
    return [f"gap: {doubt.subject}: {doubt.reason}" if doubt.subject else f"gap: {doubt.reason}" for doubt in doubts]


def conflict_lines(conflicts: Sequence[Conflict]) -> list[str]:
    """Return one line for each set of addresses that several partners claim."""
    from s2sguard.azure_policy.derived.text import conflict_text

    return [f"conflict: {conflict_text(one)}" for one in conflicts]


def say(lines: Sequence[str], where: str = "in the document") -> None:
    """Print remarks to standard error, the first ones and how many more there are."""
    for line in lines[:MOST_LINES]:
        print(printable(line, limit=1000), file=sys.stderr)
    if len(lines) > MOST_LINES:
        print(f"and {len(lines) - MOST_LINES} more of these, {where}", file=sys.stderr)


def _advice(derivation: Derivation, *, given: bool) -> list[str]:
    """Return what to do about conflicts and new claims."""
    if any(one.kept for one in derivation.conflicts):
        return ["hint: who had addresses first keeps them, nobody else is allowed them; `s2sguard scan INPUT`, then revert one side"]
    if derivation.conflicts:
        nobody = "hint: nobody is allowed these addresses, changes of all of them are refused; `s2sguard scan INPUT`, then revert one side"
        keep = "hint: --assigned FILE, with what is assigned now, leaves them to who had them first"
        return [nobody] if given else [nobody, keep]
    return ["hint: without --assigned these claims are taken as they are"] if derivation.new_claims else []


def _exit_code(derivation: Derivation) -> int:
    """Return 1 for what somebody has to look at, else 3 for what could not be read: the former is certain, as in `scan`."""
    if derivation.conflicts or derivation.new_claims or derivation.not_expressed:
        return LOOK
    return INCOMPLETE if derivation.doubts else CLEAN
