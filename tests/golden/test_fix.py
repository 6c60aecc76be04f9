"""Whole outputs of `s2sguard fix` as a person sees them, on estates that hold one of everything.

After a wanted change, `UPDATE_GOLDEN=1 python -m pytest tests/golden` writes them anew; read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.cli import main
from tests.unit.fix.estates import TODAY, Node, document, estate, named

FOLDER = Path(__file__).parent / "fix"
LANGUAGES = tuple(word for name in ("az", "bicep", "terraform", "powershell") for word in ("--as", name))


def open_pair() -> list[Node]:
    """The article's first stage: nothing is set."""
    return estate(stage=1)


def mixed() -> list[Node]:
    """A fix, one that waits for it, one without, and findings elsewhere."""
    resources = estate("red", "blue", "green", "grey")
    named(resources, "to-red").pop("connectionMode")
    named(resources, "to-blue")["connectionProtocol"] = "IKEv1"
    named(resources, "to-green")["ingressNatRules"] = [{"id": "/rule"}]
    named(resources, "vpngw")["disableIPSecReplayProtection"] = True
    return resources


CASES: dict[str, tuple[Callable[[], list[Node]], tuple[str, ...]]] = {
    "open-pair.txt": (open_pair, LANGUAGES),
    "mixed.txt": (mixed, ()),
    "mixed.json": (mixed, ("--format", "json")),
}


@pytest.mark.parametrize("name", CASES)
def test_the_whole_output_is_as_reviewed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every byte of the output is one that somebody read."""
    build, argv = CASES[name]
    monkeypatch.chdir(tmp_path)
    for variable in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    Path("estate.json").write_text(document(build()), encoding="utf-8")
    main(["fix", "estate.json", *argv, *TODAY])
    out = capsys.readouterr().out
    if os.environ.get("UPDATE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_text(out, encoding="utf-8")
    assert out == (FOLDER / name).read_text(encoding="utf-8")
    assert not name.endswith(".json") or json.loads(out)["schema_version"] == "1"
