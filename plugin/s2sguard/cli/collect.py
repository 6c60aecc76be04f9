"""`s2sguard collect`: a live estate into a snapshot, which every other command reads as it reads files."""

from __future__ import annotations

import sys
from argparse import Namespace

from s2sguard.cli.live import LiveProgress, live_of, named_scope
from s2sguard.cli.options import configuration
from s2sguard.cli.output import check_output, write, write_parts
from s2sguard.collect.azure.request import LiveRequest
from s2sguard.errors import UsageError
from s2sguard.report.outcome import CLEAN, INCOMPLETE
from s2sguard.report.style import count


def run(arguments: Namespace) -> int:
    """Read Azure and write the snapshot, or print the role that allows it."""
    live = None if arguments.print_role and not named_scope(arguments) else live_of(arguments)
    if arguments.print_role:
        from s2sguard.collect.azure.role import role_text

        named = live is not None and not live.all_subscriptions
        scopes = live.described if live is not None and named else ()
        write(role_text(scopes, observe=arguments.observe), arguments.output)
        return CLEAN
    if live is None:
        raise UsageError("nothing says what to read", hint="give --subscription, --management-group or --all-subscriptions")
    if arguments.output is None:
        raise UsageError("the snapshot needs a file", hint="give it by -o FILE, or - for standard output")
    check_output(arguments.output)
    return _collect(live, arguments, fail_on_gap=configuration(arguments).fail_on_gap)


def _collect(live: LiveRequest, arguments: Namespace, *, fail_on_gap: bool) -> int:
    from s2sguard.collect.azure.collect import LiveRun

    progress = LiveProgress()
    collected = LiveRun(live, progress=progress)
    try:
        collected.read()
        progress("")
        write_parts(collected.snapshot(), arguments.output)
        resources, gaps = collected.counts()
    except BaseException:
        collected.close()
        raise
    finally:
        progress("")
    collected.discard()
    found = f"collected {count(resources, 'resource')} with {count(collected.requests, 'request')}"
    advice = f"; {count(gaps, 'gap')}: `s2sguard scan` of the snapshot lists what could not be read" if gaps else ""
    print(found + advice, file=sys.stderr)
    return INCOMPLETE if gaps and (fail_on_gap or not resources) else CLEAN
