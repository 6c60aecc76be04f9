"""`scan --format html=FILE`: the page of a real scan, written whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from s2sguard.cli import main

ROOT = Path(__file__).resolve().parents[3]
STAGE = ROOT / "samples" / "lab" / "stage-3-fixed-selectors" / "arm.json"


def test_a_scan_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page names the input with the digest it has, and its own last line holds for the file as written."""
    page, waivers = tmp_path / "report.html", tmp_path / "waivers.yaml"
    waivers.write_text("waivers: []\n", encoding="utf-8")
    code = main(["scan", str(STAGE), "--today", "2026-01-01", "--waivers", str(waivers), "--format", f"html={page}"])
    data = page.read_bytes()
    body, _, line = data.rstrip(b"\n").rpartition(b"\n")
    assert code == 1
    assert "OPEN" in capsys.readouterr().out
    assert hashlib.sha256(body + b"\n").hexdigest().encode() in line
    for file in (STAGE, waivers):
        assert hashlib.sha256(file.read_bytes()).hexdigest().encode() in data
    assert b"S2S-ISO-001" in data


def test_with_a_store_the_page_shows_the_trend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second scan into a store shows the first one beside itself; without a store there is no trend."""
    page = tmp_path / "report.html"
    command = ["scan", str(STAGE), "--today", "2026-01-01", "--store", f"sqlite:///{tmp_path / 'runs.db'}", "--format", f"html={page}"]
    for runs in (1, 2):
        assert main(command) == 1
        assert ('id="trend"' in page.read_text(encoding="utf-8")) == (runs > 1)
    capsys.readouterr()
    text = page.read_text(encoding="utf-8")
    assert "The numbers of 2 runs" in text
    assert "findings that count</strong>: 8, as in the first run shown" in text
