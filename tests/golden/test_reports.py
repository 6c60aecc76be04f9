"""Whole reports as a user sees them: a reviewer reads these files as the output of the tool.

After a wanted change, `UPDATE_GOLDEN=1 python -m pytest tests/golden` writes them anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from s2sguard.facts.document import Witness
from s2sguard.model.inventory import Gap, Source
from s2sguard.report.interface import Renderer, Report
from s2sguard.report.json_report import JsonRenderer
from s2sguard.report.style import Style
from s2sguard.report.table import TableRenderer
from tests.unit.report.builders import connection, connection_id, exposure, gateway, report, transit, verdict, witness

FOLDER = Path(__file__).parent / "reports"
EVIL = "to-\x1b[2Jred\u202e\n  ok       gw  no transit"


def leaking() -> Report:
    """Two partners that reach each other, weak settings, something unknown, something unread."""
    red, blue = connection("to-red", "red", two_way=exposure(1, witness())), connection("to-blue", "blue", two_way=exposure(1))
    return report(
        transit("to-blue", "to-red"),
        transit("to-red", "to-blue"),
        verdict("to-blue"),
        verdict("to-red"),
        verdict("to-red", control="S2S-IKE-006", severity="low", message="sa_lifetime_seconds is 86400, allowed 300 to 28800"),
        verdict("to-blue", "unknown", control="S2S-SEL-002", message="fixed_selectors is unknown: known only after apply"),
        replace(verdict("to-blue", "pass", control="S2S-GWY-002"), advice=("the SKU VpnGw1 retires on 2026-09-30",)),
        gateways=[gateway(pairs=(1, 1, 0, 0)), gateway("gw-b", connections=0)],
        connections=[red, blue],
        gaps=(
            Gap(
                kind="missing-reference",
                reason="a site is referred to and not in the input",
                source=Source(file="estate.json", pointer="/value/3"),
            ),
            Gap(kind="not-json", reason="not JSON at line 1", source=Source(file="notes.json")),
        ),
        notes=("1 file not opened, as not named *.json: README.md",),
    )


def clean() -> Report:
    """Everything passes."""
    return report(verdict("to-blue", "pass"), verdict("to-red", "pass"))


def hostile() -> Report:
    """Names, messages and places that try to write their own report."""
    bad = replace(verdict(), resource=connection_id(EVIL), resource_name=EVIL, message=f"mode {EVIL}", title=EVIL, fix=EVIL, advice=(EVIL,))
    packet: Witness = {**witness(), "src": EVIL, "from": connection_id(EVIL), "because": [EVIL]}
    proven = replace(transit(), witness=packet, witnesses=(packet,))
    named = gateway(name=EVIL, pairs=(1, 1, 0, 0), incomplete_reason=EVIL, complete=False)
    gap = Gap(kind="not-json", reason=EVIL, source=Source(file=EVIL))
    return report(
        bad,
        proven,
        gateways=[named],
        connections=[connection(EVIL, EVIL, on=EVIL), connection("to-blue", "blue", on=EVIL)],
        gaps=(gap,),
        notes=(EVIL,),
    )


def crowded() -> Report:
    """Forty partners, all open."""
    names = [f"to-partner-{number:02}" for number in range(40)]
    text = "two-way transit with 39 other partners: a packet from 10.1.0.10 to 10.2.0.10 arrives by {} and leaves by another"
    others = [names[0] if name != names[0] else names[1] for name in names]
    verdicts = [replace(transit(name, other), message=text.format(name), pairs=39) for name, other in zip(names, others, strict=True)]
    return report(
        *verdicts,
        *(verdict(name) for name in names),
        gateways=[gateway(pairs=(780, 780, 0, 0), connections=40)],
        connections=[
            connection(name, name.removeprefix("to-"), ceiling={"open": True, "reasons": ["responder-allowed"]}) for name in names
        ],
    )


def nothing_to_judge() -> Report:
    """A readable estate without any VPN."""
    return report(
        gateways=[], connections=[], resources={"Microsoft.Network/virtualNetworks": 12}, notes=("no VPN connection in 12 resources",)
    )


def nothing_read() -> Report:
    """An input that holds no resource."""
    return report(gateways=[], connections=[], resources={})


CASES: tuple[Callable[[], Report], ...] = (leaking, clean, hostile, crowded, nothing_to_judge, nothing_read)
RENDERERS: dict[str, Renderer] = {"table.txt": TableRenderer(), "narrow.txt": TableRenderer(Style(width=60)), "json": JsonRenderer()}


@pytest.mark.parametrize("ending", RENDERERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_whole_report_is_as_it_was_read(case: Callable[[], Report], ending: str) -> None:
    """Every byte of every format is the one that was reviewed."""
    text = RENDERERS[ending].render(case())
    path = FOLDER / f"{case.__name__}.{ending}"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_reviewed_file_is_still_produced() -> None:
    """No file is left over from a case that is gone."""
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{case.__name__}.{ending}" for case in CASES for ending in RENDERERS)
