"""The controls as SARIF rules (section 3.49), with what GitHub's code scanning reads of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from s2sguard.evaluate.verdict import Control, Severity

Node: TypeAlias = dict[str, Any]
Pages: TypeAlias = Callable[[Control], str]
"""Returns the Markdown page of a control; empty when there is none."""

LEVELS: Final[dict[Severity, str]] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
SCORES: Final[dict[Severity, str]] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
"""`security-severity`: GitHub calls over 9.0 critical, from 7.0 high, from 4.0 medium, below that low."""
DESCRIPTION_LIMIT: Final = 1024
"""Characters of a description that GitHub shows."""
MAX_TAGS: Final = 10
"""Tags of a rule that GitHub shows; more than 20 are refused."""


def rules(controls: Sequence[Control], pages: Pages) -> list[Node]:
    """Return one rule for each control, in their order: all of them, also those that found nothing here."""
    return [_rule(control, pages(control)) for control in controls]


def _rule(control: Control, page: str) -> Node:
    description = " ".join(control.description.split())[:DESCRIPTION_LIMIT]
    help_node = {"text": f"{description}\n\nFix: {control.fix}" if control.fix else description}
    if page:
        help_node["markdown"] = page
    properties: Node = {
        "tags": _tags(control),
        "precision": "high",
        "security-severity": SCORES[control.severity],
        "severity": control.severity,
    }
    if control.fix:
        properties["fix"] = control.fix
    if control.mappings:
        properties["mappings"] = {framework: list(control.mappings[framework]) for framework in sorted(control.mappings)}
    return {
        "id": control.id,
        "name": "".join(word.capitalize() for word in control.name.split("_")),
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": description},
        "help": help_node,
        "defaultConfiguration": {"level": LEVELS[control.severity]},
        "properties": properties,
    }


def _tags(control: Control) -> list[str]:
    frameworks = (f"mapping/{framework}" for framework in sorted(control.mappings))
    return list(dict.fromkeys(filter(None, ("security", "azure", "vpn", control.family, *frameworks))))[:MAX_TAGS]
