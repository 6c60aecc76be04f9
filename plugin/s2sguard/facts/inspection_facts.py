"""Facts about the way between a gateway and its workloads, as they stand in the facts document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

LegKind = Literal["firewall", "appliance", "direct", "dropped", "unknown"]


class LegFacts(TypedDict):
    """Where packets go first, in one direction."""

    kind: LegKind
    """An Azure Firewall of the input; another appliance; past both; nowhere; or not known."""
    via: NotRequired[str]
    """Name of the firewall, or address of the appliance."""
    by: str
    """The route that decides; where it is unknown, why."""


class PathFacts(TypedDict):
    """Ranges that partners may reach, and that packets take to and fro in one way."""

    networks: list[str]
    """Up to ten, as in the lists below."""
    subnets: list[str]
    local: list[str]
    remote: list[str]
    inbound: LegFacts
    back: LegFacts
    asymmetric: bool
    """Replies do not pass what the packets passed."""
    witness: str
    """The first such packet, as `source -> destination`."""
    possible: NotRequired[str]
    """Why it is not certain that a partner's packets go this way."""


class InspectionFacts(TypedDict):
    """All ways between a gateway and its workloads."""

    paths: list[PathFacts]
    """Up to a hundred, the certain ones first."""
    left_out: list[str]
    """What is no workload: subnets of Azure's services and of firewalls, and the addresses of appliances; up to ten."""


class UninspectedFacts(TypedDict):
    """Ranges that no firewall sees packets to (or replies from), or not the one that saw the packets."""

    ranges: list[str]
    """Local ranges, up to ten."""
    networks: list[str]
    because: str
    """What happens instead, for people."""
    witness: str


class BypassFacts(TypedDict):
    """A route that takes packets from a wider one to a firewall or an appliance."""

    table: str
    """Route table it stands beside, or in."""
    route: str
    past: str
    """The wider route."""
    ranges: list[str]
    """What it takes, up to ten."""
