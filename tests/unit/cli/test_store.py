"""`scan --store`, `diff`, `history` and `store prune` as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.cli.history import _shows_bars
from tests.unit.cli_estate import lab
from tests.unit.conftest import Run

Put = Callable[[str, object], Path]
STORE = ("--store", "runs.db")


@pytest.fixture
def scan(run: Run, put: Put) -> Callable[..., int]:
    """Return a function that scans the lab in a stage and keeps the run."""

    def scanned(stage: int, *argv: str, partners: tuple[str, ...] = ("red", "blue")) -> int:
        put("estate.json", {"value": lab(stage, partners)})
        return run("scan", "estate.json", *STORE, "--format", "json=report.json", "--with-facts", *argv).code

    return scanned


def test_scan_keeps_its_run(run: Run, put: Put) -> None:
    """A scan with a store says on standard error where its run is, and its report is as it would be without."""
    path = put("estate.json", {"value": lab(5)})
    alone = run("scan", path.name, "--format", "azuredevops")
    kept = run("scan", path.name, "--format", "azuredevops", *STORE)
    assert (kept.code, kept.out) == (alone.code, alone.out)
    assert kept.err == "kept as run 1 of scope `estate.json` in `runs.db`\n"


def test_nothing_new_ends_with_0(run: Run, scan: Callable[..., int]) -> None:
    """The same estate twice is no change, also where it has findings."""
    scan(1)
    scan(1)
    found = run("diff", *STORE)
    assert found.code == 0
    assert found.out.splitlines()[0] == "NO CHANGE: 14 findings as before"


def test_a_new_finding_ends_with_1(run: Run, scan: Callable[..., int]) -> None:
    """A pair that opened is the first thing said, and the exit code is the one of a pipeline."""
    scan(5)
    scan(1)
    found = run("diff", *STORE)
    assert found.code == 1
    assert found.out.splitlines()[0] == "WORSE: 14 new findings (2 critical, 12 high), 1 pair opened"
    assert "  vpngw: blue and red: closed -> two-way" in found.out.splitlines()
    assert run("diff", *STORE, "--fail-on", "never").code == 0
    assert run("diff", "2", "1", *STORE).code == 0


def test_a_third_partner_in_an_open_crowd_is_worse(run: Run, scan: Callable[..., int]) -> None:
    """Findings that were there already are about more pairs now, and the new partner's are new."""
    scan(1)
    scan(1, partners=("red", "blue", "tan"))
    value = run("diff", *STORE, "--format", "json").json
    assert {change["verdict"]["control_id"] for change in value["changed"] if change["worse"]} == {"S2S-ISO-001"}
    assert value["summary"]["pairs"] == {"opened": 2}
    assert {single["before"] for single in value["new"]} == {"absent"}


def test_reports_are_compared_without_a_store(run: Run, scan: Callable[..., int]) -> None:
    """Two JSON reports say what their runs say."""
    scan(1)
    Path("report.json").rename("before.json")
    scan(5)
    files, kept = run("diff", "before.json", "report.json"), run("diff", *STORE)
    assert files.code == kept.code == 0
    assert files.out.splitlines()[0] == kept.out.splitlines()[0] == "BETTER: 14 findings resolved, 1 pair closed"
    mixed = run("diff", "1", "report.json", *STORE)
    assert mixed.out.splitlines()[0] == kept.out.splitlines()[0]


def test_what_is_not_read_is_not_resolved(run: Run, put: Put) -> None:
    """Findings of an estate that could not be read are not known any more, and --fail-on-unknown ends with 3."""
    put("in/estate.json", {"value": lab(1)})
    assert run("scan", "in", *STORE).code == 1
    put("in/estate.json", "{")
    put("in/other.json", {"value": lab(1)[:1]})
    assert run("scan", "in", *STORE).code == 3
    found = run("diff", *STORE)
    assert found.out.splitlines()[0].startswith("LESS KNOWN: 14 findings nobody can tell about any more")
    assert "resolved" not in found.out
    assert (found.code, run("diff", *STORE, "--fail-on-unknown").code) == (0, 3)


def test_history_shows_the_trend(run: Run, scan: Callable[..., int]) -> None:
    """The newest run is the first thing said; every run, control and gateway has its line."""
    for stage in (5, 1):
        scan(stage)
    scan(5, "--scope", "other")
    found = run("history", *STORE, "--scope", "estate.json")
    assert found.code == 0
    assert found.out.startswith("now: 14 findings (2 critical, 12 high), 1 open pair in run 2 (")
    assert "  S2S-ISO-001  ▁█  findings 0 -> 2" in found.out.splitlines()
    assert "other scopes (--scope NAME): other (1 run)" in found.out.splitlines()
    value = run("history", *STORE, "--scope", "estate.json", "--format", "json", "--limit", "1").json
    assert [entry["id"] for entry in value["runs"]] == [2]


def test_old_runs_go(run: Run, scan: Callable[..., int]) -> None:
    """Scan --keep-runs and store prune remove the older runs of the scope, and say so."""
    for _ in range(3):
        scan(5)
    scan(5, "--keep-runs", "2")
    assert [entry["id"] for entry in run("history", *STORE, "--format", "json").json["runs"]] == [3, 4]
    assert run("store", "prune", *STORE, "--keep-runs", "1").out == "removed 1 run (3)\n"
    assert run("store", "prune", *STORE, "--keep-days", "1").out == "removed nothing: every run stays\n"


def test_a_store_that_fails_does_not_lose_the_report(scan: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The reports are written although the run cannot be kept, and the exit code says that it was not."""
    from s2sguard.errors import StoreError
    from s2sguard.store import save

    def full(*_: object, **__: object) -> int:
        raise StoreError("the store `runs.db` cannot grow: the disk is full")

    monkeypatch.setattr(save, "save", full)
    assert scan(5) == 3
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["schema_version"] == "1"


def test_a_store_that_cannot_be_used_ends_before_the_scan(run: Run) -> None:
    """A wrong place is said at once, before an input is looked for."""
    found = run("scan", "not-there.json", "--store", "none/runs.db")
    assert (found.code, found.out) == (3, "")
    assert found.err.splitlines()[0] == "error: the store `none/runs.db`: its folder does not exist"


PLANTED = "planted-" + "secret"


@pytest.mark.parametrize(
    ("argv", "code", "error"),
    [
        (("diff",), 2, "there is no store to use"),
        (("diff", "1"), 2, "diff takes two runs, or none for the last two"),
        (("diff", "1", "2", "3"), 2, "diff takes two runs, or none for the last two"),
        (("diff", "1", "2", "--scope", "prod"), 2, "--scope chooses the last two runs, and two runs are named"),
        (("diff", "a.json", "b.json"), 3, "report `a.json` does not exist or is not a file"),
        (("diff", *STORE), 3, "there is no store `runs.db`"),
        (("history",), 2, "there is no store to use"),
        (("history", *STORE), 3, "there is no store `runs.db`"),
        (("store", "prune", *STORE), 2, "nothing says which runs stay"),
        (("store", "prune", "--keep-runs", "1"), 2, "there is no store to use"),
        (("store", "prune", *STORE, "--keep-runs", "1"), 3, "there is no store `runs.db`"),
        (("store", "prune", *STORE, "--keep-runs", "0"), 2, "argument --keep-runs: not a whole number from 1 to 100000"),
        (("scan", "x.json", "--scope", "prod"), 2, "--scope is about a store, and there is no store to use"),
        (("scan", "x.json", "--keep-days", "3"), 2, "--keep-days is about a store, and there is no store to use"),
        (("scan", "x.json", *STORE, "--scope", " "), 2, "--scope is a name of 1 to 200 characters"),
        (
            ("history", "--store", f"mysql://u:{PLANTED}@h/d"),
            2,
            "flag --store: the store is neither a SQLite file nor a PostgreSQL database",
        ),
        (
            ("history", "--store", f"postgresql://u:{PLANTED}@127.0.0.1:1/d"),
            3,
            "the store `postgresql://u:***@127.0.0.1:1/d` cannot be reached: connection refused",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, argv: tuple[str, ...], code: int, error: str) -> None:
    """Every slip ends with its code and one line, nothing on standard output, no file made, no password shown."""
    found = run(*argv)
    assert (found.code, found.out, found.err.splitlines()[0]) == (code, "", f"error: {error}")
    assert PLANTED not in found.err
    assert not Path("runs.db").exists()


def test_a_scope_without_runs_names_the_others(run: Run, scan: Callable[..., int]) -> None:
    """Somebody who misspells a scope is told which there are."""
    scan(5)
    found = run("history", *STORE, "--scope", "prd")
    assert found.err == "error: the store `runs.db` holds no run of scope `prd`\n  hint: the scopes are `estate.json`\n"
    assert run("diff", *STORE).err.splitlines()[0] == (
        "error: the store `runs.db` holds one run of scope `estate.json`, and nothing to compare it with"
    )


def test_config_show_hides_the_password(run: Run) -> None:
    """The configuration in force names the store and not what opens it."""
    for argv in (("config", "show"), ("config", "show", "--format", "json")):
        found = run(*argv, "--store", f"postgresql://u:{PLANTED}@h/d")
        assert PLANTED not in found.out
        assert "postgresql://u:***@h:5432/d" in found.out


def test_bars_are_only_drawn_where_they_can_be_shown() -> None:
    """A terminal that knows ASCII alone gets other characters."""
    assert [_shows_bars(encoding) for encoding in ("utf-8", "ascii", "no-such-encoding", None)] == [True, False, False, False]
