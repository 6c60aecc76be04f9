"""Agreements as YAML, so that `config/agreements.py` reads back what was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

_PLAIN = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?(-[0-9]{1,3}(\.[0-9]{1,3}){3})?|[A-Z][A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*")
"""IPv4 ranges, and names of algorithms; everything else is quoted."""
_WORDS = frozenset({"None", "True", "False", "Null", "TRUE", "FALSE", "NULL"})
_SHORT = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is written of one agreement. Remarks stand above the entry, each as a comment of its own."""

    partner: str
    connections: tuple[str, ...]
    peers: tuple[str, ...]
    prefixes: tuple[str, ...]
    selectors: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """(local ranges, remote ranges), local being the Azure side."""
    phase_1: dict[str, str]
    phase_2: dict[str, str | int]
    owner: str
    ticket: str
    valid_from: date
    valid_to: date
    remarks: tuple[str, ...] = field(default=())


def written(drafts: Iterable[Draft]) -> Iterator[str]:
    """Yield the lines of a file's entries, below `agreements:`."""
    for one in drafts:
        yield from (f"  # {remark}" for remark in one.remarks)
        yield f"  - partner: {scalar(one.partner)}"
        if one.connections:
            yield f"    connections: {_list(one.connections)}"
        yield f"    peers: {_list(one.peers)}"
        yield f"    prefixes: {_list(one.prefixes)}"
        yield from _selectors(one)
        yield f"    phase_1: {_mapping(one.phase_1)}"
        yield f"    phase_2: {_mapping(one.phase_2)}"
        yield f"    owner: {scalar(one.owner)}"
        yield f"    ticket: {scalar(one.ticket)}"
        yield f"    valid_from: {one.valid_from}"
        yield f"    valid_to: {one.valid_to}"


def _selectors(one: Draft) -> Iterator[str]:
    """Yield the encryption domain: as a whole where every remote side is the prefixes, else one by one."""
    if len(one.selectors) == 1 and set(one.selectors[0][1]) == set(one.prefixes):
        yield f"    local: {_list(one.selectors[0][0])}"
        return
    yield "    selectors:"
    for local, remote in one.selectors:
        yield f"      - {{ local: {_list(local)}, remote: {_list(remote)} }}"


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(scalar, texts))}]"


def _mapping(values: dict[str, str] | dict[str, str | int]) -> str:
    return "{ " + ", ".join(f"{name}: {value if isinstance(value, int) else scalar(value)}" for name, value in values.items()) + " }"


def scalar(text: str) -> str:
    """Return one value; what is not plain stands in double quotes with YAML's escapes (YAML 1.2, section 5.7)."""
    if _PLAIN.fullmatch(text) and text not in _WORDS:
        return text
    return '"' + "".join(_character(one) for one in text) + '"'


def _character(one: str) -> str:
    if one in '"\\':
        return "\\" + one
    if one.isprintable():
        return one
    code = ord(one)
    return f"\\u{code:04x}" if code <= _SHORT else f"\\U{code:08x}"
