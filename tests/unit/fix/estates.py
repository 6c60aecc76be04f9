"""Small estates for fixes: the article's gateway with any number of partners, each with what a test changes."""

from __future__ import annotations

import copy
import json
from typing import Any

from tests.unit.cli_estate import STRONG, lab

Node = dict[str, Any]
TODAY = ("--today", "2026-01-01")


def estate(*partners: str, stage: int = 5) -> list[Node]:
    """Return the lab as ARM JSON in a stage (5 is hardened), by default with red and blue."""
    return copy.deepcopy(lab(stage, partners or ("red", "blue")))


def named(resources: list[Node], name: str) -> Node:
    """Return the properties of a resource by its name."""
    found: Node = next(resource["properties"] for resource in resources if resource["name"] == name)
    return found


def document(resources: list[Node]) -> str:
    """Return an inventory file."""
    return json.dumps({"value": resources})


def applied(resources: list[Node], fixes: list[Node]) -> list[Node]:
    """Return the estate with the patches of a JSON output applied, by nothing but what the output says."""
    found = copy.deepcopy(resources)
    for fix in fixes:
        target = next(resource for resource in found if resource["id"] == fix["connection"])
        target["properties"] |= fix["properties"]
    return found


__all__ = ["STRONG", "TODAY", "Node", "applied", "document", "estate", "named"]
