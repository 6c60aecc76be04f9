"""Every command, argument and line of help."""

from __future__ import annotations

import argparse

from s2sguard import __version__
from s2sguard.cli.arguments import (
    Commands,
    Parser,
    add_assumptions,
    add_command,
    add_config_file,
    add_decisions,
    add_engine,
    add_facts_options,
    add_input,
    add_output,
)
from s2sguard.cli.policy.parser import add_parser as add_policy

EXIT_CODES = """\
exit codes:
  0  clean
  1  findings of the severity of --fail-on (default: high) or above
  2  the command line or the configuration is not valid
  3  could not complete: engine error, unreadable input, nothing read at all,
     a gap with --fail-on-gap, an unknown verdict with --fail-on-unknown
Where 1 and 3 both hold, 1 wins: the finding is certain. The report shows both.
"""
EXPLAIN_HELP = """\
examples:
  s2sguard explain to-partner-red estate/     one connection, by name or id
  s2sguard explain red blue estate/           two partners or two connections
  s2sguard explain 4f2a91 estate/             one verdict, by the start of its
                                              fingerprint or by its control
What is a file, a folder or `-` is read; the other one or two words are explained.
Where a word could be both, say what it is:
  s2sguard explain estate/ --connection to-partner-red
  s2sguard explain estate/ --between red blue
  s2sguard explain estate/ --finding S2S-ISO-001
"""


def build_parser() -> Parser:
    """Return the parser for all commands. `module` of its result names the module in `s2sguard.cli` that runs it."""
    parser = Parser(
        prog="s2sguard",
        description="Proves which VPN partners can reach each other through an Azure VPN gateway.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"s2sguard {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _scan(commands)
    _facts(commands)
    _explain(commands)
    _controls(commands)
    _config(commands)
    _policies(commands)
    _snapshot(commands)
    add_policy(commands)
    return parser


def _scan(commands: Commands) -> None:
    parser = add_command(commands, "scan", "judge an inventory and report", EXIT_CODES)
    add_input(parser)
    add_facts_options(parser)
    add_engine(parser)
    add_decisions(parser)
    add_output(parser)
    parser.add_argument("--with-facts", action="store_true", help="add the facts document to the JSON report")


def _facts(commands: Commands) -> None:
    parser = add_command(commands, "facts", "print the facts document, the input of every Rego rule, as JSON")
    add_input(parser)
    add_facts_options(parser)
    add_output(parser)


def _explain(commands: Commands) -> None:
    parser = add_command(commands, "explain", "show what Azure proposes, what it accepts and why, and the proving packet", EXPLAIN_HELP)
    add_input(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--connection", metavar="NAME", help="one connection, by name or id")
    what.add_argument("--between", nargs=2, metavar=("A", "B"), help="two partners or two connections")
    what.add_argument("--finding", metavar="FINGERPRINT", help="one verdict of a scan, by the start of its fingerprint or by its control")
    add_facts_options(parser)
    add_engine(parser)


def _controls(commands: Commands) -> None:
    parser = add_command(commands, "controls", "list the controls, or show one with the settings in force")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="one line for each control", allow_abbrev=False)
    listing.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    listing.set_defaults(action="list")
    show = actions.add_parser("show", help="what one control asks for, why, and how to fix it", allow_abbrev=False)
    show.add_argument("control", metavar="ID", help="such as S2S-IKE-001, or the name of its folder")
    show.set_defaults(action="show")
    for action in (listing, show):
        add_config_file(action)


def _config(commands: Commands) -> None:
    parser = add_command(commands, "config", "show the configuration in force and where each value comes from")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="print every value and its origin", allow_abbrev=False)
    add_assumptions(show)
    add_engine(show)
    add_decisions(show)
    add_config_file(show)


def _policies(commands: Commands) -> None:
    parser = add_command(commands, "policies", "say where the policy pack lies")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    actions.add_parser("path", help="print its folder, for `opa -b` and `conftest -p`", allow_abbrev=False)


def _snapshot(commands: Commands) -> None:
    parser = add_command(commands, "snapshot", "write one inventory file without secrets, for --with and for later scans")
    add_input(parser)
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the file to write")
