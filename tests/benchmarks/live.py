"""A live run of full size against the fake tenant.

`python -m tests.benchmarks.live [--gateways 2000] [--partners 10] [--runs graph walking disturbed]`; ten gateways are one subscription,
so the default is 200 subscriptions with 20 000 connections. Of the runs, two are left alone, and in the third one request in twenty
fails for a while and some places fail for good. Counts are what matters; seconds depend on the machine, which also runs the service.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from s2sguard.collect import read_inventory
from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.wasm_build import build_wasm
from tests.benchmarks.home import ROOT
from tests.integration.fake_tenant.client import Served, served
from tests.integration.fake_tenant.estate import check_against, verdicts_of
from tests.integration.fake_tenant.faults import some_faults
from tests.integration.fake_tenant.tenant import Tenant, build

KB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run."""

    seconds: float
    requests: int
    megabytes: float


def collect(service: Served, output: Path, *more: str) -> Measured:
    """Collect everything in a process of its own."""
    command = [sys.executable, "-m", "tests.integration.fake_tenant.run", service.url, "collect", "--all-subscriptions", *more]
    started = time.monotonic()
    peak = output.with_suffix(".peak")
    subprocess.run([*command, "-o", str(output)], cwd=ROOT, env=os.environ | {"PEAK_FILE": str(peak)}, check=True)
    seconds = time.monotonic() - started
    megabytes = int(peak.read_text(encoding="utf-8").partition("VmHWM:")[2].split()[0]) / KB
    return Measured(seconds=seconds, requests=len(service.log()), megabytes=megabytes)


def say(what: str, measured: Measured, connections: int) -> None:
    """Print one run."""
    each = measured.requests / connections
    speed = connections / measured.seconds
    sys.stdout.write(
        f"{what}: {measured.requests} requests, {each:.3f} for each connection; {measured.seconds:.0f} s, "
        f"{speed:.0f} connections/s; peak {measured.megabytes:.0f} MB\n"
    )
    sys.stdout.flush()


def _judge(snapshot: Path, tenant: Tenant, folder: Path) -> None:
    """Hold the verdicts of a disturbed run against those of the tenant."""
    os.environ["S2SGUARD_WASM"] = str(build_wasm(load_pack(), ROOT / ".tools" / "bin" / "opa", folder / "policy.wasm"))
    file = folder / "tenant.json"
    file.write_text(json.dumps({"value": list(tenant.resources.values())}), encoding="utf-8")
    whole = verdicts_of(read_inventory([file]))
    inventory = read_inventory([snapshot])
    found = verdicts_of(inventory)
    check_against(found, whole, inventory, tenant)
    same = sum(found.get(key) == status for key, status in whole.items())
    gaps = Counter(gap.kind for gap in inventory.gaps)
    line = f"verdicts: {same} of {len(whole)} as in the whole tenant, the rest unknown or absent; gaps {dict(gaps)}\n"
    sys.stdout.write(line)


RUNS: dict[str, tuple[str, ...]] = {"graph": (), "walking": ("--no-resource-graph",), "disturbed": ()}


def main() -> None:
    """Make the runs and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateways", type=int, default=2000)
    parser.add_argument("--partners", type=int, default=10)
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=list(RUNS))
    options = parser.parse_args()
    tenant = build(gateways=options.gateways, partners=options.partners)
    with tempfile.TemporaryDirectory() as name, served("--gateways", str(options.gateways), "--partners", str(options.partners)) as service:
        for run in options.runs:
            snapshot = Path(name) / f"{run}.json"
            service.fail(**(some_faults(tenant) if run == "disturbed" else {}))
            say(run, collect(service, snapshot, *RUNS[run]), options.gateways * options.partners)
            sys.stdout.write(f"snapshot: {snapshot.stat().st_size / KB / KB:.0f} MB\n")
            if run == "disturbed":
                _judge(snapshot, tenant, Path(name))


if __name__ == "__main__":
    main()
