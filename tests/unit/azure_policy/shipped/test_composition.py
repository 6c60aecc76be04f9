"""Initiatives composed from definitions, and the script that commits them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from s2sguard.azure_policy.shipped.composition import compose_initiative
from s2sguard.azure_policy.shipped.definitions import load_definitions
from s2sguard.errors import PackError

ROOT = Path(__file__).resolve().parents[4]
MOST_PARAMETERS = 400
MOST_DEFINITIONS = 1000
"""Of an initiative (facts 5.8)."""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a copy of the pack that a test may change."""
    return shutil.copytree(ROOT / "policies", tmp_path / "policies")


def script(policies: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the generator on a pack."""
    command = [sys.executable, str(ROOT / ".ci" / "initiative.py"), "--policies", str(policies), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["static", "derived"])
def test_every_parameter_is_passed_under_its_own_name(kind: str) -> None:
    """What a definition declares, the initiative declares in the same way and passes on."""
    definitions = [one for one in load_definitions() if (one.kind == "derived") == (kind == "derived")]
    properties = compose_initiative(load_definitions(), kind)["properties"]  # type: ignore[arg-type]
    assert [one["policyDefinitionReferenceId"] for one in properties["policyDefinitions"]] == [one.control.id for one in definitions]
    for reference, definition in zip(properties["policyDefinitions"], definitions, strict=True):
        declared = definition.document["properties"].get("parameters", {})
        assert reference["parameters"] == {name: {"value": f"[parameters('{name}')]"} for name in declared}
        assert {name: properties["parameters"][name] for name in declared} == declared
    assert len(properties["parameters"]) <= MOST_PARAMETERS
    assert len(properties["policyDefinitions"]) <= MOST_DEFINITIONS


def test_groups_are_the_families() -> None:
    """Every reference is in the group of its family, and every group has a name for people."""
    properties = compose_initiative(load_definitions())["properties"]
    groups = {one["name"]: one["displayName"] for one in properties["policyDefinitionGroups"]}
    assert {"ike": "IKE and IPsec", "iso": "Isolation of partners"}.items() <= groups.items()
    for reference in properties["policyDefinitions"]:
        assert reference["groupNames"] == [reference["policyDefinitionReferenceId"].split("-")[1].lower()]
        assert reference["groupNames"][0] in groups


def test_nothing_is_refused_by_default() -> None:
    """One effect for the initiative, Audit until somebody says otherwise."""
    declared = compose_initiative(load_definitions())["properties"]["parameters"]["effect"]
    assert (declared["defaultValue"], declared["allowedValues"]) == ("Audit", ["Audit", "Deny", "Disabled"])


def test_two_meanings_of_one_parameter_are_refused(pack: Path) -> None:
    """A parameter that two definitions declare differently cannot have one value."""
    path = pack / "s2sguard/controls/ike/initiator_only/azure_policy.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["properties"]["parameters"]["trustTag"]["defaultValue"] = "owner"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(PackError, match=r"ike/initiator_only/azure_policy\.json.*trustTag"):
        compose_initiative(load_definitions(pack))


def test_the_committed_initiatives_are_current() -> None:
    """An edit of a definition that is not carried over is noticed."""
    assert (script(ROOT / "policies", "--check").returncode, script(ROOT / "policies", "--check").stderr) == (0, "")


def test_a_changed_definition_makes_the_initiative_stale(pack: Path) -> None:
    """The check names the file, the generator writes it, and then the check is content."""
    path = pack / "s2sguard/controls/ike/strong_phase_1/azure_policy.json"
    path.unlink()
    stale = script(pack, "--check")
    assert (stale.returncode, "initiative.json" in stale.stderr) == (1, True)
    assert script(pack).stdout == "wrote initiative.json\n"
    assert script(pack, "--check").returncode == 0


def test_an_initiative_without_definitions_is_removed(pack: Path) -> None:
    """No empty initiative is left behind when the last derived definition goes."""
    for path in pack.rglob("azure_policy_derived.json"):
        path.unlink()
    assert script(pack, "--check").returncode == 1
    assert "removed initiative_derived.json" in script(pack).stdout
    assert not (pack / "initiative_derived.json").exists()
