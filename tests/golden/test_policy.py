"""Whole outputs of `s2sguard policy` as a user sees them: a reviewer reads these files as the output of the tool.

After a wanted change, `UPDATE_GOLDEN=1 python -m pytest tests/golden` writes them anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from s2sguard import __version__
from s2sguard.cli import main

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "policy"
NEW = "samples/policy/new-connection.json"
HARDENED = "samples/policy/hardened-connection.json"
TODAY = ("--today", "2026-11-01")
CASES: dict[str, tuple[int, tuple[str, ...]]] = {
    "test-denied.txt": (1, ("policy", "test", "--definition", "S2S-IKE-001", "--resource", NEW, "--effect", "Deny")),
    "test-denied.json": (1, ("policy", "test", "--definition", "S2S-IKE-001", "--resource", NEW, "--effect", "Deny", "--format", "json")),
    "test-no-effect.txt": (0, ("policy", "test", "--definition", "S2S-IKE-001", "--resource", HARDENED)),
    "test-count.txt": (1, ("policy", "test", "--definition", "S2S-IKE-004", "--resource", "samples/lab/stage-2-policy-based/arm.json")),
    "check-samples.txt": (1, ("policy", "check", "samples/policy", "--effect", "Deny", *TODAY)),
    "check-samples.json": (1, ("policy", "check", "samples/policy", "--effect", "Deny", *TODAY, "--format", "json")),
    "check-hardened.txt": (0, ("policy", "check", "samples/lab/stage-5-hardened/arm.json", *TODAY)),
    "check-stage-1.txt": (1, ("policy", "check", "samples/lab/stage-1-default/arm.json", *TODAY)),
    "check-over-live.txt": (1, ("policy", "check", NEW, "--with", "samples/lab/stage-2-policy-based/arm.json", "--effect", "Deny", *TODAY)),
    "show.txt": (0, ("policy", "show", "S2S-IKE-001")),
    "show-derived.txt": (0, ("policy", "show", "S2S-ISO-003/derived")),
    "list.txt": (0, ("policy", "list")),
    "lint.txt": (0, ("policy", "lint")),
}


@pytest.mark.parametrize("name", CASES)
def test_the_whole_output_is_as_it_was_read(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every byte of the output, and the exit code, are the ones that were reviewed."""
    code, arguments = CASES[name]
    monkeypatch.chdir(ROOT)
    for variable in [each for each in os.environ if each.startswith("S2SGUARD_") or each == "FORCE_COLOR"]:
        monkeypatch.delenv(variable)
    ended = main(list(arguments))
    printed = capsys.readouterr()
    text = printed.out.replace(f'"tool_version": "{__version__}"', '"tool_version": "0"')
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert (code, "") == (ended, printed.err)
    assert path.read_text(encoding="utf-8") == text


def test_every_reviewed_file_is_still_produced() -> None:
    """No file is left over from a case that is gone."""
    assert sorted(CASES) == sorted(path.name for path in FOLDER.iterdir())
