"""`s2sguard advise`: which headend can carry the partners of an estate, requirement by requirement."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from s2sguard.advise.advice import Advice, advise
from s2sguard.advise.advice_json import advice_json
from s2sguard.advise.advice_text import advice_text
from s2sguard.audit import gather
from s2sguard.cli.options import configuration, request_of, today
from s2sguard.cli.output import check_output, write
from s2sguard.cli.unread import check_anything_read, say_unread
from s2sguard.errors import UsageError
from s2sguard.facts import build_document
from s2sguard.model.inventory import Inventory
from s2sguard.report.style import style_for

CARRIES, CANNOT, INCOMPLETE = 0, 1, 3


def run(arguments: Namespace) -> int:
    """Print the advice. Return 1 when a headend in use cannot carry its partners, else 3 when that is not known of one."""
    config = configuration(arguments)
    check_output(arguments.output)
    if not (arguments.paths or config.agreements):
        raise UsageError("nothing to advise on", hint="give an inventory, --agreements, or both")
    day, unread = today(arguments), False
    if arguments.paths:
        request = request_of(arguments, config)
        options, (inventory, facts) = request.options, gather(request)
        check_anything_read(inventory)
        unread = say_unread(inventory)
    else:
        options = config.facts_options(day)
        facts = build_document(Inventory(()), options)
    # What is signed for later counts: the headend has to carry it.
    found = advise(facts, [one for one in options.agreements or () if one.state(day) != "expired"])
    if arguments.output_format == "json":
        text = advice_json(found)
    else:
        text = advice_text(found, style_for(sys.stdout, os.environ, to_file=arguments.output is not None))
    write(text, arguments.output)
    return exit_code(found, unread=unread)


def exit_code(found: Sequence[Advice], *, unread: bool) -> int:
    """Return how a run ends: what cannot be is certain, so it wins over what is unknown."""
    states = {one.present for one in found}
    if "no" in states:
        return CANNOT
    return INCOMPLETE if unread or "unknown" in states or not found else CARRIES
