"""Keep secrets out of the model: remove them while reading, at any depth, in any casing, in any inventory source.

What counts as a secret is decided by the *name* of a member, in every spelling (`sharedKey`, `shared_key`, `SHARED-KEY`):

* VPN: `sharedKey` (connections, virtual WAN connections and links), `authorizationKey` (ExpressRoute),
  `radiusServerSecret` and the secrets in `radiusServers` (point-to-site) - azure.md 1.1, 1.3 and 1.7;
* everything named like a password, passphrase, secret, token, access key, private key or connection string;
* `data` as text: the PFX of a certificate in ARM's certificate objects (`publicCertData` is public and stays).

Besides: `{"name": "DB_PASSWORD", "value": ...}` pairs, and texts that carry a secret inside
(a PEM private key, a connection string, JSON kept as a string) become `Unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from s2sguard.model.value import Unknown

HIDDEN = Unknown("a text that may hold a secret was not read")
CASE_TWICE = Unknown("written twice in different casing, with different values")

_SECRET_PARTS = (
    "sharedkey",
    "authorizationkey",
    "authkey",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "privatekey",
    "accesskey",
    "accountkey",
    "apikey",
    "primarykey",
    "secondarykey",
    "connectionstring",
    "credential",
    "sastoken",
    "accesstoken",
    "pfx",
    "pkcs12",
)
_SECRET_ENDS = ("psk", "pwd", "token", "tokens")
_SECRET_TYPES = ("/sharedkey", "microsoft.keyvault/vaults/secrets", "microsoft.keyvault/vaults/keys")
_SEPARATORS = re.compile(r"[\W_]+")
_SECRET_TEXT = re.compile(
    r"PRIVATE KEY-----"
    r"|(?:(?:shared|account|access|authorization|private|api)[_-]?key|password|pwd|passphrase|secret|psk|token|[?&]sig)[\\\"']*\s*[=:]",
    re.IGNORECASE,
)
_MEMO_LIMIT = 20_000
_SHORTEST_SECRET_TEXT = 8
_Leaf = Callable[[str], object]


@lru_cache(maxsize=4096)
def is_secret_key(name: str) -> bool:
    """Say whether a member of this name holds a secret, in any casing and with any separators."""
    bare = _SEPARATORS.sub("", name).lower()
    return any(part in bare for part in _SECRET_PARTS) or bare.endswith(_SECRET_ENDS)


def holds_secret(kind: str) -> bool:
    """Say whether a type of resource is a secret as a whole, whatever its members are called: none of its properties is kept."""
    return kind.lower().endswith(_SECRET_TYPES)


def without_secrets(value: object) -> object:
    """Return the JSON value without secrets; the same object where nothing had to go, else a copy of what changed.

    Removed members leave nothing behind. `value` must not nest deeper than the parser allows (`text.MAX_DEPTH`).
    """
    return scrub(value, hidden_text)


def hidden_text(text: str) -> object:
    """Return `HIDDEN` for a text with a secret in it, else the text."""
    # Two cheap tests first: the search costs as much as all the rest of reading a resource.
    return HIDDEN if ("=" in text or ":" in text or "-----" in text) and _SECRET_TEXT.search(text) else text


def scrub(value: object, leaf: _Leaf) -> object:
    """Remove secrets and put every text that may need a second look through `leaf`; one pass, no copy without a change."""
    kind = type(value)
    if kind is dict:
        return scrub_object(value, leaf)  # type: ignore[arg-type]
    if kind is list:
        return _array(value, leaf)  # type: ignore[arg-type]
    if kind is str:
        return leaf(value) if _suspicious(value) else value  # type: ignore[arg-type]
    return value


class _Names(dict[str, str | None]):
    """Member name -> the name in lowercase, or None if its value is a secret. Bounded, because names come from outside."""

    def __missing__(self, name: str) -> str | None:
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        self[name] = folded = None if is_secret_key(name) else name.lower()
        return folded


_NAMES = _Names()
_FIRST = frozenset("[{(<*-@RrSM")
"""First characters of all texts `leaf` functions look for; the rest is only looked at when it has a `=` or `:`."""


def _suspicious(text: str) -> bool:
    return text[:1] in _FIRST or (len(text) >= _SHORTEST_SECRET_TEXT and ("=" in text or ":" in text))


def scrub_object(value: dict[str, object], leaf: _Leaf) -> dict[str, object]:
    """Do the same for an object."""
    names = set(map(_NAMES.__getitem__, value))
    if len(names) != len(value) or None in names or "value" in names or "data" in names:
        value = _repaired(value)
    result = value
    for key, member in value.items():
        kind = type(member)
        if kind is str:
            # The test of `_suspicious`, in place: most members are texts, and most texts are harmless.
            if not (member[:1] in _FIRST or (len(member) >= _SHORTEST_SECRET_TEXT and ("=" in member or ":" in member))):  # type: ignore[index, arg-type, operator]
                continue
            new = leaf(member)  # type: ignore[arg-type]
        elif kind is dict:
            new = scrub_object(member, leaf)  # type: ignore[arg-type]
        elif kind is list:
            new = _array(member, leaf)  # type: ignore[arg-type]
        else:
            continue
        if new is not member:
            if result is value:
                result = dict(value)
            result[key] = new
    return result


def _array(value: list[object], leaf: _Leaf) -> list[object]:
    result = value
    for index, member in enumerate(value):
        new = scrub(member, leaf)
        if new is not member:
            if result is value:
                result = list(value)
            result[index] = new
    return result


def _repaired(value: dict[str, object]) -> dict[str, object]:
    """Return the object without secret members and with one member for each name; the same object if it was fine."""
    kept: dict[str, tuple[str, object]] = {}
    for key, member in value.items():
        folded = _NAMES[key]
        if folded is None or (folded == "data" and isinstance(member, str)):
            continue
        first, earlier = kept.setdefault(folded, (key, member))
        if earlier != member:
            kept[folded] = (first, CASE_TWICE)
    if "value" in kept and _names_a_secret(kept):
        del kept["value"]
    return value if len(kept) == len(value) else dict(kept.values())


def _names_a_secret(members: Mapping[str, tuple[str, object]]) -> bool:
    return any(isinstance(name := members.get(field, ("", None))[1], str) and is_secret_key(name) for field in ("name", "key"))
