# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""A stage of the lab as the ARM template that deploys it, and the parameter file of one deployment.

The addresses are parameters, and the shared keys come from a key vault, so neither file holds a secret.
"""

from __future__ import annotations

from samples.lab import stages as lab

Json = dict[str, object]

_VERSION = "2024-05-01"
_SCHEMAS = "https://schema.management.azure.com/schemas/2019-04-01"
_VAULT = f"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{lab.GROUP}/providers/Microsoft.KeyVault/vaults/partner-keys"


def template(stage: lab.Stage) -> Json:
    """Return `azuredeploy.json` of a stage."""
    parameters: Json = {"location": {"type": "string"}}
    for partner in lab.PARTNERS:
        parameters |= {
            f"{partner.name}Address": {"type": "string", "metadata": {"description": f"Public address of {partner.name}'s device."}},
            f"{partner.name}Prefixes": {"type": "array", "metadata": {"description": f"What is behind {partner.name}'s device."}},
            f"{partner.name}Key": {"type": "securestring"},
        }
    sites = [_site(partner) for partner in lab.PARTNERS]
    connections = [_connection(stage, partner) for partner in lab.PARTNERS]
    return {
        "$schema": f"{_SCHEMAS}/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": parameters,
        "variables": {"gatewayName": lab.GATEWAY, "hubName": lab.HUB, "hubPrefix": lab.HUB_PREFIX, "ipsecPolicy": stage.policy},
        "resources": [_hub(), _public_ip(stage), _gateway(stage), *sites, *connections],
    }


def parameters() -> Json:
    """Return `azuredeploy.parameters.json`, the same for every stage."""
    values: Json = {"location": {"value": lab.LOCATION}}
    for partner in lab.PARTNERS:
        values |= {
            f"{partner.name}Address": {"value": partner.address},
            f"{partner.name}Prefixes": {"value": [partner.prefix]},
            f"{partner.name}Key": {"reference": {"keyVault": {"id": _VAULT}, "secretName": f"vpn-{partner.name}"}},
        }
    return {"$schema": f"{_SCHEMAS}/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": values}


def _resource(kind: str, name: str, properties: Json, **more: object) -> Json:
    head: Json = {"type": f"Microsoft.Network/{kind}", "apiVersion": _VERSION, "name": name, "location": "[parameters('location')]"}
    return {**head, **more, "properties": properties}


def _link(kind: str, name: str) -> Json:
    """Return a reference to a resource; `name` is an expression without its brackets."""
    return {"id": f"[resourceId('Microsoft.Network/{kind}', {name})]"}


def _hub() -> Json:
    ranges = {"GatewaySubnet": lab.GATEWAY_SUBNET, "workload": lab.WORKLOAD_SUBNET}
    subnets = [{"name": name, "properties": {"addressPrefix": range_}} for name, range_ in ranges.items()]
    properties: Json = {"addressSpace": {"addressPrefixes": ["[variables('hubPrefix')]"]}, "subnets": subnets}
    return _resource("virtualNetworks", "[variables('hubName')]", properties)


def _public_ip(stage: lab.Stage) -> Json:
    zones: Json = {"zones": ["1", "2", "3"]} if stage.sku.endswith("AZ") else {}
    return _resource("publicIPAddresses", lab.PUBLIC_IP, {"publicIPAllocationMethod": "Static"}, sku={"name": "Standard"}, **zones)


def _gateway(stage: lab.Stage) -> Json:
    subnet = "[resourceId('Microsoft.Network/virtualNetworks/subnets', variables('hubName'), 'GatewaySubnet')]"
    place: Json = {"publicIPAddress": _link("publicIPAddresses", f"'{lab.PUBLIC_IP}'"), "subnet": {"id": subnet}}
    properties: Json = {
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "vpnGatewayGeneration": stage.generation,
        "sku": {"name": stage.sku, "tier": stage.sku},
        "ipConfigurations": [{"name": "default", "properties": place}],
    }
    needs = [_link("publicIPAddresses", f"'{lab.PUBLIC_IP}'")["id"], _link("virtualNetworks", "variables('hubName')")["id"]]
    return _resource("virtualNetworkGateways", "[variables('gatewayName')]", properties, dependsOn=needs)


def _site(partner: lab.Partner) -> Json:
    properties: Json = {
        "gatewayIpAddress": f"[parameters('{partner.name}Address')]",
        "localNetworkAddressSpace": {"addressPrefixes": f"[parameters('{partner.name}Prefixes')]"},
    }
    return _resource("localNetworkGateways", partner.site, properties, tags={"partner": partner.name})


def _connection(stage: lab.Stage, partner: lab.Partner) -> Json:
    selectors = {"localAddressRanges": ["[variables('hubPrefix')]"], "remoteAddressRanges": f"[parameters('{partner.name}Prefixes')]"}
    gateway, site = ("virtualNetworkGateways", "variables('gatewayName')"), ("localNetworkGateways", f"'{partner.site}'")
    mode: Json = {} if stage.mode == "Default" else {"connectionMode": stage.mode}
    properties: Json = {
        "virtualNetworkGateway1": _link(*gateway),
        "localNetworkGateway2": _link(*site),
        "connectionType": "IPsec",
        "connectionProtocol": "IKEv2",
        **mode,
        "sharedKey": f"[parameters('{partner.name}Key')]",
        "usePolicyBasedTrafficSelectors": stage.policy_based,
        "ipsecPolicies": ["[variables('ipsecPolicy')]"],
        "trafficSelectorPolicies": [selectors],
    }
    needs = [_link(*gateway)["id"], _link(*site)["id"]]
    return _resource("connections", f"{partner.site}-{stage.suffix}", properties, tags={"partner": partner.name}, dependsOn=needs)
