"""`s2sguard collect` and the live side of `scan`, as far as no service is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.conftest import Run

GUID = "11111111-1111-1111-1111-111111111111"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("scan", "nothing says what to read"),
        ("collect -o x.json", "nothing says what to read"),
        (f"collect --subscription {GUID}", "the snapshot needs a file"),
        (f"scan x.json --subscription {GUID}", "a live estate and paths exclude each other"),
        (f"scan --subscription {GUID} --all-subscriptions", "--subscription and --all-subscriptions exclude each other"),
        (f"scan plan.json --management-group {GUID}", "a live estate and paths exclude each other"),
        ("scan --all-subscriptions --with x.json", "a live estate and paths exclude each other"),
        ("scan x.json --checkpoint y", "need a scope"),
        ("scan x.json --no-resource-graph", "need a scope"),
        ("collect --subscription prod -o x.json", "`prod` is no subscription id"),
        ("collect --management-group a/b -o x.json", "`a/b` is no management group id"),
        ("collect --all-subscriptions --concurrency 0 -o x.json", "a whole number from 1 to 64"),
        ("collect --all-subscriptions --cloud german -o x.json", "invalid choice"),
        ("collect --all-subscriptions -o none/x.json", "its folder does not exist"),
    ],
)
def test_what_does_not_go_together(run: Run, line: str, says: str) -> None:
    """A command line that cannot be carried out says why in one line and ends with 2, or 3 for the output."""
    ran = run(*line.split())
    assert (True, ran.code) == (says in ran.err, 3 if "folder" in says else 2)


def test_a_checkpoint_that_is_none(run: Run, tmp_path: Path) -> None:
    """A file that is no checkpoint is refused before anything is sent."""
    (tmp_path / "run.db").write_text("something else")
    ran = run("collect", "--all-subscriptions", "--checkpoint", "run.db", "-o", "x.json")
    assert (2, True, "something else") == (ran.code, "it is no checkpoint" in ran.err, (tmp_path / "run.db").read_text())


@pytest.mark.parametrize(
    ("scope", "assignable"),
    [
        ([], ["/subscriptions/00000000-0000-0000-0000-000000000000"]),
        (["--subscription", GUID.upper()], [f"/subscriptions/{GUID}"]),
        (["--management-group", "partners"], ["/providers/Microsoft.Management/managementGroups/partners"]),
        (["--all-subscriptions"], ["/subscriptions/00000000-0000-0000-0000-000000000000"]),
    ],
)
def test_the_role(run: Run, scope: list[str], assignable: list[str]) -> None:
    """The role is printed for the scope given, reads and nothing else."""
    ran = run("collect", "--print-role", *scope)
    found = json.loads(ran.out)
    assert (0, assignable, [], []) == (ran.code, found["AssignableScopes"], found["DataActions"], found["NotActions"])
    assert all(action.endswith("/read") and "*" not in action for action in found["Actions"])
    assert found["Actions"] == sorted(found["Actions"], key=str.lower)


def test_without_the_azure_packages(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, that is what is said."""
    monkeypatch.setattr("s2sguard.collect.azure.collect._MODULES", ("azure.mgmt.nothing",))
    ran = run("collect", "--all-subscriptions", "-o", "x.json")
    assert (2, True) == (ran.code, "pip install 's2sguard[azure]'" in ran.err)
