"""Paths from the command line into parsed documents, one at a time, so that only one is in memory.

A path is a file, a folder, or `-` for standard input.
A folder is read recursively in sorted order: every `*.json`, and scripts and source files for shared keys (`is_script`);
other files are counted, not opened.
Hidden entries are skipped. A link to a folder is not followed, so that a loop of links cannot trap a scan: it is a gap.
Whatever cannot be read is a gap, and the rest is still read.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, TypeAlias

from s2sguard.collect.bicep import compile_bicep, is_bicep
from s2sguard.collect.deployment.shape import is_deployment
from s2sguard.collect.foreign import is_foreign
from s2sguard.collect.interface import Document
from s2sguard.collect.shared_keys.suffixes import MAX_BYTES as MAX_SCRIPT
from s2sguard.collect.shared_keys.suffixes import is_script
from s2sguard.collect.text import MAX_BYTES, decoded, parse, too_large
from s2sguard.model.inventory import Gap, InputFile, Source

STDIN = "-"
SUFFIX = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What one file gave: a document, or gaps that say why not; or only that it was `ignored`."""

    file: str
    document: Document | None = None
    gaps: tuple[Gap, ...] = ()
    script: str | None = None
    """The text of a script or source file, which is read for shared keys and nothing else."""
    named: bool = False
    """The script was given by its own path, not found in a folder."""
    guessed: bool = False
    """No script by its name and no JSON: its text counts as read only where it gives a key."""
    ignored: bool = False
    found: bool = False
    """It was found in a folder, not given by its own path."""
    streamed: bool = False
    """Its content has been taken already, piece by piece."""
    read: InputFile | None = None
    """The bytes of the file, also of one that is no JSON; None where they could not be read to the end."""


Open: TypeAlias = Callable[[str], Loaded]
"""Reads the file of a path; `load_file`, or something that does not always read it whole."""


def load(paths: Iterable[str | os.PathLike[str]], *, stdin: BinaryIO | None = None, opener: Open | None = None) -> Iterator[Loaded]:
    """Yield one `Loaded` for each file that the paths lead to, in the order given and sorted inside folders.

    `opener` reads the files that may be inventories (default: `load_file`).
    """
    read = load_file if opener is None else opener
    for path in dict.fromkeys(os.fspath(path) for path in paths):
        if path == STDIN:
            yield _from_stdin(stdin if stdin is not None else sys.stdin.buffer)
        elif os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
            yield from _named_folder(path, read)
        elif is_script(path) and not is_bicep(path):
            yield _script(path, named=True)
        else:
            yield _named(path, read)


def _from_stdin(stream: BinaryIO) -> Loaded:
    try:
        data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _unreadable(STDIN, _why(error))
    return _parsed(data, STDIN, digest_of(STDIN, data))


def _named_folder(folder: str, read: Open) -> Iterator[Loaded]:
    """Yield the files of a folder somebody named; one without anything to read is a gap, as a download that brought nothing is."""
    readable, ignored = False, 0
    for loaded in _folder(folder, read):
        readable, ignored = readable or not loaded.ignored, ignored + loaded.ignored
        yield loaded
    if not readable:
        yield _unreadable(file_name(folder), f"no `*.json` file found{f' ({ignored} other files ignored)' if ignored else ''}")


def _folder(folder: str, read: Open) -> Iterator[Loaded]:
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
            yield from _folder(entry.path, read)
        elif _is_folder(entry):
            yield _unreadable(file_name(entry.path), "links to folders are not followed; give the folder itself as a path")
        elif is_script(entry.path):  # before JSON: Terraform writes `.tfvars.json` too
            yield _script(entry.path, named=False)
        elif entry.name.lower().endswith(SUFFIX):
            yield replace(read(entry.path), found=True)
        else:
            yield Loaded(file=file_name(entry.path), ignored=True)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that points to itself: opening it says what is wrong
        return False


def _script(path: str, *, named: bool) -> Loaded:
    """Return the text of a script. In a folder, one too large or no text is ignored like any other file; named, it is a gap."""
    name = file_name(path)
    data = read_bytes(path)
    if isinstance(data, Gap):
        return Loaded(file=name, gaps=(data,))
    text = decoded(data) if len(data) <= MAX_SCRIPT else None
    if text is not None and "\0" not in text:
        return Loaded(file=name, script=text, named=named, read=digest_of(name, data))
    why = f"no text, or larger than {MAX_SCRIPT // 1_000_000} MB"
    return _unreadable(name, why) if named else Loaded(file=name, ignored=True)


def _named(path: str, read: Open) -> Loaded:
    """Return a file that was given by its own path; the text of one that is no JSON may give keys, whatever its name: a runbook, say."""
    loaded = read(path)
    if loaded.document is not None or loaded.streamed or path.lower().endswith(SUFFIX) or is_bicep(path):
        return loaded
    return replace(loaded, script=_script(path, named=False).script, guessed=True)


def load_file(path: str) -> Loaded:
    """Return one file, parsed; a Bicep file as the template it compiles to. Never raises."""
    name = file_name(path)
    if not is_bicep(path):
        data = read_bytes(path)
        return Loaded(file=name, gaps=(data,)) if isinstance(data, Gap) else _parsed(data, name, digest_of(name, data))
    compiled = compile_bicep(path)
    if isinstance(compiled, Gap):
        return Loaded(file=name, gaps=(compiled,))
    # The file somebody can look up, not what one release of the compiler makes of it; its modules are files of their own.
    return _parsed(compiled, name, next(digests((path,)), None))


def digests(paths: Iterable[str]) -> Iterator[InputFile]:
    """Yield the digest of each file that can be read now, as `read_bytes` reads it."""
    for path in paths:
        data = read_bytes(path)
        if not isinstance(data, Gap):
            yield digest_of(file_name(path), data)


def read_bytes(path: str) -> bytes | Gap:
    """Return the content of a regular file of at most `MAX_BYTES`, or the gap that says why not; never waits."""
    name = file_name(path)
    try:
        # Without O_NONBLOCK, opening a pipe nobody writes to would wait forever.
        with open(path, "rb", opener=lambda target, flags: os.open(target, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return _gap(name, "not a regular file; pipe its content into `-`")
            data = file.read(MAX_BYTES + 1) if found.st_size <= MAX_BYTES else b""
            return data if found.st_size <= MAX_BYTES and len(data) <= MAX_BYTES else too_large(name)
    except (OSError, ValueError) as error:
        return _gap(name, _why(error))


def digest_of(name: str, data: bytes) -> InputFile:
    """Return the digest of all bytes of a file under the name it was given."""
    return InputFile(file=name, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _parsed(data: bytes, name: str, read: InputFile | None) -> Loaded:
    if len(data) > MAX_BYTES:
        return Loaded(file=name, gaps=(too_large(name),))
    # Settings of editors and compilers have comments, as templates may.
    document, gaps = parse(data, name, relaxed=lambda value: is_deployment(value) or is_foreign(name))
    return Loaded(file=name, document=document and replace(document, read=read), gaps=tuple(gaps), read=read)


def _unreadable(name: str, why: str) -> Loaded:
    return Loaded(file=name, gaps=(_gap(name, why),))


def _gap(name: str, why: str) -> Gap:
    return Gap(kind="unreadable-file", reason=f"cannot be read: {why}", source=Source(file=name))


def _why(error: Exception) -> str:
    # strerror names the error, never the content; str(error) would repeat the path.
    return (error.strerror or "input error").lower() if isinstance(error, OSError) else "not a usable path"


def file_name(path: str) -> str:
    """Return the path as text that can always be written: file names on Linux are bytes, not always UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
