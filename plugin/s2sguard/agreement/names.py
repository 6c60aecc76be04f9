"""Algorithms as devices write them, from Azure's names (azure.md 4.4; collect/device/algorithms.py reads them back)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from s2sguard.agreement.terms import Terms
from s2sguard.errors import UsageError

GROUPS: Final = {"DHGroup1": 1, "DHGroup2": 2, "DHGroup14": 14, "DHGroup2048": 14, "DHGroup24": 24, "ECP256": 19, "ECP384": 20} | {
    "PFS1": 1,
    "PFS2": 2,
    "PFS14": 14,
    "PFS2048": 14,
    "PFS24": 24,
}
"""Azure's name of a Diffie-Hellman group -> its IANA number."""
_AZURE_STARTS: Final = "Azure starts the tunnel and takes no call (connection mode InitiatorOnly): let this device answer"
PRF_UNKNOWN: Final = "Microsoft does not say which PRF Azure takes with this integrity; if phase 1 fails, try sha256"
_OTHER_PEERS: Final = "the agreement also names {}: two tunnels with the same prefixes need BGP, so this is the first one's"

_NAT: Final = "NAT was agreed and is not written here: {}"
_NAT_IN_AZURE: Final = "a VPN gateway takes no NAT rule on a connection with fixed selectors (azure.md 4.7), so translate elsewhere"


def device_notes(terms: Terms) -> Iterator[str]:
    """Yield what whoever configures the partner's device has to know."""
    yield _AZURE_STARTS
    yield from _notes(terms)


def azure_notes(terms: Terms) -> Iterator[str]:
    """Yield what whoever configures our side has to know."""
    yield from _notes(terms)
    if any(rule.side == "ours" for rule in terms.agreement.nat):
        yield _NAT_IN_AZURE


def _notes(terms: Terms) -> Iterator[str]:
    if terms.others:
        yield _OTHER_PEERS.format(", ".join(terms.others))
    if terms.agreement.nat:
        yield _NAT.format("; ".join(f"{rule.side}: {rule.internal} to {rule.external}" for rule in terms.agreement.nat))


def dh_group(terms: Terms) -> int:
    """Return the group of phase 1; raises UsageError for none, which IKEv2 does not have."""
    name = terms.agreement.algorithms.dh_group
    if name not in GROUPS:
        raise UsageError(f"{terms.agreement.place}: phase 1 without a Diffie-Hellman group cannot be configured on a device")
    return GROUPS[name]


def pfs_group(terms: Terms) -> int | None:
    """Return the group of phase 2, None for no PFS; `PFSMM` is the group of phase 1."""
    name = terms.agreement.algorithms.pfs_group
    return dh_group(terms) if name == "PFSMM" else GROUPS.get(name)


def key_size(name: str) -> str:
    """Return the digits at the end of an AES name."""
    return name[-3:]


def prf(terms: Terms) -> tuple[str, bool]:
    """Return the PRF of a phase 1 with GCM, and whether that is certain."""
    name = terms.agreement.algorithms.ike_integrity
    return ("sha384", False) if name.startswith("GCM") else (name.lower(), True)
