"""Where in its file a value is written: JSON pointers -> lines and columns, worked out only for what a report names.

Reading keeps pointers alone, which cost nothing. A file that a finding lies in is read a second time here, and walked once for all
pointers into it: what no pointer leads to is stepped over by the JSON decoder, which is written in C.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping

from s2sguard.collect.files import STDIN, read_bytes
from s2sguard.collect.text import MAX_DEPTH, decoded, without_comments
from s2sguard.model.inventory import Position, Source

BICEP = ".bicep"
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODE = json.JSONDecoder(strict=False).raw_decode
_COMMENT_STARTS = ("//", "/*")
_Span = tuple[int, int]


def locate(sources: Iterable[Source], files: Container[str] | None = None) -> Mapping[Source, Position]:
    """Return the position of each source whose file can be read again; never raises.

    With `files` only these are opened: a snapshot may name any file. A pointer that leads nowhere any more has no position.
    """
    by_file: dict[str, list[Source]] = {}
    found: dict[Source, Position] = {}
    for source in dict.fromkeys(sources):
        if source.line is not None:
            found[source] = Position(line=source.line, column=source.column, end_line=source.line, end_column=source.column)
        elif source.file != STDIN and (files is None or source.file in files):
            by_file.setdefault(source.file, []).append(source)
    for file, wanted in by_file.items():
        text = _text(file)
        if text is not None:
            spans = _in_bicep(text, wanted) if file.lower().endswith(BICEP) else _in_json(text, wanted)
            found.update(_positions(text, spans))
    return found


def _text(file: str) -> str | None:
    """Return a file as text, its bytes no longer in memory; None where it cannot be read."""
    data = read_bytes(file)
    return decoded(data) if isinstance(data, bytes) else None


class _Node:
    """One step of the pointers: the sources that end here, and the steps below."""

    __slots__ = ("below", "sources")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.sources: list[Source] = []


def _in_json(text: str, sources: Iterable[Source]) -> dict[Source, _Span]:
    root = _Node()
    for source in sources:
        _add(root, source)
    try:
        return _walked(text, root)
    except (ValueError, IndexError, RecursionError):
        # No JSON as it stands: a template with comments, or a file that is another one by now.
        if not any(start in text for start in _COMMENT_STARTS):
            return {}
    try:
        return _walked(without_comments(text), root)
    except (ValueError, IndexError, RecursionError):
        return {}


def _add(root: _Node, source: Source) -> None:
    steps = source.pointer.split("/")[1:]
    if len(steps) > MAX_DEPTH or (source.pointer and not source.pointer.startswith("/")):
        return
    node = root
    for step in steps:
        node = node.below.setdefault(step.replace("~1", "/").replace("~0", "~"), _Node())
    node.sources.append(source)


def _walked(text: str, root: _Node) -> dict[Source, _Span]:
    walk = _Walk(text)
    walk.value(_after_space(text, 0), root)
    return walk.spans


class _Walk:
    """One pass over one text; `spans` holds start and end (exclusive) of every value a source points to."""

    __slots__ = ("_text", "spans")

    def __init__(self, text: str) -> None:
        self._text = text
        self.spans: dict[Source, _Span] = {}

    def value(self, at: int, node: _Node) -> int:
        """Walk the value at an offset and return where it ends."""
        first = self._text[at]
        if not node.below or first not in "{[":
            end = _end(self._text, at)
        elif first == "{":
            end = self._object(at + 1, node.below)
        else:
            end = self._array(at + 1, node.below)
        for source in node.sources:
            self.spans[source] = (at, end)
        return end

    def _object(self, at: int, below: Mapping[str, _Node]) -> int:
        text = self._text
        at = _after_space(text, at)
        while text[at] != "}":
            key, at = _DECODE(text, at)
            at = _after_space(text, _expect(text, _after_space(text, at), ":"))
            node = below.get(key) if isinstance(key, str) else None
            at = _end(text, at) if node is None else self.value(at, node)
            at = _next(text, at, "}")
        return at + 1

    def _array(self, at: int, below: Mapping[str, _Node]) -> int:
        text, index = self._text, 0
        at = _after_space(text, at)
        while text[at] != "]":
            node = below.get(str(index))
            at = _end(text, at) if node is None else self.value(at, node)
            at = _next(text, at, "]")
            index += 1
        return at + 1


def _end(text: str, at: int) -> int:
    end: int = _DECODE(text, at)[1]
    return end


def _after_space(text: str, at: int) -> int:
    if text[at] not in " \t\n\r":
        return at
    found = _SPACE.match(text, at)
    return found.end() if found is not None else at


def _expect(text: str, at: int, character: str) -> int:
    if text[at] != character:
        raise ValueError
    return at + 1


def _next(text: str, at: int, closing: str) -> int:
    """Return where the next member starts, or the closing bracket stands."""
    at = _after_space(text, at)
    return at if text[at] == closing else _after_space(text, _expect(text, at, ","))


def _in_bicep(text: str, sources: Iterable[Source]) -> dict[Source, _Span]:
    """Return the declaration line of each resource whose pointer names its symbol, `/resources/<symbol>`, at any depth."""
    spans: dict[Source, _Span] = {}
    for source in sources:
        symbol = source.pointer.rpartition("/")[2]
        found = re.search(rf"^[ \t]*(resource[ \t]+{re.escape(symbol)}[ \t]+'[^\n]*?)[ \t\r]*$", text, re.MULTILINE) if symbol else None
        if found is not None:
            spans[source] = found.span(1)
    return spans


def _positions(text: str, spans: Mapping[Source, _Span]) -> dict[Source, Position]:
    """Turn offsets into lines and columns, counting each line break once."""
    places: dict[int, tuple[int, int]] = {}
    line, counted = 1, 0
    for offset in sorted({offset for span in spans.values() for offset in span}):
        line += text.count("\n", counted, offset)
        counted = offset
        places[offset] = (line, offset - text.rfind("\n", 0, offset))
    return {
        source: Position(line=places[start][0], column=places[start][1], end_line=places[end][0], end_column=places[end][1])
        for source, (start, end) in spans.items()
    }
