"""Small estates for the derived rules, and the truth about them by counting single addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from ipaddress import ip_network
from typing import Any

from s2sguard.azure_policy import Policy, compile_policy
from s2sguard.azure_policy.derived import Derivation
from s2sguard.azure_policy.shipped.definitions import load_definitions
from s2sguard.facts import FactsOptions
from s2sguard.model.inventory import Inventory, Resource, Source

OPTIONS = FactsOptions(today=date(2026, 11, 23), complete=True)
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
NETWORK = "Microsoft.Network"
Node = dict[str, Any]


def arm_id(kind: str, name: str, group: str = "g") -> str:
    """Return the id of a network resource; `kind` and `name` may have a part for a child."""
    parts = zip(kind.split("/"), name.split("/"), strict=True)
    return f"{SUBSCRIPTION}/resourceGroups/{group}/providers/{NETWORK}" + "".join(f"/{one}/{other}" for one, other in parts)


def body(kind: str, name: str, properties: Mapping[str, Any], *, group: str = "g", tags: Mapping[str, str] | None = None) -> Node:
    """Return a resource as a request to create it has it."""
    return {
        "id": arm_id(kind, name, group),
        "name": name,
        "type": f"{NETWORK}/{kind}",
        "location": "uksouth",
        "tags": dict(tags or {}),
        "properties": dict(properties),
    }


def inventory(bodies: Iterable[Node]) -> Inventory:
    """Return resources as an inventory."""
    return Inventory([_resource(one) for one in bodies])


def _resource(one: Node) -> Resource:
    parts = one["id"].rsplit("/", 2)
    child = one["type"].count("/") > 1
    return Resource(
        id=one["id"],
        type=one["type"],
        name=one["name"].rsplit("/", 1)[-1],
        properties=one["properties"],
        tags=one["tags"],
        source=Source(file="test.json"),
        parent=parts[0] if child else None,
    )


def tags(partner: str | None = None, trust: str | None = None) -> dict[str, str]:
    """Return the tags of a resource."""
    return {name: value for name, value in (("partner", partner), ("trust", trust)) if value is not None}


def gateway(name: str, *networks: str, group: str = "g") -> list[Node]:
    """Return a gateway and its hub."""
    hub = f"hub-{name}"
    subnet = f"{arm_id('virtualNetworks', hub, group)}/subnets/GatewaySubnet"
    made = {
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ"},
        "ipConfigurations": [{"name": "default", "properties": {"subnet": {"id": subnet}}}],
    }
    return [
        body("virtualNetworkGateways", name, made, group=group),
        body("virtualNetworks", hub, {"addressSpace": {"addressPrefixes": list(networks)}, "subnets": []}, group=group),
    ]


def site(name: str, *prefixes: str, group: str = "g", partner: str | None = None, trust: str | None = None) -> Node:
    """Return a local network gateway."""
    properties = {"gatewayIpAddress": "52.1.2.3", "localNetworkAddressSpace": {"addressPrefixes": list(prefixes)}}
    return body("localNetworkGateways", name, properties, group=group, tags=tags(partner, trust))


def connection(  # noqa: PLR0913  # one argument for each thing that decides
    name: str,
    *,
    gateway: str,
    site: str,
    remote: Sequence[str] = (),
    local: Sequence[str] = ("172.16.0.0/24",),
    partner: str | None = None,
    trust: str | None = None,
    group: str = "g",
) -> Node:
    """Return a connection; `gateway` and `site` are ids."""
    properties: Node = {
        "connectionType": "IPsec",
        "virtualNetworkGateway1": {"id": gateway},
        "localNetworkGateway2": {"id": site},
        "usePolicyBasedTrafficSelectors": bool(remote),
    }
    if remote:
        properties["trafficSelectorPolicies"] = [{"localAddressRanges": list(local), "remoteAddressRanges": list(remote)}]
    return body("connections", name, properties, group=group, tags=tags(partner, trust))


@cache
def policies(reading: str = "true") -> dict[str, Policy]:
    """Return the derived definitions by control, compiled under one reading of a missing array."""
    derived = [one for one in load_definitions() if one.kind == "derived"]
    return {one.control.id: compile_policy(one.document, missing_array=reading) for one in derived}  # type: ignore[arg-type]


def denied_by(resource: Node, derivation: Derivation, *, reading: str = "true") -> set[str]:
    """Return the controls by which any assignment refuses a resource; an assignment counts where the resource is in its scope."""
    found: set[str] = set()
    for assignment in derivation.assignments:
        if not resource["id"].lower().startswith(assignment.scope.lower() + "/"):
            continue
        for control, policy in policies(reading).items():
            declared = {name.lower() for name in policy.parameters}
            given = {name: value for name, value in assignment.parameters.items() if name.lower() in declared}
            outcome = policy.evaluate(resource, {**given, "effect": "Deny"})
            assert outcome.effect in {None, "deny"}, (control, outcome.effect, outcome.reason)
            if outcome.effect == "deny":
                found.add(control)
    return found


def addresses(texts: Iterable[str]) -> frozenset[tuple[int, int]]:
    """Return every single address of some prefixes, as (family, number)."""
    return frozenset(_each(texts))


def _each(texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    for text in texts:
        network = ip_network(text)
        first = int(network.network_address)
        yield from ((network.version, first + step) for step in range(network.num_addresses))


class Truth:
    """What the rules should find, worked out address by address from the bodies of an estate."""

    def __init__(self, bodies: Sequence[Node]) -> None:
        self.sites = {one["id"].lower(): one for one in bodies if one["type"].endswith("/localNetworkGateways")}
        self.tunnels = [one for one in bodies if one["type"].endswith("/connections")]
        hubs = {one["id"].lower(): one for one in bodies if one["type"].endswith("/virtualNetworks")}
        self.networks = {
            one["id"].lower(): addresses(hubs[_hub_of(one)]["properties"]["addressSpace"]["addressPrefixes"])
            for one in bodies
            if one["type"].endswith("/virtualNetworkGateways")
        }

    def partner(self, tunnel: Node) -> str:
        """Return who a connection belongs to."""
        site = tunnel["properties"]["localNetworkGateway2"]["id"].lower()
        return tunnel["tags"].get("partner") or self.owner(site)

    def owner(self, site: str) -> str:
        """Return who a site belongs to when no connection says so."""
        return (self.sites[site]["tags"].get("partner") if site in self.sites else None) or site

    def internal(self, tunnel: Node) -> bool:
        """Say whether a connection is our own."""
        site = self.sites.get(tunnel["properties"]["localNetworkGateway2"]["id"].lower())
        return str(tunnel["tags"].get("trust") or (site or tunnel)["tags"].get("trust")) == "internal"

    def uses(self, site: str) -> list[Node]:
        """Return the connections to a site."""
        return [one for one in self.tunnels if site_of(one) == site.lower()]

    def known_partner(self, site: str) -> bool:
        """Say whether a site is certainly a partner's, so that no tag in a request makes it ours."""
        uses, place = self.uses(site), self.sites.get(site.lower())
        if not uses:
            return place is not None and place["tags"].get("trust") != "internal"
        return any(one["tags"].get("trust") == "partner" for one in uses) or not any(self.internal(one) for one in uses)

    def said_owner(self, site: str) -> str | None:
        """Return the partner of a site where its connections name it: empty for several, None where they do not."""
        uses = [one for one in self.uses(site) if not self.internal(one)]
        names = {self.partner(one) for one in uses}
        if not any(one["tags"].get("partner") for one in uses):
            return None
        return names.pop() if len(names) == 1 else ""

    def known_owner(self, site: str) -> str | None:
        """Return who a site is known to belong to; None where any tag may say it."""
        said, place = self.said_owner(site), self.sites.get(site.lower())
        if said is not None:
            return said
        return (place["tags"].get("partner") if place else None) or (site.lower() if self.known_partner(site) else None)

    def requested_partner(self, tunnel: Node) -> str:
        """Return who a connection in a request belongs to: nobody, where its tag contradicts what is known of its site."""
        known = self.known_owner(site_of(tunnel))
        own = tunnel["tags"].get("partner")
        return "" if own and known not in {None, own} else self.partner(tunnel)

    def claims(self, gateway: str | None, but: str | None = None) -> frozenset[tuple[int, int]]:
        """Return what partners claim on a gateway, or on any; `but` is the partner to leave out."""
        found: set[tuple[int, int]] = set()
        for tunnel in self.tunnels:
            here = gateway is None or gateway_of(tunnel) == gateway
            if here and not self.internal(tunnel) and self.partner(tunnel) != but:
                found |= self._claim(tunnel)
        return frozenset(found)

    def claims_of(self, gateway: str, partner: str) -> frozenset[tuple[int, int]]:
        """Return what one partner claims on a gateway."""
        ours = [one for one in self.tunnels if gateway_of(one) == gateway and not self.internal(one) and self.partner(one) == partner]
        return frozenset().union(*(self._claim(tunnel) for tunnel in ours))

    def allowed(self, partner: str) -> frozenset[tuple[int, int]]:
        """Return everything a partner may use: what it claims anywhere, unless another partner of the same gateway claims it too."""
        found: set[tuple[int, int]] = set()
        for tunnel in self.tunnels:
            if not self.internal(tunnel) and self.partner(tunnel) == partner:
                found |= self._claim(tunnel)
        used = {tunnel["properties"]["localNetworkGateway2"]["id"].lower() for tunnel in self.tunnels}
        for key, place in self.sites.items():
            if key not in used and self.owner(key) == partner and place["tags"].get("trust") != "internal":
                found |= addresses(prefixes_of(place))
        for gateway in {gateway_of(tunnel) for tunnel in self.tunnels}:
            others = self.claims(gateway, partner)
            found -= others & self.claims_of(gateway, partner)
        return frozenset(found)

    def of_connection(self, tunnel: Node) -> set[str]:
        """Return the controls that a new connection breaks."""
        remote, local = (addresses(side_of(tunnel, name)) for name in ("remoteAddressRanges", "localAddressRanges"))
        gateway, partner = gateway_of(tunnel), self.requested_partner(tunnel)
        if self.internal(tunnel) and not self.known_partner(site_of(tunnel)):
            return set()
        found = self._elsewhere(gateway, site_of(tunnel))
        if not remote:
            return found
        if gateway not in self.networks or remote & self.claims(gateway, partner):
            found.add("S2S-ISO-003")
        if remote - self.allowed(partner):
            found.add("S2S-SEL-004")
        if local - self.networks.get(gateway, frozenset()):
            found.add("S2S-SEL-005")
        return found

    def _elsewhere(self, gateway: str, site: str) -> set[str]:
        """Return what the prefixes of a known site meet on a gateway it was not used on."""
        place = self.sites.get(site)
        used = any(gateway_of(one) == gateway for one in self.uses(site))
        if place is None or used or gateway not in self.networks or place["tags"].get("trust") == "internal":
            return set()
        said, mine = self.said_owner(site), addresses(prefixes_of(place))
        others = self.claims(gateway, self.owner(site) if said is None else said)
        return {name for name, theirs in (("S2S-ADR-001", others), ("S2S-ADR-002", self.networks[gateway])) if mine & theirs}

    def of_changed_site(self, place: Node) -> set[str]:
        """Return the controls that a known site breaks with these prefixes and tags, whatever it has now."""
        site, old = place["id"].lower(), self.sites[place["id"].lower()]["tags"]
        uses, said, own = self.uses(site), self.said_owner(site), place["tags"].get("partner")
        ours = uses and all(one["tags"].get("trust") == "internal" for one in uses)
        if not self.known_partner(site) and (ours or (place["tags"].get("trust") or old.get("trust")) == "internal"):
            return set()
        partner = "" if own and self.known_owner(site) not in {None, own} else own or self.owner(site)
        ends = {gateway_of(one) for one in uses} or set(self.networks)
        mine, owner = addresses(prefixes_of(place)), partner if said is None else said
        checks = {"S2S-ADR-001": (self.claims(end, owner) for end in ends), "S2S-ADR-002": (self.networks[end] for end in ends)}
        return {name for name, others in checks.items() if any(mine & theirs for theirs in others)}

    def of_new_site(self, place: Node) -> set[str]:
        """Return the controls that a site breaks which any gateway may come to use."""
        mine = addresses(prefixes_of(place))
        if place["tags"].get("trust") == "internal":
            return set()
        found = set()
        if mine & self.claims(None, place["tags"].get("partner") or place["id"].lower()):
            found.add("S2S-ADR-001")
        if mine & frozenset().union(*self.networks.values()):
            found.add("S2S-ADR-002")
        return found

    def of_edited_site(self, place: Node) -> set[str]:
        """Return the controls that a site in use breaks, once this body has replaced it."""
        after = Truth([])
        after.sites, after.networks, after.tunnels = {**self.sites, place["id"].lower(): place}, self.networks, self.tunnels
        mine = addresses(prefixes_of(place))
        found = set()
        for tunnel in after.tunnels:
            if tunnel["properties"]["localNetworkGateway2"]["id"].lower() == place["id"].lower() and not after.internal(tunnel):
                gateway = gateway_of(tunnel)
                if mine & after.claims(gateway, after.partner(tunnel)):
                    found.add("S2S-ADR-001")
                if mine & after.networks[gateway]:
                    found.add("S2S-ADR-002")
        return found

    def _claim(self, tunnel: Node) -> frozenset[tuple[int, int]]:
        site = self.sites.get(tunnel["properties"]["localNetworkGateway2"]["id"].lower())
        return addresses([*side_of(tunnel, "remoteAddressRanges"), *(prefixes_of(site) if site else ())])


def _hub_of(gateway: Node) -> str:
    subnet: str = gateway["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"]
    return subnet.rsplit("/subnets/", 1)[0].lower()


def gateway_of(tunnel: Node) -> str:
    """Return the folded id of a connection's gateway."""
    return str(tunnel["properties"]["virtualNetworkGateway1"]["id"]).lower()


def site_of(tunnel: Node) -> str:
    """Return the folded id of a connection's site."""
    return str(tunnel["properties"]["localNetworkGateway2"]["id"]).lower()


def side_of(tunnel: Node, name: str) -> list[str]:
    """Return all ranges of one side of a connection's fixed selectors."""
    return [text for element in tunnel["properties"].get("trafficSelectorPolicies", ()) for text in element[name]]


def prefixes_of(place: Node) -> list[str]:
    """Return the prefixes of a site."""
    return list(place["properties"]["localNetworkAddressSpace"]["addressPrefixes"])
