"""What is built is complete: a wheel made from the sdist carries the policies and works by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BACKEND = "import sys, hatchling.build as backend; print(getattr(backend, 'build_' + sys.argv[1])(sys.argv[2]))"


def build(source: Path, kind: str, out: Path, opa: str = "") -> Path:
    """Build `sdist` or `wheel` as pip does, with `opa` at hand if its path is given, and return the file."""
    environment = {**os.environ, "S2SGUARD_OPA": opa or "no-such-opa"}
    command = [sys.executable, "-c", BACKEND, kind, str(out)]
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=True)
    return out / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unpacked sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    archive = build(ROOT, "sdist", folder)
    subprocess.run(["tar", "-xzf", archive.name], cwd=folder, check=True)  # noqa: S607 - the tar on the path
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


@pytest.fixture(scope="module")
def plain(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel that was built without OPA."""
    return build(source, "wheel", tmp_path_factory.mktemp("plain"))


def run(site: Path, *arguments: str) -> str:
    """Run the unpacked wheel from a folder where no checkout is, and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-m", "s2sguard", *arguments]
    return subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, check=True).stdout


def unpacked(wheel: Path, folder: Path) -> Path:
    """Return the folder a wheel was unpacked into."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_a_wheel_holds_every_policy_file(plain: Path) -> None:
    """Every file below `policies/` is in the wheel, below `s2sguard/_pack/`."""
    names = set(zipfile.ZipFile(plain).namelist())
    files = [path for path in (ROOT / "policies").rglob("*") if path.is_file()]
    expected = {f"s2sguard/_pack/{path.relative_to(ROOT / 'policies').as_posix()}" for path in files}
    assert sorted(expected - names) == []


def test_a_wheel_holds_the_package_and_nothing_else(plain: Path) -> None:
    """A wheel holds every file of the package, and neither tests nor samples."""
    names = {name for name in zipfile.ZipFile(plain).namelist() if "/_pack/" not in name and ".dist-info/" not in name}
    files = [path for path in (ROOT / "plugin" / "s2sguard").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert names == {path.relative_to(ROOT / "plugin").as_posix() for path in files}


def test_the_command_of_a_wheel_finds_its_own_policies(plain: Path, tmp_path: Path) -> None:
    """`s2sguard policies path` of an installed wheel prints the folder inside the wheel."""
    site = unpacked(plain, tmp_path)
    assert run(site, "policies", "path").strip() == str(site / "s2sguard" / "_pack")


def test_a_wheel_finds_its_own_definitions(plain: Path, tmp_path: Path) -> None:
    """An installed wheel loads, compiles and refers to its Azure Policy definitions without a checkout."""
    site = unpacked(plain, tmp_path)
    code = (
        "from s2sguard.azure_policy.shipped.definitions import load_definitions, load_initiative; found = load_definitions(); "
        "print(len(found) == sum(len(load_initiative(kind=kind)['properties']['policyDefinitions']) for kind in ('static', 'derived')), "
        "{one.policy.mode for one in found})"
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run([sys.executable, "-c", code], cwd=site, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True {'All'}"


def test_a_wheel_is_built_without_opa(plain: Path) -> None:
    """Where OPA is not at hand, the wheel has no compiled pack and is otherwise complete."""
    assert [name for name in zipfile.ZipFile(plain).namelist() if "policy.wasm" in name] == []


def test_a_wheel_built_with_opa_holds_the_compiled_pack(source: Path, tmp_path: Path, need_tool: Callable[[str], Path]) -> None:
    """Where OPA is at hand, the wheel holds the pack compiled from just these sources."""
    wheel = build(source, "wheel", tmp_path, opa=str(need_tool("opa")))
    site = unpacked(wheel, tmp_path / "site")
    about = json.loads((site / "s2sguard" / "_pack" / "policy.wasm.json").read_text(encoding="utf-8"))
    code = "from s2sguard.evaluate.pack import load_pack; print(load_pack().digest)"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    digest = subprocess.run([sys.executable, "-c", code], cwd=site, env=environment, capture_output=True, text=True, check=True)
    assert about["digest"] == digest.stdout.strip()
