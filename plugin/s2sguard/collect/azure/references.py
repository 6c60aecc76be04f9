"""What a resource that was read makes worth reading: the ids it refers to, each with why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from s2sguard.collect.azure.kinds import KINDS
from s2sguard.collect.azure.request import GUID
from s2sguard.collect.resource_types import parent_of_id, type_of_id
from s2sguard.model.arm_types import CONNECTION, GATEWAY, HUB, HUB_CONNECTION, HUB_GATEWAY, VNET
from s2sguard.model.inventory import Resource, fold_id

HUB_NETWORK_CONNECTION: Final = f"{HUB}/hubVirtualNetworkConnections"
_ID: Final = re.compile(
    rf"(?P<group>/subscriptions/(?P<subscription>{GUID})/resourceGroups/(?P<name>[\w.()-]{{0,89}}[\w()-]))"
    r"/providers/Microsoft\.Network/[A-Za-z0-9]+/(?P<resource>[\w.-]{1,80})",
    re.IGNORECASE,
)
"""The ids that become part of a request; names as Azure allows them for resource groups and network resources."""
_EXPRESS_ROUTE: Final = "expressroute"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a top-level network resource lies."""

    subscription: str
    group: str
    """The group's name."""
    name: str
    scope: str
    """The folded id of the group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One resource that is to be read, or with `every` all resources of a type in the group whose id this is."""

    id: str
    type: str
    as_hub: bool = False
    """A network with a gateway in it: its peers are wanted too."""
    every: bool = False
    hint: Mapping[str, Any] = field(default_factory=dict)
    """What is known of it already: the references of a connection, or under `beside` the gateways it shares a subnet with."""

    @property
    def key(self) -> str:
        """The id for comparing."""
        return f"{fold_id(self.id)}/*/{self.type}" if self.every else fold_id(self.id)


def place_of(resource_id: str) -> Place | None:
    """Return where a resource lies, or None for an id that nobody can be asked about."""
    found = _ID.fullmatch(resource_id.strip().rstrip("/"))
    if found is None:
        return None
    return Place(subscription=found["subscription"].lower(), group=found["name"], name=found["resource"], scope=fold_id(found["group"]))


def wants_of(resource: Resource, *, as_hub: bool = False) -> Iterator[Want]:
    """Yield what a resource refers to and a run reads; ids of another form are left to the facts, which miss them."""
    properties = {key.lower(): value for key, value in resource.properties.items()}
    for want in _FOLLOWED.get(resource.type, _nothing)(properties, as_hub=as_hub):
        if place_of(want.id) is not None and type_of_id(want.id) == want.type and want.type in KINDS:
            yield want


def _nothing(_: Mapping[str, object], *, as_hub: bool) -> Iterator[Want]:  # noqa: ARG001
    yield from ()


def _gateway(properties: Mapping[str, object], *, as_hub: bool) -> Iterator[Want]:  # noqa: ARG001
    if str(properties.get("gatewaytype", "")).lower() == _EXPRESS_ROUTE:
        return
    yield from _named(properties, "gatewaydefaultsite")
    for configuration in _members(properties, "ipconfigurations"):
        network = _reference(_body(configuration), "subnet").rpartition("/")[0].rpartition("/")[0]
        yield Want(id=network, type=VNET, as_hub=True)


def _connection(properties: Mapping[str, object], *, as_hub: bool) -> Iterator[Want]:  # noqa: ARG001
    yield from _named(properties, "virtualnetworkgateway1", "localnetworkgateway2")


def _network(properties: Mapping[str, object], *, as_hub: bool) -> Iterator[Want]:
    if as_hub:
        for peering in _members(properties, "virtualnetworkpeerings"):
            yield from _named(_body(peering), "remotevirtualnetwork")
    for subnet in _members(properties, "subnets"):
        body = _body(subnet)
        yield from _named(body, "routetable")
        yield from _inhabitants(body)


def _inhabitants(subnet: Mapping[str, object]) -> Iterator[Want]:
    """Yield the gateways, firewalls and Route Servers in a subnet, each gateway with its neighbours (facts 1.4)."""
    found = [str(_fold(member).get("id", "")) for member in _members(subnet, "ipconfigurations")]
    parents = list(dict.fromkeys(parent for child in found if (parent := parent_of_id(child)) is not None))
    gateways = [parent for parent in parents if type_of_id(parent) == GATEWAY]
    for parent in parents:
        kind = type_of_id(parent)
        if kind is not None:
            beside = [other for other in gateways if other != parent] if kind == GATEWAY else []
            yield Want(id=parent, type=kind, hint={"beside": beside} if beside else {})


def _hub(properties: Mapping[str, object], *, as_hub: bool) -> Iterator[Want]:  # noqa: ARG001
    yield from _named(properties, "virtualwan", "azurefirewall", "vpngateway")


def _hub_gateway(properties: Mapping[str, object], *, as_hub: bool) -> Iterator[Want]:  # noqa: ARG001
    yield from _named(properties, "virtualhub")


def _hub_connection(properties: Mapping[str, object], *, as_hub: bool) -> Iterator[Want]:  # noqa: ARG001
    yield from _named(properties, "remotevpnsite")


def _hub_network(properties: Mapping[str, object], *, as_hub: bool) -> Iterator[Want]:  # noqa: ARG001
    yield from _named(properties, "remotevirtualnetwork")


_FOLLOWED: Final = {
    GATEWAY: _gateway,
    CONNECTION: _connection,
    VNET: _network,
    HUB: _hub,
    HUB_GATEWAY: _hub_gateway,
    HUB_CONNECTION: _hub_connection,
    HUB_NETWORK_CONNECTION: _hub_network,
}


def _named(properties: Mapping[str, object], *names: str) -> Iterator[Want]:
    for name in names:
        found = _reference(properties, name)
        kind = type_of_id(found) if found else None
        if kind is not None:
            yield Want(id=found, type=kind)


def _fold(value: object) -> Mapping[str, object]:
    return {str(key).lower(): member for key, member in value.items()} if isinstance(value, Mapping) else {}


def _body(value: object) -> Mapping[str, object]:
    """Return the properties of a nested resource, written below `properties` or flat."""
    outer = _fold(value)
    return _fold(outer["properties"]) if "properties" in outer else outer


def _reference(properties: Mapping[str, object], name: str) -> str:
    found = _fold(properties.get(name)).get("id")
    return found if isinstance(found, str) else ""


def _members(properties: Mapping[str, object], name: str) -> list[object]:
    found = properties.get(name)
    return list(found) if isinstance(found, list | tuple) else []
