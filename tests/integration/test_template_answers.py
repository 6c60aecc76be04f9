"""Values of real templates, worked out by reading the templates, against what the evaluator makes of them.

`tests/data/templates/answers.json` holds, for each template and set of parameters, the gateways, sites and connections it deploys.
A value that is not listed is one that the template does not write; `{"unknown": true}` is one that only a deployment can tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from s2sguard.collect import read_inventory
from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.model.inventory import Resource
from s2sguard.model.value import Unknown

ANSWERS: list[dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "templates" / "answers.json").read_text(encoding="utf-8")
)
_SELECTORS = ("usePolicyBasedTrafficSelectors", "ipsecPolicies", "trafficSelectorPolicies")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "connections": (
        *("connectionType", "connectionMode", "connectionProtocol", *_SELECTORS),
        *("virtualNetworkGateway1.id", "virtualNetworkGateway2.id", "localNetworkGateway2.id"),
    ),
    "localNetworkGateways": ("localNetworkAddressSpace.addressPrefixes", "gatewayIpAddress", "fqdn"),
    "virtualNetworkGateways": ("gatewayType", "vpnType", "sku.name"),
    "vpnConnections": (
        *("remoteVpnSite.id", "vpnConnectionProtocolType", *_SELECTORS),
        *(f"vpnLinkConnections.0.properties.{name}" for name in ("vpnConnectionProtocolType", "vpnLinkConnectionMode")),
    ),
    "vpnSites": ("addressSpace.addressPrefixes", "ipAddress", "vpnSiteLinks"),
    "vpnGateways": ("virtualHub.id",),
    "natRules": ("mode", "internalMappings", "externalMappings"),
}
"""What is compared, by the last segment of the type. `sku` stands in the properties of this gateway, as in Azure's answers."""
UNKNOWN = {"unknown": True}


def resources(answer: Mapping[str, Any], corpus: Path) -> dict[str, Resource]:
    """Return what the evaluator makes of one template: type and name -> resource, of the types in question."""
    files = [str(corpus / "arm_parameters" / answer["parameters"])] if "parameters" in answer else []
    given = [f"{name}={json.dumps(value)}" for name, value in answer.get("given", {}).items()]
    inventory = read_inventory([corpus / "arm" / answer["template"]], deployment=DeploymentOptions(parameters=(*files, *given)))
    named = {f"{resource.type.rpartition('/')[2]}/{resource.name}": resource for resource in inventory.resources}
    return {name: resource for name, resource in named.items() if name.partition("/")[0] in FIELDS}


def found(value: object, path: str) -> object:
    """Return the value at a path of names and numbers; null where there is none, `{"unknown": true}` for one that is not known.

    An id is shown as its last two segments: the scope is that of the deployment.
    """
    for step in path.split("."):
        if isinstance(value, Unknown):
            break
        if isinstance(value, list | tuple):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    if isinstance(value, Unknown):
        return UNKNOWN
    return "/".join(value.split("/")[-2:]) if isinstance(value, str) and path.endswith(".id") else value


def compared(answer: Mapping[str, Any], corpus: Path) -> Iterator[tuple[str, str, object, object]]:
    """Yield resource, path, the value worked out by hand and the one of the evaluator."""
    there = resources(answer, corpus)
    for name, values in answer["resources"].items():
        fields = FIELDS[name.partition("/")[0]]
        assert set(values) <= set(fields)
        for path in fields:
            yield name, path, values.get(path), found(there[name].properties, path) if name in there else "not there"


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.get("parameters", answer["template"])[-60:])
def test_values_are_those_worked_out_by_hand(answer: dict[str, Any], corpus: Path) -> None:
    """The same resources by name, with the same values, and unknown exactly where nobody can know."""
    assert sorted(resources(answer, corpus)) == sorted(answer["resources"])
    wrong = [(name, path, by_hand, value) for name, path, by_hand, value in compared(answer, corpus) if by_hand != value]
    assert wrong == []


def test_nearly_all_values_are_resolved(corpus: Path) -> None:
    """Of the values that templates write at least 95 % are known; what only a deployment can tell counts as not."""
    assert len({answer["template"] for answer in ANSWERS}) >= 20
    values = [(by_hand, value) for answer in ANSWERS for _, _, by_hand, value in compared(answer, corpus) if by_hand is not None]
    resolved = sum(by_hand == value != UNKNOWN for by_hand, value in values)
    assert len(values) > 350
    assert resolved >= 0.95 * len(values)
