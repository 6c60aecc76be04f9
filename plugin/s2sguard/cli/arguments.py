"""Arguments that several commands share, so that one word means one thing in all of them."""

from __future__ import annotations

import argparse
from datetime import date
from typing import NoReturn, TypeAlias

from s2sguard.errors import UsageError

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


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001  # argparse has no public name for it
"""What `add_subparsers` returns: the place where commands and actions are added."""


def add_command(commands: Commands, name: str, text: str, epilog: str = "", *, chosen: str = "module") -> Parser:
    """Add a command with its one line of help; its parser sets the attribute `chosen` to the name."""
    parser = commands.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(**{chosen: name})
    return parser


def add_action(actions: Commands, name: str, text: str, epilog: str = "") -> Parser:
    """Add one action of a command, such as `policy list`; its parser sets `action` to the name."""
    return add_command(actions, name, text, epilog, chosen="action")


def add_input(parser: argparse.ArgumentParser) -> None:
    """Add the paths of an inventory, `--with` and `--input-format`."""
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="file or folder with JSON, or - for standard input; together one inventory"
    )
    parser.add_argument("--with", dest="overlay", metavar="SNAPSHOT", help="lay the input, such as a plan, over this live inventory")
    parser.add_argument(
        "--input-format", choices=("auto", "arm", "terraform", "snapshot"), default="auto", help="what the input is (default: recognised)"
    )


def add_facts_options(parser: argparse.ArgumentParser) -> None:
    """Add what the facts depend on: assumptions, `--today`, `--config`."""
    add_assumptions(parser)
    parser.add_argument(
        "--today", type=date_argument, metavar="YYYY-MM-DD", help="the date that retirements are judged by (default: today)"
    )
    add_config_file(parser)


def add_assumptions(parser: argparse.ArgumentParser) -> None:
    """Add `--complete` and `--assume`."""
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


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add the choice of the Rego engine."""
    parser.add_argument("--engine", choices=ENGINES, help="the Rego engine (default: auto)")
    parser.add_argument("--opa-url", metavar="URL", help="an OPA server for engine opa; without it a local one is started")


def add_decisions(parser: argparse.ArgumentParser) -> None:
    """Add the format, and what ends a run with another code than 0."""
    parser.add_argument("--format", choices=("table", "json"), help="default: table")
    parser.add_argument("--fail-on", choices=SEVERITIES, help="exit with 1 for findings of this severity and above (default: high)")
    parser.add_argument(
        "--fail-on-unknown",
        action=argparse.BooleanOptionalAction,
        help="exit with 3 for unknown verdicts of that severity and above",
    )
    parser.add_argument("--fail-on-gap", action=argparse.BooleanOptionalAction, help="exit with 3 when anything could not be read")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add `-o`, `--output FILE`."""
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file, whole or not at all, instead of standard output")


def add_config_file(parser: argparse.ArgumentParser) -> None:
    """Add `--config FILE`."""
    parser.add_argument("--config", metavar="FILE", help="default: s2sguard.yaml in the current folder")


def date_argument(text: str) -> date:
    """Return the date written as YYYY-MM-DD; argparse says what is wrong."""
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
