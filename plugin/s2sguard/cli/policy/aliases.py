"""`s2sguard policy aliases`: the aliases our definitions rely on, as the provider has them today."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from s2sguard.cli.output import write
from s2sguard.cli.policy.deployment import session_of
from s2sguard.errors import UsageError
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.provider_aliases import AliasFinding

WORDS = {"missing": "does not exist", "other-path": "has another path", "modifiable": "can now be changed by `modify`"}


def run(arguments: Namespace) -> int:
    """Return 1 where an alias is missing or has another path; that one became modifiable is only told."""
    from s2sguard.azure_policy.deploy.provider_aliases import compare, read_provider
    from s2sguard.azure_policy.deploy.scope import GUID
    from s2sguard.azure_policy.shipped.definitions import ALIASES

    if arguments.subscription is not None and not re.fullmatch(GUID, arguments.subscription):
        raise UsageError("--subscription is no subscription id", hint="`az account show --query id` prints it")
    with session_of(arguments) as session:
        theirs = read_provider(session, arguments.subscription)
    ours = json.loads(ALIASES.read_text(encoding="utf-8"))
    found = compare(ours, theirs)
    number = sum(len(kind["aliases"]) for kind in ours["resourceTypes"])
    write(_json(found, number, len(theirs)) if arguments.format == "json" else _text(found, number, len(theirs)), None)
    return 1 if any(each.kind != "modifiable" for each in found) else 0


def _text(found: Sequence[AliasFinding], ours: int, theirs: int) -> str:
    lines = []
    for each in found:
        lines.append(f"{printable(each.alias, limit=200)}  {WORDS[each.kind]}")
        if each.kind == "other-path":
            lines.append(f"  ours:  {printable(each.ours)}")
            lines.append(f"  Azure: {printable(each.theirs, limit=300)}")
    wrong = sum(each.kind != "modifiable" for each in found)
    lines.append(f"{ours} aliases checked against {theirs} of the provider: {wrong or 'none'} wrong")
    return "\n".join(lines) + "\n"


def _json(found: Sequence[AliasFinding], ours: int, theirs: int) -> str:
    nodes = [{key: getattr(each, key) for key in ("kind", "alias", "ours", "theirs") if getattr(each, key)} for each in found]
    return lines_of_json([("schema_version", "1"), ("checked", ours), ("provider", theirs), ("findings", nodes)])
