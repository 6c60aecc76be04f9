"""Random estates: every fix that is offered holds when nothing but the output is used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from samples.fleet.generate import MISTAKES, Fleet
from tests.unit.conftest import Run
from tests.unit.fix.estates import TODAY, Node, applied

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

Put = Callable[[str, object], Path]
MORE_MISTAKES: tuple[Node, ...] = (
    *MISTAKES,
    {"ingressNatRules": [{"id": "/subscriptions/s/natRules/a"}]},
    {"trafficSelectorPolicies": [{"localAddressRanges": ["0.0.0.0/0"], "remoteAddressRanges": ["0.0.0.0/0"]}]},
    {"trafficSelectorPolicies": [{"localAddressRanges": ["172.16.0.0/24", "192.168.0.0/16"], "remoteAddressRanges": ["10.0.0.0/16"]}]},
    {"trafficSelectorPolicies": [{"localAddressRanges": ["x"], "remoteAddressRanges": ["10.0.0.0/16"]}]},
    {"connectionMode": "Default", "ipsecPolicies": [], "usePolicyBasedTrafficSelectors": None},
    {"enableBgp": True, "connectionProtocol": "IKEv1"},
)
SITE_MISTAKES: tuple[Node, ...] = (
    {"gatewayIpAddress": "", "fqdn": "vpn.partner.example"},
    {"localNetworkAddressSpace": {"addressPrefixes": ["10.0.0.0/22"]}},
    {"localNetworkAddressSpace": {"addressPrefixes": ["172.20.0.0/25"]}},
    {"localNetworkAddressSpace": {"addressPrefixes": []}},
)


def broken(seed: int) -> list[Node]:
    """Return a gateway with eight partners, about half of them mistaken, some of their sites too."""
    random = Random(seed)
    resources: list[Node] = list(Fleet(partners=8, spokes=1, mistakes=0.0, seed=seed).gateway(0))
    for one in resources:
        if one["type"].endswith("/connections"):
            for _ in range(random.choice((0, 0, 1, 1, 2))):
                one["properties"] |= random.choice(MORE_MISTAKES)
        elif one["type"].endswith("/localNetworkGateways") and random.random() < 0.15:
            one["properties"] |= random.choice(SITE_MISTAKES)
    return resources


def judged(run: Run, path: Path) -> dict[tuple[str, str], str]:
    """Return the status of every verdict about a connection that is not a pass."""
    verdicts: list[dict[str, Any]] = run("scan", path, "--format", "json", *TODAY).json["verdicts"]
    return {(v["resource"], v["control_id"]): v["status"] for v in verdicts if v["status"] != "pass" and "/connections/" in v["resource"]}


@pytest.mark.parametrize("seed", range(12))
def test_every_fix_holds_when_the_test_applies_it(run: Run, put: Put, seed: int) -> None:
    """Applied together, and each alone, the patches do what the output says of them, and nobody else gets anything new."""
    resources = broken(seed)
    path = put("fleet.json", json.dumps({"value": resources}))
    found = run("fix", path, "--format", "json", *TODAY).json
    before = judged(run, path)
    assert {one["connection"] for key in ("fixes", "settled", "without_fix") for one in found[key]} == {
        name for (name, _), status in before.items() if status == "fail"
    }
    together = judged(run, put("after.json", json.dumps({"value": applied(resources, found["fixes"])})))
    weaker = {(name, "S2S-ISO-002") for name, control in before if control == "S2S-ISO-001"}
    assert {key for key, status in together.items() if status == "fail"} <= before.keys() | weaker
    for one in found["fixes"]:
        left = {control for (name, control), status in together.items() if name == one["connection"] and status == "fail"}
        assert left == {item["control"] for item in one["checked"]["remaining"]}
    for one in found["settled"]:
        assert not any(name == one["connection"] for name, _ in together)
    for one in found["fixes"][:3]:
        alone = judged(run, put("alone.json", json.dumps({"value": applied(resources, [one])})))
        own = {control for name, control in alone if name == one["connection"]}
        assert own.isdisjoint(one["checked"]["gone"])
        assert {key for key, status in alone.items() if status == "fail"} <= before.keys() | weaker
