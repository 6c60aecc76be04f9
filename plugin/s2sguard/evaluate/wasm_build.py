"""Compile the policy pack to WebAssembly: `python -m s2sguard.evaluate.wasm_build [--opa OPA] [--out FILE]`.

Used by `make build` and by the wheel build; the result is never committed.
Beside `policy.wasm` lies `policy.wasm.json`, which says what it was compiled from.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from s2sguard.errors import PackError, S2SGuardError, UsageError
from s2sguard.evaluate import preflight
from s2sguard.evaluate.opa_binary import find_opa, opa_environment, opa_version
from s2sguard.evaluate.pack import ENTRYPOINT, Pack, checkout, load_pack, write_modules
from s2sguard.evaluate.wasm import about_path

_SECONDS: Final = 120
"""OPA compiles the pack in well under a second; this only ends a hang."""


def build_wasm(pack: Pack, opa_binary: Path, out: Path) -> Path:
    """Compile `pack` with this OPA into `out`, write `<out>.json` beside it and return `out`.

    Raise `PackError` when OPA refuses the pack.
    """
    preflight.check(pack.modules, lambda _: True, "wasm")
    with tempfile.TemporaryDirectory(prefix="s2sguard-") as folder:
        bundle = Path(folder, "bundle")
        write_modules(pack, bundle)
        archive = Path(folder, "out.tar.gz")
        # Paths go into the result, so they are relative ones: the same sources give the same bytes.
        _run([str(opa_binary.resolve()), "build", "-t", "wasm", "-e", ENTRYPOINT, "-o", str(archive), "-b", "."], bundle)
        wasm = _extract(archive)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(wasm)
    about = {"digest": pack.digest, "opa": opa_version(opa_binary), "wasm": hashlib.sha256(wasm).hexdigest()}
    about_path(out).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return out


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile the shipped pack, print where the result lies, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m s2sguard.evaluate.wasm_build", description="compile the policy pack to WebAssembly")
    parser.add_argument("--opa", type=Path, help="the opa command (default: S2SGUARD_OPA, the checkout's tools, PATH)")
    parser.add_argument("--out", type=Path, help="where to write it (default: build/policy.wasm of the checkout)")
    options = parser.parse_args(arguments)
    try:
        sys.stdout.write(f"{build_wasm(load_pack(), options.opa or find_opa(), options.out or _default_out())}\n")
    except S2SGuardError as error:
        sys.stderr.write(f"error: {error.diagnostics()}\n")
        return error.exit_code
    return 0


def _default_out() -> Path:
    repository = checkout()
    if repository is None:
        raise UsageError("no checkout to write the compiled pack to", hint="pass --out FILE")
    return repository / "build" / "policy.wasm"


def _run(command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, env=opa_environment(), timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackError("opa could not be run to compile the policy pack", hint="check the opa command with `opa version`") from error
    if done.returncode != 0:
        # OPA writes its errors to standard output here.
        said = (done.stdout + done.stderr).decode(errors="replace").strip().removeprefix("error: ")
        raise PackError(f"opa cannot compile the policy pack: {said.partition(chr(10))[0][:300]}", hint="run `opa check --strict` on it")


def _extract(archive: Path) -> bytes:
    with tarfile.open(archive) as bundle:
        member = bundle.extractfile("/policy.wasm")
        if member is None:
            raise PackError("opa built a bundle without policy.wasm", hint="use the pinned version of opa")
        return member.read()


if __name__ == "__main__":
    sys.exit(main())
