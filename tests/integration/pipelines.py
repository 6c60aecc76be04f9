"""The shipped pipeline files, read and run as their services would."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.integration.story import ROOT, environment

SAMPLES = ROOT / "samples" / "pipeline"
ACTION = SAMPLES / "github-action"
CLEAN = "samples/lab/stage-5-hardened/arm.json"
LEAKING = "samples/lab/stage-3-fixed-selectors/arm.json"
INPUT = re.compile(r"\$\{\{\s*(?:inputs|parameters)\.([\w-]+)\s*\}\}")


def load(path: Path) -> Any:  # noqa: ANN401 - as many shapes as services
    """Return a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def filled(text: str, values: dict[str, str]) -> str:
    """Return a text with its references to inputs or parameters replaced, as the service does before a shell sees anything."""
    return INPUT.sub(lambda found: values[found[1]], text)


def installed(folder: Path) -> Path:
    """Return the folder of a virtual environment as the install step leaves it, with our command in `bin`."""
    home = folder / "s2sguard"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "s2sguard").symlink_to(Path(sys.executable).parent / "s2sguard")
    return home


def recording_command(folder: Path) -> Path:
    """Put a command in the place of ours that only notes its arguments; return the file in which it does."""
    log, program = folder / "calls.txt", folder / "s2sguard" / "bin" / "s2sguard"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.unlink(missing_ok=True)
    program.write_text(f"#!/bin/sh\nprintf '%s\\037' \"$@\" >>'{log}'\n", encoding="utf-8")
    program.chmod(0o755)
    return log


def recording_python(folder: Path) -> tuple[Path, Path]:
    """Return a folder with a `python` whose `-m venv` makes another one, and the file in which both note their arguments."""
    log, program = folder / "calls.txt", folder / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(
        "#!/bin/sh\n"
        f"printf '%s\\037' \"$@\" >>'{log}'; echo >>'{log}'\n"
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program.parent, log


def calls(log: Path) -> list[list[str]]:
    """Return what was noted: the arguments of each call."""
    return [line.split("\037")[:-1] for line in log.read_text(encoding="utf-8").splitlines()]


def workspace(folder: Path) -> Path:
    """Return a folder with the samples of the repository in it, as a checked out repository."""
    (folder / "samples").mkdir(parents=True)
    for name in ("lab", "pipeline"):
        shutil.copytree(ROOT / "samples" / name, folder / "samples" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def shell(home: Path) -> dict[str, str]:
    """Return the variables of a shell in a job; our command is on its path."""
    return environment(home)
