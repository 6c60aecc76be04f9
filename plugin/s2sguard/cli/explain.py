"""`s2sguard explain`: one connection, two parties, or one finding, told to a person."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from s2sguard.audit import Request, audit, gather
from s2sguard.cli.options import configuration, now, today
from s2sguard.cli.output import Progress, write
from s2sguard.errors import UsageError
from s2sguard.evaluate.verdict import Verdict
from s2sguard.explain import Explainer
from s2sguard.facts.document import ConnectionFacts
from s2sguard.facts.explain import Explanation
from s2sguard.model.inventory import Inventory, fold_id
from s2sguard.report.style import Style, style_for

CONNECTION_TYPE = "Microsoft.Network/connections"
SHORTEST_FINGERPRINT = 4


def run(arguments: Namespace) -> int:
    """Explain what was asked for; what is found does not change the exit code, `scan` judges."""
    config = configuration(arguments)
    request = Request(
        paths=tuple(arguments.paths),
        input_format=arguments.input_format,
        overlay=arguments.overlay,
        config=config,
        today=today(arguments),
    )
    style = style_for(sys.stdout, os.environ)
    if arguments.connection is not None:
        text = _connection(request, arguments.connection, style)
    elif arguments.between is not None:
        first, second = arguments.between
        text = _between(request, first, second, style)
    else:
        text = _finding(request, arguments.finding, style)
    write(text, None)
    return 0


def _connection(request: Request, name: str, style: Style) -> str:
    inventory, facts = gather(request)
    explainer = Explainer(facts, style)
    connection = explainer.find(name)
    return explainer.connection(connection, _explained(inventory, request, connection["id"]))


def _between(request: Request, first: str, second: str, style: Style) -> str:
    from s2sguard.facts import build_document

    inventory, facts = gather(request)
    explainer = Explainer(facts, style)
    ours, theirs = explainer.party(first), explainer.party(second)
    # Witnesses stop at ten for each connection, so the pair is looked at alone.
    alone = build_document(_only(inventory, (*ours, *theirs)), request.config.facts_options(request.today))
    explainer = Explainer(alone, style)
    return explainer.between(*([explainer.find(item["id"]) for item in side] for side in (ours, theirs)))


def _only(inventory: Inventory, connections: Sequence[ConnectionFacts]) -> Inventory:
    kept = {fold_id(item["id"]) for item in connections}
    return Inventory(
        (resource for resource in inventory.resources if resource.type != CONNECTION_TYPE or resource.key in kept),
        inventory.gaps,
        inventory.ignored,
    )


def _finding(request: Request, prefix: str, style: Style) -> str:
    if len(prefix) < SHORTEST_FINGERPRINT:
        raise UsageError(f"give at least {SHORTEST_FINGERPRINT} characters of the fingerprint")
    progress = Progress()
    try:
        inventory, report = audit(request, now=now, progress=progress)
    finally:
        progress("")
    verdict = _matching(report.verdicts, prefix.lower())
    return Explainer(report.facts, style).finding(verdict, _explained(inventory, request, verdict.resource))


def _matching(verdicts: Sequence[Verdict], prefix: str) -> Verdict:
    found = [verdict for verdict in verdicts if verdict.fingerprint.lower().startswith(prefix)]
    if not found:
        raise UsageError("no verdict of this input has this fingerprint", hint="fingerprints are in `s2sguard scan --format json`")
    if len(found) > 1:
        raise UsageError(f"{len(found)} verdicts have fingerprints that start like this", hint="give more characters")
    return found[0]


def _explained(inventory: Inventory, request: Request, connection_id: str) -> Explanation | None:
    from s2sguard.facts import explain_connection

    return explain_connection(inventory, request.config.facts_options(request.today), connection_id)
