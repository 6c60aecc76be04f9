"""One end of a tunnel, as its device is configured or as it was agreed: what it asks for, what it answers, who may start.

Seen from that device: *own* is its side, *far* is the other one. A partner's own side is our *remote*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.model.address import AddressSet
from s2sguard.model.inventory import Gap
from s2sguard.model.selector import TrafficSelector
from s2sguard.model.value import Maybe

Habit: TypeAlias = Literal["intersect", "own-line", "exact-only"]
"""How a device answers a proposal: with what both allow (RFC 7296 section 2.9), with the line of its access list that lies inside the
proposal (the article's Cisco router), or only where the proposal is one of its lines (the article with `InitiatorOnly`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectorLine:
    """One line of a crypto access list, one proxy id, or the selectors of one child: own ranges times far ranges."""

    own: tuple[TrafficSelector, ...]
    far: tuple[TrafficSelector, ...]
    line: int = 0
    """Where it is written, counted from 1; 0 where it is not read from a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Algorithms a device offers and takes for one security association, names as Azure writes them (`AES256`, `SHA256`, `DHGroup14`)."""

    encryption: tuple[str, ...]
    integrity: tuple[str, ...]
    groups: tuple[str, ...]
    """Diffie-Hellman groups, or PFS groups of phase 2; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRule:
    """One line of an access list on an interface, addresses only."""

    permit: bool
    source: AddressSet
    destination: AddressSet
    exact: bool
    """False where it also asks for a protocol, a port or a state, so that it says something about a part of these packets only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What a device routes into a tunnel, and which of its rules packets from and to the tunnel meet.

    Of a router with a crypto map on an interface, and of one with a tunnel interface.
    """

    interface: str
    """The tunnel interface, or the interface that carries the crypto map; empty where the text names none."""
    routed: AddressSet | None
    """What static routes lead into the tunnel; None where its selectors alone decide."""
    dynamic: Maybe[bool]
    """Whether a routing protocol may lead more into it."""
    inbound: Maybe[tuple[FilterRule, ...]] = ()
    """The access list packets from the far end meet, in order, with the deny at its end; empty where there is none."""
    outbound: Maybe[tuple[FilterRule, ...]] = ()
    """The access list packets to the far end meet."""
    translated: Maybe[bool] = False
    """Whether the device changes addresses (NAT) of packets from or to this tunnel."""
    encapsulated: bool = False
    """Any packet travels inside another one that alone has to fit the selectors (GRE)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelEnd:
    """One end of one tunnel. `Unknown` is what the text names and does not tell."""

    name: str
    """Of the tunnel on its device, such as `AZURE 10`."""
    device: str
    peers: Maybe[tuple[str, ...]]
    """Addresses or names of the other end; empty for whoever asks."""
    lines: Maybe[tuple[SelectorLine, ...]]
    """In the order of the device; any x any for a tunnel interface."""
    ike: Maybe[Literal["IKEv1", "IKEv2", "any"]]
    phase_1: Maybe[tuple[Proposal, ...]]
    phase_2: Maybe[tuple[Proposal, ...]]
    starts: Maybe[bool]
    """Whether it initiates."""
    answers: Maybe[bool]
    """Whether it takes what the other end initiates."""
    habit: Habit = "intersect"
    vrf: str = ""
    """The routing table behind the tunnel; empty for the device's own."""
    line: int = 0
    """Where it is written, counted from 1; 0 where it is not read from a file."""
    passage: Passage | None = None
    """What the device itself lets through between its tunnels; None where the reader of this vendor does not look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device as its configuration describes it."""

    name: str
    """Its host name, or the name of its file."""
    file: str
    vendor: str
    """Who makes it, such as `cisco-ios`; empty for a text no reader recognises."""
    ends: tuple[TunnelEnd, ...]
    leaks: str = ""
    """Why packets may pass between its routing tables; empty where the text gives no reason."""
    gaps: tuple[Gap, ...]
    """What was not understood, with its line: never a silent nothing."""
