"""`s2sguard store prune`: remove old runs."""

from __future__ import annotations

from argparse import Namespace

from s2sguard.cli.keeping import need_store
from s2sguard.cli.options import configuration, now
from s2sguard.cli.output import write
from s2sguard.errors import UsageError
from s2sguard.report.style import count


def run(arguments: Namespace) -> int:
    """Remove the runs that do not stay, and say which."""
    from s2sguard.store.database import open_database
    from s2sguard.store.retention import Keep, numbers, prune

    config = configuration(arguments)
    if arguments.keep_runs is None and arguments.keep_days is None:
        raise UsageError("nothing says which runs stay", hint="give --keep-runs N, --keep-days N, or both")
    database = open_database(need_store(config))
    try:
        with database.reading():
            # A store that is not there is not made by removing runs from it.
            pass
        gone = prune(database, Keep(runs=arguments.keep_runs, days=arguments.keep_days), now=now(), scope=arguments.scope)
    finally:
        database.close()
    write(f"removed {count(len(gone), 'run')} ({numbers(gone)})\n" if gone else "removed nothing: every run stays\n", None)
    return 0
