"""The facts document as JSON for programs that print what is in it as it is.

conftest writes messages into terminals, workflow commands and logs without escaping them.
Names and tags are written by people we do not trust, so what could act there is written out here, before any rule sees it.
Every message also begins with the name of its subject, because most of conftest's formats show nothing else of a finding.
"""

from __future__ import annotations

from typing import Any

from s2sguard.facts.document import FactsDocument
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable

_NAMED = "named"


def facts_text(document: FactsDocument) -> str:
    """Return the document as one JSON object, harmless to print and with `named` set; equal documents give equal text."""
    members: dict[str, object] = {**document}
    members[_NAMED] = True
    return lines_of_json((key, _harmless(value)) for key, value in members.items())


def _harmless(value: Any) -> Any:  # noqa: ANN401 - JSON in, the same JSON out
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable(key): _harmless(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_harmless(member) for member in value]
    return value
