"""An agreement as the far end, and the rendered devices as far ends: what was signed is what would come up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from s2sguard.agreement.far_end import tunnel_end
from s2sguard.cli import main
from tests.unit.conftest import Run
from tests.unit.facts.test_agreed import ALGORITHMS, agreement, selector

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
PER_SPOKE = SAMPLES / "agreements" / "per-spoke"
AGREED = {
    "to-onprem1-hardened": ["172.16.100.0/24 <-> 10.1.0.0/16"],
    "to-onprem2-hardened": ["172.16.200.0/24 <-> 10.2.0.0/16", "172.16.1.68/32 <-> 10.2.10.0/24"],
}
PARTNERS = {"to-onprem1-hardened": "red", "to-onprem2-hardened": "blue"}


def come_up(run: Run, far_ends: dict[str, str]) -> dict[str, list[str]]:
    """Return what comes up on each connection of the estate with a spoke for each partner."""
    flags = [part for name, file in far_ends.items() for part in ("--far-end", f"{name}={file}")]
    found = run("simulate", str(PER_SPOKE / "arm.json"), *flags, "--format", "json")
    assert found.code == 0, found.err
    return {one["connection"].rsplit("/", 1)[-1]: one["installed"] for gateway in found.json["gateways"] for one in gateway["connections"]}


def test_an_agreement_is_a_far_end(run: Run) -> None:
    """Each by its partner or its ticket; exactly what was signed comes up, and nothing between partners."""
    file = PER_SPOKE.with_suffix(".yaml")
    assert come_up(run, {"to-onprem1-hardened": f"{file}#PAR-1", "to-onprem2-hardened": f"{file}#Blue"}) == AGREED


@pytest.mark.parametrize("language", ["cisco", "strongswan"])
def test_a_rendered_device_is_a_far_end(language: str, run: Run, tmp_path: Path) -> None:
    """The partner types what they were sent, and exactly what was signed comes up."""
    ends: dict[str, str] = {}
    for name, partner in PARTNERS.items():
        ends[name] = str(tmp_path / partner)
        rendered = ["--for", "partner", "--as", language, "--partner", partner, "--gateway-address", "203.0.113.5", "-o", ends[name]]
        assert main(["agreement", "render", str(PER_SPOKE.with_suffix(".yaml")), *rendered]) == 0
    if language == "strongswan":
        ends = {name: f"{file}#azure-{PARTNERS[name]} pair-1" for name, file in ends.items()}
        assert come_up(run, ends) == {name: lines[:1] for name, lines in AGREED.items()}
    else:
        assert come_up(run, ends) == AGREED


def test_a_slip_on_paper_keeps_the_tunnel_down(run: Run) -> None:
    """Found before anybody is on a call about it."""
    estate, file = SAMPLES / "lab" / "stage-5-hardened" / "arm.json", SAMPLES / "agreements" / "mistyped.yaml"
    ran = run("simulate", str(estate), "--far-end", f"to-onprem2-hardened={file}#blue")
    assert ran.code == 1
    assert "TS_UNACCEPTABLE" in ran.out
    assert "blue (PAR-2) of the agreement at" in ran.out


@pytest.mark.parametrize(("which", "said"), [("", "has 2 agreements"), ("#green", "has no agreement with this partner or ticket")])
def test_which_agreement_has_to_be_clear(which: str, said: str, run: Run) -> None:
    """The hint names what there is."""
    ran = run("simulate", str(PER_SPOKE / "arm.json"), "--far-end", f"to-onprem1-hardened={PER_SPOKE.with_suffix('.yaml')}{which}")
    assert ran.code == 2
    assert said in ran.err
    assert "red (PAR-1), blue (PAR-2)" in ran.err


@pytest.mark.parametrize(
    ("changes", "groups"),
    [
        ({"dh_group": "DHGroup2048", "pfs_group": "PFS14"}, (("DHGroup2048", "DHGroup14"), ("PFS14", "PFS2048"))),
        ({"dh_group": "ECP256", "pfs_group": "None"}, (("ECP256",), ())),
        ({"dh_group": "None", "pfs_group": "PFSMM"}, ((), ("PFSMM",))),
    ],
)
def test_a_group_has_every_name_azure_gives_it(changes: dict[str, Any], groups: tuple[Any, ...]) -> None:
    """Two names of one group must not look like two groups."""
    values = {name: getattr(ALGORITHMS, name) for name in ("ike_encryption", "ike_integrity", "ipsec_encryption", "ipsec_integrity")}
    end = tunnel_end(agreement(algorithms=type(ALGORITHMS)(**values | changes)))
    assert isinstance(end.phase_1, tuple)
    assert isinstance(end.phase_2, tuple)
    assert (end.phase_1[0].groups, end.phase_2[0].groups) == groups


def test_each_pair_is_a_line_of_one_ip_version() -> None:
    """IPv4 never meets IPv6."""
    end = tunnel_end(agreement(selectors=(selector(("172.16.1.0/24", "fd00::/64"), ("10.1.0.0/16", "fd01::/64")),)))
    assert isinstance(end.lines, tuple)
    assert [(line.own[0].version, line.far[0].version) for line in end.lines] == [(4, 4), (6, 6)]
