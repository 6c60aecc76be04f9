"""The composite action: every step runs as a runner would run it, and no input of it can be a command."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.pipelines import (
    ACTION,
    CLEAN,
    INPUT,
    LEAKING,
    calls,
    filled,
    installed,
    load,
    recording_command,
    recording_python,
    shell,
    workspace,
)
from tests.integration.story import ROOT, run

META = load(ACTION / "action.yml")
STEPS = {step.get("id") or step["name"]: step for step in META["runs"]["steps"] if "run" in step}
DEFAULTS = {name: given.get("default", "") for name, given in META["inputs"].items()}
EVIL = [
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned",
    '"; touch pwned; "',
    "'; touch pwned; '",
    "x\ntouch pwned\n",
    "| touch pwned",
    "--help",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job on a runner: its workspace, and the files and folders that the runner names."""

    workspace: Path
    temp: Path

    def step(self, name: str, inputs: dict[str, str], outputs: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run the shell of one step as `shell: bash` runs it."""
        step = STEPS[name]
        given = {key: filled(text, DEFAULTS | inputs) for key, text in step.get("env", {}).items()}
        for key, value in (outputs or {}).items():
            given = {name: text.replace(f"${{{{ steps.scan.outputs.{key} }}}}", value) for name, text in given.items()}
        runner = {
            "GITHUB_ACTION_PATH": str(ACTION),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "RUNNER_TEMP": str(self.temp),
        }
        script = self.temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        variables = shell(self.temp) | runner | given
        return subprocess.run(command, cwd=self.workspace, env=variables, capture_output=True, text=True, check=False)

    @property
    def outputs(self) -> dict[str, str]:
        """What the steps set so far."""
        file = self.temp / "output"
        return dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines()) if file.exists() else {}


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Return a job in which the install step has run."""
    temp = tmp_path / "temp"
    installed(temp)
    return Job(workspace=workspace(tmp_path / "work"), temp=temp)


def test_the_install_step_installs_this_version_with_tested_dependencies(tmp_path: Path) -> None:
    """It makes an environment, and installs the project that the action lies in, held to the versions CI runs with."""
    folder, log = recording_python(tmp_path / "fake")
    temp = tmp_path / "temp"
    variables = shell(tmp_path) | {"GITHUB_ACTION_PATH": str(ACTION), "RUNNER_TEMP": str(temp)}
    done = run(STEPS["Install s2sguard"]["run"], variables | {"PATH": f"{folder}:{variables['PATH']}"}, folder=tmp_path, program="bash")
    assert (done.returncode, done.stderr) == (0, "")
    venv, install = calls(log)
    assert venv == ["-m", "venv", str(temp / "s2sguard")]
    assert install[:3] == ["-m", "pip", "install"]
    assert Path(install[-1]).resolve() == ROOT
    assert Path(install[install.index("--constraint") + 1]).resolve() == ROOT / ".ci" / "constraints.txt"


def test_findings_are_written_first_and_fail_last(job: Job) -> None:
    """A leaking gateway leaves annotations, a step summary and a SARIF file while the step passes, and then the verdict fails."""
    inputs = {"paths": LEAKING}
    scan = job.step("scan", inputs)
    assert (scan.returncode, scan.stderr) == (0, "")
    assert f"::error file={LEAKING},line=" in scan.stdout
    assert "S2S-ISO-001" in (job.temp / "summary").read_text(encoding="utf-8")
    sarif = json.loads((job.workspace / "s2sguard.sarif").read_text(encoding="utf-8"))
    assert {"S2S-ISO-001"} <= {result["ruleId"] for result in sarif["runs"][0]["results"]}
    assert job.outputs == {"exit-code": "1", "sarif": "s2sguard.sarif"}
    assert job.step("Verdict", inputs, job.outputs).returncode == 1


def test_a_hardened_gateway_passes(job: Job) -> None:
    """A clean scan ends with 0 in every step."""
    inputs = {"paths": CLEAN}
    assert job.step("scan", inputs).returncode == 0
    assert job.outputs == {"exit-code": "0", "sarif": "s2sguard.sarif"}
    verdict = job.step("Verdict", inputs, job.outputs)
    assert (verdict.returncode, verdict.stderr) == (0, "")


def test_every_input_reaches_the_command(job: Job) -> None:
    """Several paths are one inventory, more arguments are one on each line, and any format still writes summary and SARIF."""
    story = "samples/pipeline/fixed/template"
    inputs = {
        "paths": f"{story}/azuredeploy.json\n{story}/azuredeploy.parameters.json\n",
        "with": "samples/lab/stage-5-hardened/arm.json",
        "format": "table",
        "fail-on": "medium",
        "sarif": "out of the way.sarif",
        "args": "--waivers=samples/pipeline/waivers.yaml\n--today\n2026-12-01\n"
        "--deploy-to=/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/GBB-ER-LAB-UKS\n",
    }
    scan = job.step("scan", inputs)
    assert (scan.returncode, scan.stderr) == (0, "")
    assert scan.stdout.startswith("GATEWAYS\n")
    assert "1 accepted" in scan.stdout
    assert "S2S-GWY-002" in (job.temp / "summary").read_text(encoding="utf-8")
    assert job.outputs["sarif"] == "out of the way.sarif"
    assert (job.workspace / "out of the way.sarif").is_file()


@pytest.mark.parametrize("paths", ["no-such-file.json", "", "samples/pipeline/fixed/template/azuredeploy.json"])
def test_what_cannot_be_judged_is_no_pass(job: Job, paths: str) -> None:
    """A path that is not there, no path, or a template without its parameters ends the job with a failure."""
    job.step("scan", {"paths": paths})
    assert job.outputs["exit-code"] in {"2", "3"}
    assert job.step("Verdict", {}, job.outputs).returncode == int(job.outputs["exit-code"])


def test_a_scan_that_never_ran_is_no_pass(job: Job) -> None:
    """Without an exit code the verdict fails."""
    assert job.step("Verdict", {}, {"exit-code": ""}).returncode == 3


def test_an_old_sarif_file_is_not_taken_for_the_answer(job: Job) -> None:
    """A SARIF file that was in the repository is gone when the scan could not run."""
    (job.workspace / "s2sguard.sarif").write_text("{}", encoding="utf-8")
    job.step("scan", {"paths": "no-such-file.json"})
    assert "sarif" not in job.outputs
    assert not (job.workspace / "s2sguard.sarif").exists()


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("name", ["paths", "with", "format", "fail-on", "args", "sarif"])
def test_no_input_is_a_command(job: Job, name: str, evil: str) -> None:
    """Whatever an input holds, nothing of it is run: it reaches the command as it is, or as its lines, or is refused."""
    log = recording_command(job.temp)
    done = job.step("scan", {"paths": CLEAN} | {name: evil})
    assert not list(job.workspace.parent.rglob("pwned"))
    assert set(job.outputs) <= {"exit-code"}
    if done.returncode == 2:
        assert (name, "\n" in evil, log.exists()) == ("sarif", True, False)
        return
    given = log.read_text(encoding="utf-8").split("\037")
    wanted = {"paths": "", "args": "", "with": "--with=", "format": "--format=", "fail-on": "--fail-on=", "sarif": "--format=sarif="}[name]
    expected = [line for line in evil.splitlines() if line] if wanted == "" else [wanted + evil]
    assert [text for text in expected if text not in given] == []


def test_a_scan_that_judged_nothing_is_no_pass(job: Job) -> None:
    """Arguments that make the command end with 0 before it judges, such as `--help`, fail the job."""
    job.step("scan", {"paths": CLEAN, "args": "--help"})
    assert job.outputs == {"exit-code": "3"}


def test_an_output_cannot_be_forged(job: Job) -> None:
    """A file name with a line break is refused, as it would be a second output."""
    done = job.step("scan", {"paths": LEAKING, "sarif": "x\nexit-code=0"})
    assert done.returncode == 2
    assert job.outputs == {}


def test_no_script_holds_an_expression() -> None:
    """Inputs and outputs reach every shell by `env`, so no expression stands in a script; each that is declared is used."""
    assert [step["run"] for step in META["runs"]["steps"] if "${{" in step.get("run", "")] == []
    used = {name for step in STEPS.values() for text in step.get("env", {}).values() for name in INPUT.findall(text)}
    assert used == set(META["inputs"])


def test_the_workflow_uses_the_action_as_it_is() -> None:
    """The workflow passes inputs that the action has, may write security events, and uploads the file that the action writes."""
    workflow = load(ACTION / "workflow.yml")
    (one,) = workflow["jobs"].values()
    ours = next(step for step in one["steps"] if "s2sguard/" in step.get("uses", ""))
    path = ours["uses"].split("@")[0].split("/", 2)[2]
    assert (ROOT / path / "action.yml").is_file()
    assert set(ours["with"]) <= set(META["inputs"])
    assert {name for name, given in META["inputs"].items() if given.get("required")} <= set(ours["with"])
    upload = one["steps"][-1]
    assert upload["with"]["sarif_file"] == DEFAULTS["sarif"]
    assert "!cancelled()" in upload["if"]
    assert (workflow["permissions"], one["permissions"]) == ({}, {"contents": "read", "security-events": "write"})


@pytest.mark.parametrize("name", ["action.yml", "workflow.yml"])
def test_actions_are_pinned(name: str) -> None:
    """Every action of others is pinned by commit, with its version beside it; ours by its tag."""
    uses = re.findall(r"uses: (\S+)@(\S+)( # v[\d.]+)?$", (ACTION / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert uses
    assert [use for use in uses if not use[0].startswith("OWNER/") and not (re.fullmatch("[0-9a-f]{40}", use[1]) and use[2])] == []
