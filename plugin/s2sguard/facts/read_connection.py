"""Reading connections and sites from their resources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from s2sguard.facts.identity import party_of, tag
from s2sguard.facts.options import Identity
from s2sguard.facts.reading import Properties, body, of_resource, prefixes
from s2sguard.model.estate import Connection, FixedSelector, IpsecPolicy, Site
from s2sguard.model.inventory import Resource, fold_id
from s2sguard.model.selector import Selector
from s2sguard.model.value import Maybe, Unknown


def _fold(names: str) -> dict[str, str]:
    return {name.lower(): name for name in names.split()}


CONNECTION_TYPES = _fold("IPsec Vnet2Vnet ExpressRoute VPNClient")
MODES = _fold("Default ResponderOnly InitiatorOnly")
PROTOCOLS = _fold("IKEv1 IKEv2")
ALGORITHMS = _fold(
    "None DES DES3 AES128 AES192 AES256 GCMAES128 GCMAES192 GCMAES256 MD5 SHA1 SHA256 SHA384 "
    "DHGroup1 DHGroup2 DHGroup14 DHGroup24 DHGroup2048 ECP256 ECP384 PFS1 PFS2 PFS14 PFS24 PFS2048 PFSMM"
)
"""Azure's spellings by lowercase (azure.md 1.1): the service and the SDKs ignore case, allow-lists do not have to."""

_TYPE_MISSING = Unknown("the input does not hold the connection type, which Azure always returns")
_SITE_MISSING = Unknown("the site it refers to is not in the input")


def spelled(value: Maybe[str], spellings: Mapping[str, str]) -> Maybe[str]:
    """Return an enumeration value in Azure's casing; a value Azure does not document stays as written."""
    return value if isinstance(value, Unknown) else spellings.get(value.lower(), value)


def read_site(resource: Resource, identity: Identity) -> Site:
    """Read a `Microsoft.Network/localNetworkGateways` resource (azure.md 1.2)."""
    properties = of_resource(resource)
    space = properties.child("localnetworkaddressspace")
    written = () if space is None else space if isinstance(space, Unknown) else space.items("addressprefixes")
    return Site(
        id=resource.id,
        key=resource.key,
        name=resource.name,
        prefixes=prefixes(written),
        peer_address=properties.text("gatewayipaddress"),
        peer_fqdn=properties.text("fqdn"),
        partner_tag=tag(resource, identity.partner_tag),
        trust_tag=tag(resource, identity.trust_tag),
    )


def read_connection(resource: Resource, sites: Mapping[str, Site], identity: Identity) -> Connection:
    """Read a `Microsoft.Network/connections` resource (azure.md 1.1)."""
    properties = of_resource(resource)
    kind = spelled(properties.text("connectiontype"), CONNECTION_TYPES)
    gateway_id = properties.reference("virtualnetworkgateway1")
    site_id = properties.reference("localnetworkgateway2")
    site_key = site_id if isinstance(site_id, Unknown) else fold_id(site_id)
    site = _site(site_key, sites)
    partner, trust = party_of(resource, site, site_key, identity)
    return Connection(
        id=resource.id,
        key=resource.key,
        name=resource.name,
        source=resource.source,
        gateway_id=gateway_id,
        gateway_key=gateway_id if isinstance(gateway_id, Unknown) else fold_id(gateway_id),
        site=site,
        site_id=site_id,
        connection_type=kind if kind != "" else _TYPE_MISSING,
        mode=spelled(properties.text("connectionmode", "Default"), MODES),
        protocol=spelled(properties.text("connectionprotocol", "IKEv2"), PROTOCOLS),
        policy_based_selectors=properties.flag("usepolicybasedtrafficselectors"),
        policy=_policy(properties.items("ipsecpolicies")),
        fixed_selectors=_fixed_selectors(properties.items("trafficselectorpolicies")),
        nat_rules=_nat_rules(properties),
        bgp=properties.flag("enablebgp"),
        partner=partner,
        trust=trust,
    )


def _site(site_key: Maybe[str], sites: Mapping[str, Site]) -> Maybe[Site | None]:
    if isinstance(site_key, Unknown):
        return site_key
    return sites.get(site_key, _SITE_MISSING) if site_key else None


def _policy(policies: Maybe[tuple[object, ...]]) -> Maybe[IpsecPolicy | None]:
    if isinstance(policies, Unknown):
        return policies
    if not policies:
        return None
    # Azure takes at most one element (VPN Gateway FAQ: one policy combination per connection).
    element = policies[0]
    try:
        # An estate has few different policies and many connections.
        # The types belong to the key: True and 1 are equal, and only one of them is a lifetime.
        return (
            _read_policy(tuple([(name, type(value), value) for name, value in element.items()]))
            if isinstance(element, Mapping)
            else _policy_of(element)
        )
    except TypeError:  # an unhashable value: not a policy's, but then it must not stop the others
        return _policy_of(element)


@lru_cache(maxsize=1024)
def _read_policy(members: tuple[tuple[str, type, object], ...]) -> Maybe[IpsecPolicy]:
    return _policy_of({name: value for name, _, value in members})


def _policy_of(element: object) -> Maybe[IpsecPolicy]:
    policy = body(element)
    if isinstance(policy, Unknown):
        return policy

    def algorithm(name: str) -> Maybe[str | None]:
        value = spelled(policy.text(name), ALGORITHMS)
        return None if value == "" else value

    return IpsecPolicy(
        ike_encryption=algorithm("ikeencryption"),
        ike_integrity=algorithm("ikeintegrity"),
        dh_group=algorithm("dhgroup"),
        ipsec_encryption=algorithm("ipsecencryption"),
        ipsec_integrity=algorithm("ipsecintegrity"),
        pfs_group=algorithm("pfsgroup"),
        sa_lifetime_seconds=policy.integer("salifetimeseconds"),
        sa_data_size_kilobytes=policy.integer("sadatasizekilobytes"),
    )


def _fixed_selectors(elements: Maybe[tuple[object, ...]]) -> Maybe[tuple[FixedSelector, ...]]:
    if isinstance(elements, Unknown):
        return elements
    found: list[FixedSelector] = []
    for element in elements:
        properties = body(element)
        if isinstance(properties, Unknown):
            return properties
        local = prefixes(properties.items("localaddressranges"))
        remote = prefixes(properties.items("remoteaddressranges"))
        if isinstance(local, Unknown):
            return local
        if isinstance(remote, Unknown):
            return remote
        if local.texts and remote.texts:
            selector = Selector(local.addresses, remote.addresses)
            found.append(FixedSelector(local_texts=local.texts, remote_texts=remote.texts, selector=selector))
    return tuple(found)


def _nat_rules(properties: Properties) -> Maybe[tuple[str, ...]]:
    found: list[str] = []
    for name in ("ingressnatrules", "egressnatrules"):
        members = properties.items(name)
        if isinstance(members, Unknown):
            return members
        for member in members:
            rule = Properties({"rule": member}).reference("rule")
            if isinstance(rule, Unknown):
                return rule
            found.append(fold_id(rule))
    return tuple(found)
