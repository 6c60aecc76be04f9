"""A run in shards writes the report of a run over the whole inventory, byte for byte, in every format."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from s2sguard.audit import Request, audit
from s2sguard.cli import main
from s2sguard.cli.scan import _judged
from s2sguard.collect import read_inventory
from s2sguard.collect.arm_json import ArmReader
from s2sguard.collect.azure.request import LiveRequest
from s2sguard.collect.interface import Document
from s2sguard.collect.snapshot import write_snapshot
from s2sguard.config import load_config
from s2sguard.model.arm_types import CONNECTION, DIAGNOSTIC_SETTING, GATEWAY, IKE_SAS
from s2sguard.model.frameworks import FRAMEWORKS
from s2sguard.model.inventory import Gap, Inventory, Resource
from s2sguard.report.formats import EVIDENCE_FORMATS, FORMATS, renderer
from s2sguard.report.interface import Report, Streaming
from s2sguard.report.outcome import exit_code
from s2sguard.sharding.run import audit_in_shards
from samples.fleet.generate import Fleet
from tests.unit.sharding.hostile import HostileEstate

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds."""

pytestmark = [pytest.mark.usefixtures("wasm_home"), pytest.mark.no_cover]


@pytest.fixture(autouse=True)
def _each_component_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge each component by itself: what is small would be put together, and be the whole again."""
    monkeypatch.setattr("s2sguard.sharding.run.TOGETHER", 1)


def request(*paths: Path, **settings: str) -> Request:
    """What both ways are asked."""
    environ = {"S2SGUARD_ENGINE": "wasm"} | {f"S2SGUARD_{name.upper()}": value for name, value in settings.items()}
    config = load_config(file=None, environ=environ)
    names = tuple(map(str, paths))
    return Request(paths=names, input_format="auto", overlay=None, config=config, today=date(2026, 6, 1))


def rendered(report: Report) -> dict[str, str]:
    """The report in every format, JSON with its facts, and by the requirements of a framework."""
    found = {name: renderer(name, **({"with_facts": True} if name == "json" else {})).render(report) for name in FORMATS}
    return found | {f"{name} by requirements": renderer(name, framework=FRAMEWORKS[0]).render(report) for name in EVIDENCE_FORMATS}


def same(asked: Request, jobs: int = 1) -> Report:
    """Assert that both ways give the same reports, and return the one from memory."""
    _, whole = audit(asked, now=lambda: "2026-06-01T00:00:00+00:00")
    with audit_in_shards(asked, now=lambda: "2026-06-01T00:00:00+00:00", jobs=jobs) as sharded:
        expected, found = rendered(whole), rendered(sharded)
        different = [name for name in expected if expected[name] != found[name]]
        assert (different, exit_code(whole), list(whole.verdicts)) == ([], exit_code(sharded), list(sharded.verdicts))
        assert whole.run == sharded.run
    return whole


def fleet(path: Path, gateways: int = 6, partners: int = 5) -> Path:
    """An estate with mistakes on every gateway."""
    made = Fleet(partners=partners, spokes=2, mistakes=0.5, seed=3)
    path.write_text(json.dumps([resource for number in range(gateways) for resource in made.gateway(number)]))
    return path


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fleet(tmp_path: Path, jobs: int) -> None:
    """Several gateways with findings, in one process and in two."""
    report = same(request(fleet(tmp_path / "fleet.json")), jobs)
    assert {"fail", "pass"} <= {verdict.status for verdict in report.verdicts}
    assert any(len(verdict.witnesses) > 1 for verdict in report.verdicts)


@pytest.mark.parametrize("jobs", [1, 2])
def test_agreements_go_with_every_shard(tmp_path: Path, jobs: int) -> None:
    """Each connection is held against the same agreements, and conflicts between partners of two gateways are seen by both."""
    asked = request(fleet(tmp_path / "fleet.json", 3, 3))
    _, before = audit(asked, now=lambda: "2026-06-01T00:00:00+00:00")
    partners = [one["partner"] for one in before.facts["connections"] if "partner" in one]
    algorithms = {"encryption": "GCMAES256", "integrity": "GCMAES256"}
    # The first partner of one gateway and the last one of another have one range; the others have no agreement.
    signed = [
        {
            "partner": partner,
            "peers": ["198.51.100.7"],
            "prefixes": ["10.1.0.0/16"],
            "local": ["172.16.1.0/24"],
            "phase_1": algorithms | {"group": "ECP384"},
            "phase_2": algorithms | {"pfs": "ECP384"},
            "owner": "net",
            "ticket": "T-1",
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
        }
        for partner in (partners[0], partners[-1])
    ]
    (tmp_path / "agreements.json").write_text(json.dumps({"agreements": signed}))
    report = same(request(tmp_path / "fleet.json", agreements=str(tmp_path / "agreements.json")), jobs)
    found = [one["agreement"] for one in report.facts["connections"] if "agreement" in one]
    assert {one["found"] for one in found} == {True, False}
    assert sum(bool(one.get("conflicts")) for one in found) >= 2
    assert {one.status for one in report.verdicts if one.control_id == "S2S-AGR-006"} == {"fail"}
    assert {one.status for one in before.verdicts if one.control_id.startswith("S2S-AGR")} == set()


def live(path: Path) -> Path:
    """An estate as a live run leaves it: SAs, the settings of one gateway of three, and one that could not be read whole."""
    made = Fleet(partners=3, spokes=1, mistakes=0.5, seed=5)
    read = ArmReader().read(Document(file="live.json", value=[one for number in range(3) for one in made.gateway(number)]))
    first, second, _ = (one for one in read.resources if one.type == GATEWAY)
    seen = [{"isSaInitiator": True, "quickModeSAs": [{"localTrafficSelectors": ["0.0.0.0/0"], "remoteTrafficSelectors": ["0.0.0.0/0"]}]}]
    below = [
        below_of(one, f"{one.id}/ikeSas/default", IKE_SAS, {"ikeSas": seen}, parent=one.id)
        for one in read.resources
        if one.type == CONNECTION
    ]
    logs = {"workspaceId": "/w", "logs": [{"category": "IKEDiagnosticLog", "enabled": True}]}
    setting = below_of(first, f"{first.id}/providers/{DIAGNOSTIC_SETTING}/x", DIAGNOSTIC_SETTING, logs)
    gap = Gap(kind="forbidden", reason="its connections may not be listed", resource=second.id.upper())
    # The settings come first: far from their gateway in the order of the inventory.
    path.write_text(write_snapshot(Inventory([setting, *read.resources, *below], [*read.gaps, gap])))
    return path


def below_of(one: Resource, resource_id: str, kind: str, properties: dict[str, Any], parent: str | None = None) -> Resource:
    """A resource that belongs to another by its id."""
    name = resource_id.rsplit("/", 1)[-1]
    return Resource(id=resource_id, type=kind, name=name, properties=properties, tags={}, source=one.source, parent=parent)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_live_run_left(tmp_path: Path, jobs: int) -> None:
    """Each shard knows of the whole input what decides about its gateways: what was not read, and that settings were listed."""
    report = same(request(live(tmp_path / "live.json")), jobs)
    touched = [gateway.get("incomplete_reason", "") for gateway in report.facts["gateways"]]
    assert touched == ["", "other connections may exist: its connections may not be listed", ""]
    logs = [gateway.get("ike_log", gateway["unknown"].get("ike_log")) for gateway in report.facts["gateways"]]
    assert logs[0] is True
    assert [isinstance(one, str) for one in logs] == [False, True, True]
    assert all("observed" in connection for connection in report.facts["connections"])
    assert [file.sha256 for file in report.run.files] == [hashlib.sha256((tmp_path / "live.json").read_bytes()).hexdigest()]


def test_observed_files(tmp_path: Path) -> None:
    """What was observed is attached to the same connections, and its file is named with its digest."""
    source = fleet(tmp_path / "fleet.json", 2)
    connection = next(one for one in json.loads(source.read_text()) if one["type"] == CONNECTION)
    answer = [{"localEndpoint": "1.2.3.4", "remoteEndpoint": "5.6.7.8", "quickModeSa": []}]
    (tmp_path / "seen.json").write_text(json.dumps(answer))
    named = f"{connection['id']}={tmp_path / 'seen.json'}"
    report = same(replace(request(source), observed=(named,)))
    assert [one["id"] for one in report.facts["connections"] if "observed" in one] == [connection["id"]]
    assert [Path(file.file).name for file in report.run.files] == ["fleet.json", "seen.json"]


def test_a_live_run_in_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read live is judged in shards too, when somebody asks for it, with what was observed beside it."""
    read = read_inventory([live(tmp_path / "live.json")])
    monkeypatch.setattr("s2sguard.collect.azure.collect.read_live", lambda *_: Inventory(read.resources, read.gaps))
    (tmp_path / "seen.json").write_text("[]")
    asked = replace(request(), live=LiveRequest(all_subscriptions=True), observed=(str(tmp_path / "seen.json"),))
    report = same(asked)
    assert [gap.kind for gap in report.gaps][:2] == ["forbidden", "missing-reference"]
    assert report.run.inputs == asked.inputs


@pytest.mark.parametrize(
    ("jobs", "is_large", "is_live", "in_shards"),
    [
        (None, False, False, False),
        (None, True, False, True),
        (None, True, True, False),
        (1, False, False, True),
        (2, False, True, True),
    ],
)
def test_when_scan_takes_shards(jobs: int | None, is_large: bool, is_live: bool, in_shards: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - test parameters
    """A large input or `--jobs` means shards; a live run, whose scopes are no files, only `--jobs`."""
    chosen: list[bool] = []

    @contextmanager
    def shards(*_: object, **given: object) -> Iterator[str]:
        chosen.append(given["jobs"] == (jobs or 1))
        yield "sharded"

    monkeypatch.setattr("s2sguard.sharding.run.audit_in_shards", shards)
    monkeypatch.setattr("s2sguard.sharding.size.worth_it", lambda _: is_large)
    monkeypatch.setattr("s2sguard.audit.audit", lambda *_, **__: (None, "whole"))
    asked = replace(request(), live=LiveRequest(all_subscriptions=True) if is_live else None)
    with _judged(asked, jobs) as report:
        assert (str(report), chosen) == (("sharded", [True]) if in_shards else ("whole", []))


def test_both_ways_are_kept_as_the_same_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a store holds of a run, and the report with its trend, do not depend on how it was judged."""
    monkeypatch.setattr("s2sguard.cli.scan.now", lambda: "2026-06-01T00:00:00+00:00")
    monkeypatch.setattr("s2sguard.cli.keeping.now", lambda: "2026-06-01T00:00:00+00:00")
    source = live(tmp_path / "live.json")
    kept: dict[str, list[str]] = {}
    for name, jobs in (("whole", ()), ("shards", ("--jobs", "1")), ("processes", ("--jobs", "2"))):
        store, page = tmp_path / f"{name}.db", tmp_path / f"{name}.html"
        for _ in range(2):
            given = ("--store", str(store), "--format", f"html={page}", "-o", str(tmp_path / "table.txt"))
            assert main(["scan", str(source), "--engine", "wasm", *jobs, *given]) == 1
        with closing(sqlite3.connect(store)) as opened:
            kept[name] = [*opened.iterdump(), page.read_text()]
    assert "s2s_verdicts" in str(kept["whole"])
    assert kept["whole"] == kept["shards"]
    assert kept["whole"] == kept["processes"]


def test_the_samples() -> None:
    """Listings, plans, templates and scripts of all stages as one inventory, with its contradictions."""
    report = same(request(ROOT / "samples" / "lab"))
    assert {"fail", "unknown", "pass"} <= {verdict.status for verdict in report.verdicts}


def test_real_inputs(corpus: Path) -> None:
    """Everything Azure returned to somebody, as one inventory."""
    report = same(request(corpus / "api_response"))
    assert len(report.gaps) > 50


@pytest.mark.parametrize("seed", range(8))
def test_hostile_estates(seed: int, tmp_path: Path) -> None:
    """Shared sites, ids of the wrong kind and contradictions across files, as snapshots."""
    for number, document in enumerate(HostileEstate(seed).documents()):
        (tmp_path / f"{number}.json").write_text(write_snapshot(Inventory(document.resources, document.gaps)))
    same(request(tmp_path))


def test_an_input_without_resources(tmp_path: Path) -> None:
    """Nothing to judge is said in the same words."""
    (tmp_path / "empty.json").write_text('{"value": []}')
    same(request(tmp_path))


def test_waivers_and_a_baseline(tmp_path: Path) -> None:
    """Accepted findings are accepted in the same words, also one that is accepted in part."""
    source = fleet(tmp_path / "fleet.json")
    failed = [verdict for verdict in same(request(source)).verdicts if verdict.status == "fail"]
    chosen = [failed[0], next(verdict for verdict in failed if verdict.control_id == "S2S-ISO-001")]
    about: dict[str, Any] = {"reason": "r", "owner": "o", "expires": "2027-01-01"}
    waivers = [{"control": one.control_id, "resource": one.resource, **about} for one in chosen]
    (tmp_path / "waivers.json").write_text(json.dumps({"waivers": waivers}))
    accepted = [verdict for verdict in same(request(source, waivers=str(tmp_path / "waivers.json"))).verdicts if verdict.acceptance]
    assert len(accepted) == 2


def test_json_in_pieces_is_json(tmp_path: Path) -> None:
    """The pieces of a report are its text, in many pieces."""
    _, report = audit(request(fleet(tmp_path / "fleet.json", 1)), now=lambda: "")
    chosen = renderer("json")
    assert isinstance(chosen, Streaming)
    parts = list(chosen.parts(report))
    assert ("".join(parts), len(parts) > len(report.verdicts)) == (chosen.render(report), True)


@contextmanager
def scanning(source: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command at work, in a process group of its own that does not outlive the block."""
    command = [sys.executable, "-m", "s2sguard", "scan", str(source), "--engine", "wasm", *arguments]
    path = os.pathsep.join([str(ROOT / "plugin"), str(ROOT)])
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": path}
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def workers(pid: int) -> list[int]:
    """The processes that judge for a process, as soon as there are two."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        judging = [child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
        if len(judging) > 1:
            return judging
        time.sleep(0.02)
    raise TimeoutError


def still_runs(pid: int) -> bool:
    """Say whether a process goes on; one that has ended may stay in the list until somebody asks for it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux says who is whose child")


@needs_proc
def test_an_interrupt_ends_all(tmp_path: Path) -> None:
    """Ctrl-C goes to every process of the terminal: one line, exit code 130, nobody left."""
    with scanning(fleet(tmp_path / "fleet.json", 60), "--jobs", "2") as process:
        judging = workers(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
        assert (process.returncode, said) == (130, "error: interrupted\n")
        assert [pid for pid in judging if still_runs(pid)] == []


@needs_proc
def test_a_killed_worker_ends_the_run_with_3(tmp_path: Path) -> None:
    """Without one of its processes a run has no verdicts: one line and a hint, exit code 3."""
    with scanning(fleet(tmp_path / "fleet.json", 60), "--jobs", "2") as process:
        os.kill(workers(process.pid)[0], signal.SIGKILL)
        out, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (3, "")
    assert said.startswith("error: a process that judges was ended from outside, so there are no verdicts\n  hint: ")


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", "9999", "²"])
def test_a_number_of_processes_that_is_none(number: str, tmp_path: Path) -> None:
    """A bad `--jobs` is one line and exit code 2."""
    with scanning(tmp_path, f"--jobs={number}") as process:
        _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said.splitlines()[0]) == (2, "error: argument --jobs: not a number of processes from 1 to 256")
