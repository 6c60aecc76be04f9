"""Agreements are read, refused in one line, and judged by the day and by each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from s2sguard.cli import main
from s2sguard.config.agreements import read_agreements
from s2sguard.errors import ConfigError


def entry(**changes: Any) -> dict[str, Any]:
    """Return a valid entry with changes."""
    crypto = {"encryption": "AES256", "integrity": "SHA256"}
    usual: dict[str, Any] = {"partner": "red", "peers": ["198.51.100.7"], "prefixes": ["10.1.0.0/16"], "local": ["172.16.1.0/24"]}
    usual |= {"phase_1": {**crypto, "group": "ECP384"}, "phase_2": {**crypto, "pfs": "ECP384"}, "owner": "net", "ticket": "T-1"}
    return {**usual, "valid_from": "2026-01-01", "valid_to": "2026-12-31", **changes}


def written(folder: Path, *entries: dict[str, Any]) -> str:
    """Write a file of entries and return its name."""
    path = folder / "agreements.yaml"
    path.write_text(json.dumps({"agreements": entries}, indent=1), encoding="utf-8")
    return str(path)


def test_one_in_force_is_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An agreement within its period ends with 0, on its last day too."""
    assert main(["agreement", "check", written(tmp_path, entry()), "--today", "2026-12-31"]) == 0
    assert "red (T-1): in force, 2026-01-01 to 2026-12-31" in capsys.readouterr().out


@pytest.mark.parametrize(("day", "state"), [("2027-01-01", "expired"), ("2025-12-31", "not yet")])
def test_one_out_of_its_period_is_a_finding(day: str, state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The day after the last and the day before the first end with 1."""
    assert main(["agreement", "check", written(tmp_path, entry()), "--today", day]) == 1
    assert f": {state}," in capsys.readouterr().out


def test_two_partners_with_one_range_conflict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The common range is named."""
    file = written(tmp_path, entry(), entry(partner="blue", peers=["198.51.100.8"], prefixes=["10.1.2.0/24"]))
    assert main(["agreement", "check", file, "--today", "2026-06-01"]) == 1
    assert "red (T-1) conflicts with blue (T-1): both have 10.1.2.0/24\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"prefixes": ["10.1.0.0/33"]}, "/prefixes/0: not an IP prefix"),
        ({"valid_to": "2025-01-01"}, "/valid_to: is before `valid_from`"),
        ({"valid_to": "20261231"}, "/valid_to: must be a date"),
        ({"selectors": [{"local": ["172.16.1.0/24"]}]}, "needs either `local` or `selectors`"),
        ({"nat": [{"side": "ours", "internal": "10.0.0.0/24", "external": "10.9.0.0/25"}]}, "/nat/0: `internal` and"),
        ({"shared_key": "fake"}, "/shared_key: unknown key"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(changes: dict[str, Any], text: str, tmp_path: Path) -> None:
    """File, line and pointer are named."""
    with pytest.raises(ConfigError) as raised:
        read_agreements((written(tmp_path, entry(**changes)),))
    assert text in raised.value.message
    assert "agreements.yaml:" in raised.value.message
    assert "\n" not in raised.value.message


@pytest.mark.parametrize("raw", [b"a: &x [1]\nb: *x\n", b"\xff\xfe\x00", b"[" * 5000, b"x" * 1_000_001, b"agreements: 1"])
def test_hostile_files_end_in_one_line(raw: bytes, tmp_path: Path) -> None:
    """Aliases, wrong encodings, depth and size are refused as in waivers."""
    (tmp_path / "bad.yaml").write_bytes(raw)
    with pytest.raises(ConfigError) as raised:
        read_agreements((str(tmp_path),))
    assert "\n" not in raised.value.message
