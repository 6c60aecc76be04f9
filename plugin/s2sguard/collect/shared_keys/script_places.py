"""Where a script or source file gives a key: options of commands, members, variables and their defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from s2sguard.collect.shared_keys.handling import names_a_key
from s2sguard.collect.shared_keys.source_text import SourceText, Written
from s2sguard.collect.shared_keys.suffixes import BICEP, POWERSHELL, SHELL, TERRAFORM, YAML

_SIGN: Final = r"(?:[^\S\n]*[=:][^\S\n]*|[^\S\n]*[\\`^][^\S\n]*\r?\n\s*|[^\S\n]+)"
_OPTIONS: Final = (
    re.compile(rf"(?<![\w-])(?P<option>--shared-k(?:ey?)?|-SharedKey){_SIGN}", re.IGNORECASE),
    re.compile(rf"shared-key\s+update\b[^;|]{{0,500}}?(?P<option>--value){_SIGN}", re.IGNORECASE),
    re.compile(rf"(?<!Reset-AzVirtualNetworkGateway)ConnectionSharedKey\b[^;|]{{0,500}}?(?P<option>-Value){_SIGN}", re.IGNORECASE),
)
"""`az network vpn-connection create`, `az network vpn-connection shared-key update`, `Set-AzVirtualNetworkGatewayConnectionSharedKey`;
`az` takes the beginning of an option for all of it."""
_NAME: Final = re.compile(r"""(?<![\w-])(?:--name|-n|-Name|--connection-name)(?:\s+|=)["']?(?P<name>[\w.$(){}-]+)""", re.IGNORECASE)
_MEMBER: Final = re.compile(
    r"""(?<![\w-])(?P<option>[A-Za-z_][\w-]*)(?:\\?["'])?(?P<space>[^\S\n]*)(?P<sign>:(?![:\\])|=(?![=~>]))(?P<after>[^\S\n]*)"""
)
_PARAM: Final = re.compile(r"^[^\S\n]*param\s+(?P<option>\w+)(?:\s+string)?\s*=[^\S\n]*", re.MULTILINE)
_CHILD_KEY: Final = re.compile(r"connections/sharedKey@[^{}]{0,200}\{[^{}]{0,200}\{?[^{}]{0,300}?\b(?P<option>value)\s*:[^\S\n]*")
_NAMED_VALUE: Final = re.compile(r"""\bname:[^\S\n]*["']?(?P<option>[\w.-]+)["']?[^\S\n]*\r?\n[^\S\n]+value:[^\S\n]*""")
_VARIABLE: Final = re.compile(r"""\bvariable\s+"?(?P<option>[\w-]+)"?\s*\{(?P<body>[^{}]*)""")
_DEFAULT: Final = re.compile(r"\bdefault\s*=[^\S\n]*")
_USED: Final = re.compile(r"\bshared_?key\s*=\s*[^\n]{0,200}?\bvar\.(?P<name>[\w-]+)", re.IGNORECASE)
_NO_VALUES: Final = frozenset({"true", "false", "null", "none", "string", "securestring", "object", "yes", "no"})
"""Words that are no text in YAML, and types in descriptions of parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that gives a key: the option, member or variable, whose it is, and what is given."""

    option: str
    value: Written
    owner: str = ""


def places(source: SourceText) -> list[Place]:
    """Return the places of a file in the order they are written; one value may be found in two ways."""
    return sorted((*_in_commands(source), *_in_blocks(source)), key=_offset)


_offset = attrgetter("value.at")


def _in_commands(source: SourceText) -> Iterator[Place]:
    for start, end in source.commands():
        owner = _NAME.search(source.text, start, end)
        for pattern in _OPTIONS:
            for found in pattern.finditer(source.text, start, end):
                value = source.value(found.end(), bare=True)
                if value is not None:
                    yield Place(option=found["option"], value=value, owner=owner["name"] if owner else "")
        yield from _members(source, start, end)


def _members(source: SourceText, start: int, end: int) -> Iterator[Place]:
    """Yield what is given to a member or variable whose name says that it is a key."""
    taken = start
    for found in _MEMBER.finditer(source.text, start, end):
        # What lies in a table of keys was found with the table.
        if (
            found.start() < taken
            or not names_a_key(found["option"])
            or source.text[max(0, found.start() - 7) : found.start()].endswith(("-", "output "))
        ):
            continue
        spaced = bool(found["space"] or found["after"])
        # `[ "$PSK" = "x" ]` compares; an assignment of a shell has no space.
        if source.is_one_of(SHELL) and found["sign"] == "=" and spaced:
            continue
        value = source.value(found.end(), bare=_bare(source, found["sign"], spaced=spaced))
        if value is not None and value.text.lower() not in _NO_VALUES:
            taken = value.at + len(value.text) if value.form in {"map", "group"} else taken
            yield Place(option=found["option"], value=value)


def _bare(source: SourceText, sign: str, *, spaced: bool) -> bool:
    """Say whether a text without quotes is a value and not a reference or a type."""
    if source.is_one_of(YAML) and sign == ":":
        return True
    return sign == "=" and not spaced and not source.is_one_of(POWERSHELL, TERRAFORM, BICEP)


def _in_blocks(source: SourceText) -> Iterator[Place]:
    """Yield what is given over several lines: in the languages that have such."""
    if source.is_one_of(TERRAFORM):
        yield from _defaults(source)
    patterns = (_PARAM, _CHILD_KEY) if source.is_one_of(BICEP) else (_NAMED_VALUE,) if source.is_one_of(YAML) else ()
    for pattern in patterns:
        for found in pattern.finditer(source.text):
            value = source.value(found.end(), bare=source.is_one_of(YAML))
            if value is not None and (pattern is _CHILD_KEY or names_a_key(found["option"])):
                label = f"param {found['option']}" if pattern is _PARAM else found["option"]
                yield Place(option=label, value=value)


def _defaults(source: SourceText) -> Iterator[Place]:
    """Yield the defaults of Terraform variables that are used as a key in the same file, or named like one."""
    used = {found["name"] for found in _USED.finditer(source.text)}
    for found in _VARIABLE.finditer(source.text):
        default = _DEFAULT.search(source.text, found.start("body"), found.end("body"))
        if default is None or not (found["option"] in used or names_a_key(found["option"])):
            continue
        value = source.value(default.end(), bare=False)
        if value is not None and value.text not in _NO_VALUES:
            yield Place(option=f"variable {found['option']}", value=value)
