"""What `diff` and `history` print, as a person reads it in the morning.

After a wanted change, `UPDATE_GOLDEN=1 python -m pytest tests/golden` writes them anew; read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import cast

import pytest
from jsonschema import Draft202012Validator

from s2sguard.report.style import Style
from s2sguard.store.compare import Diff, compare
from s2sguard.store.diff_json import diff_json
from s2sguard.store.diff_text import diff_text
from s2sguard.store.history_text import history_text
from s2sguard.store.pairs import Party
from s2sguard.store.trend import Trend, TrendLine
from tests.unit.report.builders import connection_id, gateway_id
from tests.unit.store.runs import GAP, WAIVER, entry, gateway_pairs_of, view

FOLDER = Path(__file__).parent / "store"
EVIL = "to-\x1b[2Jred\u202e\n##vso[task.complete]"
RED: Party = ("red", "partner")
BLUE: Party = ("blue", "partner")
TAN: Party = ("/subscriptions/s1/resourcegroups/rg1/providers/microsoft.network/localnetworkgateways/tan", "partner")
HQ: Party = ("hq", "internal")
TRANSIT = "two-way transit with {} other partners: a packet from 10.1.0.10 to 10.2.0.10 arrives by to-red and leaves by to-blue"


def everything() -> Diff:
    """One of everything that can happen, with another tool, other policies and something not read."""
    before = view(
        entry("to-fixed"),
        entry("to-gone"),
        entry("to-waived", acceptance=WAIVER),
        entry("to-doubt", severity="low", message="sa_lifetime_seconds is 86400"),
        entry("to-milder", severity="high"),
        entry("to-crowd", control="S2S-ISO-001", severity="critical", message=TRANSIT.format(1), pairs=1),
        entry("to-same", severity="medium"),
        entry("to-clear", "unknown", message="the mode is unknown: known only after apply"),
        entry("to-dim", "unknown", message="the mode is unknown: redacted"),
        gateways=(
            gateway_pairs_of("gw", (RED, BLUE, TAN, HQ), {"two-way": {0: 0b010}, "one-way": {2: 0b001}, "unknown": {3: 0b100}}),
            gateway_pairs_of("gw-b", (RED, BLUE), {"two-way": {0: 0b10}}),
        ),
        judged=("to-clear",),
    )
    after = view(
        entry("to-waived"),
        entry("to-doubt", "unknown", severity="low", message="sa_lifetime_seconds is unknown"),
        entry("to-milder", severity="low"),
        entry("to-crowd", control="S2S-ISO-001", severity="critical", message=TRANSIT.format(2), pairs=2),
        entry("to-same", severity="medium"),
        entry("to-new-a", control="S2S-ISO-001", severity="critical", message=TRANSIT.format(2), pairs=2),
        entry("to-new-b", control="S2S-ISO-001", severity="critical", message=TRANSIT.format(2), pairs=2),
        entry("to-new-c", acceptance={"kind": "waiver", "reason": "pilot", "owner": "net", "expires": "2026-03-01"}),
        entry("to-dim", "unknown", message="the mode is unknown: redacted"),
        entry("to-odd", "unknown", message="the mode is unknown: written in two ways"),
        number=2,
        judged=("to-fixed", "to-clear"),
        gaps=(GAP,),
        gateways=(
            gateway_pairs_of("gw", (RED, BLUE, TAN, HQ), {"two-way": {0: 0b110}, "inward": {3: 0b010}}),
            gateway_pairs_of("gw-b", (RED, BLUE), {}, complete=False),
        ),
        tool_version="1.1.0",
        pack_digest="fedcba9876543210" * 4,
        assumptions={"peer_child_sa": "accepted"},
        settings_changed=("dh_group",),
    )
    return compare(before, after)


def nothing() -> Diff:
    """The same findings as yesterday."""
    run = view(entry("to-red"), entry("to-blue", severity="low", acceptance=WAIVER))
    return compare(run, view(*run.entries.values(), number=2))


def better() -> Diff:
    """A pair was closed, and a partner left."""
    pairs = gateway_pairs_of("gw", (RED, BLUE), {"two-way": {0: 0b10}})
    before = view(entry("to-red", control="S2S-ISO-001", severity="critical", pairs=1), entry("to-old"), gateways=(pairs,), judged=())
    return compare(before, view(number=2, gateways=(gateway_pairs_of("gw", (RED, BLUE), {}),), judged=("to-red",)))


def quiet() -> Diff:
    """Nothing that asks for anything: an accepted finding more, one that is accepted now, a verdict that is known again."""
    before = view(entry("to-red"), entry("to-blue", "unknown"), gaps=(GAP,))
    after = view(entry("to-red", acceptance=WAIVER), entry("to-new", acceptance=WAIVER), number=2, judged=("to-blue",))
    return compare(before, after)


def crowded() -> Diff:
    """Forty partners were opened in one night, with findings on thirty gateways."""
    parties: tuple[Party, ...] = tuple((f"partner-{number:02}", "partner") for number in range(40))
    everybody = (1 << 40) - 1
    opened = gateway_pairs_of("gw", parties, {"two-way": {place: everybody & ~(1 << place) for place in range(40)}})
    found = [entry(f"to-{number:02}", message="the mode is Default", gateway=gateway_id("gw")) for number in range(40)]
    found += [entry(f"to-b{number:02}", severity="low", gateway=gateway_id(f"gw-{number:02}")) for number in range(30)]
    return compare(view(gateways=(gateway_pairs_of("gw", parties, {}),)), view(*found, number=2, gateways=(opened,)))


def hostile() -> Diff:
    """Names and messages that try to write their own diff; two reports without facts."""
    bad = entry("to-red", message=f"mode {EVIL}", title=EVIL, resource=connection_id(EVIL), resource_name=EVIL, gateway=gateway_id(EVIL))
    before, after = view(gateways=None), view(bad, number=2, gateways=None, scope=EVIL)
    return replace(compare(before, after), after=replace(after.info, label=EVIL))


DIFFS: dict[str, Callable[[], Diff]] = {
    "everything": everything,
    "nothing": nothing,
    "better": better,
    "quiet": quiet,
    "crowded": crowded,
    "hostile": hostile,
}


def line(name: str, findings: list[int], **more: list[int]) -> TrendLine:
    """Return the counts of one control or gateway."""
    none = [0] * len(findings)
    rest = {"unknown": more.get("unknown", none), "passes": none, "open_pairs": more.get("pairs", none)}
    return cast("TrendLine", {"name": name, "key": name, "findings": findings} | rest)


def a_week() -> Trend:
    """A week in which things got better, then worse."""
    counts = [3, 3, 2, 0, 0, 1, 12]
    pairs = [1, 1, 1, 0, 0, 0, 6]
    severities = ("critical", "high", "medium", "low")
    return {
        "scope": "prod",
        "runs": [
            {
                "id": number,
                "started": f"2026-01-{number:02}T02:00:00+00:00",
                "tool_version": "1.0.0",
                "pack_digest": "0" * 64,
                "findings": dict(zip(severities, (opened, found, 0, 4), strict=True)),
                "accepted": 2,
                "unknown": number % 2,
                "passes": 1000 - found,
                "open_pairs": opened,
                "unknown_pairs": 0,
                "gaps": 0,
            }
            for number, (found, opened) in enumerate(zip(counts, pairs, strict=True), 1)
        ],
        "controls": [line("S2S-IKE-001", counts), line("S2S-ISO-001", pairs, unknown=[1, 0, 1, 0, 1, 0, 1])],
        "gateways": [line("gw-amsterdam", counts, pairs=pairs), line(EVIL, [0, 0, 0, 0, 0, 0, 1])],
    }


def check(name: str, text: str) -> None:
    """Compare a whole text with the file that somebody read."""
    if os.environ.get("UPDATE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")
    assert text == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DIFFS)
def test_a_diff_reads_as_reviewed(name: str) -> None:
    """Every byte of the text is one that somebody read, also on a narrow screen; nothing in it acts on a terminal or a pipeline."""
    for width, suffix in ((100, "txt"), (60, "narrow.txt")):
        text = diff_text(DIFFS[name](), Style(width=width))
        check(f"{name}.{suffix}", text)
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "##" not in text


@pytest.mark.parametrize("name", DIFFS)
def test_a_diff_for_machines_is_as_reviewed(name: str) -> None:
    """The JSON is as it was read and as its schema says, and holds nothing that a pipeline's agent takes for a command."""
    text = diff_json(DIFFS[name]())
    check(f"{name}.json", text)
    assert "##" not in text
    schema = json.loads(resources.files("s2sguard.store").joinpath("diff.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(text))


def test_colour_changes_no_word() -> None:
    """With colour a diff says what it says without."""
    import re

    coloured = diff_text(everything(), Style(colour=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == diff_text(everything(), Style())
    assert "\x1b[31;1mWORSE\x1b[0m" in coloured


def test_a_history_reads_as_reviewed() -> None:
    """The newest run is the first thing said, then every run and what became of controls and gateways."""
    check("history.txt", history_text(a_week(), Style(), others={"test": 3, "lab": 1}))
