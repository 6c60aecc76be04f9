"""The story of `samples/pipeline/README.md` happens as it is told, and each place it names is the offending connection's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from s2sguard.cli.conftest_plugin import plugin_path
from samples.pipeline.generate import files
from tests.integration.story import ROOT, Step, environment, run, shows, steps

PAGE = (ROOT / "samples/pipeline/README.md").read_text(encoding="utf-8")
STRICT = "--fail-on medium --fail-on-unknown --fail-on-gap"
CONNECTIONS = {"to-onprem1-fixedts", "to-onprem2-fixedts"}
GATEWAY = "VPN-GW-UKS"


@pytest.mark.parametrize("path", [path for path, _ in files()], ids=lambda path: "-".join(path.parts[-3:]))
def test_inputs_are_up_to_date(path: Path) -> None:
    """Every input of the story is what `python -m samples.pipeline.generate` writes."""
    assert path.read_text(encoding="utf-8") == dict(files())[path]


def test_nothing_else_is_judged() -> None:
    """The two folders hold the generated files and nothing else, so a scan of them judges just these."""
    found = {path for folder in ("proposed", "fixed") for path in (ROOT / "samples/pipeline" / folder).rglob("*") if path.is_file()}
    assert found == {path for path, _ in files()}


@pytest.mark.parametrize("step", steps(PAGE), ids=lambda step: step.script.splitlines()[0][:70])
def test_every_step_happens_as_told(step: Step, need_tool: Callable[[str], Path], tmp_path: Path) -> None:
    """A marked block prints what the page shows, ends with the exit code it names, and says nothing on standard error."""
    tools = sorted({need_tool(name).parent for name in ("conftest", "opa")}) if step.tools else []
    variables = environment(tmp_path, tools)
    if step.tools:
        assert run(f"conftest plugin install '{plugin_path()}'", variables).returncode == 0
    done = run(step.script, variables)
    assert (done.returncode, done.stderr) == (step.exit, "")
    assert shows(step.output, done.stdout), f"shown:\n{step.output}\nprinted:\n{done.stdout}"


def test_the_story_is_whole() -> None:
    """The page scans, runs conftest both ways, fixes and waives, fails and passes."""
    told = [(step.exit, step.script) for step in steps(PAGE)]
    for code, words in (
        (1, "scan samples/pipeline/proposed/template"),
        (1, "scan samples/pipeline/proposed/plan"),
        (1, "--format sarif="),
        (1, "| conftest test"),
        (4, "conftest s2s"),
        (0, "fix samples/pipeline/proposed/template"),
        (0, "--waivers"),
        (1, "--today 2027-04-01"),
        (0, "scan samples/pipeline/fixed/template"),
        (0, "scan samples/pipeline/fixed/plan"),
    ):
        assert [script for exit_code, script in told if exit_code == code and words in script], words
    assert [script for _, script in told if "s2sguard scan" in script and "--fail-on-unknown --fail-on-gap" not in script] == []


def _lines(path: Path) -> dict[str, tuple[int, int]]:
    """Return the lines from the opening to the closing brace of each resource, found by how the generator indents."""
    text = path.read_text(encoding="utf-8").splitlines()
    # A plan's resources lie two levels deeper, and their names in `values`.
    brace, name = (" " * 8, " " * 12) if path.name == "tfplan.json" else (" " * 4, " " * 6)
    first = next(number for number, line in enumerate(text) if line.endswith('"resources": ['))
    last = next(number for number, line in enumerate(text[first:], first) if line.rstrip(",") == brace[:-2] + "]")
    found: dict[str, tuple[int, int]] = {}
    start, named = 0, ""
    for number, line in enumerate(text[first:last], first + 1):
        if line == brace + "{":
            start, named = number, ""
        elif given := re.fullmatch(rf'{name}"name": "(.+)",?', line):
            named = given[1].replace("[variables('gatewayName')]", GATEWAY)
        elif line.rstrip(",") == brace + "}":
            found[named] = (start, number)
    return found


def _region(location: dict[str, Any]) -> tuple[str, int, int]:
    physical = location["physicalLocation"]
    region = physical["region"]
    return physical["artifactLocation"]["uri"], region["startLine"], region["endLine"]


@pytest.mark.parametrize("file", ["template/azuredeploy.json", "plan/tfplan.json"])
def test_sarif_points_at_the_offending_connection(file: str, tmp_path: Path) -> None:
    """The location of each finding spans its resource, and the related place and the packet's way are those of the connections."""
    path = f"samples/pipeline/proposed/{file}"
    sarif = tmp_path / "found.sarif"
    folder = str(Path(path).parent)
    assert run(f"s2sguard scan {folder} --format sarif={sarif} {STRICT}", environment(tmp_path)).returncode == 1
    results = json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]["results"]
    written = {name: (path, *span) for name, span in _lines(ROOT / path).items()}
    named = [(one["ruleId"], one["locations"][0]["logicalLocations"][0]["name"]) for one in results]
    assert sorted(named) == sorted(
        [("S2S-GWY-002", GATEWAY), *((rule, name) for rule in ("S2S-IKE-001", "S2S-ISO-001") for name in CONNECTIONS)]
    )
    for one, (rule, name) in zip(results, named, strict=True):
        assert _region(one["locations"][0]) == written[name]
        if rule == "S2S-ISO-001":
            (other,) = CONNECTIONS - {name}
            assert [_region(place) for place in one["relatedLocations"]] == [written[other]]
            way = [_region(step["location"]) for step in one["codeFlows"][0]["threadFlows"][0]["locations"]]
            assert way == [written[name], written[GATEWAY], written[other]]


def _differences(one: object, other: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of each key that two documents do not share, or give different values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            yield from _differences(one.get(key), other.get(key), (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from _differences(*pair, (*path, str(number)))
    elif one != other:
        yield path


@pytest.mark.parametrize("file", ["template/azuredeploy.json", "template/azuredeploy.parameters.json", "plan/tfplan.json"])
def test_the_fix_is_the_only_difference(file: str) -> None:
    """What is proposed and what is fixed differ in the connection mode of the connections and in nothing else."""
    before, after = (
        json.loads((ROOT / "samples/pipeline" / folder / file).read_text(encoding="utf-8")) for folder in ("proposed", "fixed")
    )
    changed = list(_differences(before, after))
    assert [path for path in changed if not {"connectionMode", "connection_mode"} & set(path)] == []
    assert bool(changed) == ("parameters" not in file)
