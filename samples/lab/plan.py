# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""A stage as the first plan of a Terraform configuration: nothing exists yet, so every id is known only after apply.

Each attribute is written once, as a `Constant`, `Known` or `Later` value or as blocks; the three parts of a plan follow from that.
Shared keys come from `random_password`, so no plan holds one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from samples.lab import stages as lab

Json = dict[str, object]

_AZURERM = "registry.terraform.io/hashicorp/azurerm"
_RANDOM = "registry.terraform.io/hashicorp/random"


@dataclass(frozen=True, slots=True)
class Constant:
    """Written in the configuration as it is."""

    value: object


@dataclass(frozen=True, slots=True)
class Known:
    """Written as an expression whose value is known when the plan is made."""

    value: object
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """Written as an expression, known only after apply."""

    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """Not written: the provider or Azure decides, known only after apply."""


@dataclass(frozen=True, slots=True)
class Default:
    """Not written: the provider's default, known when the plan is made."""

    value: object


Blocks = list[dict[str, "Attribute"]]
Attribute = Constant | Known | Later | Computed | Default | Blocks


@dataclass(frozen=True, slots=True)
class Planned:
    """One instance of a resource block, in the order a plan lists them."""

    type: str
    name: str
    attributes: dict[str, Attribute]
    key: str | None = None
    sensitive: Json = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The instance's address."""
        return f"{self.type}.{self.name}" + (f'["{self.key}"]' if self.key is not None else "")


def plan(stage: lab.Stage) -> Json:
    """Return what `terraform show -json` prints for the first plan of a stage."""
    resources = sorted(_resources(stage), key=lambda resource: resource.address)
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "variables": {"partners": {"value": {partner.name: _partner(partner) for partner in lab.PARTNERS}}},
        "planned_values": {"root_module": {"resources": [_planned(resource) for resource in resources]}},
        "resource_changes": [_change(resource) for resource in resources],
        "configuration": {
            "provider_config": {
                "azurerm": {"name": "azurerm", "full_name": _AZURERM, "version_constraint": "~> 4.0"},
                "random": {"name": "random", "full_name": _RANDOM, "version_constraint": "~> 3.6"},
            },
            "root_module": {
                "resources": list({f"{resource.type}.{resource.name}": _configured(resource) for resource in resources}.values()),
                "variables": {"partners": {}},
            },
        },
        "timestamp": "2026-01-15T09:00:00Z",
        "applyable": True,
        "complete": True,
        "errored": False,
    }


def _partner(partner: lab.Partner) -> Json:
    return {"site": partner.site, "prefix": partner.prefix, "address": partner.address}


def _to(address: str, attribute: str) -> tuple[str, ...]:
    return f"{address}.{attribute}", address


def _each(attribute: str) -> tuple[str, ...]:
    return f"each.value.{attribute}", "each.value"


_IN_GROUP: dict[str, Attribute] = {
    "resource_group_name": Known(lab.GROUP, _to("azurerm_resource_group.lab", "name")),
    "timeouts": Default(None),
}
_REGIONAL: dict[str, Attribute] = {
    **_IN_GROUP,
    "id": Computed(),
    "location": Known(lab.LOCATION, _to("azurerm_resource_group.lab", "location")),
}


def _resources(stage: lab.Stage) -> list[Planned]:
    group: dict[str, Attribute] = {
        "id": Computed(),
        "name": Constant(lab.GROUP),
        "location": Constant(lab.LOCATION),
        "managed_by": Default(None),
        "tags": Default(None),
        "timeouts": Default(None),
    }
    found = [Planned("azurerm_resource_group", "lab", group), _public_ip(stage), _gateway(stage)]
    found += [_network("hub", lab.HUB, lab.HUB_PREFIX), _network("spoke", lab.SPOKE, lab.SPOKE_PREFIX)]
    found += [_subnet("gateway", "GatewaySubnet", "hub", lab.GATEWAY_SUBNET)]
    found += [_subnet("hub_workload", "workload", "hub", lab.WORKLOAD_SUBNET)]
    found += [_subnet("spoke_workload", "workload", "spoke", lab.SPOKE_SUBNET)]
    found += [_peering("hub_to_spoke", "hub", "spoke"), _peering("spoke_to_hub", "spoke", "hub")]
    for partner in lab.PARTNERS:
        found += [_site(partner), _password(partner), _connection(stage, partner)]
    return found


def _public_ip(stage: lab.Stage) -> Planned:
    return Planned(
        "azurerm_public_ip",
        "gateway",
        {
            **_REGIONAL,
            "name": Constant(lab.PUBLIC_IP),
            "allocation_method": Constant("Static"),
            "sku": Constant("Standard"),
            "sku_tier": Default("Regional"),
            "ip_version": Default("IPv4"),
            "ip_address": Computed(),
            "fqdn": Computed(),
            "tags": Default(None),
            "zones": Constant(["1", "2", "3"]) if stage.sku.endswith("AZ") else Default(None),
        },
    )


def _network(block: str, name: str, prefix: str) -> Planned:
    return Planned(
        "azurerm_virtual_network",
        block,
        {
            **_REGIONAL,
            "name": Constant(name),
            "address_space": Constant([prefix]),
            "bgp_community": Default(None),
            "ddos_protection_plan": Default([]),
            "dns_servers": Computed(),
            "edge_zone": Default(None),
            "encryption": Default([]),
            "flow_timeout_in_minutes": Default(None),
            "guid": Computed(),
            "ip_address_pool": Default([]),
            "private_endpoint_vnet_policies": Default("Disabled"),
            "subnet": Computed(),
            "tags": Default(None),
        },
    )


def _subnet(block: str, name: str, network: str, prefix: str) -> Planned:
    vnet = lab.HUB if network == "hub" else lab.SPOKE
    return Planned(
        "azurerm_subnet",
        block,
        {
            **_IN_GROUP,
            "id": Computed(),
            "name": Constant(name),
            "virtual_network_name": Known(vnet, _to(f"azurerm_virtual_network.{network}", "name")),
            "address_prefixes": Constant([prefix]),
            "default_outbound_access_enabled": Default(value=True),
            "delegation": Default([]),
            "ip_address_pool": Default([]),
            "private_endpoint_network_policies": Default("Disabled"),
            "private_link_service_network_policies_enabled": Default(value=True),
            "service_endpoint_policy_ids": Default(None),
            "service_endpoints": Default(None),
            "sharing_scope": Default(None),
        },
    )


def _peering(block: str, near: str, far: str) -> Planned:
    names = {"hub": lab.HUB, "spoke": lab.SPOKE}
    offers = near == "hub"
    return Planned(
        "azurerm_virtual_network_peering",
        block,
        {
            **_IN_GROUP,
            "id": Computed(),
            "name": Constant(f"{names[near]}-to-{names[far]}"),
            "virtual_network_name": Known(names[near], _to(f"azurerm_virtual_network.{near}", "name")),
            "remote_virtual_network_id": Later(_to(f"azurerm_virtual_network.{far}", "id")),
            "allow_virtual_network_access": Default(value=True),
            "allow_forwarded_traffic": Constant(value=True),
            "allow_gateway_transit": Constant(value=True) if offers else Default(value=False),
            "use_remote_gateways": Default(value=False) if offers else Constant(value=True),
            "local_subnet_names": Default(None),
            "only_ipv6_peering_enabled": Default(None),
            "peer_complete_virtual_networks_enabled": Default(value=True),
            "remote_subnet_names": Default(None),
            "triggers": Default(None),
        },
    )


def _gateway(stage: lab.Stage) -> Planned:
    return Planned(
        "azurerm_virtual_network_gateway",
        "lab",
        {
            **_REGIONAL,
            "name": Constant(lab.GATEWAY),
            "type": Constant("Vpn"),
            "vpn_type": Constant("RouteBased"),
            "sku": Constant(stage.sku),
            "generation": Constant(stage.generation),
            "active_active": Constant(value=False),
            "bgp_enabled": Constant(value=False),
            "bgp_route_translation_for_nat_enabled": Default(value=False),
            "bgp_settings": Computed(),
            "custom_route": Default([]),
            "default_local_network_gateway_id": Default(None),
            "dns_forwarding_enabled": Default(None),
            "edge_zone": Default(None),
            "ip_configuration": [
                {
                    "name": Constant("default"),
                    "private_ip_address_allocation": Default("Dynamic"),
                    "public_ip_address_id": Later(_to("azurerm_public_ip.gateway", "id")),
                    "subnet_id": Later(_to("azurerm_subnet.gateway", "id")),
                }
            ],
            "ip_sec_replay_protection_enabled": Default(value=True),
            "policy_group": Default([]),
            "private_ip_address_enabled": Default(None),
            "remote_vnet_traffic_enabled": Default(value=False),
            "tags": Default(None),
            "virtual_wan_traffic_enabled": Default(value=False),
            "vpn_client_configuration": Default([]),
        },
    )


def _site(partner: lab.Partner) -> Planned:
    return Planned(
        "azurerm_local_network_gateway",
        "partner",
        {
            **_REGIONAL,
            "name": Known(partner.site, _each("site")),
            "address_space": Known([partner.prefix], _each("prefix")),
            "bgp_settings": Default([]),
            "gateway_address": Known(partner.address, _each("address")),
            "gateway_fqdn": Default(None),
            "tags": Known({"partner": partner.name}, ("each.key",)),
        },
        key=partner.name,
    )


def _password(partner: lab.Partner) -> Planned:
    return Planned(
        "random_password",
        "shared_key",
        {"id": Computed(), "length": Constant(48), "special": Constant(value=False), "result": Computed(), "bcrypt_hash": Computed()},
        key=partner.name,
        sensitive={"result": True, "bcrypt_hash": True},
    )


_TERRAFORM_POLICY = {
    "dh_group": "dhGroup",
    "ike_encryption": "ikeEncryption",
    "ike_integrity": "ikeIntegrity",
    "ipsec_encryption": "ipsecEncryption",
    "ipsec_integrity": "ipsecIntegrity",
    "pfs_group": "pfsGroup",
    "sa_datasize": "saDataSizeKilobytes",
    "sa_lifetime": "saLifeTimeSeconds",
}


def _connection(stage: lab.Stage, partner: lab.Partner) -> Planned:
    policy: Blocks = [{name: Constant(stage.policy[arm]) for name, arm in _TERRAFORM_POLICY.items()}] if stage.policy is not None else []
    selectors: Blocks = [
        {
            "local_address_cidrs": Known([lab.HUB_PREFIX], _to("azurerm_virtual_network.hub", "address_space")),
            "remote_address_cidrs": Known([partner.prefix], _each("prefix")),
        }
    ]
    return Planned(
        "azurerm_virtual_network_gateway_connection",
        "partner",
        {
            **_REGIONAL,
            "name": Known(f"{partner.site}-{stage.suffix}", _each("site")),
            "type": Constant("IPsec"),
            "virtual_network_gateway_id": Later(_to("azurerm_virtual_network_gateway.lab", "id")),
            # An index that is no constant keeps neither the key nor `.id` in a plan.
            "local_network_gateway_id": Later(("azurerm_local_network_gateway.partner", "each.key")),
            "shared_key": Later(("random_password.shared_key", "each.key")),
            "authorization_key": Default(None),
            "bgp_enabled": Default(value=False),
            "connection_mode": Default("Default") if stage.mode == "Default" else Constant(stage.mode),
            "connection_protocol": Computed() if stage.policy is None else Constant("IKEv2"),
            "custom_bgp_addresses": Default([]),
            "dpd_timeout_seconds": Default(None),
            "egress_nat_rule_ids": Default(None),
            "express_route_circuit_id": Default(None),
            "express_route_gateway_bypass": Computed(),
            "ingress_nat_rule_ids": Default(None),
            "ipsec_policy": policy,
            "local_azure_ip_address_enabled": Default(None),
            "peer_virtual_network_gateway_id": Default(None),
            "private_link_fast_path_enabled": Default(value=False),
            "routing_weight": Computed(),
            "tags": Known({"partner": partner.name}, ("each.key",)),
            "traffic_selector_policy": selectors if stage.fixed else [],
            "use_policy_based_traffic_selectors": Constant(value=True) if stage.policy_based else Computed(),
        },
        key=partner.name,
        sensitive={"authorization_key": True, "shared_key": True},
    )


def _value(attribute: Attribute) -> object:
    if isinstance(attribute, list):
        return [_values(block) for block in attribute]
    return attribute.value if isinstance(attribute, Constant | Known | Default) else None


def _is_later(attribute: Attribute) -> bool:
    return isinstance(attribute, Later | Computed)


def _values(attributes: dict[str, Attribute]) -> Json:
    return {name: _value(attribute) for name, attribute in sorted(attributes.items()) if not _is_later(attribute)}


def _unknown(attributes: dict[str, Attribute]) -> Json:
    found: Json = {}
    for name, attribute in sorted(attributes.items()):
        if _is_later(attribute):
            found[name] = True
        elif isinstance(attribute, list):
            found[name] = [_unknown(block) for block in attribute]
        elif isinstance(value := _value(attribute), list | dict):
            found[name] = [False] * len(value) if isinstance(value, list) else {}
    return found


def _expressions(attributes: dict[str, Attribute]) -> Json:
    found: Json = {}
    for name, attribute in sorted(attributes.items()):
        if isinstance(attribute, list):
            if attribute:
                found[name] = [_expressions(block) for block in attribute]
        elif isinstance(attribute, Constant):
            found[name] = {"constant_value": attribute.value}
        elif isinstance(attribute, Known | Later):
            found[name] = {"references": list(attribute.references)}
    return found


def _head(resource: Planned) -> Json:
    index: Json = {"index": resource.key} if resource.key is not None else {}
    head: Json = {"address": resource.address, "mode": "managed", "type": resource.type, "name": resource.name, **index}
    return {**head, "provider_name": _RANDOM if resource.type.startswith("random_") else _AZURERM}


def _sensitive(resource: Planned) -> Json:
    """Return the sensitivity marks: Terraform also lists every collection that has none."""
    cleared: Json = {}
    for name, value in _unknown(resource.attributes).items():
        if isinstance(value, list):
            cleared[name] = [{} if isinstance(item, dict) else False for item in value]
        elif isinstance(value, dict):
            cleared[name] = {}
    return {**cleared, **resource.sensitive}


def _planned(resource: Planned) -> Json:
    return {**_head(resource), "schema_version": 0, "values": _values(resource.attributes), "sensitive_values": _sensitive(resource)}


def _change(resource: Planned) -> Json:
    change: Json = {
        "actions": ["create"],
        "before": None,
        "after": _values(resource.attributes),
        "after_unknown": _unknown(resource.attributes),
        "before_sensitive": False,
        "after_sensitive": _sensitive(resource),
    }
    return {**_head(resource), "change": change}


def _configured(resource: Planned) -> Json:
    block: Json = {
        "address": f"{resource.type}.{resource.name}",
        "mode": "managed",
        "type": resource.type,
        "name": resource.name,
        "provider_config_key": resource.type.partition("_")[0],
        "expressions": _expressions(resource.attributes),
        "schema_version": 0,
    }
    return {**block, "for_each_expression": {"references": ["var.partners"]}} if resource.key is not None else block
