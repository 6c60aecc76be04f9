"""The pack as a bundle: the `.tar.gz` that OPA loads, polls and verifies (OPA manual, "Bundle file format").

Written here and not by `opa build`, so that it needs no OPA, holds the very texts the digest is about, and the same input gives
the same bytes. Only signing is OPA's: `opa sign` makes the JSON Web Token, and the key never passes through this program.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

from s2sguard.errors import EngineError
from s2sguard.evaluate.opa_binary import opa_environment
from s2sguard.evaluate.pack import ROOT, Pack

ESTATE: Final = "s2sguard_estate"
"""Where an estate lies below `data`: beside the policies, so that one may change without the other."""

_SIGNATURES: Final = ".signatures.json"
_SECONDS: Final = 120

Files: TypeAlias = dict[str, bytes]
"""Path below the bundle's root -> content."""


def bundle_files(pack: Pack, *, revision: str, tool_version: str, estate: Mapping[str, object] | None = None) -> Files:
    """Return what is in the bundle: manifest, modules without tests, and the estate if there is one."""
    manifest = {
        "revision": revision,
        "roots": [ROOT] if estate is None else [ROOT, ESTATE],
        "rego_version": 1,
        "metadata": {"s2sguard": {"version": tool_version, "pack": pack.digest}},
    }
    files = {".manifest": _json(manifest)} | {module.name: module.text.encode() for module in pack.modules}
    if estate is not None:
        files[f"{ESTATE}/data.json"] = _json(estate)
    return files


def sign(files: Files, key: Path, algorithm: str, opa: Path) -> Files:
    """Return the files with their signature, made by this OPA with the private key in a PEM file.

    Raise `EngineError` with OPA's first line when it refuses.
    """
    with tempfile.TemporaryDirectory(prefix="s2sguard-") as folder:
        root = Path(folder, "bundle")
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        options = ["--signing-key", str(key.resolve()), "--signing-alg", algorithm, "--output-file-path", folder]
        # Names are signed as they are given, so the bundle is the current folder.
        command = [str(opa.resolve()), "sign", *options, "--bundle", "."]
        try:
            done = subprocess.run(command, cwd=root, capture_output=True, env=opa_environment(), timeout=_SECONDS, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineError("opa could not be run to sign the bundle", hint="check the opa command with `opa version`") from error
        if done.returncode:
            # Whatever OPA says about a key is not repeated: it might quote it.
            raise EngineError("opa cannot sign the bundle with this key", hint=f"give a PEM file with a private key for {algorithm}")
        return files | {_SIGNATURES: Path(folder, _SIGNATURES).read_bytes()}


def archive(files: Files) -> bytes:
    """Return the files as a `.tar.gz`; equal files give equal bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o644
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _json(value: Mapping[str, object]) -> bytes:
    return (json.dumps(value, separators=(",", ":")) + "\n").encode()
