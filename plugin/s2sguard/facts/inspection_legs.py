"""From the next hop of a route to what a packet passes there: a firewall of the input, another appliance, nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from s2sguard.facts.inspection_facts import LegFacts, LegKind
from s2sguard.facts.inspection_routes import Part
from s2sguard.model.address import AddressSet, parse_range
from s2sguard.model.inventory import fold_id
from s2sguard.model.routing import Firewall, Routing
from s2sguard.model.value import Unknown


@dataclass(frozen=True, slots=True)
class Leg:
    """Where packets go first, in one direction."""

    kind: LegKind
    by: str
    via: str = ""
    key: str = ""
    """Tells firewalls and appliances apart: the id of one, the address of the other."""

    @property
    def inspects(self) -> bool:
        """Say whether something looks at the packets."""
        return self.kind in {"firewall", "appliance"}

    def facts(self) -> LegFacts:
        """Return it as it stands in the facts document."""
        return {"kind": self.kind, "via": self.via, "by": self.by} if self.via else {"kind": self.kind, "by": self.by}

    def text(self) -> str:
        """Return it as a clause."""
        if self.inspects:
            return f"through {self.kind} {self.via}"
        return {"direct": "directly", "dropped": "nowhere"}.get(self.kind, "an unknown way")


class Legs:
    """Turns parts of ranges into legs, for one gateway."""

    def __init__(self, routing: Routing) -> None:
        self._routing = routing
        self._addresses = {
            found: firewall
            for firewall in routing.firewalls
            if isinstance(firewall.address, str) and isinstance(found := parse_range(firewall.address), AddressSet)
        }
        self._subnets = tuple(self._firewall_subnets())
        self._places: dict[AddressSet, str] = {}
        """Why nothing at an address passes packets on; empty where something may."""

    def _firewall_subnets(self) -> Iterator[tuple[AddressSet, Firewall]]:
        subnets = {fold_id(subnet.id): subnet for network in self._routing.networks for subnet in network.subnets}
        for firewall in self._routing.firewalls:
            for key in firewall.stands_in:
                found = subnets.get(key)
                if found is not None and not isinstance(found.addresses, Unknown):
                    yield found.addresses, firewall

    def inbound(self, part: Part) -> Leg:
        """Return where packets of partners to a part of our networks go first."""
        hop = part.hop
        if hop.kind == "network":
            return Leg("direct", _by(part))
        if hop.kind == "gateway":
            return Leg("unknown", f"{_by(part)} sends them back to the gateway, and what that does is not documented")
        found = self._other(part)
        inside = found.kind == "appliance" and part.route is not None and _holds(part.route.addresses, hop.address)
        # What a route to our own networks leads to lies behind its next hop: one among them is a workload.
        return Leg("unknown", f"{_by(part)} leads to {hop.address}, within its own prefix") if inside else found

    def back(self, part: Part) -> Leg:
        """Return where replies to a part of the partners' addresses go first. What stays in our networks reaches no partner."""
        return Leg("direct", _by(part)) if part.hop.kind == "gateway" else self._other(part)

    def _other(self, part: Part) -> Leg:
        hop = part.hop
        if hop.kind == "unknown":
            return Leg("unknown", hop.reason)
        return Leg("dropped", _by(part)) if hop.kind != "appliance" else self._appliance(hop.address, _by(part))

    def _appliance(self, text: str, by: str) -> Leg:
        """Return what answers at an address.

        Nothing but Azure Firewall stands in its subnet: where its own address is not given, as in a template, the subnet tells.
        """
        address = parse_range(text)
        if isinstance(address, Unknown):
            return Leg("unknown", f"{by} names no address of an appliance")
        firewall = self._addresses.get(address)
        if firewall is None:
            firewall = next((one for subnet, one in self._subnets if not address - subnet), None)
            if firewall is not None and isinstance(firewall.address, str) and firewall.address:
                return Leg("unknown", f"{by} leads into the subnet of firewall {firewall.name}, and not to its address")
        if firewall is not None:
            return Leg("firewall", by, firewall.name, firewall.id)
        if address - self._routing.neighbours:
            doubt = self._routing.neighbours_doubt
            return Leg("unknown", f"{by} leads to {text}, in no network next to the gateway's{f' ({doubt})' if doubt else ''}")
        place = self._no_host(address)
        return Leg("unknown", f"{by} leads to {text}, {place}") if place else Leg("appliance", by, text, text)

    def _no_host(self, address: AddressSet) -> str:
        if address not in self._places:
            found = (place for addresses, place in self._routing.no_host if addresses.meets(address))
            self._places[address] = next(found, "")
        return self._places[address]


def _holds(addresses: AddressSet, text: str) -> bool:
    one = parse_range(text)
    return isinstance(one, AddressSet) and addresses.meets(one)


def _by(part: Part) -> str:
    return "no route" if part.route is None else part.route.label
