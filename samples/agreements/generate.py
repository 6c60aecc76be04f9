# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""Write `per-spoke/arm.json`: `python -m samples.agreements.generate`. A test checks that it is up to date.

The appendix of the article: the hardened gateway of `samples/lab` with a second spoke, and for each partner the spoke it may reach.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from samples.lab import arm, stages
from samples.writing import text_of, write

FILE = Path(__file__).resolve().parent / "per-spoke" / "arm.json"
SECOND = "172.16.200.0/24"
DOMAINS = {
    "red": [([stages.SPOKE_PREFIX], ["10.1.0.0/16"])],
    "blue": [([SECOND], ["10.2.0.0/16"]), (["172.16.1.68/32"], ["10.2.10.0/24"])],
}
"""Partner -> (local ranges, remote ranges) of each of its selectors."""


def inventory() -> dict[str, Any]:
    """Return what a read-only listing of the resource group gives."""
    found: dict[str, Any] = json.loads(json.dumps(arm.inventory(stages.STAGES[-1])))
    resources = found["value"]
    for one in resources:
        if one["type"].endswith("/connections"):
            pairs = DOMAINS[one["tags"]["partner"]]
            one["properties"]["trafficSelectorPolicies"] = [
                {"localAddressRanges": local, "remoteAddressRanges": remote} for local, remote in pairs
            ]
    (hub,) = (one for one in resources if one["name"] == stages.HUB)
    (spoke,) = (one for one in resources if one["name"] == stages.SPOKE)
    second = renamed(spoke)
    hub["properties"]["virtualNetworkPeerings"] += renamed({"peerings": hub["properties"]["virtualNetworkPeerings"]})["peerings"]
    return {"value": [*resources, second]}


def renamed(spoke: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the spoke, or of a peering with it, as those of the second spoke."""
    text = json.dumps(copy.deepcopy(spoke))
    text = text.replace(stages.SPOKE_SUBNET, "172.16.200.0/26").replace(stages.SPOKE_PREFIX, SECOND)
    changed: dict[str, Any] = json.loads(text.replace(stages.SPOKE, "spoke2-vnet"))
    return changed


def text() -> str:
    """Return what the file must hold."""
    return text_of(inventory())


if __name__ == "__main__":
    write([(FILE, text())])
