"""The pipeline as a whole, beside what each of its parts is tested for."""

from __future__ import annotations

import gc
from datetime import date
from pathlib import Path

from s2sguard.audit import Request, audit
from s2sguard.config import load_config
from tests.unit.cli_estate import write_lab


def test_a_run_does_not_look_for_cycles(tmp_path: Path) -> None:
    """The cycle collector rests during a run, which makes no cycles worth finding, and works again after it."""
    seen: list[bool] = []
    config = load_config(file=None, environ={"S2SGUARD_ENGINE": "regopy"})
    request = Request(
        paths=(str(write_lab(tmp_path, 5)),), input_format="auto", overlay=None, config=config, today=date.fromisoformat("2026-06-01")
    )
    audit(request, now=lambda: "", progress=lambda _: seen.append(gc.isenabled()))
    assert (set(seen), gc.isenabled()) == ({False}, True)
