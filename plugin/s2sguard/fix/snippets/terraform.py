"""A fix as Terraform: the arguments to have in the `azurerm_virtual_network_gateway_connection` (azurerm 3 and later)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s2sguard.fix.model import Patch
from s2sguard.fix.snippets.quoting import comment, hcl
from s2sguard.fix.snippets.values import policy_of, selectors_of
from s2sguard.model.inventory import PLAN_ID

_ARGUMENTS = {
    "connectionProtocol": "connection_protocol",
    "connectionMode": "connection_mode",
    "usePolicyBasedTrafficSelectors": "use_policy_based_traffic_selectors",
    "enableBgp": "bgp_enabled",
}
_REMARKS = {
    "connectionProtocol": " # a change replaces the connection",
    "connectionMode": " # a change replaces the connection",
    "enableBgp": " # `enable_bgp` in older azurerm",
}
_POLICY = {
    "ikeEncryption": "ike_encryption",
    "ikeIntegrity": "ike_integrity",
    "dhGroup": "dh_group",
    "ipsecEncryption": "ipsec_encryption",
    "ipsecIntegrity": "ipsec_integrity",
    "pfsGroup": "pfs_group",
    "saLifeTimeSeconds": "sa_lifetime",
    "saDataSizeKilobytes": "sa_datasize",
}


def render(patch: Patch) -> str:
    """Return the arguments and blocks, for the inside of the resource's block."""
    resource = patch.resource
    address = resource.id.removeprefix(PLAN_ID) if resource.id.startswith(PLAN_ID) else resource.name
    lines = [f"# in {comment(address)}; its other arguments stay", *_arguments(patch), *_selectors(patch), *_policy(patch)]
    return "\n".join(lines) + "\n"


def _arguments(patch: Patch) -> Iterator[str]:
    found = {name: value for name, value in patch.properties.items() if name in _ARGUMENTS}
    width = max((len(_ARGUMENTS[name]) for name in found), default=0)
    for name, value in found.items():
        yield f"{_ARGUMENTS[name].ljust(width)} = {_scalar(value)}{_REMARKS.get(name, '')}"


def _selectors(patch: Patch) -> Iterator[str]:
    for local, remote in selectors_of(patch):
        yield from ("", "traffic_selector_policy {")
        yield f"  local_address_cidrs  = {_list(local)}"
        yield f"  remote_address_cidrs = {_list(remote)}"
        yield "}"


def _policy(patch: Patch) -> Iterator[str]:
    policy = policy_of(patch)
    if policy is None:
        return
    yield from ("", "ipsec_policy {")
    width = max(map(len, _POLICY.values()))
    for name, argument in _POLICY.items():
        yield f"  {argument.ljust(width)} = {_scalar(policy[name])}"
    yield "}"


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(hcl, texts))}]"


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else hcl(str(value))
