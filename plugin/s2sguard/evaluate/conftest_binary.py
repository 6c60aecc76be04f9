"""Which `conftest` to run, and what it says of a facts document.

What we rely on was read in conftest 0.69.0 and 0.71.1 and is tested with both:

* `conftest test` ends with 1 for failures; with `--fail-on-warn` 2 for failures and 1 for warnings alone.
* Its own errors end with 1 as well, and leave standard output empty; a judgement never does.
* A setting of `conftest.toml` or `CONFTEST_*` holds unless its flag is given, even with an empty value.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from s2sguard.errors import EngineError
from s2sguard.evaluate.pack import ROOT, Pack, write_modules

VARIABLE: Final = "S2SGUARD_CONFTEST"
_NAME: Final = "conftest"
_SECONDS: Final = 30
_HINT: Final = f"install conftest, or set {VARIABLE} to its path"
# `update` would download other people's rules into the first folder of `--policy`, which is ours.
_FIXED: Final = ("--parser=json", "--combine=false", "--rego-version=v1", "--update=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What conftest printed, and how it ended."""

    output: str
    code: int

    @property
    def judged(self) -> bool:
        """Say whether conftest judged at all: it ended in one of its ways, and with a failure it said something."""
        return self.code == 0 or (self.code in (1, 2) and bool(self.output))


def find_conftest() -> Path:
    """Return the conftest to run: the one that is named, else the one that called us as a plugin, else the one on PATH.

    Raise `EngineError` when there is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise EngineError(f"{VARIABLE} names no program that can be run", hint=_HINT)
        return Path(found)
    found = _caller() or shutil.which(_NAME)
    if found is None:
        raise EngineError("conftest is not installed", hint=_HINT)
    return Path(found)


def ask_conftest(binary: Path, facts: str, pack: Pack, options: Sequence[str], *, name: str | None = None) -> Answer:
    """Let conftest judge a facts document with `pack`, and pass `options` on to it; its errors go to standard error.

    `name` is shown as the file the facts came from, by a conftest that can do so.
    Raise `EngineError` when it cannot be run.
    """
    shown = [f"--stdin-filename={name}"] if name is not None and _knows(binary, "--stdin-filename") else []
    with tempfile.TemporaryDirectory(prefix="s2sguard-") as folder:
        # Without the tests: conftest shows every package, and nothing can write into the pack itself.
        write_modules(pack, Path(folder, "policy"))
        document = Path(folder, "facts.json")
        document.write_text(facts, encoding="utf-8")
        command = [str(binary), "test", *_FIXED, *_namespaces(pack, options), f"--policy={folder}/policy", *options, *shown, "-"]
        try:
            # A file and not a pipe: conftest may end before it has read everything.
            with document.open("rb") as stdin:
                done = subprocess.run(command, stdin=stdin, stdout=subprocess.PIPE, check=False)  # noqa: S603 - what the user gave
        except OSError as error:
            raise EngineError("conftest cannot be run", hint=_HINT) from error
    return Answer(output=done.stdout.decode(errors="replace"), code=done.returncode)


def _namespaces(pack: Pack, options: Sequence[str]) -> tuple[str, ...]:
    """Return the choice of packages: all of them where there may be more than ours, else ours that can have findings, in order.

    conftest 0.69 ends its TAP output at the first package without rules.
    """
    if any(option.startswith("--policy=") for option in options):
        return ("--all-namespaces",)
    folders = {module.name.rpartition("/")[0] for module in pack.modules}
    judging = sorted(folder.replace("/", ".") for folder in folders if folder.startswith((f"{ROOT}/controls/", f"{ROOT}/document")))
    return ("--all-namespaces=false", f"--namespace={','.join(judging)}")


def _knows(binary: Path, option: str) -> bool:
    try:
        done = subprocess.run([str(binary), "test", "--help"], capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 - as above
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError("conftest cannot be run", hint=_HINT) from error
    return option.encode() in done.stdout


def _caller() -> str | None:
    """Return the program that started this process if it is conftest, where the system tells (Linux)."""
    try:
        program = Path(f"/proc/{os.getppid()}/exe").readlink()
    except OSError:
        return None
    return str(program) if program.name.startswith(_NAME) and os.access(program, os.X_OK) else None
