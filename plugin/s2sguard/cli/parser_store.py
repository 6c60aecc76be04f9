"""Arguments of what is kept between scans: `--store` of `scan`, and the commands `diff`, `history` and `store`."""

from __future__ import annotations

import argparse

from s2sguard.cli.arguments import SEVERITIES, Commands, add_action, add_command, add_config_file, add_output, whole_number

STORE_HELP = "keeps runs: a SQLite file, or postgresql://USER@HOST/DATABASE with its password in PGPASSWORD"
DIFF_HELP = """\
examples:
  s2sguard diff --store s2sguard.db          the last two runs of the scope of the last run
  s2sguard diff 41 44 --store s2sguard.db    two runs by number (`s2sguard history` lists them)
  s2sguard diff before.json after.json       two JSON reports, without a store

A finding is resolved only where that is known: what is unknown now, or was not seen
by a run that could not read everything, is listed on its own.

exit codes:
  0  no finding at or above --fail-on (default: high) is new or worse
  1  one is: it was not there or unknown before, no longer accepted, more severe,
     or about more pairs. What is accepted does not count
  2  the command line or the configuration is not valid, or there are no two such runs
  3  could not complete: the store or a report cannot be read; or, with
     --fail-on-unknown, a finding or a pass of that severity is not known any more
"""
STORE_EPILOG = """\
A run stays when either of --keep-runs and --keep-days says so; the newest of a scope always does.
"""
_MOST_KEPT = 100_000
"""Runs or days."""


def add_store(parser: argparse.ArgumentParser) -> None:
    """Add `--store`, `--scope`, `--keep-runs` and `--keep-days` to a command that scans."""
    group = parser.add_argument_group("keep this run", "A run that crashes leaves nothing. Runs stay for ever unless told otherwise.")
    group.add_argument("--store", metavar="URL", help=STORE_HELP)
    group.add_argument(
        "--scope", metavar="NAME", help="what this run is about, for comparing it with others (default: the inputs as named)"
    )
    _add_keep(group)


def add_store_commands(commands: Commands) -> None:
    """Add `diff`, `history` and `store`."""
    _diff(commands)
    _history(commands)
    _store(commands)


def _diff(commands: Commands) -> None:
    parser = add_command(
        commands, "diff", "show what changed between two runs: findings, and which partner pairs opened or closed", DIFF_HELP
    )
    parser.add_argument("runs", nargs="*", metavar="RUN", help="two numbers of runs, or two JSON reports (default: the last two runs)")
    _add_source(parser)
    parser.add_argument("--fail-on", choices=SEVERITIES, help="exit with 1 for findings of this severity and above (default: high)")
    parser.add_argument("--fail-on-unknown", action=argparse.BooleanOptionalAction, help="exit with 3 for what is not known any more")
    _add_format(parser)


def _history(commands: Commands) -> None:
    parser = add_command(commands, "history", "list the runs of a scope, and the trend of each control and gateway")
    _add_source(parser)
    parser.add_argument("--limit", type=whole_number(_MOST_KEPT), default=30, metavar="N", help="the newest so many runs (default: 30)")
    _add_format(parser)


def _store(commands: Commands) -> None:
    parser = add_command(commands, "store", "look after the store of runs")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    prune = add_action(actions, "prune", "remove old runs, of one scope or of all", STORE_EPILOG)
    _add_source(prune)
    _add_keep(prune)


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", metavar="URL", help=STORE_HELP)
    parser.add_argument("--scope", metavar="NAME", help="only runs about this (default: what the last run is about)")
    add_config_file(parser)


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", dest="output_format", help="default: text")
    add_output(parser)


def _add_keep(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--keep-runs", type=whole_number(_MOST_KEPT), metavar="N", help="remove older runs of the scope than the newest N")
    parser.add_argument(
        "--keep-days", type=whole_number(_MOST_KEPT), metavar="N", help="remove runs of the scope that are older than N days"
    )
