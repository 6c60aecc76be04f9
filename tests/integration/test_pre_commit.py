"""The hook works in a real pre-commit: it blocks a commit that opens partners to each other, and lets the fixed one through."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.integration.story import ROOT, environment

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STORY = ROOT / "samples" / "pipeline"


def command(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the repository, with nothing of this machine's settings."""
    home = repository.parent
    variables = environment(home) | {"PRE_COMMIT_HOME": str(home / "cache"), "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(arguments, cwd=repository, env=variables, capture_output=True, text=True, check=False)


def commit(repository: Path) -> subprocess.CompletedProcess[str]:
    """Stage everything and commit it."""
    command(repository, "git", "add", "--all")
    return command(repository, "git", "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--message", "x")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with the hook installed, taken as it is shipped but for `language`: `system`, so nothing is downloaded."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (hook,) = HOOKS
    config = {"repos": [{"repo": "local", "hooks": [hook | {"language": "system", "args": ["infra"], "files": "^infra/"}]}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command(folder, "git", "init", "--quiet")
    assert command(folder, sys.executable, "-m", "pre_commit", "install").returncode == 0
    return folder


def test_the_hook_blocks_what_opens_and_lets_the_fix_through(repository: Path) -> None:
    """The proposed template is not committed, with the packet in the output; the fixed one is, and so is what lies elsewhere."""
    (repository / "package.json").write_text('{"name": "x"}', encoding="utf-8")
    elsewhere = commit(repository)
    assert (elsewhere.returncode, "Skipped" in elsewhere.stderr) == (0, True), elsewhere.stderr
    shutil.copytree(STORY / "proposed" / "template", repository / "infra")
    blocked = commit(repository)
    assert blocked.returncode == 1
    assert "a packet from red to blue (S2S-ISO-001)" in blocked.stderr
    assert "- exit code: 1" in blocked.stderr
    shutil.copytree(STORY / "fixed" / "template", repository / "infra", dirs_exist_ok=True)
    passed = commit(repository)
    assert (passed.returncode, "Passed" in passed.stderr) == (0, True), passed.stderr


def test_a_parameter_file_alone_judges_its_template(repository: Path) -> None:
    """When only the parameter file changes, its template is judged with the new values."""
    infra = repository / "infra"
    shutil.copytree(STORY / "fixed" / "template", infra)
    assert commit(repository).returncode == 0
    file = infra / "azuredeploy.parameters.json"
    file.write_text(file.read_text(encoding="utf-8").replace("10.1.0.0/16", "10.2.0.0/16"), encoding="utf-8")
    blocked = commit(repository)
    assert blocked.returncode == 1
    assert "S2S-ADR-001" in blocked.stderr


def test_what_is_unknown_blocks(repository: Path) -> None:
    """A template without its parameters is not committed, as nobody knows what it deploys."""
    (repository / "infra").mkdir()
    shutil.copy(STORY / "fixed" / "template" / "azuredeploy.json", repository / "infra")
    blocked = commit(repository)
    assert (blocked.returncode, "- exit code: 3" in blocked.stderr) == (1, True), blocked.stderr


def test_the_manifest_is_valid() -> None:
    """pre-commit reads the shipped file as a list of hooks, and its pattern finds templates, parameters and our own settings."""
    assert command(ROOT, sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml").returncode == 0
    import re

    pattern = re.compile(HOOKS[0]["files"])
    wanted = ["infra/azuredeploy.json", "main.bicep", "prod.bicepparam", "a.jsonc", "waivers.yaml", "infra/s2sguard.yaml"]
    assert [name for name in wanted if not pattern.search(name)] == []
    assert [name for name in ["main.py", "README.md", "values.yaml", "json"] if pattern.search(name)] == []
