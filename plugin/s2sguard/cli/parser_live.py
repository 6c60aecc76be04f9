"""Arguments of what reads Azure itself: `collect`, and `scan` with a scope instead of paths."""

from __future__ import annotations

import argparse

from s2sguard.cli.arguments import Commands, add_command, add_config_file, add_output, whole_number

CLOUDS = ("public", "usgov", "usgovernment", "china")
MOST_REQUESTS = 64
COLLECT_HELP = """\
Signs in with DefaultAzureCredential and only ever reads; --print-role prints the custom role that suffices.

examples:
  s2sguard collect --all-subscriptions -o snapshot.json
  s2sguard collect --management-group partners --checkpoint run.db -o snapshot.json
  s2sguard collect --print-role --subscription 00000000-0000-0000-0000-000000000000
  s2sguard scan snapshot.json

exit codes:
  0  the snapshot is written
  2  the command line or the configuration is not valid
  3  nothing could be read, or a gap with --fail-on-gap
"""


def add_live(parser: argparse.ArgumentParser) -> None:
    """Add the scope of a live estate, and how it is read."""
    scope = parser.add_argument_group("a live estate")
    scope.add_argument(
        "--subscription", nargs="+", action="extend", default=[], dest="subscriptions", metavar="ID", help="read these subscriptions"
    )
    scope.add_argument("--management-group", metavar="ID", help="read every subscription below this management group")
    scope.add_argument("--all-subscriptions", action="store_true", help="read every subscription the sign-in can see")
    scope.add_argument("--no-resource-graph", action="store_true", help="walk the resource groups instead of asking Resource Graph")
    scope.add_argument("--observe", action="store_true", help="also ask the gateways for the live SAs of their connections")
    scope.add_argument("--cloud", choices=CLOUDS, default="public", help="default: public")
    scope.add_argument("--checkpoint", metavar="FILE", help="keep the run here, so that a killed one goes on where it was")
    scope.add_argument(
        "--concurrency", type=whole_number(MOST_REQUESTS), default=16, metavar="N", help=f"requests at a time, 1 to {MOST_REQUESTS} (16)"
    )


def add_collect(commands: Commands) -> None:
    """Add `collect`."""
    parser = add_command(commands, "collect", "read a live estate into a snapshot, for later scans and for --with", COLLECT_HELP)
    add_live(parser)
    parser.add_argument("--print-role", action="store_true", help="print the custom role that allows this, and read nothing")
    parser.add_argument("--fail-on-gap", action=argparse.BooleanOptionalAction, help="exit with 3 when anything could not be read")
    add_config_file(parser)
    add_output(parser)
