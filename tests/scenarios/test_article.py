"""The article's stages, from what Azure returns and from a first Terraform plan, on every engine."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from s2sguard.cli import main

RED, BLUE = "10.1.", "10.2."
TRANSIT = {"S2S-ISO-001"}
WEAK = {"S2S-IKE-004", "S2S-IKE-005"}
RETIRED = {"S2S-GWY-002"}
"""The article's lab runs on VpnGw1, retired on 2026-09-30."""

FAILING = {
    "stage-1-default": TRANSIT | WEAK | RETIRED | {"S2S-IKE-001", "S2S-IKE-003", "S2S-SEL-001", "S2S-SEL-002"},
    "stage-2-policy-based": TRANSIT | WEAK | RETIRED | {"S2S-IKE-001", "S2S-SEL-002"},
    "stage-3-fixed-selectors": TRANSIT | WEAK | RETIRED | {"S2S-IKE-001"},
    "stage-4-initiator-only": WEAK | RETIRED,
    "stage-5-hardened": set(),
}


def scan(path: Path, engine: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """Run the command line and return its exit code and JSON report."""
    code = main(["scan", str(path), "--engine", engine, "--format", "json", "--today", "2026-11-23"])
    captured = capsys.readouterr()
    assert not captured.err
    return code, json.loads(captured.out)


@pytest.mark.usefixtures("opa_home", "wasm_home")
@pytest.mark.parametrize("engine", ["opa", "wasm", "regopy"])
@pytest.mark.parametrize("kind", ["arm", "tfplan"])
@pytest.mark.parametrize("stage", FAILING)
def test_stage(root: Path, capsys: pytest.CaptureFixture[str], stage: str, kind: str, engine: str) -> None:
    """Exactly the controls fail that the article's settings violate; nothing is unknown; the witness joins the two sites."""
    code, report = scan(root / "samples" / "lab" / stage / f"{kind}.json", engine, capsys)
    by_status = defaultdict(set)
    for verdict in report["verdicts"]:
        by_status[verdict["status"]].add(verdict["control_id"])
    assert (FAILING[stage], set(), engine) == (by_status["fail"], by_status["unknown"], report["run"]["engine"]["name"])
    assert (1 if FAILING[stage] else 0) == code
    witnesses = [verdict["witness"] for verdict in report["verdicts"] if "witness" in verdict]
    found = sorted((packet["src"][:5], packet["dst"][:5]) for packet in witnesses)
    assert ([(RED, BLUE), (BLUE, RED)] if TRANSIT <= FAILING[stage] else []) == found
