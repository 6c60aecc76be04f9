"""`s2sguard facts`: the facts document, for conftest, for custom rules and for looking."""

from __future__ import annotations

from argparse import Namespace

from s2sguard.cli.options import configuration, request_of
from s2sguard.cli.output import check_output, write
from s2sguard.cli.unread import check_anything_read, say_unread
from s2sguard.report.facts_text import facts_text
from s2sguard.report.outcome import CLEAN, INCOMPLETE


def run(arguments: Namespace) -> int:
    """Print the facts document of an inventory; gaps inside a file do not change the exit code, `scan` reports them.

    Where nothing at all was read, nothing is printed: what judges an empty document finds no fault with it.
    """
    from s2sguard.audit import gather

    check_output(arguments.output)
    request = request_of(arguments, configuration(arguments))
    inventory, document = gather(request)
    check_anything_read(inventory)
    write(facts_text(document), arguments.output)
    return INCOMPLETE if say_unread(inventory) else CLEAN
