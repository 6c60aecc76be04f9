"""Agreements are read, refused in one line, and judged by the day and by each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from s2sguard.cli import main
from s2sguard.config import load_config
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
        *(
            ({"peers": ["198.51.100.7", peer]}, "/peers/1: is neither an address nor a DNS name")
            for peer in (
                "52.232.103.2088",
                "52.232.103",
                "1",
                "vpn.example.7.",
                "a b",
                "a\nb",
                "x\u0000",
                "-a.example",
                "a..b",
                "r\u00e9d.example",
            )
        ),
        *(
            (
                {"phase_2": {"encryption": encryption, "integrity": integrity, "pfs": "ECP384"}},
                "/phase_2: `encryption` and `integrity` must",
            )
            for encryption, integrity in (
                ("GCMAES256", "SHA256"),
                ("AES256", "GCMAES256"),
                ("GCMAES128", "GCMAES256"),
                ("None", "GCMAES128"),
            )
        ),
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


@pytest.mark.parametrize("peer", ["198.51.100.7", " 2001:db8::7 ", "vpn", "VPN.example.", "7.vpn.example", "1a", "_x.3com"])
def test_a_device_has_an_address_or_a_name(peer: str, tmp_path: Path) -> None:
    """Digits are allowed anywhere but as the whole last part."""
    assert read_agreements((written(tmp_path, entry(peers=[peer])),))[0].peers == (peer.strip(),)


@pytest.mark.parametrize("raw", [b"a: &x [1]\nb: *x\n", b"\xff\xfe\x00", b"[" * 5000, b"x" * 1_000_001, b"agreements: 1"])
def test_hostile_files_end_in_one_line(raw: bytes, tmp_path: Path) -> None:
    """Aliases, wrong encodings, depth and size are refused as in waivers."""
    (tmp_path / "bad.yaml").write_bytes(raw)
    with pytest.raises(ConfigError) as raised:
        read_agreements((str(tmp_path),))
    assert "\n" not in raised.value.message


LAB = str(Path(__file__).resolve().parents[3] / "samples" / "lab" / "stage-5-hardened" / "arm.json")


def lab(partner: str, number: int, **changes: Any) -> dict[str, Any]:
    """Return what was signed about one of the two connections of the hardened lab."""
    peer = {1: "52.232.103.208", 2: "20.101.61.247"}[number]
    algorithms = {"encryption": "GCMAES256", "integrity": "GCMAES256", "pfs": "ECP384"}
    phases = {"phase_1": {"encryption": "AES256", "integrity": "SHA384", "group": "ECP384"}, "phase_2": algorithms}
    return entry(partner=partner, peers=[peer], prefixes=[f"10.{number}.0.0/16"], **phases) | changes


def agr(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[tuple[str, str], str]:
    """Scan the hardened lab and return the verdicts of the family by resource and control."""
    main(["scan", LAB, "--today", "2026-06-01", "--format", "json", "--engine", "regopy", *arguments])
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    return {
        (one["resource"].rsplit("/", 1)[-1], one["control_id"]): one["status"]
        for one in verdicts
        if one["control_id"].startswith("S2S-AGR")
    }


def test_a_scan_without_agreements_says_nothing_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    """No verdict at all, not even one that does not apply."""
    assert agr(capsys) == {}


def test_a_scan_holds_every_connection_against_its_agreement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One is as agreed, one has a range that nobody agreed to."""
    given = written(tmp_path, lab("red", 1), lab("blue", 2, local=["172.16.11.0/24"]))
    found = agr(capsys, "--agreements", given)
    assert {status for (name, _), status in found.items() if "onprem1" in name} == {"pass"}
    assert [control for (name, control), status in found.items() if "onprem2" in name and status != "pass"] == ["S2S-AGR-002"]
    assert len(found) == 12


def test_the_configuration_names_agreements_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder beside `s2sguard.yaml`, whatever the current folder is; they are among the files that a report rests on."""
    (tmp_path / "agreements").mkdir()
    written(tmp_path / "agreements", lab("red", 1))
    (tmp_path / "s2sguard.yaml").write_text("agreements: [agreements]\n", encoding="utf-8")
    file = str(tmp_path / "s2sguard.yaml")
    assert agr(capsys, "--config", file)["to-onprem2-hardened", "S2S-AGR-001"] == "fail"
    assert [Path(name).name for name in load_config(file=file, environ={}).rule_files()] == ["s2sguard.yaml", "agreements.yaml"]


def test_a_broken_agreement_ends_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Half of the agreements would make the rest of the connections unsigned."""
    assert main(["scan", LAB, "--agreements", written(tmp_path, lab("red", 1, owner=" "))]) == 2
    error = capsys.readouterr().err
    assert "agreements.yaml:" in error
    assert "/agreements/0/owner" in error


def test_explain_shows_what_was_agreed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the agreement, its period, and what differs."""
    given = written(tmp_path, lab("red", 1), lab("blue", 2, local=["172.16.11.0/24"]))
    same, different = "to-onprem1-hardened", "to-onprem2-hardened"
    assert main(["explain", LAB, "--connection", same, "--agreements", given, "--today", "2026-06-01"]) == 0
    shown = capsys.readouterr().out
    assert "WHAT WAS AGREED" in shown
    assert "the connection is as agreed" in shown
    assert main(["explain", LAB, "--connection", different, "--agreements", given, "--today", "2026-06-01"]) == 0
    shown = capsys.readouterr().out
    assert "selectors too much: 172.16.1.0/24 <-> 10.2.0.0/16" in shown
    assert "selectors missing: 172.16.11.0/24 <-> 10.2.0.0/16" in shown
    assert "as agreed" not in shown
    assert main(["explain", LAB, "--connection", same, "--agreements", written(tmp_path, lab("green", 1))]) == 0
    assert "nothing with red" in capsys.readouterr().out
