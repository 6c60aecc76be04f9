"""What a resource refers to, as far as facts follow it: by this an inventory is cut into shards whose facts are those of the whole.

Too many links make shards larger; one too few would make their facts wrong. So whatever could be followed counts, however it is
written, and also where a rule of `estate` would drop it.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.facts.estate import names_a_gateway
from s2sguard.facts.read_diagnostics import described_by
from s2sguard.facts.read_firewall import ip_groups
from s2sguard.facts.read_networks import vnet_of
from s2sguard.facts.reading import Properties, body, of_resource
from s2sguard.model.arm_types import (
    CONNECTION,
    DIAGNOSTIC_SETTING,
    FIREWALL,
    GATEWAY,
    HUB,
    HUB_CONNECTION,
    HUB_GATEWAY,
    HUB_IP_CONFIGURATION,
    HUB_NETWORK,
    PEERING,
    RULE_GROUP,
    SUBNET,
)
from s2sguard.model.inventory import Resource, fold_id
from s2sguard.model.links import Clues, Link, LinkKind
from s2sguard.model.stand_ins import has_stand_in
from s2sguard.model.value import Maybe, Unknown

_PLAIN: dict[str, tuple[tuple[LinkKind, str], ...]] = {
    CONNECTION: (("joins", "virtualnetworkgateway1"), ("joins", "virtualnetworkgateway2"), ("joins", "localnetworkgateway2")),
    GATEWAY: (("joins", "gatewaydefaultsite"),),
    PEERING: (("peers", "remotevirtualnetwork"),),
    SUBNET: (("uses", "routetable"),),
    FIREWALL: (("lies", "virtualhub"), ("uses", "firewallpolicy")),
    HUB: (("joins", "virtualwan"),),
    HUB_NETWORK: (("uses", "remotevirtualnetwork"),),
    HUB_GATEWAY: (("joins", "virtualhub"),),
    HUB_CONNECTION: (("joins", "remotevpnsite"),),
}
"""Type -> its properties that refer to another resource (azure.md 1)."""
_PLACED: dict[str, LinkKind] = {GATEWAY: "joins", HUB: "joins", FIREWALL: "lies"}
"""Types with IP configurations, which name the subnet they stand in."""


def clues_of(resource: Resource) -> Clues:
    """Return the links of a resource, and whether it concerns gateways that it does not name."""
    properties = of_resource(resource)
    return Clues(
        tuple(dict.fromkeys(_links(resource, properties))),
        suspect=_suspect(resource, properties),
        indivisible=_indivisible(resource, properties),
    )


def _links(resource: Resource, properties: Properties) -> Iterator[Link]:
    if resource.parent is not None:
        yield Link("child", fold_id(resource.parent))
    if resource.type == DIAGNOSTIC_SETTING:
        yield Link("joins", described_by(resource))
    for kind, name in _PLAIN.get(resource.type, ()):
        yield from _link(kind, properties.reference(name))
    if resource.type in _PLACED:
        configurations = properties.items("ipconfigurations")
        for configuration in () if isinstance(configurations, Unknown) else configurations:
            inner = body(configuration)
            if not isinstance(inner, Unknown):
                yield from _place(_PLACED[resource.type], inner.reference("subnet"))
    if resource.type in {FIREWALL, RULE_GROUP}:
        yield from (Link("uses", group) for group in ip_groups(properties))
    elif resource.type == HUB_IP_CONFIGURATION:
        yield from _place("joins", Properties(resource.properties).reference("subnet"))


def _link(kind: LinkKind, target: Maybe[str]) -> Iterator[Link]:
    if isinstance(target, str) and target:
        yield Link(kind, fold_id(target))


def _place(kind: LinkKind, subnet: Maybe[str]) -> Iterator[Link]:
    """Yield the subnet and, as far as its id tells, its network: the subnet itself may not be in the input."""
    yield from _link(kind, subnet)
    if isinstance(subnet, str):
        yield from _link(kind, vnet_of(subnet))


def _suspect(resource: Resource, properties: Properties) -> bool:
    if resource.type == GATEWAY:
        kind = properties.text("gatewaytype")
        return isinstance(kind, Unknown) or kind.lower() == "expressroute"
    if resource.type != CONNECTION:
        return False
    near, far = properties.reference("virtualnetworkgateway1"), properties.reference("virtualnetworkgateway2")
    return isinstance(near, Unknown) or not names_a_gateway(fold_id(near)) or isinstance(far, Unknown) or (bool(far) and not fold_id(far))


def _indivisible(resource: Resource, properties: Properties) -> bool:
    if resource.type == GATEWAY:
        return has_stand_in(resource.key)
    near = properties.reference("virtualnetworkgateway1") if resource.type == CONNECTION else ""
    return isinstance(near, str) and has_stand_in(near)
