"""Every command, argument and line of help."""

from __future__ import annotations

import argparse
from datetime import date
from typing import NoReturn

from s2sguard import __version__
from s2sguard.errors import UsageError

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
SEVERITIES = ("critical", "high", "medium", "low", "never")
ENGINES = ("auto", "opa", "wasm", "regopy")
ASSUMPTIONS: dict[str, dict[str, object]] = {
    "peer_child_sa": {"refused": "refused", "accepted": "accepted"},
    "answer_clipped": {"true": True, "false": False},
    "no_fallback_with_fixed": {"true": True, "false": False},
}


class Parser(argparse.ArgumentParser):
    """A parser whose errors look like all other errors of this program."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of printing the whole usage."""
        raise UsageError(message, hint=f"see `{self.prog} --help`")


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
    return parser


def _command(commands: argparse._SubParsersAction[Parser], name: str, text: str, epilog: str = "") -> Parser:
    parser = commands.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(module=name)
    return parser


def _scan(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "scan", "judge an inventory and report", EXIT_CODES)
    _input(parser)
    _facts_options(parser)
    _engine(parser)
    _decisions(parser)
    _output(parser)
    parser.add_argument("--with-facts", action="store_true", help="add the facts document to the JSON report")


def _facts(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "facts", "print the facts document, the input of every Rego rule, as JSON")
    _input(parser)
    _facts_options(parser)
    _output(parser)


def _explain(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "explain", "show what Azure proposes, what it accepts and why, and the proving packet", EXPLAIN_HELP)
    _input(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--connection", metavar="NAME", help="one connection, by name or id")
    what.add_argument("--between", nargs=2, metavar=("A", "B"), help="two partners or two connections")
    what.add_argument("--finding", metavar="FINGERPRINT", help="one verdict of a scan, by the start of its fingerprint or by its control")
    _facts_options(parser)
    _engine(parser)


def _controls(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "controls", "list the controls, or show one with the settings in force")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="one line for each control", allow_abbrev=False)
    listing.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    listing.set_defaults(action="list")
    show = actions.add_parser("show", help="what one control asks for, why, and how to fix it", allow_abbrev=False)
    show.add_argument("control", metavar="ID", help="such as S2S-IKE-001, or the name of its folder")
    show.set_defaults(action="show")
    for action in (listing, show):
        _config_file(action)


def _config(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "config", "show the configuration in force and where each value comes from")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="print every value and its origin", allow_abbrev=False)
    _assumptions(show)
    _engine(show)
    _decisions(show)
    _config_file(show)


def _policies(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "policies", "say where the policy pack lies")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    actions.add_parser("path", help="print its folder, for `opa -b` and `conftest -p`", allow_abbrev=False)


def _snapshot(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "snapshot", "write one inventory file without secrets, for --with and for later scans")
    _input(parser)
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the file to write")


def _input(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="file or folder with JSON, or - for standard input; together one inventory"
    )
    parser.add_argument("--with", dest="overlay", metavar="SNAPSHOT", help="lay the input, such as a plan, over this live inventory")
    parser.add_argument(
        "--input-format", choices=("auto", "arm", "terraform", "snapshot"), default="auto", help="what the input is (default: recognised)"
    )


def _facts_options(parser: argparse.ArgumentParser) -> None:
    _assumptions(parser)
    parser.add_argument("--today", type=_date, metavar="YYYY-MM-DD", help="the date that retirements are judged by (default: today)")
    _config_file(parser)


def _assumptions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--complete",
        action=argparse.BooleanOptionalAction,
        help="you vouch that every connection of every gateway is in the input",
    )
    parser.add_argument(
        "--assume",
        action="append",
        default=[],
        type=_assumption,
        metavar="NAME=VALUE",
        help="peer_child_sa=refused|accepted, answer_clipped=true|false, no_fallback_with_fixed=true|false; may be repeated",
    )


def _engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--engine", choices=ENGINES, help="the Rego engine (default: auto)")
    parser.add_argument("--opa-url", metavar="URL", help="an OPA server for engine opa; without it a local one is started")


def _decisions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("table", "json"), help="default: table")
    parser.add_argument("--fail-on", choices=SEVERITIES, help="exit with 1 for findings of this severity and above (default: high)")
    parser.add_argument(
        "--fail-on-unknown",
        action=argparse.BooleanOptionalAction,
        help="exit with 3 for unknown verdicts of that severity and above",
    )
    parser.add_argument("--fail-on-gap", action=argparse.BooleanOptionalAction, help="exit with 3 when anything could not be read")


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", metavar="FILE", help="write to a file, whole or not at all, instead of standard output")


def _config_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="default: s2sguard.yaml in the current folder")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("not a date, as YYYY-MM-DD") from None


def _assumption(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    allowed = ASSUMPTIONS.get(name)
    if allowed is None:
        raise argparse.ArgumentTypeError(f"the assumptions are {', '.join(ASSUMPTIONS)}")
    if value not in allowed:
        raise argparse.ArgumentTypeError(f"{name} is {' or '.join(allowed)}")
    return name, allowed[value]
