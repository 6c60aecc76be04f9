"""`s2sguard policy list|show|lint|export`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.azure_policy.shipped.definitions import load_definitions
from s2sguard.cli import main
from s2sguard.cli.parser import build_parser
from s2sguard.cli.policy.inputs import names_of
from tests.unit.cli_estate import write_lab
from tests.unit.conftest import Run

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
    table = ran.out.partition("\n\n")[0].splitlines()
    assert (0, ALL) == (ran.code, [line.split()[0] for line in table if not line.startswith(" ")])
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
    ran = run("policy", "lint", "tree")
    assert (0, True) == (ran.code, ran.out.startswith("no problems in 1 definition\n2 files skipped, without a `policyRule`: "))
    assert ["tree/initiative.json", "tree/package.json"] == run("policy", "lint", "tree", "--format", "json").json["skipped"]


def test_lint_of_a_folder_does_not_skip_a_misspelt_rule(run: Run, put: Put) -> None:
    """A definition whose `policyRule` is misspelt is one all the same, and wrong."""
    put("tree/typo.json", {"properties": {"policyRulle": GOOD}})
    ran = run("policy", "lint", "tree")
    assert (1, True) == (ran.code, "typo.json: there is no `policyRule`" in ran.out)


def test_lint_says_when_there_was_nothing_to_check(run: Run, put: Put) -> None:
    """A file that is not there, no JSON, or a folder without definitions is no clean result."""
    put("tree/package.json", {"name": "x"})
    for path in ("absent.json", put("bad.json", '{"a":'), "tree"):
        ran = run("policy", "lint", path)
        assert (3, "nothing was read, so nothing was checked") == (ran.code, ran.out.splitlines()[0])


def test_lint_notes_types_that_nothing_is_known_of(run: Run, put: Put) -> None:
    """Aliases of other resource types are neither right nor wrong, and a type that looks misspelt is named."""
    storage = {"field": "Microsoft.Storage/storageAccounts/supportsHttpsTrafficOnly", "equals": False}
    typo = {"field": "Microsoft.Network/conections/connectionMode", "exists": True}
    real = {"field": "Microsoft.Network/p2sVpnGateways/vpnClientConnectionHealth", "exists": True}
    path = put("d.json", {"if": {"allOf": [storage, typo, real]}, "then": {"effect": "audit"}})
    ran = run("policy", "lint", path)
    assert (0, True) == (ran.code, ran.out.endswith("\n\nno problems in 1 definition\n"))
    assert "if/allOf/0/field: note: aliases of `Microsoft.Storage/storageAccounts`" in " ".join(ran.out.split())
    hints = [note["hint"] for note in run("policy", "lint", path, "--format", "json").json["notes"]]
    assert ["give the aliases that exist with --aliases", "did you mean `Microsoft.Network/connections`?"] == hints[:2]
    assert hints[2] == hints[0]
    assert run("policy", "lint", path, "--aliases", put("a.json", {"Contoso.Net/a/b": "properties.b"})).code == 1


def test_lines_fit_the_width(run: Run, put: Put) -> None:
    """Problems, titles, rules, legends and notes are wrapped; only what somebody copies is longer than the line."""
    rule = {"if": {"field": "type", "equal": "x" * 20}, "then": {"effect": "denny"}}
    put("d.json", rule)
    outputs = [run("policy", "lint", "d.json").out, run("policy", "list").out]
    outputs += [run("policy", "show", name).out for name in ALL]
    assert [] == [line for out in outputs for line in out.splitlines() if len(line) > 100 and " " in line.strip()]


def test_show_names_every_field_that_the_rule_reads(run: Run) -> None:
    """Also those that expressions read with `field()`."""
    fields = run("policy", "show", "S2S-ISO-003/derived").out.partition("Fields and aliases:\n")[2].split()
    assert {f"{TYPE}/virtualNetworkGateway1.id", f"{TYPE}/localNetworkGateway2.id", "id", "name", "tags[parameters('trustTag')]"} <= {
        *fields
    }
    assert "Microsoft.Network/vpnGateways/vpnConnections/remoteVpnSite.id" in fields


def test_show_of_a_file_says_what_takes_files(run: Run, put: Put) -> None:
    """A file is there and is no control."""
    ran = run("policy", "show", put("my.json", GOOD))
    assert (2, True) == (ran.code, "is a path, and show takes a control" in ran.err and "policy lint" in ran.err)


@pytest.mark.parametrize(
    ("typed", "meant"), [("S2S-ISO-003/derivd", "S2S-ISO-003/derived"), ("s2s-ike-01", "S2S-IKE-001"), ("initator_only", "initiator_only")]
)
def test_show_hints_at_the_nearest_name(run: Run, typed: str, meant: str) -> None:
    """Derived ones and folders are names too."""
    assert f"is none of our controls\n  hint: did you mean `{meant}`?" in run("policy", "show", typed).err


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
    """Into a file goes the template for the scope, a subscription's where none is given; which one it is, is said."""
    more = () if scope is None else ("--scope", scope)
    ran = run("policy", "export", "--format", "arm", "-o", "one.json", *more)
    told = {"subscription": "a subscription", "managementGroup": "a management group"}[schema]
    assert (0, f"wrote one.json: the template for {told}") == (ran.code, ran.out.splitlines()[0])
    assert (scope is None) == ("one file holds one template" in ran.err)
    assert f"/{schema}DeploymentTemplate.json#" in json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))["$schema"]


def test_export_says_what_the_parameters_cannot_hold(run: Run, put: Put) -> None:
    """A connection that is our own by its name is a partner's for the assignment."""
    put("s2sguard.yaml", "identity: {partners: {to-own: {trust: internal}, red: {partner: red}}}")
    ran = run("policy", "export", "--format", "arm", "-o", "out", "--scope", SUBSCRIPTION)
    assert ["note: `to-own`"] == [" ".join(line.split()[:2]) for line in ran.err.splitlines()]


def test_export_of_a_tree_into_a_file_is_refused(run: Run) -> None:
    """Several files do not fit into one."""
    ran = run("policy", "export", "--format", "epac", "-o", "one.json")
    assert (2, "give a folder" in ran.err) == (ran.code, True)


@pytest.mark.parametrize("form", ["epac", "json"])
def test_export_says_what_is_left_to_fill_in(run: Run, form: str) -> None:
    """A placeholder for the scope, and ids that lack theirs, are mentioned; with a scope nothing is missing."""
    assert "--scope" in run("policy", "export", "--format", form, "-o", "a").err
    assert "" == run("policy", "export", "--format", form, "-o", "b", "--scope", SUBSCRIPTION).err


def test_a_bare_scope_is_said_to_be_a_management_group(run: Run) -> None:
    """A name that could be anything is taken as one thing, and that is said."""
    ran = run("policy", "export", "--format", "json", "--scope", "foo")
    assert (0, True) == (ran.code, "note: `foo` is taken as a management group" in ran.err)


def derived(run: Run, tmp_path: Path) -> Path:
    """Return the derived parameters of the hardened lab."""
    path = tmp_path / "derived.json"
    assert run("policy", "parameters", write_lab(tmp_path, 5), "-o", path).code == 0
    return path


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("arm", "s2sguard.subscription.json"),
        ("epac", "Definitions/policyAssignments/s2sguard.derived.01.json"),
        ("json", "policyAssignments/s2sguard.derived.01.json"),
    ],
)
def test_export_assigns_the_derived_initiative(run: Run, tmp_path: Path, form: str, name: str) -> None:
    """With the document of `policy parameters` every format holds its assignments, with their ranges."""
    path = derived(run, tmp_path)
    (scope,) = {each["scope"] for each in json.loads(path.read_text(encoding="utf-8"))["assignments"]}
    ran = run("policy", "export", "--format", form, "--scope", scope, "--derived", path)
    assert (0, "", True) == (ran.code, ran.err, "10.2.0.0/16" in json.dumps(ran.json[name]))


def test_export_without_derived_parameters_says_what_is_not_assigned(run: Run) -> None:
    """The derived definitions are exported in any case, and nobody may think that they act."""
    assert "--derived FILE" in run("policy", "export", "--format", "json", "-o", "out", "--scope", SUBSCRIPTION).out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--format", "arm"), "needs --scope"),
        (("--format", "arm", "--scope", "11111111-1111-1111-1111-111111111111"), "outside of --scope"),
        (("--format", "json", "--scope", SUBSCRIPTION, "--effect", "Denied"), "effect"),
    ],
)
def test_export_refuses_derived_assignments_that_azure_would_refuse(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    """An assignment finds its initiative above itself only, and takes the values that are declared."""
    ran = run("policy", "export", *arguments, "--derived", derived(run, tmp_path))
    assert (2, True, "") == (ran.code, reason in ran.err, ran.out)


def test_export_of_incomplete_derived_parameters_ends_with_3(run: Run, tmp_path: Path, put: Put) -> None:
    """The files are written, and what they do not hold is told."""
    document = json.loads(derived(run, tmp_path).read_text(encoding="utf-8"))
    document["not_expressed"] = [{"partner": "violet", "reason": "120 ranges"}]
    scope = document["assignments"][0]["scope"]
    ran = run("policy", "export", "--format", "json", "--scope", scope, "--derived", put("d.json", document))
    assert (3, True) == (ran.code, "violet: 120 ranges" in ran.err)


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


ACTIONS = ("list", "show", "test", "check", "lint", "export", "parameters", "drift", "plan", "apply", "attest", "states", "aliases")


@pytest.mark.parametrize("action", ACTIONS)
def test_the_help_names_the_exit_codes(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every action says what its exit codes mean, among them the one for a wrong command line."""
    with pytest.raises(SystemExit):
        main(["policy", action, "--help"])
    codes = capsys.readouterr().out.partition("exit codes:\n")[2]
    assert ["0", "2"] == [line.split()[0] for line in codes.splitlines() if line.startswith(("  0  ", "  2  "))]


def test_a_rule_has_one_title(run: Run) -> None:
    """What `list` calls a definition is what its own display name says, so that `test` and `check` say the same."""
    listed = {(each["control"], each["kind"]): each["title"] for each in run("policy", "list", "--format", "json").json}
    for each in load_definitions():
        display_name = each.document["properties"]["displayName"]
        assert listed[each.control.id, each.kind] in display_name


@pytest.mark.parametrize("action", ["plan", "apply"])
def test_a_deployment_takes_an_effect_in_any_casing(action: str) -> None:
    """The word is passed on as our definitions write it."""
    assert "Deny" == build_parser().parse_args(["policy", action, "--scope", "x", "--effect", "deny"]).effect
