"""A fix as commands of the Azure CLI, in bash, as the control pages write them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from s2sguard.fix.model import Patch
from s2sguard.fix.policy import Policy
from s2sguard.fix.snippets.place import Place, place_of
from s2sguard.fix.snippets.quoting import shell
from s2sguard.fix.snippets.values import policy_of, properties_with_lower, reference_of

_ADD = {
    "ikeEncryption": "--ike-encryption",
    "ikeIntegrity": "--ike-integrity",
    "dhGroup": "--dh-group",
    "ipsecEncryption": "--ipsec-encryption",
    "ipsecIntegrity": "--ipsec-integrity",
    "pfsGroup": "--pfs-group",
    "saLifeTimeSeconds": "--sa-lifetime",
    "saDataSizeKilobytes": "--sa-max-size",
}
"""Options of `ipsec-policy add`: it takes all eight or nothing."""


def render(patch: Patch) -> str:
    """Return the commands; one `update` for everything but a first IPsec policy, so that the tunnel restarts once."""
    place = place_of(patch.resource)
    return "\n".join([*_missing(place), *_recreate(patch, place), *_add_policy(patch, place), *_update(patch, place)]) + "\n"


def _where(place: Place, name: str = "--name") -> str:
    subscription = f" --subscription {shell(place.subscription)}" if place.subscription else ""
    group = shell(place.group) if place.group else '"$RESOURCE_GROUP"'
    return f"--resource-group {group} {name} {shell(place.name)}{subscription}"


def _missing(place: Place) -> Iterator[str]:
    if not place.group:
        yield "# RESOURCE_GROUP: the input does not say in which group this connection is"


def _recreate(patch: Patch, place: Place) -> Iterator[str]:
    """Azure does not change the protocol of a connection: delete and create, with its key from where keys are kept."""
    if "connectionProtocol" not in patch.properties:
        return
    properties = properties_with_lower(patch.resource)
    tags = patch.resource.tags
    pairs = [shell(f"{name}={value}") for name, value in tags.items()] if isinstance(tags, Mapping) else []
    gateway, site = properties.get("virtualnetworkgateway1"), properties.get("localnetworkgateway2")
    yield "# SHARED_KEY: from your vault. Other settings are in the saved file; --location where it is not that of the group."
    yield f"az network vpn-connection show {_where(place)} > connection.before.json"
    yield f"az network vpn-connection delete {_where(place)}"
    yield "# connectionProtocol: IKEv2 is what a new connection gets"
    yield (
        f"az network vpn-connection create {_where(place)} --vnet-gateway1 {_id_of(gateway, 'GATEWAY_ID')} "
        f"--local-gateway2 {_id_of(site, 'SITE_ID')}" + (f" --tags {' '.join(pairs)}" if pairs else "") + ' --shared-key "$SHARED_KEY"'
    )


def _id_of(reference: object, otherwise: str) -> str:
    found = reference_of(reference)
    return shell(found) if found else f'"${otherwise}"'


def _add_policy(patch: Patch, place: Place) -> Iterator[str]:
    policy = policy_of(patch)
    if policy is None or not _is_new(patch):
        return
    options = [f"{option} {shell(str(policy[name]))}" for name, option in _ADD.items()]
    lines = [" ".join(options[start : start + 3]) for start in range(0, len(options), 3)]
    yield f"az network vpn-connection ipsec-policy add {_where(place, '--connection-name')} \\\n  " + " \\\n  ".join(lines)


def _update(patch: Patch, place: Place) -> Iterator[str]:
    new, options, sets = patch.properties, [], []
    if "usePolicyBasedTrafficSelectors" in new:
        options.append("--use-policy-based-traffic-selectors true")
    if "enableBgp" in new:
        options.append("--enable-bgp false")
    if "connectionMode" in new:
        sets.append(f"connectionMode={new['connectionMode']}")
    policy = policy_of(patch)
    if policy is not None and not _is_new(patch):
        sets.extend(f"ipsecPolicies[0].{name}={value}" for name, value in _changed(patch, policy))
    if "trafficSelectorPolicies" in new:
        sets.append(f"trafficSelectorPolicies={json.dumps(new['trafficSelectorPolicies'], separators=(',', ':'))}")
    if sets:
        options.append("--set " + " ".join(shell(text) for text in sets))
    if options:
        yield f"az network vpn-connection update {_where(place)} \\\n  " + " \\\n  ".join(options)


def _is_new(patch: Patch) -> bool:
    """Say whether the connection has no policy to change, because it has none now or is made anew."""
    before = next((change.before for change in patch.changes if change.name == "ipsecPolicies"), None)
    return not before or "connectionProtocol" in patch.properties


def _changed(patch: Patch, policy: Policy) -> Iterator[tuple[str, object]]:
    """Yield every field that differs from what is written; all, where the old one cannot be compared."""
    before = next((change.before for change in patch.changes if change.name == "ipsecPolicies"), None)
    old = before[0] if isinstance(before, list | tuple) and before else {}
    written = {name.lower(): value for name, value in old.items()} if isinstance(old, Mapping) else {}
    for name, value in policy.items():
        if written.get(name.lower()) != value:
            yield name, value
