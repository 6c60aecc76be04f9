"""Which requirement a control is evidence for: METADATA, the pages and the wording of the frameworks say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.verdict import Control
from s2sguard.model.frameworks import FRAMEWORKS
from s2sguard.report.evidence import frameworks

POLICIES = Path(__file__).resolve().parents[2] / "policies"
CONTROLS = load_pack(POLICIES).controls
HEADS = {
    "nist_800_53": "NIST SP 800-53 ",
    "iso_27001": "ISO/IEC 27001:2022 ",
    "pci_dss": "PCI DSS 4.0.1 ",
    "cis_v8": "CIS Controls v8 ",
    "nis2": "NIS2 Article ",
    "dora": "DORA Article ",
}
"""How a line of a page's Mappings names a framework."""


def written(control: Control) -> dict[str, set[str]]:
    """Return framework -> requirements as the page of a control lists them."""
    section = (POLICIES / control.page).read_text(encoding="utf-8").partition("\n## Mappings\n")[2]
    found: dict[str, set[str]] = {}
    for line in re.findall(r"^- (.+)$", section, flags=re.MULTILINE):
        key, head = next((key, head) for key, head in HEADS.items() if line.startswith(head))
        found.setdefault(key, set()).update(line.removeprefix(head).partition(":")[0].split(", "))
    return found


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: str(control.id))
def test_page_and_metadata_name_the_same_requirements(control: Control) -> None:
    """Nobody has to ask which of the two is right, and every framework is answered."""
    assert written(control) == {key: set(control.mappings[key]) for key in control.mappings}
    assert set(control.mappings) == set(FRAMEWORKS)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: str(control.id))
def test_every_mapped_requirement_has_a_wording(control: Control) -> None:
    """An evidence view without the words of a requirement would leave it out."""
    known = frameworks()
    assert [(key, one) for key in control.mappings for one in control.mappings[key] if one not in known[key]["requirements"]] == []


def test_every_worded_requirement_has_a_control() -> None:
    """What no control speaks for is not listed."""
    spoken = {(key, one) for control in CONTROLS for key, found in control.mappings.items() for one in found}
    assert {(key, one) for key, known in frameworks().items() for one in known["requirements"]} == spoken
