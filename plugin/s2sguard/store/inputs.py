"""What a run was about: the name it is found by, and a digest of the files it read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from typing import Final

from s2sguard.collect.files import SUFFIX
from s2sguard.collect.shared_keys.suffixes import is_script
from s2sguard.errors import UsageError
from s2sguard.report.printable import printable
from s2sguard.store.pairs import storable

LONGEST_SCOPE: Final = 200
"""Characters (`tables.LONGEST_SCOPE`)."""
_BLOCK: Final = 1 << 20


def scope_of(given: str | None, inputs: Sequence[str]) -> str:
    """Return the name that runs about the same estate share: the one given, else the inputs as they were named.

    Raises UsageError for a given name that is empty, longer than 200 characters, or not printable.
    """
    if given is not None:
        name = given.strip()
        if not name or len(name) > LONGEST_SCOPE or not name.isprintable():
            raise UsageError("--scope is a name of 1 to 200 characters", hint="such as prod, or the name of a management group")
        return name
    joined = printable(storable(", ".join(inputs)))
    if len(joined) <= LONGEST_SCOPE:
        return joined
    # A list that is cut alone could be the start of two.
    digest = hashlib.sha256(joined.encode()).hexdigest()[:12]
    return f"{joined[: LONGEST_SCOPE - len(digest) - 5]}... {digest}".strip()


def digest_of_inputs(inputs: Sequence[str]) -> str | None:
    """Return `sha256:...` over the content of every input file, in the order of the names below each input.

    None where an input is no file and no folder (standard input, Azure itself), or cannot be read again: then nothing is vouched for.
    Of a folder, the files that a scan opens count (`collect/files.py`): JSON, and scripts that may hold a shared key.
    """
    found = hashlib.sha256()
    try:
        for name in inputs:
            if not os.path.exists(name):  # noqa: PTH110 - Path.exists raises for a name that is too long
                return None
            for path in _files(name):
                relative = os.path.relpath(path, name) if path != name else ""
                found.update(f"{relative.encode('utf-8', 'surrogateescape')!r}\n".encode())
                _add(found, path)
    except (OSError, ValueError):
        return None
    return f"sha256:{found.hexdigest()}"


def _files(name: str) -> Iterator[str]:
    if not os.path.isdir(name):  # noqa: PTH112 - as above
        yield name
        return
    for folder, folders, files in os.walk(name):
        folders[:] = sorted(inner for inner in folders if not inner.startswith("."))
        paths = (os.path.join(folder, file) for file in sorted(files) if not file.startswith("."))  # noqa: PTH118 - as text
        yield from (path for path in paths if path.lower().endswith(SUFFIX) or is_script(path))


def _add(found: hashlib._Hash, path: str) -> None:
    content = hashlib.sha256()
    with open(path, "rb", opener=lambda target, flags: os.open(target, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        while block := file.read(_BLOCK):
            content.update(block)
    found.update(content.digest())
