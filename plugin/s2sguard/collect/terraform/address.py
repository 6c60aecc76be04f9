"""Terraform addresses and references: `module.partners["red"].azurerm_subnet.this[0]`, `each.key`, `var.gateway.id`.

Grammar: Terraform, "Resource Addressing" and "References to Named Values". Anything else parses to None, never to a guess.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

Key: TypeAlias = str | int | None
"""The key of an instance: a string (`for_each`), a number (`count`), or None."""

Step: TypeAlias = str | int
"""One step of a traversal: an attribute or string index, or a number index."""

ModulePath: TypeAlias = tuple[tuple[str, Key], ...]
"""Module calls from the root down, each with its instance key."""

Mode: TypeAlias = Literal["managed", "data"]

_TOKEN = re.compile(r"""\.?([A-Za-z_\u0080-\uffff][\w-]*)|\[("(?:[^"\\]|\\.)*"|\d{1,9})\]""")


@dataclass(frozen=True, slots=True)
class Part:
    """One token of a traversal; `index` tells `["red"]` from `.red`."""

    step: Step
    index: bool


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Part, ...] | None:
    """Split a traversal into its parts, or return None if it is not one."""
    parts: list[Part] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            return None
        word, index = found.groups()
        if word is not None:
            parts.append(Part(word, index=False))
        else:
            key = _index(index)
            if key is None:
                return None
            parts.append(Part(key, index=True))
        position = found.end()
    return tuple(parts)


def _index(text: str) -> Step | None:
    if not text.startswith('"'):
        return int(text)
    try:
        key = json.loads(text)
    except ValueError:
        return None
    # Terraform writes template introducers in keys as `$${` and `%%{` (HCL string escapes).
    return key.replace("$${", "${").replace("%%{", "%{") if isinstance(key, str) else None


@lru_cache(maxsize=1024)
def module_path(address: str) -> ModulePath | None:
    """Parse the address of a module instance, empty for the root module."""
    parts = tokens(address)
    if parts is None:
        return None
    path, rest = split_module(parts)
    return path if not rest else None


def split_module(parts: tuple[Part, ...]) -> tuple[ModulePath, tuple[Part, ...]]:
    """Split leading `module.<name>[<key>]` pairs from the rest."""
    path: list[tuple[str, Key]] = []
    position = 0
    while position + 1 < len(parts) and parts[position] == Part("module", index=False) and not parts[position + 1].index:
        name, position = str(parts[position + 1].step), position + 2
        key: Key = None
        if position < len(parts) and parts[position].index:
            key, position = parts[position].step, position + 1
        path.append((name, key))
    return tuple(path), parts[position:]


@lru_cache(maxsize=4096)
def heads(references: tuple[str, ...]) -> tuple[str, ...]:
    """Return the references themselves, without the prefixes Terraform lists after each one.

    `[a.b.id, a.b]` is one reference; each prefix is consumed once, so `[a.b[0].id, a.b[0], a.b, a.b]` is two.
    Terraform before 1.0 lists no prefixes.
    """
    found: list[str] = []
    expected: list[str] = []
    for text in references:
        if text in expected:
            expected.remove(text)
        else:
            found.append(text)
            expected = _prefixes(text)
    return tuple(found)


def _prefixes(text: str) -> list[str]:
    parts = [match.end() for match in _TOKEN.finditer(text)]
    return [text[:end] for end in parts[:-1]]
