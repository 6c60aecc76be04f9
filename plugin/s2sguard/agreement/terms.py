"""An agreement in the form that devices take: pair by pair, as prefixes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from s2sguard.errors import UsageError
from s2sguard.fix.ranges import prefixes_of
from s2sguard.model.address import AddressSet, address_text, parse_address, parse_range
from s2sguard.model.agreement import Agreement, is_place
from s2sguard.model.folding import fold
from s2sguard.model.value import Unknown
from s2sguard.report.printable import printable

GATEWAY_UNKNOWN = "<gateway-address>"
"""Stands for our gateway's address where nobody gave it. No device takes it for an address."""
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_WORD = 24
_MARK = 6
_AZURE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?")
"""What both a connection and a local network gateway may be called (Azure's naming rules for Microsoft.Network)."""
_CONNECTION_ID = re.compile(r"/subscriptions/.*/providers/Microsoft\.Network/connections/([^/]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every writer needs of one agreement."""

    agreement: Agreement
    pairs: tuple[tuple[str, str], ...]
    """(local prefix, remote prefix), local being the Azure side: each becomes one SA, so that both ends have the same lines."""
    prefixes: tuple[str, ...]
    peer: str
    """Where the partner's device answers."""
    others: tuple[str, ...]
    """Further places the agreement names. Two tunnels with the same prefixes need BGP, so they are not rendered."""
    gateway: str
    """Our gateway's public address, or `GATEWAY_UNKNOWN`."""
    word: str
    """The partner as a part of names: letters, digits and dashes, the same for no two partners."""

    @property
    def connection_name(self) -> str:
        """What our connection is called: as the agreement names it, where it names one alone; else after the partner."""
        names = self.agreement.connections
        found = _CONNECTION_ID.fullmatch(names[0]) if len(names) == 1 else None
        name = found[1] if found else names[0] if len(names) == 1 else ""
        return name if _AZURE_NAME.fullmatch(name) else f"to-{self.word.lower()}"

    @property
    def site_name(self) -> str:
        """What our site is called: as the connection, so that two agreements of one partner do not share a site."""
        name = self.connection_name.removeprefix("to-")
        return name if _AZURE_NAME.fullmatch(name) else self.connection_name

    @property
    def peer_is_address(self) -> bool:
        """Say whether the device is named by an address and not by a DNS name."""
        return parse_address(self.peer) is not None


def terms_of(agreement: Agreement, gateway: str | None = None) -> Terms:
    """Return the terms; raises UsageError for what no device takes as one line."""
    peers = [peer.strip() for peer in agreement.peers]
    for peer in peers:
        if not is_place(peer):
            raise UsageError(f"{agreement.place}: a peer is neither an address nor a DNS name")
    pairs = [
        (near, far)
        for one in agreement.selectors
        for near in _prefixes(one.local.texts, agreement)
        for far in _prefixes(one.remote.texts, agreement)
        if (":" in near) == (":" in far)
    ]
    if not pairs:
        raise UsageError(f"{agreement.place}: no local range has the IP version of a remote one")
    return Terms(
        agreement=agreement,
        pairs=tuple(dict.fromkeys(pairs)),
        prefixes=tuple(dict.fromkeys(_prefixes(agreement.prefixes.texts, agreement))),
        peer=peers[0],
        others=tuple(peers[1:]),
        gateway=GATEWAY_UNKNOWN if gateway is None else _gateway(gateway),
        word=_word(agreement.partner),
    )


def _gateway(text: str) -> str:
    """Return the address alone: what stands around it would become a part of somebody's configuration."""
    found = parse_address(text)
    if found is None:
        raise UsageError("--gateway-address is not an IP address", hint="the public address of the VPN gateway")
    return address_text(*found)


def _word(partner: str) -> str:
    """Return a partner as a word. One that loses characters ends in a part of its hash: others may lose down to the same word."""
    plain = _NO_WORD.sub("-", partner).strip("-")
    if plain == partner and len(plain) <= _LONGEST_WORD:
        return plain
    mark = hashlib.sha256(fold(partner).encode("utf-8", errors="replace")).hexdigest()[:_MARK]
    return f"{plain[: _LONGEST_WORD - _MARK - 1].strip('-') or 'partner'}-{mark}"


def _prefixes(texts: tuple[str, ...], agreement: Agreement) -> list[str]:
    return [_prefix(text, agreement) for text in texts]


def _prefix(text: str, agreement: Agreement) -> str:
    """Return one range as the prefix it is. Splitting it here would make other lines than those that were signed."""
    found = parse_range(text)
    written = [] if isinstance(found, Unknown) else found.texts()
    if len(written) != 1 or "-" in written[0]:
        parts = prefixes_of(found) if isinstance(found, AddressSet) else ()
        hint = f"agree on its prefixes instead: {', '.join(parts)}" if parts else ""
        raise UsageError(f"{agreement.place}: range {printable(text, limit=80)} is not one prefix", hint=hint)
    return written[0]
