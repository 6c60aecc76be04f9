"""A plain conftest, without our plugin, on what `s2sguard facts` prints: the verdicts of `scan`, each once, in every format."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.cli import main
from s2sguard.evaluate import evaluate_all, open_engine
from s2sguard.evaluate.pack import pack_path
from s2sguard.report.facts_text import facts_text
from tests.integration.consumers import FORMATS, Conftest, lab, pairs, results, written
from tests.integration.documents import Estate
from tests.unit.cli_estate import lab as small_lab

Put = Callable[[str, object], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Return a function that writes a file, JSON unless it is text already."""

    def write(name: str, value: object) -> Path:
        path = tmp_path / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return path

    return write


def without_gateway(folder: Path) -> Path:
    """Write the small lab without its gateway: other connections may exist, so what concerns them all is unknown."""
    path = folder / "part.json"
    path.write_text(json.dumps([part for part in small_lab(4) if not part["type"].endswith("Gateways") or "vpngw" not in part["id"]]))
    return path


def check_against_scan(conftest: Conftest, source: Path, folder: Path) -> set[str]:
    """Compare conftest with `scan` and return the kinds of verdict that were seen."""
    _, facts = written(folder, "facts", source)
    code, report = written(folder, "scan", source, "--format", "json", "--fail-on", "low")
    verdicts = json.loads(report)["verdicts"]
    done = conftest.test(facts, "--output", "json")
    assert (done.returncode, done.stderr) == (code, "")
    failed = sorted((one["control_id"], one["resource"]) for one in verdicts if one["status"] == "fail")
    unknown = sorted((one["control_id"], one["resource"]) for one in verdicts if one["status"] == "unknown")
    advised = sorted((one["control_id"], one["resource"]) for one in verdicts if one.get("advice"))
    denied, warned = results(done.stdout, "failures"), results(done.stdout, "warnings")
    missed = [warning for warning in warned if warning["metadata"]["kind"] == "unknown"]
    assert sorted(set(pairs(denied))) == failed
    assert sorted(set(pairs(missed)) - set(failed)) == unknown
    assert sorted(set(pairs([warning for warning in warned if warning not in missed]))) == advised
    messages = {(one["control_id"], one["resource"]): (one["resource_name"], one["message"]) for one in verdicts}
    for result in denied:
        name, message = messages[result["metadata"]["control"], result["metadata"]["resource"]]
        assert result["msg"].startswith(f"{name}: ")
        assert result["msg"].removeprefix(f"{name}: ") in message
    return {one["status"] for one in verdicts}


@pytest.mark.parametrize("stage", range(1, 6))
@pytest.mark.parametrize("form", ["arm.json", "tfplan.json"])
def test_conftest_gives_the_verdicts_of_scan(newest: Conftest, tmp_path: Path, stage: int, form: str) -> None:
    """For every stage of the lab, failures and warnings are those of `scan`, and so is the exit code."""
    assert ("fail" in check_against_scan(newest, lab(stage, form), tmp_path)) is (stage < 5)


def test_an_older_conftest_gives_them_too(conftest: Conftest, tmp_path: Path) -> None:
    """Both releases agree with `scan`, also about what is unknown."""
    check_against_scan(conftest, lab(3), tmp_path)
    assert "unknown" in check_against_scan(conftest, without_gateway(tmp_path), tmp_path)


def test_nothing_is_reported_twice(newest: Conftest) -> None:
    """On estates in which everything goes wrong, conftest reports each finding of an engine exactly once."""
    text = facts_text(Estate(7).document(6, 40, 12))
    engine = open_engine("regopy")
    try:
        found = evaluate_all(engine, json.loads(text))
    finally:
        engine.close()
    done = newest.test(text, "--output", "json")
    for ours, theirs in (("deny", "failures"), ("warn", "warnings")):
        expected = sorted((str(one["control"]), str(one["resource"]), str(one["msg"])) for result in found for one in result[ours])  # type: ignore[literal-required]
        shown = sorted((one["metadata"]["control"], one["metadata"]["resource"], one["msg"]) for one in results(done.stdout, theirs))
        assert expected
        assert shown == expected


@pytest.mark.parametrize("output", FORMATS)
def test_every_format_shows_the_findings(newest: Conftest, tmp_path: Path, output: str) -> None:
    """Whatever conftest prints, the findings are in it with the names of their connections."""
    _, facts = written(tmp_path, "facts", lab(1))
    done = newest.test(facts, "--no-color", "--output", output)
    assert (done.returncode, done.stderr) == (1, "")
    assert FORMATS[output] in done.stdout
    # The table breaks lines between words.
    assert "to-onprem1-nots:" in done.stdout
    assert "Default" in done.stdout


def test_exit_codes(newest: Conftest, tmp_path: Path) -> None:
    """0 clean, 1 failures; with --fail-on-warn 2 failures and 1 warnings alone."""
    clean, failing = (written(tmp_path, "facts", lab(stage))[1] for stage in (5, 1))
    unknown = json.loads(clean)
    for connection in unknown["connections"]:
        del connection["two_way"]
        connection["unknown"] = {"two_way": "other connections may exist"}
    codes = [
        newest.test(facts, *flags).returncode for facts in (clean, json.dumps(unknown), failing) for flags in ((), ("--fail-on-warn",))
    ]
    assert codes == [0, 0, 0, 1, 1, 2]


ELEMENT = {"type": "Microsoft.Network/connections", "properties": {}}
RAW = {
    "a template": ("azuredeploy.json", {"$schema": "https://x/2019-04-01/deploymentTemplate.json#", "resources": []}, "an ARM template"),
    "YAML": ("plan.yaml", "connections: {}\n", "no facts document"),
    "an empty object": ("empty.json", {}, "no facts document"),
    "a list of one resource": ("list.json", [ELEMENT], "no facts document"),
    "a version alone": ("version.json", {"schema_version": "1"}, "no facts document"),
    "another version": ("next.json", {"schema_version": "2", "gateways": [], "connections": []}, "a facts document of another version"),
}


@pytest.mark.parametrize("what", RAW)
def test_raw_input_is_one_failure_that_says_how_to_go_on(newest: Conftest, put: Put, what: str) -> None:
    """Whatever is not a facts document fails once, is named, and the message is the command to run."""
    name, content, told = RAW[what]
    check_refused(newest, told, put(name, content))


@pytest.mark.parametrize(
    ("command", "told"),
    [(["scan", "--format", "json"], "a report of s2sguard"), (["snapshot"], "an inventory of s2sguard")],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_s2sguard_writes_for_others_is_refused(newest: Conftest, tmp_path: Path, command: list[str], told: str) -> None:
    """A report and a snapshot have a schema version too, and are no facts."""
    path = tmp_path / "written.json"
    main([*command, str(lab(1)), "-o", str(path)])
    check_refused(newest, told, path)


def test_plans_and_inventories_are_refused(newest: Conftest, tmp_path: Path) -> None:
    """The inputs of `scan` are not inputs of conftest, neither alone nor combined."""
    check_refused(newest, "a Terraform plan", lab(1, "tfplan.json"))
    check_refused(newest, "no facts document", lab(1, "arm.json"))
    check_refused(newest, "a list (conftest --combine", "--combine", lab(1, "tfplan.json"))
    _, facts = written(tmp_path, "facts", lab(5))
    (tmp_path / "facts.json").write_text(facts)
    check_refused(newest, "a list (conftest --combine", "--combine", tmp_path / "facts.json")


def test_each_element_of_a_list_is_refused(newest: Conftest, put: Put) -> None:
    """Conftest splits a list: three elements are three failures. An empty one is evaluated by no conftest, a limit of it."""
    done = newest.run("test", "--all-namespaces", "-p", pack_path(), "--output", "json", put("three.json", [ELEMENT] * 3))
    assert (done.returncode, len(results(done.stdout, "failures"))) == (1, 3)
    assert newest.run("test", "--all-namespaces", "-p", pack_path(), put("none.json", [])).returncode == 0


def check_refused(conftest: Conftest, told: str, *arguments: str | Path) -> None:
    """Expect one failure, exit code 1, and both ways to go on."""
    done = conftest.run("test", "--all-namespaces", "-p", pack_path(), "--output", "json", *arguments)
    (failure,) = results(done.stdout, "failures")
    assert done.returncode == 1
    assert f"this is {told}" in failure["msg"]
    assert "`s2sguard facts INPUT | conftest test --parser json " in failure["msg"]
    assert "`conftest s2s INPUT`" in failure["msg"]


def test_a_name_cannot_act_on_a_pipeline(newest: Conftest, put: Put, tmp_path: Path) -> None:
    """Line breaks and runner commands in names and tags reach conftest's output as text."""
    hostile = "red\n::error::gone\x1b[2J##vso[task.complete result=Succeeded]##[add-path]"
    resources = small_lab(1)
    for resource in resources:
        if "/connections/" in resource["id"]:
            resource |= {"name": hostile, "tags": {"partner": resource["name"] + hostile}}
    _, facts = written(tmp_path, "facts", put("hostile.json", resources))
    for output in ("stdout", "tap", "github", "azuredevops"):
        lines = newest.test(facts, "--no-color", "--output", output).stdout.splitlines()
        assert [line for line in lines if "gone" in line]
        assert [
            line for line in lines if line.startswith("::error::") or "\x1b" in line or "##[add" in line or "##vso[task.complete" in line
        ] == []


def test_the_pack_can_be_pulled(newest: Conftest, tmp_path: Path) -> None:
    """`conftest pull` fetches the folder as it is, and what it fetched judges alike."""
    shutil.copytree(pack_path(), tmp_path / "shared")
    pulled = newest.run("pull", "--policy", "policy", tmp_path / "shared", folder=newest.home)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    _, facts = written(tmp_path, "facts", lab(3))
    mine = newest.run("test", "--parser", "json", "--all-namespaces", "--output", "json", "-", stdin=facts)
    assert pairs(results(mine.stdout, "failures")) == pairs(results(newest.test(facts, "--output", "json").stdout, "failures")) != []


def test_the_rego_tests_run_under_conftest(newest: Conftest) -> None:
    """`conftest verify` runs the tests that lie beside the rules, and all pass."""
    done = newest.run("verify", "-p", pack_path(), "--output", "json")
    assert done.returncode == 0, done.stdout
    assert sum(check["successes"] for check in json.loads(done.stdout)) > 100
