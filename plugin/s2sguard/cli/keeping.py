"""Keeping the run of a scan in a store: checked before any work is done, written before the reports, never in their way."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from s2sguard.cli.options import now
from s2sguard.config import Config
from s2sguard.errors import StoreError, UsageError
from s2sguard.report.html.limits import MOST_PAST
from s2sguard.report.interface import PastRun, Report
from s2sguard.report.printable import printable
from s2sguard.report.style import count

if TYPE_CHECKING:
    from s2sguard.store.database import Database

NO_STORE = "there is no store to use"
NO_STORE_HINT = "name one with --store URL, S2SGUARD_STORE, or `store` in s2sguard.yaml"


def need_store(config: Config, otherwise: str = "") -> str:
    """Return the URL of the store; raises UsageError without one, with what else can be done."""
    if config.store is None:
        raise UsageError(NO_STORE, hint=NO_STORE_HINT + otherwise)
    return config.store


@contextmanager
def keeping(arguments: Namespace, config: Config) -> Iterator[Callable[[Report], Report]]:
    """Yield what keeps a report in the store of a scan, and returns it with the runs before it; does nothing without a store.

    Raises UsageError, or StoreError, before the scan where the store cannot be used. A failure to write is raised at the end, when the
    reports are written.
    """
    if config.store is None:
        given = [flag for flag in ("scope", "keep_runs", "keep_days") if getattr(arguments, flag) is not None]
        if given:
            raise UsageError(f"--{given[0].replace('_', '-')} is about a store, and {NO_STORE}", hint=NO_STORE_HINT)
        yield lambda report: report
        return
    from s2sguard.store.database import open_database
    from s2sguard.store.inputs import scope_of

    scope_of(arguments.scope, ())
    database = open_database(config.store)
    failures: list[StoreError] = []

    trend = "html" in {config.format, *(name for name, _ in arguments.formats)}

    def keep(report: Report) -> Report:
        try:
            return _keep(arguments, report, config.store or "", trend=trend)
        except StoreError as error:
            failures.append(error)
            return report

    try:
        database.prepare()
    finally:
        database.close()
    yield keep
    if failures:
        raise failures[0]


def _keep(arguments: Namespace, report: Report, url: str, *, trend: bool) -> Report:
    from s2sguard.store.database import open_database
    from s2sguard.store.inputs import digest_of_inputs, scope_of
    from s2sguard.store.retention import Keep, prune
    from s2sguard.store.save import save

    database = open_database(url)
    try:
        scope = scope_of(arguments.scope, report.run.inputs)
        past = _past(database, scope) if trend else ()
        run = save(database, report, scope=scope, inputs_digest=digest_of_inputs(report.run.inputs))
        print(f"kept as run {run} of scope `{printable(scope)}` in `{database.address.shown}`", file=sys.stderr)
        gone = prune(database, Keep(runs=arguments.keep_runs, days=arguments.keep_days), now=now(), scope=scope)
    finally:
        database.close()
    if gone:
        print(f"removed {count(len(gone), 'older run')}", file=sys.stderr)
    return replace(report, past=past) if past else report


def _past(database: Database, scope: str) -> tuple[PastRun, ...]:
    """Return the runs of a scope that are kept so far, the oldest first, as a report draws them."""
    from s2sguard.store.trend import trend

    found = trend(database, scope=scope, most=MOST_PAST)
    return tuple(
        PastRun(
            started=run["started"],
            findings=run["findings"],
            unknown=run["unknown"],
            gaps=run["gaps"],
            open_pairs=run["open_pairs"],
        )
        for run in (found["runs"] if found is not None else ())
    )
