"""`s2sguard policy attest`: verdicts that one resource cannot decide, on Azure's compliance page."""

from __future__ import annotations

import re
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from s2sguard.cli.options import configuration, now, request_of
from s2sguard.cli.output import Progress, write
from s2sguard.cli.policy.deployment import inputs_read, session_of, today_of
from s2sguard.errors import UsageError
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable
from s2sguard.report.style import count

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.attestations import AttestStep, AttestWish
    from s2sguard.config import Config

INCOMPLETE = 3
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def run(arguments: Namespace) -> int:
    """Show or write attestations; 3 where one is refused or an input was not read."""
    from s2sguard.audit import audit
    from s2sguard.azure_policy.deploy.attestations import carry_out, manual_definitions, plan_attestations
    from s2sguard.azure_policy.shipped.definitions import load_definitions

    config = configuration(arguments)
    wish = _wish(arguments, config)
    names = {each.name.lower(): each.control.id for each in load_definitions() if each.kind == "manual"}
    progress = Progress()
    try:
        _, report = audit(request_of(arguments, config), now=now, progress=progress)
    finally:
        progress("")
    with session_of(arguments) as session:
        manual = manual_definitions(session, wish, names)
        steps = plan_attestations(session, report.verdicts, manual, wish)
        write(_json(steps, wish) if arguments.format == "json" else _text(steps, wish), None)
        written = carry_out(session, steps, lambda _: None) if arguments.yes else 0
    if arguments.format == "table" and (pending := sum(step.action in {"create", "update"} for step in steps)):
        write(f"{count(written, 'attestation')} written\n" if written == pending else "nothing was written; --yes writes\n", None)
    read = inputs_read(report)
    return INCOMPLETE if not read or any(step.action == "refused" for step in steps) else 0


def _wish(arguments: Namespace, config: Config) -> AttestWish:
    from s2sguard.azure_policy.deploy.attestations import AttestWish
    from s2sguard.azure_policy.deploy.resource_ids import parse_assignment

    scope, name = parse_assignment(arguments.assignment)
    if arguments.owner is not None and not _GUID.fullmatch(arguments.owner):
        raise UsageError("--owner is no object id", hint="`az ad user show --id NAME --query id` prints it")
    return AttestWish(
        scope=scope,
        name=name,
        today=today_of(arguments),
        expires_in=arguments.expires_in,
        evidence=_evidence(arguments.evidence),
        owner=arguments.owner,
        assumptions=", ".join(f"{name}={str(value).lower()}" for name, value in sorted(config.assumptions.items())),
    )


def _evidence(address: str | None) -> str | None:
    """Return the address of the evidence; raises UsageError for one that is no address or would publish a secret."""
    if address is None:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        raise UsageError("--evidence is no address") from None
    if parts.scheme != "https" or not parts.hostname or not address.isprintable() or " " in address:
        raise UsageError("--evidence is no https address")
    if parts.username or parts.password or re.search(r"(^|&)sig=", parts.query, re.IGNORECASE):
        raise UsageError("--evidence holds a credential", hint="everybody who may read the compliance page would see it; leave it out")
    return address


def _text(steps: Sequence[AttestStep], wish: AttestWish) -> str:
    lines = [f"attestations for {printable(wish.assignment)}", ""]
    for step in steps:
        if step.action == "unchanged":
            continue
        lines.append(f"  {step.action.ljust(8)} {step.control}  {step.state.ljust(12)} {printable(step.resource, limit=200)}")
        lines.append(f"           {printable(step.reason or step.comment, limit=400)}")
    counts = Counter(step.action for step in steps)
    words = ", ".join(f"{counts[action]} {action}" for action in ("create", "update", "unchanged", "refused", "skipped") if counts[action])
    lines += [""] if len(lines) > 2 else []
    lines.append(words or "no verdict of a control that is attested")
    return "\n".join(lines) + "\n"


def _json(steps: Sequence[AttestStep], wish: AttestWish) -> str:
    keys = ("action", "control", "state", "resource", "comment", "id", "reason")
    nodes = [{key: getattr(step, key) for key in keys if getattr(step, key)} for step in steps]
    return lines_of_json([("schema_version", "1"), ("assignment", wish.assignment), ("steps", nodes)])
