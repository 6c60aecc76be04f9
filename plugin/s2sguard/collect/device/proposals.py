"""Proposals written as words with dashes (`aes256-sha256-modp2048`): strongSwan and FortiOS."""

from __future__ import annotations

from collections.abc import Iterable

from s2sguard.collect.device.algorithms import encryption, group_of, integrity
from s2sguard.model.tunnel import Proposal
from s2sguard.model.value import Maybe, Unknown

_IGNORED = frozenset({"esn", "noesn", ""})
_STRANGE = Unknown("an algorithm in the text is not known")
DEFAULTS = Unknown("the text names none, and defaults differ between releases")


def proposal(text: str, prefix: str, groups: tuple[str, ...] = ()) -> Maybe[Proposal]:
    """Read one proposal. `prefix` is `DHGroup` or `PFS`; `groups` are those written elsewhere."""
    ciphers: list[str] = []
    hashes: list[str] = []
    prfs: list[str] = []
    found = list(groups)
    for word in text.strip().rstrip("!").lower().split("-"):
        if word in _IGNORED:
            continue
        if (group := group_of(word, prefix)) is not None:
            found.append(group)
        elif word.startswith("prf") and (hashed := integrity(word.removeprefix("prf"))) is not None:
            prfs.append(hashed)
        elif (hashed := integrity(word)) is not None:
            hashes.append(hashed)
        elif (cipher := encryption(word)) is not None:
            ciphers.append(cipher)
        else:
            return _STRANGE
    if not ciphers:
        return _STRANGE
    combined = [cipher for cipher in ciphers if cipher.startswith("GCM")]
    if not hashes:
        hashes = prfs if prefix == "DHGroup" and prfs else combined
    return Proposal(encryption=tuple(ciphers), integrity=tuple(dict.fromkeys(hashes)), groups=tuple(dict.fromkeys(found)))


def proposals(texts: Iterable[str], prefix: str, groups: tuple[str, ...] = ()) -> Maybe[tuple[Proposal, ...]]:
    """Read a list of proposals; unknown if one of them is, or names the vendor's defaults."""
    found: list[Proposal] = []
    for text in texts:
        if text.strip().lower() == "default":
            return DEFAULTS
        read = proposal(text, prefix, groups)
        if isinstance(read, Unknown):
            return read
        found.append(read)
    return tuple(found) or DEFAULTS
