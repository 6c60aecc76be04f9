"""What we and a partner signed: who, which ranges, which algorithms, from when until when.

*Local* is always the Azure side, *remote* the partner side, as everywhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from s2sguard.model.address import AddressSet, parse_address, union
from s2sguard.model.folding import fold
from s2sguard.model.selector import Selector

PHASE_1: Final = ("ike_encryption", "ike_integrity", "dh_group")
PHASE_2: Final = ("ipsec_encryption", "ipsec_integrity", "pfs_group")
"""Fields of an agreement's algorithms by phase, named as the facts name those of an IPsec policy."""

_LABEL: Final = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DNS_NAME: Final = re.compile(rf"(?=.{{1,254}}$)({_LABEL}\.)*(?![0-9]+\.?$){_LABEL}\.?")
"""RFC 1123 section 2.1: the last label is not all digits, so that a mistyped address is no name."""

State: TypeAlias = Literal["in force", "expired", "not yet", "draft"]

DRAFT_OWNER: Final = "to be named"
DRAFT_TICKET: Final = "draft"
NEW_OWNER: Final = "who answers for it on our side"
NEW_TICKET: Final = "where it was signed"
_PLACEHOLDERS: Final = frozenset({DRAFT_OWNER, DRAFT_TICKET, NEW_OWNER, NEW_TICKET})
"""What this program writes as owner and ticket: as long as one of them stands there, nobody has signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedRanges:
    """Ranges as they were written, and the addresses they cover."""

    texts: tuple[str, ...]
    addresses: AddressSet


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedSelector:
    """One selector of the agreement: every local range with every remote range."""

    local: AgreedRanges
    remote: AgreedRanges

    @property
    def selector(self) -> Selector:
        """Its addresses."""
        return Selector(self.local.addresses, self.remote.addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedAlgorithms:
    """One value for each field of an IPsec policy, in Azure's spelling (facts/azure.md 4.4); lifetimes in seconds and kilobytes."""

    ike_encryption: str
    ike_integrity: str
    dh_group: str
    ipsec_encryption: str
    ipsec_integrity: str
    pfs_group: str
    sa_lifetime_seconds: int | None = None
    """None where it was not agreed: then it is not compared."""
    sa_data_size_kilobytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedNat:
    """A translation that was agreed: one range for another of the same size, on one side."""

    side: Literal["ours", "theirs"]
    internal: str
    external: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One agreement with one partner."""

    partner: str
    """As it was written; compared folded."""
    connections: tuple[str, ...]
    """Names or ids of the connections it is about; empty for all of the partner."""
    peers: tuple[str, ...]
    """Addresses or names of the partner's devices."""
    prefixes: AgreedRanges
    """What is routed to the partner: the prefixes of the site."""
    selectors: tuple[AgreedSelector, ...]
    algorithms: AgreedAlgorithms
    nat: tuple[AgreedNat, ...]
    owner: str
    ticket: str
    valid_from: date
    valid_to: date
    """The last day it holds."""
    place: str = ""
    """Where it is written, `file:line`."""

    @property
    def label(self) -> str:
        """What people call it: the partner and the ticket."""
        return f"{self.partner} ({self.ticket})"

    @property
    def remote(self) -> AddressSet:
        """All partner addresses of its selectors."""
        return union([one.remote.addresses for one in self.selectors])

    def state(self, today: date) -> State:
        """Say whether it holds on a day; both days of its period belong to it, and a draft holds on none."""
        if today < self.valid_from:
            return "not yet"
        if today > self.valid_to:
            return "expired"
        return "draft" if {fold(self.owner), fold(self.ticket)} & _PLACEHOLDERS else "in force"

    def meets(self, other: Agreement) -> bool:
        """Say whether the two hold on a common day."""
        return self.valid_from <= other.valid_to and other.valid_from <= self.valid_to


def is_place(text: str) -> bool:
    """Say whether a device can answer there: at an address, or at a DNS name."""
    return parse_address(text) is not None or _DNS_NAME.fullmatch(text) is not None


def gcm_fits(encryption: str, integrity: str) -> bool:
    """Say whether Azure takes the two in phase 2: GCM only as a pair of the same value (azure.md 4.3, S2S-IKE-007)."""
    return encryption == integrity or not (encryption.startswith("GCM") or integrity.startswith("GCM"))


def conflicts(one: Agreement, other: Agreement) -> tuple[str, ...]:
    """Return why two agreements of different partners cannot both hold, as phrases; none where they share no day.

    One gateway cannot tell two partners with the same address apart (S2S-ISO-003), nor two with the same device.
    """
    if fold(one.partner) == fold(other.partner) or not one.meets(other):
        return ()
    shared = (one.prefixes.addresses & other.prefixes.addresses).texts()
    peers = sorted({fold(peer) for peer in one.peers} & {fold(peer) for peer in other.peers})
    found = [f"both have {', '.join(shared)}"] if shared else []
    return (*found, f"both have the peer {', '.join(peers)}") if peers else tuple(found)
