"""`s2sguard conftest`: conftest judges what s2sguard reads.

`conftest s2s ARGUMENTS`, with the plugin installed, is `s2sguard conftest run ARGUMENTS`.
Exit codes below 3 are not used for anything that must stop a pipeline: conftest up to 0.69 turns a plugin's 1 and 2 into 0.
"""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Final

from s2sguard.cli.arguments import Parser, add_agreements, add_facts_options, add_input
from s2sguard.cli.options import configuration, request_of
from s2sguard.cli.output import write
from s2sguard.cli.parser_consumers import CONFTEST_CODES
from s2sguard.cli.unread import check_anything_read, say_unread
from s2sguard.errors import S2SGuardError, UsageError
from s2sguard.report.facts_text import facts_text
from s2sguard.report.printable import printable

CLEAN: Final = 0
INCOMPLETE: Final = 3
FINDINGS: Final = 4
WARNINGS: Final = 5
USAGE: Final = 6

_SWITCHES: Final = {
    "--fail-on-warn": "end with 5 for warnings: what is unknown, and advice",
    "--no-fail": "end with 0 for failures too",
    "--no-color": "no colours",
    "--quiet": "print nothing when there is no failure",
    "--trace": "print how each rule was evaluated",
    "--suppress-exceptions": "leave exceptions out of the output",
    "--strict": "compile the rules in strict mode",
    "--show-builtin-errors": "show errors of built-in functions",
    "--junit-hide-message": "leave messages out of JUnit names",
    "--github-hide-passed": "leave files that passed out of GitHub output",
}
_VALUES: Final = {
    ("-o", "--output"): ("FORMAT", "stdout, json, tap, table, junit, github, azuredevops or sarif"),
    ("-p", "--policy"): ("FOLDER", "rules of your own on the facts, next to ours; may be repeated"),
    ("-d", "--data"): ("PATH", "data for rules of your own; may be repeated"),
    ("--capabilities",): ("FILE", "what OPA offers the rules"),
    ("-c", "--config-file"): ("FILE", "conftest's configuration"),
}


def run(arguments: Namespace) -> int:
    """Print where the plugin lies, or be it."""
    if arguments.action == "path":
        write(f"{plugin_path()}\n", None)
        return CLEAN
    try:
        return _judge(_parse(arguments.arguments))
    except S2SGuardError as error:
        for line in error.diagnostics().splitlines():
            print(f"{'' if line.startswith('  hint: ') else 'error: '}{printable(line)}", file=sys.stderr)
        return USAGE if isinstance(error, UsageError) else INCOMPLETE


def plugin_path() -> Path:
    """Return the folder with `plugin.yaml`."""
    return Path(__file__).resolve().parent.parent / "conftest"


def _parse(arguments: list[str]) -> Namespace:
    parser = Parser(
        prog="conftest s2s",
        description="Reads what `s2sguard scan` reads, and lets conftest judge and print it.",
        epilog=CONFTEST_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_input(parser)
    add_facts_options(parser)
    add_agreements(parser)
    group = parser.add_argument_group("options passed on to `conftest test`")
    for name, text in _SWITCHES.items():
        group.add_argument(name, dest="passed_on", action="append_const", const=name, default=[], help=text)
    for names, (value, text) in _VALUES.items():
        # Written as one word, so that no value is taken for an option.
        group.add_argument(*names, dest="passed_on", action="append", type=_with(names[-1]), metavar=value, help=text)
    # conftest takes options between its files.
    return parser.parse_intermixed_args(arguments)


def _with(name: str) -> Callable[[str], str]:
    """Return what puts the name of an option before its value."""
    return lambda value: f"{name}={value}"


def _judge(arguments: Namespace) -> int:
    from s2sguard.audit import gather
    from s2sguard.evaluate.conftest_binary import ask_conftest, find_conftest
    from s2sguard.evaluate.pack import load_pack

    request = request_of(arguments, configuration(arguments))
    conftest = find_conftest()
    inventory, document = gather(request)
    check_anything_read(inventory)
    answer = ask_conftest(conftest, facts_text(document), load_pack(), arguments.passed_on, name=_name(arguments.paths))
    write(answer.output, None)
    incomplete = say_unread(inventory)
    if not answer.judged:
        print("error: conftest failed, so nothing was judged", file=sys.stderr)
        return INCOMPLETE
    if answer.code:
        return WARNINGS if answer.code == 1 and "--fail-on-warn" in arguments.passed_on else FINDINGS
    return INCOMPLETE if incomplete else CLEAN


def _name(paths: list[str]) -> str | None:
    """Return what conftest shows as the file, None where there is no one file."""
    return printable(paths[0]) if len(paths) == 1 and paths[0] != "-" else None
