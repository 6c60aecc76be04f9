"""How a place handles a pre-shared key, and which texts are keys at all.

The value itself is looked at here and nowhere kept: what is returned says *how*, in words of ours and names from the input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Handling: TypeAlias = Literal["clear-text", "protected", "unknown"]

WRITTEN: Final = "it is written here"
DERIVED: Final = "it is worked out from values that are no secret"
IN_VAULT: Final = "it is kept in a key vault"
FILLED_IN: Final = "a token stands here that the pipeline fills in"

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SEPARATORS: Final = re.compile(r"[\W_]+")
_KEY_NAMES: Final = ("sharedkey", "sharedsecret", "ipsecsecret")
_OTHER_KEYS: Final = ("workspace", "analytics", "storage", "primary", "secondary", "servicebus", "eventhub", "radius", "oms", "sas")
"""Words that say a shared key is that of another service: Log Analytics, storage and service bus have keys of this name."""
_NO_KEY: Final = re.compile(
    r"\s*|<[^<>]*>|[*.xX\u2022_-]+|GEN-[A-Z0-9-]+"
    r"|(?:(?:YOUR|MY|THE|VPN|PRE|SHARED)[_-]?)*(?:KEY|PSK|SECRET|VALUE|PASSWORD)(?:[_-]?HERE)?"
    r"|(?i:(?:enter[-_ ])?your[-_ ][-_ a-z]*(?:key|psk|secret)(?:[-_ ]here)?)"
)
"""Nothing; `<your key>`; a value blacked out; what the quickstart templates replace when they are tested (`GEN-PASSWORD`);
the word for a value in a line of help (`--shared-key KEY`, `your-shared-key`)."""
_DESCRIBING: Final = frozenset(
    [
        "name",
        "names",
        "id",
        "ids",
        "uri",
        "url",
        "vault",
        "version",
        "length",
        "len",
        "size",
        "path",
        "file",
        "files",
        "enabled",
        "type",
        "policy",
        "reference",
        "ref",
        "rotation",
        "days",
        "expiry",
        "hash",
        "description",
        "prefix",
        "suffix",
        "count",
        "date",
        "arn",
        "resource",
        "group",
    ]
)
"""Last words of names that say something about a key: `sharedKeySecretName`, `psk_length`."""
_TOKEN: Final = re.compile(r"#\{.+\}#?|__[A-Za-z][\w.-]*__|\{\{.+\}\}|\$\{\{.+\}\}|\$\([\w.-]+\)|%[A-Za-z_]\w*%")
"""What pipelines replace before a file is used: replacetokens `#{x}#` and `__x__`, Jinja, GitHub, Azure DevOps, cmd."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One answer. Where something else than the place itself is at fault, `at` and `name` say what: a parameter, a variable."""

    handling: Handling
    how: str
    at: str = ""
    """JSON pointer of what is at fault; empty for the place itself."""
    name: str = ""


def names_a_key(name: str) -> bool:
    """Say whether a parameter or variable of this name is likely a tunnel's key: `sharedKey`, `vpn_shared_key`, `psk1`, `redPsk`."""
    bare = _SEPARATORS.sub("", name).lower()
    if any(word in bare for word in _OTHER_KEYS):
        return False
    words = [word.lower() for word in _WORDS.findall(name)]
    if words and words[-1] in _DESCRIBING:
        return False
    return not {"psk", "psks"}.isdisjoint(words) or bare.endswith(("psk", "psks")) or any(part in bare for part in _KEY_NAMES)


def holds_no_key(text: str) -> bool:
    """Say whether a text that stands for a key is none: empty, a placeholder in angle brackets, blacked out."""
    return _NO_KEY.fullmatch(text) is not None


def judge_text(text: str) -> Judged | None:
    """Return how a text written in place of a key is handled; None where it is no key."""
    if holds_no_key(text):
        return None
    if _TOKEN.fullmatch(text.strip()):
        return Judged(handling="protected", how=FILLED_IN)
    return Judged(handling="clear-text", how=WRITTEN)


def clear(how: str, *, at: str = "", name: str = "") -> Judged:
    """Return an answer for a key in clear text."""
    return Judged(handling="clear-text", how=how, at=at, name=name)


def protected(how: str) -> Judged:
    """Return an answer for a key that is kept as a secret."""
    return Judged(handling="protected", how=how)


def unknown(how: str) -> Judged:
    """Return an answer for a key that cannot be followed to its origin."""
    return Judged(handling="unknown", how=how)


def mixed(parts: Iterable[Judged]) -> list[Judged]:
    """Return the answer for a key put together from parts: one secret among them keeps the whole a secret."""
    found = list(parts)
    for handling in ("protected", "unknown"):
        chosen = [part for part in found if part.handling == handling]
        if chosen:
            return chosen[:1]
    return [clear(DERIVED)] if found else []


def worst(parts: Sequence[Judged]) -> list[Judged]:
    """Return what has to be said about a key that may be any of these: all that is in clear text, else the first doubt, else the first."""
    clear_text = [part for part in parts if part.handling == "clear-text"]
    unclear = [part for part in parts if part.handling == "unknown"]
    return clear_text or unclear[:1] or list(parts[:1])
