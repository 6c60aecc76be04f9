"""Running a command the way a person does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from s2sguard.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - parsed JSON
        """Return the output parsed."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command in an empty folder, without this machine's environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("S2SGUARD_") or name in {"NO_COLOR", "FORCE_COLOR"}]:
        monkeypatch.delenv(name)

    def command(*argv: str | Path) -> Ran:
        code = main([str(argument) for argument in argv])
        captured = capsys.readouterr()
        return Ran(code=code, out=captured.out, err=captured.err)

    return command


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, object], Path]:
    """Return a function that writes JSON into the folder that commands run in."""

    def write(name: str, value: object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return path

    return write
