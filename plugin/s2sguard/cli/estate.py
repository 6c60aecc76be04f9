"""What `bundle --with-facts` and `feed` hand over: a finished run, as one document for decision points."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import Any

from s2sguard.cli.options import configuration, now, request_of
from s2sguard.cli.output import Progress
from s2sguard.cli.unread import check_anything_read, say_unread
from s2sguard.errors import InputError


def estate_of(arguments: Namespace) -> dict[str, Any]:
    """Return the document of `report.estate` about the input.

    Raise InputError where an input was not read: half an estate in the place of a whole one would be believed.
    """
    from s2sguard.audit import audit
    from s2sguard.report.estate import estate_document

    progress = Progress()
    request = request_of(arguments, configuration(arguments))
    # A server that is configured to judge may be the very one that is to be fed, and not hold the policies yet.
    config = replace(request.config, opa_url=None, engine="auto" if request.config.engine == "opa" else request.config.engine)
    try:
        inventory, report = audit(replace(request, config=config), now=now, progress=progress)
    finally:
        progress("")
    check_anything_read(inventory)
    if say_unread(inventory):
        raise InputError("an input was not read, so nothing was handed over", hint="repair or leave out what is named above")
    return estate_document(report, revision=arguments.revision)
