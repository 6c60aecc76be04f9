"""`s2sguard policy list|show|lint|export`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.azure_policy.shipped.definitions import load_definitions
from s2sguard.cli.policy.inputs import names_of
from tests.unit.cli.conftest import Run

TYPE = "Microsoft.Network/connections"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
ALL = [names_of(each)[0] for each in load_definitions()]
GOOD = {
    "if": {"allOf": [{"field": "type", "equals": TYPE}, {"field": f"{TYPE}/connectionType", "equals": "IPsec"}]},
    "then": {"effect": "audit"},
}
WRONG = {"if": {"field": "type", "equal": "x"}, "then": {"effect": "deny"}}
Put = Callable[[str, object], Path]


def test_list_has_every_definition(run: Run) -> None:
    """One line for each, in order, and a count."""
    ran = run("policy", "list")
    assert (0, ALL) == (ran.code, [line.split()[0] for line in ran.out.splitlines()[: len(ALL)]])
    assert f"\n{len(ALL)} definitions\n" in ran.out


def test_list_for_machines(run: Run) -> None:
    """The same as JSON, with names, effects and parameters."""
    entries = run("policy", "list", "--format", "json").json
    one = next(each for each in entries if each["control"] == "S2S-IKE-001")
    assert len(ALL) == len(entries)
    assert ("deny", ["Audit", "Deny", "Disabled"], "initiator_only") == (one["kind"], one["effects"], one["path"].split("/")[-2])


@pytest.mark.parametrize("name", ALL)
def test_every_definition_can_be_shown(run: Run, name: str) -> None:
    """No rule of ours has a part that is only shown as JSON."""
    ran = run("policy", "show", name)
    rule = ran.out.partition("It applies where\n")[2].partition("\nthen ")[0]
    assert (0, name, []) == (ran.code, ran.out.split()[0], [line for line in rule.splitlines() if line.strip().startswith("{")])


def test_show_prints_the_file_for_machines(run: Run) -> None:
    """`--format json` is the definition itself."""
    ours = next(each for each in load_definitions() if each.control.id == "S2S-IKE-001")
    assert ours.document == run("policy", "show", "S2S-IKE-001", "--format", "json").json


def test_show_refuses_what_is_none_of_ours(run: Run) -> None:
    """A control that does not exist is answered with the nearest."""
    ran = run("policy", "show", "S2S-IKE-002x")
    assert (2, "did you mean `S2S-IKE-002`?" in ran.err) == (ran.code, True)


def test_ours_have_no_problems(run: Run) -> None:
    """`policy lint` without files holds what we ship against the rules."""
    assert (0, f"no problems in {len(ALL)} definitions\n") == ((ran := run("policy", "lint")).code, ran.out)


def test_lint_names_file_place_and_hint(run: Run, put: Put) -> None:
    """Each problem is one line that an editor can jump to, with what to do below it."""
    ran = run("policy", "lint", put("d.json", WRONG))
    assert (1, True, True) == (ran.code, "d.json#/if/equal: " in ran.out, "hint: did you mean `equals`" in ran.out)


def test_lint_for_machines(run: Run, put: Put) -> None:
    """Problems as JSON, with file, pointer, message and hint."""
    ran = run("policy", "lint", put("d.json", WRONG), "--format", "json")
    assert {"file", "pointer", "message", "hint"} == set(ran.json["problems"][0])


def test_lint_of_a_folder_leaves_other_json_alone(run: Run, put: Put) -> None:
    """Initiatives and parameter files lie beside definitions and are none."""
    put("tree/good.json", GOOD)
    put("tree/initiative.json", {"properties": {"policyDefinitions": []}})
    put("tree/package.json", {"name": "x"})
    assert (0, "no problems in 1 definition\n") == ((ran := run("policy", "lint", "tree")).code, ran.out)


def test_lint_of_a_file_that_is_none_is_a_problem(run: Run, put: Put) -> None:
    """A file that is named is held against the language, whatever it holds."""
    assert run("policy", "lint", put("x.json", {"name": "x"})).code == 1


@pytest.mark.parametrize("content", ["{", None])
def test_lint_ends_with_3_for_what_it_cannot_read(run: Run, put: Put, tmp_path: Path, content: str | None) -> None:
    """A file that is no JSON, or not there, was not checked."""
    path = tmp_path / "absent.json" if content is None else put("x.json", content)
    ran = run("policy", "lint", put("good.json", GOOD), path)
    assert (3, True) == (ran.code, ran.err.startswith("error: "))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("arm", {"s2sguard.subscription.json", "s2sguard.managementGroup.json"}),
        ("epac", {"Definitions/policyDefinitions/Network/S2S-IKE-001.json", "Definitions/policyAssignments/s2sguard.json"}),
        ("json", {"policyDefinitions/S2S-IKE-001.json", "policySetDefinitions/s2sguard.json", "policyAssignments/s2sguard.json"}),
    ],
)
def test_export_writes_a_tree(run: Run, tmp_path: Path, form: str, expected: set[str]) -> None:
    """Into a folder, which is made; each file is whole JSON."""
    ran = run("policy", "export", "--format", form, "-o", "out/deep")
    files = {path.relative_to(tmp_path / "out/deep").as_posix(): path for path in (tmp_path / "out/deep").rglob("*.json")}
    assert (0, set()) == (ran.code, expected - set(files))
    assert all(isinstance(json.loads(path.read_text(encoding="utf-8")), dict) for path in files.values())


def test_export_prints_one_object_without_a_folder(run: Run) -> None:
    """Path and content, for tools that pick."""
    assert "policySetDefinitions/s2sguard.json" in run("policy", "export", "--format", "json").json


@pytest.mark.parametrize(("scope", "schema"), [(SUBSCRIPTION, "subscription"), ("my-group", "managementGroup"), (None, "subscription")])
def test_export_of_one_template_follows_the_scope(run: Run, tmp_path: Path, scope: str | None, schema: str) -> None:
    """Into a file goes the template for the scope, a subscription's where none is given."""
    more = () if scope is None else ("--scope", scope)
    assert run("policy", "export", "--format", "arm", "-o", "one.json", *more).code == 0
    assert f"/{schema}DeploymentTemplate.json#" in json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))["$schema"]


def test_export_of_a_tree_into_a_file_is_refused(run: Run) -> None:
    """Several files do not fit into one."""
    ran = run("policy", "export", "--format", "epac", "-o", "one.json")
    assert (2, "give a folder" in ran.err) == (ran.code, True)


def test_export_says_what_is_left_to_fill_in(run: Run) -> None:
    """The placeholder for the scope of an EPAC assignment is mentioned, and gone with a scope."""
    assert "--scope" in run("policy", "export", "--format", "epac", "-o", "a").err
    assert "" == run("policy", "export", "--format", "epac", "-o", "b", "--scope", "my-group").err


def test_export_refuses_a_resource_group(run: Run) -> None:
    """Definitions cannot live in one."""
    ran = run("policy", "export", "--format", "arm", "--scope", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/x")
    assert (2, "resource group" in ran.err) == (ran.code, True)


@pytest.mark.parametrize("parameters", [{"effect": "deny"}, {"nobody": 1}, {"dhGroup": "ECP384"}])
def test_export_refuses_parameters_that_azure_would_refuse(run: Run, put: Put, parameters: object) -> None:
    """A value that is not allowed, not declared or of another type does not reach a file."""
    ran = run("policy", "export", "--format", "json", "--parameters", put("p.json", parameters))
    assert (2, "") == (ran.code, ran.out)


def test_export_carries_settings_and_parameters(run: Run, put: Put) -> None:
    """What differs from the defaults in the configuration, and what is given, is in the assignment; nothing else is."""
    put("s2sguard.yaml", "settings:\n  dh_group: [ECP384]\n")
    ran = run("policy", "export", "--format", "json", "--effect", "Deny", "--enforce")
    assignment = ran.json["policyAssignments/s2sguard.json"]["properties"]
    assert ({"dhGroup": {"value": ["ECP384"]}, "effect": {"value": "Deny"}}, "Default") == (
        assignment["parameters"],
        assignment["enforcementMode"],
    )


def test_export_into_a_place_that_is_none_is_an_error(run: Run, put: Put) -> None:
    """A folder that cannot be made is said in one line."""
    put("file", "x")
    ran = run("policy", "export", "--format", "json", "-o", "file/below")
    assert (3, ran.err.startswith("error: output `")) == (ran.code, True)
