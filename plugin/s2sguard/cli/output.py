"""Writing results: whole or not at all into files, patiently to pipes, progress to people only."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from s2sguard.errors import S2SGuardError
from s2sguard.report.printable import printable


class OutputError(S2SGuardError):
    """The result was reached and cannot be written (exit code 3)."""


def write(text: str, output: str | None) -> None:
    """Write text to a file, or to standard output if `output` is None; raises OutputError.

    A reader that closes the pipe early (`| head`) has seen enough: that is no error.
    """
    write_parts((text,), output)


def write_parts(parts: Iterable[str], output: str | None) -> None:
    """Write text that comes in pieces, as `write` does."""
    if output is not None and output != "-":
        write_bytes((part.encode("utf-8", errors="backslashreplace") for part in parts), output)
        return
    try:
        sys.stdout.writelines(parts)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise OutputError(f"standard output cannot be written: {_reason(error)}") from None


def check_output(output: str | None) -> None:
    """Raise OutputError before any work is done if a file cannot be written there."""
    if output is None or output == "-":
        return
    path = Path(output)
    folder = Path(os.path.realpath(path)).parent
    if path.is_dir():
        raise OutputError(f"output `{printable(output)}` is a folder", hint="give a file name")
    if not folder.is_dir():
        raise OutputError(f"output `{printable(output)}`: its folder does not exist", hint="create the folder first")


def write_bytes(parts: Iterable[bytes], output: str) -> None:
    """Write pieces to a file, all or none; raises OutputError."""
    path = Path(output)
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            # A device or a named pipe cannot be replaced, and must not be.
            with target.open("wb") as stream:
                stream.writelines(parts)
            return
        _replace(parts, target)
    except OSError as error:
        raise OutputError(f"output `{printable(str(path))}` cannot be written: {_reason(error)}") from None


def _replace(parts: Iterable[bytes], target: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(parts)
        Path(name).chmod(_mode(target))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """Return the permissions the file has, or a new file would get."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


class Progress:
    """One line on a terminal that says what is going on; silent everywhere else."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._shown = 0
        self._on = self._stream.isatty()

    def __call__(self, text: str) -> None:
        """Replace the line by `text`; empty text clears it."""
        if not self._on:
            return
        self._stream.write("\r" + text.ljust(self._shown) + ("" if text else "\r"))
        self._stream.flush()
        self._shown = len(text)
