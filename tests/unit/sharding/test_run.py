"""When a run is cut, and what happens when it cannot be kept on disk."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from s2sguard.audit import Request
from s2sguard.collect.spool import database
from s2sguard.config import load_config
from s2sguard.errors import EvaluationError
from s2sguard.sharding.run import audit_in_shards
from s2sguard.sharding.size import LARGE, worth_it
from tests.unit.cli_estate import write_lab


def test_only_large_inputs_are_worth_it(tmp_path: Path) -> None:
    """Sizes add up over files and folders; what would not be read, standard input and what is not there count nothing."""
    small, half = tmp_path / "small.json", tmp_path / "folder" / "half.JSON"
    half.parent.mkdir()
    small.write_text("{}")
    for path in (half, tmp_path / "half.json", tmp_path / "folder" / "other.txt", tmp_path / "folder" / ".git" / "x.json"):
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as stream:
            stream.truncate(LARGE // 2)
    assert not worth_it([str(small), str(half.parent), "-", str(tmp_path / "absent"), "\0"])
    assert worth_it([str(half.parent), str(tmp_path / "half.json")])
    assert worth_it([str(tmp_path)])


def test_a_full_disk_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder without room ends the run with 3 and says what to do; nothing stays there."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tune = database.tune

    def small(opened: sqlite3.Connection) -> None:
        tune(opened)
        opened.execute("PRAGMA max_page_count = 8")

    monkeypatch.setattr(database, "tune", small)
    source = tmp_path / "in"
    source.mkdir()
    config = load_config(file=None, environ={"S2SGUARD_ENGINE": "regopy"})
    asked = Request(paths=(str(write_lab(source, 1)),), input_format="auto", overlay=None, config=config, today=date(2026, 6, 1))
    with pytest.raises(EvaluationError, match="cannot hold this run"), audit_in_shards(asked, now=lambda: ""):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
