"""The partner's end on strongSwan (swanctl.conf): one child for each agreed pair."""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.agreement.names import PRF_UNKNOWN, device_notes, dh_group, key_size, pfs_group, prf
from s2sguard.agreement.terms import Terms
from s2sguard.errors import UsageError
from s2sguard.fix.snippets.quoting import comment

_GROUPS = {1: "modp768", 2: "modp1024", 14: "modp2048", 19: "ecp256", 20: "ecp384", 24: "modp2048s256"}
_CIPHERS = {"DES": "des", "DES3": "3des", "None": "null"}


def render(terms: Terms) -> str:
    """Return the file."""
    return "\n".join([*_head(terms), "connections {", *_connection(terms), "}", *_secrets(terms)]) + "\n"


def _head(terms: Terms) -> Iterator[str]:
    yield f"# {comment(terms.agreement.label)}: the partner's device, strongSwan (swanctl.conf)"
    yield from (f"# {comment(text)}" for text in device_notes(terms))


def _connection(terms: Terms) -> Iterator[str]:
    yield f"  azure-{terms.word.lower()} {{"
    yield "    version = 2"
    yield f"    local_addrs = {terms.peer}"
    yield f"    remote_addrs = {terms.gateway}"
    if not (certain := _phase_1(terms))[1]:
        yield f"    # {PRF_UNKNOWN}"
    yield f"    proposals = {certain[0]}"
    # Azure's main-mode lifetime, which cannot be set there (azure.md 4.3).
    yield "    rekey_time = 28800s"
    yield from _side("local", terms.peer)
    yield from _side("remote", terms.gateway)
    yield "    children {"
    for number, (near, far) in enumerate(terms.pairs, 1):
        yield from _child(terms, number, near, far)
    yield "    }"
    yield "  }"


def _side(name: str, identity: str) -> Iterator[str]:
    yield f"    {name} {{"
    yield "      auth = psk"
    yield f"      id = {identity}"
    yield "    }"


def _child(terms: Terms, number: int, near: str, far: str) -> Iterator[str]:
    algorithms = terms.agreement.algorithms
    yield f"      pair-{number} {{"
    yield f"        local_ts = {far}"
    yield f"        remote_ts = {near}"
    yield f"        esp_proposals = {_phase_2(terms)}"
    if algorithms.sa_lifetime_seconds is not None:
        yield f"        rekey_time = {algorithms.sa_lifetime_seconds}s"
    yield "        mode = tunnel"
    yield "        start_action = none"
    yield "      }"


def _cipher(name: str) -> str:
    return _CIPHERS.get(name) or f"aes{key_size(name)}{'gcm16' if name.startswith('GCM') else ''}"


def _phase_1(terms: Terms) -> tuple[str, bool]:
    """Return the proposal, and whether its PRF is certain."""
    algorithms = terms.agreement.algorithms
    group = _GROUPS[dh_group(terms)]
    if not algorithms.ike_encryption.startswith("GCM"):
        return f"{_cipher(algorithms.ike_encryption)}-{algorithms.ike_integrity.lower()}-{group}", True
    pseudo_random, certain = prf(terms)
    return f"{_cipher(algorithms.ike_encryption)}-prf{pseudo_random}-{group}", certain


def _phase_2(terms: Terms) -> str:
    algorithms, group = terms.agreement.algorithms, pfs_group(terms)
    words = [_cipher(algorithms.ipsec_encryption)]
    if not algorithms.ipsec_encryption.startswith("GCM"):
        if algorithms.ipsec_integrity.startswith("GCM"):
            raise UsageError(f"{terms.agreement.place}: GCM in phase 2 is a pair: encryption and integrity must be the same")
        words.append(algorithms.ipsec_integrity.lower())
    return "-".join([*words, *([] if group is None else [_GROUPS[group]])])


def _secrets(terms: Terms) -> Iterator[str]:
    yield "# the key goes into a file of its own, from where you keep keys, never from a form or a mail:"
    yield f"# secrets {{ ike-azure {{ id = {terms.gateway}, secret = ... }} }}"
