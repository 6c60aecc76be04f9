"""Why a connection cannot be hardened by its own settings, and what to use instead.

Sources: VPN Gateway FAQ and pages (azure.md 4.2 mode, 4.5 policy-based and Basic, 4.6 redundant tunnels, 4.7 NAT);
the alternatives are the article's "Other solutions".
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.facts.addressing import peer_of
from s2sguard.facts.reading import Properties, of_resource
from s2sguard.fix.case import Case, site_prefixes
from s2sguard.fix.model import Obstacle
from s2sguard.fix.ranges import addresses_of
from s2sguard.model.address import written_width
from s2sguard.model.estate import Connection, Site
from s2sguard.model.value import Unknown
from s2sguard.report.remedies import remedy

HEADEND = "a gateway of its own, an NVA or an edge router for this partner, or a virtual WAN hub with routing intent and a firewall"
"""The article's other solutions, most native first."""
NAT_HEADEND = "an NVA or an edge router that translates, or a virtual WAN hub with routing intent and a firewall"

_DEVICE = Obstacle(
    code="device",
    requirement="it ends on a device, whose configuration is not Azure's",
    instead="an access list on the tunnel that permits the agreed ranges only, or a routing table (VRF) for each partner",
)
_SETTINGS = {
    "connection mode": "mode",
    "protocol": "protocol",
    "policy-based selectors": "policy_based_selectors",
    "IPsec policy": "policy",
    "fixed selectors": "fixed_selectors",
    "NAT rules": "nat_rules",
    "BGP": "bgp",
    "partner": "partner",
}


def obstacles_of(case: Case) -> Iterator[Obstacle]:
    """Yield every reason why no native change of this connection is offered, before any range is looked at."""
    connection = case.connection
    if connection.device is not None:
        yield _DEVICE
        return
    if connection.trust == "internal" or connection.site_id == "":
        yield _of_our_own(connection)
        return
    if case.gateway.in_wan:
        yield Obstacle(
            code="virtual-wan",
            requirement="it is a link of a virtual WAN: mode and policy stand on the link, the selectors on its connection",
            instead="set them as the pages of the controls say, or close or inspect the road between branches (S2S-VWN-001)",
        )
        return
    yield from _assumptions(case)
    yield from _gateway(case)
    for name, attribute in _SETTINGS.items():
        value = getattr(connection, attribute)
        if isinstance(value, Unknown):
            yield unknown(f"the {name} of the connection", value.reason)
    yield from _unknown_fields(connection)
    if isinstance(connection.nat_rules, tuple) and connection.nat_rules:
        yield Obstacle(
            code="nat-rules",
            requirement="the connection has NAT rules, and Azure excludes them from policy-based selectors",
            instead=f"{NAT_HEADEND}; or detach the rules, if the addresses do not overlap with anybody's",
        )
    yield from _peer(case)
    if connection.bgp is True:
        yield from _bgp(case)


def unknown(what: str, reason: str) -> Obstacle:
    """Return the obstacle that something is not known: no value is invented for it."""
    return Obstacle(
        code="unknown", requirement=f"{what} is not known: {reason}", instead=remedy(reason) or "read what is missing, and try again"
    )


def _of_our_own(connection: Connection) -> Obstacle:
    if connection.bgp is not True:
        return Obstacle(
            code="no-site",
            requirement="it names no site, so nothing says whose tunnel it is",
            instead="write localNetworkGateway2, or set its connectionType to what it is",
        )
    what = "an internal site" if connection.site_id else "another network"
    return Obstacle(
        code="bgp-of-our-own",
        requirement=f"it connects {what} of our own by BGP, and what it routes today is not in the input",
        instead="give it static routes, or move it to a gateway that carries no partner",
    )


def _assumptions(case: Case) -> Iterator[Obstacle]:
    assumptions = case.options.assumptions
    off = [
        name
        for name, holds in (
            ("peer_child_sa=accepted", assumptions["peer_child_sa"] == "refused"),
            ("answer_clipped=false", assumptions["answer_clipped"]),
            ("no_fallback_with_fixed=false", assumptions["no_fallback_with_fixed"]),
        )
        if not holds
    ]
    if off:
        yield Obstacle(
            code="assumption",
            requirement=f"with {', '.join(off)} every native connection counts as open, whatever is set on it",
            instead=f"{HEADEND}; or judge without this assumption",
        )


def _gateway(case: Case) -> Iterator[Obstacle]:
    if case.gateway.vpn_type == "PolicyBased":
        yield Obstacle(
            code="policy-based-gateway",
            requirement="the gateway is policy-based: it speaks IKEv1 alone, and connection mode means nothing on it",
            instead="a new route-based gateway on a VpnGwAZ SKU (S2S-GWY-001); the type of a gateway cannot be changed",
        )
    if case.gateway.sku == "Basic":
        yield Obstacle(
            code="basic-sku",
            requirement="the gateway has the Basic SKU, which takes no custom IPsec policy",
            instead="a new gateway on a VpnGwAZ SKU (S2S-GWY-002); Basic cannot be resized into one",
        )


def _unknown_fields(connection: Connection) -> Iterator[Obstacle]:
    policy = connection.policy
    if isinstance(policy, Unknown) or policy is None:
        return
    for field in type(policy).__dataclass_fields__:
        value = getattr(policy, field)
        if isinstance(value, Unknown):
            yield unknown(f"`{field}` of the IPsec policy", value.reason)


def _peer(case: Case) -> Iterator[Obstacle]:
    site = case.connection.site
    if not isinstance(site, Site):
        reason = site.reason if isinstance(site, Unknown) else "the connection has none"
        yield unknown("its site", reason)
        return
    peer = peer_of(site)
    if isinstance(peer, Unknown):
        yield unknown("the address of the partner's device", peer.reason)
    elif case.connection.mode != "InitiatorOnly" and not reachable(case):
        what = {"fqdn": "only a name", "private": "only a private address", "none": "no address"}[peer["kind"]]
        yield Obstacle(
            code="no-fixed-peer",
            requirement=f"with InitiatorOnly Azure has to dial, and the site gives {what} for the partner's device",
            instead=f"set the device's fixed public address on the site (S2S-IKE-008) and try again; if there is none, {HEADEND}",
        )


def reachable(case: Case) -> bool:
    """Say whether Azure can dial the partner: a fixed public address, or a private one over a private path."""
    site = case.connection.site
    peer = peer_of(site) if isinstance(site, Site) else None
    if peer is None or isinstance(peer, Unknown):
        return False
    private_path = case.properties.flag("uselocalazureipaddress") is True
    return peer["kind"] == "public" or (peer["kind"] == "private" and private_path)


def _bgp(case: Case) -> Iterator[Obstacle]:
    if "S2S-RTE-001" in case.spared:
        return
    for other in case.gateway.connections:
        if _redundant(case.connection, other):
            yield Obstacle(
                code="bgp-redundancy",
                requirement="the partner has several tunnels to the same prefixes, which Azure routes by BGP alone",
                instead=f"keep one tunnel (an active-active gateway makes two of it), or use {HEADEND}",
            )
            return
    prefixes = site_prefixes(case.connection)
    if isinstance(prefixes, Unknown):
        return
    only_hosts = all((width := written_width(text)) and width[1] == (32 if width[0] == 4 else 128) for text in prefixes.texts)
    if prefixes.texts and only_hosts and _has_bgp_peer(case, prefixes.texts):
        yield Obstacle(
            code="bgp-prefixes-unknown",
            requirement="the site lists nothing but its BGP peer: which prefixes the partner announces is not in the input",
            instead="look at the learned routes, write what was signed into the site (S2S-RTE-001), and try again",
        )


def _redundant(one: Connection, other: Connection) -> bool:
    if other.key == one.key or other.bgp is not True or other.partner != one.partner:
        return False
    if one.site_id == other.site_id:
        return True
    ours, theirs = site_prefixes(one), site_prefixes(other)
    return not isinstance(ours, Unknown) and not isinstance(theirs, Unknown) and ours.addresses.meets(theirs.addresses)


def _has_bgp_peer(case: Case, texts: tuple[str, ...]) -> bool:
    site = case.connection.site
    resource = case.inventory.get(site.id) if isinstance(site, Site) else None
    settings = of_resource(resource).child("bgpsettings") if resource is not None else None
    if not isinstance(settings, Properties):
        return False
    address = settings.text("bgppeeringaddress")
    return isinstance(address, str) and addresses_of([address]).meets(addresses_of(texts))
