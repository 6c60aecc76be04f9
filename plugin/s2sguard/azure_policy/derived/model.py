"""What deriving takes and gives: who claims what on which gateway, what one scope must know, and the assignments for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from s2sguard.expression.interface import Json
from s2sguard.model.address import AddressSet
from s2sguard.model.estate import Trust
from s2sguard.model.value import Maybe

ScopeKind: TypeAlias = Literal["subscription", "resource-group", "gateway"]
"""What gets assignments of its own. A gateway is no scope of Azure Policy: its assignments stand at its resource groups."""

Parameters: TypeAlias = dict[str, dict[str, Json]]
"""Parameter name -> `{"value": ...}`, as `az policy assignment create --params` takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something the parameters should know and this input does not tell: the derivation is incomplete."""

    subject: str
    """Id of the resource it is about, or the file."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One tunnel of one gateway: who is at the far end, and what they claim there."""

    connection: str
    """Id, as written."""
    site: str
    """Folded id of the site, or empty."""
    partner: Maybe[str]
    trust: Maybe[Trust]
    own_partner: bool
    """The connection itself says who the partner is, so the site's tag does not matter for it."""
    own_trust: bool
    remote: Maybe[AddressSet]
    """The fixed remote ranges."""
    prefixes: Maybe[AddressSet]
    """The site's prefixes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One gateway: the tunnels that end on it and the address space behind it."""

    id: str
    """As written."""
    key: str
    """Folded."""
    networks: AddressSet
    """The hub and the spokes that certainly use the gateway."""
    doubts: tuple[str, ...]
    """Why there may be more tunnels or networks."""
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One site, used or not."""

    id: str
    key: str
    partner: Maybe[str]
    """By its own tag, the configuration, or its id."""
    trust: Maybe[str]
    """By its own tag or the configuration; empty where neither says anything."""
    prefixes: Maybe[AddressSet]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything parameters are derived from."""

    grounds: tuple[Ground, ...]
    places: tuple[Place, ...]
    partner_of: Mapping[str, str]
    """What the configuration says: folded id or lowercase name -> partner."""
    trust_of: Mapping[str, str]
    partner_tag: str
    trust_tag: str
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """What the assignments at one scope know together. Partners and ids are folded; address sets, not spellings."""

    claims: Mapping[tuple[str, str], AddressSet] = field(default_factory=dict)
    """(gateway, partner) -> site prefixes and fixed remote ranges in use there."""
    allowed: Mapping[str, AddressSet] = field(default_factory=dict)
    """Partner -> everything it may use, on any gateway."""
    networks: Mapping[str, AddressSet] = field(default_factory=dict)
    """Gateway -> hub and spokes."""
    gateways: frozenset[str] = frozenset()
    network_gateways: frozenset[str] = frozenset()
    """Gateways whose local ranges are judged. One without any known network is judged by nothing: no local range is its own."""
    partners: frozenset[str] = frozenset()
    partner_of: Mapping[str, str] = field(default_factory=dict)
    trust_of: Mapping[str, str] = field(default_factory=dict)
    site_partner: Mapping[str, str] = field(default_factory=dict)
    """Site -> partner, where its connections say so themselves; empty for a site of several."""
    site_trust: Mapping[str, str] = field(default_factory=dict)
    """Site -> partner, for every known site of one; internal, where all its connections say so themselves."""
    site_gateways: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    site_overlaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Site -> gateways it is not used on, where its prefixes meet another partner's ranges."""
    site_network_overlaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Site -> gateways it is not used on, where its prefixes meet the networks behind the gateway."""
    partner_tag: str = "partner"
    trust_tag: str = "trust"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotExpressed:
    """Something that is known and does not fit into Azure Policy's limits: who, which control, how much it needs."""

    control: str
    subject: str
    """A partner, or the id of a gateway."""
    kind: Literal["partner", "gateway", "assignment"]
    scope: str
    needs: int
    limit: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Addresses that several partners claim on one gateway."""

    gateway: str
    """As written."""
    key: str
    """The gateway's folded id."""
    partners: tuple[str, ...]
    addresses: AddressSet
    sites: tuple[str, ...]
    """Ids of the sites that claim some of them by their prefixes."""
    connections: tuple[str, ...]
    """Ids of the connections that claim some of them by fixed remote ranges."""
    kept: Mapping[str, AddressSet] = field(default_factory=dict)
    """Partner -> what it alone of them had there before; it keeps that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """Addresses that a partner claims and was not allowed before; they are not allowed to it now either."""

    partner: str
    addresses: AddressSet
    earlier: tuple[str, ...]
    """Other partners that had some of them on the same gateway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One assignment of the derived initiative."""

    name: str
    """At most 24 characters, what a management group takes too; the same for the same scope on every run."""
    scope: str
    """Id of the subscription or resource group."""
    parameters: Parameters
    gateways: tuple[str, ...]
    """Ids of the gateways whose connections it judges, as written."""
    partners: tuple[str, ...]
    """The partners whose ranges it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """All assignments for one inventory, what they cannot say, and what the input could not say."""

    kind: ScopeKind
    assignments: tuple[Assignment, ...]
    not_expressed: tuple[NotExpressed, ...]
    doubts: tuple[Doubt, ...]
    conflicts: tuple[Conflict, ...] = ()
    new_claims: tuple[NewClaim, ...] = ()
