# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""Write `arm.json` of every variant: `python -m samples.nat.generate`. A test checks that they are up to date.

The hardened gateway of the lab, but blue has red's range too, as the article's "Overlapping IP / NAT" warns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from samples.lab import arm, stages
from samples.writing import text_of, write

HERE = Path(__file__).resolve().parent
HARDENED = stages.STAGES[-1]
RED, BLUE = stages.PARTNERS[0], replace(stages.PARTNERS[1], prefix=stages.PARTNERS[0].prefix)
TRANSLATED = "100.65.0.0/16"
"""What blue's 10.1.0.0/16 is for everybody else (RFC 6598)."""


def overlapping() -> list[dict[str, Any]]:
    """Return the hardened gateway with two partners that both have 10.1.0.0/16."""
    resources: list[Any] = json.loads(json.dumps(arm.inventory(HARDENED, (RED, BLUE))["value"]))
    return resources


def refused() -> list[dict[str, Any]]:
    """Return it with a NAT rule on blue, beside policy-based selectors: Azure does not support that (azure.md 4.7)."""
    return _with_nat(overlapping())


def translated() -> list[dict[str, Any]]:
    """Return it with a NAT rule on blue, and without policy-based and fixed selectors, as Azure wants it."""
    resources = _with_nat(overlapping())
    for one in resources:
        if one["name"].startswith(f"{BLUE.site}-"):
            one["properties"] |= {"usePolicyBasedTrafficSelectors": False, "trafficSelectorPolicies": []}
    return resources


VARIANTS = {"overlapping": overlapping, "refused": refused, "translated": translated}


def _with_nat(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    gateway = next(one for one in resources if one["name"] == stages.GATEWAY)
    mappings = {"internalMappings": [{"addressSpace": BLUE.prefix}], "externalMappings": [{"addressSpace": TRANSLATED}]}
    rule = {"id": f"{gateway['id']}/natRules/blue", "name": "blue", "properties": {"type": "Static", "mode": "IngressSnat", **mappings}}
    gateway["properties"]["natRules"] = [rule]
    for one in resources:
        if one["name"].startswith(f"{BLUE.site}-"):
            one["properties"]["ingressNatRules"] = [{"id": rule["id"]}]
    return resources


def files() -> Iterator[tuple[Path, str]]:
    """Yield every file with the text it must hold."""
    for name, build in VARIANTS.items():
        yield HERE / name / "arm.json", text_of({"value": build()})


if __name__ == "__main__":
    write(files())
