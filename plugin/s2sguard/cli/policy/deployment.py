"""What the actions that talk to Azure share: the session, our definitions, files, confirmation."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import date
from typing import TYPE_CHECKING, Any

from s2sguard.cli.options import configuration
from s2sguard.cli.policy.inputs import read_object
from s2sguard.cli.policy.scopes import read_scope
from s2sguard.errors import UsageError
from s2sguard.report.outcome import WHOLE_FILE
from s2sguard.report.printable import printable
from s2sguard.report.summary import summarise

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.desired import Ours, Wish
    from s2sguard.azure_policy.deploy.session import Session
    from s2sguard.config import Config
    from s2sguard.report.interface import Report

LONGEST_VALUE = 100
"""Characters of a value in a table."""


def session_of(arguments: Namespace) -> Session:
    """Return the session for the cloud that was named."""
    from s2sguard.azure_policy.deploy import session

    return session.open_session(arguments.cloud)


def families_of(arguments: Namespace) -> tuple[Ours, ...]:
    """Return what is to be deployed: the static initiative, and the derived one where its parameters are given."""
    from s2sguard.azure_policy.deploy.desired import Ours
    from s2sguard.azure_policy.shipped.definitions import load_definitions, load_initiative

    definitions = load_definitions()
    static = tuple(each for each in definitions if each.kind != "derived")
    found = [Ours(family="static", definitions=static, initiative=load_initiative())]
    if arguments.derived is not None:
        derived = tuple(each for each in definitions if each.kind == "derived")
        found.append(Ours(family="derived", definitions=derived, initiative=load_initiative(kind="derived")))
    return tuple(found)


def wish_of(arguments: Namespace, families: tuple[Ours, ...]) -> Wish:
    """Return what the command line asks for; raises UsageError."""
    from s2sguard.azure_policy.deploy.derived_document import plain_parameters, read_derived
    from s2sguard.azure_policy.deploy.desired import Wish

    scope = read_scope(arguments.scope)
    home = scope.home() if arguments.definitions_at is None else read_scope(arguments.definitions_at)
    if home.kind == "resourceGroup":
        raise UsageError("definitions cannot live in a resource group", hint="--definitions-at takes a subscription or a management group")
    given: dict[str, Any] = {}
    if arguments.parameters is not None:
        document, _ = read_object(arguments.parameters, "--parameters")
        if "assignments" in document:
            raise UsageError("--parameters got the output of `policy parameters`", hint=f"give it as --derived {arguments.parameters}")
        given = plain_parameters(document, "the file given with --parameters")
    derived = read_derived(read_object(arguments.derived, "--derived")[0]) if arguments.derived is not None else None
    parameters = {**configured_parameters(configuration(arguments), families), **given}
    return Wish(scope=scope, home=home, enforce=arguments.enforce, effect=arguments.effect, parameters=parameters, derived=derived)


def configured_parameters(config: Config, families: tuple[Ours, ...]) -> dict[str, Any]:
    """Return the parameters that our configuration changes, so that scans and Azure judge by the same numbers."""
    from s2sguard.azure_policy.shipped.settings import identity_parameters, settings_parameters

    declared = families[0].initiative["properties"].get("parameters", {})
    values = settings_parameters(config.settings) | identity_parameters(config.identity)
    return {name: value for name, value in values.items() if name in declared and declared[name].get("defaultValue") != value}


def confirmed(question: str) -> bool:
    """Ask a person; only the whole word `yes` counts."""
    print(f"{question} Only `yes` is taken for an answer: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() == "yes"


def need_answer(arguments: Namespace) -> None:
    """Raise UsageError before any work where nobody could answer and --yes is missing."""
    if not arguments.yes and not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm", hint="look at `s2sguard policy plan` first, then add --yes")


def shown(value: object) -> str:
    """Return a JSON value on one short line that is safe to print."""
    if value is None:
        return "(none)"
    return printable(json.dumps(value, sort_keys=True), limit=LONGEST_VALUE)


def today_of(arguments: Namespace) -> date:
    """Return `--today`, else the date now (UTC)."""
    from s2sguard.cli.options import today

    return today(arguments)


def inputs_read(report: Report) -> bool:
    """Say whether every input of a run was read, and something was in them."""
    return not summarise(report).nothing_read and not any(gap.kind in WHOLE_FILE for gap in report.gaps)
