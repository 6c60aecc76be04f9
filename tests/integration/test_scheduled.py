"""The nightly samples: the script against a fake tenant, and the three places it runs in as far as that goes without them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from s2sguard.collect import read_inventory
from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.model.value import Unknown
from tests.integration.fake_arm.server import TOKEN
from tests.integration.fake_tenant.client import ROOT, Served, served
from tests.integration.fake_tenant.tenant import SECRET
from tests.integration.test_pipeline_services import check

SAMPLES = ROOT / "samples" / "scheduled"
SCRIPT = SAMPLES / "nightly.sh"


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    """Serve a tenant of two gateways."""
    with served("--gateways", "2", "--partners", "3") as found:
        yield found


@pytest.fixture
def nightly(service: Served, tmp_path: Path) -> Any:  # noqa: ANN401  # a function
    """Return a function that runs the script, with a command `s2sguard` on the path that speaks to the fake tenant."""
    shim = tmp_path / "bin" / "s2sguard"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.integration.fake_tenant.run {service.url} "$@"\n', encoding="utf-8")
    shim.chmod(0o755)

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{shim.parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)} | variables
        return subprocess.run(["/bin/sh", SCRIPT], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


def test_two_nights(nightly: Any, service: Served, tmp_path: Path) -> None:  # noqa: ANN401
    """Every report is there, the second night says what changed, nothing is left to go on from, and no secret is kept."""
    service.fail()
    first = nightly(NIGHTLY_SCOPE="--all-subscriptions")
    second = nightly(NIGHTLY_SCOPE="--all-subscriptions")
    out = tmp_path / "s2sguard-out"
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    expected = 1 if report["summary"]["findings_by_severity"]["high"] else 0
    assert (first.returncode, second.returncode) == (expected, expected), second.stderr
    assert sorted(path.name for path in out.iterdir()) == ["changes.txt", "history.sqlite", "report.html", "report.json", "report.sarif"]
    assert "NO CHANGE" in (out / "changes.txt").read_text(encoding="utf-8")
    found = b"".join(path.read_bytes() for path in out.iterdir()) + (first.stderr + second.stdout).encode()
    assert [secret for secret in (TOKEN, SECRET) if secret.encode() in found] == []


def test_an_answer_that_is_not_complete_ends_with_3(nightly: Any, service: Served, tmp_path: Path) -> None:  # noqa: ANN401
    """A resource group that may not be read any more is not a clean night."""
    service.fail(lasting={"/subscriptions/00000000-0000-4000-8000-000000000000/resourcegroups/hub-00001": "forbidden"})
    done = nightly(NIGHTLY_SCOPE="--all-subscriptions", NIGHTLY_STORE="none", NIGHTLY_OUT=str(tmp_path / "out"))
    assert done.returncode in {1, 3}
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["gaps"]
    assert not (tmp_path / "out" / "changes.txt").exists()


def test_a_job_without_a_scope_says_so(nightly: Any) -> None:  # noqa: ANN401
    """A misconfigured job scans nothing, and not everything."""
    done = nightly()
    assert done.returncode != 0
    assert "NIGHTLY_SCOPE" in done.stderr


def test_the_workflow_is_one() -> None:
    """GitHub's schema accepts it, its only permission to write is for results and the token, and the verdict comes last."""
    path = SAMPLES / "github-actions.yml"
    assert check("vendor.github-workflows", path) == 0
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read", "id-token": "write", "security-events": "write"}
    steps = workflow["jobs"]["scan"]["steps"]
    assert steps[-1]["name"] == "verdict"
    assert [step["uses"] for step in steps if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step.get("uses", f"a@{'0' * 40}"))] == []
    assert not re.search(r"secrets\.", path.read_text(encoding="utf-8"))
    assert all("${{" not in step.get("run", "") for step in steps), "an expression inside a script is a way to inject one"


@pytest.mark.parametrize(("code", "ends"), [("0", 0), ("1", 1), ("2", 2), ("3", 3), ("", 2)])
def test_the_verdict_of_the_workflow(code: str, ends: int) -> None:
    """The last step ends as the scan did, also when the scan never ran."""
    workflow = yaml.safe_load((SAMPLES / "github-actions.yml").read_text(encoding="utf-8"))
    script = workflow["jobs"]["scan"]["steps"][-1]["run"]
    done = subprocess.run(["/bin/bash", "-e", "-c", script], env={**os.environ, "CODE": code}, capture_output=True, check=False)
    assert done.returncode == ends


def test_the_cron_job_is_confined() -> None:
    """One run at a time, nobody's root, no way to write but the volume, and an exit code is never tried again."""
    documents = {one["kind"]: one for one in yaml.safe_load_all((SAMPLES / "kubernetes.yaml").read_text(encoding="utf-8"))}
    job = documents["CronJob"]["spec"]
    pod = job["jobTemplate"]["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    assert job["concurrencyPolicy"] == "Forbid"
    assert pod["metadata"]["labels"] == {"azure.workload.identity/use": "true"}
    assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["spec"]["volumes"]}
    rule = job["jobTemplate"]["spec"]["podFailurePolicy"]["rules"][0]
    assert (rule["action"], rule["onExitCodes"]["values"]) == ("FailJob", [1, 2, 3])
    image = (ROOT / "samples/pipeline/docker/Dockerfile").read_text(encoding="utf-8")
    assert f"USER {pod['spec']['securityContext']['runAsUser']}:" in image


def test_bicep_and_template_deploy_the_same() -> None:
    """The ARM template is the Bicep file by hand: the same resources of the same API versions, with the same parameters."""
    bicep = (SAMPLES / "container-apps-job.bicep").read_text(encoding="utf-8")
    template = json.loads((SAMPLES / "container-apps-job.json").read_text(encoding="utf-8"))
    written = sorted(re.findall(r"^resource \w+ '([^']+)'", bicep, flags=re.MULTILINE))
    assert written == sorted(f"{one['type']}@{one['apiVersion']}" for one in template["resources"])
    assert sorted(re.findall(r"^param (\w+) ", bicep, flags=re.MULTILINE)) == sorted(template["parameters"])
    assert template["parameters"]["storeUrl"]["type"] == "securestring"
    for value in re.findall(r"'(NIGHTLY_\w+|AZURE_CLIENT_ID|/opt/[^']+)'", bicep):
        assert value in json.dumps(template)


@pytest.mark.parametrize("store", ["", "postgresql://s2sguard@db.example/history"])
def test_the_template_can_be_worked_out(store: str) -> None:
    """Our own evaluator reads it without a gap, and the store's URL goes into a secret or nowhere."""
    given = ("image=registry.example/s2sguard:0.1.0", "managementGroup=partners", f"storeUrl={store}")
    found = read_inventory([SAMPLES / "container-apps-job.json"], deployment=DeploymentOptions(parameters=given))
    assert found.gaps == ()
    (job,) = found.of_type("Microsoft.App/jobs")
    properties: Any = job.properties
    variables = properties["template"]["containers"][0]["env"]
    assert {"name": "NIGHTLY_SCOPE", "value": "--management-group partners"} in variables
    # What depends on a secure parameter is unknown to us, and so is never printed.
    assert [one for one in variables if isinstance(one, Unknown)] != []
    assert "@db.example" not in repr(properties)


def test_the_image_has_the_script() -> None:
    """What the job runs is in the image where the job looks for it."""
    image = (ROOT / "samples/pipeline/docker/Dockerfile").read_text(encoding="utf-8")
    assert "COPY samples/scheduled/nightly.sh /opt/s2sguard/nightly.sh" in image
    assert "/opt/s2sguard/nightly.sh" in (SAMPLES / "container-apps-job.bicep").read_text(encoding="utf-8")
