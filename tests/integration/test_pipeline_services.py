"""Azure DevOps, GitLab and what all shipped pipeline files have in common: valid, strict, pinned, and run as far as it goes."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.integration.pipelines import CLEAN, INPUT, LEAKING, SAMPLES, calls, filled, installed, load, recording_python, shell, workspace
from tests.integration.story import ROOT, run

STEPS = load(SAMPLES / "azure-devops" / "s2sguard-steps.yml")
PIPELINE = load(SAMPLES / "azure-devops" / "azure-pipelines.yml")
GITLAB = load(SAMPLES / "gitlab" / "s2sguard.gitlab-ci.yml")["s2sguard"]
PARAMETERS = {one["name"]: one for one in STEPS["parameters"]}
INSTALL, SCAN = (step for step in STEPS["steps"] if "bash" in step)
SHIPPED = sorted(path for folder in ("github-action", "azure-devops", "gitlab", "docker") for path in (SAMPLES / folder).iterdir())
SCHEMAS = {
    "vendor.github-actions": "github-action/action.yml",
    "vendor.github-workflows": "github-action/workflow.yml",
    "custom.github-workflows-require-timeout": "github-action/workflow.yml",
    "vendor.azure-pipelines": "azure-devops/*.yml",
    "vendor.gitlab-ci": "gitlab/*.yml",
}


def check(schema: str, *files: Path) -> int:
    """Hold files against a schema that check-jsonschema carries with it; nothing is downloaded."""
    # Azure's schema has a pattern that is only valid without ECMAScript's unicode mode.
    command = [sys.executable, "-m", "check_jsonschema", "--regex-variant", "nonunicode", "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_are_valid_for_their_service(schema: str, tmp_path: Path) -> None:
    """Each file is what the service's schema asks for, and a file that is not is refused by the same check."""
    files = sorted(SAMPLES.glob(SCHEMAS[schema]))
    assert files
    assert check(schema, *files) == 0
    broken = tmp_path / "broken.yml"
    broken.write_text("jobs: {x: {script: 7}}\nsteps: 7\nruns: 7\n", encoding="utf-8")
    assert check(schema, broken) == 1


@pytest.mark.parametrize("path", [path for path in SHIPPED if path.suffix == ".yml"], ids=lambda path: path.name)
def test_every_scan_is_strict(path: Path) -> None:
    """Every shipped file that scans lets unknowns and gaps stop the run."""
    text = path.read_text(encoding="utf-8")
    if re.search(r"s2sguard\"? scan", text):
        assert "--fail-on-unknown" in text
        assert "--fail-on-gap" in text
    else:
        assert "uses: OWNER/s2sguard/" in text or "template: s2sguard-steps.yml" in text


@pytest.mark.parametrize("path", [*SHIPPED, ROOT / ".pre-commit-hooks.yaml"], ids=lambda path: path.name)
def test_nothing_floats(path: Path) -> None:
    """No image, action or agent is taken by a moving name, and images of others carry a version."""
    text = path.read_text(encoding="utf-8")
    assert "latest" not in text
    for image in re.findall(r"^\s*(?:image:|FROM) (\S+)", text, re.MULTILINE):
        assert re.search(r":\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$", image), image


def azure(step: dict[str, Any], folder: Path, values: dict[str, str], path: str = "") -> subprocess.CompletedProcess[str]:
    """Run a bash step as an agent does: parameters filled in first, then the script in the sources' folder."""
    given = {name: str(one.get("default", "")) for name, one in PARAMETERS.items()} | values
    variables = shell(folder) | {name: filled(text, given) for name, text in step["env"].items()} | {"AGENT_TEMPDIRECTORY": str(folder)}
    return run(step["bash"], variables | ({"PATH": f"{path}:{variables['PATH']}"} if path else {}), folder=folder / "work", program="bash")


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Return the folder of a job: sources in `work`, our command where the install step puts it."""
    workspace(tmp_path / "work")
    installed(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("paths", "code"), [(LEAKING, 1), (CLEAN, 0)])
def test_azure_devops_logs_and_reports(job: Path, paths: str, code: int) -> None:
    """The step ends as the scan does, logs the findings and the summary as logging commands, and leaves test results."""
    done = azure(SCAN, job, {"path": paths})
    assert (done.returncode, done.stderr) == (code, "")
    assert ("##vso[task.logissue type=error" in done.stdout) == bool(code)
    assert f"##vso[task.uploadsummary]{job}/s2sguard.md" in done.stdout
    assert (job / "s2sguard.md").is_file()
    suites = ET.parse(job / "s2sguard.junit.xml").getroot()  # noqa: S314 - written by our own command
    assert bool(suites.findall(".//failure")) == bool(code)
    publish = STEPS["steps"][-1]
    assert publish["condition"] == "succeededOrFailed()"
    assert publish["inputs"]["testResultsFiles"] == "$(Agent.TempDirectory)/s2sguard.junit.xml"


def test_azure_devops_passes_every_parameter(job: Path) -> None:
    """Waivers, the resource group and the lowest severity reach the command; without the parameter file it does not pass."""
    template = PIPELINE["steps"][0]
    assert template["template"] == "s2sguard-steps.yml"
    folder = "samples/pipeline/fixed/template"
    waivers = (SAMPLES / "waivers.yaml").read_text(encoding="utf-8").replace("2027-03-31", "2999-12-31")
    (job / "work" / "waivers.yaml").write_text(waivers, encoding="utf-8")
    given = template["parameters"] | {"path": folder}
    assert azure(SCAN, job, given).returncode == 0
    assert azure(SCAN, job, given | {"waivers": ""}).returncode == 1
    assert azure(SCAN, job, given | {"deployTo": ""}).returncode == 1
    assert azure(SCAN, job, given | {"waivers": "", "failOn": "high"}).returncode == 0
    assert azure(SCAN, job, given | {"with": "no-such-snapshot.json"}).returncode == 3
    assert azure(SCAN, job, given | {"path": f"{folder}/azuredeploy.json", "failOn": "high"}).returncode == 3


def test_azure_devops_installs_the_package(tmp_path: Path) -> None:
    """The install step installs just what the parameter names, into an environment of its own."""
    (tmp_path / "work").mkdir()
    folder, log = recording_python(tmp_path / "fake")
    assert azure(INSTALL, tmp_path, {"package": "wheels/a b.whl; touch pwned"}, str(folder)).returncode == 0
    venv, install = calls(log)
    assert venv == ["-m", "venv", str(tmp_path / "s2sguard")]
    assert install[-1] == "wheels/a b.whl; touch pwned"
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("name", ["path", "with", "waivers", "deployTo", "failOn"])
def test_no_parameter_is_a_command(job: Path, name: str) -> None:
    """What a parameter holds is never run."""
    done = azure(SCAN, job, {"path": CLEAN} | {name: "\"; touch pwned; $(touch pwned) `touch pwned` '"})
    assert done.returncode in {2, 3}
    assert not list(job.rglob("pwned"))


def test_parameters_stand_in_variables_only() -> None:
    """No script holds an expression, every parameter is used, and those without a default are given in the example."""
    assert [step["bash"] for step in (INSTALL, SCAN) if "${{" in step["bash"]] == []
    used = {name for step in (INSTALL, SCAN) for text in step["env"].values() for name in INPUT.findall(text)}
    assert used == set(PARAMETERS)
    given = set(PIPELINE["steps"][0]["parameters"])
    assert {name for name, one in PARAMETERS.items() if "default" not in one} <= given <= set(PARAMETERS)


def gitlab(folder: Path, path: str) -> tuple[list[list[str]], subprocess.CompletedProcess[str]]:
    """Run the job's script with its variables, pip only noting what it is asked; return that and how the script ended."""
    program, log = folder / "fake" / "pip", folder / "calls.txt"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nprintf '%s\\037' \"$@\" >>'{log}'; echo >>'{log}'\n", encoding="utf-8")
    program.chmod(0o755)
    variables = shell(folder)
    variables |= GITLAB["variables"] | {"S2S_PATH": path, "PATH": f"{program.parent}:{variables['PATH']}"}
    # The runner's shell stops at the first line that fails.
    done = run("set -e\n" + "\n".join(GITLAB["script"]), variables, folder=workspace(folder / "work"))
    return calls(log), done


@pytest.mark.parametrize(("path", "code"), [(LEAKING, 1), (CLEAN, 0), ("$(touch pwned)", 3)])
def test_gitlab_reports_to_the_merge_request(path: str, code: int, tmp_path: Path) -> None:
    """The script installs the package and ends as the scan does; its artifacts are there whenever something was judged."""
    asked, done = gitlab(tmp_path, path)
    assert asked == [["install", "--quiet", GITLAB["variables"]["S2S_PACKAGE"]]]
    assert done.returncode == code
    assert not list(tmp_path.rglob("pwned"))
    artifacts = GITLAB["artifacts"]
    files = [artifacts["reports"]["junit"], *artifacts["paths"]]
    assert [name for name in files if (tmp_path / "work" / name).is_file()] == ([] if code == 3 else files)
    assert artifacts["when"] == "always"


def test_the_version_is_this_one() -> None:
    """Every shipped file and the page name the version that this is."""
    from s2sguard import __version__

    pages = [*SHIPPED, SAMPLES / "README.md"]
    named = {found for path in pages for found in re.findall(r"s2sguard\S*(?:@v|:|/v)(\d+\.\d+\.\d+)", path.read_text(encoding="utf-8"))}
    assert named == {__version__}
