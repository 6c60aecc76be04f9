"""The custom IPsec policy as facts, with why a value is weak.

Sources: RFC 8247 section 2 (IKEv2 algorithms), RFC 8221 sections 5 and 6 (ESP algorithms), azure.md 4.4 (Azure's group names).
The allow-lists that decide are settings; this table only explains.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from s2sguard.facts.document import PolicyFacts
from s2sguard.model.estate import IpsecPolicy
from s2sguard.model.value import Unknown

_IKE_ENCRYPTION = {
    "DES": "a 56-bit key (RFC 8247: MUST NOT)",
    "DES3": "64-bit blocks and slow (RFC 8247: MAY, on its way out)",
}
_ESP_ENCRYPTION = {
    "None": "no encryption at all",
    "DES": "a 56-bit key (RFC 8221: MUST NOT)",
    "DES3": "64-bit blocks, Sweet32 (RFC 8221: SHOULD NOT)",
}
_IKE_INTEGRITY = {
    "MD5": "broken hash (RFC 8247: MUST NOT)",
    "SHA1": "being phased out (RFC 8247: MUST-)",
}
_ESP_INTEGRITY = {
    "MD5": "broken hash (RFC 8221: MUST NOT)",
    "SHA1": "being phased out (RFC 8221: MUST-)",
}
_SMALL_GROUPS = {
    "None": "no Diffie-Hellman exchange",
    "DHGroup1": "768-bit group (RFC 8247: MUST NOT)",
    "DHGroup2": "1024-bit group (RFC 8247: SHOULD NOT)",
    "DHGroup24": "group with a small subgroup (RFC 8247: SHOULD NOT)",
    "PFS1": "768-bit group (RFC 8247: MUST NOT)",
    "PFS2": "1024-bit group (RFC 8247: SHOULD NOT)",
    "PFS24": "group with a small subgroup (RFC 8247: SHOULD NOT)",
}
_NO_PFS = {**_SMALL_GROUPS, "None": "no perfect forward secrecy: one stolen IKE key opens all recorded traffic"}

ALGORITHM_FIELDS: Final = ("ike_encryption", "ike_integrity", "dh_group", "ipsec_encryption", "ipsec_integrity", "pfs_group")
NUMBER_FIELDS: Final = ("sa_lifetime_seconds", "sa_data_size_kilobytes")

WEAK: Final[dict[str, dict[str, str]]] = {
    "ike_encryption": _IKE_ENCRYPTION,
    "ike_integrity": _IKE_INTEGRITY,
    "dh_group": _SMALL_GROUPS,
    "ipsec_encryption": _ESP_ENCRYPTION,
    "ipsec_integrity": _ESP_INTEGRITY,
    "pfs_group": _NO_PFS,
}
"""Field -> value in Azure's spelling -> why it is weak."""


def policy_facts(policy: IpsecPolicy, unknown: dict[str, str]) -> PolicyFacts:
    """Return the policy's facts; unreadable fields are added to `unknown` as `ipsec_policy.<field>`."""
    facts, reasons = _known_and_unknown(policy)
    unknown.update(reasons)
    return facts


@lru_cache(maxsize=1024)  # an estate has few different policies and many connections
def _known_and_unknown(policy: IpsecPolicy) -> tuple[PolicyFacts, dict[str, str]]:
    facts: PolicyFacts = {"weak": {}}
    unknown: dict[str, str] = {}
    for field in (*ALGORITHM_FIELDS, *NUMBER_FIELDS):
        value = getattr(policy, field)
        if isinstance(value, Unknown):
            unknown[f"ipsec_policy.{field}"] = value.reason
        elif value is not None:
            facts[field] = value
    for field, weak in WEAK.items():
        reason = weak.get(str(facts.get(field, "")))
        if reason:
            facts["weak"][field] = reason
    return facts, unknown
