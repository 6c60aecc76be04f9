"""A fix as PowerShell (module Az.Network): `Set-AzVirtualNetworkGatewayConnection` takes every property but the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s2sguard.fix.model import Patch
from s2sguard.fix.snippets.place import Place, place_of
from s2sguard.fix.snippets.quoting import powershell
from s2sguard.fix.snippets.values import policy_of, properties_with_lower, reference_of, selectors_of
from s2sguard.report.names import segment

_POLICY = {
    "ikeEncryption": "-IkeEncryption",
    "ikeIntegrity": "-IkeIntegrity",
    "dhGroup": "-DhGroup",
    "ipsecEncryption": "-IpsecEncryption",
    "ipsecIntegrity": "-IpsecIntegrity",
    "pfsGroup": "-PfsGroup",
    "saLifeTimeSeconds": "-SALifeTimeSeconds",
    "saDataSizeKilobytes": "-SADataSizeKilobytes",
}
_PARAMETERS = {
    "connectionMode": "-ConnectionMode",
    "usePolicyBasedTrafficSelectors": "-UsePolicyBasedTrafficSelectors",
    "ipsecPolicies": "-IpsecPolicies",
    "trafficSelectorPolicies": "-TrafficSelectorPolicy",
    "enableBgp": "-EnableBgp",
}


def render(patch: Patch) -> str:
    """Return the script."""
    place = place_of(patch.resource)
    lines = [*_context(place), _get(place), *policy_lines(patch), *selector_lines(patch), *_save(patch, place)]
    return "\n".join(lines) + "\n"


def _context(place: Place) -> Iterator[str]:
    if place.subscription:
        yield f"Set-AzContext -Subscription {powershell(place.subscription)}"
    if not place.group:
        yield "# $resourceGroup: the input does not say in which group this connection is"


def _where(place: Place) -> str:
    return f"-Name {powershell(place.name)} -ResourceGroupName {powershell(place.group) if place.group else '$resourceGroup'}"


def _get(place: Place) -> str:
    return f"$connection = Get-AzVirtualNetworkGatewayConnection {_where(place)}"


def policy_lines(patch: Patch) -> Iterator[str]:
    """Yield the line that makes `$policy`, if there is one."""
    policy = policy_of(patch)
    if policy is not None:
        options = " ".join(f"{option} {policy[name]}" for name, option in _POLICY.items())
        yield f"$policy = New-AzIpsecPolicy {options}"


def selector_lines(patch: Patch) -> Iterator[str]:
    """Yield the lines that make `$selector1` and so on."""
    found = selectors_of(patch)
    for number, (local, remote) in enumerate(found, 1):
        yield f"$selector{number} = New-AzIpsecTrafficSelectorPolicy -LocalAddressRange {_list(local)} -RemoteAddressRange {_list(remote)}"


def _list(texts: Iterable[str]) -> str:
    return f"@({', '.join(map(powershell, texts))})"


def arguments(patch: Patch) -> str:
    """Return the parameters that the commands for a new and for a changed connection share."""
    written = []
    for name, parameter in _PARAMETERS.items():
        if name in patch.properties:
            written.append(f"{parameter} {_value(name, patch)}")
    return " ".join(written)


def _value(name: str, patch: Patch) -> str:
    value = patch.properties[name]
    if name == "ipsecPolicies":
        return "$policy"
    if name == "trafficSelectorPolicies":
        return "@(" + ", ".join(f"$selector{number}" for number, _ in enumerate(selectors_of(patch), 1)) + ")"
    return f"${str(value).lower()}" if isinstance(value, bool) else str(value)


def _save(patch: Patch, place: Place) -> Iterator[str]:
    if "connectionProtocol" not in patch.properties:
        yield f"Set-AzVirtualNetworkGatewayConnection -VirtualNetworkGatewayConnection $connection {arguments(patch)} -Force"
        return
    # Azure does not change the protocol of a connection, and the key is not for a script to hold.
    yield "# $sharedKey: from your vault"
    properties = properties_with_lower(patch.resource)
    yield _end("$gateway", "Get-AzVirtualNetworkGateway", properties.get("virtualnetworkgateway1"))
    yield _end("$site", "Get-AzLocalNetworkGateway", properties.get("localnetworkgateway2"))
    yield f"Remove-AzVirtualNetworkGatewayConnection {_where(place)} -Force"
    yield (
        f"New-AzVirtualNetworkGatewayConnection {_where(place)} -Location $connection.Location -Tag $connection.Tag "
        "-VirtualNetworkGateway1 $gateway -LocalNetworkGateway2 $site -ConnectionType IPsec "
        f"-ConnectionProtocol IKEv2 {arguments(patch)} -SharedKey $sharedKey"
    )


def _end(variable: str, command: str, reference: object) -> str:
    """Return the line that fetches one end of the connection."""
    found = reference_of(reference)
    if not found:
        return f"# {variable}: the input does not say its id"
    name, group = found.rstrip("/").rsplit("/", 1)[-1], segment(found, "resourcegroups")
    return f"{variable} = {command} -Name {powershell(name)} -ResourceGroupName {powershell(group)}"
