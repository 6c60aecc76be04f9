"""Names of algorithms, from how vendors write them to how Azure does (`ipsecPolicies`); one Azure has not gets a name of that kind."""

from __future__ import annotations

import re

_GROUPS = {19: "ECP256", 20: "ECP384", 21: "ECP521", 31: "CURVE25519"}
_STRONGSWAN_GROUPS = {
    "modp768": 1,
    "modp1024": 2,
    "modp1536": 5,
    "modp2048": 14,
    "modp3072": 15,
    "modp4096": 16,
    "modp6144": 17,
    "modp8192": 18,
    "ecp256": 19,
    "ecp384": 20,
    "ecp521": 21,
    "modp2048s256": 24,
    "curve25519": 31,
    "x25519": 31,
}
_AES = re.compile(r"aes-?(?:(cbc|gcm)-?)?(128|192|256)?(?:-?(cbc|gcm)(?:8|12|16|64|96|128)?)?")
_SHA2 = re.compile(r"(?:hmac-)?(?:sha|sha2|prfsha|prf-sha)-?_?(256|384|512)(?:-\d+)?")


def group(number: int, prefix: str) -> str:
    """Return a Diffie-Hellman group by its IANA number; `prefix` is `DHGroup` in phase 1 and `PFS` in phase 2."""
    return _GROUPS.get(number, f"{prefix}{number}")


def group_of(word: str, prefix: str) -> str | None:
    """Return the group a vendor writes as `group14`, `14` or `modp2048`; None if it is none."""
    word = word.lower()
    if word in _STRONGSWAN_GROUPS:
        return group(_STRONGSWAN_GROUPS[word], prefix)
    digits = word.removeprefix("group")
    return group(int(digits), prefix) if digits.isascii() and digits.isdecimal() and len(digits) <= 2 else None


def encryption(word: str) -> str | None:
    """Return the cipher a vendor writes as `aes256`, `aes-256-cbc`, `aes256gcm16` or `3des`; None if it is none."""
    word = word.lower()
    fixed = {"3des": "DES3", "3des-cbc": "DES3", "des": "DES", "des-cbc": "DES", "null": "None"}
    if word in fixed:
        return fixed[word]
    found = _AES.fullmatch(word)
    if found is None:
        return None
    return f"{'GCMAES' if 'gcm' in (found[1], found[3]) else 'AES'}{found[2] or 128}"


def integrity(word: str) -> str | None:
    """Return the integrity algorithm a vendor writes as `sha1`, `hmac-sha1-96` or `sha256`; None if it is none."""
    word = word.lower()
    if word in {"sha", "sha1", "sha-1", "hmac-sha1-96", "hmac-sha1", "prfsha1"}:
        return "SHA1"
    if word in {"md5", "hmac-md5-96", "hmac-md5", "prfmd5"}:
        return "MD5"
    found = _SHA2.fullmatch(word)
    return f"SHA{found[1]}" if found else None
