"""Arguments of the actions that need no Azure: list, show, test, check, lint and export."""

from __future__ import annotations

import argparse

from s2sguard.cli.arguments import Commands, add_action, add_config_file, add_input, add_output, date_argument

TEST_CODES = """\
exit codes:
  0  no effect: the definition lets the resource through; or manual, which only
     waits for an attestation
  1  an effect applies: deny, audit, ...
  2  the command line, the definition or a parameter is not valid; every problem
     is named
  3  no answer: the evaluation fails (Azure denies then), a value is unknown, an
     alias is not confirmed (--aliases), an input cannot be read or has no type
"""
CHECK_CODES = """\
exit codes:
  0  nothing would be denied, flagged or changed
  1  something would be; with --fail-on denied only what would be denied counts
  2  the command line, a definition or a parameter is not valid
  3  no complete answer: an evaluation fails (Azure denies then), unreadable
     input, nothing read at all, an alias that is not confirmed (--aliases), a
     gap with --fail-on-gap, an unknown with --fail-on-unknown
Where 1 and 3 both hold, 1 wins: what is denied is certain. The report shows
both.
"""
LIST_CODES = """\
exit codes:
  0  listed
  2  the command line is not valid
"""
SHOW_CODES = """\
exit codes:
  0  shown
  2  the command line is not valid, or there is no such control
"""
EXPORT_CODES = """\
Definitions and initiatives are always exported. The static initiative gets an
assignment; the derived one, which knows the other partners, gets its
assignments with --derived.

exit codes:
  0  written
  2  the command line, or a file it names, is not valid
  3  nothing could be written; or it was written, and the derived parameters do
     not hold everything
"""
LINT_CODES = """\
exit codes:
  0  nothing to say
  1  problems
  2  the command line is not valid
  3  a file cannot be read
"""
EFFECTS = ("Audit", "Deny", "Disabled")


def add(actions: Commands) -> None:
    """Add the actions."""
    _list(actions)
    _show(actions)
    _test(actions)
    _check(actions)
    _lint(actions)
    _export(actions)


def _list(actions: Commands) -> None:
    parser = add_action(actions, "list", "one line for each of our definitions", LIST_CODES)
    _format(parser)


def _show(actions: Commands) -> None:
    parser = add_action(actions, "show", "one definition: its rule for people to read, its parameters, message and aliases", SHOW_CODES)
    parser.add_argument("control", metavar="CONTROL", help="such as S2S-IKE-001; S2S-ISO-003/derived for a derived one")
    _format(parser)


def _test(actions: Commands) -> None:
    parser = add_action(actions, "test", "evaluate one definition on one resource, and say what decided", TEST_CODES)
    what = parser.add_argument_group("what is evaluated")
    what.add_argument("--definition", metavar="FILE|CONTROL", required=True, help="a definition or a bare rule, or one of our controls")
    what.add_argument(
        "--resource", metavar="FILE", required=True, help="the resource as in an ARM request, a list of them, or - for standard input"
    )
    how = parser.add_argument_group("circumstances")
    _circumstances(how)
    how.add_argument("--related", metavar="FILE", help="resources that an ...IfNotExists effect may find")
    how.add_argument("--api-version", metavar="VERSION", help="of the request; decides the paths of aliases")
    how.add_argument("--context", metavar="FILE", help="subscription, resourceGroup, requestContext, utcNow ... as JSON")
    _format(parser)


def _check(actions: Commands) -> None:
    parser = add_action(actions, "check", "what Azure Policy would deny or flag if this input were deployed now", CHECK_CODES)
    add_input(parser, parameters="--template-parameters")
    rules = parser.add_argument_group("what is evaluated (default: our initiative)")
    rules.add_argument("--initiative", metavar="FILE", help="an initiative of yours; its definitions with --definition")
    rules.add_argument(
        "--definition",
        metavar="FILE",
        action="append",
        default=[],
        help="a definition of yours, or a folder of them; without --initiative they are evaluated by themselves; may be repeated",
    )
    rules.add_argument(
        "--derived", metavar="FILE", help="also the rules that know the other partners, with what `s2sguard policy parameters` wrote"
    )
    _circumstances(rules)
    parser.add_argument(
        "--fail-on", dest="fail_on_state", choices=("denied", "flagged"), default="flagged", help="what ends with 1 (default: flagged)"
    )
    parser.add_argument("--fail-on-unknown", action=argparse.BooleanOptionalAction, help="exit with 3 where an outcome is unknown")
    parser.add_argument("--fail-on-gap", action=argparse.BooleanOptionalAction, help="exit with 3 when anything could not be read")
    parser.add_argument(
        "--today", type=date_argument, metavar="YYYY-MM-DD", help="the date that retirements are judged by (default: today)"
    )
    add_config_file(parser)
    _format(parser)
    add_output(parser)


def _lint(actions: Commands) -> None:
    parser = add_action(
        actions, "lint", "hold definitions against the language, its limits, and what Azure gets wrong in silence", LINT_CODES
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="definition files or folders of them (default: ours)")
    parser.add_argument("--aliases", metavar="FILE", help="the aliases that exist (default: those of VPN resources that are confirmed)")
    _format(parser)


def _export(actions: Commands) -> None:
    parser = add_action(actions, "export", "write definitions, initiatives and their assignments for other tools to deploy", EXPORT_CODES)
    parser.add_argument(
        "--format",
        choices=("arm", "epac", "json"),
        required=True,
        help="arm: templates for a subscription and a management group; epac: a `Definitions` tree; json: one file each",
    )
    parser.add_argument(
        "-o", "--output", metavar="FOLDER|FILE.json", help="where to write; without it one JSON object of path and content is printed"
    )
    parser.add_argument("--scope", metavar="ID", help="the subscription or management group that holds the definitions and the assignment")
    parser.add_argument("--environment", metavar="NAME", default="epac-dev", help="epac: the pacSelector of the scope (default: epac-dev)")
    parser.add_argument("--enforce", action="store_true", help="let the assignment deny; without it Azure only reports (DoNotEnforce)")
    parser.add_argument("--parameters", metavar="FILE", help="values of initiative parameters")
    parser.add_argument(
        "--derived", metavar="FILE", help="output of `s2sguard policy parameters`: also assign the rules that know the other partners"
    )
    _effect(parser)
    add_config_file(parser)


def _circumstances(parser: argparse._ActionsContainer) -> None:  # argparse has no public name for a parser or group
    parser.add_argument("--parameters", metavar="FILE", help="values of parameters; the others keep their defaults")
    _effect(parser)
    parser.add_argument("--aliases", metavar="FILE", help="the aliases that exist, as Get-AzPolicyAlias or the providers API returns them")


def _effect(parser: argparse._ActionsContainer) -> None:  # argparse has no public name for a parser or group
    parser.add_argument("--effect", metavar="EFFECT", help=f"the value of the parameter `effect`: {', '.join(EFFECTS)} for ours")


def _format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
