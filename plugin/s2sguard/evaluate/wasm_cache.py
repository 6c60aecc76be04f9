"""A place for machine code compiled from the pack, so that a second run starts in milliseconds.

Machine code is run as it is read, so only a folder that this user owns and nobody else can enter is trusted.
Where there is none (read-only home, foreign owner, no POSIX permissions) nothing is cached and nothing fails.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

_DIGEST: Final = hashlib.sha256().digest_size
_KEPT: Final = 8


def load(key: str) -> bytes | None:
    """Return what was stored under `key` (hex), or None when it is absent, damaged or not to be trusted."""
    folder = _folder()
    if folder is None:
        return None
    try:
        with (folder / key).open("rb") as file:
            if not _private(os.fstat(file.fileno())):
                return None
            stored = file.read()
    except OSError:
        return None
    digest, content = stored[:_DIGEST], stored[_DIGEST:]
    return content if hashlib.sha256(content).digest() == digest else None


def store(key: str, content: bytes) -> None:
    """Keep `content` under `key` (hex) if there is a trusted folder; a reader sees all of it or nothing."""
    folder = _folder()
    if folder is None:
        return
    with suppress(OSError):
        handle, name = tempfile.mkstemp(dir=folder)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(name).replace(folder / key)
            _prune(folder)
        except OSError:
            Path(name).unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    """Forget all but the newest entries; half-written ones of a run that was killed go with them."""
    entries = sorted(folder.iterdir(), key=lambda path: path.lstat().st_mtime, reverse=True)
    for path in entries[_KEPT:]:
        path.unlink(missing_ok=True)


def _folder() -> Path | None:
    """Return the cache folder, made if need be, or None when there is no trustworthy one."""
    if not hasattr(os, "getuid"):
        return None
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        # The XDG base directory specification: a relative path is to be ignored.
        root = Path(base) if base.startswith("/") else Path.home() / ".cache"
        folder = root / "s2sguard" / "wasm"
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        trusted = all(_private(path.lstat()) for path in (folder.parent, folder))
    except (OSError, RuntimeError):  # RuntimeError: this user has no home
        return None
    return folder if trusted else None


def _private(status: os.stat_result) -> bool:
    """Say whether this user owns it, nobody else may use it, and it is no symbolic link."""
    return status.st_uid == os.getuid() and not status.st_mode & 0o077 and not stat.S_ISLNK(status.st_mode)
