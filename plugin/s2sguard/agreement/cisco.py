"""The partner's end on Cisco IOS-XE: IKEv2 with a crypto map, whose access list has exactly the agreed pairs.

The commands are those of the article's router (samples/simulate), with names of their own so that nothing else is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from s2sguard.agreement.names import PRF_UNKNOWN, device_notes, dh_group, key_size, pfs_group, prf
from s2sguard.agreement.terms import Terms
from s2sguard.errors import UsageError
from s2sguard.fix.snippets.quoting import comment

_PHASE_1 = {"DES": "des", "DES3": "3des"}
_PHASE_2 = {"DES": "esp-des", "DES3": "esp-3des", "None": "esp-null"}
_ESP_INTEGRITY = {"MD5": "esp-md5-hmac", "SHA1": "esp-sha-hmac", "SHA256": "esp-sha256-hmac"}


def render(terms: Terms) -> str:
    """Return the commands; raises UsageError for IPv6, which crypto maps of this kind do not carry."""
    if ":" in terms.gateway or any(":" in near for near, _ in terms.pairs):
        raise UsageError(f"{terms.agreement.place}: a crypto map carries no IPv6", hint="`--as strongswan`, or a tunnel interface")
    name = f"S2S-{terms.word.upper()}"
    parts = (_head(terms), _ike(terms, name), _keyring(terms, name), _profile(terms, name), _ipsec(terms, name), _list(terms, name))
    return "\n!\n".join("\n".join(part) for part in (*parts, _map(terms, name), _interface(name))) + "\n"


def _head(terms: Terms) -> Iterator[str]:
    yield f"! {comment(terms.agreement.label)}: the partner's device, Cisco IOS-XE"
    yield from (f"! {comment(text)}" for text in device_notes(terms))


def _ike(terms: Terms, name: str) -> Iterator[str]:
    algorithms = terms.agreement.algorithms
    cipher = algorithms.ike_encryption
    yield f"crypto ikev2 proposal {name}"
    if cipher.startswith("GCM"):
        pseudo_random, certain = prf(terms)
        yield f" encryption aes-gcm-{key_size(cipher)}"
        yield from () if certain else (f" ! {PRF_UNKNOWN}",)
        yield f" prf {pseudo_random}"
    else:
        yield f" encryption {_PHASE_1.get(cipher) or f'aes-cbc-{key_size(cipher)}'}"
        yield f" integrity {algorithms.ike_integrity.lower()}"
    yield f" group {dh_group(terms)}"
    yield from ("!", f"crypto ikev2 policy {name}", f" proposal {name}")


def _keyring(terms: Terms, name: str) -> Iterator[str]:
    yield f"crypto ikev2 keyring {name}"
    yield " peer AZURE"
    yield f"  address {terms.gateway}"
    yield "  ! the key goes here, from where you keep keys, never from a form or a mail: pre-shared-key ..."


def _profile(terms: Terms, name: str) -> Iterator[str]:
    yield f"crypto ikev2 profile {name}"
    yield f" match identity remote address {terms.gateway} 255.255.255.255"
    if terms.peer_is_address:
        yield f" identity local address {terms.peer}"
    yield " authentication remote pre-share"
    yield " authentication local pre-share"
    yield f" keyring local {name}"
    # Azure's main-mode lifetime, which cannot be set there (azure.md 4.3).
    yield " lifetime 28800"


def _ipsec(terms: Terms, name: str) -> Iterator[str]:
    algorithms = terms.agreement.algorithms
    cipher = algorithms.ipsec_encryption
    if cipher.startswith("GCM"):
        words = f"esp-gcm {key_size(cipher)}"
    else:
        words = f"{_PHASE_2.get(cipher) or f'esp-aes {key_size(cipher)}'} {_integrity(terms)}"
    yield f"crypto ipsec transform-set {name} {words}"
    yield " mode tunnel"


def _integrity(terms: Terms) -> str:
    name = terms.agreement.algorithms.ipsec_integrity
    if name not in _ESP_INTEGRITY:
        raise UsageError(f"{terms.agreement.place}: GCM in phase 2 is a pair: encryption and integrity must be the same")
    return _ESP_INTEGRITY[name]


def _list(terms: Terms, name: str) -> Iterator[str]:
    yield "! your side first, ours second; one line more or less, or one that is wider, and phase 2 fails or opens too much"
    yield f"ip access-list extended {name}"
    for near, far in terms.pairs:
        yield f" permit ip {_wildcard(far)} {_wildcard(near)}"


def _wildcard(prefix: str) -> str:
    network = IPv4Network(prefix)
    return (
        f"host {network.network_address}" if network.prefixlen == network.max_prefixlen else f"{network.network_address} {network.hostmask}"
    )


def _map(terms: Terms, name: str) -> Iterator[str]:
    algorithms, group = terms.agreement.algorithms, pfs_group(terms)
    yield f"crypto map {name} 10 ipsec-isakmp"
    yield f" set peer {terms.gateway}"
    yield f" set transform-set {name}"
    yield from () if group is None else (f" set pfs group{group}",)
    yield f" set ikev2-profile {name}"
    if algorithms.sa_lifetime_seconds is not None:
        yield f" set security-association lifetime seconds {algorithms.sa_lifetime_seconds}"
    if algorithms.sa_data_size_kilobytes is not None:
        yield f" set security-association lifetime kilobytes {algorithms.sa_data_size_kilobytes}"
    yield f" match address {name}"


def _interface(name: str) -> Iterator[str]:
    yield "! on the interface with the public address; one that has a crypto map takes this as a further entry of that map"
    yield "! interface ..."
    yield f"!  crypto map {name}"
