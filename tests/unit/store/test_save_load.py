"""Runs in a store: what comes out is what went in, all of it or nothing, and no key."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from s2sguard.errors import InputError, StoreError, UsageError
from s2sguard.evaluate.verdict import Acceptance, Verdict
from s2sguard.model.inventory import Gap, Source
from s2sguard.report.interface import Report
from s2sguard.report.json_report import JsonRenderer
from s2sguard.store.database import Database, open_database
from s2sguard.store.load import find_pair, load
from s2sguard.store.report_file import read_report
from s2sguard.store.save import save
from tests.unit.report.builders import RUN, connection, connection_id, gateway, report, transit, verdict

ROOT = Path(__file__).resolve().parents[3]
EVIL = "to-\0red\ud800\x1b[2J"


def leaking() -> Report:
    """Return a report with one of everything: open pairs, accepted, unknown, passed, unread."""
    open_ = {"count": 1, "possible": 1, "witnesses": [], "groups": [0], "possible_groups": [1]}
    return report(
        transit("to-blue", "to-red"),
        transit("to-red", "to-blue"),
        replace(verdict("to-blue"), acceptance=Acceptance(kind="waiver", reason="moving out")),
        verdict("to-red", "unknown", control="S2S-SEL-002", message="fixed_selectors is unknown"),
        verdict("to-blue", "pass", control="S2S-GWY-002"),
        replace(verdict("to-red", "pass", control="S2S-GWY-002"), gateway=None),
        replace(verdict(EVIL), gateway=f"/Gateways/{EVIL}", fingerprint="0" * 32),
        gateways=[gateway(pairs=(3, 1, 0, 2), parties=["red", "blue", EVIL], party_groups=[[[0, 1]], [[0, 2]]])],
        connections=[connection("to-red", "red", party=0, two_way=open_), connection("to-blue", "blue", party=1, two_way=open_)],
        gaps=(Gap(kind="not-json", reason="not JSON at line 1", source=Source(file="notes.json")),),
    )


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return a store that is ready for runs."""
    found = open_database(str(tmp_path / "runs.db"))
    found.prepare()
    yield found
    found.close()


def test_a_run_comes_back_as_its_json_report_tells_it(database: Database, tmp_path: Path) -> None:
    """A run of a store and the same run's JSON report are compared as the same thing."""
    number = save(database, leaking(), scope="prod", inputs_digest="sha256:00")
    (tmp_path / "report.json").write_text(JsonRenderer(with_facts=True).render(leaking()), encoding="utf-8")
    kept, told = load(database, number), read_report(str(tmp_path / "report.json"))
    assert (kept.entries, kept.passes, kept.subjects) == (told.entries, told.passes, told.subjects)
    assert (kept.gateways, kept.gaps, kept.blind) == (told.gateways, told.gaps, True)
    assert replace(kept.info, id=None, label=told.info.label, scope="estate.json", inputs_digest=None) == told.info
    assert (kept.info.label, kept.info.scope, kept.info.inputs_digest) == (f"run {number}", "prod", "sha256:00")


def test_a_report_without_facts_does_not_say_who_reaches_whom(tmp_path: Path) -> None:
    """Pairs that are not known are not called closed."""
    (tmp_path / "report.json").write_text(JsonRenderer().render(leaking()), encoding="utf-8")
    assert read_report(str(tmp_path / "report.json")).gateways is None


def test_a_run_that_fails_leaves_nothing(database: Database) -> None:
    """An error in the middle of writing leaves no row in any table."""

    def broken() -> Iterator[Verdict]:
        yield from (verdict(f"to-{number}") for number in range(2000))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        save(database, replace(leaking(), verdicts=cast("Any", broken())), scope="prod", inputs_digest=None)
    assert rows(database) == {"s2s_runs": 0, "s2s_verdicts": 0, "s2s_passes": 0, "s2s_gateways": 0, "s2s_pair_groups": 0, "s2s_gaps": 0}


def rows(database: Database) -> dict[str, int]:
    """Return how many rows each table of runs has."""
    from s2sguard.store.tables import OF_A_RUN, RUNS

    with database.reading() as connection:
        tables = sorted((RUNS, *OF_A_RUN), key=lambda table: table.name)
        found = {table.name: len(connection.execute(table.select()).all()) for table in tables}
    return {name: found[name] for name in ("s2s_runs", "s2s_verdicts", "s2s_passes", "s2s_gateways", "s2s_pair_groups", "s2s_gaps")}


KILLED = """\
import os, signal, sys
from dataclasses import replace
from tests.unit.report.builders import verdict
from tests.unit.store.test_save_load import leaking
from s2sguard.store.database import open_database
from s2sguard.store.save import save

def verdicts():
    yield from (verdict(f"to-{number}") for number in range(20000))
    os.kill(os.getpid(), signal.SIGKILL)

save(open_database(sys.argv[1]), replace(leaking(), verdicts=verdicts()), scope="prod", inputs_digest=None)
"""


def test_a_run_that_is_killed_leaves_nothing(database: Database, tmp_path: Path) -> None:
    """A program that is killed in the middle of writing leaves nothing visible, and the next run is written as if it had never been."""
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "runs.db")], env=environ, cwd=ROOT, check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL
    assert rows(database)["s2s_runs"] == rows(database)["s2s_verdicts"] == 0
    assert load(database, save(database, leaking(), scope="prod", inputs_digest=None)).entries
    assert rows(database)["s2s_runs"] == 1


def test_the_last_two_runs_are_those_of_one_scope(database: Database) -> None:
    """Without a scope it is that of the last run; runs about something else in between do not count."""
    numbers = {}
    for day, scope in (("01", "prod"), ("02", "prod"), ("03", "test"), ("04", "prod")):
        run = replace(RUN, started=f"2026-01-{day}T00:00:00+00:00")
        numbers[day] = save(database, replace(leaking(), run=run), scope=scope, inputs_digest=None)
    assert find_pair(database) == (numbers["02"], numbers["04"])
    with pytest.raises(UsageError, match="holds one run of scope `test`, and nothing to compare it with"):
        find_pair(database, scope="test")
    with pytest.raises(UsageError, match="holds no run of scope `none`"):
        find_pair(database, scope="none")
    with pytest.raises(UsageError, match="holds no run 99"):
        load(database, 99)


def test_no_key_enters_a_store(tmp_path: Path, run: Any) -> None:  # noqa: ANN401  # the fixture's own type is of another module
    """A scan of connections with shared keys leaves none of them in the file."""
    from tests.unit.cli_estate import write_lab

    run("scan", write_lab(tmp_path, 1), "--store", tmp_path / "runs.db")
    content = (tmp_path / "runs.db").read_bytes()
    assert b"planted-key" not in content
    assert b"two-way transit" in content


def test_a_damaged_run_is_one_line(database: Database) -> None:
    """What cannot be understood in a store is said, without a traceback."""
    from s2sguard.store.tables import VERDICTS

    number = save(database, leaking(), scope="prod", inputs_digest=None)
    with database.writing() as connection:
        connection.execute(VERDICTS.update().values(body="{"))
    with pytest.raises(StoreError, match=rf"run {number} in the store `.*` is damaged"):
        load(database, number)


NO_REPORTS: list[tuple[object, str]] = [
    ("{", "is not a JSON report of s2sguard"),
    ([], "is not a JSON report of s2sguard"),
    ({}, "is not a JSON report of s2sguard"),
    ({"schema_version": "9", "run": {}, "verdicts": []}, "is of another version"),
    ({"schema_version": "1", "run": {}, "verdicts": [{"status": "fail"}], "gaps": []}, "is not a JSON report of s2sguard"),
    ({"schema_version": "1", "run": {}, "verdicts": [], "gaps": []}, "is not a JSON report of s2sguard"),
]


@pytest.mark.parametrize(("value", "text"), NO_REPORTS)
def test_what_is_no_report_is_refused(tmp_path: Path, value: object, text: str) -> None:
    """A file that is no JSON report ends in one line."""
    (tmp_path / "it.json").write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    with pytest.raises(InputError, match=text):
        read_report(str(tmp_path / "it.json"))


@pytest.mark.parametrize(
    "damage", [{"status": "passed"}, {"severity": 3}, {"pairs": True}, {"acceptance": "x"}, {"details": "x"}, {"gateway": 3}]
)
def test_a_report_with_a_damaged_verdict_is_refused(tmp_path: Path, damage: dict[str, object]) -> None:
    """A verdict that is not as the report's schema has it is never read as something else."""
    value = json.loads(JsonRenderer().render(leaking()))
    value["verdicts"][0] |= damage
    (tmp_path / "it.json").write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(InputError, match="is not a JSON report of s2sguard"):
        read_report(str(tmp_path / "it.json"))


def test_ids_in_another_casing_are_the_same_resource(database: Database) -> None:
    """ARM ids ignore case: a resource in another spelling was judged all the same."""
    kept = load(database, save(database, leaking(), scope="prod", inputs_digest=None))
    assert kept.judged(connection_id("to-red").upper())
    assert not kept.judged(connection_id("to-green"))
