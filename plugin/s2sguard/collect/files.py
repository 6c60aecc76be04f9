"""Paths from the command line into parsed documents, one at a time, so that only one is in memory.

A path is a file, a folder, or `-` for standard input.
A folder is read recursively in sorted order: every `*.json`; other files are counted, not opened.
Hidden entries are skipped. A link to a folder is not followed, so that a loop of links cannot trap a scan: it is a gap.
Whatever cannot be read is a gap, and the rest is still read.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from s2sguard.collect.interface import Document
from s2sguard.collect.text import MAX_BYTES, parse, too_large
from s2sguard.model.inventory import Gap, Source

STDIN = "-"
SUFFIX = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What one file gave: a document, or gaps that say why not; or only that it was `ignored`."""

    file: str
    document: Document | None = None
    gaps: tuple[Gap, ...] = ()
    ignored: bool = False


def load(paths: Iterable[str | os.PathLike[str]], *, stdin: BinaryIO | None = None) -> Iterator[Loaded]:
    """Yield one `Loaded` for each file that the paths lead to, in the order given and sorted inside folders."""
    for path in dict.fromkeys(os.fspath(path) for path in paths):
        if path == STDIN:
            yield _from_stdin(stdin if stdin is not None else sys.stdin.buffer)
        elif os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
            yield from _folder(path)
        else:
            yield _file(path)


def _from_stdin(stream: BinaryIO) -> Loaded:
    try:
        data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _unreadable(STDIN, _why(error))
    return _parsed(data, STDIN)


def _folder(folder: str) -> Iterator[Loaded]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(folder, _why(error))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _folder(entry.path)
        elif _is_folder(entry):
            yield _unreadable(_name(entry.path), "links to folders are not followed; give the folder itself as a path")
        elif entry.name.lower().endswith(SUFFIX):
            yield _file(entry.path)
        else:
            yield Loaded(file=_name(entry.path), ignored=True)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that points to itself: opening it says what is wrong
        return False


def _file(path: str) -> Loaded:
    name = _name(path)
    try:
        # Without O_NONBLOCK, opening a pipe nobody writes to would wait forever.
        with open(path, "rb", opener=lambda target, flags: os.open(target, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return _unreadable(name, "not a regular file; pipe its content into `-`")
            if found.st_size > MAX_BYTES:
                return Loaded(file=name, gaps=(too_large(name),))
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return _unreadable(name, _why(error))
    return _parsed(data, name)


def _parsed(data: bytes, name: str) -> Loaded:
    if len(data) > MAX_BYTES:
        return Loaded(file=name, gaps=(too_large(name),))
    document, gaps = parse(data, name)
    return Loaded(file=name, document=document, gaps=tuple(gaps))


def _unreadable(name: str, why: str) -> Loaded:
    return Loaded(file=name, gaps=(Gap(kind="unreadable-file", reason=f"cannot be read: {why}", source=Source(file=name)),))


def _why(error: Exception) -> str:
    # strerror names the error, never the content; str(error) would repeat the path.
    return (error.strerror or "input error").lower() if isinstance(error, OSError) else "not a usable path"


def _name(path: str) -> str:
    """Return the path as text that can always be written: file names on Linux are bytes, not always UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
