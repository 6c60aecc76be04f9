"""Every command, argument and line of help."""

from __future__ import annotations

import argparse

from s2sguard import __version__
from s2sguard.cli.arguments import (
    Commands,
    Parser,
    add_acceptance,
    add_action,
    add_agreements,
    add_assumptions,
    add_command,
    add_config_file,
    add_decisions,
    add_engine,
    add_facts_options,
    add_formats,
    add_input,
    add_jobs,
    add_output,
    add_view,
)
from s2sguard.cli.parser_agreement import add_agreement
from s2sguard.cli.parser_consumers import add_consumers
from s2sguard.cli.parser_live import add_collect, add_live
from s2sguard.cli.parser_simulate import add_advise, add_simulate, add_what_if
from s2sguard.cli.parser_store import add_store, add_store_commands
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
FIX_HELP = """\
Every change is applied to a copy of the inventory and judged again before it is
shown; nothing is written but the output. What no native setting can fix says
which requirement forces it, and what to use instead.

exit codes:
  0  every failing connection has a verified fix, or nothing fails
  1  a failing connection has none
  2  the command line or the configuration is not valid
  3  could not complete: engine error, unreadable input, nothing read at all
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
    _baseline(commands)
    _facts(commands)
    _explain(commands)
    add_simulate(commands)
    add_what_if(commands)
    add_advise(commands)
    _fix(commands)
    _controls(commands)
    _config(commands)
    add_agreement(commands)
    _policies(commands)
    _snapshot(commands)
    add_store_commands(commands)
    add_collect(commands)
    add_consumers(commands)
    add_policy(commands)
    return parser


def _scan(commands: Commands) -> None:
    parser = add_command(commands, "scan", "judge an inventory, or a live estate, and report", EXIT_CODES)
    add_input(parser, needed=False)
    add_live(parser)
    add_facts_options(parser)
    add_agreements(parser)
    add_engine(parser)
    add_formats(parser)
    add_decisions(parser)
    add_acceptance(parser)
    add_output(parser)
    add_jobs(parser)
    add_view(parser)
    add_store(parser)


def _baseline(commands: Commands) -> None:
    parser = add_command(commands, "baseline", "accept the findings of today, so that only new ones fail")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    create = add_action(actions, "create", "write a baseline of everything that fails now and is not waived")
    add_input(create)
    add_facts_options(create)
    add_agreements(create)
    add_engine(create)
    add_acceptance(create, baseline=False)
    add_output(create)
    use = add_action(actions, "use", "scan with a baseline: the same as `scan --baseline FILE`", EXIT_CODES)
    use.add_argument("baseline", metavar="BASELINE", help="the file that `baseline create` wrote")
    add_input(use)
    add_facts_options(use)
    add_agreements(use)
    add_engine(use)
    add_formats(use)
    add_decisions(use)
    add_acceptance(use, baseline=False)
    add_output(use)
    add_jobs(use)
    add_view(use)
    add_store(use)


def _facts(commands: Commands) -> None:
    parser = add_command(commands, "facts", "print the facts document, the input of every Rego rule, as JSON")
    add_input(parser)
    add_facts_options(parser)
    add_agreements(parser)
    add_output(parser)


def _explain(commands: Commands) -> None:
    parser = add_command(commands, "explain", "show what Azure proposes, what it accepts and why, and the proving packet", EXPLAIN_HELP)
    add_input(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--connection", metavar="NAME", help="one connection, by name or id")
    what.add_argument("--between", nargs=2, metavar=("A", "B"), help="two partners or two connections")
    what.add_argument("--finding", metavar="FINGERPRINT", help="one verdict of a scan, by the start of its fingerprint or by its control")
    add_facts_options(parser)
    add_agreements(parser)
    add_engine(parser)


def _fix(commands: Commands) -> None:
    parser = add_command(commands, "fix", "show the smallest verified change that hardens each failing connection", FIX_HELP)
    add_input(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--connection", metavar="NAME", help="one connection, by name or id")
    which.add_argument("--control", metavar="ID", help="the connections that fail this control")
    parser.add_argument(
        "--as",
        action="append",
        default=[],
        dest="languages",
        choices=("bicep", "terraform", "az", "powershell"),
        help="may be repeated (default: what the connection is written in; az for what was read from Azure)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", dest="output_format", help="default: text")
    add_facts_options(parser)
    add_agreements(parser)
    add_engine(parser)
    add_acceptance(parser)
    add_output(parser)


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
    parser = add_command(commands, "config", "show the configuration in force, or the schemas of configuration and waivers")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="print every value and its origin", allow_abbrev=False)
    add_assumptions(show)
    add_agreements(show)
    add_engine(show)
    show.add_argument("--format", choices=("table", "json"), help="default: table")
    add_decisions(show)
    add_acceptance(show)
    show.add_argument("--store", metavar="URL", help="shown without its password")
    add_config_file(show)
    show.set_defaults(action="show")
    schema = actions.add_parser("schema", help="print the JSON Schema of a file that people write, for editors", allow_abbrev=False)
    schema.add_argument("file", choices=("config", "waivers", "agreements"), help="s2sguard.yaml, waivers.yaml or agreements/*.yaml")
    add_output(schema)
    schema.set_defaults(action="schema")


def _policies(commands: Commands) -> None:
    parser = add_command(commands, "policies", "say where the policy pack lies")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    actions.add_parser("path", help="print its folder, for `opa -b` and `conftest -p`", allow_abbrev=False)


def _snapshot(commands: Commands) -> None:
    parser = add_command(commands, "snapshot", "write one inventory file without secrets, for --with and for later scans")
    add_input(parser)
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the file to write")
