"""Baselines, the way a team adopts a dirty estate: only what is new or worse fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli_estate import GATEWAY, RED, lab
from tests.unit.conftest import Ran, Run

Put = Callable[[str, object], Path]
TODAY = ("--today", "2026-11-29")
ISO = "S2S-ISO-001"


@pytest.fixture
def created(run: Run, put: Put) -> Path:
    """Return the baseline of red and blue in stage 1."""
    put("estate.json", {"value": lab(1)})
    ran = run("baseline", "create", "estate.json", *TODAY, "-o", "baseline.json")
    assert (ran.code, ran.err) == (0, "")
    assert "findings in baseline.json: from now on only new ones fail" in ran.out
    return Path("baseline.json")


def scan(run: Run, *more: object) -> Ran:
    """Return a scan of the estate with the baseline."""
    return run("scan", "estate.json", "--baseline", "baseline.json", *TODAY, "--format", "json", *map(str, more))


def failing(ran: Ran, control: str | None = None) -> list[str]:
    """Return the names of resources that fail and are not accepted."""
    return [
        verdict["resource_name"]
        for verdict in ran.json["verdicts"]
        if verdict["status"] == "fail" and "acceptance" not in verdict and control in {None, verdict["control_id"]}
    ]


def test_what_was_there_does_not_fail(run: Run, created: Path) -> None:
    """Every finding of the day stays in the report, accepted by the baseline of that day."""
    ran = scan(run)
    assert (ran.code, failing(ran)) == (0, [])
    kinds = {verdict["acceptance"]["kind"] for verdict in ran.json["verdicts"] if verdict["status"] == "fail"}
    assert kinds == {"baseline"}
    held = len(json.loads(created.read_text())["findings"])
    assert f"{held} findings in the baseline baseline.json of 2026-11-29, {held} of them found again" in ran.json["notes"]


@pytest.mark.usefixtures("created")
def test_a_new_partner_is_new_for_everybody(run: Run, put: Put) -> None:
    """A connection that was exposed to one partner and now is to two fails again, and says with whom it is new."""
    put("estate.json", {"value": lab(1, ("red", "blue", "green"))})
    ran = scan(run)
    assert (ran.code, failing(ran, ISO)) == (1, ["to-blue", "to-green", "to-red"])
    (message,) = [v["message"] for v in ran.json["verdicts"] if v["control_id"] == ISO and v["resource_name"] == "to-red"]
    assert message.startswith("1 of 2 pairs is new since the baseline (with green)")


def test_worse_fails_again(run: Run, created: Path) -> None:
    """A finding of a lower severity, or of fewer problems, in the baseline does not cover the one of today."""
    written = json.loads(created.read_text())
    for entry in written["findings"]:
        if entry["resource"] == RED:
            entry["severity"], entry["problems"] = ("low", 99) if entry["control"] == ISO else (entry["severity"], 0)
    created.write_text(json.dumps(written))
    ran = scan(run)
    messages = {v["control_id"]: v["message"] for v in ran.json["verdicts"] if v["resource"] == RED and "acceptance" not in v}
    assert messages[ISO].startswith("the baseline has it as low")
    others = [message for control, message in messages.items() if control.startswith("S2S-IKE") and "problem" in message]
    assert others
    assert all("where the baseline has 0" in message for message in others)


@pytest.mark.usefixtures("created")
def test_what_is_resolved_is_reported(run: Run, put: Put) -> None:
    """Entries that no finding of this input matches are counted, so that the file can be written again."""
    put("estate.json", {"value": lab(5)})
    ran = scan(run)
    assert failing(ran) == []
    assert any("not found in this input: where that is all of it, write it again" in note for note in ran.json["notes"])


def test_half_an_estate_writes_none(run: Run, put: Put) -> None:
    """An input that was not read would make its findings look new tomorrow: nothing is written, and the code is 3."""
    put("in/estate.json", {"value": lab(1)})
    put("in/broken.json", "{")
    ran = run("baseline", "create", "in", *TODAY, "-o", "baseline.json")
    assert (ran.code, ran.out, Path("baseline.json").exists()) == (3, "", False)
    assert ran.err == "error: an input was not read, so no baseline was written; `s2sguard scan` says what is missing\n"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-20],
        lambda _: "",
        lambda _: "[]",
        lambda text: text.replace('"schema_version": "1"', '"schema_version": "2"'),
        lambda text: text.replace('"groups"', '"group"'),
        lambda text: text.replace('"severity": "critical"', '"severity": "dire"', 1),
        lambda text: text.replace('"others": [0]', '"others": [7]', 1),
        lambda text: text.replace('"problems": 1', '"problems": -1', 1),
        lambda text: text.replace('"tool_version"', '"schema_version": "1", "tool_version"'),
        lambda _: "[" * 100_000,
    ],
)
def test_a_damaged_file_is_refused_in_one_line(run: Run, created: Path, damage: Callable[[str], str]) -> None:
    """Without the baseline every finding would be new: usage error that names the file and what to do, with nothing of it quoted."""
    text = created.read_text()
    created.write_text(damage(text))
    assert created.read_text() != text
    ran = scan(run)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: baseline `baseline.json`")
    assert [line[:7] for line in ran.err.splitlines()] == ["error: ", "  hint:"]
    assert "dire" not in ran.err


def test_bytes_and_lines(run: Run, put: Put, created: Path) -> None:
    """Equal findings give equal bytes in any order of the input; each finding is one sorted line, so that a pull request shows it."""
    text = created.read_text()
    put("estate.json", {"value": lab(1)[::-1]})
    assert run("baseline", "create", "estate.json", *TODAY).out == text
    lines = text.splitlines()
    rows = [json.loads(line.rstrip(",")) for line in lines if line.startswith('{"')]
    keys = [(row["control"], row["resource"]) for row in rows]
    assert keys == sorted(keys)
    assert len(rows) == len(json.loads(text)["findings"])
    assert max(map(len, lines)) < 400


def test_waivers_and_baseline_together(run: Run, put: Put) -> None:
    """What a waiver accepts is left out of the baseline, so that it fails again when the waiver ends."""
    entry: dict[str, Any] = {"control": ISO, "reason": "r", "owner": "o", "expires": "2026-12-31"}
    entry["pair"] = {"gateway": GATEWAY, "partners": ["red", "blue"]}
    put("estate.json", {"value": lab(1)})
    put("waivers.yaml", {"waivers": [entry]})
    text = run("baseline", "create", "estate.json", *TODAY, "--waivers", "waivers.yaml").out
    assert ISO not in text
    put("baseline.json", text)
    assert failing(scan(run, "--waivers", "waivers.yaml")) == []
    assert failing(scan(run), ISO) == ["to-blue", "to-red"]


def test_use_is_a_scan_with_it(run: Run, created: Path) -> None:
    """`baseline use FILE` says what `scan --baseline FILE` says."""
    used = run("baseline", "use", created, "estate.json", *TODAY, "--format", "json")
    scanned = scan(run)
    for part in ("verdicts", "summary", "notes", "gaps"):
        assert used.json[part] == scanned.json[part]
    assert (used.code, used.err) == (scanned.code, scanned.err)


def test_a_new_partner_is_one_line_of_a_diff(run: Run, put: Put) -> None:
    """A gateway's partners are written one a line where there are many."""
    names = [f"p{number:02}" for number in range(12)]
    texts = []
    for count in (11, 12):
        put("estate.json", {"value": lab(1, tuple(names[:count]))})
        texts.append(run("baseline", "create", "estate.json", *TODAY).out.splitlines())
    assert set(texts[1]) - set(texts[0]) >= {'"p11"'}
    assert not [line for line in texts[1] if line.startswith("[") and len(line) > 1]
