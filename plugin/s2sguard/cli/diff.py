"""`s2sguard diff`: what changed between two runs of a store, or two JSON reports."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from s2sguard.cli.keeping import need_store
from s2sguard.cli.options import configuration
from s2sguard.cli.output import check_output, write
from s2sguard.config import Config
from s2sguard.errors import UsageError
from s2sguard.report.outcome import at_or_above
from s2sguard.report.style import style_for
from s2sguard.store.compare import Diff, compare, failing
from s2sguard.store.diff_json import diff_json
from s2sguard.store.diff_text import diff_text
from s2sguard.store.report_file import read_report
from s2sguard.store.view import RunView

SAME, WORSE, LESS_KNOWN = 0, 1, 3


def run(arguments: Namespace) -> int:
    """Print the diff and return the exit code."""
    config = configuration(arguments)
    check_output(arguments.output)
    diff = compare(*_runs(arguments, config))
    style = style_for(sys.stdout, os.environ, to_file=arguments.output is not None)
    write(diff_json(diff) if arguments.output_format == "json" else diff_text(diff, style), arguments.output)
    return exit_code(diff, config)


def exit_code(diff: Diff, config: Config) -> int:
    """Return 1 for findings that are new or worse, else 3 for what is not known any more where that fails, else 0."""
    severities = at_or_above(config.fail_on)
    if failing(diff, severities):
        return WORSE
    doubtful = any(single.entry.severity in severities for single in (*diff.lost, *diff.unknown))
    return LESS_KNOWN if config.fail_on_unknown and doubtful else SAME


def _runs(arguments: Namespace, config: Config) -> tuple[RunView, RunView]:
    named: list[str] = arguments.runs
    if len(named) not in {0, 2}:
        raise UsageError("diff takes two runs, or none for the last two", hint="see `s2sguard diff --help`")
    if named and arguments.scope is not None:
        raise UsageError("--scope chooses the last two runs, and two runs are named", hint="leave one of them out")
    if named and not any(_is_number(name) for name in named):
        return read_report(named[0]), read_report(named[1])
    from s2sguard.store.database import open_database
    from s2sguard.store.load import find_pair, load

    database = open_database(need_store(config, "; or compare two JSON reports: `s2sguard diff A.json B.json`"))
    try:
        before, after = named or map(str, find_pair(database, scope=arguments.scope))
        one, two = (load(database, int(name)) if _is_number(name) else read_report(name) for name in (before, after))
    finally:
        database.close()
    return one, two


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 10
