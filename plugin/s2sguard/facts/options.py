"""What a run decides before any fact is computed: settings, assumptions, identity, completeness, today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from s2sguard.facts.given import Assumptions, Settings
from s2sguard.model.agreement import Agreement
from s2sguard.model.estate import Trust

HARDENED_SETTINGS: Settings = {
    # Allow-lists: facts/azure.md 4.4; RFC 8247 and RFC 8221 rule out the rest.
    "ike_encryption": ["AES256", "GCMAES256"],
    "ike_integrity": ["GCMAES256", "SHA256", "SHA384"],
    "dh_group": ["DHGroup14", "DHGroup2048", "ECP256", "ECP384"],
    "ipsec_encryption": ["AES256", "GCMAES256"],
    "ipsec_integrity": ["GCMAES256", "SHA256"],
    "pfs_group": ["ECP256", "ECP384", "PFS14", "PFS2048"],
    # Azure's minimum and main-mode lifetime; Azure's minimum and default data size (VPN Gateway FAQ, IPsec/IKE policy).
    "sa_lifetime_seconds_min": 300,
    "sa_lifetime_seconds_max": 28800,
    "sa_data_size_kilobytes_min": 1024,
    "sa_data_size_kilobytes_max": 102400000,
    "selector_shortest_local_v4": 16,
    "selector_shortest_remote_v4": 8,
    "selector_shortest_v6": 48,
    "site_shortest_v4": 8,
    "site_shortest_v6": 48,
    # Microsoft: gateway-sku-consolidation (non-AZ VpnGw SKUs), VPN Gateway FAQ (legacy SKUs).
    "retired_skus": {
        "Standard": "2026-03-31",
        "HighPerformance": "2026-03-31",
        "VpnGw1": "2026-09-30",
        "VpnGw2": "2026-09-30",
        "VpnGw3": "2026-09-30",
        "VpnGw4": "2026-09-30",
        "VpnGw5": "2026-09-30",
    },
}

DEFAULT_ASSUMPTIONS: Assumptions = {"peer_child_sa": "refused", "answer_clipped": True, "no_fallback_with_fixed": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """What the configuration says about the owner of a site or connection."""

    partner: str | None = None
    trust: Trust | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How parties are told apart: tags first, then this map, then the site id (design section 4)."""

    partner_tag: str = "partner"
    trust_tag: str = "trust"
    parties: Mapping[str, Party] = field(default_factory=dict)
    """Connection or site, by folded id or lowercase name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionException:
    """A written exception for one road out of a partner gateway (S2S-ISO-005)."""

    gateway: str
    """Gateway id or name, in any casing."""
    kind: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsOptions:
    """Everything besides the inventory that facts depend on."""

    today: date
    settings: Settings = field(default_factory=lambda: HARDENED_SETTINGS)
    assumptions: Assumptions = field(default_factory=lambda: DEFAULT_ASSUMPTIONS)
    identity: Identity = field(default_factory=Identity)
    exceptions: tuple[ExtensionException, ...] = ()
    complete: bool = False
    """`--complete`: the caller vouches that every connection of every gateway is in the input."""
    agreements: tuple[Agreement, ...] | None = None
    """What was signed with partners; None where no agreement was given, which is not the same as none signed."""
