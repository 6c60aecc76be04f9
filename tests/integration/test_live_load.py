"""Twenty subscriptions, two thousand connections, one request in twenty failing: the run ends, and so does a run that is killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from s2sguard.collect import read_inventory
from tests.integration.fake_arm.server import TOKEN
from tests.integration.fake_tenant.client import ROOT, Served, served
from tests.integration.fake_tenant.estate import check_against, verdicts_of
from tests.integration.fake_tenant.faults import some_faults
from tests.integration.fake_tenant.tenant import SECRET, Tenant, build

pytestmark = pytest.mark.usefixtures("wasm_home")
GATEWAYS, PARTNERS, KILLS = 200, 10, 10


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    """Return the tenant that is served."""
    return build(gateways=GATEWAYS, partners=PARTNERS)


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    """Serve the tenant."""
    with served("--gateways", str(GATEWAYS), "--partners", str(PARTNERS), "--graph-page", "500") as found:
        yield found


def command(service: Served, output: Path, *more: str) -> list[str]:
    """Return the command line of one run."""
    start = [sys.executable, "-m", "tests.integration.fake_tenant.run", service.url]
    return [*start, "collect", "--all-subscriptions", "-o", str(output), *more]


def test_a_killed_run_goes_on(service: Served, tenant: Tenant, tmp_path: Path) -> None:
    """Killed ten times at random moments and started again, a run writes the bytes of one that was left alone, and the verdicts are right.

    Nothing is listed again that was finished: all the runs together send hardly more requests than one.
    """
    whole, killed, checkpoint = tmp_path / "whole.json", tmp_path / "killed.json", tmp_path / "run.db"
    service.fail(**some_faults(tenant))
    started = time.monotonic()
    done = subprocess.run(command(service, whole), cwd=ROOT, capture_output=True, text=True, check=True)
    took, once = time.monotonic() - started, len(service.log())

    service.fail(**some_faults(tenant))
    random = Random(11)
    outputs, kills = done.stdout + done.stderr, 0
    run = command(service, killed, "--checkpoint", str(checkpoint))
    while kills < KILLS:
        with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            before = len(service.log())
            _wait_for(service, before + random.randrange(1, max(2, once // (KILLS + 2))), process)
            process.kill()
            outputs += process.communicate()[0]
        assert process.returncode < 0, "it ended before it was killed"
        kills += 1
    last = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    again = len(service.log())
    each = f"{once / GATEWAYS / PARTNERS:.2f} requests for each of {GATEWAYS * PARTNERS} connections"
    print(f"\n{once} requests, {each}, {took:.0f} s; {again} requests with {kills} kills")  # noqa: T201  # shown by `pytest -s`

    assert killed.read_bytes() == whole.read_bytes()
    assert again < once + KILLS * 400
    assert not checkpoint.exists()
    kept = outputs + last.stdout + last.stderr + whole.read_text(encoding="utf-8")
    assert [word for word in (SECRET, TOKEN) if word in kept] == []
    assert {"GET", "POST"} == {method for method, _ in service.log()}
    _verdicts_are_right(whole, tenant, tmp_path)


def _wait_for(service: Served, requests: int, process: subprocess.Popen[str]) -> None:
    while len(service.log()) < requests and process.poll() is None:
        time.sleep(0.05)


def _verdicts_are_right(snapshot: Path, tenant: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "tenant.json"
    file.write_text(json.dumps({"value": list(tenant.resources.values())}), encoding="utf-8")
    inventory = read_inventory([snapshot])
    assert len({gap.kind for gap in inventory.gaps}) >= 5
    check_against(verdicts_of(inventory), verdicts_of(read_inventory([file])), inventory, tenant)
