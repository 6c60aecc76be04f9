"""`conftest s2s`: our plugin in two releases of conftest, the pinned one and the last that loses the exit codes 1 and 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from s2sguard.cli.conftest_plugin import FINDINGS, INCOMPLETE, USAGE, WARNINGS, plugin_path
from s2sguard.evaluate.pack import pack_path
from tests.integration.consumers import FORMATS, TODAY, Conftest, lab, pairs, results, written
from tests.unit.cli_estate import lab as small_lab

DAY = ("--today", TODAY)


@pytest.fixture
def installed(conftest: Conftest) -> Conftest:
    """Return a conftest with our plugin."""
    done = conftest.run("plugin", "install", plugin_path())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return conftest


def unknown_alone(folder: Path) -> Path:
    """Write an estate whose one connection is hardened, on a gateway that is not in the input: unknown, and nothing worse."""
    path = folder / "unknown.json"
    path.write_text(json.dumps([part for part in small_lab(5, ("red",)) if not part["id"].endswith("/vpngw")]))
    return path


def test_it_is_listed_with_what_it_does(installed: Conftest) -> None:
    """An installed plugin is a command of conftest."""
    assert "  s2s         Judge site-to-site VPN partner isolation" in installed.run("--help").stdout


@pytest.mark.parametrize("form", ["arm.json", "tfplan.json"])
def test_it_judges_plans_and_inventories_like_a_plain_conftest(installed: Conftest, tmp_path: Path, form: str) -> None:
    """The failures are those of the facts given to conftest by hand, under the name of the file."""
    _, facts = written(tmp_path, "facts", lab(2, form))
    done = installed.run("s2s", lab(2, form), *DAY, "--output", "json")
    assert done.returncode == installed.code(FINDINGS)
    assert pairs(results(done.stdout, "failures")) == pairs(results(installed.test(facts, "--output", "json").stdout, "failures")) != []
    named = str(lab(2, form)) if installed.propagates else ""
    assert {check["filename"] for check in json.loads(done.stdout)} == {named}


def test_findings_fail_the_pipeline_and_nothing_else_does(installed: Conftest, tmp_path: Path) -> None:
    """Each outcome has a code of its own; before conftest passed them on, all of them end with 1, and none with 0."""
    unknown = unknown_alone(tmp_path)
    (tmp_path / "broken.json").write_text("{")
    outcomes: dict[int, list[list[str | Path]]] = {
        0: [[lab(5)], [unknown], [lab(1), "--no-fail"], ["--help"], [lab(5, "tfplan.json"), "--fail-on-warn"]],
        FINDINGS: [[lab(1)], [lab(1), "--fail-on-warn"], [lab(1), tmp_path / "broken.json"], [lab(1), "--quiet"]],
        WARNINGS: [[unknown, "--fail-on-warn"]],
        INCOMPLETE: [
            ["missing.json"],
            [lab(5), "missing.json"],
            [lab(1), "--no-fail", "missing.json"],
            [lab(5), "--capabilities", "missing.json"],
            [lab(1), "--policy", "missing"],
        ],
        USAGE: [[], [lab(1), "--nonsense"], [lab(1), "--namespace", "main"], [lab(1), "--config", "missing.yaml"], [lab(1), "--output"]],
    }
    for code, commands in outcomes.items():
        for command in commands:
            done = installed.run("s2s", *command, folder=tmp_path)
            assert done.returncode == installed.code(code), (command, done.stdout[-300:], done.stderr)
            assert "Traceback" not in done.stderr


def test_the_reason_is_on_standard_error(installed: Conftest, tmp_path: Path) -> None:
    """Whoever reads the log sees what went wrong and what to do."""
    told = {
        ("missing.json",): "missing.json",
        (str(lab(5)), "missing.json"): "error: an input was not read: missing.json",
        (str(lab(5)), "--policy", "missing"): "error: conftest failed, so nothing was judged",
        (str(lab(5)), "--nonsense"): "see `conftest s2s --help`",
    }
    for command, text in told.items():
        assert text in installed.run("s2s", *command, folder=tmp_path).stderr


def test_standard_input_is_read(installed: Conftest) -> None:
    """`conftest s2s -` judges what comes through a pipe."""
    done = installed.run("s2s", "-", stdin=lab(1).read_text())
    assert done.returncode == installed.code(FINDINGS)
    assert "to-onprem1-nots: connection mode is Default" in done.stdout


@pytest.mark.parametrize("output", FORMATS)
def test_conftest_prints_in_its_formats(installed: Conftest, output: str) -> None:
    """The format is conftest's own, given in either spelling."""
    for words in (["-o", output], [f"--output={output}"]):
        done = installed.run("s2s", *words, lab(1), *DAY, "--no-color")
        assert FORMATS[output] in done.stdout
        assert "to-onprem1-nots:" in done.stdout


def test_the_conftest_that_was_called_judges(installed: Conftest, tmp_path: Path) -> None:
    """Another conftest on the path is not asked, unless it is named."""
    other = tmp_path / "bin" / "conftest"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\nexit 0\n")
    other.chmod(0o755)
    path = os.pathsep.join([str(other.parent), str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    assert installed.run("s2s", lab(1), PATH=path).returncode == installed.code(FINDINGS)
    assert installed.run("s2s", lab(1), PATH=path, S2SGUARD_CONFTEST=str(other)).returncode == 0
    assert installed.run("s2s", lab(5), S2SGUARD_CONFTEST=str(tmp_path / "none")).returncode == installed.code(INCOMPLETE)


def test_settings_of_conftest_do_not_change_what_is_judged(installed: Conftest, tmp_path: Path) -> None:
    """Neither other rules, nor another namespace or parser, nor a download reaches our rules from conftest's configuration."""
    before = {path: path.read_bytes() for path in pack_path().rglob("*.rego")}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "more.rego").write_text('package more\n\ndeny contains "never"\n')
    settings = ['policy = ["nowhere"]', 'namespace = ["main"]', "combine = true", 'parser = "yaml"', f'update = ["{elsewhere}"]']
    (tmp_path / "conftest.toml").write_text("\n".join([*settings, 'rego-version = "v0"', "all-namespaces = false", 'ignore = ".*"']))
    plain = installed.run("s2s", lab(1), *DAY, "--output", "json")
    done = installed.run("s2s", lab(1), *DAY, "--output", "json", folder=tmp_path)
    named = installed.run(
        "s2s", lab(1), *DAY, "--output", "json", CONFTEST_NAMESPACE="main", CONFTEST_UPDATE=str(elsewhere), CONFTEST_COMBINE="true"
    )
    assert (
        pairs(results(plain.stdout, "failures"))
        == pairs(results(done.stdout, "failures"))
        == pairs(results(named.stdout, "failures"))
        != []
    )
    assert before == {path: path.read_bytes() for path in pack_path().rglob("*.rego")}


def test_what_conftest_is_told_to_do_by_its_configuration_is_done(installed: Conftest, tmp_path: Path) -> None:
    """How to print, and whether to fail, is for conftest's configuration too."""
    (tmp_path / "conftest.toml").write_text('output = "json"\nno-fail = true\n')
    done = installed.run("s2s", lab(1), folder=tmp_path)
    assert (done.returncode, len(results(done.stdout, "failures")) > 0) == (0, True)
    (tmp_path / "conftest.toml").write_text("fail-on-warn = true\n")
    assert installed.run("s2s", unknown_alone(tmp_path), folder=tmp_path).returncode == installed.code(FINDINGS)


def test_rules_of_others_see_the_same_facts(installed: Conftest, tmp_path: Path) -> None:
    """`--policy` adds rules and `--data` what they read; ours stay."""
    (tmp_path / "mine").mkdir()
    rule = 'package mine\n\ndeny contains concat(" ", [c.name, data.word]) if some c in input.connections\n'
    (tmp_path / "mine" / "mine.rego").write_text(rule)
    (tmp_path / "word.json").write_text('{"word": "mine"}')
    done = installed.run("s2s", lab(5), *DAY, "-p", tmp_path / "mine", "-d", tmp_path / "word.json", "-o", "json")
    assert done.returncode == installed.code(FINDINGS)
    assert sorted(one["msg"] for one in results(done.stdout, "failures")) == ["to-onprem1-hardened mine", "to-onprem2-hardened mine"]


def test_without_the_plugin_the_command_is_the_same(newest: Conftest) -> None:
    """`s2sguard conftest run` needs a conftest on the path, and says so where there is none."""
    command = [sys.executable, "-m", "s2sguard", "conftest", "run", str(lab(1)), *DAY]
    environment = {"PATH": "/nonexistent", "HOME": str(newest.home)}
    none = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (none.returncode, none.stdout) == (INCOMPLETE, "")
    assert none.stderr == "error: conftest is not installed\n  hint: install conftest, or set S2SGUARD_CONFTEST to its path\n"
    environment["PATH"] = str(newest.binary.parent)
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == FINDINGS
