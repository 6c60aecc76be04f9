"""`s2sguard explain`: one connection, two parties, or one finding, told to a person."""

from __future__ import annotations

import os
import re
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from s2sguard.audit import Request, audit, gather
from s2sguard.cli.options import configuration, now, request_of
from s2sguard.cli.output import Progress, write
from s2sguard.errors import UsageError
from s2sguard.evaluate.verdict import Verdict
from s2sguard.explain import Explainer
from s2sguard.facts.document import ConnectionFacts
from s2sguard.facts.explain import Explanation
from s2sguard.model.arm_types import CONNECTION
from s2sguard.model.inventory import Inventory, fold_id
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, some, style_for

SHORTEST_FINGERPRINT = 4
SHOWN_FINGERPRINT = 8
_FINDING = re.compile(r"[0-9a-f]{4,64}|S2S-[A-Z]{3}-\d{3}", re.IGNORECASE)


def run(arguments: Namespace) -> int:
    """Explain what was asked for; what is found does not change the exit code, `scan` judges."""
    _sort_words(arguments)
    config = configuration(arguments)
    request = request_of(arguments, config)
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


def _sort_words(arguments: Namespace) -> None:
    """Without a flag, tell what is to be read from what is to be explained, and set the flag that says so."""
    if arguments.connection or arguments.between or arguments.finding:
        return
    words = [word for word in arguments.paths if word != "-" and not Path(word).exists()]
    arguments.paths = [word for word in arguments.paths if word not in words]
    if not arguments.paths or len(words) not in {1, 2}:
        raise UsageError(
            f"{len(words)} names to explain and {len(arguments.paths)} paths to read; it takes one or two names, and at least one path",
            hint="see `s2sguard explain --help`",
        )
    if len(words) > 1:
        arguments.between = words
    elif _FINDING.fullmatch(words[0]):
        arguments.finding = words[0]
    else:
        arguments.connection = words[0]


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
    alone = build_document(_only(inventory, (*ours, *theirs)), request.options)
    explainer = Explainer(alone, style)
    return explainer.between(*([explainer.find(item["id"]) for item in side] for side in (ours, theirs)))


def _only(inventory: Inventory, connections: Sequence[ConnectionFacts]) -> Inventory:
    kept = {fold_id(item["id"]) for item in connections}
    return Inventory(
        (resource for resource in inventory.resources if resource.type != CONNECTION or resource.key in kept),
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


def _matching(verdicts: Sequence[Verdict], text: str) -> Verdict:
    """Return the verdict of this fingerprint, or the only one of this control that is not a pass."""
    of_control = [verdict for verdict in verdicts if verdict.control_id.lower() == text]
    found = of_control or [verdict for verdict in verdicts if verdict.fingerprint.lower().startswith(text)]
    found = [verdict for verdict in found if verdict.status != "pass"] or found
    if not found:
        raise UsageError(
            "no verdict of this input has this fingerprint or control", hint="fingerprints are in `s2sguard scan --format json`"
        )
    if len(found) > 1:
        listed = [f"{verdict.fingerprint[:SHOWN_FINGERPRINT]} {printable(verdict.resource_name, limit=60)}" for verdict in found]
        raise UsageError(f"{len(found)} verdicts fit", hint=f"give the fingerprint of one: {some(listed, 8)}")
    return found[0]


def _explained(inventory: Inventory, request: Request, connection_id: str) -> Explanation | None:
    from s2sguard.facts import explain_connection

    return explain_connection(inventory, request.options, connection_id)
