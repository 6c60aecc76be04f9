"""The nouns of routing in virtual networks: what a packet passes on its way between a gateway and a workload.

As in `model.estate`, a field of type `Maybe[...]` is `Unknown` where the input cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sguard.model.address import AddressSet
from s2sguard.model.value import Maybe


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRoute:
    """One route of a route table, as written (azure.md 1.5)."""

    name: str
    prefix: Maybe[str]
    """A range, or a service tag."""
    hop_type: Maybe[str]
    """`VirtualNetworkGateway`, `VnetLocal`, `Internet`, `VirtualAppliance`, `VirtualApplianceEcmp` or `None`, in any casing."""
    hop_address: Maybe[str]
    """Where the appliance answers; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """A route table."""

    id: str
    name: str
    routes: Maybe[tuple[UserRoute, ...]]
    propagates: Maybe[bool]
    """Whether subnets with it get the routes of the gateway: not `disableBgpRoutePropagation`."""
    peering_routes: Maybe[bool]
    """Whether they get those of peered networks: not `disablePeeringRoute`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """One subnet of a network."""

    id: str
    name: str
    addresses: Maybe[AddressSet]
    table: Maybe[RouteTable | None]
    """None for a subnet without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A network as one that is peered with it sees it."""

    name: str
    prefixes: Maybe[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedNetwork:
    """The network of a gateway, or a spoke that uses its transit, with what decides where its packets go."""

    id: str
    """Folded; a name where it has none."""
    name: str
    prefixes: Maybe[tuple[str, ...]]
    """Its address space as written: each prefix is a route of its own."""
    uses_gateway: Maybe[bool]
    subnets: tuple[Subnet, ...]
    subnets_doubt: str
    """Why it may have others; empty when it cannot."""
    peers: tuple[Peer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Firewall:
    """An Azure Firewall in the gateway's network or in one peered with it."""

    id: str
    name: str
    address: Maybe[str]
    """Its private address, folded; empty where the input does not say, as in a template."""
    stands_in: frozenset[str]
    """Folded ids of its subnets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What decides the way between a gateway and the workloads behind it."""

    gateway_subnet: Subnet
    networks: tuple[RoutedNetwork, ...]
    """The gateway's own network first, then the spokes that use it, or may."""
    firewalls: tuple[Firewall, ...]
    neighbours: AddressSet
    """Addresses of the gateway's network and of all networks peered with it; where one is unknown, `neighbours_doubt` says which."""
    neighbours_doubt: str
    no_host: tuple[tuple[AddressSet, str], ...]
    """Parts of those networks in which no appliance can stand, each with the place it is, as `in no subnet of hub`."""
