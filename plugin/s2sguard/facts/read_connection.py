"""Reading connections and sites from their resources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from s2sguard.facts.identity import party_of, tag
from s2sguard.facts.options import Identity
from s2sguard.facts.reading import Properties, of_resource, prefixes, space
from s2sguard.model.estate import Connection, FixedSelector, IpsecPolicy, Site
from s2sguard.model.inventory import Resource, fold_id
from s2sguard.model.observation import Observation
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

_ALGORITHM_NAMES = ("ikeencryption", "ikeintegrity", "dhgroup", "ipsecencryption", "ipsecintegrity", "pfsgroup")

_TYPE_MISSING = Unknown("the input does not hold the connection type, which Azure always returns")
_TYPE_STRANGE = Unknown("not a connection type that Azure documents")
_TYPE_CONTRADICTS = Unknown("only IPsec connections have a site, and this one has both a site and another type")
_SITE_MISSING = Unknown("the site it refers to is not in the input")
_POLICY_STRANGE = Unknown("Azure takes one complete ipsecPolicies element, and this is something else")
_SELECTOR_STRANGE = Unknown("not a traffic selector as Azure documents it")
_NAT_NOT_SHOWN = Unknown("this listing does not show NAT rules; `az network vpn-connection show` and `az graph query` do")
_FULL_ANSWER = (
    "dpdtimeoutseconds",
    "uselocalazureipaddress",
    "ingressnatrules",
    "egressnatrules",
    "tunnelproperties",
    "authenticationtype",
    "certificateauthentication",
)
"""What the listing below a gateway leaves out of each connection (azure.md 1.1)."""


def spelled(value: Maybe[str], spellings: Mapping[str, str]) -> Maybe[str]:
    """Return an enumeration value in Azure's casing; a value Azure does not document stays as written."""
    return value if isinstance(value, Unknown) else spellings.get(value.lower(), value)


def read_site(resource: Resource, identity: Identity) -> Site:
    """Read a `Microsoft.Network/localNetworkGateways` resource (azure.md 1.2)."""
    properties = of_resource(resource)
    return Site(
        id=resource.id,
        key=resource.key,
        name=resource.name,
        prefixes=space(properties.child("localnetworkaddressspace")),
        peer_address=properties.text("gatewayipaddress"),
        peer_fqdn=properties.text("fqdn"),
        partner_tag=tag(resource, identity.partner_tag),
        trust_tag=tag(resource, identity.trust_tag),
    )


def read_connection(
    resource: Resource, sites: Mapping[str, Site], identity: Identity, observation: Maybe[Observation | None] = None
) -> Connection:
    """Read a `Microsoft.Network/connections` resource (azure.md 1.1)."""
    properties = of_resource(resource)
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
        connection_type=_kind(properties.text("connectiontype"), site_id),
        mode=spelled(properties.word("connectionmode", "Default"), MODES),
        protocol=spelled(properties.word("connectionprotocol", "IKEv2"), PROTOCOLS),
        policy_based_selectors=properties.flag("usepolicybasedtrafficselectors"),
        policy=policy_of(properties.items("ipsecpolicies")),
        fixed_selectors=fixed_selectors_of(properties.items("trafficselectorpolicies")),
        nat_rules=_nat_rules(properties),
        bgp=properties.flag("enablebgp"),
        partner=partner,
        trust=trust,
        observation=observation,
    )


def _kind(written: Maybe[str], site_id: Maybe[str]) -> Maybe[str]:
    """Return the connection type; unknown where it would hide a tunnel."""
    if isinstance(written, Unknown):
        return written
    if not written:
        return _TYPE_MISSING
    kind = CONNECTION_TYPES.get(written.lower(), _TYPE_STRANGE)
    return kind if kind == "IPsec" or not site_id else _TYPE_CONTRADICTS


def _site(site_key: Maybe[str], sites: Mapping[str, Site]) -> Maybe[Site | None]:
    if isinstance(site_key, Unknown):
        return site_key
    return sites.get(site_key, _SITE_MISSING) if site_key else None


def policy_of(policies: Maybe[tuple[object, ...]]) -> Maybe[IpsecPolicy | None]:
    """Read `ipsecPolicies`: None for none, unknown for what Azure would not take."""
    if isinstance(policies, Unknown):
        return policies
    if not policies:
        return None
    if len(policies) > 1:
        return _POLICY_STRANGE
    element = policies[0]
    try:
        # An estate has few different policies and many connections.
        # The types belong to the key: True and 1 are equal, and only one of them is a lifetime.
        return (
            _read_policy(tuple([(name, type(value), value) for name, value in element.items()]))
            if isinstance(element, Mapping)
            else _policy_from(element)
        )
    except TypeError:  # an unhashable value: not a policy's, but then it must not stop the others
        return _policy_from(element)


@lru_cache(maxsize=1024)
def _read_policy(members: tuple[tuple[str, type, object], ...]) -> Maybe[IpsecPolicy]:
    return _policy_from({name: value for name, _, value in members})


def _policy_from(element: object) -> Maybe[IpsecPolicy]:
    policy = _flat(element)
    if policy is None or isinstance(policy, Unknown):
        return policy or _POLICY_STRANGE

    def algorithm(name: str) -> Maybe[str | None]:
        value = spelled(policy.text(name), ALGORITHMS)
        return None if value == "" else value

    if not any(policy.get(name) for name in _ALGORITHM_NAMES):
        return _POLICY_STRANGE
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


def fixed_selectors_of(elements: Maybe[tuple[object, ...]]) -> Maybe[tuple[FixedSelector, ...]]:
    """Read `trafficSelectorPolicies`; an element with an empty side is left out."""
    if isinstance(elements, Unknown):
        return elements
    found: list[FixedSelector] = []
    for element in elements:
        properties = _flat(element)
        if properties is None or isinstance(properties, Unknown):
            return properties or _SELECTOR_STRANGE
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


def _flat(element: object) -> Maybe[Properties] | None:
    """Return a policy or selector; None if it is no object, or has a `properties` level beside which nobody knows what counts."""
    if not isinstance(element, Mapping):
        return element if isinstance(element, Unknown) else None
    found = Properties(element)
    return None if found.has("properties") else found


def _nat_rules(properties: Properties) -> Maybe[tuple[str, ...]]:
    # Every answer of the service has a GUID; a template or plan has none, and there an omitted property is known.
    if properties.has("resourceguid") and not any(properties.has(name) for name in _FULL_ANSWER):
        return _NAT_NOT_SHOWN
    return attached_rules(properties)


def attached_rules(properties: Properties) -> Maybe[tuple[str, ...]]:
    """Return the folded ids of the NAT rules on a connection or link."""
    found: list[str] = []
    for name in ("ingressnatrules", "egressnatrules"):
        rules = properties.references(name)
        if isinstance(rules, Unknown):
            return rules
        found += map(fold_id, rules)
    return tuple(found)
