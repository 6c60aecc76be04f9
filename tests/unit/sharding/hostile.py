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
NOT_READ: tuple[GapKind, ...] = ("forbidden", "vanished", "truncated-listing")
CHILDREN = {
    "connections": ("ikeSas",),
    "virtualNetworkGateways": ("natRules",),
    "virtualNetworks": ("subnets", "virtualNetworkPeerings"),
    "virtualHubs": ("ipConfigurations",),
}


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
            for number in range(self.random.randint(0, 2)):
                name = "RouteServerSubnet" if self.chance(0.1) else f"c{number}"
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

    def properties(self, kind: str) -> dict[str, Any]:
        """Return properties that facts look at."""
        subnet = self.to("virtualNetworks", "/subnets/c0")
        match kind:
            case "connections":
                far = {"virtualNetworkGateway2": self.to("virtualNetworkGateways")} if self.chance(0.2) else {}
                return self.connection() | far
            case "virtualNetworkGateways":
                types = ("Vpn", "Vpn", "Vpn", "ExpressRoute") if self.chance(0.9 - self.oddity) else (LOST, None)
                default = {"gatewayDefaultSite": self.to("localNetworkGateways")} if self.chance(0.2) else {}
                return {"gatewayType": self.random.choice(types), "ipConfigurations": [{"properties": {"subnet": subnet}}]} | default
            case "localNetworkGateways":
                prefix = f"10.{self.random.randint(0, 3)}.0.0/16"
                return {"gatewayIpAddress": "52.1.2.3", "localNetworkAddressSpace": {"addressPrefixes": [prefix]}}
            case "virtualNetworks":
                return {"addressSpace": {"addressPrefixes": [f"172.16.{self.random.randint(0, 3)}.0/24"]}}
            case "connections/ikeSas":
                side = [f"10.{self.random.randint(0, 3)}.0.0/16"]
                child = {"localTrafficSelectors": ["0.0.0.0/0"], "remoteTrafficSelectors": LOST if self.chance(self.oddity) else side}
                return {"ikeSas": [{"isSaInitiator": self.chance(0.5), "quickModeSAs": [child]}]}
            case "virtualNetworks/virtualNetworkPeerings":
                flags = {"allowGatewayTransit": self.chance(0.7), "useRemoteGateways": self.chance(0.7)}
                return {"remoteVirtualNetwork": self.to("virtualNetworks")} | flags
            case "virtualHubs" | "azureFirewalls":
                return {"ipConfigurations": [{"subnet": subnet}]} if self.chance(0.5) else {"x": 1}
            case _:
                return {"subnet": subnet, "mode": "IngressSnat", "routeTable": self.to("routeTables")}

    def connection(self) -> dict[str, Any]:
        """Return the properties of a connection, most of them wide open."""
        odd = self.random.choice(ODD_GATEWAYS)
        return {
            "connectionType": LOST if self.chance(self.oddity) else self.random.choice(("IPsec", "IPsec", "IPsec", "Vnet2Vnet")),
            "virtualNetworkGateway1": odd if self.chance(self.oddity) else self.to("virtualNetworkGateways"),
            "localNetworkGateway2": self.to("localNetworkGateways"),
            "connectionMode": self.random.choice(("Default", "InitiatorOnly")),
            "usePolicyBasedTrafficSelectors": self.chance(0.5),
            "enableBgp": self.chance(0.1),
        }

    def to(self, kind: str, tail: str = "") -> Any:  # noqa: ANN401 - any JSON
        """Return a reference: mostly to the kind that belongs there, in any casing, perhaps to nothing."""
        if self.chance(self.oddity):
            return self.random.choice((LOST, {"id": LOST}, {"id": ""}, {"id": "/" + kind}, {"id": self.id(self.random.choice(KINDS))}))
        found = self.id(kind) + tail
        return {"id": found.upper() if self.chance(0.2) else found}

    def id(self, kind: str) -> str:
        """Return one of a few ids of a kind."""
        name = "{name}" if self.templates and self.chance(0.05) else f"n{self.random.randint(0, 5)}"
        return f"/subscriptions/s{self.random.randint(0, 1)}/resourceGroups/g/providers/{NETWORK}/{kind}/{name}"

    def chance(self, probability: float) -> bool:
        """Return true that often."""
        return self.random.random() < probability
