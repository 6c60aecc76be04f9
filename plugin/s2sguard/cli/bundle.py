"""`s2sguard bundle`: the policies, and what is known of an estate, as a bundle that OPA loads, polls and verifies."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from s2sguard import __version__
from s2sguard.cli.estate import estate_of
from s2sguard.cli.output import check_output, write, write_bytes
from s2sguard.errors import UsageError
from s2sguard.evaluate.bundle import archive, bundle_files, sign
from s2sguard.evaluate.pack import load_pack


def run(arguments: Namespace) -> int:
    """Write the bundle and say what is in it."""
    check_output(arguments.output)
    if bool(arguments.paths) is not arguments.with_facts:
        hint = "add --with-facts to put an inventory into the bundle" if arguments.paths else "name the files of an inventory"
        raise UsageError("--with-facts and an inventory go together", hint=hint)
    key = _key(arguments)
    pack = load_pack()
    estate = estate_of(arguments) if arguments.with_facts else None
    revision = str(estate["revision"]) if estate is not None else arguments.revision or pack.digest
    files = bundle_files(pack, revision=revision, tool_version=__version__, estate=estate)
    if key is not None:
        from s2sguard.evaluate.opa_binary import find_opa

        files = sign(files, key, arguments.signing_alg, find_opa())
    write_bytes((archive(files),), arguments.output)
    write(f"revision {revision}\n", None)
    return 0


def _key(arguments: Namespace) -> Path | None:
    if arguments.signing_key is None:
        return None
    key = Path(arguments.signing_key)
    if not key.is_file():
        raise UsageError("--signing-key names no file", hint="give the path of a PEM file with a private key")
    return key
