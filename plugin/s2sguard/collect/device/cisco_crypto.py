"""IKE and IPsec algorithms of Cisco IOS: IKEv2 proposals and policies, ISAKMP policies, transform sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from s2sguard.collect.device.algorithms import encryption, group_of, integrity
from s2sguard.collect.device.cisco_sections import Command
from s2sguard.collect.device.interface import Gaps
from s2sguard.model.tunnel import Proposal
from s2sguard.model.value import Maybe, Unknown

_DEFAULTS = Unknown("the text names none, and defaults differ between releases")
_TRANSFORM_MISSING = Unknown("its transform set is not in the text")
_TRANSFORM_STRANGE = Unknown("its transform set holds what is not read")
_ESP_INTEGRITY = {
    "esp-sha-hmac": "SHA1",
    "esp-md5-hmac": "MD5",
    "esp-sha256-hmac": "SHA256",
    "esp-sha384-hmac": "SHA384",
    "esp-sha512-hmac": "SHA512",
}
_ESP_ENCRYPTION = {"esp-aes": "AES", "esp-gcm": "GCMAES", "esp-3des": "DES3", "esp-des": "DES", "esp-null": "None", "esp-gmac": "GMACAES"}
_SIZED = frozenset({"esp-aes", "esp-gcm", "esp-gmac"})
_SIZES = frozenset({"128", "192", "256"})


class Algorithms:
    """The algorithms one configuration names."""

    def __init__(self, commands: Sequence[Command], gaps: Gaps) -> None:
        self._commands, self._gaps = commands, gaps
        self._transforms = {rest[0]: (rest[1:], one.line) for one in commands if (rest := one.after("crypto", "ipsec", "transform-set"))}

    def phase_1(self, ike: Maybe[str]) -> Maybe[tuple[Proposal, ...]]:
        """Return what the device offers for the IKE SA: policies are the device's, not the tunnel's."""
        if ike == "IKEv1":
            found = [self._isakmp(one) for one in self._commands if one.starts("crypto", "isakmp", "policy")]
        else:
            proposals = {rest[0]: one for one in self._commands if (rest := one.after("crypto", "ikev2", "proposal"))}
            policies = [one for one in self._commands if one.starts("crypto", "ikev2", "policy")]
            named = [rest[0] for policy in policies for rest, _ in policy.all("proposal") if rest]
            used = named if policies else list(proposals)
            found = [self._ikev2(proposals[name]) if name in proposals else _DEFAULTS for name in dict.fromkeys(used)]
        strange = next((one for one in found if isinstance(one, Unknown)), None)
        return strange or tuple(one for one in found if isinstance(one, Proposal)) or _DEFAULTS

    def _ikev2(self, command: Command) -> Maybe[Proposal]:
        def named(*keywords: str) -> tuple[str, ...]:
            return next((rest for keyword in keywords if (rest := command.first(keyword))), ())

        ciphers = tuple(encryption(word) for word in named("encryption", "encr"))
        hashes = tuple(integrity(word) for word in (named("integrity") or named("prf")))
        groups = tuple(group_of(word, "DHGroup") for word in named("group"))
        return self._proposal(ciphers, hashes, groups, command.line)

    def _isakmp(self, command: Command) -> Maybe[Proposal]:
        # What a policy leaves out is DES, SHA-1 and group 1 (Cisco IOS Security Command Reference, `crypto isakmp policy`).
        cipher = command.first("encryption") or command.first("encr") or ("des",)
        word = "aes" + (cipher[1] if len(cipher) > 1 else "") if cipher[0].lower() == "aes" else cipher[0]
        hashed = command.first("hash") or ("sha",)
        group = command.first("group") or ("1",)
        return self._proposal((encryption(word),), (integrity(hashed[0]),), (group_of(group[0], "DHGroup"),), command.line)

    def _proposal(
        self, ciphers: Sequence[str | None], hashes: Sequence[str | None], groups: Sequence[str | None], line: int
    ) -> Maybe[Proposal]:
        if None in ciphers or None in hashes or None in groups or not ciphers:
            self._gaps.add(line, "an algorithm that is not known", "not-judged")
            return Unknown("an algorithm in the text is not known")
        return Proposal(encryption=_known(ciphers), integrity=_known(hashes), groups=_known(groups))

    def phase_2(self, names: Iterable[str], pfs: tuple[str, ...] | None, line: int) -> Maybe[tuple[Proposal, ...]]:
        """Return what a map entry or profile offers; `pfs` are the words after `set pfs`, None where it is not set."""
        groups: tuple[str, ...] = ()
        if pfs is not None:
            group = group_of(pfs[0], "PFS") if pfs else "PFS1"
            if group is None:
                self._gaps.add(line, "a PFS group that is not known", "not-judged")
                return Unknown("its PFS group is not known")
            groups = (group,)
        found = [self._transform(name, groups, line) for name in names]
        strange = next((one for one in found if isinstance(one, Unknown)), None)
        return strange or tuple(one for one in found if isinstance(one, Proposal)) or _DEFAULTS

    def _transform(self, name: str, groups: tuple[str, ...], line: int) -> Maybe[Proposal]:
        if name not in self._transforms:
            self._gaps.add(line, "a transform set that is not in the text", "not-judged")
            return _TRANSFORM_MISSING
        words, at = self._transforms[name]
        cipher = hashed = "None"
        rest = [word.lower() for word in words]
        while rest:
            word = rest.pop(0)
            if word in _ESP_INTEGRITY:
                hashed = _ESP_INTEGRITY[word]
            elif word in _ESP_ENCRYPTION:
                size = (rest.pop(0) if rest and rest[0] in _SIZES else "128") if word in _SIZED else ""
                cipher = _ESP_ENCRYPTION[word] + size
            else:
                self._gaps.add(at, "a transform that is not read (AH, or a cipher IPsec with Azure has not)", "not-judged")
                return _TRANSFORM_STRANGE
        hashed = cipher if cipher.startswith("GCM") else hashed
        return Proposal(encryption=(cipher,), integrity=(hashed,), groups=groups)


def _known(names: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(name for name in names if name is not None)
