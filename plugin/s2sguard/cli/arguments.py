"""Arguments that several commands share, so that one word means one thing in all of them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from typing import NoReturn, TypeAlias

from s2sguard.errors import UsageError
from s2sguard.model.frameworks import FRAMEWORKS
from s2sguard.report.formats import FORMATS

_SCOPE = re.compile(r"/subscriptions/[^/\s{}]+(/resourcegroups/[^/\s{}]+)?", re.IGNORECASE)
SEVERITIES = ("critical", "high", "medium", "low", "never")
ENGINES = ("auto", "opa", "wasm", "regopy")
MOST_JOBS = 256
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


def add_input(parser: argparse.ArgumentParser, *, needed: bool = True, parameters: str = "--parameters") -> None:
    """Add the paths of an inventory, `--with`, `--input-format`, and how templates are deployed.

    `parameters` is the flag for values of templates where `--parameters` means those of a policy.
    """
    parser.add_argument(
        "paths",
        nargs="+" if needed else "*",
        metavar="PATH",
        help="file or folder with JSON, or - for standard input; together one inventory",
    )
    parser.add_argument("--with", dest="overlay", metavar="SNAPSHOT", help="lay the input, such as a plan, over this live inventory")
    parser.add_argument(
        "--input-format",
        choices=("auto", "arm", "template", "terraform", "snapshot"),
        default="auto",
        help="what the input is (default: recognised)",
    )
    parser.add_argument(
        parameters,
        dest="template_parameters",
        action="append",
        default=[],
        metavar="FILE|NAME=VALUE",
        help="values for the parameters of ARM templates, as `az deployment` takes them; may be repeated",
    )
    parser.add_argument(
        "--observed",
        action="append",
        default=[],
        metavar="[CONNECTION=]FILE",
        help="live SAs: a saved `az network vpn-connection list-ike-sas`, or IKEDiagnosticLog lines; may be repeated",
    )
    parser.add_argument(
        "--deploy-to",
        type=_scope,
        metavar="ID",
        help="the resource group (/subscriptions/.../resourceGroups/...) that templates are deployed to",
    )


def add_facts_options(parser: argparse.ArgumentParser) -> None:
    """Add what the facts depend on: assumptions, `--today`, `--config`."""
    add_assumptions(parser)
    parser.add_argument(
        "--today", type=date_argument, metavar="YYYY-MM-DD", help="the date that retirements are judged by (default: today)"
    )
    add_config_file(parser)


def add_agreements(parser: argparse.ArgumentParser) -> None:
    """Add `--agreements PATH`, which may repeat."""
    parser.add_argument(
        "--agreements",
        action="append",
        metavar="PATH",
        help="file or folder with what was signed with partners (YAML or JSON): connections are held against it; may be repeated",
    )


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


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add `--jobs N`."""
    parser.add_argument(
        "--jobs", type=whole_number(MOST_JOBS, "number of processes"), metavar="N", help="judge gateway by gateway, in so many processes"
    )


def add_decisions(parser: argparse.ArgumentParser) -> None:
    """Add what ends a run with another code than 0."""
    parser.add_argument("--fail-on", choices=SEVERITIES, help="exit with 1 for findings of this severity and above (default: high)")
    parser.add_argument(
        "--fail-on-unknown",
        action=argparse.BooleanOptionalAction,
        help="exit with 3 for unknown verdicts of that severity and above",
    )
    parser.add_argument("--fail-on-gap", action=argparse.BooleanOptionalAction, help="exit with 3 when anything could not be read")


def add_acceptance(parser: argparse.ArgumentParser, *, baseline: bool = True) -> None:
    """Add `--waivers FILE`, which may repeat, and `--baseline FILE` where it is not given otherwise."""
    parser.add_argument("--waivers", action="append", metavar="FILE", help="findings that somebody accepted, YAML or JSON; may be repeated")
    if baseline:
        parser.add_argument("--baseline", metavar="FILE", help="only findings that are not in this file fail (`s2sguard baseline create`)")


def add_formats(parser: argparse.ArgumentParser) -> None:
    """Add `--format NAME[=FILE]`, which may repeat."""
    parser.add_argument(
        "--format",
        action="append",
        default=[],
        dest="formats",
        type=_format,
        metavar="NAME[=FILE]",
        help=f"{', '.join(FORMATS)} (default: table); may be repeated, all but one with a file",
    )


def add_view(parser: argparse.ArgumentParser) -> None:
    """Add what a report shows besides or instead: `--with-facts`, `--framework NAME`."""
    parser.add_argument("--with-facts", action="store_true", help="add the facts document to the JSON report")
    parser.add_argument(
        "--framework",
        choices=FRAMEWORKS,
        help="show the evidence for the requirements of a framework instead (table, json or markdown)",
    )


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


def _format(text: str) -> tuple[str, str | None]:
    """Return the name of a format and its file, None for standard output."""
    name, separator, file = text.partition("=")
    if name not in FORMATS:
        close = get_close_matches(name.lower(), FORMATS, n=1)
        advice = f"; did you mean `{close[0]}`?" if close else ""
        raise argparse.ArgumentTypeError(f"the formats are {', '.join(FORMATS)}{advice}")
    if separator and not file:
        raise argparse.ArgumentTypeError(f"`{name}=` names no file; write {name}=FILE, or {name} for standard output")
    return name, None if file in {"", "-"} else file


def whole_number(most: int, what: str = "whole number") -> Callable[[str], int]:
    """Return what takes a number from 1 to `most` in plain digits, as argparse wants it."""

    def read(text: str) -> int:
        digits = text.lstrip("0")
        # Nothing longer than the limit is converted: Python refuses thousands of digits in words of its own.
        short = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(most))
        if not short or int(digits) > most:
            raise argparse.ArgumentTypeError(f"not a {what} from 1 to {most}")
        return int(digits)

    return read


def _scope(text: str) -> str:
    found = text.strip().rstrip("/")
    if _SCOPE.fullmatch(found) is None:
        raise argparse.ArgumentTypeError("not the resource id of a resource group or a subscription")
    return found


def _assumption(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    allowed = ASSUMPTIONS.get(name)
    if allowed is None:
        raise argparse.ArgumentTypeError(f"the assumptions are {', '.join(ASSUMPTIONS)}")
    if value not in allowed:
        raise argparse.ArgumentTypeError(f"{name} is {' or '.join(allowed)}")
    return name, allowed[value]
