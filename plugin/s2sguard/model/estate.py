"""The nouns of the product: gateways with their connections, sites, parties and networks.

All are frozen and free of I/O. *Local* is always the Azure side, *remote* the partner side.
A field of type `Maybe[...]` is `Unknown` where the input cannot tell; an omitted property already has Azure's default here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.model.address import AddressSet
from s2sguard.model.firewall import FirewallRules
from s2sguard.model.inventory import Source
from s2sguard.model.observation import Observation
from s2sguard.model.routing import Routing
from s2sguard.model.selector import Selector
from s2sguard.model.value import Maybe

Trust: TypeAlias = Literal["partner", "internal"]
ExtensionKind: TypeAlias = Literal["Vnet2Vnet", "ExpressRoute", "P2S", "RouteServer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefixes:
    """Written ranges and the addresses they cover."""

    texts: tuple[str, ...]
    addresses: AddressSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A local network gateway: the far end, with the prefixes Azure routes to it."""

    id: str
    key: str
    name: str
    prefixes: Maybe[Prefixes]
    peer_address: Maybe[str]
    """`gatewayIpAddress`, or empty."""
    peer_fqdn: Maybe[str]
    partner_tag: Maybe[str]
    """The partner tag, folded, or empty."""
    trust_tag: Maybe[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecPolicy:
    """`ipsecPolicies[0]`, algorithm names in Azure's casing. A missing field is None."""

    ike_encryption: Maybe[str | None]
    ike_integrity: Maybe[str | None]
    dh_group: Maybe[str | None]
    ipsec_encryption: Maybe[str | None]
    ipsec_integrity: Maybe[str | None]
    pfs_group: Maybe[str | None]
    sa_lifetime_seconds: Maybe[int | None]
    sa_data_size_kilobytes: Maybe[int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedSelector:
    """One `trafficSelectorPolicies` element as written, and as a selector."""

    local_texts: tuple[str, ...]
    remote_texts: tuple[str, ...]
    selector: Selector


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What a virtual hub routes from its other connections into one of them."""

    certain: bool
    """Everything its site has, straight."""
    possible: AddressSet
    """What may be routed into it; empty where the road is closed."""
    doubt: str
    """Why the two differ; empty when they do not."""
    by: str
    """What closes or inspects the road, for people; empty where it is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Which other partners' connections, on all hubs of a virtual WAN, get the routes of one connection."""

    count: int
    possible: int
    """Further ones, if what is unknown turns out badly."""
    examples: tuple[str, ...]
    """Up to ten of them, as `partner on hub`."""
    doubt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """Whether a virtual hub carries packets from branch to branch."""

    state: Literal["open", "closed", "inspected"]
    by: str
    """What makes it so, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualHub:
    """The virtual hub that a gateway of a virtual WAN stands in."""

    id: str
    name: str
    wan_id: str
    """Empty where it is unknown."""
    road: Maybe[Road]
    firewall: FirewallRules | None = None
    """Where routing intent sends private traffic to a firewall of the input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEnd:
    """What a tunnel of a device carries, with its access lists: twice, as far as is certain and as far as is possible.

    A virtual network gateway filters nothing, so its connections have one ceiling for both directions. A device may filter each.
    """

    sends: tuple[tuple[Selector, ...], tuple[Selector, ...]]
    """Packets from the far end that the device lets in: at least, at most."""
    takes: tuple[tuple[Selector, ...], tuple[Selector, ...]]
    """Packets the device puts into the tunnel, as `local <-> remote` too: at least, at most."""
    routed: tuple[AddressSet, AddressSet]
    """What the device routes into the tunnel: at least, at most."""
    doubt: str
    """Why the two differ; empty when they do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One connection of a gateway; in a virtual WAN, one link of a connection."""

    id: str
    key: str
    name: str
    source: Source
    gateway_key: Maybe[str]
    gateway_id: Maybe[str]
    site: Maybe[Site | None]
    """None when it has none (VNet-to-VNet, ExpressRoute)."""
    site_id: Maybe[str]
    """The id it refers to, also when that site is not in the input; empty when it has none."""
    connection_type: Maybe[str]
    mode: Maybe[str]
    protocol: Maybe[str]
    policy_based_selectors: Maybe[bool]
    policy: Maybe[IpsecPolicy | None]
    fixed_selectors: Maybe[tuple[FixedSelector, ...]]
    """Elements with both sides; an element with an empty side contributes nothing and is left out."""
    nat_rules: Maybe[tuple[str, ...]]
    """Folded ids of ingress and egress NAT rules."""
    bgp: Maybe[bool]
    partner: Maybe[str]
    """The party that owns the far end: equal for connections that never concern each other."""
    trust: Maybe[Trust]
    observation: Maybe[Observation | None] = None
    """None where nobody looked."""
    passage: Passage | None = None
    """None on a gateway outside virtual WAN: it routes from each connection into every other."""
    learned: Learned | None = None
    """None outside virtual WAN."""
    device: DeviceEnd | None = None
    """For a tunnel that ends on a device instead of a virtual network gateway; then nothing Azure sets is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The hub VNet of a gateway, or a spoke that uses the gateway's transit."""

    id: str
    name: str
    addresses: Maybe[AddressSet]
    uses_gateway: Maybe[bool]
    """True for the hub; for a spoke, whether both peerings let it use the gateway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A road out of a gateway that selectors do not close (S2S-ISO-005)."""

    kind: ExtensionKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NatRule:
    """One NAT rule of a gateway."""

    key: str
    mode: Maybe[str]
    """`IngressSnat` or `EgressSnat`."""
    internal: Maybe[AddressSet]
    external: Maybe[AddressSet]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A virtual network gateway with every connection of it that was read: the unit all isolation facts are about."""

    id: str
    key: str
    name: str
    present: bool
    """False when connections refer to it and the input does not hold it."""
    incomplete: str
    """Why connections of it may be missing from the input; empty when none can be."""
    gateway_type: Maybe[str]
    vpn_type: Maybe[str]
    sku: Maybe[str]
    replay_protection: Maybe[bool]
    bgp: Maybe[bool]
    default_site_id: Maybe[str]
    """Folded id of the site that gets 0/0, or empty."""
    default_site_name: str
    default_site_trust: Maybe[Trust]
    nat_rules: tuple[NatRule, ...]
    extensions: tuple[Extension, ...]
    extensions_doubt: str
    """Why there may be more of them; empty when there cannot be."""
    networks: tuple[Network, ...]
    connections: tuple[Connection, ...]
    device: bool = False
    """It is a routing table of a device (NVA, router) with the tunnels behind it."""
    ike_log: Maybe[bool | None] = None
    """Whether its IKE diagnostic log is exported; None where the input holds no diagnostic setting at all."""
    hub: VirtualHub | None = None
    """None for a gateway in a virtual network, and where the gateway is not in the input."""
    routing: Maybe[Routing | None] = None
    """None in a virtual WAN, on a device, and where the input holds neither a route table nor a firewall for its networks."""

    @property
    def in_wan(self) -> bool:
        """Say whether it is a gateway of a virtual WAN."""
        return self.hub is not None or any(connection.passage is not None for connection in self.connections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Everything facts are computed from."""

    gateways: tuple[Gateway, ...]
    sites: tuple[Site, ...]
    """All sites in the input, used or not."""
