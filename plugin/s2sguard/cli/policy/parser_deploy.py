"""Arguments of the actions that talk to Azure."""

from __future__ import annotations

from s2sguard.cli.arguments import (
    Commands,
    Parser,
    add_action,
    add_command,
    add_config_file,
    add_engine,
    add_facts_options,
    add_input,
    date_argument,
    whole_number,
)

CLOUDS = ("public", "usgovernment", "china")
SIGN_IN = """\
The sign-in is the one of azure-identity's DefaultAzureCredential: `az login`, an
environment, a managed or a workload identity. Needs `pip install 's2sguard[azure]'`.
"""
PLAN_CODES = f"""\
exit codes:
  0  Azure holds exactly this
  1  there is something to create or update
  2  the command line, or a file it names, is not valid
  3  Azure could not be read, or a step would be refused
{SIGN_IN}"""
APPLY_CODES = f"""\
exit codes:
  0  done, or nothing to do
  1  not confirmed: nothing was written
  2  the command line, or a file it names, is not valid
  3  refused before anything was written, or stopped half-way; the same command goes on
Only what carries the mark of `policy apply` is ever changed, and nothing is deleted.
{SIGN_IN}"""
STATES_CODES = f"""\
exit codes:
  0  Azure and we agree on every resource
  1  they disagree on one at least
  2  the command line, or a file it names, is not valid
  3  no disagreement, but one side has not judged, or something could not be read
{SIGN_IN}"""
WRITE_CODES = f"""\
exit codes:
  0  planned or written
  2  the command line, or a file it names, is not valid
  3  something was refused, left out or not readable
{SIGN_IN}"""
ALIASES_CODES = f"""\
exit codes:
  0  every alias is there with the path we have
  1  one is missing or has another path
  2  the command line is not valid
  3  Azure could not be read
{SIGN_IN}"""


def add(actions: Commands) -> None:
    """Add the actions."""
    plan = add_action(actions, "plan", "show what `policy apply` would change in Azure", PLAN_CODES)
    _deployment(plan)
    _format(plan)
    apply = add_action(actions, "apply", "create or update definitions, initiatives and assignments", APPLY_CODES)
    _deployment(apply)
    _yes(apply, "write without asking; without it the changes are shown and have to be confirmed")
    _attest(add_action(actions, "attest", "publish verdicts as attestations on the manual definitions", WRITE_CODES))
    _states(add_action(actions, "states", "list where Azure's compliance states and our verdicts differ", STATES_CODES))
    aliases = add_action(actions, "aliases", "check the aliases we rely on against the provider", ALIASES_CODES)
    aliases.add_argument("--subscription", metavar="ID", help="ask this subscription (default: the tenant)")
    _cloud(aliases)
    _format(aliases)
    _exemptions(add_action(actions, "exemptions", "turn policy exemptions into waivers and back"))


def _deployment(parser: Parser) -> None:
    parser.add_argument("--scope", required=True, help="subscription id, id of a resource group, or name or id of a management group")
    parser.add_argument(
        "--definitions-at", metavar="SCOPE", help="where definitions and initiatives live (default: the scope, or its subscription)"
    )
    parser.add_argument("--parameters", metavar="FILE", help="JSON with parameters of the assignment")
    parser.add_argument("--derived", metavar="FILE", help="output of `policy parameters`: also deploy the rules that know other partners")
    parser.add_argument("--enforce", action="store_true", help="enforcementMode Default; without it DoNotEnforce: report only")
    parser.add_argument(
        "--effect", type=str.capitalize, choices=("Audit", "Deny", "Disabled"), help="the effect of every definition (default: Audit)"
    )
    add_config_file(parser)
    _cloud(parser)


def _attest(parser: Parser) -> None:
    add_input(parser, parameters="--template-parameters")
    parser.add_argument("--assignment", metavar="ID", required=True, help="id of the assignment that holds the manual definitions")
    parser.add_argument("--evidence", metavar="URL", help="https address of the report, shown beside the state")
    parser.add_argument(
        "--expires-in",
        type=whole_number(3650, "whole number of days"),
        default=30,
        metavar="DAYS",
        help="how long the state holds (default: 30); renewed after half of it",
    )
    parser.add_argument("--owner", metavar="ID", help="Entra object id of who answers for it")
    _yes(parser, "write without asking; without it what would be written is only shown")
    add_facts_options(parser)
    add_engine(parser)
    _cloud(parser)
    _format(parser)


def _states(parser: Parser) -> None:
    add_input(parser, parameters="--template-parameters")
    parser.add_argument("--scope", required=True, help="subscription id, id of a resource group, or name or id of a management group")
    parser.add_argument(
        "--assignment", action="append", default=[], metavar="ID", help="only this assignment (default: all of our initiatives)"
    )
    add_facts_options(parser)
    add_engine(parser)
    _cloud(parser)
    _format(parser)


def _exemptions(parser: Parser) -> None:
    directions = parser.add_subparsers(title="directions", metavar="DIRECTION", required=True)
    export = add_command(
        directions, "export", "write Azure's exemptions of our assignments as a waivers file", WRITE_CODES, chosen="direction"
    )
    export.add_argument("--scope", required=True, help="subscription id, id of a resource group, or name or id of a management group")
    export.add_argument("-o", "--output", metavar="FILE", help="write to a file instead of standard output")
    importing = add_command(directions, "import", "write waivers as exemptions", WRITE_CODES, chosen="direction")
    importing.add_argument("waivers", metavar="FILE", help="waivers.yaml, or the same as JSON")
    importing.add_argument("--assignment", metavar="ID", required=True, help="id of the assignment to exempt from")
    _yes(importing, "write without asking; without it what would be written is only shown")
    for direction in (export, importing):
        direction.add_argument("--today", type=date_argument, metavar="YYYY-MM-DD", help="the date that ends of waivers are held against")
        _cloud(direction)


def _cloud(parser: Parser) -> None:
    parser.add_argument("--cloud", choices=CLOUDS, default="public", help="default: public")


def _format(parser: Parser) -> None:
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")


def _yes(parser: Parser, text: str) -> None:
    parser.add_argument("--yes", action="store_true", help=text)
