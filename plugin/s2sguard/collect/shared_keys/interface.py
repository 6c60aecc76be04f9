"""What the finders of shared keys give back: one `SharedKey` for each place."""

from __future__ import annotations

from collections.abc import Iterable

from s2sguard.collect.secrets import hidden_text
from s2sguard.collect.shared_keys.handling import Judged
from s2sguard.model.inventory import SharedKey, Source

_LONGEST_NAME = 120
"""Characters of a name; Azure's names have at most 80, and what is longer is an expression or somebody's trick."""


def place_name(what: str, owner: object = "") -> str:
    """Return the name of a place for people: `sharedKey of to-red`, cut short, and nothing in it that looks like a secret."""
    named = f"{what} of {owner}" if isinstance(owner, str) and owner else what
    return named[:_LONGEST_NAME] if hidden_text(named) == named else what


def in_document(file: str, pointer: str, name: str, judged: Judged) -> SharedKey:
    """Return the key of a place in a JSON document; what is at fault elsewhere in it is the place."""
    source = Source(file=file, pointer=judged.at or pointer)
    return SharedKey(id=str(source), source=source, name=judged.name or name, handling=judged.handling, how=judged.how)


def each_once(keys: Iterable[SharedKey]) -> list[SharedKey]:
    """Return the keys, one for each place: the first one in clear text, else the first."""
    kept: dict[str, SharedKey] = {}
    for key in keys:
        first = kept.setdefault(key.id, key)
        if first.handling != "clear-text" and key.handling == "clear-text":
            kept[key.id] = key
    return list(kept.values())
