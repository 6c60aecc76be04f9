"""The lab's five stages: both files of a stage say the same, and both are what the generator writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from s2sguard.collect.read import read_inventory
from s2sguard.model.inventory import Inventory, Resource
from s2sguard.model.value import Unknown
from samples.lab.generate import files
from samples.lab.stages import STAGES
from tests.unit.collect.terraform.plans import read

LAB = Path(__file__).resolve().parents[4] / "samples" / "lab"
STAGE_FOLDERS = tuple(stage.folder for stage in STAGES)
GATEWAY = "Microsoft.Network/virtualNetworkGateways"
CONNECTION = "Microsoft.Network/connections"
SITE = "Microsoft.Network/localNetworkGateways"
VNET = "Microsoft.Network/virtualNetworks"
DEFAULTS: dict[str, object] = {
    "connectionMode": "Default",
    "connectionProtocol": "IKEv2",
    "usePolicyBasedTrafficSelectors": False,
    "enableBgp": False,
    "ipsecPolicies": [],
    "trafficSelectorPolicies": [],
    "ingressNatRules": [],
    "egressNatRules": [],
}


@pytest.mark.parametrize("path", [path for path, _ in files()], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_samples_are_up_to_date(path: Path) -> None:
    """Every file is what `python -m samples.lab.generate` writes."""
    assert path.read_text(encoding="utf-8") == dict(files())[path]


def _target(inventory: Inventory, resource: Resource, name: str) -> Resource:
    link = resource.properties[name]
    assert isinstance(link, dict)
    found = inventory.get(link["id"])
    assert found is not None
    return found


def _connections(inventory: Inventory) -> dict[str, object]:
    found: dict[str, object] = {}
    for connection in inventory.of_type(CONNECTION):
        site = _target(inventory, connection, "localNetworkGateway2")
        found[connection.name] = (
            {name: connection.properties.get(name, default) for name, default in DEFAULTS.items()},
            connection.tags,
            _target(inventory, connection, "virtualNetworkGateway1").name,
            (site.name, site.tags, site.properties["localNetworkAddressSpace"], site.properties["gatewayIpAddress"]),
        )
    return found


def _networks(inventory: Inventory) -> dict[str, object]:
    found: dict[str, object] = {}
    for vnet in inventory.of_type(VNET):
        peerings = [
            (
                _target(inventory, peering, "remoteVirtualNetwork").name,
                peering.properties["allowGatewayTransit"],
                peering.properties["useRemoteGateways"],
            )
            for peering in inventory.children(vnet.id, f"{VNET}/virtualNetworkPeerings")
        ]
        subnets = sorted(
            (subnet.name, subnet.properties.get("addressPrefix") or subnet.properties["addressPrefixes"][0])  # type: ignore[index]
            for subnet in inventory.children(vnet.id, f"{VNET}/subnets")
        )
        found[vnet.name] = (vnet.properties["addressSpace"], peerings, subnets)
    return found


def _gateways(inventory: Inventory) -> list[object]:
    found: list[object] = []
    for gateway in inventory.of_type(GATEWAY):
        configuration = gateway.properties["ipConfigurations"][0]["properties"]  # type: ignore[index]
        subnet = inventory.get(configuration["subnet"]["id"])
        assert subnet is not None
        assert subnet.parent is not None
        hub = inventory.get(subnet.parent)
        assert hub is not None
        sku = gateway.properties["sku"]["name"]  # type: ignore[index]
        names = ("gatewayType", "vpnType", "vpnGatewayGeneration", "enableBgp", "activeActive", "disableIPSecReplayProtection")
        found.append((gateway.name, sku, hub.name, subnet.name, {name: gateway.properties[name] for name in names}))
    return found


@pytest.mark.parametrize("stage", STAGE_FOLDERS)
def test_both_files_describe_the_same_estate(stage: str) -> None:
    """Connections, sites, gateway and networks agree, with Azure's defaults for what a first plan omits; every reference resolves."""
    arm = read_inventory([LAB / stage / "arm.json"])
    terraform = read_inventory([LAB / stage / "tfplan.json"])
    assert (arm.gaps, terraform.gaps) == ((), ())
    assert len(arm.of_type(CONNECTION)) == 2
    assert _connections(terraform) == _connections(arm)
    assert _gateways(terraform) == _gateways(arm)
    assert _networks(terraform) == _networks(arm)


@pytest.mark.parametrize("stage", STAGE_FOLDERS)
def test_nothing_that_matters_is_unknown_in_a_first_plan(stage: str) -> None:
    """A first plan of the lab is judged in full although no id is known."""
    inventory = read_inventory([LAB / stage / "tfplan.json"])
    relevant = [resource for resource in inventory.resources if resource.type in {CONNECTION, SITE, GATEWAY}]
    assert all(resource.id.startswith("terraform:") for resource in relevant)
    assert [resource.id for resource in relevant if any(isinstance(value, Unknown) for value in resource.properties.values())] == []


def test_the_stages_are_the_articles() -> None:
    """Each stage adds one setting; the last is hardened."""
    settings = {}
    for stage in STAGE_FOLDERS:
        connection = read_inventory([LAB / stage / "arm.json"]).of_type(CONNECTION)[0].properties
        policies = connection["ipsecPolicies"]
        assert isinstance(policies, list)
        settings[stage] = (
            connection["usePolicyBasedTrafficSelectors"],
            policies[0]["dhGroup"] if policies else None,
            len(connection["trafficSelectorPolicies"]),  # type: ignore[arg-type]
            connection["connectionMode"],
        )
    assert settings == {
        "stage-1-default": (False, None, 0, "Default"),
        "stage-2-policy-based": (True, "DHGroup2", 0, "Default"),
        "stage-3-fixed-selectors": (True, "DHGroup2", 1, "Default"),
        "stage-4-initiator-only": (True, "DHGroup2", 1, "InitiatorOnly"),
        "stage-5-hardened": (True, "ECP384", 1, "InitiatorOnly"),
    }


@pytest.mark.parametrize("path", [path for path, _ in files()], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_samples_hold_no_shared_key(path: Path) -> None:
    """A sample never shows how to leak a key."""
    assert '"sharedKey"' not in path.read_text(encoding="utf-8")
    assert "Msft123" not in path.read_text(encoding="utf-8")


def test_a_key_planted_in_a_sample_does_not_get_out() -> None:
    """A plan whose keys are known holds them in several places; the inventory holds none."""
    value = json.loads((LAB / "stage-4-initiator-only" / "tfplan.json").read_text(encoding="utf-8"))
    value["variables"]["shared_keys"] = {"value": {"red": "PLANTED", "blue": "PLANTED"}}
    for resource, change in zip(value["planned_values"]["root_module"]["resources"], value["resource_changes"], strict=True):
        if "shared_key" in resource["sensitive_values"]:
            resource["values"]["shared_key"] = change["change"]["after"]["shared_key"] = "PLANTED"
            change["change"]["after_unknown"].pop("shared_key")
    assert json.dumps(value).count("PLANTED") == 6
    assert "PLANTED" not in repr(read(value))
