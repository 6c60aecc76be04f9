"""A snapshot of any size, one line at a time: exactly the layout that `collect.snapshot` writes, or it is not streamed at all.

A resource is one line there, so no more than one line is in memory. Whatever differs from the layout, or is not plain JSON on its
line, ends the stream, and the file is read as a whole like any other: both ways give the same inventory.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO, Final

from s2sguard.collect.snapshot import KIND, SCHEMA_VERSION, gap_entry, resource_entry
from s2sguard.collect.text import MAX_DEPTH, parse
from s2sguard.model.inventory import Gap, InputFile, Resource, Source

_HEAD: Final = (f'{{"kind": "{KIND}",\n'.encode(), f'"schema_version": "{SCHEMA_VERSION}",\n'.encode())
_RESOURCES: Final = b'"resources": [\n'
_GAPS: Final = b'"gaps": [\n'
_CLOSED: Final = b"],\n"
_END: Final = b"]}\n"
_MOST_IN_LINE: Final = 20_000_000
"""Bytes of one resource: a virtual network with all its parts has a few hundred kilobytes."""
_LEVELS_ABOVE: Final = 2


class NotStreamableError(Exception):
    """A snapshot is not laid out as this program writes it; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def looks_streamable(path: str) -> bool:
    """Say whether a regular file starts like a snapshot of this program; never raises."""
    try:
        with open(path, "rb", opener=lambda target, flags: os.open(target, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            return stat.S_ISREG(os.fstat(file.fileno()).st_mode) and file.read(len(_HEAD[0])) == _HEAD[0]
    except (OSError, ValueError):
        return False


class SnapshotStream:
    """Reads one snapshot; `gaps` is complete when `resources` has ended."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self._stream = stream
        self._file = file
        self._line = self._size = 0
        self._digest = hashlib.sha256()
        self.gaps: list[Gap] = []

    def resources(self) -> Iterator[Resource]:
        """Yield the resources in order; raises `NotStreamableError` where the layout is another one, and OSError."""
        for head in (*_HEAD, _RESOURCES):
            self._expect(head)
        for index, entry in enumerate(self._entries(_CLOSED)):
            found = resource_entry(entry, self._file, index)
            if isinstance(found, Gap):
                self.gaps.append(found)
            else:
                yield found
        self._expect(_GAPS)
        for index, entry in enumerate(self._entries(_END)):
            self.gaps.append(gap_entry(entry, self._file, index))
        if self._stream.read(1):
            raise NotStreamableError(self._line + 1)

    def read(self) -> InputFile:
        """Return the digest of the file; good when `resources` has ended."""
        return InputFile(file=self._file, sha256=self._digest.hexdigest(), size=self._size)

    def broken(self, line: int) -> Gap:
        """Return the gap for a snapshot that is too large to be read in any other way."""
        reason = f"not JSON at {self._file}:{line}: not a line of a snapshot; take it again, or give its parts"
        return Gap(kind="not-json", reason=reason, source=Source(file=self._file))

    def _entries(self, closing: bytes) -> Iterator[object]:
        """Yield the elements of an array up to its closing line. All but the last have a comma; an empty one has one empty line."""
        line, more = self._next(), True
        if line == b"\n":
            self._expect(closing)
            return
        while more:
            more = line.endswith(b",\n")
            yield self._parsed(line.removesuffix(b",\n") if more else line)
            line = self._next()
        if line != closing:
            raise NotStreamableError(self._line)

    def _parsed(self, line: bytes) -> object:
        document, gaps = parse(line, self._file, depth=MAX_DEPTH - _LEVELS_ABOVE)
        if document is None or gaps or json.detect_encoding(line) != "utf-8":
            raise NotStreamableError(self._line)
        return document.value

    def _expect(self, line: bytes) -> None:
        if self._next() != line:
            raise NotStreamableError(self._line)

    def _next(self) -> bytes:
        self._line += 1
        line = self._stream.readline(_MOST_IN_LINE)
        self._digest.update(line)
        self._size += len(line)
        if not line.endswith(b"\n"):
            raise NotStreamableError(self._line)
        return line
