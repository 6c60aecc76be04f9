"""The custom IPsec policy of a fix: what passes stays, what fails gets an allowed value.

Allow-lists and bounds are settings. The order of preference is ours: the values the control pages recommend first.
Azure takes GCM only as a pair (VPN Gateway FAQ: IPsec encryption and integrity must be the same GCMAES value; S2S-IKE-007).
"""

from __future__ import annotations

from itertools import product
from typing import Final, TypeAlias, cast

from s2sguard.facts.crypto import ALGORITHM_FIELDS
from s2sguard.facts.given import Settings
from s2sguard.model.estate import IpsecPolicy
from s2sguard.model.value import Unknown

ARM_NAMES: Final = {
    "ike_encryption": "ikeEncryption",
    "ike_integrity": "ikeIntegrity",
    "dh_group": "dhGroup",
    "ipsec_encryption": "ipsecEncryption",
    "ipsec_integrity": "ipsecIntegrity",
    "pfs_group": "pfsGroup",
    "sa_lifetime_seconds": "saLifeTimeSeconds",
    "sa_data_size_kilobytes": "saDataSizeKilobytes",
}
"""Field of the facts -> member of an `ipsecPolicies` element, all eight that ARM asks for (azure.md 1.1)."""

PREFERRED: Final = {
    "ike_encryption": ("AES256", "GCMAES256"),
    "ike_integrity": ("SHA384", "SHA256", "GCMAES256"),
    "dh_group": ("ECP384", "ECP256", "DHGroup14", "DHGroup2048"),
    "ipsec_encryption": ("GCMAES256", "AES256"),
    "ipsec_integrity": ("GCMAES256", "SHA256"),
    "pfs_group": ("ECP384", "ECP256", "PFS2048", "PFS14"),
}
DEFAULT_LIFETIME: Final = 27000
DEFAULT_DATA_SIZE: Final = 102400000
"""Azure's own defaults (VPN Gateway FAQ), in seconds and kilobytes."""

_SAME_GROUP: Final = ({"DHGroup14", "DHGroup2048", "PFS14", "PFS2048"}, {"ECP256"}, {"ECP384"})
"""Phase 1 and phase 2 names of one Diffie-Hellman group (azure.md 4.4)."""
_CONTROLS: Final = {
    "ike_encryption": "S2S-IKE-004",
    "ike_integrity": "S2S-IKE-004",
    "dh_group": "S2S-IKE-004",
    "ipsec_encryption": "S2S-IKE-005",
    "ipsec_integrity": "S2S-IKE-005",
    "pfs_group": "S2S-IKE-005",
}

Policy: TypeAlias = dict[str, str | int]
"""One `ipsecPolicies` element by ARM's names."""


def hardened_policy(current: IpsecPolicy | None, settings: Settings, spared: frozenset[str] = frozenset()) -> Policy | Unknown | None:
    """Return the whole policy to set, or None where the current one needs no change.

    `spared` are controls whose findings are accepted: their fields stay.
    `Unknown` where the settings allow no valid combination; its reason says which.
    """
    now = {field: getattr(current, field, None) for field in ARM_NAMES}
    ike = _pair(now, "ike_encryption", "ike_integrity", settings, spared)
    esp = _pair(now, "ipsec_encryption", "ipsec_integrity", settings, spared)
    if ike is None or esp is None:
        phase = "1" if ike is None else "2"
        return Unknown(f"the allow-lists hold no encryption and integrity of phase {phase} that Azure takes together")
    chosen: dict[str, str | int] = {
        "ike_encryption": ike[0],
        "ike_integrity": ike[1],
        "ipsec_encryption": esp[0],
        "ipsec_integrity": esp[1],
    }
    chosen["dh_group"] = _group(now, "dh_group", now["pfs_group"], settings, spared)
    chosen["pfs_group"] = _group(now, "pfs_group", chosen["dh_group"], settings, spared)
    keep_numbers = "S2S-IKE-006" in spared
    for field, default in (("sa_lifetime_seconds", DEFAULT_LIFETIME), ("sa_data_size_kilobytes", DEFAULT_DATA_SIZE)):
        chosen[field] = _number(now[field], default, settings[f"{field}_min"], settings[f"{field}_max"], keep=keep_numbers)  # type: ignore[literal-required]
    # A number that is left out has Azure's default and is no finding: alone it is no reason to touch a policy.
    if current is not None and all(
        chosen[field] == now[field] for field in ARM_NAMES if field in ALGORITHM_FIELDS or now[field] is not None
    ):
        return None
    return {arm: chosen[field] for field, arm in ARM_NAMES.items()}


def policy_as_it_is(current: IpsecPolicy) -> Policy:
    """Return a policy that needs no change by ARM's names, Azure's defaults for numbers that are left out."""
    defaults = {"sa_lifetime_seconds": DEFAULT_LIFETIME, "sa_data_size_kilobytes": DEFAULT_DATA_SIZE}
    return {arm: cast("str | int", getattr(current, field) or defaults.get(field, "None")) for field, arm in ARM_NAMES.items()}


def _allowed(now: dict[str, object], field: str, settings: Settings, spared: frozenset[str]) -> tuple[str, ...]:
    """Return the values of a field in order of preference, the current one first where it may stay."""
    listed = cast("list[str]", settings[field])  # type: ignore[literal-required]
    ordered = [value for value in PREFERRED[field] if value in listed] + [value for value in listed if value not in PREFERRED[field]]
    current = now[field]
    if isinstance(current, str) and (current in listed or _CONTROLS[field] in spared):
        return tuple(dict.fromkeys((current, *ordered)))
    return tuple(ordered)


def _pair(now: dict[str, object], cipher: str, hash_: str, settings: Settings, spared: frozenset[str]) -> tuple[str, str] | None:
    """Return the allowed pair of encryption and integrity that changes least; None if no pair fits."""
    ciphers, hashes = _allowed(now, cipher, settings, spared), _allowed(now, hash_, settings, spared)
    one, other = now[cipher], now[hash_]
    if "S2S-IKE-007" in spared and isinstance(one, str) and isinstance(other, str) and one in ciphers and other in hashes:
        return one, other
    fitting = [(one, other) for one, other in product(ciphers, hashes) if _fits(one, other, esp=cipher.startswith("ipsec"))]
    # `min` keeps the first of equals, and the products come in order of preference.
    return min(fitting, key=lambda pair: (pair[0] != now[cipher]) + (pair[1] != now[hash_]), default=None)


def _fits(cipher: str, hash_: str, *, esp: bool) -> bool:
    if esp and "GCM" in cipher:
        return hash_ == cipher
    return hash_ == cipher if "GCM" in hash_ else True


def _group(now: dict[str, object], field: str, beside: object, settings: Settings, spared: frozenset[str]) -> str:
    """Return a Diffie-Hellman group: the current one, else the one the other phase uses, else the preferred."""
    values = _allowed(now, field, settings, spared)
    if values[0] == now[field]:
        return values[0]
    same = next((names for names in _SAME_GROUP if beside in names), set())
    return next((value for value in values if value in same), values[0])


def _number(current: object, default: int, least: int, most: int, *, keep: bool) -> int:
    if isinstance(current, int) and (keep or least <= current <= most):
        return current
    return min(max(default, least), most)
