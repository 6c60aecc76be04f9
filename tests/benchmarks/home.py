"""What the measured processes find: the command, OPA, and a pack compiled from today's rules."""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from s2sguard.errors import EngineError
from s2sguard.evaluate.opa_binary import find_opa
from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.wasm_build import build_wasm

ROOT = Path(__file__).resolve().parents[2]


def have_opa() -> bool:
    """Say whether there is an OPA: without it, only regopy can be measured."""
    try:
        find_opa()
    except EngineError:
        return False
    return True


@lru_cache(maxsize=1)
def _compiled() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    # The folder is removed when the interpreter ends.
    folder = tempfile.TemporaryDirectory(prefix="s2sguard-bench-")
    return folder, build_wasm(load_pack(), find_opa(), Path(folder.name, "policy.wasm"))


def environment() -> dict[str, str]:
    """Return the environment of a measured process: ours, with the compiled pack where there is OPA to compile it.

    Bytecode is kept, as pip leaves it where it installs: with PYTHONDONTWRITEBYTECODE set, each start would compile every module again.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = {"S2SGUARD_WASM": str(_compiled()[1])} if have_opa() else {}
    path = os.pathsep.join([str(ROOT / "plugin"), str(ROOT)])
    return {**kept, **compiled, "PYTHONPATH": path, "PYTHONPYCACHEPREFIX": _bytecode().name}


@lru_cache(maxsize=1)
def _bytecode() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="s2sguard-bench-")
