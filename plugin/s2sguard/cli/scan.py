"""`s2sguard scan`: judge an inventory, write the reports, and end with the code that a pipeline relies on."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from s2sguard.cli.formats import destinations, write_reports
from s2sguard.cli.keeping import keeping
from s2sguard.cli.live import LiveProgress
from s2sguard.cli.options import configuration, now, request_of
from s2sguard.cli.output import Progress
from s2sguard.cli.pipeline import tell_pipeline
from s2sguard.report.interface import Report
from s2sguard.report.outcome import exit_code

if TYPE_CHECKING:
    from s2sguard.audit import Request


def run(arguments: Namespace) -> int:
    """Scan and return the exit code."""
    config = configuration(arguments)
    found = destinations(arguments, config)
    request = request_of(arguments, config)
    with keeping(arguments, config) as keep, _judged(request, arguments.jobs) as judged:
        report = keep(judged)
        write_reports(report, found, with_facts=arguments.with_facts, framework=arguments.framework, environ=os.environ)
        tell_pipeline(report, found, os.environ)
        code = exit_code(report)
    if request.live is not None:
        request.live.forget()
    return code


@contextmanager
def _judged(request: Request, jobs: int | None) -> Iterator[Report]:
    """Yield the report of a run: from shards where these were asked for or the input is large, and else from memory.

    How large it is, nobody knows of what is read live: only `--jobs` says so there.
    """
    from s2sguard.audit import audit
    from s2sguard.sharding.size import worth_it

    progress = Progress() if request.live is None else LiveProgress()
    if jobs is None and (request.live is not None or not worth_it(request.inputs)):
        try:
            _, report = audit(request, now=now, progress=progress)
        finally:
            progress("")
        yield report
        return
    from s2sguard.sharding.run import audit_in_shards

    with ExitStack() as files:
        try:
            report = files.enter_context(audit_in_shards(request, now=now, progress=progress, jobs=jobs or 1))
        finally:
            progress("")
        yield report
