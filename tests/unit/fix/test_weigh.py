"""The proof: what a patch must end, may leave, and must never bring about."""

from __future__ import annotations

from typing import Any

from s2sguard.fix.check import NOTHING, Seen, patched_resource
from s2sguard.fix.model import Change, Patch
from s2sguard.fix.weigh import Weighing
from s2sguard.model.inventory import Resource, Source
from tests.unit.report.builders import verdict

RED, BLUE = "/red", "/blue"


def seen(**controls: str) -> Seen:
    """Return an estate in which each subject fails one control and nothing else, subjects by their last segment."""
    return Seen(
        verdicts={f"/{name}": {control: verdict(name)} if control else {} for name, control in controls.items()}, connections={}, pairs={}
    )


def weighing(alone: Seen, together: Seen = NOTHING, before: str = "S2S-IKE-001", **more: Any) -> Weighing:
    """Weigh a fix of red, which failed one control before."""
    values: dict[str, Any] = {"baseline": {RED: {before: verdict("red")}}, "fixed": frozenset({RED}), "closed": frozenset(), "names": {}}
    return Weighing(key=RED, alone=alone, together=together, **values | more)


def test_a_patch_that_ends_its_finding_is_a_fix() -> None:
    """The subject changed and fails nothing."""
    assert list(weighing(seen(red=""), seen(red="")).faults()) == []


def test_a_finding_that_stays_is_a_fault() -> None:
    """The setting was changed and the control fails all the same; so it does when nothing changed at all."""
    assert list(weighing(seen(red="S2S-IKE-001"), seen(red="")).faults()) == ["S2S-IKE-001 would still fail"]
    assert "S2S-IKE-001 would still fail" in list(weighing(NOTHING).faults())


def test_what_a_patch_brings_about_elsewhere_is_a_fault() -> None:
    """Blue fails nothing now and something then: no fix of red may do that, unless the other fixes end an overlap."""
    assert len(list(weighing(seen(red="", blue="S2S-ISO-001"), seen(red="")).faults())) == 1
    assert len(list(weighing(seen(red="", blue="S2S-GWY-001"), seen(red="")).faults())) == 1
    assert len(list(weighing(seen(red="", blue="S2S-ISO-003"), seen(red="", blue="S2S-ISO-003")).faults())) == 1
    assert list(weighing(seen(red="", blue="S2S-ISO-003"), seen(red="", blue="")).faults()) == []


def test_a_pair_that_becomes_one_way_is_weaker_and_no_fault() -> None:
    """Blue had two-way transit and has one-way transit then."""
    baseline = {RED: {"S2S-IKE-001": verdict("red")}, BLUE: {"S2S-ISO-001": verdict("blue")}}
    assert list(weighing(seen(red="", blue="S2S-ISO-002"), seen(red="", blue=""), baseline=baseline).faults()) == []


def test_a_member_in_another_casing_is_replaced() -> None:
    """The copy holds the new value alone; everything else stays, the original untouched."""
    written = {"CONNECTIONMODE": "Default", "dpdTimeoutSeconds": 45}
    resource = Resource(id="/c", type="t", name="c", properties=written, tags={}, source=Source(file="f"))
    patch = Patch(resource=resource, changes=(Change(name="connectionMode", before="Default", after="InitiatorOnly"),))
    assert patched_resource(patch).properties == {"dpdTimeoutSeconds": 45, "connectionMode": "InitiatorOnly"}
    assert written["CONNECTIONMODE"] == "Default"
