"""Reading virtual WAN: sites and connections of hub gateways, one connection per link (azure.md 1.7).

Mode, policy, protocol and NAT rules stand on each link, the fixed selectors on the connection alone.
No source says what a link takes from its connection, so a link that leaves out what the connection sets differently from
Azure's default has an unknown value. A connection without links is one connection with its own settings and the default mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from s2sguard.facts.identity import party_of, tag
from s2sguard.facts.options import Identity
from s2sguard.facts.read_connection import MODES, PROTOCOLS, attached_rules, fixed_selectors_of, policy_of, spelled
from s2sguard.facts.read_observed import observation_of
from s2sguard.facts.reading import Properties, of_resource, space
from s2sguard.model.arm_types import HUB_LINK_CONNECTION, IKE_SAS, SITE_LINK
from s2sguard.model.estate import Connection, FixedSelector, IpsecPolicy, Site, Trust
from s2sguard.model.inventory import Inventory, Resource, fold_id
from s2sguard.model.value import Maybe, Unknown

_SITE_MISSING = Unknown("the site it refers to is not in the input")
_NOT_INHERITED = Unknown("the link leaves it out, the connection sets it, and no source says that the link takes it over")
_NO_PARENT = Unknown("the gateway of the connection is not in the input")
_UNREAD_LINKS = Unknown("its links could not be read")
_NO_LINK = Unknown("the link of the site it refers to is not in the input")


@dataclass(frozen=True, slots=True, kw_only=True)
class WanSite:
    """A `vpnSites` resource and the far end of each of its links, by folded id."""

    site: Site
    links: Mapping[str, tuple[Maybe[str], Maybe[str]]]
    """Link -> (address, name)."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all links of a connection have in common."""

    resource: Resource
    properties: Properties
    site: Maybe[WanSite | None]
    site_id: Maybe[str]
    fixed: Maybe[tuple[FixedSelector, ...]]
    partner: Maybe[str]
    trust: Maybe[Trust]


def read_wan_site(inventory: Inventory, resource: Resource, identity: Identity) -> WanSite:
    """Read a `Microsoft.Network/vpnSites` resource. Its peer is the link that moves most easily: a name, none at all, else the first."""
    properties = of_resource(resource)
    links = {link.key: _ends(of_resource(link)) for link in inventory.children(resource.id, SITE_LINK)}
    own = _ends(properties)
    listed = properties.items("vpnsitelinks")
    ends = list(links.values()) or ([(listed, listed)] if isinstance(listed, Unknown) else [own])
    address, name = min(ends, key=_rank)
    site = Site(
        id=resource.id,
        key=resource.key,
        name=resource.name,
        prefixes=space(properties.child("addressspace")),
        peer_address=address,
        peer_fqdn=name,
        partner_tag=tag(resource, identity.partner_tag),
        trust_tag=tag(resource, identity.trust_tag),
    )
    return WanSite(site=site, links=links)


def _ends(properties: Properties) -> tuple[Maybe[str], Maybe[str]]:
    return properties.text("ipaddress"), properties.text("fqdn")


def _rank(end: tuple[Maybe[str], Maybe[str]]) -> int:
    """Put the worst end first, as a site is as fixed as its loosest link."""
    address, name = end
    if name and not isinstance(name, Unknown):
        return 0
    if not address:
        return 1
    return 2 if isinstance(address, Unknown) or isinstance(name, Unknown) else 3


def read_wan_connections(
    inventory: Inventory, resource: Resource, sites: Mapping[str, WanSite], identity: Identity
) -> Iterator[Connection]:
    """Yield a connection for each link of a `vpnGateways/vpnConnections` resource, or one where it has no link."""
    properties = of_resource(resource)
    site_id = properties.reference("remotevpnsite")
    key = site_id if isinstance(site_id, Unknown) else fold_id(site_id)
    site: Maybe[WanSite | None] = key if isinstance(key, Unknown) else sites.get(key, _SITE_MISSING) if key else None
    partner, trust = party_of(resource, site.site if isinstance(site, WanSite) else site, key, identity)
    fixed = fixed_selectors_of(properties.items("trafficselectorpolicies"))
    shared = _Shared(resource, properties, site, site_id, fixed, partner, trust)
    links = list(inventory.children(resource.id, HUB_LINK_CONNECTION))
    listed = properties.items("vpnlinkconnections")
    if not links:
        missing = listed if isinstance(listed, Unknown) else _UNREAD_LINKS if listed else None
        yield _connection(inventory, shared, resource, Properties({}, missing=missing), alone=missing is None)
    for link in links:
        yield _connection(inventory, shared, link, of_resource(link), alone=False)


def _connection(inventory: Inventory, shared: _Shared, subject: Resource, link: Properties, *, alone: bool) -> Connection:
    whole, own = shared.resource, shared.properties
    name = whole.name if subject is whole else f"{whole.name}/{subject.name}"
    policies = _policy(link, own, alone=alone)
    return Connection(
        id=subject.id,
        key=subject.key,
        name=name,
        source=subject.source,
        gateway_id=whole.parent or _NO_PARENT,
        gateway_key=fold_id(whole.parent) if whole.parent else _NO_PARENT,
        site=_far_end(shared.site, link),
        site_id=shared.site_id,
        connection_type="IPsec",
        mode=spelled(link.word("vpnlinkconnectionmode", "Default"), MODES),
        protocol=spelled(_word(link, own, alone=alone), PROTOCOLS),
        policy_based_selectors=_flag("usepolicybasedtrafficselectors", link, own, alone=alone),
        policy=policies,
        fixed_selectors=shared.fixed,
        nat_rules=attached_rules(link),
        bgp=_flag("enablebgp", link, own, alone=alone),
        partner=shared.partner,
        trust=shared.trust,
        observation=observation_of(inventory.children(subject.id, IKE_SAS)),
    )


def _far_end(site: Maybe[WanSite | None], link: Properties) -> Maybe[Site | None]:
    """Return the site with the address of the one link this connection goes to."""
    if not isinstance(site, WanSite):
        return site
    target = link.reference("vpnsitelink")
    if target == "":
        return site.site
    address, name = (target, target) if isinstance(target, Unknown) else site.links.get(fold_id(target), (_NO_LINK, _NO_LINK))
    return replace(site.site, peer_address=address, peer_fqdn=name)


def _policy(link: Properties, own: Properties, *, alone: bool) -> Maybe[IpsecPolicy | None]:
    written = own.items("ipsecpolicies") if alone else link.items("ipsecpolicies")
    if alone or isinstance(written, Unknown) or written:
        return policy_of(written)
    above = own.items("ipsecpolicies")
    return above if isinstance(above, Unknown) else _NOT_INHERITED if above else None


def _flag(name: str, link: Properties, own: Properties, *, alone: bool) -> Maybe[bool]:
    if alone:
        return own.flag(name)
    if link.get(name) is not None:
        return link.flag(name)
    above = own.flag(name)
    return _NOT_INHERITED if above is True else above


def _word(link: Properties, own: Properties, *, alone: bool) -> Maybe[str]:
    name = "vpnconnectionprotocoltype"
    above = own.word(name, "IKEv2")
    if alone or isinstance(above, Unknown) or link.get(name) is not None:
        return above if alone or link.get(name) is None else link.word(name)
    return above if above.lower() == "ikev2" else _NOT_INHERITED
