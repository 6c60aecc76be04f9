"""Our end: the site and the connection of an agreement, as ARM has them, in four languages.

The connection is the article's stage 4: fixed selectors, a custom policy and `InitiatorOnly`.
It is written by the writers of fixes (`fix/snippets`) where the two have the same parts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from s2sguard.agreement.names import azure_notes
from s2sguard.agreement.terms import Terms
from s2sguard.fix.model import Change, Language, Patch
from s2sguard.fix.policy import ARM_NAMES, DEFAULT_DATA_SIZE, DEFAULT_LIFETIME
from s2sguard.fix.snippets import az, bicep, powershell, terraform
from s2sguard.fix.snippets.quoting import comment, hcl, shell
from s2sguard.fix.snippets.quoting import powershell as quoted
from s2sguard.model.arm_types import CONNECTION
from s2sguard.model.inventory import Resource, Source

API: Final = "2024-05-01"
_DEFAULTS: Final = {"sa_lifetime_seconds": DEFAULT_LIFETIME, "sa_data_size_kilobytes": DEFAULT_DATA_SIZE}


def render(terms: Terms, language: Language) -> str:
    """Return site and connection in one language, with the gateway and the key as parameters."""
    lines = _WRITERS[language](terms, _patch(terms))
    mark = "//" if language == "bicep" else "#"
    return "\n".join([*_head(terms, mark), *lines]) + "\n"


def site_properties(terms: Terms) -> dict[str, object]:
    """Return the properties of the local network gateway."""
    address = {"gatewayIpAddress": terms.peer} if terms.peer_is_address else {"fqdn": terms.peer}
    return {**address, "localNetworkAddressSpace": {"addressPrefixes": list(terms.prefixes)}}


def connection_properties(terms: Terms) -> dict[str, object]:
    """Return the properties of the connection, without its ends and without its key."""
    algorithms = terms.agreement.algorithms
    policy = {arm: getattr(algorithms, field) or _DEFAULTS[field] for field, arm in ARM_NAMES.items()}
    return {
        "connectionMode": "InitiatorOnly",
        "usePolicyBasedTrafficSelectors": True,
        "trafficSelectorPolicies": [{"localAddressRanges": [near], "remoteAddressRanges": [far]} for near, far in terms.pairs],
        "ipsecPolicies": [policy],
        "enableBgp": False,
    }


def _patch(terms: Terms) -> Patch:
    """Return the connection as a change of one that has nothing yet."""
    name = terms.connection_name
    resource = Resource(id=name, type=CONNECTION, name=name, properties={}, tags={}, source=Source(file=""))
    changes = [Change(name=key, before=None, after=value) for key, value in connection_properties(terms).items()]
    return Patch(resource=resource, changes=tuple(changes))


def _head(terms: Terms, mark: str) -> Iterator[str]:
    yield f"{mark} {comment(terms.agreement.label)}: our side"
    yield from (f"{mark} {comment(text)}" for text in azure_notes(terms))


def _bicep(terms: Terms, patch: Patch) -> Iterator[str]:
    site = terms.site_name
    tags = {"partner": terms.agreement.partner}
    ends = {"connectionType": "IPsec", "connectionProtocol": "IKEv2"}
    yield "param location string = resourceGroup().location"
    yield "param gatewayId string"
    yield "@secure()"
    yield "@description('From your vault; it is written in no file.')"
    yield "param sharedKey string"
    yield from ("", f"resource site 'Microsoft.Network/localNetworkGateways@{API}' = {{", f"  name: '{site}'", "  location: location")
    yield from _bicep_object("tags", tags)
    yield from _bicep_object("properties", site_properties(terms))
    yield from ("}", "", f"resource connection 'Microsoft.Network/connections@{API}' = {{", f"  name: '{patch.resource.name}'")
    yield "  location: location"
    yield from _bicep_object("tags", tags)
    yield "  properties: {"
    for name, value in (ends | patch.properties).items():
        yield from bicep.member(name, value, "    ")
    yield "    virtualNetworkGateway1: { id: gatewayId, properties: {} }"
    yield "    localNetworkGateway2: { id: site.id, properties: {} }"
    yield "    sharedKey: sharedKey"
    yield from ("  }", "}")


def _bicep_object(name: str, value: Mapping[str, object]) -> Iterator[str]:
    yield f"  {name}: {{"
    for key, member in value.items():
        if isinstance(member, Mapping):
            yield f"    {key}: {{"
            for inner, content in member.items():
                yield from bicep.member(inner, content, "      ")
            yield "    }"
        else:
            yield from bicep.member(key, member, "    ")
    yield "  }"


def _terraform(terms: Terms, patch: Patch) -> Iterator[str]:
    site = terms.site_name
    common = ("  location            = var.location", "  resource_group_name = var.resource_group_name")
    tags = f"  tags = {{ partner = {hcl(terms.agreement.partner)} }}"
    for name in ("location", "resource_group_name", "gateway_id"):
        yield f'variable "{name}" {{ type = string }}'
    yield from (
        "",
        "# from your vault; it is written in no file",
        'variable "shared_key" {',
        "  type      = string",
        "  sensitive = true",
        "}",
    )
    yield from ("", 'resource "azurerm_local_network_gateway" "site" {', f'  name                = "{site}"', *common)
    yield f"  {'gateway_address' if terms.peer_is_address else 'gateway_fqdn'} = {hcl(terms.peer)}"
    yield f"  address_space = [{', '.join(map(hcl, terms.prefixes))}]"
    yield from (tags, "}", "", 'resource "azurerm_virtual_network_gateway_connection" "connection" {')
    yield from (f'  name                = "{patch.resource.name}"', *common, '  type                = "IPsec"')
    yield "  virtual_network_gateway_id = var.gateway_id"
    yield "  local_network_gateway_id   = azurerm_local_network_gateway.site.id"
    yield '  connection_protocol = "IKEv2"'
    yield "  shared_key          = var.shared_key"
    yield tags
    # The first line speaks of a resource that is there already.
    yield from (f"  {line}" if line else "" for line in terraform.render(patch).splitlines()[1:])
    yield "}"


def _az(terms: Terms, patch: Patch) -> Iterator[str]:
    site, name = terms.site_name, patch.resource.name
    where = '--resource-group "$RESOURCE_GROUP"'
    tag = shell(f"partner={terms.agreement.partner}")
    yield "# RESOURCE_GROUP, GATEWAY (its name or id), SHARED_KEY (from your vault; it is written in no file)"
    yield "set -eu  # a step that fails ends it here: the real key never goes onto a connection that is still open"
    if terms.peer_is_address:
        prefixes = " ".join(map(shell, terms.prefixes))
        yield f"az network local-gateway create {where} --name {site} \\"
        yield f"  --gateway-ip-address {terms.peer} --local-address-prefixes {prefixes} --tags {tag}"
    else:
        yield f"az resource create {where} --name {site} --resource-type Microsoft.Network/localNetworkGateways \\"
        yield f"  --properties {shell(json.dumps(site_properties(terms), separators=(',', ':')))}"
        yield f"az network local-gateway update {where} --name {site} --set {shell(f'tags.partner={terms.agreement.partner}')}"
    yield "# a new connection is open to any range, so it gets a key that nobody has until its settings stand"
    # A failing substitution inside a command's arguments would not end the script; a failing assignment does.
    yield 'INTERIM_KEY="$(openssl rand -hex 32)"'
    yield f"az network vpn-connection create {where} --name {name} \\"
    yield f'  --vnet-gateway1 "$GATEWAY" --local-gateway2 {site} --tags {tag} --shared-key "$INTERIM_KEY"'
    yield from (line for line in az.render(patch).splitlines() if not line.startswith("#"))
    yield f'az network vpn-connection shared-key update {where} --connection-name {name} --value "$SHARED_KEY"'


def _powershell(terms: Terms, patch: Patch) -> Iterator[str]:
    site = terms.site_name
    tag = f"@{{ partner = {quoted(terms.agreement.partner)} }}"
    at = "-ResourceGroupName $resourceGroup -Location $location"
    address = f"-GatewayIpAddress {quoted(terms.peer)}" if terms.peer_is_address else f"-Fqdn {quoted(terms.peer)}"
    prefixes = ", ".join(map(quoted, terms.prefixes))
    yield "# $resourceGroup, $location, $gatewayName, $sharedKey (from your vault; it is written in no file)"
    yield "$ErrorActionPreference = 'Stop'"
    yield "$gateway = Get-AzVirtualNetworkGateway -Name $gatewayName -ResourceGroupName $resourceGroup"
    yield f"$site = New-AzLocalNetworkGateway -Name {quoted(site)} {at} {address} -AddressPrefix @({prefixes}) -Tag {tag}"
    yield from powershell.policy_lines(patch)
    yield from powershell.selector_lines(patch)
    yield f"New-AzVirtualNetworkGatewayConnection -Name {quoted(patch.resource.name)} {at} -Tag {tag} `"
    yield "  -VirtualNetworkGateway1 $gateway -LocalNetworkGateway2 $site -ConnectionType IPsec -ConnectionProtocol IKEv2 `"
    yield f"  {powershell.arguments(patch)} -SharedKey $sharedKey"


_WRITERS: Final[Mapping[Language, Callable[[Terms, Patch], Iterable[str]]]] = {
    "bicep": _bicep,
    "terraform": _terraform,
    "az": _az,
    "powershell": _powershell,
}
