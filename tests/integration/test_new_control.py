"""`make control` writes a control that passes every check before anybody touches it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.evaluate.pack import load_pack

ROOT = Path(__file__).resolve().parents[2]


def scaffold(policies: Path, family: str, name: str) -> subprocess.CompletedProcess[str]:
    """Run the script behind `make control`."""
    command = [sys.executable, str(ROOT / ".ci" / "new_control.py"), family, name, "--policies", str(policies)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """Return a copy of the pack."""
    return shutil.copytree(ROOT / "policies", tmp_path / "policies")


def test_a_scaffold_is_a_control(policies: Path) -> None:
    """The new folder is found, with the id after the family's last."""
    before = load_pack(ROOT / "policies").controls
    last = max(int(control.id[-3:]) for control in before if control.family == "ike")
    assert scaffold(policies, "ike", "dh_group").returncode == 0
    (added,) = set(load_pack(policies).controls) - set(before)
    assert (added.id, added.family, added.name) == (f"S2S-IKE-{last + 1:03}", "ike", "dh_group")


def test_a_scaffold_in_a_new_family_starts_at_one(policies: Path) -> None:
    """A family nobody has used begins with 001."""
    assert scaffold(policies, "log", "diagnostics").returncode == 0
    assert "S2S-LOG-001" in {control.id for control in load_pack(policies).controls}


def test_a_scaffold_passes_the_rego_checks(policies: Path, need_tool: Callable[[str], Path]) -> None:
    """What is written is formatted, compiles strictly with the schema, passes its tests and the linter."""
    assert scaffold(policies, "ike", "dh_group").returncode == 0
    opa, regal = str(need_tool("opa")), str(need_tool("regal"))
    schemas, capabilities = str(policies / "s2sguard" / "schemas"), str(policies / "capabilities.json")
    folder = str(policies / "s2sguard" / "controls" / "ike" / "dh_group")
    commands = (
        [opa, "fmt", "--diff", "--fail", folder],
        [opa, "check", "--strict", "--bundle", "--schema", schemas, "--capabilities", capabilities, str(policies)],
        [opa, "test", "--bundle", "--run", "dh_group", "--fail-on-empty", str(policies)],
        [regal, "lint", str(policies)],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), f"{command[:2]}: {done.stdout}"


def test_a_scaffold_passes_the_tests_of_all_controls(policies: Path) -> None:
    """What is written satisfies `tests/controls`: page, cases, needs and verdicts."""
    assert scaffold(policies, "ike", "dh_group").returncode == 0
    tests = policies.parent / "tests"
    shutil.copytree(ROOT / "tests" / "controls", tests / "controls")
    shutil.copy(ROOT / "tests" / "conftest.py", tests)
    (added,) = (control.id for control in load_pack(policies).controls if control.name == "dh_group")
    command = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", "-k", f"{added} or dh_group"]
    tools = f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": tools, "CI": ""}
    done = subprocess.run([*command, str(tests)], cwd=policies.parent, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_scaffold_is_part_of_the_initiative(policies: Path) -> None:
    """What `make schema` writes afterwards refers to the new definition, in the group of its family."""
    assert scaffold(policies, "log", "diagnostics").returncode == 0
    command = [sys.executable, str(ROOT / ".ci" / "initiative.py"), "--policies", str(policies)]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == "wrote initiative.json\n"
    properties = json.loads((policies / "initiative.json").read_text(encoding="utf-8"))["properties"]
    (added,) = (one for one in properties["policyDefinitions"] if one["policyDefinitionReferenceId"] == "S2S-LOG-001")
    assert added["groupNames"] == ["log"]
    assert {"name": "log", "displayName": "LOG"} in properties["policyDefinitionGroups"]


@pytest.mark.parametrize(("family", "name"), [("", ""), ("ike", "DH"), ("../x", "a"), ("ike", "a/b"), ("ikev", "a"), ("ike", "a_test")])
def test_a_name_that_is_no_package_is_refused(policies: Path, family: str, name: str) -> None:
    """Family and name become a Rego package and a folder, so nothing else is taken."""
    before = sorted(policies.rglob("*"))
    done = scaffold(policies, family, name)
    assert (done.returncode, sorted(policies.rglob("*"))) == (2, before)
    assert "usage: make control FAMILY=ike NAME=dh_group" in done.stderr


def test_a_control_is_never_overwritten(policies: Path) -> None:
    """A folder that is there is left alone."""
    done = scaffold(policies, "ike", "initiator_only")
    assert (done.returncode, "is there already" in done.stderr) == (2, True)
