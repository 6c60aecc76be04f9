"""Reading `s2sguard.yaml` into plain values, without any of YAML's surprises.

The file is read from parser events, not by a YAML constructor. So there are no tags and no Python objects,
no anchors and aliases (and no bombs made of them), no duplicate keys where the last one silently wins,
no `no` that becomes false, and every value knows the line it is written on.
Plain scalars follow the YAML 1.2 core schema: null, true, false, integers; everything else is a string, dates too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s2sguard.errors import ConfigError
from s2sguard.model.pointer import pointer_to
from s2sguard.report.printable import printable

if TYPE_CHECKING:
    from yaml.events import Event

MAX_BYTES = 1_000_000
MAX_DEPTH = 16
"""Deeper than any valid configuration."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_WORDS: dict[str, object] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """One configuration file: its value, and the line of everything in it by JSON pointer."""

    file: str
    value: object
    lines: dict[str, int] = field(default_factory=dict)

    def line(self, pointer: str) -> int:
        """Return the line (from 1) of a pointer, or of the nearest thing around it."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)

    def place(self, pointer: str) -> str:
        """Return `file:line` of a pointer."""
        return f"{printable(self.file)}:{self.line(pointer)}"


def read_yaml(path: Path, *, what: str = "configuration", flag: str = "--config") -> Parsed:
    """Read and parse a configuration file, or another one by the same rules; raises ConfigError naming file and line, quoting nothing."""
    text = _text(path, what, flag)
    return parse_yaml(text, str(path))


def parse_yaml(text: str, file: str) -> Parsed:
    """Parse configuration text; raises ConfigError."""
    import yaml  # 20 ms that a run without configuration does not pay

    builder = _Builder(file)
    try:
        return builder.document(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{printable(file)}:{mark.line + 1}" if mark else printable(file)
        raise ConfigError(f"{place}: not valid YAML", hint="check indentation, quotes and colons near this line") from None


def _text(path: Path, what: str, flag: str) -> str:
    name = printable(str(path))
    try:
        if not path.is_file():
            raise ConfigError(f"{what} `{name}` does not exist or is not a file", hint=f"give a file with {flag}")
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{what} `{name}` cannot be read: {error.strerror or 'error'}".lower()) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{what} `{name}` is larger than {MAX_BYTES} bytes", hint="is this the right file?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{what} `{name}` is not UTF-8 text", hint="save it as UTF-8") from None


class _Builder:
    """Builds plain values from parser events and notes where each is written."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[str, int] = {}

    def document(self, events: Iterator[Event]) -> Parsed:
        from yaml import events as kind

        value: object = {}
        documents = 0
        for event in events:
            if isinstance(event, kind.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._error(event, "more than one YAML document", "keep one and delete the rest from `---`")
                value = self._value(next(events), events, "", 0)
        return Parsed(file=self.file, value={} if value is None else value, lines=self.lines)

    def _value(self, event: Event, events: Iterator[Event], pointer: str, depth: int) -> object:
        from yaml import events as kind

        self._check(event, depth)
        self.lines.setdefault(pointer, _line(event))
        if isinstance(event, kind.MappingStartEvent):
            return self._mapping(events, pointer, depth)
        if isinstance(event, kind.SequenceStartEvent):
            return self._sequence(events, pointer, depth)
        return _scalar(event)

    def _check(self, event: Event, depth: int) -> None:
        if type(event).__name__ == "AliasEvent" or getattr(event, "anchor", None):
            raise self._error(event, "anchors and aliases are not accepted", "write the value out where it is needed")
        if getattr(event, "tag", None):
            raise self._error(event, "tags are not accepted", "remove the `!...` before the value")
        if depth > MAX_DEPTH:
            raise self._error(event, f"nested more than {MAX_DEPTH} levels deep", "see `s2sguard config show` for the shape")

    def _mapping(self, events: Iterator[Event], pointer: str, depth: int) -> dict[str, object]:
        from yaml import events as kind

        found: dict[str, object] = {}
        while not isinstance(event := next(events), kind.MappingEndEvent):
            self._check(event, depth)
            if not isinstance(event, kind.ScalarEvent):
                raise self._error(event, "a key must be a word", "see `s2sguard config show` for the shape")
            key = str(event.value)
            inner = pointer_to(pointer, key)
            if key in found:
                raise self._error(event, f"`{printable(key, limit=80)}` is written twice in one mapping", "keep one of them")
            self.lines[inner] = _line(event)
            found[key] = self._value(next(events), events, inner, depth + 1)
        return found

    def _sequence(self, events: Iterator[Event], pointer: str, depth: int) -> list[object]:
        from yaml import events as kind

        found: list[object] = []
        while not isinstance(event := next(events), kind.SequenceEndEvent):
            found.append(self._value(event, events, pointer_to(pointer, len(found)), depth + 1))
        return found

    def _error(self, event: Event, problem: str, hint: str) -> ConfigError:
        return ConfigError(f"{printable(self.file)}:{_line(event)}: {problem}", hint=hint)


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: Any) -> object:  # noqa: ANN401  # yaml's event classes carry no attribute types
    text = str(event.value)
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INTEGER.fullmatch(text) else text
