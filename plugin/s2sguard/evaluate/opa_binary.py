"""Which `opa` command to run, and with what environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from s2sguard.errors import EngineError
from s2sguard.evaluate.pack import checkout

_SECONDS: Final = 20


def find_opa() -> Path:
    """Return the `opa` command: `S2SGUARD_OPA`, else the checkout's pinned tool, else the one on PATH.

    Raise `EngineError` when there is none, or `S2SGUARD_OPA` names no program.
    """
    named = os.environ.get("S2SGUARD_OPA")
    repository = checkout()
    pinned = repository / ".tools" / "bin" / "opa" if repository else None
    for candidate in (named,) if named else (str(pinned), "opa"):
        found = shutil.which(candidate)
        if found:
            return Path(found).resolve()
    if named:
        raise EngineError("S2SGUARD_OPA names no program that can be run", hint="set it to the path of the opa command")
    raise EngineError("engine opa needs the opa command, which is not installed", hint="run `make tools`, or set S2SGUARD_OPA or --opa-url")


def opa_environment() -> dict[str, str]:
    """Return the environment OPA is given: next to nothing, for `opa.runtime()` shows it to every policy."""
    return {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ}


def opa_version(binary: Path) -> str:
    """Return the version an `opa` command reports, such as `1.9.0`; raise `EngineError` when it is not OPA."""
    try:
        done = subprocess.run([str(binary), "version"], capture_output=True, env=opa_environment(), timeout=_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError("the opa command cannot be run", hint="check it with `opa version`") from error
    found = re.search(rb"^Version:\s*(\S+)", done.stdout, re.MULTILINE)
    if found is None:
        raise EngineError("the opa command is not Open Policy Agent", hint="set S2SGUARD_OPA to the path of the opa command")
    return found.group(1).decode()
