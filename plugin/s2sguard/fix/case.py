"""One failing connection with everything its fix depends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from s2sguard.facts.addressing import reach_of
from s2sguard.facts.options import FactsOptions
from s2sguard.facts.reading import Properties, of_resource, space
from s2sguard.fix.ranges import Bounds, canonical, prefixes_of
from s2sguard.model.agreement import Agreement
from s2sguard.model.estate import Connection, Gateway, Network, Prefixes, Site
from s2sguard.model.inventory import Inventory, Resource
from s2sguard.model.value import Maybe, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What `target_of` looks at. The connection and its gateway are resolved by `facts`, the resource is as written."""

    connection: Connection
    gateway: Gateway
    resource: Resource
    inventory: Inventory
    options: FactsOptions
    agreement: Agreement | None = None
    """What was signed with the partner, where agreements were given and one is about this connection."""
    spared: frozenset[str] = frozenset()
    """Controls whose findings on this connection somebody accepted: what they ask for is left as it is."""

    @property
    def properties(self) -> Properties:
        """Return the connection as written."""
        return of_resource(self.resource)

    def others(self) -> Iterator[Connection]:
        """Yield the gateway's connections of other parties; one of an unknown party may be another's."""
        return (
            other
            for other in self.gateway.connections
            if other.key != self.connection.key and (isinstance(other.partner, Unknown) or other.partner != self.connection.partner)
        )

    def local_bounds(self) -> Maybe[Bounds]:
        """Return the hub and the spokes that use the gateway's transit, as a selector may name them."""
        reach = reach_of(self.gateway.networks)
        texts = [text for network in self.gateway.networks if _counts(network) for text in self._written(network)]
        if not texts:
            return Unknown(reach.doubt or "no network of the gateway has a prefix in the input")
        return Bounds(side="local", prefixes=canonical(texts), doubt=reach.doubt)

    def remote_bounds(self) -> Maybe[Bounds]:
        """Return the prefixes of the site."""
        prefixes = site_prefixes(self.connection)
        if isinstance(prefixes, Unknown):
            return prefixes
        return Bounds(side="remote", prefixes=canonical(prefixes.texts), doubt="")

    def _written(self, network: Network) -> Iterator[str]:
        """Yield a network's prefixes as written: two neighbouring /16 stay two, which joined would be too wide."""
        resource = self.inventory.get(network.id) if network.id else None
        if resource is not None:
            written = space(of_resource(resource).child("addressspace"))
            if isinstance(written, Prefixes):
                yield from written.texts
        elif not isinstance(network.addresses, Unknown):
            yield from prefixes_of(network.addresses)


def site_prefixes(connection: Connection) -> Maybe[Prefixes]:
    """Return the prefixes of a connection's site; unknown when it has none or the site is not in the input."""
    site = connection.site
    if isinstance(site, Unknown):
        return site
    return site.prefixes if isinstance(site, Site) else Unknown("it has no site")


def _counts(network: Network) -> bool:
    return network.uses_gateway is True and not isinstance(network.addresses, Unknown)
