"""`s2sguard history`: the runs of a scope, and the trend of each control and gateway."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from s2sguard.cli.keeping import need_store
from s2sguard.cli.options import configuration
from s2sguard.cli.output import check_output, write
from s2sguard.errors import UsageError
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable
from s2sguard.report.style import style_for
from s2sguard.store.history_text import BARS, PLAIN_BARS, history_text
from s2sguard.store.trend import Trend, scopes, trend

SCHEMA_VERSION = "1"


def run(arguments: Namespace) -> int:
    """Print the history; 0 where there is one."""
    from s2sguard.store.database import open_database

    config = configuration(arguments)
    check_output(arguments.output)
    database = open_database(need_store(config))
    try:
        found, known = trend(database, scope=arguments.scope, most=arguments.limit), scopes(database)
    finally:
        database.close()
    if found is None:
        about = "" if arguments.scope is None else f" of scope `{printable(arguments.scope)}`"
        listed = ", ".join(f"`{printable(name)}`" for name in sorted(known)[:10])
        hint = f"the scopes are {listed}" if listed else "`s2sguard scan ... --store URL` writes one"
        raise UsageError(f"the store `{database.address.shown}` holds no run{about}", hint=hint)
    write(_json(found) if arguments.output_format == "json" else _text(arguments, found, known), arguments.output)
    return 0


def _text(arguments: Namespace, found: Trend, known: dict[str, int]) -> str:
    to_file = arguments.output is not None
    others = {name: number for name, number in known.items() if name != found["scope"]}
    plain = not to_file and not _shows_bars(sys.stdout.encoding)
    return history_text(found, style_for(sys.stdout, os.environ, to_file=to_file), others=others, bars=PLAIN_BARS if plain else BARS)


def _shows_bars(encoding: str | None) -> bool:
    try:
        BARS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _json(found: Trend) -> str:
    members = ("scope", found["scope"]), ("runs", found["runs"]), ("controls", found["controls"]), ("gateways", found["gateways"])
    return lines_of_json([("schema_version", SCHEMA_VERSION), *members])
