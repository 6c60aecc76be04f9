"""Is an input large enough for shards? Asked before anything is read, so it looks at sizes only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from s2sguard.collect.files import STDIN, SUFFIX

LARGE = 16_000_000
"""Bytes of input from which shards cost less than they save: about 6 000 connections."""


def worth_it(inputs: Iterable[str]) -> bool:
    """Say whether the files that are named, or lie in the folders named, are large together; never raises."""
    size = 0
    for path in inputs:
        for file in () if path == STDIN else _files(path):
            size += _size(file)
            if size >= LARGE:
                return True
    return False


def _files(path: str) -> Iterator[str]:
    """Yield a file itself, or what a folder holds of what `collect.files` would read."""
    yield path
    for folder, folders, names in os.walk(path) if os.path.isdir(path) else ():  # noqa: PTH112 - a name may be too long for `Path`
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(folder, name) for name in names if name.lower().endswith(SUFFIX))  # noqa: PTH118 - names may be too long


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a name may be too long for `Path`
    except (OSError, ValueError):
        return 0
