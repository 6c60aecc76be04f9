"""Reading gateways: from their resource, or from connections that refer to one the input does not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from s2sguard.facts.identity import site_trust
from s2sguard.facts.options import FactsOptions
from s2sguard.facts.read_connection import spelled
from s2sguard.facts.read_diagnostics import ike_log_of
from s2sguard.facts.read_extensions import ExtensionFinder
from s2sguard.facts.read_networks import hub_id, networks_of
from s2sguard.facts.read_routing import RoutingReader
from s2sguard.facts.reading import Properties, body, known, of_resource, prefixes
from s2sguard.model.address import AddressSet
from s2sguard.model.arm_types import NAT_RULE
from s2sguard.model.estate import Connection, Gateway, NatRule, Site, Trust
from s2sguard.model.inventory import Inventory, Resource, fold_id
from s2sguard.model.value import Maybe, Unknown

_GATEWAY_TYPES = {"vpn": "Vpn", "expressroute": "ExpressRoute", "localgateway": "LocalGateway"}
_VPN_TYPES = {"routebased": "RouteBased", "policybased": "PolicyBased"}
_SKUS = {
    name.lower(): name
    for name in ("Basic", "Standard", "HighPerformance", "UltraPerformance", *(f"VpnGw{n}{az}" for n in range(1, 6) for az in ("", "AZ")))
}
_ABSENT = Unknown("the gateway is not in the input")
_TYPE_CONTRADICTS = Unknown("it is called something else than a VPN gateway, and carries IPsec connections")


class GatewayReader:
    """Builds gateways; holds what every one of them needs to look up."""

    def __init__(  # noqa: PLR0913  # what every gateway may look up
        self,
        inventory: Inventory,
        options: FactsOptions,
        sites: Mapping[str, Site],
        extensions: ExtensionFinder,
        doubt: str,
        touched: Mapping[str, str],
        *,
        settings: bool,
    ) -> None:
        """Take what is read already. `touched` says why a gateway, by folded id, was not read whole, and `doubt` why any may not be.

        `settings` says that the whole input holds diagnostic settings of something.
        """
        self._inventory = inventory
        self._options = options
        self._sites = sites
        self._doubt = doubt
        self._touched = touched
        self._extensions = extensions
        self._settings = settings
        self._routing = RoutingReader(inventory, complete=options.complete)

    def read(self, resource: Resource, connections: Sequence[Connection]) -> Gateway:
        """Build a gateway from its resource and its connections."""
        properties = of_resource(resource)
        hub = hub_id(self._inventory, properties)
        default_site = properties.reference("gatewaydefaultsite")
        replay_off = properties.flag("disableipsecreplayprotection")
        incomplete = self.incomplete(resource)
        found = self._extensions.find(resource, properties, hub, connections, incomplete)
        networks = networks_of(self._inventory, hub)
        return Gateway(
            id=resource.id,
            key=resource.key,
            name=resource.name,
            present=True,
            incomplete=incomplete,
            gateway_type=_gateway_type(properties, connections),
            vpn_type=spelled(properties.text("vpntype", "RouteBased"), _VPN_TYPES),
            sku=_sku(properties),
            replay_protection=replay_off if isinstance(replay_off, Unknown) else not replay_off,
            bgp=properties.flag("enablebgp"),
            default_site_id=default_site if isinstance(default_site, Unknown) else fold_id(default_site),
            default_site_name=self._site_name(default_site),
            default_site_trust=self._default_site_trust(default_site, connections),
            nat_rules=nat_rules_of(self._inventory, resource, NAT_RULE),
            extensions=found.certain,
            extensions_doubt=found.doubt,
            networks=networks,
            routing=self._routing.read(properties, networks),
            connections=tuple(connections),
            ike_log=ike_log_of(self._inventory, resource, elsewhere=self._settings),
        )

    def absent(self, key: str, connections: Sequence[Connection]) -> Gateway:
        """Build a gateway that is only known from its connections."""
        gateway_id = known(connections[0].gateway_id, key)
        return self._hollow(gateway_id, gateway_id.rsplit("/", 1)[-1], connections, "the gateway itself is not in the input")

    def nowhere(self, connection: Connection) -> Gateway:
        """Build a stand-in for the unknown gateway of one connection."""
        reason = connection.gateway_key.reason if isinstance(connection.gateway_key, Unknown) else "it names no gateway"
        return self._hollow(f"unknown:{connection.id}", f"gateway of {connection.name}", (connection,), f"its gateway is unknown: {reason}")

    def _hollow(self, gateway_id: str, name: str, connections: Sequence[Connection], why: str) -> Gateway:
        absent = Unknown("the gateway's network is not in the input")
        return Gateway(
            id=gateway_id,
            key=fold_id(gateway_id),
            name=name,
            present=False,
            incomplete="" if self._options.complete else f"other connections may exist: {why}",
            gateway_type=_ABSENT,
            vpn_type=_ABSENT,
            sku=_ABSENT,
            replay_protection=_ABSENT,
            bgp=_ABSENT,
            default_site_id=_ABSENT,
            default_site_name="",
            default_site_trust=_ABSENT,
            nat_rules=(),
            extensions=(),
            extensions_doubt=_ABSENT.reason,
            networks=networks_of(self._inventory, absent),
            connections=tuple(connections),
        )

    def incomplete(self, resource: Resource) -> str:
        """Say why connections of a gateway may be missing from the input; empty when none can be."""
        if self._options.complete:
            return ""
        if resource.existing:
            return "other connections may exist: the gateway is only referred to"
        doubt = self._touched.get(resource.key, self._doubt)
        return doubt if resource.whole else "other connections may exist: Terraform shows only its own on a gateway it does not create"

    def _site_name(self, site_id: Maybe[str]) -> str:
        if isinstance(site_id, Unknown) or not site_id:
            return ""
        site = self._sites.get(fold_id(site_id))
        return site.name if site else site_id.rsplit("/", 1)[-1]

    def _default_site_trust(self, site_id: Maybe[str], connections: Sequence[Connection]) -> Maybe[Trust]:
        if isinstance(site_id, Unknown):
            return site_id
        key = fold_id(site_id)
        for connection in connections:
            if connection.site_id == site_id or known(connection.site_id, "").lower() == key:
                return connection.trust
        site = self._sites.get(key)
        return site_trust(site, self._options.identity) if site else "partner"


def _gateway_type(properties: Properties, connections: Sequence[Connection]) -> Maybe[str]:
    kind = spelled(properties.text("gatewaytype", "Vpn"), _GATEWAY_TYPES)
    carries = any(connection.connection_type == "IPsec" for connection in connections)
    return _TYPE_CONTRADICTS if carries and kind in {"ExpressRoute", "LocalGateway"} else kind


def _sku(properties: Properties) -> Maybe[str]:
    sku = properties.child("sku")
    if isinstance(sku, Unknown):
        return sku
    name = "" if sku is None else sku.text("name") or sku.text("tier")
    return spelled(name, _SKUS) if name else Unknown("the input does not hold the SKU")


def nat_rules_of(inventory: Inventory, gateway: Resource, rule_type: str) -> tuple[NatRule, ...]:
    """Return the NAT rules below a gateway; `rule_type` says of which kind of gateway."""
    return tuple(_nat_rule(rule) for rule in inventory.children(gateway.id, rule_type))


def _nat_rule(resource: Resource) -> NatRule:
    properties = of_resource(resource)
    return NatRule(
        key=resource.key,
        mode=spelled(properties.text("mode"), {"ingresssnat": "IngressSnat", "egresssnat": "EgressSnat"}),
        internal=_mappings(properties, "internalmappings"),
        external=_mappings(properties, "externalmappings"),
    )


def _mappings(properties: Properties, name: str) -> Maybe[AddressSet]:
    members = properties.items(name)
    if isinstance(members, Unknown):
        return members
    spaces: list[object] = []
    for member in members:
        mapping = body(member)
        spaces.append(mapping if isinstance(mapping, Unknown) else mapping.text("addressspace"))
    found = prefixes(tuple(spaces))
    return found if isinstance(found, Unknown) else found.addresses
