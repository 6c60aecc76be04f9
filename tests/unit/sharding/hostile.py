"""Random inventories that try to get cut in the wrong place: shared sites, ids of the wrong kind, nothing at the other end."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from s2sguard.collect.interface import Collected
from s2sguard.model.arm_types import DIAGNOSTIC_SETTING
from s2sguard.model.inventory import Gap, GapKind, Resource, Source
from s2sguard.model.value import Unknown

NETWORK = "Microsoft.Network"
LOST = Unknown("known only after apply")
ODD_GATEWAYS = ("", "/", "/subscriptions/x/odd", LOST, 7, None)
KINDS = ("connections", "virtualNetworkGateways", "localNetworkGateways", "virtualNetworks", "virtualHubs", "routeTables", "azureFirewalls")
ROUTING = ("azureFirewalls", "routeTables", "routeTables/routes", "virtualNetworks/subnets")
FEW = ("virtualNetworks", "routeTables")
"""Kinds of few ids, so that references to them often lead somewhere."""
NOT_READ: tuple[GapKind, ...] = ("forbidden", "vanished", "truncated-listing")
CHILDREN = {
    "connections": ("ikeSas",),
    "virtualNetworkGateways": ("natRules",),
    "virtualNetworks": ("subnets", "virtualNetworkPeerings"),
    "virtualHubs": ("ipConfigurations",),
    "routeTables": ("routes",),
}
SUBNETS = ("RouteServerSubnet", "GatewaySubnet", "GatewaySubnet", "GatewaySubnet", "AzureFirewallSubnet")
PREFIXES = ("0.0.0.0/0", "10.0.0.0/8", "172.16.0.0/16", "172.16.1.0/24", "172.16.2.0/24")
HOPS = ("VirtualAppliance", "VirtualAppliance", "VirtualAppliance", "VnetLocal", "None", "VirtualNetworkGateway")


class HostileEstate:
    """A source of documents. The same seed gives the same ones."""

    def __init__(self, seed: int, *, templates: bool = False) -> None:
        self.random = Random(seed)
        self.oddity = self.random.choice((0.0, 0.02, 0.2))
        """How often a reference is not what it should be: rarely enough in some estates that gateways stay complete."""
        self.templates = templates
        self.logged = self.random.choice((0.0, 0.1, 0.4))
        """How often a gateway, or a network, has diagnostic settings."""

    def documents(self) -> list[Collected]:
        """Return what up to three files hold; some resources stand in two of them, and say different things there."""
        found = [self.document() for _ in range(self.random.randint(1, 3))]
        for other in found[1:]:
            for resource in self.random.sample(found[0].resources, k=min(2, len(found[0].resources))):
                changed = replace(resource, source=Source(file="again.json"), tags={} if self.chance(0.5) else {"partner": "Z"})
                other.resources.append(replace(changed, properties={}) if self.chance(0.3) else changed)
        return found

    def document(self) -> Collected:
        """Return the resources of one file, parents and children in any order."""
        resources = [one for kind in KINDS for _ in range(self.random.randint(0, 4)) for one in self.resource(kind)]
        self.random.shuffle(resources)
        unique = {resource.key: resource for resource in resources}
        kind: GapKind = self.random.choice(("unreadable-file", "truncated-listing", "unreadable-value", "not-inventory"))
        gaps = [Gap(kind=kind, reason="why", source=Source(file="x"))] if self.chance(self.oddity) else []
        gaps += [self.not_read() for _ in range(self.random.randint(0, 3)) if self.chance(0.3)]
        return Collected(resources=list(unique.values()), gaps=gaps)

    def not_read(self) -> Gap:
        """Return what a live run says of one resource, or of a subscription, that it could not read whole."""
        subject = self.id(self.random.choice(("virtualNetworkGateways", "virtualNetworkGateways", "connections")))
        about = self.random.choice((subject, subject.upper(), "/subscriptions/s0"))
        return Gap(kind=self.random.choice(NOT_READ), reason=f"because {self.random.randint(0, 9)}", resource=about)

    def resource(self, kind: str) -> list[Resource]:
        """Return a resource and some children."""
        made = [self.make(kind, self.id(kind), None)]
        for child in CHILDREN.get(kind, ()):
            for number in range(self.random.randint(0, 3 if child == "subnets" else 2)):
                name = self.random.choice(SUBNETS) if child == "subnets" and self.chance(0.6) else f"c{number}"
                made.append(self.make(f"{kind}/{child}", f"{made[0].id}/{child}/{name}", made[0].id))
        if kind in {"virtualNetworkGateways", "virtualNetworks"} and self.chance(self.logged):
            made.append(self.setting(made[0].id))
        return made

    def setting(self, about: str) -> Resource:
        """Return a diagnostic setting of a resource, which it names in its id alone."""
        logs = [{"category": self.random.choice(("IKEDiagnosticLog", "GatewayDiagnosticLog")), "enabled": self.chance(0.7)}]
        properties = {"workspaceId": "/w", "logs": LOST if self.chance(self.oddity) else logs}
        resource_id = f"{about.upper() if self.chance(0.2) else about}/providers/{DIAGNOSTIC_SETTING}/s"
        return Resource(
            id=resource_id, type=DIAGNOSTIC_SETTING, name="s", properties=properties, tags={}, source=Source(file="s.json", pointer="/0")
        )

    def make(self, kind: str, resource_id: str, parent: str | None) -> Resource:
        """Return one resource of a kind."""
        properties = {} if self.chance(self.oddity / 4) else self.properties(kind)
        tags: Any = self.random.choice(({}, {}, {"partner": "A"}, {"partner": "B", "trust": "internal"}))
        return Resource(
            id=resource_id,
            type=f"{NETWORK}/{kind}",
            name=resource_id.rsplit("/", 1)[-1],
            properties=properties,
            tags=LOST if self.chance(self.oddity / 2) else tags,
            source=Source(file="a.json", pointer=f"/{resource_id}"),
            parent=parent,
            existing=self.chance(self.oddity / 4),
        )

    def properties(self, kind: str) -> dict[str, Any]:  # noqa: PLR0911 - one for each kind
        """Return properties that facts look at."""
        if kind in ROUTING:
            return self.routing(kind)
        subnet = self.to("virtualNetworks", "/subnets/c0")
        match kind:
            case "connections":
                return self.connection()
            case "virtualNetworkGateways":
                types = ("Vpn", "Vpn", "Vpn", "ExpressRoute") if self.chance(0.9 - self.oddity) else (LOST, None)
                default = {"gatewayDefaultSite": self.to("localNetworkGateways")} if self.chance(0.2) else {}
                return {"gatewayType": self.random.choice(types), "ipConfigurations": [{"properties": {"subnet": subnet}}]} | default
            case "localNetworkGateways":
                prefix = f"10.{self.random.randint(0, 3)}.0.0/16"
                return {"gatewayIpAddress": "52.1.2.3", "localNetworkAddressSpace": {"addressPrefixes": [prefix]}}
            case "virtualNetworks":
                prefix = self.random.choice((f"172.16.{self.random.randint(0, 3)}.0/24", "172.16.0.0/22"))
                return {"addressSpace": {"addressPrefixes": [prefix]}}
            case "connections/ikeSas":
                side = [f"10.{self.random.randint(0, 3)}.0.0/16"]
                child = {"localTrafficSelectors": ["0.0.0.0/0"], "remoteTrafficSelectors": LOST if self.chance(self.oddity) else side}
                return {"ikeSas": [{"isSaInitiator": self.chance(0.5), "quickModeSAs": [child]}]}
            case "virtualNetworks/virtualNetworkPeerings":
                flags = {"allowGatewayTransit": self.chance(0.7), "useRemoteGateways": self.chance(0.7)}
                return {"remoteVirtualNetwork": self.to("virtualNetworks")} | flags
            case "virtualHubs":
                return {"ipConfigurations": [{"subnet": subnet}]} if self.chance(0.5) else {"x": 1}
            case _:
                return {"subnet": subnet, "mode": "IngressSnat", "routeTable": self.to("routeTables")}

    def routing(self, kind: str) -> dict[str, Any]:
        """Return the properties of what decides the way of packets behind a gateway."""
        lost = self.chance(self.oddity)
        if kind == "azureFirewalls":
            place = {"subnet": self.to("virtualNetworks", "/subnets/AzureFirewallSubnet")}
            return {"ipConfigurations": [place | {"privateIPAddress": LOST if lost else self.address()}]}
        if kind == "routeTables":
            return {"disableBgpRoutePropagation": LOST if lost else self.chance(0.5)}
        if kind == "routeTables/routes":
            prefix = LOST if lost else self.random.choice(PREFIXES)
            return {"addressPrefix": prefix, "nextHopType": self.random.choice(HOPS), "nextHopIpAddress": self.address()}
        table = {"routeTable": self.to("routeTables")} if self.chance(0.7) else {}
        return {"addressPrefix": f"172.16.{self.random.randint(0, 3)}.{self.random.choice((0, 64, 128))}/26"} | table

    def connection(self) -> dict[str, Any]:
        """Return the properties of a connection, most of them wide open."""
        odd = self.random.choice(ODD_GATEWAYS)
        far = {"virtualNetworkGateway2": self.to("virtualNetworkGateways")} if self.chance(0.2) else {}
        return far | {
            "connectionType": LOST if self.chance(self.oddity) else self.random.choice(("IPsec", "IPsec", "IPsec", "Vnet2Vnet")),
            "virtualNetworkGateway1": odd if self.chance(self.oddity) else self.to("virtualNetworkGateways"),
            "localNetworkGateway2": self.to("localNetworkGateways"),
            "connectionMode": self.random.choice(("Default", "InitiatorOnly")),
            "usePolicyBasedTrafficSelectors": self.chance(0.5),
            "enableBgp": self.chance(0.1),
        }

    def address(self) -> str:
        """Return where a firewall or another appliance answers."""
        return f"172.16.{self.random.randint(0, 3)}.{self.random.choice((4, 68))}"

    def to(self, kind: str, tail: str = "") -> Any:  # noqa: ANN401 - any JSON
        """Return a reference: mostly to the kind that belongs there, in any casing, perhaps to nothing."""
        if self.chance(self.oddity):
            return self.random.choice((LOST, {"id": LOST}, {"id": ""}, {"id": "/" + kind}, {"id": self.id(self.random.choice(KINDS))}))
        found = self.id(kind) + tail
        return {"id": found.upper() if self.chance(0.2) else found}

    def id(self, kind: str) -> str:
        """Return one of a few ids of a kind."""
        name = "{name}" if self.templates and self.chance(0.05) else f"n{self.random.randint(0, 2 if kind in FEW else 5)}"
        return f"/subscriptions/s{self.random.randint(0, 1)}/resourceGroups/g/providers/{NETWORK}/{kind}/{name}"

    def chance(self, probability: float) -> bool:
        """Return true that often."""
        return self.random.random() < probability
