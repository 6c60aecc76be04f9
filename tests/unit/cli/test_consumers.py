"""The commands for OPA and conftest, with a conftest that only pretends."""

from __future__ import annotations

import stat
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.cli.conftest_plugin import FINDINGS, INCOMPLETE, USAGE, WARNINGS
from s2sguard.errors import EngineError
from s2sguard.evaluate import conftest_binary
from tests.unit.cli_estate import write_lab
from tests.unit.conftest import Run

Pretend = Callable[..., Path]
SCRIPT = """\
#!{python}
import sys
if "--help" in sys.argv:
    print({help!r})
    sys.exit(0)
sys.stdin.read()
print({out!r}, end="")
print(" ".join(sys.argv[1:]), file=open({log!r}, "w"))
sys.exit({code})
"""


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Pretend:
    """Return a function that puts a conftest in place which prints and ends as told; its arguments are in `log`."""
    assert callable(run)  # after it, because it clears the environment

    def place(out: str = "judged\n", code: int = 0, *, about: str = "--stdin-filename") -> Path:
        program, log = tmp_path / "conftest-pretended", tmp_path / "log"
        program.write_text(SCRIPT.format(python=sys.executable, help=about, out=out, log=str(log), code=code))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv(conftest_binary.VARIABLE, str(program))
        return log

    return place


@pytest.mark.parametrize(
    ("ending", "flags", "expected"),
    [
        (("judged\n", 0), [], 0),
        (("", 0), ["--quiet"], 0),
        (("judged\n", 1), [], FINDINGS),
        (("judged\n", 1), ["--fail-on-warn"], WARNINGS),
        (("judged\n", 2), ["--fail-on-warn"], FINDINGS),
        (("judged\n", 2), [], FINDINGS),
        (("", 1), [], INCOMPLETE),
        (("", 2), ["--fail-on-warn"], INCOMPLETE),
        (("judged\n", 3), [], INCOMPLETE),
        (("judged\n", 139), [], INCOMPLETE),
    ],
)
def test_what_becomes_of_an_exit_code(
    run: Run, pretend: Pretend, tmp_path: Path, ending: tuple[str, int], flags: list[str], expected: int
) -> None:
    """Each way conftest can end has one code, and none but clean is below 3; what it printed is shown."""
    out, code = ending
    pretend(out, code)
    ran = run("conftest", "run", write_lab(tmp_path, 3), *flags)
    assert (ran.code, ran.out) == (expected, out)
    assert ("nothing was judged" in ran.err) is (expected == INCOMPLETE)


def test_what_is_passed_on(run: Run, pretend: Pretend, tmp_path: Path) -> None:
    """Our options stay here, conftest's go on as they were given, and what would change the input is fixed."""
    log = pretend()
    path = write_lab(tmp_path, 3)
    assert run("conftest", "run", "-o", "json", "--today", "2026-01-01", path, "--trace", "-p", "mine", "--complete").code == 0
    words = log.read_text().split()
    assert words[0] == "test"
    assert words[-1] == "-"
    assert {"--output=json", "--trace", "--policy=mine", f"--stdin-filename={path}", "--all-namespaces"} <= set(words)
    assert {"--parser=json", "--combine=false", "--rego-version=v1", "--update="} <= set(words)
    assert not [word for word in words if "today" in word or "complete" in word]
    assert next(word for word in words if word.startswith("--policy=")) != "--policy=mine"
    run("conftest", "run", path, path)
    words = log.read_text().split()
    assert not [word for word in words if word.startswith("--stdin-filename")]
    (chosen,) = (word for word in words if word.startswith("--namespace="))
    assert "s2sguard.document" in chosen
    assert "s2sguard.controls.iso.two_way_transit" in chosen
    assert "s2sguard.estate" not in chosen


def test_a_conftest_that_cannot_name_its_input_is_not_asked_to(run: Run, pretend: Pretend, tmp_path: Path) -> None:
    """An older release refuses an option it does not know."""
    log = pretend(about="--parser")
    assert run("conftest", "run", write_lab(tmp_path, 3)).code == 0
    assert "stdin-filename" not in log.read_text()


def test_a_conftest_that_is_none_is_said(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No program, a file that is none, or one that fails: one line, and code 3."""
    path = write_lab(tmp_path, 3)
    monkeypatch.setenv(conftest_binary.VARIABLE, str(tmp_path / "none"))
    assert run("conftest", "run", path).code == INCOMPLETE
    program = tmp_path / "broken"
    for text in ("no program\n", "#!/bin/sh\nexit 9\n"):
        program.write_text(text)
        program.chmod(0o755)
        monkeypatch.setenv(conftest_binary.VARIABLE, str(program))
        ran = run("conftest", "run", path)
        assert (ran.code, ran.out) == (INCOMPLETE, "")
        assert "error: conftest cannot be run" in ran.err
    program.write_text("no program\n")
    assert "error: conftest cannot be run" in run("conftest", "run", path, path).err


def test_without_a_caller_the_path_decides(monkeypatch: pytest.MonkeyPatch, pretend: Pretend, tmp_path: Path) -> None:
    """Where nothing is named and no conftest called, the one on the path is taken, and its absence is said."""
    pretend()
    monkeypatch.delenv(conftest_binary.VARIABLE)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="not installed"):
        conftest_binary.find_conftest()
    (tmp_path / "conftest-pretended").rename(tmp_path / "conftest")
    assert conftest_binary.find_conftest() == tmp_path / "conftest"


def test_the_caller_is_asked_only_if_it_is_conftest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that started us is not taken for conftest."""
    monkeypatch.delenv(conftest_binary.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert conftest_binary._caller() is None


@pytest.mark.parametrize("arguments", [[], ["--nonsense", "x"], ["x", "--namespace", "main"], ["x", "--config", "missing.yaml"]])
def test_a_wrong_command_line_is_never_2(run: Run, arguments: list[str]) -> None:
    """Code 2 of a plugin is lost in older releases."""
    ran = run("conftest", "run", *arguments)
    assert (ran.code, ran.out) == (USAGE, "")
    assert ran.err.startswith("error: ")


def test_the_plugin_is_where_it_says(run: Run) -> None:
    """The folder that is printed holds the plugin's description."""
    ran = run("conftest", "path")
    assert "command: s2sguard conftest run" in (Path(ran.out.strip()) / "plugin.yaml").read_text()


def test_facts_of_nothing_are_no_facts(run: Run, put: Callable[[str, object], Path]) -> None:
    """An input without a single resource prints nothing, so that nothing can be judged clean by it."""
    ran = run("facts", put("empty.json", {"value": []}))
    assert (ran.code, ran.out) == (3, "")
    assert "no resource was read" in ran.err


def test_facts_of_a_part_are_said_to_be_a_part(run: Run, tmp_path: Path) -> None:
    """What could be read is printed; what could not is named, and the code is 3."""
    ran = run("facts", write_lab(tmp_path, 3), "missing\n.json")
    assert (ran.code, len(ran.json["connections"])) == (3, 2)
    assert "error: an input was not read: missing\\n.json" in ran.err


def test_a_bundle_without_facts_needs_no_inventory_and_no_opa(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack's modules and a manifest, and the revision on standard output."""
    monkeypatch.setenv("S2SGUARD_OPA", "no-such-opa")
    ran = run("bundle", "-o", "b.tar.gz", "--revision", "r1")
    assert (ran.code, ran.out) == (0, "revision r1\n")
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        names = archive.getnames()
    assert names[0] == ".manifest"
    assert "s2sguard/main/main.rego" in names
    assert not [name for name in names if name.endswith("_test.rego") or "data.json" in name]
    assert run("bundle", "-o", "c.tar.gz", "--signing-key", tmp_path / "b.tar.gz").code == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["x.json"], "add --with-facts"),
        (["--with-facts"], "name the files of an inventory"),
        (["--signing-key", "missing.pem"], "--signing-key names no file"),
        (["--signing-key", "x.json", "--signing-alg", "HS256"], "invalid choice"),
    ],
)
def test_a_bundle_that_cannot_be_meant_is_refused(run: Run, tmp_path: Path, arguments: list[str], told: str) -> None:
    """Facts without a flag, a flag without facts, a key that is not there, a secret as a key."""
    ran = run("bundle", "-o", "b.tar.gz", *arguments)
    assert (ran.code, told in ran.err) == (2, True)
    assert not (tmp_path / "b.tar.gz").exists()


def test_half_an_estate_is_not_bundled(run: Run, tmp_path: Path) -> None:
    """Where an input was not read, no file is written."""
    ran = run("bundle", "--with-facts", write_lab(tmp_path, 3), "missing.json", "-o", "b.tar.gz")
    assert ran.code == 3
    assert "nothing was handed over" in ran.err
    assert not (tmp_path / "b.tar.gz").exists()
