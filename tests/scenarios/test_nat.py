"""The article's overlapping addresses: what each way to live with them leaves open, and which headend is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from s2sguard.cli import main
from samples.nat.generate import VARIANTS, files

OVERLAP = {"S2S-ADR-001"}
FAILING = {
    "overlapping": OVERLAP | {"S2S-ISO-003"},
    "refused": OVERLAP | {"S2S-ADR-004", "S2S-ISO-002", "S2S-ISO-003"},
    "translated": OVERLAP | {"S2S-ISO-002", "S2S-SEL-001", "S2S-SEL-002"},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_way_keeps_them_apart(root: Path, capsys: pytest.CaptureFixture[str], variant: str) -> None:
    """Exactly the controls fail that the way breaks, and no setting of a VPN gateway carries both partners."""
    path = root / "samples" / "nat" / variant / "arm.json"
    code = main(["scan", str(path), "--engine", "regopy", "--format", "json", "--today", "2026-11-23"])
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    assert (code, FAILING[variant]) == (1, {one["control_id"] for one in verdicts if one["status"] == "fail"})
    code = main(["advise", str(path), "--format", "json"])
    (advice,) = json.loads(capsys.readouterr().out)["advice"]
    assert (code, advice["headends"]["VPN Gateway"], advice["take"]) == (1, {"verdict": "no", "decides": ["overlap"]}, "NVA")


@pytest.mark.parametrize("path", [path for path, _ in files()], ids=lambda path: path.parent.name)
def test_samples_are_up_to_date(path: Path) -> None:
    """Every file is what `python -m samples.nat.generate` writes."""
    assert path.read_text(encoding="utf-8") == dict(files())[path]
