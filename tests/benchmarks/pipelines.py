"""What a pipeline waits for: one template from a cold start, and reading a large Terraform plan."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson

from s2sguard.collect import read_inventory
from s2sguard.collect.text import no_garbage
from samples.lab import plan, stages
from tests.benchmarks.home import have_opa
from tests.benchmarks.measure import MS, Row, Scale, Section, in_turns, ms
from tests.benchmarks.whole import COMMAND, process

MOST_SCAN_MS = 500.0
MOST_RATIO = 3.0
AIMED_AT = 60_000_000
OTHERS = 9
"""Resources of other types for each one of the network, in the second plan."""
WHY_SCAN = "most of it is the interpreter, the engine's own library and the evaluator's modules"
WHY_PLAN = (
    "parsing takes 2 x of it, because a key written twice and nesting are looked for; then each resource is looked at as planned, as "
    "a change and as configuration, and one of the network is turned into ARM's shape attribute by attribute, all in Python"
)


def run(scale: Scale) -> Section:
    """Measure a template, then a plan."""
    with tempfile.TemporaryDirectory(prefix="s2sguard-bench-") as folder:
        rows = [*_template(Path(folder), scale), *_plan(Path(folder), scale)]
    notes = (
        "The template has a gateway, and eight partners made by loops in a nested deployment; it comes with a parameter file.",
        "The whole process is timed, and the first run of each is not counted.",
        "The plan is that of the lab's third stage, once for each instance of a module; the second adds nine others to each resource.",
        "`json.loads` parses the same bytes; the cycle collector is off for both.",
    )
    return Section(title="Templates and plans", notes=notes, rows=tuple(rows))


def _template(folder: Path, scale: Scale) -> list[Row]:
    template, parameters = folder / "azuredeploy.json", folder / "azuredeploy.parameters.json"
    template.write_bytes(orjson.dumps(a_template()))
    parameters.write_bytes(orjson.dumps(some_parameters()))
    engines = ["auto"] if have_opa() else ["regopy"]
    tasks = {
        "python": [sys.executable, "-c", "pass"],
        **{engine: [*COMMAND, "scan", str(template), str(parameters), "--engine", engine] for engine in engines},
    }
    for arguments in tasks.values():
        process(arguments)
    taken = in_turns({name: (lambda command=command: process(command)) for name, command in tasks.items()}, scale.starts)  # type: ignore[misc]
    python = taken["python"]
    return [
        Row(
            what=f"`s2sguard scan` of one template with its parameter file, engine {engine}",
            value=taken[engine] * MS,
            unit="ms",
            seen=f"{taken[engine] / python:.1f} x `python -c pass` ({python * MS:.0f} ms)",
            aim=MOST_SCAN_MS,
            why_short=WHY_SCAN,
        )
        for engine in engines
    ]


def _plan(folder: Path, scale: Scale) -> list[Row]:
    return [_read(folder / "plan.json", scale, others) for others in (0, OTHERS)]


def _read(path: Path, scale: Scale, others: int) -> Row:
    path.write_bytes(a_plan(scale.plan_bytes, others))
    content = path.read_bytes()
    with no_garbage():
        taken = in_turns({"parse": lambda: json.loads(content), "read": lambda: read_inventory([path])}, scale.repeats)
    found = read_inventory([path])
    kind = "one resource in ten of the network" if others else "all of the network"
    return Row(
        what=f"reading a plan / `json.loads`, {len(content) / 1e6:,.1f} MB, {kind}",
        value=taken["read"] / taken["parse"],
        unit="x",
        seen=f"{ms(taken['read'])} / {ms(taken['parse'])}, {len(found.resources):,} resources read",
        aim=MOST_RATIO if scale.plan_bytes >= AIMED_AT else None,
        why_short=WHY_PLAN,
    )


def a_plan(size: int, others: int = 0) -> bytes:
    """Return a plan of about `size` bytes: the lab in a module, once for each hub, with `others` more resources for each of its own."""
    one: dict[str, Any] = json.loads(json.dumps(plan.plan(stages.STAGES[2])))
    _add_others(one, others)
    root = one["planned_values"]["root_module"]
    hubs = max(1, size // len(json.dumps([root, one["resource_changes"]])))
    modules, changes = [], []
    for number in range(hubs):
        address = f'module.hub["{number:05d}"]'
        modules.append({"address": address, "resources": [_moved(resource, address) for resource in root["resources"]]})
        changes += [{**_moved(change, address), "module_address": address} for change in one["resource_changes"]]
    configuration = one["configuration"]
    call = {"source": "./hub", "module": configuration["root_module"], "for_each_expression": {"references": ["var.hubs"]}}
    whole = {
        **one,
        "planned_values": {"root_module": {"child_modules": modules}},
        "resource_changes": changes,
        "configuration": {**configuration, "root_module": {"module_calls": {"hub": call}}},
    }
    # As `terraform show -json` writes it.
    return orjson.dumps(whole)


def _add_others(one: dict[str, Any], others: int) -> None:
    """Add resources that are none of ours: each of the lab's again, under another type."""
    root, configuration = one["planned_values"]["root_module"], one["configuration"]["root_module"]
    for listed in (root["resources"], one["resource_changes"], configuration["resources"]):
        ours = list(listed)
        for number in range(others):
            for resource in ours:
                name = f"{resource['name']}_{number}"
                address = resource["address"].replace(resource["type"], "azurerm_storage_account", 1).replace(resource["name"], name, 1)
                listed.append({**resource, "type": "azurerm_storage_account", "name": name, "address": address})


def _moved(resource: dict[str, Any], module: str) -> dict[str, Any]:
    return {**resource, "address": f"{module}.{resource['address']}"}


def a_template() -> dict[str, Any]:
    """Return a template with a gateway and a connection and a site for each partner."""
    network = "Microsoft.Network"
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    site = "[parameters('partners')[copyIndex()]"
    inner = {
        "$schema": schema,
        "contentVersion": "1.0.0.0",
        "parameters": {"partners": {"type": "array"}, "gateway": {"type": "string"}},
        "resources": [
            {
                "type": f"{network}/localNetworkGateways",
                "name": f"{site}.name]",
                "copy": {"name": "sites", "count": "[length(parameters('partners'))]"},
                "properties": {
                    "gatewayIpAddress": f"{site}.address]",
                    "localNetworkAddressSpace": {"addressPrefixes": [f"{site}.prefix]"]},
                },
            },
            {
                "type": f"{network}/connections",
                "name": "[format('to-{0}', parameters('partners')[copyIndex()].name)]",
                "copy": {"name": "connections", "count": "[length(parameters('partners'))]"},
                "properties": {
                    "connectionType": "IPsec",
                    "connectionMode": "InitiatorOnly",
                    "usePolicyBasedTrafficSelectors": True,
                    "virtualNetworkGateway1": {"id": f"[resourceId('{network}/virtualNetworkGateways', parameters('gateway'))]"},
                    "localNetworkGateway2": {"id": f"[resourceId('{network}/localNetworkGateways', {site[1:]}.name)]"},
                    "trafficSelectorPolicies": [
                        {"localAddressRanges": ["10.0.1.0/24"], "remoteAddressRanges": [f"{site}.prefix]"]},
                    ],
                },
            },
        ],
    }
    body = {
        "mode": "Incremental",
        "expressionEvaluationOptions": {"scope": "inner"},
        "template": inner,
        "parameters": {"partners": {"value": "[parameters('partners')]"}, "gateway": {"value": "[variables('gateway')]"}},
    }
    gateway = {"gatewayType": "Vpn", "vpnType": "RouteBased", "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ"}}
    return {
        "$schema": schema,
        "contentVersion": "1.0.0.0",
        "parameters": {"prefix": {"type": "string"}, "partners": {"type": "array"}},
        "variables": {"gateway": "[concat(parameters('prefix'), '-gw')]"},
        "resources": [
            {"type": f"{network}/virtualNetworkGateways", "name": "[variables('gateway')]", "properties": gateway},
            {"type": "Microsoft.Resources/deployments", "name": "partners", "properties": body},
        ],
    }


def some_parameters() -> dict[str, Any]:
    """Return the parameter file of the template."""
    partners = [{"name": f"partner-{at}", "address": f"192.0.2.{at}", "prefix": f"172.16.{at}.0/24"} for at in range(1, 9)]
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"prefix": {"value": "hub"}, "partners": {"value": partners}},
    }
