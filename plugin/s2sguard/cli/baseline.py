"""`s2sguard baseline create|use`: adopt an estate that already has findings, so that only new ones fail."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace

from s2sguard import __version__
from s2sguard.cli import scan
from s2sguard.cli.options import configuration, now, request_of
from s2sguard.cli.output import Progress, check_output, write
from s2sguard.report.outcome import WHOLE_FILE
from s2sguard.report.style import count
from s2sguard.report.summary import summarise

WRITTEN = 0
INCOMPLETE = 3


def run(arguments: Namespace) -> int:
    """Write a baseline, or scan with one; return the exit code."""
    if arguments.action == "use":
        return scan.run(arguments)
    return _create(arguments)


def _create(arguments: Namespace) -> int:
    from s2sguard.audit import audit
    from s2sguard.config.accepted import given_by
    from s2sguard.evaluate.acceptance import baseline_text

    config = configuration(arguments)
    check_output(arguments.output)
    progress = Progress()
    request = request_of(arguments, config)
    try:
        _, report = audit(request, now=now, progress=progress)
    finally:
        progress("")
    judged = tuple(replace(verdict, acceptance=None) for verdict in report.verdicts)
    text, held = baseline_text(judged, report.facts, given_by(config), today=request.today, tool_version=__version__)
    unread = any(gap.kind in WHOLE_FILE for gap in report.gaps)
    if summarise(report).nothing_read or unread:
        # Half an estate would make the other half's findings look new.
        print("error: an input was not read, so no baseline was written; `s2sguard scan` says what is missing", file=sys.stderr)
        return INCOMPLETE
    write(text, arguments.output)
    if arguments.output is not None:
        print(f"{count(held, 'finding')} in {arguments.output}: from now on only new ones fail, with `--baseline {arguments.output}`")
    return WRITTEN
