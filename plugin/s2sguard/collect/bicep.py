"""Bicep files, compiled by the program that is on the path: `bicep`, or `az bicep`; no Bicep is read here.

`--no-restore` keeps the compiler from fetching modules: a scan contacts nobody. Modules of a registry must be restored before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from typing import Final

from s2sguard.model.inventory import Gap, Source

SUFFIXES: Final = (".bicep", ".bicepparam")
_SECONDS: Final = 120
_LONGEST: Final = 300
"""Characters of the compiler's first line that a report shows."""
_HOW: Final = "no `bicep` and no `az` on the path: run `az bicep build --file FILE` where they are, and give the JSON it writes"


def is_bicep(path: str) -> bool:
    """Say whether a path is a Bicep file, or a parameter file in Bicep, by its name."""
    return path.lower().endswith(SUFFIXES)


def compile_bicep(path: str) -> bytes | Gap:
    """Return the template that a Bicep file compiles to, or the gap that says why not. Never raises."""
    command = _command(path)
    if command is None:
        return _gap(path, _HOW)
    try:
        code, output, errors = _run(command)
    except subprocess.TimeoutExpired:
        return _gap(path, f"the Bicep compiler did not end within {_SECONDS} seconds")
    except OSError as error:
        return _gap(path, f"the Bicep compiler could not be started: {(error.strerror or 'error').lower()}")
    if code != 0 or not output.strip():
        return _gap(path, f"the Bicep compiler refused it{_said(errors)}")
    return output


def _run(command: list[str]) -> tuple[int, bytes, bytes]:
    """Return the code, output and errors of a program. Raises `TimeoutExpired` and `OSError`.

    `az` is a script that starts others: with it alone ended, they would hold its output open.
    """
    pipe, none = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=none, stdout=pipe, stderr=pipe, start_new_session=True) as started:  # noqa: S603
        try:
            output, errors = started.communicate(timeout=_SECONDS)
        except BaseException:
            _end(started)
            raise
    return started.returncode, output, errors


def _end(started: subprocess.Popen[bytes]) -> None:
    """End a program with everything it started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(started.pid, signal.SIGKILL)
        else:
            started.kill()


def _command(path: str) -> list[str] | None:
    action = "build-params" if path.lower().endswith(".bicepparam") else "build"
    # A name that starts with a dash would be an option.
    file = f"./{path}" if path.startswith("-") else path
    if bicep := shutil.which("bicep"):
        return [bicep, action, "--no-restore", "--stdout", file]
    if az := shutil.which("az"):
        return [az, "bicep", action, "--no-restore", "--stdout", "--file", file]
    return None


def _said(output: bytes) -> str:
    """Return the first diagnostic that is an error, as the compiler words it: file, line and code, and no value of a parameter."""
    lines = output.decode("utf-8", "replace").splitlines()
    first = next((line for line in lines if " error " in line.lower() or line.lower().startswith("error")), None)
    if first is None:
        return ""
    plain = "".join(character if character.isprintable() else " " for character in first)
    return f": {plain.strip()[:_LONGEST]}"


def _gap(path: str, reason: str) -> Gap:
    return Gap(kind="unreadable-file", reason=reason, source=Source(file=path))
